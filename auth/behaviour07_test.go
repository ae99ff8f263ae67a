package auth_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

// answering makes a hook that answers the token endpoint.
func answering(answer func(http.ResponseWriter)) func(string, map[string]string, http.ResponseWriter) bool {
	return func(path string, _ map[string]string, w http.ResponseWriter) bool {
		if path != "/token" {
			return false
		}
		answer(w)
		return true
	}
}

func TestBehaviour07ThePageSaysWhatTheAppSays(t *testing.T) {
	for name, c := range map[string]struct {
		token func(http.ResponseWriter)
		put   error
		is    error
		says  string
	}{
		"the token endpoint answers 400": {
			token: func(w http.ResponseWriter) {
				reply(w, 400, map[string]any{"error": "invalid_request", "error_description": "no such thing"})
			},
			is: auth.ErrServer, says: "no such thing",
		},
		"the token endpoint answers 500 in HTML": {
			token: func(w http.ResponseWriter) { replyText(w, 500, "<h1>canary-page</h1>") },
			is:    auth.ErrServer, says: "answered 500",
		},
		"the keyring fails": {put: auth.ErrKeyringLocked, is: auth.ErrKeyringLocked, says: "the keyring is locked"},
	} {
		t.Run(name, func(t *testing.T) {
			store := newRecordingStore()
			store.onPut = func(string, int) error { return c.put }
			h := houseOn(t, newServer(t), t.TempDir(), store)
			if c.token != nil {
				h.server.post = answering(c.token)
			}
			_, err := h.signIn()
			if !errors.Is(err, c.is) {
				t.Errorf("it ended with %v", err)
			}
			p := h.browser.last()
			if p.status != 200 || !strings.Contains(p.body, "Not signed in") || !strings.Contains(p.body, c.says) {
				t.Errorf("the page says %d %s", p.status, p.body)
			}
			if strings.Contains(p.body+err.Error(), "canary") {
				t.Errorf("the server's text came through: %v %s", err, p.body)
			}
			h.nothingStored()
			settle(t, h)
			if left := h.server.alive(); len(left) != 0 {
				t.Errorf("tokens are alive at the server: %v", left)
			}
		})
	}
}

func TestBehaviour07TheBrowserWaitsForASlowTokenEndpoint(t *testing.T) {
	h := newHouse(t)
	release := make(chan struct{})
	h.server.post = answering(func(w http.ResponseWriter) {
		<-release
		reply(w, 200, map[string]any{"access_token": "canary-slow-token"})
	})
	done := h.begin(t.Context(), auth.Options{})
	h.await("exchanging", func(p auth.Progress) bool { return p.Stage == auth.StageExchanging })
	select {
	case p := <-h.browser.pages:
		t.Errorf("the browser has its page before the exchange: %s", p.body)
	default:
	}
	close(release)
	if o := h.result(done); o.err != nil {
		t.Fatal(o.err)
	}
	if p := h.browser.last(); !strings.Contains(p.body, "Signed in") {
		t.Errorf("the page says %s", p.body)
	}
}

func TestBehaviour07ABrowserThatLeavesDoesNotEndTheExchange(t *testing.T) {
	h := newHouse(t)
	release := make(chan struct{})
	h.server.with(func() {
		h.server.post = func(path string, _ map[string]string, _ http.ResponseWriter) bool {
			if path == "/token" {
				<-release
			}
			return false
		}
	})
	done := h.begin(t.Context(), auth.Options{})
	h.await("exchanging", func(p auth.Progress) bool { return p.Stage == auth.StageExchanging })
	h.browser.leave()
	close(release)
	if o := h.result(done); o.err != nil {
		t.Errorf("it ended with %v", o.err)
	}
	if n := len(h.grants.List()); n != 1 {
		t.Errorf("%d grants are stored", n)
	}
}

func TestBehaviour07TheLastPageIsCleanAndCanBeReloaded(t *testing.T) {
	h := newHouse(t)
	h.mustSignIn()
	p := h.browser.last()
	u, err := url.Parse(p.address)
	if err != nil || u.RawQuery != "" || u.Fragment != "" || strings.Contains(p.address, "canary") {
		t.Errorf("the browser ended on %s", p.address)
	}
	checkHygiene(t, p.header)
	if again := h.browser.fetch(p.address); again.status != 200 || again.body == "" {
		t.Errorf("a reload gives %d %v", again.status, again.err)
	}
	settle(t, h)
	if later := newBrowser(t).fetch(p.address); later.err == nil {
		t.Error("the listener is still there")
	}
}

func TestBehaviour07APageThatNobodyFetchesEndsByItself(t *testing.T) {
	h := newHouse(t)
	h.browser.client.CheckRedirect = func(_ *http.Request, via []*http.Request) error {
		if len(via) == 2 {
			return http.ErrUseLastResponse // goes away before the last page
		}
		return nil
	}
	h.mustSignIn()
	if p := h.browser.last(); p.status != http.StatusSeeOther {
		t.Fatalf("the answer to the callback is %d", p.status)
	}
	settle(t, h)
	for _, d := range h.clock.waits() {
		if d > 10*time.Second && d != 5*time.Minute { // the attempt's own deadline
			t.Errorf("it lingers for %v", d)
		}
	}
}

func TestBehaviour07DenialIsToldOnThePageAndInTheError(t *testing.T) {
	for name, c := range map[string]struct {
		code, description string
		is                error
		says              []string
	}{
		"the user denies":         {code: "access_denied", is: auth.ErrDenied, says: []string{"You chose not to allow it"}},
		"the server is not ready": {code: "temporarily_unavailable", description: "back at noon", is: auth.ErrServer, says: []string{"temporarily_unavailable", "back at noon"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.authorize = func(_, answer url.Values) url.Values {
				answer.Del("code")
				answer.Set("error", c.code)
				if c.description != "" {
					answer.Set("error_description", c.description)
				}
				return answer
			}
			_, err := h.signIn()
			if !errors.Is(err, c.is) {
				t.Errorf("it ended with %v", err)
			}
			p := h.browser.last()
			for _, part := range c.says {
				if !strings.Contains(p.body, part) {
					t.Errorf("the page does not say %q: %s", part, p.body)
				}
			}
			if strings.Contains(p.address, "?") {
				t.Errorf("the browser ended on %s", p.address)
			}
			h.nothingStored()
		})
	}
}
