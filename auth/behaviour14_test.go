package auth_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"canopy/auth"
)

// fewer is what a user allows who leaves all but one project out.
const fewer = `[{"type":"tidbcloud","organization":{"id":"1001","name":"Acme"},"projects":[{"id":"p1"}]}]`

func TestBehaviour14ASwapEndsWithTheNewGrantAliveAndTheOldOneGone(t *testing.T) {
	for name, c := range map[string]struct {
		separate bool // the environment promises separate consents
		oneGrant bool // the server keeps one for all
		endsOld  bool // the server ends the old one itself
		again    bool // the same once more, instead of fewer projects asked for
		stranger bool // the old grant is one of another client
		revoked  int
		alive    int
	}{
		"the environment promises separate consents":                   {separate: true, revoked: 2, alive: 2},
		"the environment promises them, and the same is granted again": {separate: true, again: true, revoked: 2, alive: 2},
		"the environment promises nothing":                             {alive: 4},
		"the server keeps one consent for all":                         {oneGrant: true, alive: 4},
		"the server keeps one, and the same is granted again":          {oneGrant: true, again: true, alive: 4},
		"the server ends the old one itself":                           {endsOld: true, alive: 2},
		"the server ends the old one itself, and separates consents":   {endsOld: true, separate: true, revoked: 2, alive: 2},
		"the old grant was another client's":                           {stranger: true, alive: 4},
	} {
		t.Run(name, func(t *testing.T) {
			store := newRecordingStore()
			h := houseOn(t, newServer(t), t.TempDir(), store, func(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = c.separate })
			old := h.mustSignIn()
			if c.stranger {
				if err := h.grants.Update(old.ID, func(g *auth.Grant) { g.ClientID = "another" }); err != nil {
					t.Fatal(err)
				}
			}
			h.server.with(func() {
				h.server.oneGrant, h.server.endsOld = c.oneGrant, c.endsOld
				if !c.again {
					h.server.details = fewer
				}
				h.server.post = func(path string, _ map[string]string, _ http.ResponseWriter) bool {
					if list := h.grants.List(); path == "/revoke" && (len(list) != 1 || list[0].ID == old.ID) {
						t.Errorf("the old grant was revoked when %v were listed", list)
					}
					return false
				}
			})
			o := auth.Options{Replaces: old.ID}
			if c.again {
				o.Replaces = ""
			}
			g, err := h.signIn(o)
			if err != nil {
				t.Fatal(err)
			}
			settle(t, h)
			if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID || (len(g.Projects) == 1) == c.again {
				t.Errorf("grants %+v", list)
			}
			if n := store.count(); n != 2 {
				t.Errorf("%d records are kept, want the two of the new grant", n)
			}
			if n := len(h.server.asked("/revoke")); n != c.revoked {
				t.Errorf("%d revocations, want %d", n, c.revoked)
			}
			if alive := h.server.alive(); len(alive) != c.alive {
				t.Errorf("alive: %v, want %d", alive, c.alive)
			}
			after := houseOn(t, h.server, h.dir, store, func(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = c.separate })
			after.clock.move(2 * time.Hour) // so that it has to be renewed
			if status, err := after.get(g); status != 200 || err != nil {
				t.Errorf("the new grant reads %d, %v", status, err)
			}
			if _, err := h.get(old); !errors.Is(err, auth.ErrSignInAgain) {
				t.Errorf("the old grant gives %v", err)
			}
		})
	}
}

func TestBehaviour14ADeniedReconsentKeepsTheOldGrant(t *testing.T) {
	h := newHouse(t)
	old := h.mustSignIn()
	h.server.with(func() {
		h.server.post = answering(func(w http.ResponseWriter) { reply(w, 400, map[string]any{"error": "invalid_grant"}) })
	})
	if _, err := h.signIn(auth.Options{Replaces: old.ID}); !errors.Is(err, auth.ErrServer) {
		t.Errorf("it ended with %v", err)
	}
	if status, err := h.get(old); status != 200 || err != nil {
		t.Errorf("the old grant reads %d, %v", status, err)
	}
}

func TestBehaviour14AReconsentThatIsNotStoredDoesNotTakeTheOldGrantAlong(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	old := h.mustSignIn()
	h.server.with(func() { h.server.oneGrant = true })
	store.set(func(s *recordingStore) { s.onPut = func(string, int) error { return auth.ErrKeyringLocked } })
	if _, err := h.signIn(auth.Options{Replaces: old.ID}); !errors.Is(err, auth.ErrKeyringLocked) {
		t.Fatalf("it ended with %v", err)
	}
	settle(t, h)
	store.set(func(s *recordingStore) { s.onPut = nil })
	after := houseOn(t, h.server, h.dir, store)
	after.clock.move(2 * time.Hour)
	if status, err := after.get(old); status != 200 || err != nil {
		t.Errorf("the old grant reads %d, %v", status, err)
	}
	if list := h.grants.List(); len(list) != 1 || list[0].ID != old.ID {
		t.Errorf("grants %+v", list)
	}
}

func TestBehaviour14ARenewalOfTheOldGrantUnderWayDoesNotEndTheNewOne(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	old := h.mustSignIn()
	h.clock.move(2 * time.Hour)
	arrived, release := make(chan struct{}), make(chan struct{})
	h.server.with(func() {
		h.server.oneGrant = true
		h.server.post = refreshing(func(http.ResponseWriter, string) bool { close(arrived); <-release; return false })
	})
	read := make(chan error, 1)
	go func() {
		_, err := h.get(old)
		read <- err
	}()
	<-arrived
	g, err := h.signIn(auth.Options{Replaces: old.ID})
	if err != nil {
		t.Fatal(err)
	}
	close(release)
	if err := <-read; err != nil && !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("reading with the old grant gives %v", err)
	}
	settle(t, h)
	if n := len(h.server.asked("/revoke")); n != 0 {
		t.Errorf("%d revocations", n)
	}
	h.server.with(func() { h.server.post = nil })
	after := houseOn(t, h.server, h.dir, store)
	after.clock.move(4 * time.Hour)
	if status, err := after.get(g); status != 200 || err != nil {
		t.Errorf("the new grant reads %d, %v", status, err)
	}
	if n := store.count(); n != 2 {
		t.Errorf("%d records are kept, want the two of the new grant", n)
	}
}

// heldStore lets nothing be erased until it is released, as if the program had ended there.
type heldStore struct {
	auth.Store
	release chan struct{}
}

func (s heldStore) Delete(ctx context.Context, key string) error {
	<-s.release
	return s.Store.Delete(ctx, key)
}

func TestBehaviour14ACrashInTheMiddleOfTheSwapIsFinishedByTheNextStart(t *testing.T) {
	kept := newRecordingStore()
	held := heldStore{kept, make(chan struct{})}
	separate := func(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = true }
	h := houseOn(t, newServer(t), t.TempDir(), held, separate)
	old := h.mustSignIn()
	h.server.with(func() { h.server.details = fewer })
	g, err := h.signIn(auth.Options{Replaces: old.ID})
	if err != nil {
		t.Fatal(err)
	}
	if n := kept.count(); n != 4 {
		t.Fatalf("%d records are kept, want those of both grants", n)
	}
	after := houseOn(t, h.server, h.dir, kept, separate) // what a restart finds
	if list := after.grants.List(); len(list) != 1 || list[0].ID != g.ID {
		t.Errorf("listed are %+v", list)
	}
	settle(t, after)
	if n := kept.count(); n != 2 {
		t.Errorf("%d records are kept, want the two of the new grant", n)
	}
	if alive := h.server.alive(); len(alive) != 2 {
		t.Errorf("alive: %v, want the tokens of the new grant", alive)
	}
	if status, err := houseOn(t, h.server, h.dir, kept).get(g); status != 200 || err != nil {
		t.Errorf("the new grant reads %d, %v", status, err)
	}
	close(held.release)
}

func TestBehaviour14LeavingTellsTheServerEvenIfAnotherGrantEndsWithIt(t *testing.T) {
	h := newHouse(t)
	one := h.mustSignIn()
	h.server.with(func() { h.server.details = globex })
	two := h.mustSignIn()
	h.server.with(func() { h.server.oneGrant = true })
	if told, err := h.auth.SignOut(t.Context(), one.ID); !told || err != nil {
		t.Errorf("signing out gives %t, %v", told, err)
	}
	if alive := h.server.alive(); len(alive) != 0 {
		t.Errorf("alive: %v", alive)
	}
	if _, err := h.get(two); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("the other grant gives %v", err)
	}
}
