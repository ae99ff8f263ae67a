package ask

import (
	"slices"
	"strings"
)

// span is a stretch of a question that means something, or that is not
// understood.
type span struct {
	from, to int
	text     string // normalised
	raw      string // as it was typed
	quoted   bool
	senses   []sense
	names    []named // exact
	loose    []named // that begin with it or contain it
	looseOp  Op
	number   *float64
	version  string
	date     string
	repaired string // what it was taken for
	unknown  bool
	used     bool
}

func (s *span) is(category string) bool {
	return s != nil && slices.ContainsFunc(s.senses, func(x sense) bool { return x.category == category })
}

// any reports whether the span is of one of the categories.
func (s *span) any(categories ...string) bool { return slices.ContainsFunc(categories, s.is) }

// word returns the text of a span, empty for none.
func (s *span) word() string {
	if s == nil {
		return ""
	}
	return s.text
}

// value returns the value of a category.
func (s *span) value(category string) (string, bool) {
	if s == nil {
		return "", false
	}
	for _, x := range s.senses {
		if x.category == category {
			return x.value, true
		}
	}
	return "", false
}

func (s *span) has(category, value string) bool {
	return s != nil && slices.Contains(s.senses, sense{category, value})
}

// called returns the exact names of an entity.
func (s *span) called(entities ...Entity) []named {
	if s == nil {
		return nil
	}
	var found []named
	for _, n := range s.names {
		if slices.Contains(entities, n.entity) {
			found = append(found, n)
		}
	}
	return found
}

// maxLookups is the number of unknown words of one question that are looked
// for among the names. A question with more is not understood anyway.
const maxLookups = 6

// marker finds the spans of a question.
type marker struct {
	question string
	tokens   []token
	line     string
	language string
	words    *vocabulary
	names    *nameIndex
	lookups  int
	spans    []*span
	firstNo  map[string]bool
}

func mark(question string, w *World) *marker {
	m := &marker{question: question, tokens: tokenise(question), words: lexicon(), names: w.nameIndex()}
	m.line = lineOf(m.tokens)
	m.language = m.words.guess(m.tokens)
	for i := 0; i < len(m.tokens); {
		s := m.next(i)
		m.spans = append(m.spans, s)
		i = s.to
	}
	return m
}

func (m *marker) text(from, to int) string {
	end := len(m.line)
	if to < len(m.tokens) {
		end = m.tokens[to].at
	}
	return strings.TrimSpace(m.line[m.tokens[from].at:end])
}

func (m *marker) raw(from, to int) string { return m.question[m.tokens[from].start:m.tokens[to-1].end] }

func (m *marker) span(from, to int) *span {
	return &span{from: from, to: to, text: m.text(from, to), raw: m.raw(from, to)}
}

// next returns the span that begins at a token.
func (m *marker) next(i int) *span {
	name := m.longestName(i)
	if s := m.quoted(i); s != nil && s.to > name {
		return s
	}
	word := m.longestWord(i)
	chunk := m.chunk(i)
	if s := m.literal(i, max(name, word)); s != nil {
		return s
	}
	if word > i && word < chunk && name <= i && !m.allWords(word, chunk) {
		word = i // a part of a longer name that is not known
	}
	switch {
	case name > i && name >= word:
		s := m.span(i, name)
		s.names = m.names.find(s.text)
		s.senses = m.words.find(s.text, m.language)
		return s
	case word > i:
		s := m.span(i, word)
		s.senses = m.words.find(s.text, m.language)
		if name == word {
			s.names = m.names.find(s.text)
		}
		if again := m.phrase(i, word); again != nil {
			return again
		}
		return m.alias(s)
	}
	if again := m.phrase(i, i+1); again != nil {
		return again
	}
	return m.guess(i, chunk)
}

// longestName returns the end of the longest known name that begins at a
// token. A name ends where a word does: "ledger" is not in "ledger-2".
func (m *marker) longestName(i int) int {
	if !m.names.firsts[m.tokens[i].text] && !m.names.firsts[firstToken(m.text(i, i+1))] && !m.isID(m.tokens[i].text) {
		return i
	}
	if i > 0 && m.joined(i) {
		return i
	}
	best, start := i, m.tokens[i].at
	for j := i + 1; j <= len(m.tokens); j++ {
		end := len(m.line)
		if j < len(m.tokens) {
			end = m.tokens[j].at
		}
		if end-start > m.names.longest+1 {
			break
		}
		if name := strings.TrimSpace(m.line[start:end]); (m.names.has(name) || j == i+1 && m.isID(name)) && (j == len(m.tokens) || !m.joined(j)) {
			best = j
		}
	}
	return best
}

// isID reports whether a token is an id of something.
func (m *marker) isID(text string) bool {
	return strings.ContainsAny(text, "0123456789") && len(m.names.byID(text)) > 0
}

// joined reports whether token i continues the word before it, as behind a
// hyphen.
func (m *marker) joined(i int) bool {
	a, b := m.tokens[i-1], m.tokens[i]
	if b.spaced || a.class == classCJK || b.class == classCJK {
		return false
	}
	link := func(t token) bool { return t.class == classMark && isLink(t.text) }
	switch {
	case link(a):
		return b.class == classWord && i > 1 && !a.spaced && m.tokens[i-2].class == classWord
	case link(b):
		return a.class == classWord && i+1 < len(m.tokens) && !m.tokens[i+1].spaced && m.tokens[i+1].class == classWord
	}
	return false
}

func isLink(s string) bool {
	switch s {
	case "-", "‐", "–", "−", "_", ".", ":", "@", "+":
		return true
	}
	return false
}

// chunk returns the end of the run of joined tokens from i.
func (m *marker) chunk(i int) int {
	j := i + 1
	for j < len(m.tokens) && m.joined(j) {
		j++
	}
	return j
}

func (m *marker) longestWord(i int) int {
	best, start := i, m.tokens[i].at
	for j := i + 1; j <= len(m.tokens); j++ {
		end := len(m.line)
		if j < len(m.tokens) {
			end = m.tokens[j].at
		}
		if end-start > m.words.longest+1 {
			break
		}
		if _, ok := m.words.words[strings.TrimSpace(m.line[start:end])]; ok {
			best = j
		}
	}
	return best
}

// allWords reports whether the tokens of a chunk are words one by one, as in
// "non-active".
func (m *marker) allWords(i, end int) bool {
	for i < end {
		if m.tokens[i].class == classMark {
			i++
			continue
		}
		next := m.longestWord(i)
		if next == i {
			return false
		}
		i = next
	}
	return true
}

// quotes are the marks that hold a name together, with their partners.
var quotes = map[string]string{
	`"`: `"`, "“": "”", "”": "”", "„": "“", "«": "»", "‹": "›", "「": "」", "『": "』", "`": "`", "'": "'", "‘": "’", "＂": "＂", "《": "》",
}

// quoted returns the span between quotation marks. Without a closing mark
// there is none.
func (m *marker) quoted(i int) *span {
	open := m.raw(i, i+1)
	closing, ok := quotes[open]
	if !ok || open == "'" && i > 0 && !m.tokens[i].spaced || m.firstNo[closing] {
		return nil
	}
	for j := i + 1; j < len(m.tokens); j++ {
		if m.raw(j, j+1) != closing {
			continue
		}
		if j == i+1 {
			return nil
		}
		s := m.span(i, j+1)
		s.raw = strings.TrimSpace(m.question[m.tokens[i].end:m.tokens[j].start])
		s.text, s.quoted = keyOf(s.raw), true
		s.names = m.names.find(s.text)
		return s
	}
	if m.firstNo == nil {
		m.firstNo = make(map[string]bool)
	}
	m.firstNo[closing] = true // there is none further on either
	return nil
}

// alias replaces a word by the label that it is another word for.
func (m *marker) alias(s *span) *span {
	if label, ok := s.value(catAlias); ok {
		s.senses, s.names = nil, m.names.find(label)
		s.unknown = len(s.names) == 0
	}
	return s
}

// phrase repairs one slip in a phrase of several words, one of which is
// unknown: "how mnay". Known is the end of what is known at i.
func (m *marker) phrase(i, known int) *span {
	const most = 4
	if m.tokens[i].class != classWord || known > i+1 {
		return nil
	}
	strange := m.strange(i)
	for end := i + 2; end <= min(i+most, len(m.tokens)); end++ {
		t := m.tokens[end-1]
		if t.class != classWord || !t.spaced || m.joined(end-1) {
			return nil
		}
		strange = strange || m.strange(end-1)
		if !strange || m.lookups >= maxLookups {
			continue
		}
		word, ok := m.words.nearPhrase(m.text(i, end), end-i, m.language)
		if !ok {
			continue
		}
		m.lookups++
		s := m.span(i, end)
		s.senses, s.repaired, s.text = m.words.find(word, m.language), word, word
		return s
	}
	return nil
}

// strange reports whether a token is neither a word nor a name nor a number.
func (m *marker) strange(i int) bool {
	t := m.tokens[i]
	if t.class != classWord || len(t.text) < 2 || t.text[0] >= '0' && t.text[0] <= '9' {
		return false
	}
	return !m.words.parts[t.text] && !m.names.firsts[t.text]
}

// guess makes what it can of a word that is neither a name nor in the
// vocabulary: another form of a word, a part of a name, a slip.
func (m *marker) guess(i, chunk int) *span {
	s := m.span(i, chunk)
	if m.tokens[i].class == classMark && chunk == i+1 {
		s.senses = []sense{{catSkip, ""}}
		if strings.ContainsAny(s.text, "$€£¥") {
			s.senses = append(s.senses, sense{catField, "currency"})
		}
		return s
	}
	if m.tokens[i].class == classCJK {
		return m.guessCJK(i)
	}
	for _, form := range stems(s.text, m.language) {
		if things := m.names.find(form); len(things) > 0 && strings.Contains(s.text, "'") {
			s.names, s.senses = things, m.words.find(form, m.language)
			return s
		}
		for _, x := range m.words.find(form, m.language) {
			if inflected(x.category) {
				s.senses = append(s.senses, x)
			}
		}
		if s.senses != nil {
			return s
		}
	}
	m.resolve(s)
	return s
}

// inflected reports whether the words of a category have plurals and genders.
func inflected(category string) bool {
	switch category {
	case catEntity, catField, catState, catPlan, catUnit, catSecret, catOutside, catCity, catCountry, catContinent, catProvider, catTrouble, catCreated, catUnique, catTime:
		return true
	}
	return false
}

// guessCJK takes characters up to the next known word together.
func (m *marker) guessCJK(i int) *span {
	j := i + 1
	for j < len(m.tokens) && m.tokens[j].class == classCJK && m.longestWord(j) == j && m.longestName(j) == j {
		j++
	}
	s := m.span(i, j)
	m.resolve(s)
	return s
}
