package auth_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour12SigningOutErasesHereFirstAndThenTellsTheServer(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	g := h.mustSignIn()
	h.server.with(func() {
		h.server.post = func(path string, _ map[string]string, _ http.ResponseWriter) bool {
			if path == "/revoke" && (store.count() != 0 || len(h.grants.List()) != 0) {
				t.Error("the server is told before it is erased here")
			}
			return false
		}
	})
	told, err := h.auth.SignOut(t.Context(), g.ID)
	if !told || err != nil {
		t.Errorf("signing out gives %t, %v", told, err)
	}
	h.nothingStored()
	asked := h.server.asked("/revoke")
	if len(asked) != 2 || asked[0].params["token_type_hint"] != "refresh_token" || asked[1].params["token_type_hint"] != "access_token" {
		t.Errorf("the revocations are %v", asked)
	}
	if left := h.server.alive(); len(left) != 0 {
		t.Errorf("alive: %v", left)
	}
	if _, err := h.get(g); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("reading afterwards gives %v", err)
	}
	if _, err := h.auth.SignOut(t.Context(), g.ID); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("signing out again gives %v", err)
	}
	if _, err := os.Stat(filepath.Join(h.dir, "locks", g.ID+".lock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock file is left: %v", err)
	}
}

func TestBehaviour12AServerThatCannotBeToldIsSaidSo(t *testing.T) {
	for name, c := range map[string]struct {
		answer   func(w http.ResponseWriter)
		endpoint string
		tries    int
		told     bool
	}{
		"503":                          {answer: func(w http.ResponseWriter) { replyText(w, 503, "canary") }, tries: 6},
		"a broken connection":          {answer: func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, tries: 6},
		"400":                          {answer: func(w http.ResponseWriter) { reply(w, 400, map[string]any{"error": "unsupported_token_type"}) }, tries: 2},
		"429":                          {answer: func(w http.ResponseWriter) { replyText(w, 429, "") }, tries: 6},
		"204":                          {answer: func(w http.ResponseWriter) { w.WriteHeader(204) }, tries: 2, told: true},
		"offline":                      {endpoint: "http://127.0.0.1:1/revoke"},
		"no endpoint to tell":          {endpoint: "none"},
		"an environment that is gone":  {endpoint: "gone"},
		"it answers the second time":   {tries: 3, told: true},
		"a caller that does not wait":  {answer: func(w http.ResponseWriter) { replyText(w, 503, "") }, tries: 0},
		"a redirect of the revocation": {answer: func(w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(307) }, tries: 6},
	} {
		t.Run(name, func(t *testing.T) {
			store := newRecordingStore()
			h := houseOn(t, newServer(t), t.TempDir(), store)
			h.server.Config.ErrorLog = quiet
			g := h.mustSignIn()
			var once sync.Once
			h.server.with(func() {
				h.server.post = func(path string, _ map[string]string, w http.ResponseWriter) bool {
					if path != "/revoke" {
						return false
					}
					if c.answer == nil {
						failed := false
						once.Do(func() { failed = true; replyText(w, 500, "") })
						return failed
					}
					c.answer(w)
					return true
				}
			})
			e := h.server.environment()
			if c.endpoint != "" {
				e.RevocationEndpoint = map[string]string{"none": "", "gone": ""}[c.endpoint]
				if c.endpoint[0] == 'h' {
					e.RevocationEndpoint = c.endpoint
				}
				if err := h.auth.SetEnvironment(e); err != nil {
					t.Fatal(err)
				}
			}
			if c.endpoint == "gone" {
				if err := h.grants.Update(g.ID, func(g *auth.Grant) { g.Environment = "gone" }); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if name == "a caller that does not wait" {
				cancel()
			}
			told, err := h.auth.SignOut(ctx, g.ID)
			if told != c.told || err != nil {
				t.Errorf("signing out gives %t, %v", told, err)
			}
			h.nothingStored()
			if n := len(h.server.asked("/revoke")); n != c.tries {
				t.Errorf("the server was asked %d times, want %d", n, c.tries)
			}
		})
	}
}

// failingDelete is a Store that cannot erase.
type failingDelete struct{ auth.Store }

func (failingDelete) Delete(context.Context, string) error { return auth.ErrKeyringLocked }

func TestBehaviour12WhatCannotBeErasedStaysListed(t *testing.T) {
	h := houseOn(t, newServer(t), t.TempDir(), failingDelete{auth.NewMemoryStore()})
	g := h.mustSignIn()
	told, err := h.auth.SignOut(t.Context(), g.ID)
	if !told || !errors.Is(err, auth.ErrKeyringLocked) {
		t.Errorf("signing out gives %t, %v", told, err)
	}
	if _, listed := h.grants.Get(g.ID); !listed {
		t.Error("the grant is not listed, and its credential is still there")
	}
	if left := h.server.alive(); len(left) != 0 {
		t.Errorf("alive: %v", left)
	}
}

func TestBehaviour12SigningOutDuringARefreshLeavesNothing(t *testing.T) {
	for name, elsewhere := range map[string]bool{"in this process": false, "in another process": true} {
		t.Run(name, func(t *testing.T) {
			store := newRecordingStore()
			h := houseOn(t, newServer(t), t.TempDir(), store)
			g := h.mustSignIn()
			leaver := h
			if elsewhere {
				leaver = houseOn(t, h.server, h.dir, store)
			}
			h.clock.move(2 * time.Hour)
			arrived, release := make(chan struct{}), make(chan struct{})
			h.server.with(func() {
				h.server.post = refreshing(func(http.ResponseWriter, string) bool { close(arrived); <-release; return false })
			})
			read := make(chan error, 1)
			go func() {
				_, err := h.get(g)
				read <- err
			}()
			<-arrived
			written := store.writes()
			h.server.with(func() { h.server.refresh["canary-refresh-0002-asdf"] = "kept alive for the race" })
			left := make(chan error, 1)
			go func() {
				_, err := leaver.auth.SignOut(t.Context(), g.ID)
				left <- err
			}()
			if err := <-left; err != nil {
				t.Error(err)
			}
			h.server.with(func() { h.server.refresh["canary-refresh-0002-asdf"] = "accepted all the same" })
			close(release)
			if err := <-read; !errors.Is(err, auth.ErrSignInAgain) {
				t.Errorf("reading gives %v", err)
			}
			if store.writes() != written {
				t.Error("what was renewed for a grant that is no more was stored")
			}
			h.nothingStored()
			settle(t, h)
			if alive := h.server.alive(); len(alive) != 0 {
				t.Errorf("alive: %v", alive)
			}
		})
	}
}

func TestBehaviour12SigningOutWhileARenewalStoresLeavesNothing(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	g := h.mustSignIn()
	leaver := houseOn(t, h.server, h.dir, store)
	h.clock.move(2 * time.Hour)
	var once sync.Once
	store.set(func(s *recordingStore) {
		s.onPut = func(string, int) error { // the other process leaves between the look at the list and the write
			once.Do(func() {
				if _, err := leaver.auth.SignOut(t.Context(), g.ID); err != nil {
					t.Error(err)
				}
			})
			return nil
		}
	})
	if _, err := h.get(g); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("reading gives %v", err)
	}
	h.nothingStored()
	settle(t, h)
	if alive := h.server.alive(); len(alive) != 0 {
		t.Errorf("alive: %v", alive)
	}
}
