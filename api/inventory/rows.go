package inventory

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"canopy/api"
)

// rows records what one reading of a part has brought, in the order it came.
// It only grows: a snapshot is a [prefix] of it, which costs nothing to make
// and never changes, because what comes later lies beyond its end. A row that
// comes twice replaces the earlier one for the prefixes that reach that far.
type rows[T any] struct {
	describe func(*T) key

	mu       sync.RWMutex
	list     []*T
	latest   map[string]int // by id
	older    map[int]int    // of a row that replaces one, that one
	newer    map[int]int    // of a row that is replaced, the one that does
	replaced []int          // the rows that replace one, ascending
	groups   map[string]*group[T]
}

// key is what rows are found, sorted and grouped by.
type key struct{ id, name, group string }

// group is the rows of one project.
type group[T any] struct {
	members []int // ascending
	left    []int // the rows that replaced one of members, ascending
	cached  *sorted[T]
}

// sorted is the rows of a group at one moment, by name.
type sorted[T any] struct {
	members, left int // how far the group had come; equal numbers, equal rows
	items         []*T
	shown         shown[T]
}

// shown is what follows from sorted rows, worked out for whoever asks first.
type shown[T any] struct {
	once     sync.Once
	copies   []T
	clusters []api.Cluster // of entries
	indexing sync.Once
	index    *index // of entries
}

// values returns the items by value.
func (s *sorted[T]) values() []T {
	s.shown.once.Do(func() {
		s.shown.copies = make([]T, len(s.items))
		for i, item := range s.items {
			s.shown.copies[i] = *item
		}
	})
	return s.shown.copies
}

// clustersOf returns entries as everybody else knows them.
func clustersOf(s *sorted[entry]) []api.Cluster {
	s.shown.once.Do(func() {
		s.shown.clusters = make([]api.Cluster, len(s.items))
		for i, item := range s.items {
			s.shown.clusters[i] = item.cluster()
		}
	})
	return s.shown.clusters
}

// indexOf returns what entries are searched by.
func indexOf(s *sorted[entry]) *index {
	s.shown.indexing.Do(func() { s.shown.index = newIndex(s.items) })
	return s.shown.index
}

func newRows[T any](describe func(*T) key) *rows[T] {
	return &rows[T]{
		describe: describe, latest: make(map[string]int), groups: make(map[string]*group[T]),
		older: make(map[int]int), newer: make(map[int]int),
	}
}

// add appends a page. The items are kept, not copied.
func (r *rows[T]) add(page []T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range page {
		k := r.describe(&page[i])
		at := len(r.list)
		if before, again := r.latest[k.id]; again {
			r.older[at], r.newer[before] = before, at
			r.replaced = append(r.replaced, at)
			home := r.groups[r.describe(r.list[before]).group]
			home.left = append(home.left, at)
		}
		r.list = append(r.list, &page[i])
		r.latest[k.id] = at
		home := r.groups[k.group]
		if home == nil {
			home = new(group[T])
			r.groups[k.group] = home
		}
		home.members = append(home.members, at)
	}
}

// all returns the prefix that holds everything so far.
func (r *rows[T]) all() prefix[T] {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return prefix[T]{rows: r, end: len(r.list)}
}

// prefix is the rows up to end. The zero prefix is empty.
type prefix[T any] struct {
	rows *rows[T]
	end  int
}

// below counts the numbers of an ascending list that lie in the prefix.
func (p prefix[T]) below(list []int) int {
	return sort.Search(len(list), func(i int) bool { return list[i] >= p.end })
}

// first returns the first row, if there is one.
func (p prefix[T]) first() (*T, bool) {
	if p.rows == nil || p.end == 0 {
		return nil, false
	}
	p.rows.mu.RLock()
	defer p.rows.mu.RUnlock()
	return p.rows.list[0], true
}

// count returns how many different rows there are.
func (p prefix[T]) count() int {
	if p.rows == nil {
		return 0
	}
	p.rows.mu.RLock()
	defer p.rows.mu.RUnlock()
	return p.end - p.below(p.rows.replaced)
}

func (p prefix[T]) get(id string) (*T, bool) {
	if p.rows == nil {
		return nil, false
	}
	p.rows.mu.RLock()
	defer p.rows.mu.RUnlock()
	at, ok := p.rows.latest[id]
	for ok && at >= p.end {
		at, ok = p.rows.older[at]
	}
	if !ok {
		return nil, false
	}
	return p.rows.list[at], true
}

// countGroups returns the number of rows of each group that has any.
func (p prefix[T]) countGroups() map[string]int {
	counts := make(map[string]int)
	if p.rows == nil {
		return counts
	}
	p.rows.mu.RLock()
	defer p.rows.mu.RUnlock()
	for name, g := range p.rows.groups {
		if n := p.below(g.members) - p.below(g.left); n > 0 {
			counts[name] = n
		}
	}
	return counts
}

// visible returns the row at a position unless one of the prefix replaces it.
// The lock is held.
func (p prefix[T]) visible(at int) (*T, bool) {
	if newer, ok := p.rows.newer[at]; ok && newer < p.end {
		return nil, false
	}
	return p.rows.list[at], true
}

// each returns all rows in the order they came.
func (p prefix[T]) each() []*T {
	if p.rows == nil {
		return nil
	}
	p.rows.mu.RLock()
	defer p.rows.mu.RUnlock()
	items := make([]*T, 0, p.end)
	for at := range p.end {
		if item, ok := p.visible(at); ok {
			items = append(items, item)
		}
	}
	return items
}

// group returns the rows of a group by name. Prefixes with the same rows in
// the group share the result.
func (p prefix[T]) group(name string) *sorted[T] {
	if p.rows == nil {
		return new(sorted[T])
	}
	s, fresh := p.gather(name)
	if fresh == nil {
		return s
	}
	sortByName(fresh, p.rows.describe)
	s.items = merge(s.items, fresh, p.rows.describe)
	p.rows.mu.Lock()
	defer p.rows.mu.Unlock()
	g := p.rows.groups[name]
	if c := g.cached; c == nil || c.members+c.left <= s.members+s.left {
		g.cached = s
	}
	return s
}

// gather returns the sorted rows if they are at hand, and nothing else. If
// not, it returns those that are sorted since an earlier time, and fresh ones
// that are not.
func (p prefix[T]) gather(name string) (s *sorted[T], fresh []*T) {
	p.rows.mu.RLock()
	defer p.rows.mu.RUnlock()
	g := p.rows.groups[name]
	if g == nil {
		return new(sorted[T]), nil
	}
	s = &sorted[T]{members: p.below(g.members), left: p.below(g.left)}
	c, from := g.cached, 0
	switch {
	case c == nil:
	case c.members == s.members && c.left == s.left:
		return c, nil
	case c.left == s.left && c.members < s.members:
		// None of those has left since, so that only what came has to be sorted.
		s.items, from = c.items, c.members
	}
	fresh = make([]*T, 0, s.members-from)
	for _, at := range g.members[from:s.members] {
		if item, ok := p.visible(at); ok {
			fresh = append(fresh, item)
		}
	}
	return s, fresh
}

// merge puts two sorted lists together, in memory of its own.
func merge[T any](a, b []*T, describe func(*T) key) []*T {
	if len(a) == 0 {
		return b
	}
	all := make([]*T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compareRows(a[0], b[0], describe) <= 0 {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}

// sortByName sorts rows as compareRows has it.
func sortByName[T any](items []*T, describe func(*T) key) {
	type row struct {
		order string
		item  *T
	}
	var keys []byte
	ends := make([]int, len(items))
	for i, item := range items {
		k := describe(item)
		keys = appendOrder(keys, k.name, k.id)
		ends[i] = len(keys)
	}
	all, begin := string(keys), 0
	rows := make([]row, len(items))
	for i, item := range items {
		rows[i] = row{all[begin:ends[i]], item}
		begin = ends[i]
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.order, b.order) })
	for i := range rows {
		items[i] = rows[i].item
	}
}

func compareRows[T any](a, b *T, describe func(*T) key) int {
	x, y := describe(a), describe(b)
	return compareNames(x.name, x.id, y.name, y.id)
}
