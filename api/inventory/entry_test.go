package inventory_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// variants are clusters of which each differs from the first in one field.
func variants() []api.Cluster {
	cents, more := 1000, 2000
	base := func() api.Cluster {
		return api.Cluster{
			Name: "orders", ProjectID: "101", OrganizationID: "1", Plan: api.PlanStarter, State: api.StateActive,
			Region:  api.Region{ID: "aws-us-east-1", Provider: "aws", City: "Virginia", Code: "us-east-1", Display: "Virginia (us-east-1)"},
			Version: "v8", CreatedBy: "bob", UserPrefix: "3k", SpendingLimit: &cents, MinRCU: 1, MaxRCU: 2,
			Created: time.Date(2025, 1, 2, 3, 4, 5, 6, time.UTC), Updated: time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC),
			Backup: api.BackupPolicy{Start: "02:00", RetentionDays: 7}, Public: api.Endpoint{Host: "gw", Port: 4000, Allowed: 1},
			Private: &api.Endpoint{Host: "private", Port: 4000}, Availability: "ZONAL", Host: api.HostServerless,
			Labels: map[string]string{"env": "prod"}, Annotations: map[string]string{"a": "b"}, Nodes: []api.NodeGroup{{Component: "TiDB", Count: 2}},
		}
	}
	all := []api.Cluster{base()}
	for _, change := range []func(*api.Cluster){
		func(c *api.Cluster) { c.Name = "ledger" }, func(c *api.Cluster) { c.ProjectID = "102" }, func(c *api.Cluster) { c.OrganizationID = "2" },
		func(c *api.Cluster) { c.Plan = "" }, func(c *api.Cluster) { c.State = api.StatePaused }, func(c *api.Cluster) { c.Region.ID = "x" },
		func(c *api.Cluster) { c.Region.Provider = "gcp" }, func(c *api.Cluster) { c.Region.City = "" }, func(c *api.Cluster) { c.Region.Code = "" },
		func(c *api.Cluster) { c.Region.Display = "" }, func(c *api.Cluster) { c.Version = "v7" }, func(c *api.Cluster) { c.CreatedBy = "eve" },
		func(c *api.Cluster) { c.UserPrefix = "4x" }, func(c *api.Cluster) { c.SpendingLimit = nil }, func(c *api.Cluster) { c.SpendingLimit = &more },
		func(c *api.Cluster) { c.MinRCU = 9 }, func(c *api.Cluster) { c.MaxRCU = 9 }, func(c *api.Cluster) { c.Created = time.Time{} },
		func(c *api.Cluster) { c.Updated = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC) },
		func(c *api.Cluster) { c.Updated = time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC) },
		func(c *api.Cluster) { c.Backup.Start = "03:00" }, func(c *api.Cluster) { c.Backup.RetentionDays = 1 }, func(c *api.Cluster) { c.Public.Host = "gw2" },
		func(c *api.Cluster) { c.Public.Port = 1 }, func(c *api.Cluster) { c.Public.Disabled = true }, func(c *api.Cluster) { c.Public.Allowed = 5 },
		func(c *api.Cluster) { c.Private = nil }, func(c *api.Cluster) { c.Private = &api.Endpoint{Host: "private", Port: 1} },
		func(c *api.Cluster) { c.Availability = "REGIONAL" }, func(c *api.Cluster) { c.Labels = nil }, func(c *api.Cluster) { c.Labels = map[string]string{"env": "dev"} },
		func(c *api.Cluster) { c.Labels = map[string]string{"prod": "env"} }, func(c *api.Cluster) { c.Annotations = nil },
		func(c *api.Cluster) { c.Nodes = []api.NodeGroup{{Component: "TiDB", Count: 3}} }, func(c *api.Cluster) { c.Nodes = nil }, func(c *api.Cluster) { c.Host = api.HostDedicated },
	} {
		c := base()
		change(&c)
		all = append(all, c)
	}
	for i := range all {
		all[i].ID = fmt.Sprint(1000 + i)
		if i%3 > 0 { // some came without
			all[i].Raw = json.RawMessage(fmt.Sprintf(`{"clusterId":"%d","displayName":%q}`, 1000+i, all[i].Name))
		}
	}
	return all
}

// TestAnInventoryGivesBackWhatItWasGiven reads clusters that have nearly all in
// common: what is kept once for all of them must be that of each.
func TestAnInventoryGivesBackWhatItWasGiven(t *testing.T) {
	all := variants()
	v := inventory.New(&shelf{clusters: []api.Page[api.Cluster]{page(all[:5]...), page[api.Cluster](), page(all[5:]...)}}, now)
	s := load(t, v)
	seen := 0
	for i := range all {
		got, ok := s.Cluster(all[i].ID)
		if !ok || !reflect.DeepEqual(got, all[i]) {
			t.Errorf("got  %+v\nwant %+v", got, all[i])
		}
		all[i].Raw = nil
	}
	for _, p := range s.Projects() {
		for _, got := range s.Clusters(p.ID) {
			seen++
			got.Raw = nil
			if want := all[indexOfID(all, got.ID)]; !reflect.DeepEqual(got, want) {
				t.Errorf("in its project: got %+v\nwant %+v", got, want)
			}
		}
	}
	if seen != len(all) {
		t.Errorf("%d of %d clusters are in projects", seen, len(all))
	}
}

func indexOfID(all []api.Cluster, id string) int {
	for i := range all {
		if all[i].ID == id {
			return i
		}
	}
	return 0
}
