package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// grant is one consent: who lets which client see what. It is what a person finds
// under "Authorized OAuth Apps".
type grant struct {
	ID           string    `json:"id"`
	Client       string    `json:"client"`
	User         string    `json:"user"`
	Organization string    `json:"organization"`
	All          bool      `json:"all_projects"`
	Projects     []string  `json:"projects,omitempty"`
	Role         string    `json:"role"`
	Scope        string    `json:"scope"`
	Given        time.Time `json:"given"`
	Used         time.Time `json:"used"`
}

// digest is the hash under which a secret is kept. The secret itself is known to
// the client alone.
type digest string

func digestOf(secret string) digest {
	sum := sha256.Sum256([]byte(secret))
	return digest(hex.EncodeToString(sum[:]))
}

// code is an authorization code (RFC 6749 §4.1.2). A used one is remembered for a
// while, so that its reuse can revoke what it gave.
type code struct {
	redirect, challenge string
	grant               grant
	expires             time.Time
	used                bool
}

type accessToken struct {
	Grant   string    `json:"grant"`
	Expires time.Time `json:"expires"`
}

// refreshToken is one link of a grant's chain. All tokens of a grant are one
// family (RFC 9700 §4.14.2).
type refreshToken struct {
	Grant   string    `json:"grant"`
	Expires time.Time `json:"expires"`
	Rotated time.Time `json:"rotated,omitzero"`
}

// tokens is what a successful token request gives.
type tokens struct {
	access, refresh string
	grant           grant
}

// ledger keeps everything the authorization server has handed out.
type ledger struct {
	options Options
	random  io.Reader

	mu      sync.Mutex
	grants  map[string]*grant
	access  map[digest]accessToken
	refresh map[digest]*refreshToken
	codes   map[digest]*code
	devices map[digest]*device
}

func newLedger(options Options, random io.Reader) *ledger {
	return &ledger{
		options: options,
		random:  random,
		grants:  make(map[string]*grant),
		access:  make(map[digest]accessToken),
		refresh: make(map[digest]*refreshToken),
		codes:   make(map[digest]*code),
		devices: make(map[digest]*device),
	}
}

// secret returns an unguessable text of 256 bits.
func (l *ledger) secret(prefix string) (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(l.random, b); err != nil {
		return "", fmt.Errorf("draw a random token: %w", err)
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b), nil
}

// consent records that a person has allowed g and returns the code for it. The
// grant begins to exist when the code is exchanged.
func (l *ledger) consent(g grant, redirect, challenge string, now time.Time) (string, error) {
	secret, err := l.secret("")
	if err != nil {
		return "", err
	}
	if g.ID, err = l.secret("g_"); err != nil {
		return "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	l.codes[digestOf(secret)] = &code{redirect: redirect, challenge: challenge, grant: g, expires: now.Add(l.options.CodeLifetime)}
	return secret, nil
}

// exchange turns a code into tokens (RFC 6749 §4.1.3). verified is asked about the
// challenge of the code. burn makes a failed attempt use the code up.
func (l *ledger) exchange(secret, redirect string, verified func(challenge string) error, burn bool, now time.Time) (tokens, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, known := l.codes[digestOf(secret)]
	if !known {
		return tokens{}, refusal("invalid_grant", "the code is unknown")
	}
	if c.used {
		// RFC 6749 §4.1.2: a code used twice has leaked; what it gave is revoked.
		l.drop(c.grant.ID)
		return tokens{}, refusal("invalid_grant", "the code has been used before; what it gave is revoked")
	}
	err := c.check(redirect, verified, now)
	if err != nil && burn {
		delete(l.codes, digestOf(secret))
	}
	if err != nil {
		return tokens{}, err
	}
	c.used = true
	return l.open(c.grant, now)
}

func (c *code) check(redirect string, verified func(challenge string) error, now time.Time) error {
	switch {
	case !now.Before(c.expires):
		return refusal("invalid_grant", "the code has expired")
	case redirect != c.redirect:
		return refusal("invalid_grant", "redirect_uri differs from the one of the authorization request")
	}
	return verified(c.challenge)
}

// open lets g exist and gives its first tokens. The caller holds the lock.
func (l *ledger) open(g grant, now time.Time) (tokens, error) {
	g.Used = now
	l.grants[g.ID] = &g
	defer l.save()
	return l.issue(&g, now)
}

// issue mints an access and a refresh token for g. The caller holds the lock.
func (l *ledger) issue(g *grant, now time.Time) (tokens, error) {
	t := tokens{grant: *g}
	var err error
	if t.access, err = l.secret("ticloud_oa_"); err != nil {
		return tokens{}, err
	}
	if t.refresh, err = l.secret("ticloud_or_"); err != nil {
		return tokens{}, err
	}
	l.access[digestOf(t.access)] = accessToken{Grant: g.ID, Expires: now.Add(l.options.TokenLifetime)}
	l.refresh[digestOf(t.refresh)] = &refreshToken{Grant: g.ID, Expires: now.Add(l.options.RefreshLifetime)}
	return t, nil
}

// renew answers a refresh (RFC 6749 §6). A refresh token that was rotated longer
// than grace ago is taken for stolen and ends the whole family.
func (l *ledger) renew(secret, scope string, grace time.Duration, now time.Time) (tokens, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.refresh[digestOf(secret)]
	if r == nil || l.grants[r.Grant] == nil {
		return tokens{}, refusal("invalid_grant", "the refresh token is unknown or revoked")
	}
	g := l.grants[r.Grant]
	switch {
	case !now.Before(r.Expires):
		return tokens{}, refusal("invalid_grant", "the refresh token has expired")
	case !r.Rotated.IsZero() && now.Sub(r.Rotated) >= grace:
		l.drop(r.Grant)
		return tokens{}, refusal("invalid_grant", "the refresh token was used before; the whole grant is revoked")
	case scope != "" && scope != g.Scope:
		// A refresh may ask for the scope it has, never for another one.
		return tokens{}, refusal("invalid_scope", "the scope was not granted")
	}
	g.Used = now
	t, err := l.issue(g, now)
	if err != nil {
		return tokens{}, err
	}
	if l.options.NoRotate {
		delete(l.refresh, digestOf(t.refresh))
		t.refresh = secret
	} else if r.Rotated.IsZero() {
		r.Rotated = now
	}
	l.save()
	return t, nil
}

// authenticate says which grant an access token stands for.
func (l *ledger) authenticate(secret string, now time.Time) (grant, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, known := l.access[digestOf(secret)]
	if !known || !now.Before(t.Expires) || l.grants[t.Grant] == nil {
		return grant{}, false
	}
	g := l.grants[t.Grant]
	g.Used = now
	return *g, true
}

// revoke ends a token (RFC 7009 §2.1). With a refresh token ends the whole grant;
// with an access token only when the options say so. An unknown token is no error.
func (l *ledger) revoke(secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := digestOf(secret)
	if r := l.refresh[d]; r != nil {
		l.drop(r.Grant)
		return
	}
	if t, known := l.access[d]; known {
		delete(l.access, d)
		if l.options.RevokeFamily {
			l.drop(t.Grant)
		}
		l.save()
	}
}

// revokeFamilyOf ends the grant a refresh token belongs to.
func (l *ledger) revokeFamilyOf(secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.refresh[digestOf(secret)]; r != nil {
		l.drop(r.Grant)
	}
}

// withdraw ends the grant that user has given, as the console's Revoke does.
func (l *ledger) withdraw(id, user string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.grants[id]
	if g == nil || g.User != user {
		return false
	}
	l.drop(id)
	return true
}

// given lists the grants of a user, the latest first.
func (l *ledger) given(user string) []grant {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []grant
	for _, g := range l.grants {
		if g.User == user {
			list = append(list, *g)
		}
	}
	slices.SortFunc(list, func(a, b grant) int { return b.Given.Compare(a.Given) })
	return list
}

// all lists the grants of everybody, the oldest first.
func (l *ledger) all() []grant {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]grant, 0, len(l.grants))
	for _, g := range l.grants {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b grant) int { return cmp.Or(a.Given.Compare(b.Given), cmp.Compare(a.ID, b.ID)) })
	return list
}

// drop removes a grant and its tokens. The caller holds the lock.
func (l *ledger) drop(id string) {
	delete(l.grants, id)
	for d, t := range l.access {
		if t.Grant == id {
			delete(l.access, d)
		}
	}
	for d, r := range l.refresh {
		if r.Grant == id {
			delete(l.refresh, d)
		}
	}
	l.save()
}

// sweep forgets what has expired long ago. The caller holds the lock.
func (l *ledger) sweep(now time.Time) {
	const memory = 10 * time.Minute // how long a dead code is still recognized
	for d, c := range l.codes {
		if now.Sub(c.expires) > memory {
			delete(l.codes, d)
		}
	}
	for d, v := range l.devices {
		if now.Sub(v.expires) > memory {
			delete(l.devices, d)
		}
	}
	for d, t := range l.access {
		if now.Sub(t.Expires) > memory {
			delete(l.access, d)
		}
	}
	for d, r := range l.refresh {
		if now.After(r.Expires) {
			delete(l.refresh, d)
		}
	}
}
