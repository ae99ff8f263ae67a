package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"canopy/auth"
)

// server is a small authorization server and API for these tests, with two
// hooks: what the authorize page sends back, and what a POST answers. Without
// hooks it is a strict one: S256 required, codes once, rotation with reuse
// detection.
type server struct {
	*httptest.Server

	mu        sync.Mutex
	authorize func(asked, answer url.Values) url.Values                               // nil: the answer as it is
	post      func(path string, params map[string]string, w http.ResponseWriter) bool // true: answered
	api       http.HandlerFunc                                                        // nil: 200 for a token that is valid
	wants     url.Values                                                              // of the last authorization request
	codes     map[string]url.Values                                                   // code → authorization request
	access    map[string]bool                                                         // valid access tokens
	refresh   map[string]string                                                       // valid refresh token → family
	used      map[string]string                                                       // rotated refresh token → family
	posts     []request                                                               // every POST
	serial    int
	noRotate  bool
	oneGrant  bool              // one consent per user and client, as panva's oidc-provider has it: revoking a token ends them all
	endsOld   bool              // a new consent ends the tokens of the one before
	people    map[string]string // family → who was hinted at
	owner     map[string]string // access token → family
	secret    string            // the client's; "" is a public client
	who       map[string]any    // what userinfo says; nil: Ada, with a subject
	lifetime  any
	details   string
	device    map[string]any
	approved  bool
	pending   []string // errors the device poll answers first
}

type request struct {
	path, kind string
	params     map[string]string
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{
		codes: map[string]url.Values{}, access: map[string]bool{}, refresh: map[string]string{}, used: map[string]string{},
		people: map[string]string{}, owner: map[string]string{},
		lifetime: 3600,
		details:  `[{"type":"tidbcloud","organization":{"id":"1001","name":"Acme"},"projects":[{"id":"p1","name":"One"},{"id":"p2","name":"Two"}],"role":"org:owner"}]`,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", s.serveAuthorize)
	mux.HandleFunc("POST /", s.servePost)
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, q *http.Request) {
		if !s.bearer(w, q) {
			return
		}
		if who := s.signsIn(); who != nil {
			reply(w, 200, who)
		} else {
			reply(w, 200, map[string]any{"sub": s.user(q), "email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", "username": "ada"})
		}
	})
	mux.HandleFunc("GET /v1beta1/", func(w http.ResponseWriter, q *http.Request) {
		if h := s.hookedAPI(); h != nil {
			h(w, q)
		} else if s.bearer(w, q) {
			reply(w, 200, map[string]any{"ok": true})
		}
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *server) environment() auth.Environment {
	return auth.Environment{
		Name: "test", Kind: auth.KindCustom, Issuer: s.URL, IssuerInCallback: true,
		AuthorizationEndpoint: s.URL + "/authorize", TokenEndpoint: s.URL + "/token",
		DeviceAuthorizationEndpoint: s.URL + "/device", RevocationEndpoint: s.URL + "/revoke", UserinfoEndpoint: s.URL + "/userinfo",
		IAM: s.URL, Serverless: s.URL, Dedicated: s.URL, ClientID: "canopy-test", Scope: "org:owner",
	}
}

func (s *server) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *server) hookedAPI() http.HandlerFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.api
}

func (s *server) signsIn() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who
}

// asked lists the parameters of the POSTs to a path.
func (s *server) asked(path string) []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []request
	for _, p := range s.posts {
		if p.path == path {
			found = append(found, p)
		}
	}
	return found
}

// secrets lists the secrets that were sent here.
func (s *server) secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, p := range s.posts {
		for _, name := range []string{"code", "code_verifier", "refresh_token", "token", "device_code", "client_secret"} {
			if value := p.params[name]; value != "" {
				list = append(list, value)
			}
		}
	}
	return list
}

func (s *server) serveAuthorize(w http.ResponseWriter, q *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := q.URL.Query()
	s.wants = asked
	s.serial++
	code := fmt.Sprintf("canary-code-%04d-wzyx", s.serial)
	s.codes[code] = asked
	answer := url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {s.URL}}
	if s.authorize != nil {
		answer = s.authorize(asked, answer)
	}
	http.Redirect(w, q, asked.Get("redirect_uri")+"?"+answer.Encode(), http.StatusFound)
}

func (s *server) servePost(w http.ResponseWriter, q *http.Request) {
	params := map[string]string{}
	if strings.HasPrefix(q.Header.Get("Content-Type"), "application/json") {
		_ = json.NewDecoder(q.Body).Decode(&params)
	} else {
		_ = q.ParseForm()
		for name := range q.PostForm {
			params[name] = q.PostForm.Get(name)
		}
	}
	s.mu.Lock()
	s.posts = append(s.posts, request{q.URL.Path, q.Header.Get("Content-Type"), maps.Clone(params)})
	hook := s.post
	s.mu.Unlock()
	if q.Header.Get("Authorization") != "" { // HTTP Basic: burn the code, as real servers do
		s.with(func() { delete(s.codes, params["code"]) })
		reply(w, 401, map[string]any{"error": "invalid_client"})
		return
	}
	if hook != nil && hook(q.URL.Path, params, w) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.secret != "" && s.secret != params["client_secret"] {
		reply(w, 401, map[string]any{"error": "invalid_client"})
		return
	}
	switch q.URL.Path {
	case "/token":
		s.serveToken(w, params)
	case "/device":
		reply(w, 200, s.device)
	case "/revoke":
		s.revoke(params["token"])
		w.WriteHeader(200)
	default:
		w.WriteHeader(404)
	}
}

func (s *server) serveToken(w http.ResponseWriter, p map[string]string) {
	refuse := func(code string) { reply(w, 400, map[string]any{"error": code}) }
	switch p["grant_type"] {
	case "authorization_code":
		asked, ok := s.codes[p["code"]]
		delete(s.codes, p["code"]) // once, right or wrong
		sum := sha256.Sum256([]byte(p["code_verifier"]))
		if !ok || asked.Get("redirect_uri") != p["redirect_uri"] || asked.Get("code_challenge_method") != "S256" ||
			asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || p["client_id"] != "canopy-test" {
			refuse("invalid_grant")
			return
		}
		if s.endsOld {
			s.endAll()
		}
		family := fmt.Sprint("family-", s.serial)
		s.people[family] = asked.Get("login_hint")
		s.issue(w, family)
	case "refresh_token":
		if family, ok := s.used[p["refresh_token"]]; ok { // reuse: the family dies (RFC 9700 §4.14.2)
			maps.DeleteFunc(s.refresh, func(_, f string) bool { return f == family })
		}
		family, ok := s.refresh[p["refresh_token"]]
		if !ok {
			refuse("invalid_grant")
			return
		}
		if !s.noRotate {
			delete(s.refresh, p["refresh_token"])
			s.used[p["refresh_token"]] = family
		}
		s.issue(w, family)
	default:
		if len(s.pending) > 0 {
			next := s.pending[0]
			s.pending = s.pending[1:]
			refuse(next)
			return
		}
		if !s.approved {
			refuse("authorization_pending")
			return
		}
		s.issue(w, "device-family")
	}
}

func (s *server) issue(w http.ResponseWriter, family string) {
	s.serial++
	access, refresh := fmt.Sprintf("canary-access-%04d-qwer", s.serial), fmt.Sprintf("canary-refresh-%04d-asdf", s.serial)
	s.access[access], s.owner[access] = true, family
	answer := map[string]any{"access_token": access, "token_type": "Bearer", "scope": "org:owner", "authorization_details": json.RawMessage(s.details)}
	if s.lifetime != nil {
		answer["expires_in"] = s.lifetime
	}
	if !s.noRotate || len(s.refresh) == 0 {
		s.refresh[refresh] = family
		answer["refresh_token"] = refresh
	}
	reply(w, 200, answer)
}

// tokensWith answers exchanges with these members, and leaves those out that are nil.
func (s *server) tokensWith(details, scope any) func(string, map[string]string, http.ResponseWriter) bool {
	return func(path string, params map[string]string, w http.ResponseWriter) bool {
		if path != "/token" || params["grant_type"] != "authorization_code" {
			return false
		}
		answer := map[string]any{"access_token": "canary-access-with", "refresh_token": "canary-refresh-with", "token_type": "Bearer", "expires_in": 3600}
		if text, ok := details.(string); ok {
			answer["authorization_details"] = json.RawMessage(text)
		}
		if scope != nil {
			answer["scope"] = scope
		}
		s.with(func() { s.access["canary-access-with"], s.refresh["canary-refresh-with"] = true, "with" })
		reply(w, 200, answer)
		return true
	}
}

func (s *server) revoke(token string) {
	_, known := s.refresh[token]
	if s.oneGrant && (known || s.access[token]) {
		s.endAll()
	}
	delete(s.access, token)
	if family, ok := s.refresh[token]; ok {
		maps.DeleteFunc(s.refresh, func(_, f string) bool { return f == family })
	}
}

// user is whom a token is of: who was hinted at, else always the same.
func (s *server) user(q *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hint := s.people[s.owner[strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")]]; hint != "" {
		return hint
	}
	return "u-1"
}

func (s *server) endAll() {
	clear(s.access)
	clear(s.refresh)
}

// bearer answers 401 unless the request carries a valid access token.
func (s *server) bearer(w http.ResponseWriter, q *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.access[strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")] {
		return true
	}
	reply(w, 401, map[string]any{"code": 49900002, "message": "unauthorized"})
	return false
}

// alive lists the tokens that would still be accepted.
func (s *server) alive() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(slices.Sorted(maps.Keys(s.access)), slices.Sorted(maps.Keys(s.refresh))...)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func replyText(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
