package ui_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest"
)

// absence is one reason for which a project, a cluster or a branch is not in the tree, and
// what each place of the window says of it.
type absence struct {
	reason string
	happen func(t *testing.T, d *desk) // makes it so, in a window that has read all of Acme
	open   []string                    // rows to open before the row is in sight
	row    string                      // "name|note" in the tree, or the beginning of it
	says   string                      // in the details of that row
	search string                      // words that would find it
	found  string                      // "name|note" among the results, or what is said in place of results
	counts []string                    // on the organization's page and in the scope bar
}

// settled waits until nothing is being read, well or badly.
func (d *desk) settled(t *testing.T) {
	t.Helper()
	d.Loop.Until(t, "the reading to end", func() bool {
		st := d.session.State()
		return (st.Phase == session.Browsing || st.Phase == session.NeedsSignIn) && !st.Reading && st.View != nil
	})
}

func (d *desk) refresh(t *testing.T) {
	t.Helper()
	d.press(t, "Refresh")
	d.settled(t)
}

// consents asks for something else, which the person allows as told.
func (d *desk) consents(t *testing.T, want auth.Reach, projects ...string) {
	t.Helper()
	before := d.session.State().Grant.ID
	d.Person.Allows(alice, acme, projects...)
	d.session.AskFor(want)
	d.Loop.Until(t, "the new grant", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && st.Grant.ID != before && !st.Reading
	})
}

var (
	onlyPayments = auth.Reach{Projects: []auth.Project{{ID: "101", Name: "payments"}}}
	butAnalytics = []string{"101", "103", "104", "105", "106", "107"}
)

// absences are all the reasons there are.
func absences() []absence {
	return slices.Concat(notGranted(), hiddenByYou(), gone(), unreadable())
}

func notGranted() []absence {
	return []absence{{
		reason: "a narrower consent",
		happen: func(t *testing.T, d *desk) { d.consents(t, auth.Reach{}, butAnalytics...) },
		row:    "analytics|not granted", says: "This grant does not cover analytics.",
		search: "analytics", found: "analytics|not granted",
		counts: []string{"This grant sees 5 of 6 projects", "5 + 1 virtual, 1 not granted"},
	}, {
		reason: "asked for, and not given",
		happen: func(t *testing.T, d *desk) {
			d.consents(t, onlyPayments, "101")
			d.session.Forget("102")
			d.consents(t, auth.Reach{Projects: []auth.Project{{ID: "101"}, {ID: "102", Name: "analytics"}}}, "101")
		},
		open: []string{"5 projects"}, // and those it saw before
		row:  "analytics|not granted", says: "because you asked for it",
		search: "analytics", found: "analytics|not granted",
		counts: []string{"This grant sees 1 of 6 projects", "5 not granted"},
	}, {
		reason: "the server states nothing, and an earlier grant saw it",
		happen: func(t *testing.T, d *desk) {
			d.faults(t, "token-no-details")
			d.consents(t, auth.Reach{}, butAnalytics...)
		},
		row: "analytics|not granted", says: "It is known from another grant, an earlier one",
		search: "102", found: "analytics|not granted",
		counts: []string{"This grant sees 5 of 6 projects"},
	}, {
		reason: "another person's grant sees it",
		happen: func(t *testing.T, d *desk) {
			d.Person.Allows("carol@acme.example", acme, "101")
			d.session.AddAccount()
			d.Loop.Until(t, "carol's grant", func() bool {
				st := d.session.State()
				return st.Phase == session.Browsing && st.Grant.User.Email == "carol@acme.example" && !st.Reading
			})
		},
		open: []string{"5 projects"},
		row:  "analytics|not granted", says: "This grant does not cover analytics.",
		search: "analytics", found: "analytics|not granted",
		counts: []string{"This grant sees 1 of 6 projects"},
	}}
}

func hiddenByYou() []absence {
	return []absence{{
		reason: "unticked, and new ones are shown",
		happen: func(_ *testing.T, d *desk) { d.session.SetScope(auth.Scope{Hidden: []string{"102"}}) },
		open:   []string{"1 project"},
		row:    "analytics|hidden by you", says: "You have chosen not to see analytics.",
		search: "warehouse", found: "2 more matches|hidden by you",
		counts: []string{"Showing 5 of 6 granted projects", "1 hidden by you", "12, 3 hidden by you"},
	}, {
		reason: "only some are ticked",
		happen: func(_ *testing.T, d *desk) { d.session.SetScope(auth.Scope{Only: butAnalytics}) },
		open:   []string{"1 project"},
		row:    "analytics|hidden by you", says: "nothing is asked again when you show it",
		search: "analytics", found: "more match", // the project and its clusters
		counts: []string{"Showing 5 of 6 granted projects"},
	}, {
		reason: "new, and only the ticked ones are shown",
		happen: func(t *testing.T, d *desk) {
			d.faults(t, "no-project=102")
			d.refresh(t)
			d.session.SetScope(auth.Scope{Only: butAnalytics})
			d.faults(t)
			d.refresh(t)
		},
		open: []string{"1 project"},
		row:  "analytics|hidden by you", says: "You have chosen not to see analytics.",
		search: "analytics", found: "more match",
		counts: []string{"Showing 5 of 6 granted projects"},
	}}
}

func gone() []absence {
	return []absence{{
		reason: "deleted, and the grant covers it",
		happen: func(t *testing.T, d *desk) { d.faults(t, "no-project=102"); d.refresh(t) },
		row:    "analytics|does not exist", says: "does not list it: it has been deleted",
		search: "analytics", found: "analytics|does not exist",
		counts: []string{"5 + 1 virtual, 1 does not exist", "This grant sees 5 projects"},
	}, {
		reason: "deleted, and ticked",
		happen: func(t *testing.T, d *desk) {
			d.session.SetScope(auth.Scope{Only: []string{"101", "102"}})
			d.faults(t, "no-project=102")
			d.refresh(t)
		},
		row: "analytics|does not exist", says: "it has been deleted",
		search: "102", found: "analytics|does not exist",
		counts: []string{"1 does not exist"},
	}, {
		reason: "never was",
		happen: func(*testing.T, *desk) {},
		search: "no such thing", found: "Nothing like that exists in what this grant sees.",
		counts: []string{"6 + 1 virtual", "This grant sees 6 projects"},
	}}
}

func unreadable() []absence {
	failing := func(faults ...string) func(*testing.T, *desk) {
		return func(t *testing.T, d *desk) {
			d.faults(t, faults...)
			d.restart(t) // nothing of an earlier reading is left
			d.settled(t)
		}
	}
	return []absence{{
		reason: "the dedicated host refuses",
		happen: failing("status=dedicated:403"),
		open:   []string{"analytics"},
		row:    "Couldn't load", says: "says it is not allowed (403)",
		search: "warehouse", found: "Nothing matches of what could be read.",
		counts: []string{"at least 12, some could not be read"},
	}, {
		reason: "the serverless host is broken",
		happen: failing("status=serverless:500"),
		open:   []string{"payments"},
		row:    "Couldn't load", says: "answered 500",
		search: "ledger", found: "Nothing matches of what could be read.",
		counts: []string{"at least 3, some could not be read"},
	}, {
		reason: "one project is forbidden",
		happen: failing("forbid-project=102"),
		open:   []string{"analytics"},
		row:    "Couldn't load", says: "says it is not allowed (403)",
		search: "bi-warehouse", found: "Nothing matches of what could be read.",
		counts: []string{"at least", "some could not be read"},
	}, {
		reason: "the list of projects cannot be read",
		happen: failing("status=projects:500"),
		row:    "Couldn't load", says: "answered 500",
		search: "empty-shell", found: "could not be read",
		counts: []string{"at least", "some could not be read"},
	}, {
		reason: "the branches cannot be read",
		happen: func(t *testing.T, d *desk) { d.faults(t, "status=branches:500") },
		open:   []string{"staging", "orders-dev"},
		row:    "Couldn't load", says: "answered 500",
		search: "feature-tax", found: "Nothing",
		counts: []string{"6 + 1 virtual"},
	}}
}

// pressLike presses a text of the tree that may be cut off.
func (d *desk) pressLike(t *testing.T, text string) {
	t.Helper()
	for _, s := range uitest.Look(d.canvas()) {
		if begin, cut := strings.CutSuffix(s.Text, "…"); s.Text == text || cut && strings.HasPrefix(text, begin) {
			d.press(t, s.Text)
			return
		}
	}
	t.Fatalf("nothing says %q", text)
}

// rowLike returns the row that begins with "name|note".
func (d *desk) rowLike(words string) (row string, ok bool) {
	for _, s := range uitest.Look(d.canvas()) {
		r, is := s.Object.(interface{ ProbeRow() string })
		if !is {
			continue
		}
		if _, row, _ := strings.Cut(r.ProbeRow(), "|"); strings.HasPrefix(row, words) {
			return row, true
		}
	}
	return "", false
}

func TestEveryReasonIsSaidInItsVoiceEverywhere(t *testing.T) {
	for _, c := range absences() {
		t.Run(c.reason, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{})
			d.signIn(t, alice, acme)
			c.happen(t, d)
			d.Loop.Drain()
			uitest.Expect(t, d.canvas(), c.counts...)
			for _, name := range c.open {
				d.press(t, name)
				uitest.Key(d.canvas(), fyne.KeyRight)
			}
			if c.row != "" {
				d.Loop.Until(t, "the row "+c.row, func() bool { _, ok := d.rowLike(c.row); return ok })
				row, _ := d.rowLike(c.row)
				name, _, _ := strings.Cut(row, "|")
				d.pressLike(t, name)
				uitest.Expect(t, d.canvas(), c.says)
			}
			uitest.Choose(t, d.window.Window(), "View", "Search")
			uitest.Type(t, d.canvas(), c.search)
			if _, ok := d.rowLike(c.found); !ok {
				uitest.Expect(t, d.canvas(), c.found)
			}
		})
	}
}
