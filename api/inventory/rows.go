package inventory

import (
	"slices"
	"sort"
	"sync"
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
	older    []int          // for each row, the row it replaces, or -1
	newer    []int          // for each row, the row that replaces it, or -1
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
	once          sync.Once
	copies        []T
}

// values returns the items by value. They are copied once, for whoever asks
// first.
func (s *sorted[T]) values() []T {
	s.once.Do(func() {
		s.copies = make([]T, len(s.items))
		for i, item := range s.items {
			s.copies[i] = *item
		}
	})
	return s.copies
}

func newRows[T any](describe func(*T) key) *rows[T] {
	return &rows[T]{describe: describe, latest: make(map[string]int), groups: make(map[string]*group[T])}
}

// add appends a page. The items are kept, not copied.
func (r *rows[T]) add(page []T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range page {
		k := r.describe(&page[i])
		at := len(r.list)
		before, again := r.latest[k.id]
		if again {
			r.newer[before] = at
			r.replaced = append(r.replaced, at)
			home := r.groups[r.describe(r.list[before]).group]
			home.left = append(home.left, at)
		} else {
			before = -1
		}
		r.list = append(r.list, &page[i])
		r.older = append(r.older, before)
		r.newer = append(r.newer, -1)
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
	if !ok {
		return nil, false
	}
	for at >= p.end {
		at = p.rows.older[at]
	}
	if at < 0 {
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
	if newer := p.rows.newer[at]; newer >= 0 && newer < p.end {
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
	if !fresh {
		return s
	}
	sortByName(s.items, p.rows.describe)
	p.rows.mu.Lock()
	defer p.rows.mu.Unlock()
	g := p.rows.groups[name]
	if c := g.cached; c == nil || c.members+c.left <= s.members+s.left {
		g.cached = s
	}
	return s
}

// gather returns the sorted rows if they are at hand, else unsorted ones.
func (p prefix[T]) gather(name string) (s *sorted[T], fresh bool) {
	p.rows.mu.RLock()
	defer p.rows.mu.RUnlock()
	g := p.rows.groups[name]
	if g == nil {
		return new(sorted[T]), false
	}
	s = &sorted[T]{members: p.below(g.members), left: p.below(g.left)}
	if c := g.cached; c != nil && c.members == s.members && c.left == s.left {
		return c, false
	}
	s.items = make([]*T, 0, s.members-s.left)
	for _, at := range g.members[:s.members] {
		if item, ok := p.visible(at); ok {
			s.items = append(s.items, item)
		}
	}
	return s, true
}

func sortByName[T any](items []*T, describe func(*T) key) {
	slices.SortFunc(items, func(a, b *T) int {
		x, y := describe(a), describe(b)
		return compareNames(x.name, x.id, y.name, y.id)
	})
}
