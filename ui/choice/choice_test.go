package choice_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/choice"
	"canopy/ui/uitest/stage"
)

const (
	alice  = "alice@acme.example"
	acme   = "1001"
	halden = "3003"
)

// desk is a grant with what has been read of it.
type desk struct {
	*stage.Stage
	grant auth.Grant
	known []api.Project
	snap  *inventory.Snapshot
}

func newDesk(t testing.TB, o sandbox.Options, organization string, projects ...string) *desk {
	t.Helper()
	d := &desk{Stage: stage.New(t, o)}
	d.grant = d.Grants(t, alice, organization, projects...)
	d.read(t)
	return d
}

// read reads everything, or as much as answers.
func (d *desk) read(t testing.TB) {
	t.Helper()
	inv := inventory.New(d.Client(t, d.grant), d.Clock.Now)
	_ = inv.Load(t.Context(), nil) // a test that lets something fail looks at what is there
	d.snap = inv.Snapshot()
}

func (d *desk) view() *inventory.View {
	coverage := d.grant.Coverage()
	return inventory.NewView(d.snap, inventory.Reach{
		Shows: d.grant.Scope.Filter(), Known: d.known, Chosen: d.grant.Scope.Only,
		Covers: func(id string) (covered, stated bool) {
			c := coverage(id)
			return c == auth.Covered, c != auth.CoverageUnknown
		},
	})
}

func (d *desk) choice(scope auth.Scope, tick ...string) *choice.Choice {
	d.grant.Scope = scope
	return choice.New(d.grant, d.view(), tick...)
}

// ticks lists the ids of what is found, the ticked ones with an x.
func ticks(c *choice.Choice) string {
	var ids []string
	for i := range c.Len() {
		p := c.At(i)
		id := p.ID
		if c.Ticked(p) {
			id += "x"
		}
		if p.Outside {
			id += "?"
		}
		ids = append(ids, id)
	}
	return strings.Join(ids, " ")
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: %s, want %s", what, g, w)
	}
}

func names(ps []choice.Project) (names []string) {
	for _, p := range ps {
		names = append(names, p.Name)
	}
	return names
}

// wanted lists what a consent would have to ask for.
func wanted(c *choice.Choice) (all []string) {
	for _, p := range c.Want().Projects {
		all = append(all, p.ID+" "+p.Name)
	}
	return all
}

// Acme's projects in the order of the tree are analytics 102, empty-shell 107, payments 101,
// staging 103, staging-eu 106, Tokyo Pilot 105 and (no project) 104.
func acmeDesk(t testing.TB, projects ...string) *desk {
	t.Helper()
	d := newDesk(t, sandbox.Options{}, acme, projects...)
	d.known = []api.Project{{ID: "101", Name: "payments"}, {ID: "105", Name: "Tokyo Pilot"}, {ID: "102", Name: "analytics"}}
	return d
}

func TestAChoiceBeginsWithWhatIsShown(t *testing.T) {
	d := acmeDesk(t)
	expect(t, "all", ticks(d.choice(auth.Scope{})), "102x 107x 101x 103x 106x 105x 104x")
	expect(t, "all but one", ticks(d.choice(auth.Scope{Hidden: []string{"101"}})), "102x 107x 101 103x 106x 105x 104x")
	c := d.choice(auth.Scope{Only: []string{"101", "104"}})
	expect(t, "only these", ticks(c), "102 107 101x 103 106 105 104x")
	expect(t, "the rule", c.Rule(), choice.HideNew)
	expect(t, "the change", c.Change().Empty(), true)
	expect(t, "the counts", c.Counts(), choice.Counts{Projects: 7, Ticked: 2, Found: 7, Hidden: 5, Inside: 7, Exact: true})
}

func TestApplyingHidesAndShowsAtOnceAndAsksForTheRest(t *testing.T) {
	d := acmeDesk(t, "101", "103", "106")
	c := d.choice(auth.Scope{Hidden: []string{"103"}}, "105")
	expect(t, "the rows", ticks(c), "101x 103 106x 102? 105x?")
	c.Toggle("101")
	c.Toggle("103")
	ch := c.Change()
	expect(t, "hidden", names(ch.Hide), "[payments]")
	expect(t, "shown", names(ch.Show), "[staging]")
	expect(t, "asked for", names(ch.Ask), "[Tokyo Pilot]")
	expect(t, "the scope", c.Scope(), auth.Scope{Hidden: []string{"101"}})
	expect(t, "the organization asked for", c.Want().Organization.ID, acme)
	expect(t, "what is covered and what is ticked", wanted(c), "[101 payments 103 staging 106 staging-eu 105 Tokyo Pilot]")
	c.SetRule(choice.HideNew)
	expect(t, "the scope of only these", c.Scope(), auth.Scope{Only: []string{"103", "105", "106"}})
	expect(t, "the rule changes", c.Change().Rule, true)
}

func TestAllNoneAndInvertMeanWhatIsFound(t *testing.T) {
	d := acmeDesk(t, "101", "103", "106")
	c := d.choice(auth.Scope{})
	c.Find("STAGING")
	expect(t, "found", ticks(c), "103x 106x")
	c.None()
	c.Find("")
	expect(t, "after None", ticks(c), "101x 103 106 102? 105?")
	c.Find("eu stag")
	c.All()
	c.Find("")
	expect(t, "after All", ticks(c), "101x 103 106x 102? 105?")
	c.Invert()
	expect(t, "after Invert", ticks(c), "101 103x 106 102? 105?")
	c.Find("tokyo")
	c.All()
	expect(t, "All where all there is is outside", ticks(c), "105x?")
	c.Find("105")
	expect(t, "found by id", ticks(c), "105x?")
	expect(t, "where it stands", fmt.Sprint(c.Index("105"), c.Index("101")), "0 -1")
	c.Find("")
	c.None()
	expect(t, "None", ticks(c), "101 103 106 102? 105?")
	expect(t, "nothing can be applied", c.Valid(), false)
}

func TestATickSurvivesTheGrowthOfTheList(t *testing.T) {
	d := acmeDesk(t)
	whole := d.snap
	early := func() *choice.Choice {
		d.snap = nil // nothing has been read yet but what is known
		return d.choice(auth.Scope{Hidden: []string{"101"}})
	}
	grow := func(c *choice.Choice) { d.snap = whole; c.Update(d.grant, d.view()) }

	c := early()
	c.Find("pay")
	grow(c)
	expect(t, "the words stay", ticks(c), "101")
	c.Toggle("101")
	d.read(t)
	grow(c)
	expect(t, "the tick stays", ticks(c), "101x")

	c = early()
	c.None()
	grow(c)
	c.Toggle("103")
	expect(t, "None meant what was still to be read", ticks(c), "102 107 101 103x 106 105 104")
	c = early()
	c.All()
	grow(c)
	expect(t, "and so did All", c.Scope(), auth.Scope{})
	c = early()
	c.Invert()
	grow(c)
	expect(t, "and Invert", ticks(c), "102 107 101x 103 106 105 104")
}

func TestWhatIsNotListedStaysInTheScope(t *testing.T) {
	d := acmeDesk(t)
	c := d.choice(auth.Scope{Hidden: []string{"101", "unread"}})
	c.Toggle("103")
	expect(t, "hidden", c.Scope(), auth.Scope{Hidden: []string{"101", "103", "unread"}})
	c = d.choice(auth.Scope{Only: []string{"101", "unread"}})
	c.Toggle("103")
	expect(t, "only", c.Scope(), auth.Scope{Only: []string{"101", "103", "unread"}})
	c.None()
	c.Toggle("101")
	expect(t, "only what is ticked after None", c.Scope(), auth.Scope{Only: []string{"101"}})
}

func TestAProjectOutsideThatTheScopeNamesIsNotAskedForUnasked(t *testing.T) {
	d := acmeDesk(t, "101")
	c := d.choice(auth.Scope{Only: []string{"101", "105"}})
	expect(t, "the rows", ticks(c), "101x 102? 105?")
	expect(t, "the change", c.Change().Empty(), true)
	expect(t, "the scope", c.Scope(), auth.Scope{Only: []string{"101", "105"}})
	c.Toggle("105")
	c.Toggle("105")
	expect(t, "the scope without it", c.Scope(), auth.Scope{Only: []string{"101"}})
}

func TestAnAPIKeyCannotBeAskedForMore(t *testing.T) {
	d := acmeDesk(t, "101")
	d.grant.Method = auth.MethodAPIKey
	c := d.choice(auth.Scope{}, "105")
	c.Toggle("105")
	c.Find("tokyo")
	c.All()
	expect(t, "the row", ticks(c), "105?")
}

func TestWithoutAListTheServersPageIsAsked(t *testing.T) {
	d := newDesk(t, sandbox.Options{NoAuthorizationDetails: true}, acme, "101", "103")
	d.known = []api.Project{{ID: "105", Name: "Tokyo Pilot"}}
	c := d.choice(auth.Scope{}, "105")
	expect(t, "the projects of the list and the ticked one", len(c.Want().Projects), 3)
	if err := d.Sandbox.SetFaults("status=projects:500"); err != nil {
		t.Fatal(err)
	}
	d.read(t)
	c = d.choice(auth.Scope{})
	expect(t, "it may be there", ticks(c), "101x 103x 105x")
	expect(t, "why", c.Counts().Failed != nil, true)
	expect(t, "what is asked for", c.Want().Projects, "[]")
	d.grant.AllProjects = true
	expect(t, "all of a grant of all", d.choice(auth.Scope{}).Want().All, true)
}

func TestAProjectThatIsGoneIsNotAskedForAgain(t *testing.T) {
	d := acmeDesk(t, "101", "103")
	if err := d.Sandbox.SetFaults("no-project=103"); err != nil {
		t.Fatal(err)
	}
	d.read(t)
	c := d.choice(auth.Scope{}, "105")
	expect(t, "the rows", ticks(c), "101x 102? 105x?")
	expect(t, "what is asked for", wanted(c), "[101 payments 105 Tokyo Pilot]")
}

// Whatever a person does, the scope shows of the grant what is ticked and nothing else, and a
// project that appears later follows the rule.
func TestTheScopeIsWhatIsTicked(t *testing.T) {
	d := acmeDesk(t, "101", "103", "106", "104", "107")
	random := rand.New(rand.NewPCG(1, 2))
	scopes := []auth.Scope{{}, {Hidden: []string{"103", "x", "105"}}, {Only: []string{"101", "y", "105"}}}
	for range 500 {
		c := d.choice(scopes[random.IntN(len(scopes))])
		for range random.IntN(9) {
			do := []func(){c.All, c.None, c.Invert, func() { c.Find([]string{"", "staging", "a"}[random.IntN(3)]) },
				func() { c.SetRule(choice.Rule(random.IntN(2))) },
				func() { c.Toggle([]string{"101", "103", "105", "102", "107", "nothing"}[random.IntN(6)]) }}
			do[random.IntN(len(do))]()
		}
		c.Find("")
		if !c.Valid() {
			continue
		}
		scope, ch := c.Scope(), c.Change()
		for i := range c.Len() {
			p := c.At(i)
			if !p.Outside && scope.Shows(p.ID) != c.Ticked(p) {
				t.Fatalf("%s with %+v: %s is shown: %t", ticks(c), scope, p.ID, scope.Shows(p.ID))
			}
			if p.Outside && c.Ticked(p) != slices.Contains(ch.Ask, p) {
				t.Fatalf("%s asks for %v", ticks(c), names(ch.Ask))
			}
		}
		if scope.Shows("new") != (c.Rule() == choice.ShowNew) {
			t.Fatalf("the rule %v makes the scope %+v", c.Rule(), scope)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{5, 5000} {
		d := newDesk(b, sandbox.Options{Projects: n}, halden)
		c := d.choice(auth.Scope{})
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				c.Find("fr")
			}
		})
	}
}
