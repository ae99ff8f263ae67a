package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// ShowHanging puts content on a panel that hangs from an object, such as the button that opens
// it, and focuses first. It is a dialog that is left as easily as a menu: by Escape, and by a
// press beside it. Veiled dims what is below the bar that the object stands in. A panel for which
// there is not enough room below gets what there is.
func ShowHanging(c fyne.Canvas, under fyne.CanvasObject, veiled bool, width float32, content fyne.CanvasObject, first fyne.Focusable, closed func()) *Modal {
	m := &Modal{under: under, clear: !veiled, width: width, closed: closed}
	m.open(c, container.NewStack(newShade(), content), first)
	return m
}

// The panel hangs hangGap below its object and keeps hangEdge clear of the window's edges. The
// veil begins a little above it, where the bar ends.
const hangGap, hangEdge, hangVeil float32 = 10, 12, 3

// hang lays the panel out below its object.
func (r *modalRenderer) hang(s fyne.Size) {
	m := r.of
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(m.under)
	top := at.Y + m.under.Size().Height + hangGap
	r.veil.Move(fyne.NewPos(0, top-hangVeil))
	r.veil.Resize(fyne.NewSize(s.Width, max(0, s.Height-top+hangVeil)))
	m.panel.Resize(fyne.NewSize(m.width, 0)) // wrapped text finds its height at this width
	width := min(m.width, s.Width-2*hangEdge)
	m.panel.Resize(fyne.NewSize(width, min(m.panel.MinSize().Height, s.Height-top-hangEdge)))
	m.panel.Move(fyne.NewPos(max(hangEdge, min(at.X, s.Width-hangEdge-width)), top))
}

// within reports whether a position, in the coordinates of o's parent, is on o.
func within(o fyne.CanvasObject, at fyne.Position) bool {
	at = at.Subtract(o.Position())
	return at.X >= 0 && at.Y >= 0 && at.X < o.Size().Width && at.Y < o.Size().Height
}

// shade is the ground of a panel that hangs: it casts a shadow.
type shade struct{ widget.BaseWidget }

func newShade() *shade {
	s := &shade{}
	s.ExtendBaseWidget(s)
	return s
}

func (s *shade) CreateRenderer() fyne.WidgetRenderer {
	r := &shadeRenderer{of: s, rect: canvas.NewRectangle(nil)}
	r.rect.CornerRadius, r.rect.StrokeWidth = look.RadiusCard, 1
	r.rect.Shadow = canvas.Shadow{BlurRadius: 20, Offset: fyne.NewPos(0, 6), Variant: canvas.DropShadow}
	r.Refresh()
	return r
}

type shadeRenderer struct {
	of   *shade
	rect *canvas.Rectangle
}

func (r *shadeRenderer) Destroy()                     {}
func (r *shadeRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *shadeRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *shadeRenderer) Layout(s fyne.Size)           { r.rect.Resize(s) }

func (r *shadeRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.rect.FillColor, r.rect.StrokeColor = th.Color(look.ColorSurface, v), th.Color(look.ColorLine, v)
	r.rect.Shadow.Color = th.Color(theme.ColorNameShadow, v)
	r.rect.Refresh()
}
