package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour05WhateverTheOpenerDoesTheLinkStillWorks(t *testing.T) {
	for name, c := range map[string]struct {
		open   func(ctx context.Context) error
		failed bool
	}{
		"it succeeds without opening": {open: func(context.Context) error { return nil }},
		"it fails":                    {open: func(context.Context) error { return errors.New("exit status 4") }, failed: true},
		"it hangs":                    {open: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
	} {
		t.Run(name, func(t *testing.T) {
			var opens atomic.Int32
			h := newHouse(t, func(c2 *auth.Config, _ *auth.Environment) {
				c2.Open = func(ctx context.Context, _ string) error { opens.Add(1); return c.open(ctx) }
			})
			h.clock.let(func(d time.Duration) bool { return d < 5*time.Second }) // the patience with a silent opener
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
			defer cancel()
			done := h.begin(ctx, auth.Options{})
			p := h.await("waiting", func(p auth.Progress) bool {
				return p.Stage == auth.StageWaiting && (p.BrowserErr != nil) == c.failed
			})
			if p.Link == "" || p.Address == "" || p.Host == "" || p.Deadline.IsZero() {
				t.Errorf("the report lacks something to show: %+v", p)
			}
			if c.failed && !strings.Contains(p.BrowserErr.Error(), "exit status 4") {
				t.Errorf("the failure is reported as %v", p.BrowserErr)
			}
			h.browser.visit(p.Link)
			if o := h.result(done); o.err != nil {
				t.Fatal(o.err)
			}
			if n := opens.Load(); n != 1 {
				t.Errorf("the browser was opened %d times", n)
			}
		})
	}
}

func TestBehaviour05TheLinkWorksTwiceAndInTwoBrowsers(t *testing.T) {
	h := newHouse(t)
	p, done, cancel := h.waiting(auth.Options{})
	defer cancel()
	second := newBrowser(t)
	second.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for range 2 { // looked at, not finished
		if first := second.fetch(p.Link); first.status != http.StatusFound {
			t.Fatalf("the link gave %d %v", first.status, first.err)
		}
	}
	h.browser.visit(p.Link)
	if o := h.result(done); o.err != nil {
		t.Fatal(o.err)
	}
}

func TestBehaviour05CancelledAtEachStepNothingIsStoredAndALateAnswerFindsNobody(t *testing.T) {
	for name, c := range map[string]struct {
		until auth.Stage
		block string // the path that is held until the attempt has ended
	}{
		"while listening":                 {until: auth.StageListening},
		"while waiting":                   {until: auth.StageWaiting},
		"while the code is exchanged":     {until: auth.StageExchanging, block: "/token"},
		"while the user is asked for":     {until: auth.StageExchanging, block: "/userinfo"},
		"while the credential is stored":  {until: auth.StageStoring},
		"between credential and grant":    {until: auth.StageStoring, block: "store"},
		"before it began":                 {},
		"after the browser was opened":    {until: auth.StageBrowserOpened},
		"while the keyring is asked":      {block: "probe"},
		"while the answer is on its way":  {until: auth.StageWaiting, block: "/authorize"},
		"when the tokens have just come":  {until: auth.StageExchanging, block: "tokens"},
		"while the browser is not opened": {until: auth.StageWaiting, block: "opener"},
	} {
		t.Run(name, func(t *testing.T) {
			store := newRecordingStore()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			h := houseOn(t, newServer(t), t.TempDir(), store)
			released := make(chan struct{})
			h.server.with(func() {
				h.server.post = func(path string, _ map[string]string, _ http.ResponseWriter) bool {
					if path == "/token" && c.block == "tokens" {
						cancel() // the answer is sent all the same
					}
					if path == c.block {
						cancel()
						<-released
					}
					return false
				}
				h.server.authorize = func(_, answer url.Values) url.Values {
					if c.block == "/authorize" {
						cancel()
					}
					return answer
				}
			})
			store.set(func(s *recordingStore) {
				s.onPut = func(_ string, n int) error {
					if c.block == "store" && n == 2 {
						cancel()
					}
					return nil
				}
				s.onGet = func(string) error {
					if c.block == "probe" {
						cancel()
						return ctx.Err()
					}
					return nil
				}
			})
			if c.until == 0 && c.block == "" {
				cancel()
			}
			var link string
			// A browser that answers at once may be faster than the news that it was opened.
			h.browser.dont = (c.until == auth.StageWaiting || c.until == auth.StageBrowserOpened) && c.block == ""
			done := make(chan outcome, 1)
			go func() {
				g, err := h.auth.SignIn(ctx, "test", auth.Options{}, func(p auth.Progress) {
					link = p.Link
					if p.Stage == c.until && c.block == "" {
						cancel()
					}
					if p.Stage == c.until && c.block == "/userinfo" || c.block == "opener" {
						cancel()
					}
				})
				done <- outcome{g, err}
			}()
			o := h.result(done)
			close(released)
			if !errors.Is(o.err, auth.ErrCancelled) || !errors.Is(o.err, context.Canceled) {
				t.Errorf("it ended with %v", o.err)
			}
			h.nothingStored()
			if link == "" {
				return
			}
			state, redirect := callback(t, link)
			if late := newBrowser(t).fetch(redirect.String() + "?code=late&state=" + state); late.err == nil {
				t.Errorf("a late answer was answered with %d %s", late.status, late.body)
			}
			settle(t, h)
			if left := h.server.alive(); len(left) != 0 {
				t.Errorf("tokens are alive at the server: %v", left)
			}
		})
	}
}

// settle waits for what goes on in the background.
func settle(t *testing.T, h *house) {
	t.Helper()
	h.clock.let(func(time.Duration) bool { return true })
	h.browser.leave()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if err := h.auth.Close(ctx); err != nil {
		t.Errorf("the background does not end: %v", err)
	}
}

func TestBehaviour05AnAttemptEndsAtItsDeadline(t *testing.T) {
	h := newHouse(t)
	h.browser.dont = true
	h.clock.let(func(d time.Duration) bool { return d == 90*time.Second })
	_, err := h.signIn(auth.Options{Timeout: 90 * time.Second})
	if !errors.Is(err, auth.ErrTimeout) {
		t.Errorf("it ended with %v", err)
	}
	h.nothingStored()
}

func TestTheCallersDeadlineEndsTheAttemptToo(t *testing.T) {
	h := newHouse(t)
	h.browser.dont = true
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := h.auth.SignIn(ctx, "test", auth.Options{}, nil); !errors.Is(err, auth.ErrTimeout) {
		t.Errorf("it ended with %v", err)
	}
}
