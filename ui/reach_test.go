package ui_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest"
)

// showReach opens the page about the grant on screen.
func (d *desk) showReach(t *testing.T) {
	t.Helper()
	d.window.Window().Resize(fyne.NewSize(1200, 1400)) // high enough for all of it: what is out of sight cannot be pressed
	uitest.Choose(t, d.window.Window(), "View", "What this grant can reach…")
	uitest.Expect(t, d.canvas(), "Copy this page")
}

// refused lets one host refuse the token, and reads again.
func (d *desk) reread(t *testing.T, faults ...string) {
	t.Helper()
	d.faults(t, faults...)
	d.session.Refresh()
	d.Loop.Until(t, "the end of reading", func() bool { return !d.session.State().Reading })
}

func TestThePageSaysWhatWasMeasured(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.Loop.Until(t, "the hosts", func() bool { return len(d.session.State().Grant.Hosts) == 3 })
	d.showReach(t)
	uitest.Expect(t, d.canvas(),
		"What this grant can reach", "alice@acme.example", "Acme Robotics · 1001", "Read-only (asked: org:owner)",
		"Today 12:00, in your browser", "60 min left · not renewed yet", "· iam", "· serverless", "· dedicated", "accepts this grant",
		"analytics, empty-shell, payments, staging, staging-eu, Tokyo Pilot, (no project)", "granted and read", "15 clusters",
		"Sandbox stated that this grant covers all projects, also new ones.", "Used last for: ")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, d.canvas(), "Copy this page")
	uitest.Expect(t, d.canvas(), "Organization ID")
}

func TestThePageIsReachedFromTheScopeBarAndTheOrganization(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.press(t, "This grant sees 6 projects")
	uitest.Expect(t, d.canvas(), "Copy this page")
	d.press(t, "payments") // a row of the tree leaves it
	uitest.ExpectNot(t, d.canvas(), "Copy this page")
	uitest.Key(d.canvas(), fyne.KeyHome)
	d.press(t, "What this grant can reach")
	uitest.Expect(t, d.canvas(), "Copy this page")
}

func TestTheTokenCountsDownAndIsRenewedByHand(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.showReach(t)
	uitest.Expect(t, d.canvas(), "60 min left · not renewed yet")
	d.pass(t, 5*time.Second, 5*time.Minute, "the time to pass", func() bool { return !uitest.Says(d.canvas(), "60 min left") })
	uitest.Expect(t, d.canvas(), "min left · not renewed yet")
	d.press(t, "Renew now")
	uitest.Expect(t, d.canvas(), "Renewing…")
	d.press(t, "Renewing…") // nothing begins twice
	d.until(t, "60 min left · renewed once")
	d.until(t, "Renew now")
	d.press(t, "Renew now")
	d.until(t, "renewed 2 times")
	d.restart(t)
	d.read(t)
	d.showReach(t)
	uitest.Expect(t, d.canvas(), "renewed 2 times")
}

func TestARenewalThatFailsSaysSoAndIsTriedAgain(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.showReach(t)
	d.faults(t, "status=token:500")
	d.press(t, "Renew now")
	d.Loop.Until(t, "the end of it", func() bool { st := d.session.State(); return !st.Renewing && st.Problem != nil })
	uitest.Expect(t, d.canvas(), "cannot be reached right now", "60 min left · not renewed yet")
	d.faults(t)
	d.press(t, "Retry") // renews: nothing else has failed
	d.until(t, "renewed once")
	uitest.ExpectNot(t, d.canvas(), "cannot be reached right now")
}

func TestAHostThatRefusesTheTokenSaysWhyAndIsAskedAgain(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.showReach(t)
	d.Loop.Until(t, "the hosts that the sign-in asks", func() bool { return !d.session.State().Probing })
	d.reread(t, "unauthorized=dedicated")
	uitest.Expect(t, d.canvas(), "answers 401: signed in, but this host refuses the token", "analytics", "granted, but could not be read")
	d.press(t, "Why?") // of the project
	uitest.Expect(t, d.canvas(), "What happened", "401")
	uitest.Key(d.canvas(), fyne.KeyReturn)
	d.faults(t)
	d.press(t, "Try again")
	uitest.Expect(t, d.canvas(), "asking…")
	d.Loop.Until(t, "the answer", func() bool { return !d.session.State().Probing })
	uitest.ExpectNot(t, d.canvas(), "answers 401", "asking…")
	d.press(t, "Retry")
	d.until(t, "granted and read")
	d.Loop.Until(t, "the project", func() bool { return !uitest.Says(d.canvas(), "could not be read") })
}

func TestAHostThatIsGoneAndAListThatCannotBeReadAreSaidPlainly(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.grantOf(t, "101", "103")
	d.restart(t) // nothing has been read
	d.faults(t, "reset=serverless", "status=projects:500")
	d.Loop.Until(t, "the end of reading", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && !st.Reading
	})
	d.showReach(t)
	d.reread(t, "reset=serverless", "status=projects:500")
	uitest.Expect(t, d.canvas(), "cannot be reached", "answers 500")
	d.reread(t)
	d.until(t, "granted and read")
	uitest.ExpectNot(t, d.canvas(), "cannot be reached", "answers 500")
}

func TestWhatIsNotThereCanBeAskedForShownAndForgotten(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.grantOf(t, "101", "103", "106")
	d.reread(t, "no-project=106")
	d.changeScope(t)
	d.press(t, "staging")
	d.press(t, "Apply")
	d.showReach(t)
	uitest.Expect(t, d.canvas(), "not granted: known from an earlier grant", "hidden by you", "does not exist any more",
		"What Sandbox stated and what is there differ – granted and not listed: staging-eu.")
	d.press(t, "Forget")
	uitest.ExpectNot(t, d.canvas(), "does not exist any more", "staging-eu")
	d.Loop.Until(t, "that to be kept", func() bool { return len(d.Auth.Grants().List()[0].Forgotten) == 1 })
	d.restart(t)
	d.read(t)
	uitest.ExpectNot(t, d.canvas(), "staging-eu")
	d.showReach(t)
	d.press(t, "Show")
	uitest.ExpectNot(t, d.canvas(), "hidden by you")
	d.expectShown(t, "payments", "staging")
	d.press(t, "Ask for it…")
	uitest.Expect(t, d.canvas(), "What Canopy may see", "asked in your browser", "Ask in browser…")
}

func TestWhatWasAskedForAndNotGrantedIsTold(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.askForMore(t)
	d.Person.Allows(alice, acme, "101", "103", "106")
	d.answer(t)
	d.showReach(t)
	uitest.Expect(t, d.canvas(), "Tokyo Pilot", "not granted, although asked for", "asked for and not granted: Tokyo Pilot.")
}

func TestAnAPIKeyNeitherRenewsNorAsks(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.useAPIKey(t)
	d.showReach(t)
	uitest.Expect(t, d.canvas(), "API key SBX01001", "Does not expire", "Read-only", "with an API key",
		"An API key does not expire and cannot ask for more", "An API key does not state what it covers")
	for _, text := range []string{"Renew now", "Ask for more…", "Authorized OAuth Apps"} {
		d.press(t, text)
	}
	uitest.ExpectNot(t, d.canvas(), "What Canopy may see", "Renewing…")
	if len(d.opened) > 0 {
		t.Errorf("opened %q", d.opened)
	}
}

func TestSigningOutFromThePageAsksFirst(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.showReach(t)
	d.press(t, "Sign out")
	uitest.Expect(t, d.canvas(), "Sign out?")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.Expect(t, d.canvas(), "Copy this page")
}

func TestAuthorizedAppsOpenInTheBrowser(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.showReach(t)
	d.press(t, "Authorized OAuth Apps")
	console := d.Sandbox.Endpoints().Console
	d.Loop.Until(t, "the page", func() bool { return slices.Contains(d.opened, console+"/account/oauth-apps") })

	elsewhere := d.Environments[0] // a console of which the address of that page is not known
	elsewhere.Kind = auth.KindCustom
	d.session.Learn(elsewhere)
	d.press(t, "Authorized OAuth Apps")
	uitest.Expect(t, d.canvas(), "under the account icon, lower left")
	d.press(t, "Open the console")
	d.Loop.Until(t, "the console", func() bool { return slices.Contains(d.opened, console) })
}

func TestThePageCanBeCopied(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.grantOf(t, "101", "103")
	d.showReach(t)
	d.press(t, "Copy this page")
	text := d.app.Clipboard().Content()
	for _, words := range []string{
		"User: alice@acme.example\n", "Organization: Acme Robotics · 1001\n", "Access token: 60 min left", "serverless: accepts this grant",
		"payments (101): granted and read\n", "Tokyo Pilot (105): not granted: known from an earlier grant\n",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("what was copied does not say %q:\n%s", words, text)
		}
	}
}

func TestThePageOfAGrantThatEndedSaysSo(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.showReach(t)
	d.Person.Revokes(t, d.Sandbox.Endpoints().Console, alice)
	d.reread(t)
	uitest.Expect(t, d.canvas(), "No longer accepted", "granted, but could not be read: sign in again")
	d.press(t, "Renew now")
	uitest.ExpectNot(t, d.canvas(), "Renewing…")
}

func TestThePageStaysStillWhileNothingChanges(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.Loop.Until(t, "the hosts", func() bool { return len(d.session.State().Grant.Hosts) == 3 })
	d.showReach(t)
	before := uitest.Look(d.canvas())
	d.reread(t)
	after := uitest.Look(d.canvas())
	kept := 0
	for _, s := range after {
		if s.Text == "accepts this grant" && slices.ContainsFunc(before, func(b uitest.Seen) bool { return b.Object == s.Object }) {
			kept++
		}
	}
	if kept != 3 {
		t.Errorf("after a refresh %d of the hosts' lines are the same, want 3", kept)
	}
}
