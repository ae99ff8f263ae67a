package auth_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour15TheTwoWindowsBeforeTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		lifetime  any
		later     time.Duration
		refreshes int
		waits     bool // the caller waits for the renewal
	}{
		"long before":                       {3600, 50 * time.Minute, 0, false},
		"in the soft window":                {3600, 56 * time.Minute, 1, false},
		"in the hard window":                {3600, 60*time.Minute - 10*time.Second, 1, true},
		"after the end":                     {3600, 2 * time.Hour, 1, true},
		"after eight hours of sleep":        {3600, 8 * time.Hour, 1, true},
		"the clock set back by an hour":     {3600, -time.Hour, 1, true},
		"the clock set back by ten seconds": {3600, -10 * time.Second, 0, false},
		"the clock set ahead by an hour":    {3600, time.Hour, 1, true},
		"expires_in 0":                      {0, 50 * time.Minute, 0, false},
		"expires_in 0, an hour later":       {0, time.Hour, 1, true},
		"expires_in -1":                     {-1, 50 * time.Minute, 0, false},
		"expires_in missing":                {nil, 50 * time.Minute, 0, false},
		"expires_in as text":                {"7200", 100 * time.Minute, 0, false},
		"expires_in as nonsense":            {"soon", 50 * time.Minute, 0, false},
		"expires_in with a fraction":        {3600.5, 50 * time.Minute, 0, false},
		"expires_in 2^40":                   {1 << 40, 29 * 24 * time.Hour, 0, false},
		"expires_in 2^40, a month later":    {1 << 40, 30 * 24 * time.Hour, 1, true},
		"a minute, half of it gone":         {60, 30 * time.Second, 0, false},
		"a minute, nearly gone":             {60, 50 * time.Second, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.lifetime = c.lifetime
			g := h.mustSignIn()
			held := make(chan struct{})
			h.server.with(func() {
				h.server.post = refreshing(func(http.ResponseWriter, string) bool {
					if !c.waits {
						<-held
					}
					return false
				})
			})
			h.clock.move(c.later)
			if status, err := h.get(g); status != 200 || err != nil {
				t.Errorf("reading gives %d, %v", status, err)
			}
			close(held)
			settle(t, h)
			if n := h.server.refreshes(); n != c.refreshes {
				t.Errorf("%d refreshes, want %d", n, c.refreshes)
			}
		})
	}
}

func TestBehaviour15A401IsAnsweredWithOneRenewalAndThenPassedOn(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	var asked atomic.Int32
	h.server.with(func() {
		h.server.api = func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.WriteHeader(401)
		}
	})
	for range 5 {
		if status, err := h.get(g); status != 401 || err != nil {
			t.Errorf("reading gives %d, %v", status, err)
		}
	}
	if h.server.refreshes() != 1 || asked.Load() != 6 {
		t.Errorf("%d refreshes and %d requests", h.server.refreshes(), asked.Load())
	}
	h.server.with(func() { h.server.api = nil })
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("when the host accepts it again reading gives %d, %v", status, err)
	}
}

func TestBehaviour15ATokenRevokedAtTheServerIsRenewedOnce(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.server.with(func() { clear(h.server.access) })
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/v1beta1/projects", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	if status, err := send(h.auth.Client(g.ID), q); status != 200 || err != nil || h.server.refreshes() != 1 {
		t.Errorf("%d, %v after %d refreshes", status, err, h.server.refreshes())
	}
	h.server.with(func() { clear(h.server.access) })
	q, err = http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/v1beta1/projects", io.MultiReader(strings.NewReader("a body that cannot be sent twice")))
	if err != nil {
		t.Fatal(err)
	}
	if status, err := send(h.auth.Client(g.ID), q); status != 401 || err != nil {
		t.Errorf("a body that cannot be sent twice gives %d, %v", status, err)
	}
}

func TestBehaviour15AServerThatAsksForPatienceIsNotAskedAhead(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.server.with(func() {
		h.server.post = refreshing(func(w http.ResponseWriter, _ string) bool {
			w.Header().Set("Retry-After", "120")
			replyText(w, 429, "")
			return true
		})
	})
	h.clock.move(56 * time.Minute)
	for range 5 {
		if status, err := h.get(g); status != 200 || err != nil {
			t.Errorf("reading gives %d, %v", status, err)
		}
	}
	settle(t, h)
	if n := h.server.refreshes(); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestTokenTellsHowLongTheAccessTokenLasts(t *testing.T) {
	h := newHouse(t)
	if got := h.auth.Token("nobody"); got != (auth.TokenInfo{}) {
		t.Errorf("of an unknown grant it tells %+v", got)
	}
	g := h.mustSignIn()
	first := h.auth.Token(g.ID)
	if now := h.clock.now(); first.Expires.Sub(now) != time.Hour || first.Renews.Sub(now) != 55*time.Minute || !first.Renewable || first.Renewals != 0 {
		t.Errorf("it tells %+v", first)
	}
	restarted := houseOn(t, h.server, h.dir, h.store)
	if got := restarted.auth.Token(g.ID); got != (auth.TokenInfo{}) {
		t.Errorf("before the first use it tells %+v", got)
	}
	if _, err := restarted.get(g); err != nil {
		t.Fatal(err)
	}
	if got := restarted.auth.Token(g.ID); !got.Expires.Equal(first.Expires) || !got.Renews.Equal(first.Renews) || !got.Renewable {
		t.Errorf("after a restart it tells %+v, before %+v", got, first)
	}
}

func TestAServerThatGivesNoRefreshToken(t *testing.T) {
	h := newHouse(t)
	h.server.post = answering(func(w http.ResponseWriter) {
		h.server.with(func() { h.server.access["canary-only-access"] = true })
		reply(w, 200, map[string]any{"access_token": "canary-only-access", "expires_in": 600})
	})
	g := h.mustSignIn()
	restarted := houseOn(t, h.server, h.dir, h.store)
	for name, one := range map[string]*house{"now": h, "after a restart": restarted} {
		if status, err := one.get(g); status != 200 || err != nil {
			t.Errorf("%s reading gives %d, %v", name, status, err)
		}
		one.clock.move(590 * time.Second) // in both windows
		if status, err := one.get(g); status != 200 || err != nil {
			t.Errorf("%s, near the end, reading gives %d, %v", name, status, err)
		}
		one.clock.move(20 * time.Second)
		if _, err := one.get(g); !isSignInAgain(err) {
			t.Errorf("%s, after the end, reading gives %v", name, err)
		}
	}
}

func TestAServerThatDoesNotRotate(t *testing.T) {
	h := newHouse(t)
	h.server.noRotate = true
	g := h.mustSignIn()
	for range 3 {
		h.clock.move(2 * time.Hour)
		if status, err := h.get(g); status != 200 || err != nil {
			t.Errorf("reading gives %d, %v", status, err)
		}
	}
	asked := h.server.asked("/token")
	if len(asked) != 4 || asked[1].params["refresh_token"] != asked[3].params["refresh_token"] {
		t.Errorf("the requests are %v", asked)
	}
}

func isSignInAgain(err error) bool { return errors.Is(err, auth.ErrSignInAgain) }
