package part

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// Modal is a dialog: a panel over a veil that keeps everything behind it out of reach. Escape
// cancels and Enter confirms, wherever the focus is inside it; Fyne's own dialogs know
// neither.
type Modal struct {
	widget.BaseWidget
	canvas  fyne.Canvas
	panel   fyne.CanvasObject
	width   float32
	under   fyne.CanvasObject // what the panel hangs from; nil: it stands in the middle
	clear   bool              // the veil cannot be seen
	confirm func()
	cancel  func()
	closed  func()
	before  fyne.Focusable
	typed   func(*fyne.KeyEvent)
	closers []func()
}

// ModalPad is the room that a dialog keeps at the left and the right of its content.
const ModalPad = 40

// ShowModal puts content on a panel of the given width over the canvas and focuses first.
// Confirm is what Enter does and may be nil; cancel is called by Escape, before the dialog
// closes, and may be nil; closed is called whenever the dialog has gone.
func ShowModal(c fyne.Canvas, width float32, content fyne.CanvasObject, first fyne.Focusable, confirm, cancel, closed func()) *Modal {
	m := &Modal{width: width, confirm: confirm, cancel: cancel, closed: closed}
	box := NewBox(look.ColorSurface, look.ColorLine, look.RadiusPanel)
	m.open(c, container.NewStack(box, Pad(32, ModalPad, content)), first)
	return m
}

// open puts the dialog with its panel over a canvas.
func (m *Modal) open(c fyne.Canvas, panel fyne.CanvasObject, first fyne.Focusable) {
	m.canvas, m.panel, m.before, m.typed = c, panel, c.Focused(), c.OnTypedKey()
	m.ExtendBaseWidget(m)
	c.Overlays().Add(m)
	m.Resize(c.Size())
	c.SetOnTypedKey(func(e *fyne.KeyEvent) { m.Key(e) })
	if first != nil {
		c.Focus(first)
	}
}

// Key does what a key means to the dialog as a whole: Escape and Enter. Controls inside give
// it the keys that they have no use for; see Keys.
func (m *Modal) Key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyEscape:
		m.cancelled()
	case fyne.KeyReturn, fyne.KeyEnter:
		if m.confirm == nil {
			return false
		}
		m.confirm()
	default:
		return false
	}
	return true
}

func (m *Modal) cancelled() {
	if m.cancel != nil {
		m.cancel()
	}
	m.Close()
}

// OnCancel sets what Escape does before the dialog closes.
func (m *Modal) OnCancel(f func()) { m.cancel = f }

// OnClose has f called, too, when the dialog has gone, however it went.
func (m *Modal) OnClose(f func()) { m.closers = append(m.closers, f) }

// Close takes the dialog away and gives the focus back to where it was.
func (m *Modal) Close() {
	if m.canvas == nil {
		return
	}
	c := m.canvas
	m.canvas = nil
	c.Overlays().Remove(m)
	c.SetOnTypedKey(m.typed)
	if m.before != nil {
		c.Focus(m.before)
	}
	if m.closed != nil {
		m.closed()
	}
	for _, f := range m.closers {
		f()
	}
}

// Tapped implements fyne.Tappable: a press beside the panel reaches nothing, and closes one that
// hangs.
func (m *Modal) Tapped(e *fyne.PointEvent) {
	if m.under != nil && !within(m.panel, e.Position) {
		m.cancelled()
	}
}

// TappedSecondary implements fyne.SecondaryTappable, for the same reason.
func (m *Modal) TappedSecondary(e *fyne.PointEvent) { m.Tapped(e) }

// Scrolled implements fyne.Scrollable, for the same reason.
func (m *Modal) Scrolled(*fyne.ScrollEvent) {}

// CreateRenderer implements fyne.Widget.
func (m *Modal) CreateRenderer() fyne.WidgetRenderer {
	r := &modalRenderer{of: m, veil: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type modalRenderer struct {
	of   *Modal
	veil *canvas.Rectangle
}

func (r *modalRenderer) Destroy() {}

func (r *modalRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.veil, r.of.panel}
}

func (r *modalRenderer) MinSize() fyne.Size { return r.of.panel.MinSize() }

func (r *modalRenderer) Layout(s fyne.Size) {
	if r.of.under != nil {
		r.hang(s)
		return
	}
	r.veil.Resize(s)
	r.of.panel.Resize(fyne.NewSize(r.of.width, 0)) // wrapped text finds its height at this width
	size := r.of.panel.MinSize()
	size.Width = min(max(size.Width, r.of.width), s.Width)
	size.Height = min(size.Height, s.Height)
	r.of.panel.Resize(size)
	r.of.panel.Move(fyne.NewPos((s.Width-size.Width)/2, (s.Height-size.Height)/2))
}

func (r *modalRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.veil.FillColor = th.Color(look.ColorScrim, v)
	if r.of.clear {
		r.veil.FillColor = color.Transparent
	}
	r.veil.Refresh()
	r.of.panel.Refresh()
}
