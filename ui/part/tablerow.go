package part

import (
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// tableRow draws one row, now this one and now that.
type tableRow struct {
	widget.BaseWidget
	table   *Table
	index   int
	version int // of the source that data came from; 0 when nothing has been bound
	data    TableRow
	look    rowLook
	cut     []bool // which cells do not show all of themselves
}

func newTableRow(t *Table) *tableRow {
	r := &tableRow{table: t, cut: make([]bool, len(t.columns))}
	r.ExtendBaseWidget(r)
	return r
}

// rowLook is what a row's drawing depends on besides its cells.
type rowLook struct {
	selected, focused, hovered bool
	last                       bool // of all rows: there is nothing below to be parted from
}

// show binds the object to row i, and writes it anew if it says something else than before.
func (r *tableRow) show(i int, data TableRow, width float32) {
	t := r.table
	y := float32(i) * look.RowHeight
	selected := data.ID == t.selected
	now := rowLook{
		selected: selected, focused: selected && t.focused, last: i == t.source.Len()-1,
		hovered: t.pointer >= 0 && int((t.pointer+t.scroll.Offset.Y)/look.RowHeight) == i,
	}
	size := fyne.NewSize(width, look.RowHeight)
	same := r.version != 0 && r.look == now && r.Size() == size && r.data.ID == data.ID && slices.Equal(r.data.Cells, data.Cells)
	r.index, r.version, r.data, r.look = i, t.version, data, now
	r.Move(fyne.NewPos(0, y))
	if !same {
		r.BaseWidget.Resize(size)
		r.Refresh()
	}
}

// ProbeRow describes the row to tests that look at the running window: its id and all of its cells.
func (r *tableRow) ProbeRow() string {
	said := append(make([]string, 0, 1+len(r.data.Cells)), r.data.ID)
	for _, c := range r.data.Cells {
		said = append(said, c.Text)
	}
	return strings.Join(said, "|")
}

// Tapped implements fyne.Tappable.
func (r *tableRow) Tapped(*fyne.PointEvent) { r.table.tapped(r.index) }

// TappedSecondary implements fyne.SecondaryTappable.
func (r *tableRow) TappedSecondary(e *fyne.PointEvent) {
	r.table.takeFocus()
	r.table.menu(r.index, e.AbsolutePosition)
}

// MouseIn implements desktop.Hoverable.
func (r *tableRow) MouseIn(e *desktop.MouseEvent) { r.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (r *tableRow) MouseMoved(e *desktop.MouseEvent) {
	t := r.table
	t.pointAt(float32(r.index)*look.RowHeight-t.scroll.Offset.Y+e.Position.Y, r.hintAt(e.Position.X))
	if !r.look.hovered {
		t.body.update()
	}
}

// MouseOut implements desktop.Hoverable.
func (r *tableRow) MouseOut() {
	r.table.pointAt(-1, "")
	r.table.body.update()
}

// hintAt returns what the cell at x does not show of itself.
func (r *tableRow) hintAt(x float32) string {
	for i, s := range r.table.spans {
		if s.width == 0 || x < s.x-tableGap/2 || x > s.x+s.width+tableGap/2 || i >= len(r.data.Cells) {
			continue
		}
		c := r.data.Cells[i]
		if c.Hint != "" {
			return c.Hint
		}
		if r.cut[i] {
			return c.Text
		}
	}
	return ""
}

// CreateRenderer implements fyne.Widget.
func (r *tableRow) CreateRenderer() fyne.WidgetRenderer {
	l := &tableLine{of: r, ground: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil), rule: canvas.NewRectangle(nil)}
	l.objects = []fyne.CanvasObject{l.ground, l.bar, l.rule}
	for range r.table.columns {
		t := canvas.NewText("", nil)
		l.cells = append(l.cells, t)
		l.objects = append(l.objects, t)
	}
	l.Refresh()
	return l
}

// tableLine holds the canvas objects of a row.
type tableLine struct {
	of                *tableRow
	ground, bar, rule *canvas.Rectangle
	cells             []*canvas.Text
	objects           []fyne.CanvasObject
}

func (l *tableLine) Destroy()                     {}
func (l *tableLine) Objects() []fyne.CanvasObject { return l.objects }
func (l *tableLine) MinSize() fyne.Size           { return fyne.NewSize(0, look.RowHeight) }

// Refresh takes texts and colours over from the row.
func (l *tableLine) Refresh() {
	r := l.of
	th, v := r.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	l.ground.StrokeWidth = 0
	for _, o := range []*canvas.Rectangle{l.ground, l.bar, l.rule} {
		o.FillColor = color.Transparent
	}
	switch {
	case r.look.selected:
		l.ground.FillColor, l.bar.FillColor = th.Color(theme.ColorNameSelection, v), th.Color(theme.ColorNamePrimary, v)
	case r.look.hovered:
		l.ground.FillColor = th.Color(theme.ColorNameHover, v)
	}
	if r.look.focused {
		l.ground.StrokeColor, l.ground.StrokeWidth = th.Color(theme.ColorNameFocus, v), 1
	}
	if !r.look.last {
		l.rule.FillColor = th.Color(ruleColor, v)
	}
	for i, c := range r.table.columns {
		cell := cellOf(r.data, i)
		t := l.cells[i]
		t.TextSize, t.TextStyle, t.Alignment = th.Size(columnSize(c)), fyne.TextStyle{Monospace: c.Mono}, c.Align
		ink := cell.Color
		if ink == "" {
			ink = look.ColorMuted
		}
		t.Color = th.Color(ink, v)
	}
	l.Layout(r.Size())
	canvas.Refresh(r)
}

func cellOf(r TableRow, i int) Cell {
	if i >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[i]
}

func columnSize(c TableColumn) fyne.ThemeSizeName {
	if c.Size == "" {
		return theme.SizeNameCaptionText
	}
	return c.Size
}

// Layout places the cells in their columns.
func (l *tableLine) Layout(size fyne.Size) {
	l.ground.Resize(size)
	l.bar.Resize(fyne.NewSize(3, size.Height))
	l.rule.Resize(fyne.NewSize(size.Width, 1))
	l.rule.Move(fyne.NewPos(0, size.Height-1))
	for i, s := range l.of.table.spans {
		t := l.cells[i]
		if s.width == 0 {
			t.Hide()
			continue
		}
		t.Show()
		t.Text, l.of.cut[i] = fit(cellOf(l.of.data, i), s.width, t)
		t.Resize(fyne.NewSize(s.width, size.Height))
		t.Move(fyne.NewPos(s.x, 0))
	}
}

// fit returns what of a cell is written in a width, and whether that is less than all.
func fit(c Cell, width float32, t *canvas.Text) (text string, cut bool) {
	if fyne.MeasureText(c.Text, t.TextSize, t.TextStyle).Width <= width {
		return c.Text, false
	}
	if c.Short != "" {
		return Ellipsis(c.Short, width, t.TextSize, t.TextStyle), true
	}
	return Ellipsis(c.Text, width, t.TextSize, t.TextStyle), true
}
