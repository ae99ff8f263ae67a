package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"canopy/ui/e2e"
)

// halden is the generated organization, of which everybody is a member.
const halden = "3003"

// wallet is a scene in which grants are given, changed and taken back. After each step the screen must show what the
// sandbox says of the grant on it, and the sandbox must know of the grants in the wallet and of no other.
type wallet struct {
	*scene
	given []e2e.Sight // what the grants in the wallet were given for, the last one opened at the end
}

// openWallet opens a window on a sandbox with three organizations.
func openWallet(t *testing.T) *wallet {
	t.Helper()
	w := &wallet{scene: open(t, e2e.Options{}, "--clusters=5", "--projects=2", "--rate-limit=-1")}
	w.start()
	return w
}

// step is a part of the journey. The ones after it stand on it, so it ends the journey when it fails.
func (w *wallet) step(name string, f func()) {
	w.Helper()
	outer := w.T
	if !outer.Run(name, func(t *testing.T) {
		w.T = t
		f()
	}) {
		outer.FailNow()
	}
	w.T = outer
}

// gives answers an attempt that begin begins, and takes the grant into the wallet.
func (w *wallet) gives(g e2e.Sight, begin func() error) {
	w.Helper()
	w.consents(g, "Allow", begin)
	w.given = slices.DeleteFunc(w.given, func(o e2e.Sight) bool { return o.User == g.User && o.Organization == g.Organization })
	w.given = append(w.given, g)
	w.agrees()
}

// consents goes through the browser's pages.
func (w *wallet) consents(g e2e.Sight, decision string, begin func() error) {
	w.Helper()
	attempt, err := w.desk.Attempt(w.ctx, w.app, w.sandbox, begin)
	w.must(err)
	defer attempt.Page.Close()
	w.must(attempt.Choose(g.User, organizations[g.Organization], names(g.Projects)...))
	_, _, err = attempt.Decide(decision)
	w.must(err)
}

// The names of what is chosen on the consent page by its name.
var (
	organizations = map[string]string{"1001": "Acme Robotics", "2002": "Globex", halden: "Halden Freight"}
	projects      = map[string]string{
		"101": "payments", "102": "analytics", "103": "staging", "104": "(no project)", "105": "Tokyo Pilot", "106": "staging-eu", "107": "empty-shell",
	}
)

// everything is what there is of Acme Robotics.
var everything = []string{"101", "102", "103", "104", "105", "106", "107"}

func names(ids []string) []string {
	list := make([]string, 0, len(ids))
	for _, id := range ids {
		list = append(list, projects[id])
	}
	return list
}

// open is the grant on screen.
func (w *wallet) open() *e2e.Sight { return &w.given[len(w.given)-1] }

// agrees asserts that the screen shows what the sandbox says that the open grant may see, and that the sandbox knows of
// the grants in the wallet only.
func (w *wallet) agrees() {
	w.Helper()
	want, err := w.desk.Expect(w.ctx, w.sandbox, *w.open())
	w.must(err)
	w.await("the sentence "+want.Sentence, e2e.Text(want.Sentence))
	w.read()
	got, err := w.app.Screen(w.ctx)
	w.must(err)
	if d := want.Differences(got); len(d) > 0 {
		w.Errorf("the screen is not what the sandbox says (- missing, + too much):\n%s", strings.Join(d, "\n"))
	}
	w.onlyGiven()
}

// read waits until nothing is being read any more.
func (w *wallet) read() {
	w.Helper()
	w.must(w.app.AwaitAll(w.ctx, "the end of reading", func(objects []e2e.Object) bool {
		said := e2e.Says(objects)
		return strings.Contains(said, "Updated ") || strings.Contains(said, "Not current")
	}))
}

// onlyGiven asserts that nothing is in force at the server but what is in the wallet: what a new consent has replaced has
// been given back.
func (w *wallet) onlyGiven() {
	w.Helper()
	want := make([]string, 0, len(w.given))
	for _, g := range w.given {
		all := len(g.Projects) == 0
		want = append(want, e2e.Given{User: g.User, Organization: g.Organization, All: all, Projects: g.Projects}.String())
	}
	slices.Sort(want)
	w.must(w.sandbox.AwaitGiven(w.ctx, want))
}

// switchTo finds a grant in the switcher by typing and opens it. No row of the one before may be left in the same moment.
func (w *wallet) switchTo(words string, i int) {
	w.Helper()
	before := w.open().Organization
	g := w.given[i]
	w.given = append(slices.Delete(w.given, i, i+1), g)
	w.must(w.app.Press(w.ctx, "Control+Shift+o"))
	w.await("the switcher", e2e.Text("Add account or organization…"))
	w.must(w.app.Type(w.ctx, words))
	w.must(w.app.Press(w.ctx, "Return"))
	objects, err := w.app.Dump(w.ctx)
	w.must(err)
	if o, there := e2e.Find(objects, e2e.Row("org/"+before)); there && before != g.Organization {
		w.Errorf("after switching from %s to %s the row %s is still there", before, g.Organization, o.Row)
	}
	w.agrees()
}

// addAccount begins an attempt from the switcher.
func (w *wallet) addAccount() error {
	if err := w.app.Press(w.ctx, "Control+Shift+o"); err != nil {
		return err
	}
	return w.app.Click(w.ctx, e2e.Text("Add account or organization…"))
}

// signInButton begins an attempt on the first screen.
func (w *wallet) signInButton() error {
	return w.app.Click(w.ctx, e2e.Text("Sign in with your browser"))
}

// ticks opens the scope dialog and presses these projects.
func (w *wallet) ticks(ids ...string) {
	w.Helper()
	w.must(w.app.Press(w.ctx, "Control+l"))
	w.await("the dialog", e2e.Text("What Canopy may see"))
	for _, id := range ids {
		w.must(w.app.Click(w.ctx, func(o e2e.Object) bool { return strings.HasPrefix(o.Row, id+"|") }))
	}
}

// restart closes the window and opens it again.
func (w *wallet) restart() {
	w.Helper()
	w.must(w.app.Shut(w.ctx))
	w.start()
	w.read()
}

func TestTwoUsersAndThreeOrganizations(t *testing.T) {
	w := openWallet(t)
	some := e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "103"}}}
	w.step("a first grant, of two projects", func() { w.gives(some, w.signInButton) })
	w.step("another user in another organization", func() {
		w.gives(e2e.Sight{Choice: e2e.Choice{User: gina, Organization: "2002"}}, w.addAccount)
	})
	w.step("the first user in a third organization", func() {
		w.gives(e2e.Sight{Choice: e2e.Choice{User: bob, Organization: halden}}, w.addAccount)
	})
	w.step("switching by the name of the organization", func() { w.switchTo("acme robotics", 0) })
	w.step("switching by the name of the user", func() { w.switchTo("gina", 0) })
	w.step("switching by both", func() { w.switchTo("bob halden", 0) })
	w.step("down to the branches", func() {
		w.switchTo("robotics", 0)
		w.must(w.app.OpenTree(w.ctx))
		w.open().Branches = true
		w.agrees()
	})
	w.step("after a restart the last grant is open, as it was", func() {
		w.restart()
		w.agrees()
		w.switchTo("globex", 0)
	})
	w.step("another user sees what this one does not, and so it is known", func() {
		w.gives(e2e.Sight{Choice: e2e.Choice{User: alice, Organization: "1001"}}, w.addAccount)
		i := slices.IndexFunc(w.given, func(g e2e.Sight) bool { return g.User == bob && g.Organization == "1001" })
		w.given[i].Known = everything
		w.switchTo("bob robotics", i)
	})
	if links := w.links(); links != len(w.given) {
		t.Errorf("the browser was opened %d times for %d grants", links, len(w.given))
	}
}

func TestARevocationOnTheServersPage(t *testing.T) {
	w := openWallet(t)
	w.step("two grants", func() {
		w.gives(e2e.Sight{Choice: e2e.Choice{User: gina, Organization: "2002"}}, w.signInButton)
		w.gives(e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "102"}}}, w.addAccount)
	})
	w.step("hiding one", func() {
		w.ticks("102")
		w.click("Apply")
		w.open().Hidden = []string{"102"}
		w.agrees()
	})
	w.step("the next request says so, and the rows stay", func() {
		before, err := w.app.Screen(w.ctx)
		w.must(err)
		w.revokes(bob, "Acme Robotics")
		w.must(w.app.Press(w.ctx, "Control+r"))
		w.says("no longer accepts this sign-in. What you see is the last that was read.")
		w.says("Not current: read")
		after, err := w.app.Screen(w.ctx)
		w.must(err)
		for _, row := range before.Tree.Rows() {
			if !slices.Contains(after.Tree.Rows(), row) {
				w.Errorf("the row %s is gone after the revocation:\n%s", row, after)
			}
		}
	})
	w.step("the switcher says so, and the other grant works", func() {
		w.must(w.app.Press(w.ctx, "Control+Shift+o"))
		w.says("sign in again")
		w.must(w.app.Press(w.ctx, "Escape"))
		w.given = w.given[:1]
		w.switchTo("globex", 0)
	})
	w.step("a restart opens the one that works", func() { w.restart(); w.agrees() })
	w.step("signing in again brings it back as it was", func() {
		w.must(w.app.Press(w.ctx, "Control+Shift+o"))
		w.must(w.app.Type(w.ctx, "acme"))
		w.must(w.app.Press(w.ctx, "Return"))
		g := e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "102"}}, Hidden: []string{"102"}}
		w.gives(g, func() error { return w.app.Click(w.ctx, e2e.Text("Sign in again")) })
	})
}

// revokes takes an access back on the server's own page.
func (w *wallet) revokes(user, organization string) {
	w.Helper()
	page, err := w.desk.VisitApps(w.ctx, w.sandbox)
	w.must(err)
	defer page.Close()
	w.must(page.Click(user))
	w.must(page.Click(fmt.Sprintf("Revoke Canopy's access to %s", organization)))
	w.must(page.Await("the end of the access", func(_, words string) bool { return strings.Contains(words, "The access was revoked.") }))
}
