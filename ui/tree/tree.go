// Package tree is Canopy's tree on the screen: a virtual list of rows that indent.
//
// Only the rows in sight have objects, so its cost does not depend on how many there are. The
// rows come from a Source that the window swaps as a whole; selection is kept by id and the
// row at the top stays at the top. Every key of a file manager works: arrows, Home, End, page
// keys, Enter, and typing the beginning of a name.
package tree

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"canopy/ui/part"
	look "canopy/ui/theme"
)

// Row is what one line shows. All texts are safe for a screen.
type Row struct {
	ID         string
	Depth      int
	Expandable bool
	Open       bool
	Tick       Tick                // a box to tick in place of the caret
	Badge      string              // initial in a square, for an organization
	BadgeColor fyne.ThemeColorName // of that square; default: the accent
	Dot        fyne.ThemeColorName // disc of a state; "" for none
	Icon       string              // one of Canopy's icons, dimmed, in place of the dot
	Name       string
	Bold       bool
	Color      fyne.ThemeColorName // of the name; "" for the ordinary one
	Note       string              // at the right, dropped first when it is narrow
	Short      string              // what of the note stays then: a state that must not be colour alone
	Tag        string              // framed, dropped second
	Count      string
	Actions    []Action // links at the right end
}

// Tick is the box of a row that can be ticked.
type Tick int

// The states of a box; the zero value is no box.
const (
	NoTick Tick = iota
	Unticked
	Partly
	Ticked
)

// Action is a link in a row.
type Action struct {
	Text string
	Do   func()
}

// Source gives the rows. It is immutable; a change is another Source.
type Source interface {
	Len() int
	Row(i int) Row
	Index(id string) int              // -1 when there is none
	Parent(i int) int                 // -1 at the top
	Next(prefix string, from int) int // see outline.Outline.Next
}

// Tree is the widget. Its callbacks run on the UI goroutine and may be nil.
type Tree struct {
	widget.BaseWidget
	OnSelect   func(id string)
	OnToggle   func(id string, open bool)
	OnActivate func(id string)                         // Enter or a second press
	OnMenu     func(id string, absolute fyne.Position) // right press or the menu key
	OnTick     func(id string)                         // a press or Space on a row with a box
	OnAbove    func()                                  // Up on the first row: what stands above the tree is wanted
	Keys       part.Keys                               // is given Escape, and Enter on a row with a box
	Now        func() time.Time

	source   Source
	scroll   *container.Scroll
	body     *body
	selected string
	focused  bool
	typed    string // the beginning of a name that is being typed
	typedAt  time.Time
	tappedAt time.Time
	tappedID string
}

// New returns an empty tree.
func New(now func() time.Time) *Tree {
	t := &Tree{Now: now, source: empty{}}
	t.body = newBody(t)
	t.scroll = container.NewVScroll(t.body)
	t.scroll.OnScrolled = func(fyne.Position) { t.body.update() }
	t.ExtendBaseWidget(t)
	return t
}

// SetSource shows other rows. The row at the top of the window stays there if it still
// exists, and so does the selection.
func (t *Tree) SetSource(s Source) {
	top, within := t.anchor()
	t.source = s
	if i := s.Index(top); i >= 0 {
		t.scroll.Offset.Y = float32(i)*look.RowHeight + within
	}
	t.scroll.Offset.Y = max(0, min(t.scroll.Offset.Y, t.body.height()-t.scroll.Size().Height))
	t.scroll.Refresh()
	t.body.Refresh()
}

// anchor returns the id of the topmost row and how far it is scrolled out.
func (t *Tree) anchor() (id string, within float32) {
	i := int(t.scroll.Offset.Y / look.RowHeight)
	if i >= t.source.Len() || t.scroll.Offset.Y == 0 {
		return "", 0
	}
	return t.source.Row(i).ID, t.scroll.Offset.Y - float32(i)*look.RowHeight
}

// Selected returns the id of the selected row, which may have vanished from the source.
func (t *Tree) Selected() string { return t.selected }

// Select selects a row, brings it into sight and calls OnSelect.
func (t *Tree) Select(id string) {
	i := t.source.Index(id)
	if i < 0 {
		return
	}
	t.selected = id
	t.reveal(i)
	t.body.update()
	if t.OnSelect != nil {
		t.OnSelect(id)
	}
}

// Unselect takes the selection away without a call.
func (t *Tree) Unselect() {
	t.selected = ""
	t.body.update()
}

func (t *Tree) reveal(i int) {
	top, height := float32(i)*look.RowHeight, t.scroll.Size().Height
	switch y := t.scroll.Offset.Y; {
	case top < y:
		t.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+look.RowHeight > y+height:
		t.scroll.ScrollToOffset(fyne.NewPos(0, top+look.RowHeight-height))
	}
}

func (t *Tree) tapped(i int) {
	if i >= t.source.Len() {
		return
	}
	row := t.source.Row(i)
	t.selected = row.ID // before the focus comes, which selects the first row when none is
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
	now := t.Now()
	again := row.Tick == NoTick && row.ID == t.tappedID && now.Sub(t.tappedAt) < doubleTap
	t.tappedID, t.tappedAt = row.ID, now
	if again {
		t.tappedID = ""
		t.activate(row)
		return
	}
	t.Select(row.ID)
	t.tick(row)
}

func (t *Tree) tick(row Row) {
	if row.Tick != NoTick && t.OnTick != nil {
		t.OnTick(row.ID)
	}
}

// doubleTap is the time within which a second press counts as one. Fyne's own detection would
// hold every single press back for as long.
const doubleTap = 400 * time.Millisecond

// typeAhead is the pause after which typing starts a new name.
const typeAhead = time.Second

func (t *Tree) activate(row Row) {
	if row.Expandable {
		t.toggle(row, !row.Open)
	}
	if t.OnActivate != nil {
		t.OnActivate(row.ID)
	}
}

func (t *Tree) toggle(row Row, open bool) {
	if row.Expandable && row.Open != open && t.OnToggle != nil {
		t.OnToggle(row.ID, open)
	}
}

func (t *Tree) menu(i int, at fyne.Position) {
	if i < 0 || i >= t.source.Len() {
		return
	}
	t.Select(t.source.Row(i).ID)
	if t.OnMenu != nil {
		t.OnMenu(t.selected, at)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Tree) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.scroll) }

// Resize implements fyne.CanvasObject.
func (t *Tree) Resize(s fyne.Size) {
	t.BaseWidget.Resize(s)
	t.body.update()
}

type empty struct{}

func (empty) Len() int             { return 0 }
func (empty) Row(int) Row          { return Row{} }
func (empty) Index(string) int     { return -1 }
func (empty) Parent(int) int       { return -1 }
func (empty) Next(string, int) int { return -1 }
