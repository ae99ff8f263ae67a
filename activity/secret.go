package activity

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// window is how many characters in a row of what was sent are too many.
const window = 10

// mostHeard bounds what of a body is compared with a trace id.
const mostHeard = 64 << 10

// reveals reports whether a text holds a piece of a secret, or all of a short one.
func reveals(text, secret string) bool {
	if secret == "" {
		return false
	}
	if len(secret) <= window {
		return strings.Contains(text, secret)
	}
	for i := 0; i+window <= len(text); i++ {
		if strings.Contains(secret, text[i:i+window]) {
			return true
		}
	}
	return false
}

// credential is what a request was authorized with and must not be seen
// again. Of HTTP Digest that is the response: the header says the address too
// (RFC 7616 §3.4).
func credential(q *http.Request) string {
	scheme, rest, _ := strings.Cut(q.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Digest") {
		_, rest, _ = strings.Cut(rest, `response="`)
		rest, _, _ = strings.Cut(rest, `"`)
	}
	return rest
}

// traceHeaders are where an id to quote to TiDB Cloud's support may stand.
// X-Debug-Trace-Id is the one the vendor's tools print; they look for the
// others too.
var traceHeaders = []string{"X-Debug-Trace-Id", "X-Request-Id", "X-Trace-Id", "Request-Id", "Traceparent"}

// mostTrace bounds a trace id. Those that are seen have 32 to 55 characters.
const mostTrace = 128

// TraceID returns the id of an answer to quote to TiDB Cloud's support, or "".
// Only visible ASCII is left of it, 128 characters at most, and nothing at all
// where it repeats what the request was authorized with.
func TraceID(answer *http.Response) string {
	for _, name := range traceHeaders {
		id := visible(answer.Header.Get(name), mostTrace)
		if id == "" {
			continue
		}
		if answer.Request != nil && reveals(id, credential(answer.Request)) || known(id) {
			return ""
		}
		return id
	}
	return ""
}

// visible is what is left of a text without spaces, controls, marks and
// whatever else is not plain ASCII.
func visible(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, text)
	return text[:min(len(text), limit)]
}

// traceOf is the TraceID of an answer, unless it repeats what was asked: to
// the token endpoint codes and tokens go in the body.
func traceOf(q *http.Request, answer *http.Response) string {
	id := TraceID(answer)
	if id == "" || reveals(id, credential(q)) {
		return ""
	}
	if q.Body == nil || q.Body == http.NoBody {
		return id
	}
	if q.GetBody == nil {
		return "" // nothing to compare with
	}
	sent, err := q.GetBody()
	if err != nil {
		return ""
	}
	defer sent.Close()
	text, err := io.ReadAll(io.LimitReader(sent, mostHeard))
	if err != nil || len(text) == mostHeard || repeats(id, string(text)) {
		return ""
	}
	return id
}

// repeats reports whether a text holds a piece of a body, plain or as a form.
func repeats(text, body string) bool {
	if reveals(text, body) {
		return true
	}
	plain, err := url.QueryUnescape(body)
	return err == nil && reveals(text, plain)
}

// told is the body of an answer that may give tokens, kept until it has been
// read and can be compared with the trace id. A nil told keeps nothing.
type told struct{ text []byte }

// listen returns what the body of an answer is to be kept in: that of a good
// answer to anything but a read.
func listen(q *http.Request, answer *http.Response, trace string) *told {
	reads := q.Method == "" || q.Method == http.MethodGet || q.Method == http.MethodHead
	if trace == "" || reads || answer.StatusCode/100 != 2 {
		return nil
	}
	return &told{}
}

func (t *told) hear(p []byte) {
	if t != nil {
		t.text = append(t.text, p[:min(len(p), mostHeard-len(t.text))]...)
	}
}

// unless gives the trace id, or nothing where it repeats what was heard.
func (t *told) unless(trace string) string {
	if t != nil && (len(t.text) == mostHeard || reveals(trace, string(t.text))) {
		return ""
	}
	return trace
}

// known reports whether a text is of a form that only tokens have: those of
// TiDB Cloud, and JSON Web Tokens (RFC 7519).
func known(text string) bool {
	return strings.Contains(text, "ticloud_oa_") || strings.HasPrefix(text, "eyJ") && len(text) >= 20
}

// mostPart bounds a segment of a path, and a name or a value of a query.
const mostPart = 64

// A part of an address looks like a token when it has so many turns that
// nobody would say it, or a long word with digits in it.
const (
	mostTurns    = 5
	longestMixed = 15
)

// hidden reports whether a part of an address is not to be kept: it is long,
// looks like a token, or repeats what was sent.
func hidden(part, sent string) bool {
	return utf8.RuneCountInString(part) > mostPart || known(part) || looksDrawn(part) || reveals(part, sent)
}

// looksDrawn reports whether a text looks drawn at random. The ids in TiDB
// Cloud's paths do not: they are numbers, or have a UUID's dashes.
func looksDrawn(text string) bool {
	if isUUID(text) {
		return false
	}
	turns := 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLetter(r) && !isDigit(r) }) {
		mixed := strings.ContainsFunc(word, isDigit) && strings.ContainsFunc(word, isLetter)
		if mixed && len(word) > longestMixed {
			return true
		}
		for i := 1; i < len(word); i++ {
			before, now := rune(word[i-1]), rune(word[i])
			if isDigit(before) != isDigit(now) || isCapital(now) { // camelCase turns once a word
				turns++
			}
		}
	}
	return turns > mostTurns
}

func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, r := range text {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (r == '-') || !dash && !isHex(r) {
			return false
		}
	}
	return true
}

func isLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

func isCapital(r rune) bool { return r >= 'A' && r <= 'Z' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isHex(r rune) bool { return isDigit(r) || r|0x20 >= 'a' && r|0x20 <= 'f' }
