package sandbox

import (
	"encoding/base64"
	"io"
	"net/http"
	"sync"
)

// sessions remember who is signed in to the console in which browser.
type sessions struct {
	random io.Reader
	mu     sync.Mutex
	users  map[digest]string
}

const (
	sessionCookie = "canopy_sandbox_session"
	maxSessions   = 1000
)

func newSessions(random io.Reader) *sessions {
	return &sessions{random: random, users: make(map[digest]string)}
}

// begin signs a browser in. Without cookies the pages still work: they carry the
// user along.
func (s *sessions) begin(w http.ResponseWriter, email string) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return
	}
	secret := base64.RawURLEncoding.EncodeToString(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.users) >= maxSessions {
		clear(s.users)
	}
	s.users[digestOf(secret)] = email
	//nolint:gosec // not Secure: the loopback has no TLS
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// user of the request's session, "" when it has none.
func (s *sessions) user(r *http.Request) string {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[digestOf(cookie.Value)]
}
