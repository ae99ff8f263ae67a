package interop_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// exchange is one form that the app sent, and the answer.
type exchange struct {
	path   string
	form   url.Values
	status int
	answer map[string]any
}

func (e exchange) said(name string) string {
	s, _ := e.answer[name].(string)
	return s
}

// wire is the app's network: it remembers what was said to the authorization
// server, and can lose an answer on its way back.
type wire struct {
	base *http.Transport

	mu   sync.Mutex
	seen []exchange
	lose map[string]int // answers still to be lost, by grant_type
	more chan struct{}  // closed with the next exchange
}

func newWire(t *testing.T) *wire {
	w := &wire{base: http.DefaultTransport.(*http.Transport).Clone(), lose: map[string]int{}, more: make(chan struct{})}
	t.Cleanup(w.base.CloseIdleConnections)
	return w
}

var errLost = errors.New("the answer was lost on the way")

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Method != http.MethodPost {
		return w.base.RoundTrip(q)
	}
	sent, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	_ = q.Body.Close()
	own := q.Clone(q.Context())
	own.Body = io.NopCloser(bytes.NewReader(sent))
	answer, err := w.base.RoundTrip(own)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	e := exchange{path: q.URL.Path, status: answer.StatusCode}
	if e.form, err = url.ParseQuery(string(sent)); err != nil {
		return nil, err
	}
	_ = json.Unmarshal(body, &e.answer) // a revocation has no answer
	if w.note(e) {
		return nil, errLost
	}
	return answer, nil
}

func (w *wire) note(e exchange) (lost bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, e)
	close(w.more)
	w.more = make(chan struct{})
	if kind := e.form.Get("grant_type"); w.lose[kind] > 0 {
		w.lose[kind]--
		return true
	}
	return false
}

// revocations counts the tokens that were given back.
func (w *wire) revocations() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, e := range w.seen {
		if e.form.Has("token_type_hint") {
			n++
		}
	}
	return n
}

// loseNext loses the next answer to a kind of token request.
func (w *wire) loseNext(grantType string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lose[grantType]++
}

// asked gives the token requests of one kind.
func (w *wire) asked(grantType string) []exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []exchange
	for _, e := range w.seen {
		if e.form.Get("grant_type") == grantType {
			list = append(list, e)
		}
	}
	return list
}

// tokens gives the last tokens that the server gave.
func (w *wire) tokens() (access, refresh string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.seen {
		if got := e.said("access_token"); got != "" {
			access, refresh = got, e.said("refresh_token")
		}
	}
	return access, refresh
}

// await waits until what was seen holds what fits.
func (w *wire) await(t *testing.T, what string, fits func(exchange) bool) {
	t.Helper()
	limit := time.After(patience)
	for next := 0; ; {
		w.mu.Lock()
		more, list := w.more, w.seen[next:]
		next = len(w.seen)
		w.mu.Unlock()
		for _, e := range list {
			if fits(e) {
				return
			}
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("the server was not asked for %s", what)
		}
	}
}

// secrets gives everything that must not be written down anywhere.
func (w *wire) secrets() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, e := range w.seen {
		for _, name := range []string{"code", "code_verifier", "refresh_token", "device_code", "token", "client_secret"} {
			list = append(list, e.form.Get(name))
		}
		for _, name := range []string{"access_token", "refresh_token", "id_token", "device_code"} {
			list = append(list, e.said(name))
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// api is an API host. It asks the authorization server about every token it is
// given, as userinfo answers for good tokens only (OIDC Core §5.3.3).
type api struct {
	*httptest.Server
	userinfo string
	client   *http.Client

	mu   sync.Mutex
	seen []string // bearer tokens
}

func newAPI(t *testing.T, userinfo string) *api {
	a := &api{userinfo: userinfo, client: &http.Client{Transport: &http.Transport{}, Timeout: patience}}
	a.Server = httptest.NewServer(a)
	t.Cleanup(func() {
		a.Close()
		a.client.CloseIdleConnections()
	})
	return a
}

// ServeHTTP implements http.Handler.
func (a *api) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	token, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	a.seen = append(a.seen, token)
	a.mu.Unlock()
	if !ok || !a.alive(token) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = io.WriteString(w, `{"projects":[]}`)
}

// alive asks the server about an access token.
func (a *api) alive(token string) bool {
	q, err := http.NewRequest(http.MethodGet, a.userinfo, nil)
	if err != nil {
		return false
	}
	q.Header.Set("Authorization", "Bearer "+token)
	answer, err := a.client.Do(q)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode == http.StatusOK
}

// bearers lists the different tokens that were used, in their order.
func (a *api) bearers() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []string
	for _, token := range a.seen {
		if len(list) == 0 || list[len(list)-1] != token {
			list = append(list, token)
		}
	}
	return list
}

// stranger sends a form to the server as somebody else than the app does.
func (h *house) stranger(address string, form url.Values) exchange {
	h.t.Helper()
	form.Set("client_id", h.env.ClientID)
	if s := h.env.ClientSecret.Reveal(); s != "" {
		form.Set("client_secret", s)
	}
	q, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := h.api.client.Do(q)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	e := exchange{form: form, status: answer.StatusCode}
	_ = json.NewDecoder(answer.Body).Decode(&e.answer) // a revocation has no answer
	return e
}

// refreshes tries a refresh token as somebody else, and gives the tokens if the server does.
func (h *house) refreshes(token string) (exchange, bool) {
	h.t.Helper()
	e := h.stranger(h.env.TokenEndpoint, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
	if e.status != http.StatusOK && e.said("error") != "invalid_grant" {
		h.t.Fatalf("a refresh token was answered with %d %v; want tokens or invalid_grant", e.status, e.answer)
	}
	return e, e.status == http.StatusOK
}
