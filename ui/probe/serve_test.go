//go:build probe

package probe_test

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"canopy/ui/probe"
)

// queued is a driver whose fyne.Do waits for the test's goroutine, as the desktop's waits for the main one.
type queued struct {
	fyne.Driver
	work chan func()
}

func (q *queued) DoFromGoroutine(f func(), wait bool) {
	done := make(chan struct{})
	q.work <- func() { f(); close(done) }
	if wait {
		<-done
	}
}

type queuedApp struct {
	fyne.App
	driver *queued
}

func (a *queuedApp) Driver() fyne.Driver { return a.driver }

// desk is a window with a probe on it.
type desk struct {
	t      *testing.T
	window fyne.Window
	work   chan func()
	conn   net.Conn
	lines  *bufio.Reader
	path   string
}

func newDesk(t *testing.T, content fyne.CanvasObject) *desk {
	t.Helper()
	stock := test.NewTempApp(t)
	work := make(chan func(), 64)
	fyne.SetCurrentApp(&queuedApp{App: stock, driver: &queued{Driver: stock.Driver(), work: work}})
	w := stock.NewWindow("Canopy under test")
	t.Cleanup(w.Close)
	w.SetPadded(false)
	w.SetContent(content)
	w.Resize(fyne.NewSize(400, 300))

	path := filepath.Join(t.TempDir(), "probe")
	t.Setenv("CANOPY_PROBE", path)
	probe.Serve(w)
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &desk{t: t, window: w, work: work, conn: conn, lines: bufio.NewReader(conn), path: path}
}

// ask sends a question and runs the UI's work until its answer is there.
func (d *desk) ask(question string, answer any) {
	d.t.Helper()
	if _, err := d.conn.Write([]byte(question + "\n")); err != nil {
		d.t.Fatal(err)
	}
	line := make(chan []byte, 1)
	go func() {
		text, _ := d.lines.ReadBytes('\n')
		line <- text
	}()
	late := time.After(5 * time.Second)
	for {
		select {
		case f := <-d.work:
			f()
		case text := <-line:
			if err := json.Unmarshal(text, answer); err != nil {
				d.t.Fatalf("answer to %q: %v in %q", question, err, text)
			}
			return
		case <-late:
			d.t.Fatalf("no answer to %q", question)
		}
	}
}

func (d *desk) dump() []probe.Object {
	d.t.Helper()
	var objects []probe.Object
	d.ask("dump", &objects)
	return objects
}

func find(objects []probe.Object, match func(probe.Object) bool) (probe.Object, bool) {
	for _, o := range objects {
		if match(o) {
			return o, true
		}
	}
	return probe.Object{}, false
}

func text(s string) func(probe.Object) bool {
	return func(o probe.Object) bool { return o.Text == s }
}

func typed(kind, s string) func(probe.Object) bool {
	return func(o probe.Object) bool { return o.Type == kind && o.Text == s }
}

// leaf is a widget that tells tests its name and its row.
type leaf struct{ widget.Label }

func (l *leaf) ProbeName() string { return "leaf" }
func (l *leaf) ProbeRow() string  { return "project/101|payments|1" }

func newLeaf(s string) *leaf {
	l := &leaf{}
	l.ExtendBaseWidget(l)
	l.SetText(s)
	return l
}

func TestDumpTellsWordsPlaceAndState(t *testing.T) {
	button := widget.NewButton("Sign in", func() {})
	button.Disable()
	check := widget.NewCheck("payments", nil)
	check.Checked = true
	box := container.NewVBox(button, check, newLeaf("a leaf"))
	d := newDesk(t, box)
	objects := d.dump()

	got, ok := find(objects, typed("*widget.Button", "Sign in"))
	if !ok || !got.Disabled {
		t.Errorf("button = %+v, %v; want it there and disabled", got, ok)
	}
	if words, ok := find(objects, typed("*canvas.Text", "Sign in")); !ok || !words.Disabled {
		t.Errorf("the button's words = %+v, %v; want them disabled with it", words, ok)
	}
	if got.W != 400 || got.H < 20 || got.X != 0 || got.Y != 0 {
		t.Errorf("button lies at %d,%d and is %d by %d; want the top, the whole width", got.X, got.Y, got.W, got.H)
	}
	got, ok = find(objects, text("payments"))
	if !ok || !got.Checked {
		t.Errorf("check = %+v, %v; want it there and checked", got, ok)
	}
	got, ok = find(objects, func(o probe.Object) bool { return o.Name == "leaf" })
	if !ok || got.Row != "project/101|payments|1" {
		t.Errorf("leaf = %+v, %v; want its row", got, ok)
	}
}

func TestDumpLeavesOutWhatIsHiddenOrScrolledAway(t *testing.T) {
	hidden := widget.NewLabel("hidden")
	hidden.Hide()
	lines := container.NewVBox(hidden)
	for range 20 {
		lines.Add(widget.NewLabel("a line"))
	}
	lines.Add(widget.NewLabel("the last line"))
	scroll := container.NewVScroll(lines)
	d := newDesk(t, scroll)

	objects := d.dump()
	for _, unseen := range []string{"hidden", "the last line"} {
		if got, ok := find(objects, text(unseen)); ok {
			t.Errorf("%q is in the dump: %+v", unseen, got)
		}
	}
	for _, o := range objects {
		if o.Y+o.H > 300 || o.Y < 0 {
			t.Errorf("%+v reaches past the scroller, whose height is 300", o)
		}
	}
	scroll.ScrollToBottom()
	if _, ok := find(d.dump(), text("the last line")); !ok {
		t.Error("after scrolling down the last line is not in the dump")
	}
}

func TestDumpTellsWhichLayerIsOnTop(t *testing.T) {
	d := newDesk(t, widget.NewLabel("below"))
	popUp := widget.NewModalPopUp(widget.NewLabel("above"), d.window.Canvas())
	popUp.Show()
	objects := d.dump()
	below, _ := find(objects, text("below"))
	above, ok := find(objects, text("above"))
	if !ok || above.Layer <= below.Layer {
		t.Errorf("layers: above %d, below %d, found %v; want above higher", above.Layer, below.Layer, ok)
	}
}

func TestDumpNeverTellsAPassword(t *testing.T) {
	entry := widget.NewPasswordEntry()
	entry.SetPlaceHolder("Private key")
	d := newDesk(t, entry)
	entry.SetText("correct horse")
	entry.Refresh()
	d.window.Canvas().Focus(entry)
	objects := d.dump()
	if _, ok := find(objects, func(o probe.Object) bool { return strings.Contains(o.Text, "horse") }); ok {
		t.Error("the password is in the dump")
	}
	if got, ok := find(objects, func(o probe.Object) bool { return o.Hint == "Private key" }); !ok || !got.Focused {
		t.Errorf("entry = %+v, %v; want it there and focused", got, ok)
	}
}

func TestWindowTellsItsTitleAndSize(t *testing.T) {
	d := newDesk(t, widget.NewLabel("x"))
	var title struct{ Title string }
	d.ask("title", &title)
	if title.Title != "Canopy under test" {
		t.Errorf("title = %q", title.Title)
	}
	var size struct{ W, H int }
	d.ask("size", &size)
	if size.W != 400 || size.H != 300 {
		t.Errorf("size = %+v; want 400 by 300", size)
	}
}

func TestSettleAnswers(t *testing.T) {
	d := newDesk(t, widget.NewLabel("x"))
	var settled struct{ Settled bool }
	d.ask("settle", &settled)
	if !settled.Settled {
		t.Error("settle did not answer that it is settled")
	}
}

func TestUnknownQuestionIsAnsweredWithAnError(t *testing.T) {
	d := newDesk(t, widget.NewLabel("x"))
	var answer struct{ Error string }
	d.ask("press", &answer)
	if !strings.Contains(answer.Error, `"press"`) {
		t.Errorf("error = %q; want it to name the question", answer.Error)
	}
}

func TestSocketIsForItsOwnerOnly(t *testing.T) {
	d := newDesk(t, widget.NewLabel("x"))
	at, err := os.Stat(d.path)
	if err != nil {
		t.Fatal(err)
	}
	if got := at.Mode().Perm(); got != 0o600 {
		t.Errorf("mode = %o; want 600", got)
	}
}

func TestNothingListensWhenNotAsked(t *testing.T) {
	t.Setenv("CANOPY_PROBE", "")
	t.Chdir(t.TempDir())
	probe.Serve(test.NewTempWindow(t, widget.NewLabel("x")))
	if left, _ := filepath.Glob("*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
