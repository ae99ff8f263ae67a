package loopback

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// The limits of what a stranger on this machine can take up.
const (
	maxHeader   = 12 << 10 // net/http adds 4 KiB of its own: 16 KiB in all
	headerTime  = 5 * time.Second
	requestTime = 10 * time.Second
	idleTime    = 5 * time.Second
	maxConns    = 256
)

// How long the listener stays for the last page.
const (
	lingerUnseen = 10 * time.Second // until the page has been fetched
	lingerSeen   = 3 * time.Second  // after that, for a reload
	lastAnswers  = time.Second      // for answers that are being written
)

// Config is what one attempt expects.
type Config struct {
	Listen         Listen
	Host           string // "", "127.0.0.1", "::1" or "localhost"
	Ports          []int  // empty: ephemeral
	Path           string
	State          string
	Issuer         string // "" when not known
	IssuerRequired bool   // a missing iss is refused (RFC 9207 §2.4)
	Random         func() (string, error)
	Stray          func(nonce string) []byte // the page for what does not belong to the attempt
}

// Answer is the authorization response (RFC 6749 §4.1.2): a code, or an error.
type Answer struct {
	Code               string
	Error, Description string
}

// ErrIssuer is what Rejected wraps when an answer with the right state came from another issuer.
var ErrIssuer = errors.New("the answer names another issuer")

// Receiver listens for the answer of one attempt.
type Receiver struct {
	cfg     Config
	address string
	final   string // path of the last page; it holds a random part, so that no other program reads who signed in
	servers []*http.Server
	serving sync.WaitGroup
	conns   *gate
	answers chan Answer
	changed chan struct{}
	stray   atomic.Int64

	mu       sync.Mutex
	claimed  bool
	rejected error
	page     func(nonce string) []byte

	finished chan struct{}
	seen     chan struct{}
	seeOnce  sync.Once
}

// Open binds the loopback and serves at once: the browser comes later.
func Open(c Config) (*Receiver, error) {
	random, err := c.Random()
	if err != nil {
		return nil, err
	}
	b, err := bind(c.Listen, c.Host, c.Ports)
	if err != nil {
		return nil, err
	}
	r := &Receiver{
		cfg:      c,
		address:  b.address(),
		final:    "/done/" + random,
		conns:    newGate(maxConns),
		answers:  make(chan Answer, 1),
		changed:  make(chan struct{}, 1),
		finished: make(chan struct{}),
		seen:     make(chan struct{}),
	}
	for _, l := range b.listeners {
		r.serve(l)
	}
	return r, nil
}

func (r *Receiver) serve(l net.Listener) {
	s := &http.Server{
		Handler:           r,
		MaxHeaderBytes:    maxHeader,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       requestTime,
		WriteTimeout:      requestTime,
		IdleTimeout:       idleTime,
		ConnState:         r.conns.watch,
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ErrorLog:          log.New(io.Discard, "", 0), // strangers do not write our log
	}
	r.servers = append(r.servers, s)
	r.serving.Go(func() { _ = s.Serve(l) }) // ends with ErrServerClosed
}

// connKey is the key of a request's connection in its context.
type connKey struct{}

// Address is what was bound, as "127.0.0.1:49152".
func (r *Receiver) Address() string { return r.address }

// RedirectURI is the redirect_uri with the literal that was bound (RFC 8252 §7.3).
func (r *Receiver) RedirectURI() string { return "http://" + r.address + r.cfg.Path }

// Answers delivers the one answer.
func (r *Receiver) Answers() <-chan Answer { return r.answers }

// Changed tells that Stray or Rejected have changed.
func (r *Receiver) Changed() <-chan struct{} { return r.changed }

// Stray is how many requests did not belong to the attempt.
func (r *Receiver) Stray() int { return int(r.stray.Load()) }

// Rejected is why an answer with the right state was not accepted, or nil.
func (r *Receiver) Rejected() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rejected
}

// Finish gives the page that tells how it ended, and lets the browser go to it. Call it once.
func (r *Receiver) Finish(page func(nonce string) []byte) {
	r.mu.Lock()
	r.page = page
	r.mu.Unlock()
	close(r.finished)
}

// Linger serves the last page until it was fetched and a moment longer, or
// until ctx ends, then closes. wait is a timer.
func (r *Receiver) Linger(ctx context.Context, wait func(context.Context, time.Duration) error) {
	unseen, stop := context.WithCancel(ctx)
	defer stop()
	var seen bool
	r.serving.Go(func() {
		_ = wait(unseen, lingerUnseen) // either way it is time to go
		stop()
	})
	select {
	case <-r.seen:
		seen = true
	case <-unseen.Done():
	}
	if seen {
		_ = wait(ctx, lingerSeen) // as above
	}
	last, cut := context.WithTimeout(ctx, lastAnswers)
	defer cut()
	for _, s := range r.servers {
		_ = s.Shutdown(last) // Close does the rest
	}
	stop()
	r.Close()
}

// Close ends it at once: a late answer finds nobody. It returns when nothing is left running.
func (r *Receiver) Close() {
	for _, s := range r.servers {
		_ = s.Close() // nothing is lost with these connections
	}
	r.serving.Wait()
}
