package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// Options are a few choices below each other, of which one holds. The arrow keys choose; all of
// them together are one stop of the tab key.
type Options struct {
	widget.BaseWidget
	// Keys is given the keys that choosing has no use for.
	Keys Keys
	// OnChoose is told which one the person chose, counted from 0.
	OnChoose func(i int)

	texts   []string
	chosen  int
	focused bool
}

// optionHeight is the height of one option.
const optionHeight float32 = 24

// NewOptions returns options of which the first is chosen.
func NewOptions(texts ...string) *Options {
	o := &Options{texts: texts}
	o.ExtendBaseWidget(o)
	return o
}

// Choose makes option i the one that holds, without a call.
func (o *Options) Choose(i int) {
	if o.chosen != i {
		o.chosen = i
		o.Refresh()
	}
}

func (o *Options) choose(i int) {
	if i < 0 || i >= len(o.texts) || i == o.chosen {
		return
	}
	o.Choose(i)
	if o.OnChoose != nil {
		o.OnChoose(i)
	}
}

// Tapped implements fyne.Tappable.
func (o *Options) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Focus(o)
	}
	o.choose(int(e.Position.Y / optionHeight))
}

// Cursor implements desktop.Cursorable.
func (o *Options) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements fyne.Focusable.
func (o *Options) FocusGained() { o.focused = true; o.Refresh() }

// FocusLost implements fyne.Focusable.
func (o *Options) FocusLost() { o.focused = false; o.Refresh() }

// TypedRune implements fyne.Focusable.
func (o *Options) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (o *Options) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp, fyne.KeyLeft:
		o.choose(o.chosen - 1)
	case fyne.KeyDown, fyne.KeyRight:
		o.choose(o.chosen + 1)
	default:
		if o.Keys != nil {
			o.Keys(e)
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (o *Options) CreateRenderer() fyne.WidgetRenderer {
	r := &optionsRenderer{of: o, ring: canvas.NewRectangle(nil), mark: canvas.NewCircle(nil)}
	for range o.texts {
		r.circles = append(r.circles, canvas.NewCircle(nil))
		r.lines = append(r.lines, canvas.NewText("", nil))
	}
	r.Refresh()
	return r
}

type optionsRenderer struct {
	of      *Options
	ring    *canvas.Rectangle // of the focus
	mark    *canvas.Circle    // inside the circle of the one that holds
	circles []*canvas.Circle
	lines   []*canvas.Text
}

const optionCircle, optionMark, optionText float32 = 14, 6, 22

func (r *optionsRenderer) Destroy() {}

func (r *optionsRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.ring}
	for i := range r.lines {
		all = append(all, r.circles[i], r.lines[i])
	}
	return append(all, r.mark)
}

func (r *optionsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(optionText+60, float32(len(r.lines))*optionHeight)
}

func (r *optionsRenderer) Layout(s fyne.Size) {
	r.ring.Resize(s.AddWidthHeight(8, 4))
	r.ring.Move(fyne.NewPos(-4, -2))
	for i, line := range r.lines {
		y := float32(i) * optionHeight
		r.circles[i].Resize(fyne.NewSquareSize(optionCircle))
		r.circles[i].Move(fyne.NewPos(1, y+(optionHeight-optionCircle)/2))
		line.Text = Ellipsis(r.of.texts[i], s.Width-optionText, line.TextSize, line.TextStyle)
		line.Resize(fyne.NewSize(s.Width-optionText, optionHeight))
		line.Move(fyne.NewPos(optionText, y))
	}
	r.mark.Resize(fyne.NewSquareSize(optionMark))
	r.mark.Move(fyne.NewPos(1+(optionCircle-optionMark)/2, float32(r.of.chosen)*optionHeight+(optionHeight-optionMark)/2))
}

func (r *optionsRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.ring.FillColor, r.ring.StrokeWidth, r.ring.CornerRadius = nil, 0, th.Size(theme.SizeNameInputRadius)
	if r.of.focused {
		r.ring.StrokeColor, r.ring.StrokeWidth = th.Color(theme.ColorNameFocus, v), 2
	}
	for i, line := range r.lines {
		line.Color, line.TextSize = th.Color(theme.ColorNameForeground, v), th.Size(theme.SizeNameText)
		r.circles[i].FillColor, r.circles[i].StrokeWidth = th.Color(look.ColorSurface, v), 1.5
		r.circles[i].StrokeColor = th.Color(look.ColorMuted, v)
		if i == r.of.chosen {
			r.circles[i].StrokeColor = th.Color(theme.ColorNamePrimary, v)
		}
	}
	r.mark.FillColor = th.Color(theme.ColorNamePrimary, v)
	r.Layout(r.of.Size())
	canvas.Refresh(r.of)
}
