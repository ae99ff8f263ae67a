package tree

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/ui/part"
	look "canopy/ui/theme"
)

// row draws one line of the tree, now this one and now that.
type row struct {
	widget.BaseWidget
	tree     *Tree
	index    int // in the source; -1 when nothing has been bound
	data     Row
	selected bool
	focused  bool
	hovered  bool
}

func newRow(t *Tree) *row {
	r := &row{tree: t, index: -1}
	r.ExtendBaseWidget(r)
	return r
}

// show binds the row to line i unless it is bound to it already.
func (r *row) show(i int, width float32) {
	size := fyne.NewSize(width, look.RowHeight)
	data, bound := r.data, r.index == i
	if !bound {
		data = r.tree.source.Row(i)
		r.hovered = false
	}
	selected := data.ID == r.tree.selected
	focused := selected && r.tree.focused
	r.Move(fyne.NewPos(0, float32(i)*look.RowHeight))
	if bound && r.selected == selected && r.focused == focused && r.Size() == size {
		return
	}
	r.index, r.data, r.selected, r.focused = i, data, selected, focused
	r.BaseWidget.Resize(size)
	r.Refresh()
}

// ProbeRow describes the line to tests that look at the running window.
func (r *row) ProbeRow() string {
	return strings.Join([]string{r.data.ID, r.data.Name, r.data.Note, r.data.Tag, r.data.Count, fmt.Sprintf("depth=%d open=%t expandable=%t tick=%d", r.data.Depth, r.data.Open, r.data.Expandable, r.data.Tick)}, "|")
}

// Tapped implements fyne.Tappable.
func (r *row) Tapped(e *fyne.PointEvent) {
	if r.data.Expandable && e.Position.X < caretX(r.data.Depth)+caretSide {
		r.tree.toggle(r.data, !r.data.Open)
		return
	}
	if do := r.actionAt(e.Position.X); do != nil {
		do()
		return
	}
	r.tree.tapped(r.index)
}

// TappedSecondary implements fyne.SecondaryTappable.
func (r *row) TappedSecondary(e *fyne.PointEvent) { r.tree.menu(r.index, e.AbsolutePosition) }

// MouseIn implements desktop.Hoverable.
func (r *row) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *row) MouseOut() { r.hovered = false; r.Refresh() }

// actionAt returns what the link at this place does; links stand at the right end, the first
// leftmost.
func (r *row) actionAt(x float32) func() {
	right := r.Size().Width - edge
	for i := len(r.data.Actions) - 1; i >= 0; i-- {
		a := r.data.Actions[i]
		w := fyne.MeasureText(a.Text, theme.Size(theme.SizeNameText), fyne.TextStyle{}).Width
		if x >= right-w-gap/2 && x <= right+gap/2 {
			return a.Do
		}
		right -= w + gap
	}
	return nil
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	l := &line{of: r}
	l.build()
	return l
}

// Measures of a line, from the left edge.
const (
	indent    float32 = 20
	caretSide float32 = 16
	badgeSide float32 = 24
	dotSide   float32 = 9
	edge      float32 = 12
	gap       float32 = 8
)

func caretX(depth int) float32 { return 8 + float32(depth)*indent }

// line holds the canvas objects of a row and lays them out.
type line struct {
	of                      *row
	ground, bar, badge, tag *canvas.Rectangle
	dot                     *canvas.Circle
	caret, icon             *canvas.Image
	initial, name           *canvas.Text
	note, word, count       *canvas.Text
	actions                 []*canvas.Text
	objects                 []fyne.CanvasObject
}

func (l *line) build() {
	l.ground, l.bar = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	l.badge, l.tag = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	l.dot = canvas.NewCircle(nil)
	l.caret, l.icon = canvas.NewImageFromResource(nil), canvas.NewImageFromResource(nil)
	l.initial, l.name, l.note = canvas.NewText("", nil), canvas.NewText("", nil), canvas.NewText("", nil)
	l.word, l.count = canvas.NewText("", nil), canvas.NewText("", nil)
	l.initial.Alignment = fyne.TextAlignCenter
	l.initial.TextStyle.Bold = true
	l.badge.CornerRadius, l.tag.CornerRadius = badgeSide/4, look.RadiusPill
	l.objects = []fyne.CanvasObject{l.ground, l.bar, l.caret, l.badge, l.initial, l.dot, l.icon, l.name, l.note, l.tag, l.word, l.count}
	l.Refresh()
}

func (l *line) Destroy() {}
func (l *line) Objects() []fyne.CanvasObject {
	return append(l.objects[:len(l.objects):len(l.objects)], asObjects(l.actions)...)
}
func (l *line) MinSize() fyne.Size { return fyne.NewSize(0, look.RowHeight) }

func asObjects(texts []*canvas.Text) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}

// Refresh takes texts and colours over from the row.
func (l *line) Refresh() {
	th, v := l.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	d, color := l.of.data, th.Color
	l.ground.FillColor, l.ground.StrokeWidth, l.bar.FillColor = nil, 0, nil
	l.tag.FillColor = color(look.ColorSurface, v) // opaque, or its edge would be mixed with black
	switch {
	case l.of.selected:
		l.ground.FillColor, l.bar.FillColor = color(theme.ColorNameSelection, v), color(theme.ColorNamePrimary, v)
		l.tag.FillColor = l.ground.FillColor
	case l.of.hovered:
		l.ground.FillColor = color(theme.ColorNameHover, v)
	}
	if l.of.focused {
		l.ground.StrokeColor, l.ground.StrokeWidth = color(theme.ColorNameFocus, v), 1
	}
	badge := d.BadgeColor
	if badge == "" {
		badge = theme.ColorNamePrimary
	}
	l.badge.FillColor, l.initial.Color = color(badge, v), color(theme.ColorNameForegroundOnPrimary, v)
	l.tag.StrokeColor, l.tag.StrokeWidth = color(look.ColorLine, v), 1
	body, small := th.Size(theme.SizeNameText), th.Size(theme.SizeNameCaptionText)
	nameColor := d.Color
	if nameColor == "" {
		nameColor = theme.ColorNameForeground
	}
	l.name.TextStyle.Bold, l.name.TextSize, l.name.Color = d.Bold, body, color(nameColor, v)
	l.initial.Text, l.initial.TextSize = d.Badge, small
	for _, t := range []*canvas.Text{l.note, l.word, l.count} {
		t.TextSize, t.Color = small, color(look.ColorMuted, v)
	}
	l.note.Text, l.word.Text, l.count.Text = d.Note, d.Tag, d.Count
	l.setImages(d)
	if d.Dot != "" {
		l.dot.FillColor = color(d.Dot, v)
	}
	l.actions = l.actions[:0]
	for _, a := range d.Actions {
		t := canvas.NewText(a.Text, color(theme.ColorNamePrimary, v))
		t.TextSize = body
		l.actions = append(l.actions, t)
	}
	l.Layout(l.of.Size())
	canvas.Refresh(l.of)
}

func (l *line) setImages(d Row) {
	switch {
	case d.Tick != NoTick:
		l.caret.Resource = look.Icon(tickIcon(d.Tick))
	case !d.Expandable:
		l.caret.Resource = nil
	case d.Open:
		l.caret.Resource = look.Icon("caret-down", look.ColorMuted)
	default:
		l.caret.Resource = look.Icon("caret-right", look.ColorMuted)
	}
	l.icon.Resource = nil
	if d.Icon != "" {
		l.icon.Resource = look.Icon(d.Icon, look.ColorMuted)
	}
	show(l.caret, d.Expandable || d.Tick != NoTick)
	show(l.icon, d.Icon != "")
	show(l.dot, d.Dot != "")
	show(l.badge, d.Badge != "")
	show(l.initial, d.Badge != "")
	l.caret.Refresh()
	l.icon.Refresh()
}

func tickIcon(t Tick) (name string, col fyne.ThemeColorName) {
	switch t {
	case Ticked:
		return "box-ticked", theme.ColorNamePrimary
	case Partly:
		return "box-partly", theme.ColorNameForeground
	default:
		return "box", look.ColorMuted
	}
}

func show(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// Layout places everything from both ends; the name takes what is left between.
func (l *line) Layout(size fyne.Size) {
	d := l.of.data
	l.ground.Resize(size)
	l.bar.Resize(fyne.NewSize(3, size.Height))
	place(l.caret, caretX(d.Depth), caretSide, size.Height)
	x := caretX(d.Depth) + caretSide + 4
	switch {
	case d.Badge != "":
		place(l.badge, x, badgeSide, size.Height)
		l.initial.Resize(l.badge.Size())
		l.initial.Move(l.badge.Position())
		x += badgeSide + gap
	case d.Dot != "":
		place(l.dot, x+1, dotSide, size.Height)
		x += dotSide + gap
	case d.Icon != "":
		place(l.icon, x-2, 16, size.Height)
		x += 16 + gap/2
	}
	right := l.layoutRight(size, x+nameMin)
	l.name.Text = part.Ellipsis(d.Name, max(0, right-x), l.name.TextSize, l.name.TextStyle)
	l.name.Resize(fyne.NewSize(max(0, right-x), size.Height))
	l.name.Move(fyne.NewPos(x, 0))
}

// nameMin is the width that a name keeps before the things at the right are dropped.
const nameMin float32 = 96

// layoutRight places what stands at the right end and returns where the name must end.
func (l *line) layoutRight(size fyne.Size, least float32) float32 {
	right := size.Width - edge
	for i := len(l.actions) - 1; i >= 0; i-- {
		right = putLeftOf(l.actions[i], right, size.Height) - gap
	}
	show(l.count, l.count.Text != "")
	if l.count.Text != "" {
		right = putLeftOf(l.count, right, size.Height) - gap
	}
	wordWidth := l.word.MinSize().Width
	tagged := l.word.Text != "" && right-wordWidth-2*5 > least
	show(l.word, tagged)
	show(l.tag, tagged)
	if tagged {
		left := putLeftOf(l.word, right-5, size.Height)
		h := l.word.MinSize().Height + 2
		l.tag.Resize(fyne.NewSize(wordWidth+10, h))
		l.tag.Move(fyne.NewPos(left-5, (size.Height-h)/2))
		right = left - 5 - gap
	}
	l.note.Text = l.of.data.Note
	if right-l.note.MinSize().Width <= least {
		l.note.Text = l.of.data.Short
	}
	show(l.note, l.note.Text != "")
	if l.note.Text != "" {
		right = putLeftOf(l.note, right, size.Height) - gap
	}
	return right
}

func putLeftOf(t *canvas.Text, right, height float32) (left float32) {
	m := t.MinSize()
	t.Resize(fyne.NewSize(m.Width, height))
	t.Move(fyne.NewPos(right-m.Width, 0))
	return right - m.Width
}

func place(o fyne.CanvasObject, x, side, height float32) {
	o.Resize(fyne.NewSquareSize(side))
	o.Move(fyne.NewPos(x, (height-side)/2))
}
