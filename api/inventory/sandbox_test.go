package inventory_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/api/sandbox"
	"canopy/assets"
)

// organizations is the file that the sandbox is filled from.
type organizations struct {
	Regions  map[string]struct{ Provider, Code, City string }
	Orgs     []struct{ ID, Name string }
	Projects []struct{ ID, Name, Org, Type string }
	Clusters []struct {
		ID, Name, Project, Plan, State, Region, Version string
		CreateTime                                      time.Time `json:"create_time"`
		CreatedBy                                       string    `json:"created_by"`
		SpendingLimitUSD                                *int      `json:"spending_limit_usd"`
		NodeCount                                       *int      `json:"node_count"`
		Labels                                          map[string]string
	}
	Branches []struct{ ID, Name, Cluster, State string }
}

func readOrganizations(t *testing.T) organizations {
	t.Helper()
	var o organizations
	if err := json.Unmarshal(assets.Organizations(), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func startSandbox(t *testing.T, o sandbox.Options) *sandbox.Server {
	t.Helper()
	if o.RateLimit == 0 {
		o.RateLimit = -1
	}
	server, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// tokenFor goes through the consent page and the exchange with nothing but
// HTTP, as RFC 6749 §4.1 and RFC 7636 §4 have it.
func tokenFor(t *testing.T, e sandbox.Endpoints, user, org string, projects ...string) string {
	t.Helper()
	const verifier = "a-verifier-of-the-test-that-is-longer-than-43-characters"
	const redirect = "http://127.0.0.1:49152"
	challenge := sha256.Sum256([]byte(verifier))
	page := e.AuthorizationEndpoint + "?" + url.Values{
		"response_type": {"code"}, "client_id": {e.ClientID}, "redirect_uri": {redirect + e.RedirectPath}, "state": {"xyz"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode()
	browser := &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := browser.PostForm(page, url.Values{"user": {user}, "org": {org}, "project": projects, "decision": {"allow"}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	callback, err := answer.Location()
	if err != nil {
		t.Fatalf("the consent page answered %s without a redirect", answer.Status)
	}
	answer, err = browser.PostForm(e.TokenEndpoint, url.Values{
		"grant_type": {"authorization_code"}, "code": {callback.Query().Get("code")}, "code_verifier": {verifier},
		"client_id": {e.ClientID}, "redirect_uri": {redirect + e.RedirectPath},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&token); err != nil || token.AccessToken == "" {
		t.Fatalf("no token: %s, %v", answer.Status, err)
	}
	return token.AccessToken
}

// authorized is a transport with an access token.
type authorized string

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(a))
	return http.DefaultTransport.RoundTrip(r)
}

func inventoryOf(t *testing.T, e sandbox.Endpoints, token string) *inventory.Inventory {
	t.Helper()
	client, err := api.New(api.Config{
		Hosts: api.Hosts{IAM: e.IAM, Serverless: e.Serverless, Dedicated: e.Dedicated},
		HTTP:  &http.Client{Transport: authorized(token)},
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return inventory.New(client, now)
}

// TestSandboxIsReadAsItWasWritten compares, field by field, what is read over
// HTTP with the file behind it. The sandbox and the client were written apart
// from each other, so that each is the other's proof.
func TestSandboxIsReadAsItWasWritten(t *testing.T) {
	file := readOrganizations(t)
	e := startSandbox(t, sandbox.Options{}).Endpoints()
	for org, user := range map[string]string{"1001": "alice@acme.example", "2002": "gina@globex.example"} {
		t.Run(user, func(t *testing.T) {
			v := inventoryOf(t, e, tokenFor(t, e, user, org, "all"))
			s := load(t, v)
			compareOrganization(t, file, org, s)
			clusters := 0
			for _, p := range file.Projects {
				if p.Org == org {
					clusters += compareProject(t, file, p.ID, s)
				}
			}
			if n, exact := s.Count(); n != clusters || !exact || !s.Complete() {
				t.Errorf("%d clusters, exact %v, complete %v; the file has %d", n, exact, s.Complete(), clusters)
			}
			compareBranches(t, file, v)
		})
	}
}

func compareOrganization(t *testing.T, file organizations, org string, s *inventory.Snapshot) {
	for _, o := range file.Orgs {
		if got := s.Organization(); o.ID == org && got != (api.Organization{ID: o.ID, Name: o.Name}) {
			t.Errorf("organization %+v, want %+v", got, o)
		}
	}
	want := make([]string, 0, len(file.Projects))
	got := make([]string, 0, len(file.Projects))
	for _, p := range s.Projects() {
		got = append(got, strings.Join([]string{p.ID, p.Name, p.OrganizationID, string(p.Type)}, "|"))
	}
	for _, p := range file.Projects {
		if p.Org == org {
			want = append(want, strings.Join([]string{p.ID, p.Name, p.Org, p.Type}, "|"))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("projects\n%q, want\n%q", got, want)
	}
}

// compareProject compares the clusters of a project and returns how many the
// file has.
func compareProject(t *testing.T, file organizations, project string, s *inventory.Snapshot) int {
	count := 0
	for _, want := range file.Clusters {
		if want.Project != project {
			continue
		}
		count++
		got, ok := s.Cluster(want.ID)
		if !ok {
			t.Errorf("cluster %s is missing", want.ID)
			continue
		}
		region := file.Regions[want.Region]
		limit, nodes := -1, 0
		if got.SpendingLimit != nil {
			limit = *got.SpendingLimit
		}
		for _, g := range got.Nodes {
			nodes += g.Count
		}
		wantLimit, wantNodes := -1, 0
		if want.SpendingLimitUSD != nil {
			wantLimit = 100 * *want.SpendingLimitUSD
		}
		if want.NodeCount != nil {
			wantNodes = *want.NodeCount
		}
		gotText := fmt.Sprint(got.Name, got.ProjectID, strings.ToUpper(string(got.Plan)), got.State, got.Region.ID, got.Region.Provider,
			got.Region.Code, got.Region.City, got.Version, got.Created, got.CreatedBy, limit, nodes)
		wantText := fmt.Sprint(want.Name, want.Project, want.Plan, want.State, want.Region, region.Provider,
			region.Code, region.City, want.Version, want.CreateTime.UTC(), want.CreatedBy, wantLimit, wantNodes)
		if gotText != wantText {
			t.Errorf("cluster %s\n%s, want\n%s", want.ID, gotText, wantText)
		}
		if !maps.Equal(got.Labels, want.Labels) {
			t.Errorf("cluster %s: labels %v, want %v", want.ID, got.Labels, want.Labels)
		}
		if got.Public.Host == "" || got.Public.Port != 4000 || got.OrganizationID == "" || !json.Valid(got.Raw) {
			t.Errorf("cluster %s: public endpoint %+v of organization %q, raw %.60s", want.ID, got.Public, got.OrganizationID, got.Raw)
		}
	}
	if got := len(s.Clusters(project)); got != count {
		t.Errorf("project %s lists %d clusters, the file %d", project, got, count)
	}
	return count
}

func compareBranches(t *testing.T, file organizations, v *inventory.Inventory) {
	for _, c := range file.Clusters {
		if _, ok := v.Snapshot().Cluster(c.ID); !ok {
			continue
		}
		if err := v.LoadBranches(t.Context(), c.ID, nil); err != nil {
			t.Errorf("branches of %s: %v", c.ID, err)
		}
		got, want := make([]string, 0, 4), make([]string, 0, 4)
		for _, b := range v.Snapshot().Branches(c.ID) {
			got = append(got, strings.Join([]string{b.ID, b.Name, b.ClusterID, string(b.State)}, "|"))
		}
		for _, b := range file.Branches {
			if b.Cluster == c.ID {
				want = append(want, strings.Join([]string{b.ID, b.Name, b.Cluster, b.State}, "|"))
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("branches of %s: %q, want %q", c.ID, got, want)
		}
	}
}

func TestSandboxShowsTheGrantedProjectsOnly(t *testing.T) {
	e := startSandbox(t, sandbox.Options{}).Endpoints()
	s := load(t, inventoryOf(t, e, tokenFor(t, e, "alice@acme.example", "1001", "102", "103")))
	if got, want := tree(s), "analytics: bi-warehouse bi-warehouse-dr ml-features; staging: checkout-staging orders-dev paused"; got != want || !s.Complete() {
		t.Errorf("tree\n%s, want\n%s", got, want)
	}
}

// TestSandboxVoices puts what two real tokens see side by side, with a fault
// in the way of one.
func TestSandboxVoices(t *testing.T) {
	server := startSandbox(t, sandbox.Options{})
	e := server.Endpoints()
	wide := inventory.NewView(load(t, inventoryOf(t, e, tokenFor(t, e, "alice@acme.example", "1001", "all"))), inventory.Reach{})
	token := tokenFor(t, e, "alice@acme.example", "1001", "102", "103")
	if err := server.SetFaults("forbid-project=102"); err != nil {
		t.Fatal(err)
	}
	narrow := inventory.NewView(load(t, inventoryOf(t, e, token)), inventory.Reach{
		Shows: func(id string) bool { return id != "103" }, Known: wide.Whole().Projects(), Chosen: []string{"999"},
	})
	for id, want := range map[string]inventory.Voice{
		"101": inventory.NotGranted, "102": inventory.Present, "103": inventory.HiddenByYou, "999": inventory.DoesNotExist,
	} {
		if voice, err := narrow.Project(id); voice != want || err != nil {
			t.Errorf("project %s: %v, %v; want %v", id, voice, err, want)
		}
	}
	for _, c := range wide.Whole().Clusters("102") {
		if voice, err := narrow.Cluster(c.ID); voice != inventory.CouldNotBeRead || !errors.Is(err, api.ErrForbidden) {
			t.Errorf("cluster %s: %v, %v", c.Name, voice, err)
		}
	}
	compared := inventory.Compare(wide, narrow)
	var clusters int
	for _, d := range compared.Differences {
		want := map[string]inventory.Voice{"102": inventory.CouldNotBeRead, "103": inventory.HiddenByYou}[d.ProjectID]
		if want == inventory.Present {
			want = inventory.NotGranted
		}
		if !d.A || d.Voice != want {
			t.Errorf("%s %s of %s: %v, want %v", d.Kind, d.Name, d.ProjectName, d.Voice, want)
		}
		if d.Kind == inventory.MatchCluster {
			clusters++
		}
	}
	if n := wide.Counts().Clusters; clusters != n || compared.OnlyA.Clusters != n || compared.Both != (inventory.Tally{Projects: 1}) || compared.Exact {
		t.Errorf("%d of %d clusters differ: %+v, %+v", clusters, n, compared.OnlyA, compared.Both)
	}
}

func TestSandboxWithThousandsOfClusters(t *testing.T) {
	e := startSandbox(t, sandbox.Options{Clusters: 2500, Seed: 7}).Endpoints()
	s := load(t, inventoryOf(t, e, tokenFor(t, e, "ida@halden.example", "3003", "all")))
	if n, exact := s.Count(); n != 2500 || !exact || !s.Complete() {
		t.Errorf("%d clusters, exact %v, complete %v, failures %v", n, exact, s.Complete(), s.Failures())
	}
}

func TestSandboxMisbehaving(t *testing.T) {
	for _, c := range []struct {
		fault string
		kind  error
		part  inventory.PartKind
	}{
		{"status=serverless:500", api.ErrServer, inventory.PartServerless},
		{"html=serverless", api.ErrMalformed, inventory.PartServerless},
		{"empty=serverless", api.ErrMalformed, inventory.PartServerless},
		{"truncate=serverless", api.ErrMalformed, inventory.PartServerless},
		{"reset=serverless", api.ErrUnreachable, inventory.PartServerless},
		{"redirect=serverless:http://127.0.0.1:1/login", api.ErrMalformed, inventory.PartServerless},
		{"page-loop=serverless", nil, inventory.PartServerless},
		{"echo=serverless", api.ErrServer, inventory.PartServerless},
		{"rate-limited=serverless:1", api.ErrRateLimited, inventory.PartServerless},
		{"unauthorized=dedicated", api.ErrUnauthorized, inventory.PartDedicated},
		{"forbid-project=102", api.ErrForbidden, inventory.PartDedicated},
		{"status=projects:403", api.ErrForbidden, inventory.PartProjects},
	} {
		t.Run(c.fault, func(t *testing.T) {
			server := startSandbox(t, sandbox.Options{})
			e := server.Endpoints()
			token := tokenFor(t, e, "alice@acme.example", "1001", "all")
			if err := server.SetFaults(c.fault); err != nil {
				t.Fatal(err)
			}
			v := inventoryOf(t, e, token)
			s := load(t, v)
			failures := s.Failures()
			if len(failures) != 1 {
				t.Fatalf("failures %v", failures)
			}
			for part, err := range failures {
				if part.Kind != c.part || c.kind != nil && !errors.Is(err, c.kind) || strings.Contains(err.Error(), token) {
					t.Errorf("%v: %v", part, err)
				}
			}
			if n, exact := s.Count(); n == 0 || exact {
				t.Errorf("%d clusters, exact %v", n, exact)
			}
			if err := server.SetFaults(); err != nil {
				t.Fatal(err)
			}
			if s := load(t, v); !s.Complete() || len(s.Failures()) != 0 {
				t.Errorf("after the fault is gone: %v", s.Failures())
			}
		})
	}
}
