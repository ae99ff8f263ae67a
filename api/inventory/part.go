package inventory

import "time"

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
	// empty for the others.
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
