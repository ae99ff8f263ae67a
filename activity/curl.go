package activity

import (
	"net/http"
	"strconv"
	"strings"
)

// Curl returns the request as a command for a POSIX shell. It holds no secret:
// the access token is $TIDB_CLOUD_TOKEN, or with apiKey the key is
// $TIDB_CLOUD_PUBLIC_KEY and $TIDB_CLOUD_PRIVATE_KEY; a body is $BODY. What the
// log did not keep of the address is a variable too: $PAGE_TOKEN,
// $VALUE_ and the name of another value, or $SEGMENT for a part of the path.
//
// Whatever stands in the address, the shell takes it as one word and nothing
// in it as a command.
func (r Request) Curl(apiKey bool) string {
	words := []string{"curl"}
	switch r.Method {
	case http.MethodGet, "":
	case http.MethodHead:
		words = append(words, "--head")
	case http.MethodPost:
		words = append(words, "-X", "POST")
	default:
		words = append(words, "-X", quoted(ascii(r.Method)))
	}
	switch {
	case r.Method == http.MethodPost:
		words = append(words, "--data", `"$BODY"`) // whoever is meant says so in the body, as in RFC 6749 §2.3.1
	case apiKey:
		words = append(words, "--digest", "-u", `"$TIDB_CLOUD_PUBLIC_KEY:$TIDB_CLOUD_PRIVATE_KEY"`)
	case !r.open:
		words = append(words, "-H", `"Authorization: Bearer $TIDB_CLOUD_TOKEN"`)
	}
	if strings.ContainsAny(r.Host+r.Path, "[]{}") {
		words = append(words, "--globoff") // curl has a meaning of its own for these
	}
	return strings.Join(append(words, r.address()), " ")
}

// address is the URL as one word of a shell.
func (r Request) address() string {
	scheme := "https"
	if r.Scheme == "http" {
		scheme = r.Scheme
	}
	path, query, _ := strings.Cut(r.Path, "?")
	var w word
	w.literal(scheme + "://" + r.Host)
	segments := 0
	w.filled(path, func() string {
		if segments++; segments > 1 {
			return "SEGMENT_" + strconv.Itoa(segments)
		}
		return "SEGMENT"
	})
	mark := "?"
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		w.literal(mark)
		mark = "&"
		w.filled(pair, func() string {
			name, _, _ := strings.Cut(pair, "=")
			return variable(name)
		})
	}
	w.end()
	return w.text.String()
}

// word is a word of a shell in the making, of what is meant literally and of
// variables.
type word struct {
	text strings.Builder
	open string // literal text not written yet
}

func (w *word) literal(text string) { w.open += text }

func (w *word) end() {
	if w.open != "" {
		w.text.WriteString(quoted(ascii(w.open)))
		w.open = ""
	}
}

// filled adds a text with a variable in each place where something is gone.
func (w *word) filled(text string, variable func() string) {
	for i, kept := range strings.Split(text, gone) {
		if i > 0 {
			w.end()
			w.text.WriteString(`"$` + variable() + `"`)
		}
		w.literal(kept)
	}
}

// variable names what stands for a value that was not kept. All but the page
// token's begin in a way that no variable does which a shell has already: the
// names come from addresses, and addresses from redirects.
func variable(name string) string {
	if name == "pageToken" {
		return "PAGE_TOKEN"
	}
	var b strings.Builder
	b.WriteString("VALUE_")
	for i, r := range name {
		switch {
		case isCapital(r) && i > 0:
			b.WriteByte('_')
			b.WriteRune(r)
		case isCapital(r), isDigit(r):
			b.WriteRune(r)
		case isLetter(r):
			b.WriteRune(r &^ 0x20)
		default:
			b.WriteByte('_')
		}
	}
	return b.String()
}

// quoted is a text as a shell takes it literally.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
