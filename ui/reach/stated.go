package reach

import (
	"slices"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/session"
)

// Stated is what the server stated about a grant (RFC 9396 §7), against what the person asked for
// and what the list of projects shows.
type Stated struct {
	Nothing bool // it stated nothing: only the list tells
	All     bool // it stated all projects, also new ones
	Count   int  // of the projects that it stated, when not All
	Listed  bool // the list has been read to its end, so that it can be compared

	Refused  []auth.Project // asked for, and not stated
	Unasked  []auth.Project // stated, and not asked for
	Unlisted []auth.Project // stated, and not listed
	Extra    []auth.Project // listed, and not stated
}

// Differs reports whether there is a difference to be told.
func (s Stated) Differs() bool {
	return len(s.Refused)+len(s.Unasked)+len(s.Unlisted)+len(s.Extra) > 0
}

// Compare compares what the server stated about the open grant.
func Compare(st session.State) Stated {
	g := st.Grant
	s := Stated{All: g.AllProjects, Count: len(g.Projects), Nothing: !g.AllProjects && len(g.Projects) == 0}
	if fewer, more, known := g.Compare(); known {
		s.Refused, s.Unasked = fewer, more
	}
	if s.Listed = st.View.Counts().ProjectsExact; !s.Listed || s.Nothing || s.All {
		return s
	}
	stated, listed := idsOf(g.Projects), map[string]bool{}
	for _, p := range st.View.Whole().Projects() {
		listed[p.ID] = true
		if !stated[p.ID] && p.ID != inventory.NoProject && p.Type != api.ProjectVirtual {
			s.Extra = append(s.Extra, auth.Project{ID: p.ID, Name: p.Name})
		}
	}
	for _, p := range g.Projects {
		if !listed[p.ID] && !slices.Contains(g.Forgotten, p.ID) {
			s.Unlisted = append(s.Unlisted, p)
		}
	}
	return s
}
