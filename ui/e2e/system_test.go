package e2e_test

import (
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"canopy/ui/e2e"
)

func TestALockedKeyringIsSaidBeforeTheBrowserOpens(t *testing.T) {
	s := open(t, e2e.Options{})
	s.must(s.desk.LockKeyring(s.ctx))
	s.start()
	s.click("Sign in with your browser")
	s.says("Your keyring is locked. Unlock it and try again.")
	s.must(s.app.Picture(s.ctx, "locked"))

	answer, err := s.desk.MutePrompts()
	s.must(err)
	s.click("Sign in with your browser")
	s.says("Your keyring did not answer within three seconds. See whether it asks for a password, and try again.")
	s.must(s.app.Picture(s.ctx, "asking"))
	if n := s.links(); n != 0 {
		t.Errorf("the browser was opened %d times for a sign-in that could not be kept; want not at all", n)
	}

	s.must(s.desk.UnlockKeyring())
	s.must(answer())
	s.keepsNothing()
	s.signIn(gina, "")
	s.keepsOneGrant()
}

func TestAKeyringThatDiesBeforeTheStoreIsSaidInBothPlaces(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.must(s.sandbox.SetFaults(s.ctx, "slow=token:2s"))
	attempt := s.allowed(gina)
	defer attempt.Page.Close()
	s.desk.KillKeyring() // the code is back, the tokens are still held
	s.endsInVain(attempt)
	s.says("There is no keyring on this machine")
	s.must(s.app.Picture(s.ctx, "killed"))
	awaitLine(t, filepath.Join(s.desk.Out, "sandbox.log"), "/revoke") // tokens that cannot be kept are given back
	s.must(s.sandbox.SetFaults(s.ctx))
	s.must(s.desk.StartKeyring(s.ctx))
	s.keepsNothing()
	s.signIn(gina, "")
	s.keepsOneGrant()
}

func TestACallbackOpenedTwiceAndReloadedIsOneSignIn(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.must(s.sandbox.SetFaults(s.ctx, "authorize-twice", "slow=token:1s"))
	attempt := s.allowed(gina)
	defer attempt.Page.Close()
	callback, err := attempt.Page.AwaitVisit(s.sandbox.RedirectPath + "?")
	s.must(err)
	s.must(s.desk.OpenLink(s.ctx, callback)) // in a second tab
	final, said, err := attempt.End()
	s.must(err)
	if !strings.Contains(said, signedIn) {
		t.Errorf("the page says %q; want %q", said, signedIn)
	}
	s.must(s.desk.AwaitTabs(s.ctx, "the same page in both tabs", func(tabs []e2e.Tab) bool {
		return len(tabs) == 2 && tabs[0].URL == final && tabs[1].URL == final &&
			strings.Contains(tabs[0].Title, signedIn) && strings.Contains(tabs[1].Title, signedIn)
	}))
	s.must(attempt.Page.Reload())
	s.must(attempt.Page.Await("the page once more", func(address, words string) bool {
		return address == final && words == said
	}))
	s.must(s.app.AwaitAll(s.ctx, "one tree", func(objects []e2e.Object) bool {
		return count(objects, "org/") == 1 && count(objects, "project/201|") == 1
	}))
	s.complainsOfNothing()
	s.keepsOneGrant()
}

func TestANetworkCutBetweenCodeAndTokensIsSaidAndKeepsNothing(t *testing.T) {
	s := open(t, e2e.Options{})
	s.sandbox.Stop() // in favour of one that can be had again at the same place
	port := fmt.Sprintf("--port=%d", freePorts(t, 5))
	restart := func() error {
		sandbox, err := s.desk.StartSandbox(s.ctx, port)
		if err == nil {
			s.sandbox = sandbox
		}
		return err
	}
	s.must(restart())
	s.start()
	for _, cut := range []struct {
		name, fault string
		happens     func()
	}{
		{"before the request arrives", "reset=token", func() {}},
		{"before the answer arrives", "drop-after=token", func() {}},
		{"while the answer is awaited", "slow=token:20s", func() { s.sandbox.Kill(); s.must(restart()) }},
	} {
		s.must(s.sandbox.SetFaults(s.ctx, cut.fault))
		attempt := s.allowed(gina)
		cut.happens()
		s.endsInVain(attempt)
		attempt.Page.Close()
		s.says("cannot be reached")
		s.must(s.app.Picture(s.ctx, strings.ReplaceAll("cut "+cut.name, " ", "-")))
		s.keepsNothing()
		s.must(s.sandbox.SetFaults(s.ctx))
	}
	s.signIn(gina, "")
	s.complainsOfNothing()
	s.keepsOneGrant()
}

func TestADoubleClickOpensOneAttemptAndOneTab(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.must(s.app.DoubleClick(s.ctx, e2e.Text("Sign in with your browser")))
	page, err := s.desk.Page(s.ctx, s.sandbox.Console)
	s.must(err)
	defer page.Close()
	attempt := &e2e.Attempt{Page: page}
	s.must(attempt.Choose(gina, ""))
	_, said, err := attempt.Decide("Allow")
	s.must(err)
	if !strings.Contains(said, signedIn) {
		t.Errorf("the page says %q; want %q", said, signedIn)
	}
	s.await("the tree", e2e.Row("org/2002"))
	tabs, err := s.desk.Tabs(s.ctx)
	s.must(err)
	if n := s.links(); n != 1 || len(tabs) != 1 {
		t.Errorf("%d links were opened and there are the tabs %v; want one of each", n, tabs)
	}
	s.complainsOfNothing()
	s.keepsOneGrant()
}

// signedIn is what the browser's last page says, and only when it worked.
const signedIn = "You are signed in"

// allowed signs in up to the moment when the code is back from the browser.
func (s *scene) allowed(user string) *e2e.Attempt {
	s.Helper()
	attempt, err := s.desk.BeginSignIn(s.ctx, s.app, s.sandbox)
	s.must(err)
	s.must(attempt.Choose(user, ""))
	s.must(attempt.Page.Click("Allow"))
	_, err = attempt.Page.AwaitVisit(s.sandbox.RedirectPath + "?")
	s.must(err)
	return attempt
}

// endsInVain waits for the last page and asserts that it does not say that it worked.
func (s *scene) endsInVain(attempt *e2e.Attempt) {
	s.Helper()
	_, said, err := attempt.End()
	s.must(err)
	if strings.Contains(said, signedIn) || !strings.Contains(said, "Signing in did not work") {
		s.Errorf("the page in the browser says %q; want it to say that it did not work", said)
	}
	s.await("the first screen", e2e.Text("Sign in with your browser"))
}

// count tells how many rows have ids that begin so.
func count(objects []e2e.Object, id string) (n int) {
	for _, o := range objects {
		if strings.HasPrefix(o.Row, id) {
			n++
		}
	}
	return n
}

// complainsOfNothing asserts that the window shows no problem.
func (s *scene) complainsOfNothing() {
	s.Helper()
	objects, err := s.app.Dump(s.ctx)
	s.must(err)
	for _, words := range []string{"Details", "Sign in again"} {
		if _, there := e2e.Find(objects, e2e.Text(words)); there {
			s.Errorf("the window complains: %s", e2e.Words(objects))
		}
	}
}

// grants lists what `canopy grants` lists.
func (s *scene) grants() (list []any) {
	s.Helper()
	code, output, err := s.desk.RunCommand(s.ctx, nil, "grants", "--json")
	s.must(err)
	if err := json.Unmarshal([]byte(output), &list); err != nil || code != 0 {
		s.Fatalf("canopy grants --json ended with %d (%v): %s", code, err, output)
	}
	return list
}

func (s *scene) keepsNothing() {
	s.Helper()
	if grants, records := s.grants(), s.secrets(); len(grants) != 0 || len(records) != 0 {
		s.Errorf("there are %d grants and %d records in the keyring; want none", len(grants), len(records))
	}
}

func (s *scene) keepsOneGrant() {
	s.Helper()
	const both = 2 // the refresh token and the access token
	if grants, records := s.grants(), s.secrets(); len(grants) != 1 || len(records) != both {
		s.Errorf("there are %d grants and %d records in the keyring; want one and %d", len(grants), len(records), both)
	}
}

// freePorts returns the first of n consecutive ports that nobody listens on.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for first := 20000; first < 30000; first += n {
		free := 0
		for free < n {
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(first+free)))
			if err != nil {
				break
			}
			free++
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if free == n {
			return first
		}
	}
	t.Fatal("there are no free ports")
	return 0
}
