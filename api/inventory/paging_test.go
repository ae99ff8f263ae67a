package inventory_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"canopy/api/inventory"
	"canopy/api/sandbox"
)

// pages answers the serverless list with bodies by page token.
func pages(bodies map[string]string) func(http.ResponseWriter, *http.Request, string, string) bool {
	return func(w http.ResponseWriter, _ *http.Request, what, token string) bool {
		if what == "serverless" {
			w.Write([]byte(bodies[token]))
		}
		return what == "serverless"
	}
}

func TestOddPaging(t *testing.T) {
	const a, b, c = `{"clusterId":"1","displayName":"a","labels":{"tidb.cloud/project":"101"}}`,
		`{"clusterId":"2","displayName":"b","labels":{"tidb.cloud/project":"101"}}`,
		`{"clusterId":"3","displayName":"c","labels":{"tidb.cloud/project":"103"}}`
	for _, test := range []struct {
		name              string
		pages             map[string]string
		payments, staging string
		exact             bool
		failure           string
	}{
		{"an empty page with a token goes on", map[string]string{
			"":  `{"clusters":[],"nextPageToken":"x","totalSize":2}`,
			"x": `{"clusters":[` + a + `],"nextPageToken":"y","totalSize":2}`,
			"y": `{"nextPageToken":"z"}`,
			"z": `{"clusters":[` + b + `],"totalSize":2}`}, "a b", "", true, ""},
		{"a repeated token stops and keeps the rows", map[string]string{
			"":  `{"clusters":[` + a + `],"nextPageToken":"x","totalSize":9}`,
			"x": `{"clusters":[` + b + `],"nextPageToken":"x","totalSize":9}`}, "a b", "", false, "repeats a page token"},
		{"a circle of tokens as well", map[string]string{
			"":  `{"clusters":[` + a + `],"nextPageToken":"x"}`,
			"x": `{"clusters":[` + b + `],"nextPageToken":"y"}`,
			"y": `{"clusters":[` + c + `],"nextPageToken":"x"}`}, "a b", "c", false, "repeats a page token"},
		{"doubles are merged, the last one wins", map[string]string{
			"":  `{"clusters":[` + a + `,` + b + `],"nextPageToken":"x","totalSize":2}`,
			"x": `{"clusters":[{"clusterId":"1","displayName":"a2","labels":{"tidb.cloud/project":"101"}}],"totalSize":2}`}, "a2 b", "", true, ""},
		{"a cluster that moves between pages is in its new project only", map[string]string{
			"":  `{"clusters":[` + a + `,` + b + `],"nextPageToken":"x","totalSize":2}`,
			"x": `{"clusters":[{"clusterId":"1","displayName":"a","labels":{"tidb.cloud/project":"103"}}],"totalSize":2}`}, "b", "a", true, ""},
		{"a total that grows is met", map[string]string{
			"":  `{"clusters":[` + a + `],"nextPageToken":"x","totalSize":1}`,
			"x": `{"clusters":[` + b + `,` + c + `],"totalSize":3}`}, "a b", "c", true, ""},
		{"a total that goes up and down is the last one told", map[string]string{
			"":  `{"clusters":[` + a + `],"nextPageToken":"x","totalSize":5}`,
			"x": `{"clusters":[` + b + `],"nextPageToken":"y","totalSize":1}`,
			"y": `{"clusters":[` + c + `],"totalSize":3}`}, "a b", "c", true, ""},
		{"a last page may be empty", map[string]string{
			"":  `{"clusters":[` + a + `],"nextPageToken":"x","totalSize":1}`,
			"x": `{}`}, "a", "", true, ""},
		{"a cluster that moves back and forth is where it was last", map[string]string{
			"":  `{"clusters":[` + a + `],"nextPageToken":"x","totalSize":2}`,
			"x": `{"clusters":[{"clusterId":"1","displayName":"a","labels":{"tidb.cloud/project":"103"}},` + b + `],"nextPageToken":"y","totalSize":2}`,
			"y": `{"clusters":[` + a + `],"totalSize":2}`}, "a b", "", true, ""},
		{"a total that is missed makes the count a guess", map[string]string{
			"":  `{"clusters":[` + a + `],"nextPageToken":"x","totalSize":3}`,
			"x": `{"clusters":[` + c + `],"totalSize":3}`}, "a", "c", false, ""},
		{"a total below what came does, too", map[string]string{
			"":  `{"clusters":[` + a + `,` + b + `],"nextPageToken":"x","totalSize":2}`,
			"x": `{"clusters":[],"totalSize":1}`}, "a b", "", false, ""},
		{"rows that cannot be keyed do, too", map[string]string{
			"": `{"clusters":[` + a + `,null,{}]}`}, "a", "", false, ""},
		{"no total at all is fine", map[string]string{
			"": `{"clusters":[` + a + `]}`}, "a", "", true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			cloud := newCloud(t)
			cloud.fault = pages(test.pages)
			s := load(t, cloud.inventory(t))
			if got := names(s, "101"); got != test.payments {
				t.Errorf("payments has %q, want %q", got, test.payments)
			}
			if got := names(s, "103"); got != test.staging {
				t.Errorf("staging has %q, want %q", got, test.staging)
			}
			n, exact := s.Count()
			if shown := len(strings.Fields(test.payments + " " + test.staging)); n != shown+2 || exact != test.exact {
				t.Errorf("count %d, exact %v; want %d, %v", n, exact, shown+2, test.exact)
			}
			err := s.Status(serverlessPart).Err
			if (err != nil) != (test.failure != "") || err != nil && !strings.Contains(err.Error(), test.failure) {
				t.Errorf("error %v, want %q", err, test.failure)
			}
		})
	}
}

func names(s *inventory.Snapshot, project string) string {
	names := make([]string, 0, 8)
	for _, c := range s.Clusters(project) {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

func TestEndlessPagesAreStopped(t *testing.T) {
	for _, c := range []struct {
		name, body string // with the page number in it
		want       string
		most       int
	}{
		{"empty ones", `{"clusters":[],"nextPageToken":"%d"}`, "brought nothing new", 60},
		{"ones that repeat a row", `{"clusters":[{"clusterId":"1"}],"nextPageToken":"%d"}`, "brought nothing new", 60},
		{"ones beyond the total", `{"clusters":[{"clusterId":"c%d"}],"nextPageToken":"%[1]d","totalSize":"100"}`, "told of 100 rows", 160},
	} {
		t.Run(c.name, func(t *testing.T) {
			cloud := newCloud(t)
			cloud.fault = func(w http.ResponseWriter, _ *http.Request, what, token string) bool {
				if what != "serverless" {
					return false
				}
				page, _ := strconv.Atoi(token)
				w.Write(fmt.Appendf(nil, c.body, page+1))
				return true
			}
			s := load(t, cloud.inventory(t))
			status := s.Status(serverlessPart)
			if status.Err == nil || !strings.Contains(status.Err.Error(), c.want) || status.Requests > c.most || status.Loading {
				t.Errorf("status %+v", status)
			}
			if n, _ := s.Count(); n != status.Rows+2 {
				t.Errorf("%d rows of %d were kept", n-2, status.Rows)
			}
		})
	}
}

func TestPagesOfOneRow(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 1
	s := load(t, cloud.inventory(t))
	if got := tree(s); got != wholeTree || !s.Complete() {
		t.Errorf("tree %s", got)
	}
	if got := s.Status(serverlessPart).Requests; got != 5 {
		t.Errorf("%d requests for 5 rows", got)
	}
}

func TestClusterDeletedBetweenPages(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 2
	cloud.fault = func(_ http.ResponseWriter, _ *http.Request, what, token string) bool {
		if what == "serverless" && token == "2" {
			cloud.change(func() {
				cloud.clusters = slices.DeleteFunc(cloud.clusters, func(r row) bool { return r.id == "9001" })
				cloud.fault = nil
			})
		}
		return false
	}
	v := cloud.inventory(t)
	s := load(t, v)
	if status := s.Status(serverlessPart); !status.Done || status.Err != nil || status.Total != 4 {
		t.Errorf("status %+v", status)
	}
	// Paging by offset has skipped one row for the one that is gone; the next
	// reading puts that right.
	s = load(t, v)
	if got := tree(s); strings.Contains(got, "orders-10") || !strings.Contains(got, "payments: Orders-1 orders-9;") || !s.Complete() {
		t.Errorf("tree %s", got)
	}
}

func TestClusterThatBothHostsTellOfIsOne(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = pages(map[string]string{"": `{"clusters":[{"clusterId":"9005","displayName":"double","servicePlan":"Dedicated","labels":{"tidb.cloud/project":"101"}}],"totalSize":1}`})
	s := load(t, cloud.inventory(t))
	if n, _ := s.Count(); n != 2 || names(s, "101") != "" || names(s, "102") != "archive warehouse" {
		t.Errorf("%d clusters: %s", n, tree(s))
	}
	if c, ok := s.Cluster("9005"); !ok || c.Name != "warehouse" {
		t.Errorf("found %+v", c)
	}
}

func TestDedicatedClusterThatTwoProjectsTellOfIsOne(t *testing.T) {
	cloud := newCloud(t)
	cloud.projects = append(cloud.projects, row{"105", "bunker", "dedicated", ""})
	cloud.fault = func(w http.ResponseWriter, _ *http.Request, what, _ string) bool {
		if what == "dedicated/105" { // it was moved there after 102 was read
			w.Write([]byte(`{"clusters":[{"clusterId":"9005","displayName":"warehouse","labels":{"tidb.cloud/project":"105"}},{"clusterId":"9100","displayName":"vault"}],"totalSize":2}`))
		}
		return what == "dedicated/105"
	}
	v := cloud.inventory(t)
	s := load(t, v)
	if n, _ := s.Count(); n != 8 || names(s, "102") != "archive warehouse" || names(s, "105") != "vault" {
		t.Errorf("%d clusters: %s", n, tree(s))
	}
	if found := ids(s.Search("name:warehouse")); found != "9005" {
		t.Errorf("found %q", found)
	}
	cloud.change(func() { cloud.clusters = slices.DeleteFunc(cloud.clusters, func(r row) bool { return r.id == "9005" }) })
	if err := v.Reload(t.Context(), dedicatedPart("102"), nil); err != nil {
		t.Fatal(err)
	}
	if s := v.Snapshot(); names(s, "102") != "archive" || names(s, "105") != "vault warehouse" {
		t.Errorf("after the next reading: %s", tree(s))
	}
}

func TestClusterThatMovesBetweenReadings(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 1
	v := cloud.inventory(t)
	before := load(t, v)
	cloud.change(func() {
		for i := range cloud.clusters {
			if cloud.clusters[i].id == "9002" {
				cloud.clusters[i].project = "103"
			}
		}
	})
	where := func(s *inventory.Snapshot) string {
		c, ok := s.Cluster("9002")
		found := s.Search("orders-9")
		if !ok || len(found) != 1 || found[0].ProjectID != c.ProjectID || s.Clusters(c.ProjectID)[found[0].Index].ID != "9002" {
			t.Errorf("in %q, and found %+v", c.ProjectID, found)
		}
		return c.ProjectID
	}
	if err := v.Reload(t.Context(), serverlessPart, func(s *inventory.Snapshot) {
		if got := where(s); s.Status(serverlessPart).Loading && got != "101" {
			t.Errorf("half-way it is in %q", got)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if got := where(v.Snapshot()); got != "103" {
		t.Errorf("in the end it is in %q", got)
	}
	if got := where(before); got != "101" {
		t.Errorf("the snapshot before has moved it to %q", got)
	}
}

func TestSandboxThatPagesInCircles(t *testing.T) {
	server := startSandbox(t, sandbox.Options{Clusters: 500})
	e := server.Endpoints()
	v := inventoryOf(t, e, tokenFor(t, e, "alice@acme.example", "3003", "all"))
	if err := server.SetFaults("page-loop=clusters"); err != nil {
		t.Fatal(err)
	}
	load(t, v)
	if status := v.Snapshot().Status(serverlessPart); status.Rows != 100 || status.Requests > 3 || status.Err == nil || !strings.Contains(status.Err.Error(), "repeats a page token") {
		t.Errorf("status %+v", status)
	}
	if err := server.SetFaults(); err != nil {
		t.Fatal(err)
	}
	if n, exact := load(t, v).Count(); n != 500 || !exact {
		t.Errorf("%d clusters, exact %v", n, exact)
	}
}

func TestProjectsThatPageInCirclesKeepTheirRows(t *testing.T) {
	cloud := newCloud(t)
	cloud.fault = func(w http.ResponseWriter, _ *http.Request, what, _ string) bool {
		if what == "projects" {
			w.Write([]byte(`{"projects":[{"id":"102","name":"analytics","type":"dedicated"}],"nextPageToken":"again"}`))
		}
		return what == "projects"
	}
	s := load(t, cloud.inventory(t))
	if s.Status(projectsPart).Err == nil || names(s, "102") != "archive warehouse" || errors.Is(s.ProjectError("102"), s.Status(projectsPart).Err) {
		t.Errorf("%v: %s", s.Status(projectsPart).Err, tree(s))
	}
}
