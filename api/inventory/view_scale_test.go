package inventory_test

import (
	"fmt"
	"testing"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// bigSnapshot is one of 100,000 clusters in 5,000 projects.
func bigSnapshot(tb testing.TB, projects int) *inventory.Snapshot {
	tb.Helper()
	v := inventory.New(large{1000, projects}, now)
	if err := v.Load(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
	return v.Snapshot()
}

// bigReach hides every second project and knows of as many that are not there.
func bigReach(projects int) inventory.Reach {
	r := inventory.Reach{Shows: func(id string) bool { return id[len(id)-1]%2 == 0 }}
	for i := range projects {
		r.Known = append(r.Known, api.Project{ID: fmt.Sprint(100_000 + i), Name: fmt.Sprint("known ", i)})
	}
	return r
}

// TestAViewDoesNotTouchClusters asks a view of many clusters all but a search
// and compares what it allocates to that of few: a page of a long reading must
// not cost more as rows grow.
func TestAViewDoesNotTouchClusters(t *testing.T) {
	ask := func(pages int) float64 {
		v := inventory.New(large{pages, 100}, now)
		if err := v.Load(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		s := v.Snapshot()
		s.Projects()
		return testing.AllocsPerRun(5, func() {
			view := inventory.NewView(s, bigReach(10))
			view.Missing()
			view.Counts()
			if _, err := view.Project("7"); err != nil {
				t.Error(err)
			}
			if _, err := view.Cluster("7"); err != nil {
				t.Error(err)
			}
		})
	}
	if few, many := ask(1), ask(500); many > few+5 {
		t.Errorf("%v allocations with 100 clusters, %v with 50,000", few, many)
	}
}

// BenchmarkNewView is what each page of a long reading costs: the view, what
// is missing, and the counts. The catalog of the snapshot is made anew for each.
func BenchmarkNewView(b *testing.B) {
	s, r := bigSnapshot(b, 5000), bigReach(5000)
	s.Projects() // the catalog is the snapshot's
	b.ReportAllocs()
	for b.Loop() {
		v := inventory.NewView(s, r)
		if len(v.Missing()) != 7500 || v.Counts().Hidden != 2500 {
			b.Fatal(len(v.Missing()), v.Counts())
		}
	}
}

func BenchmarkNewViewAlone(b *testing.B) {
	s, r := bigSnapshot(b, 5000), bigReach(5000)
	b.ReportAllocs()
	for b.Loop() {
		inventory.NewView(s, r)
	}
}

func BenchmarkViewSearch(b *testing.B) {
	s, r := bigSnapshot(b, 5000), bigReach(5000)
	s.Search("cluster")
	b.ReportAllocs()
	for b.Loop() {
		if f := inventory.NewView(s, r).Search("cluster 99 active"); len(f.Matches)*len(f.Hidden) == 0 {
			b.Fatal(len(f.Matches), len(f.Hidden))
		}
	}
}

// iterate looks at every cluster of a snapshot once.
func iterate(s *inventory.Snapshot) (n int) {
	for _, p := range s.Projects() {
		for _, c := range s.Clusters(p.ID) {
			n += len(c.Name)
		}
	}
	return n
}

// BenchmarkCompare reports what a comparison costs, as a multiple of looking
// at every cluster of both sides once: of two equal sides, and of sides that
// have nothing in common.
func BenchmarkCompare(b *testing.B) {
	left, right := bigSnapshot(b, 5000), bigSnapshot(b, 5000)
	iterate(left)
	iterate(right)
	even := func(id string) bool { return id[len(id)-1]%2 == 0 }
	odd := func(id string) bool { return !even(id) }
	for _, c := range []struct {
		name        string
		a, b        func(string) bool
		differences int
	}{{"equal", nil, nil, 0}, {"disjoint", even, odd, 105_000}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				got := inventory.Compare(inventory.NewView(left, inventory.Reach{Shows: c.a}), inventory.NewView(right, inventory.Reach{Shows: c.b}))
				if len(got.Differences) != c.differences {
					b.Fatal(len(got.Differences))
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			const rounds = 20
			start := time.Now()
			for range rounds {
				iterate(left)
				iterate(right)
			}
			b.ReportMetric(float64(each)/float64(time.Since(start)/rounds), "times-iterating")
		})
	}
}
