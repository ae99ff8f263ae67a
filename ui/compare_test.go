package ui_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/uitest"
	"canopy/ui/uitest/stage"
)

// compared returns the rows of the comparison that are in sight, as "name|only in|reason|kind".
func (d *desk) compared() (rows []string) {
	var last fyne.CanvasObject
	for _, s := range uitest.Look(d.canvas()) {
		i := slices.IndexFunc(s.Inside, func(o fyne.CanvasObject) bool { return fmt.Sprintf("%T", o) == "*part.tableRow" })
		switch {
		case s.Text == "" || i < 0:
		case s.Inside[i] == last:
			rows[len(rows)-1] += "|" + s.Text
		default:
			rows, last = append(rows, s.Text), s.Inside[i]
		}
	}
	return rows
}

func (d *desk) untilCompared(t testing.TB, want ...string) {
	t.Helper()
	var got []string
	defer func() {
		if !slices.Equal(got, want) {
			t.Errorf("the rows are %q, want %q", got, want)
		}
	}()
	d.Loop.Until(t, fmt.Sprintf("the rows %q", want), func() bool {
		got = d.compared()
		return slices.Equal(got, want)
	})
}

// sideBySide opens the page on alice, who sees all of acme, and carol, who sees one project of it.
func (d *desk) sideBySide(t testing.TB) {
	t.Helper()
	d.Clock.Advance(time.Minute)
	d.Grants(t, carol, acme, "101")
	d.Clock.Advance(time.Minute)
	d.signIn(t, alice, acme, "101", "102", "107")
	d.openComparison(t)
	d.until(t, "A sees 2 projects and 3 clusters that B does not.")
}

func (d *desk) openComparison(t testing.TB) {
	t.Helper()
	uitest.Choose(t, d.window.Window(), "View", "Compare two grants…")
	uitest.Expect(t, d.canvas(), "Two grants side by side")
}

// aliceOnly is what carol does not see of it.
var aliceOnly = []string{
	"analytics|A · alice@acme.example|not granted|project",
	"analytics › bi-warehouse|A · alice@acme.example|not granted|cluster",
	"analytics › bi-warehouse-dr|A · alice@acme.example|not granted|cluster",
	"analytics › ml-features|A · alice@acme.example|not granted|cluster",
	"empty-shell|A · alice@acme.example|not granted|project",
}

func otherWay(rows []string) (turned []string) {
	for _, r := range rows {
		turned = append(turned, strings.ReplaceAll(r, "|A · ", "|B · "))
	}
	return turned
}

func TestTwoGrantsSideBySideOnThePage(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	d.untilCompared(t, aliceOnly...)
	uitest.Expect(t, d.canvas(), "B sees nothing that A does not.", "Both see 1 project and 3 clusters.")
	d.press(t, "Swap")
	d.until(t, "B sees 2 projects and 3 clusters that A does not.")
	d.untilCompared(t, otherWay(aliceOnly)...)
	d.openComparison(t) // once more: the same page stays
	uitest.Expect(t, d.canvas(), "B sees 2 projects")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, d.canvas(), "Two grants side by side")
	if d.session.State().Comparison != nil {
		t.Error("the comparison goes on without its page")
	}
}

func TestTheComparisonIsOpenedFromTheSwitcher(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.two(t)
	d.openSwitcher(t)
	d.press(t, "Compare two…")
	d.until(t, "A is a grant of Acme Robotics and B is one of Globex: different organizations have nothing in common.")
	d.until(t, "A sees 2 projects and 6 clusters. B sees 2 projects and 10 clusters.")
	uitest.ExpectNot(t, d.canvas(), "There is no difference", "Reading…")
}

func TestRowsAreFilteredChosenAndSorted(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	d.untilCompared(t, aliceOnly...)
	uitest.Type(t, d.canvas(), "ANALYTICS dr")
	d.untilCompared(t, aliceOnly[2])
	uitest.Expect(t, d.canvas(), "1 of 5 differences")
	uitest.Key(d.canvas(), fyne.KeyEscape) // the words, not the page
	d.untilCompared(t, aliceOnly...)
	d.press(t, "Projects only")
	d.untilCompared(t, aliceOnly[0], aliceOnly[4])
	d.press(t, "Name")
	d.press(t, "Name") // the other way round
	d.untilCompared(t, aliceOnly[4], aliceOnly[0])
	d.press(t, "Only B")
	d.untilCompared(t)
	uitest.Expect(t, d.canvas(), "Nothing matches.")
	d.press(t, "Only A")
	d.press(t, "Projects only")
	d.press(t, "Kind") // the large first
	d.untilCompared(t, aliceOnly[0], aliceOnly[4], aliceOnly[1], aliceOnly[2], aliceOnly[3])
	d.openComparison(t) // the focus goes to the filter
	uitest.Type(t, d.canvas(), "granted project")
	d.untilCompared(t, aliceOnly[0], aliceOnly[4])
	uitest.Key(d.canvas(), fyne.KeyReturn, fyne.KeyDown)
	uitest.Expect(t, d.canvas(), "analytics: the grant of B does not cover it.")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, d.canvas(), "Two grants side by side")
}

func TestAnotherGrantIsChosenForASide(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.shelve(t, auth.Grant{ID: "elsewhere", Environment: "Mirror", User: auth.User{Email: "zoe@acme.example"}, Organization: auth.Organization{ID: acme, Name: "Acme Robotics"}})
	d.Grants(t, bob, acme, "101", "102", "107")
	d.sideBySide(t)
	choose := func(side, words string) {
		t.Helper()
		for _, s := range uitest.Look(d.canvas()) {
			if b, ok := s.Object.(interface{ ProbeName() string }); ok && b.ProbeName() == "grant "+side {
				s.Object.(fyne.Tappable).Tapped(nil)
			}
		}
		uitest.Expect(t, d.canvas(), "Find a grant")
		uitest.ExpectNot(t, d.canvas(), "Add account or organization…")
		uitest.Type(t, d.canvas(), words)
		uitest.Key(d.canvas(), fyne.KeyReturn)
		uitest.ExpectNot(t, d.canvas(), "Find a grant")
	}
	choose("B", "alice")
	d.until(t, "A and B are the same grant.")
	d.untilCompared(t)
	choose("A", "zoe")
	d.until(t, "A is a grant of Mirror and B is one of Sandbox: different environments have nothing in common.")
	choose("A", "bob")
	d.until(t, "Both see the same: ")
	uitest.Expect(t, d.canvas(), "There is no difference.")
	if got := d.session.State().Grant.User.Email; got != alice {
		t.Errorf("choosing for the comparison opened the grant of %q", got)
	}
}

func TestEveryVoiceStandsInTheComparison(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	d.untilCompared(t, aliceOnly...)
	d.session.SetScope(auth.Scope{Hidden: []string{"101"}})
	d.until(t, "B sees 1 project and 3 clusters that A does not.")
	d.press(t, "Only B")
	d.untilCompared(t, "payments|B · carol@acme.example|hidden by you|project", "payments › ledger|B · carol@acme.example|hidden by you|cluster",
		"payments › ledger-replica|B · carol@acme.example|hidden by you|cluster", "payments › orders-prod|B · carol@acme.example|hidden by you|cluster")
	d.press(t, "payments › ledger")
	uitest.Expect(t, d.canvas(), "payments › ledger: A covers it, and you have chosen not to see it there.")
}

func TestWhatCouldNotBeReadIsNotTakenForMissing(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.Grants(t, bob, acme, "101", "102", "107")
	d.signIn(t, alice, acme, "101", "102", "107")
	d.faults(t, "status=dedicated:403")
	d.openComparison(t)
	d.until(t, "A sees at least ")
	why := "analytics › bi-warehouse|A · alice@acme.example|could not be read|cluster"
	d.Loop.Until(t, "the row", func() bool { return slices.Contains(d.compared(), why) })
	d.press(t, "analytics › bi-warehouse")
	uitest.Expect(t, d.canvas(), "whether B sees it is not known")
	d.press(t, "Why?")
	uitest.Expect(t, d.canvas(), "What happened", "403")
}

func TestASideWhoseSignInHasEndedSaysSo(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.Grants(t, carol, acme, "101")
	d.Clock.Advance(time.Minute)
	d.signIn(t, alice, acme)
	d.Person.Revokes(t, d.Sandbox.Endpoints().Console, carol)
	d.openComparison(t)
	d.until(t, "no longer accepts this sign-in")
	d.press(t, "Details")
	uitest.Expect(t, d.canvas(), "What happened")
	uitest.Key(d.canvas(), fyne.KeyReturn)
	d.openSwitcher(t)
	if rows := d.offered(); !slices.ContainsFunc(rows, func(r string) bool { return strings.Contains(r, carol) && strings.HasSuffix(r, "|sign in again") }) {
		t.Errorf("the switcher does not know it: %q", rows)
	}
}

func TestTheComparisonFollowsTheGrants(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	d.openSwitcher(t) // the other one comes on the screen, the comparison stays
	uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeyReturn)
	d.read(t)
	uitest.Expect(t, d.canvas(), "Two grants side by side")
	d.untilCompared(t, aliceOnly...)
	d.until(t, "A sees 2 projects and 3 clusters that B does not.")
	uitest.ExpectNot(t, d.canvas(), "Reading…")
	d.Person.Allows(carol, acme, "101", "102")
	d.session.AskFor(auth.Reach{}) // carol's grant is replaced by another
	d.read(t)
	d.openComparison(t)
	d.until(t, "B sees 1 project that A does not.")
	d.openSwitcher(t)
	uitest.Type(t, d.canvas(), alice)
	uitest.Key(d.canvas(), fyne.KeyDelete)
	d.press(t, "Sign out")
	d.Loop.Until(t, "alice to be gone", func() bool { return len(d.session.State().Grants) == 1 })
	uitest.Key(d.canvas(), fyne.KeyEscape)
	d.until(t, "A and B are the same grant.")
}

func TestAComparisonGoesOnWhenTheGrantThatWasBeingReadIsLeft(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.Grants(t, carol, acme, "101")
	d.Clock.Advance(time.Minute)
	d.signIn(t, alice, acme, "101", "102", "107")
	d.faults(t, "slow=serverless:1s")
	d.restart(t)
	d.openComparison(t)
	d.Loop.Until(t, "the comparison to begin", func() bool { return d.session.State().Comparison != nil })
	d.openSwitcher(t)
	uitest.Key(d.canvas(), fyne.KeyDown, fyne.KeyReturn)
	d.faults(t)
	d.until(t, "A sees 2 projects and 3 clusters that B does not.")
}

func TestAGrantThatAnotherCopyHasReplacedIsFollowed(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	st := d.session.State()
	replaced := st.Grants[slices.IndexFunc(st.Grants, func(g auth.Grant) bool { return g.User.Email == carol })]
	d.Person.Allows(carol, acme, "101", "102")
	if _, err := d.Auth.SignIn(t.Context(), stage.Sandbox, auth.Options{Replaces: replaced.ID}, nil); err != nil {
		t.Fatal(err)
	}
	d.Clock.Advance(time.Minute)
	d.Grants(t, bob, acme, "107") // used later than carol's
	d.session.Dismiss()
	d.until(t, "A sees 1 project that B does not.")
	uitest.Expect(t, d.canvas(), carol)
}

func TestRowsAreCopied(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	d.untilCompared(t, aliceOnly...)
	d.press(t, "Copy")
	uitest.Expect(t, d.canvas(), "5 rows copied")
	want := strings.ReplaceAll(strings.Join(aliceOnly, "\n"), "|", "\t") + "\n"
	if got := d.app.Clipboard().Content(); got != want {
		t.Errorf("on the clipboard is %q, want %q", got, want)
	}
	d.press(t, "analytics › ml-features")
	d.press(t, "Copy")
	if got := d.app.Clipboard().Content(); got != strings.ReplaceAll(aliceOnly[3], "|", "\t")+"\n" {
		t.Errorf("on the clipboard is %q", got)
	}
	uitest.Key(d.canvas(), desktop.KeyMenu)
	uitest.ExpectNot(t, d.canvas(), "Why?")
	uitest.PressRight(t, d.canvas(), "analytics › bi-warehouse")
	d.press(t, "Copy ID")
	if got, want := d.app.Clipboard().Content(), d.session.State().Comparison.Result.Differences[1].ID; got != want {
		t.Errorf("on the clipboard is %q, want %q", got, want)
	}
	uitest.PressRight(t, d.canvas(), "analytics › bi-warehouse")
	d.press(t, "Show in the tree")
	uitest.ExpectNot(t, d.canvas(), "Two grants side by side")
	uitest.Expect(t, d.canvas(), "Overview", "bi-warehouse")
}

func TestRowsAreExported(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	d.untilCompared(t, aliceOnly...)
	d.press(t, "Projects only")
	d.untilCompared(t, aliceOnly[0], aliceOnly[4])
	export := func(form, ext string) []byte {
		t.Helper()
		d.press(t, "Export…")
		d.press(t, form)
		uitest.Expect(t, d.canvas(), "Export 2 differences")
		d.press(t, "Save")
		var text []byte
		d.Loop.Until(t, "the file", func() (there bool) {
			var err error
			text, err = os.ReadFile(filepath.Join(d.downloads, "canopy-comparison-2026-11-23."+ext))
			return err == nil
		})
		d.until(t, "Saved as ")
		return text
	}
	rows, err := csv.NewReader(strings.NewReader(string(export("CSV, for a spreadsheet", "csv")))).ReadAll()
	want := []string{"project", "analytics", "102", "analytics", "102", alice, "Acme Robotics", stage.Sandbox, carol, "Acme Robotics", stage.Sandbox, "not granted", ""}
	if err != nil || len(rows) != 3 || !slices.Equal(rows[1], want) {
		t.Errorf("the table is %q, %v", rows, err)
	}
	lines := strings.Split(strings.TrimSpace(string(export("JSON Lines, for a program", "jsonl"))), "\n")
	var one struct {
		Kind, Name, Why string
		OnlyIn          struct{ User string } `json:"only_in"`
	}
	if err := json.Unmarshal([]byte(lines[1]), &one); err != nil || one.Name != "empty-shell" || one.OnlyIn.User != alice || one.Why != "not granted" || len(lines) != 2 {
		t.Errorf("the lines are %q, %v", lines, err)
	}
}

func TestThereIsNothingToCompareASingleGrantWith(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.signIn(t, alice, acme)
	if uitest.Choose(t, d.window.Window(), "View", "Compare two grants…") {
		t.Error("a single grant can be compared")
	}
	uitest.ExpectNot(t, d.canvas(), "Two grants side by side")
}

func TestTheComparisonFitsIntoASmallWindow(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.sideBySide(t)
	d.untilCompared(t, aliceOnly...)
	for _, size := range []fyne.Size{{Width: 1200, Height: 760}, {Width: 800, Height: 600}} {
		d.window.Window().Resize(size)
		if got := d.canvas().Size(); got != size {
			t.Errorf("a window of %v is made %v large", size, got)
		}
		for _, s := range uitest.Look(d.canvas()) {
			end := s.At.Add(s.Object.Size())
			if wanted := []string{"Copy", "Export…", "Only B", "Projects only", "Reason", "A · " + alice}; slices.Contains(wanted, s.Text) && (end.X > size.Width || end.Y > size.Height) {
				t.Errorf("in a window of %v %q ends at %v", size, s.Text, end)
			}
		}
		if rows := d.compared(); len(rows) < 2 {
			t.Errorf("in a window of %v %d rows are in sight", size, len(rows))
		}
	}
}
