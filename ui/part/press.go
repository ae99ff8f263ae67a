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

// Button is Fyne's button that also answers to Enter and passes unused keys on.
type Button struct {
	widget.Button
	Keys Keys
}

// NewButton returns a button of the ordinary importance.
func NewButton(text string, tapped func()) *Button {
	b := &Button{}
	b.Text, b.OnTapped = text, tapped
	b.ExtendBaseWidget(b)
	return b
}

// NewPrimary returns the button of the one thing a screen is for.
func NewPrimary(text string, tapped func()) *Button {
	b := NewButton(text, tapped)
	b.Importance = widget.HighImportance
	return b
}

// NewIconButton returns a button with an icon; name says what it does to those who do not see
// the icon, and to tests.
func NewIconButton(icon fyne.Resource, text string, tapped func()) *Button {
	b := NewButton(text, tapped)
	b.Icon = icon
	return b
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		b.Button.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		if b.Keys != nil && b.Keys(e) {
			return
		}
		b.Button.TypedKey(e)
	}
}

// Link is text that does something when it is pressed.
type Link struct {
	widget.DisableableWidget
	Keys    Keys
	Quiet   bool // in the colour of secondary text, close to its neighbours
	text    string
	tapped  func()
	focused bool
	hovered bool
}

// NewLink returns a link of the size of body text.
func NewLink(text string, tapped func()) *Link {
	l := &Link{text: text, tapped: tapped}
	l.ExtendBaseWidget(l)
	return l
}

// SetText changes what the link says.
func (l *Link) SetText(text string) {
	l.text = text
	l.Refresh()
}

// Tapped implements fyne.Tappable.
func (l *Link) Tapped(*fyne.PointEvent) {
	if !l.Disabled() && l.tapped != nil {
		l.tapped()
	}
}

// Cursor implements desktop.Cursorable.
func (l *Link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements fyne.Focusable.
func (l *Link) FocusGained() { l.focused = true; l.Refresh() }

// FocusLost implements fyne.Focusable.
func (l *Link) FocusLost() { l.focused = false; l.Refresh() }

// MouseIn implements desktop.Hoverable.
func (l *Link) MouseIn(*desktop.MouseEvent) { l.hovered = true; l.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (l *Link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *Link) MouseOut() { l.hovered = false; l.Refresh() }

// TypedRune implements fyne.Focusable.
func (l *Link) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *Link) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		l.Tapped(nil)
	default:
		if l.Keys != nil {
			l.Keys(e)
		}
	}
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

const linkPadX, linkPadY = 8, 5

func (r *linkRenderer) Destroy()                     {}
func (r *linkRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.line} }

func (r *linkRenderer) MinSize() fyne.Size {
	if r.of.Quiet {
		return r.line.MinSize().Add(fyne.NewSize(linkPadX/2, 2))
	}
	return r.line.MinSize().Add(fyne.NewSize(2*linkPadX, 2*linkPadY))
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
	case r.of.Quiet:
		r.line.Color = th.Color(look.ColorMuted, v)
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
