package ask

import (
	"cmp"
	"slices"
	"strings"

	"canopy/api"
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

// nameIndex finds things by what a person calls them.
type nameIndex struct {
	exact   map[string][]named
	shapes  map[string][]named // by the look, for lookalikes
	firsts  map[string]bool    // first words of names
	keys    []string           // of clusters, projects and organizations, for slips and beginnings
	things  [][]named          // of keys
	longest int
}

const maxNameKey = 400

func (w *World) nameIndex() *nameIndex {
	w.names.Do(func() {
		w.index = w.buildNames()
	})
	return w.index
}

func (w *World) buildNames() *nameIndex {
	t := w.rows()
	x := &nameIndex{exact: make(map[string][]named, 2*len(t.clusters)), shapes: make(map[string][]named), firsts: make(map[string]bool)}
	for i := range t.orgs {
		o := t.orgs[i].org
		x.add(named{entity: EntityOrg, text: o.Name, id: o.ID, org: o.Name})
	}
	for i := range t.projects {
		p, o := t.projects[i].project, t.projects[i].org
		if p.Type == api.ProjectVirtual && p.Name == "" {
			continue
		}
		x.add(named{entity: EntityProject, text: p.Name, id: p.ID, org: o.Name})
	}
	w.addMissing(x)
	creators := make(map[string]bool)
	labels := make(map[[2]string]bool)
	for i := range t.clusters {
		r := &t.clusters[i]
		c := r.cluster
		x.add(named{entity: EntityCluster, text: c.Name, id: c.ID, org: r.org.Name, project: r.project.Name})
		if c.CreatedBy != "" {
			creators[c.CreatedBy] = true
		}
		for name, value := range c.Labels {
			labels[[2]string{name, value}] = true
		}
	}
	for _, r := range w.branchRows() {
		x.add(named{entity: EntityBranch, text: r.branch.Name, id: r.branch.ID, org: r.org.Name, project: r.project.Name})
		creators[r.branch.CreatedBy] = true
	}
	x.addValues(creators, labels)
	x.finish()
	return x
}

// addMissing adds the projects that are not shown: a question may name them,
// and the answer says why they are not there.
func (w *World) addMissing(x *nameIndex) {
	for i := range w.Grants {
		v := w.Grants[i].View
		for _, m := range v.Missing() {
			x.add(named{entity: EntityProject, text: m.Project.Name, id: m.Project.ID, org: v.Shown().Organization().Name, absent: true})
		}
	}
}

func (x *nameIndex) add(n named) {
	if n.text != "" {
		x.put(keyOf(n.text), n)
	}
	if n.id != "" && n.id != n.text {
		n.byID = true
		x.put(keyOf(n.id), n)
	}
}

func (x *nameIndex) put(key string, n named) {
	if key == "" || len(key) > maxNameKey {
		return
	}
	x.exact[key] = append(x.exact[key], n)
	x.longest = max(x.longest, len(key))
	x.firsts[firstToken(key)] = true
	if look := shape(key); look != key {
		x.shapes[look] = append(x.shapes[look], n)
	}
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

func (x *nameIndex) finish() {
	for key, things := range x.exact {
		if slices.ContainsFunc(things, func(n named) bool { return !n.byID }) {
			x.keys = append(x.keys, key)
		}
	}
	slices.Sort(x.keys)
	x.things = make([][]named, len(x.keys))
	for i, key := range x.keys {
		x.things[i] = x.exact[key]
	}
	for _, things := range x.exact {
		slices.SortFunc(things, func(a, b named) int {
			return cmp.Or(cmp.Compare(boolInt(a.byID), boolInt(b.byID)), cmp.Compare(a.entity, b.entity), cmp.Compare(a.org, b.org), cmp.Compare(a.id, b.id))
		})
	}
}

// sound returns what has this name, or one that looks or sounds the same.
func (x *nameIndex) sound(name string) []named {
	key := keyOf(name)
	return append(slices.Clone(x.exact[key]), x.shapes[shape(key)]...)
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
	i, _ := slices.BinarySearch(x.keys, text)
	for ; i < len(x.keys) && strings.HasPrefix(x.keys[i], text); i++ {
		found = appendNamed(found, x.things[i])
	}
	if len(found) > 0 {
		return found, OpPrefix
	}
	for i, key := range x.keys {
		if strings.Contains(key, text) {
			found = appendNamed(found, x.things[i])
		}
	}
	return found, OpContains
}

func appendNamed(to, from []named) []named {
	for _, n := range from {
		if n.entity != "label" && !n.byID {
			to = append(to, n)
		}
	}
	return to
}
