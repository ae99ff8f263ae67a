package inventory_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// noon is when all tests take place.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// cloud is a loopback server with the three hosts of TiDB Cloud, one below
// the other. Tests change its rows and make it misbehave.
type cloud struct {
	*httptest.Server
	mu       sync.Mutex
	pageSize int
	projects []row // name, id, type in "project"
	clusters []row
	branches map[string][]row
	// fault answers instead of the cloud if it returns true. It is called
	// with "org", "projects", "serverless", "dedicated/102" or
	// "branches/9002" and the page token.
	fault func(w http.ResponseWriter, r *http.Request, what, token string) bool
	asked []string
}

// row is a project, a cluster or a branch.
type row struct{ id, name, project, plan string }

func newCloud(t testing.TB) *cloud {
	t.Helper()
	c := &cloud{
		pageSize: 100,
		projects: []row{
			{"104", "(no project)", "tidbx_virtual", ""}, {"101", "payments", "tidbx", ""},
			{"102", "analytics", "dedicated", ""}, {"103", "Staging", "tidbx", ""},
		},
		clusters: []row{
			{"9001", "orders-10", "101", "Essential"}, {"9002", "orders-9", "101", "Starter"},
			{"9003", "Orders-1", "101", "Starter"}, {"9012", "Cluster0", "104", "Starter"},
			{"9014", "loose", "", "Starter"}, {"9005", "warehouse", "102", "Dedicated"},
			{"9006", "archive", "102", "Dedicated"},
		},
		branches: map[string][]row{"9002": {{id: "b2", name: "tax"}, {id: "b1", name: "hotfix"}}},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /iam/v1beta1/org", c.organization)
	mux.HandleFunc("GET /iam/v1beta1/projects", c.listProjects)
	mux.HandleFunc("GET /serverless/v1beta1/clusters", c.listServerless)
	mux.HandleFunc("GET /dedicated/v1beta1/clusters", c.listDedicated)
	mux.HandleFunc("GET /serverless/v1beta1/clusters/{id}/branches", c.listBranches)
	c.Server = httptest.NewServer(mux)
	t.Cleanup(c.Close)
	return c
}

// change changes the cloud under its lock.
func (c *cloud) change(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *cloud) requests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked)
}

func (c *cloud) misbehaves(w http.ResponseWriter, r *http.Request, what string) bool {
	token := r.URL.Query().Get("pageToken")
	c.mu.Lock()
	c.asked = append(c.asked, strings.TrimSuffix(what+"?"+token, "?"))
	fault := c.fault
	c.mu.Unlock()
	return fault != nil && fault(w, r, what, token)
}

func (c *cloud) organization(w http.ResponseWriter, r *http.Request) {
	if !c.misbehaves(w, r, "org") {
		w.Write([]byte(`{"orgname":"Acme Robotics"}`))
	}
}

func (c *cloud) listProjects(w http.ResponseWriter, r *http.Request) {
	if c.misbehaves(w, r, "projects") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.page(w, r, "projects", c.projects, func(p row) any {
		return map[string]any{"id": p.id, "org_id": "1001", "name": p.name, "type": p.project}
	})
}

func (c *cloud) listServerless(w http.ResponseWriter, r *http.Request) {
	if c.misbehaves(w, r, "serverless") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.page(w, r, "clusters", c.choose(func(r row) bool { return r.plan != "Dedicated" }), clusterJSON)
}

func (c *cloud) listDedicated(w http.ResponseWriter, r *http.Request) {
	project := r.URL.Query().Get("projectId")
	if c.misbehaves(w, r, "dedicated/"+project) {
		return
	}
	if project == "" {
		project = "102" // the default project
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.page(w, r, "clusters", c.choose(func(r row) bool { return r.plan == "Dedicated" && r.project == project }), clusterJSON)
}

func (c *cloud) listBranches(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if c.misbehaves(w, r, "branches/"+id) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.page(w, r, "branches", c.branches[id], func(b row) any {
		return map[string]any{"branchId": b.id, "displayName": b.name, "state": "ACTIVE", "createdBy": "bob@acme.example"}
	})
}

func (c *cloud) choose(accept func(row) bool) []row {
	var selected []row
	for _, r := range c.clusters {
		if accept(r) {
			selected = append(selected, r)
		}
	}
	return selected
}

func clusterJSON(r row) any {
	labels := map[string]string{"tidb.cloud/organization": "1001", "env": "prod"}
	if r.project != "" {
		labels["tidb.cloud/project"] = r.project
	}
	return map[string]any{
		"clusterId": r.id, "displayName": r.name, "state": "ACTIVE", "servicePlan": r.plan, "labels": labels,
		"region":    map[string]string{"regionId": "aws-ap-northeast-1", "displayName": "Tokyo (ap-northeast-1)", "cloudProvider": "aws"},
		"createdBy": "alice@acme.example", "endpoints": map[string]any{"public": map[string]any{"host": "gw-" + r.id + ".example", "port": 4000}},
	}
}

// page answers with the page that the token, an offset, names.
func (c *cloud) page(w http.ResponseWriter, r *http.Request, key string, rows []row, item func(row) any) {
	start, _ := strconv.Atoi(r.URL.Query().Get("pageToken"))
	start = min(start, len(rows))
	end := min(start+c.pageSize, len(rows))
	items := make([]any, 0, end-start)
	for _, r := range rows[start:end] {
		items = append(items, item(r))
	}
	body := map[string]any{key: items, "nextPageToken": ""}
	if end < len(rows) {
		body["nextPageToken"] = strconv.Itoa(end)
	}
	if key != "projects" {
		body["totalSize"] = len(rows)
	}
	text, err := json.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusNotImplemented)
	}
	w.Write(text)
}

// failing makes the parts fail whose name begins with prefix.
func failing(status int, prefix string) func(http.ResponseWriter, *http.Request, string, string) bool {
	return func(w http.ResponseWriter, _ *http.Request, what, _ string) bool {
		if !strings.HasPrefix(what, prefix) {
			return false
		}
		w.WriteHeader(status)
		w.Write([]byte(`{"code":1,"message":"` + what + ` fails"}`))
		return true
	}
}

// client is a client of the cloud that does not wait between retries.
func (c *cloud) client(t testing.TB) *api.Client {
	t.Helper()
	client, err := api.New(api.Config{
		Hosts: api.Hosts{IAM: c.URL + "/iam", Serverless: c.URL + "/serverless", Dedicated: c.URL + "/dedicated"},
		HTTP:  c.Client(),
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func now() time.Time { return noon }

func (c *cloud) inventory(t testing.TB) *inventory.Inventory {
	return inventory.New(c.client(t), now)
}

// load is Load for tests in which it has to succeed.
func load(t testing.TB, v *inventory.Inventory) *inventory.Snapshot {
	t.Helper()
	if err := v.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return v.Snapshot()
}

// tree writes a snapshot as "project: cluster cluster; project: …".
func tree(s *inventory.Snapshot) string {
	projects := make([]string, 0, 8)
	for _, p := range s.Projects() {
		line := p.Name + ":"
		for _, c := range s.Clusters(p.ID) {
			line += " " + c.Name
		}
		projects = append(projects, line)
	}
	return strings.Join(projects, "; ")
}

const wholeTree = "analytics: archive warehouse; payments: Orders-1 orders-9 orders-10; Staging:; (no project): Cluster0 loose"
