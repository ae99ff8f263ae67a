package inventory_test

import (
	"context"
	"fmt"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// small is a source of one cluster.
type small struct{ inventory.Source }

func (small) Organization(context.Context) (api.Organization, error) {
	return api.Organization{Name: "Acme Robotics"}, nil
}

func (small) Projects(context.Context, string) (api.Page[api.Project], error) {
	return api.Page[api.Project]{Items: []api.Project{{ID: "101", Name: "payments", Type: api.ProjectTiDBX}}, Total: -1}, nil
}

func (small) ServerlessClusters(context.Context, string) (api.Page[api.Cluster], error) {
	return api.Page[api.Cluster]{Items: []api.Cluster{{ID: "9001", Name: "orders-prod", ProjectID: "101"}}, Total: 1}, nil
}

func Example() {
	inv := inventory.New(small{}, time.Now)
	if err := inv.Load(context.Background(), func(*inventory.Snapshot) { /* show it */ }); err != nil {
		fmt.Println(err)
		return
	}
	s := inv.Snapshot()
	fmt.Println(s.Organization().Name)
	for _, project := range s.Projects() {
		for _, cluster := range s.Clusters(project.ID) {
			fmt.Println(project.Name, "›", cluster.Name)
		}
	}
	count, exact := s.Count()
	fmt.Println(count, exact)
	// Output:
	// Acme Robotics
	// payments › orders-prod
	// 1 true
}

func ExampleNewView() {
	inv := inventory.New(small{}, time.Now)
	if err := inv.Load(context.Background(), nil); err != nil {
		fmt.Println(err)
		return
	}
	v := inventory.NewView(inv.Snapshot(), inventory.Reach{
		Shows: func(projectID string) bool { return projectID != "101" },
		Known: []api.Project{{ID: "102", Name: "analytics"}},
	})
	for _, m := range v.Missing() {
		fmt.Println(m.Project.Name, "is", m.Voice)
	}
	for _, id := range []string{"101", "102", "103"} {
		voice, _ := v.Project(id)
		fmt.Println(id, voice)
	}
	found := v.Search("orders")
	fmt.Println(len(found.Matches), "found,", len(found.Hidden), "more hidden by you")
	// Output:
	// analytics is not granted
	// payments is hidden by you
	// 101 hidden by you
	// 102 not granted
	// 103 does not exist
	// 0 found, 1 more hidden by you
}
