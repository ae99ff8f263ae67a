package auth_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour02RenewedWhenTheUserAsksWhateverTheAge(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.clock.move(time.Minute)
	for n := 1; n <= 2; n++ {
		if err := h.auth.Renew(t.Context(), g.ID); err != nil {
			t.Fatal(err)
		}
		info := h.auth.Token(g.ID)
		if h.server.refreshes() != n || info.Renewals != n || info.Expires.Sub(h.clock.now()) != time.Hour {
			t.Errorf("after %d refreshes it tells %+v", h.server.refreshes(), info)
		}
	}
	restarted := houseOn(t, h.server, h.dir, h.store)
	if err := restarted.auth.Renew(t.Context(), g.ID); err != nil { // the first thing that is asked of it
		t.Fatal(err)
	}
	if info := restarted.auth.Token(g.ID); info.Renewals != 3 || h.server.refreshes() != 3 {
		t.Errorf("after a restart it tells %+v", info)
	}
	if err := h.auth.Renew(t.Context(), g.ID); err != nil || h.server.refreshes() != 4 {
		t.Errorf("what another copy did before counts for this one: %d refreshes, %v", h.server.refreshes(), err)
	}
	for _, one := range []*house{h, restarted} {
		if status, err := one.get(g); status != 200 || err != nil {
			t.Errorf("it reads %d, %v", status, err)
		}
	}
	again := h.mustSignIn()
	if info := h.auth.Token(again.ID); info.Renewals != 0 {
		t.Errorf("of a new grant it tells %+v", info)
	}
}

func TestBehaviour02ManyWhoRenewAtOnceMakeOneRefresh(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	arrived, release := make(chan struct{}), make(chan struct{})
	h.server.with(func() {
		h.server.post = refreshing(func(http.ResponseWriter, string) bool { close(arrived); <-release; return false })
	})
	var group sync.WaitGroup
	renew := func(one *house) {
		group.Go(func() {
			if err := one.auth.Renew(t.Context(), g.ID); err != nil {
				t.Error(err)
			}
		})
	}
	renew(h)
	<-arrived
	other := houseOn(t, h.server, h.dir, h.store)
	renew(other)
	for range 6 {
		renew(h)
	}
	waitingIn(t, 8, "auth.(*Authenticator).Renew(")
	h.server.with(func() { h.server.post = nil })
	close(release)
	group.Wait()
	if n := h.server.refreshes(); n != 1 || h.auth.Token(g.ID).Renewals != 1 || other.auth.Token(g.ID).Renewals != 1 {
		t.Errorf("%d refreshes", n)
	}
	for _, one := range []*house{h, other} {
		if status, err := one.get(g); status != 200 || err != nil {
			t.Errorf("it reads %d, %v", status, err)
		}
	}
}

// waitingIn returns when so many goroutines wait in a select of a function.
func waitingIn(t *testing.T, many int, function string) {
	t.Helper()
	for limit, all := time.Now().Add(10*time.Second), make([]byte, 4<<20); ; runtime.Gosched() {
		waiting := 0
		for one := range strings.SplitSeq(string(all[:runtime.Stack(all, true)]), "\n\n") {
			if strings.Contains(one, "[select") && strings.Contains(one, function) {
				waiting++
			}
		}
		if waiting == many {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%d goroutines wait in %s, want %d", waiting, function, many)
		}
	}
}

func TestBehaviour02RenewingIsNotContentWithAFlightThatRenewsNothing(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	reached, release := make(chan struct{}), make(chan struct{})
	var gets atomic.Int32
	slow := newRecordingStore()
	slow.Store = h.store
	slow.onGet = func(string) error {
		if gets.Add(1) == 1 {
			close(reached)
			<-release
		}
		return nil
	}
	restarted := houseOn(t, h.server, h.dir, slow)
	read := make(chan error, 1)
	go func() {
		_, err := restarted.get(g) // reads the token, which is good
		read <- err
	}()
	<-reached
	renewed := make(chan error, 1)
	go func() { renewed <- restarted.auth.Renew(t.Context(), g.ID) }()
	waitingIn(t, 1, "auth.(*Authenticator).Renew(") // for that reader's flight
	close(release)
	if err := errors.Join(<-read, <-renewed); err != nil {
		t.Fatal(err)
	}
	if n := h.server.refreshes(); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestBehaviour02WhyRenewingFails(t *testing.T) {
	for name, c := range map[string]struct {
		post func(string, map[string]string, http.ResponseWriter) bool
		left bool // signed out before
		is   error
		says string
	}{
		"a server in trouble":      {post: refreshing(refusal(503, "", "")), is: auth.ErrOffline, says: "503"},
		"a grant that has ended":   {post: refreshing(refusal(400, "invalid_grant", "")), is: auth.ErrSignInAgain, says: "sign in again"},
		"a grant that was left":    {left: true, is: auth.ErrNotFound, says: "signed out"},
		"a connection that breaks": {post: refreshing(func(http.ResponseWriter, string) bool { panic(http.ErrAbortHandler) }), is: auth.ErrOffline, says: "could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.Config.ErrorLog = quiet
			g := h.mustSignIn()
			h.server.with(func() { h.server.post = c.post })
			if c.left {
				if _, err := h.auth.SignOut(t.Context(), g.ID); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.auth.Renew(t.Context(), g.ID); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it ends with %v", err)
			}
			if errors.Is(c.is, auth.ErrOffline) {
				if status, err := h.get(g); status != 200 || err != nil {
					t.Errorf("the token that was good reads %d, %v", status, err)
				}
				return
			}
			if err := h.auth.Renew(t.Context(), g.ID); !errors.Is(err, c.is) {
				t.Errorf("once more it ends with %v", err)
			}
		})
	}
}

func TestWhereThereIsNothingToRenewWith(t *testing.T) {
	h := newHouse(t)
	handler, _ := digested("PUBLICKEY", "canary-private-key")
	h.server.with(func() { h.server.api = handler })
	key, err := h.auth.SignInWithAPIKey(t.Context(), "test", "PUBLICKEY", "canary-private-key")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.auth.Renew(t.Context(), key.ID); err == nil || !strings.Contains(err.Error(), "API key does not expire") {
		t.Errorf("an API key gives %v", err)
	}
	if info := h.auth.Token(key.ID); info != (auth.TokenInfo{}) {
		t.Errorf("of an API key it tells %+v", info)
	}
	h.server.with(func() {
		h.server.post = func(path string, _ map[string]string, w http.ResponseWriter) bool {
			if path == "/token" {
				reply(w, 200, map[string]any{"access_token": "canary-lonely-token", "expires_in": 600})
			}
			return path == "/token"
		}
	})
	g := h.mustSignIn()
	if err := h.auth.Renew(t.Context(), g.ID); err == nil || !strings.Contains(err.Error(), "gave no refresh token") || errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("a server without refresh tokens gives %v", err)
	}
	if info := h.auth.Token(g.ID); info.Renewable || !info.Renews.IsZero() || info.Expires.Sub(h.clock.now()) != 10*time.Minute {
		t.Errorf("it tells %+v", info)
	}
}

func TestBehaviour04ACallerThatLeavesDoesNotCancelTheRenewalItAskedFor(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	h.server.with(func() {
		h.server.post = refreshing(func(http.ResponseWriter, string) bool { cancel(); <-release; return false })
	})
	if err := h.auth.Renew(ctx, g.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	close(release)
	settle(t, h)
	if info := h.auth.Token(g.ID); info.Renewals != 1 {
		t.Errorf("it tells %+v", info)
	}
}

func TestBehaviour02WhatTheStoreDidNotTakeIsRenewedFrom(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	g := h.mustSignIn()
	store.set(func(s *recordingStore) { s.onPut = func(string, int) error { return auth.ErrKeyringLocked } })
	if err := h.auth.Renew(t.Context(), g.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.auth.Renew(t.Context(), g.ID); !errors.Is(err, auth.ErrKeyringLocked) || !errors.Is(err, auth.ErrOffline) {
		t.Errorf("with a token that is not stored it ends with %v", err)
	}
	store.set(func(s *recordingStore) { s.onPut = nil })
	if err := h.auth.Renew(t.Context(), g.ID); err != nil || h.server.refreshes() != 2 || h.auth.Token(g.ID).Renewals != 2 {
		t.Errorf("%d refreshes, %+v, %v", h.server.refreshes(), h.auth.Token(g.ID), err)
	}
}
