package sandbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"canopy/api/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The moment the sandbox's data is written for.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	callback = "http://127.0.0.1:49152/callback"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	alice    = "alice@acme.example"
	bob      = "bob@acme.example"
	gina     = "gina@globex.example"
	acme     = "1001"
	globex   = "2002"
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// box is a running sandbox with a client that follows no redirect and knows nothing
// of the package under test but where it answers.
type box struct {
	t      *testing.T
	server *sandbox.Server
	at     sandbox.Endpoints
	clock  *clock
	client *http.Client
}

func open(t *testing.T, change ...func(*sandbox.Options)) *box {
	t.Helper()
	c := &clock{now: noon}
	o := sandbox.Options{Now: c.Now}
	for _, f := range change {
		f(&o)
	}
	server, err := sandbox.Start(o)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return &box{t, server, server.Endpoints(), c, &http.Client{
		Transport:     transport,
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a whole answer; json is nil when the body is no JSON object.
type answer struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

func (a answer) text(member string) string { s, _ := a.json[member].(string); return s }

func (a answer) list(member string) []map[string]any {
	var objects []map[string]any
	items, _ := a.json[member].([]any)
	for _, item := range items {
		object, _ := item.(map[string]any)
		objects = append(objects, object)
	}
	return objects
}

// texts collects one member of the objects in a list.
func (a answer) texts(list, member string) []string {
	var found []string
	for _, object := range a.list(list) {
		text, _ := object[member].(string)
		found = append(found, text)
	}
	return found
}

// callback reads the query of a redirect to the client.
func (a answer) callback(t *testing.T) url.Values {
	t.Helper()
	if a.status != http.StatusFound && a.status != http.StatusSeeOther {
		t.Fatalf("status %d is no redirect: %s", a.status, a.body)
	}
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || !strings.HasPrefix(a.header.Get("Location"), callback+"?") {
		t.Fatalf("redirected to %q, not to %s", a.header.Get("Location"), callback)
	}
	return u.Query()
}

// try sends a request; a broken connection is an error.
func (b *box) try(r *http.Request) (answer, error) {
	response, err := b.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, header: response.Header, body: string(body)}
	_ = json.Unmarshal(body, &a.json) // what is no object stays nil
	return a, err
}

func (b *box) send(r *http.Request) answer {
	b.t.Helper()
	a, err := b.try(r)
	if err != nil {
		b.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	return a
}

func (b *box) request(method, address string, body io.Reader, header ...string) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (b *box) get(address, token string) answer {
	b.t.Helper()
	r := b.request(http.MethodGet, address, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return b.send(r)
}

func (b *box) post(address string, form url.Values, header ...string) answer {
	b.t.Helper()
	header = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)
	return b.send(b.request(http.MethodPost, address, strings.NewReader(form.Encode()), header...))
}

func (b *box) postJSON(address string, body any) answer {
	b.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send(b.request(http.MethodPost, address, bytes.NewReader(text), "Content-Type", "application/json"))
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// link is an authorize link; changes set a parameter, or remove it with "".
func (b *box) link(changes ...string) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {b.at.ClientID}, "redirect_uri": {callback}, "state": {"st"},
		"scope": {"org:owner"}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "" {
			query.Del(changes[i])
		} else {
			query.Set(changes[i], changes[i+1])
		}
	}
	return b.at.AuthorizationEndpoint + "?" + query.Encode()
}

// form is a filled-in consent page.
func form(user, org string, projects ...string) url.Values {
	return url.Values{"user": {user}, "org": {org}, "project": projects, "decision": {"allow"}}
}

// code signs in and allows, and returns the code.
func (b *box) code(user, org string, projects ...string) string {
	b.t.Helper()
	return b.post(b.link(), form(user, org, projects...)).callback(b.t).Get("code")
}

// exchange of a code; changes as for link.
func (b *box) exchange(code string, changes ...string) answer {
	b.t.Helper()
	f := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback},
		"client_id": {b.at.ClientID}, "code_verifier": {verifier},
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "" {
			f.Del(changes[i])
		} else {
			f.Set(changes[i], changes[i+1])
		}
	}
	return b.post(b.at.TokenEndpoint, f)
}

func (b *box) refresh(token string) answer {
	b.t.Helper()
	return b.post(b.at.TokenEndpoint, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {b.at.ClientID}})
}

// signIn goes the whole way and returns the token answer.
func (b *box) signIn(user, org string, projects ...string) answer {
	b.t.Helper()
	a := b.exchange(b.code(user, org, projects...))
	if a.status != http.StatusOK {
		b.t.Fatalf("token endpoint: %d %s", a.status, a.body)
	}
	return a
}

// token is the access token of a sign-in.
func (b *box) token(user, org string, projects ...string) string {
	b.t.Helper()
	return b.signIn(user, org, projects...).text("access_token")
}

// refused expects an OAuth error.
func (a answer) refused(t *testing.T, status int, code string) {
	t.Helper()
	if a.status != status || a.text("error") != code {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
}

// gives expects a status.
func (a answer) gives(t *testing.T, status int) {
	t.Helper()
	if a.status != status {
		t.Errorf("got %d %s, want %d", a.status, a.body, status)
	}
}

// says expects words in the body.
func (a answer) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Errorf("the body does not say %q:\n%s", w, a.body)
		}
	}
}

func (b *box) faults(names ...string) {
	b.t.Helper()
	if err := b.server.SetFaults(names...); err != nil {
		b.t.Fatal(err)
	}
}
