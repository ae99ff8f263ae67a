package inventory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

func only(ids ...string) func(string) bool {
	return func(id string) bool { return slices.Contains(ids, id) }
}

func TestEmptySnapshots(t *testing.T) {
	for name, s := range map[string]*inventory.Snapshot{
		"the zero one":            {},
		"that of a new inventory": newCloud(t).inventory(t).Snapshot(),
		"a narrowed one":          new(inventory.Snapshot).Within(only("1")),
	} {
		t.Run(name, func(t *testing.T) {
			checkEmpty(t, s)
			if s.Organization() != (api.Organization{}) || s.Status(serverlessPart).Total != -1 || s.ProjectStatus("1").Total != -1 {
				t.Error("something is known of nothing")
			}
		})
	}
}

func checkEmpty(t *testing.T, s *inventory.Snapshot) {
	t.Helper()
	n, exact := s.Count()
	if n != 0 || exact || s.Complete() || !s.ReadAt().IsZero() {
		t.Errorf("%d clusters, exact %v, complete %v", n, exact, s.Complete())
	}
	_, hasProject := s.Project("1")
	_, hasCluster := s.Cluster("1")
	if hasProject || hasCluster || len(s.Projects())+len(s.Clusters("1"))+len(s.Branches("1"))+len(s.Search("x"))+len(s.Failures()) != 0 {
		t.Error("something was found in nothing")
	}
}

func TestNamesAreInNaturalOrder(t *testing.T) {
	want := []string{"a", "a2", "a02", "A2b", "a10", "a99999999999999999999999", "a100000000000000000000000", "b", "same", "same", "x", "éa", "Éb", "東京"}
	cloud := newCloud(t)
	cloud.clusters = nil
	for i, name := range want {
		cloud.clusters = append(cloud.clusters, row{fmt.Sprint(i), name, "101", "Starter"})
	}
	slices.Reverse(cloud.clusters)
	got, ids := make([]string, 0, len(want)), make([]string, 0, len(want))
	for _, c := range load(t, cloud.inventory(t)).Clusters("101") {
		got = append(got, c.Name)
		ids = append(ids, c.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if same := slices.Index(got, "same"); ids[same] != "8" || ids[same+1] != "9" {
		t.Errorf("equal names are not in the order of their ids: %v", ids)
	}
}

func TestClustersWithoutAProject(t *testing.T) {
	t.Run("belong to the virtual project", func(t *testing.T) {
		s := load(t, newCloud(t).inventory(t))
		if c, ok := s.Cluster("9014"); !ok || c.ProjectID != "104" {
			t.Errorf("found %v in %q", ok, c.ProjectID)
		}
		for _, c := range s.Clusters("104") {
			if c.ProjectID != "104" {
				t.Errorf("%s is listed under 104 and says %q", c.Name, c.ProjectID)
			}
		}
	})
	t.Run("get one if there is none", func(t *testing.T) {
		cloud := newCloud(t)
		cloud.projects = cloud.projects[1:]
		s := load(t, cloud.inventory(t))
		projects := s.Projects()
		if p := projects[len(projects)-1]; p.ID != inventory.NoProject || p.Type != api.ProjectVirtual || names(s, p.ID) != "loose" {
			t.Errorf("last project %+v: %s", p, tree(s))
		}
	})
	t.Run("are not lost with a project that is not listed", func(t *testing.T) {
		cloud := newCloud(t)
		cloud.clusters = append(cloud.clusters, row{"9300", "stray", "999", "Starter"})
		s := load(t, cloud.inventory(t))
		if p, ok := s.Project("999"); !ok || p.Name != "999" || names(s, "999") != "stray" || !s.ProjectStatus("999").Done {
			t.Errorf("project %+v, %v: %s", p, ok, tree(s))
		}
	})
}

func TestOrganizationIDComesFromWhateverTellsIt(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(500, "projects")
	if got := load(t, cloud.inventory(t)).Organization().ID; got != "1001" {
		t.Errorf("got %q", got)
	}
}

func TestBranches(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	var published int
	if err := v.LoadBranches(t.Context(), "9002", func(*inventory.Snapshot) { published++ }); err != nil {
		t.Fatal(err)
	}
	s := v.Snapshot()
	branches := s.Branches("9002")
	if len(branches) != 2 || branches[0].Name != "hotfix" || branches[1].Name != "tax" || branches[0].ClusterID != "9002" {
		t.Errorf("branches %+v", branches)
	}
	if status := s.Status(branchesPart("9002")); !status.Done || status.Rows != 2 || published != 2 {
		t.Errorf("status %+v after %d snapshots", status, published)
	}
	if !s.Complete() {
		t.Error("branches count for Complete")
	}
}

func TestDedicatedClustersHaveNoBranchesToAskFor(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	before := len(cloud.requests())
	if err := v.LoadBranches(t.Context(), "9005", nil); err != nil || len(cloud.requests()) != before {
		t.Errorf("%v after %d requests", err, len(cloud.requests())-before)
	}
	if s := v.Snapshot(); !s.Status(branchesPart("9005")).Done {
		t.Error("not done")
	}
}

func TestBranchesThatCannotBeReadAreAFailureOfTheirOwn(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	if err := v.LoadBranches(t.Context(), "9002", nil); err != nil {
		t.Fatal(err)
	}
	cloud.change(func() { cloud.fault = failing(404, "branches") })
	if err := v.LoadBranches(t.Context(), "9002", nil); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	s := v.Snapshot()
	if len(s.Branches("9002")) != 2 || s.Failures()[branchesPart("9002")] == nil || !s.Complete() {
		t.Errorf("branches %v, failures %v", s.Branches("9002"), s.Failures())
	}
	if failures := s.Within(only("103")).Failures(); len(failures) != 0 {
		t.Errorf("a failure that is out of view is shown: %v", failures)
	}
}

func TestBranchesGoWithTheirCluster(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	if err := v.LoadBranches(t.Context(), "9002", nil); err != nil {
		t.Fatal(err)
	}
	cloud.change(func() { cloud.clusters = slices.Delete(cloud.clusters, 1, 2) })
	if s := load(t, v); len(s.Branches("9002")) != 0 || s.Status(branchesPart("9002")).Done {
		t.Errorf("branches of a deleted cluster: %v", s.Branches("9002"))
	}
}

func TestBranchesOfManyClusters(t *testing.T) {
	cloud := newCloud(t)
	cloud.clusters = nil
	for i := range 300 {
		id := fmt.Sprint(i)
		cloud.clusters = append(cloud.clusters, row{id, id, "101", "Starter"})
		cloud.branches[id] = []row{{id: "b" + id, name: "branch-" + id}}
	}
	v := cloud.inventory(t)
	load(t, v)
	for i := range 300 {
		if err := v.LoadBranches(t.Context(), fmt.Sprint(i), nil); err != nil {
			t.Fatal(err)
		}
	}
	s := v.Snapshot()
	for i := range 300 {
		if got := s.Branches(fmt.Sprint(i)); len(got) != 1 || got[0].ID != fmt.Sprint("b", i) {
			t.Fatalf("branches of %d: %+v", i, got)
		}
	}
	if got := s.Search("branch-299"); len(got) != 1 || got[0].Kind != inventory.MatchBranch || got[0].ClusterID != "299" {
		t.Errorf("found %+v", got)
	}
}

func TestWithinNarrowsEverything(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(403, "dedicated/102")
	v := cloud.inventory(t)
	whole := load(t, v)
	if err := v.LoadBranches(t.Context(), "9002", nil); err != nil {
		t.Fatal(err)
	}
	s := v.Snapshot().Within(only("101", "104"))
	if got, want := tree(s), "payments: Orders-1 orders-9 orders-10; (no project): Cluster0 loose"; got != want {
		t.Errorf("tree\n%s, want\n%s", got, want)
	}
	if n, exact := s.Count(); n != 5 || !exact || !s.Complete() || len(s.Failures()) != 0 {
		t.Errorf("%d clusters, exact %v, complete %v, failures %v", n, exact, s.Complete(), s.Failures())
	}
	if n, exact := whole.Count(); n != 5 || exact || whole.Complete() {
		t.Errorf("the whole: %d clusters, exact %v", n, exact)
	}
	if _, ok := s.Project("103"); ok || s.ProjectError("102") != nil || len(s.Clusters("102")) != 0 {
		t.Error("a hidden project is found")
	}
	if _, ok := s.Cluster("9002"); !ok || len(s.Branches("9002")) != 2 {
		t.Error("a shown cluster is not found")
	}
}

func TestWithinNarrowsWhatIsNarrowedAlready(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	whole := load(t, v)
	if err := v.LoadBranches(t.Context(), "9002", nil); err != nil {
		t.Fatal(err)
	}
	s := v.Snapshot().Within(only("101", "104")).Within(only("104", "102")).Within(nil)
	if got := tree(s); got != "(no project): Cluster0 loose" {
		t.Errorf("narrowed twice: %s", got)
	}
	if _, ok := s.Cluster("9002"); ok || len(s.Branches("9002")) != 0 || len(s.Search("orders")) != 0 {
		t.Error("a hidden cluster is found")
	}
	if got := tree(whole.Within(func(string) bool { return true })); got != wholeTree {
		t.Errorf("shown all: %s", got)
	}
}

func TestCountIsExactWithinWhatWasRead(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(500, "serverless")
	s := load(t, cloud.inventory(t))
	if n, exact := s.Within(only("102")).Count(); n != 2 || !exact {
		t.Errorf("the Dedicated project: %d, %v", n, exact)
	}
	if n, exact := s.Within(only("101")).Count(); n != 0 || exact {
		t.Errorf("the project that could not be read: %d, %v", n, exact)
	}
}

func TestSearch(t *testing.T) {
	cloud := newCloud(t)
	cloud.clusters = append(cloud.clusters, row{"9023", "東京-ÄRGER", "101", "Starter"})
	v := cloud.inventory(t)
	load(t, v)
	if err := v.LoadBranches(t.Context(), "9002", nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, words, want string }{
		{"nothing for no words", "  ", ""},
		{"nothing for what is nowhere", "unicorn", ""},
		{"by name, whatever the case", "ORDERS-1", "9003 9001"},
		{"by id", "9012", "9012"},
		{"by project", "payments", "101"},
		{"by project type", "tidbx_virtual", "104"},
		{"by plan and label", "dedicated env=prod", "9006 9005"},
		{"by city and name, all words", "tokyo loose", "9014"},
		{"by region id", "ap-northeast-1 cluster0", "9012"},
		{"by creator", "alice@ warehouse", "9005"},
		{"by host", "gw-9003.example", "9003"},
		{"by state", "active archive", "9006"},
		{"letters beyond ASCII", "ärger", "9023"},
		{"branches after their cluster", "hotfix", "b1"},
		{"words do not join fields", "orders-99002", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make([]string, 0, 4)
			for _, m := range v.Snapshot().Search(c.words) {
				got = append(got, m.ID)
			}
			if joined := strings.Join(got, " "); joined != c.want {
				t.Errorf("found %q, want %q", joined, c.want)
			}
		})
	}
	matches := v.Snapshot().Search("bob@acme")
	want := inventory.Match{Kind: inventory.MatchBranch, ID: "b1", ProjectID: "101", ClusterID: "9002"}
	if len(matches) != 2 || matches[0] != want {
		t.Errorf("got %+v, want first %+v", matches, want)
	}
	if got := v.Snapshot().Within(only("103")).Search("orders"); len(got) != 0 {
		t.Errorf("hidden rows are found: %+v", got)
	}
}
