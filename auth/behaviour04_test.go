package auth_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour04ACallerThatLeavesDoesNotCancelTheRefresh(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.clock.move(2 * time.Hour)
	arrived, release := make(chan struct{}), make(chan struct{})
	h.server.with(func() {
		h.server.post = refreshing(func(http.ResponseWriter, string) bool { close(arrived); <-release; return false })
	})
	ctx, cancel := context.WithCancel(t.Context())
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, h.server.URL+"/v1beta1/projects", nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := send(h.auth.Client(g.ID), q)
		done <- err
	}()
	<-arrived
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller gets %v", err)
	}
	close(release)
	h.server.with(func() { h.server.post = nil })
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("the next reading gives %d, %v", status, err)
	}
	if n := h.server.refreshes(); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestBehaviour04AnAnswerLostAfterRotationIsAskedForOnceMore(t *testing.T) {
	for name, c := range map[string]struct {
		grace bool // the server accepts the rotated token again for a moment
		is    error
	}{
		"the server has a grace time": {grace: true},
		"the server has none":         {is: auth.ErrSignInAgain},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.Config.ErrorLog = quiet
			g := h.mustSignIn()
			h.clock.move(2 * time.Hour)
			var once sync.Once
			h.server.with(func() {
				h.server.post = refreshing(func(_ http.ResponseWriter, token string) bool {
					drop := false
					once.Do(func() { drop = true })
					if !drop {
						return false
					}
					if !c.grace {
						h.server.with(func() { delete(h.server.refresh, token) })
					}
					panic(http.ErrAbortHandler)
				})
			})
			status, err := h.get(g)
			if !errors.Is(err, c.is) || (c.is == nil && (status != 200 || err != nil)) {
				t.Errorf("reading gives %d, %v", status, err)
			}
			asked := h.server.asked("/token")
			if len(asked) != 3 || asked[1].params["refresh_token"] != asked[2].params["refresh_token"] {
				t.Errorf("the requests are %v", asked)
			}
		})
	}
}

func TestBehaviour04ClosingWaitsForARefreshInFlight(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.browser.last()
	h.clock.let(func(time.Duration) bool { return true })
	h.clock.move(2 * time.Hour)
	arrived, release := make(chan struct{}), make(chan struct{})
	h.server.with(func() {
		h.server.post = refreshing(func(http.ResponseWriter, string) bool { close(arrived); <-release; return false })
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read := make(chan error, 1)
	go func() {
		_, err := h.get(g)
		read <- err
	}()
	<-arrived
	closed := make(chan error, 1)
	go func() { closed <- h.auth.Close(ctx) }()
	close(release)
	if err := <-read; err != nil {
		t.Error(err)
	}
	h.browser.leave()
	if err := <-closed; err != nil {
		t.Errorf("closing gives %v", err)
	}
	h.server.with(func() { h.server.post = nil })
	after := houseOn(t, h.server, h.dir, h.store)
	if status, err := after.get(g); status != 200 || err != nil {
		t.Errorf("after the restart reading gives %d, %v", status, err)
	}
	if _, err := h.get(g); err != nil && !errors.Is(err, auth.ErrOffline) {
		t.Errorf("after closing reading gives %v", err)
	}
}
