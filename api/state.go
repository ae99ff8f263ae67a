package api

import "strings"

// State is the state of a cluster or branch, in upper case as the API says
// it. States that are not among the constants are kept as they come.
type State string

// The states of the vendor's descriptions. AVAILABLE, MAINTAINING and
// UNAVAILABLE belong to older answers.
const (
	StateActive      State = "ACTIVE"
	StateAvailable   State = "AVAILABLE"
	StateCreating    State = "CREATING"
	StateDeleted     State = "DELETED"
	StateDeleting    State = "DELETING"
	StateError       State = "ERROR"
	StateFailed      State = "FAILED"
	StateImporting   State = "IMPORTING"
	StateInactive    State = "INACTIVE"
	StateMaintaining State = "MAINTAINING"
	StateMaintenance State = "MAINTENANCE"
	StateModifying   State = "MODIFYING"
	StatePaused      State = "PAUSED"
	StatePausing     State = "PAUSING"
	StateRestoring   State = "RESTORING"
	StateResuming    State = "RESUMING"
	StateUnavailable State = "UNAVAILABLE"
	StateUpgrading   State = "UPGRADING"
)

// StateGroup is what a state means to somebody who looks: it decides the
// colour of the dot.
type StateGroup string

// The groups of states.
const (
	GroupRunning  StateGroup = "running"
	GroupChanging StateGroup = "changing"
	GroupResting  StateGroup = "resting"
	GroupTrouble  StateGroup = "trouble"
	GroupUnknown  StateGroup = "unknown"
)

// Group returns the group of s. A deleted cluster rests: it serves nobody,
// and by intent.
func (s State) Group() StateGroup {
	switch s {
	case StateActive, StateAvailable:
		return GroupRunning
	case StateCreating, StateDeleting, StateImporting, StateMaintaining, StateMaintenance,
		StateModifying, StatePausing, StateRestoring, StateResuming, StateUpgrading:
		return GroupChanging
	case StatePaused, StateInactive, StateDeleted:
		return GroupResting
	case StateUnavailable, StateFailed, StateError:
		return GroupTrouble
	}
	return GroupUnknown
}

// Words returns s in English for people, such as "Active" or "Modifying". An
// unknown state is returned as it came.
func (s State) Words() string {
	if s.Group() == GroupUnknown {
		return string(s)
	}
	return string(s[:1]) + strings.ToLower(string(s[1:]))
}

// stateOf spells known states in upper case and leaves others alone.
func stateOf(text string) State {
	if upper := State(strings.ToUpper(text)); upper.Group() != GroupUnknown {
		return upper
	}
	return State(text)
}

// planOf spells known plans as the field servicePlan does; the legacy field
// clusterPlan has them in upper case.
func planOf(text string) Plan {
	for _, known := range []Plan{PlanStarter, PlanEssential, PlanPremium, PlanDedicated, PlanBYOC} {
		if strings.EqualFold(text, string(known)) {
			return known
		}
	}
	return Plan(text)
}
