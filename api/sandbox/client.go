package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
)

// maxBody bounds the bodies of requests; none has a reason to be longer.
const maxBody = 64 << 10

// parameters reads the body of an OAuth request. Forms are what the RFCs ask for,
// JSON is what TiDB Cloud's own clients send; both are taken.
func parameters(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		return jsonParameters(r)
	case "application/x-www-form-urlencoded":
	default:
		return nil, refusal("invalid_request", "send the parameters as application/x-www-form-urlencoded or application/json")
	}
	// PostForm only: parameters of the query must not be used (RFC 6749 §2.3.1).
	if err := r.ParseForm(); err != nil {
		return nil, refusal("invalid_request", "the body cannot be read as a form")
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return nil, refusal("invalid_request", "the parameter "+name+" is given more than once") // RFC 6749 §3.2
		}
	}
	return r.PostForm, nil
}

func jsonParameters(r *http.Request) (url.Values, error) {
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, refusal("invalid_request", "the body cannot be read as a JSON object")
	}
	values := make(url.Values, len(body))
	for name, value := range body {
		text, ok := value.(string)
		if !ok {
			return nil, refusal("invalid_request", "the parameter "+name+" is not a text")
		}
		values.Set(name, text)
	}
	return values, nil
}

// authenticateClient checks client_id and, of a confidential client, the secret in
// the body. The device grant of TiDB Cloud's own command line sends no secret, so
// there it may be left out.
func (s *Server) authenticateClient(r *http.Request, form url.Values, secretOptional bool) error {
	if r.Header.Get("Authorization") != "" {
		return &oauthError{http.StatusUnauthorized, "invalid_client", "send the client's credentials in the body"}
	}
	switch id := form.Get("client_id"); {
	case id == "":
		return refusal("invalid_request", "client_id is missing")
	case id != s.options.ClientID:
		return &oauthError{http.StatusUnauthorized, "invalid_client", "the client is unknown"}
	}
	secret, given := form["client_secret"]
	if s.options.ClientSecret == "" || secretOptional && !given {
		return nil
	}
	if !given || subtle.ConstantTimeCompare([]byte(secret[0]), []byte(s.options.ClientSecret)) != 1 {
		return &oauthError{http.StatusUnauthorized, "invalid_client", "the client secret is wrong or missing"}
	}
	return nil
}

// isRegistered reports whether a redirect URI is one of the client's. Scheme, host
// literal and path must be equal; the port only where the registered URI has one
// (RFC 8252 §7.3).
func (s *Server) isRegistered(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil {
		return false
	}
	for _, registered := range s.options.Redirects {
		r, err := url.Parse(registered)
		if err != nil || u.Scheme != r.Scheme || u.Hostname() != r.Hostname() || u.EscapedPath() != r.EscapedPath() {
			continue
		}
		if r.Port() == "" || r.Port() == u.Port() {
			// Nothing else may be in it: rebuilt from these parts it is the same.
			return redirect == u.Scheme+"://"+hostPort(u)+u.EscapedPath()
		}
	}
	return false
}

func hostPort(u *url.URL) string {
	host := u.Hostname()
	if u.Port() != "" {
		return net.JoinHostPort(host, u.Port())
	}
	if net.ParseIP(host).To4() == nil && net.ParseIP(host) != nil {
		return "[" + host + "]"
	}
	return host
}

// redirectPath is the path of the first registered redirect URI.
func redirectPath(redirects []string) string {
	u, err := url.Parse(redirects[0])
	if err != nil {
		return callbackPath
	}
	return u.Path
}

// RFC 7636 §4.1 and §4.2.
var (
	verifierForm  = regexp.MustCompile(`^[A-Za-z0-9\-._~]{43,128}$`)
	challengeForm = regexp.MustCompile(`^[A-Za-z0-9\-_]{43}$`)
)

// verify compares a verifier with the challenge of the code (RFC 7636 §4.6). A
// verifier without a challenge is refused too, so that an attacker cannot strip the
// challenge from a request unnoticed (RFC 9700 §4.8.2).
func (s *Server) verify(verifier, challenge string) error {
	switch {
	case s.options.PKCE == PKCEIgnored:
		return nil
	case challenge == "" && verifier == "":
		return nil
	case challenge == "":
		return refusal("invalid_grant", "there is a code_verifier, but the authorization request had no code_challenge")
	case verifier == "":
		return refusal("invalid_grant", "code_verifier is missing")
	case !verifierForm.MatchString(verifier):
		return refusal("invalid_grant", "code_verifier is not of the form RFC 7636 section 4.1 asks for")
	}
	sum := sha256.Sum256([]byte(verifier))
	if subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) != 1 {
		return refusal("invalid_grant", "code_verifier does not match the code_challenge")
	}
	return nil
}
