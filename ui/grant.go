package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// grantButton says which organization and user is on screen, and opens the grant switcher.
type grantButton struct {
	widget.BaseWidget
	tapped           func()
	keys             part.Keys // is given the keys that it has no use for; may be nil
	called           string    // by tests that look at the running window
	name, user       string
	initial          string
	color            fyne.ThemeColorName
	hovered, focused bool
}

func newGrantButton(tapped func()) *grantButton {
	b := &grantButton{tapped: tapped, called: "grant", color: theme.ColorNamePrimary}
	b.ExtendBaseWidget(b)
	return b
}

func (b *grantButton) show(st session.State) {
	user := ""
	if st.Grant.User != (auth.User{}) {
		user = userName(st.Grant)
	}
	if elsewhere(st) {
		user += " · " + show.Name(st.Grant.Environment)
	}
	b.set(organizationName(st), user, badgeColor(st))
}

func (b *grantButton) set(name, user string, color fyne.ThemeColorName) {
	if b.name == name && b.user == user && b.color == color {
		return
	}
	b.name, b.user, b.color, b.initial = name, user, color, show.Initial(name)
	b.Refresh()
}

// elsewhere reports whether another grant has organization name and user in common with the
// open one, in another environment.
func elsewhere(st session.State) bool {
	g := st.Grant
	return slices.ContainsFunc(st.Grants, func(o auth.Grant) bool {
		return o.Environment != g.Environment && grantName(o) == grantName(g) && userName(o) == userName(g)
	})
}

func (b *grantButton) Tapped(*fyne.PointEvent)        { b.tapped() }
func (b *grantButton) Cursor() desktop.Cursor         { return desktop.PointerCursor }
func (b *grantButton) FocusGained()                   { b.focused = true; b.Refresh() }
func (b *grantButton) FocusLost()                     { b.focused = false; b.Refresh() }
func (b *grantButton) MouseIn(*desktop.MouseEvent)    { b.hovered = true; b.Refresh() }
func (b *grantButton) MouseMoved(*desktop.MouseEvent) {}
func (b *grantButton) MouseOut()                      { b.hovered = false; b.Refresh() }
func (b *grantButton) TypedRune(rune)                 {}
func (b *grantButton) ProbeName() string              { return b.called }

func (b *grantButton) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		b.tapped()
	default:
		if b.keys != nil {
			b.keys(e)
		}
	}
}

func (b *grantButton) CreateRenderer() fyne.WidgetRenderer {
	r := &grantRenderer{of: b, ground: canvas.NewRectangle(nil), badge: canvas.NewRectangle(nil),
		initial: canvas.NewText("", nil), name: canvas.NewText("", nil), user: canvas.NewText("", nil),
		caret: widget.NewIcon(look.Icon("caret-down", theme.ColorNameForeground))}
	r.initial.Alignment, r.initial.TextStyle.Bold, r.name.TextStyle.Bold = fyne.TextAlignCenter, true, true
	r.Refresh()
	return r
}

type grantRenderer struct {
	of                  *grantButton
	ground, badge       *canvas.Rectangle
	initial, name, user *canvas.Text
	caret               *widget.Icon
}

const grantPad, grantHeight, grantBadge, grantUserMax float32 = 12, 38, 24, 260

func (r *grantRenderer) Destroy() {}

func (r *grantRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.badge, r.initial, r.name, r.user, r.caret}
}

func (r *grantRenderer) MinSize() fyne.Size {
	name := min(fyne.MeasureText(r.of.name, r.name.TextSize, r.name.TextStyle).Width, grantUserMax)
	user := min(fyne.MeasureText(r.of.user, r.user.TextSize, r.user.TextStyle).Width, grantUserMax)
	return fyne.NewSize(grantPad*2+grantBadge+7+name+7+user+4+16, grantHeight)
}

// Layout gives the name its room, and the user's address what is left: a third at least, for of
// two grants of one organization it is what tells them apart.
func (r *grantRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	put := func(o fyne.CanvasObject, x, w, h float32) {
		o.Resize(fyne.NewSize(w, h))
		o.Move(fyne.NewPos(x, (size.Height-h)/2))
	}
	put(r.badge, grantPad, grantBadge, grantBadge)
	put(r.initial, grantPad, grantBadge, grantBadge)
	x := grantPad + grantBadge + 7
	end := size.Width - grantPad - 16
	room := max(0, end-x-4)
	if r.of.user != "" {
		user := fyne.MeasureText(r.of.user, r.user.TextSize, r.user.TextStyle).Width
		room = max(0, room-7-min(user, room/3))
	}
	r.name.Text = part.Ellipsis(r.of.name, min(room, grantUserMax), r.name.TextSize, r.name.TextStyle)
	name := r.name.MinSize().Width
	put(r.name, x, name, size.Height)
	x += name + 7
	r.user.Text = part.Ellipsis(r.of.user, max(0, end-x-4), r.user.TextSize, r.user.TextStyle)
	put(r.user, x, max(0, end-x-4), size.Height)
	put(r.caret, end, 16, 16)
}

func (r *grantRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.ground.FillColor, r.ground.CornerRadius = th.Color(look.ColorRaised, v), 6
	r.ground.StrokeWidth = 0
	if r.of.focused || r.of.hovered {
		r.ground.StrokeColor, r.ground.StrokeWidth = th.Color(theme.ColorNameFocus, v), 1
	}
	if r.of.focused {
		r.ground.StrokeWidth = 2
	}
	r.badge.FillColor, r.badge.CornerRadius = th.Color(r.of.color, v), 6
	r.initial.Text, r.initial.Color = r.of.initial, th.Color(theme.ColorNameForegroundOnPrimary, v)
	r.initial.TextSize, r.user.TextSize = th.Size(theme.SizeNameCaptionText), th.Size(theme.SizeNameCaptionText)
	r.name.TextSize, r.name.Color = th.Size(theme.SizeNameText), th.Color(theme.ColorNameForeground, v)
	r.user.Color = th.Color(look.ColorMuted, v)
	r.Layout(r.of.Size())
	canvas.Refresh(r.of)
}
