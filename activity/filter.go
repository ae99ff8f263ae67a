package activity

import (
	"strconv"
	"strings"
)

// Matches reports whether a request has all words, each in any of its texts or
// its status, in capitals or not. A word after the name of a field and a colon
// is looked for in that field: "grant:", "method:", "host:", "path:",
// "status:", "trace:", "why:" or "problem:". "status:4" finds all that begin
// with 4, as "status:4xx" does, and "status:0" those without an answer. No
// words match everything.
func (r Request) Matches(words string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if !r.matches(word) {
			return false
		}
	}
	return true
}

func (r Request) matches(word string) bool {
	if name, rest, ok := strings.Cut(word, ":"); ok {
		if name == "status" {
			return strings.HasPrefix(strconv.Itoa(r.Status), strings.TrimRight(rest, "x"))
		}
		if text, ok := r.field(name); ok {
			return holds(text, rest)
		}
	}
	for _, text := range []string{r.Host, r.Path, r.Why, r.Method, r.Grant, r.TraceID, r.Problem} {
		if holds(text, word) {
			return true
		}
	}
	return strconv.Itoa(r.Status) == word
}

func (r Request) field(name string) (text string, ok bool) {
	switch name {
	case "grant":
		return r.Grant, true
	case "method":
		return r.Method, true
	case "host":
		return r.Host, true
	case "path":
		return r.Path, true
	case "trace":
		return r.TraceID, true
	case "why":
		return r.Why, true
	case "problem":
		return r.Problem, true
	}
	return "", false
}

// holds reports whether a text holds a word that is in lower case.
func holds(text, word string) bool { return strings.Contains(strings.ToLower(text), word) }
