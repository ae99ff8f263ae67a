package inventory

import (
	"time"

	"canopy/api"
)

// PartKind says what a [Part] holds.
type PartKind string

// The kinds of parts.
const (
	PartOrganization PartKind = "organization"
	PartProjects     PartKind = "projects"
	PartServerless   PartKind = "serverless"
	PartDedicated    PartKind = "dedicated" // of one project
	PartBranches     PartKind = "branches"  // of one cluster
)

// Part is a part of the inventory that is read, fails and is reloaded as one.
type Part struct {
	Kind PartKind
	// ID is the project of PartDedicated, the cluster of PartBranches, and
	// empty for the others. PartDedicated without an ID is the host's default
	// project, which is read when the list of projects cannot be.
	ID string
}

// Status says how far the reading of a part has come.
type Status struct {
	// Loading is true while the part is being read or waits for its turn.
	Loading bool
	// Done is true if the rows shown come from a reading that reached its
	// end, perhaps an earlier one.
	Done bool
	// Err is why the last reading failed, nil if it did not.
	Err error
	// ReadAt is when the rows shown were read, the last page of them.
	ReadAt time.Time
	// Requests counts the pages asked for in the last reading.
	Requests int
	// Rows counts what the last reading has brought so far.
	Rows int
	// Total is how many rows the host said there are, -1 if it did not.
	Total int
}

// holding is a part with its rows, of which one kind is used. It is never
// changed once it stands in a snapshot.
type holding struct {
	status       Status
	organization api.Organization
	projects     prefix[api.Project]
	clusters     prefix[entry]
	branches     prefix[api.Branch]
	// doubtful is true if rows are known to be missing or left over although
	// the reading reached its end.
	doubtful bool
}

// certain reports whether the rows are all there are, as far as one can know.
func (h holding) certain() bool {
	return h.status.Done && h.status.Err == nil && !h.doubtful
}

// settled reports whether the part was read in full and is not being read.
func (h holding) settled() bool {
	return h.status.Done && h.status.Err == nil && !h.status.Loading
}

func describeProject(p *api.Project) key { return key{id: p.ID, name: p.Name} }
func describeBranch(b *api.Branch) key   { return key{id: b.ID, name: b.Name} }

// readsDedicated reports whether the dedicated host has to be asked for a
// project. The type came into the answers in April 2026 and may be missing or
// new; only of the two known others one can be sure.
func readsDedicated(t api.ProjectType) bool {
	return t != api.ProjectTiDBX && t != api.ProjectVirtual
}
