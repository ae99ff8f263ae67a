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

// cable is the way to the server's revocation endpoint, which can be cut.
type cable struct {
	http.RoundTripper
	cut atomic.Bool
}

func (c *cable) RoundTrip(q *http.Request) (*http.Response, error) {
	if c.cut.Load() && strings.HasSuffix(q.URL.Path, "/revoke") {
		if q.Body != nil {
			_ = q.Body.Close()
		}
		return nil, errors.New("no route to host")
	}
	return c.RoundTripper.RoundTrip(q)
}

func (c *cable) plug(cfg *auth.Config, e *auth.Environment) {
	c.RoundTripper = cfg.HTTP.Transport
	cfg.HTTP = &http.Client{Transport: c, Timeout: cfg.HTTP.Timeout}
	e.SeparateConsents = true
}

// replacedOffline leaves a replaced grant behind whose server could not be
// told. alter changes it before it is replaced.
func replacedOffline(t *testing.T, alter func(*auth.Grant)) (h *house, store *recordingStore) {
	t.Helper()
	store = newRecordingStore()
	way := &cable{}
	h = houseOn(t, newServer(t), t.TempDir(), store, way.plug)
	old := h.mustSignIn()
	if err := h.grants.Update(old.ID, alter); err != nil {
		t.Fatal(err)
	}
	way.cut.Store(true)
	g, err := h.signIn(auth.Options{Replaces: old.ID})
	if err != nil {
		t.Fatal(err)
	}
	settle(t, h)
	if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID {
		t.Fatalf("grants %+v", list)
	}
	return h, store
}

func (h *house) leaves(what string, store *recordingStore, records, alive int) {
	h.t.Helper()
	if n, tokens := store.count(), h.server.alive(); n != records || len(tokens) != alive {
		h.t.Errorf("%s: %d records and %v are left, want %d and %d", what, n, tokens, records, alive)
	}
}

func TestWhatAServerOutOfReachCouldNotBeToldItIsToldLater(t *testing.T) {
	h, store := replacedOffline(t, func(*auth.Grant) {})
	h.leaves("offline", store, 4, 4)
	settle(t, houseOn(t, h.server, h.dir, store, separate))
	h.leaves("back again", store, 2, 2)
}

func TestAServerOutOfReachIsNotWaitedForForEver(t *testing.T) {
	h, store := replacedOffline(t, func(*auth.Grant) {})
	for _, after := range []struct {
		days, records int
	}{{29, 4}, {31, 2}} {
		way := &cable{}
		way.cut.Store(true)
		later := newClock()
		later.move(time.Duration(after.days) * 24 * time.Hour)
		settle(t, houseOn(t, h.server, h.dir, store, way.plug, func(c *auth.Config, _ *auth.Environment) {
			c.Now, c.Wait = later.now, later.wait
		}))
		h.leaves("offline for long", store, after.records, 4)
	}
}

func TestAReplacedGrantWaitsUntilItsEnvironmentIsDiscovered(t *testing.T) {
	for name, alter := range map[string]func(*auth.Grant){
		"a grant":                     func(*auth.Grant) {},
		"a grant of an older version": func(g *auth.Grant) { g.TokenOrigin = "" },
	} {
		t.Run(name, func(t *testing.T) {
			h, store := replacedOffline(t, alter)
			undiscovered := func(_ *auth.Config, e *auth.Environment) {
				*e = auth.Environment{Name: e.Name, Kind: e.Kind, Issuer: e.Issuer, IAM: e.IAM, ClientID: e.ClientID, Scope: e.Scope}
			}
			settle(t, houseOn(t, h.server, h.dir, store, undiscovered))
			h.leaves("not discovered", store, 4, 4)
			start := houseOn(t, h.server, h.dir, store, undiscovered)
			env := h.server.environment()
			env.SeparateConsents = true
			if err := start.auth.SetEnvironment(env); err != nil {
				t.Fatal(err)
			}
			settle(t, start)
			h.leaves("discovered", store, 2, 2)
		})
	}
}

func TestAGrantOfThisSessionThatAnotherCopyReplacedIsGivenBack(t *testing.T) {
	for name, c := range map[string]struct {
		separate bool
		find     func(h *house, g auth.Grant) error // how this copy finds out
		alive    int
	}{
		"found with a request":        {separate: true, find: func(h *house, g auth.Grant) error { _, err := h.get(g); return err }, alive: 2},
		"found with a renewal":        {separate: true, find: func(h *house, g auth.Grant) error { return h.auth.Renew(h.t.Context(), g.ID) }, alive: 2},
		"the new one may end with it": {find: func(h *house, g auth.Grant) error { _, err := h.get(g); return err }, alive: 4},
	} {
		t.Run(name, func(t *testing.T) {
			change := func(cfg *auth.Config, e *auth.Environment) {
				cfg.Session = auth.NewMemoryStore()
				e.SeparateConsents = c.separate
			}
			store := newRecordingStore()
			h := houseOn(t, newServer(t), t.TempDir(), store, change)
			old, err := h.signIn(auth.Options{Keep: auth.KeptSession})
			if err != nil {
				t.Fatal(err)
			}
			other := houseOn(t, h.server, h.dir, store, change)
			g := other.mustSignIn()
			settle(t, other)
			h.leaves("replaced elsewhere", store, 2, 4)
			for range 2 {
				if err := c.find(h, old); !errors.Is(err, auth.ErrSignInAgain) || !strings.Contains(err.Error(), "replaced by a newer one") {
					t.Errorf("the old grant gives %v", err)
				}
			}
			settle(t, h)
			h.leaves("given back", store, 2, c.alive)
			if status, err := houseOn(t, h.server, h.dir, store, change).get(g); status != 200 || err != nil {
				t.Errorf("the new grant reads %d, %v", status, err)
			}
		})
	}
}
