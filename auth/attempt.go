package auth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// attemptKey tells attempts apart: the same one twice is one too many.
type attemptKey struct {
	environment string
	method      Method
	options     Options // without those that cannot be compared, or that make no difference
	wants       string  // in their place
}

func keyOf(environment string, m Method, o Options) attemptKey {
	k := attemptKey{environment: environment, method: m, options: o}
	if o.Want != nil {
		k.wants = o.Want.details()
	}
	k.options.Timeout, k.options.Want = 0, nil
	return k
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
	user     User // who signed in, as soon as it is known
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
	if o.Want != nil {
		want := o.Want.normal() // the caller's may change meanwhile
		o.Want = &want
	}
	t := &attempt{a: a, env: env, options: o, timeout: o.Timeout, report: report}
	if t.timeout <= 0 {
		t.timeout = defaultTimeout
	}
	t.key = keyOf(environment, m, o)
	if !t.enter() {
		return nil, fmt.Errorf("environment %q: %w", environment, ErrInProgress)
	}
	if err := t.prepare(ctx); err != nil {
		t.end()
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		return nil, err
	}
	t.progress.Deadline = a.cfg.Now().Add(t.timeout)
	return t, nil
}

// prepare asks the Store for what the attempt will need of it.
func (t *attempt) prepare(ctx context.Context) error {
	if err := t.choosePlace(ctx); err != nil {
		return err
	}
	env, err := t.a.identified(ctx, t.env)
	if err != nil {
		return fmt.Errorf("before signing in: %w", err)
	}
	t.env = env
	return nil
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
// sent through a sign-in that could not be kept. Nothing stands in for the
// keyring unless the user chose it for this attempt: not where it is absent,
// even less where it is slow or locked (oauth.md §5 row 11).
func (t *attempt) choosePlace(ctx context.Context) error {
	t.kept = orDefault(t.options.Keep, KeptKeyring)
	t.keep = t.a.place(t.kept)
	switch t.kept {
	case KeptKeyring:
		if t.keep == nil {
			return fmt.Errorf("before signing in: %w", ErrKeyringAbsent)
		}
	case KeptSession, KeptFile:
		if t.keep == nil {
			return fmt.Errorf("auth: Config has no place for Options.Keep %q; set one", t.kept)
		}
	default:
		return fmt.Errorf("auth: Options.Keep is %q; use KeptKeyring, KeptSession or KeptFile", t.kept)
	}
	if err := reachable(ctx, t.keep); err != nil {
		return fmt.Errorf("before signing in: %w", err)
	}
	return nil
}

// reachable asks a Store for something, or for its passphrase where it has one.
func reachable(ctx context.Context, s Store) error {
	if locked, ok := s.(interface{ Unlock(context.Context) error }); ok {
		return locked.Unlock(ctx)
	}
	if _, err := s.Get(ctx, "probe"); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

func (t *attempt) at(s Stage) {
	t.progress.Stage = s
	t.report(t.progress)
}

func (t *attempt) endpoint() endpoint { return endpoint{http: t.a.server, env: t.env} }

// store makes a grant of a token answer and keeps it.
func (t *attempt) store(ctx context.Context, m Method, got *tokens) (Grant, error) {
	user, err := t.who(ctx, got)
	if err != nil {
		t.discard(got)
		return Grant{}, err
	}
	t.user = user
	grant, err := t.newGrant(m, user, got)
	if err != nil {
		t.discard(got)
		return Grant{}, err
	}
	t.at(StageStoring)
	cred := newCredential(got, t.a.cfg.Now())
	if grant, err = t.commit(ctx, grant, cred); err != nil {
		t.discard(got)
		return Grant{}, err
	}
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
	id, err := t.a.newID()
	if err != nil {
		return Grant{}, err
	}
	now := t.a.cfg.Now().Round(0)
	grant := Grant{
		ID:           id,
		Environment:  t.env.Name,
		Method:       m,
		Issuer:       t.env.Issuer,
		ClientID:     t.env.ClientID,
		TokenOrigin:  origin(t.env.TokenEndpoint),
		User:         user,
		Organization: got.reach.Organization,
		AllProjects:  got.reach.All,
		Projects:     got.reach.Projects,
		Role:         got.role,
		GrantedScope: got.scope,
		AskedScope:   t.env.Scope,
		GrantedAt:    now,
		LastUsed:     now,
		Kept:         t.kept,
	}
	if t.options.Want != nil {
		grant.Asked = *t.options.Want
	}
	return grant, nil
}

// commit stores credential and grant, or neither, and gives the grant as it is
// kept. The credential goes first, so that no grant is listed whose credential
// is missing; and before it is announced that it will come, so that one which
// a crash leaves without a grant is found and erased. The write that lists the
// grant is the point of no return: the same write takes those off the list
// which it replaces, so that nobody ever sees both, and from then on they are
// given back, by the next start if this one does not get to it.
func (t *attempt) commit(ctx context.Context, grant Grant, cred *credential) (Grant, error) {
	if ctx.Err() != nil {
		return Grant{}, ended(ctx)
	}
	announced, err := t.announce(ctx, grant)
	if err != nil {
		return Grant{}, err
	}
	defer announced()
	err = cred.keep(ctx, t.keep, grant.ID)
	if err == nil && ctx.Err() == nil {
		var kept Grant
		if kept, err = t.a.cfg.Grants.swap(grant, t.a.cfg.Now(), t.predecessors); err == nil {
			s := t.a.sessionOf(grant.ID)
			s.adopt(cred)
			if kept.Kept == KeptSession {
				s.possess(kept)
			}
			t.a.touched(grant.Kept)
			t.a.settle()
			return kept, nil
		}
	}
	t.uncommit(context.WithoutCancel(ctx), grant)
	if ctx.Err() != nil {
		return Grant{}, ended(ctx)
	}
	return Grant{}, err
}

// uncommit erases what commit may have stored of a grant that was not listed.
// Where that fails, the announcement stays, and it is tried again later.
func (t *attempt) uncommit(ctx context.Context, grant Grant) {
	err := forget(ctx, t.keep, grant.ID)
	if err == nil && grant.Kept != KeptSession {
		err = t.a.cfg.Grants.Delete(grant.ID)
	}
	if err != nil {
		t.a.cfg.Log.Warn("a credential without a grant could not be erased yet", "grant", grant.ID, "error", err)
	}
	_ = os.Remove(t.a.lockPath(grant.ID)) // of a grant that nobody knows
}
