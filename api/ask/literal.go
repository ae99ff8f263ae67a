package ask

import (
	"strconv"
	"strings"
	"unicode"
)

// literal returns a number, a version, a date or a region code at i, unless a
// name or word that ends at known is longer.
func (m *marker) literal(i, known int) *span {
	t := m.tokens[i]
	if t.class != classWord {
		return nil
	}
	if date, to := m.date(i); date != "" && to >= known {
		s := m.span(i, to)
		s.date = date
		return s
	}
	if m.chunk(i) > i+1 && m.chunk(i) != known {
		return nil
	}
	if isVersion(t.text) && known <= i+1 {
		s := m.span(i, i+1)
		s.version = "v" + strings.TrimPrefix(t.text, "v")
		if n, err := strconv.ParseFloat(t.text, 64); err == nil {
			s.number = &n
		}
		s.names = m.names.find(s.text)
		return s
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(t.text, ",", ""), 64)
	if err != nil || n < 0 || n > 1e15 || !unicode.IsDigit(rune(t.text[0])) || known > i+1 {
		return nil
	}
	s := m.span(i, i+1)
	s.number = &n
	s.names = m.names.find(s.text)
	return s
}

// isVersion reports whether a word is v8, v8.5, 8.5 or 8.5.3.
func isVersion(s string) bool {
	digits, v := strings.CutPrefix(s, "v")
	dots := strings.Count(digits, ".")
	if digits == "" || !v && dots == 0 {
		return false
	}
	for part := range strings.SplitSeq(digits, ".") {
		if part == "" || len(part) > 4 || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return dots <= 3
}

// date reads 2026-11-20, 2026/11/20 and 2026.11.20 at i.
func (m *marker) date(i int) (date string, to int) {
	if strings.Count(m.tokens[i].text, ".") == 2 {
		return civil(strings.Split(m.tokens[i].text, ".")), i + 1
	}
	if i+5 > len(m.tokens) || len(m.tokens[i].text) != 4 {
		return "", i
	}
	a, b := m.tokens[i+1].text, m.tokens[i+3].text
	if a != b || a != "-" && a != "/" && a != "‐" {
		return "", i
	}
	return civil([]string{m.tokens[i].text, m.tokens[i+2].text, m.tokens[i+4].text}), i + 5
}

// civil returns year, month and day as 2006-01-02, empty if they are no date.
func civil(parts []string) string {
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 1 {
			return ""
		}
		n[i] = v
	}
	if n[0] < 1970 || n[0] > 2999 || n[1] > 12 || n[2] > 31 {
		return ""
	}
	return isoDate(n[0], n[1], n[2])
}
