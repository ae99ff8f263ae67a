package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest"
)

const (
	bob   = "bob@acme.example"
	carol = "carol@acme.example"
)

// surprised is a desk on which alice was asked for more and somebody else came.
func surprised(t *testing.T, user, org string) *desk {
	t.Helper()
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme, "101")
	d.Person.Allows(user, org)
	d.session.AskFor(auth.Reach{})
	d.until(t, "Keep both")
	return d
}

func TestAnotherUserThanAskedForIsShownAndAskedAbout(t *testing.T) {
	d := surprised(t, bob, acme)
	uitest.Expect(t, d.canvas(), "Another user has signed in", "Asked for", alice+" · project: payments · Sandbox", "Signed in", bob+" · all projects · Sandbox",
		"Keep both", "Try again as "+alice, "Forget the new one")
	d.expectRows(t, "Acme Robotics", "payments") // what was there stays
	if uitest.Choose(t, d.window.Window(), "Canopy", "Add account or organization…") {
		t.Error("somebody else can sign in before the question is answered")
	}
	d.press(t, "Keep both")
	d.read(t)
	uitest.ExpectNot(t, d.canvas(), "Keep both")
	uitest.Expect(t, d.canvas(), bob)
	if n := len(d.session.State().Grants); n != 2 {
		t.Errorf("%d grants are kept", n)
	}
}

func TestTheUserAskedForIsAskedForOnceMore(t *testing.T) {
	d := surprised(t, bob, acme)
	d.Person.Allows(alice, acme)
	uitest.Key(d.canvas(), fyne.KeyReturn) // the focus is on it
	d.Loop.Until(t, "alice alone", func() bool {
		st := d.session.State()
		return len(st.Grants) == 1 && st.Grant.AllProjects && st.Phase == session.Browsing && !st.Reading
	})
	uitest.ExpectNot(t, d.canvas(), "Keep both", bob)
	uitest.Expect(t, d.canvas(), alice, "New in this grant: 5 projects (")
}

func TestEscapeForgetsWhoeverCame(t *testing.T) {
	for what, answer := range map[string]func(*desk){
		"Escape":     func(d *desk) { uitest.Key(d.canvas(), fyne.KeyEscape) },
		"the button": func(d *desk) { d.press(t, "Forget the new one") },
	} {
		t.Run(what, func(t *testing.T) {
			d := surprised(t, gina, globex)
			uitest.Expect(t, d.canvas(), "Another user, another organization", "Globex")
			answer(d)
			uitest.ExpectNot(t, d.canvas(), "Keep both")
			d.Loop.Until(t, "gina to be gone", func() bool { return len(d.session.State().Grants) == 1 })
			d.expectRows(t, "Acme Robotics", "payments")
			uitest.ExpectNot(t, d.canvas(), "Keep both", "Globex")
		})
	}
}

func TestAnotherOrganizationThanAskedForIsAskedAbout(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, bob, acme)
	d.Person.Allows(bob, globex)
	d.session.AskFor(auth.Reach{})
	d.until(t, "Another organization was chosen")
	uitest.Expect(t, d.canvas(), "Try again for Acme Robotics", "Globex", "Acme Robotics")
}

func TestTheQuestionComesBackWhenAnotherDialogHasTakenItsPlace(t *testing.T) {
	d := surprised(t, bob, acme)
	d.window.ShowExport("Export a list", "list.txt", nil)
	uitest.ExpectNot(t, d.canvas(), "Keep both")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	d.until(t, "Keep both")
	d.press(t, "Forget the new one")
	d.Loop.Until(t, "bob to be gone", func() bool { return len(d.session.State().Grants) == 1 })
	uitest.ExpectNot(t, d.canvas(), "Keep both")
	d.expectRows(t, "Acme Robotics", "payments")
}

func TestWhatAConsentHasBroughtIsToldInABanner(t *testing.T) {
	project := func(ids ...string) (r auth.Reach) {
		for _, id := range ids {
			r.Projects = append(r.Projects, auth.Project{ID: id, Name: map[string]string{"101": "payments", "102": "analytics", "103": "staging"}[id]})
		}
		return r
	}
	for what, c := range map[string]struct {
		before []string // projects of the first grant
		want   auth.Reach
		given  []string
		says   []string
	}{
		"two of three":             {[]string{"101"}, project("101", "102", "103"), []string{"101", "103"}, []string{"Sandbox granted 2 of the 3 projects you asked for; not granted: analytics.", "New in this grant: 1 project (staging)."}},
		"none of what was asked":   {[]string{"101"}, project("102"), []string{"101"}, []string{"Sandbox did not grant the project you asked for: analytics."}},
		"none of two":              {[]string{"101"}, project("102", "103"), []string{"101"}, []string{"Sandbox granted none of the 2 projects you asked for: "}},
		"more, with four names":    {[]string{"101"}, auth.Reach{}, nil, []string{"New in this grant: 5 projects (", ", …)"}},
		"less":                     {[]string{"101", "102"}, auth.Reach{}, []string{"101"}, []string{"No longer in this grant: 1 project (analytics)."}},
		"less, with names cut off": {nil, auth.Reach{}, []string{"101"}, []string{"No longer in this grant: 5 projects (", ", …)"}},
	} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{})
			d.signIn(t, alice, acme, c.before...)
			d.Person.Allows(alice, acme, c.given...)
			d.session.AskFor(c.want)
			for _, words := range c.says {
				d.until(t, words)
			}
			for _, text := range uitest.Texts(d.canvas()) {
				if strings.HasPrefix(text, "New in this grant") && strings.Count(text, ", ") > 3 {
					t.Errorf("more than three names are in %q", text)
				}
			}
			d.press(t, "Dismiss")
			uitest.ExpectNot(t, d.canvas(), c.says...)
		})
	}
}

func TestTheOutcomeStaysWithTheGrantItIsAbout(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.Grants(t, gina, globex)
	d.signIn(t, alice, acme, "101")
	uitest.ExpectNot(t, d.canvas(), "this grant: ") // a first sign-in has nothing to tell
	d.Person.Allows(alice, acme)
	d.session.AskFor(auth.Reach{})
	d.until(t, "New in this grant")
	d.Person.Revokes(t, d.Sandbox.Endpoints().Console, alice)
	d.press(t, "Refresh")
	d.until(t, "no longer accepts this sign-in")
	uitest.Expect(t, d.canvas(), "New in this grant") // beside what went wrong
	dismissals := 0
	for _, text := range uitest.Texts(d.canvas()) {
		if text == "Dismiss" {
			dismissals++
		}
	}
	if dismissals != 2 {
		t.Fatalf("there are %d banners", dismissals)
	}
	d.press(t, "Dismiss") // the lower one
	uitest.ExpectNot(t, d.canvas(), "New in this grant")
	uitest.Expect(t, d.canvas(), "no longer accepts this sign-in")
}

func TestNamesInTheQuestionAreShownAndNotObeyed(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	hostile := "\u202Eevil\u202C\n" + strings.Repeat("長", 300)
	d.signIn(t, alice, acme, "101")
	g := d.session.State().Grant
	d.Loop.Until(t, "the name to be taken", func() bool {
		_ = d.Auth.Grants().Update(g.ID, func(g *auth.Grant) { g.User.Name, g.Organization.Name = hostile, hostile })
		d.session.Open(g.ID)
		return d.session.State().Grant.Organization.Name == hostile
	})
	d.read(t)
	d.Person.Allows(bob, acme)
	d.session.AskFor(auth.Reach{})
	d.until(t, "Keep both")
	for _, s := range uitest.Look(d.canvas()) {
		if strings.ContainsAny(s.Text, "\u202E\u202C") {
			t.Errorf("%+q holds a character that acts", s.Text)
		}
		if size := d.canvas().Size(); s.At.X+s.Object.Size().Width > size.Width && len(s.Inside) > 2 {
			t.Errorf("%s is wider than the window", fmt.Sprintf("%.60s", s))
		}
	}
}
