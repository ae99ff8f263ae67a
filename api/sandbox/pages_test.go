package sandbox_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"canopy/api/sandbox"
)

const strip = "Local sandbox: no real TiDB Cloud account is involved"

// isPage expects what every page must have.
func (a answer) isPage(t *testing.T) {
	t.Helper()
	a.says(t, strip, "<html lang=\"en\">", "<h1>")
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"X-Frame-Options": "DENY", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if outside := regexp.MustCompile(`(src|href|action)="(https?:)?//|url\(|@import|<script`).FindString(a.body); outside != "" {
		t.Errorf("the page loads something from outside: %q", outside)
	}
}

func TestEveryPageIsAPageOfTheSandbox(t *testing.T) {
	b := open(t)
	for _, address := range []string{
		b.link(), b.link("client_id", "x"), b.at.Console, b.at.Console + "/tidbs/9001/overview?orgId=1001",
		b.at.Console + "/oauth/device", b.at.Console + "/oauth/device/done", b.at.Console + "/account/oauth-apps", b.at.Console + "/oauth/continue",
	} {
		b.get(address, "").isPage(t)
	}
	b.post(b.link(), url.Values{"user": {alice}}).isPage(t)
	b.post(b.at.Console+"/account/oauth-apps", url.Values{"user": {alice}}).isPage(t)
}

func TestSignInAsksForTheUserThenForConsent(t *testing.T) {
	b := open(t)
	first := b.get(b.link(), "")
	first.says(t, "Choose an account", `name="user" value="alice@acme.example"`, `name="user" value="gina@globex.example"`)
	second := b.post(b.link(), url.Values{"user": {bob}})
	second.says(t, "Canopy asks for access", "Signed in as <b>bob@acme.example</b>", "not you?", `for="org"`, `<option value="1001" selected>`,
		`<option value="2002">`, "All projects, also new ones", "Only these", `name="project" value="101"`, "It will be sent back to 127.0.0.1",
		`name="decision" value="allow"`, `name="decision" value="deny"`)
	cookie := second.header.Get("Set-Cookie")
	if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || strings.Contains(cookie, "bob") {
		t.Errorf("the cookie is %q", cookie)
	}
}

// withSession signs a user in to the console and returns the cookie.
func (b *box) withSession(user string) string {
	b.t.Helper()
	cookie, _, _ := strings.Cut(b.post(b.link(), url.Values{"user": {user}}).header.Get("Set-Cookie"), ";")
	return cookie
}

func TestASessionSkipsTheQuestionWhoOneIs(t *testing.T) {
	b := open(t)
	cookie := b.withSession(bob)
	for changes, want := range map[[2]string]string{
		{"state", "x"}:                   "Canopy asks for access",
		{"login_hint", bob}:              "Canopy asks for access",
		{"prompt", "select_account"}:     "Choose an account",
		{"prompt", "login consent"}:      "Choose an account",
		{"login_hint", alice}:            "Choose an account",
		{"login_hint", "nobody@example"}: "Canopy asks for access",
	} {
		b.send(b.request(http.MethodGet, b.link(changes[0], changes[1]), nil, "Cookie", cookie)).says(t, want)
	}
	b.send(b.request(http.MethodGet, b.link(), nil, "Cookie", "canopy_sandbox_session=forged")).says(t, "Choose an account")
	f := form("", acme, "101")
	f.Del("user")
	b.post(b.link("prompt", "select_account"), f, "Cookie", cookie).gives(t, http.StatusSeeOther)
	b.post(b.link(), f).says(t, "Choose who you are first")
}

func TestLoginHintPreselectsTheUser(t *testing.T) {
	b := open(t)
	b.get(b.link("login_hint", gina), "").says(t, `value="gina@globex.example" autofocus`)
}

func TestPromptNoneCannotBeAnswered(t *testing.T) {
	b := open(t)
	if q := b.get(b.link("prompt", "none"), "").callback(t); q.Get("error") != "interaction_required" {
		t.Errorf("the redirect carries %v", q)
	}
}

func TestAuthorizationDetailsFillThePageIn(t *testing.T) {
	b := open(t)
	for details, want := range map[string]string{
		`[{"type":"tidbcloud","organization":{"id":"2002"},"projects":["202"]}]`:        `value="202" checked`,
		`[{"type":"tidbcloud","organization":{"id":"2002"},"projects":[{"id":"201"}]}]`: `value="201" checked`,
		`[{"type":"tidbcloud","organization":{"id":"2002"},"projects":"all"}]`:          `value="all" checked`,
		`[{"type":"tidbcloud","organization":{"id":"2002"}}]`:                           `value="all" checked`,
	} {
		b.post(b.link("authorization_details", details), url.Values{"user": {bob}}).says(t, `<option value="2002" selected>`, want)
	}
	for _, details := range []string{`{}`, `[]`, `x`, `[{"type":"tidbcloud","projects":7}]`} {
		if q := b.get(b.link("authorization_details", details), "").callback(t); q.Get("error") != "invalid_authorization_details" {
			t.Errorf("%s: the redirect carries %v", details, q)
		}
	}
	// An organization that is not the user's preselects nothing of it.
	b.post(b.link("authorization_details", `[{"type":"tidbcloud","organization":{"id":"2002"}}]`), url.Values{"user": {alice}}).
		says(t, `<option value="1001" selected>`)
}

func TestIncompleteAnswersShowThePageAgain(t *testing.T) {
	b := open(t)
	for words, f := range map[string]url.Values{
		"No project of Acme Robotics is ticked":    form(bob, acme, ""),
		"No project of Globex is ticked":           form(bob, globex, "101"),
		"single ones are ticked as well":           form(bob, acme, "all", "101"),
		"Choose an organization of yours":          form(alice, globex, "all"),
		"Nobody of that name":                      form("mallory@evil.example", acme, "all"),
		"Choose Allow or Deny":                     {"user": {bob}, "org": {acme}, "project": {"all"}, "decision": {"maybe"}},
		"No project of Acme Robotics is ticked. T": form(bob, acme),
	} {
		a := b.post(b.link(), f)
		a.gives(t, http.StatusBadRequest)
		a.says(t, words, `role="alert"`)
	}
	a := b.post(b.link(), form(bob, globex, ""))
	a.says(t, `<option value="2002" selected>`, `id="some" name="project" value="" checked`)
}

func TestALinkWorksMoreThanOnce(t *testing.T) {
	b := open(t)
	first, second := b.code(alice, acme, "all"), b.code(bob, acme, "101")
	if first == second {
		t.Error("the code is the same")
	}
	b.exchange(second).gives(t, http.StatusOK)
	b.exchange(first).gives(t, http.StatusOK)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	b := open(t)
	for _, header := range [][]string{
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "http://127.0.0.1:1"}, {"Origin", b.at.Issuer},
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
	} {
		for _, page := range []string{b.link(), b.at.Console + "/account/oauth-apps", b.at.Console + "/oauth/device?user_code=X"} {
			b.post(page, form(alice, acme, "all"), header...).gives(t, http.StatusForbidden)
		}
	}
	b.post(b.link(), form(alice, acme, "all"), "Origin", b.at.Console).gives(t, http.StatusSeeOther)
	b.post(b.at.Issuer+"/_sandbox/faults", nil, "Origin", "https://evil.example").gives(t, http.StatusForbidden)
}

func TestForeignHostNamesAreRefused(t *testing.T) {
	b := open(t)
	for _, host := range []string{"evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:80"} {
		r := b.request(http.MethodGet, b.at.Issuer+"/_sandbox", nil)
		r.Host = host
		b.send(r).gives(t, http.StatusMisdirectedRequest)
	}
	r := b.request(http.MethodGet, b.at.Issuer+"/_sandbox", nil)
	r.Host = "localhost" + b.at.Issuer[strings.LastIndex(b.at.Issuer, ":"):]
	b.send(r).gives(t, http.StatusOK)
}

func TestFormActionLetsTheRedirectPass(t *testing.T) {
	b := open(t)
	for redirect, source := range map[string]string{
		callback:                      "form-action 'self' http://127.0.0.1:49152;",
		"http://[::1]:49152/callback": "form-action 'self' http:;", // CSP cannot write IPv6 literals
	} {
		if policy := b.get(b.link("redirect_uri", redirect), "").header.Get("Content-Security-Policy"); !strings.Contains(policy, source) {
			t.Errorf("%s: the policy is %q", redirect, policy)
		}
	}
}

func TestHostileTextsAreShownAndNeverObeyed(t *testing.T) {
	b := open(t)
	a := b.get(b.link("client_id", "<script>alert(1)</script>\u202egnp.exe\x00"+strings.Repeat("x", 1000)), "")
	a.says(t, "&lt;script&gt;", `\u202egnp.exe\x00`, "…")
	if strings.Contains(a.body, "<script") || strings.Contains(a.body, "\u202e") || strings.Contains(a.body, strings.Repeat("x", 300)) {
		t.Errorf("the page obeys or repeats at length:\n%s", a.body)
	}
	b.get(b.link("redirect_uri", `javascript:alert("1")`), "").says(t, "not registered")
	b.get(b.at.Console+"/%3Cimg%20src=x%3E", "").says(t, "&lt;img src=x&gt;")
	b.get(b.at.AuthorizationEndpoint+"?client_id=%zz", "").gives(t, http.StatusBadRequest)
}

func TestPagesKnowTheirMethods(t *testing.T) {
	b := open(t)
	for _, page := range []string{b.link(), b.at.Console + "/oauth/device", b.at.Console + "/account/oauth-apps"} {
		b.send(b.request(http.MethodDelete, page, nil)).gives(t, http.StatusMethodNotAllowed)
		b.send(b.request(http.MethodHead, page, nil)).gives(t, http.StatusOK)
	}
	huge := strings.NewReader("user=" + strings.Repeat("a", 100<<10))
	b.send(b.request(http.MethodPost, b.link(), huge, "Content-Type", "application/x-www-form-urlencoded")).gives(t, http.StatusBadRequest)
}

func TestAuthorizedAppsAreListedAndRevoked(t *testing.T) {
	b := open(t)
	page := b.at.Console + "/account/oauth-apps"
	b.get(page, "").says(t, "Choose an account")
	b.post(page, url.Values{"user": {"nobody"}}).gives(t, http.StatusBadRequest)
	b.post(page, url.Values{"user": {bob}}).says(t, "No app may read anything of yours", "SBX01001", "SBX02002")

	token := b.token(bob, acme, "101", "105")
	b.signIn(bob, globex, "all")
	list := b.post(page, url.Values{"user": {bob}})
	list.says(t, "payments, Tokyo Pilot", "All projects, also new ones", "Globex", "23 November 2026, 12:00 UTC", "project:readonly")
	ids := regexp.MustCompile(`name="revoke" value="([^"]+)"`).FindAllStringSubmatch(list.body, -1)
	if len(ids) != 2 {
		t.Fatalf("%d grants are listed", len(ids))
	}
	b.post(page, url.Values{"user": {alice}, "revoke": {ids[0][1]}}).gives(t, http.StatusNotFound)
	for _, id := range ids {
		b.post(page, url.Values{"user": {bob}, "revoke": {id[1]}}).says(t, "The access was revoked")
	}
	b.get(b.at.UserinfoEndpoint, token).gives(t, http.StatusUnauthorized)
	b.post(page, url.Values{"user": {bob}}).says(t, "No app may read anything of yours")
	b.send(b.request(http.MethodGet, page, nil, "Cookie", b.withSession(bob))).says(t, "Signed in as <b>bob@acme.example</b>")
}

func TestRegisteredRedirectsReplaceTheUsualOnes(t *testing.T) {
	b := open(t, func(o *sandbox.Options) {
		o.Redirects = []string{"http://localhost/back", "http://127.0.0.1:7777/fixed"}
	})
	if b.at.RedirectPath != "/back" {
		t.Errorf("the redirect path is %q", b.at.RedirectPath)
	}
	for redirect, want := range map[string]int{
		"http://localhost:1234/back": 200, "http://localhost/back": 200, "http://127.0.0.1:7777/fixed": 200,
		"http://127.0.0.1:7778/fixed": 400, "http://127.0.0.1/fixed": 400, callback: 400,
	} {
		b.get(b.link("redirect_uri", redirect), "").gives(t, want)
	}
}

func TestPKCEModes(t *testing.T) {
	optional := open(t, func(o *sandbox.Options) { o.PKCE = sandbox.PKCEOptional })
	code := optional.post(optional.link("code_challenge", "", "code_challenge_method", ""), form(alice, acme, "all")).callback(t).Get("code")
	optional.exchange(code, "code_verifier", "").gives(t, http.StatusOK)
	optional.exchange(optional.code(alice, acme, "all"), "code_verifier", strings.Repeat("w", 43)).refused(t, 400, "invalid_grant")

	ignored := open(t, func(o *sandbox.Options) { o.PKCE = sandbox.PKCEIgnored })
	ignored.exchange(ignored.code(alice, acme, "all"), "code_verifier", "whatever").gives(t, http.StatusOK)
	if a := ignored.get(ignored.at.Issuer+"/.well-known/oauth-authorization-server", ""); a.json["code_challenge_methods_supported"] != nil {
		t.Error("a server that ignores PKCE promises it")
	}
}

func TestTokenRequestsInJSON(t *testing.T) {
	b := open(t)
	given := b.postJSON(b.at.TokenEndpoint, map[string]string{
		"grant_type": "authorization_code", "code": b.code(alice, acme, "all"), "redirect_uri": callback,
		"client_id": b.at.ClientID, "code_verifier": verifier,
	})
	given.gives(t, http.StatusOK)
	b.postJSON(b.at.TokenEndpoint, map[string]string{
		"grant_type": "refresh_token", "refresh_token": given.text("refresh_token"), "client_id": b.at.ClientID,
	}).gives(t, http.StatusOK)
	b.postJSON(b.at.DeviceAuthorizationEndpoint, map[string]string{"client_id": b.at.ClientID}).gives(t, http.StatusOK)
	b.postJSON(b.at.RevocationEndpoint, map[string]string{"token": given.text("access_token"), "client_id": b.at.ClientID}).gives(t, http.StatusOK)
	b.postJSON(b.at.TokenEndpoint, map[string]any{"grant_type": 7}).refused(t, 400, "invalid_request")
	b.postJSON(b.at.TokenEndpoint, []string{"grant_type"}).refused(t, 400, "invalid_request")
	b.post(b.at.TokenEndpoint, nil, "Content-Type", "text/plain").refused(t, 400, "invalid_request")
	b.post(b.at.TokenEndpoint, url.Values{"grant_type": {"refresh_token"}, "client_id": {b.at.ClientID}}).refused(t, 400, "invalid_request")
	b.post(b.at.TokenEndpoint, url.Values{"client_id": {b.at.ClientID}}).refused(t, 400, "invalid_request")
	b.post(b.at.TokenEndpoint, url.Values{}).refused(t, 400, "invalid_request")
	bad := b.request(http.MethodPost, b.at.TokenEndpoint, strings.NewReader("%zz"), "Content-Type", "application/x-www-form-urlencoded")
	b.send(bad).refused(t, 400, "invalid_request")
}

func TestWhatTheFactsLeaveOpenIsASwitch(t *testing.T) {
	b := open(t, func(o *sandbox.Options) { o.NoAuthorizationDetails, o.RevokeFamily = true, true })
	a := b.signIn(alice, acme, "all")
	if _, has := a.json["authorization_details"]; has {
		t.Error("the token answer has authorization_details")
	}
	b.revoke(a.text("access_token"), "").gives(t, http.StatusOK)
	b.refresh(a.text("refresh_token")).refused(t, 400, "invalid_grant")
}

func TestRoles(t *testing.T) {
	b := open(t)
	for _, c := range []struct{ user, scope, role string }{
		{alice, "org:owner", "org:owner"}, {alice, "", "org:owner"}, {alice, "org:member", "org:member"}, {bob, "org:owner", "org:member"},
	} {
		code := b.post(b.link("scope", c.scope), form(c.user, acme, "all")).callback(t).Get("code")
		if got := b.exchange(code).text("scope"); got != c.role {
			t.Errorf("%s asking for %q gets %q, want %q", c.user, c.scope, got, c.role)
		}
	}
}
