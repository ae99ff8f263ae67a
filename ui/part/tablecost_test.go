package part_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"canopy/ui/uitest"
)

func TestTheCostOfATableIsThatOfTheRowsInSight(t *testing.T) {
	asked := new(int)
	small, big := newSheet(t, numbers{count: 100}), (*sheet)(nil)
	objects := uitest.Objects(small.window.Canvas())
	big = newSheet(t, numbers{count: 10_000, asked: asked})
	if got := uitest.Objects(big.window.Canvas()); got != objects {
		t.Errorf("10,000 rows have %d objects and 100 have %d", got, objects)
	}
	for what, do := range map[string]func(){
		"showing other rows":   func() { big.SetSource(numbers{first: 1, count: 10_000, asked: asked}) },
		"going one row down":   func() { big.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) },
		"going to the end":     func() { big.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd}) },
		"turning the wheel":    func() { big.scroll(3) },
		"moving the pointer":   func() { test.MoveMouse(big.window.Canvas(), fyne.NewPos(100, 200)) },
		"taking away the look": big.Refresh,
	} {
		*asked = 0
		do()
		if *asked > 2*(rowsSeen+2) {
			t.Errorf("%s asked for %d rows", what, *asked)
		}
	}
}

// BenchmarkTableFrame draws what a live update costs: rows come on top, and everything is painted.
func BenchmarkTableFrame(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := newSheet(b, numbers{first: 1 << 20, count: n})
			d.window.Resize(fyne.NewSize(800, 600))
			d.window.Canvas().Capture()
			first := 1 << 20
			for b.Loop() {
				first--
				d.SetSource(numbers{first: first, count: n})
				d.window.Canvas().Capture()
			}
		})
	}
}

// BenchmarkTableUpdate is the same without the painting.
func BenchmarkTableUpdate(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := newSheet(b, numbers{first: 1 << 20, count: n})
			d.window.Resize(fyne.NewSize(800, 600))
			first := 1 << 20
			for b.Loop() {
				first--
				d.SetSource(numbers{first: first, count: n})
			}
		})
	}
}
