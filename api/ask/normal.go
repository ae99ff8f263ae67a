package ask

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxQuestion is the number of characters of a question that are read. Runs of
// spaces count as one.
const MaxQuestion = 1000

// normalise makes texts that people take for the same equal: full-width and
// half-width forms (NFKC), upper and lower case, letters with and without
// accents; invisible characters go. Marks stay where they make another letter,
// as in Japanese. It takes linear time whatever is stacked on a letter.
func normalise(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	base := rune(0)
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			if !unicode.In(base, unicode.Hiragana, unicode.Katakana) {
				continue
			}
		case unicode.Is(unicode.Cf, r):
			continue
		default:
			base = r
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return norm.NFC.String(b.String())
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// token is a word, a number, a mark or one character of a script without
// spaces between words.
type token struct {
	start, end int    // bytes of the question
	text       string // normalised
	class      class
	spaced     bool // a space stands before it
	at         int  // where it begins in the line, see lineOf
}

type class int

const (
	classWord class = iota
	classMark
	classCJK
)

// tokenise cuts a question into tokens, in one pass.
func tokenise(s string) []token {
	var tokens []token
	spaced := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		r = narrow(r)
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			spaced = spaced || unicode.IsSpace(r) || unicode.IsControl(r)
			i += size
			continue
		}
		end, kind := i+size, classMark
		switch {
		case isCJK(r):
			kind = classCJK
			end = skipMarks(s, end)
		case isWord(r):
			kind = classWord
			end = wordEnd(s, end)
		default:
			end = skipMarks(s, end)
		}
		if text := normalise(s[i:end]); text != "" {
			tokens = append(tokens, token{start: i, end: end, text: strings.TrimSpace(text), class: kind, spaced: spaced})
		}
		spaced = false
		i = end
	}
	return tokens
}

// narrow returns the ASCII character that a full-width one stands for.
func narrow(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}

func isCJK(r rune) bool {
	return r >= 0x2E80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー' || r == '々')
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

func skipMarks(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.Is(unicode.M, r) {
			break
		}
		i += size
	}
	return i
}

// wordEnd returns where the word ends that goes on at i. A dot, an at sign or
// an apostrophe between two letters or digits belongs to it.
func wordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		r = narrow(r)
		switch {
		case unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r):
		case isWord(r) && !isCJK(r):
		case r == '.' || r == '@' || r == '\'' || r == '’' || r == ',' && digitsAround(s, i):
			next, _ := utf8.DecodeRuneInString(s[i+size:])
			if !isWord(next) || isCJK(next) {
				return i
			}
		default:
			return i
		}
		i += size
	}
	return i
}

// digitsAround reports whether the comma at i separates thousands.
func digitsAround(s string, i int) bool {
	if i == 0 || s[i-1] < '0' || s[i-1] > '9' || len(s) < i+4 {
		return false
	}
	for _, c := range []byte(s[i+1 : i+4]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// lineOf joins tokens to one text, with a space where there was one between
// words of scripts that have spaces, and notes where each begins.
func lineOf(tokens []token) string {
	var b strings.Builder
	for i := range tokens {
		if i > 0 && tokens[i].spaced && tokens[i].class != classCJK && tokens[i-1].class != classCJK {
			b.WriteByte(' ')
		}
		tokens[i].at = b.Len()
		b.WriteString(strings.ReplaceAll(tokens[i].text, "’", "'"))
	}
	return b.String()
}

// keyOf is what a name or a word of the vocabulary is looked up by.
func keyOf(s string) string {
	if plain(s) && !strings.ContainsAny(s, "\t\n\r\v\f\x00") && !strings.Contains(s, "  ") {
		return strings.ToLower(strings.TrimSpace(s))
	}
	return lineOf(tokenise(s))
}
