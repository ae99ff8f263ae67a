package auth

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/icholy/digest"

	"canopy/activity"
)

// Client gives an HTTP client that authorizes each request with the grant. It
// sends the credential to the API hosts and the userinfo endpoint of the
// grant's environment only, also when it follows a redirect; any other address
// is an error that wraps ErrUntrusted.
//
// It renews the access token ahead of its end, and once when a host answers
// 401; a second 401 is passed on. Its errors wrap ErrSignInAgain when the grant
// has ended, and ErrOffline when it could not be renewed now.
func (a *Authenticator) Client(grantID string) *http.Client {
	return &http.Client{Transport: &grantTransport{a: a, id: grantID}, Timeout: a.cfg.HTTP.Timeout}
}

type grantTransport struct {
	a  *Authenticator
	id string
}

// RoundTrip implements http.RoundTripper.
func (t *grantTransport) RoundTrip(q *http.Request) (*http.Response, error) {
	answer, err := t.roundTrip(q)
	if err == nil {
		return answer, nil
	}
	if q.Body != nil {
		_ = q.Body.Close() // a RoundTripper closes the body also when it fails
	}
	return nil, explained(q.URL.Host, err)
}

func (t *grantTransport) roundTrip(q *http.Request) (*http.Response, error) {
	q = q.WithContext(activity.ForGrant(q.Context(), t.id))
	grant, ok := t.a.cfg.Grants.Get(t.id)
	if !ok {
		t.a.reclaim(t.id)
		return nil, t.a.absent(t.id)
	}
	env, err := t.a.environment(grant.Environment)
	if err != nil {
		return nil, err
	}
	if !env.serves(q.URL) {
		return nil, newProblem(ErrUntrusted, "%s is not a host of environment %q and is not given its credential; check the environment's settings", q.URL.Host, env.Name)
	}
	if err := env.gave(grant); err != nil {
		return nil, err
	}
	c, err := t.a.authorized(q.Context(), t.id, "")
	if err != nil {
		return nil, err
	}
	if c.private != "" {
		return t.a.sessionOf(t.id).digestTransport(c, t.base()).RoundTrip(q)
	}
	return t.bearer(q, c)
}

// bearer sends the request with the access token (RFC 6750 §2.1), and once
// more with a renewed one when the host does not accept it.
func (t *grantTransport) bearer(q *http.Request, c *credential) (*http.Response, error) {
	s := t.a.sessionOf(t.id)
	answer, err := t.base().RoundTrip(withToken(q, c))
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusUnauthorized {
		s.note(q.URL.Host, false)
		return answer, nil
	}
	again, ok := rewound(q)
	if !ok || c.refresh == "" || s.refuses(q.URL.Host) {
		return answer, nil
	}
	drop(answer)
	renewed, err := t.a.authorized(q.Context(), t.id, c.access)
	if err != nil {
		return nil, err
	}
	again = again.WithContext(activity.Attempt(q.Context(), 2))
	answer, err = t.base().RoundTrip(withToken(again, renewed))
	if err == nil && answer.StatusCode == http.StatusUnauthorized {
		s.note(q.URL.Host, true)
	}
	return answer, err
}

func (t *grantTransport) base() http.RoundTripper {
	if tr := t.a.cfg.HTTP.Transport; tr != nil {
		return tr
	}
	return http.DefaultTransport
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the connections beneath.
func (t *grantTransport) CloseIdleConnections() { t.a.cfg.HTTP.CloseIdleConnections() }

func withToken(q *http.Request, c *credential) *http.Request {
	own := q.Clone(q.Context())
	own.Header.Set("Authorization", "Bearer "+c.access.Reveal())
	return own
}

// rewound gives the request with its body from the start, where it has one.
func rewound(q *http.Request) (*http.Request, bool) {
	if q.Body == nil || q.Body == http.NoBody {
		return q, true
	}
	if q.GetBody == nil {
		return nil, false
	}
	body, err := q.GetBody()
	if err != nil {
		return nil, false
	}
	own := q.Clone(q.Context())
	own.Body = body
	return own, true
}

func drop(answer *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
	_ = answer.Body.Close()
}

// serves reports whether the credential may be sent to an address: scheme,
// host and port must be those of an API host, or it is the userinfo endpoint.
func (e *Environment) serves(u *url.URL) bool {
	for _, base := range []string{e.IAM, e.Serverless, e.Dedicated} {
		if b, err := url.Parse(base); err == nil && base != "" && sameOrigin(b, u) {
			return true
		}
	}
	b, err := url.Parse(e.UserinfoEndpoint)
	return err == nil && e.UserinfoEndpoint != "" && sameOrigin(b, u) && b.Path == u.Path
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portNumber(a) == portNumber(b)
}

func portNumber(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// digestKey authorizes with an API key (RFC 7616).
type digestKey struct{ transport *digest.Transport }

func newDigest(public, private Secret, base http.RoundTripper) *digestKey {
	return &digestKey{&digest.Transport{Username: public.Reveal(), Password: private.Reveal(), Transport: base}}
}

func (s *session) digestTransport(c *credential, base http.RoundTripper) http.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.digest == nil {
		s.digest = newDigest(c.public, c.private, base)
	}
	return s.digest.transport
}
