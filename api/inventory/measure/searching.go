package main

import (
	"fmt"
	"strings"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// keystrokes are what is typed: letter by letter what hardly anything matches, and what much does; several words, a
// field, and what matches nothing.
var keystrokes = []struct{ words, field string }{
	{"p", ""}, {"pa", ""}, {"pay", ""}, {"paym", ""},
	{"o", ""}, {"or", ""}, {"ord", ""}, {"orde", ""}, {"order", ""}, {"orders", ""},
	{"orders staging", ""}, {"tokyo", "region"}, {"unicorn", ""},
}

// measureSearching types, and compares what is found with what a loop over the same rows finds. The rows and the result
// of the loop are values that are there already; Canopy makes its view and its matches anew.
func measureSearching(t *table, s *inventory.Snapshot, o options) error {
	rows := make([]api.Cluster, 0, o.clusters)
	for _, p := range s.Projects() {
		rows = append(rows, s.Clusters(p.ID)...)
	}
	for _, k := range keystrokes {
		words := k.words
		if k.field != "" {
			words = k.field + ":" + k.words
		}
		var plain, canopy []time.Duration
		for range 3 * o.rounds { // each is short
			begin := time.Now()
			want := searchPlainly(rows, strings.Fields(strings.ToLower(k.words)), k.field)
			plain = append(plain, time.Since(begin))
			begin = time.Now()
			got := inventory.NewView(s, inventory.Reach{}).Search(words)
			canopy = append(canopy, time.Since(begin))
			n := 0
			for _, m := range got.Matches {
				if m.Kind == inventory.MatchCluster {
					n++
				}
			}
			if n != len(want) {
				return fmt.Errorf("%q finds %d clusters, and plainly %d", words, n, len(want))
			}
		}
		a, b := median(plain), median(canopy)
		quicker := float64(a) / float64(b)
		t.row("keystroke to matches: "+words, milliseconds(a), milliseconds(b), quicker, "≤ 8 ms, ≥ 10×", b <= 8*time.Millisecond && quicker >= 10)
	}
	return nil
}

// searchPlainly is what anybody would write: lower the case of each field and look for each word in it.
func searchPlainly(rows []api.Cluster, words []string, field string) []*api.Cluster {
	var found []*api.Cluster
	for i := range rows {
		c := &rows[i]
		fields := []string{c.Name, c.ID, c.Region.ID, c.Region.Display, string(c.Plan), string(c.State), c.CreatedBy, c.Public.Host}
		if field == "region" {
			fields = fields[2:4]
		} else {
			if c.Private != nil {
				fields = append(fields, c.Private.Host)
			}
			for name, label := range c.Labels {
				fields = append(fields, name+"="+label)
			}
		}
		if containAll(fields, words) {
			found = append(found, c)
		}
	}
	return found
}

func containAll(fields, words []string) bool {
	for _, word := range words {
		found := false
		for _, field := range fields {
			if strings.Contains(strings.ToLower(field), word) {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}
