package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

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
