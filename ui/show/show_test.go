package show_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"canopy/ui/show"
)

func TestLineWritesOutWhatWouldActRatherThanBeSeen(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"an ordinary name stays", "orders-prod", "orders-prod"},
		{"other scripts stay", "東京-在庫 سفارش 주문", "東京-在庫 سفارش 주문"},
		{"an accent stays", "cafe\u0301", "cafe\u0301"},
		{"nothing becomes a dash", "", "–"},
		{"a line break becomes a space", "one\ntwo\r\n", "one two  "},
		{"a tab becomes a space", "one\ttwo", "one two"},
		{"a right-to-left override", "txt.\u202Eexe", "txt.‹U+202E›exe"},
		{"bidi isolates", "\u2066a\u2069", "‹U+2066›a‹U+2069›"},
		{"a left-to-right mark", "a\u200Eb", "a‹U+200E›b"},
		{"an escape sequence of a terminal", "\x1b[31mred", "‹U+001B›[31mred"},
		{"a null byte", "a\x00b", "a‹U+0000›b"},
		{"a delete", "a\x7Fb", "a‹U+007F›b"},
		{"a control of the second row", "a\u0085b\u009Bc", "a‹U+0085›b‹U+009B›c"},
		{"a zero-width space", "or\u200Bders", "or‹U+200B›ders"},
		{"a zero-width non-joiner", "or\u200Cders", "or‹U+200C›ders"},
		{"a zero-width joiner between letters", "or\u200Dders", "or‹U+200D›ders"},
		{"a zero-width joiner alone", "\u200D", "‹U+200D›"},
		{"a zero-width joiner at the end of a picture", "🌳\u200D", "🌳‹U+200D›"},
		{"a word joiner", "a\u2060b", "a‹U+2060›b"},
		{"a byte order mark", "\uFEFForders", "‹U+FEFF›orders"},
		{"a soft hyphen", "or\u00ADders", "or‹U+00AD›ders"},
		{"a line separator", "a\u2028b\u2029c", "a‹U+2028›b‹U+2029›c"},
		{"a blank letter", "\u3164", "‹U+3164›"},
		{"a blank Braille cell", "\u2800", "‹U+2800›"},
		{"a mark without a shape", "a\u034Fb", "a‹U+034F›b"},
		{"a variation selector on a letter", "a\uFE0Fb", "a‹U+FE0F›b"},
		{"a variation selector that hides data", "a\U000E0141", "a‹U+E0141›"},
		{"a tag character", "a\U000E0041", "a‹U+E0041›"},
		{"a private character", "\uE000", "‹U+E000›"},
		{"a noncharacter", "\uFFFE", "‹U+FFFE›"},
		{"an unassigned character", "\u0378", "‹U+0378›"},
		{"a byte that is no UTF-8", "a\xffb", "a‹0xFF›b"},
		{"half of a character", "a\xe6\x9d", "a‹0xE6›‹0x9D›"},
		{"a surrogate in bytes", "\xed\xa0\x80", "‹0xED›‹0xA0›‹0x80›"},
		{"a replacement character that was sent", "a\uFFFDb", "a\uFFFDb"},
		{"a family of four", "👨\u200D👩\u200D👧\u200D👦", "👨\u200D👩\u200D👧\u200D👦"},
		{"a picture with a skin tone", "👩🏽\u200D💻", "👩🏽\u200D💻"},
		{"a heart as a picture", "❤\uFE0F\u200D🔥", "❤\uFE0F\u200D🔥"},
		{"a keycap", "1\uFE0F\u20E3", "1\uFE0F\u20E3"},
		{"four marks on a letter stay", "z\u0300\u0301\u0302\u0303", "z\u0300\u0301\u0302\u0303"},
		{"a fifth mark is written out", "z\u0300\u0301\u0302\u0303\u0304a\u0301", "z\u0300\u0301\u0302\u0303‹U+0304›a\u0301"},
		{"enclosing marks count too", "z\u20DD\u20DD\u20DD\u20DD\u20DD", "z\u20DD\u20DD\u20DD\u20DD‹U+20DD›"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := show.Line(c.in); got != c.want {
				t.Errorf("Line(%+q) = %+q, want %+q", c.in, got, c.want)
			}
		})
	}
}

func TestNameIsCutAtTheBorderOfACharacter(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"120 characters fit", strings.Repeat("a", 120), strings.Repeat("a", 120)},
		{"121 do not", strings.Repeat("a", 121), strings.Repeat("a", 119) + "…"},
		{"120 wide characters fit", strings.Repeat("東", 120), strings.Repeat("東", 120)},
		{"121 wide ones do not", strings.Repeat("東", 121), strings.Repeat("東", 119) + "…"},
		{"what is written out counts as it is written", strings.Repeat("\u202E", 40), strings.Repeat("‹U+202E›", 14) + "‹U+202E…"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := show.Name(c.in); got != c.want {
				t.Errorf("Name is %q (%d characters), want %q", got, utf8.RuneCountInString(got), c.want)
			}
		})
	}
}

func TestAThousandMarksStayWithinTheirRow(t *testing.T) {
	got := show.Name("Z" + strings.Repeat("\u0300\u0316", 500))
	if run := longestRunOfMarks(got); run > 4 {
		t.Errorf("%d marks stand on one letter, want 4 at most", run)
	}
}

func TestInitial(t *testing.T) {
	for in, want := range map[string]string{
		"Acme": "A", "acme": "A", "  (no project)": "N", "東京": "東", "9lives": "9",
		"": "•", "—": "•", "\u202Eacme": "A", "ß": "ß", "\xff": "•",
	} {
		if got := show.Initial(in); got != want {
			t.Errorf("Initial(%+q) = %q, want %q", in, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12300: "12,300", 100000: "100,000", 1234567: "1,234,567",
		-7: "-7", -999: "-999", -1000: "-1,000", -123456: "-123,456",
	} {
		if got := show.Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestCents(t *testing.T) {
	for c, want := range map[int]string{
		0: "$0", 5: "$0.05", 250: "$2.50", 1000: "$10", 123456: "$1,234.56", 100000000: "$1,000,000", -250: "-$2.50", -100: "-$1",
	} {
		if got := show.Cents(c); got != want {
			t.Errorf("Cents(%d) = %q, want %q", c, got, want)
		}
	}
}

// FuzzName proves of any bytes that what is shown is valid, one line, not long, free of
// characters that act, and the same when it is shown again.
func FuzzName(f *testing.F) {
	for _, s := range []string{"", "orders", "a\u202Eb", "\xff\xfe", "👨\u200D👩", "1\uFE0F\u20E3", "\u200D\uFE0F", "z\u0300\u0301\u0302\u0303\u0304", "a\nb\tc", "\u3164\u2800", strings.Repeat("東", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, name := show.Line(s), show.Name(s)
		if !utf8.ValidString(line) || !utf8.ValidString(name) {
			t.Fatalf("%+q is shown as invalid UTF-8", s)
		}
		if n := utf8.RuneCountInString(name); n == 0 || n > show.MaxName {
			t.Fatalf("%+q is shown with %d characters", s, n)
		}
		if run := longestRunOfMarks(line); run > 4 {
			t.Fatalf("%+q is shown with %d marks in a row", s, run)
		}
		before := rune(0)
		for _, r := range line {
			emoji := (r == 0x200D || r == 0xFE0F) && !unicode.IsLetter(before) && !unicode.IsSpace(before) && before != 0
			if !emoji && (!unicode.IsGraphic(r) || unicode.Is(unicode.Variation_Selector, r)) {
				t.Fatalf("%+q is shown with U+%04X in it: %+q", s, r, line)
			}
			before = r
		}
		if again := show.Line(line); again != line {
			t.Fatalf("%+q is shown as %+q, and that as %+q", s, line, again)
		}
	})
}

func longestRunOfMarks(s string) (longest int) {
	run := 0
	for _, r := range s {
		if !unicode.Is(unicode.M, r) {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
