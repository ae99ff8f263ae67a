package inventory

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Slips of the finger are looked for in words of letters that are not too
// short to say anything; in longer ones there may be two.
const (
	shortest = 3 // letters
	longer   = 8 // letters
)

// repair replaces the words of a query that match nothing by the words of
// names that come closest, which may be none: then it returns false.
func (v *View) repair(q Query) (repaired Query, ok bool) {
	texts := q.text
	for i := len(q.terms) - 1; i >= 0; i-- { // from behind, so that places before stay where they are
		t := q.terms[i]
		if t.not || t.field != "" && t.field != FieldName {
			continue
		}
		runs := runsOf(q.text[t.begin:t.end])
		for j := len(runs) - 1; j >= 0; j-- {
			begin, end := t.begin+runs[j][0], t.begin+runs[j][1]
			word := fold(q.text[begin:end])
			alone := Query{terms: []term{{field: t.field, word: word}}}
			if !isRepairable(word) || v.match(alone).any() {
				continue
			}
			if closest := v.closest(word); closest != "" {
				texts, ok = texts[:begin]+closest+texts[end:], true
			}
		}
	}
	return ParseQuery(texts), ok
}

// runsOf returns where the letters and digits of a text stand together.
func runsOf(text string) (runs [][2]int) {
	begin := -1
	for i, r := range text {
		switch inside := unicode.IsLetter(r) || unicode.IsDigit(r); {
		case inside && begin < 0:
			begin = i
		case !inside && begin >= 0:
			runs = append(runs, [2]int{begin, i})
			begin = -1
		}
	}
	if begin >= 0 {
		runs = append(runs, [2]int{begin, len(text)})
	}
	return runs
}

// isRepairable leaves out numbers, of which any is as good as the next.
func isRepairable(word string) bool {
	return utf8.RuneCountInString(word) >= shortest && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) >= 0
}

// known is a word of names, in lower case.
type known struct {
	word    string
	letters uint64 // which there are, roughly
	count   int    // how many names have it
}

// wordsOf adds the words of folded names to those counted.
func wordsOf(names string, counts map[string]int) {
	for _, run := range runsOf(names) {
		if word := names[run[0]:run[1]]; isRepairable(word) {
			counts[word]++
		}
	}
}

func knownWords(counts map[string]int) []known {
	words := make([]known, 0, len(counts))
	for word, n := range counts {
		words = append(words, known{word, lettersOf(word), n})
	}
	return words
}

// words returns the words of the names in an index.
func (x *index) words() []known {
	x.once.Do(func() {
		counts := make(map[string]int)
		wordsOf(x.names.text, counts)
		x.vocabulary = knownWords(counts)
	})
	return x.vocabulary
}

// closest returns the word of a name that is a slip of the finger away from a
// word: the closest, of those the most frequent. It is "" if there is none.
func (v *View) closest(word string) string {
	c := v.whole.now()
	g := newGuess(word)
	others := make(map[string]int) // of all that has a name but clusters
	for _, p := range v.whole.named().projects {
		wordsOf(fold(p.Name), others)
		if rows := c.clusters(p.ID); len(rows.items) > 0 {
			g.tryAll(indexOf(rows).words())
		}
	}
	for _, h := range c.branches.all() {
		for _, b := range h.branches.group("").items {
			wordsOf(fold(b.Name), others)
		}
	}
	for _, m := range v.Missing() {
		wordsOf(fold(m.Project.Name), others)
	}
	g.tryAll(knownWords(others))
	return g.best()
}

// guess collects the words that are close to one.
type guess struct {
	word     []rune
	letters  uint64
	limit    int
	distance int            // of the closest so far
	counts   map[string]int // of those
}

func newGuess(word string) *guess {
	g := &guess{word: []rune(word), letters: lettersOf(word), limit: 1}
	if len(g.word) >= longer {
		g.limit = 2
	}
	g.distance = g.limit + 1
	return g
}

func (g *guess) tryAll(words []known) {
	for i := range words {
		w := &words[i]
		// One slip changes two letters at most, and the length by one.
		if bits.OnesCount64(w.letters^g.letters) > 2*g.limit {
			continue
		}
		if g.counts[w.word] > 0 {
			g.counts[w.word] += w.count
			continue
		}
		letters := []rune(w.word)
		if n := len(letters) - len(g.word); n > g.limit || -n > g.limit {
			continue
		}
		switch d := distance(g.word, letters); {
		case d < g.distance:
			g.distance, g.counts = d, map[string]int{w.word: w.count}
		case d == g.distance && d <= g.limit:
			g.counts[w.word] += w.count
		}
	}
}

func (g *guess) best() string {
	best := ""
	for word, n := range g.counts {
		if best == "" || n > g.counts[best] || n == g.counts[best] && word < best {
			best = word
		}
	}
	return best
}

func lettersOf(word string) (letters uint64) {
	for _, r := range word {
		letters |= 1 << (uint32(r) % 64) //nolint:gosec // a rune is not negative
	}
	return letters
}

// distance is that of Damerau and Levenshtein: how many letters have to be
// put in, left out, replaced or swapped with their neighbour to make one word
// of the other.
func distance(a, b []rune) int {
	width := len(b) + 2
	far := len(a) + len(b)
	table := make([]int, (len(a)+2)*width)
	at := func(i, j int) *int { return &table[(i+1)*width+j+1] } // -1 stands for far away
	*at(-1, -1) = far
	for i := range len(a) + 1 {
		*at(i, -1), *at(i, 0) = far, i
	}
	for j := range len(b) + 1 {
		*at(-1, j), *at(0, j) = far, j
	}
	row := make(map[rune]int, len(a)) // where a letter of a was last
	for i := 1; i <= len(a); i++ {
		column := 0 // where this letter of a was last in b
		for j := 1; j <= len(b); j++ {
			k, l := row[b[j-1]], column
			cost := 1
			if a[i-1] == b[j-1] {
				cost, column = 0, j
			}
			*at(i, j) = min(*at(i-1, j-1)+cost, *at(i, j-1)+1, *at(i-1, j)+1, *at(k-1, l-1)+i-k-1+1+j-l-1)
		}
		row[a[i-1]] = i
	}
	return *at(len(a), len(b))
}
