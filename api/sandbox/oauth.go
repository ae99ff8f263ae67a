package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

const deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"

func (s *Server) oauthRoutes(t *table) {
	t.handle("token", "/v1/token", s.post(s.token))
	t.handle("device", "/v1/device_authorization", s.post(s.authorizeDevice))
	t.handle("revoke", "/v1/revoke", s.post(s.revoke))
	t.handle("userinfo", "/v1/userinfo", s.userinfo)
	t.handle("metadata", "/.well-known/oauth-authorization-server", s.metadata)
	t.handle("", "/", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "not_found", "error_description": "there is no such endpoint"})
	})
}

// post takes the parameters of an OAuth request and answers the endpoint's answer
// or error, never cached (RFC 6749 §5.1).
func (s *Server) post(endpoint func(r *http.Request, form url.Values) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		noStore(w)
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			writeOAuthError(w, &oauthError{http.StatusMethodNotAllowed, "invalid_request", "use POST"})
			return
		}
		form, err := parameters(w, r)
		if err != nil {
			writeOAuthError(w, err)
			return
		}
		answer, err := endpoint(r, form)
		if err != nil {
			if r.Header.Get("Authorization") != "" { // RFC 6749 §5.2
				w.Header().Set("WWW-Authenticate", `Basic realm="TiDB Cloud sandbox"`)
			}
			writeOAuthError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

// token is the token endpoint (RFC 6749 §3.2).
func (s *Server) token(r *http.Request, form url.Values) (any, error) {
	if code, on := s.faults.named("token-error"); on {
		return nil, refusal(code, "the sandbox was told to refuse")
	}
	kind := form.Get("grant_type")
	if err := s.authenticateClient(r, form, kind == deviceGrantType); err != nil {
		return nil, err
	}
	var t tokens
	var err error
	switch kind {
	case "authorization_code":
		t, err = s.exchange(form)
	case "refresh_token":
		t, err = s.renew(form)
	case deviceGrantType:
		t, err = s.poll(form)
	case "":
		err = refusal("invalid_request", "grant_type is missing")
	default:
		err = refusal("unsupported_grant_type", "the grant type is not supported")
	}
	if err != nil {
		return nil, err
	}
	return s.tokenAnswer(t), nil
}

func (s *Server) exchange(form url.Values) (tokens, error) {
	if form.Get("code") == "" || form.Get("redirect_uri") == "" {
		return tokens{}, refusal("invalid_request", "code and redirect_uri are both needed")
	}
	_, burn := s.faults.named("token-burn-code")
	return s.ledger.exchange(form.Get("code"), form.Get("redirect_uri"), func(challenge string) error {
		return s.verify(form.Get("code_verifier"), challenge)
	}, burn, s.now())
}

func (s *Server) renew(form url.Values) (tokens, error) {
	secret := form.Get("refresh_token")
	if secret == "" {
		return tokens{}, refusal("invalid_request", "refresh_token is missing")
	}
	if _, on := s.faults.named("token-revoke-family"); on {
		s.ledger.revokeFamilyOf(secret)
	}
	grace := s.options.Grace
	if argument, on := s.faults.named("token-grace"); on {
		grace, _ = time.ParseDuration(argument) // checked when it was set
	}
	return s.ledger.renew(secret, form.Get("scope"), grace, s.now())
}

func (s *Server) poll(form url.Values) (tokens, error) {
	deviceCode := form.Get("device_code")
	if deviceCode == "" {
		return tokens{}, refusal("invalid_request", "device_code is missing")
	}
	if _, on := s.faults.named("device-deny"); on {
		return tokens{}, refusal("access_denied", "the sandbox was told to deny")
	}
	if _, on := s.faults.named("device-expire"); on {
		return tokens{}, refusal("expired_token", "the sandbox was told to let the code expire")
	}
	_, slow := s.faults.named("device-slow-down")
	return s.ledger.poll(deviceCode, slow, s.now())
}

// tokenAnswer is the successful answer (RFC 6749 §5.1) with what was granted in
// detail (RFC 9396 §7).
func (s *Server) tokenAnswer(t tokens) map[string]any {
	answer := map[string]any{
		"access_token":  t.access,
		"token_type":    "Bearer",
		"expires_in":    int(s.options.TokenLifetime / time.Second),
		"refresh_token": t.refresh,
		"scope":         t.grant.Scope,
	}
	if !s.options.NoAuthorizationDetails {
		answer["authorization_details"] = []any{s.details(t.grant)}
	}
	if _, on := s.faults.named("token-no-details"); on {
		delete(answer, "authorization_details")
	}
	if _, on := s.faults.named("token-no-refresh"); on {
		delete(answer, "refresh_token")
	}
	s.change(answer, "scope", "token-scope")
	s.change(answer, "token_type", "token-type")
	s.changeJSON(answer, "expires_in", "token-expires-in")
	return answer
}

// change lets a fault replace a text member, or remove it when the fault has no
// argument.
func (s *Server) change(answer map[string]any, member, fault string) {
	if value, on := s.faults.named(fault); on && value == "" {
		delete(answer, member)
	} else if on {
		answer[member] = value
	}
}

// changeJSON does the same with a member that may take any form.
func (s *Server) changeJSON(answer map[string]any, member, fault string) {
	if value, on := s.faults.named(fault); on && value == "missing" {
		delete(answer, member)
	} else if on {
		answer[member] = json.RawMessage(value)
	}
}

// named is how ids with their names appear in authorization_details.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// details describes a grant. That TiDB Cloud says anything of the kind is not
// known; the form is the sandbox's own.
func (s *Server) details(g grant) map[string]any {
	org := s.world.orgByID[g.Organization]
	details := map[string]any{
		"type":         "tidbcloud",
		"organization": named{g.Organization, org.name},
		"projects":     "all",
		"role":         g.Role,
	}
	if !g.All {
		list := make([]named, 0, len(g.Projects))
		for _, id := range g.Projects {
			if p := org.project(id); p != nil {
				list = append(list, named{p.id, p.name})
			}
		}
		details["projects"] = list
	}
	return details
}

// authorizeDevice starts the device grant (RFC 8628 §3.1).
func (s *Server) authorizeDevice(r *http.Request, form url.Values) (any, error) {
	if err := s.authenticateClient(r, form, true); err != nil {
		return nil, err
	}
	scope := form.Get("scope")
	if !knownScope(scope) {
		return nil, refusal("invalid_scope", "the scope is unknown")
	}
	wants, err := readDetails(form.Get("authorization_details")) // RFC 9396 §3
	if err != nil {
		return nil, err
	}
	deviceCode, userCode, err := s.ledger.startDevice(scope, wants, s.now())
	if err != nil {
		return nil, err
	}
	page := s.endpoints.Console + devicePath
	if moved, on := s.faults.named("device-uri"); on {
		page = moved
	}
	answer := map[string]any{
		"device_code":               deviceCode,
		"user_code":                 userCode,
		"verification_uri":          page,
		"verification_uri_complete": page + "?user_code=" + url.QueryEscape(userCode),
		"expires_in":                int(s.options.DeviceLifetime / time.Second),
		"interval":                  int(s.options.DeviceInterval / time.Second),
	}
	if _, on := s.faults.named("device-no-complete"); on {
		delete(answer, "verification_uri_complete")
	}
	s.changeJSON(answer, "interval", "device-interval")
	return answer, nil
}

// revoke is the revocation endpoint (RFC 7009 §2). Unknown tokens are revoked
// already: 200.
func (s *Server) revoke(r *http.Request, form url.Values) (any, error) {
	if err := s.authenticateClient(r, form, false); err != nil {
		return nil, err
	}
	if form.Get("token") == "" {
		return nil, refusal("invalid_request", "token is missing")
	}
	s.ledger.revoke(form.Get("token"))
	return struct{}{}, nil
}
