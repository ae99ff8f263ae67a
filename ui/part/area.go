package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Area is content that does something when it is pressed, such as two lines that lead to a page.
type Area struct {
	press
	content fyne.CanvasObject
	name    string
}

// NewArea makes content pressable. Name says what pressing leads to for those who cannot see it.
func NewArea(content fyne.CanvasObject, name string, tapped func()) *Area {
	a := &Area{content: content, name: name}
	a.tapped = tapped
	a.ExtendBaseWidget(a)
	return a
}

// ProbeName is what the area is called by tests that look at the running window.
func (a *Area) ProbeName() string { return a.name }

// CreateRenderer implements fyne.Widget.
func (a *Area) CreateRenderer() fyne.WidgetRenderer {
	r := &areaRenderer{of: a, ground: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type areaRenderer struct {
	of     *Area
	ground *canvas.Rectangle
}

// areaEdge is how far the ground reaches beyond the content.
const areaEdge float32 = 6

func (r *areaRenderer) Destroy() {}

func (r *areaRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.of.content}
}

func (r *areaRenderer) MinSize() fyne.Size { return r.of.content.MinSize() }

func (r *areaRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s.AddWidthHeight(2*areaEdge, areaEdge))
	r.ground.Move(fyne.NewPos(-areaEdge, -areaEdge/2))
	r.of.content.Resize(s)
}

func (r *areaRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.ground.CornerRadius = th.Size(theme.SizeNameInputRadius)
	r.ground.FillColor, r.ground.StrokeWidth = nil, 0
	if r.of.hovered {
		r.ground.FillColor = th.Color(theme.ColorNameHover, v)
	}
	if r.of.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = th.Color(theme.ColorNameFocus, v), 2
	}
	r.ground.Refresh()
	r.of.content.Refresh()
}
