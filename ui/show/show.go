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

// maxMarks is the number of combining marks that may stand on one letter. Every living script
// does with fewer; a stack of them reaches into the rows above and below.
const maxMarks = 4

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
	before, marks := rune(0), 0
	for i, r := range s {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, "‹0x%02X›", s[i])
			before = 0
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
			before = 0
		case marks > maxMarks, !joinsEmoji(before, r, s[i:]) && acts(r):
			fmt.Fprintf(&b, "‹U+%04X›", r)
			before = 0
		default:
			b.WriteRune(r)
			before = r
		}
	}
	return b.String()
}

// plain reports whether s can be shown as it is: printable ASCII, as nearly every name is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7F {
			return false
		}
	}
	return true
}

// acts reports whether a character changes how its neighbours are shown, or shows nothing:
// controls, bidi marks, zero-width and other format characters, private and unassigned ones,
// blank letters, and selectors of variants.
func acts(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: // blank letters and the blank Braille cell
		return true
	case 0x034F, 0x17B4, 0x17B5: // marks without a shape
		return true
	}
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Variation_Selector, r)
}

// joinsEmoji reports whether r holds an emoji together, at the beginning of rest and after
// before: the two characters that do so show nothing anywhere else.
func joinsEmoji(before, r rune, rest string) bool {
	const joiner, asPicture = 0x200D, 0xFE0F
	switch r {
	case asPicture:
		return isPicture(before) || unicode.Is(unicode.Sm, before) || strings.ContainsRune("0123456789#*‼⁉", before)
	case joiner:
		next, _ := utf8.DecodeRuneInString(rest[len("\u200D"):])
		return (isPicture(before) || before == asPicture) && isPicture(next)
	}
	return false
}

func isPicture(r rune) bool {
	skinTone := r >= 0x1F3FB && r <= 0x1F3FF
	return r != utf8.RuneError && !acts(r) && (unicode.Is(unicode.So, r) || skinTone)
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

// Cents writes an amount of US dollars given in cents, as in $10, $2.50 or -$2.50.
func Cents(c int) string {
	if c < 0 {
		return "-" + Cents(-c)
	}
	if c%100 == 0 {
		return "$" + Count(c/100)
	}
	return fmt.Sprintf("$%s.%02d", Count(c/100), c%100)
}
