package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	deviceCode, userCode, err := s.ledger.startDevice(scope, s.now())
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

// userinfo answers the four members that TiDB Cloud's clients read; there is no
// sub among them.
func (s *Server) userinfo(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeOAuthError(w, &oauthError{http.StatusMethodNotAllowed, "invalid_request", "use GET"})
		return
	}
	secret, ok := bearer(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Bearer realm="TiDB Cloud sandbox"`) // RFC 6750 §3
		writeOAuthError(w, &oauthError{http.StatusUnauthorized, "invalid_request", "a Bearer token is needed"})
		return
	}
	g, ok := s.ledger.authenticate(secret, s.now())
	u := s.world.user(g.User)
	if !ok || u == nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="TiDB Cloud sandbox", error="invalid_token"`)
		writeOAuthError(w, &oauthError{http.StatusUnauthorized, "invalid_token", "the token is unknown, expired or revoked"})
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Email     string `json:"email"`
		Username  string `json:"username"`
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
	}{u.email, u.username, u.first, u.last})
}

// bearer takes the token from the Authorization header (RFC 6750 §2.1).
func bearer(r *http.Request) (string, bool) {
	kind, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), found && strings.EqualFold(kind, "Bearer")
}

// metadata is the RFC 8414 document. TiDB Cloud is not known to publish one.
func (s *Server) metadata(w http.ResponseWriter, _ *http.Request) {
	document := s.document()
	if issuer, on := s.faults.named("metadata-issuer"); on {
		document["issuer"] = issuer
	}
	if _, on := s.faults.named("metadata-no-s256"); on {
		document["code_challenge_methods_supported"] = []string{"plain"}
	}
	if _, on := s.faults.named("metadata-stale"); on {
		for _, member := range []string{"authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint", "device_authorization_endpoint"} {
			document[member] = s.endpoints.Issuer + "/v0/moved"
		}
	}
	if member, on := s.faults.named("metadata-omit"); on {
		delete(document, member)
	}
	writeJSON(w, http.StatusOK, document)
}

func (s *Server) document() map[string]any {
	methods := []string{"none"}
	if s.options.ClientSecret != "" {
		methods = []string{"client_secret_post"}
	}
	document := map[string]any{
		"issuer":                                         s.endpoints.Issuer,
		"authorization_endpoint":                         s.endpoints.AuthorizationEndpoint,
		"token_endpoint":                                 s.endpoints.TokenEndpoint,
		"device_authorization_endpoint":                  s.endpoints.DeviceAuthorizationEndpoint,
		"revocation_endpoint":                            s.endpoints.RevocationEndpoint,
		"userinfo_endpoint":                              s.endpoints.UserinfoEndpoint,
		"scopes_supported":                               scopes(),
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code", "refresh_token", deviceGrantType},
		"token_endpoint_auth_methods_supported":          methods,
		"revocation_endpoint_auth_methods_supported":     methods,
		"authorization_details_types_supported":          []string{"tidbcloud"},
		"authorization_response_iss_parameter_supported": true,
	}
	if s.options.PKCE != PKCEIgnored {
		document["code_challenge_methods_supported"] = []string{"S256"}
	}
	return document
}

// scopes is the vocabulary of roles, from which scopes seem to be taken.
func scopes() []string {
	return []string{
		"org:owner", "org:member", "org:billing_admin", "org:billing_viewer", "org:audit_admin",
		"project:owner", "project:dev", "project:readonly", "project:ctl_plane_viewer", "cluster:admin", "cluster:viewer",
	}
}

func knownScope(scope string) bool {
	known := scopes()
	for word := range strings.FieldsSeq(scope) {
		if !slices.Contains(known, word) {
			return false
		}
	}
	return true
}
