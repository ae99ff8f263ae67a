package inventory

import (
	"fmt"
	"strings"
)

// Voice is what there is to say of a project, a cluster or a branch: that it
// is there, or why it is not. [View] is the one place that decides it.
type Voice int

// The voices. Those between Present and Unread are the four reasons for which
// something is not there; they are never mixed up.
const (
	// Present is there, and shown.
	Present Voice = iota
	// NotGranted exists for another grant or an earlier one; this grant does
	// not show it.
	NotGranted
	// HiddenByYou is there, and outside the scope that the person chose.
	HiddenByYou
	// DoesNotExist is in nothing that this grant sees, and all of that was
	// read to its end.
	DoesNotExist
	// CouldNotBeRead may be there: a part that could hold it failed or was
	// cut short. The error, a [*PartError], says which.
	CouldNotBeRead
	// Unread may be there: a part that could hold it has not been read yet.
	// It is no reason for not being there.
	Unread
)

// String returns the voice in English, for logs and commands.
func (v Voice) String() string {
	names := [...]string{"present", "not granted", "hidden by you", "does not exist", "could not be read", "not read yet"}
	if v < 0 || int(v) >= len(names) {
		return fmt.Sprintf("voice %d", int(v))
	}
	return names[v]
}

// PartError says which part of an inventory keeps something from being seen.
type PartError struct {
	Part Part
	Err  error
}

func (e *PartError) Error() string {
	return strings.TrimSpace(string(e.Part.Kind)+" "+e.Part.ID) + ": " + e.Err.Error()
}

func (e *PartError) Unwrap() error { return e.Err }

// incompleteError is that of a reading that reached its end although rows are
// missing.
type incompleteError struct{ status Status }

func (e *incompleteError) Error() string {
	if s := e.status; s.Total >= 0 && s.Total != s.Rows {
		return fmt.Sprintf("the host told of %d rows and listed %d; refresh to read them again", s.Total, s.Rows)
	}
	return "the host listed rows that cannot be understood; refresh to read them again"
}

// absence is what a part says of a row that it does not have.
func (h holding) absence(part Part) (Voice, error) {
	switch {
	case h.status.Err != nil:
		return CouldNotBeRead, &PartError{part, h.status.Err}
	case h.status.Loading, !h.status.Done:
		return Unread, nil
	case h.doubtful:
		return CouldNotBeRead, &PartError{part, &incompleteError{h.status}}
	}
	return DoesNotExist, nil
}

// Project returns what to say of the project with the given id. [NoProject]
// is the virtual project, whatever its id.
//
// The list of projects decides. What it has is Present or HiddenByYou, also
// after a refresh that failed, and whatever the grant states. What it does
// not have is
//
//   - Unread or CouldNotBeRead until a reading of it has reached its end;
//   - NotGranted if the grant states that it does not cover the project;
//   - CouldNotBeRead if the list is known to lack rows;
//   - CouldNotBeRead or Unread if nobody has heard of the project and the
//     list is older than a refresh that failed or is under way: it may be new;
//   - DoesNotExist if the grant states that it covers the project;
//   - NotGranted if it is one of [Reach.Known], else DoesNotExist.
func (v *View) Project(id string) (Voice, error) {
	v = v.orNothing()
	if voice, ok := v.there(id); ok {
		return voice, nil
	}
	if id == NoProject {
		return v.clusterAbsence()
	}
	t := v.about()
	_, known := t.known[id]
	return v.projectAbsence(id, known, known || t.chosen[id])
}

// there returns whether a project that the inventory has is shown.
func (v *View) there(id string) (Voice, bool) {
	k := v.whole.now().known()
	if id == NoProject && k.virtual != "" {
		id = k.virtual
	}
	if _, ok := k.project(id); !ok {
		return 0, false
	}
	return v.sight(id), true
}

// sight is the voice of what is in a project of the inventory.
func (v *View) sight(projectID string) Voice {
	if v.shown.showing(projectID) {
		return Present
	}
	return HiddenByYou
}

// projectAbsence is what to say of a project that the inventory does not
// have: known to exist, or at least heard of.
func (v *View) projectAbsence(id string, known, heard bool) (Voice, error) {
	part := Part{Kind: PartProjects}
	list, _ := v.whole.now().base.get(part)
	voice, err := list.absence(part)
	if !list.status.Done {
		return voice, err
	}
	covered, stated := v.covers(id)
	switch {
	case stated && !covered:
		return NotGranted, nil
	case voice != DoesNotExist && (list.doubtful || !heard):
		return voice, err
	case !stated && known:
		return NotGranted, nil
	}
	return DoesNotExist, nil
}

func (v *View) covers(id string) (covered, stated bool) {
	if v.reach.Covers == nil {
		return false, false
	}
	return v.reach.Covers(id)
}

// Cluster returns what to say of the cluster with the given id. One that is
// not there CouldNotBeRead as long as any part failed that could hold it.
func (v *View) Cluster(id string) (Voice, error) {
	v = v.orNothing()
	if row, ok := v.whole.now().row(id); ok {
		return v.sight(v.whole.now().known().home(row.project)), nil
	}
	return v.clusterAbsence()
}

// clusterAbsence is what to say of a cluster that the inventory does not have
// and of whose project nothing is known.
func (v *View) clusterAbsence() (Voice, error) {
	base := v.whole.now().base
	voice, err := DoesNotExist, error(nil)
	worst := Part{}
	add := func(part Part, h holding) {
		next, nextErr := h.absence(part)
		switch {
		case next == voice && (voice != CouldNotBeRead || worst.before(part)):
		case next == CouldNotBeRead, next == Unread && voice == DoesNotExist, next == voice:
			voice, err, worst = next, nextErr, part
		}
	}
	for _, kind := range []PartKind{PartServerless, PartProjects} {
		part := Part{Kind: kind}
		h, _ := base.get(part)
		add(part, h)
	}
	for part, h := range base.all() {
		if part.Kind == PartDedicated {
			add(part, h)
		}
	}
	return voice, err
}

// before puts the parts that could hold a cluster in an order: serverless,
// the projects, then the dedicated ones by id.
func (p Part) before(other Part) bool {
	rank := map[PartKind]int{PartServerless: 1, PartProjects: 2, PartDedicated: 3}
	if p.Kind != other.Kind {
		return rank[p.Kind] < rank[other.Kind]
	}
	return p.ID < other.ID
}

// Branch returns what to say of a branch of a cluster.
func (v *View) Branch(clusterID, id string) (Voice, error) {
	v = v.orNothing()
	voice, err := v.Cluster(clusterID)
	if voice != Present && voice != HiddenByYou {
		return voice, err
	}
	part := Part{PartBranches, clusterID}
	h, _ := v.whole.now().branches.get(part)
	if _, ok := h.branches.get(id); ok {
		return voice, nil
	}
	return h.absence(part)
}
