package inventory_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

func TestNothingReadIsNoVoice(t *testing.T) {
	for name, v := range map[string]*inventory.View{
		"no view":           nil,
		"of nothing":        inventory.NewView(nil, inventory.Reach{}),
		"of a new snapshot": inventory.NewView(newCloud(t).inventory(t).Snapshot(), inventory.Reach{Known: []api.Project{{ID: "101"}}, Chosen: []string{"102"}}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, id := range []string{"101", "102", inventory.NoProject} {
				if voice, err := v.Project(id); voice != inventory.Unread || err != nil {
					t.Errorf("project %s: %v, %v", id, voice, err)
				}
			}
			cluster, _ := v.Cluster("9001")
			branch, _ := v.Branch("9001", "b1")
			if cluster != inventory.Unread || branch != inventory.Unread {
				t.Errorf("cluster %v, branch %v", cluster, branch)
			}
			n := v.Counts()
			if len(v.Missing()) != 0 || n.Projects+n.Clusters+n.Hidden+n.NotGranted+n.Gone+n.Unreadable != 0 || n.ProjectsExact || n.ClustersExact {
				t.Errorf("missing %v, counts %+v", v.Missing(), n)
			}
			if f := v.Search("payments"); !f.Unread || f.Nothing || len(f.Failures) != 0 {
				t.Errorf("found %+v", f)
			}
			if len(v.Whole().Projects())+len(v.Shown().Projects()) != 0 {
				t.Error("there are projects")
			}
		})
	}
}

// said writes what is missing as "voice: name name; voice: …".
func said(missing []inventory.Missing) string {
	var parts []string
	for i, m := range missing {
		if i == 0 || missing[i-1].Voice != m.Voice {
			parts = append(parts, m.Voice.String()+":")
		}
		parts[len(parts)-1] += " " + m.Project.Name
	}
	return strings.Join(parts, "; ")
}

func TestMissingIsSortedByVoiceAndName(t *testing.T) {
	cloud := newCloud(t)
	cloud.projects = append(cloud.projects, row{"110", "Orders 10", "tidbx", ""}, row{"109", "orders 9", "tidbx", ""})
	v := inventory.NewView(load(t, cloud.inventory(t)), inventory.Reach{
		Shows:  only("101"),
		Covers: func(id string) (bool, bool) { return id == "301", id == "301" || id == "201" },
		Known: []api.Project{
			{ID: "202", Name: "zebra"}, {ID: "201"}, {ID: "201", Name: "Other"}, {ID: "201"}, {ID: "203"}, {ID: "101", Name: "payments"}, {ID: "301", Name: "deleted"},
		},
		Chosen: []string{"101", "302"},
	})
	want := "not granted: 203 Other zebra; hidden by you: analytics orders 9 Orders 10 Staging (no project); does not exist: 302 deleted"
	if got := said(v.Missing()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	n := v.Counts()
	n.Failures = nil
	if want := (inventory.Counts{
		Projects: 1, Clusters: 3, ProjectsExact: true, ClustersExact: true, Hidden: 4, HiddenVirtual: 1, HiddenClusters: 4, NotGranted: 3, Gone: 2,
	}); !reflect.DeepEqual(n, want) {
		t.Errorf("counts %+v, want %+v", n, want)
	}
}

func TestCountsAreExactOnlyWhenTheyAre(t *testing.T) {
	for _, c := range []struct {
		name, fault        string
		shows              func(string) bool
		projects, virtual  int
		clusters           int
		exactly, precisely bool // projects, clusters
		failures           int
	}{
		{"all is read", "", nil, 3, 1, 7, true, true, 0},
		{"without the virtual project", "", only("101", "102", "103"), 3, 0, 5, true, true, 0},
		{"clusters are missing", "serverless", nil, 3, 1, 2, true, false, 1},
		{"clusters of a project are missing", "dedicated", nil, 3, 1, 5, true, false, 1},
		{"those of a hidden project are not missed", "dedicated", only("101", "104"), 1, 1, 4 + 1, true, true, 0},
		{"projects are missing", "projects", nil, 3, 1, 7, false, false, 1},
		{"the organization is not counted", "org", nil, 3, 1, 7, true, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			cloud := newCloud(t)
			cloud.fault = failing(500, c.fault)
			if c.fault == "" {
				cloud.fault = nil
			}
			v := cloud.inventory(t)
			load(t, v)
			cloud.change(func() { cloud.fault = failing(500, "branches") })
			if err := v.LoadBranches(t.Context(), "9002", nil); err == nil {
				t.Fatal("no error")
			}
			n := inventory.NewView(v.Snapshot(), inventory.Reach{Shows: c.shows}).Counts()
			if n.Projects != c.projects || n.Virtual != c.virtual || n.Clusters != c.clusters {
				t.Errorf("%d projects, %d virtual, %d clusters", n.Projects, n.Virtual, n.Clusters)
			}
			if n.ProjectsExact != c.exactly || n.ClustersExact != c.precisely || len(n.Failures) != c.failures {
				t.Errorf("exact %v, %v; failures %v", n.ProjectsExact, n.ClustersExact, n.Failures)
			}
		})
	}
}

func TestSearchTellsWhatItFoundWhere(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	if err := v.LoadBranches(t.Context(), "9002", nil); err != nil {
		t.Fatal(err)
	}
	view := inventory.NewView(v.Snapshot(), inventory.Reach{
		Shows: only("101"), Known: []api.Project{{ID: "201", Name: "Warehouse EU"}}, Chosen: []string{"302"},
	})
	for _, c := range []struct{ words, want string }{
		{"", ""},
		{"orders-1", "shown 9003 9001"},
		{"hotfix", "shown b1"},
		{"ware", "hidden 9005; not granted 201"},
		{"warehouse eu", "not granted 201"},
		{"prod", "shown 9003 9002 9001; hidden 9006 9005 9012 9014"},
		{"201", "not granted 201; project 201 not granted"},
		{"302", "gone 302; project 302 does not exist"},
		{"9005", "hidden 9005; cluster 9005 hidden by you"},
		{"9001", "shown 9001; cluster 9001 present"},
		{"102", "hidden 102; project 102 hidden by you"},
		{"101", "shown 101; project 101 present"},
		{"unicorn", "nothing"},
		{"404", "nothing"},
	} {
		t.Run(c.words, func(t *testing.T) {
			if got := describe(view.Search(c.words)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if got := describe(view.Search(c.words)); got != c.want {
				t.Errorf("the second time: %q", got)
			}
		})
	}
}

// describe writes a search as "where ids; where ids; …".
func describe(f inventory.Found) string {
	var parts []string
	add := func(where string, ids []string) {
		if len(ids) > 0 {
			parts = append(parts, where+" "+strings.Join(ids, " "))
		}
	}
	matches := func(all []inventory.Match) (ids []string) {
		for _, m := range all {
			ids = append(ids, m.ID)
		}
		return ids
	}
	missing := func(all []inventory.Missing) (ids []string) {
		for _, m := range all {
			ids = append(ids, m.Project.ID)
		}
		return ids
	}
	add("shown", matches(f.Matches))
	add("hidden", matches(f.Hidden))
	add("not granted", missing(f.NotGranted))
	add("gone", missing(f.Gone))
	add("unreadable", missing(f.Unreadable))
	if f.Exact != nil {
		add(string(f.Exact.Kind), []string{f.Exact.ID, f.Exact.Voice.String()})
	}
	for part := range f.Failures {
		add("failed", []string{string(part.Kind), part.ID})
	}
	if f.Unread {
		parts = append(parts, "unread")
	}
	if f.Nothing {
		parts = append(parts, "nothing")
	}
	return strings.Join(parts, "; ")
}

func TestSearchSaysWhatCouldHideMatches(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(403, "dedicated/102")
	v := cloud.inventory(t)
	load(t, v)
	all, payments := inventory.Reach{}, inventory.Reach{Shows: only("101", "103")}
	check := func(reach inventory.Reach, words, want string) {
		t.Helper()
		if got := describe(inventory.NewView(v.Snapshot(), reach).Search(words)); got != want {
			t.Errorf("%s: found %q, want %q", words, got, want)
		}
	}
	check(all, "unicorn", "failed dedicated 102")
	check(all, "orders-9", "shown 9002; failed dedicated 102")
	check(payments, "unicorn", "nothing")
	cloud.change(func() { cloud.fault = failing(500, "branches") })
	load(t, v)
	if err := v.LoadBranches(t.Context(), "9002", nil); err == nil {
		t.Fatal("no error")
	}
	check(payments, "unicorn", "failed branches 9002")
	check(inventory.Reach{Shows: only("103")}, "unicorn", "nothing")
	var during string
	if err := v.Reload(t.Context(), serverlessPart, func(s *inventory.Snapshot) {
		if during == "" {
			during = describe(inventory.NewView(s, inventory.Reach{Shows: only("103")}).Search("unicorn"))
		}
	}); err != nil {
		t.Fatal(err)
	}
	if during != "unread" {
		t.Errorf("while reading again: %q", during)
	}
}

func TestSearchCanHaveFailuresAndMoreToCome(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(500, "serverless")
	v := cloud.inventory(t)
	if err := v.Reload(t.Context(), serverlessPart, nil); err == nil {
		t.Fatal("no error")
	}
	if got := describe(inventory.NewView(v.Snapshot(), inventory.Reach{}).Search("unicorn")); got != "failed serverless ; unread" {
		t.Error(got)
	}
}

func TestAViewOfANarrowedSnapshotHidesWhatEitherHides(t *testing.T) {
	s := load(t, newCloud(t).inventory(t)).Within(only("101", "102"))
	v := inventory.NewView(s, inventory.Reach{Shows: only("102", "103")})
	if got := tree(v.Shown()); got != "analytics: archive warehouse" {
		t.Errorf("shown: %s", got)
	}
	if got := said(v.Missing()); got != "hidden by you: payments Staging (no project)" || tree(v.Whole()) != wholeTree {
		t.Errorf("missing %s of %s", got, tree(v.Whole()))
	}
}

func TestAViewIsAskedFromManyGoroutines(t *testing.T) {
	v := inventory.NewView(load(t, newCloud(t).inventory(t)), inventory.Reach{Shows: only("101"), Known: []api.Project{{ID: "201"}}})
	var asking sync.WaitGroup
	for i := range 8 {
		asking.Go(func() {
			v.Search([]string{"orders", "ware"}[i%2])
			v.Missing()
			v.Counts()
			if voice, err := v.Project("201"); voice != inventory.NotGranted || err != nil {
				t.Error(voice, err)
			}
			if voice, err := v.Cluster("9005"); voice != inventory.HiddenByYou || err != nil {
				t.Error(voice, err)
			}
		})
	}
	asking.Wait()
	if got := describe(v.Search("ware")); got != "hidden 9005" {
		t.Error(got)
	}
}

func TestKnownNamesStandInForAListThatCannotBeRead(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(503, "projects")
	known := []api.Project{
		{ID: "101"}, {ID: "101", Name: "payments"}, {ID: "102", Name: "zeta"}, {ID: "104", Name: "(no project)", Type: api.ProjectVirtual}, {ID: "103", Name: "Staging"},
	}
	s := load(t, cloud.inventory(t))
	v := inventory.NewView(s, inventory.Reach{Known: known})
	if got, want := tree(v.Shown()), "(no project): Cluster0; payments: Orders-1 orders-9 orders-10; zeta: archive warehouse; no-project: loose"; got != want {
		t.Errorf("tree\n%s, want\n%s", got, want)
	}
	if p, ok := v.Shown().Project("101"); !ok || p.Name != "payments" {
		t.Errorf("project %+v, %v", p, ok)
	}
	if got := describe(v.Search("zeta")); !strings.HasPrefix(got, "shown 102;") {
		t.Errorf("found %s", got)
	}
	if got := tree(s); strings.Contains(got, "zeta") {
		t.Errorf("the snapshot itself has changed: %s", got)
	}
	hides := inventory.NewView(s, inventory.Reach{Known: known, Shows: func(id string) bool { return id != "104" && id != "101" }})
	if got := tree(hides.Shown()); got != "zeta: archive warehouse" {
		t.Errorf("what the virtual project hides is shown: %s", got)
	}
	if got := said(hides.Missing()); got != "hidden by you: (no project) payments no-project; could not be read: Staging" {
		t.Errorf("missing: %s", got)
	}
	again := inventory.NewView(v.Shown(), inventory.Reach{})
	if got := tree(again.Shown()); strings.Contains(got, "zeta") {
		t.Errorf("names of another view stay: %s", got)
	}
}
