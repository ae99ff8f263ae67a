package stage_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/uitest/stage"
)

// visitor is a person at the pages of the sandbox, who allows what the page proposes unless told otherwise.
type visitor struct {
	t      *testing.T
	client *http.Client
	group  sync.WaitGroup

	mu     sync.Mutex
	user   string
	answer func(form url.Values) // changes what the page proposes; nil: as it is
	opened []string
}

var (
	proposed = regexp.MustCompile(`name="project" value="(\w+)" checked`)
	chosen   = regexp.MustCompile(`<option value="(\w+)" selected>`)
	listed   = regexp.MustCompile(`name="revoke" value="([^"]+)"`)
)

// open is a Config.Open.
func (v *visitor) open(_ context.Context, link string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	user, change := v.user, v.answer
	v.opened = append(v.opened, link)
	v.group.Go(func() {
		page := v.post(link, url.Values{"user": {user}})
		form := url.Values{"user": {user}, "decision": {"allow"}, "org": {chosen.FindStringSubmatch(page)[1]}}
		for _, m := range proposed.FindAllStringSubmatch(page, -1) {
			form.Add("project", m[1])
		}
		if change != nil {
			change(form)
		}
		v.post(link, form)
	})
	return nil
}

func (v *visitor) post(address string, form url.Values) string {
	q, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Error(err)
		return ""
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := v.client.Do(q)
	if err != nil {
		v.t.Error(err)
		return ""
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Error(err)
	}
	return string(page)
}

func (v *visitor) will(user string, answer func(url.Values)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.user, v.answer = user, answer
}

// wallet is an Authenticator that works with a real sandbox.
type wallet struct {
	t       *testing.T
	at      sandbox.Endpoints
	visitor *visitor
	auth    *auth.Authenticator
	store   *countingStore
}

func newWallet(t *testing.T, o sandbox.Options) *wallet {
	t.Helper()
	o.RateLimit = -1
	server, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	at := server.Endpoints()
	v := &visitor{t: t, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}}
	w := &wallet{t: t, at: at, visitor: v, store: &countingStore{Store: auth.NewMemoryStore(), keys: map[string]bool{}}}
	grants, err := auth.OpenGrants(filepath.Join(t.TempDir(), "grants.json"))
	if err != nil {
		t.Fatal(err)
	}
	w.auth, err = auth.New(auth.Config{
		Environments: []auth.Environment{stage.EnvironmentOf(at)},
		Grants:       grants, Store: w.store, Open: v.open,
		HTTP: &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		v.group.Wait()
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Millisecond)
		defer stop()
		_ = w.auth.Close(ctx) // lingering pages are cut off
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *wallet) signIn(o auth.Options) (auth.Grant, error) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer stop()
	g, err := w.auth.SignIn(ctx, stage.Sandbox, o, nil)
	w.visitor.group.Wait()
	return g, err
}

// reads lists the projects that the API shows a grant.
func (w *wallet) reads(g auth.Grant) (string, error) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.at.IAM+"/v1beta1/projects", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := w.auth.Client(g.ID).Do(q)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var list struct {
		Projects []struct {
			ID string `json:"id"`
		} `json:"projects"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		w.t.Error(err)
	}
	var ids []string
	for _, p := range list.Projects {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " "), nil
}

// apps lists what a user finds under Authorized OAuth Apps.
func (w *wallet) apps(user string) []string {
	page := w.visitor.post(w.at.Console+"/account/oauth-apps", url.Values{"user": {user}})
	var ids []string
	for _, m := range listed.FindAllStringSubmatch(page, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// settled waits until the server lists as many grants of a user as are given here.
func (w *wallet) settled(user string, want int) {
	w.t.Helper()
	limit := time.Now().Add(10 * time.Second)
	for len(w.apps(user)) != want || w.store.count() != 2*len(w.auth.Grants().List()) {
		if time.Now().After(limit) { // nothing tells when the background is done
			w.t.Fatalf("the server lists %d grants of %s, want %d; %d records are kept", len(w.apps(user)), user, want, w.store.count())
		}
	}
}

// countingStore knows how many records it holds.
type countingStore struct {
	auth.Store
	mu   sync.Mutex
	keys map[string]bool
}

func (s *countingStore) Put(ctx context.Context, key string, record []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[key] = true
	return s.Store.Put(ctx, key, record)
}

func (s *countingStore) Delete(ctx context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, key)
	return s.Store.Delete(ctx, key)
}

func (s *countingStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys)
}

// projects makes projects of their ids, and words the other way round.
func projects(ids ...string) []auth.Project {
	var list []auth.Project
	for _, id := range ids {
		list = append(list, auth.Project{ID: id})
	}
	return list
}

func words(list []auth.Project) string {
	var ids []string
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return strings.Join(ids, " ")
}

func wanting(organization string, ids ...string) *auth.Reach {
	return &auth.Reach{Organization: auth.Organization{ID: organization}, All: len(ids) == 0, Projects: projects(ids...)}
}

const (
	alice = "alice@acme.example"
	bob   = "bob@acme.example"
)

func TestAGrantIsSwappedStepByStepAndTheServerAgrees(t *testing.T) {
	for name, o := range map[string]sandbox.Options{
		"as it comes":                        {},
		"without authorization details":      {NoAuthorizationDetails: true, OrganizationID: true},
		"an access token takes all with it":  {RevokeFamily: true},
		"refresh tokens that do not rotate":  {NoRotate: true},
		"access tokens that end very early":  {TokenLifetime: time.Second},
		"a server that asks for no verifier": {PKCE: sandbox.PKCEIgnored},
	} {
		t.Run(name, func(t *testing.T) { walkThroughTheWallet(t, newWallet(t, o), !o.NoAuthorizationDetails) })
	}
}

// walkThroughTheWallet narrows, widens, is denied, leaves the choice to the page and is revoked, and compares after each
// step what the API shows with what was asked for. states says whether the server states what it gives.
func walkThroughTheWallet(t *testing.T, w *wallet, states bool) {
	var g auth.Grant
	step := func(name string, want *auth.Reach, answer func(url.Values), reads, fewer, more string) {
		t.Helper()
		w.visitor.will(bob, answer)
		next, err := w.signIn(auth.Options{Replaces: g.ID, LoginHint: bob, Want: want})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w.settled(bob, 1)
		if _, err := w.reads(g); g.ID != "" && !errors.Is(err, auth.ErrSignInAgain) {
			t.Errorf("%s: the old grant gives %v", name, err)
		}
		g = next
		if got, err := w.reads(g); got != reads || err != nil {
			t.Errorf("%s: the API shows %q, %v, want %q", name, got, err, reads)
		}
		less, plus, known := g.Compare()
		if known != states || (states && (words(less) != fewer || words(plus) != more)) {
			t.Errorf("%s: fewer %q, more %q, known %t", name, words(less), words(plus), known)
		}
	}
	only := func(ids ...string) func(url.Values) { return func(form url.Values) { form["project"] = ids } }
	step("narrow", wanting("2002", "201"), nil, "201", "", "")
	step("wider", wanting("2002", "201", "202"), nil, "201 202", "", "")
	step("less than asked for", wanting("2002", "201", "202"), only("202"), "202", "201", "")
	step("more than asked for", wanting("2002", "202"), only("201", "202"), "201 202", "", "201")
	w.visitor.will(bob, func(form url.Values) { form.Set("decision", "deny") })
	if _, err := w.signIn(auth.Options{Replaces: g.ID, Want: wanting("2002")}); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("denied: %v", err)
	}
	if got, err := w.reads(g); got != "201 202" || err != nil {
		t.Errorf("after a denial the API shows %q, %v", got, err)
	}
	if err := w.auth.Renew(t.Context(), g.ID); err != nil {
		t.Errorf("renewing gives %v", err)
	}
	w.anotherUserAnswers(g, states)
	w.visitor.post(w.at.Console+"/account/oauth-apps", url.Values{"user": {bob}, "revoke": w.apps(bob)})
	if _, err := w.reads(g); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("after it was revoked on the server's page it gives %v", err)
	}
	step("after that", wanting("2002", "202"), nil, "202", "", "")
}

// anotherUserAnswers lets Alice answer for Bob.
func (w *wallet) anotherUserAnswers(g auth.Grant, states bool) {
	w.t.Helper()
	w.visitor.will(alice, nil)
	o := auth.Options{Replaces: g.ID, LoginHint: bob, Want: wanting("2002")}
	hers, err := w.signIn(o)
	if err != nil {
		w.t.Fatal(err)
	}
	if user, organization := o.Surprise(g, hers); !user || organization != states {
		w.t.Errorf("another user %t, another organization %t", user, organization)
	}
	w.settled(bob, 1)
	w.settled(alice, 1)
	if _, err := w.auth.SignOut(w.t.Context(), hers.ID); err != nil {
		w.t.Fatal(err)
	}
	w.settled(alice, 0)
	if got, err := w.reads(g); got != "201 202" || err != nil {
		w.t.Errorf("after another user answered the API shows %q, %v", got, err)
	}
}
