// Package outline flattens a snapshot into the rows of a tree: what is open, what is filtered,
// what is loading, empty or could not be read.
//
// An Outline is a value. It is built away from the widgets, from an immutable snapshot, and
// swapped in one step, so that a refresh never makes the tree jump: open nodes and the
// selection are kept by id. The package knows no Fyne and no words: rows carry what they
// mean, and the window says it in the person's language.
package outline

import (
	"slices"
	"strings"

	"canopy/api"
	"canopy/api/inventory"
)

// Kind says what a row stands for.
type Kind int

// The kinds of rows.
const (
	Organization Kind = iota
	Project
	Cluster
	Branch
	Reading  // the children of the row above are being read
	Empty    // the row above has no children
	Failed   // the children of the row above could not be read; see Row.Err
	Absent   // something that is not there, and Row.Voice says why
	Fold     // Row.Count things that are not there, all for the reason Row.Voice
	Unread   // while searching: more may match of what has not been read yet
	Repaired // while searching: nothing matches, but something does for the words in Row.Name
)

// Row is one line of the tree.
type Row struct {
	ID     string // stable over refreshes; see OrganizationID and its siblings
	Kind   Kind
	Depth  int
	Parent int // index of the parent row, -1 for the first
	// Expandable says that the row may have children, Open that they follow it.
	Expandable, Open bool
	Name             string // as TiDB Cloud says it: not yet safe for a screen
	Project          api.Project
	Cluster          *api.Cluster // of a Cluster row
	Branch           *api.Branch  // of a Branch row
	Voice            inventory.Voice
	Of               Kind // of Reading, Empty, Failed, Absent and Fold: the kind of what is missing
	Count            int  // children known, or -1
	Exact            bool // Count is all there is
	Part             inventory.Part
	Err              error
}

// OrganizationID returns the row id of an organization.
func OrganizationID(id string) string { return "org/" + id }

// ProjectID returns the row id of a project.
func ProjectID(id string) string { return "project/" + id }

// ClusterID returns the row id of a cluster.
func ClusterID(id string) string { return "cluster/" + id }

// BranchID returns the row id of a branch.
func BranchID(cluster, id string) string { return "branch/" + cluster + "/" + id }

// Outline is the rows of a tree in order, and where each id stands.
type Outline struct {
	Rows  []Row
	index map[string]int
}

// Options say what Build shows of a view.
type Options struct {
	Open   map[string]bool // row ids that are open
	Filter string          // words to search for; everything on the way to a match is open
}

// Build makes the rows of a view.
func Build(view *inventory.View, o Options) *Outline {
	b := &builder{view: view, snap: view.Shown(), open: o.Open, out: &Outline{}}
	if view == nil {
		return b.out
	}
	if query := inventory.ParseQuery(o.Filter); !query.Empty() {
		b.filter(view.Search(o.Filter), query.Excludes())
	}
	b.organization()
	b.out.index = make(map[string]int, len(b.out.Rows))
	for i := range b.out.Rows {
		b.out.index[b.out.Rows[i].ID] = i
	}
	return b.out
}

// Index returns where the row with this id stands, or -1.
func (o *Outline) Index(id string) int {
	if i, ok := o.index[id]; ok {
		return i
	}
	return -1
}

// Next returns the first row after from, wrapping around, whose name begins with prefix in
// any case, or -1. The row at from counts as the last.
func (o *Outline) Next(prefix string, from int) int {
	n := len(o.Rows)
	for step := 1; step <= n; step++ {
		i := (from + step + n) % n
		name := o.Rows[i].Name
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return i
		}
	}
	return -1
}

type builder struct {
	view  *inventory.View
	snap  *inventory.Snapshot // what the view shows
	open  map[string]bool
	out   *Outline
	found map[string]bool // row ids to show while filtering; nil shows all
	whole map[string]bool // projects that match by themselves show all their clusters, unless some are excluded
	hits  inventory.Found // while filtering
}

func (b *builder) filter(hits inventory.Found, excludes bool) {
	b.hits = hits
	b.found, b.whole = map[string]bool{}, map[string]bool{}
	for _, m := range hits.Matches {
		b.found[ProjectID(m.ProjectID)] = true
		switch m.Kind {
		case inventory.MatchProject:
			b.whole[m.ProjectID] = !excludes
		case inventory.MatchCluster:
			b.found[ClusterID(m.ID)] = true
		case inventory.MatchBranch:
			b.found[ClusterID(m.ClusterID)] = true
			b.found[BranchID(m.ClusterID, m.ID)] = true
		}
	}
}

func (b *builder) add(r Row) int {
	i := len(b.out.Rows)
	b.out.Rows = append(b.out.Rows, r)
	return i
}

func (b *builder) isOpen(id string) bool { return b.found != nil || b.open[id] }

func (b *builder) organization() {
	org := b.snap.Organization()
	id := OrganizationID(org.ID)
	projects := b.snap.Projects()
	status := b.snap.Status(inventory.Part{Kind: inventory.PartProjects})
	counts := b.view.Counts()
	top := b.add(Row{
		ID: id, Kind: Organization, Parent: -1, Name: org.Name, Expandable: true, Open: b.isOpen(id),
		Count: counts.Projects, Exact: counts.ProjectsExact,
	})
	if !b.out.Rows[top].Open {
		return
	}
	b.out.Rows = slices.Grow(b.out.Rows, b.expected(projects))
	if b.hits.Repaired != "" {
		b.add(Row{ID: "repaired", Kind: Repaired, Depth: 1, Parent: top, Name: b.hits.Repaired})
	}
	for _, p := range projects {
		if b.found == nil || b.found[ProjectID(p.ID)] {
			b.project(top, p)
		}
	}
	b.rest(top, status, inventory.Part{Kind: inventory.PartProjects}, len(projects), Project)
	b.absent(top)
}

// expected is how many rows there will be, more or less: growing 100,000 rows step by step costs
// more than making them.
func (b *builder) expected(projects []api.Project) int {
	if b.found != nil {
		return len(b.found)
	}
	n := len(projects)
	for _, p := range projects {
		if b.open[ProjectID(p.ID)] {
			n += b.snap.ClusterCount(p.ID)
		}
	}
	return n
}

func (b *builder) project(parent int, p api.Project) {
	id := ProjectID(p.ID)
	count := b.snap.ClusterCount(p.ID)
	status := b.snap.ProjectStatus(p.ID)
	row := Row{
		ID: id, Kind: Project, Depth: 1, Parent: parent, Name: p.Name, Project: p, Expandable: true, Open: b.isOpen(id),
		Count: count, Exact: status.Done && status.Err == nil,
	}
	if !row.Exact && p.ClusterCount > row.Count {
		row.Count = p.ClusterCount // IAM counts before the rows have arrived
	}
	top := b.add(row)
	if !row.Open {
		return
	}
	clusters := b.snap.Clusters(p.ID)
	for i := range clusters {
		if b.found == nil || b.whole[p.ID] || b.found[ClusterID(clusters[i].ID)] {
			b.cluster(top, &clusters[i])
		}
	}
	b.rest(top, status, b.partOf(p), count, Cluster)
}

// partOf returns the part whose failure keeps the clusters of a project away. When the type of
// the project is not known both hosts are asked for it, and the one that failed counts.
func (b *builder) partOf(p api.Project) inventory.Part {
	dedicated := inventory.Part{Kind: inventory.PartDedicated, ID: p.ID}
	if p.Type == api.ProjectDedicated || b.snap.Status(dedicated).Err != nil {
		return dedicated
	}
	return inventory.Part{Kind: inventory.PartServerless}
}

func (b *builder) cluster(parent int, c *api.Cluster) {
	id := ClusterID(c.ID)
	part := inventory.Part{Kind: inventory.PartBranches, ID: c.ID}
	status := b.snap.Status(part)
	var branches []api.Branch
	if status.Done || status.Loading || status.Err != nil { // for most clusters nobody has asked
		branches = b.snap.Branches(c.ID)
	}
	row := Row{ID: id, Kind: Cluster, Depth: 2, Parent: parent, Name: c.Name, Cluster: c, Count: len(branches)}
	row.Expandable = c.Host == api.HostServerless && (!status.Done || len(branches) > 0)
	row.Open = row.Expandable && b.open[id]
	if b.found != nil {
		row.Open = row.Expandable && len(branches) > 0 && b.anyBranch(c.ID, branches)
	}
	top := b.add(row)
	if !row.Open {
		return
	}
	for i := range branches {
		bid := BranchID(c.ID, branches[i].ID)
		if b.found == nil || b.found[bid] {
			b.add(Row{ID: bid, Kind: Branch, Depth: 3, Parent: top, Name: branches[i].Name, Branch: &branches[i], Cluster: c})
		}
	}
	b.rest(top, status, part, len(branches), Branch)
}

func (b *builder) anyBranch(cluster string, branches []api.Branch) bool {
	for i := range branches {
		if b.found[BranchID(cluster, branches[i].ID)] {
			return true
		}
	}
	return false
}

// rest adds the row that says why there are no, or not all, children.
func (b *builder) rest(parent int, st inventory.Status, part inventory.Part, count int, of Kind) {
	p := b.out.Rows[parent]
	row := Row{Depth: p.Depth + 1, Parent: parent, Of: of, Part: part}
	switch {
	case st.Err != nil:
		row.Kind, row.ID, row.Err = Failed, "failed/"+p.ID, st.Err
	case b.found != nil:
		return
	case !st.Done && count == 0:
		row.Kind, row.ID = Reading, "reading/"+p.ID
	case st.Done && count == 0:
		row.Kind, row.ID = Empty, "empty/"+p.ID
	default:
		return
	}
	b.add(row)
}
