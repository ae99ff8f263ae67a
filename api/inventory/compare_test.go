package inventory_test

import (
	"fmt"
	"strings"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

// compared writes a comparison as one line for each difference.
func compared(c inventory.Comparison) string {
	lines := make([]string, 0, len(c.Differences))
	for _, d := range c.Differences {
		side := map[bool]string{true: "A", false: "B"}[d.A]
		line := fmt.Sprintf("%s %s %s/%s: %v", side, d.Kind, d.ProjectName, d.Name, d.Voice)
		if d.Err != nil {
			line += ", " + d.Err.Error()[:strings.IndexByte(d.Err.Error(), ':')]
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func checkCompared(t *testing.T, c inventory.Comparison, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(want), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if got := compared(c); got != strings.Join(lines, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(lines, "\n"))
	}
	var onlyA, onlyB int
	for _, d := range c.Differences {
		if d.A == d.B || (d.Kind == inventory.MatchCluster) != (d.Cluster != nil) || d.Cluster != nil && d.Cluster.ID != d.ID {
			t.Errorf("difference %+v", d)
		}
		if d.A {
			onlyA++
		} else {
			onlyB++
		}
	}
	if sum(c.OnlyA) != onlyA || sum(c.OnlyB) != onlyB {
		t.Errorf("%d and %d differences, counted %+v and %+v", onlyA, onlyB, c.OnlyA, c.OnlyB)
	}
}

func sum(t inventory.Tally) int { return t.Projects + t.Virtual + t.Clusters }

func whole(t *testing.T, c *cloud, r inventory.Reach) *inventory.View {
	return inventory.NewView(load(t, c.inventory(t)), r)
}

func TestCompareAGrantWithItself(t *testing.T) {
	v := whole(t, newCloud(t), inventory.Reach{})
	c := inventory.Compare(v, v)
	checkCompared(t, c, "")
	if !c.SameOrganization || !c.Exact || c.Both != (inventory.Tally{Projects: 3, Virtual: 1, Clusters: 7}) {
		t.Errorf("%+v", c)
	}
}

func TestCompareSaysWhyTheOtherSideDoesNotShowIt(t *testing.T) {
	fewer := newCloud(t) // a grant of payments and the virtual project
	fewer.projects, fewer.clusters = fewer.projects[:2], fewer.clusters[:5]
	stated := func(ids ...string) func(string) (bool, bool) {
		covers := only(ids...)
		return func(id string) (bool, bool) { return covers(id), true }
	}
	a := whole(t, newCloud(t), inventory.Reach{Shows: only("101", "102", "103")})
	for _, c := range []struct {
		name  string
		b     *inventory.View
		want  string
		exact bool
	}{
		{"nothing stated", whole(t, fewer, inventory.Reach{}), `
			A project analytics/analytics: not granted
			A cluster analytics/archive: not granted
			A cluster analytics/warehouse: not granted
			A project Staging/Staging: not granted
			B project (no project)/(no project): hidden by you
			B cluster (no project)/Cluster0: hidden by you
			B cluster (no project)/loose: hidden by you`, true},
		{"stated, and one deleted since", whole(t, fewer, inventory.Reach{Covers: stated("101", "103"), Shows: only("101")}), `
			A project analytics/analytics: not granted
			A cluster analytics/archive: not granted
			A cluster analytics/warehouse: not granted
			A project Staging/Staging: does not exist`, true},
		{"hidden there", whole(t, newCloud(t), inventory.Reach{Shows: only("102", "103")}), `
			A project payments/payments: hidden by you
			A cluster payments/Orders-1: hidden by you
			A cluster payments/orders-9: hidden by you
			A cluster payments/orders-10: hidden by you`, true},
		{"not read there", nil, `
			A project analytics/analytics: not read yet
			A cluster analytics/archive: not read yet
			A cluster analytics/warehouse: not read yet
			A project payments/payments: not read yet
			A cluster payments/Orders-1: not read yet
			A cluster payments/orders-9: not read yet
			A cluster payments/orders-10: not read yet
			A project Staging/Staging: not read yet`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := inventory.Compare(a, c.b)
			checkCompared(t, got, c.want)
			if got.Exact != c.exact || !got.SameOrganization {
				t.Errorf("exact %v, same organization %v", got.Exact, got.SameOrganization)
			}
			back := inventory.Compare(c.b, a)
			swap := strings.NewReplacer("\t\t\tA ", "B ", "\t\t\tB ", "A ")
			checkCompared(t, back, swap.Replace(c.want))
			if back.OnlyA != got.OnlyB || back.OnlyB != got.OnlyA || back.Both != got.Both {
				t.Errorf("the other way round: %+v %+v %+v", back.OnlyA, back.OnlyB, back.Both)
			}
		})
	}
}

func TestCompareWithAGrantThatCouldNotReadEverything(t *testing.T) {
	for _, c := range []struct{ fault, want string }{
		{"serverless", `
			A cluster payments/Orders-1: could not be read, serverless
			A cluster payments/orders-9: could not be read, serverless
			A cluster payments/orders-10: could not be read, serverless
			A cluster (no project)/Cluster0: could not be read, serverless
			A cluster (no project)/loose: could not be read, serverless`},
		{"dedicated", `
			A cluster analytics/archive: could not be read, dedicated 102
			A cluster analytics/warehouse: could not be read, dedicated 102`},
		// The clusters are read, and stand under their labels and under NoProject.
		{"projects", `
			A project Staging/Staging: could not be read, projects`},
	} {
		t.Run(c.fault, func(t *testing.T) {
			failing500 := newCloud(t)
			failing500.fault = failing(500, c.fault)
			got := inventory.Compare(whole(t, newCloud(t), inventory.Reach{}), whole(t, failing500, inventory.Reach{}))
			checkCompared(t, got, c.want)
			if got.Exact {
				t.Error("it is said to be exact")
			}
		})
	}
}

func TestCompareFollowsClustersThatMovedOrWereRenamed(t *testing.T) {
	cloud := newCloud(t)
	a := whole(t, cloud, inventory.Reach{})
	cloud.clusters[0].name, cloud.clusters[1].project = "renamed", "103"
	cloud.projects[1].name = "Zahlungen"
	cloud.clusters = append(cloud.clusters, row{"9100", "brand-new", "101", "Starter"}, row{"9101", "anew", "102", "Dedicated"})
	b := whole(t, cloud, inventory.Reach{})
	checkCompared(t, inventory.Compare(a, b), `
		B cluster analytics/anew: does not exist
		B cluster payments/brand-new: does not exist`)
	// One that moved to where the other side hides it is hidden there.
	hides := inventory.NewView(b.Whole(), inventory.Reach{Shows: only("101", "102", "104")})
	checkCompared(t, inventory.Compare(a, hides), `
		B cluster analytics/anew: does not exist
		B cluster payments/brand-new: does not exist
		A cluster payments/orders-9: hidden by you
		A project Staging/Staging: hidden by you`)
}

func TestCompareKnowsAProjectThatOneSideHasBySightOnly(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = failing(500, "projects")
	a := whole(t, cloud, inventory.Reach{})
	cloud.change(func() { cloud.fault = nil })
	cloud.clusters = append(cloud.clusters, row{"9100", "brand-new", "101", "Starter"})
	checkCompared(t, inventory.Compare(a, whole(t, cloud, inventory.Reach{})), `
		B cluster payments/brand-new: does not exist
		B project Staging/Staging: could not be read, projects`)

	cloud.clusters = cloud.clusters[4:] // of the virtual project there is but one without a label
	b := whole(t, cloud, inventory.Reach{Shows: only("104")})
	cloud.change(func() { cloud.fault = failing(500, "projects") })
	checkCompared(t, inventory.Compare(whole(t, cloud, inventory.Reach{Shows: only()}), b), `
		B project (no project)/(no project): hidden by you
		B cluster (no project)/loose: hidden by you`)
}

func TestCompareTwoOrganizations(t *testing.T) {
	one := &shelf{organizing: api.Organization{ID: "1"}, projects: []api.Page[api.Project]{page(api.Project{ID: "101", Name: "one"})},
		clusters: []api.Page[api.Cluster]{page(api.Cluster{ID: "1", ProjectID: "101"})}}
	two := &shelf{organizing: api.Organization{ID: "2"}, projects: []api.Page[api.Project]{page(api.Project{ID: "201", Name: "two", Type: api.ProjectVirtual})}}
	a := inventory.NewView(load(t, inventory.New(one, now)), inventory.Reach{})
	b := inventory.NewView(load(t, inventory.New(two, now)), inventory.Reach{})
	c := inventory.Compare(a, b)
	if c.SameOrganization || !c.Exact || len(c.Differences) != 0 {
		t.Errorf("%+v", c)
	}
	if c.OnlyA != (inventory.Tally{Projects: 1, Clusters: 1}) || c.OnlyB != (inventory.Tally{Virtual: 1}) || c.Both != (inventory.Tally{}) {
		t.Errorf("%+v", c)
	}
}
