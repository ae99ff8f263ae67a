package inventory

import (
	"math/bits"
	"slices"
)

// set is a set of rows, by number.
type set []uint64

func newSet(rows int) set { return make(set, (rows+63)/64) }

// cleared returns an empty set for as many rows, in the memory of s if there
// is enough.
func (s set) cleared(rows int) set {
	s = slices.Grow(s[:0], (rows+63)/64)[:(rows+63)/64]
	clear(s)
	return s
}

func (s set) set(row int)      { s[row/64] |= 1 << (row % 64) }
func (s set) has(row int) bool { return s != nil && s[row/64]&(1<<(row%64)) != 0 }

// fill puts all rows in.
func (s set) fill(rows int) {
	for i := range s {
		s[i] = ^uint64(0)
	}
	if rest := rows % 64; rest > 0 {
		s[len(s)-1] = 1<<rest - 1
	}
}

func (s set) count() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// keep leaves what other has as well.
func (s set) keep(other set) {
	for i := range s {
		s[i] &= other[i]
	}
}

// remove leaves what other does not have.
func (s set) remove(other set) {
	for i := range s {
		s[i] &^= other[i]
	}
}
