package api

import (
	"bytes"
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unique"
)

// value is one JSON value, cut out of a text that [json.Valid] accepted, with
// no space around it. Because the text is known to be valid, walking it needs
// no error paths, and a value shares the memory of the text.
//
// It exists instead of struct decoding because answers vary in type from one
// service and release to the next, and because each row keeps its own JSON,
// which encoding/json would copy.
type value []byte

func (v value) isObject() bool { return len(v) > 0 && v[0] == '{' }
func (v value) isArray() bool  { return len(v) > 0 && v[0] == '[' }
func (v value) isString() bool { return len(v) > 0 && v[0] == '"' }
func (v value) isNull() bool   { return len(v) == 0 || v[0] == 'n' }

// fields yields the members of an object, nothing for any other value. Names
// in snake_case are given in camelCase, since the hosts do not agree on one.
func (v value) fields() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		for name, member := range v.members() {
			if strings.IndexByte(name, '_') > 0 {
				name = camelCase(name)
			}
			if !yield(name, member) {
				return
			}
		}
	}
}

// members yields the members of an object under their own names.
func (v value) members() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		if !v.isObject() {
			return
		}
		for i := skipSpace(v, 1); v[i] != '}'; {
			end := valueEnd(v, i)
			name := v[i:end].text()
			i = skipSpace(v, skipSpace(v, end)+1) // past the colon
			end = valueEnd(v, i)
			if !yield(name, v[i:end:end]) {
				return
			}
			i = nextElement(v, end)
		}
	}
}

// items yields the elements of an array, nothing for any other value.
func (v value) items() iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.isArray() {
			return
		}
		for i := skipSpace(v, 1); v[i] != ']'; {
			end := valueEnd(v, i)
			if !yield(v[i:end:end]) {
				return
			}
			i = nextElement(v, end)
		}
	}
}

// text returns a string as it is meant, a number or truth value as it is
// written, and "" for anything else.
func (v value) text() string {
	switch {
	case v.isString():
		return unquote(v)
	case v.isNull(), v.isObject(), v.isArray():
		return ""
	}
	return string(v)
}

// shared is text for values that many rows have in common; equal ones share
// their memory.
func (v value) shared() string {
	text := v.text()
	if text == "" {
		return ""
	}
	return unique.Make(text).Value()
}

// integer returns a whole number that is written as a number or as a string:
// the hosts write an int64 either way.
func (v value) integer() (int, bool) {
	text := v.text()
	if n, err := strconv.Atoi(text); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int(f), true
}

// number is integer with 0 for what is none.
func (v value) number() int {
	n, _ := v.integer()
	return n
}

func (v value) truth() bool {
	return strings.EqualFold(v.text(), "true") || v.text() == "1"
}

// instant returns a time written in RFC 3339 or as Unix seconds, in a string
// or a number; zero for anything else.
func (v value) instant() time.Time {
	text := v.text()
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC()
	}
	const latest = 253402300799 // the end of the year 9999
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > latest {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// pairs returns an object as a map of texts without the names in except, nil
// if nothing is left.
func (v value) pairs(except ...string) map[string]string {
	var pairs map[string]string
next:
	for name, member := range v.members() {
		for _, e := range except {
			if name == e {
				continue next
			}
		}
		if pairs == nil {
			pairs = make(map[string]string)
		}
		pairs[unique.Make(name).Value()] = member.shared()
	}
	return pairs
}

func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		if word != "" {
			words[i+1] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}

func unquote(v value) string {
	inside := v[1 : len(v)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		if utf8.Valid(inside) {
			return string(inside)
		}
		return strings.ToValidUTF8(string(inside), "\uFFFD")
	}
	var text string
	if json.Unmarshal(v, &text) != nil {
		return string(inside)
	}
	return text
}

func skipSpace(v value, i int) int {
	for v[i] == ' ' || v[i] == '\n' || v[i] == '\t' || v[i] == '\r' {
		i++
	}
	return i
}

// nextElement returns where the element after the one that ended at i
// begins, or the closing bracket.
func nextElement(v value, i int) int {
	if i = skipSpace(v, i); v[i] == ',' {
		i = skipSpace(v, i+1)
	}
	return i
}

// valueEnd returns the end of the value that begins at i.
func valueEnd(v value, i int) int {
	switch v[i] {
	case '"':
		return stringEnd(v, i)
	case '{', '[':
		return bracketEnd(v, i)
	}
	for ; i < len(v); i++ {
		switch v[i] {
		case ',', ']', '}', ' ', '\n', '\t', '\r':
			return i
		}
	}
	return i
}

func stringEnd(v value, i int) int {
	for i++; v[i] != '"'; i++ {
		if v[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func bracketEnd(v value, i int) int {
	for depth := 0; ; i++ {
		switch v[i] {
		case '"':
			i = stringEnd(v, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}
