package auth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"canopy/activity"
	"canopy/auth"
)

func TestMain(m *testing.M) {
	if words := os.Getenv(processVariable); words != "" {
		if err := anotherProcess(strings.Split(words, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// house is an Authenticator with everything around it held by the test.
type house struct {
	t       *testing.T
	server  *server
	browser *browser
	clock   *clock
	grants  *auth.Grants
	store   auth.Store
	auth    *auth.Authenticator
	log     *safeBuffer
	asked   *activity.Log // every request
	dir     string

	mu      sync.Mutex
	reports []auth.Progress
	said    chan auth.Progress
}

// newHouse builds one; change alters its configuration and environment before it is made.
func newHouse(t *testing.T, change ...func(*auth.Config, *auth.Environment)) *house {
	t.Helper()
	return houseOn(t, newServer(t), t.TempDir(), auth.NewMemoryStore(), change...)
}

// houseOn builds a house on what another one may share: two of them are two running copies.
func houseOn(t *testing.T, s *server, dir string, store auth.Store, change ...func(*auth.Config, *auth.Environment)) *house {
	t.Helper()
	grants, err := auth.OpenGrants(filepath.Join(dir, "grants.json"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, server: s, browser: newBrowser(t), clock: newClock(), grants: grants, store: store, log: &safeBuffer{}, dir: dir, said: make(chan auth.Progress, 1000)}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	c := auth.Config{
		Grants: grants, Store: store,
		HTTP: &http.Client{Transport: transport, Timeout: 10 * time.Second},
		Open: h.browser.open, Now: h.clock.now, Wait: h.clock.wait,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	env := s.environment()
	for _, f := range change {
		f(&c, &env)
	}
	h.asked = activity.NewLog(activity.Capacity, c.Now)
	recorded := *c.HTTP
	recorded.Transport = h.asked.Transport(recorded.Transport)
	c.HTTP = &recorded
	c.Environments = []auth.Environment{env}
	if h.auth, err = auth.New(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	return h
}

func (h *house) close() {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer stop()
	h.browser.leave()
	_ = h.auth.Close(ctx) // lingering pages are cut off
	if strings.Contains(h.log.String(), "canary") {
		h.t.Errorf("the log holds a secret:\n%s", h.log)
	}
	var rows strings.Builder
	for _, r := range h.asked.Since(0) {
		fmt.Fprintf(&rows, "%#v\n%s\n", r, r.Curl(false))
	}
	for _, secret := range append(h.server.secrets(), "canary") {
		if strings.Contains(rows.String(), secret) {
			h.t.Errorf("the log of requests holds %q:\n%s", secret, rows.String())
		}
	}
}

func (h *house) report(p auth.Progress) {
	h.mu.Lock()
	h.reports = append(h.reports, p)
	h.mu.Unlock()
	select {
	case h.said <- p:
	default:
	}
}

// stages lists the stages as they were reported, each once.
func (h *house) stages() []auth.Stage {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []auth.Stage
	for _, p := range h.reports {
		if len(list) == 0 || list[len(list)-1] != p.Stage {
			list = append(list, p.Stage)
		}
	}
	return list
}

// await gives the first report that fits.
func (h *house) await(what string, fits func(auth.Progress) bool) auth.Progress {
	h.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case p := <-h.said:
			if fits(p) {
				return p
			}
		case <-limit:
			h.t.Fatalf("no report of %s", what)
		}
	}
}

func (h *house) signIn(o ...auth.Options) (auth.Grant, error) {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer stop()
	return h.auth.SignIn(ctx, "test", append(o, auth.Options{})[0], h.report)
}

func (h *house) mustSignIn() auth.Grant {
	h.t.Helper()
	g, err := h.signIn()
	if err != nil {
		h.t.Fatalf("sign-in failed: %v", err)
	}
	return g
}

type outcome struct {
	grant auth.Grant
	err   error
}

// begin signs in on a goroutine, for tests that do something meanwhile.
func (h *house) begin(ctx context.Context, o auth.Options) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		g, err := h.auth.SignIn(ctx, "test", o, h.report)
		done <- outcome{g, err}
	}()
	return done
}

func (h *house) result(done <-chan outcome) outcome {
	h.t.Helper()
	select {
	case o := <-done:
		return o
	case <-time.After(15 * time.Second):
		h.t.Fatal("the sign-in did not end")
		return outcome{}
	}
}

// get reads an API address with the grant's client.
func (h *house) get(g auth.Grant) (int, error) {
	h.t.Helper()
	return fetch(h.t, h.auth.Client(g.ID), h.server.URL+"/v1beta1/projects")
}

func fetch(t *testing.T, c *http.Client, address string) (int, error) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(c, q)
}

func send(c *http.Client, q *http.Request) (int, error) {
	answer, err := c.Do(q)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, nil
}

// nothingStored checks that no credential and no grant is left.
func (h *house) nothingStored() {
	h.t.Helper()
	if list := h.grants.List(); len(list) != 0 {
		h.t.Errorf("grants are stored: %v", list)
	}
	if r, ok := h.store.(*recordingStore); ok && r.count() != 0 {
		h.t.Errorf("%d credential records are stored", r.count())
	}
	content, err := os.ReadFile(filepath.Join(h.dir, "grants.json"))
	if err == nil && bytes.Contains(content, []byte("canary")) {
		h.t.Errorf("the grants file holds a secret: %s", content)
	}
}

// browser is a browser double: an HTTP client that follows the link.
type browser struct {
	t      *testing.T
	client *http.Client
	ctx    context.Context
	leave  context.CancelFunc
	pages  chan page
	dont   bool // takes the link and does nothing with it
	group  sync.WaitGroup
}

type page struct {
	address string
	status  int
	header  http.Header
	body    string
	err     error
}

func newBrowser(t *testing.T) *browser {
	ctx, stop := context.WithCancel(context.Background())
	b := &browser{t: t, client: &http.Client{Transport: &http.Transport{DialContext: dialAsBrowsersDo}}, ctx: ctx, pages: make(chan page, 50)}
	b.leave = func() {
		stop()
		b.group.Wait()
		b.client.CloseIdleConnections()
	}
	t.Cleanup(b.leave)
	return b
}

// dialAsBrowsersDo reaches localhost in either family, whatever the hosts file says.
func dialAsBrowsersDo(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	port, ok := strings.CutPrefix(address, "localhost:")
	if !ok {
		return d.DialContext(ctx, network, address)
	}
	if c, err := d.DialContext(ctx, network, "127.0.0.1:"+port); err == nil {
		return c, nil
	}
	return d.DialContext(ctx, network, "[::1]:"+port)
}

// open is a Config.Open: it returns at once, as an opener does.
func (b *browser) open(_ context.Context, link string) error {
	if !b.dont {
		b.visit(link)
	}
	return nil
}

// visit follows a link on a goroutine and delivers the last page.
func (b *browser) visit(link string) {
	b.group.Go(func() { b.pages <- b.fetch(link) })
}

func (b *browser) fetch(link string) page {
	q, err := http.NewRequestWithContext(b.ctx, http.MethodGet, link, nil)
	if err != nil {
		return page{err: err}
	}
	answer, err := b.client.Do(q)
	if err != nil {
		return page{err: err}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return page{address: answer.Request.URL.String(), status: answer.StatusCode, header: answer.Header, body: string(body), err: err}
}

// last gives the page the browser ended on.
func (b *browser) last() page {
	b.t.Helper()
	select {
	case p := <-b.pages:
		return p
	case <-time.After(10 * time.Second):
		b.t.Fatal("the browser got no page")
		return page{}
	}
}

// noBrowser is a Config.Open that must not be used.
func noBrowser(t *testing.T) func(context.Context, string) error {
	return func(context.Context, string) error {
		t.Error("a browser was opened")
		return errors.New("no browser here")
	}
}

// clock is a time that the test moves. Its wait keeps waiting until the test
// lets waits of that length pass; short ones pass at once.
type clock struct {
	mu      sync.Mutex
	offset  time.Duration
	start   time.Time
	pass    func(time.Duration) bool
	changed chan struct{} // closed when pass changes
	waited  []time.Duration
}

func newClock() *clock {
	return &clock{start: time.Now(), pass: func(d time.Duration) bool { return d <= 2*time.Second }, changed: make(chan struct{})}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start.Add(c.offset)
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// let lets waits pass, also those that are waiting now.
func (c *clock) let(pass func(time.Duration) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass = pass
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *clock) wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.waited = append(c.waited, d)
	for ctx.Err() == nil {
		if c.pass(d) {
			c.offset += d
			break
		}
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		c.mu.Lock()
	}
	c.mu.Unlock()
	return ctx.Err()
}

func (c *clock) waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.waited...)
}

// recordingStore counts records and fails on demand.
type recordingStore struct {
	auth.Store
	mu      sync.Mutex
	keys    map[string]bool
	onPut   func(key string, n int) error
	onGet   func(key string) error
	puts    int
	written [][]byte
}

func newRecordingStore() *recordingStore {
	return &recordingStore{Store: auth.NewMemoryStore(), keys: map[string]bool{}}
}

func (s *recordingStore) Put(ctx context.Context, key string, record []byte) error {
	s.mu.Lock()
	s.puts++
	hook, n := s.onPut, s.puts
	s.mu.Unlock()
	if hook != nil {
		if err := hook(key, n); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.keys[key] = true
	s.written = append(s.written, record)
	s.mu.Unlock()
	return s.Store.Put(ctx, key, record)
}

func (s *recordingStore) Get(ctx context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	hook := s.onGet
	s.mu.Unlock()
	if hook != nil {
		if err := hook(key); err != nil {
			return nil, err
		}
	}
	return s.Store.Get(ctx, key)
}

func (s *recordingStore) Delete(ctx context.Context, key string) error {
	s.mu.Lock()
	delete(s.keys, key)
	s.mu.Unlock()
	return s.Store.Delete(ctx, key)
}

func (s *recordingStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys)
}

// writes is how often something was to be stored.
func (s *recordingStore) writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts
}

func (s *recordingStore) set(f func(*recordingStore)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
