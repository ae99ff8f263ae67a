package ask

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// named is a thing that has a name.
type named struct {
	entity  Entity
	text    string // the name as TiDB Cloud has it
	id      string
	org     string // name of the organization
	project string // of a cluster or branch
	byID    bool   // what matched is the id
	absent  bool   // a project that is not shown
	field   string // of a value: created_by, labels.env
}

// nameIndex finds things by what a person calls them. Of 100,000 clusters it
// is made in tens of milliseconds: entries stand in one list, and those of one
// key are linked.
type nameIndex struct {
	world   *World
	entries []named
	keys    []string         // of entries
	next    []int32          // the next entry of the same key, -1 at the end
	heads   map[string]int32 // by key
	shapes  map[string][]int32
	firsts  map[string]bool // first words of names
	longest int

	once  sync.Once
	words []string // words of names, for slips in a part of one
	sets  []uint64 // the letters of each key
}

const maxNameKey = 400

func (w *World) nameIndex() *nameIndex {
	c := w.cache()
	c.names.Do(func() { c.index = w.buildNames() })
	return c.index
}

func (w *World) buildNames() *nameIndex {
	t := w.rows()
	n := len(t.clusters) + len(t.projects) + len(t.orgs)
	x := &nameIndex{
		world: w, entries: make([]named, 0, n), keys: make([]string, 0, n), next: make([]int32, 0, n),
		heads: make(map[string]int32, n), shapes: make(map[string][]int32), firsts: make(map[string]bool),
	}
	creators := make(map[string]bool)
	labels := make(map[[2]string]bool)
	for i := range t.clusters {
		r := &t.clusters[i]
		c := r.cluster
		x.put(keyOf(c.Name), named{entity: EntityCluster, text: c.Name, id: c.ID, org: r.org.Name, project: r.project.Name})
		if c.CreatedBy != "" && !creators[c.CreatedBy] {
			creators[c.CreatedBy] = true
		}
		for name, value := range c.Labels {
			labels[[2]string{name, value}] = true
		}
	}
	for i := range t.projects {
		p, o := t.projects[i].project, t.projects[i].org
		x.put(keyOf(p.Name), named{entity: EntityProject, text: p.Name, id: p.ID, org: o.Name})
	}
	w.addMissing(x)
	for i := range t.orgs {
		o := t.orgs[i].org
		x.put(keyOf(o.Name), named{entity: EntityOrg, text: o.Name, id: o.ID, org: o.Name})
	}
	branches := w.branchRows()
	for i := range branches {
		r := &branches[i]
		x.put(keyOf(r.branch.Name), named{entity: EntityBranch, text: r.branch.Name, id: r.branch.ID, org: r.org.Name, project: r.project.Name})
		creators[r.branch.CreatedBy] = true
	}
	x.addValues(creators, labels)
	return x
}

// addMissing adds the projects that are not shown: a question may name them,
// and the answer says why they are not there.
func (w *World) addMissing(x *nameIndex) {
	for i := range w.Grants {
		v := w.Grants[i].View
		for _, m := range v.Missing() {
			x.put(keyOf(m.Project.Name), named{entity: EntityProject, text: m.Project.Name, id: m.Project.ID, org: v.Shown().Organization().Name, absent: true})
		}
	}
}

func (x *nameIndex) put(key string, n named) {
	if key == "" || len(key) > maxNameKey {
		return
	}
	at := int32(len(x.entries)) //nolint:gosec // there are not two billion names
	before, ok := x.heads[key]
	if !ok {
		before = -1
		x.longest = max(x.longest, len(key))
		if first := firstToken(key); !x.firsts[first] {
			x.firsts[first] = true
		}
	}
	x.entries, x.keys, x.next = append(x.entries, n), append(x.keys, key), append(x.next, before)
	x.heads[key] = at
	if look := shape(key); look != key {
		x.shapes[look] = append(x.shapes[look], at)
	}
}

// find returns what has a name or an id, those of names first.
func (x *nameIndex) find(key string) []named {
	var found []named
	at, ok := x.heads[key]
	for ok && at >= 0 {
		found = append(found, x.entries[at])
		at = x.next[at]
	}
	slices.SortFunc(found, func(a, b named) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.org, b.org), cmp.Compare(a.id, b.id))
	})
	return append(found, x.byID(key)...)
}

// has reports whether there is a name.
func (x *nameIndex) has(key string) bool {
	_, ok := x.heads[key]
	return ok
}

// byID returns what has an id. Ids of clusters and projects are found by the
// snapshots themselves.
func (x *nameIndex) byID(id string) []named {
	if len(id) < 2 || strings.ContainsRune(id, ' ') {
		return nil
	}
	var found []named
	seen := make(map[string]bool)
	for i := range x.world.Grants {
		s := x.world.Grants[i].View.Shown()
		o := s.Organization()
		if c, ok := s.Cluster(id); ok && !seen["c"+c.ID] && keyOf(c.Name) != id {
			seen["c"+c.ID] = true
			p, _ := s.Project(c.ProjectID)
			found = append(found, named{entity: EntityCluster, text: c.Name, id: c.ID, org: o.Name, project: p.Name, byID: true})
		}
		if p, ok := s.Project(id); ok && !seen["p"+p.ID] && keyOf(p.Name) != id {
			seen["p"+p.ID] = true
			found = append(found, named{entity: EntityProject, text: p.Name, id: p.ID, org: o.Name, byID: true})
		}
		if o.ID == id && !seen["o"+id] {
			seen["o"+id] = true
			found = append(found, named{entity: EntityOrg, text: o.Name, id: o.ID, org: o.Name, byID: true})
		}
	}
	return found
}

// firstToken returns the first token of a key.
func firstToken(key string) string {
	for i, r := range key {
		if !isWord(r) || isCJK(r) {
			if i == 0 {
				return key[:len(string(r))]
			}
			return key[:wordEnd(key, i)]
		}
	}
	return key
}

// addValues adds what people filter by: creators by their address or what
// stands before the @, labels by their value.
func (x *nameIndex) addValues(creators map[string]bool, labels map[[2]string]bool) {
	for c := range creators {
		n := named{entity: EntityCreator, text: c, id: c, field: fieldCreator}
		x.put(keyOf(c), n)
		if local, _, ok := strings.Cut(c, "@"); ok {
			x.put(keyOf(local), n)
		}
	}
	for l := range labels {
		n := named{entity: "label", text: l[1], id: l[1], field: fieldLabels + l[0]}
		if l[1] != "" {
			x.put(keyOf(l[1]), n)
		}
		x.put(keyOf(l[0]+"="+l[1]), n)
	}
}

// parts returns the words of names.
func (x *nameIndex) parts() []string {
	x.prepare()
	return x.words
}

// near returns the names that are nearest to a word.
func (x *nameIndex) near(word string) (found []string, slips int) {
	x.prepare()
	found, slips = nearestOf(word, x.keys, x.sets)
	slices.Sort(found)
	return slices.Compact(found), slips
}

// prepare works out what only the looking for slips needs.
func (x *nameIndex) prepare() {
	x.once.Do(func() {
		x.sets = make([]uint64, len(x.keys))
		for i, key := range x.keys {
			x.sets[i] = letters(key)
		}
		words := make(map[string]bool)
		for _, key := range x.keys {
			for word := range strings.FieldsFuncSeq(key, func(r rune) bool { return !unicode.IsLetter(r) }) {
				if len(word) >= minRepair {
					words[word] = true
				}
			}
		}
		x.words = slices.Sorted(maps.Keys(words))
	})
}

// sound returns what has this name, or one that looks or sounds the same.
func (x *nameIndex) sound(name string) []named {
	key := keyOf(name)
	found := slices.DeleteFunc(x.find(key), func(n named) bool { return n.byID })
	for _, at := range x.shapes[shape(key)] {
		found = append(found, x.entries[at])
	}
	return found
}

// shape maps characters that look alike to one: hyphens of every kind, and
// the Cyrillic and Greek letters that pass for Latin ones.
func shape(key string) string {
	if plain(key) {
		return key
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE58, r == 0xFE63:
			return '-'
		}
		if i := strings.IndexRune(lookalikes, r); i >= 0 {
			return rune(lookLatin[len([]rune(lookalikes[:i]))])
		}
		return r
	}, key)
}

const (
	lookalikes = "аеорсухіјѕԁոαορν"
	lookLatin  = "aeopcyxijsdnaopv"
)

// loose returns the names that begin with a text or, if none does, contain
// it, each once.
func (x *nameIndex) loose(text string) (found []named, op Op) {
	const least = 2
	if len([]rune(text)) < least {
		return nil, ""
	}
	for i, key := range x.keys {
		if strings.HasPrefix(key, text) && x.entries[i].entity != "label" {
			found = append(found, x.entries[i])
		}
	}
	if len(found) > 0 {
		return sorted(found), OpPrefix
	}
	for i, key := range x.keys {
		if strings.Contains(key, text) && x.entries[i].entity != "label" {
			found = append(found, x.entries[i])
		}
	}
	return sorted(found), OpContains
}

func sorted(things []named) []named {
	slices.SortStableFunc(things, func(a, b named) int { return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.id, b.id)) })
	return things
}

// occurs reports whether a text is a part of any name.
func (x *nameIndex) occurs(text string) bool {
	return slices.ContainsFunc(x.keys, func(key string) bool { return strings.Contains(key, text) })
}
