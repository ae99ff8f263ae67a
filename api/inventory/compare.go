package inventory

import (
	"slices"

	"canopy/api"
)

// Comparison is what two grants of one organization show, side by side.
type Comparison struct {
	// SameOrganization is false if the two are known to be of different
	// organizations. Everything differs then, and Differences stays empty.
	SameOrganization bool
	// Differences are what one side shows and the other does not, by the name
	// of the project, the virtual one last; in it the project itself first,
	// then its clusters by name.
	Differences []Difference
	// OnlyA, OnlyB and Both count what is shown.
	OnlyA, OnlyB, Both Tally
	// Exact is false if either side may show more than was read of it.
	Exact bool
}

// Tally counts projects, the virtual one apart, and clusters.
type Tally struct{ Projects, Virtual, Clusters int }

func (t *Tally) add(p api.Project) {
	if p.Type == api.ProjectVirtual {
		t.Virtual++
		return
	}
	t.Projects++
}

// Difference is a project or a cluster that one side shows and the other does
// not.
type Difference struct {
	Kind          MatchKind // MatchProject or MatchCluster
	ProjectID, ID string
	// Name and ProjectName are as the side that shows it has them.
	Name, ProjectName string
	Cluster           *api.Cluster // nil for a project; shared, read only
	A, B              bool         // which side shows it
	// Voice is why the other side does not. The one that shows it proves that
	// it exists: DoesNotExist means that the other side would show it and did
	// not have it when it was read. Unread is not known yet.
	Voice Voice
	Err   error // of CouldNotBeRead
}

// Compare says which projects and clusters one of two views shows and the
// other does not. Branches are not compared. Clusters are the same if their
// ids are, wherever they stand and however they are called, so that one that
// was renamed or moved between the two readings is no difference.
//
// Ids say something within one environment only; it is for the caller not to
// compare grants of two.
func Compare(a, b *View) Comparison {
	x, y := newSide(a), newSide(b)
	c := Comparison{Exact: x.exact() && y.exact()}
	idA, idB := x.view.whole.Organization().ID, y.view.whole.Organization().ID
	c.SameOrganization = idA == "" || idB == "" || idA == idB
	if !c.SameOrganization {
		c.OnlyA, c.OnlyB = x.tally(), y.tally()
		return c
	}
	for _, p := range pairs(x, y) {
		c.compareProject(x, y, p)
	}
	return c
}

// side is one of the two views.
type side struct {
	view    *View
	catalog *catalog
	shown   map[string]bool // the projects shown, by id
}

func newSide(v *View) side {
	v = v.orNothing()
	s := side{view: v, catalog: v.whole.now().known(), shown: make(map[string]bool)}
	for _, p := range v.shown.Projects() {
		s.shown[p.ID] = true
	}
	return s
}

func (s side) exact() bool {
	n := s.view.Counts()
	return n.ProjectsExact && n.ClustersExact
}

func (s side) tally() Tally {
	n := s.view.Counts()
	return Tally{n.Projects, n.Virtual, n.Clusters}
}

// pair is a project as the two sides have it.
type pair struct {
	project api.Project
	a, b    []string // its ids where it is shown
}

// pairs returns the projects that either side shows, in the order of the tree.
// The virtual project is one, although a side that could not read the list of
// projects takes it for two: the label of its clusters, and [NoProject].
func pairs(x, y side) []*pair {
	var all []*pair
	index := make(map[string]*pair)
	at := func(p api.Project) *pair {
		id := p.ID
		if id == x.catalog.virtual || id == y.catalog.virtual {
			id = NoProject
		}
		q := index[id]
		if q == nil {
			q = &pair{project: p}
			index[id], all = q, append(all, q)
		}
		if q.project.Type == "" && (p.Type != "" || q.project.Name == q.project.ID) {
			q.project = p // what the list tells, where the other has but a label
		}
		return q
	}
	for _, p := range x.view.shown.Projects() {
		q := at(p)
		q.a = append(q.a, p.ID)
	}
	for _, p := range y.view.shown.Projects() {
		q := at(p)
		q.b = append(q.b, p.ID)
	}
	slices.SortFunc(all, func(p, q *pair) int { return compareProjects(p.project, q.project) })
	return all
}

// compareProject compares one project, and walks through its clusters on both
// sides at once: they are in the same order.
func (c *Comparison) compareProject(x, y side, p *pair) {
	xSays, ySays := reason{}, reason{}
	switch {
	case p.a != nil && p.b != nil:
		c.Both.add(p.project)
	case p.a != nil:
		c.OnlyA.add(p.project)
		ySays = y.project(p.project)
		c.add(differs(MatchProject, p.project, nil, true, ySays))
	default:
		c.OnlyB.add(p.project)
		xSays = x.project(p.project)
		c.add(differs(MatchProject, p.project, nil, false, xSays))
	}
	left, right := x.rows(p.a), y.rows(p.b)
	for len(left)+len(right) > 0 {
		switch order := first(left, right); {
		case order == 0:
			c.Both.Clusters++
			left, right = left[1:], right[1:]
		case order < 0:
			if why := y.cluster(left[0], p.project, ySays); why.voice == Present {
				c.Both.Clusters++
			} else {
				c.OnlyA.Clusters++
				c.add(differs(MatchCluster, p.project, left[0], true, why))
			}
			left = left[1:]
		default:
			// One that is shown elsewhere on side A is counted there.
			if why := x.cluster(right[0], p.project, xSays); why.voice != Present {
				c.OnlyB.Clusters++
				c.add(differs(MatchCluster, p.project, right[0], false, why))
			}
			right = right[1:]
		}
	}
}

// add appends a difference. There may be 200,000: the list doubles, where
// append would let it grow, and be copied, bit by bit.
func (c *Comparison) add(d Difference) {
	if n := len(c.Differences); n == cap(c.Differences) {
		c.Differences = slices.Grow(c.Differences, max(16, n))
	}
	c.Differences = append(c.Differences, d)
}

// first says which list goes on with the earlier cluster; 0 if both go on with
// the same.
func first(left, right []*entry) int {
	switch {
	case len(right) == 0:
		return -1
	case len(left) == 0:
		return 1
	case left[0].id == right[0].id:
		return 0
	}
	return compareNames(left[0].name, left[0].id, right[0].name, right[0].id)
}

// reason is why a side does not show something; Present if it does.
type reason struct {
	voice Voice
	err   error
}

func differs(kind MatchKind, p api.Project, row *entry, a bool, why reason) Difference {
	d := Difference{
		Kind: kind, ProjectID: p.ID, ID: p.ID, Name: p.Name, ProjectName: p.Name,
		A: a, B: !a, Voice: why.voice, Err: why.err,
	}
	if row != nil {
		c := row.cluster()
		d.ID, d.Name, d.Cluster = row.id, row.name, &c
	}
	return d
}

// rows returns the clusters of projects, in the order of the tree.
func (s side) rows(projects []string) []*entry {
	var rows []*entry
	for i, id := range projects {
		of := s.view.whole.now().clusters(id).items
		if i == 0 {
			rows = slices.Clip(of)
			continue
		}
		rows = append(rows, of...)
		sortByName(rows, describeEntry)
	}
	return rows
}

// project is why the side does not show a project that exists.
func (s side) project(p api.Project) reason {
	if p.Type == api.ProjectVirtual {
		if voice, ok := s.view.there(NoProject); ok {
			return reason{voice, nil}
		}
	}
	if voice, ok := s.view.there(p.ID); ok {
		return reason{voice, nil}
	}
	if p.ID == NoProject {
		voice, err := s.view.clusterAbsence()
		return reason{voice, err}
	}
	voice, err := s.view.projectAbsence(p.ID, true, true)
	return reason{voice, err}
}

// cluster is why the side does not show a cluster that exists, in a project of
// which the side says what it says. It may show it in another one.
func (s side) cluster(row *entry, p api.Project, project reason) reason {
	if own, ok := s.view.whole.now().row(row.id); ok {
		if s.shown[s.catalog.home(own.project)] {
			return reason{}
		}
		return reason{voice: HiddenByYou}
	}
	if project.voice != Present {
		return project
	}
	part := Part{Kind: PartServerless}
	if row.terms.host == api.HostDedicated {
		part = s.dedicatedPart(p)
	}
	h, _ := s.view.whole.now().holding(part)
	voice, err := h.absence(part)
	return reason{voice, err}
}

// dedicatedPart returns the part that would hold a dedicated cluster.
func (s side) dedicatedPart(p api.Project) Part {
	part := Part{PartDedicated, p.ID}
	if _, ok := s.view.whole.now().base.get(part); ok {
		return part
	}
	return Part{Kind: PartProjects}
}
