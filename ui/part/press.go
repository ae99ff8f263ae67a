package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// Keys receives a key that the focused control has no use for, such as Escape in a dialog.
// It reports whether it used it.
type Keys func(*fyne.KeyEvent) bool

// press is what a button and a link have in common: it can be pressed with the pointer, with
// Space and with Enter, and shows when it has the focus.
type press struct {
	widget.DisableableWidget
	// Keys is given the keys that pressing has no use for.
	Keys    Keys
	text    string
	tapped  func()
	focused bool
	hovered bool
}

// Tapped implements fyne.Tappable.
func (p *press) Tapped(*fyne.PointEvent) {
	if !p.Disabled() && p.tapped != nil {
		p.tapped()
	}
}

// OnTapped sets what pressing does.
func (p *press) OnTapped(f func()) { p.tapped = f }

// SetText changes what is written.
func (p *press) SetText(text string) {
	if p.text != text {
		p.text = text
		p.Refresh()
	}
}

// Text returns what is written.
func (p *press) Text() string { return p.text }

// Cursor implements desktop.Cursorable.
func (p *press) Cursor() desktop.Cursor {
	if p.Disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained implements fyne.Focusable.
func (p *press) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost implements fyne.Focusable.
func (p *press) FocusLost() { p.focused = false; p.Refresh() }

// MouseIn implements desktop.Hoverable.
func (p *press) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (p *press) MouseOut() { p.hovered = false; p.Refresh() }

// TypedRune implements fyne.Focusable.
func (p *press) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	default:
		if p.Keys != nil {
			p.Keys(e)
		}
	}
}

// Link is text that does something when it is pressed.
type Link struct {
	press
	quiet bool
	color fyne.ThemeColorName // "" for the accent
}

// NewLink returns a link of the size of body text.
func NewLink(text string, tapped func()) *Link {
	l := &Link{}
	l.text, l.tapped = text, tapped
	l.ExtendBaseWidget(l)
	return l
}

// NewQuietLink returns a link in the colour of secondary text, close to its neighbours.
func NewQuietLink(text string, tapped func()) *Link {
	l := &Link{quiet: true}
	l.text, l.tapped = text, tapped
	l.ExtendBaseWidget(l)
	return l
}

// In gives a new link a colour of its own by name, such as that of trouble for what cannot be undone.
func (l *Link) In(c fyne.ThemeColorName) *Link {
	l.color = c
	return l
}

// CreateRenderer implements fyne.Widget.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	r := &linkRenderer{of: l, ground: canvas.NewRectangle(nil), line: canvas.NewText("", nil)}
	r.line.Alignment = fyne.TextAlignCenter
	r.Refresh()
	return r
}

type linkRenderer struct {
	of     *Link
	ground *canvas.Rectangle
	line   *canvas.Text
}

// LinkPad is the room that a link keeps beside its words, for its ground.
const LinkPad = linkPadX

const linkPadX, linkPadY = 8, 5

func (r *linkRenderer) Destroy()                     {}
func (r *linkRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.line} }

// pad is the space at both ends of the text.
func (l *Link) pad() float32 {
	if l.quiet {
		return linkPadX / 4
	}
	return linkPadX
}

func (r *linkRenderer) MinSize() fyne.Size {
	if r.of.quiet {
		return r.line.MinSize().Add(fyne.NewSize(2*r.of.pad(), 2))
	}
	return r.line.MinSize().Add(fyne.NewSize(2*r.of.pad(), 2*linkPadY))
}

func (r *linkRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	r.line.Resize(s)
}

func (r *linkRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.line.Text, r.line.TextSize = r.of.text, th.Size(theme.SizeNameText)
	r.line.Color = th.Color(theme.ColorNamePrimary, v)
	switch {
	case r.of.Disabled():
		r.line.Color = th.Color(theme.ColorNameDisabled, v)
	case r.of.quiet:
		r.line.Color = th.Color(look.ColorMuted, v)
	case r.of.color != "":
		r.line.Color = th.Color(r.of.color, v)
	}
	r.ground.CornerRadius = th.Size(theme.SizeNameInputRadius)
	r.ground.FillColor, r.ground.StrokeWidth = nil, 0
	if r.of.hovered {
		r.ground.FillColor = th.Color(theme.ColorNameHover, v)
	}
	if r.of.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = th.Color(theme.ColorNameFocus, v), 2
	}
	r.ground.Refresh()
	r.line.Refresh()
}

// Remark is a short text with a link behind it.
type Remark struct {
	*fyne.Container
	text *Text
	link *Link
}

// NewRemark returns an empty remark.
func NewRemark() *Remark {
	r := &Remark{text: NewText("", Style{Color: look.ColorMuted}), link: NewLink("", nil)}
	r.Container = Row(0, r.text, r.link)
	return r
}

// Set changes what the remark says; an empty link is left out.
func (r *Remark) Set(text, link string, tapped func()) {
	r.text.SetText(text)
	r.link.tapped = tapped
	r.link.SetText(link)
	if link == "" {
		r.link.Hide()
	} else {
		r.link.Show()
	}
	r.Container.Refresh()
}
