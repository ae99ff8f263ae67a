package loopback

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ServeHTTP sorts the requests. The order matters: nothing a stranger sends
// without the state reaches the attempt, errors included (RFC 9700 §4.7).
func (r *Receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if q.Host != r.address { // DNS rebinding: another name for this address
		r.turnAway(w, http.StatusBadRequest)
		return
	}
	path := q.URL.EscapedPath()
	if path != r.cfg.Path && path != r.final {
		r.turnAway(w, http.StatusNotFound)
		return
	}
	if q.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		r.turnAway(w, http.StatusMethodNotAllowed)
		return
	}
	if q.ContentLength != 0 { // no browser sends a body with a GET; one that never comes would hold the answer up
		r.turnAway(w, http.StatusBadRequest)
		return
	}
	if path == r.final {
		r.showFinal(w)
		return
	}
	answer, err := r.read(q)
	if errors.Is(err, ErrIssuer) {
		r.reject(err)
	}
	if err != nil {
		r.turnAway(w, http.StatusBadRequest)
		return
	}
	if c, ok := q.Context().Value(connKey{}).(net.Conn); ok {
		r.conns.keep(c)
	}
	r.claim(answer)
	r.hold(w, q)
}

// errStray: the request does not carry what the attempt waits for.
var errStray = errors.New("not an answer to this attempt")

// read takes the answer out of a request, if it is one. The state comes first.
func (r *Receiver) read(q *http.Request) (Answer, error) {
	p, err := url.ParseQuery(q.URL.RawQuery)
	if err != nil || len(p["state"]) != 1 || subtle.ConstantTimeCompare([]byte(p.Get("state")), []byte(r.cfg.State)) != 1 {
		return Answer{}, errStray
	}
	for _, values := range p { // RFC 6749 §3.1: no parameter more than once
		if len(values) != 1 {
			return Answer{}, errStray
		}
	}
	if prefetched(q.Header) {
		return Answer{}, errStray
	}
	if err := r.checkIssuer(p); err != nil {
		return Answer{}, err
	}
	a := Answer{Code: p.Get("code"), Error: p.Get("error"), Description: p.Get("error_description")}
	if (a.Code == "") == (a.Error == "") {
		return Answer{}, errStray
	}
	return a, nil
}

// checkIssuer compares iss byte for byte (RFC 9207 §2.4).
func (r *Receiver) checkIssuer(p url.Values) error {
	iss, stated := p.Get("iss"), p.Has("iss")
	switch {
	case !stated && r.cfg.IssuerRequired:
		return fmt.Errorf("%w: none, although it was promised", ErrIssuer)
	case stated && r.cfg.Issuer != "" && iss != r.cfg.Issuer:
		return ErrIssuer
	}
	return nil
}

// prefetched tells a browser that looks ahead from a user who goes there. It
// would spend the code on a page that nobody may ever see.
func prefetched(h http.Header) bool {
	return strings.Contains(h.Get("Sec-Purpose")+h.Get("Purpose")+h.Get("X-Moz"), "prefetch")
}

func (r *Receiver) reject(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rejected = why
}

// claim delivers the first answer; what comes later gets the first one's page.
func (r *Receiver) claim(a Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.claimed {
		r.claimed = true
		r.answers <- a
	}
}

// hold keeps the browser waiting until the end is known, then sends it to an
// address without code and state. 303 so that it is fetched with GET.
func (r *Receiver) hold(w http.ResponseWriter, q *http.Request) {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Time{}) // exchange and store have limits of their own
	select {
	case <-r.finished:
	case <-q.Context().Done():
		return
	}
	_ = c.SetWriteDeadline(time.Now().Add(requestTime))
	hygiene(w.Header(), "")
	w.Header().Set("Location", r.final)
	w.WriteHeader(http.StatusSeeOther)
}

func (r *Receiver) showFinal(w http.ResponseWriter) {
	select {
	case <-r.finished:
	default:
		r.turnAway(w, http.StatusNotFound)
		return
	}
	r.mu.Lock()
	page := r.page
	r.mu.Unlock()
	r.write(w, http.StatusOK, page)
	r.seeOnce.Do(func() { close(r.seen) })
}

// turnAway answers what does not belong here, and counts it.
func (r *Receiver) turnAway(w http.ResponseWriter, status int) {
	r.stray.Add(1)
	select {
	case r.changed <- struct{}{}:
	default: // a notice is waiting already
	}
	w.Header().Set("Connection", "close") // nothing more is wanted from there
	r.write(w, status, r.cfg.Stray)
	// net/http would wait for a body that was announced; reading it fails at once instead.
	_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
}

func (r *Receiver) write(w http.ResponseWriter, status int, page func(nonce string) []byte) {
	nonce, err := r.cfg.Random()
	if err != nil {
		nonce = "" // the page loses its style, not its words
	}
	hygiene(w.Header(), nonce)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page(nonce)) // a browser that has gone needs no page
}

// hygiene sets what keeps a page from leaking or loading anything: no cache,
// no referrer, no script, no frame (RFC 9700 §4.2).
func hygiene(h http.Header, nonce string) {
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if nonce != "" {
		policy += "; style-src 'nonce-" + nonce + "'"
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
