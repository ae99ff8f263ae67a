package ui_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/uitest"
	"canopy/ui/uitest/stage"
)

func TestFirstScreenSaysWhereOneSignsIn(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	uitest.Expect(t, d.canvas(), "See your TiDB Cloud", "Sign in with your browser", "Use a device code", "Use an API key", "No TiDB Cloud account is involved")
	if d.window.Window().Title() != "Canopy" {
		t.Errorf("the title is %q", d.window.Window().Title())
	}
	deps := d.Deps()
	deps.Environments = []auth.Environment{auth.TiDBCloud(), stage.NotStarted()}
	d.open(t, deps)
	uitest.Expect(t, d.canvas(), "TiDB Cloud's own page", "No account at hand?", "Open the local sandbox")
	d.press(t, "Sign in with your browser")
	d.until(t, "needs a client id")
	uitest.Expect(t, d.canvas(), "settings file", "API key")
	d.Person.Allows(alice, acme)
	d.press(t, "Open the local sandbox")
	d.read(t)
	d.expectRows(t, acmeProjects...)
}

func TestEnterOnTheFirstScreenSignsIn(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	uitest.Key(d.canvas(), fyne.KeyReturn)
	d.until(t, "Finish in your browser")
}

func TestWaitingShowsTheStepsTheTimeLeftAndTheLink(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.press(t, "Sign in with your browser")
	d.until(t, "Browser opened")
	uitest.Expect(t, d.canvas(), "Finish in your browser", "Listening on 127.0.0.1:", "Waiting for your approval", "Exchange the code",
		"Load organization and projects", "This link works for 5:00 more")
	d.pass(t, time.Second, time.Second, "the time left to be less", func() bool {
		rest := stage.Noon.Add(5 * time.Minute).Sub(d.Clock.Now())
		return rest < 5*time.Minute && uitest.Says(d.canvas(), fmt.Sprintf("This link works for 4:%02d more", int(rest.Seconds())-240))
	})

	link := d.session.State().Attempt.Link
	d.press(t, "Copy link")
	if d.app.Clipboard().Content() != link {
		t.Errorf("on the clipboard is %q", d.app.Clipboard().Content())
	}
	uitest.Expect(t, d.canvas(), "Link copied")
	d.press(t, "Open browser again")
	d.Loop.Until(t, "the link to be opened again", func() bool { return len(d.opened) == 1 })
	if d.opened[0] != link {
		t.Errorf("%q was opened, want the same link", d.opened[0])
	}

	resp, err := http.Get("http://" + d.session.State().Attempt.Address + "/callback?code=x&state=y")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	d.until(t, "1 stray request ignored")
	d.press(t, "Cancel")
	d.until(t, "Sign in with your browser")
	uitest.ExpectNot(t, d.canvas(), "Details")
}

func TestAToastGoesByItself(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.press(t, "Sign in with your browser")
	d.until(t, "Waiting for your approval")
	d.Loop.Until(t, "the link", func() bool { return d.session.State().Attempt.Stage == auth.StageWaiting })
	d.press(t, "Copy link")
	uitest.Expect(t, d.canvas(), "Link copied")
	const toast = 2500 * time.Millisecond
	d.pass(t, toast, toast, "the toast to go", func() bool { return !uitest.Says(d.canvas(), "Link copied") })
}

func TestWithoutABrowserTheWindowSaysHowElse(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.Person.HasNoBrowser()
	d.press(t, "Sign in with your browser")
	d.until(t, "No browser could be opened")
	uitest.Expect(t, d.canvas(), "Browser not opened: use the link")
	d.noPage = errors.New("still none")
	d.press(t, "Open browser again")
	d.until(t, "The link is on your clipboard")
	if d.app.Clipboard().Content() != d.session.State().Attempt.Link {
		t.Errorf("on the clipboard is %q", d.app.Clipboard().Content())
	}
}

func TestSayingNoIsSaidAndCanBeFoldedOut(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.Person.Denies(alice)
	d.press(t, "Sign in with your browser")
	d.until(t, "You said no in the browser")
	d.press(t, "Details")
	uitest.Expect(t, d.canvas(), "What happened", auth.ErrDenied.Error())
	d.press(t, "Copy")
	if d.app.Clipboard().Content() != auth.ErrDenied.Error() {
		t.Errorf("on the clipboard is %q", d.app.Clipboard().Content())
	}
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, d.canvas(), "What happened")
}

func TestDeviceCodeCanBeReadAndCopied(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.press(t, "Use a device code")
	d.until(t, "Works for 10:00 more")
	st := d.session.State().Attempt
	uitest.Expect(t, d.canvas(), "Approve on any device", st.UserCode, "checking every 5 s", "Only type it if you asked for it here")
	d.press(t, "Copy code")
	if d.app.Clipboard().Content() != st.UserCode {
		t.Errorf("on the clipboard is %q", d.app.Clipboard().Content())
	}
	d.press(t, "Open page")
	d.Loop.Until(t, "the page to be opened", func() bool { return len(d.opened) == 1 })
	d.Person.Allows(alice, acme, "101")
	if err := d.Person.Visit(d.opened[0]); err != nil {
		t.Fatal(err)
	}
	d.Clock.AwaitWaiter(t, 5*time.Second)
	d.Clock.Advance(5 * time.Second)
	d.read(t)
	d.expectRows(t, "Acme Robotics", "payments")
}

func TestAPIKeyIsAskedForAndForgotten(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	key := d.Sandbox.APIKeys()[0]
	d.press(t, "Use an API key")
	uitest.Key(d.canvas(), fyne.KeyReturn) // nothing is typed yet
	uitest.Expect(t, d.canvas(), "Use this key")
	uitest.Type(t, d.canvas(), key.Public)
	d.canvas().FocusNext()
	uitest.Type(t, d.canvas(), key.Private)
	uitest.Key(d.canvas(), fyne.KeyReturn)
	uitest.ExpectNot(t, d.canvas(), "Use this key", key.Private)
	d.read(t)
	d.expectRows(t, acmeProjects...)
	uitest.Expect(t, d.canvas(), "API key")
	uitest.ExpectNot(t, d.canvas(), key.Private)
}

func TestWithoutAKeyringTheChosenWayIsTriedOnceMore(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.Store.Absent()
	d.press(t, "Use a device code")
	d.until(t, "There is no keyring on this machine")
	d.press(t, "Use for this session only")
	d.until(t, "Approve on any device")
	d.press(t, "Cancel")
	d.until(t, "Sign in with your browser")
}
