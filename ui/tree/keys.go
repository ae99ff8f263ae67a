package tree

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	look "canopy/ui/theme"
)

// FocusGained implements fyne.Focusable.
func (t *Tree) FocusGained() {
	t.focused = true
	if t.source.Index(t.selected) < 0 && t.source.Len() > 0 {
		t.Select(t.source.Row(0).ID)
	}
	t.body.update()
}

// FocusLost implements fyne.Focusable.
func (t *Tree) FocusLost() {
	t.focused = false
	t.body.update()
}

// TypedRune selects the next row whose name begins with what has been typed without a pause.
func (t *Tree) TypedRune(r rune) {
	now := t.Now()
	if now.Sub(t.typedAt) > typeAhead {
		t.typed = ""
	}
	if r == ' ' && t.typed == "" {
		return // Space opens and closes, unless it is part of a name
	}
	t.typed += string(r)
	t.typedAt = now
	from := t.source.Index(t.selected)
	if len(t.typed) > len(string(r)) {
		from-- // a longer beginning may still fit the selected row
	}
	if i := t.source.Next(t.typed, from); i >= 0 {
		t.Select(t.source.Row(i).ID)
	}
}

// TypedKey moves the selection and opens and closes, as in a file manager.
func (t *Tree) TypedKey(e *fyne.KeyEvent) {
	n := t.source.Len()
	if e.Name == fyne.KeyEscape || n == 0 {
		t.passOn(e)
		return
	}
	i := t.source.Index(t.selected)
	page := max(1, int(t.scroll.Size().Height/look.RowHeight)-1)
	switch e.Name {
	case fyne.KeyUp:
		if i == 0 && t.OnAbove != nil {
			t.OnAbove()
			return
		}
		t.goTo(max(i-1, 0))
	case fyne.KeyDown:
		t.goTo(i + 1)
	case fyne.KeyHome:
		t.goTo(0)
	case fyne.KeyEnd:
		t.goTo(n - 1)
	case fyne.KeyPageUp:
		t.goTo(max(i-page, 0))
	case fyne.KeyPageDown:
		t.goTo(i + page)
	default:
		if i >= 0 {
			t.typedOn(i, e)
		}
	}
}

func (t *Tree) passOn(e *fyne.KeyEvent) {
	if t.Keys != nil {
		t.Keys(e)
	}
}

// typedOn does what a key means to the selected row.
func (t *Tree) typedOn(i int, e *fyne.KeyEvent) {
	row := t.source.Row(i)
	switch e.Name {
	case fyne.KeyRight:
		t.inward(i, row)
	case fyne.KeyLeft:
		t.outward(i, row)
	case fyne.KeySpace:
		if t.typed == "" || t.Now().Sub(t.typedAt) > typeAhead {
			t.toggle(row, !row.Open)
			t.tick(row)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if row.Tick != NoTick {
			t.passOn(e)
			return
		}
		t.activate(row)
	case desktop.KeyMenu:
		t.menu(i, t.positionOf(i))
	}
}

// inward opens a row, or goes to its first child when it is open.
func (t *Tree) inward(i int, row Row) {
	switch {
	case row.Expandable && !row.Open:
		t.toggle(row, true)
	case row.Open && i+1 < t.source.Len() && t.source.Parent(i+1) == i:
		t.goTo(i + 1)
	}
}

// outward closes a row, or goes to its parent when it is closed.
func (t *Tree) outward(i int, row Row) {
	if row.Open {
		t.toggle(row, false)
	} else if p := t.source.Parent(i); p >= 0 {
		t.goTo(p)
	}
}

func (t *Tree) goTo(i int) {
	i = min(i, t.source.Len()-1)
	t.Select(t.source.Row(i).ID)
}

// positionOf returns where on the canvas a menu of this row belongs.
func (t *Tree) positionOf(i int) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
	return at.AddXY(40, float32(i+1)*look.RowHeight-t.scroll.Offset.Y)
}
