package auth_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

// FuzzTokenAnswers answers the token request with anything. It may fail, with
// nothing stored and nothing told, or give a grant that can be used.
func FuzzTokenAnswers(f *testing.F) {
	for _, body := range []string{
		`{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}`,
		`{"access_token":"a","expires_in":"1e999","authorization_details":[{"type":"tidbcloud","organization":{"id":1e9},"projects":"all"}]}`,
		`{"access_token":"a","expires_in":-0.5,"authorization_details":[{"type":"tidbcloud","projects":[[],{},null,"p"]}]}`,
		`{"error":"invalid_grant","error_description":"canary"}`, `{"error":{}}`, `[]`, `null`, ``, `<html>`, `{"access_token":"\u0000"}`,
	} {
		f.Add(200, body)
		f.Add(400, body)
	}
	f.Add(302, "")
	f.Add(204, "")
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.UserinfoEndpoint = "" })
		h.server.post = answering(func(w http.ResponseWriter) { replyText(w, status, body) })
		g, err := h.signIn()
		if err != nil {
			h.nothingStored()
			if strings.Contains(err.Error(), "canary-code") {
				t.Errorf("%v", err)
			}
			return
		}
		if _, listed := h.grants.Get(g.ID); !listed || status/100 != 2 {
			t.Errorf("%d %q gave a grant that is not listed", status, body)
		}
		if h.auth.Token(g.ID).Expires.IsZero() {
			t.Errorf("%d %q gave a grant without an expiry", status, body)
		}
	})
}

// FuzzDeviceAnswers answers the request for a device code, and the first question whether it was allowed, with anything.
// It may fail, with nothing stored; it never asks without a pause, and never goes on for hours.
func FuzzDeviceAnswers(f *testing.F) {
	const good = `{"device_code":"canary-device-code","user_code":"WDJB","verification_uri":"https://tidbcloud.com/device","interval":5,"expires_in":900}`
	for _, poll := range []string{`{"error":"authorization_pending"}`, `{"error":"slow_down"}`, `{"error":"access_denied"}`, `{"error":[]}`, ``} {
		f.Add(good, 400, poll)
		f.Add(strings.Replace(good, "5", "-1e308", 1), 500, poll)
		f.Add(strings.Replace(good, "900", `"1e999"`, 1), 200, poll)
		f.Add(strings.Replace(good, "https", "javascript", 1), 401, poll)
	}
	f.Add(`{"device_code":{},"user_code":"\u202e"}`, 400, `null`)
	f.Fuzz(func(t *testing.T, device string, status int, poll string) {
		if status < 200 || status > 599 {
			return
		}
		h := newHouse(t, func(c *auth.Config, e *auth.Environment) { c.Open, e.UserinfoEndpoint = noBrowser(t), "" })
		h.clock.let(func(time.Duration) bool { return true })
		polled := false
		h.server.approved = true
		h.server.post = func(path string, _ map[string]string, w http.ResponseWriter) bool {
			switch {
			case path == "/device":
				replyText(w, 200, device)
				return true
			case path == "/token" && !polled:
				polled = true
				replyText(w, status, poll)
				return true
			}
			return false
		}
		g, err := h.signInWithDevice()
		for _, d := range h.clock.waits() {
			if d < time.Second || d > time.Minute {
				t.Errorf("it waited for %v", d)
			}
		}
		for _, p := range h.reports {
			if left := p.Deadline.Sub(h.clock.start); left > 2*time.Hour {
				t.Errorf("the code is good for %v", left)
			}
			if u, _ := url.Parse(p.VerificationURI); u == nil || (u.Scheme != "https" && u.Scheme != "http") {
				t.Errorf("the user is sent to %q", p.VerificationURI)
			}
		}
		if err != nil {
			h.nothingStored()
			return
		}
		if _, listed := h.grants.Get(g.ID); !listed {
			t.Error("the grant is not listed")
		}
	})
}

// FuzzMetadata has a server say anything about itself. What is believed is on the server's own host, and safe to use.
func FuzzMetadata(f *testing.F) {
	for _, body := range []string{
		`{"issuer":"ORIGIN","authorization_endpoint":"ORIGIN/a","token_endpoint":"ORIGIN/t","code_challenge_methods_supported":["S256"]}`,
		`{"issuer":"ORIGIN","token_endpoint":"https://evil.example/t"}`, `{"issuer":"ORIGIN","token_endpoint":"ORIGIN@evil.example/t"}`,
		`{"issuer":"ORIGIN","code_challenge_methods_supported":"plain"}`, `{"issuer":"ORIGIN","userinfo_endpoint":"http:ORIGIN"}`,
		`{"issuer":"ORIGIN/"}`, `{"issuer":["ORIGIN"]}`, `[]`, `null`, `{`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var s *httptest.Server
		s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			replyText(w, 200, strings.ReplaceAll(body, "ORIGIN", s.URL))
		}))
		defer s.Close()
		e, err := auth.Discover(t.Context(), s.Client(), s.URL)
		if err != nil {
			return
		}
		if e.Issuer != s.URL || e.Validate() != nil || (e.CodeChallengeMethods != nil && !slices.Contains(e.CodeChallengeMethods, "S256")) {
			t.Errorf("%q is believed: %+v", body, e)
		}
		for _, address := range []string{e.AuthorizationEndpoint, e.TokenEndpoint, e.DeviceAuthorizationEndpoint, e.RevocationEndpoint, e.UserinfoEndpoint} {
			if u, err := url.Parse(address); address != "" && (err != nil || u.Hostname() != "127.0.0.1" || u.User != nil) {
				t.Errorf("%q names %s", body, address)
			}
		}
	})
}

// FuzzPassphraseFiles opens a file of anything. It is read, or an error that names it, and then it is left as it is.
func FuzzPassphraseFiles(f *testing.F) {
	good := filepath.Join(f.TempDir(), "f")
	if err := newPassphraseFile(good, passphrase).Put(f.Context(), "k", []byte("canary")); err != nil {
		f.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		f.Fatal(err)
	}
	for _, cut := range []int{0, 1, 60, len(content) / 2, len(content) - 1, len(content)} {
		f.Add(content[:cut])
		f.Add(content[cut:])
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		file := newPassphraseFile(path, passphrase)
		record, err := file.Get(t.Context(), "k")
		if err == nil && string(record) != "canary" {
			t.Errorf("it holds %q", record)
		}
		if err == nil || errors.Is(err, auth.ErrNotFound) {
			return
		}
		if !strings.Contains(err.Error(), path) {
			t.Errorf("it gives %v", err)
		}
		if err := file.Put(t.Context(), "k", nil); err == nil {
			t.Error("a damaged file was written to")
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
			t.Errorf("the file is another now, %v", err)
		}
	})
}
