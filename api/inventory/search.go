package inventory

import (
	"math/bits"

	"canopy/api"
)

// MatchKind says what a [Match] is.
type MatchKind string

// What can be found.
const (
	MatchProject MatchKind = "project"
	MatchCluster MatchKind = "cluster"
	MatchBranch  MatchKind = "branch"
)

// Match is one thing that a search found.
type Match struct {
	Kind      MatchKind
	ID        string
	ProjectID string
	ClusterID string // of a cluster and a branch
	// Index is where a cluster stands in [Snapshot.Clusters] of its project,
	// and a branch in [Snapshot.Branches] of its cluster.
	Index int
}

// Search returns the projects, clusters and branches that the words describe,
// in the order of the tree. See the documentation of the package for what
// words can be; without any nothing is found.
func (s *Snapshot) Search(words string) []Match {
	q := ParseQuery(words)
	if q.Empty() {
		return nil
	}
	return newFinder(s, q).find(s.showing)
}

// finder makes one search in all that one snapshot holds.
type finder struct {
	core     *core
	list     listing
	query    Query
	verdicts map[*pool][]verdict // by term
	branches map[string]map[string][]int
	scratch  set
}

func newFinder(s *Snapshot, q Query) *finder {
	c := s.now()
	f := &finder{core: c, list: s.named(), query: q, verdicts: make(map[*pool][]verdict)}
	f.findBranches()
	return f
}

// findBranches notes the branches that match, by project and cluster. Few
// clusters have had theirs read.
func (f *finder) findBranches() {
	k := f.core.known()
	for part, h := range f.core.branches.all() {
		row, ok := f.core.row(part.ID)
		if !ok {
			continue
		}
		p, _ := f.list.project(k.home(row.project))
		for i, b := range h.branches.group("").items {
			if !f.query.matchesBranch(b, &p) {
				continue
			}
			if f.branches == nil {
				f.branches = make(map[string]map[string][]int)
			}
			if f.branches[p.ID] == nil {
				f.branches[p.ID] = make(map[string][]int)
			}
			f.branches[p.ID][part.ID] = append(f.branches[p.ID][part.ID], i)
		}
	}
}

// inProject is what was found in one project.
type inProject struct {
	project *api.Project
	itself  bool
	rows    *sorted[entry]
	hits    set
}

// find returns what matches in the projects that are wanted.
func (f *finder) find(wanted func(projectID string) bool) []Match {
	projects := f.list.projects
	all := make([]inProject, 0, len(projects))
	count := 0
	for i := range projects {
		p := &projects[i]
		if !wanted(p.ID) {
			continue
		}
		in := inProject{project: p, itself: f.query.matchesProject(p)}
		if in.itself {
			count++
		}
		clusters := f.core.clusters(p.ID)
		in.rows, in.hits = clusters, f.search(p, clusters)
		count += in.hits.count()
		for _, branches := range f.branches[p.ID] {
			count += len(branches)
		}
		all = append(all, in)
	}
	if count == 0 {
		return nil
	}
	matches := make([]Match, 0, count)
	for i := range all {
		matches = f.collect(matches, &all[i])
	}
	return matches
}

// collect appends what was found in a project, in the order of the tree.
func (f *finder) collect(matches []Match, in *inProject) []Match {
	id := in.project.ID
	if in.itself {
		matches = append(matches, Match{Kind: MatchProject, ID: id, ProjectID: id})
	}
	branches := f.branches[id]
	if branches == nil && in.hits == nil {
		return matches
	}
	idOf := func(i int) string { return in.rows.items[i].id }
	if x := indexOf(in.rows); !x.ids.folded {
		idOf = x.ids.at // they stand side by side there
	}
	if branches == nil {
		for n, word := range in.hits {
			for ; word != 0; word &= word - 1 {
				i := 64*n + bits.TrailingZeros64(word)
				row := idOf(i)
				matches = append(matches, Match{MatchCluster, row, id, row, i})
			}
		}
		return matches
	}
	for i := range in.rows.items {
		row := idOf(i)
		if in.hits.has(i) {
			matches = append(matches, Match{MatchCluster, row, id, row, i})
		}
		for _, at := range branches[row] {
			matches = append(matches, Match{MatchBranch, f.core.branchesOf(row)[at].ID, id, row, at})
		}
	}
	return matches
}

// search returns the clusters of a project that match.
func (f *finder) search(p *api.Project, clusters *sorted[entry]) set {
	rows := len(clusters.items)
	if rows == 0 {
		return nil
	}
	left := newSet(rows)
	left.fill(rows)
	for n := range f.query.terms {
		hits := f.holding(n, p, clusters)
		if f.query.terms[n].not {
			left.remove(hits)
		} else {
			left.keep(hits)
		}
		if left.count() == 0 {
			return nil
		}
	}
	return left
}

// holding returns the clusters of which a term holds, without its "-". The set
// is good until the next call.
func (f *finder) holding(n int, p *api.Project, clusters *sorted[entry]) set {
	t := &f.query.terms[n]
	rows := len(clusters.items)
	f.scratch = f.scratch.cleared(rows)
	hits := f.scratch
	switch t.field {
	case FieldProject, FieldType:
		one, two := p.Name, p.ID
		if t.field == FieldType {
			one, two = string(MatchCluster), string(p.Type)
		}
		if t.holds(fold(one)) || t.holds(fold(two)) {
			hits.fill(rows)
		}
		return hits
	}
	x := indexOf(clusters)
	f.markShared(n, x, hits)
	if t.field != "" && t.field != FieldName && t.field != FieldID || hits.count() == rows {
		return hits
	}
	if t.word == "" {
		hits.fill(rows)
		return hits
	}
	if t.field != FieldID {
		x.names.mark(t.word, hits)
	}
	if t.field != FieldName {
		x.ids.mark(t.word, hits)
	}
	return hits
}

// markShared marks the rows whose traits or labels a term holds of.
func (f *finder) markShared(n int, x *index, hits set) {
	if x.pool == nil {
		for i, t := range x.traits {
			v, l := f.verdict(t.pool, n), x.labels[i]
			if v.ofTraits(t) || v.ofLabels(l) {
				hits.set(i)
			}
		}
		return
	}
	v := f.verdict(x.pool, n)
	if v.traitsHold > 0 {
		for i, t := range x.traits {
			if v.traits[t.number] {
				hits.set(i)
			}
		}
	}
	if v.labelsHold > 0 {
		for i, l := range x.labels {
			if v.ofLabels(l) {
				hits.set(i)
			}
		}
	}
}

// verdict is that of a term on a pool.
func (f *finder) verdict(p *pool, n int) verdict {
	all, ok := f.verdicts[p]
	if !ok {
		for i := range f.query.terms {
			all = append(all, p.judge(&f.query.terms[i]))
		}
		f.verdicts[p] = all
	}
	return all[n]
}
