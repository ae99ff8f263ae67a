package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	look "canopy/ui/theme"
)

// FocusGained implements fyne.Focusable.
func (t *Table) FocusGained() { t.setFocus(true) }

// FocusLost implements fyne.Focusable.
func (t *Table) FocusLost() { t.setFocus(false) }

func (t *Table) setFocus(on bool) {
	t.focused = on
	t.body.update()
	t.ring()
}

// TypedRune implements fyne.Focusable.
func (t *Table) TypedRune(r rune) {
	if t.OnRune != nil {
		t.OnRune(r)
	}
}

// TypedKey moves the selection, as in a file manager.
func (t *Table) TypedKey(e *fyne.KeyEvent) {
	n, i := t.source.Len(), t.source.Index(t.selected)
	page := max(1, int(t.scroll.Size().Height/look.RowHeight)-1)
	var to int
	switch e.Name {
	case fyne.KeyUp:
		to = i - 1
	case fyne.KeyDown:
		to = i + 1
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = n - 1
	case fyne.KeyPageUp:
		to = i - page
	case fyne.KeyPageDown:
		to = i + page
	default:
		t.typedOn(i, e)
		return
	}
	if n > 0 {
		t.Select(t.source.Row(max(0, min(to, n-1))).ID)
	}
}

// typedOn does what a key means to the selected row.
func (t *Table) typedOn(i int, e *fyne.KeyEvent) {
	switch {
	case i >= 0 && (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter):
		t.activate(t.selected)
	case i >= 0 && e.Name == desktop.KeyMenu:
		t.reveal(i)
		t.menu(i, t.below(i))
	case t.Keys != nil:
		t.Keys(e)
	}
}
