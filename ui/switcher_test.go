package ui_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest"
	"canopy/ui/uitest/stage"
)

// shelve puts grants into the wallet that nobody can use: they are only to be looked at.
func (d *desk) shelve(t testing.TB, grants ...auth.Grant) {
	t.Helper()
	for _, g := range grants {
		g.Environment, g.Kept = cmp.Or(g.Environment, stage.Sandbox), cmp.Or(g.Kept, auth.KeptKeyring)
		if err := d.Auth.Grants().Put(g); err != nil {
			t.Fatal(err)
		}
	}
	d.session.Dismiss() // to be told of the state anew
}

func (d *desk) openSwitcher(t testing.TB) {
	t.Helper()
	uitest.Choose(t, d.window.Window(), "View", "Switch grant…")
	uitest.Expect(t, d.canvas(), "Add account or organization…")
}

// offered returns the rows of the switcher as "name|remark|end".
func (d *desk) offered() (rows []string) {
	for _, s := range uitest.Look(d.canvas()) {
		r, ok := s.Object.(interface{ ProbeRow() string })
		if !ok || !strings.HasSuffix(fmt.Sprintf("%T", s.Object), "listRow") {
			continue
		}
		_, rest, _ := strings.Cut(r.ProbeRow(), "|")
		rows = append(rows, rest)
	}
	return rows
}

func (d *desk) expectOffered(t testing.TB, want ...string) {
	t.Helper()
	if got := d.offered(); !slices.Equal(got, want) {
		t.Errorf("the switcher offers %q, want %q", got, want)
	}
}

// two signs gina and then alice in.
func (d *desk) two(t *testing.T) {
	t.Helper()
	d.Grants(t, gina, globex)
	d.Clock.Advance(time.Hour)
	d.signIn(t, alice, acme, "101", "102")
}

func TestSwitchingByKey(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.two(t)
	uitest.Choose(t, d.window.Window(), "View", "Search")
	before := d.canvas().Focused()
	d.openSwitcher(t)
	field := d.canvas().Focused()
	if field == nil || field == before {
		t.Fatalf("the focus is on %T", field)
	}
	d.expectOffered(t, "Acme Robotics|alice@acme.example · 2 projects · Sandbox|now", "Globex|gina@globex.example · all projects · Sandbox|1 h ago")
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyEnd, fyne.KeyHome, fyne.KeyPageDown, fyne.KeyUp, fyne.KeyPageUp, fyne.KeyDown} {
		uitest.Key(d.canvas(), key)
		if d.canvas().Focused() != field {
			t.Fatalf("%s takes the focus out of the field", key)
		}
	}
	uitest.Key(d.canvas(), fyne.KeyReturn)
	if got := d.session.State().Grant.User.Email; got != gina {
		t.Errorf("open is the grant of %q", got)
	}
	uitest.ExpectNot(t, d.canvas(), "Find a grant", "Acme Robotics", alice, "analytics") // in the same moment
	d.read(t)
	d.expectRows(t, "Globex", "payments", "sandbox")
	d.openSwitcher(t)
	d.expectOffered(t, "Globex|gina@globex.example · all projects · Sandbox|now", "Acme Robotics|alice@acme.example · 2 projects · Sandbox|just now")
	uitest.Key(d.canvas(), fyne.KeyEnter) // the open one: nothing happens
	if d.session.State().Reading {
		t.Error("choosing the open grant reads it again")
	}
}

func TestEscapeAndAPressBesideItCloseTheSwitcher(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.two(t)
	uitest.Choose(t, d.window.Window(), "View", "Search")
	before := d.canvas().Focused()
	for what, leave := range map[string]func(){
		"Escape":           func() { uitest.Key(d.canvas(), fyne.KeyEscape) },
		"a press":          func() { test.TapCanvas(d.canvas(), fyne.NewPos(900, 500)) },
		"a press on top":   func() { test.TapCanvas(d.canvas(), fyne.NewPos(900, 20)) },
		"Escape on a link": func() { uitest.Next(d.canvas()); uitest.Key(d.canvas(), fyne.KeyEscape) },
	} {
		d.openSwitcher(t)
		uitest.Expect(t, d.canvas(), "Ctrl Shift O", "Add account or organization…", "Compare two…")
		if uitest.Choose(t, d.window.Window(), "View", "Refresh") {
			t.Error("a menu item is enabled behind the switcher")
		}
		uitest.Press(t, d.canvas(), "Ctrl Shift O") // inside: it stays
		uitest.Expect(t, d.canvas(), "Add account or organization…")
		leave()
		uitest.ExpectNot(t, d.canvas(), "Add account or organization…")
		if d.canvas().Focused() != before {
			t.Errorf("after %s the focus is on %T", what, d.canvas().Focused())
		}
		if got := d.session.State().Grant.User.Email; got != alice {
			t.Errorf("after %s open is the grant of %q", what, got)
		}
	}
}

func TestAGrantIsFoundByWhateverIsKnownOfIt(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	org := auth.Organization{ID: "7", Name: "Wayne Enterprises"}
	d.shelve(t, auth.Grant{ID: "g1", User: auth.User{Email: "lucius@wayne.example"}, Organization: org,
		Projects: []auth.Project{{ID: "1", Name: "Warehouse"}, {ID: "2", Name: "Tumbler"}}})
	d.shelve(t, auth.Grant{ID: "g2", Environment: "Mirror", Method: auth.MethodAPIKey, User: auth.User{Name: "ops-bot", Subject: "ops-bot"},
		Organization: org, Projects: []auth.Project{{ID: "1", Name: "Warehouse"}}})
	lucius := "Wayne Enterprises|lucius@wayne.example · 2 projects · Sandbox|"
	bot := "Wayne Enterprises|ops-bot (API key) · project: Warehouse · Mirror|"
	for words, want := range map[string][]string{
		"wayne":             {lucius, bot},
		"WAYNE  lucius":     {lucius},
		"tumb":              {"Wayne Enterprises|lucius@wayne.example · project: Tumbler · Sandbox|"},
		"wayne tumb":        {"Wayne Enterprises|lucius@wayne.example · project: Tumbler · Sandbox|"},
		"mirror":            {bot},
		"api key":           {bot},
		"ops warehouse":     {bot},
		"wayne acme":        nil,
		"acme all projects": {"Acme Robotics|alice@acme.example · all projects · Sandbox|now"},
		"ledger":            nil, // a cluster
		"staging-eu":        {"Acme Robotics|alice@acme.example · project: staging-eu · Sandbox|now"},
		"waynee":            nil,
	} {
		d.openSwitcher(t)
		uitest.Type(t, d.canvas(), words)
		d.expectOffered(t, want...)
		if len(want) == 0 {
			uitest.Expect(t, d.canvas(), "No grant is called that.")
			uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeyReturn, fyne.KeyDelete, desktop.KeyMenu) // nothing to do it to
			uitest.Expect(t, d.canvas(), "No grant is called that.")
		}
		uitest.ExpectNot(t, d.canvas(), "Ctrl Shift O")
		uitest.Key(d.canvas(), fyne.KeyEscape)
	}
	d.openSwitcher(t)
	uitest.Type(t, d.canvas(), "wayne")
	for range "wayne" {
		uitest.Key(d.canvas(), fyne.KeyBackspace)
	}
	uitest.Expect(t, d.canvas(), "Ctrl Shift O", "lucius@wayne.example", alice)
}

func TestGrantsThatAreCalledTheSameAreToldApart(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	same := auth.Grant{User: auth.User{Email: alice}, Organization: auth.Organization{ID: acme, Name: "Acme Robotics"}, AllProjects: true}
	for id, change := range map[string]func(*auth.Grant){
		"elsewhere":            func(g *auth.Grant) { g.Environment = "Staging" },
		"another organization": func(g *auth.Grant) { g.Organization.ID = "1009" },
		"later":                func(g *auth.Grant) { g.GrantedAt = stage.Noon.Add(-48 * time.Hour) },
	} {
		g := same
		g.ID = id
		change(&g)
		d.shelve(t, g)
	}
	uitest.Expect(t, d.canvas(), alice+" · Sandbox") // the button
	d.openSwitcher(t)
	offered := d.offered()
	for _, want := range []string{alice + " · all projects · Staging|", " · Sandbox · 1009|", "granted 21 Nov 2026"} {
		if !slices.ContainsFunc(offered, func(row string) bool { return strings.Contains(row, want) }) {
			t.Errorf("no row says %q: %q", want, offered)
		}
	}
	slices.Sort(offered)
	if n := len(slices.Compact(offered)); n != 4 {
		t.Errorf("of four grants %d look different: %q", n, offered)
	}
}

func TestTheSwitcherSaysWhenAGrantWasUsedLast(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	ages := map[string]time.Duration{"just now": 0, "10 min ago": 10 * time.Minute, "5 h ago": 5 * time.Hour, "yesterday": 20 * time.Hour, "3 days ago": 72 * time.Hour, "12 Sep 2026": 72 * 24 * time.Hour}
	for want, age := range ages {
		d.shelve(t, auth.Grant{ID: want, Organization: auth.Organization{ID: want, Name: "used " + want}, LastUsed: stage.Noon.Add(-age)})
	}
	d.shelve(t, auth.Grant{ID: "never", Organization: auth.Organization{ID: "never", Name: "never used"}})
	d.openSwitcher(t)
	var got []string
	for _, row := range d.offered() {
		name, _, _ := strings.Cut(row, "|")
		got = append(got, name)
		end := row[strings.LastIndex(row, "|")+1:]
		if want, ok := strings.CutPrefix(name, "used "); ok && end != want {
			t.Errorf("of a grant used %s it says %q", want, end)
		}
	}
	want := []string{"Acme Robotics", "used just now", "used 10 min ago", "used 5 h ago", "used yesterday", "used 3 days ago", "used 12 Sep 2026", "never used"}
	if !slices.Equal(got, want) {
		t.Errorf("the order is %q", got)
	}
}

func TestHundredsOfGrantsCostNoMoreThanTen(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	hostile := "\u202Eevil\u202C\x1b[2J" + strings.Repeat("長い名前", 20)
	var grants []auth.Grant
	for i := range 10 {
		grants = append(grants, auth.Grant{ID: fmt.Sprint("few", i), Organization: auth.Organization{ID: fmt.Sprint(i), Name: hostile + strings.Repeat("長", 1000)}})
	}
	d.shelve(t, grants...)
	d.openSwitcher(t)
	few := uitest.Objects(d.canvas())
	uitest.Key(d.canvas(), fyne.KeyEscape)
	grants = nil
	for i := range 250 {
		grants = append(grants, auth.Grant{ID: fmt.Sprint("many", i), User: auth.User{Email: fmt.Sprintf("user%03d@%s", i, hostile)}, Environment: hostile,
			Organization: auth.Organization{ID: fmt.Sprint("many", i), Name: fmt.Sprintf("Organization %03d %s", i, hostile)}, LastUsed: stage.Noon.Add(-time.Duration(i) * time.Hour)})
	}
	d.shelve(t, grants...)
	d.openSwitcher(t)
	if many := uitest.Objects(d.canvas()); many > few+30 {
		t.Errorf("%d objects for hundreds of grants, %d for ten", many, few)
	}
	for _, s := range uitest.Look(d.canvas()) {
		if strings.ContainsAny(s.Text, "\u202E\u202C\x1b") {
			t.Errorf("%+q holds a character that acts", s.Text)
		}
		if right := s.At.X + s.Object.Size().Width; strings.Contains(s.Text, "Organization 0") && right > 440 {
			t.Errorf("%.40q reaches out of the panel to %v", s.Text, right)
		}
	}
	uitest.Key(d.canvas(), fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyPageDown)
	uitest.Type(t, d.canvas(), "Organization 249")
	if rows := d.offered(); len(rows) != 1 {
		t.Errorf("%d rows are found", len(rows))
	}
}

func TestAGrantWhoseSignInHasEndedSaysSoInTheSwitcher(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.two(t)
	d.Person.Revokes(t, d.Sandbox.Endpoints().Console, alice)
	d.press(t, "Refresh")
	d.Loop.Until(t, "the refusal", func() bool { return d.session.State().Phase == session.NeedsSignIn })
	d.openSwitcher(t)
	d.expectOffered(t, "Acme Robotics|alice@acme.example · 2 projects · Sandbox|sign in again", "Globex|gina@globex.example · all projects · Sandbox|1 h ago")
	uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeyReturn)
	d.read(t)
	d.openSwitcher(t)
	d.expectOffered(t, "Globex|gina@globex.example · all projects · Sandbox|now", "Acme Robotics|alice@acme.example · 2 projects · Sandbox|sign in again")
}

func TestSigningOutFromTheSwitcherAsksAndComesBack(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.two(t)
	d.openSwitcher(t)
	uitest.Type(t, d.canvas(), "o")
	uitest.Key(d.canvas(), fyne.KeyLeft, fyne.KeyDelete) // what is typed
	uitest.ExpectNot(t, d.canvas(), "Sign out?")
	uitest.Type(t, d.canvas(), "glo")
	uitest.Key(d.canvas(), fyne.KeyDelete)
	uitest.Expect(t, d.canvas(), "Sign out?", "Canopy forgets Globex on this machine")
	uitest.Key(d.canvas(), fyne.KeyReturn) // the focus is on Cancel
	d.expectOffered(t, "Globex|gina@globex.example · all projects · Sandbox|1 h ago")
	uitest.PressRight(t, d.canvas(), "Globex")
	d.press(t, "Sign out…")
	d.press(t, "Sign out")
	d.until(t, "No grant is called that.")
	for range "glo" {
		uitest.Key(d.canvas(), fyne.KeyBackspace)
	}
	d.expectOffered(t, "Acme Robotics|alice@acme.example · 2 projects · Sandbox|now")
	uitest.Key(d.canvas(), desktop.KeyMenu)
	uitest.Expect(t, d.canvas(), "Open", "Sign out…")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.Key(d.canvas(), fyne.KeyDelete)
	d.press(t, "Sign out")
	d.until(t, "Sign in with your browser")
	uitest.ExpectNot(t, d.canvas(), "Add account or organization…")
	if d.canvas().Overlays().Top() != nil {
		t.Error("something still hangs over the first screen")
	}
}

func TestAnotherAccountIsAddedThroughTheServersChoiceOfAccounts(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	d.openSwitcher(t)
	d.press(t, "Compare two…") // there is only one: it is disabled
	uitest.Expect(t, d.canvas(), "Add account or organization…")
	d.Person.Allows(gina, globex)
	d.press(t, "Add account or organization…")
	d.read(t)
	d.expectRows(t, "Globex", "payments", "sandbox")
	opened := d.Person.Opened()
	if last := opened[len(opened)-1]; !strings.Contains(last, "prompt=select_account") {
		t.Errorf("the server is not told to ask who it is: %s", last)
	}
}

func TestTheSwitcherHangsFromTheButtonInEveryWindow(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.two(t)
	for i := range 30 {
		d.shelve(t, auth.Grant{ID: fmt.Sprint(i), Organization: auth.Organization{ID: fmt.Sprint(i), Name: fmt.Sprint("Organization ", i)}})
	}
	for _, size := range []fyne.Size{{Width: 1200, Height: 760}, {Width: 800, Height: 600}, {Width: 640, Height: 480}} {
		d.window.Window().Resize(size)
		before := d.canvas().Focused()
		d.press(t, alice) // on the button
		for _, words := range []string{"Add account or organization…", "Compare two…"} {
			for _, s := range uitest.Look(d.canvas()) {
				if s.Text != words {
					continue
				}
				if end := s.At.Add(s.Object.Size()); end.X > size.Width || end.Y > size.Height {
					t.Errorf("in a window of %v %q ends at %v", size, words, end)
				}
			}
		}
		uitest.Key(d.canvas(), fyne.KeyEnd)
		uitest.Expect(t, d.canvas(), "Organization 9")
		uitest.Key(d.canvas(), fyne.KeyEscape)
		if after := d.canvas().Focused(); after != before {
			t.Errorf("in a window of %v the focus is on %T, before on %T", size, after, before)
		}
	}
}
