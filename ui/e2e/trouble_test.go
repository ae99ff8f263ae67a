package e2e_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"canopy/ui/e2e"
)

func TestDenyingSaysSoAndKeepsNothing(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	attempt, err := s.desk.BeginSignIn(s.ctx, s.app, s.sandbox)
	s.must(err)
	defer attempt.Page.Close()
	s.must(attempt.Choose(alice, ""))
	final, _, err := attempt.Decide("Deny")
	s.must(err)
	s.says("You said no in the browser")
	s.await("the button to try again", e2e.Text("Sign in with your browser"))
	if strings.Contains(final, "error=") || strings.Contains(final, "state=") {
		t.Errorf("the final page's address still has the answer in it: %s", final)
	}
	if kept := s.secrets(); len(kept) > 0 {
		t.Errorf("the keyring holds %d records; want none", len(kept))
	}
}

func TestCancellingKeepsNothingEvenWhenAllowedLater(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	attempt, err := s.desk.BeginSignIn(s.ctx, s.app, s.sandbox)
	s.must(err)
	defer attempt.Page.Close()
	s.must(attempt.Choose(alice, ""))
	s.click("Cancel")
	s.await("the first screen", e2e.Text("Sign in with your browser"))
	s.must(attempt.Page.Click("Allow"))
	s.must(attempt.Page.Await("the end of the road", func(address, _ string) bool {
		return !strings.HasPrefix(address, s.sandbox.Console)
	}))
	s.await("the first screen still", e2e.Text("Sign in with your browser"))
	if kept := s.secrets(); len(kept) > 0 {
		t.Errorf("the keyring holds %d records; want none", len(kept))
	}
	s.signIn(alice, "") // and the next attempt works
}

func TestAHostThatFailsLeavesTheOthersRowsAndCanBeAskedAgain(t *testing.T) {
	s := open(t, e2e.Options{})
	s.must(s.sandbox.SetFaults(s.ctx, "html=dedicated"))
	s.start()
	s.signIn(alice, "")
	s.must(s.app.OpenTree(s.ctx))
	s.must(s.app.Top(s.ctx))
	s.says("Couldn't load")
	s.await("the other hosts' rows", e2e.Row("cluster/9001"))
	s.must(s.sandbox.SetFaults(s.ctx))
	s.click("Retry")
	s.await("the failed host's rows", e2e.Row("cluster/9005"))
	s.must(s.app.OpenTree(s.ctx))
	s.shows(e2e.Choice{User: alice, Organization: "1001"})
}

func TestASandboxThatDiesIsSaidInOneSentenceAndLosesNothing(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.signIn(alice, "")
	s.await("a project", e2e.Row("project/101"))
	kept := len(s.secrets())
	s.sandbox.Kill()
	s.must(s.app.Press(s.ctx, "Control+r"))
	s.says("cannot be reached")
	s.await("the rows read before", e2e.Row("project/101"))
	if now := len(s.secrets()); now != kept || kept == 0 {
		t.Errorf("the keyring holds %d records after the failure and %d before; want the same, and some", now, kept)
	}
	s.must(s.app.Shut(s.ctx))
}

func TestASandboxThatDiesWhileWaitingIsSaid(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.must(s.sandbox.SetFaults(s.ctx, "reset=token"))
	attempt, err := s.desk.BeginSignIn(s.ctx, s.app, s.sandbox)
	s.must(err)
	defer attempt.Page.Close()
	s.must(attempt.Choose(alice, ""))
	_, said, err := attempt.Decide("Allow")
	s.must(err)
	if strings.Contains(said, "You are signed in") {
		t.Errorf("the page in the browser says that it worked: %s", said)
	}
	s.await("the first screen", e2e.Text("Sign in with your browser"))
	s.await("the way to the details", e2e.Text("Details"))
}

func TestWithoutABrowserTheLinkCanBeCopied(t *testing.T) {
	s := open(t, e2e.Options{NoBrowser: true})
	s.start()
	s.click("Sign in with your browser")
	s.says("No browser could be opened. Copy the link")
	s.click("Copy link")
	s.says("Link copied")
	link, err := s.desk.Display.Clipboard(s.ctx)
	s.must(err)
	if !strings.HasPrefix(link, s.sandbox.Authorization+"?") {
		t.Fatalf("the clipboard holds %q; want a link to %s", link, s.sandbox.Authorization)
	}
	attempt, err := s.desk.Follow(s.ctx, s.sandbox, link)
	s.must(err)
	defer attempt.Page.Close()
	s.must(attempt.Choose(alice, ""))
	_, _, err = attempt.Decide("Allow")
	s.must(err)
	s.await("the tree", e2e.Row("org/1001"))
}

func TestWithoutAKeyringTheSessionCanGoOn(t *testing.T) {
	s := open(t, e2e.Options{NoKeyring: true})
	s.start()
	s.click("Sign in with your browser")
	s.says("There is no keyring on this machine")
	if n := s.links(); n != 0 {
		t.Errorf("the browser was opened %d times before anybody said where to keep the sign-in; want not at all", n)
	}
	s.click("Use for this session only")
	page, err := s.desk.Page(s.ctx, s.sandbox.Console)
	s.must(err)
	attempt := &e2e.Attempt{Page: page}
	defer page.Close()
	s.must(attempt.Choose(alice, ""))
	_, _, err = attempt.Decide("Allow")
	s.must(err)
	s.await("the tree", e2e.Row("org/1001"))
}

func TestBadInputIsOneSentenceAndAnExitCode(t *testing.T) {
	s := open(t, e2e.Options{})
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	defer busy.Close()
	_, port, err := net.SplitHostPort(busy.Addr().String())
	s.must(err)
	settings := filepath.Join(t.TempDir(), "settings")
	s.must(os.MkdirAll(filepath.Join(settings, "canopy"), 0o700))
	s.must(os.WriteFile(filepath.Join(settings, "canopy", "settings.toml"), []byte("environment = [unclosed"), 0o600))

	for name, c := range map[string]struct {
		env, args []string
		says      string
	}{
		"a wrong flag":            {args: []string{"--colour=red"}, says: "--colour"},
		"a wrong theme":           {args: []string{"--theme=sepia"}, says: "sepia"},
		"a command there is not":  {args: []string{"sing"}, says: "sing"},
		"an unreadable setting":   {env: []string{"XDG_CONFIG_HOME=" + settings}, says: "settings.toml"},
		"no display":              {env: []string{"DISPLAY="}, says: "display"},
		"a display that is gone":  {env: []string{"DISPLAY=:64999"}, says: ":64999"},
		"a taken port":            {args: []string{"sandbox", "--port=" + port}, says: port},
		"a clock that is not one": {args: []string{"sandbox", "--now=yesterday"}, says: "yesterday"},
		"a fault there is not":    {args: []string{"sandbox", "--fault=gremlins"}, says: "gremlins"},
	} {
		t.Run(name, func(t *testing.T) {
			code, output, err := s.desk.RunCommand(s.ctx, c.env, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			lines := slices.DeleteFunc(strings.Split(output, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
			if code == 0 || len(lines) != 1 || !strings.Contains(output, c.says) {
				t.Errorf("exit code %d and %d lines; want another code than 0 and one line with %q:\n%s", code, len(lines), c.says, output)
			}
		})
	}
}

func TestAFileOfGrantsThatIsLockedDoesNotFreezeTheWindow(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.signIn(gina, "")
	lock, err := os.OpenFile(filepath.Join(s.desk.Home(), ".local/state/canopy/grants.json.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	s.must(err)
	defer lock.Close()
	s.must(syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)) // as another Canopy does while it writes
	s.click("Change scope")
	s.await("the dialog", e2e.Text("What Canopy may see"))
	s.must(s.app.Click(s.ctx, func(o e2e.Object) bool { return strings.HasPrefix(o.Row, "201|") }))
	s.click("Apply")
	s.says("Showing 1 of 2 granted projects")
	awaitLine(t, "/proc/locks", "-> FLOCK") // Canopy waits for the lock now
	s.must(s.app.Press(s.ctx, "Control+r"))
	s.await("the rows that are left", e2e.Row("project/202"))
}

// awaitLine waits until a file has a line with these words.
func awaitLine(t *testing.T, file, words string) {
	t.Helper()
	tick, late := time.NewTicker(20*time.Millisecond), time.After(10*time.Second)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), words) {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s has no line with %q", file, words)
		}
	}
}
