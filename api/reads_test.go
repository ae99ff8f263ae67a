package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"canopy/api"
)

const serverlessPage = `{"clusters":[
 {"name":"clusters/10581234567890123456","clusterId":"10581234567890123456","displayName":"orders-prod",
  "region":{"name":"regions/aws-ap-northeast-1","regionId":"aws-ap-northeast-1","cloudProvider":"aws","displayName":"Tokyo (ap-northeast-1)","provider":"aws"},
  "spendingLimit":{"monthly":1050},"version":"v8.5.3","createdBy":"alice@acme.example","userPrefix":"3kXyZ9","state":"ACTIVE",
  "labels":{"tidb.cloud/organization":"1001","tidb.cloud/project":"101","env":"prod"},
  "annotations":{"tidb.cloud/has-set-password":"true"},
  "createTime":"2025-03-14T09:00:00Z","updateTime":"2026-01-02T03:04:05.678Z",
  "automatedBackupPolicy":{"startTime":"02:00","retentionDays":14},
  "endpoints":{"public":{"host":"gateway01.ap-northeast-1.prod.aws.tidbcloud.com","port":4000,"disabled":false,
    "authorizedNetworks":[{"startIpAddress":"0.0.0.0","endIpAddress":"255.255.255.255","displayName":"all"},{"startIpAddress":"10.0.0.0","endIpAddress":"10.0.0.9"}]},
   "private":{"host":"gateway01-privatelink.ap-northeast-1.prod.aws.tidbcloud.com","port":4000,"aws":{"serviceName":"com.amazonaws.vpce","availabilityZone":["apne1-az1"]}}},
  "autoScaling":{"minRcu":"2000","maxRcu":"8000"},"servicePlan":"Essential","clusterPlan":null,"highAvailabilityType":"ZONAL","rootPassword":""}
 ],"nextPageToken":"5a0c","totalSize":"2501"}`

const dedicatedPage = `{"clusters":[
 {"name":"clusters/9005","clusterId":"9005","displayName":"bi-warehouse","regionId":"gcp-us-central1","regionDisplayName":"Iowa (us-central1)","cloudProvider":"gcp",
  "labels":{"tidb.cloud/organization":"1001","tidb.cloud/project":"102"},"annotations":{},"port":4000,"state":"PAUSED","version":"v7.5.6",
  "createdBy":"carol@acme.example","createTime":"2024-07-01T00:00:00Z","updateTime":"2024-07-02T00:00:00Z",
  "tidbNodeSetting":{"nodeSpecKey":"8C32G","nodeSpecDisplayName":"8 vCPU, 32 GiB","tidbNodeGroups":[
    {"tidbNodeGroupId":"2","displayName":"batch","nodeCount":1,"isDefaultGroup":false,"endpoints":[{"host":"batch.9005.example","port":4001,"connectionType":"PUBLIC"}]},
    {"tidbNodeGroupId":"1","displayName":"DefaultGroup","nodeCount":2,"isDefaultGroup":true,"tiproxySetting":{"nodeSpecKey":"2C4G","nodeCount":2},
     "endpoints":[{"host":"private-tidb.9005.example","port":4000,"connectionType":"VPC_PEERING"},{"host":"tidb.9005.example","connectionType":"PUBLIC"}]}]},
  "tikvNodeSetting":{"nodeCount":3,"nodeSpecKey":"8C64G","nodeSpecDisplayName":"8 vCPU, 64 GiB","storageSizeGi":500,"storageType":"Standard"},
  "tiflashNodeSetting":{"nodeCount":0}}
 ],"totalSize":1}`

func TestServerlessClusterIsReadInFull(t *testing.T) {
	page, err := newBench(t, newHost(t, ok(serverlessPage))).ServerlessClusters(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if page.Next != "5a0c" || page.Total != 2501 || page.Skipped != 0 || len(page.Items) != 1 {
		t.Fatalf("got next %q, total %d, %d skipped, %d items", page.Next, page.Total, page.Skipped, len(page.Items))
	}
	got := page.Items[0]
	var raw map[string]any
	if err := json.Unmarshal(got.Raw, &raw); err != nil || raw["displayName"] != "orders-prod" {
		t.Errorf("Raw is not the cluster's own JSON: %v, %.80s", err, got.Raw)
	}
	got.Raw = nil
	limit := 1050
	want := api.Cluster{
		ID: "10581234567890123456", Name: "orders-prod", ProjectID: "101", OrganizationID: "1001",
		Plan: api.PlanEssential, State: api.StateActive,
		Region:  api.Region{ID: "aws-ap-northeast-1", Provider: "aws", City: "Tokyo", Code: "ap-northeast-1", Display: "Tokyo (ap-northeast-1)"},
		Version: "v8.5.3", CreatedBy: "alice@acme.example", UserPrefix: "3kXyZ9",
		Created: time.Date(2025, 3, 14, 9, 0, 0, 0, time.UTC), Updated: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		SpendingLimit: &limit, MinRCU: 2000, MaxRCU: 8000,
		Backup:       api.BackupPolicy{Start: "02:00", RetentionDays: 14},
		Public:       api.Endpoint{Host: "gateway01.ap-northeast-1.prod.aws.tidbcloud.com", Port: 4000, Allowed: 2},
		Private:      &api.Endpoint{Host: "gateway01-privatelink.ap-northeast-1.prod.aws.tidbcloud.com", Port: 4000},
		Availability: "ZONAL", Labels: map[string]string{"env": "prod"},
		Annotations: map[string]string{"tidb.cloud/has-set-password": "true"}, Host: api.HostServerless,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

func TestDedicatedClusterIsReadInFull(t *testing.T) {
	page, err := newBench(t, newHost(t, ok(dedicatedPage))).DedicatedClusters(t.Context(), "102", "")
	if err != nil {
		t.Fatal(err)
	}
	got := page.Items[0]
	got.Raw = nil
	want := api.Cluster{
		ID: "9005", Name: "bi-warehouse", ProjectID: "102", OrganizationID: "1001", Plan: api.PlanDedicated, State: api.StatePaused,
		Region:  api.Region{ID: "gcp-us-central1", Provider: "gcp", City: "Iowa", Code: "us-central1", Display: "Iowa (us-central1)"},
		Version: "v7.5.6", CreatedBy: "carol@acme.example",
		Created: time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), Updated: time.Date(2024, 7, 2, 0, 0, 0, 0, time.UTC),
		Public:  api.Endpoint{Host: "tidb.9005.example", Port: 4000},
		Private: &api.Endpoint{Host: "private-tidb.9005.example", Port: 4000},
		Nodes: []api.NodeGroup{
			{Component: "TiDB", Count: 1, Spec: "8 vCPU, 32 GiB"}, {Component: "TiDB", Count: 2, Spec: "8 vCPU, 32 GiB"},
			{Component: "TiProxy", Count: 2, Spec: "2C4G"}, {Component: "TiKV", Count: 3, Spec: "8 vCPU, 64 GiB", StorageGi: 500},
		},
		Host: api.HostDedicated,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

func TestDedicatedEndpointsComeFromTheNodeGroups(t *testing.T) {
	for _, c := range []struct {
		name, endpoints string
		public          api.Endpoint
		private         string
	}{
		{"none while it is created", `[]`, api.Endpoint{Port: 4000}, ""},
		{"only private ones: the public one counts as disabled", `[{"host":"p","port":1,"connectionType":"PRIVATE_ENDPOINT"}]`,
			api.Endpoint{Port: 4000, Disabled: true}, "p"},
		{"without a connection type: the public one", `[{"host":"h"}]`, api.Endpoint{Host: "h", Port: 4000}, ""},
		{"of an unknown type: not guessed at", `[{"host":"h","connectionType":"CARRIER_PIGEON"}]`, api.Endpoint{Port: 4000, Disabled: true}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := `{"clusters":[{"clusterId":"1","port":4000,"tidbNodeSetting":{"tidbNodeGroups":[{"nodeCount":1,"nodeSpecKey":"8C","endpoints":` + c.endpoints + `}]}}]}`
			page, err := newBench(t, newHost(t, ok(body))).DedicatedClusters(t.Context(), "102", "")
			if err != nil {
				t.Fatal(err)
			}
			got := page.Items[0]
			if got.Public != c.public {
				t.Errorf("public endpoint %+v, want %+v", got.Public, c.public)
			}
			if private := got.Private; (private == nil) != (c.private == "") || private != nil && private.Host != c.private {
				t.Errorf("private endpoint %+v, want host %q", private, c.private)
			}
			if got.ProjectID != "102" {
				t.Errorf("a cluster without a project label belongs to project %q, want the one asked for", got.ProjectID)
			}
		})
	}
}

func TestProjectsBranchesBackupsAndOrganization(t *testing.T) {
	h := newHost(t,
		ok(`{"orgname":"Acme Robotics"}`),
		ok(`{"projects":[{"id":"101","org_id":"1001","name":"payments","type":"tidbx","cluster_count":4,"user_count":2,"create_timestamp":"1688460316","aws_cmek_enabled":false}],"nextPageToken":"t1"}`),
		ok(`{"branches":[{"name":"clusters/9002/branches/bran-1","branchId":"bran-1","displayName":"feature-tax","clusterId":"9002","parentId":"9002","state":"CREATING","createdBy":"bob@acme.example","userPrefix":"p1","endpoints":{"public":{"host":"h","port":4000}},"createTime":"2026-11-21T00:00:00Z","updateTime":"2026-11-21T00:00:01Z"}],"totalSize":1}`),
		ok(`{"backups":[{"name":"backups/77","clusterId":"9002","createTime":"2026-11-21T00:00:00Z"}],"totalSize":1}`),
	)
	b := newBench(t, h)
	organization, err := b.Organization(t.Context())
	if want := (api.Organization{Name: "Acme Robotics"}); err != nil || organization != want {
		t.Errorf("organization %+v, %v", organization, err)
	}
	projects, err := b.Projects(t.Context(), "")
	if err != nil || projects.Next != "t1" || projects.Total != -1 {
		t.Fatalf("projects %+v, %v", projects, err)
	}
	project := projects.Items[0]
	project.Raw = nil
	wantProject := api.Project{ID: "101", OrganizationID: "1001", Name: "payments", Type: api.ProjectTiDBX,
		ClusterCount: 4, UserCount: 2, Created: time.Unix(1688460316, 0).UTC()}
	if !reflect.DeepEqual(project, wantProject) {
		t.Errorf("project %+v, want %+v", project, wantProject)
	}
	branches, err := b.Branches(t.Context(), "9002", "")
	if err != nil {
		t.Fatal(err)
	}
	branch := branches.Items[0]
	branch.Raw = nil
	wantBranch := api.Branch{ID: "bran-1", Name: "feature-tax", ClusterID: "9002", ParentID: "9002", State: api.StateCreating,
		CreatedBy: "bob@acme.example", UserPrefix: "p1", Public: api.Endpoint{Host: "h", Port: 4000},
		Created: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 21, 0, 0, 1, 0, time.UTC)}
	if !reflect.DeepEqual(branch, wantBranch) {
		t.Errorf("branch %+v, want %+v", branch, wantBranch)
	}
	backups, err := b.Backups(t.Context(), "9002", "")
	if err != nil || len(backups.Items) != 1 || backups.Items[0] != (api.Backup{ID: "77", ClusterID: "9002", Created: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}) {
		t.Errorf("backups %+v, %v", backups, err)
	}
}

func TestRequestsAskWhatTheFactsSay(t *testing.T) {
	h := newHost(t, ok(`{}`))
	b := newBench(t, h)
	ctx := t.Context()
	var failures [7]error
	_, failures[0] = b.Organization(ctx)
	_, failures[1] = b.Projects(ctx, "tok&en")
	_, failures[2] = b.ServerlessClusters(ctx, "")
	_, failures[3] = b.DedicatedClusters(ctx, "102", "")
	_, failures[4] = b.DedicatedClusters(ctx, "", "")
	_, failures[5] = b.Branches(ctx, "a/b c", "t")
	_, failures[6] = b.Backups(ctx, "9002", "")
	if err := errors.Join(failures[:]...); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET /v1beta1/org",
		"GET /v1beta1/projects?pageSize=100&pageToken=tok%26en",
		"GET /v1beta1/clusters?pageSize=100",
		"GET /v1beta1/clusters?pageSize=100&projectId=102",
		"GET /v1beta1/clusters?pageSize=100",
		"GET /v1beta1/clusters/a%2Fb%20c/branches?pageSize=100&pageToken=t",
		"GET /v1beta1/backups?clusterId=9002&pageSize=100",
	}
	for i, r := range h.requests() {
		if got := r.Method + " " + r.RequestURI; got != want[i] {
			t.Errorf("request %d: got %s, want %s", i, got, want[i])
		}
		if got := r.Header.Get("Accept"); got != "application/json" {
			t.Errorf("request %d accepts %q", i, got)
		}
	}
}

func TestAnIDThatWouldLeaveThePathIsNotAsked(t *testing.T) {
	h := newHost(t, ok(`{}`))
	for _, id := range []string{"", ".", ".."} {
		if _, err := newBench(t, h).Branches(t.Context(), id, ""); err == nil {
			t.Errorf("branches of %q: no error", id)
		}
	}
	if n := len(h.requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestAnswersAreReadLeniently lists what real services have been seen to do,
// or may do without notice.
func TestAnswersAreReadLeniently(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       string
	}{
		{"no list at all", `{}`, ``},
		{"a null list", `{"clusters":null,"nextPageToken":null,"totalSize":null}`, ``},
		{"an empty list with a token", `{"clusters":[],"nextPageToken":"x","totalSize":3}`, `next=x total=3`},
		{"snake case around the list", `{"clusters":[{"clusterId":"1"}],"next_page_token":"x","total_size":"3"}`, `1/1/// next=x total=3`},
		{"a byte order mark and space", "\xef\xbb\xbf \n{\"clusters\" : [ { \"clusterId\" : \"1\" } , {\"clusterId\":\"2\"} ] } \n", `1/1/// 2/2///`},
		{"ids that are numbers", `{"clusters":[{"clusterId":10581234567890123456,"labels":{"tidb.cloud/project":101}}]}`, `10581234567890123456/10581234567890123456/101//`},
		{"an id only in the resource name", `{"clusters":[{"name":"clusters/7","displayName":"x"}]}`, `7/x///`},
		{"items that are nothing", `{"clusters":[null,"x",{},{"displayName":"nameless"},{"clusterId":"1"}]}`, `1/1/// skipped=4`},
		{"null in every field", `{"clusters":[{"clusterId":"1","displayName":null,"region":null,"state":null,"labels":null,"endpoints":null,"spendingLimit":null,"autoScaling":null,"automatedBackupPolicy":null,"createTime":null,"servicePlan":null,"clusterPlan":null,"annotations":null}]}`, `1/1///`},
		{"wrong types in every field", `{"clusters":[{"clusterId":"1","displayName":[],"region":"x","state":{},"labels":"x","endpoints":[1],"spendingLimit":7,"autoScaling":true,"automatedBackupPolicy":"x","createTime":{},"servicePlan":[],"annotations":3}]}`, `1/1///`},
		{"an unknown state and plan", `{"clusters":[{"clusterId":"1","state":"Dreaming","servicePlan":"Galactic"}]}`, `1/1//Dreaming/Galactic`},
		{"known ones in another case", `{"clusters":[{"clusterId":"1","state":"active","servicePlan":"PREMIUM"}]}`, `1/1//ACTIVE/Premium`},
		{"only the legacy plan", `{"clusters":[{"clusterId":"1","clusterPlan":"STARTER"}]}`, `1/1///Starter`},
		{"escapes and broken UTF-8", "{\"clusters\":[{\"clusterId\":\"1\",\"displayName\":\"a\\u00e9\\\"\\\\ \xff\"}]}", "1/a\u00e9\"\\ \ufffd///"},
		{"brackets inside strings", `{"clusters":[{"displayName":"]}\"{[","clusterId":"1"}]}`, `1/]}"{[///`},
		{"an escaped member name", `{"cl\u0075sters":[{"clusterId":"1"}]}`, `1/1///`},
	} {
		t.Run(c.name, func(t *testing.T) {
			page, err := newBench(t, newHost(t, ok(c.body))).ServerlessClusters(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range page.Items {
				got = append(got, strings.Join([]string{c.ID, c.Name, c.ProjectID, string(c.State), string(c.Plan)}, "/"))
			}
			if page.Skipped > 0 {
				got = append(got, fmt.Sprintf("skipped=%d", page.Skipped))
			}
			if page.Next != "" || page.Total >= 0 {
				got = append(got, fmt.Sprintf("next=%s total=%d", page.Next, page.Total))
			}
			if joined := strings.Join(got, " "); joined != c.want {
				t.Errorf("got %q, want %q", joined, c.want)
			}
		})
	}
}

func TestNumbersAndTimesComeInManyForms(t *testing.T) {
	for _, c := range []struct {
		name, count, created string
		wantCount            int
		wantCreated          int64
	}{
		{"numbers", `4`, `1688460316`, 4, 1688460316},
		{"strings", `"4"`, `"1688460316"`, 4, 1688460316},
		{"a float and RFC 3339", `4.0`, `"2023-07-04T08:45:16Z"`, 4, 1688460316},
		{"another time zone", `4`, `"2023-07-04T17:45:16+09:00"`, 4, 1688460316},
		{"not a number", `"many"`, `"yesterday"`, 0, 0},
		{"beyond any meaning", `1e300`, `99999999999999999`, 0, 0},
		{"zero", `0`, `"0"`, 0, 0},
		{"null", `null`, `null`, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"projects":[{"id":1,"cluster_count":%s,"create_timestamp":%s,"type":"TIDBX_VIRTUAL"}]}`, c.count, c.created)
			page, err := newBench(t, newHost(t, ok(body))).Projects(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			p := page.Items[0]
			var created int64
			if !p.Created.IsZero() {
				created = p.Created.Unix()
			}
			if p.ID != "1" || p.ClusterCount != c.wantCount || created != c.wantCreated || p.Type != api.ProjectVirtual {
				t.Errorf("got %+v, want count %d, created %d", p, c.wantCount, c.wantCreated)
			}
		})
	}
}

func TestRegionsComeInManyForms(t *testing.T) {
	tokyo := api.Region{ID: "aws-ap-northeast-1", Provider: "aws", City: "Tokyo", Code: "ap-northeast-1", Display: "Tokyo (ap-northeast-1)"}
	for _, c := range []struct {
		name, region string
		want         api.Region
	}{
		{"as described", `{"name":"regions/aws-ap-northeast-1","regionId":"aws-ap-northeast-1","cloudProvider":"aws","displayName":"Tokyo (ap-northeast-1)"}`, tokyo},
		{"a bare id with the old upper-case provider", `{"regionId":"ap-northeast-1","provider":"AWS","displayName":"Tokyo (ap-northeast-1)"}`, tokyo},
		{"only the name", `{"name":"regions/aws-ap-northeast-1","displayName":"Tokyo (ap-northeast-1)"}`, tokyo},
		{"a bare id and nothing else", `{"regionId":"us-east-1"}`, api.Region{ID: "us-east-1", Code: "us-east-1"}},
		{"only a display name", `{"displayName":"Oregon (us-west-2)"}`, api.Region{City: "Oregon", Code: "us-west-2", Display: "Oregon (us-west-2)"}},
		{"a display name that is the code", `{"regionId":"aws-us-east-1","displayName":"us-east-1"}`,
			api.Region{ID: "aws-us-east-1", Provider: "aws", Code: "us-east-1", Display: "us-east-1"}},
		{"a provider yet unknown", `{"regionId":"moon-base-1","cloudProvider":"moon","displayName":"Tycho (base-1)"}`,
			api.Region{ID: "moon-base-1", Provider: "moon", City: "Tycho", Code: "base-1", Display: "Tycho (base-1)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			page, err := newBench(t, newHost(t, ok(`{"clusters":[{"clusterId":"1","region":`+c.region+`}]}`))).ServerlessClusters(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			if got := page.Items[0].Region; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	for region, want := range map[api.Region]string{tokyo: "Tokyo", {ID: "a-b", Code: "b"}: "b", {ID: "a"}: "a"} {
		if got := region.String(); got != want {
			t.Errorf("%+v is called %q, want %q", region, got, want)
		}
	}
}

func TestMoneyAndBackupsThatAreNotToldStayUnknown(t *testing.T) {
	for _, c := range []struct {
		name, limit string
		want        int // -1 for nil
	}{
		{"an empty object", `{}`, -1}, {"null", `null`, -1}, {"zero", `{"monthly":0}`, 0}, {"a string", `{"monthly":"500"}`, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			page, err := newBench(t, newHost(t, ok(`{"clusters":[{"clusterId":"1","spendingLimit":`+c.limit+`,"automatedBackupPolicy":{"startTime":"2026-01-01T05:30:00+03:00"},"endpoints":{"public":{"disabled":"true"},"private":{}}}]}`))).ServerlessClusters(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			cluster := page.Items[0]
			got := -1
			if cluster.SpendingLimit != nil {
				got = *cluster.SpendingLimit
			}
			if got != c.want {
				t.Errorf("spending limit %d, want %d", got, c.want)
			}
			if cluster.Backup.Start != "02:30" || !cluster.Public.Disabled || cluster.Private != nil {
				t.Errorf("backup %+v, public %+v, private %+v", cluster.Backup, cluster.Public, cluster.Private)
			}
		})
	}
}

func TestStatesHaveGroupsAndWords(t *testing.T) {
	groups := map[api.StateGroup]string{
		api.GroupRunning:  "ACTIVE AVAILABLE",
		api.GroupChanging: "CREATING MODIFYING RESTORING UPGRADING IMPORTING RESUMING PAUSING MAINTENANCE DELETING MAINTAINING",
		api.GroupResting:  "PAUSED INACTIVE DELETED",
		api.GroupTrouble:  "UNAVAILABLE FAILED ERROR",
		api.GroupUnknown:  "DREAMING active",
	}
	for want, states := range groups {
		for state := range strings.FieldsSeq(states) {
			if got := api.State(state).Group(); got != want {
				t.Errorf("%s is %s, want %s", state, got, want)
			}
		}
	}
	for state, want := range map[api.State]string{"ACTIVE": "Active", "MODIFYING": "Modifying", "PAUSED": "Paused", "DREAMING": "DREAMING", "": ""} {
		if got := state.Words(); got != want {
			t.Errorf("%q in words is %q, want %q", state, got, want)
		}
	}
}

func TestOrganizationIDIsTakenWhereItIsTold(t *testing.T) {
	for _, body := range []string{`{"orgname":"Acme","orgId":1001}`, `{"org_id":"1001","orgName":"Acme"}`, `{"id":"1001","name":"Acme"}`} {
		got, err := newBench(t, newHost(t, ok(body))).Organization(t.Context())
		if err != nil || got != (api.Organization{ID: "1001", Name: "Acme"}) {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
}

func TestAddressesOfHosts(t *testing.T) {
	for _, c := range []struct{ name, address, want string }{
		{"https", "https://iam.tidbapi.com", ""},
		{"with the version and a slash", "https://iam.tidbapi.com/v1beta1/", ""},
		{"http on the loopback", "http://127.0.0.1:8080", ""},
		{"http on the loopback of IPv6", "http://[::1]:8080", ""},
		{"http elsewhere", "http://iam.tidbapi.com", "must begin with https://"},
		{"no scheme", "iam.tidbapi.com", "must be a scheme, a host"},
		{"a query", "https://iam.tidbapi.com?x=1", "must be a scheme, a host"},
		{"no URL", "https://%zz", "is not a URL"},
		{"none", "", "no address of an API host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := api.New(api.Config{Hosts: api.Hosts{IAM: c.address}})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestVersionInTheAddressIsNotDoubled(t *testing.T) {
	h := newHost(t, ok(`{"orgname":"Acme"}`))
	b := newBench(t, h, func(c *api.Config) { c.Hosts.IAM = h.URL + "/proxy/v1beta1/" })
	if _, err := b.Organization(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.requests()[0].URL.Path; got != "/proxy/v1beta1/org" {
		t.Errorf("asked for %s", got)
	}
}
