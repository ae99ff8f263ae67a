package auth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour03OnlyInvalidGrantEndsAGrant(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, token string) bool
		ended  bool
	}{
		"500":                         {answer: text(500, "canary")},
		"502 in HTML":                 {answer: text(502, "<h1>Bad gateway</h1>")},
		"502 that echoes the request": {answer: func(w http.ResponseWriter, token string) bool { replyText(w, 502, "refresh_token="+token); return true }},
		"429 with Retry-After": {answer: func(w http.ResponseWriter, _ string) bool {
			w.Header().Set("Retry-After", "7")
			replyText(w, 429, "")
			return true
		}},
		"a captive portal's 200": {answer: text(200, "<html>Welcome to our wifi</html>")},
		"a proxy's 407":          {answer: text(407, "authenticate")},
		"a proxy's 403 in HTML":  {answer: text(403, "<h1>invalid_grant</h1>")},
		"a redirect to a portal": {answer: func(w http.ResponseWriter, _ string) bool {
			w.Header().Set("Location", "https://wifi.example")
			w.WriteHeader(302)
			return true
		}},
		"invalid_client":         {answer: refusal(401, "invalid_client", "")},
		"invalid_request":        {answer: refusal(400, "invalid_request", "")},
		"unauthorized_client":    {answer: refusal(400, "unauthorized_client", "")},
		"invalid_grant in a 500": {answer: refusal(500, "invalid_grant", "")},
		"invalid_grant in words": {answer: refusal(400, "server_error", "invalid_grant")},
		"no answer":              {answer: func(http.ResponseWriter, string) bool { panic(http.ErrAbortHandler) }},
		"invalid_grant":          {answer: refusal(400, "invalid_grant", "Token has been expired or revoked."), ended: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.Config.ErrorLog = quiet
			g := h.mustSignIn()
			h.server.with(func() { h.server.post = refreshing(c.answer) })
			h.clock.move(2 * time.Hour)
			_, err := h.get(g)
			if err == nil || strings.Contains(err.Error(), "canary") {
				t.Fatalf("reading gives %v", err)
			}
			if errors.Is(err, auth.ErrSignInAgain) != c.ended || errors.Is(err, auth.ErrOffline) == c.ended {
				t.Errorf("reading gives %v", err)
			}
			if _, listed := h.grants.Get(g.ID); !listed {
				t.Error("the grant is gone")
			}
			h.server.with(func() { h.server.post = nil })
			status, err := h.get(g)
			if c.ended == (err == nil && status == 200) {
				t.Errorf("afterwards reading gives %d, %v", status, err)
			}
		})
	}
}

func TestBehaviour03AnErrorSaysWhatHelps(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, token string) bool
		says   string
	}{
		"the grant has ended":       {refusal(400, "invalid_grant", "Token has been revoked."), "sign in again"},
		"a server in trouble":       {refusal(500, "invalid_grant", ""), "try again later"},
		"a gateway in trouble":      {text(502, "<h1>Bad gateway</h1>"), "try again later"},
		"another client":            {refusal(401, "invalid_client", ""), "check the environment's settings"},
		"not allowed to renew":      {refusal(400, "unauthorized_client", ""), "check the environment's settings"},
		"a scope that is not known": {refusal(400, "invalid_scope", ""), "check the environment's settings"},
		"a proxy that wants a name": {text(407, "authenticate"), "put them into HTTPS_PROXY"},
		"something else":            {refusal(400, "temporarily_unavailable", ""), "try again later"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			g := h.mustSignIn()
			h.server.with(func() { h.server.post = refreshing(c.answer) })
			h.clock.move(2 * time.Hour)
			_, err := h.get(g)
			if err == nil || !strings.HasSuffix(err.Error(), c.says) {
				t.Errorf("it says %v; want it to end with %q", err, c.says)
			}
			if strings.Count(err.Error(), "; ") != 1 {
				t.Errorf("it gives more than one piece of advice: %v", err)
			}
		})
	}
}

func text(status int, body string) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, _ string) bool { replyText(w, status, body); return true }
}

func refusal(status int, code, description string) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, _ string) bool {
		reply(w, status, map[string]any{"error": code, "error_description": description})
		return true
	}
}

func TestBehaviour03AHostThatCannotBeReachedIsNamed(t *testing.T) {
	for name, endpoint := range map[string]string{
		"nobody listens":   "http://127.0.0.1:1/token",
		"no such name":     "https://canopy.invalid/token",
		"a timeout occurs": "",
	} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			defer close(release)
			h := newHouse(t, func(c *auth.Config, _ *auth.Environment) { c.HTTP.Timeout = 300 * time.Millisecond })
			g := h.mustSignIn()
			e := h.server.environment()
			if endpoint != "" {
				e.TokenEndpoint = endpoint
			}
			if err := h.auth.SetEnvironment(e); err != nil {
				t.Fatal(err)
			}
			if err := h.grants.Update(g.ID, func(g *auth.Grant) { g.TokenOrigin = "" }); err != nil { // bound to no host
				t.Fatal(err)
			}
			h.server.with(func() {
				h.server.post = refreshing(func(http.ResponseWriter, string) bool { <-release; return true })
			})
			h.clock.move(2 * time.Hour)
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
			defer stop()
			q, err := http.NewRequestWithContext(ctx, http.MethodGet, h.server.URL+"/v1beta1/projects", nil)
			if err != nil {
				t.Fatal(err)
			}
			client := h.auth.Client(g.ID)
			client.Timeout = 0
			_, err = send(client, q)
			if !errors.Is(err, auth.ErrOffline) || !strings.Contains(err.Error(), strings.Split(e.TokenEndpoint, "/")[2]) {
				t.Errorf("reading gives %v", err)
			}
		})
	}
}
