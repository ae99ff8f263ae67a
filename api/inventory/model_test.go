package inventory_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

// shuffled is a source whose clusters come again, move and are renamed
// between pages, at random.
type shuffled struct {
	large
	pages [][]api.Cluster
}

func shuffle(seed uint64) shuffled {
	random := rand.New(rand.NewPCG(seed, 1))
	s := shuffled{large: large{projects: 4}, pages: make([][]api.Cluster, 1+random.IntN(12))}
	for i := range s.pages {
		for range random.IntN(6) {
			project := strconv.Itoa(random.IntN(6)) // two of them not listed
			if random.IntN(5) == 0 {
				project = ""
			}
			id := strconv.Itoa(random.IntN(20))
			s.pages[i] = append(s.pages[i], api.Cluster{ID: id, Name: fmt.Sprint("c", random.IntN(9)), ProjectID: project})
		}
	}
	return s
}

func (s shuffled) ServerlessClusters(_ context.Context, token string) (api.Page[api.Cluster], error) {
	n, _ := strconv.Atoi(token)
	page := api.Page[api.Cluster]{Items: slices.Clone(s.pages[n]), Total: -1}
	if n+1 < len(s.pages) {
		page.Next = strconv.Itoa(n + 1)
	}
	return page, nil
}

// plainly is what a snapshot has to show after the first pages, worked out in
// the plainest way.
func (s shuffled) plainly(pages int) string {
	last := make(map[string]api.Cluster)
	for _, page := range s.pages[:pages] {
		for _, c := range page {
			if c.ProjectID == "" {
				c.ProjectID = inventory.NoProject
			}
			last[c.ID] = c
		}
	}
	lines := make([]string, 0, len(last))
	for _, c := range last {
		lines = append(lines, c.ProjectID+" "+c.Name+" "+c.ID)
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

func shown(s *inventory.Snapshot) string {
	var lines []string
	for _, p := range s.Projects() {
		for _, c := range s.Clusters(p.ID) {
			lines = append(lines, p.ID+" "+c.Name+" "+c.ID)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// TestEverySnapshotAgreesWithAPlainModel reads half of the snapshots at once
// and all of them at the end, in any order, because what is shared between
// them must not show.
func TestEverySnapshotAgreesWithAPlainModel(t *testing.T) {
	for seed := range uint64(200) {
		source := shuffle(seed)
		random := rand.New(rand.NewPCG(seed, 2))
		v := inventory.New(source, now)
		var snapshots []*inventory.Snapshot
		err := v.Load(t.Context(), func(s *inventory.Snapshot) {
			if random.IntN(2) == 0 {
				shown(s)
			}
			snapshots = append(snapshots, s)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range random.Perm(len(snapshots)) {
			s := snapshots[i]
			want := source.plainly(s.Status(serverlessPart).Requests)
			if got := shown(s); got != want {
				t.Fatalf("seed %d, snapshot %d shows\n%s, want\n%s", seed, i, got, want)
			}
			for line := range strings.SplitSeq(want, ", ") {
				if line == "" {
					continue
				}
				if c, ok := s.Cluster(line[strings.LastIndexByte(line, ' ')+1:]); !ok || c.ProjectID+" "+c.Name+" "+c.ID != line {
					t.Fatalf("seed %d, snapshot %d finds %+v for %s", seed, i, c, line)
				}
			}
			if n, _ := s.Count(); want != "" && n != 1+strings.Count(want, ", ") {
				t.Fatalf("seed %d, snapshot %d counts %d clusters of %s", seed, i, n, want)
			}
		}
	}
}
