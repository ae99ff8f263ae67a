package part_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"canopy/ui/part"
	"canopy/ui/uitest"
)

func TestOptionsAreChosenByPressAndByKey(t *testing.T) {
	var got calls
	o := part.NewOptions("all", "some", "none at all")
	o.OnChoose = func(i int) { got = append(got, fmt.Sprint(i)) }
	o.Keys = func(e *fyne.KeyEvent) bool { got = append(got, string(e.Name)); return true }
	w := show(t, o, 200, 80)
	uitest.Press(t, w.Canvas(), "some")
	got.expect(t, "1")
	uitest.Press(t, w.Canvas(), "some")
	got.expect(t)
	if w.Canvas().Focused() != fyne.Focusable(o) {
		t.Error("a press does not give it the focus")
	}
	uitest.Key(w.Canvas(), fyne.KeyDown, fyne.KeyDown, fyne.KeyRight, fyne.KeyUp, fyne.KeyLeft, fyne.KeyUp)
	got.expect(t, "2", "1", "0")
	uitest.Key(w.Canvas(), fyne.KeyReturn, fyne.KeyEscape)
	got.expect(t, "Return", "Escape")
	o.Choose(2)
	got.expect(t)
	uitest.Key(w.Canvas(), fyne.KeyUp)
	got.expect(t, "1")
	if o.Cursor() != desktop.PointerCursor {
		t.Error("the pointer does not say that it can be pressed")
	}
}

func TestAnOptionThatIsTooLongIsCut(t *testing.T) {
	w := show(t, part.NewOptions("an option of very many words that nobody has room for"), 120, 30)
	uitest.ExpectNot(t, w.Canvas(), "nobody")
	w.Resize(fyne.NewSize(600, 30))
	uitest.Expect(t, w.Canvas(), "nobody has room for")
}

func TestAnAreaIsPressedWhereverItsContentIs(t *testing.T) {
	var got calls
	a := part.NewArea(container.NewVBox(part.NewText("four projects", part.Style{}), part.NewText("read-only", part.Style{})), "reach", got.note("reach"))
	a.Keys = func(e *fyne.KeyEvent) bool { got = append(got, string(e.Name)); return true }
	w := show(t, a, 200, 60)
	uitest.Press(t, w.Canvas(), "read-only")
	w.Canvas().Focus(a)
	uitest.Key(w.Canvas(), fyne.KeySpace, fyne.KeyEscape)
	got.expect(t, "reach", "reach", "Escape")
	if a.ProbeName() != "reach" {
		t.Errorf("it is called %q", a.ProbeName())
	}
	a.MouseIn(nil)
	a.MouseOut()
}

func TestALinkTakesAColourOfItsOwn(t *testing.T) {
	l := part.NewLink("Sign out", nil).In(theme.ColorNameError)
	w := show(t, l, 100, 30)
	for _, s := range uitest.Look(w.Canvas()) {
		if text, ok := s.Object.(*canvas.Text); ok && text.Color != l.Theme().Color(theme.ColorNameError, fyne.CurrentApp().Settings().ThemeVariant()) {
			t.Errorf("its colour is %v", text.Color)
		}
	}
}
