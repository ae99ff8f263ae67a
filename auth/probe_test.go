package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"canopy/auth"
)

// threeHosts gives each API host a path of its own on the test's server.
func threeHosts(e *auth.Environment) {
	origin := e.IAM
	e.IAM, e.Serverless, e.Dedicated = origin+"/v1beta1/iam", origin+"/v1beta1/serverless", origin+"/v1beta1/dedicated"
}

// answersOf lists what the hosts answered, in words.
func answersOf(hosts []auth.HostHealth) string {
	var words []string
	for _, h := range hosts {
		words = append(words, fmt.Sprintf("%s %d %t", h.Name, h.Status, h.Accepted))
	}
	return strings.Join(words, ", ")
}

func TestEachAPIHostSaysWhetherItTakesTheGrant(t *testing.T) {
	var mu sync.Mutex
	var paths []string
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { threeHosts(e) })
	g := h.mustSignIn()
	h.server.with(func() {
		h.server.api = func(w http.ResponseWriter, q *http.Request) {
			mu.Lock()
			paths = append(paths, q.URL.RequestURI())
			mu.Unlock()
			switch {
			case strings.HasPrefix(q.URL.Path, "/v1beta1/dedicated"):
				h.clock.move(250 * time.Millisecond)
				reply(w, 401, map[string]any{"message": "canary: " + q.Header.Get("Authorization")})
			case h.server.bearer(w, q):
				reply(w, 200, map[string]any{"items": []any{}})
			}
		}
	})
	hosts := h.auth.Probe(t.Context(), g.ID)
	if got := answersOf(hosts); got != "iam 200 true, serverless 200 true, dedicated 401 false" {
		t.Errorf("the hosts say: %s", got)
	}
	for _, one := range hosts {
		if (one.Problem == "") != one.Accepted || strings.Contains(one.Problem, "canary") || one.At.IsZero() || !strings.HasSuffix(one.Address, one.Name) {
			t.Errorf("a host says %+v", one)
		}
	}
	if dedicated := hosts[2]; dedicated.Took < 250*time.Millisecond || dedicated.Took > time.Second {
		t.Errorf("its answer took %v", dedicated.Took)
	}
	if len(paths) != 3 || renewals(h.server) != 0 {
		t.Errorf("the hosts were asked %v, and %d renewals made; want one each and none", paths, renewals(h.server))
	}
	for _, want := range []string{"/v1beta1/iam/v1beta1/projects?pageSize=1", "/v1beta1/serverless/v1beta1/clusters?pageSize=1", "/v1beta1/dedicated/v1beta1/clusters?pageSize=1"} {
		if !strings.Contains(strings.Join(paths, " "), want) {
			t.Errorf("%s was not asked for, but %v", want, paths)
		}
	}
	again := openGrants(t, h.dir+"/grants.json")
	if kept, _ := again.Get(g.ID); answersOf(kept.Hosts) != answersOf(hosts) {
		t.Errorf("remembered is %+v", kept.Hosts)
	}
	if status, err := fetch(t, h.auth.Client(g.ID), h.server.URL+"/v1beta1/iam/v1beta1/projects"); status != 200 || err != nil {
		t.Errorf("after a host said 401, reading another gives %d, %v", status, err)
	}
}

func TestHostsAreAskedAtTheSameTime(t *testing.T) {
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { threeHosts(e) })
	g := h.mustSignIn()
	var group sync.WaitGroup
	group.Add(3)
	h.server.with(func() {
		h.server.api = func(w http.ResponseWriter, _ *http.Request) { group.Done(); group.Wait(); reply(w, 200, nil) }
	})
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if got := answersOf(h.auth.Probe(ctx, g.ID)); got != "iam 200 true, serverless 200 true, dedicated 200 true" {
		t.Errorf("the hosts say: %s", got)
	}
}

func TestWhatAHostSaysOfAGrant(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		iam    string
		status int
		says   string
	}{
		"no":                     {answer: func(w http.ResponseWriter) { w.WriteHeader(401) }, status: 401, says: "others may"},
		"not that":               {answer: func(w http.ResponseWriter) { w.WriteHeader(403) }, status: 403, says: "may not read"},
		"nothing there":          {answer: func(w http.ResponseWriter) { w.WriteHeader(404) }, status: 404, says: "address"},
		"elsewhere":              {answer: func(w http.ResponseWriter) { w.Header().Set("Location", "https://evil.example"); w.WriteHeader(302) }, status: 302, says: "address"},
		"too many":               {answer: func(w http.ResponseWriter) { w.WriteHeader(429) }, status: 429, says: "later"},
		"broken":                 {answer: func(w http.ResponseWriter) { w.WriteHeader(503) }, status: 503, says: "later"},
		"a proxy":                {answer: func(w http.ResponseWriter) { w.WriteHeader(407) }, status: 407, says: "HTTPS_PROXY"},
		"nothing":                {answer: func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, says: "could not be reached"},
		"nothing, for it is off": {iam: "http://127.0.0.1:1", says: "could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *auth.Config, e *auth.Environment) {
				e.Serverless, e.Dedicated = "", ""
				if c.iam != "" {
					e.IAM = c.iam
				}
			})
			h.server.Config.ErrorLog = quiet
			g := h.mustSignIn()
			h.server.with(func() { h.server.api = func(w http.ResponseWriter, _ *http.Request) { c.answer(w) } })
			hosts := h.auth.Probe(t.Context(), g.ID)
			if len(hosts) != 1 || hosts[0].Accepted || hosts[0].Status != c.status || !strings.Contains(hosts[0].Problem, c.says) {
				t.Errorf("it says %+v", hosts)
			}
			if _, listed := h.grants.Get(g.ID); !listed || renewals(h.server) != 0 {
				t.Errorf("the grant is listed: %t, after %d renewals", listed, renewals(h.server))
			}
		})
	}
}

func TestAProbeRenewsWhatIsDueAndSaysWhyItCannot(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.clock.move(2 * time.Hour)
	if got := answersOf(h.auth.Probe(t.Context(), g.ID)); got != "iam 200 true, serverless 200 true, dedicated 200 true" || renewals(h.server) != 1 {
		t.Errorf("the hosts say after %d renewals: %s", renewals(h.server), got)
	}
	h.clock.move(2 * time.Hour)
	h.server.with(func() { h.server.post = refreshing(refusal(400, "invalid_grant", "")) })
	for _, one := range h.auth.Probe(t.Context(), g.ID) {
		if one.Accepted || one.Status != 0 || !strings.Contains(one.Problem, "sign in again") {
			t.Errorf("of a grant that has ended %s says %+v", one.Name, one)
		}
	}
}

func TestAProbeWithAnAPIKey(t *testing.T) {
	h := newHouse(t)
	handler, accepted := digested("PUBLICKEY", "canary-private-key")
	h.server.with(func() { h.server.api = handler })
	g, err := h.auth.SignInWithAPIKey(t.Context(), "test", "PUBLICKEY", "canary-private-key")
	if err != nil {
		t.Fatal(err)
	}
	if got := answersOf(h.auth.Probe(t.Context(), g.ID)); got != "iam 200 true, serverless 200 true, dedicated 200 true" || accepted.Load() != 4 {
		t.Errorf("after %d accepted requests the hosts say: %s", accepted.Load(), got)
	}
}

func TestAProbeThatIsCutOffRemembersNothing(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	ctx, cancel := context.WithCancel(t.Context())
	h.server.with(func() {
		h.server.api = func(_ http.ResponseWriter, q *http.Request) { cancel(); <-q.Context().Done() }
	})
	h.auth.Probe(ctx, g.ID)
	if kept, _ := h.grants.Get(g.ID); kept.Hosts != nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("remembered is %+v", kept.Hosts)
	}
	if hosts := h.auth.Probe(t.Context(), "nobody"); hosts != nil {
		t.Errorf("an unknown grant gives %+v", hosts)
	}
	if err := h.grants.Update(g.ID, func(g *auth.Grant) { g.Environment = "gone" }); err != nil {
		t.Fatal(err)
	}
	if hosts := h.auth.Probe(t.Context(), g.ID); hosts != nil {
		t.Errorf("an unknown environment gives %+v", hosts)
	}
}
