package outline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/api/sandbox"
	"canopy/ui/outline"
	"canopy/ui/uitest/stage"
)

// world is Acme Robotics in a sandbox, read through the real API. What has been read are real
// snapshots; nothing here makes one up.
type world struct {
	*stage.Stage
	inventory *inventory.Inventory
}

func newWorld(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	s := stage.New(t, o)
	client := s.Client(t, s.Grants(t, "alice@acme.example", "1001"))
	return &world{s, inventory.New(client, s.Clock.Now)}
}

// read reads everything; some of it may fail.
func (w *world) read(t *testing.T, faults ...string) *inventory.Snapshot {
	t.Helper()
	if err := w.Sandbox.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
	_ = w.inventory.Load(t.Context(), nil) // what failed stands in the snapshot
	return w.inventory.Snapshot()
}

func (w *world) readBranches(t *testing.T, cluster string) *inventory.Snapshot {
	t.Helper()
	_ = w.inventory.LoadBranches(t.Context(), cluster, nil)
	return w.inventory.Snapshot()
}

var acme = outline.OrganizationID("1001")

func open(ids ...string) map[string]bool {
	m := map[string]bool{}
	for _, id := range ids {
		m[id] = true
	}
	return m
}

// draw writes an outline the way a person would: indented, + closed, - open, with what is
// said about what is missing.
func draw(o *outline.Outline) string {
	var b strings.Builder
	for _, r := range o.Rows {
		mark := " "
		switch {
		case r.Open:
			mark = "-"
		case r.Expandable:
			mark = "+"
		}
		fmt.Fprintf(&b, "%s%s%s\n", strings.Repeat("  ", r.Depth), mark, say(r))
	}
	return b.String()
}

func say(r outline.Row) string {
	kinds := []string{"organization", "project", "cluster", "branch"}
	count := func() string {
		if r.Exact {
			return fmt.Sprintf(" (%d)", r.Count)
		}
		return fmt.Sprintf(" (at least %d)", r.Count)
	}
	switch r.Kind {
	case outline.Organization, outline.Project:
		return r.Name + count()
	case outline.Reading:
		return "reading " + kinds[r.Of] + "s"
	case outline.Empty:
		return "no " + kinds[r.Of] + "s"
	case outline.Failed:
		return "failed " + kinds[r.Of] + "s of " + string(r.Part.Kind) + " " + r.Part.ID
	case outline.Fold:
		return fmt.Sprintf("%d %ss %s", r.Count, kinds[r.Of], r.Voice)
	case outline.Absent:
		return fmt.Sprintf("%s: %s", r.Name, r.Voice)
	case outline.Repaired:
		return "these match: " + r.Name
	case outline.Unread:
		return "more may match"
	}
	return r.Name
}

// whole is a snapshot of which nothing is hidden.
func whole(s *inventory.Snapshot) *inventory.View { return inventory.NewView(s, inventory.Reach{}) }

func expect(t *testing.T, o *outline.Outline, want string) {
	t.Helper()
	want = strings.TrimLeft(want, "\n")
	if got := draw(o); got != want {
		t.Errorf("the tree is\n%swant\n%s", got, want)
	}
	for i, r := range o.Rows {
		if o.Index(r.ID) != i {
			t.Errorf("row %d says it is %q, which is found at %d", i, r.ID, o.Index(r.ID))
		}
		if r.Parent >= i || r.Parent >= 0 && o.Rows[r.Parent].Depth != r.Depth-1 {
			t.Errorf("row %d has depth %d and parent %d", i, r.Depth, r.Parent)
		}
	}
}

func TestClosedOrganizationIsOneRow(t *testing.T) {
	snap := newWorld(t, sandbox.Options{}).read(t)
	expect(t, outline.Build(whole(snap), outline.Options{}), "+Acme Robotics (6)\n")
}

func TestOpenRowsShowTheirChildrenAndClosedOnesDoNot(t *testing.T) {
	snap := newWorld(t, sandbox.Options{}).read(t)
	got := outline.Build(whole(snap), outline.Options{Open: open(acme, outline.ProjectID("101"), outline.ProjectID("102"))})
	expect(t, got, `
-Acme Robotics (6)
  -analytics (3)
     bi-warehouse
     bi-warehouse-dr
     ml-features
  +empty-shell (0)
  -payments (3)
    +ledger
    +ledger-replica
    +orders-prod
  +staging (3)
  +staging-eu (1)
  +Tokyo Pilot (3)
  +(no project) (2)
`)
}

func TestProjectWithoutClustersSaysSo(t *testing.T) {
	snap := newWorld(t, sandbox.Options{}).read(t)
	got := outline.Build(whole(snap), outline.Options{Open: open(acme, outline.ProjectID("107"))})
	if i := got.Index("empty/" + outline.ProjectID("107")); i < 0 || got.Rows[i].Kind != outline.Empty || got.Rows[i].Of != outline.Cluster {
		t.Errorf("an empty project is drawn as\n%s", draw(got))
	}
}

func TestBranchesAreReadWhenAClusterIsOpened(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	snap := w.read(t)
	o := outline.Options{Open: open(acme, outline.ProjectID("103"), outline.ClusterID("9002"), outline.ClusterID("9008"))}
	expect(t, outline.Build(whole(snap), o), `
-Acme Robotics (6)
  +analytics (3)
  +empty-shell (0)
  +payments (3)
  -staging (3)
    -checkout-staging
       reading branchs
    -orders-dev
       reading branchs
    +paused
  +staging-eu (1)
  +Tokyo Pilot (3)
  +(no project) (2)
`)
	w.readBranches(t, "9002")
	snap = w.readBranches(t, "9008")
	got := outline.Build(whole(snap), o)
	i := got.Index(outline.BranchID("9002", "b1"))
	if i < 0 || got.Rows[i].Name != "feature-tax" || got.Rows[i].Cluster.ID != "9002" || got.Rows[got.Rows[i].Parent].ID != outline.ClusterID("9002") {
		t.Errorf("the branch is drawn as\n%s", draw(got))
	}
}

func TestClusterWhoseBranchesAreKnownToBeNoneCannotBeOpened(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.read(t)
	snap := w.readBranches(t, "9001")
	got := outline.Build(whole(snap), outline.Options{Open: open(acme, outline.ProjectID("101"), outline.ClusterID("9001"))})
	if r := got.Rows[got.Index(outline.ClusterID("9001"))]; r.Expandable || r.Open {
		t.Errorf("a cluster without branches has expandable=%t open=%t", r.Expandable, r.Open)
	}
}

func TestHostThatFailsIsSaidInEachProjectItKeepsRowsFrom(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	all := open(acme, outline.ProjectID("101"), outline.ProjectID("102"), outline.ProjectID("107"))
	for _, c := range []struct {
		what, fault, failed, whole string
		status                     error
	}{
		{"serverless answers with a web page", "html=serverless", "101", "102", api.ErrMalformed},
		{"serverless is broken", "status=serverless:500", "101", "102", api.ErrServer},
		{"serverless refuses", "status=serverless:403", "101", "102", api.ErrForbidden},
		{"dedicated is down", "reset=dedicated", "102", "101", api.ErrUnreachable},
	} {
		t.Run(c.what, func(t *testing.T) {
			w.inventory = inventory.New(w.Client(t, w.Auth.Grants().List()[0]), w.Clock.Now)
			got := outline.Build(whole(w.read(t, c.fault)), outline.Options{Open: all})
			i := got.Index("failed/" + outline.ProjectID(c.failed))
			if i < 0 {
				t.Fatalf("the failure is not said:\n%s", draw(got))
			}
			r := got.Rows[i]
			if !errors.Is(r.Err, c.status) || r.Of != outline.Cluster || got.Rows[r.Parent].ID != outline.ProjectID(c.failed) {
				t.Errorf("the failure is %+v, want %v below project %s", r, c.status, c.failed)
			}
			if p := got.Rows[r.Parent]; p.Exact {
				t.Errorf("project %s counts %d as exact although its host failed", c.failed, p.Count)
			}
			whole := got.Rows[got.Index(outline.ProjectID(c.whole))]
			if !whole.Exact || whole.Count == 0 || got.Index("failed/"+outline.ProjectID(c.whole)) >= 0 {
				t.Errorf("project %s of the other host suffers too:\n%s", c.whole, draw(got))
			}
		})
	}
}

func TestForbiddenProjectFailsAloneAndKeepsTheOthers(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	got := outline.Build(whole(w.read(t, "forbid-project=102")), outline.Options{Open: open(acme, outline.ProjectID("101"), outline.ProjectID("102"))})
	i := got.Index("failed/" + outline.ProjectID("102"))
	if i < 0 || !errors.Is(got.Rows[i].Err, api.ErrForbidden) || got.Rows[i].Part != (inventory.Part{Kind: inventory.PartDedicated, ID: "102"}) {
		t.Errorf("the project that is forbidden is drawn as\n%s", draw(got))
	}
	if got.Index(outline.ClusterID("9001")) < 0 {
		t.Errorf("the clusters of the others are gone:\n%s", draw(got))
	}
}

func TestRowsThatWereReadEarlierStayBesideALaterFailure(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.read(t)
	got := outline.Build(whole(w.read(t, "status=serverless:403")), outline.Options{Open: open(acme, outline.ProjectID("101"))})
	if got.Index(outline.ClusterID("9001")) < 0 || got.Index("failed/"+outline.ProjectID("101")) < 0 {
		t.Errorf("want the old rows and the failure:\n%s", draw(got))
	}
	if got.Rows[got.Index(outline.ProjectID("101"))].Exact {
		t.Error("the number of clusters is called exact although the last reading failed")
	}
}

func TestFailedBranchesBelongToTheirCluster(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.read(t)
	if err := w.Sandbox.SetFaults("status=branches:404"); err != nil {
		t.Fatal(err)
	}
	got := outline.Build(whole(w.readBranches(t, "9001")), outline.Options{Open: open(acme, outline.ProjectID("101"), outline.ClusterID("9001"))})
	i := got.Index("failed/" + outline.ClusterID("9001"))
	if i < 0 || got.Rows[i].Part != (inventory.Part{Kind: inventory.PartBranches, ID: "9001"}) || got.Rows[i].Depth != 3 {
		t.Errorf("failed branches are drawn as\n%s", draw(got))
	}
}

func TestListOfProjectsThatFailsIsSaidBelowTheOrganization(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	snap := w.read(t, "status=projects:403")
	top := outline.Build(whole(snap), outline.Options{})
	got := outline.Build(whole(snap), outline.Options{Open: open(top.Rows[0].ID)})
	i := got.Index("failed/" + top.Rows[0].ID)
	if i < 0 || got.Rows[i].Of != outline.Project || !errors.Is(got.Rows[i].Err, api.ErrForbidden) {
		t.Errorf("the failure is drawn as\n%s", draw(got))
	}
	if got.Rows[0].Exact {
		t.Error("the number of projects is called exact although their list failed")
	}
}

func TestBeforeAnythingIsReadThereIsAReadingRow(t *testing.T) {
	rows := outline.Build(whole(new(inventory.Snapshot)), outline.Options{Open: open(outline.OrganizationID(""))}).Rows
	if len(rows) != 2 || rows[1].Kind != outline.Reading || rows[1].Of != outline.Project {
		t.Errorf("an inventory without anything has rows %+v, want the organization and Reading", rows)
	}
}

func TestProjectsThatAreKnownBeforeTheirClustersSaySo(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	said := map[outline.Kind]bool{}
	err := w.inventory.Load(t.Context(), func(s *inventory.Snapshot) {
		for _, r := range outline.Build(whole(s), outline.Options{Open: open(acme, outline.ProjectID("102"))}).Rows {
			if r.ID == outline.ProjectID("102") && !r.Exact {
				said[outline.Project] = true
			}
			if r.ID == "reading/"+outline.ProjectID("102") {
				said[outline.Reading] = true
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !said[outline.Project] || !said[outline.Reading] {
		t.Error("the last project was never shown as being read")
	}
}

func TestWithoutASnapshotThereAreNoRows(t *testing.T) {
	for _, filter := range []string{"", "orders"} {
		if rows := outline.Build(nil, outline.Options{Filter: filter}).Rows; len(rows) != 0 {
			t.Errorf("with filter %q there are rows %+v", filter, rows)
		}
	}
}

func TestFilterShowsMatchesWithEverythingOnTheWayToThem(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	w.read(t)
	snap := w.readBranches(t, "9002")
	for _, c := range []struct{ filter, want string }{
		{"orders", `
-Acme Robotics (6)
  -payments (3)
    +orders-prod
  -staging (3)
    +orders-dev
`},
		{"ORDERS essential", `
-Acme Robotics (6)
  -payments (3)
    +orders-prod
`},
		{"feature-tax", `
-Acme Robotics (6)
  -staging (3)
    -orders-dev
       feature-tax
`},
		{"Tokyo Pilot", `
-Acme Robotics (6)
  -Tokyo Pilot (3)
    +atlas-core
    +tokyo
    +東京-在庫
`},
		{"東京", `
-Acme Robotics (6)
  -Tokyo Pilot (3)
    +東京-在庫
`},
		{"project:pilot -atlas", `
-Acme Robotics (6)
  -Tokyo Pilot (3)
    +tokyo
    +東京-在庫
`},
		{"ordesr", `
-Acme Robotics (6)
   these match: orders
  -payments (3)
    +orders-prod
  -staging (3)
    +orders-dev
`},
		{"there is no such thing", "-Acme Robotics (6)\n"},
	} {
		t.Run(c.filter, func(t *testing.T) {
			expect(t, outline.Build(whole(snap), outline.Options{Filter: c.filter}), c.want)
		})
	}
}

func TestFilterOfBlanksIsNone(t *testing.T) {
	snap := newWorld(t, sandbox.Options{}).read(t)
	for _, filter := range []string{" \t ", `"`} {
		expect(t, outline.Build(whole(snap), outline.Options{Filter: filter}), "+Acme Robotics (6)\n")
	}
}

func TestFilterDoesNotHideThatSomethingCouldNotBeRead(t *testing.T) {
	got := outline.Build(whole(newWorld(t, sandbox.Options{}).read(t, "status=dedicated:403")), outline.Options{Filter: "analytics"})
	if got.Index("failed/"+outline.ProjectID("102")) < 0 {
		t.Errorf("what is missing is not said:\n%s", draw(got))
	}
}

// narrowed is what a person sees who shows two of Acme's projects, in a grant that does not
// cover one that is known, and states one that is gone.
func narrowed(snap *inventory.Snapshot) *inventory.View {
	return inventory.NewView(snap, inventory.Reach{
		Shows:  func(id string) bool { return id == "101" || id == "102" },
		Covers: func(id string) (covered, known bool) { return id != "777", true },
		Known:  []api.Project{{ID: "777", Name: "finance"}, {ID: "888", Name: "retired"}},
		Chosen: []string{"101", "102", "888"},
	})
}

func TestWhatIsNotThereStandsLastWithItsReason(t *testing.T) {
	v := narrowed(newWorld(t, sandbox.Options{}).read(t))
	expect(t, outline.Build(v, outline.Options{Open: open(acme)}), `
-Acme Robotics (2)
  +analytics (3)
  +payments (3)
   finance: not granted
   retired: does not exist
  +4 projects hidden by you
`)
	got := outline.Build(v, outline.Options{Open: open(acme, outline.FoldID(inventory.HiddenByYou))})
	expect(t, got, `
-Acme Robotics (2)
  +analytics (3)
  +payments (3)
   finance: not granted
   retired: does not exist
  -4 projects hidden by you
     empty-shell: hidden by you
     staging: hidden by you
     staging-eu: hidden by you
     Tokyo Pilot: hidden by you
     (no project): hidden by you
`)
}

func TestManyThatAreNotGrantedAreFolded(t *testing.T) {
	var known []api.Project
	for _, name := range []string{"d", "a", "c", "b"} {
		known = append(known, api.Project{ID: "7" + name, Name: name})
	}
	v := inventory.NewView(newWorld(t, sandbox.Options{}).read(t), inventory.Reach{Known: known, Covers: func(id string) (covered, known bool) { return id[0] != '7', true }})
	fold := outline.FoldID(inventory.NotGranted)
	if got := draw(outline.Build(v, outline.Options{Open: open(acme)})); !strings.HasSuffix(got, "  +4 projects not granted\n") {
		t.Errorf("the tree is\n%s", got)
	}
	if got := draw(outline.Build(v, outline.Options{Open: open(acme, fold)})); !strings.HasSuffix(got, "    a: not granted\n     b: not granted\n     c: not granted\n     d: not granted\n") {
		t.Errorf("the tree is\n%s", got)
	}
}

func TestASearchSaysWhatItMatchesElsewhere(t *testing.T) {
	v := narrowed(newWorld(t, sandbox.Options{}).read(t))
	fold := outline.FoldID(inventory.HiddenByYou)
	got := outline.Build(v, outline.Options{Filter: "orders-dev", Open: open(fold)})
	expect(t, got, `
-Acme Robotics (2)
  -1 clusters hidden by you
     orders-dev: hidden by you
`)
	expect(t, outline.Build(v, outline.Options{Filter: "finance"}), `
-Acme Robotics (2)
   finance: not granted
`)
	expect(t, outline.Build(v, outline.Options{Filter: "nothing like it"}), "-Acme Robotics (2)\n")
}

func TestIDsAreTheSameAfterARefreshAndUnderAFilter(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	ids := func(o outline.Options) (ids []string) {
		for _, r := range outline.Build(whole(w.inventory.Snapshot()), o).Rows {
			ids = append(ids, r.ID)
		}
		return ids
	}
	everything := outline.Options{Open: open(acme, outline.ProjectID("101"), outline.ProjectID("102"))}
	w.read(t)
	before := ids(everything)
	w.read(t)
	if after := ids(everything); !slices.Equal(before, after) {
		t.Errorf("ids were %q and are %q", before, after)
	}
	for _, id := range ids(outline.Options{Filter: "ledger"}) {
		if !slices.Contains(before, id) {
			t.Errorf("the filter calls a row %q, which has another name without it", id)
		}
	}
	seen := map[string]bool{}
	for _, id := range before {
		if seen[id] {
			t.Errorf("two rows are called %q", id)
		}
		seen[id] = true
	}
}

func TestNextFindsTheBeginningOfANameFromWhereOneIs(t *testing.T) {
	snap := newWorld(t, sandbox.Options{}).read(t)
	o := outline.Build(whole(snap), outline.Options{Open: open(acme, outline.ProjectID("101"))})
	at := func(name string) int {
		return slices.IndexFunc(o.Rows, func(r outline.Row) bool { return r.Name == name })
	}
	for _, c := range []struct {
		what, prefix string
		from, want   int
	}{
		{"the next of two", "ledger", at("ledger"), at("ledger-replica")},
		{"around the end", "ledger", at("ledger-replica"), at("ledger")},
		{"in any case", "ACME", at("payments"), 0},
		{"a longer beginning", "ledger-r", at("ledger"), at("ledger-replica")},
		{"itself when it is the only one", "orders", at("orders-prod"), at("orders-prod")},
		{"from nowhere", "an", -1, at("analytics")},
		{"in the whole tree, not only below", "staging-", at("orders-prod"), at("staging-eu")},
		{"nothing", "zebra", 0, -1},
		{"longer than any name", strings.Repeat("x", 500), 0, -1},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := o.Next(c.prefix, c.from); got != c.want {
				t.Errorf("Next(%q, %d) = %d, want %d", c.prefix, c.from, got, c.want)
			}
		})
	}
	if got := new(outline.Outline).Next("a", -1); got != -1 {
		t.Errorf("an empty tree finds row %d", got)
	}
}

func TestThreeThousandClustersAreFlattenedAndSearched(t *testing.T) {
	s := stage.New(t, sandbox.Options{Clusters: 3000})
	client := s.Client(t, s.Grants(t, "ida@halden.example", "3003"))
	v := inventory.New(client, s.Clock.Now)
	if err := v.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	snap := v.Snapshot()
	all := map[string]bool{outline.OrganizationID(snap.Organization().ID): true}
	for _, p := range snap.Projects() {
		all[outline.ProjectID(p.ID)] = true
	}
	got := outline.Build(whole(snap), outline.Options{Open: all})
	n := 0
	for _, r := range got.Rows {
		if r.Kind == outline.Cluster {
			n++
		}
	}
	if n != 3000 {
		t.Errorf("%d clusters are in the tree, want 3,000", n)
	}
}
