package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// authorization is an authorization request whose client and redirect URI are in
// order (RFC 6749 §4.1.1).
type authorization struct {
	redirect, state, challenge, scope, loginHint string
	prompt                                       []string
	wanted                                       wanted
}

// wanted is what authorization_details (RFC 9396) ask for, as a start for the page.
type wanted struct {
	organization string
	projects     []string // empty: all
}

// authorize is the authorization endpoint: the pages a person sees, and the answer
// to them.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if !s.isPageRequest(w, r) {
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.pages.fail(w, http.StatusBadRequest, "Canopy cannot ask for access", "The address of this page is damaged. Start again from the window.")
		return
	}
	// Nothing is sent to an address that is not known to be the client's
	// (RFC 6749 §4.1.2.1).
	if trouble := s.untrusted(query); trouble != "" {
		s.pages.fail(w, http.StatusBadRequest, "Canopy cannot ask for access", trouble)
		return
	}
	a, err := s.readAuthorization(query)
	if err != nil {
		s.redirectError(w, r, a, err)
		return
	}
	c := consent{
		sentTo: sentTo(a.redirect), scope: a.scope, wanted: a.wanted,
		formAction: formAction(a.redirect),
		allow:      func(g grant) { s.redirectCode(w, r, a, g) },
		deny:       func() { s.redirectError(w, r, a, refusal("access_denied", "the user said no")) },
	}
	if r.Method != http.MethodPost && slices.Contains(a.prompt, "none") {
		s.redirectError(w, r, a, refusal("interaction_required", "a person has to answer"))
		return
	}
	choose := slices.Contains(a.prompt, "select_account") || slices.Contains(a.prompt, "login")
	s.ask(w, r, c, choose, a.loginHint)
}

// isPageRequest lets GET and same-origin POST pass and answers all else.
func (s *Server) isPageRequest(w http.ResponseWriter, r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return true
	case http.MethodPost:
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		s.pages.fail(w, http.StatusMethodNotAllowed, "This page cannot do that", "Only GET and POST are understood here.")
		return false
	}
	if err := s.origin.Check(r); err != nil {
		s.pages.fail(w, http.StatusForbidden, "Refused", "Another site has sent this form. Only the sandbox's own pages may.")
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		s.pages.fail(w, http.StatusBadRequest, "This form cannot be read", "Go back and send it again.")
		return false
	}
	return true
}

// untrusted says why the client or the redirect URI of a request is refused, ""
// when both are in order.
func (s *Server) untrusted(query url.Values) string {
	switch {
	case len(query["client_id"]) != 1 || query.Get("client_id") != s.options.ClientID:
		return fmt.Sprintf("The client “%s” is not known here. This sandbox knows “%s”.", shown(query.Get("client_id")), s.options.ClientID)
	case len(query["redirect_uri"]) != 1:
		return "The request names no redirect address, or more than one."
	case !s.isRegistered(query.Get("redirect_uri")):
		return fmt.Sprintf("The redirect address “%s” is not registered. Registered with any port: %s.",
			shown(query.Get("redirect_uri")), strings.Join(s.options.Redirects, ", "))
	}
	return ""
}

func (s *Server) readAuthorization(query url.Values) (authorization, error) {
	a := authorization{
		redirect: query.Get("redirect_uri"), state: query.Get("state"), challenge: query.Get("code_challenge"),
		scope: query.Get("scope"), loginHint: query.Get("login_hint"), prompt: strings.Fields(query.Get("prompt")),
	}
	for name, values := range query {
		if len(values) > 1 { // RFC 6749 §3.1
			return a, refusal("invalid_request", "the parameter "+name+" is given more than once")
		}
	}
	switch kind := query.Get("response_type"); {
	case kind == "":
		return a, refusal("invalid_request", "response_type is missing")
	case kind != "code":
		return a, refusal("unsupported_response_type", "only the response type code is supported")
	case !knownScope(a.scope):
		return a, refusal("invalid_scope", "the scope is unknown")
	}
	if err := s.checkChallenge(query); err != nil {
		return a, err
	}
	if s.options.PKCE == PKCEIgnored {
		a.challenge = ""
	}
	var err error
	a.wanted, err = readDetails(query.Get("authorization_details"))
	return a, err
}

// checkChallenge enforces RFC 7636 §4.3 and §4.4.1 before a person is asked
// anything.
func (s *Server) checkChallenge(query url.Values) error {
	challenge, method := query.Get("code_challenge"), query.Get("code_challenge_method")
	switch {
	case s.options.PKCE == PKCEIgnored:
		return nil
	case challenge == "" && method == "" && s.options.PKCE == PKCEOptional:
		return nil
	case challenge == "" && s.options.ClientSecret != "" && method == "":
		return nil // a confidential client proves itself with its secret
	case challenge == "":
		return refusal("invalid_request", "code challenge required")
	case method != "S256":
		return refusal("invalid_request", "transform algorithm not supported; use S256")
	case !challengeForm.MatchString(challenge):
		return refusal("invalid_request", "code_challenge is not an S256 challenge")
	}
	return nil
}

// readDetails understands one object of type "tidbcloud" (RFC 9396 §2).
func readDetails(text string) (wanted, error) {
	if text == "" {
		return wanted{}, nil
	}
	var list []struct {
		Type         string `json:"type"`
		Organization struct {
			ID string `json:"id"`
		} `json:"organization"`
		Projects json.RawMessage `json:"projects"`
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) != 1 || list[0].Type != "tidbcloud" {
		return wanted{}, refusal("invalid_authorization_details", "send one object of the type tidbcloud")
	}
	w := wanted{organization: list[0].Organization.ID}
	var all string
	var ids []string
	var objects []named
	switch projects := list[0].Projects; {
	case len(projects) == 0:
	case json.Unmarshal(projects, &all) == nil && all == "all":
	case json.Unmarshal(projects, &ids) == nil:
		w.projects = ids
	case json.Unmarshal(projects, &objects) == nil:
		for _, p := range objects {
			w.projects = append(w.projects, p.ID)
		}
	default:
		return wanted{}, refusal("invalid_authorization_details", `projects is neither "all" nor a list`)
	}
	return w, nil
}

// redirectCode sends the browser back with a code for g.
func (s *Server) redirectCode(w http.ResponseWriter, r *http.Request, a authorization, g grant) {
	if code, on := s.faults.named("authorize-error"); on {
		s.redirectError(w, r, a, refusal(code, "the sandbox was told to refuse"))
		return
	}
	code, err := s.ledger.consent(g, a.redirect, a.challenge, s.now())
	if err != nil {
		s.redirectError(w, r, a, &oauthError{http.StatusInternalServerError, "server_error", "the sandbox could not make a code"})
		return
	}
	s.redirectBack(w, r, a, url.Values{"code": {code}})
}

// redirectError sends the browser back with an error (RFC 6749 §4.1.2.1).
func (s *Server) redirectError(w http.ResponseWriter, r *http.Request, a authorization, err error) {
	e, ours := errors.AsType[*oauthError](err)
	if !ours {
		e = refusal("server_error", "the sandbox could not answer")
	}
	if code, on := s.faults.named("authorize-error"); on {
		e = refusal(code, "the sandbox was told to refuse")
	}
	s.redirectBack(w, r, a, url.Values{"error": {e.code}, "error_description": {e.description}})
}

// redirectBack adds state and, as RFC 9207 §2 asks for answers and errors alike, iss.
func (s *Server) redirectBack(w http.ResponseWriter, r *http.Request, a authorization, answer url.Values) {
	if a.state != "" {
		answer.Set("state", a.state)
	}
	if state, on := s.faults.named("authorize-state"); on && state == "" {
		answer.Del("state")
	} else if on {
		answer.Set("state", state)
	}
	answer.Set("iss", s.endpoints.Issuer)
	if issuer, on := s.faults.named("authorize-iss"); on {
		answer.Set("iss", issuer)
	}
	if _, on := s.faults.named("authorize-no-iss"); on {
		answer.Del("iss")
	}
	target := a.redirect + "?" + answer.Encode()
	if _, on := s.faults.named("authorize-twice"); on {
		s.callAsWell(target)
	}
	if _, on := s.faults.named("authorize-hop"); on {
		target = s.endpoints.Console + hopPath + "?" + url.Values{"to": {target}}.Encode()
	}
	redirectTo(w, r, target)
}

// redirectTo leaves no trace of this page at the next one.
func redirectTo(w http.ResponseWriter, r *http.Request, target string) {
	noStore(w)
	w.Header().Set("Referrer-Policy", "no-referrer")
	status := http.StatusFound
	if r.Method == http.MethodPost {
		status = http.StatusSeeOther
	}
	w.Header().Set("Location", target)
	w.WriteHeader(status)
}

// callAsWell requests target beside the browser. Close waits for it.
func (s *Server) callAsWell(target string) {
	if !s.begin() {
		return
	}
	go func() {
		defer s.busy.Done()
		ctx, cancel := context.WithCancel(s.closing)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		if err != nil {
			return
		}
		if answer, err := s.callback.Do(request); err == nil {
			answer.Body.Close()
		}
	}()
}

// hop redirects once more, for the fault authorize-hop; only to the client.
func (s *Server) hop(w http.ResponseWriter, r *http.Request) {
	target, query, _ := strings.Cut(r.URL.Query().Get("to"), "?")
	if !s.isRegistered(target) {
		s.pages.fail(w, http.StatusBadRequest, "This page leads nowhere", "The address is not one of the client's.")
		return
	}
	redirectTo(w, r, target+"?"+query)
}

// sentTo is the host a person is told about.
func sentTo(redirect string) string {
	u, err := url.Parse(redirect)
	if err != nil {
		return redirect
	}
	return u.Hostname()
}

// formAction is the CSP source of the redirect: browsers hold redirects after a
// form's submission against form-action too. CSP has no way to write an IPv6
// literal, so there the scheme must do.
func formAction(redirect string) string {
	u, err := url.Parse(redirect)
	if err != nil || strings.Contains(u.Hostname(), ":") {
		return "http:"
	}
	return u.Scheme + "://" + u.Host
}
