package inventory_test

import (
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
