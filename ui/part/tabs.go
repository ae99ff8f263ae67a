package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// Tab is one page of Tabs. Make is called when the page is first looked at.
type Tab struct {
	Key, Title string
	Make       func() fyne.CanvasObject
}

// Tabs is a row of titles over a line, with the page of the chosen one below.
type Tabs struct {
	*fyne.Container
	tabs   []Tab
	heads  []*tabHead
	page   *fyne.Container
	chosen int
	// OnChoose is told the key of a tab that the person chose.
	OnChoose func(key string)
}

// NewTabs returns tabs that show the one with the key chosen, or the first.
func NewTabs(tabs []Tab, chosen string) *Tabs {
	t := &Tabs{tabs: tabs, page: container.NewStack(), chosen: -1}
	strip := Row(22)
	first := 0
	for i, tab := range tabs {
		head := newTabHead(tab.Title, func() { t.choose(i, true) }, t.step)
		t.heads = append(t.heads, head)
		strip.Add(head)
		if tab.Key == chosen {
			first = i
		}
	}
	rule := container.NewVBox(NewRule())
	t.Container = container.NewBorder(container.NewStack(container.NewBorder(nil, rule, nil, nil), strip), nil, nil, nil, t.page)
	t.choose(first, false)
	return t
}

func (t *Tabs) choose(i int, byPerson bool) {
	if i == t.chosen || i < 0 || i >= len(t.tabs) {
		return
	}
	t.chosen = i
	for j, h := range t.heads {
		h.setChosen(j == i)
	}
	t.page.Objects = []fyne.CanvasObject{t.tabs[i].Make()}
	t.page.Refresh()
	if byPerson && t.OnChoose != nil {
		t.OnChoose(t.tabs[i].Key)
	}
}

// step moves the focus and the choice from tab to tab with the arrow keys.
func (t *Tabs) step(by int) {
	i := t.chosen + by
	if i < 0 || i >= len(t.heads) {
		return
	}
	t.choose(i, true)
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.heads[i]); c != nil {
		c.Focus(t.heads[i])
	}
}

type tabHead struct {
	widget.BaseWidget
	title           string
	tapped          func()
	step            func(int)
	chosen, focused bool
}

func newTabHead(title string, tapped func(), step func(int)) *tabHead {
	h := &tabHead{title: title, tapped: tapped, step: step}
	h.ExtendBaseWidget(h)
	return h
}

func (h *tabHead) setChosen(b bool) {
	if h.chosen != b {
		h.chosen = b
		h.Refresh()
	}
}

func (h *tabHead) Tapped(*fyne.PointEvent) { h.tapped() }
func (h *tabHead) Cursor() desktop.Cursor  { return desktop.PointerCursor }
func (h *tabHead) FocusGained()            { h.focused = true; h.Refresh() }
func (h *tabHead) FocusLost()              { h.focused = false; h.Refresh() }
func (h *tabHead) TypedRune(rune)          {}

func (h *tabHead) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		h.tapped()
	case fyne.KeyLeft:
		h.step(-1)
	case fyne.KeyRight:
		h.step(1)
	}
}

func (h *tabHead) CreateRenderer() fyne.WidgetRenderer {
	r := &tabRenderer{of: h, line: canvas.NewText(h.title, nil), mark: canvas.NewRectangle(nil), ring: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type tabRenderer struct {
	of         *tabHead
	line       *canvas.Text
	mark, ring *canvas.Rectangle
}

func (r *tabRenderer) Destroy() {}

func (r *tabRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.line, r.mark}
}

func (r *tabRenderer) MinSize() fyne.Size {
	bold := fyne.MeasureText(r.of.title, r.line.TextSize, fyne.TextStyle{Bold: true})
	return bold.Add(fyne.NewSize(0, 18)) // as wide as when chosen, so that nothing moves
}

func (r *tabRenderer) Layout(s fyne.Size) {
	r.line.Resize(s)
	r.ring.Resize(fyne.NewSize(s.Width+8, s.Height-8))
	r.ring.Move(fyne.NewPos(-4, 3))
	r.mark.Resize(fyne.NewSize(s.Width, 2))
	r.mark.Move(fyne.NewPos(0, s.Height-2))
}

func (r *tabRenderer) Refresh() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.line.Text, r.line.TextSize = r.of.title, th.Size(theme.SizeNameText)
	r.line.TextStyle = fyne.TextStyle{Bold: r.of.chosen}
	r.line.Color, r.mark.FillColor = th.Color(look.ColorMuted, v), nil
	if r.of.chosen {
		r.line.Color = th.Color(theme.ColorNameForeground, v)
		r.mark.FillColor = th.Color(theme.ColorNamePrimary, v)
	}
	r.ring.StrokeWidth, r.ring.CornerRadius = 0, th.Size(theme.SizeNameInputRadius)
	if r.of.focused {
		r.ring.StrokeColor, r.ring.StrokeWidth = th.Color(theme.ColorNameFocus, v), 2
	}
	r.line.Refresh()
	r.mark.Refresh()
	r.ring.Refresh()
}
