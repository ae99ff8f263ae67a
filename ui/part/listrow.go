package part

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// listRow draws one row of a List, now this one and now that.
type listRow struct {
	widget.BaseWidget
	list    *List
	index   int // in the source; -1 when nothing has been bound
	data    ListRow
	current bool
	hovered bool
}

func newListRow(l *List) *listRow {
	r := &listRow{list: l, index: -1}
	r.ExtendBaseWidget(r)
	return r
}

// show binds the row to row i of the source unless it is bound to it already.
func (r *listRow) show(i int, width float32) {
	size, bound, current := fyne.NewSize(width, ListRowHeight), r.index == i, i == r.list.at
	r.Move(fyne.NewPos(0, float32(i)*ListRowHeight))
	if bound && r.current == current && r.Size() == size {
		return
	}
	if !bound {
		r.index, r.data, r.hovered = i, r.list.source.Row(i), false
	}
	r.current = current
	r.BaseWidget.Resize(size)
	r.Refresh()
}

// ProbeRow describes the row to tests that look at the running window.
func (r *listRow) ProbeRow() string {
	remark := r.data.Tail
	if len(r.data.Remarks) > 0 {
		remark = r.data.Remarks[0] + remark
	}
	return strings.Join([]string{r.data.ID, r.data.Name, remark, r.data.End + r.data.Pill}, "|")
}

// Tapped implements fyne.Tappable.
func (r *listRow) Tapped(*fyne.PointEvent) { r.list.choose(r.index) }

// TappedSecondary implements fyne.SecondaryTappable.
func (r *listRow) TappedSecondary(e *fyne.PointEvent) { r.list.menu(r.index, e.AbsolutePosition) }

// Cursor implements desktop.Cursorable.
func (r *listRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn implements desktop.Hoverable.
func (r *listRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (r *listRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *listRow) MouseOut() { r.hovered = false; r.Refresh() }

// CreateRenderer implements fyne.Widget.
func (r *listRow) CreateRenderer() fyne.WidgetRenderer {
	l := &listLine{of: r, ground: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil), badge: canvas.NewRectangle(nil),
		pill: canvas.NewRectangle(nil), initial: canvas.NewText("", nil), name: canvas.NewText("", nil),
		remark: canvas.NewText("", nil), end: canvas.NewText("", nil)}
	l.initial.Alignment, l.initial.TextStyle.Bold, l.name.TextStyle.Bold = fyne.TextAlignCenter, true, true
	l.badge.CornerRadius, l.pill.CornerRadius = listBadge/4, look.RadiusPill
	l.objects = []fyne.CanvasObject{l.ground, l.bar, l.badge, l.initial, l.name, l.remark, l.pill, l.end}
	l.Refresh()
	return l
}

// Measures of a row, from the left edge.
const (
	listEdge  float32 = 14
	listBadge float32 = 24
	listText  float32 = listEdge + listBadge + 8
	listRight float32 = 12
	listGap   float32 = 10
)

// listLine holds the canvas objects of a row and lays them out.
type listLine struct {
	of                         *listRow
	ground, bar, badge, pill   *canvas.Rectangle
	initial, name, remark, end *canvas.Text
	objects                    []fyne.CanvasObject
}

func (l *listLine) Destroy()                     {}
func (l *listLine) Objects() []fyne.CanvasObject { return l.objects }
func (l *listLine) MinSize() fyne.Size           { return fyne.NewSize(0, ListRowHeight) }

// Refresh takes texts and colours over from the row.
func (l *listLine) Refresh() {
	r, d := l.of, l.of.data
	th, v := r.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	l.ground.FillColor, l.bar.FillColor = color.Transparent, color.Transparent
	switch {
	case r.current:
		l.ground.FillColor = th.Color(theme.ColorNameSelection, v)
	case r.hovered:
		l.ground.FillColor = th.Color(theme.ColorNameHover, v)
	}
	if d.Marked {
		l.bar.FillColor = th.Color(theme.ColorNamePrimary, v)
	}
	badge := d.Color
	if badge == "" {
		badge = theme.ColorNamePrimary
	}
	small := th.Size(theme.SizeNameCaptionText)
	l.badge.FillColor = th.Color(badge, v)
	l.initial.Text, l.initial.TextSize, l.initial.Color = d.Badge, small, th.Color(theme.ColorNameForegroundOnPrimary, v)
	l.name.TextSize, l.name.Color = th.Size(theme.SizeNameText), th.Color(theme.ColorNameForeground, v)
	l.remark.TextSize, l.remark.Color = small, th.Color(look.ColorMuted, v)
	l.end.TextSize, l.end.Color, l.end.Text = small, th.Color(look.ColorMuted, v), d.End
	if d.Pill != "" {
		l.end.Text, l.end.Color = d.Pill, th.Color(theme.ColorNameError, v)
		// Opaque, or its edge would be mixed with black. The design's own red is too faint on the selection.
		l.pill.FillColor = th.Color(look.ColorSurface, v)
		l.pill.StrokeColor, l.pill.StrokeWidth = th.Color(look.ColorLine, v), 1
		l.pill.Show()
	} else {
		l.pill.Hide()
	}
	l.Layout(r.Size())
	canvas.Refresh(r)
}

// Layout places everything from both ends; the two lines take what is left between.
func (l *listLine) Layout(size fyne.Size) {
	l.ground.Resize(size)
	l.bar.Resize(fyne.NewSize(3, size.Height))
	l.badge.Resize(fyne.NewSquareSize(listBadge))
	l.badge.Move(fyne.NewPos(listEdge, (size.Height-listBadge)/2))
	l.initial.Resize(l.badge.Size())
	l.initial.Move(l.badge.Position())
	room := max(0, l.layoutEnd(size)-listText)
	l.name.Text = Ellipsis(l.of.data.Name, room, l.name.TextSize, l.name.TextStyle)
	l.remark.Text = l.remarkIn(room)
	high, low := l.name.MinSize().Height, l.remark.MinSize().Height
	top := (size.Height - high - low + listOverlap) / 2
	l.name.Resize(fyne.NewSize(room, high))
	l.name.Move(fyne.NewPos(listText, top))
	l.remark.Resize(fyne.NewSize(room, low))
	l.remark.Move(fyne.NewPos(listText, top+high-listOverlap))
}

// listOverlap is how far the two lines move together: the room for descenders and ascenders of
// both is more than what two lines of a row need.
const listOverlap float32 = 2

// layoutEnd places what stands at the right end and returns where the two lines must end.
func (l *listLine) layoutEnd(size fyne.Size) float32 {
	if l.end.Text == "" {
		return size.Width - listRight
	}
	m, right := l.end.MinSize(), size.Width-listRight
	if l.of.data.Pill != "" {
		h := m.Height + 2
		l.pill.Resize(fyne.NewSize(m.Width+10, h))
		l.pill.Move(fyne.NewPos(right-m.Width-10, (size.Height-h)/2))
		right -= 5
	}
	l.end.Resize(fyne.NewSize(m.Width, size.Height))
	l.end.Move(fyne.NewPos(right-m.Width, 0))
	return right - m.Width - listGap
}

// remarkIn returns as much of the remark as there is room for, with its tail.
func (l *listLine) remarkIn(room float32) string {
	d := l.of.data
	width := func(s string) float32 { return fyne.MeasureText(s, l.remark.TextSize, l.remark.TextStyle).Width }
	for _, remark := range d.Remarks {
		if width(remark+d.Tail) <= room {
			return remark + d.Tail
		}
	}
	if len(d.Remarks) == 0 {
		return Ellipsis(d.Tail, room, l.remark.TextSize, l.remark.TextStyle)
	}
	shortest := d.Remarks[len(d.Remarks)-1]
	if left := room - width(d.Tail); left >= listCut {
		return Ellipsis(shortest, left, l.remark.TextSize, l.remark.TextStyle) + d.Tail
	}
	return Ellipsis(shortest+d.Tail, room, l.remark.TextSize, l.remark.TextStyle)
}

// listCut is the width of a remark that is worth being read.
const listCut float32 = 60
