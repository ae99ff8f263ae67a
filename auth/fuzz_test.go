package auth_test

import (
	"net/http"
	"strings"
	"testing"

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
		if _, known := h.auth.Expiry(g.ID); !known {
			t.Errorf("%d %q gave a grant without an expiry", status, body)
		}
	})
}
