package ui_test

import (
	"fmt"
	"net/http"
	"net/url"
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

// changeScope opens the scope dialog and puts the focus on its list.
func (d *desk) changeScope(t *testing.T) {
	t.Helper()
	uitest.Choose(t, d.window.Window(), "View", "Change scope…")
	uitest.Expect(t, d.canvas(), "What Canopy may see")
	uitest.Key(d.canvas(), fyne.KeyDown)
}

// find puts the focus into the dialog's field, as a press does in a real window.
func (d *desk) find(t *testing.T) {
	t.Helper()
	for _, s := range slices.Backward(uitest.Look(d.canvas())) {
		if field, ok := s.Object.(interface {
			fyne.Focusable
			SetPlaceHolder(text string)
		}); ok {
			d.canvas().Focus(field)
			return
		}
	}
	t.Fatal("there is no field")
}

// grantOf makes the grant on screen one of some projects of Acme, known to be a part of it.
func (d *desk) grantOf(t *testing.T, projects ...string) {
	t.Helper()
	d.signIn(t, alice, acme)
	d.Person.Allows(alice, acme, projects...)
	before := d.session.State().Grant.ID
	d.session.SignInAgain()
	d.Loop.Until(t, "the smaller grant", func() bool {
		st := d.session.State()
		return st.Grant.ID != before && st.Phase == session.Browsing && !st.Reading && st.View.Whole().Complete()
	})
	d.Person.LooksAway()
}

// wanted returns the ids of the projects that the last page was asked for.
func (d *desk) wanted(t *testing.T) (ids []string) {
	t.Helper()
	links := d.Person.Opened()
	u, err := url.Parse(links[len(links)-1])
	if err != nil {
		t.Fatal(err)
	}
	_, projects, _ := strings.Cut(u.Query().Get("authorization_details"), `"projects"`)
	for _, part := range strings.Split(projects, `{"id":"`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		ids = append(ids, id)
	}
	return ids
}

// shown lists the projects that the window shows, by name.
func (d *desk) shown() (names []string) {
	for _, p := range d.session.State().View.Shown().Projects() {
		names = append(names, p.Name)
	}
	return names
}

func (d *desk) expectShown(t *testing.T, want ...string) {
	t.Helper()
	if got := d.shown(); !slices.Equal(got, want) {
		t.Errorf("shown are %q, want %q", got, want)
	}
}

// kept waits until the file of grants has a scope that is right.
func (d *desk) kept(t *testing.T, right func(auth.Scope) bool) {
	t.Helper()
	d.Loop.Until(t, "the choice to be kept", func() bool { return right(d.Auth.Grants().List()[0].Scope) })
}

func TestScopeIsNarrowedByUntickingAndBroughtBack(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.press(t, "Change scope")
	uitest.Expect(t, d.canvas(), "What Canopy may see", "1 organization per grant", "7 of 7 ticked", "Nothing changes")
	if uitest.Choose(t, d.window.Window(), "View", "Refresh") {
		t.Error("a menu item is enabled behind the dialog")
	}
	uitest.Choose(t, d.window.Window(), "Canopy", "Sign out…")
	uitest.ExpectNot(t, d.canvas(), "Sign out?")
	d.press(t, "analytics")
	uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeySpace) // empty-shell, by key
	uitest.Expect(t, d.canvas(), "−2 projects (analytics, empty-shell): hidden at once", "permission: ", "read-only", "5 of 7 ticked  ·  2 hidden")
	d.expectShown(t, acmeProjects[1:]...)
	uitest.Key(d.canvas(), fyne.KeyReturn)
	uitest.ExpectNot(t, d.canvas(), "What Canopy may see")
	d.expectRows(t, "Acme Robotics", "payments", "staging", "staging-eu", "Tokyo Pilot", "(no project)", "2 projects")
	uitest.Expect(t, d.canvas(), "Showing 4 of 6 granted projects", "hidden by you", "4 + 1 virtual, 2 hidden by you", "12, 3 hidden by you")
	d.kept(t, func(s auth.Scope) bool { return len(s.Hidden) == 2 })
	d.restart(t)
	d.read(t)
	uitest.Expect(t, d.canvas(), "2 projects", "hidden by you")
	d.press(t, "2 projects")
	uitest.Expect(t, d.canvas(), "You have chosen not to see them.")
	d.press(t, "Change scope")
	d.press(t, "empty-shell")
	uitest.Expect(t, d.canvas(), "+1 project (empty-shell): shown at once")
	uitest.Key(d.canvas(), fyne.KeyHome, fyne.KeySpace) // all
	d.press(t, "Apply")
	d.expectRows(t, acmeProjects...)
}

func TestScopeDialogCannotHideEverythingAndEscapeChangesNothing(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.changeScope(t)
	uitest.Key(d.canvas(), fyne.KeySpace) // the organization
	uitest.Expect(t, d.canvas(), "0 of 7 ticked", "Tick at least one project: with none there is nothing to show.")
	d.press(t, "Apply")
	uitest.Key(d.canvas(), fyne.KeyReturn)
	uitest.Expect(t, d.canvas(), "What Canopy may see")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, d.canvas(), "What Canopy may see")
	if !d.session.State().Grant.Scope.IsZero() {
		t.Error("the scope has changed")
	}
	d.expectRows(t, acmeProjects...)
}

func TestProjectsAreFoundAndTickedWithoutAMouse(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	uitest.Choose(t, d.window.Window(), "View", "Change scope…")
	uitest.Type(t, d.canvas(), "STAG")
	uitest.Expect(t, d.canvas(), "2 found")
	uitest.ExpectNot(t, d.canvas(), "1 organization per grant")
	uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeySpace, fyne.KeyDown, fyne.KeySpace)
	uitest.Expect(t, d.canvas(), "−2 projects (staging, staging-eu): hidden at once")
	uitest.Key(d.canvas(), fyne.KeyUp, fyne.KeyUp) // back to the field
	uitest.Type(t, d.canvas(), "x")
	uitest.Expect(t, d.canvas(), "0 found", "No project is called that.")
	uitest.Key(d.canvas(), fyne.KeyDown) // there is nowhere to go
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.Expect(t, d.canvas(), "What Canopy may see", "1 organization per grant", "5 of 7 ticked")
	uitest.Key(d.canvas(), fyne.KeyDown)
	uitest.Type(t, d.canvas(), "pay")
	d.Clock.Advance(2 * time.Second) // the name has been typed: Space ticks again
	uitest.Key(d.canvas(), fyne.KeySpace)
	uitest.Expect(t, d.canvas(), "−3 projects (payments, staging, staging-eu): hidden at once")
	for range 1 { // from the list on to the rule
		uitest.Next(d.canvas())
	}
	uitest.Key(d.canvas(), fyne.KeyDown)
	uitest.Expect(t, d.canvas(), "projects that appear later: hidden from now on")
	uitest.Key(d.canvas(), fyne.KeyReturn)
	d.expectShown(t, "analytics", "empty-shell", "Tokyo Pilot", "(no project)")
	if got := d.session.State().Grant.Scope; len(got.Only) != 4 || len(got.Hidden) != 0 {
		t.Errorf("the scope is %+v", got)
	}
}

func TestAllNoneAndInvertActOnWhatIsFound(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.changeScope(t)
	d.press(t, "None")
	uitest.Expect(t, d.canvas(), "0 of 7 ticked")
	d.find(t)
	uitest.Type(t, d.canvas(), "staging")
	d.press(t, "All")
	uitest.Expect(t, d.canvas(), "2 of 7 ticked  ·  5 hidden  ·  2 found")
	d.find(t)
	uitest.Key(d.canvas(), fyne.KeyEscape)
	d.press(t, "Invert")
	d.press(t, "payments")
	uitest.Expect(t, d.canvas(), "4 of 7 ticked")
	d.press(t, "None")
	d.press(t, "payments")
	d.press(t, "Apply")
	d.expectShown(t, "payments")
}

func TestNewProjectsFollowTheRule(t *testing.T) {
	for _, c := range []struct {
		rule  string
		shown []string
	}{
		{"Show all but the unticked, also projects that appear later", []string{"empty-shell", "payments", "staging", "staging-eu", "Tokyo Pilot", "(no project)"}},
		{"Show only the ticked; projects that appear later stay hidden", []string{"payments", "staging", "staging-eu", "Tokyo Pilot", "(no project)"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{})
			d.faults(t, "no-project=107") // empty-shell has yet to be made
			d.signIn(t, alice, acme)
			d.changeScope(t)
			d.press(t, "analytics")
			d.press(t, c.rule)
			d.press(t, "Apply")
			d.faults(t)
			d.session.Refresh()
			d.read(t)
			d.expectShown(t, c.shown...)
			d.restart(t)
			d.read(t)
			d.expectShown(t, c.shown...)
			d.changeScope(t)
			uitest.Expect(t, d.canvas(), "Nothing changes")
		})
	}
}

func TestTheScopeSurvivesSigningOutAndIn(t *testing.T) {
	for what, rule := range map[string]string{"hidden": "Show all but", "only": "Show only the ticked; projects that appear later stay hidden"} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{})
			d.signIn(t, alice, acme)
			d.changeScope(t)
			d.press(t, "analytics")
			if what == "only" {
				d.press(t, rule)
			}
			d.press(t, "Apply")
			want := d.session.State().Grant.Scope
			d.kept(t, func(s auth.Scope) bool { return len(s.Hidden)+len(s.Only) > 0 })
			d.session.SignOut()
			d.Loop.Until(t, "the first screen", func() bool { return d.session.State().Phase == session.SignedOut && len(d.Auth.Grants().List()) == 0 })
			d.signIn(t, alice, acme)
			if got := d.session.State().Grant.Scope; !slices.Equal(got.Hidden, want.Hidden) || !slices.Equal(got.Only, want.Only) {
				t.Errorf("after signing in again the scope is %+v, want %+v", got, want)
			}
		})
	}
}

// askForMore unticks staging and ticks Tokyo Pilot in a grant of payments, staging and staging-eu,
// applies that, and waits until the page has been opened.
func (d *desk) askForMore(t *testing.T) {
	t.Helper()
	d.grantOf(t, "101", "103", "106")
	d.changeScope(t)
	uitest.Expect(t, d.canvas(), "not in this grant", "3 of 7 ticked  ·  4 not in this grant", "This grant is for single projects")
	d.press(t, "staging")
	d.press(t, "Tokyo Pilot")
	uitest.Expect(t, d.canvas(), "−1 project (staging): hidden at once", "+1 project (Tokyo Pilot): asked in your browser")
	before := len(d.Person.Opened())
	d.press(t, "Ask in browser…")
	d.expectShown(t, "payments", "staging-eu") // at once, whatever the answer will be
	d.Loop.Until(t, "the page", func() bool { return len(d.Person.Opened()) > before })
	if got := d.wanted(t); !slices.Equal(got, []string{"101", "103", "105", "106"}) {
		t.Errorf("the page was asked for %q", got)
	}
}

// answer goes on once the person has answered the page that is open.
func (d *desk) answer(t *testing.T) {
	t.Helper()
	links := d.Person.Opened()
	go func() { _ = d.Person.Visit(links[len(links)-1]) }() // what goes wrong shows in the attempt
	d.Loop.Until(t, "the end of the attempt", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && !st.Reading && st.View.Whole().Complete()
	})
}

func TestWideningThatIsAllowedShowsWhatWasTicked(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.askForMore(t)
	d.Person.Allows(alice, acme, "101", "103", "105", "106")
	d.answer(t)
	d.expectShown(t, "payments", "staging-eu", "Tokyo Pilot")
	d.Loop.Until(t, "the old grant to go", func() bool { return len(d.Auth.Grants().List()) == 1 })
	d.restart(t)
	d.read(t)
	d.expectShown(t, "payments", "staging-eu", "Tokyo Pilot")
	uitest.Expect(t, d.canvas(), "1 project", "hidden by you", "not granted")
}

func TestWideningThatIsDeniedKeepsTheGrantAndWhatWasNarrowed(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.askForMore(t)
	grant := d.session.State().Grant.ID
	d.Person.Denies(alice)
	d.answer(t)
	uitest.Expect(t, d.canvas(), "You said no in the browser")
	d.expectShown(t, "payments", "staging-eu")
	if got := d.session.State().Grant.ID; got != grant {
		t.Error("another grant is open")
	}
	d.changeScope(t)
	uitest.Expect(t, d.canvas(), "Nothing changes")
}

func TestWideningThatIsAllowedInPartSaysWhatIsMissing(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.askForMore(t)
	d.faults(t, "grant-project=105")
	d.Person.Allows(alice, acme, "101", "103", "105", "106")
	d.answer(t)
	d.expectShown(t, "Tokyo Pilot")
	d.changeScope(t)
	uitest.Expect(t, d.canvas(), "1 of 7 ticked  ·  6 not in this grant", "Nothing changes")
}

func TestAServerThatIsNotAskedForProjectsLeavesTheChoiceToItsPage(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	plain := d.Environments[0]
	plain.AuthorizationDetails = false
	if err := d.Auth.SetEnvironment(plain); err != nil {
		t.Fatal(err)
	}
	d.session.Learn(plain)
	d.grantOf(t, "101")
	d.changeScope(t)
	uitest.Expect(t, d.canvas(), "the choice is made there")
	d.press(t, "staging")
	before := len(d.Person.Opened())
	d.press(t, "Ask in browser…")
	d.Loop.Until(t, "the page", func() bool { return len(d.Person.Opened()) > before })
	if got := d.wanted(t); len(got) > 0 {
		t.Errorf("the page was asked for %q", got)
	}
	d.Person.Allows(alice, acme, "101", "103")
	d.answer(t)
	d.expectShown(t, "payments", "staging")
}

// useAPIKey opens a grant of Acme by its API key, later than all others.
func (d *desk) useAPIKey(t *testing.T) {
	t.Helper()
	d.Clock.Advance(time.Minute)
	key := d.Sandbox.APIKeys()[0]
	d.session.SignInWithAPIKey(key.Public, auth.Secret(key.Private))
	d.Loop.Until(t, "the key's grant", func() bool {
		st := d.session.State()
		return st.Grant.Method == auth.MethodAPIKey && st.Phase == session.Browsing && !st.Reading && st.View.Whole().Complete()
	})
}

func TestAnAPIKeyIsNotAskedForMore(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.useAPIKey(t)
	grant := d.session.State().Grant
	err := d.Auth.Grants().Update(grant.ID, func(g *auth.Grant) { g.Known = append(g.Known, auth.Project{ID: "999", Name: "elsewhere"}) })
	if err != nil {
		t.Fatal(err)
	}
	d.restart(t)
	d.read(t)
	d.changeScope(t)
	uitest.Expect(t, d.canvas(), "What an API key covers is decided in the console", "elsewhere", "not in this grant")
	d.press(t, "elsewhere")
	uitest.Key(d.canvas(), fyne.KeySpace)
	uitest.Expect(t, d.canvas(), "Nothing changes")
	uitest.ExpectNot(t, d.canvas(), "Ask in browser…")
}

// gate lets the first page of projects through, and the others once it is open.
type gate struct{ open chan struct{} }

func (g gate) RoundTrip(q *http.Request) (*http.Response, error) {
	if strings.HasSuffix(q.URL.Path, "/projects") && q.URL.Query().Get("pageToken") != "" {
		select {
		case <-g.open:
		case <-q.Context().Done():
			return nil, q.Context().Err()
		}
	}
	return http.DefaultTransport.RoundTrip(q)
}

func TestTheDialogKeepsItsTicksWhileTheListGrows(t *testing.T) {
	d := newDesk(t, sandbox.Options{Projects: 250})
	d.signIn(t, alice, "3003")
	held := gate{make(chan struct{})}
	d.Network = held
	d.restart(t)
	d.Loop.Until(t, "the first page of projects", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && st.View.Counts().Projects == 100
	})
	d.changeScope(t)
	uitest.Expect(t, d.canvas(), "100 of at least 100 ticked", "the list is still being read")
	d.press(t, "None")
	first := d.session.State().View.Shown().Projects()[0]
	d.press(t, first.Name)
	d.find(t)
	uitest.Type(t, d.canvas(), "00")
	close(held.open)
	d.read(t)
	uitest.Expect(t, d.canvas(), "1 of 250 ticked  ·  249 hidden")
	uitest.ExpectNot(t, d.canvas(), "still being read")
	d.press(t, "Show only the ticked; projects that appear later stay hidden")
	d.press(t, "Apply")
	d.expectShown(t, first.Name)
}

func TestTheDialogGoesWithItsGrant(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.changeScope(t)
	d.session.SignOut()
	uitest.ExpectNot(t, d.canvas(), "What Canopy may see")
}

func TestNamesInTheDialogAreShownAndNotObeyed(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	grant := d.session.State().Grant
	err := d.Auth.Grants().Update(grant.ID, func(g *auth.Grant) {
		g.AllProjects, g.Projects = false, []auth.Project{{ID: "101"}}
		g.Known = append(g.Known, auth.Project{ID: "7", Name: "pay\u202Esllor\n{{.Count}}"}, auth.Project{ID: "8", Name: strings.Repeat("東京支社", 60)})
	})
	if err != nil {
		t.Fatal(err)
	}
	d.restart(t)
	d.read(t)
	d.changeScope(t)
	d.find(t)
	uitest.Type(t, d.canvas(), "sllor")
	uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeySpace)
	uitest.Expect(t, d.canvas(), "pay‹U+202E›sllor {{.Count}}", "+1 project (pay‹U+202E›sllor {{.Count}}): asked")
	for _, text := range uitest.Texts(d.canvas()) {
		if strings.Contains(text, "\u202E") {
			t.Errorf("%q reverses the text after it", text)
		}
	}
	uitest.Key(d.canvas(), fyne.KeyUp, fyne.KeyEscape)
	uitest.Type(t, d.canvas(), "東京")
	uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeySpace)
	uitest.Expect(t, d.canvas(), "+2 projects", "東京支社", "…")
	if w := d.canvas().Content().MinSize().Width; w > 1000 {
		t.Errorf("a name makes the window %v wide", w)
	}
}

// BenchmarkScopeDialog is what opening the dialog and typing a letter into it cost for 5,000
// projects and, to hold against it, for 5, without the painting.
func BenchmarkScopeDialog(b *testing.B) {
	for _, projects := range []int{5, 5000} {
		d := newDesk(b, sandbox.Options{Projects: projects})
		d.signIn(b, alice, "3003")
		opening := func() { uitest.Choose(b, d.window.Window(), "View", "Change scope…") }
		closing := func() { uitest.Key(d.canvas(), fyne.KeyEscape, fyne.KeyEscape) }
		b.Run(fmt.Sprintf("open/%d", projects), func(b *testing.B) {
			for b.Loop() {
				opening()
				b.StopTimer()
				closing()
				b.StartTimer()
			}
		})
		opening()
		b.Run(fmt.Sprintf("letter/%d", projects), func(b *testing.B) {
			for b.Loop() {
				uitest.Type(b, d.canvas(), "f")
				b.StopTimer()
				uitest.Key(d.canvas(), fyne.KeyBackspace)
				b.StartTimer()
			}
		})
		closing()
		d.close()
	}
}
