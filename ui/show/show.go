// Package show turns what TiDB Cloud says into text that is safe to put on a screen.
//
// A name is data: it may hold control characters, marks that reverse the reading direction,
// or a thousand letters. Everything that came over the network passes through Name or Line
// on its way to a widget, a terminal or a table. The package knows no Fyne.
package show

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the number of characters of a name that are shown; the rest is cut off with an
// ellipsis.
const MaxName = 120

// Name returns a name for one line of the screen: escaped as by Line, and cut to MaxName.
func Name(s string) string { return cut(Line(s), MaxName) }

// Line returns s with every character that could act rather than be seen written out as its
// code point, such as ‹U+202E›. Line breaks and tabs become spaces. An empty name is shown
// as a dash.
func Line(s string) string {
	if s == "" {
		return "–"
	}
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, "‹0x%02X›", s[i])
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case acts(r):
			fmt.Fprintf(&b, "‹U+%04X›", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7F {
			return !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || acts(r) })
		}
	}
	return true
}

// acts reports whether a character changes how its neighbours are shown, or shows nothing:
// controls, bidi marks, zero-width and other format characters, private and unassigned ones.
func acts(r rune) bool {
	switch {
	case r == 0x200D || r == 0xFE0F: // joins emoji; harmless and common
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
		return true
	case r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0: // blank letters
		return true
	case unicode.Is(unicode.Mn, r):
		return false
	}
	return false
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n-1 && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

// Initial returns the letter that stands for a name in a badge.
func Initial(s string) string {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "•"
}

// Count writes a number with thousands separated, as in 12,300.
func Count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Cents writes an amount of US dollars given in cents, as in $10 or $2.50.
func Cents(c int) string {
	if c%100 == 0 {
		return "$" + Count(c/100)
	}
	return fmt.Sprintf("$%s.%02d", Count(c/100), c%100)
}
