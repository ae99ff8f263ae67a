package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Config is what an Authenticator is made of. Grants is needed, and one of
// Store, Session and File; the zero value of every other field works.
type Config struct {
	Environments []Environment
	Grants       *Grants
	Store        Store                                       // where credentials are kept unless Options.Keep says otherwise: the keyring
	Session      Store                                       // makes KeptSession possible; nil: never
	File         Store                                       // makes KeptFile possible, such as a PassphraseFile; nil: never
	HTTP         *http.Client                                // nil: the system's proxy and roots, 30 s
	Open         func(ctx context.Context, url string) error // nil: OpenBrowser
	Now          func() time.Time                            // nil: time.Now
	// Wait returns after d, or earlier with the context's error. nil: a timer.
	Wait   func(ctx context.Context, d time.Duration) error
	Rand   io.Reader                                           // nil: crypto/rand
	Listen func(network, address string) (net.Listener, error) // nil: net.Listen
	Words  func(PageView) Words                                // what DefaultPage says, in the user's language; nil: English
	Page   func(PageView) []byte                               // what the browser shows at the end; nil: DefaultPage with Words
	Log    *slog.Logger                                        // nil: none. It is never given a secret
}

// requestTimeout bounds one request to the authorization server.
const requestTimeout = 30 * time.Second

// Authenticator signs in, keeps, renews and gives back grants. It is safe for
// use by several goroutines.
type Authenticator struct {
	cfg     *Config      // behind a pointer, so that printing an Authenticator shows no secret
	server  *http.Client // for the authorization server: no cookies, no redirects
	flights singleflight.Group
	work    *background

	mu           sync.Mutex
	environments map[string]*Environment
	attempts     map[attemptKey]bool
	sessions     map[string]*session // by grant id
	settling     map[string]bool     // by grant id: it is being erased
	reached      map[string]bool     // by Grant.Kept: the place has answered
}

// New makes an Authenticator and checks its environments.
func New(c Config) (*Authenticator, error) {
	if c.Grants == nil {
		return nil, errors.New("auth: Config.Grants is missing; open it with OpenGrants")
	}
	if c.Store == nil && c.Session == nil && c.File == nil {
		return nil, errors.New("auth: Config.Store, Config.Session and Config.File are missing; give one of them")
	}
	c.setDefaults()
	a := &Authenticator{
		cfg:          &c,
		server:       withoutRedirects(c.HTTP),
		work:         newBackground(),
		environments: map[string]*Environment{},
		attempts:     map[attemptKey]bool{},
		sessions:     map[string]*session{},
		settling:     map[string]bool{},
		reached:      map[string]bool{},
	}
	for _, e := range c.Environments {
		if err := a.SetEnvironment(e); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (c *Config) setDefaults() {
	if c.HTTP == nil {
		c.HTTP, _ = HTTPClient("") // without a file nothing can fail
	}
	if c.Open == nil {
		c.Open = OpenBrowser
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = sleep
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	c.Rand = &sharedReader{reader: c.Rand}
	if c.Listen == nil {
		c.Listen = net.Listen
	}
	if c.Page == nil {
		words := c.Words
		c.Page = func(v PageView) []byte { return drawPage(v, words) }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// withoutRedirects copies a client for the authorization server: a redirected
// token request would carry code, verifier and secret to who knows whom.
func withoutRedirects(c *http.Client) *http.Client {
	own := *c
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// Format keeps the environments' client secrets out of anything that prints
// the Authenticator: with a verb that does not fit, fmt asks no field's methods.
func (a *Authenticator) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "auth.Authenticator") }

// SetEnvironment adds an environment, or replaces the one of the same name, for
// example when the sandbox starts. An attempt under way keeps what it began with.
// Grants of the environment that were replaced before a crash are given back.
func (a *Authenticator) SetEnvironment(e Environment) error {
	if err := e.Validate(); err != nil {
		return err
	}
	a.mu.Lock()
	a.environments[e.Name] = &e
	a.mu.Unlock()
	a.settle()
	return nil
}

// Grants gives the file of grants the Authenticator works on.
func (a *Authenticator) Grants() *Grants { return a.cfg.Grants }

// Close waits for the pages still being shown, for renewals and for
// revocations under way. When ctx ends it cuts them off and returns its error.
// A program that ends without Close ends them in the middle.
func (a *Authenticator) Close(ctx context.Context) error {
	err := a.work.close(ctx)
	a.cfg.HTTP.CloseIdleConnections()
	return err
}

func (a *Authenticator) environment(name string) (*Environment, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.environments[name]
	if !ok {
		return nil, fmt.Errorf("environment %q: %w", name, ErrNotFound)
	}
	return e, nil
}

// place gives the Store behind a name, nil where the Config has none.
func (a *Authenticator) place(kept string) Store {
	switch kept {
	case KeptSession:
		return a.cfg.Session
	case KeptFile:
		return a.cfg.File
	}
	return a.cfg.Store
}

// store gives the place where a grant's credential is kept.
func (a *Authenticator) store(kept string) (Store, error) {
	s := a.place(kept)
	if s == nil {
		return nil, fmt.Errorf("the credential was kept in the %s, which is not in use now: %w", kept, ErrSignInAgain)
	}
	return s, nil
}

// newID names a grant. It is hexadecimal: ids stand in command lines, where
// nothing may begin with a dash.
func (a *Authenticator) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(a.cfg.Rand, b[:]); err != nil {
		return "", fmt.Errorf("draw a random value: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// random gives 32 bytes of randomness as text: state and verifier (RFC 7636
// §4.1 asks for 43 characters at least).
func (a *Authenticator) random() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(a.cfg.Rand, b[:]); err != nil {
		return "", fmt.Errorf("draw a random value: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// sharedReader lets several goroutines draw from one reader.
type sharedReader struct {
	mu     sync.Mutex
	reader io.Reader
}

func (s *sharedReader) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reader.Read(p)
}

// sleep is the Wait of the real clock.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
