package ui_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"canopy/activity"
	"canopy/api/sandbox"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/uitest"
)

// redraw is the time between two redraws of the page.
const redraw = 250 * time.Millisecond

// watcher is a desk with the Activity page open.
type watcher struct{ *desk }

func newWatcher(t *testing.T) *watcher {
	t.Helper()
	w := &watcher{newDesk(t, sandbox.Options{})}
	w.signIn(t, alice, acme)
	w.look(t)
	return w
}

func (w *watcher) look(t testing.TB) {
	t.Helper()
	uitest.Choose(t, w.window.Window(), "View", "Activity")
	uitest.Expect(t, w.canvas(), "What Canopy asked, and why")
}

// rows returns the texts of the rows in sight from the top, with | between them.
func (w *watcher) rows() (rows []string) {
	var table *part.Table
	last := float32(-1)
	for _, s := range uitest.Look(w.canvas()) {
		for _, o := range s.Inside {
			if t, ok := o.(*part.Table); ok {
				table = t
			}
		}
		if table == nil || s.Text == "" || !slices.ContainsFunc(s.Inside, func(o fyne.CanvasObject) bool { return o == table }) {
			continue
		}
		switch {
		case last < 0, s.At.Y != last:
			rows = append(rows, s.Text)
		default:
			rows[len(rows)-1] += "|" + s.Text
		}
		last = s.At.Y
	}
	for len(rows) > 0 && !strings.Contains(rows[0], ":") { // the titles
		rows = rows[1:]
	}
	return rows
}

// answer is what the network says to a request.
type answer struct {
	status int
	trace  string
	body   string
	err    error
}

func (a answer) RoundTrip(q *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	header := http.Header{}
	if a.trace != "" {
		header.Set("X-Debug-Trace-Id", a.trace)
	}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: q}, nil
}

// ask sends a request through the log.
func (w *watcher) ask(t testing.TB, url, grant, why string, a answer) {
	t.Helper()
	ctx := activity.Why(activity.ForGrant(t.Context(), grant), why)
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer not-to-be-seen-anywhere")
	resp, err := w.Activity.Transport(a).RoundTrip(q)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// pause lets the time between two redraws pass, and what is due be drawn.
func (w *watcher) pause(t testing.TB) {
	t.Helper()
	w.Clock.AwaitWaiter(t, redraw)
	w.Clock.Advance(redraw)
}

func (w *watcher) grant() string { return w.session.State().Grant.ID }

// clear leaves only the requests with these words in the table.
func (w *watcher) clear(t *testing.T, words string) {
	t.Helper()
	uitest.Type(t, w.canvas(), words)
}

func TestActivityShowsEveryRequestTheNewestOnTop(t *testing.T) {
	w := newWatcher(t)
	uitest.Expect(t, w.canvas(), "Activity", "Pause", "Export…", "Time", "Host and path", "Status", "Took", "Bytes", "Why")
	log := w.Activity.Since(0)
	rows := w.rows()
	if len(rows) != len(log) || len(log) < 5 {
		t.Fatalf("there are %d rows and %d requests", len(rows), len(log))
	}
	names := map[string]string{
		host(w.Sandbox.Endpoints().IAM): "iam…", host(w.Sandbox.Endpoints().Serverless): "serverless…",
		host(w.Sandbox.Endpoints().Dedicated): "dedicated…", host(w.Sandbox.Endpoints().TokenEndpoint): "oauth…",
	}
	for i, row := range rows {
		r := log[len(log)-1-i]
		cells := strings.Split(row, "|")
		whole := names[r.Host] + r.Path
		if cells[1] != r.Method || !strings.HasPrefix(whole, strings.TrimSuffix(cells[2], "…")) || cells[3] != "200" {
			t.Errorf("row %d is %q, and the request was %s %s", i, row, r.Method, whole)
		}
	}
	if got := rows[len(rows)-1]; !strings.Contains(got, "POST|oauth…/v1/token|200") {
		t.Errorf("the oldest is %q", got)
	}
}

func host(url string) string {
	h, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	return h
}

func TestRequestsComeAsTheyAreMadeAndNotMoreThanFourTimesASecond(t *testing.T) {
	w := newWatcher(t)
	w.clear(t, "burst")
	w.Clock.AwaitWaiter(t, redraw)
	for n := range 500 {
		w.ask(t, fmt.Sprintf("https://api.example/burst/%d", n), w.grant(), "test", answer{status: 200})
	}
	w.Loop.Drain()
	uitest.ExpectNot(t, w.canvas(), "/burst/")
	w.Clock.Advance(redraw)
	w.until(t, "/burst/499")
	w.ask(t, "https://api.example/burst/late", w.grant(), "test", answer{status: 200})
	w.Clock.AwaitWaiter(t, redraw)
	w.Clock.Advance(redraw - time.Millisecond)
	w.Loop.Drain()
	uitest.ExpectNot(t, w.canvas(), "/burst/late")
	w.Clock.Advance(time.Millisecond)
	w.until(t, "/burst/late")
	if rows := w.rows(); !strings.Contains(rows[0], "/burst/late") || !strings.Contains(rows[1], "/burst/499") {
		t.Errorf("at the top are %q", rows[:2])
	}
}

func TestALeftPageDoesNothing(t *testing.T) {
	for what, leave := range map[string]func(*watcher){
		"by Escape": func(w *watcher) { uitest.Key(w.canvas(), fyne.KeyEscape) },
		"by a row":  func(w *watcher) { w.press(t, "payments") },
		"by signing out": func(w *watcher) {
			uitest.Choose(t, w.window.Window(), "Canopy", "Sign out…")
			w.press(t, "Sign out")
			w.until(t, "Sign in with your browser")
		},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWatcher(t)
			leave(w)
			uitest.ExpectNot(t, w.canvas(), "What Canopy asked, and why")
			if w.Tasks.Running("activity") {
				t.Error("it still waits for requests")
			}
			w.ask(t, "https://api.example/unseen", w.grant(), "test", answer{status: 200})
			w.Loop.Drain()
			if w.Tasks.Running("activity") {
				t.Error("a request wakes it")
			}
		})
	}
}

func TestThePageStaysWhileTheSessionGoesOn(t *testing.T) {
	w := newWatcher(t)
	w.press(t, "Refresh")
	w.read(t)
	w.Loop.Until(t, "the new requests", func() bool {
		if w.Clock.Waits(redraw) {
			w.Clock.Advance(redraw)
		}
		return uitest.Says(w.canvas(), "refresh")
	})
	uitest.Expect(t, w.canvas(), "What Canopy asked, and why")
	uitest.Choose(t, w.window.Window(), "View", "Activity") // it is open already
	uitest.Expect(t, w.canvas(), "What Canopy asked, and why", "refresh")
}

func TestFailuresAreSaidInWords(t *testing.T) {
	w := newWatcher(t)
	for path, a := range map[string]answer{
		"401 not accepted": {status: 401}, "403 not allowed": {status: 403}, "404 not found": {status: 404},
		"429 too many": {status: 429}, "418 refused": {status: 418}, "503 server error": {status: 503}, "504 too slow": {status: 504},
		"no answer": {err: io.ErrUnexpectedEOF}, "204": {status: 204}, "307": {status: 307},
	} {
		w.ask(t, "https://api.example/words/"+strings.ReplaceAll(path, " ", "-"), w.grant(), "", a)
	}
	w.clear(t, "words")
	w.pause(t)
	w.until(t, "/words/")
	rows := w.rows()
	if len(rows) != 10 {
		t.Fatalf("there are %d rows", len(rows))
	}
	w.window.Window().Resize(fyne.NewSize(1800, 760))
	for _, row := range w.rows() {
		cells := strings.Split(row, "|")
		_, want, _ := strings.Cut(cells[2], "/words/")
		if strings.ReplaceAll(cells[3], " ", "-") != want {
			t.Errorf("%s is said as %q", want, cells[3])
		}
	}
}

func TestTheSelectedRequestIsSaidInFull(t *testing.T) {
	w := newWatcher(t)
	w.ask(t, "https://dedicated.tidbapi.com/v1beta1/clusters?pageSize=100", w.grant(), "background page 2",
		answer{status: 401, trace: "7f31c0aa55ee1234", body: strings.Repeat("x", 2140)})
	w.pause(t)
	w.until(t, "401 not accepted")
	uitest.ExpectNot(t, w.canvas(), "Copy as curl", "trace ")
	uitest.Key(w.canvas(), fyne.KeyDown)
	uitest.Expect(t, w.canvas(), "GET dedicated.tidbapi.com/v1beta1/clusters?pageSize=100", "trace 7f31c0aa… · 2,140 bytes")
	w.press(t, "Copy trace id")
	if got := w.app.Clipboard().Content(); got != "7f31c0aa55ee1234" {
		t.Errorf("on the clipboard is %q", got)
	}
	w.press(t, "Copy as curl")
	want := `curl -H "Authorization: Bearer $TIDB_CLOUD_TOKEN" 'https://dedicated.tidbapi.com/v1beta1/clusters?pageSize=100'`
	if got := w.app.Clipboard().Content(); got != want {
		t.Errorf("on the clipboard is %q, want %q", got, want)
	}
	uitest.Expect(t, w.canvas(), "TIDB_CLOUD_TOKEN")
	w.app.Clipboard().SetContent("")
	uitest.Choose(t, w.window.Window(), "View", "Activity") // brings the focus back
	uitest.Key(w.canvas(), fyne.KeyReturn)
	if got := w.app.Clipboard().Content(); got != want {
		t.Errorf("Enter copies %q", got)
	}
	uitest.Type(t, w.canvas(), "no such thing")
	uitest.ExpectNot(t, w.canvas(), "Copy as curl", "trace ")
}

func TestARequestWithoutAnAnswerSaysWhy(t *testing.T) {
	w := newWatcher(t)
	w.ask(t, "https://dedicated.tidbapi.com/x", w.grant(), "", answer{err: io.ErrUnexpectedEOF})
	w.pause(t)
	w.until(t, "no answer")
	uitest.Key(w.canvas(), fyne.KeyDown)
	uitest.Expect(t, w.canvas(), "no answer: the connection broke off", "0 bytes")
	uitest.ExpectNot(t, w.canvas(), "Copy trace id")
}

func TestFilterFindsWordsAndShortNames(t *testing.T) {
	w := newWatcher(t)
	all := len(w.rows())
	for words, finds := range map[string]string{
		"iam org":                "iam…/v1beta1/org",
		"host:dedicated":         "dedicated…/",
		"status:200 method:post": "oauth…/v1/token",
	} {
		uitest.Type(t, w.canvas(), words)
		for _, row := range w.rows() {
			if !strings.Contains(row, finds) {
				t.Errorf("%q finds %q", words, row)
			}
		}
		if n := len(w.rows()); n == 0 || n == all {
			t.Errorf("%q finds %d of %d", words, n, all)
		}
		uitest.Expect(t, w.canvas(), fmt.Sprintf("of %d requests match.", all))
		uitest.Key(w.canvas(), fyne.KeyEscape) // everything again
		if n := len(w.rows()); n != all {
			t.Errorf("after Escape there are %d rows of %d", n, all)
		}
	}
	uitest.Type(t, w.canvas(), "zebra")
	uitest.Expect(t, w.canvas(), "Nothing matches.")
	w.press(t, "Export…") // there is nothing to export
	uitest.ExpectNot(t, w.canvas(), "Folder and name", "Save")
	uitest.Choose(t, w.window.Window(), "View", "Activity") // the focus was lost with that press
	uitest.Type(t, w.canvas(), "s")
	uitest.Key(w.canvas(), fyne.KeyEscape, fyne.KeyReturn, fyne.KeyDown) // the rows have the focus again
	uitest.Expect(t, w.canvas(), "Copy as curl")
	uitest.Key(w.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, w.canvas(), "What Canopy asked")
}

func TestTypingInTheTableFilters(t *testing.T) {
	w := newWatcher(t)
	uitest.Type(t, w.canvas(), "userinfo") // the table has the focus
	if rows := w.rows(); len(rows) != 1 || !strings.Contains(rows[0], "userinfo") {
		t.Errorf("the rows are %q", rows)
	}
}

func TestAPausedListStandsStill(t *testing.T) {
	w := newWatcher(t)
	w.clear(t, "still")
	w.ask(t, "https://api.example/still/1", w.grant(), "", answer{status: 200})
	w.pause(t)
	w.until(t, "/still/1")
	w.press(t, "Pause")
	for n := 2; n <= 4; n++ {
		w.ask(t, fmt.Sprintf("https://api.example/still/%d", n), w.grant(), "", answer{status: 200})
	}
	w.pause(t)
	w.until(t, "Continue · 3 new")
	if rows := w.rows(); len(rows) != 1 {
		t.Errorf("while it is paused the rows are %q", rows)
	}
	w.press(t, "Continue · 3 new")
	uitest.Expect(t, w.canvas(), "Pause")
	if rows := w.rows(); len(rows) != 4 || !strings.Contains(rows[0], "/still/4") {
		t.Errorf("after that the rows are %q", rows)
	}
	w.press(t, "Pause")
	uitest.Expect(t, w.canvas(), "Continue")
	uitest.ExpectNot(t, w.canvas(), " new")
}

func TestTheLastTenThousandAreKept(t *testing.T) {
	w := newWatcher(t)
	w.clear(t, "many")
	w.ask(t, "https://api.example/many/first", w.grant(), "", answer{status: 200})
	w.pause(t)
	w.until(t, "/many/first")
	uitest.ExpectNot(t, w.canvas(), "are kept")
	for n := range activity.Capacity {
		w.ask(t, fmt.Sprintf("https://api.example/many/%d", n), w.grant(), "", answer{status: 200})
	}
	w.pause(t)
	w.until(t, "The last 10,000 requests are kept.")
	if rows := w.rows(); !strings.Contains(rows[0], "/many/9999") {
		t.Errorf("at the top is %q", rows[0])
	}
	uitest.Key(w.canvas(), fyne.KeyEnter, fyne.KeyEnd)
	rows := w.rows()
	if last := rows[len(rows)-1]; !strings.Contains(last, "/many/0|") {
		t.Errorf("at the bottom is %q", last)
	}
	uitest.ExpectNot(t, w.canvas(), "Grant") // there is one; what came before it is gone and counts for none
	w.ask(t, "https://api.example/many/more", w.grant(), "", answer{status: 200})
	w.pause(t)
	w.Loop.Until(t, "the oldest to go", func() bool { rows = w.rows(); return strings.Contains(rows[len(rows)-1], "/many/1|") })
}

func TestTheGrantIsShownWhereThereAreSeveral(t *testing.T) {
	w := newWatcher(t)
	uitest.ExpectNot(t, w.canvas(), "Grant")
	w.ask(t, "https://api.example/other", "a-grant-that-has-gone", "", answer{status: 200})
	w.pause(t)
	w.until(t, "/other")
	w.window.Window().Resize(fyne.NewSize(1500, 760))
	uitest.Expect(t, w.canvas(), "Grant")
	rows := w.rows()
	if !strings.HasSuffix(rows[0], "no longer kept") {
		t.Errorf("the newest is %q", rows[0])
	}
	if !strings.Contains(rows[1], "Acme Robotics") {
		t.Errorf("the next is %q", rows[1])
	}
}

func TestExportWritesWhatIsShownTheOldestFirst(t *testing.T) {
	w := newWatcher(t)
	for n := range 1200 {
		w.ask(t, fmt.Sprintf("https://api.example/export/%04d", n), w.grant(), "", answer{status: 200})
	}
	w.clear(t, "export")
	w.pause(t)
	w.until(t, "/export/1199")
	w.press(t, "Export…")
	uitest.Expect(t, w.canvas(), "Export 1,200 requests", "canopy-activity-2026-11-23.jsonl")
	w.press(t, "Save")
	w.until(t, "Saved as")
	content, err := os.ReadFile(w.downloads + "/canopy-activity-2026-11-23.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	if len(lines) != 1200 {
		t.Fatalf("there are %d lines", len(lines))
	}
	for i, line := range lines {
		var r struct{ Path, Host, Method string }
		if err := json.Unmarshal(line, &r); err != nil || r.Path != fmt.Sprintf("/export/%04d", i) {
			t.Fatalf("line %d is %s, %v", i, line, err)
		}
	}
	if bytes.Contains(content, []byte("not-to-be-seen")) {
		t.Error("a token is in the file")
	}
	w.press(t, "Export…")
	w.press(t, "Copy")
	w.until(t, "Copied")
	if got := w.app.Clipboard().Content(); got != string(content) {
		t.Errorf("on the clipboard are %d bytes, in the file %d", len(got), len(content))
	}
}

func TestSortingByTitleAndBack(t *testing.T) {
	w := newWatcher(t)
	for n, bytes := range []int{5, 500, 50} {
		w.ask(t, fmt.Sprintf("https://api.example/sort/%d", n), w.grant(), "", answer{status: 200, body: strings.Repeat("x", bytes)})
	}
	w.clear(t, "sort/")
	w.pause(t)
	w.until(t, "/sort/2")
	order := func() (order string) {
		for _, row := range w.rows() {
			_, n, _ := strings.Cut(row, "/sort/")
			order += n[:1]
		}
		return order
	}
	for _, want := range []string{"120", "021", "210"} {
		w.press(t, "Bytes")
		if got := order(); got != want {
			t.Errorf("the order is %s, want %s", got, want)
		}
	}
	w.press(t, "Host and path")
	w.ask(t, "https://api.example/sort/1b", w.grant(), "", answer{status: 200})
	w.pause(t)
	w.until(t, "/sort/1b")
	if got := order(); got != "0112" {
		t.Errorf("with a later one the order is %s", got)
	}
}

func TestRightPressOnARequest(t *testing.T) {
	w := newWatcher(t)
	w.ask(t, "https://api.example/menu?pageSize=1", w.grant(), "", answer{status: 200})
	w.pause(t)
	w.until(t, "/menu")
	uitest.PressRight(t, w.canvas(), "api.example/menu?pageSize=1")
	uitest.Expect(t, w.canvas(), "Copy as curl", "Copy address", "Only requests to this host")
	w.press(t, "Copy address")
	if got := w.app.Clipboard().Content(); got != "https://api.example/menu?pageSize=1" {
		t.Errorf("on the clipboard is %q", got)
	}
	uitest.PressRight(t, w.canvas(), "api.example/menu?pageSize=1")
	w.press(t, "Only requests to this host")
	if rows := w.rows(); len(rows) != 1 {
		t.Errorf("the rows are %q", rows)
	}
}

func TestWhereNothingIsRecordedThePageSaysSo(t *testing.T) {
	w := &watcher{newDesk(t, sandbox.Options{})}
	w.close()
	w.Reopen(t)
	deps := w.Deps()
	deps.Activity = nil
	w.open(t, deps)
	w.signIn(t, alice, acme)
	w.look(t)
	uitest.Expect(t, w.canvas(), "Nothing has been asked yet.")
}

func TestThereIsNoActivityBeforeASignIn(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	if uitest.Choose(t, d.window.Window(), "View", "Activity") {
		t.Error("the menu item is enabled")
	}
	if d.session.State().Phase != session.SignedOut {
		t.Error("somebody is signed in")
	}
}
