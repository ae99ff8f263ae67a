package part_test

import (
	"image/color"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"canopy/ui/part"
	look "canopy/ui/theme"
	"canopy/ui/uitest"
	"canopy/ui/uitest/stage"
)

// show puts an object into a window and returns it.
func show(t *testing.T, o fyne.CanvasObject, width, height float32) fyne.Window {
	t.Helper()
	w := uitest.New(t, stage.NewLoop()).NewWindow("part")
	w.SetPadded(false)
	w.SetContent(o)
	w.Resize(fyne.NewSize(width, height))
	w.Show()
	t.Cleanup(w.Close)
	return w
}

// calls notes what was called.
type calls []string

func (c *calls) note(what string) func() { return func() { *c = append(*c, what) } }

func (c *calls) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(*c, want) {
		t.Errorf("called %q, want %q", *c, want)
	}
	*c = nil
}

func TestWhateverCanBePressedCanBePressedByKey(t *testing.T) {
	var got calls
	for _, c := range []struct {
		what string
		make func(func()) fyne.Focusable
	}{
		{"a button", func(f func()) fyne.Focusable { return part.NewButton("Go", f) }},
		{"a primary button", func(f func()) fyne.Focusable { return part.NewPrimary("Go", f) }},
		{"a button with a menu", func(f func()) fyne.Focusable { return part.NewMenuButton("Go", f) }},
		{"a button with an icon", func(f func()) fyne.Focusable { return part.NewIconButton("refresh", "Go", "", f) }},
		{"a link", func(f func()) fyne.Focusable { return part.NewLink("Go", f) }},
		{"a quiet link", func(f func()) fyne.Focusable { return part.NewQuietLink("Go", f) }},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := c.make(got.note("go"))
			w := show(t, container.NewCenter(o.(fyne.CanvasObject)), 300, 100)
			uitest.Press(t, w.Canvas(), "Go")
			got.expect(t, "go")
			w.Canvas().FocusNext()
			if w.Canvas().Focused() != o {
				t.Fatal("it cannot be reached from the keyboard")
			}
			uitest.Key(w.Canvas(), fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyLeft)
			got.expect(t, "go", "go", "go")
			disable, ok := o.(fyne.Disableable)
			if !ok {
				t.Fatal("it cannot be disabled")
			}
			disable.Disable()
			uitest.Press(t, w.Canvas(), "Go")
			o.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			got.expect(t)
			disable.Enable()
			uitest.Press(t, w.Canvas(), "Go")
			got.expect(t, "go")
		})
	}
}

func TestFocusAndPointerAreSeen(t *testing.T) {
	b := part.NewButton("Go", nil)
	w := show(t, container.NewCenter(b), 300, 100)
	drawn := func() (ring float32, veil color.Color) {
		for _, s := range uitest.Walk(b) {
			if r, ok := s.Object.(*canvas.Rectangle); ok {
				ring, veil = max(ring, r.StrokeWidth), r.FillColor // the last one lies on top
			}
		}
		return ring, veil
	}
	plainRing, plainVeil := drawn()
	w.Canvas().Focus(b)
	if ring, _ := drawn(); ring <= plainRing {
		t.Error("the focus cannot be seen")
	}
	w.Canvas().Unfocus()
	b.MouseIn(&desktop.MouseEvent{})
	if _, veil := drawn(); veil == plainVeil {
		t.Error("the pointer cannot be seen")
	}
	b.MouseOut()
	if ring, veil := drawn(); ring != plainRing || veil != plainVeil {
		t.Error("focus or pointer leave something behind")
	}
	if b.Cursor() != desktop.PointerCursor {
		t.Error("the pointer does not say that it can be pressed")
	}
	b.Disable()
	if b.Cursor() != desktop.DefaultCursor {
		t.Error("the pointer says that a disabled button can be pressed")
	}
}

// dialog is a modal over a window with a button, which has the focus.
type dialog struct {
	calls
	window   fyne.Window
	behind   *part.Button
	first    *part.Button
	modal    *part.Modal
	keyTyped int
}

func openDialog(t *testing.T, confirms bool) *dialog {
	t.Helper()
	d := &dialog{}
	d.behind = part.NewButton("Behind", d.note("behind"))
	d.window = show(t, d.behind, 600, 400)
	c := d.window.Canvas()
	c.SetOnTypedKey(func(*fyne.KeyEvent) { d.keyTyped++ })
	c.Focus(d.behind)
	d.first = part.NewButton("First", d.note("first"))
	d.first.Keys = func(e *fyne.KeyEvent) bool { return d.modal.Key(e) }
	var confirm func()
	if confirms {
		confirm = d.note("confirm")
	}
	d.modal = part.ShowModal(c, 300, container.NewVBox(part.NewText("A question", part.Style{}), d.first), d.first, confirm, d.note("cancel"), d.note("closed"))
	return d
}

func TestEscapeCancelsADialogAndGivesTheFocusBack(t *testing.T) {
	d := openDialog(t, true)
	c := d.window.Canvas()
	if c.Focused() != d.first {
		t.Error("the first control does not have the focus")
	}
	uitest.Key(c, fyne.KeyEscape)
	d.expect(t, "cancel", "closed")
	if c.Focused() != d.behind || len(c.Overlays().List()) != 0 {
		t.Errorf("the focus is on %v and %d dialogs are left", c.Focused(), len(c.Overlays().List()))
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF1})
	if d.keyTyped != 1 {
		t.Error("the window does not have its keys back")
	}
}

func TestEnterConfirmsADialogWhereverTheFocusIs(t *testing.T) {
	d := openDialog(t, true)
	c := d.window.Canvas()
	c.Unfocus()
	uitest.Key(c, fyne.KeyReturn, fyne.KeyEnter)
	d.expect(t, "confirm", "confirm")
	uitest.Key(c, fyne.KeyF1)
	if d.keyTyped != 0 {
		t.Error("a key reached the window behind the dialog")
	}
	d.modal.Close()
	d.expect(t, "closed")
	d.modal.Close()
	d.expect(t)
}

func TestEnterMeansNothingToADialogThatCannotBeConfirmed(t *testing.T) {
	d := openDialog(t, false)
	if d.modal.Key(&fyne.KeyEvent{Name: fyne.KeyReturn}) || d.modal.Key(&fyne.KeyEvent{Name: fyne.KeyDown}) {
		t.Error("it says that it has used a key")
	}
	d.expect(t)
}

func TestNothingBehindADialogCanBePressed(t *testing.T) {
	d := openDialog(t, true)
	c := d.window.Canvas()
	for _, at := range []fyne.Position{{X: 5, Y: 5}, {X: 300, Y: 30}, {X: 595, Y: 395}} {
		test.TapCanvas(c, at)
	}
	test.Scroll(c, fyne.NewPos(5, 5), 0, -20)
	d.expect(t)
	c.FocusNext()
	if c.Focused() == d.behind {
		t.Error("Tab leaves the dialog")
	}
	uitest.Press(t, c, "First")
	d.expect(t, "first")
}

func TestADialogFitsASmallWindow(t *testing.T) {
	d := openDialog(t, true)
	d.window.Resize(fyne.NewSize(200, 80))
	for _, s := range uitest.Walk(d.modal)[1:3] {
		if size := s.Object.Size(); s.At.X < 0 || s.At.Y < 0 || size.Width > 200 || size.Height > 80 {
			t.Errorf("%s of size %v stands outside", s, size)
		}
	}
}

func TestTabsShowOnePageAndMakeItWhenItIsLookedAt(t *testing.T) {
	var made calls
	page := func(name string) part.Tab {
		return part.Tab{Key: name, Title: strings.ToUpper(name), Make: func() fyne.CanvasObject {
			made = append(made, name)
			return part.NewText("page of "+name, part.Style{})
		}}
	}
	tabs := part.NewTabs([]part.Tab{page("one"), page("two"), page("three")}, "two")
	var chosen calls
	tabs.OnChoose = func(key string) { chosen = append(chosen, key) }
	w := show(t, tabs.Container, 400, 200)
	c := w.Canvas()
	made.expect(t, "two")
	uitest.Expect(t, c, "page of two", "ONE", "THREE")
	uitest.ExpectNot(t, c, "page of one")
	uitest.Press(t, c, "ONE")
	made.expect(t, "one")
	chosen.expect(t, "one")
	uitest.Press(t, c, "ONE") // the same again is nothing new
	made.expect(t)
	c.FocusNext()
	uitest.Key(c, fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight, fyne.KeyRight, fyne.KeyUp)
	chosen.expect(t, "two", "three")
	uitest.Expect(t, c, "page of three")
	c.FocusPrevious()
	uitest.Key(c, fyne.KeySpace)
	chosen.expect(t, "two")
	if part.NewTabs([]part.Tab{page("one")}, "gone") == nil {
		t.Error("no tabs for a key that has gone")
	}
}

func TestEllipsisFitsAndKeepsAsMuchAsItCan(t *testing.T) {
	uitest.New(t, stage.NewLoop())
	width := func(s string) float32 { return fyne.MeasureText(s, 13, fyne.TextStyle{}).Width }
	for _, text := range []string{"", "a", "orders-prod", "東京-在庫のクラスター", "café crème", strings.Repeat("W", 500)} {
		for _, room := range []float32{0, 5, 30, 75, 400} {
			got := part.Ellipsis(text, room, 13, fyne.TextStyle{})
			if got != text && (!strings.HasSuffix(got, "…") || !strings.HasPrefix(text, strings.TrimSuffix(got, "…"))) {
				t.Errorf("%q at %v is %q", text, room, got)
			}
			if got != "…" && width(got) > room {
				t.Errorf("%q at %v is %q, which is %v wide", text, room, got, width(got))
			}
			if kept := len([]rune(got)) - 1; got != text && width(string([]rune(text)[:kept+1])+"…") <= room {
				t.Errorf("%q at %v is %q although one more character fits", text, room, got)
			}
		}
	}
}

func TestCutTextsShowAllOfThemselvesAsSoonAsThereIsRoom(t *testing.T) {
	text := part.NewText("a name that is rather long", part.Style{Cut: true})
	w := show(t, text, 60, 30)
	uitest.ExpectNot(t, w.Canvas(), "rather long")
	w.Resize(fyne.NewSize(400, 30))
	uitest.Expect(t, w.Canvas(), "a name that is rather long")
	text.SetText("another")
	text.SetBold(true)
	text.SetColor(look.ColorMuted)
	uitest.Expect(t, w.Canvas(), "another")
	if text.FullWidth() < 20 || text.MinSize().Width > 30 {
		t.Errorf("the text wants %v and needs %v", text.FullWidth(), text.MinSize().Width)
	}
}

func TestSplitKeepsBothSidesUsable(t *testing.T) {
	var moved []float32
	left, right := part.NewBox(look.ColorSurface, "", 0), part.NewBox(look.ColorRaised, look.ColorLine, 4)
	s := part.NewSplit(left, right, 400, func(w float32) { moved = append(moved, w) })
	w := show(t, s, 1000, 300)
	c := w.Canvas()
	if left.Size().Width != 400 || right.Size().Width != 599 {
		t.Fatalf("the sides are %v and %v wide", left.Size().Width, right.Size().Width)
	}
	test.Drag(c, fyne.NewPos(400, 100), 50, 0)
	if left.Size().Width != 450 {
		t.Errorf("after a drag by 50 the left side is %v wide", left.Size().Width)
	}
	test.Drag(c, fyne.NewPos(450, 100), 900, 0)
	if right.Size().Width < 319 {
		t.Errorf("the right side can be drawn down to %v", right.Size().Width)
	}
	test.Drag(c, fyne.NewPos(left.Size().Width, 100), -900, 0)
	if left.Size().Width != 240 {
		t.Errorf("the left side can be drawn down to %v", left.Size().Width)
	}
	c.FocusNext()
	uitest.Key(c, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft, fyne.KeyUp)
	if left.Size().Width != 256 {
		t.Errorf("by key the left side became %v wide", left.Size().Width)
	}
	if moved[0] != 450 || moved[len(moved)-1] != 256 {
		t.Errorf("it told the widths %v", moved)
	}
	w.Resize(fyne.NewSize(600, 300))
	if left.Size().Width < 240 || left.Size().Width+right.Size().Width != 599 {
		t.Errorf("in a small window the sides are %v and %v wide", left.Size().Width, right.Size().Width)
	}
}

func TestRemarkHidesItsLinkWhenThereIsNone(t *testing.T) {
	var got calls
	r := part.NewRemark()
	w := show(t, r.Container, 400, 40)
	r.Set("No account at hand?", "Open the sandbox", got.note("open"))
	uitest.Press(t, w.Canvas(), "Open the sandbox")
	got.expect(t, "open")
	r.Set("This is the sandbox.", "", nil)
	uitest.Expect(t, w.Canvas(), "This is the sandbox.")
	uitest.ExpectNot(t, w.Canvas(), "Open the sandbox")
}

func TestMeterStaysWithinItself(t *testing.T) {
	m := part.NewMeter()
	show(t, m, 200, 10)
	bar := func() float32 {
		all := uitest.Walk(m)
		return all[len(all)-1].Object.Size().Width
	}
	for share, want := range map[float64]float32{0: 0, 0.5: 100, 1: 200, 2: 200, -1: 0} {
		m.Set(share)
		if bar() != want {
			t.Errorf("a share of %v is drawn %v wide, want %v", share, bar(), want)
		}
	}
}

func TestColoursFollowTheTheme(t *testing.T) {
	all := container.NewVBox(
		part.NewBox(look.ColorSurface, look.ColorLine, 4).SetMin(fyne.NewSize(10, 10)), part.NewRule(), part.NewDot(look.ColorRunning),
		part.Pill("Active", look.ColorRunning), part.NewText("text", part.Style{Mono: true, Size: theme.SizeNameHeadingText}),
		part.NewLink("link", nil), part.NewPrimary("primary", nil), part.NewTabs([]part.Tab{{Key: "a", Title: "A", Make: func() fyne.CanvasObject { return part.NewMeter() }}}, "a").Container,
		part.Card("caption", "value"), part.Panel(100, part.Icon("search", look.ColorMuted)), part.Field(part.Selectable("x", false)),
		part.NewOptions("one", "two"), part.NewArea(part.NewText("area", part.Style{}), "", nil), part.NewLink("red", nil).In(theme.ColorNameError),
		part.Frame(part.AtEnd(part.NewRule()), nil, part.Middle(part.NewRule()), nil, part.Flush(part.Paragraph("paragraph", part.Style{}))))
	w := show(t, all, 400, 600)
	light := coloursOf(w.Canvas())
	fyne.CurrentApp().Settings().SetTheme(look.New(look.Dark))
	for _, s := range uitest.Look(w.Canvas()) {
		s.Object.Refresh()
	}
	for i, dark := range coloursOf(w.Canvas()) {
		if light[i] != nil && dark == light[i] {
			t.Errorf("something keeps its light colour %v in the dark", dark)
		}
	}
}

// coloursOf returns the opaque colours of the texts and rectangles on a canvas.
func coloursOf(c fyne.Canvas) (all []color.Color) {
	for _, s := range uitest.Look(c) {
		switch o := s.Object.(type) {
		case *canvas.Text:
			all = append(all, o.Color)
		case *canvas.Rectangle:
			all = append(all, o.FillColor)
		case *canvas.Circle:
			all = append(all, o.FillColor)
		}
	}
	return all
}

func TestFrameGivesTheMiddleWhatTheEdgesLeave(t *testing.T) {
	box := func(w, h float32) *part.Box { return part.NewBox(look.ColorSurface, "", 0).SetMin(fyne.NewSize(w, h)) }
	top, bottom, left, right, middle := box(10, 20), box(10, 30), box(40, 10), box(50, 10), box(5, 5)
	f := part.Frame(top, bottom, left, right, middle)
	if got, want := f.MinSize(), fyne.NewSize(95, 60); got != want {
		t.Errorf("it needs %v, want %v", got, want)
	}
	show(t, f, 300, 200)
	if middle.Position() != fyne.NewPos(40, 20) || middle.Size() != fyne.NewSize(210, 150) {
		t.Errorf("the middle is at %v and %v large", middle.Position(), middle.Size())
	}
	top.Hide()
	f.Refresh()
	if f.MinSize().Height != 40 {
		t.Errorf("a hidden edge takes room: %v", f.MinSize())
	}
}
