package e2e_test

import (
	"context"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"canopy/ui/e2e"
)

// scene is one desktop with a sandbox and Canopy's window on it, for one journey.
type scene struct {
	*testing.T
	ctx     context.Context
	desk    *e2e.Desktop
	sandbox *e2e.Sandbox
	app     *e2e.App
}

// open makes a desktop. Its logs and pictures go to a folder named after the test; when the test fails, so does a picture
// of the whole screen. The flags are the sandbox's.
func open(t *testing.T, o e2e.Options, flags ...string) *scene {
	t.Helper()
	t.Parallel() // a desktop shares nothing with another, and is idle most of the time
	o.Canopy = os.Getenv("CANOPY")
	if o.Canopy == "" {
		t.Fatal("CANOPY must name a race build with the tag probe; make test sees to it")
	}
	o.Out = filepath.Join(os.Getenv("CANOPY_OUT"), t.Name())
	if err := os.RemoveAll(o.Out); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	desk, err := e2e.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, ctx: ctx, desk: desk}
	t.Cleanup(s.close)
	s.sandbox, err = desk.StartSandbox(ctx, flags...)
	s.must(err)
	return s
}

// start opens the window.
func (s *scene) start(args ...string) {
	s.Helper()
	app, err := s.desk.StartApp(s.ctx, append([]string{"--sandbox=" + s.sandbox.Issuer, "--log-level=debug"}, args...)...)
	s.must(err)
	s.app = app
}

// close looks at what the program has written, then ends everything.
func (s *scene) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if s.app != nil {
		if s.Failed() && s.app.Running() {
			s.Log(s.app.Evidence(ctx, "failed"))
		}
		s.app.Stop()
		s.clean("canopy", s.app.Process)
	}
	if s.sandbox != nil {
		s.sandbox.Stop()
		s.clean("the sandbox", s.sandbox.Process)
	}
	if err := s.desk.Close(); err != nil {
		s.Error(err)
	}
}

// clean fails the test when a program's log speaks of a data race, of a widget touched from a wrong goroutine, or of
// words or pictures that the toolkit could not use. Its other complaints are about the desktop, which has no service for
// notifications, and about its own preferences file, which it may read while it writes it.
func (s *scene) clean(who string, p *e2e.Process) {
	log, err := p.Log()
	if err != nil {
		s.Error(err)
	}
	for _, bad := range []string{"DATA RACE", "Error in Fyne call thread", "Translation failure", "Failed to decode", "panic:", "fatal error:"} {
		if _, after, found := strings.Cut(log, bad); found {
			s.Errorf("the log of %s says %q: %.1500s", who, bad, after)
		}
	}
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) await(what string, match e2e.Match) e2e.Object {
	s.Helper()
	o, err := s.app.Await(s.ctx, what, match)
	s.must(err)
	return o
}

func (s *scene) click(words string) {
	s.Helper()
	s.must(s.app.Click(s.ctx, e2e.Text(words)))
}

// says waits until the window shows these words, however they are broken into lines.
func (s *scene) says(words string) {
	s.Helper()
	s.must(s.app.AwaitWords(s.ctx, words))
}

// signIn goes the whole way and lets go of the page.
func (s *scene) signIn(user, organization string, projects ...string) {
	s.Helper()
	attempt, err := s.desk.SignIn(s.ctx, s.app, s.sandbox, user, organization, projects...)
	s.must(err)
	attempt.Page.Close()
}

// shows asserts that the tree on the screen is the sandbox's.
func (s *scene) shows(c e2e.Choice) {
	s.Helper()
	shown, err := s.app.Tree(s.ctx)
	s.must(err)
	want, err := s.desk.Want(s.ctx, s.sandbox, c)
	s.must(err)
	if d := e2e.Differences(want, shown); len(d) > 0 {
		s.Errorf("the tree on the screen is not the sandbox's (- missing, + too much):\n%s", strings.Join(d, "\n"))
	}
}

func (s *scene) links() int {
	s.Helper()
	links, err := s.desk.Links()
	s.must(err)
	return len(links)
}

func (s *scene) secrets() []string {
	s.Helper()
	secrets, err := s.desk.Secrets()
	s.must(err)
	return secrets
}

const (
	alice = "alice@acme.example"
	bob   = "bob@acme.example"
	gina  = "gina@globex.example"
)

func TestSigningInShowsTheSandboxsTreeAndLeaksNothing(t *testing.T) {
	s := open(t, e2e.Options{})
	watch := e2e.WatchCommandLines()
	s.start()
	attempt, err := s.desk.BeginSignIn(s.ctx, s.app, s.sandbox)
	s.must(err)
	defer attempt.Page.Close()
	s.must(attempt.Choose(bob, "Globex"))
	final, said, err := attempt.Decide("Allow")
	s.must(err)
	if !strings.Contains(said, bob) || !strings.Contains(said, "Globex") {
		t.Errorf("Canopy's page does not say who signed in and where: %s", said)
	}
	s.await("the tree", e2e.Row("org/2002"))
	s.must(s.app.OpenTree(s.ctx))
	s.shows(e2e.Choice{User: bob, Organization: "2002"})

	var secrets e2e.Canaries
	s.must(secrets.AddLink(attempt.Link))
	secrets.AddVisited(attempt.Page.Visited())
	secrets.AddRecords(s.secrets())
	if tokens, codes, challenges := secrets.Count(); tokens < 2 || codes == 0 || challenges == 0 {
		t.Fatalf("found %d tokens, %d codes and %d challenges to look for; want two tokens and one of the others at least", tokens, codes, challenges)
	}
	history, err := attempt.Page.History()
	s.must(err)
	objects, err := s.app.Dump(s.ctx)
	s.must(err)
	appLog, err := s.app.Log()
	s.must(err)
	sandboxLog, err := s.sandbox.Log()
	s.must(err)
	for where, text := range map[string]string{
		"Canopy's log": appLog, "the sandbox's log": sandboxLog,
		"the final page's address": final, "the final page": said, "the window": e2e.Words(objects),
	} {
		reportLeaks(t, secrets.LeaksOfState(where, text))
	}
	reportLeaks(t, secrets.Leaks("a command line", watch.Stop()))
	reportLeaks(t, secrets.Leaks("the page's history", strings.Join(history, "\n")))
	s.leavesNothingIn(s.desk.Home(), &secrets)
}

func reportLeaks(t *testing.T, leaks []string) {
	t.Helper()
	for _, leak := range leaks {
		t.Errorf("there is %s", leak)
	}
}

// leavesNothingIn asserts that no file of the home folder has a secret in it. The keyring's own file is encrypted.
func (s *scene) leavesNothingIn(home string, secrets *e2e.Canaries) {
	s.Helper()
	files := 0
	s.must(filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		reportLeaks(s.T, secrets.LeaksOfState(path, string(text)))
		return nil
	}))
	if files == 0 {
		s.Errorf("there is no file in %s to look into", home)
	}
}

func TestOnlyTheChosenProjectsAreShown(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.signIn(bob, "Acme Robotics", "payments", "analytics")
	s.must(s.app.OpenTree(s.ctx))
	s.shows(e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "102"}})
}

func TestUntickingAProjectHidesItAtOnce(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.signIn(alice, "")
	s.await("a project", e2e.Row("project/107"))
	s.click("Change scope")
	s.await("the dialog", e2e.Text("What Canopy may see"))
	s.must(s.app.Click(s.ctx, func(o e2e.Object) bool { return strings.HasPrefix(o.Row, "107|") }))
	s.click("Apply")
	s.says("Showing 5 of 6 granted projects")
	s.must(s.app.AwaitAll(s.ctx, "project 107 gone", func(objects []e2e.Object) bool {
		_, there := e2e.Find(objects, e2e.Row("project/107"))
		return !there
	}))
}

func TestARestartKeepsGrantSizeAndOpenRows(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.signIn(alice, "")
	s.must(s.app.OpenTree(s.ctx))
	want := image.Pt(1040, 700)
	s.must(s.app.Resize(s.ctx, want))
	s.must(s.app.Shut(s.ctx))
	links := s.links()

	s.start()
	s.await("the tree", e2e.Row("org/1001"))
	s.shows(e2e.Choice{User: alice, Organization: "1001"})
	size, err := s.app.Size(s.ctx)
	s.must(err)
	if size != want {
		t.Errorf("the window is %v after the restart; want %v", size, want)
	}
	if s.links() != links {
		t.Error("the restart opened the browser")
	}
}

func TestAKilledWindowLosesNothing(t *testing.T) {
	s := open(t, e2e.Options{})
	s.start()
	s.signIn(gina, "")
	s.app.Kill()

	s.start()
	s.await("the tree", e2e.Row("org/2002"))
	if n := s.links(); n != 1 {
		t.Errorf("the browser was opened %d times; want once, for signing in", n)
	}
}
