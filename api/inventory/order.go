package inventory

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compareNames orders names as people do: case does not count, and numbers
// inside count by their value, so that "a2" comes before "a10". Names that
// are equal in this sense are ordered by id.
func compareNames(name, id, otherName, otherID string) int {
	return cmp.Or(compareNatural(name, otherName), compareNatural(id, otherID), strings.Compare(id, otherID))
}

func compareNatural(a, b string) int {
	for a != "" && b != "" {
		if a[0] == b[0] && a[0] < utf8.RuneSelf && !isDigit(a[0]) {
			a, b = a[1:], b[1:] // as the beginnings of names mostly are
			continue
		}
		if isDigit(a[0]) && isDigit(b[0]) {
			var x, y string
			x, a = cutNumber(a)
			y, b = cutNumber(b)
			// Without leading zeros the longer number is the larger.
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
				return c
			}
			continue
		}
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if c := cmp.Compare(unicode.ToLower(x), unicode.ToLower(y)); c != 0 {
			return c
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// cutNumber returns the number at the beginning of s without leading zeros,
// and the rest.
func cutNumber(s string) (number, rest string) {
	end := 0
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}

// appendOrder appends a key for which the order of the bytes is that of
// compareNames, so that sorting many names looks at each letter once and not
// at every comparison.
func appendOrder(key []byte, name, id string) []byte {
	key = appendNatural(key, name)
	key = appendNatural(key, id)
	return append(key, id...)
}

// appendNatural appends a text with its letters in lower case and its numbers
// behind their lengths, and two zeros, which come before anything else.
func appendNatural(key []byte, text string) []byte {
	for text != "" {
		if isDigit(text[0]) {
			var number string
			number, text = cutNumber(text)
			// A digit, because numbers stand to letters as digits do. No name
			// has so many that the length needs more.
			key = append(key, '0', byte(len(number)>>16), byte(len(number)>>8), byte(len(number))) //nolint:gosec // as said
			key = append(key, number...)
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		text = text[n:]
		key = utf8.AppendRune(key, unicode.ToLower(r))
		if r == 0 {
			key = append(key, 1)
		}
	}
	return append(key, 0, 0)
}
