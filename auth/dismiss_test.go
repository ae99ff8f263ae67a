package auth_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"canopy/auth"
)

// surprised signs in twice: to the grant that is meant, and to another
// organization or as another user by mistake.
func surprised(t *testing.T, h *house, user, details string) (meant, other auth.Grant) {
	t.Helper()
	meant = h.mustSignIn()
	h.server.with(func() { h.server.details = details })
	other, err := h.signIn(auth.Options{Replaces: meant.ID, LoginHint: user})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(h.grants.List()); n != 2 {
		t.Fatalf("%d grants are listed", n)
	}
	return meant, other
}

func TestDismissingAGrantDoesNotEndTheOneThatIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		user, details string
		separate      bool
		alive         int // tokens, where the server ends all of a user and client at once unless it promised not to
		revocations   int
	}{
		"another organization of the same user":                    {details: globex, alive: 4},
		"another organization, where consents are kept apart":      {details: globex, separate: true, alive: 2, revocations: 2},
		"another user, with whom the one that is kept has no part": {user: "grace", details: acme, separate: true, alive: 2, revocations: 2},
	} {
		t.Run(name, func(t *testing.T) {
			store := newRecordingStore()
			h := houseOn(t, newServer(t), t.TempDir(), store, func(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = c.separate })
			meant, other := surprised(t, h, c.user, c.details)
			h.server.with(func() { h.server.oneGrant = !c.separate })
			if err := h.auth.Dismiss(t.Context(), other.ID); err != nil {
				t.Fatal(err)
			}
			h.leaves("dismissed", store, 2, c.alive)
			if n := len(h.server.asked("/revoke")); n != c.revocations {
				t.Errorf("%d revocations, want %d", n, c.revocations)
			}
			if list := h.grants.List(); len(list) != 1 || list[0].ID != meant.ID {
				t.Errorf("grants %+v", list)
			}
			if status, err := h.get(meant); status != 200 || err != nil {
				t.Errorf("the one that is kept reads %d, %v", status, err)
			}
			if _, err := h.get(other); !errors.Is(err, auth.ErrSignInAgain) {
				t.Errorf("the one that was dismissed gives %v", err)
			}
			for _, r := range h.asked.Since(0) {
				if r.Path == "/revoke" && (r.Why != "sign-in: give back what is not kept" || r.Grant != other.ID) {
					t.Errorf("a revocation is for %q of %s", r.Why, r.Grant)
				}
			}
			if err := h.auth.Dismiss(t.Context(), other.ID); !errors.Is(err, auth.ErrNotFound) {
				t.Errorf("once more gives %v", err)
			}
		})
	}
}

func TestAnotherUsersGrantIsRevokedWhenItIsDismissed(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	_, other := surprised(t, h, "grace", acme)
	if err := h.grants.Update(other.ID, func(g *auth.Grant) { g.Scope.Hidden = []string{"p1"} }); err != nil {
		t.Fatal(err)
	}
	if err := h.auth.Dismiss(t.Context(), other.ID); err != nil {
		t.Fatal(err)
	}
	h.leaves("dismissed", store, 2, 2)
	content, err := os.ReadFile(filepath.Join(h.dir, "grants.json"))
	if err != nil || strings.Contains(string(content), "scopes") || strings.Contains(string(content), "leaving") {
		t.Errorf("something of it is remembered: %s, %v", content, err)
	}
}

func TestDismissingGoesOnWhenNobodyWaits(t *testing.T) {
	kept := newRecordingStore()
	held := heldStore{kept, make(chan struct{})}
	h := houseOn(t, newServer(t), t.TempDir(), held, separate)
	_, other := surprised(t, h, "", globex)
	gone, stop := context.WithCancel(t.Context())
	stop()
	if err := h.auth.Dismiss(gone, other.ID); err != nil {
		t.Fatal(err)
	}
	if n := len(h.grants.List()); n != 1 {
		t.Errorf("%d grants are listed", n)
	}
	h.leaves("left", kept, 4, len(h.server.alive()))
	close(held.release)
	settle(t, h)
	h.leaves("in the end", kept, 2, 2)
}
