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
