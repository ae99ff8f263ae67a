package inventory_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

// partStates are the ways a part can have been read, with the voice of a row
// that it does not have.
var partStates = map[string]string{
	"unread": "U", "refreshing": "U", "failed": "E", "failed half way": "E", "total missed": "E", "refresh failed": "E", "read": "-",
}

// lay reads a part in one of the ways and leaves it as it then is.
func lay[T any](t *testing.T, source *shelf, v *inventory.Inventory, part inventory.Part, state string, put func([]api.Page[T]), items ...T) {
	t.Helper()
	defer func() { source.failing = nil }()
	full := page(items...)
	reload := func() {
		if err := v.Reload(t.Context(), part, nil); err != nil && !errors.Is(err, errDown) {
			t.Fatal(err)
		}
	}
	fail := map[inventory.PartKind]error{part.Kind: errDown}
	switch state {
	case "unread":
		return
	case "failed":
		source.failing = fail
		put(nil)
	case "failed half way":
		source.failing = fail
		put([]api.Page[T]{full})
	case "total missed":
		full.Total = len(items) + 7
		put([]api.Page[T]{full})
	default:
		put([]api.Page[T]{full})
	}
	reload()
	switch state {
	case "refresh failed":
		source.failing = fail
		put(nil)
		reload()
	case "refreshing":
		// The reading waits where it tells that it begins, until the test is over.
		began, done := make(chan struct{}), make(chan struct{})
		t.Cleanup(func() { <-done })
		go func() {
			defer close(done)
			var once sync.Once
			_ = v.Reload(t.Context(), part, func(*inventory.Snapshot) {
				once.Do(func() { close(began); <-t.Context().Done() })
			})
		}()
		<-began
	}
}

func TestEveryReasonForWhichAClusterIsMissing(t *testing.T) {
	one := api.Cluster{ID: "1", Name: "one", ProjectID: "101"}
	projects := []api.Project{{ID: "101", Type: api.ProjectTiDBX}, {ID: "102", Type: api.ProjectDedicated}}
	for list, listSays := range partStates {
		for serverless, serverlessSays := range partStates {
			t.Run(list+"/"+serverless, func(t *testing.T) {
				source := new(shelf)
				v := inventory.New(source, now)
				lay(t, source, v, projectsPart, list, func(p []api.Page[api.Project]) { source.projects = p }, projects[0])
				lay(t, source, v, serverlessPart, serverless, func(p []api.Page[api.Cluster]) { source.clusters = p }, one)
				want, part := "-", inventory.Part{}
				switch {
				case serverlessSays == "E":
					want, part = "E", serverlessPart
				case listSays == "E":
					want, part = "E", projectsPart
				case serverlessSays == "U" || listSays == "U":
					want = "U"
				}
				checkCluster(t, v, "404", want, part)
				if serverless != "unread" && serverless != "failed" {
					checkCluster(t, v, "1", "P", inventory.Part{})
				}
			})
		}
	}
	for state, says := range partStates {
		if state == "unread" {
			continue // what the list calls for is read with it
		}
		t.Run("dedicated/"+state, func(t *testing.T) {
			source := &shelf{dedicated: map[string][]api.Page[api.Cluster]{}}
			v := inventory.New(source, now)
			lay(t, source, v, serverlessPart, "read", func(p []api.Page[api.Cluster]) { source.clusters = p }, one)
			lay(t, source, v, projectsPart, "read", func(p []api.Page[api.Project]) { source.projects = p }, projects...)
			part := dedicatedPart("102")
			lay(t, source, v, part, state, func(p []api.Page[api.Cluster]) { source.dedicated["102"] = p }, api.Cluster{ID: "2", ProjectID: "102"})
			checkCluster(t, v, "404", says, part)
		})
	}
}

func checkCluster(t *testing.T, v *inventory.Inventory, id, want string, part inventory.Part) {
	t.Helper()
	view := inventory.NewView(v.Snapshot(), inventory.Reach{})
	voice, err := view.Cluster(id)
	if letters[voice] != want {
		t.Fatalf("the voice of %s is %v, want %s (%v)", id, voice, want, err)
	}
	var failed *inventory.PartError
	if errors.As(err, &failed) != (want == "E") || failed != nil && failed.Part != part {
		t.Errorf("the error is %v, want one of %v", err, part)
	}
	hiding := inventory.NewView(v.Snapshot(), inventory.Reach{Shows: only()})
	switch voice, _ := hiding.Cluster(id); {
	case want == "P" && voice != inventory.HiddenByYou, want != "P" && letters[voice] != want:
		t.Errorf("with all hidden %s is %v", id, voice)
	}
}

func TestTheFirstPartThatFailsIsNamedWhicheverOrderTheyFailedIn(t *testing.T) {
	cloud := newCloud(t)
	cloud.projects = append(cloud.projects, row{"100", "first", "dedicated", ""}, row{"105", "later", "dedicated", ""})
	cloud.fault = failing(403, "dedicated")
	v := cloud.inventory(t)
	load(t, v)
	for range 20 {
		var failed *inventory.PartError
		if _, err := inventory.NewView(v.Snapshot(), inventory.Reach{}).Cluster("404"); !errors.As(err, &failed) || failed.Part != dedicatedPart("100") || !errors.Is(err, api.ErrForbidden) {
			t.Fatalf("got %v", err)
		}
	}
}

func TestBranchVoices(t *testing.T) {
	cloud := newCloud(t)
	v := cloud.inventory(t)
	load(t, v)
	ask := func(reach inventory.Reach, cluster, branch, want string) {
		t.Helper()
		voice, err := inventory.NewView(v.Snapshot(), reach).Branch(cluster, branch)
		if letters[voice] != want || (err != nil) != (want == "E") {
			t.Errorf("branch %s of %s: %v, %v; want %s", branch, cluster, voice, err, want)
		}
	}
	hidden := inventory.Reach{Shows: only("102")}
	ask(inventory.Reach{}, "9002", "b1", "U")
	cloud.change(func() { cloud.fault = failing(500, "branches") })
	if err := v.LoadBranches(t.Context(), "9002", nil); err == nil {
		t.Fatal("no error")
	}
	ask(inventory.Reach{}, "9002", "b1", "E")
	cloud.change(func() { cloud.fault = nil })
	if err := v.LoadBranches(t.Context(), "9002", nil); err != nil {
		t.Fatal(err)
	}
	ask(inventory.Reach{}, "9002", "b1", "P")
	ask(inventory.Reach{}, "9002", "b9", "-")
	ask(hidden, "9002", "b1", "H")
	ask(hidden, "9002", "b9", "-")
	ask(inventory.Reach{}, "404", "b1", "-")
	cloud.change(func() { cloud.fault = failing(500, "branches") })
	if err := v.LoadBranches(t.Context(), "9002", nil); err == nil {
		t.Fatal("no error")
	}
	ask(inventory.Reach{}, "9002", "b1", "P")
	ask(inventory.Reach{}, "9002", "b9", "E")
}

func TestTheVirtualProjectHasAVoiceWhateverItsID(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault string
		bare  bool // without unlabelled clusters and the virtual project
		shows func(string) bool
		want  string
	}{
		{"listed", "", false, nil, "P"},
		{"hidden by its id", "", false, only("101"), "H"},
		{"not needed", "", true, nil, "-"},
		{"stands for unlabelled clusters while the list fails", "projects", false, nil, "P"},
		{"could be there if the serverless host told", "serverless", true, nil, "E"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cloud := newCloud(t)
			if c.bare {
				cloud.projects, cloud.clusters = cloud.projects[1:], cloud.clusters[:3]
			}
			if c.fault != "" {
				cloud.fault = failing(500, c.fault)
			}
			view := inventory.NewView(load(t, cloud.inventory(t)), inventory.Reach{Shows: c.shows, Chosen: []string{inventory.NoProject}})
			if voice, err := view.Project(inventory.NoProject); letters[voice] != c.want {
				t.Errorf("got %v, %v", voice, err)
			}
			for _, m := range view.Missing() {
				if m.Project.ID == inventory.NoProject {
					t.Errorf("%+v is missing", m)
				}
			}
		})
	}
}

func TestErrorsOfPartsNameThem(t *testing.T) {
	err := error(&inventory.PartError{Part: dedicatedPart("102"), Err: errDown})
	if err.Error() != "dedicated 102: the host is down" || !errors.Is(err, errDown) {
		t.Error(err)
	}
	if got := (&inventory.PartError{Part: projectsPart, Err: errDown}).Error(); got != "projects: the host is down" {
		t.Error(got)
	}
	source := &shelf{clusters: []api.Page[api.Cluster]{{Items: []api.Cluster{{ID: "1"}}, Total: 3}}, projects: []api.Page[api.Project]{{Total: -1, Skipped: 1}}}
	v := inventory.New(source, now)
	f := inventory.NewView(load(t, v), inventory.Reach{}).Search("x")
	if text := f.Failures[serverlessPart].Error(); !strings.Contains(text, "told of 3 rows and listed 1") {
		t.Error(text)
	}
	if text := f.Failures[projectsPart].Error(); !strings.Contains(text, "cannot be understood") {
		t.Error(text)
	}
}

func TestVoicesHaveEnglishNames(t *testing.T) {
	seen := map[string]bool{}
	for v := inventory.Present; v <= inventory.Unread; v++ {
		seen[v.String()] = true
	}
	if len(seen) != 6 || inventory.Voice(-1).String() != "voice -1" || inventory.Voice(6).String() != "voice 6" {
		t.Error(seen)
	}
}
