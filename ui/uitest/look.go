package uitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// Seen is one thing on a canvas, with where it is.
type Seen struct {
	Object fyne.CanvasObject
	Text   string // of a text, a label, a paragraph or an entry
	At     fyne.Position
	Inside []fyne.CanvasObject // what it is part of, outermost first
}

// Look returns everything visible on a canvas in the order in which it is painted. It lays
// everything out anew, as the desktop's driver does when a smallest size has changed and the
// test driver does not.
func Look(c fyne.Canvas) []Seen {
	seen := Walk(c.Content())
	for _, o := range c.Overlays().List() {
		seen = append(seen, Walk(o)...)
	}
	return seen
}

// Walk is Look below one object.
func Walk(o fyne.CanvasObject) []Seen {
	var w walker
	w.visit(o, fyne.Position{}, nil)
	return w.seen
}

type walker struct{ seen []Seen }

func (w *walker) visit(o fyne.CanvasObject, offset fyne.Position, inside []fyne.CanvasObject) {
	if o == nil || !o.Visible() {
		return
	}
	at := offset.Add(o.Position())
	text, whole := textOf(o)
	w.seen = append(w.seen, Seen{Object: o, Text: text, At: at, Inside: inside})
	if whole {
		return
	}
	inside = append(slices.Clone(inside), o)
	switch o := o.(type) {
	case *fyne.Container:
		if o.Layout != nil {
			o.Layout.Layout(o.Objects, o.Size())
		}
		for _, child := range o.Objects {
			w.visit(child, at, inside)
		}
	case fyne.Widget:
		test.WidgetRenderer(o).Layout(o.Size())
		for _, child := range test.WidgetRenderer(o).Objects() {
			w.visit(child, at, inside)
		}
	}
}

// textOf returns what an object says; whole means that there is nothing below it to look at.
func textOf(o fyne.CanvasObject) (text string, whole bool) {
	switch o := o.(type) {
	case *canvas.Text:
		return o.Text, true
	case *widget.Label:
		return o.Text, true
	case *widget.RichText:
		return o.String(), true
	case *widget.Entry:
		return o.Text, true
	}
	return "", false
}

// Texts returns everything that is written on a canvas.
func Texts(c fyne.Canvas) []string { return textsOf(Look(c)) }

func textsOf(seen []Seen) (texts []string) {
	for _, s := range seen {
		if s.Text != "" {
			texts = append(texts, s.Text)
		}
	}
	return texts
}

// Says reports whether one of the texts on a canvas holds words.
func Says(c fyne.Canvas, words string) bool {
	return slices.ContainsFunc(Texts(c), func(s string) bool { return strings.Contains(s, words) })
}

// Expect checks that a canvas says each of the words.
func Expect(t testing.TB, c fyne.Canvas, words ...string) {
	t.Helper()
	for _, w := range words {
		if !Says(c, w) {
			t.Errorf("the window does not say %q; it says %q", w, Texts(c))
		}
	}
}

// ExpectNot checks that a canvas says none of the words.
func ExpectNot(t testing.TB, c fyne.Canvas, words ...string) {
	t.Helper()
	for _, w := range words {
		if Says(c, w) {
			t.Errorf("the window says %q", w)
		}
	}
}

// find returns the last thing painted that says exactly this: what lies on top.
func find(t testing.TB, c fyne.Canvas, text string) Seen {
	t.Helper()
	all := Look(c)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Text == text {
			return all[i]
		}
	}
	t.Fatalf("nothing says %q; what is there is %q", text, textsOf(all))
	return Seen{}
}

func (s Seen) middle() fyne.Position {
	return s.At.AddXY(s.Object.Size().Width/2, s.Object.Size().Height/2)
}

// Press presses the middle of the text on top that says exactly this, wherever that leads.
func Press(t testing.TB, c fyne.Canvas, text string) {
	t.Helper()
	test.TapCanvas(c, find(t, c, text).middle())
}

// PressRight presses it with the other button.
func PressRight(t testing.TB, c fyne.Canvas, text string) {
	t.Helper()
	s := find(t, c, text)
	for i := len(s.Inside) - 1; i >= 0; i-- {
		if o, ok := s.Inside[i].(fyne.SecondaryTappable); ok {
			o.TappedSecondary(&fyne.PointEvent{AbsolutePosition: s.middle()})
			return
		}
	}
	t.Fatalf("%q cannot be pressed with the other button", text)
}

// Key gives a key to what has the focus, or to the canvas when nothing has.
func Key(c fyne.Canvas, names ...fyne.KeyName) {
	for _, name := range names {
		e := &fyne.KeyEvent{Name: name}
		switch {
		case c.Focused() != nil:
			c.Focused().TypedKey(e)
		case c.OnTypedKey() != nil:
			c.OnTypedKey()(e)
		}
	}
}

// Next moves the focus on, as the tab key does.
func Next(c fyne.Canvas) { c.FocusNext() }

// Type types text into what has the focus.
func Type(t testing.TB, c fyne.Canvas, text string) {
	t.Helper()
	if c.Focused() == nil {
		t.Fatalf("nothing has the focus to type %q into", text)
	}
	for _, r := range text {
		c.Focused().TypedRune(r)
	}
}

// Choose chooses an item of the menu bar, as its shortcut does, and reports whether it was
// enabled.
func Choose(t testing.TB, w fyne.Window, menu, item string) bool {
	t.Helper()
	for _, m := range w.MainMenu().Items {
		if m.Label != menu {
			continue
		}
		for _, it := range m.Items {
			if it.Label == item {
				it.Action()
				return !it.Disabled
			}
		}
	}
	t.Fatalf("there is no menu item %s > %s", menu, item)
	return false
}

// Objects counts the objects on a canvas.
func Objects(c fyne.Canvas) int { return len(Look(c)) }

// String says what a thing is and what it says, for messages of tests.
func (s Seen) String() string { return fmt.Sprintf("%T %q at %v", s.Object, s.Text, s.At) }
