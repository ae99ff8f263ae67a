package interop_test

import (
	"errors"
	"testing"

	"canopy/auth"
)

// revokesBothTokens shows that after signing out neither token is good for anything, here or at the server.
func revokesBothTokens(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	h.clock.move(lifetimeOf(t, h))
	h.works(g) // so that the tokens to revoke are the rotated ones
	h.leaves(g)
}

// leaves signs out and looks whether the tokens are dead.
func (h *house) leaves(g auth.Grant) {
	h.t.Helper()
	access, refresh := h.wire.tokens()
	if refresh == "" || !h.api.alive(access) {
		h.t.Fatal("the tokens are not alive before signing out")
	}
	if told, err := h.auth.SignOut(h.t.Context(), g.ID); err != nil || !told {
		h.t.Fatalf("leaving gives %t, %v; want the server told\n%s", told, err, h.log)
	}
	h.keepsNothing()
	if h.api.alive(access) {
		h.t.Error("the access token is still good")
	}
	if _, alive := h.refreshes(refresh); alive {
		h.t.Error("the refresh token is still good")
	}
	if _, err := h.read(g); !errors.Is(err, auth.ErrSignInAgain) {
		h.t.Errorf("a request after signing out gives %v; want ErrSignInAgain", err)
	}
}
