package session

import (
	"net/http"
	"slices"
	"sync/atomic"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
)

// source is where the rows of one grant come from: its inventory, and what reading it has
// cost. It outlives the grant's being on screen, so that switching back is at once.
type source struct {
	inventory *inventory.Inventory
	usage     *usage
}

// usage counts requests. It is written from the goroutines that make them.
type usage struct {
	requests         atomic.Int64
	limit, remaining atomic.Int64
}

func (u *usage) now() Usage {
	return Usage{Requests: int(u.requests.Load()), Limit: int(u.limit.Load()), Remaining: int(u.remaining.Load())}
}

// counted counts what is asked for.
type counted struct {
	http.RoundTripper
	usage *usage
}

func (c counted) RoundTrip(q *http.Request) (*http.Response, error) {
	c.usage.requests.Add(1)
	return c.RoundTripper.RoundTrip(q)
}

// sourceOf returns the source of a grant, made when it is needed first.
func (s *Session) sourceOf(g auth.Grant) (*source, error) {
	if src := s.sources[g.ID]; src != nil {
		return src, nil
	}
	env := s.environments[g.Environment]
	u := &usage{}
	u.limit.Store(-1)
	u.remaining.Store(-1)
	authorized := s.deps.Auth.Client(g.ID)
	authorized.Transport = counted{authorized.Transport, u}
	client, err := api.New(api.Config{
		Hosts: api.Hosts{IAM: env.IAM, Serverless: env.Serverless, Dedicated: env.Dedicated},
		HTTP:  authorized,
		Now:   s.deps.Now,
		OnLimits: func(l api.Limits) {
			if l.Limit >= 0 {
				u.limit.Store(int64(l.Limit))
				u.remaining.Store(int64(l.Remaining))
			}
		},
	})
	if err != nil {
		return nil, err
	}
	src := &source{inventory: inventory.New(client, s.deps.Now), usage: u}
	s.sources[g.ID] = src
	return src, nil
}

// ViewOf is what a snapshot of a grant's inventory shows. known are the projects that are known
// to exist, from [KnownProjects].
func ViewOf(g auth.Grant, known []api.Project, snap *inventory.Snapshot) *inventory.View {
	coverage := g.Coverage()
	chosen := slices.DeleteFunc(slices.Clone(g.Scope.Only), func(id string) bool { return slices.Contains(g.Forgotten, id) })
	return inventory.NewView(snap, inventory.Reach{
		Shows: g.Scope.Filter(),
		Covers: func(id string) (covered, stated bool) {
			c := coverage(id)
			return c == auth.Covered, c != auth.CoverageUnknown
		},
		Known:  known,
		Chosen: chosen,
	})
}

func (s *Session) knownProjects(g auth.Grant) []api.Project {
	return KnownProjects(g, s.deps.Auth.Grants().List())
}

// KnownProjects returns the projects of a grant's organization that are known to exist: from its own
// past, from what it asked for, and from those of all grants that are of the organization.
func KnownProjects(g auth.Grant, all []auth.Grant) []api.Project {
	var known []api.Project
	seen := map[string]bool{}
	for _, id := range g.Forgotten {
		seen[id] = true
	}
	add := func(ps []auth.Project) {
		for _, p := range ps {
			if !seen[p.ID] {
				seen[p.ID] = true
				one := api.Project{ID: p.ID, Name: p.Name, OrganizationID: g.Organization.ID}
				if p.Virtual {
					one.Type = api.ProjectVirtual
				}
				known = append(known, one)
			}
		}
	}
	add(g.Known)
	var others []auth.Grant
	for _, other := range all {
		if sameOrganization(g, other) {
			others = append(others, other)
			add(other.Known)
		}
	}
	for _, other := range others {
		add(other.Projects) // after what the API told, which knows the virtual one
	}
	add(g.Projects)
	add(g.Asked.Projects)
	return known
}
