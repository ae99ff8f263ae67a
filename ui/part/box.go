package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// Box is a rectangle in colours of the theme, to lie behind content.
type Box struct {
	widget.BaseWidget
	fill, stroke fyne.ThemeColorName
	radius       float32
	min          fyne.Size
}

// NewBox returns a box. An empty colour name draws nothing.
func NewBox(fill, stroke fyne.ThemeColorName, radius float32) *Box {
	b := &Box{fill: fill, stroke: stroke, radius: radius}
	b.ExtendBaseWidget(b)
	return b
}

// ruleColor is the colour of the lines between things.
const ruleColor = look.ColorLine

// NewRule returns a line, one pixel thick, as wide or high as its place.
func NewRule() *Box {
	b := NewBox(ruleColor, "", 0)
	b.min = fyne.NewSize(1, 1)
	return b
}

// SetFill changes the colour of the box by name.
func (b *Box) SetFill(c fyne.ThemeColorName) {
	if b.fill != c {
		b.fill = c
		b.Refresh()
	}
}

// SetStroke changes the colour of the edge by name.
func (b *Box) SetStroke(c fyne.ThemeColorName) {
	if b.stroke != c {
		b.stroke = c
		b.Refresh()
	}
}

// SetMin sets the smallest size.
func (b *Box) SetMin(s fyne.Size) *Box {
	b.min = s
	return b
}

// MinSize implements fyne.CanvasObject.
func (b *Box) MinSize() fyne.Size { return b.min }

// CreateRenderer implements fyne.Widget.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	r := &boxRenderer{of: b, rect: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type boxRenderer struct {
	of   *Box
	rect *canvas.Rectangle
}

func (r *boxRenderer) Destroy()                     {}
func (r *boxRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *boxRenderer) MinSize() fyne.Size           { return r.of.min }
func (r *boxRenderer) Layout(s fyne.Size)           { r.rect.Resize(s) }

func (r *boxRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.rect.FillColor, r.rect.StrokeColor, r.rect.StrokeWidth = nil, nil, 0
	if r.of.fill != "" {
		r.rect.FillColor = th.Color(r.of.fill, v)
	}
	if r.of.stroke != "" {
		r.rect.StrokeColor, r.rect.StrokeWidth = th.Color(r.of.stroke, v), 1
	}
	r.rect.CornerRadius = r.of.radius
	r.rect.Refresh()
}

// Flush undoes the space that Fyne's own texts keep around themselves, so that they begin where
// their neighbours do.
func Flush(o fyne.CanvasObject) *fyne.Container { return Pad(-4, -8, o) }

// Field puts the frame of a text field behind it. Fyne draws that frame itself, but darker
// than it is asked to where nothing fills it.
func Field(entry fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(NewBox(theme.ColorNameBackground, look.ColorLine, 6), entry)
}

// Pad puts space around content, in device-independent pixels.
func Pad(vertical, horizontal float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), content)
}

// Row puts objects beside each other, Column below each other, gap apart.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), objects...)
}

// Column puts objects below each other, gap apart.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// Middle centres an object vertically in a row.
func Middle(o fyne.CanvasObject) *fyne.Container {
	return container.New(middle{}, o)
}

type middle struct{}

func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, h))
	objects[0].Move(fyne.NewPos(0, (size.Height-h)/2))
}

// Panel is the large bordered box that a screen of its own stands in.
func Panel(width float32, content fyne.CanvasObject) fyne.CanvasObject {
	box := NewBox(look.ColorSurface, look.ColorLine, look.RadiusPanel).SetMin(fyne.NewSize(width, 0))
	return container.NewStack(box, Pad(36, 40, content))
}

// Card is the bordered box of one value, with what it is above it.
func Card(caption, value string) fyne.CanvasObject {
	return CardOf(caption, Selectable(value, true))
}

// CardOf is Card with a text that its owner may change.
func CardOf(caption string, text *widget.Label) fyne.CanvasObject {
	inner := container.New(layout.NewCustomPaddedVBoxLayout(-4),
		Pad(0, look.Step*2, NewText(caption, Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText})),
		text)
	return container.NewStack(NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard), Pad(12, 8, inner))
}

// Icon shows one of Canopy's icons at the size of text.
func Icon(name string, col fyne.ThemeColorName) *widget.Icon {
	return widget.NewIcon(look.Icon(name, col))
}
