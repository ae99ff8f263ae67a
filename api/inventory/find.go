package inventory

import (
	"strings"
)

// Found is what a search has found, and what it may have missed.
type Found struct {
	Matches []Match // what is shown, in the order of the tree
	Hidden  []Match // what the person hides, in the same order
	// NotGranted, Gone and Unreadable are projects that are not there, by
	// their voices: NotGranted, DoesNotExist and CouldNotBeRead.
	NotGranted, Gone, Unreadable []Missing
	// Exact is what to say of the project or cluster whose id the words are;
	// nil if they are not the id of one that is known.
	Exact *Named
	// Failures are the parts of what is shown that may hold more, for they
	// could not be read, or not in full.
	Failures map[Part]error
	// Unread is true if parts of what is shown have not been read yet.
	Unread bool
	// Repaired is the text that was searched for instead because nothing matched
	// what was asked for, with slips of the finger put right; empty if that was
	// not needed, or of no use.
	Repaired string
	// Nothing is true if it is certain that nothing matches: that it does not
	// exist in what this grant sees.
	Nothing bool

	whole *Snapshot // see Where
	query Query
}

// any reports whether there is something to say.
func (f Found) any() bool {
	return len(f.Matches)+len(f.Hidden)+len(f.NotGranted)+len(f.Gone)+len(f.Unreadable) > 0 || f.Exact != nil
}

// Named is what to say of an id.
type Named struct {
	Kind  MatchKind
	ID    string
	Voice Voice
	Err   error // of CouldNotBeRead
}

// Search looks for words as [Snapshot.Search] does, in what is shown and in
// what is not. Projects that are not there are found by name and id. Without
// words there is nothing to say. What was found last is kept: a tree and the
// line below it ask the same.
func (v *View) Search(words string) Found {
	v = v.orNothing()
	if last := v.last.Load(); last != nil && last.words == words {
		return last.found
	}
	found := v.search(words)
	v.last.Store(&search{words, found})
	return found
}

// search is one that was made.
type search struct {
	words string
	found Found
}

func (v *View) search(words string) Found {
	query := ParseQuery(words)
	if query.Empty() {
		return Found{}
	}
	f := v.match(query)
	f.Exact = v.named(words)
	if !f.any() {
		if repaired, ok := v.repair(query); ok {
			if g := v.match(repaired); g.any() {
				f, f.Repaired = g, repaired.text
			}
		}
	}
	f.Failures, f.Unread = v.Gaps()
	f.Nothing = !f.any() && len(f.Failures) == 0 && !f.Unread
	return f
}

// match looks for a query in what is shown, what is hidden and what is not
// there.
func (v *View) match(query Query) Found {
	finder := newFinder(v.whole, query)
	f := Found{Matches: finder.find(v.shown.showing), whole: v.whole, query: query}
	if n := v.Counts(); n.Hidden+n.HiddenVirtual > 0 {
		f.Hidden = finder.find(func(id string) bool { return !v.shown.showing(id) })
	}
	for _, m := range v.Missing() {
		if m.Voice == HiddenByYou || !query.matchesProject(&m.Project) {
			continue
		}
		switch m.Voice {
		case NotGranted:
			f.NotGranted = append(f.NotGranted, m)
		case DoesNotExist:
			f.Gone = append(f.Gone, m)
		case CouldNotBeRead:
			f.Unreadable = append(f.Unreadable, m)
		case Present, HiddenByYou, Unread: // matches, or not missing
		}
	}
	return f
}

// named returns what to say of the one word that is the id of something.
func (v *View) named(words string) *Named {
	id := strings.TrimSpace(words)
	t := v.about()
	_, known := t.known[id]
	_, there := v.whole.now().known().project(id)
	if known || there || t.chosen[id] {
		voice, err := v.Project(id)
		return &Named{MatchProject, id, voice, err}
	}
	if _, ok := v.whole.now().row(id); ok {
		voice, err := v.Cluster(id)
		return &Named{MatchCluster, id, voice, err}
	}
	return nil
}

// Gaps returns the parts of what is shown that may hold rows which are not in
// the snapshot: because they could not be read, or not yet.
func (v *View) Gaps() (failures map[Part]error, unread bool) {
	v = v.orNothing()
	c := v.whole.now()
	failures = make(map[Part]error)
	add := func(part Part, h holding) {
		voice, err := h.absence(part)
		if voice == DoesNotExist || !v.shown.concerns(part) {
			return
		}
		if unread = unread || voice == Unread; err != nil {
			failures[part] = err
		}
	}
	for _, kind := range []PartKind{PartProjects, PartServerless} {
		part := Part{Kind: kind}
		h, _ := c.base.get(part)
		add(part, h)
	}
	for part, h := range c.base.all() {
		if part.Kind == PartDedicated {
			add(part, h)
		}
	}
	for part, h := range c.branches.all() {
		add(part, h)
	}
	return failures, unread
}
