package inventory

import (
	"iter"
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

func (c *Comparison) compareProject(x, y side, p *pair) {
	switch {
	case p.a != nil && p.b != nil:
		c.Both.add(p.project)
	case p.a != nil:
		c.OnlyA.add(p.project)
		c.Differences = append(c.Differences, y.misses(p.project, true))
	default:
		c.OnlyB.add(p.project)
		c.Differences = append(c.Differences, x.misses(p.project, false))
	}
	start := len(c.Differences)
	for row := range x.rows(p.a) {
		if y.shows(row.ID) {
			c.Both.Clusters++
			continue
		}
		c.OnlyA.Clusters++
		c.Differences = append(c.Differences, y.lacks(row, p.project, true))
	}
	for row := range y.rows(p.b) {
		if !x.shows(row.ID) {
			c.OnlyB.Clusters++
			c.Differences = append(c.Differences, x.lacks(row, p.project, false))
		}
	}
	slices.SortFunc(c.Differences[start:], func(a, b Difference) int { return compareNames(a.Name, a.ID, b.Name, b.ID) })
}

// rows returns the clusters of projects.
func (s side) rows(projects []string) iter.Seq[*api.Cluster] {
	return func(yield func(*api.Cluster) bool) {
		for _, id := range projects {
			for _, row := range s.view.whole.now().clusters(id).items {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// shows reports whether the side shows a cluster.
func (s side) shows(clusterID string) bool {
	row, ok := s.view.whole.now().row(clusterID)
	return ok && s.shown[s.catalog.home(row.ProjectID)]
}

// misses is the difference of a project that the side does not show.
func (s side) misses(p api.Project, a bool) Difference {
	d := Difference{Kind: MatchProject, ProjectID: p.ID, ID: p.ID, Name: p.Name, ProjectName: p.Name, A: a, B: !a}
	d.Voice, d.Err = s.project(p)
	return d
}

// project is why the side does not show a project that exists.
func (s side) project(p api.Project) (Voice, error) {
	id := p.ID
	if p.Type == api.ProjectVirtual {
		if voice, ok := s.view.there(NoProject); ok {
			return voice, nil
		}
	}
	if voice, ok := s.view.there(id); ok {
		return voice, nil
	}
	if id == NoProject {
		return s.view.clusterAbsence()
	}
	return s.view.projectAbsence(id, true, true)
}

// lacks is the difference of a cluster that the side does not show.
func (s side) lacks(row *api.Cluster, p api.Project, a bool) Difference {
	d := Difference{
		Kind: MatchCluster, ProjectID: p.ID, ID: row.ID, Name: row.Name, ProjectName: p.Name,
		Cluster: row, A: a, B: !a,
	}
	d.Voice, d.Err = s.cluster(row, p)
	return d
}

// cluster is why the side does not show a cluster that exists.
func (s side) cluster(row *api.Cluster, p api.Project) (Voice, error) {
	if _, ok := s.view.whole.now().row(row.ID); ok {
		return HiddenByYou, nil
	}
	voice, err := s.project(p)
	if voice != Present {
		return voice, err
	}
	part := Part{Kind: PartServerless}
	if row.Host == api.HostDedicated {
		part = s.dedicatedPart(p)
	}
	h, _ := s.view.whole.now().holding(part)
	return h.absence(part)
}

// dedicatedPart returns the part that would hold a dedicated cluster.
func (s side) dedicatedPart(p api.Project) Part {
	part := Part{PartDedicated, p.ID}
	if _, ok := s.view.whole.now().base.get(part); ok {
		return part
	}
	return Part{Kind: PartProjects}
}
