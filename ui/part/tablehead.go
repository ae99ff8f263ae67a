package part

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// tableHead is the row of titles. Those of columns that sort can be pressed.
type tableHead struct {
	widget.BaseWidget
	table      *Table
	titles     []*tableTitle
	sort       string // key of the column that the rows are sorted by; "" for none
	largeFirst bool
}

func newTableHead(t *Table) *tableHead {
	h := &tableHead{table: t}
	for _, c := range t.columns {
		h.titles = append(h.titles, newTableTitle(h, c))
	}
	h.ExtendBaseWidget(h)
	return h
}

// press sorts by a column, turns the order around, or gives the source's own back.
func (h *tableHead) press(c TableColumn) {
	first := c.Sorts == LargeFirst
	switch {
	case h.sort != c.Key:
		h.sort, h.largeFirst = c.Key, first
	case h.largeFirst == first:
		h.largeFirst = !first
	default:
		h.sort, h.largeFirst = "", false
	}
	h.Refresh()
	if h.table.OnSort != nil {
		h.table.OnSort(h.sort, h.largeFirst)
	}
}

// CreateRenderer implements fyne.Widget.
func (h *tableHead) CreateRenderer() fyne.WidgetRenderer {
	r := &tableHeadRenderer{of: h}
	for _, t := range h.titles {
		r.objects = append(r.objects, t)
	}
	return r
}

type tableHeadRenderer struct {
	of      *tableHead
	objects []fyne.CanvasObject
}

func (r *tableHeadRenderer) Destroy()                     {}
func (r *tableHeadRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *tableHeadRenderer) MinSize() fyne.Size           { return fyne.NewSize(0, look.RowHeight) }

func (r *tableHeadRenderer) Layout(size fyne.Size) {
	for i, s := range r.of.table.spans {
		t := r.of.titles[i]
		if s.width == 0 {
			t.Hide()
			continue
		}
		t.Show()
		// A little wider than its column: the ring of the focus stands around the title.
		t.Resize(fyne.NewSize(s.width+tableGap, size.Height-4))
		t.Move(fyne.NewPos(s.x-tableGap/2, 2))
	}
}

func (r *tableHeadRenderer) Refresh() {
	r.Layout(r.of.Size())
	for _, t := range r.of.titles {
		t.Refresh()
	}
}

// tableTitle is the title of one column.
type tableTitle struct {
	press
	head   *tableHead
	column TableColumn
}

func newTableTitle(h *tableHead, c TableColumn) *tableTitle {
	t := &tableTitle{head: h, column: c}
	t.text = c.Title
	t.tapped = func() { h.press(c) }
	t.Keys = func(e *fyne.KeyEvent) bool { return h.table.Keys != nil && h.table.Keys(e) }
	t.ExtendBaseWidget(t)
	if c.Sorts == Unsorted {
		t.Disable() // no stop for the focus
	}
	return t
}

// ProbeName is what the title is called by tests that look at the running window.
func (t *tableTitle) ProbeName() string { return t.column.Key }

// CreateRenderer implements fyne.Widget.
func (t *tableTitle) CreateRenderer() fyne.WidgetRenderer {
	r := &tableTitleRenderer{of: t, ground: canvas.NewRectangle(nil), word: canvas.NewText("", nil), mark: canvas.NewImageFromResource(nil)}
	r.Refresh()
	return r
}

type tableTitleRenderer struct {
	of     *tableTitle
	ground *canvas.Rectangle
	word   *canvas.Text
	mark   *canvas.Image // which way the rows are sorted
}

const tableMark float32 = 12

func (r *tableTitleRenderer) Destroy() {}

func (r *tableTitleRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.word, r.mark}
}

func (r *tableTitleRenderer) MinSize() fyne.Size { return fyne.NewSize(0, look.RowHeight-4) }

// sorted reports whether the rows are sorted by this column.
func (r *tableTitleRenderer) sorted() bool {
	return r.of.column.Key == r.of.head.sort && r.of.head.sort != ""
}

func (r *tableTitleRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	room := max(0, s.Width-tableGap)
	if r.sorted() {
		room = max(0, room-tableMark)
	}
	r.word.Text = Ellipsis(r.of.text, room, r.word.TextSize, r.word.TextStyle)
	width := fyne.MeasureText(r.word.Text, r.word.TextSize, r.word.TextStyle).Width
	x := tableGap / 2
	if r.of.column.Align == fyne.TextAlignTrailing {
		x += room - width
	}
	r.word.Resize(fyne.NewSize(width, s.Height))
	r.word.Move(fyne.NewPos(x, 0))
	r.mark.Resize(fyne.NewSquareSize(tableMark))
	r.mark.Move(fyne.NewPos(x+width, (s.Height-tableMark)/2))
}

func (r *tableTitleRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.word.Color, r.word.TextSize = th.Color(look.ColorMuted, v), th.Size(theme.SizeNameCaptionText)
	r.word.TextStyle.Bold = true
	r.ground.FillColor, r.ground.StrokeWidth, r.ground.CornerRadius = color.Transparent, 0, look.RadiusPill
	if r.of.hovered && !r.of.Disabled() {
		r.ground.FillColor = th.Color(theme.ColorNameHover, v)
	}
	if r.of.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = th.Color(theme.ColorNameFocus, v), 2
	}
	r.mark.Resource = nil
	if r.sorted() {
		name := "caret-up"
		if r.of.head.largeFirst {
			name = "caret-down"
		}
		r.mark.Resource = look.Icon(name, look.ColorMuted)
	}
	r.mark.Refresh()
	r.Layout(r.of.Size())
	canvas.Refresh(r.of)
}
