package part_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"canopy/ui/part"
	look "canopy/ui/theme"
)

func TestAFlowBreaksWhereThereIsNoRoom(t *testing.T) {
	box := func(w, h float32) *part.Box {
		return part.NewBox(look.ColorSurface, "", 0).SetMin(fyne.NewSize(w, h))
	}
	a, b, hidden, c, link := box(100, 20), box(100, 40), box(500, 500), box(100, 20), part.NewLink("more", nil)
	hidden.Hide()
	f := part.NewFlow(10, a, b, hidden, c, link)
	show(t, f.Container, 600, 400)
	high := link.MinSize().Height
	for _, x := range []struct{ width, height float32 }{{600, 40}, {320, 40 + high}, {210, 40 + max(20, high)}, {100, 20 + 40 + 20 + high}} {
		if got := f.HeightAt(x.width); got != x.height {
			t.Errorf("at width %v it is %v high, want %v", x.width, got, x.height)
		}
	}
	f.Resize(fyne.NewSize(320, 200))
	for what, got := range map[string][2]fyne.Position{
		"the first":  {a.Position(), fyne.NewPos(0, 10)}, // in the middle of its line
		"the second": {b.Position(), fyne.NewPos(110, 0)},
		"the third":  {c.Position(), fyne.NewPos(220, 10)},
		"the link":   {link.Position(), fyne.NewPos(-8, 40)}, // its text begins at the edge
	} {
		if got[0] != got[1] {
			t.Errorf("%s is at %v, want %v", what, got[0], got[1])
		}
	}
}

func TestATextInAFlowIsCutAtTheLine(t *testing.T) {
	long := part.NewText("a text that is rather long for so narrow a place", part.Style{Cut: true})
	after := part.NewBox(look.ColorSurface, "", 0).SetMin(fyne.NewSize(50, 10))
	f := part.NewFlow(10, long, after)
	show(t, f.Container, 600, 100)
	f.Resize(fyne.NewSize(120, 100))
	if long.Size().Width != 120 || after.Position().Y == 0 {
		t.Errorf("the text is %v wide and the next stands at %v", long.Size().Width, after.Position())
	}
	f.Resize(fyne.NewSize(600, 100))
	if long.Size().Width > 400 || after.Position().X != long.Size().Width+10 {
		t.Errorf("with room the text is %v wide and the next stands at %v", long.Size().Width, after.Position())
	}
}
