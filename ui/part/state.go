package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// Dot is the small disc in the colour of a state.
type Dot struct {
	widget.BaseWidget
	col fyne.ThemeColorName
}

// dotSide is the diameter of a dot.
const dotSide float32 = 9

// NewDot returns a dot.
func NewDot(col fyne.ThemeColorName) *Dot {
	d := &Dot{col: col}
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer implements fyne.Widget.
func (d *Dot) CreateRenderer() fyne.WidgetRenderer {
	r := &dotRenderer{of: d, disc: canvas.NewCircle(nil)}
	r.Refresh()
	return r
}

type dotRenderer struct {
	of   *Dot
	disc *canvas.Circle
}

func (r *dotRenderer) Destroy()                     {}
func (r *dotRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.disc} }
func (r *dotRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(dotSide) }

func (r *dotRenderer) Layout(s fyne.Size) {
	r.disc.Resize(fyne.NewSquareSize(dotSide))
	r.disc.Move(fyne.NewPos((s.Width-dotSide)/2, (s.Height-dotSide)/2+0.5))
}

func (r *dotRenderer) Refresh() {
	r.disc.FillColor = r.of.Theme().Color(r.of.col, fyne.CurrentApp().Settings().ThemeVariant())
	r.disc.Refresh()
}

// Pill says a state in words beside its dot. The words have the colour of text: those of
// states are too faint for it.
func Pill(text string, col fyne.ThemeColorName) fyne.CanvasObject {
	words := NewText(text, Style{Size: theme.SizeNameCaptionText, Bold: true})
	return container.NewStack(NewBox(look.ColorPill, "", look.RadiusPill), Pad(1, 10, Row(6, Middle(NewDot(col)), words)))
}

// Meter is a thin bar that shows how much of something is left.
type Meter struct {
	widget.BaseWidget
	share float32
}

// NewMeter returns an empty meter.
func NewMeter() *Meter {
	m := &Meter{}
	m.ExtendBaseWidget(m)
	return m
}

// Set fills the meter to a share between 0 and 1.
func (m *Meter) Set(share float64) {
	m.share = float32(min(max(share, 0), 1))
	m.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	r := &meterRenderer{of: m, ground: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil)}
	r.ground.CornerRadius, r.bar.CornerRadius = meterHeight/2, meterHeight/2
	r.Refresh()
	return r
}

const meterHeight = 4

type meterRenderer struct {
	of          *Meter
	ground, bar *canvas.Rectangle
}

func (r *meterRenderer) Destroy()                     {}
func (r *meterRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.bar} }
func (r *meterRenderer) MinSize() fyne.Size           { return fyne.NewSize(40, meterHeight) }

func (r *meterRenderer) Layout(s fyne.Size) {
	r.ground.Resize(fyne.NewSize(s.Width, meterHeight))
	r.bar.Resize(fyne.NewSize(s.Width*r.of.share, meterHeight))
}

func (r *meterRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.ground.FillColor = th.Color(look.ColorRaised, v)
	r.bar.FillColor = th.Color(theme.ColorNamePrimary, v)
	r.Layout(r.of.Size())
	r.ground.Refresh()
	r.bar.Refresh()
}
