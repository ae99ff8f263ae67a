package ui_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"canopy/api/sandbox"
	"canopy/assets"
	"canopy/auth"
	"canopy/ui"
	"canopy/ui/session"
	"canopy/ui/settings"
	"canopy/ui/uitest"
	"canopy/ui/uitest/stage"
)

const (
	alice  = "alice@acme.example"
	gina   = "gina@globex.example"
	acme   = "1001"
	globex = "2002"
)

func TestMain(m *testing.M) {
	if err := lang.AddTranslationsFS(assets.Translations, "translations"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// desk is the window on a stage.
type desk struct {
	*stage.Stage
	app     *uitest.App
	session *session.Session
	window  *ui.Window
	opened  []string // links that the window opened by itself
	close   func()
	noPage  error // what opening a link fails with

	settings settingsFile
	// downloads is the folder that exports are offered to be saved in.
	downloads string
}

// settingsFile is the settings in a real file, and the client secret that was to be kept.
type settingsFile struct {
	path   string
	secret *auth.Secret
}

func (f settingsFile) Read() (settings.Settings, error) { return settings.Load(f.path) }

func (f settingsFile) Write(_ context.Context, s settings.Settings, secret auth.Secret) ([]auth.Environment, error) {
	*f.secret = secret
	return s.Environments(), settings.Save(f.path, s)
}

func newDesk(t testing.TB, o sandbox.Options) *desk {
	t.Helper()
	s := stage.New(t, o)
	d := &desk{Stage: s, app: uitest.New(t, s.Loop)}
	d.downloads = t.TempDir()
	d.settings = settingsFile{path: filepath.Join(t.TempDir(), "settings.toml"), secret: new(auth.Secret)}
	d.open(t, s.Deps())
	return d
}

// open makes the window, as a start of Canopy does.
func (d *desk) open(t testing.TB, deps session.Deps) {
	t.Helper()
	d.session = session.New(deps)
	d.window = ui.New(ui.Deps{
		App: d.app, Session: d.session, Tasks: d.Tasks, Now: d.Clock.Now,
		After: d.Clock.After,
		OpenURL: func(_ context.Context, url string) error {
			d.Loop.Do(func() { d.opened = append(d.opened, url) })
			return d.noPage
		},
		Settings: d.settings, SettingsPath: "/home/someone/.config/canopy/settings.toml", Downloads: d.downloads, Version: "9.9.9",
	})
	d.window.Show()
	w := d.window.Window()
	d.close = sync.OnceFunc(w.Close) // the test driver takes a second time badly
	t.Cleanup(d.close)
}

// restart closes the window and opens another with the same preferences and grants.
func (d *desk) restart(t *testing.T) {
	t.Helper()
	d.close()
	d.Reopen(t)
	d.open(t, d.Deps())
	d.window.Start()
}

func (d *desk) canvas() fyne.Canvas { return d.window.Window().Canvas() }

func (d *desk) until(t testing.TB, words string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("the window says %q", uitest.Texts(d.canvas()))
		}
	}()
	d.Loop.Until(t, "the words "+words, func() bool { return uitest.Says(d.canvas(), words) })
}

// pass lets time pass in steps, each when somebody waits for it, until cond holds. What waited
// before the screen changed may take a step for itself.
func (d *desk) pass(t *testing.T, wait, step time.Duration, what string, cond func() bool) {
	t.Helper()
	d.Loop.Until(t, what, func() bool {
		if !cond() && d.Clock.Waits(wait) {
			d.Clock.Advance(step)
		}
		return cond()
	})
}

func (d *desk) press(t testing.TB, text string) {
	t.Helper()
	uitest.Press(t, d.canvas(), text)
}

func (d *desk) faults(t testing.TB, names ...string) {
	t.Helper()
	if err := d.Sandbox.SetFaults(names...); err != nil {
		t.Fatal(err)
	}
}

// signIn signs in as a person would and waits for everything to be read.
func (d *desk) signIn(t testing.TB, user, org string, projects ...string) {
	t.Helper()
	d.Person.Allows(user, org, projects...)
	d.press(t, "Sign in with your browser")
	d.read(t)
}

func (d *desk) read(t testing.TB) {
	t.Helper()
	d.Loop.Until(t, "everything to be read", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && !st.Reading && st.View.Whole().Complete()
	})
}

// rows returns the names in the tree.
func (d *desk) rows() (rows []string) {
	for _, s := range uitest.Look(d.canvas()) {
		if r, ok := s.Object.(interface{ ProbeRow() string }); ok {
			parts := strings.Split(r.ProbeRow(), "|")
			rows = append(rows, parts[1])
		}
	}
	return rows
}

func (d *desk) expectRows(t *testing.T, want ...string) {
	t.Helper()
	if got := d.rows(); !slices.Equal(got, want) {
		t.Errorf("the tree shows %q, want %q", got, want)
	}
}

var acmeProjects = []string{"Acme Robotics", "analytics", "empty-shell", "payments", "staging", "staging-eu", "Tokyo Pilot", "(no project)"}

func TestTheTreeOpensByKeyAndTheDetailsFollow(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.expectRows(t, acmeProjects...)
	uitest.Expect(t, d.canvas(), "This grant sees 6 projects", "read-only · granted today", "Updated just now", "Signed in · token renews in", "Organization ID", acme)
	if got := d.window.Window().Title(); got != "Acme Robotics – Canopy" {
		t.Errorf("the title is %q", got)
	}
	uitest.Type(t, d.canvas(), "pay")
	uitest.Key(d.canvas(), fyne.KeyRight)
	uitest.Expect(t, d.canvas(), "ledger-replica", "Project ID", "2 active, 1 modifying")
	uitest.Key(d.canvas(), fyne.KeyRight)
	uitest.Expect(t, d.canvas(), "Overview", "Frankfurt (eu-central-1) · AWS", "alice@acme.example")
	d.press(t, "JSON")
	uitest.Expect(t, d.canvas(), `"clusterId": "9003"`)
	uitest.Key(d.canvas(), fyne.KeyDown) // the tab is kept from cluster to cluster
	d.press(t, "Copy ID")
	if got := d.app.Clipboard().Content(); got == "" {
		t.Error("no id is on the clipboard")
	}
	d.press(t, "payments")
	uitest.Expect(t, d.canvas(), "Project ID")
}

func TestBranchesComeWhenAClusterIsOpened(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.Type(t, d.canvas(), "staging")
	uitest.Key(d.canvas(), fyne.KeyRight)
	uitest.Type(t, d.canvas(), "") // nothing
	d.press(t, "orders-dev")
	uitest.Key(d.canvas(), fyne.KeyRight)
	d.until(t, "feature-tax")
	d.press(t, "feature-tax")
	uitest.Expect(t, d.canvas(), "Branch of", "orders-dev")
}

func TestLoadingIsSaidAndTheSearchWaits(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.faults(t, "slow=api:10s")
	d.restart(t)
	uitest.Expect(t, d.canvas(), "Reading your organization…", "Reading…")
	uitest.Choose(t, d.window.Window(), "View", "Search")
	uitest.Type(t, d.canvas(), "orders")
	uitest.Choose(t, d.window.Window(), "View", "Change scope…")
	uitest.ExpectNot(t, d.canvas(), "Apply")
	d.faults(t)
}

func TestANodeThatCouldNotBeReadSaysWhyAndCanBeRetried(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.faults(t, "status=dedicated:403")
	d.Person.Allows(alice, acme)
	d.press(t, "Sign in with your browser")
	d.Loop.Until(t, "what can be read", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && !st.Reading
	})
	uitest.Type(t, d.canvas(), "analytics")
	uitest.Key(d.canvas(), fyne.KeyRight)
	uitest.Expect(t, d.canvas(), "Couldn't load", "Why?", "Retry")
	d.press(t, "Why?")
	uitest.Expect(t, d.canvas(), "What happened", "403")
	uitest.Key(d.canvas(), fyne.KeyReturn)
	uitest.ExpectNot(t, d.canvas(), "What happened")
	d.faults(t)
	d.press(t, "Retry")
	d.until(t, "bi-warehouse-dr")
	uitest.ExpectNot(t, d.canvas(), "Couldn't load")
}

func TestRevocationIsSaidInABannerAndTheRowsStay(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.Person.Revokes(t, d.Sandbox.Endpoints().Console, alice)
	d.press(t, "Refresh")
	d.until(t, "no longer accepts this sign-in")
	d.Loop.Until(t, "the reading to end", func() bool { return !d.session.State().Reading })
	uitest.Expect(t, d.canvas(), "Signed out by the server", "Sign in again")
	d.expectRows(t, append(slices.Clone(acmeProjects), "Couldn't load: sign in again")...)
	d.Person.Allows(alice, acme)
	d.press(t, "Sign in again")
	d.read(t)
	uitest.ExpectNot(t, d.canvas(), "no longer accepts", "Signed out by the server")
}

func TestSearchFiltersAndEscapeBringsEverythingBack(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.Choose(t, d.window.Window(), "View", "Search")
	uitest.Type(t, d.canvas(), "ledger")
	d.expectRows(t, "Acme Robotics", "payments", "ledger", "ledger-replica")
	uitest.Type(t, d.canvas(), " zebra")
	d.expectRows(t, "Acme Robotics")
	uitest.Expect(t, d.canvas(), "Nothing like that exists in what this grant sees.")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	d.expectRows(t, acmeProjects...)
}

func TestSwitchingGrantsClearsTheSearchAndShowsNoRowOfTheOther(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.Person.Allows(gina, globex)
	uitest.Choose(t, d.window.Window(), "Canopy", "Add account or organization…")
	d.read(t)
	d.expectRows(t, "Globex", "payments", "sandbox")
	uitest.Choose(t, d.window.Window(), "View", "Search")
	uitest.Type(t, d.canvas(), "globex-core")
	d.press(t, "Globex")
	uitest.Expect(t, d.canvas(), alice, gina)
	d.press(t, "Acme Robotics")
	uitest.ExpectNot(t, d.canvas(), "globex-core", "Globex", gina) // in the same moment
	d.read(t)
	d.expectRows(t, acmeProjects...)
	uitest.ExpectNot(t, d.canvas(), "globex-core", "Globex")
}

func TestSigningOutAsksFirst(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.Choose(t, d.window.Window(), "Canopy", "Sign out…")
	uitest.Expect(t, d.canvas(), "Sign out?", "Canopy forgets Acme Robotics on this machine")
	uitest.Key(d.canvas(), fyne.KeyReturn) // the focus is on Cancel
	uitest.ExpectNot(t, d.canvas(), "Sign out?")
	d.expectRows(t, acmeProjects...)
	uitest.Choose(t, d.window.Window(), "Canopy", "Sign out…")
	d.press(t, "Sign out")
	d.until(t, "Sign in with your browser")
	d.Loop.Until(t, "the grant to go", func() bool { return len(d.session.State().Grants) == 0 })
	if got := d.window.Window().Title(); got != "Canopy" {
		t.Errorf("the title is %q", got)
	}
	if uitest.Choose(t, d.window.Window(), "View", "Refresh") {
		t.Error("there is still something to refresh")
	}
}

func TestOpenRowsSizeAndLookSurviveARestart(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.Type(t, d.canvas(), "payments")
	uitest.Key(d.canvas(), fyne.KeyRight)
	before := d.rows()
	uitest.Choose(t, d.window.Window(), "View", "Dark")
	d.window.Window().Resize(fyne.NewSize(1010, 640))
	size := d.canvas().Size()
	d.restart(t)
	d.read(t)
	d.expectRows(t, before...)
	if d.canvas().Size() != size {
		t.Errorf("the window is %v large, want %v", d.canvas().Size(), size)
	}
	if got := d.app.Preferences().String(ui.PreferenceTheme); got != "dark" {
		t.Errorf("the look is %q", got)
	}
	uitest.Choose(t, d.window.Window(), "View", "Close all")
	d.expectRows(t, acmeProjects...)
	uitest.Choose(t, d.window.Window(), "View", "Open all")
	for _, name := range []string{"bi-warehouse", "ledger", "No clusters in this project"} {
		if !slices.Contains(d.rows(), name) {
			t.Errorf("%q is not among the rows %q although all are open", name, d.rows())
		}
	}
}

func TestHostileNamesAreShownAndNotObeyed(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, gina, globex)
	uitest.Choose(t, d.window.Window(), "View", "Open all")
	for _, name := range []string{`<img src=x onerror=alert(1)>`, `prod'; DROP TABLE clusters;--`, `=HYPERLINK("http://evil.example","open")`} {
		if !slices.Contains(d.rows(), name) {
			t.Errorf("%q is not shown as it is: %q", name, d.rows())
		}
	}
	for _, text := range uitest.Texts(d.canvas()) {
		for _, r := range text {
			if r < 0x20 && r != '\n' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
				t.Errorf("%+q holds a character that acts", text)
			}
		}
	}
}

func TestRightPressOffersWhatTheRowCanDo(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.PressRight(t, d.canvas(), "analytics")
	uitest.Expect(t, d.canvas(), "Copy ID", "Copy name", "Open", "Refresh")
	d.press(t, "Copy name")
	if got := d.app.Clipboard().Content(); got != "analytics" {
		t.Errorf("on the clipboard is %q", got)
	}
	uitest.Choose(t, d.window.Window(), "View", "Copy ID")
	if got := d.app.Clipboard().Content(); got != "102" {
		t.Errorf("on the clipboard is %q", got)
	}
}

func TestConnectionStringsHoldAPlaceholderForThePassword(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.Type(t, d.canvas(), "payments")
	uitest.Key(d.canvas(), fyne.KeyRight, fyne.KeyRight)
	for name, want := range map[string]string{
		"URI": "mysql://", "JDBC": "jdbc:mysql://", "Go": "PASSWORD@tcp(", "MySQL command line": "--ssl-mode=VERIFY_IDENTITY",
	} {
		d.press(t, "Copy connection string")
		d.press(t, name)
		if got := d.app.Clipboard().Content(); !strings.Contains(got, want) {
			t.Errorf("%s is %q", name, got)
		}
	}
	d.press(t, "Open in console")
	d.Loop.Until(t, "the console", func() bool { return len(d.opened) == 1 })
	if !strings.HasPrefix(d.opened[0], d.Sandbox.Endpoints().Console+"/tidbs/9003/") {
		t.Errorf("%q was opened", d.opened[0])
	}
}

func TestAboutSaysTheVersionAndWhereTheSettingsAre(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.Choose(t, d.window.Window(), "Canopy", "About Canopy")
	uitest.Expect(t, d.canvas(), "Canopy 9.9.9", "settings.toml")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, d.canvas(), "Canopy 9.9.9")
}

func TestThePassphraseIsAskedForAndChosenTwice(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	type answer struct {
		secret auth.Secret
		err    error
	}
	ask := func(create bool) chan answer {
		c := make(chan answer, 1)
		go func() {
			s, err := d.window.AskPassphrase(t.Context(), create)
			c <- answer{s, err}
		}()
		return c
	}
	wait := func(c chan answer) (a answer) {
		d.Loop.Until(t, "the answer", func() bool {
			select {
			case a = <-c:
				return true
			default:
				return false
			}
		})
		return a
	}
	chosen := ask(true)
	d.until(t, "The same once more")
	uitest.Type(t, d.canvas(), "correct horse")
	uitest.Key(d.canvas(), fyne.KeyReturn) // not yet: it has to be typed twice
	uitest.Next(d.canvas())
	uitest.Type(t, d.canvas(), "correct horse")
	uitest.Key(d.canvas(), fyne.KeyReturn)
	if a := wait(chosen); a.err != nil || a.secret.Reveal() != "correct horse" {
		t.Errorf("the answer is %q, %v", a.secret.Reveal(), a.err)
	}
	refused := ask(false)
	d.until(t, "not the passphrase")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	if a := wait(refused); !errors.Is(a.err, auth.ErrCancelled) {
		t.Errorf("closing the dialog gives %v", a.err)
	}
	if a := wait(ask(false)); !errors.Is(a.err, auth.ErrCancelled) {
		t.Errorf("asked again in the same moment the answer is %v", a.err)
	}
}

func TestStatusFollowsTheTime(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	for _, c := range []struct {
		wait, step time.Duration
		says       string
	}{
		{5 * time.Second, 7 * time.Second, " s ago"},
		{5 * time.Second, 61 * time.Second, " min ago"},
		{30 * time.Second, 2 * time.Hour, " h ago"},
		{30 * time.Second, 72 * time.Hour, " days ago"},
	} {
		d.pass(t, c.wait, c.step, c.says, func() bool { return uitest.Says(d.canvas(), c.says) })
	}
}

func TestSigningOutWhileTheServerIsDownSaysSo(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	if err := d.Sandbox.Close(); err != nil {
		t.Fatal(err)
	}
	uitest.Choose(t, d.window.Window(), "Canopy", "Sign out…")
	d.press(t, "Sign out")
	d.until(t, "the server could not be told")
	uitest.Expect(t, d.canvas(), "Authorized OAuth Apps", "Sign in with your browser")
}
