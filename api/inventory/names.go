package inventory

import (
	"slices"
	"sync"

	"canopy/api"
)

// names are those of projects as they are known from elsewhere. A project that the list does not
// have, for it could not be read, would have its id for a name otherwise.
type names struct {
	known []api.Project

	once   sync.Once
	listed listing
}

// listing is projects in the order of the tree.
type listing struct {
	projects []api.Project
	index    map[string]int
}

func (l listing) project(id string) (api.Project, bool) {
	i, ok := l.index[id]
	if !ok {
		return api.Project{}, false
	}
	return l.projects[i], true
}

func listingOf(projects []api.Project) listing {
	slices.SortStableFunc(projects, compareProjects)
	l := listing{projects, make(map[string]int, len(projects))}
	for i, p := range projects {
		l.index[p.ID] = i
	}
	return l
}

// named returns the projects of the snapshot with the names that are known.
func (s *Snapshot) named() listing {
	k := s.now().known()
	if s.names == nil || len(k.unlisted) == 0 {
		return k.listing
	}
	n := s.names
	n.once.Do(func() {
		name := make(map[string]string, len(k.unlisted))
		for _, id := range k.unlisted {
			name[id] = ""
		}
		for _, p := range n.known {
			if before, unlisted := name[p.ID]; unlisted && before == "" {
				name[p.ID] = p.Name
			}
		}
		projects := slices.Clone(k.projects)
		for i := range projects {
			if known := name[projects[i].ID]; known != "" {
				projects[i].Name = known
			}
		}
		n.listed = listingOf(projects)
	})
	return n.listed
}
