package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	look "canopy/ui/theme"
)

// Button is a box with a word, an icon, or both. One button of a screen is primary: the one
// that the screen is for.
type Button struct {
	press
	icon     string // one of Canopy's icons, or ""
	trailing bool   // the icon stands behind the word
	primary  bool
	name     string
}

// NewButton returns an ordinary button.
func NewButton(text string, tapped func()) *Button { return newButton(text, "", tapped) }

// NewPrimary returns the button of the one thing a screen is for.
func NewPrimary(text string, tapped func()) *Button {
	b := newButton(text, "", tapped)
	b.primary = true
	return b
}

// NewMenuButton returns a primary button that opens a menu below itself.
func NewMenuButton(text string, tapped func()) *Button {
	b := newButton(text, "caret-down", tapped)
	b.primary, b.trailing = true, true
	return b
}

// NewIconButton returns a button with an icon before its text, which may be empty; name says
// then what the button is to those who cannot see the icon.
func NewIconButton(icon, text, name string, tapped func()) *Button {
	b := newButton(text, icon, tapped)
	b.name = name
	return b
}

func newButton(text, icon string, tapped func()) *Button {
	b := &Button{icon: icon}
	b.text, b.tapped = text, tapped
	b.ExtendBaseWidget(b)
	return b
}

// ProbeName is what the button is called by tests that look at the running window.
func (b *Button) ProbeName() string {
	if b.name != "" {
		return b.name
	}
	return b.text
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{of: b, ground: canvas.NewRectangle(nil), over: canvas.NewRectangle(nil),
		word: canvas.NewText("", nil), icon: canvas.NewImageFromResource(nil)}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	of           *Button
	ground, over *canvas.Rectangle
	word         *canvas.Text
	icon         *canvas.Image
}

const buttonPadX, buttonPadY, buttonIcon, buttonGap float32 = 12, 6, 16, 5

func (r *buttonRenderer) Destroy() {}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.over, r.word, r.icon}
}

// inset is how far the ring of a focused primary button stands inside it: on the accent only
// the colour of its text can be seen.
func (r *buttonRenderer) inset() float32 {
	if r.of.primary && r.of.focused {
		return 3
	}
	return 0
}

// content is the size of word and icon together.
func (r *buttonRenderer) content() fyne.Size {
	size := fyne.MeasureText(r.of.text, r.word.TextSize, r.word.TextStyle)
	if r.of.text == "" {
		size.Width = 0
	}
	if r.of.icon != "" {
		size.Width += buttonIcon
		if r.of.text != "" {
			size.Width += buttonGap
		}
	}
	return size
}

func (r *buttonRenderer) MinSize() fyne.Size {
	return r.content().Add(fyne.NewSize(2*buttonPadX, 2*buttonPadY))
}

func (r *buttonRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	inset := r.inset()
	r.over.Resize(s.SubtractWidthHeight(2*inset, 2*inset))
	r.over.Move(fyne.NewPos(inset, inset))
	content := r.content()
	x := max(buttonPadX, (s.Width-content.Width)/2)
	wordX, iconX := x, x
	if r.of.icon != "" && !r.of.trailing {
		wordX += buttonIcon + buttonGap
	}
	room := max(0, s.Width-buttonPadX-wordX)
	if r.of.trailing {
		room -= buttonIcon + buttonGap
		iconX = x + content.Width - buttonIcon
	}
	r.word.Text = Ellipsis(r.of.text, room+1, r.word.TextSize, r.word.TextStyle)
	r.word.Resize(fyne.NewSize(room, s.Height))
	r.word.Move(fyne.NewPos(wordX, 0))
	r.icon.Resize(fyne.NewSquareSize(buttonIcon))
	r.icon.Move(fyne.NewPos(iconX, (s.Height-buttonIcon)/2))
}

func (r *buttonRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	fill, text := look.ColorRaised, theme.ColorNameForeground
	if r.of.primary {
		fill, text = theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	}
	if r.of.Disabled() {
		fill, text = look.ColorRaised, theme.ColorNameDisabled
	}
	r.ground.FillColor, r.ground.CornerRadius = th.Color(fill, v), th.Size(theme.SizeNameButtonRadius)
	r.over.FillColor, r.over.StrokeWidth, r.over.CornerRadius = nil, 0, r.ground.CornerRadius
	if r.of.hovered && !r.of.Disabled() {
		r.over.FillColor = th.Color(theme.ColorNameHover, v)
	}
	if r.of.focused {
		r.over.StrokeColor, r.over.StrokeWidth = th.Color(theme.ColorNameFocus, v), 2
		if r.of.primary {
			r.over.StrokeColor, r.over.StrokeWidth = th.Color(theme.ColorNameForegroundOnPrimary, v), 1
		}
	}
	r.word.Color, r.word.TextSize = th.Color(text, v), th.Size(theme.SizeNameText)
	r.word.TextStyle.Bold = r.of.primary
	r.icon.Resource = nil
	if r.of.icon != "" {
		r.icon.Resource = look.Icon(r.of.icon, text)
	}
	r.icon.Refresh()
	r.Layout(r.of.Size())
	canvas.Refresh(r.of)
}
