package interop_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"canopy/auth"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // zitadel's pages log every request there
	goleak.VerifyTestMain(m)
}

// patience bounds everything a test waits for.
const patience = 20 * time.Second

// server is an authorization server as the tests see it.
type server struct {
	issuer       string
	clientID     string
	clientSecret auth.Secret
	scope        string
	login        string // what the person types in
	password     string
	want         auth.User
	// familyDies: a reused refresh token, and any revoked one, ends all that came of the same consent.
	familyDies bool
	// statesIssuer: iss comes back with the code (RFC 9207).
	statesIssuer bool
}

// house is one running copy of the app: an Authenticator with everything around it held by the test.
type house struct {
	t      *testing.T
	server server
	env    auth.Environment
	wire   *wire
	clock  *clock
	person *person
	api    *api
	store  *store
	grants *auth.Grants
	auth   *auth.Authenticator
	log    *safeBuffer
	dir    string

	mu   sync.Mutex
	said []auth.Progress
	more chan struct{} // closed with the next report
}

// newHouse builds one; change alters its environment.
func newHouse(t *testing.T, s server, change ...func(*auth.Environment)) *house {
	t.Helper()
	env, err := auth.Discover(t.Context(), nil, s.issuer)
	if err != nil {
		t.Fatalf("the metadata was not accepted: %v", err)
	}
	h := &house{
		t: t, server: s, env: env, wire: newWire(t), clock: newClock(), person: newPerson(t, s),
		store: newStore(), log: &safeBuffer{}, dir: t.TempDir(), more: make(chan struct{}),
	}
	h.api = newAPI(t, env.UserinfoEndpoint)
	h.env.Name, h.env.IAM = "interop", h.api.URL
	h.env.ClientID, h.env.ClientSecret, h.env.Scope = s.clientID, s.clientSecret, s.scope
	for _, f := range change {
		f(&h.env)
	}
	h.open()
	return h
}

// secondCopy is the same app started once more: same files, same keyring, same person.
func (h *house) secondCopy() *house {
	h.t.Helper()
	two := &house{
		t: h.t, server: h.server, env: h.env, wire: newWire(h.t), clock: h.clock, person: h.person,
		api: h.api, store: h.store, log: &safeBuffer{}, dir: h.dir, more: make(chan struct{}),
	}
	two.open()
	return two
}

func (h *house) open() {
	h.t.Helper()
	var err error
	if h.grants, err = auth.OpenGrants(filepath.Join(h.dir, "grants.json")); err != nil {
		h.t.Fatal(err)
	}
	h.auth, err = auth.New(auth.Config{
		Environments: []auth.Environment{h.env},
		Grants:       h.grants, Store: h.store,
		HTTP: &http.Client{Transport: h.wire, Timeout: patience},
		Open: h.person.open, Now: h.clock.now, Wait: h.clock.wait,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(h.close)
}

// close ends the app and looks for what must not have been written down.
func (h *house) close() {
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if err := h.auth.Close(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		h.t.Error(err)
	}
	file, err := os.ReadFile(filepath.Join(h.dir, "grants.json"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		h.t.Error(err)
	}
	for _, secret := range h.wire.secrets() {
		if bytes.Contains(file, []byte(secret)) {
			h.t.Error("the file of grants holds a secret")
		}
		if strings.Contains(h.log.String(), secret) {
			h.t.Errorf("the log holds a secret:\n%s", h.log)
		}
	}
}

// quits ends the app: what has to be erased is erased, what could only be told or shown is cut off.
func (h *house) quits() {
	ctx, stop := context.WithCancel(h.t.Context())
	stop()
	_ = h.auth.Close(ctx) // says that it was cut off
}

func (h *house) report(p auth.Progress) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, p)
	close(h.more)
	h.more = make(chan struct{})
}

// reports gives what has been reported, and a channel that closes with more.
func (h *house) reports() ([]auth.Progress, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]auth.Progress(nil), h.said...), h.more
}

// await gives the first report that fits.
func (h *house) await(what string, fits func(auth.Progress) bool) auth.Progress {
	h.t.Helper()
	limit := time.After(patience)
	for {
		said, more := h.reports()
		for _, p := range said {
			if fits(p) {
				return p
			}
		}
		select {
		case <-more:
		case <-limit:
			h.t.Fatalf("no report of %s", what)
		}
	}
}

type outcome struct {
	grant auth.Grant
	err   error
}

type signIn func(context.Context, string, auth.Options, func(auth.Progress)) (auth.Grant, error)

// begin signs in on a goroutine, for tests that do something meanwhile.
func (h *house) begin(in signIn, o auth.Options) <-chan outcome {
	ctx, stop := context.WithTimeout(h.t.Context(), patience)
	done := make(chan outcome, 1)
	go func() {
		defer stop()
		g, err := in(ctx, "interop", o, h.report)
		done <- outcome{g, err}
	}()
	return done
}

// signIn signs in with the browser.
func (h *house) signIn(o ...auth.Options) (auth.Grant, error) {
	h.t.Helper()
	got := <-h.begin(h.auth.SignIn, append(o, auth.Options{})[0]) // bounded by begin
	if got.err != nil {
		h.clean(got.err)
	}
	return got.grant, got.err
}

func (h *house) mustSignIn(o ...auth.Options) auth.Grant {
	h.t.Helper()
	g, err := h.signIn(o...)
	if err != nil {
		h.t.Fatalf("the sign-in failed: %v", err)
	}
	return g
}

// read asks the API something with the grant.
func (h *house) read(g auth.Grant) (int, error) { return h.get(g, h.api.URL+"/v1beta1/projects") }

func (h *house) get(g auth.Grant, address string) (int, error) {
	h.t.Helper()
	q, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	answer, err := h.auth.Client(g.ID).Do(q)
	if err != nil {
		h.clean(err)
		return 0, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, nil
}

// works checks that the API lets the grant in.
func (h *house) works(g auth.Grant) {
	h.t.Helper()
	if status, err := h.read(g); err != nil || status != http.StatusOK {
		h.t.Fatalf("the API answered %d, %v; want 200", status, err)
	}
}

// ended checks that the grant has ended, is still listed, and says so without asking the server again.
func (h *house) ended(g auth.Grant) {
	h.t.Helper()
	if _, err := h.read(g); !errors.Is(err, auth.ErrSignInAgain) {
		h.t.Fatalf("the error is %v; want ErrSignInAgain", err)
	}
	before := len(h.wire.asked("refresh_token"))
	if _, err := h.read(g); !errors.Is(err, auth.ErrSignInAgain) {
		h.t.Errorf("the second error is %v; want ErrSignInAgain", err)
	}
	if after := len(h.wire.asked("refresh_token")); after != before {
		h.t.Errorf("an ended grant asked the server %d times more", after-before)
	}
	if _, listed := h.grants.Get(g.ID); !listed {
		h.t.Error("a grant that the server ended is not listed any more; only the user removes it")
	}
}

// clean checks that an error names no secret.
func (h *house) clean(err error) {
	h.t.Helper()
	for _, secret := range h.wire.secrets() {
		if strings.Contains(err.Error(), secret) {
			h.t.Errorf("an error holds a secret: %v", err)
		}
	}
}

// stages lists the stages as they were reported, each once.
func (h *house) stages() []auth.Stage {
	said, _ := h.reports()
	var list []auth.Stage
	for _, p := range said {
		if len(list) == 0 || list[len(list)-1] != p.Stage {
			list = append(list, p.Stage)
		}
	}
	return list
}
