package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"canopy/auth"
)

func TestTheCredentialGoesToTheEnvironmentsHostsOnly(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		t.Errorf("a stranger was asked for %s with %q", q.URL.Path, q.Header.Get("Authorization"))
	}))
	defer stranger.Close()
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) {
		e.UserinfoEndpoint, e.Console = e.IAM+"/userinfo", "https://console.example"
	})
	g := h.mustSignIn()
	port := h.server.URL[strings.LastIndex(h.server.URL, ":"):]
	for name, address := range map[string]string{
		"another host":              stranger.URL,
		"another name for the host": "http://localhost" + port + "/v1beta1/projects",
		"another scheme":            strings.Replace(h.server.URL, "http://", "https://", 1) + "/v1beta1/projects",
		"the console":               "https://console.example/",
	} {
		if _, err := fetch(t, h.auth.Client(g.ID), address); !errors.Is(err, auth.ErrUntrusted) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	h.server.with(func() {
		h.server.api = func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, stranger.URL+"/x", http.StatusFound) }
	})
	if _, err := h.get(g); !errors.Is(err, auth.ErrUntrusted) {
		t.Errorf("a redirect to another host gives %v", err)
	}
	if status, err := fetch(t, h.auth.Client(g.ID), h.server.URL+"/userinfo"); status != 200 || err != nil {
		t.Errorf("userinfo gives %d, %v", status, err)
	}
}

func TestOnTheUserinfoHostOnlyUserinfoIsServed(t *testing.T) {
	api := newServer(t)
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.IAM, e.Serverless, e.Dedicated = api.URL, api.URL, "" })
	g := h.mustSignIn()
	c := h.auth.Client(g.ID)
	if status, err := fetch(t, c, h.server.URL+"/userinfo"); status != 200 || err != nil {
		t.Errorf("userinfo gives %d, %v", status, err)
	}
	if _, err := fetch(t, c, h.server.URL+"/token"); !errors.Is(err, auth.ErrUntrusted) {
		t.Errorf("the token endpoint gives %v", err)
	}
	if status, err := fetch(t, c, api.URL+"/v1beta1/x"); status != 401 || err != nil {
		t.Errorf("an API that does not know the token gives %d, %v", status, err)
	}
	c.CloseIdleConnections()
}

func TestAClientOfAGrantThatIsNotThere(t *testing.T) {
	h := newHouse(t)
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+"/v1beta1/x", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := send(h.auth.Client("nobody"), q); !errors.Is(err, auth.ErrSignInAgain) || !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("it gives %v", err)
	}
	if err := h.grants.Put(auth.Grant{ID: "orphan", Environment: "test", Kept: auth.KeptKeyring}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.get(auth.Grant{ID: "orphan"}); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("a grant without its credential gives %v", err)
	}
	if err := h.grants.Put(auth.Grant{ID: "elsewhere", Environment: "gone", Kept: auth.KeptKeyring}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.get(auth.Grant{ID: "elsewhere"}); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("a grant of an environment that is gone gives %v", err)
	}
	if err := h.grants.Put(auth.Grant{ID: "session", Environment: "test", Kept: auth.KeptSession}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.get(auth.Grant{ID: "session"}); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("a grant of a session that has ended gives %v", err)
	}
	if _, err := h.auth.SignOut(t.Context(), "session"); err != nil {
		t.Errorf("signing out of it gives %v", err)
	}
}

func TestADamagedCredentialIsNotAnEnd(t *testing.T) {
	for name, c := range map[string]struct {
		key, record string
		good        bool
	}{
		"no JSON":                  {"", "canary{", false},
		"another version":          {"", `{"v":2,"refresh":"canary"}`, false},
		"an access token cut off":  {".access", `{"v":1,"acc`, true},
		"an access of another day": {".access", `{"v":9}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			g := h.mustSignIn()
			put(t, h.store, g.ID+c.key, c.record)
			again := houseOn(t, h.server, h.dir, h.store)
			status, err := again.get(g)
			if c.good != (err == nil && status == 200) || errors.Is(err, auth.ErrSignInAgain) || (err != nil && strings.Contains(err.Error(), "canary")) {
				t.Errorf("reading gives %d, %v", status, err)
			}
		})
	}
}
