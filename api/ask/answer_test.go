package ask_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/api"
	"canopy/api/ask"
	"canopy/api/inventory"
	"canopy/api/sandbox"
)

// TestNotSeen tells what a grant and a scope leave out of an answer.
func TestNotSeen(t *testing.T) {
	h := theHouse(t)
	w := h.world()
	w.Grants[0].View = inventory.NewView(h.inventories[0].Snapshot(), inventory.Reach{
		Shows:  func(id string) bool { return id != "102" },
		Known:  []api.Project{{ID: "999", Name: "finance"}},
		Covers: func(id string) (covered, stated bool) { return id != "999", true },
	})
	a := w.Answer(ask.Read("how many clusters are there?", w, nil))
	if a.Value != 22 {
		t.Errorf("%v clusters, want 22", a.Value)
	}
	var got []string
	for _, n := range a.NotSeen {
		got = append(got, n.Name+": "+n.Why)
	}
	if !slices.Equal(got, []string{"finance: not granted", "analytics: hidden by you"}) {
		t.Errorf("not seen: %q", got)
	}
	if n := a.NotSeen[1].Clusters; n != 3 {
		t.Errorf("%d hidden clusters, want 3", n)
	}
	for q, want := range map[string]string{
		"why can't I see finance?": "not granted", "why can't I see analytics?": "hidden by you", "why can't I see payments?": "present",
		"why can't I see bi-warehouse?": "hidden by you", "why can't I see nothing-at-all?": "does not exist",
	} {
		if a := w.Answer(ask.Read(q, w, nil)); a.Value != want {
			t.Errorf("%s: %v (%s), want %s", q, a.Value, a.Text, want)
		}
	}
	if a := w.Answer(ask.Read("list clusters in analytics", w, nil)); !strings.Contains(strings.Join(a.Notes, " "), "hidden by you") {
		t.Errorf("clusters in a hidden project: %s %q", a.Text, a.Notes)
	}
	if a := w.Answer(ask.Read("where is bi-warehouse?", w, nil)); len(a.Rows()) != 0 {
		t.Errorf("a hidden cluster is shown: %s", a.Text)
	}
}

// TestAtLeast counts what could be read of a house with a broken host.
func TestAtLeast(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{RateLimit: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	inv := inventoryOf(t, server.Endpoints(), tokenFor(t, server.Endpoints(), "alice@acme.example", "1001", "all"))
	if err := server.SetFaults("status=dedicated:500"); err != nil {
		t.Fatal(err)
	}
	if err := inv.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	w := &ask.World{Now: clock, Grants: []ask.Grant{{ID: "a", View: inventory.NewView(inv.Snapshot(), inventory.Reach{})}}}
	a := w.Answer(ask.Read("how many clusters do I have?", w, nil))
	if a.Value != 12 || !a.AtLeast || !strings.HasPrefix(a.Text, "At least 12 clusters") {
		t.Errorf("%v, at least: %v: %s", a.Value, a.AtLeast, a.Text)
	}
	if len(a.NotSeen) != 1 || a.NotSeen[0].Voice != inventory.CouldNotBeRead || a.NotSeen[0].Problem == "" {
		t.Errorf("not seen: %+v", a.NotSeen)
	}
	if a := w.Answer(ask.Read("are there any paused clusters?", w, nil)); a.Value != false || !strings.Contains(a.Text, "not everything could be seen") {
		t.Errorf("%v: %s", a.Value, a.Text)
	}
	if a := w.Answer(ask.Read("how many projects do I have?", w, nil)); a.AtLeast {
		t.Errorf("the projects were read in full: %s", a.Text)
	}
}

// TestBranchesAreReadWhenTheyAreNeeded tells the cost first, keeps to the
// budget, and can be cancelled.
func TestBranchesAreReadWhenTheyAreNeeded(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{RateLimit: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	inv := inventoryOf(t, server.Endpoints(), tokenFor(t, server.Endpoints(), "alice@acme.example", "1001", "all"))
	if err := inv.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	world := func() *ask.World {
		return &ask.World{Now: clock, BranchBudget: 5, Grants: []ask.Grant{{ID: "a", View: inventory.NewView(inv.Snapshot(), inventory.Reach{})}}}
	}
	w := world()
	one := ask.Read("list branches of orders-dev", w, nil)
	if n := w.Needs(one.Query); n.Calls() != 1 || n.Over {
		t.Errorf("the branches of one cluster take %d calls", n.Calls())
	}
	if a := w.Answer(one); !a.AtLeast || !strings.Contains(strings.Join(a.Notes, " "), "that takes 1 request") {
		t.Errorf("before reading: %s %q", a.Text, a.Notes)
	}
	all := ask.Read("how many branches are there?", w, nil)
	n := w.Needs(all.Query)
	if n.Calls() != 12 || !n.Over {
		t.Errorf("all branches take %d calls, over: %v", n.Calls(), n.Over)
	}
	load := func(ctx context.Context, l ask.BranchList) error { return inv.LoadBranches(ctx, l.ClusterID, nil) }
	if err := ask.Fetch(t.Context(), n, load, nil); err == nil || !strings.Contains(err.Error(), "12 requests") {
		t.Errorf("over the budget: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ask.Fetch(ctx, w.Needs(one.Query), load, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var told []int
	if err := ask.Fetch(t.Context(), w.Needs(one.Query), load, func(done, _ int) { told = append(told, done) }); err != nil || !slices.Equal(told, []int{1}) {
		t.Errorf("fetching: %v, told %v", err, told)
	}
	w = world()
	if a := w.Answer(one); a.AtLeast || len(a.Rows()) != 1 || a.Rows()[0].ID != "b1" {
		t.Errorf("after reading: %s", a.Text)
	}
}

// TestHistory bounds a change by the readings around it.
func TestHistory(t *testing.T) {
	h := theHouse(t)
	now := h.world()
	earlier := func(at time.Time, states map[string]api.State) ask.Moment {
		inv := inventory.New(&changed{h.inventories[0].Snapshot(), states}, func() time.Time { return at })
		if err := inv.Load(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		return ask.Moment{At: at, Views: []*inventory.View{inventory.NewView(inv.Snapshot(), inventory.Reach{})}}
	}
	now.Grants = now.Grants[:1]
	now.Earlier = []ask.Moment{
		earlier(clock.Add(-48*time.Hour), map[string]api.State{"9006": api.StateActive, "9001": api.StatePaused}),
		earlier(clock.Add(-24*time.Hour), map[string]api.State{"9006": api.StateActive}),
	}
	a := now.Answer(ask.Read("when did bi-warehouse-dr become paused", now, nil))
	changes, ok := a.Value.([]ask.Change)
	if !ok || len(changes) != 1 || changes[0].Before != "ACTIVE" || changes[0].After != "PAUSED" ||
		!changes[0].From.Equal(clock.Add(-24*time.Hour)) || !changes[0].To.Equal(clock) {
		t.Errorf("%+v: %s", a.Value, a.Text)
	}
	a = now.Answer(ask.Read("what changed since yesterday", now, nil))
	if changes, ok := a.Value.([]ask.Change); !ok || len(changes) != 2 || changes[0].ID != "9006" {
		t.Errorf("%+v: %s", a.Value, a.Text)
	}
	a = now.Answer(ask.Read("what changed today", now, nil))
	if changes, ok := a.Value.([]ask.Change); !ok || len(changes) != 1 {
		t.Errorf("%+v: %s", a.Value, a.Text)
	}
	now.Earlier = nil
	now = now.At(clock, nil)
	if a := now.Answer(ask.Read("what changed since yesterday", now, nil)); a.Value != nil || !strings.Contains(a.Text, "No earlier reading is kept") {
		t.Errorf("without earlier readings: %v %s", a.Value, a.Text)
	}
}

// changed is a snapshot as a source, with other states.
type changed struct {
	*inventory.Snapshot
	states map[string]api.State
}

func (c *changed) Organization(context.Context) (api.Organization, error) {
	return c.Snapshot.Organization(), nil
}

func (c *changed) Projects(context.Context, string) (api.Page[api.Project], error) {
	return api.Page[api.Project]{Items: c.Snapshot.Projects(), Total: -1}, nil
}

func (c *changed) list(host api.Host, project string) api.Page[api.Cluster] {
	page := api.Page[api.Cluster]{Total: -1}
	for _, p := range c.Snapshot.Projects() {
		for _, cluster := range c.Clusters(p.ID) {
			if cluster.Host == host && (project == "" || project == p.ID) {
				if s, ok := c.states[cluster.ID]; ok {
					cluster.State = s
				}
				page.Items = append(page.Items, cluster)
			}
		}
	}
	return page
}

func (c *changed) ServerlessClusters(context.Context, string) (api.Page[api.Cluster], error) {
	return c.list(api.HostServerless, ""), nil
}

func (c *changed) DedicatedClusters(_ context.Context, project, _ string) (api.Page[api.Cluster], error) {
	return c.list(api.HostDedicated, project), nil
}

func (c *changed) Branches(context.Context, string, string) (api.Page[api.Branch], error) {
	return api.Page[api.Branch]{Total: -1}, nil
}

func (c *changed) Backups(context.Context, string, string) (api.Page[api.Backup], error) {
	return api.Page[api.Backup]{Total: -1}, nil
}

// TestTheDayIsThatOfThePerson asks at half past midnight in Tokyo.
func TestTheDayIsThatOfThePerson(t *testing.T) {
	w := theHouse(t).world()
	tokyo := time.FixedZone("JST", 9*3600)
	at := time.Date(2026, 11, 23, 15, 30, 0, 0, time.UTC) // the 24th in Tokyo
	for zone, want := range map[*time.Location]int{time.UTC: 1, tokyo: 0} {
		w := &ask.World{Grants: w.Grants, Now: at, Zone: zone, User: bob}
		if a := w.Answer(ask.Read("how many clusters were created today?", w, nil)); a.Value != want {
			t.Errorf("in %s: %v, want %d", zone, a.Value, want)
		}
	}
}

// TestTermsAndQuestionsMeanTheSame writes filters by hand.
func TestTermsAndQuestionsMeanTheSame(t *testing.T) {
	w, o := theHouse(t).world(), newOracle(t)
	for line, want := range map[string]want{
		"state:paused":                             o.ids(state("PAUSED")),
		"-state:active plan:starter":               o.ids(not(state("ACTIVE")), plan("STARTER")),
		"region:tokyo,singapore -plan:starter":     o.ids(city("Tokyo", "Singapore"), not(plan("STARTER"))),
		"region:ap-northeast1":                     o.ids(region("aws-ap-northeast-1")),
		"region:europe":                            o.ids(continent("Europe")),
		"is:project org:Globex":                    ids("201", "202"),
		"is:branch cluster:orders-dev":             ids("b1"),
		"nodes:>3":                                 o.ids(nodes(over(3))),
		"limit:>=10":                               o.ids(limit(atLeast(10))),
		"limit:none":                               o.ids(noLimit),
		"created:last_week":                        o.ids(created("2026-11-16", "2026-11-23")),
		"created:>2026-11-20":                      o.ids(created("2026-11-21", "")),
		"created:2025":                             o.ids(created("2025-01-01", "2026-01-01")),
		"version:7.5":                              o.ids(version("v7.5")),
		"name:orders*":                             o.ids(begins("orders")),
		"by:alice":                                 o.ids(by("alice@acme.example")),
		`project:"Tokyo Pilot"`:                    o.ids(project("Tokyo Pilot")),
		"label.env:prod":                           o.ids(label("prod")),
		"state:paused checkout":                    o.ids(state("PAUSED"), holds("checkout")),
		"plan:serverless":                          o.ids(not(plan("DEDICATED"))),
		"group:plan":                               o.groups(func(c oracleCluster) string { return c.Plan }),
		"is:project state:paused":                  ids("102"),
		"-sort:created plan:dedicated":             o.first(3, newer, plan("DEDICATED")),
		"region:atlantis":                          asksBack(),
		"is:planet state:paused":                   asksBack(),
		"created:someday":                          asksBack(),
		"nodes:many":                               asksBack(),
		"state:paused " + strings.Repeat("x ", 40): asksBack(),
	} {
		a := w.Answer(ask.Read(line, w, nil))
		if v := judge(t, a, want); v != right {
			t.Errorf("%s: %s is %v: %s", v, line, a.Value, a.Text)
		}
	}
}

// TestACountWithoutReadingEverything uses the totals that the hosts told.
func TestACountWithoutReadingEverything(t *testing.T) {
	inv := inventory.New(many{pages: 10, projects: 5}, now)
	var first *inventory.Snapshot
	_ = inv.Load(t.Context(), func(s *inventory.Snapshot) {
		if n, _ := s.Count(); first == nil && n > 0 && s.Status(inventory.Part{Kind: inventory.PartProjects}).Done {
			first = s
		}
	})
	w := &ask.World{Now: clock, Grants: []ask.Grant{{ID: "a", View: inventory.NewView(first, inventory.Reach{})}}}
	a := w.Answer(ask.Read("how many clusters do I have?", w, nil))
	if a.Value != 1000 {
		t.Errorf("%v clusters, want 1000: %s", a.Value, a.Text)
	}
}

// TestNobodySignedIn answers what can be answered.
func TestNobodySignedIn(t *testing.T) {
	w := &ask.World{Now: clock}
	for _, q := range []string{"how many projects do I have", "when does my sign-in expire", "list clusters", "where is x", "my clusters", ""} {
		if a := w.Answer(ask.Read(q, w, nil)); a.Text == "" {
			t.Errorf("%q has no answer", q)
		}
	}
}
