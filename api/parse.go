package api

import (
	"strings"
	"sync"
)

// maxDepth is how deep objects and lists may be nested, as in encoding/json.
const maxDepth = 10000

// node is one JSON value, or the name of a member, in the text of a document.
type node struct {
	begin, end uint32
	next       uint32 // the node that follows this one and all that is in it
}

// parse checks that a text is JSON (RFC 8259) with an object at the top, and
// notes where each value begins and ends, in one pass. It accepts what
// json.Valid accepts.
func parse(body []byte) (*document, bool) {
	if len(body) == 0 || len(body) > maxBody || body[0] != '{' {
		return nil, false
	}
	d := documents.Get().(*document)
	p := parser{text: string(body), nodes: d.nodes[:0]}
	end, ok := p.value(0)
	*d = document{text: p.text, body: body, nodes: p.nodes}
	if !ok || p.space(end) != len(p.text) {
		d.release()
		return nil, false
	}
	return d, true
}

// documents are those that nobody uses any more, for the room of their nodes.
var documents = sync.Pool{New: func() any { return new(document) }}

// release gives a document back. No value of it may be used any more, but
// what was read of them is not touched.
func (d *document) release() {
	if cap(d.nodes) > 1<<17 {
		d.nodes = nil
	}
	*d = document{nodes: d.nodes}
	documents.Put(d)
}

type parser struct {
	text  string
	nodes []node
	depth int
}

// value reads the value that begins at i and returns where it ends.
func (p *parser) value(i int) (end int, ok bool) {
	if i >= len(p.text) {
		return i, false
	}
	at := len(p.nodes)
	p.nodes = append(p.nodes, node{begin: uint32(i)}) //nolint:gosec // a body has 16 MiB at most
	switch c := p.text[i]; c {
	case '"':
		end, ok = p.quoted(i)
	case '{', '[':
		if p.depth++; p.depth > maxDepth {
			return i, false
		}
		end, ok = p.elements(i, c)
		p.depth--
	case 't':
		end, ok = p.word(i, "true")
	case 'f':
		end, ok = p.word(i, "false")
	case 'n':
		end, ok = p.word(i, "null")
	default:
		end, ok = p.number(i)
	}
	p.nodes[at].end, p.nodes[at].next = uint32(end), uint32(len(p.nodes)) //nolint:gosec // as above
	return end, ok
}

// elements reads the members of an object or the elements of a list.
func (p *parser) elements(i int, opening byte) (end int, ok bool) {
	closing := opening + 2 // ']' is two after '[', '}' two after '{'
	i = p.space(i + 1)
	if i < len(p.text) && p.text[i] == closing {
		return i + 1, true
	}
	for {
		if opening == '{' {
			if i, ok = p.name(i); !ok {
				return i, false
			}
		}
		if i, ok = p.value(i); !ok {
			return i, false
		}
		i = p.space(i)
		switch {
		case i >= len(p.text):
			return i, false
		case p.text[i] == closing:
			return i + 1, true
		case p.text[i] != ',':
			return i, false
		}
		i = p.space(i + 1)
	}
}

// name reads the name of a member and returns where its value begins.
func (p *parser) name(i int) (value int, ok bool) {
	if i >= len(p.text) || p.text[i] != '"' {
		return i, false
	}
	end, ok := p.quoted(i)
	if !ok {
		return end, false
	}
	p.nodes = append(p.nodes, node{uint32(i), uint32(end), uint32(len(p.nodes) + 1)}) //nolint:gosec // as in value
	i = p.space(end)
	if i >= len(p.text) || p.text[i] != ':' {
		return i, false
	}
	return p.space(i + 1), true
}

// quoted reads a string; the byte at i is its quotation mark.
func (p *parser) quoted(i int) (end int, ok bool) {
	for i++; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c > '\\': // most letters
		case c == '"':
			return i + 1, true
		case c == '\\':
			if i = p.escape(i); i < 0 {
				return 0, false
			}
		case c < ' ':
			return i, false
		}
	}
	return i, false
}

// escape reads what follows a backslash and returns where its last byte is,
// or -1 if it is no escape.
func (p *parser) escape(i int) int {
	if i++; i >= len(p.text) {
		return -1
	}
	switch p.text[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i
	case 'u':
		if i+4 < len(p.text) && isHex(p.text[i+1]) && isHex(p.text[i+2]) && isHex(p.text[i+3]) && isHex(p.text[i+4]) {
			return i + 4
		}
	}
	return -1
}

func (p *parser) word(i int, word string) (end int, ok bool) {
	return i + len(word), strings.HasPrefix(p.text[i:], word)
}

// number reads -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?.
func (p *parser) number(i int) (end int, ok bool) {
	if p.at(i) == '-' {
		i++
	}
	begin := i
	if i = p.digits(i); i == begin || p.text[begin] == '0' && i > begin+1 {
		return i, false
	}
	if p.at(i) == '.' {
		begin = i + 1
		if i = p.digits(begin); i == begin {
			return i, false
		}
	}
	if p.at(i)|0x20 == 'e' {
		if i++; p.at(i) == '+' || p.at(i) == '-' {
			i++
		}
		begin = i
		if i = p.digits(begin); i == begin {
			return i, false
		}
	}
	return i, true
}

func (p *parser) digits(i int) int {
	for c := p.at(i); '0' <= c && c <= '9'; c = p.at(i) {
		i++
	}
	return i
}

// at returns the byte at i, 0 beyond the end.
func (p *parser) at(i int) byte {
	if i >= len(p.text) {
		return 0
	}
	return p.text[i]
}

func (p *parser) space(i int) int {
	for i < len(p.text) {
		switch p.text[i] {
		case ' ', '\n', '\t', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
