package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/api/sandbox"
)

// conformance is one check of the authorization server against a sentence of a
// standard. Each gets a server of its own.
type conformance struct {
	name    string
	options func(*sandbox.Options)
	check   func(t *testing.T, b *box)
}

// TestConformance drives the server over HTTP with the client of this test only.
func TestConformance(t *testing.T) {
	checks := slices.Concat(authorizationChecks(), codeChecks(), pkceChecks(), nativeAppChecks(),
		refreshChecks(), revocationChecks(), deviceChecks(), metadataChecks(), resourceChecks())
	if len(checks) < 36 {
		t.Errorf("%d checks are fewer than the 36 agreed on", len(checks))
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.options == nil {
				c.options = func(*sandbox.Options) {}
			}
			c.check(t, open(t, c.options))
		})
	}
	t.Logf("%d conformance checks", len(checks))
}

func authorizationChecks() []conformance {
	return []conformance{
		{"RFC 6749 4.1.2 the answer carries code and the state unchanged", nil, func(t *testing.T, b *box) {
			state := "a b+c:d/é%20&="
			q := b.post(b.link("state", state), form(alice, acme, "all")).callback(t)
			if q.Get("code") == "" || q.Get("state") != state || q.Has("error") {
				t.Errorf("the redirect carries %v", q)
			}
		}},
		{"RFC 6749 4.1.2.1 an unknown client is told on the page, not by redirect", nil, func(t *testing.T, b *box) {
			a := b.get(b.link("client_id", "somebody"), "")
			a.gives(t, http.StatusBadRequest)
			if a.header.Get("Location") != "" {
				t.Errorf("redirected to %s", a.header.Get("Location"))
			}
		}},
		{"RFC 6749 4.1.2.1 a foreign redirect_uri is told on the page, not by redirect", nil, func(t *testing.T, b *box) {
			a := b.post(b.link("redirect_uri", "https://evil.example/callback"), form(alice, acme, "all"))
			a.gives(t, http.StatusBadRequest)
			if a.header.Get("Location") != "" {
				t.Errorf("redirected to %s", a.header.Get("Location"))
			}
		}},
		{"RFC 6749 3.1 a parameter given twice is an invalid request", nil, func(t *testing.T, b *box) {
			q := b.get(b.link()+"&state=other", "").callback(t)
			if q.Get("error") != "invalid_request" {
				t.Errorf("the redirect carries %v", q)
			}
		}},
		{"RFC 6749 3.1.1 a missing response_type is an invalid request", nil, redirectsError("response_type", "", "invalid_request")},
		{"RFC 6749 4.1.2.1 the implicit response type is not supported", nil, redirectsError("response_type", "token", "unsupported_response_type")},
		{"RFC 6749 4.1.2.1 an unknown scope is invalid", nil, redirectsError("scope", "org:owner cluster:read", "invalid_scope")},
		{"RFC 6749 4.1.2.1 denying answers access_denied with the state", nil, func(t *testing.T, b *box) {
			q := b.post(b.link(), url.Values{"decision": {"deny"}}).callback(t)
			if q.Get("error") != "access_denied" || q.Get("state") != "st" || q.Has("code") {
				t.Errorf("the redirect carries %v", q)
			}
		}},
		{"RFC 9207 2 the answer names the issuer", nil, func(t *testing.T, b *box) {
			if q := b.post(b.link(), form(alice, acme, "all")).callback(t); q.Get("iss") != b.at.Issuer {
				t.Errorf("iss is %q, the issuer is %q", q.Get("iss"), b.at.Issuer)
			}
		}},
		{"RFC 9207 2 an error names the issuer too", nil, func(t *testing.T, b *box) {
			if q := b.post(b.link(), url.Values{"decision": {"deny"}}).callback(t); q.Get("iss") != b.at.Issuer {
				t.Errorf("iss is %q, the issuer is %q", q.Get("iss"), b.at.Issuer)
			}
		}},
		{"RFC 9396 5 unknown authorization details are refused", nil,
			redirectsError("authorization_details", `[{"type":"payment"}]`, "invalid_authorization_details")},
		{"RFC 9700 4.16 consent cannot be framed, and names no other origin", nil, func(t *testing.T, b *box) {
			policy := b.get(b.link(), "").header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
				if !strings.Contains(policy, part) {
					t.Errorf("the policy %q lacks %q", policy, part)
				}
			}
		}},
	}
}

// redirectsError expects an authorization request with one parameter changed to be
// answered with that error.
func redirectsError(parameter, value, code string) func(*testing.T, *box) {
	return func(t *testing.T, b *box) {
		q := b.get(b.link(parameter, value), "").callback(t)
		if q.Get("error") != code || q.Get("state") != "st" || q.Get("iss") != b.at.Issuer {
			t.Errorf("the redirect carries %v, want the error %s with state and iss", q, code)
		}
	}
}

func codeChecks() []conformance {
	return []conformance{
		{"RFC 6749 5.1 a code gives a Bearer token with lifetime, refresh token and scope", nil, func(t *testing.T, b *box) {
			a := b.signIn(alice, acme, "all")
			if a.text("access_token") == "" || a.text("refresh_token") == "" || a.text("scope") != "org:owner" ||
				!strings.EqualFold(a.text("token_type"), "bearer") || a.json["expires_in"] != 3600.0 {
				t.Errorf("the answer is %s", a.body)
			}
		}},
		{"RFC 6749 5.1 no-store on token answers", nil, func(t *testing.T, b *box) {
			a := b.signIn(alice, acme, "all")
			if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Pragma") != "no-cache" {
				t.Errorf("the header is %v", a.header)
			}
		}},
		{"RFC 6749 5.2 no-store on token errors", nil, func(t *testing.T, b *box) {
			if a := b.exchange("nonsense"); a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("the header is %v", a.header)
			}
		}},
		{"RFC 6749 4.1.2 a code works once", nil, func(t *testing.T, b *box) {
			code := b.code(alice, acme, "all")
			b.exchange(code).gives(t, http.StatusOK)
			b.exchange(code).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 6749 4.1.2 reuse of a code revokes what it gave", nil, func(t *testing.T, b *box) {
			code := b.code(alice, acme, "all")
			given := b.exchange(code)
			b.exchange(code)
			b.get(b.at.UserinfoEndpoint, given.text("access_token")).gives(t, http.StatusUnauthorized)
			b.refresh(given.text("refresh_token")).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 6749 4.1.2 a code lives sixty seconds", nil, func(t *testing.T, b *box) {
			early, late := b.code(alice, acme, "all"), b.code(alice, acme, "all")
			b.clock.pass(59 * time.Second)
			b.exchange(early).gives(t, http.StatusOK)
			b.clock.pass(time.Second)
			b.exchange(late).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 6749 4.1.3 redirect_uri must be the one of the request", nil, func(t *testing.T, b *box) {
			code := b.code(alice, acme, "all")
			b.exchange(code, "redirect_uri", "http://127.0.0.1:50000/callback").refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 6749 4.1.3 a missing code is an invalid request", nil, func(t *testing.T, b *box) {
			b.exchange("").refused(t, http.StatusBadRequest, "invalid_request")
		}},
		{"RFC 6749 5.2 an unknown client is invalid_client", nil, func(t *testing.T, b *box) {
			b.exchange(b.code(alice, acme, "all"), "client_id", "somebody").refused(t, http.StatusUnauthorized, "invalid_client")
		}},
		{"RFC 6749 5.2 an unknown grant type is unsupported", nil, func(t *testing.T, b *box) {
			b.exchange("x", "grant_type", "password").refused(t, http.StatusBadRequest, "unsupported_grant_type")
		}},
		{"RFC 6749 5.2 credentials in the header are answered 401 with a challenge", nil, func(t *testing.T, b *box) {
			basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(b.at.ClientID+":"))
			a := b.post(b.at.TokenEndpoint, url.Values{"grant_type": {"authorization_code"}}, "Authorization", basic)
			a.refused(t, http.StatusUnauthorized, "invalid_client")
			if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") {
				t.Errorf("the challenge is %q", a.header.Get("WWW-Authenticate"))
			}
		}},
		{"RFC 6749 3.2 the token endpoint takes POST only", nil, func(t *testing.T, b *box) {
			a := b.get(b.at.TokenEndpoint, "")
			a.gives(t, http.StatusMethodNotAllowed)
			if a.header.Get("Allow") != "POST" {
				t.Errorf("Allow is %q", a.header.Get("Allow"))
			}
		}},
		{"RFC 6749 3.2 a body parameter given twice is an invalid request", nil, func(t *testing.T, b *box) {
			b.post(b.at.TokenEndpoint, url.Values{"grant_type": {"refresh_token", "refresh_token"}}).
				refused(t, http.StatusBadRequest, "invalid_request")
		}},
		{"RFC 6749 2.3.1 parameters of the query do not count", nil, func(t *testing.T, b *box) {
			query := url.Values{"grant_type": {"authorization_code"}, "client_id": {b.at.ClientID}}
			b.post(b.at.TokenEndpoint+"?"+query.Encode(), url.Values{}).refused(t, http.StatusBadRequest, "invalid_request")
		}},
		{"RFC 6749 2.3.1 a confidential client needs its secret in the body", confidential, func(t *testing.T, b *box) {
			code := b.code(alice, acme, "all")
			b.exchange(code).refused(t, http.StatusUnauthorized, "invalid_client")
			b.exchange(code, "client_secret", "wrong").refused(t, http.StatusUnauthorized, "invalid_client")
			b.exchange(code, "client_secret", "s3cret").gives(t, http.StatusOK)
		}},
	}
}

func confidential(o *sandbox.Options) { o.ClientSecret = "s3cret" }

func pkceChecks() []conformance {
	plain := strings.Repeat("v", 43)
	return []conformance{
		{"RFC 7636 4.4.1 a missing challenge is an invalid request", nil, redirectsError("code_challenge", "", "invalid_request")},
		{"RFC 7636 4.2 the method plain is refused", nil, redirectsError("code_challenge_method", "plain", "invalid_request")},
		{"RFC 7636 4.3 a missing method means plain and is refused", nil, redirectsError("code_challenge_method", "", "invalid_request")},
		{"RFC 7636 4.2 a challenge of the wrong form is refused", nil, redirectsError("code_challenge", "short", "invalid_request")},
		{"RFC 7636 4.6 a wrong verifier is an invalid grant", nil, func(t *testing.T, b *box) {
			b.exchange(b.code(alice, acme, "all"), "code_verifier", plain).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 7636 4.5 a missing verifier is an invalid grant", nil, func(t *testing.T, b *box) {
			b.exchange(b.code(alice, acme, "all"), "code_verifier", "").refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 7636 4.1 a verifier of the wrong form is refused although its hash fits", nil, func(t *testing.T, b *box) {
			q := b.post(b.link("code_challenge", challengeOf("short")), form(alice, acme, "all")).callback(t)
			b.exchange(q.Get("code"), "code_verifier", "short").refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 9700 4.8.2 a verifier without a challenge is refused", confidential, func(t *testing.T, b *box) {
			q := b.post(b.link("code_challenge", "", "code_challenge_method", ""), form(alice, acme, "all")).callback(t)
			b.exchange(q.Get("code"), "client_secret", "s3cret").refused(t, http.StatusBadRequest, "invalid_grant")
			b.exchange(q.Get("code"), "client_secret", "s3cret", "code_verifier", "").gives(t, http.StatusOK)
		}},
	}
}

func nativeAppChecks() []conformance {
	checks := []conformance{
		{"RFC 8252 7.3 any port of the registered literal is taken", nil, func(t *testing.T, b *box) {
			for _, uri := range []string{"http://127.0.0.1:1024/callback", "http://127.0.0.1:65535/callback", "http://[::1]:8080/callback", "http://127.0.0.1/callback", "http://[::1]/callback"} {
				b.get(b.link("redirect_uri", uri), "").gives(t, http.StatusOK)
			}
		}},
	}
	for name, uri := range map[string]string{
		"RFC 8252 7.3 the path must be exact":                  "http://127.0.0.1:49152/callback/x",
		"RFC 8252 7.3 a slash behind the path is another path": "http://127.0.0.1:49152/callback/",
		"RFC 8252 8.3 localhost is not the registered literal": "http://localhost:49152/callback",
		"RFC 8252 7.3 another loopback address is refused":     "http://127.0.0.2:49152/callback",
		"RFC 8252 7.3 https on the loopback is refused":        "https://127.0.0.1:49152/callback",
		"RFC 6749 3.1.2 a fragment is refused":                 "http://127.0.0.1:49152/callback#x",
		"RFC 9700 2.1 a query that is not registered":          "http://127.0.0.1:49152/callback?x=1",
		"RFC 9700 2.1 user information is refused":             "http://127.0.0.1@evil.example:49152/callback",
		"RFC 9700 2.1 a look-alike host is refused":            "http://127.0.0.1.evil.example/callback",
		"RFC 9700 2.1 an escaped path is another path":         "http://127.0.0.1:49152/%63allback",
	} {
		checks = append(checks, conformance{name, nil, func(t *testing.T, b *box) {
			b.get(b.link("redirect_uri", uri), "").gives(t, http.StatusBadRequest)
		}})
	}
	return checks
}

func refreshChecks() []conformance {
	return []conformance{
		{"RFC 6749 6 a refresh gives new tokens", nil, func(t *testing.T, b *box) {
			first := b.signIn(alice, acme, "all")
			second := b.refresh(first.text("refresh_token"))
			second.gives(t, http.StatusOK)
			if second.text("access_token") == first.text("access_token") || second.text("refresh_token") == first.text("refresh_token") {
				t.Error("a token was given twice")
			}
			b.get(b.at.UserinfoEndpoint, second.text("access_token")).gives(t, http.StatusOK)
		}},
		{"RFC 9700 4.14.2 reuse of a rotated refresh token revokes the family", nil, func(t *testing.T, b *box) {
			first := b.signIn(alice, acme, "all")
			second := b.refresh(first.text("refresh_token"))
			b.refresh(first.text("refresh_token")).refused(t, http.StatusBadRequest, "invalid_grant")
			b.refresh(second.text("refresh_token")).refused(t, http.StatusBadRequest, "invalid_grant")
			b.get(b.at.UserinfoEndpoint, second.text("access_token")).gives(t, http.StatusUnauthorized)
		}},
		{"RFC 9700 4.14.2 a grace window forgives a lost answer", func(o *sandbox.Options) { o.Grace = 10 * time.Second }, func(t *testing.T, b *box) {
			first := b.signIn(alice, acme, "all").text("refresh_token")
			b.refresh(first).gives(t, http.StatusOK)
			b.clock.pass(9 * time.Second)
			b.refresh(first).gives(t, http.StatusOK)
			b.clock.pass(time.Second)
			b.refresh(first).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 6749 6 without rotation the refresh token stays", func(o *sandbox.Options) { o.NoRotate = true }, func(t *testing.T, b *box) {
			first := b.signIn(alice, acme, "all").text("refresh_token")
			for range 3 {
				if a := b.refresh(first); a.status != http.StatusOK || a.text("refresh_token") != first {
					t.Fatalf("got %d %s", a.status, a.body)
				}
			}
		}},
		{"RFC 6749 6 a refresh cannot widen the scope", nil, func(t *testing.T, b *box) {
			first := b.signIn(alice, acme, "101").text("refresh_token")
			wider := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first}, "client_id": {b.at.ClientID}, "scope": {"org:owner"}}
			b.post(b.at.TokenEndpoint, wider).refused(t, http.StatusBadRequest, "invalid_scope")
			b.refresh(first).gives(t, http.StatusOK)
		}},
		{"RFC 6749 5.2 an unknown refresh token is an invalid grant", nil, func(t *testing.T, b *box) {
			b.refresh("ticloud_or_nothing").refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 6749 10.4 a refresh token expires", func(o *sandbox.Options) { o.RefreshLifetime = time.Hour }, func(t *testing.T, b *box) {
			first := b.signIn(alice, acme, "all").text("refresh_token")
			b.clock.pass(time.Hour)
			b.refresh(first).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
	}
}

// revoke a token.
func (b *box) revoke(token, hint string) answer {
	b.t.Helper()
	return b.post(b.at.RevocationEndpoint, url.Values{"token": {token}, "token_type_hint": {hint}, "client_id": {b.at.ClientID}})
}

func revocationChecks() []conformance {
	return []conformance{
		{"RFC 7009 2.1 revoking a refresh token ends its access tokens too", nil, func(t *testing.T, b *box) {
			a := b.signIn(alice, acme, "all")
			b.revoke(a.text("refresh_token"), "refresh_token").gives(t, http.StatusOK)
			b.get(b.at.UserinfoEndpoint, a.text("access_token")).gives(t, http.StatusUnauthorized)
			b.refresh(a.text("refresh_token")).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 7009 2.1 revoking an access token leaves the refresh token", nil, func(t *testing.T, b *box) {
			a := b.signIn(alice, acme, "all")
			b.revoke(a.text("access_token"), "access_token").gives(t, http.StatusOK)
			b.get(b.at.UserinfoEndpoint, a.text("access_token")).gives(t, http.StatusUnauthorized)
			b.refresh(a.text("refresh_token")).gives(t, http.StatusOK)
		}},
		{"RFC 7009 2.1 a wrong hint does not matter", nil, func(t *testing.T, b *box) {
			a := b.signIn(alice, acme, "all")
			b.revoke(a.text("refresh_token"), "access_token").gives(t, http.StatusOK)
			b.refresh(a.text("refresh_token")).refused(t, http.StatusBadRequest, "invalid_grant")
		}},
		{"RFC 7009 2.2 an unknown token is revoked already", nil, func(t *testing.T, b *box) {
			b.revoke("nothing", "").gives(t, http.StatusOK)
		}},
		{"RFC 7009 2.1 a missing token is an invalid request", nil, func(t *testing.T, b *box) {
			b.revoke("", "").refused(t, http.StatusBadRequest, "invalid_request")
		}},
		{"RFC 7009 2.1 revocation authenticates the client", confidential, func(t *testing.T, b *box) {
			b.revoke("nothing", "").refused(t, http.StatusUnauthorized, "invalid_client")
		}},
	}
}

func metadataChecks() []conformance {
	return []conformance{
		{"RFC 8414 3.3 the metadata names the issuer it was read from", nil, func(t *testing.T, b *box) {
			a := b.get(b.at.Issuer+"/.well-known/oauth-authorization-server", "")
			a.gives(t, http.StatusOK)
			for member, want := range map[string]string{
				"issuer": b.at.Issuer, "authorization_endpoint": b.at.AuthorizationEndpoint, "token_endpoint": b.at.TokenEndpoint,
				"device_authorization_endpoint": b.at.DeviceAuthorizationEndpoint, "revocation_endpoint": b.at.RevocationEndpoint,
				"userinfo_endpoint": b.at.UserinfoEndpoint,
			} {
				if a.text(member) != want {
					t.Errorf("%s is %q, want %q", member, a.text(member), want)
				}
			}
		}},
		{"RFC 9207 3 the metadata promises iss", nil, func(t *testing.T, b *box) {
			a := b.get(b.at.Issuer+"/.well-known/oauth-authorization-server", "")
			if a.json["authorization_response_iss_parameter_supported"] != true {
				t.Errorf("the metadata is %s", a.body)
			}
		}},
		{"RFC 9700 2.1.1 the metadata offers S256 and nothing weaker", nil, func(t *testing.T, b *box) {
			a := b.get(b.at.Issuer+"/.well-known/oauth-authorization-server", "")
			a.says(t, `"code_challenge_methods_supported":["S256"]`, `"token_endpoint_auth_methods_supported":["none"]`)
		}},
		{"RFC 8414 2 a confidential client sends its secret in the body", confidential, func(t *testing.T, b *box) {
			b.get(b.at.Issuer+"/.well-known/oauth-authorization-server", "").
				says(t, `"token_endpoint_auth_methods_supported":["client_secret_post"]`)
		}},
	}
}

func resourceChecks() []conformance {
	return []conformance{
		{"RFC 6750 3 a request without a token is challenged", nil, func(t *testing.T, b *box) {
			a := b.get(b.at.UserinfoEndpoint, "")
			a.gives(t, http.StatusUnauthorized)
			if c := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(c, "Bearer ") || strings.Contains(c, "error=") {
				t.Errorf("the challenge is %q", c)
			}
		}},
		{"RFC 6750 3.1 an expired token is an invalid token", nil, func(t *testing.T, b *box) {
			token := b.token(alice, acme, "all")
			b.clock.pass(time.Hour)
			a := b.get(b.at.UserinfoEndpoint, token)
			a.gives(t, http.StatusUnauthorized)
			if c := a.header.Get("WWW-Authenticate"); !strings.Contains(c, `error="invalid_token"`) {
				t.Errorf("the challenge is %q", c)
			}
		}},
		{"RFC 6750 2.1 the scheme Bearer is read whatever its case", nil, func(t *testing.T, b *box) {
			r := b.request(http.MethodGet, b.at.UserinfoEndpoint, nil, "Authorization", "bearer "+b.token(alice, acme, "all"))
			b.send(r).gives(t, http.StatusOK)
		}},
		{"RFC 9396 7 the token answer says what was granted", nil, func(t *testing.T, b *box) {
			b.signIn(bob, acme, "101", "103").says(t, `"type":"tidbcloud"`, `"organization":{"id":"1001","name":"Acme Robotics"}`,
				`"projects":[{"id":"101","name":"payments"},{"id":"103","name":"staging"}]`, `"role":"project:readonly"`)
			b.signIn(alice, acme, "all").says(t, `"projects":"all"`, `"role":"org:owner"`)
		}},
		{"RFC 6749 5.1 a narrower grant says its scope", nil, func(t *testing.T, b *box) {
			if scope := b.signIn(alice, acme, "101").text("scope"); scope != "project:readonly" {
				t.Errorf("asked for org:owner and granted one project, the scope is %q", scope)
			}
		}},
	}
}
