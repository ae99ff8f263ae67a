package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// selection is a list of clusters in segments, mostly one for each project, so that
// a page of a large organization copies nothing but itself.
type selection [][]*cluster

func (s selection) count() int {
	n := 0
	for _, segment := range s {
		n += len(segment)
	}
	return n
}

// part returns the clusters of one page.
func (s selection) part(p page) []*cluster {
	part := make([]*cluster, 0, p.size)
	skip := p.offset
	for _, segment := range s {
		if skip >= len(segment) {
			skip -= len(segment)
			continue
		}
		part = append(part, segment[skip:min(skip+p.size-len(part), len(segment))]...)
		skip = 0
		if len(part) == p.size {
			break
		}
	}
	return part
}

// selections remembers filtered and ordered lists. The world never changes, so they
// stay right; paging through one searches and sorts once.
type selections struct {
	mu    sync.Mutex
	lists map[string]selection
}

const maxSelections = 16

func newSelections() *selections { return &selections{lists: make(map[string]selection)} }

func (s *selections) get(key string, build func() selection) selection {
	s.mu.Lock()
	defer s.mu.Unlock()
	if list, known := s.lists[key]; known {
		return list
	}
	if len(s.lists) >= maxSelections {
		clear(s.lists)
	}
	s.lists[key] = build()
	return s.lists[key]
}

// selectClusters finds the serverless clusters a list request is about.
func (s *Server) selectClusters(c call) (selection, *apiError) {
	query := c.URL.Query()
	terms, err := parseFilter(query.Get("filter"))
	if err != nil {
		return nil, badRequest("invalid filter: " + err.Error())
	}
	less, err := parseOrder(query.Get("orderBy"))
	if err != nil {
		return nil, badRequest("invalid orderBy: " + err.Error())
	}
	projects := c.who.projects
	for _, t := range terms {
		if t.field != "projectId" {
			continue
		}
		for _, id := range t.values {
			if _, failure := s.mayRead(c, id); failure != nil {
				return nil, failure
			}
		}
		projects = slices.DeleteFunc(slices.Clone(projects), func(p *project) bool { return !slices.Contains(t.values, p.id) })
	}
	terms = slices.DeleteFunc(terms, func(t term) bool { return t.field == "projectId" })
	var all selection
	var ids strings.Builder
	for _, p := range projects {
		if !s.isForbidden(p) {
			all = append(all, p.serverless)
			ids.WriteString(p.id + ",")
		}
	}
	if len(terms) == 0 && less == nil {
		return all, nil
	}
	key := ids.String() + "\n" + query.Get("filter") + "\n" + query.Get("orderBy")
	return s.selected.get(key, func() selection { return all.matching(terms, less) }), nil
}

func (s selection) matching(terms []term, less func(a, b *cluster) int) selection {
	var found []*cluster
	for _, segment := range s {
		for _, c := range segment {
			if !slices.ContainsFunc(terms, func(t term) bool { return !t.matches(c) }) {
				found = append(found, c)
			}
		}
	}
	if less != nil {
		slices.SortStableFunc(found, less)
	}
	return selection{found}
}

// compareBy are the fields orderBy understands.
func compareBy(field string) func(a, b *cluster) int {
	switch field {
	case "displayName":
		return func(a, b *cluster) int { return cmp.Compare(a.name, b.name) }
	case "clusterId":
		return func(a, b *cluster) int { return cmp.Compare(a.id, b.id) }
	case "createTime":
		return func(a, b *cluster) int { return a.created.Compare(b.created) }
	case "state":
		return func(a, b *cluster) int { return cmp.Compare(a.state, b.state) }
	case "region.name":
		return func(a, b *cluster) int { return cmp.Compare(a.region.id, b.region.id) }
	}
	return nil
}
