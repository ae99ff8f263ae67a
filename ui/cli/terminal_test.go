package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/cli"
)

// patience bounds how long a test waits for what must happen. No test that passes waits for it.
const patience = 20 * time.Second

// terminal is somebody at a terminal: with a keyring in memory, a browser that is an HTTP
// client, and a sandbox to sign in to. Whatever a secret on the wire was, it fails the test if
// it shows up in an output or in a file.
type terminal struct {
	t       *testing.T
	server  *sandbox.Server
	home    string
	env     map[string]string
	in      io.Reader
	keyring *keyring
	stdout  io.Writer // nil: what is printed is kept
	tty     bool
	wait    func(context.Context, time.Duration) error
	doubt   string
	opener  func(link string) error // nil: the browser
	// redirected is told where the browser is sent before it goes there. nil: nobody is.
	redirected func(path string)
	wire       *wire
	answer     url.Values
	visits     sync.WaitGroup
	shown      strings.Builder // everything that was ever printed
}

func newTerminal(t *testing.T, o sandbox.Options) *terminal {
	t.Helper()
	server, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	home := t.TempDir()
	d := &terminal{
		t: t, server: server, home: home, in: strings.NewReader(""), wait: briefly,
		keyring: &keyring{Store: auth.NewMemoryStore()},
		env:     map[string]string{"CANOPY_HOME": home, "CANOPY_SANDBOX": server.Endpoints().Issuer},
		wire:    &wire{RoundTripper: http.DefaultTransport.(*http.Transport).Clone()},
	}
	d.allow("alice@acme.example", "1001", "all")
	t.Cleanup(d.nothingLeaked)
	t.Cleanup(d.visits.Wait)
	return d
}

// briefly lets the pauses between tries pass at once and everything longer, such as the time
// for an answer, never.
func briefly(ctx context.Context, d time.Duration) error {
	if d > 3*time.Second {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (d *terminal) allow(user, organization string, projects ...string) {
	d.answer = url.Values{"user": {user}, "org": {organization}, "project": projects, "decision": {"allow"}}
}

func (d *terminal) deny() {
	d.answer = url.Values{"user": {"alice@acme.example"}, "decision": {"deny"}}
}

// open is the opener of the system's browser.
func (d *terminal) open(_ context.Context, link string) error {
	if d.opener != nil {
		return d.opener(link)
	}
	d.visits.Go(func() { d.visit(link) })
	return nil
}

// visit answers the page at a link and follows where it leads, as a browser does.
func (d *terminal) visit(link string) {
	browser := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	browser.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		if d.redirected != nil {
			d.redirected(next.URL.Path)
		}
		return nil
	}
	resp, err := browser.PostForm(link, d.answer)
	if err != nil {
		return // it shows in the attempt
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// outcome is how a command ended.
type outcome struct {
	code        int
	out, errors string
}

// run runs a command to its end.
func (d *terminal) run(args ...string) outcome {
	d.t.Helper()
	return d.begin(d.t.Context(), args...).end()
}

// begin starts a command, for tests that do something meanwhile.
func (d *terminal) begin(ctx context.Context, args ...string) *command {
	outside := cli.Outside{
		Getenv:       func(name string) string { return d.env[name] },
		Terminal:     func(any) bool { return d.tty },
		BrowserDoubt: func() string { return d.doubt },
		Auth:         auth.Config{Store: d.keyring, Open: d.open, Wait: d.wait, HTTP: &http.Client{Transport: d.wire, Timeout: patience}},
	}
	c := &command{d: d, errors: newScreen(), done: make(chan int, 1)}
	root := outside.Root(nil)
	root.SetIn(d.in)
	root.SetOut(&c.out)
	if d.stdout != nil {
		root.SetOut(d.stdout)
	}
	root.SetErr(c.errors)
	go func() { c.done <- cli.Run(ctx, root, args) }()
	return c
}

// must runs a command that succeeds and gives what it printed.
func (d *terminal) must(args ...string) outcome {
	d.t.Helper()
	o := d.run(args...)
	if o.code != 0 {
		d.t.Fatalf("canopy %s: exit code %d, said %q", strings.Join(args, " "), o.code, o.errors)
	}
	return o
}

// fails runs a command that must end with exit code 1 and one sentence in which words occur.
func (d *terminal) fails(words string, args ...string) outcome {
	d.t.Helper()
	o := d.run(args...)
	o.refused(d.t, words)
	return o
}

func (o outcome) refused(t *testing.T, words string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(o.errors, "\n"), "\n")
	last := lines[len(lines)-1]
	last = last[strings.LastIndexByte(last, '\r')+1:] // before that stood progress
	last = strings.TrimPrefix(last, "\x1b[K")
	if o.code != 1 || !strings.HasPrefix(last, "canopy: ") || !strings.Contains(last, words) || strings.Count(o.errors, "canopy: ") != 1 {
		t.Errorf("exit code %d, said %q, want exit code 1 and %q in one sentence at the end", o.code, o.errors, words)
	}
}

func (o outcome) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(o.errors, w) {
			t.Errorf("it does not say %q:\n%s", w, o.errors)
		}
	}
}

// command is one that is running.
type command struct {
	d      *terminal
	out    bytes.Buffer
	errors *screen
	done   chan int
}

func (c *command) end() outcome {
	c.d.t.Helper()
	select {
	case code := <-c.done:
		o := outcome{code, c.out.String(), c.errors.String()}
		c.d.shown.WriteString(o.out + o.errors)
		return o
	case <-time.After(patience):
		c.d.t.Fatalf("the command does not end; it said:\n%s", c.errors)
		return outcome{}
	}
}

// awaits waits until the command has said something that fits, and gives what it is.
func (c *command) awaits(pattern string) string {
	c.d.t.Helper()
	wanted, late := regexp.MustCompile(pattern), time.After(patience)
	for {
		text, more := c.errors.look()
		if found := wanted.FindStringSubmatch(text); found != nil {
			return found[len(found)-1]
		}
		select {
		case <-more:
		case <-late:
			c.d.t.Fatalf("it never says %q:\n%s", pattern, text)
		}
	}
}

// screen is what a command has written to stderr so far.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func newScreen() *screen { return &screen{more: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.more)
	s.more = make(chan struct{})
	return s.text.Write(p)
}

// look gives the text and a channel that is closed when there is more of it.
func (s *screen) look() (string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String(), s.more
}

func (s *screen) String() string {
	text, _ := s.look()
	return text
}

// grants are those in the file.
func (d *terminal) grants() []auth.Grant {
	d.t.Helper()
	return d.file().List()
}

func (d *terminal) file() *auth.Grants {
	d.t.Helper()
	g, err := auth.OpenGrants(filepath.Join(d.home, "grants.json"))
	if err != nil {
		d.t.Fatal(err)
	}
	return g
}

// keep puts grants into the file, as an earlier run of Canopy would have.
func (d *terminal) keep(grants ...auth.Grant) {
	d.t.Helper()
	file := d.file()
	for _, g := range grants {
		if err := file.Put(g); err != nil {
			d.t.Fatal(err)
		}
	}
}

// nothingLeaked checks that no secret was printed or written to a file.
func (d *terminal) nothingLeaked() {
	secrets := d.wire.secrets()
	if private := d.env["CANOPY_API_PRIVATE_KEY"]; private != "" {
		secrets = append(secrets, private)
	}
	check := func(where, text string) {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				d.t.Errorf("%s holds the secret %q:\n%s", where, s, text)
			}
		}
	}
	check("the output", d.shown.String())
	err := filepath.WalkDir(d.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		check(path, string(text))
		return err
	})
	if err != nil {
		d.t.Error(err)
	}
}

// wire is the network, with the secrets that went over it written down.
type wire struct {
	http.RoundTripper
	mu    sync.Mutex
	seen  []string
	asked []string // the paths
	// say changes what an API answers to a path. nil: it stays.
	say func(path, text string) string
}

func (w *wire) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.GetBody != nil {
		if body, err := q.GetBody(); err == nil {
			text, _ := io.ReadAll(body)
			if form, err := url.ParseQuery(string(text)); err == nil {
				w.note(form.Get("code"), form.Get("code_verifier"), form.Get("device_code"), form.Get("token"))
			}
		}
	}
	w.mu.Lock()
	w.asked = append(w.asked, q.URL.Path)
	w.mu.Unlock()
	resp, err := w.RoundTripper.RoundTrip(q)
	if err == nil && w.say != nil {
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		text = []byte(w.say(q.URL.Path, string(text)))
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	}
	if err != nil || q.Method != http.MethodPost {
		return resp, err
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(text))
	var answer map[string]any
	if json.Unmarshal(text, &answer) == nil {
		for _, member := range []string{"access_token", "refresh_token", "device_code"} {
			s, _ := answer[member].(string)
			w.note(s)
		}
	}
	return resp, err
}

// requests counts the requests to paths with this ending.
func (w *wire) requests(ending string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range w.asked {
		if strings.HasSuffix(path, ending) {
			n++
		}
	}
	return n
}

func (w *wire) note(secrets ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range secrets {
		if s != "" {
			w.seen = append(w.seen, s)
		}
	}
}

func (w *wire) secrets() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.seen...)
}

// keyring is a keyring in memory that can be out of order.
type keyring struct {
	auth.Store
	trouble error
}

func (k *keyring) Get(ctx context.Context, key string) ([]byte, error) {
	if k.trouble != nil {
		return nil, errors.Join(k.trouble)
	}
	return k.Store.Get(ctx, key)
}

func (k *keyring) Delete(ctx context.Context, key string) error {
	if k.trouble != nil {
		return errors.Join(k.trouble)
	}
	return k.Store.Delete(ctx, key)
}
