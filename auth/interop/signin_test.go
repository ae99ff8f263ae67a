package interop_test

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"canopy/auth"
)

// readsMetadata shows that Discover takes the server's metadata, and only under the name the server gives itself.
func readsMetadata(t *testing.T, s server) {
	env, err := auth.Discover(t.Context(), nil, s.issuer)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		env.AuthorizationEndpoint, env.TokenEndpoint, env.DeviceAuthorizationEndpoint,
		env.RevocationEndpoint, env.UserinfoEndpoint,
	} {
		if !strings.HasPrefix(address, s.issuer+"/") {
			t.Errorf("an endpoint is %q; want one of %s", address, s.issuer)
		}
	}
	if env.Issuer != s.issuer || env.IssuerInCallback != s.statesIssuer {
		t.Errorf("issuer %q, in the callback %t; want %q, %t", env.Issuer, env.IssuerInCallback, s.issuer, s.statesIssuer)
	}
	if !slices.Contains(env.CodeChallengeMethods, "S256") {
		t.Errorf("challenge methods are %v; want S256 among them", env.CodeChallengeMethods)
	}
	if _, err := auth.Discover(t.Context(), nil, s.issuer+"/"); !errors.Is(err, auth.ErrUntrusted) {
		t.Errorf("with a slash more the error is %v; want ErrUntrusted", err)
	}
}

// signsInWithBrowser shows the whole way: PKCE, an ephemeral port, the user, the API, a clean last page.
func signsInWithBrowser(t *testing.T, s server) {
	h := newHouse(t, s)
	g := h.mustSignIn()
	if g.User != s.want || g.Issuer != s.issuer || g.ClientID != s.clientID || g.Method != auth.MethodBrowser || g.Kept != auth.KeptKeyring {
		t.Errorf("the grant is %+v; want it of %+v", g, s.want)
	}
	want := []auth.Stage{auth.StageListening, auth.StageBrowserOpened, auth.StageWaiting, auth.StageExchanging, auth.StageStoring, auth.StageDone}
	if got := h.stages(); !reflect.DeepEqual(got, want) {
		t.Errorf("the stages are %v; want %v", got, want)
	}
	h.asksWithChallenge()
	end := h.person.last(t)
	if end.status != http.StatusOK || end.address.RawQuery != "" || !strings.HasPrefix(end.address.Host, "127.0.0.1:") {
		t.Errorf("the browser ended on %d %s; want a page without code and state", end.status, end.address)
	}
	if !strings.Contains(end.body, s.want.Email) {
		t.Errorf("the last page does not say who signed in:\n%s", end.body)
	}
	if got := h.callback().Query().Get("iss"); (got == s.issuer) != s.statesIssuer {
		t.Errorf("the callback stated the issuer %q; does the server promise it: %t", got, s.statesIssuer)
	}
	h.works(g)
	if status, err := h.get(g, h.env.UserinfoEndpoint); err != nil || status != http.StatusOK {
		t.Errorf("userinfo answered %d, %v; want 200", status, err)
	}
	if access, _ := h.wire.tokens(); !reflect.DeepEqual(h.api.bearers(), []string{access}) {
		t.Error("the API was not given the token that the server gave")
	}
	if n := len(h.wire.asked("authorization_code")); n != 1 {
		t.Errorf("the code was exchanged %d times; want once", n)
	}
}

// asksWithChallenge checks the authorization request against the code request.
func (h *house) asksWithChallenge() {
	h.t.Helper()
	p := h.await("the link", func(p auth.Progress) bool { return p.Link != "" })
	link, err := url.Parse(p.Link)
	if err != nil {
		h.t.Fatal(err)
	}
	q := link.Query()
	if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 43 {
		h.t.Errorf("the link does not ask with PKCE and state: %v", q)
	}
	if want := "http://" + p.Address + "/callback"; q.Get("redirect_uri") != want {
		h.t.Errorf("the redirect is %q; want %q, where the app listens", q.Get("redirect_uri"), want)
	}
	form := h.wire.asked("authorization_code")[0].form
	if form.Get("redirect_uri") != q.Get("redirect_uri") || form.Get("code_verifier") == "" {
		h.t.Error("the code request does not carry the redirect and the verifier")
	}
}

// callback gives the address with which the browser came back to the app.
func (h *house) callback() *url.URL {
	h.t.Helper()
	for _, u := range h.person.way() {
		if u.Path == "/callback" {
			return u
		}
	}
	h.t.Fatal("the browser never came back to the app")
	return nil
}

// beginHeld signs in with a browser that stops before it comes back to the app, and gives where it would have gone.
func (h *house) beginHeld() (*url.URL, <-chan outcome) {
	h.t.Helper()
	h.person.set(func(p *person) {
		p.onward = func(u *url.URL) error {
			if u.Path == "/callback" {
				return http.ErrUseLastResponse
			}
			return nil
		}
	})
	done := h.begin(h.auth.SignIn, auth.Options{})
	h.person.last(h.t)
	select {
	case got := <-done:
		h.t.Fatalf("the sign-in ended without its callback: %v", got.err)
	default:
	}
	return h.callback(), done
}

// keepsOutCodeThief shows that a code is worth nothing to who saw it, and that the genuine answer still wins.
func keepsOutCodeThief(t *testing.T, s server) {
	h := newHouse(t, s)
	back, done := h.beginHeld()
	code := back.Query().Get("code")
	for _, verifier := range []string{"", strings.Repeat("x", 43)} {
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {code},
			"redirect_uri": {back.Scheme + "://" + back.Host + back.Path},
		}
		if verifier != "" {
			form.Set("code_verifier", verifier)
		}
		if e := h.stranger(h.env.TokenEndpoint, form); e.status/100 != 4 || e.said("access_token") != "" {
			t.Fatalf("a thief's code request with verifier %q was answered with %d %v", verifier, e.status, e.answer)
		}
	}
	if end := h.person.fetch(http.MethodGet, back.String(), nil); end.err != nil || end.status != http.StatusOK {
		t.Errorf("the genuine callback ended in %d, %v; want 200", end.status, end.err)
	}
	got := <-done
	if got.err != nil {
		t.Fatalf("the sign-in failed: %v", got.err)
	}
	h.works(got.grant)
}

// refusesOtherIssuer shows that the code is not exchanged for an answer of another server (RFC 9207 §2.4).
func refusesOtherIssuer(t *testing.T, s server) {
	h := newHouse(t, s)
	back, done := h.beginHeld()
	for _, iss := range []string{"https://evil.example", s.issuer + "/", ""} {
		forged := *back
		q := back.Query()
		q.Set("iss", iss)
		if iss == "" {
			q.Del("iss")
		}
		forged.RawQuery = q.Encode()
		if end := h.person.fetch(http.MethodGet, forged.String(), nil); end.err != nil || end.status != http.StatusBadRequest {
			t.Errorf("an answer with iss %q got %d, %v; want 400", iss, end.status, end.err)
		}
	}
	p := h.await("the refused answer", func(p auth.Progress) bool { return p.Rejected != nil })
	if !errors.Is(p.Rejected, auth.ErrUntrusted) {
		t.Errorf("the refusal is %v; want ErrUntrusted", p.Rejected)
	}
	if n := len(h.wire.asked("authorization_code")); n != 0 {
		t.Fatalf("the code was exchanged %d times for forged answers", n)
	}
	h.person.fetch(http.MethodGet, back.String(), nil)
	if got := <-done; got.err != nil {
		t.Fatalf("the genuine answer did not win: %v", got.err)
	}
}

// saysDenied shows that a no on the server's page ends in ErrDenied, with nothing kept.
func saysDenied(t *testing.T, s server) {
	h := newHouse(t, s)
	h.person.set(func(p *person) { p.denies = true })
	if _, err := h.signIn(); !errors.Is(err, auth.ErrDenied) {
		t.Fatalf("the error is %v; want ErrDenied", err)
	}
	h.keepsNothing()
	if end := h.person.last(t); end.address.RawQuery != "" {
		t.Errorf("the browser ended on %s; want a clean address", end.address)
	}
}

func (h *house) keepsNothing() {
	h.t.Helper()
	if list := h.grants.List(); len(list) != 0 {
		h.t.Errorf("%d grants are listed; want none", len(list))
	}
	if n := h.store.count(); n != 0 {
		h.t.Errorf("%d records are kept; want none", n)
	}
}

// explainsRefusedRequest shows that a server which refuses the request itself is named with its reason.
func explainsRefusedRequest(t *testing.T, s server, o auth.Options, reason string) {
	h := newHouse(t, s)
	_, err := h.signIn(o)
	if !errors.Is(err, auth.ErrServer) || !strings.Contains(err.Error(), reason) {
		t.Fatalf("the error is %v; want ErrServer with %q", err, reason)
	}
	h.keepsNothing()
}

// swapsGrant shows that re-consent erases the old grant, and leaves the new one working.
//
// With separate consents promised the old one is ended at the server too. Without, it is not: a server such as
// oidc-provider would end the new one with it, for it keeps one consent per user, client and browser session. Then the
// old tokens live on, with nobody to hold them, until their time is up or the user signs out.
func swapsGrant(t *testing.T, s server, sameBrowser, separate bool) {
	h := newHouse(t, s, func(e *auth.Environment) { e.SeparateConsents = separate })
	old := h.mustSignIn()
	h.person.last(t)
	_, refresh := h.wire.tokens()
	if !sameBrowser {
		h.person.forgetCookies(t)
	}
	g := h.mustSignIn(auth.Options{Replaces: old.ID})
	h.person.last(t)
	if separate {
		for _, hint := range []string{"refresh_token", "access_token"} {
			h.wire.await(t, "the old "+hint+" to be revoked", func(e exchange) bool { return e.form.Get("token_type_hint") == hint })
		}
		if _, alive := h.refreshes(refresh); alive {
			t.Error("the old refresh token is still good")
		}
	}
	h.quits()
	if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID {
		t.Errorf("%d grants are listed; want the new one alone", len(list))
	}
	if n := h.store.count(); n != 2 {
		t.Errorf("%d records are kept; want the two of the new grant", n)
	}
	if revoked := h.wire.revocations(); !separate && revoked != 0 {
		t.Errorf("%d tokens were revoked; want none where the server may keep one consent for all", revoked)
	}
	two := h.secondCopy()
	two.works(g)
	two.clock.move(lifetimeOf(t, h))
	two.works(g)
	if told, err := two.auth.SignOut(t.Context(), g.ID); err != nil || !told {
		t.Errorf("leaving gives %t, %v; want the server told", told, err)
	}
	two.keepsNothing()
	if _, alive := h.refreshes(refresh); alive && s.familyDies && sameBrowser {
		t.Error("the replaced refresh token outlived the sign-out; want it ended with the consent it shared")
	}
}
