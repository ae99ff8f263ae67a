package ask

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// minRepair is the length from which a word may be repaired. Shorter ones are
// too near to too many others.
const minRepair = 4

// allowed returns how many slips a word may have: one, from eight letters on
// two.
func allowed(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < minRepair:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// distance is the Damerau–Levenshtein distance of two words in its
// restricted form: letters added, dropped, replaced, or swapped with a
// neighbour. It gives up beyond most and returns most+1.
func distance(a, b []rune, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	var buffer [3][64]int
	before, last, row := buffer[0][:], buffer[1][:], buffer[2][:]
	if len(b) >= len(before) {
		before, last, row = make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	}
	before, last, row = before[:len(b)+1], last[:len(b)+1], row[:len(b)+1]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := boolInt(a[i-1] != b[j-1])
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// letters is the set of letters in a word, for a quick look whether two words
// can be near each other.
func letters(s string) uint64 {
	var set uint64
	for _, r := range s {
		set |= 1 << (uint32(r & 63))
	}
	return set
}

// nearest returns the words of a list that are nearest to word, within the
// slips it may have. A word is not repaired to one that begins with another
// letter and is short: too much would change its meaning.
func nearest(word string, list []string) (found []string, slips int) {
	return nearestOf(word, list, nil)
}

// nearestOf is nearest with the letters of each word in the list at hand.
func nearestOf(word string, list []string, sets []uint64) (found []string, slips int) {
	most := allowed(word)
	if most == 0 {
		return nil, 0
	}
	have, runes := letters(word), []rune(word)
	for i, candidate := range list {
		if d := len(candidate) - len(word); d > 4*most || -d > 4*most || most == 1 && allowed(candidate) > 1 && len(runes) < 7 {
			continue
		}
		if bits.OnesCount64(have^lettersAt(sets, i, candidate)) > 2*most {
			continue
		}
		d := distance(runes, []rune(candidate), most)
		if d > most {
			continue
		}
		if d < most {
			found = found[:0]
		}
		most, slips = d, d
		found = append(found, candidate)
	}
	return found, slips
}

func lettersAt(sets []uint64, i int, word string) uint64 {
	if sets == nil {
		return letters(word)
	}
	return sets[i]
}

// stems are the forms in which a word of English or Spanish may stand in the
// vocabulary, if it does not stand there as it is.
func stems(word, language string) []string {
	var forms []string
	cutEnd := func(ending, replacement string) {
		if stem, ok := strings.CutSuffix(word, ending); ok && len(stem) >= 2 {
			forms = append(forms, stem+replacement)
		}
	}
	cutEnd("'s", "")
	cutEnd("s'", "s")
	if language == "es" {
		cutEnd("as", "o")
		cutEnd("os", "o")
		cutEnd("a", "o")
		cutEnd("ces", "z")
		cutEnd("es", "")
	}
	cutEnd("ies", "y")
	cutEnd("es", "")
	cutEnd("s", "")
	return forms
}
