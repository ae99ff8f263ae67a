package outline

import (
	"slices"

	"canopy/api"
	"canopy/api/inventory"
)

// few is how many things of one voice stand in the tree by themselves. More are folded: a grant
// may leave out thousands of projects.
const few = 3

// FoldID returns the row id of the fold of everything that is not there for one reason.
func FoldID(v inventory.Voice) string { return "fold/" + v.String() }

// AbsentID returns the row id of something that is not there.
func AbsentID(id string) string { return "absent/" + id }

// absent adds what is not there, with the reason: what the grant does not cover, what is gone,
// and what the person has hidden. While searching, only what matches.
func (b *builder) absent(top int) {
	list := b.view.Missing()
	if b.found != nil {
		list = slices.Concat(b.hits.NotGranted, b.hits.Gone, b.hits.Unreadable)
	}
	for _, v := range []inventory.Voice{inventory.NotGranted, inventory.DoesNotExist, inventory.CouldNotBeRead, inventory.HiddenByYou} {
		if v == inventory.HiddenByYou && b.found != nil {
			b.fold(top, v, common(b.hits.Hidden), len(b.hits.Hidden), func(i int) Row { return b.hiddenMatch(b.hits.Hidden[i]) })
			continue
		}
		same := slices.DeleteFunc(slices.Clone(list), func(m inventory.Missing) bool { return m.Voice != v })
		b.fold(top, v, Project, len(same), func(i int) Row { return absentProject(same[i]) })
	}
	if b.found != nil && b.hits.Unread {
		b.add(Row{ID: "unread", Kind: Unread, Depth: 1, Parent: top})
	}
}

func absentProject(m inventory.Missing) Row {
	return Row{ID: AbsentID(m.Project.ID), Kind: Absent, Of: Project, Name: m.Project.Name, Project: m.Project, Voice: m.Voice, Err: m.Err}
}

// hiddenMatch is something that the words match in a project that the person has hidden.
func (b *builder) hiddenMatch(m inventory.Match) Row {
	whole := b.view.Whole()
	p, _ := whole.Project(m.ProjectID)
	row := Row{ID: AbsentID(m.ID), Kind: Absent, Of: Project, Name: p.Name, Project: p, Voice: inventory.HiddenByYou}
	if m.Kind == inventory.MatchProject {
		return row
	}
	if m.Kind == inventory.MatchCluster {
		c := whole.Clusters(m.ProjectID)[m.Index]
		row.Of, row.Name, row.Cluster = Cluster, c.Name, &c
	} else {
		c, _ := whole.Cluster(m.ClusterID)
		row.Cluster = &c
		row.Of, row.Name = Branch, branchName(whole.Branches(m.ClusterID), m.ID)
		row.ID = AbsentID(m.ClusterID + "/" + m.ID)
	}
	return row
}

func branchName(all []api.Branch, id string) string {
	for i := range all {
		if all[i].ID == id {
			return all[i].Name
		}
	}
	return id
}

// fold adds what is not there for one reason, under a row of its own when it is much. What the
// person has hidden is always folded: it is out of the way by choice.
func (b *builder) fold(top int, v inventory.Voice, of Kind, count int, row func(i int) Row) {
	if count == 0 {
		return
	}
	depth, parent := 1, top
	if count > few || v == inventory.HiddenByYou {
		id := FoldID(v)
		parent = b.add(Row{ID: id, Kind: Fold, Of: of, Depth: 1, Parent: top, Voice: v, Count: b.projectsOf(v, count), Exact: true, Expandable: true, Open: b.open[id]})
		if !b.open[id] {
			return
		}
		depth = 2
	}
	for i := range count {
		r := row(i)
		r.Depth, r.Parent = depth, parent
		b.add(r)
	}
}

// projectsOf is how many projects a fold says it holds: as everywhere, the virtual one is not
// counted, unless there is nothing else. The matches of a search are counted as they are.
func (b *builder) projectsOf(v inventory.Voice, rows int) int {
	if b.found != nil {
		return rows
	}
	n := b.view.Counts()
	switch v {
	case inventory.HiddenByYou:
		return max(1, n.Hidden)
	case inventory.NotGranted:
		return max(1, n.NotGranted)
	default:
		return rows
	}
}

// common is the kind of all matches; Cluster stands for a mixture.
func common(matches []inventory.Match) Kind {
	kinds := map[inventory.MatchKind]Kind{inventory.MatchProject: Project, inventory.MatchBranch: Branch}
	for _, m := range matches {
		if m.Kind != matches[0].Kind {
			return Cluster
		}
	}
	if len(matches) > 0 {
		if k, ok := kinds[matches[0].Kind]; ok {
			return k
		}
	}
	return Cluster
}
