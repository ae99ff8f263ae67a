package ui_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"canopy/activity"
	"canopy/api/sandbox"
	"canopy/ui/part"
	"canopy/ui/uitest"
)

func TestHostileAnswersDoNotAct(t *testing.T) {
	w := newWatcher(t)
	hostile := "\u202Eevil\u2066\u200B\x1b]0;x\x07"
	w.ask(t, "https://api.example/hostile/%E2%80%AE%1B%5B2J%00"+strings.Repeat("/x", 200), w.grant(), "why "+hostile, answer{status: 200, trace: hostile + strings.Repeat("y", 5000)})
	w.ask(t, "https://xn--80ak6aa92e.example/hostile/'$(reboot)'", w.grant(), strings.Repeat("long ", 500), answer{err: errors.New(hostile)})
	w.clear(t, "hostile")
	w.pause(t)
	w.until(t, "/hostile/")
	for _, width := range []float32{1200, 800} {
		w.window.Window().Resize(fyne.NewSize(width, 600))
		for range w.rows() {
			uitest.Key(w.canvas(), fyne.KeyReturn, fyne.KeyDown)
			size := w.canvas().Size()
			for _, s := range uitest.Look(w.canvas()) {
				for _, r := range s.Text {
					if r < 0x20 && r != '\n' || r == 0x7F || r == 0x200B || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
						t.Errorf("%+q holds a character that acts", s.Text)
					}
				}
				if s.Text != "" && s.At.X+s.Object.MinSize().Width > size.Width+1 {
					t.Errorf("at width %v %s reaches beyond the window", width, s)
				}
			}
		}
	}
	uitest.Key(w.canvas(), fyne.KeyReturn)
	if got := w.app.Clipboard().Content(); strings.ContainsAny(got, "\n\x1b\u202E") {
		t.Errorf("on the clipboard is %q", got)
	}
}

func TestANarrowWindowKeepsWhatCounts(t *testing.T) {
	w := newWatcher(t)
	w.window.Window().Resize(fyne.NewSize(800, 600))
	uitest.Expect(t, w.canvas(), "Time", "Host and path", "Status", "Pause", "Export…", "Refresh")
	uitest.ExpectNot(t, w.canvas(), "Bytes", "Took", "Why")
	uitest.Key(w.canvas(), fyne.KeyEnd)
	uitest.Expect(t, w.canvas(), "sign-in: exchange the code") // no longer in the table, but below it
	if rows := w.rows(); !strings.Contains(strings.Join(rows, " "), "oauth…/v1/token") {
		t.Errorf("the line covers the row it is about: %q", rows)
	}
	if !slices.ContainsFunc(uitest.Look(w.canvas()), func(s uitest.Seen) bool {
		b, ok := s.Object.(*part.Button)
		return ok && b.ProbeName() == "activity" && b.Text() == ""
	}) {
		t.Error("the button of the page is not reduced to its icon")
	}
	w.window.Window().Resize(fyne.NewSize(1200, 760))
	uitest.Expect(t, w.canvas(), "Bytes", "Took")
}

func TestTheWholeOfACutTextComesWhenThePointerRests(t *testing.T) {
	w := newWatcher(t)
	address := "api.example/rest" + strings.Repeat("/long", 40)
	w.ask(t, "https://"+address, w.grant(), "", answer{status: 200})
	w.clear(t, "rest/")
	w.pause(t)
	w.until(t, "api.example/rest/")
	whole := func() bool { return slices.Contains(uitest.Texts(w.canvas()), address) }
	point := func() {
		for _, s := range uitest.Look(w.canvas()) {
			if strings.HasPrefix(s.Text, "api.example/rest/long") {
				test.MoveMouse(w.canvas(), s.At.AddXY(20, 15))
				return
			}
		}
	}
	point()
	if whole() {
		t.Error("it comes at once")
	}
	w.Clock.AwaitWaiter(t, 400*time.Millisecond)
	w.Clock.Advance(400 * time.Millisecond)
	w.Loop.Until(t, "the whole text", whole)
	test.MoveMouse(w.canvas(), fyne.NewPos(5, 5))
	if whole() {
		t.Error("it stays when the pointer has gone")
	}
	point()
	w.Clock.AwaitWaiter(t, 400*time.Millisecond)
	w.Clock.Advance(400 * time.Millisecond)
	w.Loop.Until(t, "the whole text", whole)
	uitest.Key(w.canvas(), fyne.KeyEscape, fyne.KeyEscape)
	uitest.ExpectNot(t, w.canvas(), "What Canopy asked", address)
}

// BenchmarkActivity is what one more request costs the open page, without the painting.
func BenchmarkActivity(b *testing.B) {
	for _, n := range []int{100, activity.Capacity} {
		w := &watcher{newDesk(b, sandbox.Options{})}
		w.signIn(b, alice, acme)
		for i := range n {
			w.ask(b, fmt.Sprintf("https://api.example/bench/%d", i), w.grant(), "test", answer{status: 200})
		}
		w.look(b)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				w.ask(b, "https://api.example/bench/more", w.grant(), "test", answer{status: 200})
				w.pause(b)
				w.Loop.Until(b, "the redraw", func() bool { return w.Clock.Waits(redraw) })
			}
		})
	}
}
