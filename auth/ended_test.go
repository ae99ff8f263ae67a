package auth_test

import (
	"net/http"
	"testing"
	"time"

	"canopy/auth"
)

func TestEndedTellsWhatIsKnownAndAsksNobody(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	expect := func(when string, one *house, want bool) {
		t.Helper()
		before := len(h.server.asked("/token"))
		if err := one.auth.Ended(g.ID); isSignInAgain(err) != want {
			t.Errorf("%s it says %v", when, err)
		}
		if n := len(h.server.asked("/token")) - before; n != 0 {
			t.Errorf("%s it made %d requests", when, n)
		}
	}
	expect("after signing in", h, false)
	h.clock.move(30 * 24 * time.Hour)
	expect("a month later, with a refresh token,", h, false)
	h.server.with(func() { h.server.post = refreshing(refusal(400, "invalid_grant", "")) })
	expect("before anybody has asked the server", h, false)
	if _, err := h.get(g); !isSignInAgain(err) {
		t.Fatalf("reading gives %v", err)
	}
	expect("after the server's refusal", h, true)
	expect("in another copy, which has not asked,", houseOn(t, h.server, h.dir, h.store), false)
	if err := h.auth.Ended("nobody"); err != nil {
		t.Errorf("of an unknown grant it says %v", err)
	}
}

func TestEndedKnowsOfATokenThatCannotBeRenewed(t *testing.T) {
	h := newHouse(t)
	h.server.post = answering(func(w http.ResponseWriter) {
		reply(w, 200, map[string]any{"access_token": "canary-only-access", "expires_in": 600})
	})
	g := h.mustSignIn()
	h.clock.move(599 * time.Second)
	if err := h.auth.Ended(g.ID); err != nil {
		t.Errorf("before the end it says %v", err)
	}
	h.clock.move(2 * time.Second)
	if err := h.auth.Ended(g.ID); !isSignInAgain(err) {
		t.Errorf("after the end it says %v", err)
	}
}

func TestEndedKnowsOfACredentialThatWasKeptInAnotherSession(t *testing.T) {
	inMemory := func(c *auth.Config, _ *auth.Environment) { c.Session = auth.NewMemoryStore() }
	h := newHouse(t, inMemory)
	g, err := h.signIn(auth.Options{Keep: auth.KeptSession})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.auth.Ended(g.ID); err != nil {
		t.Errorf("in its own session it says %v", err)
	}
	if err := houseOn(t, h.server, h.dir, h.store, inMemory).auth.Ended(g.ID); !isSignInAgain(err) {
		t.Errorf("in the next one it says %v", err)
	}
}

func TestAnAPIKeyDoesNotEndByItself(t *testing.T) {
	h := newHouse(t)
	if err := h.grants.Put(auth.Grant{ID: "key", Environment: "test", Method: auth.MethodAPIKey, Kept: auth.KeptKeyring}); err != nil {
		t.Fatal(err)
	}
	if err := h.auth.Ended("key"); err != nil {
		t.Errorf("it says %v", err)
	}
}
