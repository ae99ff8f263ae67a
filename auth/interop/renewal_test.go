package interop_test

import (
	"net/http"
	"net/url"
	"reflect"
	"sync"
	"testing"
	"time"

	"canopy/auth"
)

// lifetimeOf gives how long the server says the last access token lives.
func lifetimeOf(t *testing.T, h *house) time.Duration {
	t.Helper()
	h.wire.mu.Lock()
	defer h.wire.mu.Unlock()
	var life time.Duration
	for _, e := range h.wire.seen {
		if n, ok := e.answer["expires_in"].(float64); ok && e.said("access_token") != "" {
			life = time.Duration(n) * time.Second
		}
	}
	if life <= 0 {
		t.Fatal("the server did not say how long a token lives")
	}
	return life
}

// renewsAndRotates shows two renewals in a row, each with the token of the one before.
func renewsAndRotates(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	h.works(g)
	_, first := h.wire.tokens()
	tokens := []string{first}
	for range 2 {
		h.clock.move(lifetimeOf(t, h))
		h.works(g)
		_, next := h.wire.tokens()
		tokens = append(tokens, next)
	}
	asked := h.wire.asked("refresh_token")
	if len(asked) != 2 {
		t.Fatalf("the server was asked %d times; want 2", len(asked))
	}
	for i, e := range asked {
		if e.form.Get("refresh_token") != tokens[i] {
			t.Errorf("renewal %d did not use the token of the one before", i+1)
		}
		if tokens[i+1] == tokens[i] || tokens[i+1] == "" {
			t.Errorf("renewal %d did not rotate the token", i+1)
		}
	}
	if n := len(h.api.bearers()); n != 3 {
		t.Errorf("the API was given %d different tokens; want 3", n)
	}
	if at := h.auth.Token(g.ID).Renews; !at.After(h.clock.now()) {
		t.Errorf("the next renewal is at %v; want a time to come", at)
	}
}

// renewsOnceForAll shows that many requests at the end of a token, in two running copies, rotate once.
func renewsOnceForAll(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	two := h.secondCopy()
	h.clock.move(lifetimeOf(t, h))
	var group sync.WaitGroup
	for i := range 16 {
		one := []*house{h, two}[i%2]
		group.Go(func() {
			if status, err := one.read(g); err != nil || status != http.StatusOK {
				t.Errorf("the API answered %d, %v; want 200", status, err)
			}
		})
	}
	group.Wait()
	if n := len(h.wire.asked("refresh_token")) + len(two.wire.asked("refresh_token")); n != 1 {
		t.Errorf("the server was asked %d times; want once", n)
	}
}

// endsWhenTokenWasStolen shows that a refresh token which somebody else used first ends the session here.
func endsWhenTokenWasStolen(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	_, refresh := h.wire.tokens()
	stolen, ok := h.refreshes(refresh)
	if !ok {
		t.Fatal("the server did not take its own refresh token")
	}
	h.clock.move(lifetimeOf(t, h))
	h.ended(g)
	if _, alive := h.refreshes(stolen.said("refresh_token")); alive == s.familyDies {
		t.Errorf("the thief's token is alive: %t; does the server end a family: %t", alive, s.familyDies)
	}
	if told, err := h.auth.SignOut(t.Context(), g.ID); err != nil || !told {
		t.Errorf("leaving gives %t, %v; want the server told", told, err)
	}
	h.keepsNothing()
}

// outlastsReplay shows what becomes of the session when somebody tries a refresh token that was already rotated.
func outlastsReplay(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	_, old := h.wire.tokens()
	h.clock.move(lifetimeOf(t, h))
	h.works(g)
	if _, alive := h.refreshes(old); alive {
		t.Fatal("the server took a rotated refresh token; it does not detect reuse")
	}
	if s.familyDies {
		h.ended(g)
		return
	}
	h.works(g)
	h.clock.move(lifetimeOf(t, h))
	h.works(g)
}

// asksOnceMoreWhenAnswerIsLost shows the same token sent once more when the answer to a renewal was lost. These servers
// have no grace for it, so their invalid_grant ends the session.
func asksOnceMoreWhenAnswerIsLost(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	h.clock.move(lifetimeOf(t, h))
	h.wire.loseNext("refresh_token")
	h.ended(g)
	asked := h.wire.asked("refresh_token")
	if len(asked) != 2 || !reflect.DeepEqual(asked[0].form, asked[1].form) {
		t.Fatalf("the server was asked %d times; want twice the same", len(asked))
	}
	if asked[0].status != http.StatusOK || asked[1].said("error") != "invalid_grant" {
		t.Errorf("the answers were %d and %v; want tokens, then invalid_grant", asked[0].status, asked[1].answer)
	}
}

// answersRevokedAccessToken shows a token that the server ended before its time: renewed once, if the server lets it.
func answersRevokedAccessToken(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	h.works(g)
	access, _ := h.wire.tokens()
	h.stranger(h.env.RevocationEndpoint, url.Values{"token": {access}, "token_type_hint": {"access_token"}})
	if h.api.alive(access) {
		t.Fatal("the server keeps a revoked access token alive")
	}
	if s.familyDies {
		h.ended(g)
		return
	}
	h.works(g)
	if n := len(h.wire.asked("refresh_token")); n != 1 {
		t.Errorf("the server was asked %d times; want once", n)
	}
}

// lastsWithoutRefreshToken shows a server that gives no refresh token: good until the access token ends.
func lastsWithoutRefreshToken(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	if _, refresh := h.wire.tokens(); refresh != "" {
		t.Fatal("the server gave a refresh token")
	}
	h.works(g)
	h.clock.move(lifetimeOf(t, h) - time.Second)
	h.works(g)
	h.clock.move(2 * time.Second)
	h.ended(g)
	if told, err := h.auth.SignOut(t.Context(), g.ID); err != nil || !told {
		t.Errorf("leaving gives %t, %v; want the server told", told, err)
	}
}

// isUsable checks that a grant works, renews, and can be given back.
func (h *house) isUsable(g auth.Grant) {
	h.t.Helper()
	h.works(g)
	h.clock.move(lifetimeOf(h.t, h))
	h.works(g)
	h.leaves(g)
}
