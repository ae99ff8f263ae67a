package api

import (
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unique"
)

// document is an answer that [parse] has accepted. Its values are read in
// place: what they have for a text shares the memory of the answer.
//
// It exists instead of struct decoding because answers vary in type from one
// service and release to the next, because each row keeps its own JSON, and
// because rows repeat one another: what has been read once of a page is not
// read again. It is used by one goroutine.
type document struct {
	text  string
	body  []byte // the same, for Raw
	nodes []node

	texts       map[string]string // see value.shared
	regions     map[string]Region // what follows: see once
	endpoints   map[string]endpoints
	backups     map[string]BackupPolicy
	limits      map[string]*int
	labels      map[string]map[string]string
	annotations map[string]map[string]string
}

// root is the object that is the whole document.
func (d *document) root() value { return value{d, 0} }

// value is one JSON value of a document. Because the document is known to be
// valid, walking it needs no error paths. The zero value is null.
type value struct {
	d  *document
	at uint32
}

// json returns the value as it is written.
func (v value) json() string {
	if v.d == nil {
		return "null"
	}
	n := v.d.nodes[v.at]
	return v.d.text[n.begin:n.end]
}

// raw is json as bytes that share the memory of the answer.
func (v value) raw() json.RawMessage {
	n := v.d.nodes[v.at]
	return v.d.body[n.begin:n.end:n.end]
}

// kind is the first byte, which tells the type.
func (v value) kind() byte {
	if v.d == nil {
		return 'n'
	}
	return v.d.text[v.d.nodes[v.at].begin]
}

func (v value) isObject() bool { return v.kind() == '{' }
func (v value) isArray() bool  { return v.kind() == '[' }
func (v value) isNull() bool   { return v.kind() == 'n' }

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
		nodes := v.d.nodes
		for i, end := v.at+1, nodes[v.at].next; i < end; i = nodes[i+1].next {
			if !yield(value{v.d, i}.text(), value{v.d, i + 1}) {
				return
			}
		}
	}
}

// items yields the elements of an array, nothing for any other value.
func (v value) items() iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.isArray() {
			return
		}
		nodes := v.d.nodes
		for i, end := v.at+1, nodes[v.at].next; i < end; i = nodes[i].next {
			if !yield(value{v.d, i}) {
				return
			}
		}
	}
}

// length is how many items there are.
func (v value) length() int {
	n := 0
	for range v.items() {
		n++
	}
	return n
}

// text returns a string as it is meant, a number or truth value as it is
// written, and "" for anything else. It may share the memory of the answer:
// what is kept is own or shared.
func (v value) text() string {
	switch v.kind() {
	case '"':
		return unquote(v.json())
	case 'n', '{', '[':
		return ""
	}
	return v.json()
}

// own is text in memory of its own.
func (v value) own() string { return strings.Clone(v.text()) }

// shared is text for values that many rows have in common; equal ones share
// their memory.
func (v value) shared() string {
	text := v.text()
	if text == "" {
		return ""
	}
	return v.d.share(text)
}

func (d *document) share(text string) string {
	one, ok := d.texts[text]
	if !ok {
		one = unique.Make(text).Value()
		if d.texts == nil {
			d.texts = make(map[string]string)
		}
		d.texts[one] = one
	}
	return one
}

// once returns what read makes of v, from memo if the page has had the same
// text before.
func once[T any](memo *map[string]T, v value, read func(value) T) T {
	text := v.json()
	if t, ok := (*memo)[text]; ok {
		return t
	}
	if *memo == nil {
		*memo = make(map[string]T)
	}
	t := read(v)
	(*memo)[text] = t
	return t
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

// pairs returns an object as a map of texts without the names that leave
// returns true for; nil if nothing is left. Equal objects of a page share it.
func (v value) pairs(memo *map[string]map[string]string, leave func(name string) bool) map[string]string {
	return once(memo, v, func(v value) map[string]string {
		var pairs map[string]string
		for name, member := range v.members() {
			if leave(name) {
				continue
			}
			if pairs == nil {
				pairs = make(map[string]string)
			}
			pairs[v.d.share(name)] = member.shared()
		}
		return pairs
	})
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

// unquote returns what a JSON string means.
func unquote(quoted string) string {
	inside := quoted[1 : len(quoted)-1]
	if strings.IndexByte(inside, '\\') < 0 {
		if utf8.ValidString(inside) {
			return inside
		}
		return strings.ToValidUTF8(inside, "\uFFFD")
	}
	var text string
	if json.Unmarshal([]byte(quoted), &text) != nil {
		return inside
	}
	return text
}
