package ask

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// Grant is one authorization and what was read with it.
type Grant struct {
	ID          string
	View        *inventory.View
	User        string // who signed in
	Role        string
	Environment string
	Kept        string // where the credential is kept
	// Expires is when the access token ends and Renewable whether Canopy
	// renews it by itself; both zero if that is not known.
	Expires   time.Time
	Renewable bool
	GrantedAt time.Time
	Console   string // address of the console, without a slash at the end
}

// Call is one request that was made, for questions about those.
type Call struct {
	At     time.Time `json:"at"`
	Host   string    `json:"host"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Status int       `json:"status"`
}

// Moment is what was known at an earlier time, for questions about changes.
type Moment struct {
	At    time.Time
	Views []*inventory.View
}

// World is everything that a question may be about: the grants with what was
// read of them, the time and the person. A World is made for one state of the
// snapshots and not changed afterwards; it works out what it needs when first
// asked, and is safe for concurrent use. It must not be copied.
type World struct {
	Grants  []Grant
	Now     time.Time
	Zone    *time.Location // nil: UTC
	User    string         // whom "my" means; empty: the user of the only grant
	Calls   []Call         // the requests made so far, oldest first
	Earlier []Moment       // oldest first
	// BranchBudget is the number of requests for branches that one question
	// may cost; zero means [DefaultBranchBudget].
	BranchBudget int

	own  shared
	from *shared // of the world that this one was made of, see At
}

// shared is what follows from the snapshots alone.
type shared struct {
	once  sync.Once
	table table
	names sync.Once
	index *nameIndex
}

func (w *World) cache() *shared {
	if w.from != nil {
		return w.from
	}
	return &w.own
}

// At returns the same world at another time, with the requests made until
// then. It costs nothing: what was worked out of the snapshots is shared.
func (w *World) At(now time.Time, calls []Call) *World {
	return &World{
		Grants: w.Grants, Now: now, Zone: w.Zone, User: w.User, Calls: calls, Earlier: w.Earlier, BranchBudget: w.BranchBudget,
		from: w.cache(),
	}
}

// Prepare works out what questions need, which takes a moment for large
// snapshots, so that the first answer comes as fast as the next ones.
func (w *World) Prepare() { w.nameIndex() }

// DefaultBranchBudget is the number of requests for branches that a question
// may cost unless [World.BranchBudget] says otherwise. The rate limit is 100
// a minute.
const DefaultBranchBudget = 40

// org is an organization and the grant that shows it.
type org struct {
	ID, Name string
	grant    *Grant
}

// row is one thing that a query looks at; what it is not is nil.
type row struct {
	cluster            *api.Cluster
	project            *api.Project
	org                *org
	branch             *api.Branch
	clusters, projects int     // of a project or an organization
	children           []row   // clusters of a project
	parts              [][]row // clusters of an organization, by project
	where              *place
	places             *Gazetteer
	branches           int // of a cluster, -1 if they were not read
}

func (r *row) place() place {
	if r.where != nil {
		return *r.where
	}
	return r.places.region(r.cluster.Region)
}

func (r *row) branchCount() cell {
	if r.branches < 0 {
		return noNumber()
	}
	return numberCell(r.branches)
}

func (r *row) id() string {
	switch {
	case r.branch != nil:
		return r.branch.ID
	case r.cluster != nil:
		return r.cluster.ID
	case r.project != nil:
		return r.project.ID
	}
	return r.org.ID
}

func (r *row) name() string {
	switch {
	case r.branch != nil:
		return r.branch.Name
	case r.cluster != nil:
		return r.cluster.Name
	case r.project != nil:
		return r.project.Name
	}
	return r.org.Name
}

// table holds the rows of all grants. A cluster that two grants show counts
// once.
type table struct {
	clusters, projects, orgs []row
	virtual                  int // projects that are none
	inVirtual                int // clusters in them
	regions                  []api.Region
}

func (w *World) zone() *time.Location {
	if w.Zone == nil {
		return time.UTC
	}
	return w.Zone
}

// me returns the user whom "my" means, empty if nobody can tell.
func (w *World) me() string {
	if w.User != "" {
		return w.User
	}
	user := ""
	for _, g := range w.Grants {
		if user != "" && g.User != user {
			return ""
		}
		user = g.User
	}
	return user
}

func (w *World) rows() *table {
	c := w.cache()
	c.once.Do(func() { w.build(&c.table) })
	return &c.table
}

func (w *World) build(t *table) {
	places := gazetteer()
	seen := make(map[string]bool)
	total := 0
	for i := range w.Grants {
		total += w.Grants[i].View.Counts().Clusters
	}
	t.clusters = make([]row, 0, total)
	regions := make(map[string]*place)
	for i := range w.Grants {
		g := &w.Grants[i]
		s := g.View.Shown()
		o := s.Organization()
		home := w.organization(t, &org{ID: o.ID, Name: cmp.Or(o.Name, o.ID), grant: g})
		projects := s.Projects()
		for j := range projects {
			p := &projects[j]
			key := home.ID + "/" + p.ID
			if seen[key] {
				continue
			}
			seen[key] = true
			clusters := s.Clusters(p.ID)
			first := len(t.clusters)
			for k := range clusters {
				c := &clusters[k]
				where, ok := regions[c.Region.ID]
				if !ok {
					found := places.region(c.Region)
					where = &found
					regions[c.Region.ID] = where
					t.regions = append(t.regions, c.Region)
				}
				t.clusters = append(t.clusters, row{cluster: c, project: p, org: home, where: where, places: places, branches: -1})
			}
			t.projects = append(t.projects, row{project: p, org: home, clusters: len(clusters), children: t.clusters[first:len(t.clusters):len(t.clusters)]})
			if p.Type == api.ProjectVirtual {
				t.virtual++
				t.inVirtual += len(clusters)
			}
		}
	}
	w.gather(t)
}

// organization returns the organization of a grant, the one it shares with an
// earlier grant if there is one.
func (w *World) organization(t *table, o *org) *org {
	for i := range t.orgs {
		if have := t.orgs[i].org; have.ID == o.ID && have.Name == o.Name {
			return have
		}
	}
	t.orgs = append(t.orgs, row{org: o})
	return o
}

// gather puts the clusters of each organization together.
func (w *World) gather(t *table) {
	for i := range t.orgs {
		o := &t.orgs[i]
		for j := range t.projects {
			p := &t.projects[j]
			if p.org != o.org {
				continue
			}
			o.clusters += p.clusters
			o.parts = append(o.parts, p.children)
			if p.project.Type != api.ProjectVirtual {
				o.projects++
			}
		}
	}
	slices.SortFunc(t.regions, func(a, b api.Region) int { return cmp.Compare(a.ID, b.ID) })
}

// branchRows returns the branches of the clusters that were read so far.
func (w *World) branchRows() []row {
	var rows []row
	t := w.rows()
	for i := range t.clusters {
		c := &t.clusters[i]
		if !c.org.grant.branched() {
			continue
		}
		branches := c.org.grant.View.Shown().Branches(c.cluster.ID)
		for j := range branches {
			r := *c
			r.branch = &branches[j]
			rows = append(rows, r)
		}
	}
	return rows
}

// branched reports whether any branches were read.
func (g *Grant) branched() bool { return g.View.Shown().HasBranches() }

// all returns the rows that a query about an entity looks at.
func (w *World) all(e Entity) []row {
	switch e {
	case EntityProject:
		return w.rows().projects
	case EntityOrg:
		return w.rows().orgs
	case EntityBranch:
		return w.branchRows()
	}
	return w.rows().clusters
}
