package sandbox_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"canopy/api/sandbox"
)

// effect is what one fault does, seen from outside.
type effect struct {
	fault string // as it is switched on
	check func(t *testing.T, b *box)
}

func TestEveryFaultOfTheCatalogueDoesWhatItSays(t *testing.T) {
	tested := make(map[string]bool)
	for _, list := range [][]effect{transportEffects(), hostEffects(), tokenEffects(), consentEffects(), deviceEffects(), serverEffects()} {
		for _, e := range list {
			name, _, _ := strings.Cut(e.fault, "=")
			tested[name] = true
			t.Run(e.fault, func(t *testing.T) {
				b := open(t)
				e.check(t, b)
			})
		}
	}
	for _, f := range sandbox.Faults() {
		if !tested[f.Name] {
			t.Errorf("no test shows what %s does", f.Name)
		}
		if f.Text == "" {
			t.Errorf("%s is not described", f.Name)
		}
	}
}

// breaks expects the request not to be answered in full.
func (b *box) breaks(r *http.Request) {
	b.t.Helper()
	if a, err := b.try(r); err == nil {
		b.t.Errorf("%s was answered with %d %s", r.URL.Path, a.status, a.body)
	}
}

func transportEffects() []effect {
	onClusters := func(fault string, check func(t *testing.T, a answer)) effect {
		return effect{fault, func(t *testing.T, b *box) {
			token := b.token(alice, acme, "all")
			b.faults(fault)
			check(t, b.clusters("", token))
			b.get(b.at.IAM+"/v1beta1/org", token).gives(t, 200) // other hosts are well
		}}
	}
	return []effect{
		onClusters("status=serverless:503", func(t *testing.T, a answer) {
			a.gives(t, 503)
			a.says(t, `"code":14`, `"details":[]`)
		}),
		onClusters("html=serverless.clusters", func(t *testing.T, a answer) {
			a.gives(t, 200)
			a.says(t, "<!doctype html>")
		}),
		onClusters("empty=clusters", func(t *testing.T, a answer) {
			if a.status != 200 || a.body != "" {
				t.Errorf("got %d %q", a.status, a.body)
			}
		}),
		onClusters("rate-limited=serverless:7", func(t *testing.T, a answer) {
			a.gives(t, 429)
			if a.header.Get("X-Ratelimit-Reset") != "7" || a.header.Get("X-Ratelimit-Remaining-Minute") != "0" || a.json["code"] != 49900007.0 {
				t.Errorf("got %v %s", a.header, a.body)
			}
		}),
		onClusters("redirect=clusters:http://127.0.0.1:9/away", func(t *testing.T, a answer) {
			if a.status != 307 || a.header.Get("Location") != "http://127.0.0.1:9/away" {
				t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
			}
		}),
		onClusters("unauthorized=serverless", func(t *testing.T, a answer) { a.gives(t, 401) }),
		onClusters("page-loop=clusters", func(t *testing.T, a answer) {
			if a.text("nextPageToken") == "" {
				t.Error("the last page is the last")
			}
		}),
		{"truncate=serverless", func(_ *testing.T, b *box) {
			token := b.token(alice, acme, "all")
			b.faults("truncate=serverless")
			b.breaks(b.request("GET", b.at.Serverless+"/v1beta1/clusters", nil, "Authorization", "Bearer "+token))
		}},
		{"reset=token", func(t *testing.T, b *box) {
			code := b.code(alice, acme, "all")
			b.faults("reset=token*1")
			b.breaks(b.request("POST", b.at.TokenEndpoint, nil))
			b.exchange(code).gives(t, 200) // nothing had happened
		}},
		{"drop-after=token", func(t *testing.T, b *box) {
			token := b.signIn(alice, acme, "all").text("refresh_token")
			b.faults("drop-after=token*1")
			f := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {b.at.ClientID}}.Encode()
			b.breaks(b.request("POST", b.at.TokenEndpoint, strings.NewReader(f), "Content-Type", "application/x-www-form-urlencoded"))
			b.refresh(token).refused(t, 400, "invalid_grant") // it had been rotated
		}},
		{"slow=iam:1h", func(_ *testing.T, b *box) {
			b.faults("slow=iam:1h")
			b.client.Timeout = 50 * time.Millisecond
			b.breaks(b.request("GET", b.at.IAM+"/v1beta1/org", nil))
		}},
		{"slow=iam:1ms", func(t *testing.T, b *box) {
			b.faults("slow=iam:1ms")
			b.get(b.at.IAM+"/v1beta1/org", "").gives(t, 401)
		}},
		{"echo=token", func(t *testing.T, b *box) {
			b.faults("echo=token")
			a := b.refresh("canary")
			a.gives(t, 502)
			a.says(t, "refresh_token=canary")
		}},
	}
}

func hostEffects() []effect {
	return []effect{
		{"unauthorized", func(t *testing.T, b *box) {
			token := b.token(alice, acme, "all")
			b.faults("unauthorized")
			for _, host := range []string{b.at.IAM, b.at.Serverless, b.at.Dedicated} {
				b.get(host+"/v1beta1/clusters", token).gives(t, 401)
			}
			b.get(b.at.UserinfoEndpoint, token).gives(t, 200)
		}},
		{"forbid-project=102", func(t *testing.T, b *box) {
			token := b.token(alice, acme, "all")
			b.faults("forbid-project=102", "forbid-project=101")
			b.get(b.at.Dedicated+"/v1beta1/clusters?projectId=102", token).gives(t, 403)
			b.get(b.at.Dedicated+"/v1beta1/clusters/9005", token).gives(t, 403)
			b.get(b.at.Dedicated+"/v1beta1/clusters", token).says(t, `"totalSize":0`)
			b.get(b.at.Serverless+"/v1beta1/clusters/9001", token).gives(t, 403)
			b.clusters("filter=projectId%3D101,103", token).gives(t, 403)
			b.clusters("", token).says(t, `"totalSize":9`)
		}},
		{"no-project=103", func(t *testing.T, b *box) {
			all, some := b.token(alice, acme, "all"), b.token(alice, acme, "101", "103")
			b.faults("no-project=103")
			for _, token := range []string{all, some} {
				list := b.get(b.at.IAM+"/v1beta1/projects", token)
				if list.says(t, `"id":"101"`); strings.Contains(list.body, `"id":"103"`) {
					t.Errorf("it is listed: %s", list.body)
				}
				b.get(b.at.Serverless+"/v1beta1/clusters/9002", token).gives(t, 404)
			}
			page := b.post(b.link(), url.Values{"user": {alice}})
			if page.says(t, `value="101"`); strings.Contains(page.body, `value="103"`) {
				t.Errorf("it can be ticked: %s", page.body)
			}
			b.post(b.link(), form(alice, acme, "103")).says(t, "No project of Acme Robotics is ticked")
			b.faults()
			b.get(b.at.IAM+"/v1beta1/projects", all).says(t, `"id":"103"`)
		}},
		{"status=all:500", func(t *testing.T, b *box) {
			b.faults("status=all:500")
			b.get(b.link(), "").says(t, strip, "500")
			b.refresh("x").refused(t, 500, "server_error")
			b.get(b.at.IAM+"/v1beta1/org", "").says(t, `"code":"13"`, `"status":500`)
		}},
		{"status=oauth:429", func(t *testing.T, b *box) {
			for code, want := range map[string]string{"429": "temporarily_unavailable", "503": "temporarily_unavailable", "404": "invalid_request", "401": "invalid_token"} {
				b.faults("status=oauth:" + code)
				if got := b.revoke("x", "").text("error"); got != want {
					t.Errorf("%s is said with %q, want %q", code, got, want)
				}
			}
		}},
		{"rate-limited=token", func(t *testing.T, b *box) {
			b.faults("rate-limited=token")
			if a := b.refresh("x"); a.status != 429 || a.header.Get("Retry-After") != "30" {
				t.Errorf("got %d %v", a.status, a.header)
			}
		}},
		{"status=serverless:599", func(t *testing.T, b *box) {
			for status, code := range map[string]string{"400": `"code":3,`, "403": `"code":49900003,`, "404": `"code":5,`, "599": `"code":13,`} {
				b.faults("status=serverless:" + status)
				b.clusters("", "").says(t, code)
			}
		}},
	}
}

func tokenEffects() []effect {
	onAnswer := func(fault string, check func(a answer) bool) effect {
		return effect{fault, func(t *testing.T, b *box) {
			b.faults(fault)
			if a := b.signIn(alice, acme, "all"); !check(a) {
				t.Errorf("the answer is %s", a.body)
			}
		}}
	}
	has := func(a answer, member string) bool { _, has := a.json[member]; return has }
	return []effect{
		{"token-error=invalid_client", func(t *testing.T, b *box) {
			b.faults("token-error=invalid_client")
			b.refresh("x").refused(t, 400, "invalid_client")
		}},
		onAnswer("token-no-refresh", func(a answer) bool { return !has(a, "refresh_token") }),
		onAnswer("token-scope=cluster:viewer", func(a answer) bool { return a.text("scope") == "cluster:viewer" }),
		onAnswer("token-scope", func(a answer) bool { return !has(a, "scope") }),
		onAnswer("token-type=mac", func(a answer) bool { return a.text("token_type") == "mac" }),
		onAnswer("token-type", func(a answer) bool { return !has(a, "token_type") }),
		onAnswer("token-no-details", func(a answer) bool { return !has(a, "authorization_details") }),
		onAnswer("token-expires-in=-1", func(a answer) bool { return a.json["expires_in"] == -1.0 }),
		onAnswer(`token-expires-in="3600"`, func(a answer) bool { return a.json["expires_in"] == "3600" }),
		onAnswer("token-expires-in=missing", func(a answer) bool { return !has(a, "expires_in") }),
		{"token-grace=10s", func(t *testing.T, b *box) {
			token := b.signIn(alice, acme, "all").text("refresh_token")
			b.refresh(token).gives(t, 200)
			b.faults("token-grace=10s")
			b.refresh(token).gives(t, 200)
			b.faults("token-grace=0s")
			b.refresh(token).refused(t, 400, "invalid_grant")
		}},
		{"token-revoke-family", func(t *testing.T, b *box) {
			a := b.signIn(alice, acme, "all")
			b.faults("token-revoke-family")
			b.refresh(a.text("refresh_token")).refused(t, 400, "invalid_grant")
			b.get(b.at.UserinfoEndpoint, a.text("access_token")).gives(t, 401)
		}},
		{"token-burn-code", func(t *testing.T, b *box) {
			kept, burned := b.code(alice, acme, "all"), b.code(alice, acme, "all")
			b.exchange(kept, "code_verifier", "")
			b.exchange(kept).gives(t, 200)
			b.faults("token-burn-code*1")
			b.exchange(burned, "code_verifier", "")
			b.exchange(burned).refused(t, 400, "invalid_grant")
		}},
	}
}

func consentEffects() []effect {
	onRedirect := func(fault string, check func(b *box, q url.Values) bool) effect {
		return effect{fault, func(t *testing.T, b *box) {
			b.faults(fault)
			if q := b.post(b.link(), form(alice, acme, "all")).callback(t); !check(b, q) {
				t.Errorf("the redirect carries %v", q)
			}
		}}
	}
	onGrant := func(fault, words string) effect {
		return effect{fault, func(t *testing.T, b *box) {
			b.faults(fault)
			a := b.signIn(alice, acme, "101")
			b.faults()
			whole := a.body + b.get(b.at.UserinfoEndpoint, a.text("access_token")).body
			if !strings.Contains(whole, words) {
				t.Errorf("%s does not say %s", whole, words)
			}
		}}
	}
	return []effect{
		onRedirect("authorize-no-iss", func(_ *box, q url.Values) bool { return !q.Has("iss") && q.Has("code") }),
		onRedirect("authorize-iss=https://evil.example", func(_ *box, q url.Values) bool { return q.Get("iss") == "https://evil.example" }),
		onRedirect("authorize-state=other", func(_ *box, q url.Values) bool { return q.Get("state") == "other" }),
		onRedirect("authorize-state", func(_ *box, q url.Values) bool { return !q.Has("state") }),
		onRedirect("authorize-error=temporarily_unavailable", func(_ *box, q url.Values) bool {
			return q.Get("error") == "temporarily_unavailable" && !q.Has("code")
		}),
		{"authorize-error=server_error", func(t *testing.T, b *box) {
			b.faults("authorize-error=server_error")
			if q := b.post(b.link(), url.Values{"decision": {"deny"}}).callback(t); q.Get("error") != "server_error" {
				t.Errorf("the redirect carries %v", q)
			}
		}},
		{"authorize-hop", func(t *testing.T, b *box) {
			b.faults("authorize-hop")
			hop := b.post(b.link(), form(alice, acme, "all")).header.Get("Location")
			if !strings.HasPrefix(hop, b.at.Console+"/oauth/continue?") {
				t.Fatalf("redirected to %s", hop)
			}
			if q := b.get(hop, "").callback(t); q.Get("code") == "" || q.Get("state") != "st" {
				t.Errorf("the second redirect carries %v", q)
			}
			b.get(b.at.Console+"/oauth/continue?to=https%3A%2F%2Fevil.example", "").gives(t, 400)
		}},
		{"authorize-twice", checkTwice},
		onGrant("grant-user=bob", "bob@acme.example"),
		onGrant("grant-org=2002", `"organization":{"id":"2002","name":"Globex"},"projects":"all"`),
		onGrant("grant-project=202", `"projects":[{"id":"202","name":"sandbox"}]`),
	}
}

// checkTwice receives the call that the sandbox itself makes.
func checkTwice(t *testing.T, b *box) {
	called := make(chan string, 1)
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		called <- r.URL.Query().Get("code")
		http.Redirect(w, r, "/elsewhere", http.StatusSeeOther)
	}))
	defer client.Close()
	b.faults("authorize-twice")
	location := b.post(b.link("redirect_uri", client.URL+"/callback"), form(alice, acme, "all")).header.Get("Location")
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case code := <-called:
		if code == "" || code != u.Query().Get("code") {
			t.Errorf("called with the code %q, redirected with %q", code, u.Query().Get("code"))
		}
	case <-time.After(10 * time.Second):
		t.Error("the callback was not called")
	}
}

func deviceEffects() []effect {
	onStart := func(fault string, check func(a answer) bool) effect {
		return effect{fault, func(t *testing.T, b *box) {
			b.faults(fault)
			if a := b.startDevice(); !check(a) {
				t.Errorf("the answer is %s", a.body)
			}
		}}
	}
	onPoll := func(fault, code string) effect {
		return effect{fault, func(t *testing.T, b *box) {
			a := b.startDevice()
			b.faults(fault)
			for range 3 {
				b.clock.pass(time.Minute)
				b.poll(a.text("device_code")).refused(t, 400, code)
			}
		}}
	}
	return []effect{
		onStart("device-interval=0", func(a answer) bool { return a.json["interval"] == 0.0 }),
		onStart("device-interval=missing", func(a answer) bool { _, has := a.json["interval"]; return !has }),
		onStart("device-no-complete", func(a answer) bool { return a.text("verification_uri_complete") == "" }),
		onStart("device-uri=http://evil.example", func(a answer) bool { return a.text("verification_uri") == "http://evil.example" }),
		onPoll("device-slow-down", "slow_down"),
		onPoll("device-deny", "access_denied"),
		onPoll("device-expire", "expired_token"),
	}
}

func serverEffects() []effect {
	onMetadata := func(fault string, check func(b *box, a answer) bool) effect {
		return effect{fault, func(t *testing.T, b *box) {
			b.faults(fault)
			if a := b.get(b.at.Issuer+"/.well-known/oauth-authorization-server", ""); !check(b, a) {
				t.Errorf("the metadata is %s", a.body)
			}
		}}
	}
	return []effect{
		onMetadata("metadata-issuer=https://evil.example", func(_ *box, a answer) bool { return a.text("issuer") == "https://evil.example" }),
		onMetadata("metadata-no-s256", func(_ *box, a answer) bool { return !strings.Contains(a.body, "S256") }),
		onMetadata("metadata-stale", func(b *box, a answer) bool {
			return a.text("token_endpoint") != b.at.TokenEndpoint && b.get(a.text("token_endpoint"), "").status == 404
		}),
		onMetadata("metadata-omit=revocation_endpoint", func(_ *box, a answer) bool { return a.text("revocation_endpoint") == "" }),
		{"clock=-2h", func(t *testing.T, b *box) {
			token := b.token(alice, acme, "all")
			b.faults("clock=2h")
			b.get(b.at.UserinfoEndpoint, token).gives(t, 401)
			b.faults("clock=-2h")
			b.get(b.at.UserinfoEndpoint, token).gives(t, 200)
		}},
	}
}

func TestFaultsWithACountEnd(t *testing.T) {
	b := open(t, func(o *sandbox.Options) { o.Faults = []string{"status=userinfo:500*2"} })
	for _, want := range []int{500, 500, 401, 401} {
		b.get(b.at.UserinfoEndpoint, "").gives(t, want)
	}
}

func TestFaultsAreSetAndListedOverHTTP(t *testing.T) {
	b := open(t, func(o *sandbox.Options) { o.Latency = time.Millisecond })
	address := b.at.Issuer + "/_sandbox/faults"
	b.postJSON(address, map[string]any{"faults": []string{"html=iam", "status=oauth:503*4"}}).
		says(t, `{"active":["html=iam","status=oauth:503*4"]}`)
	b.get(b.at.UserinfoEndpoint, "").gives(t, 503)
	b.get(address, "").says(t, `"active":["html=iam","status=oauth:503*3"]`, `"name":"forbid-project"`) // itself free of faults
	b.postJSON(address, map[string]any{"faults": []string{"nope"}}).says(t, `unknown fault \"nope\"; choose one of status, html`)
	b.get(b.at.UserinfoEndpoint, "").gives(t, 503) // as they were
	b.postJSON(address, map[string]any{"faults": []string{}}).says(t, `{"active":[]}`)
	b.get(b.at.UserinfoEndpoint, "").gives(t, 401)
	for _, body := range []any{map[string]any{}, []string{"html=iam"}, map[string]any{"fault": "html=iam"}, "html=iam"} {
		b.postJSON(address, body).gives(t, 400)
	}
	b.get(b.at.Console+"/_sandbox/faults", "").gives(t, 404) // of the oauth host only
}

func TestWrongFaultsSayWhatIsWrong(t *testing.T) {
	b := open(t)
	for fault, words := range map[string]string{
		"":                     "unknown fault",
		"status":               "unknown target",
		"status=mars:500":      "unknown target",
		"status=iam:200":       "no error status",
		"status=iam:x":         "no error status",
		"slow=iam:-1s":         "no delay",
		"slow=iam":             "no delay",
		"redirect=iam:away":    "no address",
		"rate-limited=iam:x":   "no number of seconds",
		"token-no-refresh=yes": "takes no argument",
		"token-error":          "argument is missing",
		"token-expires-in=x":   "neither JSON nor",
		"token-grace=soon":     "no duration",
		"unauthorized=mars":    "unknown target",
		"html=iam*0":           "choose 1 or more",
	} {
		if err := b.server.SetFaults("html=iam", fault); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: got %v, want %q", fault, err, words)
		}
	}
	b.get(b.at.IAM+"/v1beta1/org", "").gives(t, 401) // none of them was taken
}

func TestCatalogueIsPlainJSON(t *testing.T) {
	text, err := json.Marshal(sandbox.Faults())
	if err != nil || !strings.HasPrefix(string(text), `[{"name":"status","argument":"TARGET:CODE","text":"`) {
		t.Errorf("%s %v", text, err)
	}
}

func TestAConnectionThatSaysNothingBlocksNobody(t *testing.T) {
	b := open(t)
	idle, err := net.Dial("tcp", strings.TrimPrefix(b.at.Issuer, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if _, err := io.WriteString(idle, "POST /v1/token HT"); err != nil {
		t.Fatal(err)
	}
	b.get(b.at.UserinfoEndpoint, "").gives(t, 401)
}
