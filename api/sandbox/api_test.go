package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"canopy/api/sandbox"
	"canopy/assets"
)

// data is the part of the embedded organizations that tests compare with.
type data struct {
	Projects []struct{ ID, Name, Org, Type string }
	Clusters []struct {
		ID, Name, Project, Plan, State, Region, Version string
		CreateTime                                      string `json:"create_time"`
		CreatedBy                                       string `json:"created_by"`
		NodeCount                                       int    `json:"node_count"`
		SpendingLimitUSD                                *int   `json:"spending_limit_usd"`
	}
	Branches []struct{ ID, Name, Cluster, State string }
}

func organizations(t *testing.T) data {
	t.Helper()
	var d data
	if err := json.Unmarshal(assets.Organizations(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func (b *box) clusters(query, token string) answer {
	b.t.Helper()
	return b.get(b.at.Serverless+"/v1beta1/clusters?"+query, token)
}

func TestUserinfoHasTheFourKnownMembers(t *testing.T) {
	b := open(t)
	got := b.get(b.at.UserinfoEndpoint, b.token(gina, globex, "all")).json
	want := map[string]any{"email": gina, "username": "gina", "first_name": "Gina", "last_name": "Rossi"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOrganizationHasOnlyItsNameUnlessAskedForMore(t *testing.T) {
	b := open(t)
	if got := b.get(b.at.IAM+"/v1beta1/org", b.token(bob, globex, "201")).json; !reflect.DeepEqual(got, map[string]any{"orgname": "Globex"}) {
		t.Errorf("got %v", got)
	}
	b = open(t, func(o *sandbox.Options) { o.OrganizationID = true })
	b.get(b.at.IAM+"/v1beta1/org", b.token(bob, globex, "201")).says(t, `"id":"2002"`)
}

func TestEveryUserReachesOwnOrganizationsOnly(t *testing.T) {
	b := open(t)
	for user, want := range map[string][2]int{alice: {303, 400}, bob: {303, 303}, "carol@acme.example": {303, 400}, gina: {400, 303}, "GINA": {400, 303}} {
		for i, org := range []string{acme, globex} {
			if got := b.post(b.link(), form(user, org, "all")).status; got != want[i] {
				t.Errorf("%s choosing %s: got %d, want %d", user, org, got, want[i])
			}
		}
	}
}

func TestTheAPIShowsTheDataUnchanged(t *testing.T) {
	b, d := open(t), organizations(t)
	for org, user := range map[string]string{acme: alice, globex: gina} {
		token := b.token(user, org, "all")
		shown := make(map[string]map[string]any)
		var projects []string
		for _, p := range d.Projects {
			if p.Org != org {
				continue
			}
			projects = append(projects, p.ID)
			for _, c := range b.get(b.at.Dedicated+"/v1beta1/clusters?projectId="+p.ID, token).list("clusters") {
				shown[c["clusterId"].(string)] = c
			}
		}
		for _, c := range b.clusters("pageSize=100", token).list("clusters") {
			shown[c["clusterId"].(string)] = c
		}
		if got := b.get(b.at.IAM+"/v1beta1/projects", token).texts("projects", "id"); !slices.Equal(got, projects) {
			t.Errorf("projects of %s: got %v, want %v", org, got, projects)
		}
		compare(t, d, projects, shown)
	}
}

func compare(t *testing.T, d data, projects []string, shown map[string]map[string]any) {
	t.Helper()
	n := 0
	for _, c := range d.Clusters {
		if !slices.Contains(projects, c.Project) {
			continue
		}
		n++
		got := shown[c.ID]
		if got == nil {
			t.Errorf("cluster %s is not shown", c.ID)
			continue
		}
		labels, _ := got["labels"].(map[string]any)
		for what, pair := range map[string][2]any{
			"name": {got["displayName"], c.Name}, "state": {got["state"], c.State}, "version": {got["version"], c.Version},
			"creator": {got["createdBy"], c.CreatedBy}, "time": {got["createTime"], c.CreateTime}, "project": {labels["tidb.cloud/project"], c.Project},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s of cluster %s: got %v, want %v", what, c.ID, pair[0], pair[1])
			}
		}
		if c.Plan != "DEDICATED" && !strings.EqualFold(got["servicePlan"].(string), c.Plan) {
			t.Errorf("plan of cluster %s: got %v, want %v", c.ID, got["servicePlan"], c.Plan)
		}
	}
	if n != len(shown) {
		t.Errorf("%d clusters are shown, %d exist", len(shown), n)
	}
}

func TestClustersOfEachPlanHaveTheirFields(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	essential := b.get(b.at.Serverless+"/v1beta1/clusters/9001", token)
	essential.says(t, `"name":"clusters/9001"`, `"displayName":"Tokyo (ap-northeast-1)"`, `"regionId":"aws-ap-northeast-1"`, `"servicePlan":"Essential"`,
		`"clusterPlan":"ESSENTIAL"`, `"autoScaling":{"minRcu":`, `.ap-northeast-1.prod.aws.tidbcloud.com","port":4000`, `"automatedBackupPolicy":{"startTime":"`,
		`"labels":{"env":"prod","tidb.cloud/organization":"1001","tidb.cloud/project":"101"}`, `"userPrefix":"`)
	if essential.json["spendingLimit"] != nil {
		t.Error("an Essential cluster has a spending limit")
	}
	starter := b.get(b.at.Serverless+"/v1beta1/clusters/9008", token)
	starter.says(t, `"spendingLimit":{"monthly":1000}`, `"host":"gateway01.us-east-1.prod.aws.tidbcloud.com"`)
	b.get(b.at.Serverless+"/v1beta1/clusters/9025", token).says(t, `"servicePlan":"Premium"`, `"clusterPlan":null`)
	b.get(b.at.Serverless+"/v1beta1/clusters/9001?view=BASIC", token).says(t, `"displayName":"orders-prod"`)
	if basic := b.get(b.at.Serverless+"/v1beta1/clusters/9001?view=BASIC", token); basic.json["endpoints"] != nil {
		t.Error("the basic view has endpoints")
	}
	b.get(b.at.Serverless+"/v1beta1/clusters/9001?view=SOME", token).gives(t, http.StatusBadRequest)
}

func TestNodesOfDedicatedClustersAddUp(t *testing.T) {
	b, d := open(t), organizations(t)
	token := b.token(alice, acme, "all")
	for _, c := range d.Clusters {
		if c.Plan != "DEDICATED" {
			continue
		}
		nodes := b.get(b.at.Dedicated+"/v1beta1/clusters/"+c.ID+"/nodeInstances?pageSize=100", token)
		if got := len(nodes.list("nodeInstances")); got != c.NodeCount {
			t.Errorf("cluster %s: %d nodes, want %d", c.ID, got, c.NodeCount)
		}
		got := b.get(b.at.Dedicated+"/v1beta1/clusters/"+c.ID, token)
		if sum := nodeSum(got.json); sum != c.NodeCount {
			t.Errorf("cluster %s: its settings add up to %d nodes, want %d", c.ID, sum, c.NodeCount)
		}
		if got.json["endpoints"] != nil {
			t.Errorf("cluster %s has top-level endpoints", c.ID)
		}
	}
	b.get(b.at.Dedicated+"/v1beta1/clusters/9006", token).says(t, `"state":"PAUSED"`, `"pausePlan":{"pauseType":"NORMAL"`,
		`"regionDisplayName":"Oregon (us-west-2)"`, `"host":"tidb.9006.clusters.prod.tidb-cloud.com"`)
}

func nodeSum(cluster map[string]any) int {
	sum := 0.0
	for _, setting := range []string{"tikvNodeSetting", "tiflashNodeSetting"} {
		if storage, ok := cluster[setting].(map[string]any); ok {
			sum += storage["nodeCount"].(float64)
		}
	}
	tidb := cluster["tidbNodeSetting"].(map[string]any)
	for _, group := range tidb["tidbNodeGroups"].([]any) {
		sum += group.(map[string]any)["nodeCount"].(float64)
	}
	return int(sum)
}

func TestDedicatedListKnowsOneProjectAtATime(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	for query, want := range map[string][]string{
		"":                                   {"9005", "9006", "9007"}, // the default project
		"projectId=102":                      {"9005", "9006", "9007"},
		"projectId=101":                      nil,
		"projectId=102&clusterStates=PAUSED": {"9006", "9007"},
		"projectId=102&clusterStates=PAUSED&clusterStates=ACTIVE":                 {"9005", "9006", "9007"},
		"projectId=102&regionIds=aws-us-east-1":                                   {"9007"},
		"projectId=102&clusterIds=9005&clusterIds=9007&clusterStates=PAUSED":      {"9007"},
		"projectId=102&skip=2":                                                    {"9007"},
		"projectId=102&skip=9":                                                    nil,
		"projectId=102&pageSize=2":                                                {"9005", "9006"},
		"projectId=102&regionIds=aws-us-west-2&regionIds=gcp-us-central1&skip=1":  {"9006"},
		"projectId=102&clusterStates=PAUSED&regionIds=aws-us-west-2&clusterIds=9": nil,
	} {
		if got := b.get(b.at.Dedicated+"/v1beta1/clusters?"+query, token).texts("clusters", "clusterId"); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", query, got, want)
		}
	}
	if got := b.get(b.at.Dedicated+"/v1beta1/clusters", b.token(gina, globex, "all")); got.status != 200 || len(got.list("clusters")) != 0 {
		t.Errorf("an organization without a Dedicated project: %d %s", got.status, got.body)
	}
	if got := b.get(b.at.Dedicated+"/v1beta1/clusters", b.token(alice, acme, "101")); len(got.list("clusters")) != 0 {
		t.Errorf("the default project is not granted: %s", got.body)
	}
}

func TestAGrantOfSomeProjectsShowsThoseOnly(t *testing.T) {
	b := open(t)
	token := b.token(bob, acme, "103", "102", "201") // the last one is another organization's
	if got := b.get(b.at.IAM+"/v1beta1/projects", token).texts("projects", "id"); !slices.Equal(got, []string{"102", "103"}) {
		t.Errorf("projects: %v", got)
	}
	list := b.clusters("pageSize=100", token)
	if got := list.texts("clusters", "clusterId"); !slices.Equal(got, []string{"9002", "9008", "9011"}) || list.json["totalSize"] != 3.0 {
		t.Errorf("clusters: %v of %v", got, list.json["totalSize"])
	}
}

func TestForeignIDs(t *testing.T) {
	for _, c := range []struct {
		says                     string
		status                   int
		project, cluster, nobody int
	}{
		{"as the facts expect", 0, 403, 404, 404},
		{"always 403", 403, 403, 403, 404},
		{"always 404", 404, 404, 404, 404},
	} {
		t.Run(c.says, func(t *testing.T) {
			b := open(t, func(o *sandbox.Options) { o.ForeignStatus = c.status })
			token := b.token(alice, acme, "101")
			for _, project := range []string{"103", "201", "999"} {
				b.get(b.at.Dedicated+"/v1beta1/clusters?projectId="+project, token).gives(t, c.project)
				b.clusters("filter=projectId%3D"+project, token).gives(t, c.project)
			}
			for _, cluster := range []string{"9002", "9013"} {
				b.get(b.at.Serverless+"/v1beta1/clusters/"+cluster, token).gives(t, c.cluster)
				b.get(b.at.Serverless+"/v1beta1/clusters/"+cluster+"/branches", token).gives(t, c.cluster)
				b.get(b.at.Serverless+"/v1beta1/clusters/"+cluster+"/branches/b1", token).gives(t, c.cluster)
				b.get(b.at.Serverless+"/v1beta1/backups?clusterId="+cluster, token).gives(t, c.cluster)
			}
			b.get(b.at.Dedicated+"/v1beta1/clusters/9005", token).gives(t, c.cluster)
			b.get(b.at.Dedicated+"/v1beta1/clusters/9005/nodeInstances", token).gives(t, c.cluster)
			b.get(b.at.Serverless+"/v1beta1/clusters/1", token).gives(t, c.nobody)
			b.get(b.at.Serverless+"/v1beta1/clusters/9005", token).gives(t, 404) // lives on the other host
			b.get(b.at.Dedicated+"/v1beta1/clusters/9001", token).gives(t, 404)
		})
	}
}

func TestForbiddenNamesTheProject(t *testing.T) {
	b := open(t)
	a := b.get(b.at.Dedicated+"/v1beta1/clusters?projectId=201", b.token(alice, acme, "all"))
	if a.status != 403 || a.json["code"] != 49900003.0 || !strings.Contains(a.text("message"), "201") {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestBranchesAndBackups(t *testing.T) {
	b := open(t)
	token := b.token(bob, acme, "all")
	list := b.get(b.at.Serverless+"/v1beta1/clusters/9002/branches", token)
	list.says(t, `"branchId":"b1"`, `"displayName":"feature-tax"`, `"clusterId":"9002"`, `"parentId":"9002"`, `"parentDisplayName":"orders-dev"`, `"totalSize":1`, `"nextPageToken":""`)
	b.get(b.at.Serverless+"/v1beta1/clusters/9002/branches/b1", token).says(t, `"state":"ACTIVE"`, `"createTime":"2026-11-21T00:00:00Z"`)
	b.get(b.at.Serverless+"/v1beta1/clusters/9002/branches/b2", token).gives(t, http.StatusNotFound)
	b.get(b.at.Serverless+"/v1beta1/clusters/9001/branches", token).says(t, `"branches":[]`, `"totalSize":0`)
	b.get(b.at.Serverless+"/v1beta1/backups", token).gives(t, http.StatusBadRequest)
	backups := b.get(b.at.Serverless+"/v1beta1/backups?clusterId=9001&pageSize=100", token)
	if times := backups.texts("backups", "createTime"); len(times) != 30 || !slices.IsSortedFunc(times, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("backups of 30 days, latest first: %v", times)
	}
	if n := len(b.get(b.at.Serverless+"/v1beta1/backups?clusterId=9002", token).list("backups")); n != 1 {
		t.Errorf("a free Starter keeps %d backups, want 1", n)
	}
}

func TestBackupsAreNotOlderThanTheirCluster(t *testing.T) {
	b := open(t)
	a := b.get(b.at.Serverless+"/v1beta1/backups?clusterId=9021", b.token(gina, globex, "all"))
	if a.status != http.StatusOK || len(a.list("backups")) != 0 {
		t.Errorf("a cluster two minutes old: %d %s", a.status, a.body)
	}
}

func TestRegions(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	for address, want := range map[string]int{
		b.at.Serverless + "/v1beta1/regions":                        6,
		b.at.Serverless + "/v1beta1/regions?cloudProvider=alicloud": 1,
		b.at.Serverless + "/v1beta1/regions?servicePlan=Premium":    5,
		b.at.Serverless + "/v1beta1/regions?cloudProvider=azure":    0,
		b.at.Dedicated + "/v1beta1/regions":                         6,
		b.at.Dedicated + "/v1beta1/regions?pageSize=4":              4,
		b.at.Dedicated + "/v1beta1/regions?cloudProvider=gcp":       1,
	} {
		if got := len(b.get(address, token).list("regions")); got != want {
			t.Errorf("%s: %d regions, want %d", address, got, want)
		}
	}
	b.get(b.at.Serverless+"/v1beta1/regions", token).says(t, `"displayName":"Frankfurt (eu-central-1)"`, `"servicePlans":["Starter","Essential","Premium"]`)
}

func TestPaging(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	var seen []string
	query := url.Values{"pageSize": {"4"}}
	for range 10 {
		a := b.clusters(query.Encode(), token)
		seen = append(seen, a.texts("clusters", "clusterId")...)
		if a.text("nextPageToken") == "" {
			break
		}
		query.Set("pageToken", a.text("nextPageToken"))
	}
	whole := b.clusters("pageSize=1000", token) // cut to 100
	if want := whole.texts("clusters", "clusterId"); !slices.Equal(seen, want) || len(want) != 12 {
		t.Errorf("page by page %v, at once %v", seen, want)
	}
	if n := len(b.clusters("", token).list("clusters")); n != 10 {
		t.Errorf("a page without a size has %d rows, want 10", n)
	}
	for query, rows := range map[string]int{"skip=9": 3, "skip=500": 0, "pageSize=0": 10} {
		if a := b.clusters(query, token); a.status != 200 || len(a.list("clusters")) != rows {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	b.clusters("skip=500", token).says(t, `"clusters":[]`, `"nextPageToken":""`, `"totalSize":12`)
}

func TestPageTokensBelongToTheirRequest(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	next := url.QueryEscape(b.clusters("pageSize=4&filter=state%3DACTIVE", token).text("nextPageToken"))
	for query, want := range map[string]int{
		"pageSize=4&filter=state%3DACTIVE&pageToken=" + next:        200,
		"pageSize=5&filter=state%3DACTIVE&pageToken=" + next:        400,
		"pageSize=4&pageToken=" + next:                              400,
		"pageSize=4&filter=state%3DACTIVE&skip=1&pageToken=" + next: 400,
		"pageSize=4&filter=state%3DACTIVE&pageToken=4":              400,
		"pageSize=4&pageToken=00000000-0000-0000-0000-000000000000": 400,
		"pageSize=-1": 400, "pageSize=many": 400, "skip=-1": 400, "pageSize=99999999999": 400,
	} {
		b.clusters(query, token).gives(t, want)
	}
	b.clusters("pageSize=4&filter=state%3DACTIVE&pageToken="+next, b.token(bob, acme, "all")).gives(t, 400)
}

func TestProjectsArePagedWithoutATotal(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	first := b.get(b.at.IAM+"/v1beta1/projects?pageSize=5", token)
	second := b.get(b.at.IAM+"/v1beta1/projects?pageSize=5&pageToken="+first.text("nextPageToken"), token)
	if len(first.list("projects")) != 5 || len(second.list("projects")) != 2 || second.text("nextPageToken") != "" {
		t.Errorf("%s\n%s", first.body, second.body)
	}
	if _, has := first.json["totalSize"]; has {
		t.Error("there is a total")
	}
	p := b.get(b.at.IAM+"/v1beta1/projects?pageSize=0", token).list("projects")[0]
	if p["name"] != "payments" || p["org_id"] != acme || p["type"] != "tidbx" || p["cluster_count"] != 3.0 || p["aws_cmek_enabled"] != false {
		t.Errorf("the project is %v", p)
	}
	if _, err := strconv.ParseInt(p["create_timestamp"].(string), 10, 64); err != nil {
		t.Errorf("create_timestamp is %v", p["create_timestamp"])
	}
}

func TestErrorEnvelopes(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	for _, host := range []string{b.at.Serverless, b.at.Dedicated} {
		a := b.get(host+"/v1beta1/nothing", token)
		if a.status != 404 || a.json["code"] != 5.0 || a.text("message") == "" || a.json["details"] == nil {
			t.Errorf("%s: %d %s", host, a.status, a.body)
		}
	}
	a := b.get(b.at.IAM+"/v1beta1/nothing", token)
	if a.status != 404 || a.text("code") != "5" || a.json["status"] != 404.0 || a.json["error"] == nil || a.text("msgPrefix") == "" {
		t.Errorf("IAM: %d %s", a.status, a.body)
	}
}

func TestTheAPIOnlyReads(t *testing.T) {
	b := open(t)
	token := b.token(alice, acme, "all")
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for _, address := range []string{b.at.IAM + "/v1beta1/projects", b.at.Serverless + "/v1beta1/clusters/9001", b.at.Dedicated + "/v1beta1/clusters"} {
			a := b.send(b.request(method, address, strings.NewReader("{}"), "Authorization", "Bearer "+token))
			if a.status != 405 || a.json["code"] == nil || a.header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d %s", method, address, a.status, a.body)
			}
		}
	}
	if b.clusters("", token).json["totalSize"] != 12.0 {
		t.Error("something has changed")
	}
	b.send(b.request(http.MethodPost, b.at.UserinfoEndpoint, nil)).gives(t, 405)
	b.get(b.at.Issuer+"/v2/token", "").gives(t, 404)
}

func TestTokensAreChecked(t *testing.T) {
	b := open(t)
	a := b.get(b.at.Serverless+"/v1beta1/clusters", "")
	if a.status != 401 || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Digest ") || a.json["code"] != 49900001.0 {
		t.Errorf("without credentials: %d %s %v", a.status, a.body, a.header)
	}
	token := b.token(alice, acme, "all")
	b.clusters("", token+"x").gives(t, 401)
	b.clock.pass(time.Hour)
	a = b.get(b.at.IAM+"/v1beta1/org", token)
	if a.status != 401 || a.text("code") != "49900001" || !strings.Contains(a.header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("an expired token: %d %s %v", a.status, a.body, a.header)
	}
}

func TestRateLimit(t *testing.T) {
	b := open(t, func(o *sandbox.Options) { o.RateLimit = 3 })
	token, other := b.token(alice, acme, "all"), b.token(bob, acme, "all")
	for left := 2; left >= 0; left-- {
		a := b.clusters("", token)
		a.gives(t, 200)
		if a.header.Get("X-Ratelimit-Limit-Minute") != "3" || a.header.Get("X-Ratelimit-Remaining-Minute") != strconv.Itoa(left) {
			t.Errorf("with %d left the header is %v", left, a.header)
		}
	}
	b.clock.pass(20 * time.Second)
	a := b.get(b.at.IAM+"/v1beta1/projects", token) // one limit for all hosts
	if a.status != 429 || a.text("code") != "49900007" || a.header.Get("X-Ratelimit-Reset") != "40" {
		t.Errorf("over the limit: %d %s %v", a.status, a.body, a.header)
	}
	b.clusters("", other).gives(t, 200)
	b.clock.pass(40 * time.Second)
	b.clusters("", token).gives(t, 200)
}

func TestNoRateLimit(t *testing.T) {
	b := open(t, func(o *sandbox.Options) { o.RateLimit = -1 })
	token := b.token(alice, acme, "all")
	for range 150 {
		b.get(b.at.IAM+"/v1beta1/org", token).gives(t, 200)
	}
}

func TestEveryAPIAnswerHasATraceID(t *testing.T) {
	b := open(t)
	seen := make(map[string]bool)
	for _, address := range []string{b.at.IAM + "/v1beta1/org", b.at.Serverless + "/nothing", b.at.Dedicated + "/v1beta1/clusters"} {
		id := b.get(address, "").header.Get("X-Debug-Trace-Id")
		if len(id) != 32 || seen[id] {
			t.Errorf("%s has the trace id %q", address, id)
		}
		seen[id] = true
	}
}
