package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// attemptKey tells attempts apart: the same one twice is one too many.
type attemptKey struct {
	environment string
	method      Method
	options     Options
}

// attempt is one sign-in, from the click to the stored grant.
type attempt struct {
	a        *Authenticator
	env      *Environment
	options  Options
	timeout  time.Duration
	key      attemptKey
	kept     string
	keep     Store
	progress Progress
	report   func(Progress)
}

// begin checks what can be checked before anything is opened.
func (a *Authenticator) begin(ctx context.Context, m Method, environment string, o Options, report func(Progress)) (*attempt, error) {
	env, err := a.environment(environment)
	if err != nil {
		return nil, err
	}
	if env.ClientID == "" {
		return nil, fmt.Errorf("environment %q: %w", environment, ErrNoClientID)
	}
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	if report == nil {
		report = func(Progress) {}
	}
	t := &attempt{a: a, env: env, options: o, timeout: o.Timeout, report: report}
	if t.timeout <= 0 {
		t.timeout = defaultTimeout
	}
	t.key = attemptKey{environment: environment, method: m, options: o}
	t.key.options.Timeout = 0
	if !t.enter() {
		return nil, fmt.Errorf("environment %q: %w", environment, ErrInProgress)
	}
	if err := t.choosePlace(ctx); err != nil {
		t.end()
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		return nil, err
	}
	t.progress.Deadline = a.cfg.Now().Add(t.timeout)
	return t, nil
}

func (t *attempt) enter() bool {
	t.a.mu.Lock()
	defer t.a.mu.Unlock()
	if t.a.attempts[t.key] {
		return false
	}
	t.a.attempts[t.key] = true
	return true
}

func (t *attempt) end() {
	t.a.mu.Lock()
	defer t.a.mu.Unlock()
	delete(t.a.attempts, t.key)
}

// choosePlace finds out where the credential will be kept before the user is
// sent through a sign-in that could not be kept. Only a keyring that is absent
// is replaced by the session, and only where the user chose that: a slow or
// locked one is still the user's keyring (oauth.md §5 row 11).
func (t *attempt) choosePlace(ctx context.Context) error {
	c := t.a.cfg
	t.keep, t.kept = c.Store, KeptKeyring
	if c.Store == nil || t.options.SessionOnly {
		if c.Session == nil {
			return errors.New("auth: there is no Config.Session to keep the credential in; set one")
		}
		t.keep, t.kept = c.Session, KeptSession
		return nil
	}
	_, err := c.Store.Get(ctx, "probe")
	switch {
	case err == nil, errors.Is(err, ErrNotFound):
		return nil
	case errors.Is(err, ErrKeyringAbsent) && c.Session != nil:
		t.keep, t.kept = c.Session, KeptSession
		return nil
	}
	return fmt.Errorf("before signing in: %w", err)
}

func (t *attempt) at(s Stage) {
	t.progress.Stage = s
	t.report(t.progress)
}

func (t *attempt) endpoint() endpoint { return endpoint{http: t.a.server, env: t.env} }

// store makes a grant of a token answer and keeps it: credential first, then
// the grant, so that no grant is listed whose credential is missing. The
// grant's entry in the file is the point of no return.
func (t *attempt) store(ctx context.Context, m Method, got *tokens) (Grant, error) {
	user, err := t.who(ctx, got)
	if err != nil {
		t.discard(got)
		return Grant{}, err
	}
	grant, err := t.newGrant(m, user, got)
	if err != nil {
		t.discard(got)
		return Grant{}, err
	}
	t.at(StageStoring)
	cred := newCredential(got, t.a.cfg.Now())
	if err := t.commit(ctx, grant, cred); err != nil {
		t.discard(got)
		return Grant{}, err
	}
	t.a.sessionOf(grant.ID).adopt(cred)
	t.replace(grant)
	return grant, nil
}

// who asks for the user. Not knowing is no reason to lose a sign-in.
func (t *attempt) who(ctx context.Context, got *tokens) (User, error) {
	if t.env.UserinfoEndpoint == "" {
		return User{}, nil
	}
	limited, stop := context.WithTimeout(ctx, requestTimeout)
	defer stop()
	user, err := t.endpoint().userinfo(limited, got.access)
	if ctx.Err() != nil {
		return User{}, ended(ctx)
	}
	if err != nil {
		t.a.cfg.Log.Warn("userinfo did not answer", "environment", t.env.Name, "error", err)
	}
	return user, nil
}

func (t *attempt) newGrant(m Method, user User, got *tokens) (Grant, error) {
	id, err := t.a.random()
	if err != nil {
		return Grant{}, err
	}
	now := t.a.cfg.Now().Round(0)
	grant := Grant{
		ID:           id[:22], // 16 bytes tell grants apart
		Environment:  t.env.Name,
		Method:       m,
		Issuer:       t.env.Issuer,
		ClientID:     t.env.ClientID,
		User:         user,
		Organization: got.reach.organization,
		AllProjects:  got.reach.all,
		Projects:     got.reach.projects,
		Role:         got.reach.role,
		GrantedScope: got.scope,
		GrantedAt:    now,
		LastUsed:     now,
		Kept:         t.kept,
	}
	for _, old := range t.a.cfg.Grants.List() {
		if sameGrant(old, grant) {
			grant.Scope = old.Scope // the same once more: the user's view of it stays
			break
		}
	}
	return grant, nil
}

// commit stores credential and grant, or neither.
func (t *attempt) commit(ctx context.Context, grant Grant, cred *credential) error {
	err := cred.keep(ctx, t.keep, grant.ID)
	if err == nil && ctx.Err() == nil {
		if err = t.a.cfg.Grants.Put(grant); err == nil {
			return nil
		}
	}
	clearing := context.WithoutCancel(ctx)
	if lost := forget(clearing, t.keep, grant.ID); lost != nil {
		t.a.cfg.Log.Warn("a credential without a grant could not be erased", "grant", grant.ID, "error", lost)
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}
	return err
}

// replace gives the old grant back when the new one is stored (RFC 9700: a
// swap), and when the same user granted the same once more. A different user
// than the one asked for replaces nobody: both stay, and the caller shows them.
func (t *attempt) replace(grant Grant) {
	for _, old := range t.a.cfg.Grants.List() {
		asked := old.ID == t.options.Replaces && !otherUser(old.User, grant.User)
		if old.ID == grant.ID || (!asked && !sameGrant(old, grant)) {
			continue
		}
		t.a.work.do(func(ctx context.Context) {
			if _, err := t.a.SignOut(ctx, old.ID); err != nil {
				t.a.cfg.Log.Warn("the replaced grant could not be erased", "grant", old.ID, "error", err)
			}
		})
	}
}

func otherUser(a, b User) bool {
	return a.Subject != "" && b.Subject != "" && a.Subject != b.Subject
}

// sameGrant reports whether two grants say the same about who and what.
func sameGrant(a, b Grant) bool {
	return a.Environment == b.Environment && a.Issuer == b.Issuer && a.ClientID == b.ClientID && a.Method == b.Method &&
		a.User.Subject != "" && a.User.Subject == b.User.Subject &&
		a.Organization.ID != "" && a.Organization.ID == b.Organization.ID &&
		a.AllProjects == b.AllProjects && slices.Equal(a.Projects, b.Projects) && a.Role == b.Role
}

// discard gives tokens back that nobody will use.
func (t *attempt) discard(got *tokens) {
	if got == nil {
		return
	}
	t.a.work.do(func(ctx context.Context) {
		t.a.giveBack(ctx, t.env, newCredential(got, t.a.cfg.Now()))
	})
}
