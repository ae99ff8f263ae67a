package auth_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"canopy/auth"
)

func TestBehaviour08EveryAttemptHasItsOwnS256ChallengeAndVerifier(t *testing.T) {
	h := newHouse(t)
	seen := map[string]bool{}
	for range 3 {
		h.mustSignIn()
		h.server.with(func() {
			challenge, state := h.server.wants.Get("code_challenge"), h.server.wants.Get("state")
			if h.server.wants.Get("code_challenge_method") != "S256" || seen[challenge] || seen[state] {
				t.Errorf("challenge %q, state %q, method %q", challenge, state, h.server.wants.Get("code_challenge_method"))
			}
			seen[challenge], seen[state] = true, true
			if b, err := base64.RawURLEncoding.DecodeString(state); err != nil || len(b) != 32 {
				t.Errorf("the state is %q", state)
			}
			if h.server.wants.Get("response_type") != "code" || h.server.wants.Get("scope") != "org:owner" || h.server.wants.Has("client_secret") {
				t.Errorf("the request is %v", h.server.wants)
			}
		})
	}
	for _, q := range h.server.asked("/token") {
		verifier := q.params["code_verifier"]
		if len(verifier) < 43 || seen[verifier] {
			t.Errorf("the verifier is %q", verifier)
		}
		seen[verifier] = true
	}
}

// The server of these tests burns the code when it sees HTTP Basic, and when
// the first token request is wrong in any way: one request must be enough.
func TestBehaviour08TheCodeIsSentOnceInTheBodyInEitherEncoding(t *testing.T) {
	for name, c := range map[string]struct {
		encoding auth.Encoding
		secret   auth.Secret
		kind     string
	}{
		"a public client with a form":       {kind: "application/x-www-form-urlencoded"},
		"a public client with JSON":         {encoding: auth.JSONEncoding, kind: "application/json"},
		"a confidential client with a form": {encoding: auth.FormEncoding, secret: "canary secret/&?", kind: "application/x-www-form-urlencoded"},
		"a confidential client with JSON":   {encoding: auth.JSONEncoding, secret: "canary secret/&?", kind: "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.TokenEncoding, e.ClientSecret = c.encoding, c.secret })
			h.mustSignIn()
			asked := h.server.asked("/token")
			if len(asked) != 1 || asked[0].kind != c.kind || asked[0].params["client_secret"] != c.secret.Reveal() {
				t.Errorf("the token requests are %+v", asked)
			}
		})
	}
}

func TestBehaviour08AServerWithoutS256IsRefused(t *testing.T) {
	h := newHouse(t)
	for name, methods := range map[string][]string{"only plain": {"plain"}, "none at all": {}} {
		t.Run(name, func(t *testing.T) {
			e := h.server.environment()
			e.CodeChallengeMethods = methods
			if err := h.auth.SetEnvironment(e); !errors.Is(err, auth.ErrUntrusted) || !strings.Contains(err.Error(), "S256") {
				t.Errorf("it gives %v", err)
			}
		})
	}
	e := h.server.environment()
	e.CodeChallengeMethods = []string{"plain", "S256"}
	if err := h.auth.SetEnvironment(e); err != nil {
		t.Errorf("a server that offers S256 is refused: %v", err)
	}
}

func TestOptionsReachTheAuthorizationRequest(t *testing.T) {
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.AuthorizationEndpoint += "?audience=x" })
	if _, err := h.signIn(auth.Options{SelectAccount: true, LoginHint: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	want := url.Values{"prompt": {"select_account"}, "login_hint": {"ada@example.com"}, "audience": {"x"}, "client_id": {"canopy-test"}}
	for name := range want {
		if got := h.server.wants.Get(name); got != want.Get(name) {
			t.Errorf("%s is %q", name, got)
		}
	}
}

func TestWithoutAClientIDNothingIsOpened(t *testing.T) {
	h := newHouse(t, func(c *auth.Config, e *auth.Environment) { c.Open, e.ClientID = noBrowser(t), "" })
	if _, err := h.signIn(); !errors.Is(err, auth.ErrNoClientID) {
		t.Errorf("it ended with %v", err)
	}
	if _, err := h.auth.SignIn(t.Context(), "nowhere", auth.Options{}, nil); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("an unknown environment gives %v", err)
	}
	e := h.server.environment()
	e.AuthorizationEndpoint = ""
	if err := h.auth.SetEnvironment(e); err != nil {
		t.Fatal(err)
	}
	if _, err := h.signIn(); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("no authorization endpoint gives %v", err)
	}
}

func TestTokenAnswersThatAreNone(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		is     error
		says   string
	}{
		"an empty body":              {func(w http.ResponseWriter) { w.WriteHeader(200) }, auth.ErrServer, "no JSON object"},
		"HTML with 200":              {func(w http.ResponseWriter) { replyText(w, 200, "<html>captive portal</html>") }, auth.ErrServer, "answered 200"},
		"a JSON list":                {func(w http.ResponseWriter) { reply(w, 200, []int{1}) }, auth.ErrServer, "no JSON object"},
		"no access token":            {func(w http.ResponseWriter) { reply(w, 200, map[string]any{"token_type": "Bearer"}) }, auth.ErrServer, "without an access token"},
		"a number for a token":       {func(w http.ResponseWriter) { reply(w, 200, map[string]any{"access_token": 7}) }, auth.ErrServer, "without an access token"},
		"a token with a line break":  {func(w http.ResponseWriter) { reply(w, 200, map[string]any{"access_token": "a\r\nb"}) }, auth.ErrServer, "without an access token"},
		"another type of token":      {func(w http.ResponseWriter) { reply(w, 200, map[string]any{"access_token": "a", "token_type": "mac"}) }, auth.ErrServer, `"mac"`},
		"an error with 200":          {func(w http.ResponseWriter) { reply(w, 200, map[string]any{"error": "bad_verification_code"}) }, auth.ErrServer, "bad_verification_code"},
		"JSON without an error code": {func(w http.ResponseWriter) { reply(w, 400, map[string]any{"message": "canary"}) }, auth.ErrServer, "answered 400"},
		"more than a megabyte":       {func(w http.ResponseWriter) { replyText(w, 200, `{"access_token":"`+strings.Repeat("a", 1<<20)+`"}`) }, auth.ErrServer, "no JSON object"},
		"a megabyte of blanks":       {func(w http.ResponseWriter) { replyText(w, 200, `{"access_token":"a"}`+strings.Repeat(" ", 1<<20)) }, auth.ErrServer, "no JSON object"},
		"a connection that breaks":   {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, auth.ErrOffline, "could not be reached"},
		"a description with line marks": {func(w http.ResponseWriter) {
			reply(w, 400, map[string]any{"error": "x", "error_description": "a\nb\u202ec\x1b[1m"})
		}, auth.ErrServer, "(a bc[1m)"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.post = answering(c.answer)
			h.server.Config.ErrorLog = quiet
			_, err := h.signIn()
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "canary") {
				t.Errorf("it ended with %v", err)
			}
			if n := len(h.server.asked("/token")); n != 1 {
				t.Errorf("the code was sent %d times", n)
			}
			h.nothingStored()
		})
	}
}
