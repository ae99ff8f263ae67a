package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	look "canopy/ui/theme"
)

// Chip is a small button that is on or off, to choose what is shown of a list. Whether it turns
// itself off, or another of its row does, is for its owner to say.
type Chip struct {
	press
	on bool
}

// NewChip returns a chip that is off.
func NewChip(text string, tapped func()) *Chip {
	c := &Chip{}
	c.text, c.tapped = text, tapped
	c.ExtendBaseWidget(c)
	return c
}

// On reports whether it is on.
func (c *Chip) On() bool { return c.on }

// SetOn turns it on or off, without a call.
func (c *Chip) SetOn(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// ProbeName tells tests that look at the running window what it is, and whether it is on.
func (c *Chip) ProbeName() string {
	if c.on {
		return "chip on: " + c.text
	}
	return "chip off: " + c.text
}

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{of: c, ground: canvas.NewRectangle(nil), word: canvas.NewText("", nil)}
	r.word.Alignment = fyne.TextAlignCenter
	r.Refresh()
	return r
}

type chipRenderer struct {
	of     *Chip
	ground *canvas.Rectangle
	word   *canvas.Text
}

const chipPadX, chipPadY = 9, 3

func (r *chipRenderer) Destroy()                     {}
func (r *chipRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.word} }
func (r *chipRenderer) MinSize() fyne.Size {
	return r.word.MinSize().Add(fyne.NewSize(2*chipPadX, 2*chipPadY))
}

func (r *chipRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	r.word.Resize(s)
}

func (r *chipRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	fill, edge, ink := look.ColorSurface, look.ColorLine, look.ColorMuted
	switch {
	case r.of.Disabled():
		ink = theme.ColorNameDisabled
	case r.of.on:
		fill, edge, ink = theme.ColorNameSelection, theme.ColorNamePrimary, theme.ColorNameForeground
	case r.of.hovered:
		fill = look.ColorRaised
	}
	r.word.Text, r.word.TextSize, r.word.Color = r.of.text, th.Size(theme.SizeNameCaptionText), th.Color(ink, v)
	r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth = th.Color(fill, v), th.Color(edge, v), 1
	if r.of.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = th.Color(theme.ColorNameFocus, v), 2
	}
	r.ground.CornerRadius = th.Size(theme.SizeNameButtonRadius)
	r.ground.Refresh()
	r.word.Refresh()
}
