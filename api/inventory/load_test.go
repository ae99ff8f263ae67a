package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

var (
	organizationPart = inventory.Part{Kind: inventory.PartOrganization}
	projectsPart     = inventory.Part{Kind: inventory.PartProjects}
	serverlessPart   = inventory.Part{Kind: inventory.PartServerless}
)

func dedicatedPart(id string) inventory.Part {
	return inventory.Part{Kind: inventory.PartDedicated, ID: id}
}

func branchesPart(id string) inventory.Part {
	return inventory.Part{Kind: inventory.PartBranches, ID: id}
}

func TestLoadReadsTheWholeTree(t *testing.T) {
	cloud := newCloud(t)
	s := load(t, cloud.inventory(t))
	if got := tree(s); got != wholeTree {
		t.Errorf("tree\n%s, want\n%s", got, wholeTree)
	}
	if got, want := s.Organization(), (api.Organization{ID: "1001", Name: "Acme Robotics"}); got != want {
		t.Errorf("organization %+v, want %+v", got, want)
	}
	if n, exact := s.Count(); n != 7 || !exact || !s.Complete() || !s.ReadAt().Equal(noon) {
		t.Errorf("%d clusters, exact %v, complete %v, read at %v", n, exact, s.Complete(), s.ReadAt())
	}
	if failures := s.Failures(); len(failures) != 0 {
		t.Errorf("failures %v", failures)
	}
	for part, want := range map[inventory.Part]inventory.Status{
		organizationPart:     {Done: true, ReadAt: noon, Requests: 1, Rows: 1, Total: -1},
		projectsPart:         {Done: true, ReadAt: noon, Requests: 1, Rows: 4, Total: -1},
		serverlessPart:       {Done: true, ReadAt: noon, Requests: 1, Rows: 5, Total: 5},
		dedicatedPart("102"): {Done: true, ReadAt: noon, Requests: 1, Rows: 2, Total: 2},
		dedicatedPart("101"): {Total: -1},
		branchesPart("9002"): {Total: -1},
	} {
		if got := s.Status(part); got != want {
			t.Errorf("%v: status %+v, want %+v", part, got, want)
		}
	}
	if got := len(cloud.requests()); got != 4 {
		t.Errorf("%d requests, want 4: %v", got, cloud.requests())
	}
}

func TestFirstRowsNeedThreeRequestsAtMost(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 2
	rows := make(chan struct{})
	var seen sync.Once
	cloud.fault = func(_ http.ResponseWriter, r *http.Request, _, _ string) bool {
		if len(cloud.requests()) > 3 {
			select { // a fourth request is answered only when there are rows
			case <-rows:
			case <-r.Context().Done():
			}
		}
		return false
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	v := cloud.inventory(t)
	err := v.Load(ctx, func(s *inventory.Snapshot) {
		if n, _ := s.Count(); n > 0 && len(s.Projects()) > 0 {
			seen.Do(func() { close(rows) })
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := tree(v.Snapshot()); got != wholeTree {
		t.Errorf("tree %s", got)
	}
}

func TestSnapshotsArePublishedInOrderAndDoNotChange(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 1
	v := cloud.inventory(t)
	var snapshots []*inventory.Snapshot
	var trees []string
	last := 0
	err := v.Load(t.Context(), func(s *inventory.Snapshot) {
		v.Snapshot() // publish may call back
		snapshots = append(snapshots, s)
		trees = append(trees, tree(s))
		n, exact := s.Count()
		if n < last {
			t.Errorf("the count went back from %d to %d", last, n)
		}
		if last = n; exact && n != 7 {
			t.Errorf("%d clusters are said to be all", n)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if trees[0] != "" || snapshots[0].Status(serverlessPart).Loading != true {
		t.Errorf("the first snapshot is not that of the start: %q", trees[0])
	}
	if got := trees[len(trees)-1]; got != wholeTree {
		t.Errorf("the last tree is %s", got)
	}
	for i, s := range snapshots {
		if got := tree(s); got != trees[i] {
			t.Errorf("snapshot %d was %q and is %q", i, trees[i], got)
		}
	}
}

func TestOneHostFailingLeavesTheRowsOfTheOthers(t *testing.T) {
	for _, c := range []struct {
		name, prefix string
		status       int
		tree         string
		failed       inventory.Part
		projects     string // whose error it is
	}{
		{"serverless", "serverless", 503, "analytics: archive warehouse; payments:; Staging:; (no project):", serverlessPart, "101 103 104"},
		{"dedicated", "dedicated", 401, "analytics:; payments: Orders-1 orders-9 orders-10; Staging:; (no project): Cluster0 loose", dedicatedPart("102"), "102"},
		{"the projects", "projects", 500, "101: Orders-1 orders-9 orders-10; 102: archive warehouse; 104: Cluster0; no-project: loose", projectsPart, ""},
		{"the organization", "org", 404, wholeTree, organizationPart, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cloud := newCloud(t)
			cloud.fault = failing(c.status, c.prefix)
			v := cloud.inventory(t)
			s := load(t, v)
			if got := tree(s); got != c.tree {
				t.Errorf("tree\n%s, want\n%s", got, c.tree)
			}
			if _, exact := s.Count(); exact != (c.prefix == "org") || s.Complete() {
				t.Errorf("exact %v, complete %v", exact, s.Complete())
			}
			failures := s.Failures()
			var failure *api.Error
			if len(failures) != 1 || !errors.As(failures[c.failed], &failure) || failure.Status != c.status {
				t.Errorf("failures %v", failures)
			}
			for _, p := range s.Projects() {
				if got, want := s.ProjectError(p.ID) != nil, slices.Contains(strings.Fields(c.projects), p.ID); got != want {
					t.Errorf("project %s: failed %v, want %v", p.ID, got, want)
				}
			}

			cloud.change(func() { cloud.fault = nil })
			if err := v.Reload(t.Context(), c.failed, nil); err != nil {
				t.Fatal(err)
			}
			if s := v.Snapshot(); tree(s) != wholeTree || !s.Complete() || len(s.Failures()) != 0 {
				t.Errorf("after the reload: %s, complete %v, failures %v", tree(s), s.Complete(), s.Failures())
			}
		})
	}
}

func TestOneProjectFailingLeavesTheOthers(t *testing.T) {
	cloud := newCloud(t)
	cloud.projects = append(cloud.projects, row{"105", "bunker", "dedicated", ""})
	cloud.clusters = append(cloud.clusters, row{"9100", "vault", "105", "Dedicated"})
	cloud.fault = failing(403, "dedicated/102")
	s := load(t, cloud.inventory(t))
	if got := tree(s); !strings.HasPrefix(got, "analytics:; bunker: vault; ") {
		t.Errorf("tree %s", got)
	}
	if err := s.ProjectError("102"); !errors.Is(err, api.ErrForbidden) {
		t.Errorf("analytics: %v", err)
	}
	if err := s.ProjectError("105"); err != nil {
		t.Errorf("bunker: %v", err)
	}
}

func TestHostThatRefusesTheSignInIsNotAskedForEachProject(t *testing.T) {
	cloud := newCloud(t)
	for i := range 20 {
		cloud.projects = append(cloud.projects, row{fmt.Sprint(200 + i), fmt.Sprintf("d%d", i), "dedicated", ""})
	}
	cloud.fault = failing(401, "dedicated")
	s := load(t, cloud.inventory(t))
	asked := 0
	for _, r := range cloud.requests() {
		if strings.HasPrefix(r, "dedicated/") {
			asked++
		}
	}
	if failures := s.Failures(); asked != 1 || len(failures) != 21 {
		t.Errorf("asked %d times, %d failures", asked, len(failures))
	}
	for _, p := range s.Projects() {
		if p.Type == api.ProjectDedicated && !errors.Is(s.ProjectError(p.ID), api.ErrUnauthorized) {
			t.Errorf("%s: %v", p.Name, s.ProjectError(p.ID))
		}
	}
}

func TestNothingReadIsAnError(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(401, "")
	err := cloud.inventory(t).Load(t.Context(), nil)
	if !errors.Is(err, api.ErrUnauthorized) || !strings.Contains(err.Error(), "nothing could be read") {
		t.Errorf("got %v", err)
	}
}

func TestProjectsWithoutATypeAreAskedOnBothHosts(t *testing.T) {
	cloud := newCloud(t)
	for i := range cloud.projects {
		cloud.projects[i].project = ""
	}
	v := cloud.inventory(t)
	s := load(t, v)
	if got, want := tree(s), "(no project): Cluster0; analytics: archive warehouse; payments: Orders-1 orders-9 orders-10; Staging:; no-project: loose"; got != want {
		t.Errorf("tree\n%s, want\n%s", got, want)
	}
	if n, exact := s.Count(); n != 7 || !exact || !s.Complete() {
		t.Errorf("%d clusters, exact %v, complete %v", n, exact, s.Complete())
	}
	status := s.ProjectStatus("102")
	if !status.Done || status.Requests != 2 || status.Err != nil {
		t.Errorf("status of both hosts together: %+v", status)
	}
	cloud.change(func() { cloud.fault = failing(500, "dedicated/102") })
	if err := v.Reload(t.Context(), dedicatedPart("102"), nil); err == nil {
		t.Error("the reload did not fail")
	}
	after := v.Snapshot()
	if after.ProjectError("102") == nil || after.ProjectError("101") != nil || tree(after) != tree(s) {
		t.Errorf("102: %v, 101: %v: %s", after.ProjectError("102"), after.ProjectError("101"), tree(after))
	}
}

func TestRefreshShowsWhatChanged(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 2
	v := cloud.inventory(t)
	load(t, v)
	cloud.change(func() {
		cloud.clusters = slices.DeleteFunc(cloud.clusters, func(r row) bool { return r.id == "9001" || r.id == "9006" })
		cloud.clusters = append(cloud.clusters, row{"9200", "new", "103", "Starter"})
		cloud.projects[1].name = "billing"
	})
	// Until a part is read to its end, what was read before stays.
	err := v.Load(t.Context(), func(s *inventory.Snapshot) {
		if s.Status(serverlessPart).Loading && len(s.Clusters("101")) != 3 {
			t.Errorf("half-way: %s", tree(s))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "analytics: warehouse; billing: Orders-1 orders-9; Staging: new; (no project): Cluster0 loose"
	if got := tree(v.Snapshot()); got != want {
		t.Errorf("tree\n%s, want\n%s", got, want)
	}
	if _, ok := v.Snapshot().Cluster("9001"); ok {
		t.Error("a deleted cluster is still found")
	}
}

func TestFailedReloadKeepsTheOldRows(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 2
	v := cloud.inventory(t)
	load(t, v)
	cloud.change(func() {
		cloud.clusters = cloud.clusters[1:]
		cloud.fault = func(w http.ResponseWriter, r *http.Request, what, token string) bool {
			return token != "" && failing(500, "serverless")(w, r, what, token)
		}
	})
	err := v.Reload(t.Context(), serverlessPart, nil)
	if !errors.Is(err, api.ErrServer) {
		t.Fatalf("got %v", err)
	}
	s := v.Snapshot()
	if got := tree(s); got != wholeTree {
		t.Errorf("tree %s", got)
	}
	status := s.Status(serverlessPart)
	if !status.Done || status.Loading || status.Err == nil || status.Requests != 2 || status.Rows != 2 {
		t.Errorf("status %+v", status)
	}
	if n, exact := s.Count(); n != 7 || exact {
		t.Errorf("%d clusters, exact %v", n, exact)
	}
}

func TestProjectThatIsGoneTakesItsClustersAlong(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	cloud.change(func() { cloud.projects = slices.Delete(cloud.projects, 2, 3) })
	if err := v.Reload(t.Context(), projectsPart, nil); err != nil {
		t.Fatal(err)
	}
	s := v.Snapshot()
	if n, exact := s.Count(); n != 5 || !exact || strings.Contains(tree(s), "analytics") {
		t.Errorf("%d clusters, exact %v: %s", n, exact, tree(s))
	}
}

func TestNewDedicatedProjectIsReadWithTheProjects(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	cloud.change(func() {
		cloud.projects = append(cloud.projects, row{"105", "bunker", "dedicated", ""})
		cloud.clusters = append(cloud.clusters, row{"9100", "vault", "105", "Dedicated"})
		cloud.asked = nil
	})
	if err := v.Reload(t.Context(), projectsPart, nil); err != nil {
		t.Fatal(err)
	}
	if got := len(v.Snapshot().Clusters("105")); got != 1 {
		t.Errorf("%d clusters", got)
	}
	if got := cloud.requests(); !slices.Equal(got, []string{"projects", "dedicated/105"}) {
		t.Errorf("asked %v", got)
	}
}

func TestCancellingALoad(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 2
	ctx, cancel := context.WithCancel(t.Context())
	cloud.fault = func(_ http.ResponseWriter, r *http.Request, what, token string) bool {
		if what == "serverless" && token == "2" {
			cancel()
			<-r.Context().Done()
		}
		return false
	}
	v := cloud.inventory(t)
	err := v.Load(ctx, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	s := v.Snapshot()
	if status := s.Status(serverlessPart); status.Loading || status.Done || !errors.Is(status.Err, context.Canceled) || status.Rows != 2 {
		t.Errorf("status %+v", status)
	}
	if n, exact := s.Count(); n < 2 || exact {
		t.Errorf("%d clusters, exact %v", n, exact)
	}
	cloud.change(func() { cloud.fault = nil })
	if s := load(t, v); tree(s) != wholeTree || !s.Complete() {
		t.Errorf("after another load: %s", tree(s))
	}
}

func TestLaterLoadSupersedesAnEarlierOne(t *testing.T) {
	cloud := newCloud(t)
	first := make(chan struct{})
	release := make(chan struct{})
	var held atomic.Bool
	cloud.fault = func(_ http.ResponseWriter, _ *http.Request, what, _ string) bool {
		if what == "serverless" && held.CompareAndSwap(false, true) {
			close(first)
			<-release
		}
		return false
	}
	v := cloud.inventory(t)
	ended := make(chan error, 1)
	go func() { ended <- v.Load(t.Context(), nil) }()
	<-first
	s := load(t, v)
	cloud.change(func() { cloud.clusters = nil }) // what the late answer will say
	close(release)
	if err := <-ended; err != nil {
		t.Errorf("the earlier load: %v", err)
	}
	if got := tree(v.Snapshot()); got != wholeTree || got != tree(s) || !v.Snapshot().Complete() {
		t.Errorf("the late answer was taken: %s", got)
	}
}

func TestSupersededReadingAsksNoMore(t *testing.T) {
	for _, part := range []inventory.Part{serverlessPart, organizationPart, projectsPart} {
		t.Run(string(part.Kind), func(t *testing.T) {
			cloud := newCloud(t)
			cloud.pageSize = 2
			what := map[inventory.PartKind]string{inventory.PartOrganization: "org"}[part.Kind]
			if what == "" {
				what = string(part.Kind)
			}
			first, release := make(chan struct{}), make(chan struct{})
			var held atomic.Bool
			cloud.fault = func(w http.ResponseWriter, r *http.Request, asked, token string) bool {
				if asked != what || !held.CompareAndSwap(false, true) {
					return false
				}
				close(first)
				<-release
				// A late failure of the one, a late page with a token of the others.
				return failing(403, "org")(w, r, asked, token)
			}
			v := cloud.inventory(t)
			ended := make(chan error, 1)
			go func() { ended <- v.Reload(t.Context(), part, nil) }()
			<-first
			load(t, v)
			before := len(cloud.requests())
			close(release)
			if err := <-ended; err != nil || len(cloud.requests()) != before {
				t.Errorf("the superseded reading ended with %v and %d more requests", err, len(cloud.requests())-before)
			}
			if s := v.Snapshot(); !s.Complete() || tree(s) != wholeTree {
				t.Errorf("failures %v: %s", s.Failures(), tree(s))
			}
		})
	}
}

func TestUnknownPartCannotBeReloaded(t *testing.T) {
	if err := newCloud(t).inventory(t).Reload(t.Context(), inventory.Part{Kind: "weather"}, nil); err == nil {
		t.Error("no error")
	}
}

func TestReadingWhileLoading(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 1
	for i := range 200 {
		cloud.clusters = append(cloud.clusters, row{fmt.Sprint(20000 + i), fmt.Sprintf("c%d", i), fmt.Sprint(101 + i%4), "Starter"})
	}
	v := cloud.inventory(t)
	var readers sync.WaitGroup
	err := v.Load(t.Context(), func(s *inventory.Snapshot) {
		for range 2 {
			readers.Go(func() {
				n, _ := s.Count()
				shown := 0
				for _, p := range s.Projects() {
					for _, c := range s.Clusters(p.ID) {
						if got, ok := s.Cluster(c.ID); !ok || got.ProjectID != p.ID {
							t.Errorf("cluster %s of %s is found in %q", c.ID, p.ID, got.ProjectID)
						}
						shown++
					}
				}
				if n != shown {
					t.Errorf("count %d, shown %d", n, shown)
				}
				s.Search("c1 tokyo")
			})
		}
	})
	readers.Wait()
	if n, exact := v.Snapshot().Count(); err != nil || n != 207 || !exact {
		t.Errorf("%d clusters, exact %v, %v", n, exact, err)
	}
}
