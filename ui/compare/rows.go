package compare

import (
	"cmp"
	"slices"
	"strings"

	"canopy/api/inventory"
)

// Row is one project or cluster that one of two grants shows and the other does not.
type Row = inventory.Difference

// Side says which of the two grants shows something.
type Side int

// The sides. Either is all rows.
const (
	Either Side = iota
	OnlyA
	OnlyB
)

// Query says which rows to show and in which order.
type Query struct {
	Words        string // of which each must be said by the row, in any case
	Side         Side
	ProjectsOnly bool
	Order        Order
	LargeFirst   bool
}

// Order is what rows are ordered by. Rows that are equal in it keep the order of the source.
type Order string

// The orders. Given is that of the source: by project, and in it by cluster.
const (
	Given  Order = ""
	ByName Order = "name"
	BySide Order = "side"
	ByWhy  Order = "why"
	ByKind Order = "kind"
)

// Rows are all differences, prepared for looking through them. They never change, and may be used
// by several goroutines.
type Rows struct {
	all  []Row
	text []string // what can be looked for, in small letters
}

// New prepares rows. Say returns what a person reads of a row beside its names and ids; it is
// called once for each.
func New(all []Row, say func(Row) string) *Rows {
	r := &Rows{all: all, text: make([]string, len(all))}
	for i, d := range all {
		r.text[i] = strings.ToLower(d.Name + "\n" + d.ProjectName + "\n" + d.ID + "\n" + say(d))
	}
	return r
}

// Select returns the rows that a query asks for.
func (r *Rows) Select(q Query) *Selection {
	words := strings.Fields(strings.ToLower(q.Words))
	s := &Selection{of: r, index: make(map[string]int)}
	for i, d := range r.all {
		if q.wants(d) && says(r.text[i], words) {
			s.rows = append(s.rows, i)
		}
	}
	r.order(s.rows, q)
	for n, i := range s.rows {
		s.index[ID(r.all[i])] = n
	}
	return s
}

func (q Query) wants(d Row) bool {
	switch {
	case q.Side == OnlyA && !d.A, q.Side == OnlyB && !d.B, q.ProjectsOnly && d.Kind != inventory.MatchProject:
		return false
	}
	return true
}

func says(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (r *Rows) order(rows []int, q Query) {
	by := map[Order]func(a, b Row) int{
		ByName: func(a, b Row) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) },
		BySide: func(a, b Row) int { return cmp.Compare(SideOf(a), SideOf(b)) },
		ByWhy:  func(a, b Row) int { return cmp.Compare(a.Voice, b.Voice) },
		ByKind: func(a, b Row) int { return cmp.Compare(a.Kind, b.Kind) },
	}[q.Order]
	if by == nil {
		return
	}
	slices.SortStableFunc(rows, func(i, j int) int {
		if q.LargeFirst {
			i, j = j, i
		}
		return by(r.all[i], r.all[j])
	})
}

// Len is how many rows there are in all.
func (r *Rows) Len() int { return len(r.all) }

// Selection is some of the rows, in an order. It never changes.
type Selection struct {
	of    *Rows
	rows  []int
	index map[string]int
}

// Len is how many rows there are.
func (s *Selection) Len() int { return len(s.rows) }

// At returns row i.
func (s *Selection) At(i int) Row { return s.of.all[s.rows[i]] }

// Index returns the place of the row with this id, or -1.
func (s *Selection) Index(id string) int {
	if i, ok := s.index[id]; ok {
		return i
	}
	return -1
}

// ID names a row among the rows of a comparison.
func ID(d Row) string {
	if d.Kind == inventory.MatchProject {
		return "project/" + d.ID
	}
	return "cluster/" + d.ID
}

// SideOf returns the side that shows it.
func SideOf(d Row) Side {
	if d.A {
		return OnlyA
	}
	return OnlyB
}
