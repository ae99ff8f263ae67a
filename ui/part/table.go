package part

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// TableColumn says how a column of a Table looks. Widths are in Fyne's device-independent pixels.
type TableColumn struct {
	Key   string // names the column to OnSort and to tests
	Title string
	Width float32 // its width, or its least width where Share is set
	Share float32 // its part of the room that is left over; 0 for a fixed width
	// Rank says which columns go when there is no room for all: the highest first, 0 never.
	Rank  int
	Align fyne.TextAlign
	Mono  bool
	Size  fyne.ThemeSizeName // default: caption
	Sorts Sorting
}

// Sorting says whether pressing the title of a column sorts by it, and how at first. A second
// press turns the order around, a third gives the order of the source back.
type Sorting int

// The ways in which a column sorts.
const (
	Unsorted Sorting = iota
	SmallFirst
	LargeFirst
)

// Cell is what stands in one column of one row. All texts are safe for a screen.
type Cell struct {
	Text  string
	Short string              // stands in for Text where that does not fit; "" cuts it with an ellipsis
	Color fyne.ThemeColorName // default: secondary text
	Hint  string              // the whole of it, if that is more than Text
}

// TableRow is one row. Cells has one for each column.
type TableRow struct {
	ID    string
	Cells []Cell
}

// TableSource gives the rows. It is immutable; a change is another TableSource.
type TableSource interface {
	Len() int
	Row(i int) TableRow
	Index(id string) int // -1 when there is none
}

// Table is a virtual table in a card: only the rows in sight have objects, so its cost does not
// depend on how many there are. The selection is kept by id, and a row keeps its place on the
// screen when others come before it, unless the first row is in sight.
//
// Its callbacks run on the UI goroutine and may be nil.
type Table struct {
	widget.BaseWidget
	OnSelect   func(id string)
	OnActivate func(id string)                         // Enter or a second press
	OnMenu     func(id string, absolute fyne.Position) // right press or the menu key
	OnSort     func(key string, largeFirst bool)       // "" for the order of the source
	// OnHint is told what the pointer is on that is not wholly seen, and where a note about it may
	// stand; "" when it has left.
	OnHint func(text string, absolute fyne.Position)
	Keys   Keys       // is given the keys that the table has no use for
	OnRune func(rune) // is given what is typed, such as the beginning of a filter

	now      func() time.Time
	columns  []TableColumn
	hidden   map[string]bool // columns that are left out, by key
	source   TableSource
	version  int // of the source and the look, so that rows know whether they are up to date
	spans    []span
	card     *Box
	head     *tableHead
	body     *tableBody
	scroll   *container.Scroll
	note     *Text
	selected string
	focused  bool
	pointer  float32 // where the pointer is, from the top of the first row in sight; <0: elsewhere
	hint     string
	tappedAt time.Time
	tappedID string
}

// NewTable returns an empty table with these columns.
func NewTable(columns []TableColumn, now func() time.Time) *Table {
	t := &Table{now: now, columns: columns, hidden: map[string]bool{}, source: noRows{}, version: 1, pointer: -1}
	t.card = NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard)
	t.note = NewText("", Style{Color: look.ColorMuted, Align: fyne.TextAlignCenter, Cut: true})
	t.head = newTableHead(t)
	t.body = newTableBody(t)
	t.scroll = container.NewVScroll(t.body)
	t.scroll.OnScrolled = func(fyne.Position) { t.pointAt(t.pointer, ""); t.body.update() }
	t.ExtendBaseWidget(t)
	return t
}

// SetSource shows other rows. The selection stays, and so does what is in sight: rows that come
// above it do not move it, except at the very top, where what is new is meant to be seen.
func (t *Table) SetSource(s TableSource) {
	id, within := t.anchor()
	t.source = s
	t.version++
	t.pointAt(t.pointer, "")
	if i := s.Index(id); i >= 0 {
		t.scroll.Offset.Y = float32(i)*look.RowHeight + within
	}
	t.scroll.Offset.Y = max(0, min(t.scroll.Offset.Y, t.body.height()-t.scroll.Size().Height))
	t.scroll.Refresh()
	t.body.update()
	t.ring()
}

// anchor returns the id of the topmost row in sight and how far it is scrolled out.
func (t *Table) anchor() (id string, within float32) {
	i := int(t.scroll.Offset.Y / look.RowHeight)
	if i >= t.source.Len() || t.scroll.Offset.Y == 0 {
		return "", 0
	}
	return t.source.Row(i).ID, t.scroll.Offset.Y - float32(i)*look.RowHeight
}

// SetNote changes what stands in the place of rows, such as why there are none.
func (t *Table) SetNote(text string) { t.note.SetText(text) }

// Selected returns the id of the selected row, which may have vanished from the source.
func (t *Table) Selected() string { return t.selected }

// Select selects a row, brings it into sight and calls OnSelect.
func (t *Table) Select(id string) {
	i := t.source.Index(id)
	if i < 0 {
		return
	}
	t.selected = id
	t.reveal(i)
	t.body.update()
	t.ring()
	if t.OnSelect != nil {
		t.OnSelect(id)
	}
}

// ShowColumn leaves a column out or takes it in again.
func (t *Table) ShowColumn(key string, on bool) {
	if t.hidden[key] == on {
		t.hidden[key] = !on
		t.Refresh()
	}
}

// ShowsAt reports whether there is room for a column in a table of this width.
func (t *Table) ShowsAt(key string, width float32) bool {
	for i, s := range spread(t.columns, t.hidden, width-2) {
		if t.columns[i].Key == key {
			return s.width > 0
		}
	}
	return false
}

// Top brings the first row into sight.
func (t *Table) Top() { t.scroll.ScrollToTop() }

// FullHeight is the height at which all rows are seen without scrolling.
func (t *Table) FullHeight() float32 {
	return look.RowHeight*float32(max(1, t.source.Len())+1) + tableFoot
}

// tableFoot keeps the last row clear of the round corners of the card.
const tableFoot = look.RadiusCard / 2

// sees reports whether the beginning of row i is in sight.
func (t *Table) sees(i int) bool {
	y := float32(i)*look.RowHeight - t.scroll.Offset.Y
	return y >= 0 && y < t.scroll.Size().Height
}

func (t *Table) reveal(i int) {
	top, height := float32(i)*look.RowHeight, t.scroll.Size().Height
	switch y := t.scroll.Offset.Y; {
	case top < y:
		t.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+look.RowHeight > y+height:
		t.scroll.ScrollToOffset(fyne.NewPos(0, top+look.RowHeight-height))
	}
}

// tapped is a press on row i.
func (t *Table) tapped(i int) {
	if i < 0 || i >= t.source.Len() {
		return
	}
	t.pointAt(t.pointer, "")
	id := t.source.Row(i).ID
	t.selected = id
	t.takeFocus()
	now := t.now()
	again := id == t.tappedID && now.Sub(t.tappedAt) < doubleTap
	t.tappedID, t.tappedAt = id, now
	t.Select(id)
	if again {
		t.tappedID = ""
		t.activate(id)
	}
}

func (t *Table) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
}

// doubleTap is the time within which a second press counts as one. Fyne's own detection would
// hold every single press back for as long.
const doubleTap = 400 * time.Millisecond

func (t *Table) activate(id string) {
	if t.OnActivate != nil {
		t.OnActivate(id)
	}
}

func (t *Table) menu(i int, at fyne.Position) {
	if i < 0 || i >= t.source.Len() {
		return
	}
	t.pointAt(t.pointer, "")
	t.Select(t.source.Row(i).ID)
	if t.OnMenu != nil {
		t.OnMenu(t.selected, at)
	}
}

// pointAt takes notice of where the pointer is and of the hint that belongs there.
func (t *Table) pointAt(y float32, hint string) {
	t.pointer = y
	if t.hint == hint {
		return
	}
	t.hint = hint
	if t.OnHint != nil {
		t.OnHint(hint, t.below(int((y+t.scroll.Offset.Y)/look.RowHeight)))
	}
}

// below returns the place on the canvas right below a row.
func (t *Table) below(i int) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
	return at.AddXY(tableEdge, look.RowHeight*float32(i+2)-t.scroll.Offset.Y)
}

// ring shows the focus: on the selected row, or on the card when none is in the table.
func (t *Table) ring() {
	if t.focused && t.source.Index(t.selected) < 0 {
		t.card.SetStroke(theme.ColorNameFocus)
	} else {
		t.card.SetStroke(look.ColorLine)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Table) CreateRenderer() fyne.WidgetRenderer {
	return &tableRenderer{of: t, rule: NewRule()}
}

type tableRenderer struct {
	of   *Table
	rule *Box
}

func (r *tableRenderer) Destroy() {}

func (r *tableRenderer) Objects() []fyne.CanvasObject {
	t := r.of
	return []fyne.CanvasObject{t.card, t.head, r.rule, t.scroll, t.note}
}

func (r *tableRenderer) MinSize() fyne.Size {
	return fyne.NewSize(200, look.RowHeight*4+tableFoot)
}

// Layout leaves the edge of the card, one pixel, to the card.
func (r *tableRenderer) Layout(s fyne.Size) {
	t := r.of
	t.card.Resize(s)
	t.spans = spread(t.columns, t.hidden, s.Width-2)
	t.head.Resize(fyne.NewSize(s.Width-2, look.RowHeight))
	t.head.Move(fyne.NewPos(1, 0))
	r.rule.Resize(fyne.NewSize(s.Width-2, 1))
	r.rule.Move(fyne.NewPos(1, look.RowHeight))
	rest := fyne.NewSize(s.Width-2, max(0, s.Height-look.RowHeight-tableFoot))
	i := t.source.Index(t.selected)
	seen := i >= 0 && t.sees(i)
	if rest != t.scroll.Size() {
		t.pointAt(t.pointer, "")
	}
	t.scroll.Resize(rest)
	if seen {
		t.reveal(i) // whatever is shown about the selected row must not cover it
	}
	t.scroll.Move(fyne.NewPos(1, look.RowHeight))
	t.note.Resize(fyne.NewSize(rest.Width-2*tableEdge, t.note.MinSize().Height))
	t.note.Move(fyne.NewPos(1+tableEdge, look.RowHeight+max(0, (rest.Height-t.note.MinSize().Height)/2)))
	t.body.update()
}

func (r *tableRenderer) Refresh() {
	t := r.of
	t.spans = spread(t.columns, t.hidden, t.Size().Width-2)
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

type noRows struct{}

func (noRows) Len() int         { return 0 }
func (noRows) Row(int) TableRow { return TableRow{} }
func (noRows) Index(string) int { return -1 }
