package part_test

import (
	"fmt"
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
)

// people is a source of that many rows: row n is "person n".
type people int

func (p people) Len() int { return int(p) }

func (p people) Row(i int) part.ListRow {
	id := fmt.Sprint("person ", i)
	row := part.ListRow{ID: id, Badge: "P", Name: id, Remarks: []string{"all there is to say of " + id, "little"}, Tail: " · here", End: fmt.Sprint(i, " h ago"), Marked: i == 2}
	if i == 3 {
		row.End, row.Pill = "", "sign in again"
	}
	return row
}

func (p people) Index(id string) int {
	var i int
	if _, err := fmt.Sscanf(id, "person %d", &i); err != nil || i >= int(p) {
		return -1
	}
	return i
}

func newList(t *testing.T, n people, width, height float32) (*part.List, fyne.Window, *calls) {
	t.Helper()
	l, got := part.NewList(8), &calls{}
	l.OnChoose = func(id string) { got.note("choose " + id)() }
	l.OnMenu = func(id string, _ fyne.Position) { got.note("menu " + id)() }
	w := show(t, l, width, height)
	l.SetSource(n)
	return l, w, got
}

func TestAListMovesByTheKeysOfAFileManager(t *testing.T) {
	l, w, got := newList(t, 1000, 400, 5*part.ListRowHeight)
	for _, step := range []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyUp, "person 0"}, {fyne.KeyDown, "person 1"}, {fyne.KeyPageDown, "person 5"}, {fyne.KeyEnd, "person 999"}, {fyne.KeyDown, "person 999"},
		{fyne.KeyPageUp, "person 995"}, {fyne.KeyHome, "person 0"}, {fyne.KeyPageUp, "person 0"}, {fyne.KeyDown, "person 1"},
	} {
		if !l.Key(&fyne.KeyEvent{Name: step.key}) || l.Current() != step.want {
			t.Errorf("%s leads to %q, want %q", step.key, l.Current(), step.want)
		}
		uitest.Expect(t, w.Canvas(), step.want)
	}
	l.Key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	l.Key(&fyne.KeyEvent{Name: desktop.KeyMenu})
	uitest.Press(t, w.Canvas(), "person 3")
	uitest.PressRight(t, w.Canvas(), "person 2")
	got.expect(t, "choose person 1", "menu person 1", "choose person 3", "menu person 2")
	if l.Key(&fyne.KeyEvent{Name: fyne.KeyLeft}) {
		t.Error("it takes a key that belongs to the field")
	}
	if n := uitest.Objects(w.Canvas()); n > 100 {
		t.Errorf("there are %d objects for six rows in sight", n)
	}
}

func TestAListKeepsItsPlaceWhenRowsGo(t *testing.T) {
	l, w, got := newList(t, 10, 400, 5*part.ListRowHeight)
	l.Go(7)
	l.SetSource(people(9))
	if l.Current() != "person 7" {
		t.Errorf("current is %q", l.Current())
	}
	l.SetSource(people(4))
	if l.Current() != "person 3" {
		t.Errorf("after its row has gone current is %q", l.Current())
	}
	uitest.ExpectNot(t, w.Canvas(), "person 4")
	l.SetSource(people(0))
	l.Go(3)
	l.Key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	l.Key(&fyne.KeyEvent{Name: desktop.KeyMenu})
	if got.expect(t); l.Current() != "" {
		t.Errorf("of no rows current is %q", l.Current())
	}
	l.SetSource(people(2))
	if l.Current() != "person 0" {
		t.Errorf("of new rows current is %q", l.Current())
	}
}

func TestARowSaysAsMuchAsThereIsRoomFor(t *testing.T) {
	for width, want := range map[float32]string{400: "all there is to say of person 1 · here", 220: "little · here", 130: "… · here"} {
		l, w, _ := newList(t, 2, width, 3*part.ListRowHeight)
		l.Go(1)
		if uitest.Expect(t, w.Canvas(), "1 h ago"); width > 150 {
			uitest.Expect(t, w.Canvas(), want)
		}
		for _, s := range uitest.Look(w.Canvas()) {
			if s.Text != "" && s.At.X+fyne.MeasureText(s.Text, s.Object.(*canvas.Text).TextSize, s.Object.(*canvas.Text).TextStyle).Width > width {
				t.Errorf("in a width of %v %q reaches out", width, s.Text)
			}
		}
	}
}

func TestARowShowsWhatIsCurrentMarkedAndInTrouble(t *testing.T) {
	l, w, _ := newList(t, 4, 400, 4*part.ListRowHeight)
	l.Go(1)
	th := look.New(look.Light)
	fills := func(name fyne.ThemeColorName) (at []float32) {
		for _, s := range uitest.Look(w.Canvas()) {
			if r, ok := s.Object.(*canvas.Rectangle); ok && r.FillColor == th.Color(name, theme.VariantLight) && r.CornerRadius == 0 {
				at = append(at, s.At.Y)
			}
		}
		return at
	}
	if at := fills(theme.ColorNameSelection); len(at) != 1 || at[0] != part.ListRowHeight {
		t.Errorf("selected is what stands at %v", at)
	}
	if at := fills(theme.ColorNamePrimary); len(at) != 1 || at[0] != 2*part.ListRowHeight {
		t.Errorf("marked is what stands at %v", at)
	}
	for _, s := range uitest.Look(w.Canvas()) {
		if text, ok := s.Object.(*canvas.Text); ok && s.Text == "sign in again" && text.Color != th.Color(theme.ColorNameError, theme.VariantLight) {
			t.Errorf("trouble has the colour %v", text.Color)
		}
	}
}

func TestAPanelHangsWhereThereIsRoomAndClosesLikeAMenu(t *testing.T) {
	for what, c := range map[string]struct {
		at     fyne.Position
		height float32 // of the content
		want   fyne.Size
	}{
		"at the left":                       {fyne.NewPos(14, 0), 100, fyne.NewSize(300, 100)},
		"at the right":                      {fyne.NewPos(700, 0), 100, fyne.NewSize(300, 100)},
		"more than there is room for below": {fyne.NewPos(14, 300), 400, fyne.NewSize(300, 0)},
	} {
		t.Run(what, func(t *testing.T) {
			anchor := part.NewButton("Open", nil)
			field := part.NewButton("first", nil)
			content := container.NewStack(part.NewBox("", "", 0).SetMin(fyne.NewSize(0, c.height)), part.Frame(field, nil, nil, nil, nil))
			w := show(t, container.NewWithoutLayout(anchor), 800, 500)
			anchor.Resize(fyne.NewSize(80, 30))
			anchor.Move(c.at)
			w.Canvas().Focus(anchor)
			closed := 0
			open := func() *part.Modal {
				return part.ShowHanging(w.Canvas(), anchor, true, 300, content, field, func() { closed++ })
			}
			m := open()
			if w.Canvas().Focused() != field {
				t.Errorf("the focus is on %T", w.Canvas().Focused())
			}
			at, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(content), content.Size()
			if at.X < 0 || at.Y < c.at.Y+30 || at.X+size.Width > 800 || at.Y+size.Height > 500 || size.Width != c.want.Width || c.want.Height > 0 && size.Height != c.want.Height {
				t.Errorf("the panel is %v large at %v", size, at)
			}
			test.TapCanvas(w.Canvas(), at.AddXY(size.Width-5, size.Height-5))
			if closed != 0 {
				t.Error("a press inside closes it")
			}
			test.TapCanvas(w.Canvas(), fyne.NewPos(at.X+5, at.Y-5))
			if closed != 1 || w.Canvas().Focused() != anchor {
				t.Errorf("after a press beside it: closed %d times, the focus is on %T", closed, w.Canvas().Focused())
			}
			m.Close() // twice is once
			m = open()
			m.Key(&fyne.KeyEvent{Name: fyne.KeyEscape})
			if closed != 2 || w.Canvas().Overlays().Top() != nil {
				t.Errorf("after Escape: closed %d times", closed)
			}
		})
	}
}

func TestAChipIsOnOrOff(t *testing.T) {
	var got calls
	c := part.NewChip("Only A", got.note("pressed"))
	w := show(t, c, 100, 30)
	test.TapCanvas(w.Canvas(), fyne.NewPos(50, 15))
	w.Canvas().Focus(c)
	uitest.Key(w.Canvas(), fyne.KeySpace)
	if got.expect(t, "pressed", "pressed"); c.On() {
		t.Error("it turns itself on")
	}
	c.SetOn(true)
	if !c.On() || !strings.Contains(c.ProbeName(), "on") {
		t.Errorf("it says %q", c.ProbeName())
	}
}
