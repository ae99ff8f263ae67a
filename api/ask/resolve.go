package ask

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// resolve looks for an unknown word among the names and for slips.
func (m *marker) resolve(s *span) {
	s.unknown = true
	if m.lookups++; m.lookups > maxLookups {
		return
	}
	found, op := m.names.loose(s.text)
	if len(found) > 0 && slices.ContainsFunc(found, func(n named) bool { return wordIn(keyOf(n.text), s.text) }) {
		found = slices.DeleteFunc(slices.Clone(found), func(n named) bool { return !wordIn(keyOf(n.text), s.text) })
		s.loose, s.looseOp = found, op
		return
	}
	m.repair(s)
	if s.repaired == "" && len(found) > 0 && len(s.text) >= 3 {
		s.loose, s.looseOp = found, op
	}
}

// wordIn reports whether text is one of the words that a name is made of.
func wordIn(key, text string) bool {
	for at := 0; ; {
		i := strings.Index(key[at:], text)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(text)
		before, _ := utf8.DecodeLastRuneInString(key[:i])
		after, _ := utf8.DecodeRuneInString(key[end:])
		if (i == 0 || !unicode.IsLetter(before)) && (end == len(key) || !unicode.IsLetter(after)) {
			return true
		}
		at = i + 1
	}
}

// repair takes a word for the nearest one of the vocabulary or the nearest
// name. Two that are equally near are no repair.
func (m *marker) repair(s *span) {
	words, wordSlips := nearest(s.text, m.words.repair)
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		by := m.words.words[w]
		return by[m.language] == nil && by["en"] == nil
	})
	names, nameSlips := m.names.near(s.text)
	several := len(words) > 0
	words = m.oneMeaning(words)
	if several && len(words) == 0 && wordSlips <= nameSlips {
		return // "pausd" may be paused or pause
	}
	switch {
	case len(words) > 0 && (len(names) == 0 || wordSlips <= nameSlips):
		s.senses = m.words.find(words[0], m.language)
		s.names = m.names.find(words[0])
		s.repaired, s.text, s.unknown = words[0], words[0], false
	case len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return n != names[0] }):
		s.names = m.names.find(names[0])
		s.repaired, s.unknown = s.names[0].text, false
	case len(names) > 1:
		for _, n := range names {
			s.loose = append(s.loose, m.names.find(n)...)
		}
		s.looseOp = OpEq
	}
}

// oneMeaning returns the words if they all mean the same, those of the
// question's language first.
func (m *marker) oneMeaning(words []string) []string {
	slices.SortStableFunc(words, func(a, b string) int {
		return boolInt(m.words.words[a][m.language] == nil) - boolInt(m.words.words[b][m.language] == nil)
	})
	for i, w := range words {
		if i > 0 && m.words.words[words[0]][m.language] != nil && m.words.words[w][m.language] == nil {
			return words[:i]
		}
		if !slices.Equal(m.words.find(w, m.language), m.words.find(words[0], m.language)) {
			return nil
		}
	}
	return words
}
