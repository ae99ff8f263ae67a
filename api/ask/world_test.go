package ask_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"canopy/api"
	"canopy/api/ask"
	"canopy/api/inventory"
	"canopy/api/sandbox"
)

// clock is the moment at which the questions are asked.
var clock = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func now() time.Time { return clock }

const bob = "bob@acme.example"

// authorized is a transport with an access token.
type authorized string

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(a))
	return http.DefaultTransport.RoundTrip(r)
}

// tokenFor goes through the consent page and the exchange with nothing but
// HTTP, as RFC 6749 §4.1 and RFC 7636 §4 have it.
func tokenFor(t testing.TB, e sandbox.Endpoints, user, org string, projects ...string) string {
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

func inventoryOf(t testing.TB, e sandbox.Endpoints, token string) *inventory.Inventory {
	t.Helper()
	client, err := api.New(api.Config{
		Hosts: api.Hosts{IAM: e.IAM, Serverless: e.Serverless, Dedicated: e.Dedicated},
		HTTP:  &http.Client{Transport: authorized(token)},
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Now:   now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return inventory.New(client, now)
}

// house is the sandbox with both organizations granted to Bob and Gina, and
// read through the API.
type house struct {
	inventories []*inventory.Inventory
	branches    map[string]bool
}

// shared is the house that tests only read from.
var shared struct {
	once  sync.Once
	house *house
}

// theHouse returns the house with all branches read, as questions about
// branches would have them.
func theHouse(t testing.TB) *house {
	t.Helper()
	shared.once.Do(func() {
		server, err := sandbox.Start(sandbox.Options{RateLimit: -1, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = server.Close() }()
		shared.house = openHouse(t, server)
	})
	if shared.house == nil {
		t.Fatal("the sandbox could not be read")
	}
	return shared.house
}

func openHouse(t testing.TB, server *sandbox.Server) *house {
	t.Helper()
	h := &house{branches: map[string]bool{}}
	for _, g := range [][2]string{{"alice@acme.example", "1001"}, {"gina@globex.example", "2002"}} {
		inv := inventoryOf(t, server.Endpoints(), tokenFor(t, server.Endpoints(), g[0], g[1], "all"))
		if err := inv.Load(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		for _, p := range inv.Snapshot().Projects() {
			for _, c := range inv.Snapshot().Clusters(p.ID) {
				if c.Host == api.HostServerless {
					if err := inv.LoadBranches(t.Context(), c.ID, nil); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		h.inventories = append(h.inventories, inv)
	}
	return h
}

// world returns the house as Bob sees it.
func (h *house) world() *ask.World {
	w := &ask.World{Now: clock, Zone: time.UTC, User: bob}
	for i, inv := range h.inventories {
		w.Grants = append(w.Grants, ask.Grant{
			ID: []string{"a", "b"}[i], User: bob, Role: "org:owner", Expires: clock.Add(41 * time.Minute), Renewable: true,
			View: inventory.NewView(inv.Snapshot(), inventory.Reach{}), Console: "https://console.example",
		})
	}
	return w
}
