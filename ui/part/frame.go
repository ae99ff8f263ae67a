package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Frame puts objects at the edges and one in the middle, edge to edge: Fyne's border layout
// leaves a gap between them. Any of them may be nil.
func Frame(top, bottom, left, right, middle fyne.CanvasObject) *fyne.Container {
	f := frame{top, bottom, left, right, middle}
	c := container.New(f)
	for _, o := range []fyne.CanvasObject{middle, top, bottom, left, right} {
		if o != nil {
			c.Objects = append(c.Objects, o)
		}
	}
	return c
}

// AtEnd puts an object at the right end of its place, at its own size.
func AtEnd(o fyne.CanvasObject) *fyne.Container { return Frame(nil, nil, nil, o, nil) }

type frame struct{ top, bottom, left, right, middle fyne.CanvasObject }

func needs(o fyne.CanvasObject) fyne.Size {
	if o == nil || !o.Visible() {
		return fyne.Size{}
	}
	return o.MinSize()
}

func (f frame) MinSize([]fyne.CanvasObject) fyne.Size {
	t, b, l, r, m := needs(f.top), needs(f.bottom), needs(f.left), needs(f.right), needs(f.middle)
	return fyne.NewSize(
		max(t.Width, b.Width, l.Width+m.Width+r.Width),
		t.Height+b.Height+max(l.Height, m.Height, r.Height))
}

func (f frame) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	t, b, l, r := needs(f.top), needs(f.bottom), needs(f.left), needs(f.right)
	height := max(0, s.Height-t.Height-b.Height)
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		if o != nil {
			o.Resize(fyne.NewSize(max(0, w), max(0, h)))
			o.Move(fyne.NewPos(x, y))
		}
	}
	put(f.top, 0, 0, s.Width, t.Height)
	put(f.bottom, 0, s.Height-b.Height, s.Width, b.Height)
	put(f.left, 0, t.Height, l.Width, height)
	put(f.right, s.Width-r.Width, t.Height, r.Width, height)
	put(f.middle, l.Width, t.Height, s.Width-l.Width-r.Width, height)
}

// Split puts two objects side by side with a line between them that can be moved, with the
// pointer and, when it has the focus, with the arrow keys.
type Split struct {
	widget.BaseWidget
	left, right fyne.CanvasObject
	width       float32 // wanted of the left side
	moved       func(width float32)
	line        *divider
}

// Least widths of the two sides.
const splitLeft, splitRight float32 = 240, 440

// NewSplit returns a split whose left side is width wide. Moved is told the new width.
func NewSplit(left, right fyne.CanvasObject, width float32, moved func(float32)) *Split {
	s := &Split{left: left, right: right, width: width, moved: moved}
	s.line = newDivider(s)
	s.ExtendBaseWidget(s)
	return s
}

func (s *Split) move(by float32) {
	s.width = s.clamp(s.width + by)
	s.Refresh()
	s.moved(s.width)
}

func (s *Split) clamp(w float32) float32 {
	return max(splitLeft, min(w, s.Size().Width-splitRight))
}

// CreateRenderer implements fyne.Widget.
func (s *Split) CreateRenderer() fyne.WidgetRenderer { return splitRenderer{s} }

type splitRenderer struct{ of *Split }

// grip is how wide the place is where the line can be taken.
const grip float32 = 7

func (r splitRenderer) Destroy() {}
func (r splitRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.of.left, r.of.right, r.of.line}
}
func (r splitRenderer) Refresh() { r.Layout(r.of.Size()) }

func (r splitRenderer) MinSize() fyne.Size {
	return fyne.NewSize(splitLeft+splitRight, max(r.of.left.MinSize().Height, r.of.right.MinSize().Height))
}

func (r splitRenderer) Layout(s fyne.Size) {
	w := r.of.clamp(r.of.width)
	r.of.left.Resize(fyne.NewSize(w, s.Height))
	r.of.right.Resize(fyne.NewSize(s.Width-w-1, s.Height))
	r.of.right.Move(fyne.NewPos(w+1, 0))
	r.of.line.Resize(fyne.NewSize(grip, s.Height))
	r.of.line.Move(fyne.NewPos(w-grip/2, 0))
}

// divider is the line of a Split.
type divider struct {
	widget.BaseWidget
	split *Split
	rule  *Box
}

func newDivider(s *Split) *divider {
	d := &divider{split: s, rule: NewRule()}
	d.ExtendBaseWidget(d)
	return d
}

func (d *divider) Cursor() desktop.Cursor    { return desktop.HResizeCursor }
func (d *divider) Dragged(e *fyne.DragEvent) { d.split.move(e.Dragged.DX) }
func (d *divider) DragEnd()                  {}
func (d *divider) FocusGained()              { d.rule.SetFill(theme.ColorNamePrimary) }
func (d *divider) FocusLost()                { d.rule.SetFill(ruleColor) }
func (d *divider) TypedRune(rune)            {}

func (d *divider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		d.split.move(-16)
	case fyne.KeyRight:
		d.split.move(16)
	}
}

func (d *divider) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(thinLine{}, d.rule))
}

// thinLine puts one pixel in the middle of the grip.
type thinLine struct{}

func (thinLine) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(grip, 1) }

func (thinLine) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Resize(fyne.NewSize(1, s.Height))
	o[0].Move(fyne.NewPos(grip/2, 0))
}
