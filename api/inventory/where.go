package inventory

import "unicode/utf8"

// Hit is where a match has one of the words that were looked for, so that it
// can be marked.
type Hit struct {
	Field Field
	// Text is what the field says, as it is written, and Start and End are the
	// bytes of it that match. The Text of FieldName is the name.
	Text       string
	Start, End int
}

// Where returns where one of f's matches has the words: one place for each of
// them, in the name if it is there, in the order of the words. What was
// excluded, and fields that only had to have something, are nowhere.
func (f Found) Where(m Match) []Hit {
	texts := f.texts(m)
	var hits []Hit
	for i := range f.query.terms {
		t := &f.query.terms[i]
		if t.not || t.word == "" {
			continue
		}
		for _, one := range texts {
			if !t.sees(one) {
				continue
			}
			if start, end, ok := t.in(one.string); ok {
				hits = append(hits, Hit{one.field, one.string, start, end})
				break
			}
		}
	}
	return hits
}

// texts are what a match was found by.
func (f Found) texts(m Match) []text {
	if f.whole == nil {
		return nil
	}
	c, list := f.whole.now(), f.whole.named()
	p, ok := list.project(m.ProjectID)
	if !ok {
		return nil
	}
	switch m.Kind {
	case MatchProject:
		texts := projectTexts(&p)
		return texts[:]
	case MatchCluster:
		if row, ok := c.row(m.ID); ok {
			return clusterTexts(row, &p)
		}
	case MatchBranch:
		for _, b := range c.branchesOf(m.ClusterID) {
			if b.ID == m.ID {
				texts := branchTexts(b, &p)
				return texts[:]
			}
		}
	}
	return nil
}

// in returns where a text has the word, the first time.
func (t *term) in(text string) (start, end int, ok bool) {
	for start := range text {
		if n, ok := beginsWith(text[start:], t.word); ok {
			return start, start + n, true
		}
	}
	return 0, 0, false
}

// beginsWith reports whether a text in any case begins with a folded word, and
// how many bytes of the text that takes.
func beginsWith(text, word string) (n int, ok bool) {
	for word != "" {
		r, size := utf8.DecodeRuneInString(text[n:])
		want, length := utf8.DecodeRuneInString(word)
		if size == 0 || foldRune(r) != want {
			return 0, false
		}
		n, word = n+size, word[length:]
	}
	return n, true
}
