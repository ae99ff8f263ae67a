package auth

import (
	"sync"
	"time"
)

// session is what this process knows of a grant's credential.
type session struct {
	mu      sync.Mutex
	cred    *credential     // nil: not read yet
	unsaved bool            // cred was renewed, and the Store would not take it
	ended   error           // the server ended the grant
	left    bool            // signed out here
	pause   time.Time       // no renewal ahead of need before this
	refused map[string]bool // hosts that refused a fresh token
	digest  *digestKey
	own     Grant // the grant as it came, if its credential is kept in this process alone
}

func (a *Authenticator) sessionOf(id string) *session {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.sessions[id]
	if !ok {
		s = &session{refused: map[string]bool{}}
		a.sessions[id] = s
	}
	return s
}

func (s *session) adopt(c *credential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cred, s.unsaved = c, false
}

// possess notes a grant whose credential nobody but this process has.
func (s *session) possess(g Grant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own = g
}

// possessed gives what possess has noted.
func (s *session) possessed() (g Grant, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own, s.own.ID != ""
}

// view gives what is known, and why the grant has ended if it has.
func (s *session) view() (*credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cred, s.ended
}

func (s *session) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = err
}

// leave marks the grant as signed out and gives what it held.
func (s *session) leave() *credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = true
	c := s.cred
	s.cred, s.digest = nil, nil
	return c
}

// refuses and note remember the hosts that refuse a token which is fresh, so
// that their 401 is shown and not answered with renewals for ever (facts §1.7).
func (s *session) refuses(host string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused[host]
}

func (s *session) note(host string, refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused {
		s.refused[host] = true
		return
	}
	delete(s.refused, host)
}

// TokenInfo is what can be told of an access token without showing it.
type TokenInfo struct {
	Expires   time.Time // when it can no longer be used
	Renews    time.Time // when it is renewed ahead of that; zero when not Renewable
	Renewals  int       // how often it has been renewed since the grant was given
	Renewable bool      // there is a refresh token
}

// Token tells about a grant's access token. It asks nobody and never waits: the
// answer is known after signing in or the first use, and zero before, after the
// grant has ended, and for an API key, which does not expire.
func (a *Authenticator) Token(grantID string) TokenInfo {
	c, err := a.sessionOf(grantID).view()
	if err != nil || c == nil || c.access == "" {
		return TokenInfo{}
	}
	begun := c.issued.Round(0)
	info := TokenInfo{Expires: begun.Add(c.lifetime), Renewals: c.renewals, Renewable: c.refresh != ""}
	if info.Renewable {
		info.Renews = begun.Add(c.lifetime - c.soft())
	}
	return info
}

// Ended says why a grant can no longer be used, as far as that is known here: the server ended it, its access token has
// run out and there is none to renew it with, or its credential was kept only until a program ended that has. It wraps
// ErrSignInAgain. It asks nobody and never waits; nil means that nothing is known against the grant.
func (a *Authenticator) Ended(grantID string) error {
	c, err := a.sessionOf(grantID).view()
	switch {
	case err != nil:
		return err
	case c != nil && c.private == "" && c.refresh == "" && c.left(a.cfg.Now()) <= 0:
		return newProblem(ErrSignInAgain, "the access token has ended and there is none to renew it with; sign in again")
	case c != nil:
		return nil
	}
	if g, ok := a.cfg.Grants.Get(grantID); ok && g.Kept == KeptSession {
		return newProblem(ErrSignInAgain, "the credential was kept until Canopy was closed; sign in again")
	}
	return nil
}
