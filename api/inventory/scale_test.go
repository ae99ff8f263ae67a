package inventory_test

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

// large is a source of many clusters without a network, so that what is
// measured is the inventory.
type large struct{ pages, projects int }

func (l large) Organization(context.Context) (api.Organization, error) {
	return api.Organization{ID: "1", Name: "Large"}, nil
}

func (l large) Projects(context.Context, string) (api.Page[api.Project], error) {
	page := api.Page[api.Project]{Total: -1}
	for i := range l.projects {
		page.Items = append(page.Items, api.Project{ID: fmt.Sprint(i), Name: fmt.Sprint("project ", i), Type: api.ProjectTiDBX})
	}
	return page, nil
}

func (l large) ServerlessClusters(_ context.Context, token string) (api.Page[api.Cluster], error) {
	n, _ := strconv.Atoi(token)
	page := api.Page[api.Cluster]{Items: make([]api.Cluster, 100), Total: 100 * l.pages}
	for i := range page.Items {
		id := strconv.Itoa(100*n + i)
		page.Items[i] = api.Cluster{ID: id, Name: "cluster " + id, ProjectID: strconv.Itoa(i % l.projects), State: api.StateActive, Plan: api.PlanStarter}
	}
	if n+1 < l.pages {
		page.Next = strconv.Itoa(n + 1)
	}
	return page, nil
}

func (l large) DedicatedClusters(context.Context, string, string) (api.Page[api.Cluster], error) {
	return api.Page[api.Cluster]{Total: -1}, nil
}

func (l large) Branches(context.Context, string, string) (api.Page[api.Branch], error) {
	return api.Page[api.Branch]{Total: -1}, nil
}

func (l large) Backups(context.Context, string, string) (api.Page[api.Backup], error) {
	return api.Page[api.Backup]{Total: -1}, nil
}

// TestSnapshotForEachPageCostsNoMoreAsRowsGrow compares what is allocated for
// ten times as many pages: were rows copied for each snapshot, it would be a
// hundred times as much.
func TestSnapshotForEachPageCostsNoMoreAsRowsGrow(t *testing.T) {
	allocated := func(pages int) float64 {
		var before, after runtime.MemStats
		v := inventory.New(large{pages, 50}, now)
		runtime.ReadMemStats(&before)
		snapshots := make([]*inventory.Snapshot, 0, pages)
		if err := v.Load(t.Context(), func(s *inventory.Snapshot) { snapshots = append(snapshots, s) }); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if n, exact := v.Snapshot().Count(); n != 100*pages || !exact || len(snapshots) < pages {
			t.Fatalf("%d clusters, exact %v, %d snapshots", n, exact, len(snapshots))
		}
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	few, many := allocated(100), allocated(1000)
	if ratio := many / few; ratio > 15 {
		t.Errorf("ten times the pages cost %.1f times the memory", ratio)
	}
}

func BenchmarkLoad100000Clusters(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := inventory.New(large{1000, 500}, now).Load(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch100000Clusters(b *testing.B) {
	v := inventory.New(large{1000, 500}, now)
	if err := v.Load(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	s := v.Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		if found := s.Search("cluster 99 active"); len(found) == 0 {
			b.Fatal("nothing found")
		}
	}
}

// BenchmarkReadEachSnapshot reads one project of each snapshot, as a window
// does that shows a tree while it grows.
func BenchmarkReadEachSnapshot(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		err := inventory.New(large{1000, 500}, now).Load(b.Context(), func(s *inventory.Snapshot) {
			s.Projects()
			s.Count()
			s.Clusters("7")
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
