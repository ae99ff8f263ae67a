package auth_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"canopy/auth"
)

// elsewhere is an environment's addresses on another server, under the same name.
func elsewhere(e *auth.Environment, address string) {
	e.AuthorizationEndpoint, e.TokenEndpoint, e.RevocationEndpoint = address+"/authorize", address+"/token", address+"/revoke"
	e.UserinfoEndpoint, e.IAM, e.Serverless, e.Dedicated = address+"/userinfo", address, address, address
}

func TestBehaviour09AGrantGoesOnlyToTheServerThatGaveIt(t *testing.T) {
	const cloud = "https://oauth.example"
	for name, c := range map[string]struct {
		env   func(e *auth.Environment, other string)
		grant func(g *auth.Grant)
		names string // what the error must name; "": the grant can be used
	}{
		"nothing has changed":               {},
		"another path at the token host":    {env: func(e *auth.Environment, _ string) { e.TokenEndpoint += "/v2" }},
		"an older grant":                    {grant: func(g *auth.Grant) { g.TokenOrigin = "" }},
		"an older grant, an unknown issuer": {env: func(e *auth.Environment, other string) { elsewhere(e, other); e.Issuer, e.IssuerInCallback = "", false }, grant: func(g *auth.Grant) { g.TokenOrigin = "" }},
		"an older grant, another issuer":    {env: func(e *auth.Environment, other string) { elsewhere(e, other); e.Issuer = other }, grant: func(g *auth.Grant) { g.TokenOrigin = "" }, names: "OTHER"},
		"another server":                    {env: func(e *auth.Environment, other string) { elsewhere(e, other); e.Issuer = other }, names: "OTHER"},
		"another server, the issuer stated": {env: elsewhere, names: "OTHER"},
		"only another token endpoint":       {env: func(e *auth.Environment, other string) { e.TokenEndpoint = other + "/token" }, names: "OTHER"},
		"only another issuer":               {env: func(e *auth.Environment, other string) { e.Issuer = other }, names: "OTHER"},
		"no token endpoint":                 {env: func(e *auth.Environment, _ string) { e.TokenEndpoint = "" }, names: "no token endpoint"},
		"another client":                    {env: func(e *auth.Environment, _ string) { e.ClientID = "canopy-two" }, names: "canopy-two"},
		"a sandbox on other ports": {env: func(e *auth.Environment, other string) {
			elsewhere(e, other)
			e.Issuer, e.Kind = other, auth.KindSandbox
		}},
		"a sandbox, an older grant": {env: func(e *auth.Environment, other string) {
			elsewhere(e, other)
			e.Issuer, e.Kind = other, auth.KindSandbox
		}, grant: func(g *auth.Grant) { g.TokenOrigin = "" }},
		"a sandbox of another client": {env: func(e *auth.Environment, other string) {
			elsewhere(e, other)
			e.Kind, e.ClientID = auth.KindSandbox, "canopy-two"
		}, names: "canopy-two"},
		"a sandbox, a grant of the cloud": {env: func(e *auth.Environment, other string) { elsewhere(e, other); e.Kind = auth.KindSandbox }, grant: func(g *auth.Grant) { g.TokenOrigin = cloud }, names: cloud},
		"a sandbox that is not local":     {env: func(e *auth.Environment, _ string) { e.TokenEndpoint, e.Kind = cloud+"/token", auth.KindSandbox }, names: cloud},
	} {
		t.Run(name, func(t *testing.T) {
			h, other := newHouse(t), newServer(t)
			g := h.mustSignIn()
			if g.TokenOrigin != h.server.URL {
				t.Errorf("the grant's token origin is %q", g.TokenOrigin)
			}
			var arrived atomic.Int64
			other.with(func() {
				other.api = func(http.ResponseWriter, *http.Request) { arrived.Add(1) }
			})
			e := h.server.environment()
			if c.env != nil {
				c.env(&e, other.URL)
			}
			if err := h.auth.SetEnvironment(e); err != nil {
				t.Fatal(err)
			}
			if c.grant != nil {
				if err := h.grants.Update(g.ID, c.grant); err != nil {
					t.Fatal(err)
				}
			}
			posts := len(h.server.asked("/token"))
			for _, age := range []time.Duration{0, 2 * time.Hour} { // with the token at hand, then with a renewal
				h.clock.move(age)
				_, err := fetch(t, h.auth.Client(g.ID), e.IAM+"/v1beta1/projects")
				if c.names == "" {
					if errors.Is(err, auth.ErrUntrusted) {
						t.Errorf("reading gives %v", err)
					}
					continue
				}
				if want := strings.ReplaceAll(c.names, "OTHER", other.URL); !errors.Is(err, auth.ErrUntrusted) || !errors.Is(err, auth.ErrSignInAgain) || !strings.Contains(err.Error(), want) {
					t.Errorf("reading gives %v; want an error that names %s", err, want)
				}
			}
			if c.names == "" {
				return
			}
			if told, err := h.auth.SignOut(t.Context(), g.ID); told || err != nil {
				t.Errorf("signing out gives %t, %v", told, err)
			}
			h.nothingStored()
			if n := len(other.asked("/token")) + len(other.asked("/revoke")); n != 0 || arrived.Load() != 0 {
				t.Errorf("the other server got %d posts and %d reads", n, arrived.Load())
			}
			if n := len(h.server.asked("/token")) + len(h.server.asked("/revoke")); n != posts {
				t.Errorf("the server got %d posts", n-posts)
			}
		})
	}
}

func TestBehaviour09AGrantWorksAgainWhenItsServerIsBack(t *testing.T) {
	h, other := newHouse(t), newServer(t)
	g := h.mustSignIn()
	e := h.server.environment()
	elsewhere(&e, other.URL)
	for _, changed := range []bool{true, false} {
		set := h.server.environment()
		if changed {
			set = e
		}
		if err := h.auth.SetEnvironment(set); err != nil {
			t.Fatal(err)
		}
		h.clock.move(2 * time.Hour)
		_, err := fetch(t, h.auth.Client(g.ID), set.IAM+"/v1beta1/projects")
		if changed != errors.Is(err, auth.ErrSignInAgain) || (!changed && err != nil) {
			t.Errorf("with the environment changed %t, reading gives %v", changed, err)
		}
	}
}

func TestBehaviour14SigningInAtTheNewServerDoesNotSendItTheOldToken(t *testing.T) {
	h, other := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = true }), newServer(t)
	old := h.mustSignIn()
	e := other.environment()
	e.SeparateConsents = true
	if err := h.auth.SetEnvironment(e); err != nil {
		t.Fatal(err)
	}
	if _, err := h.signIn(auth.Options{Replaces: old.ID}); err != nil {
		t.Fatal(err)
	}
	settle(t, h)
	if n := len(other.asked("/revoke")); n != 0 {
		t.Errorf("the new server was sent %d of the old tokens", n)
	}
	if list := h.grants.List(); len(list) != 1 || list[0].TokenOrigin != other.URL {
		t.Errorf("grants %+v", list)
	}
}
