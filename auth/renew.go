package auth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"canopy/activity"
)

// renewalTime bounds a renewal with its retry and the wait for another process.
const renewalTime = 75 * time.Second

// authorized gives a credential that can be used now. refused is an access
// token that a host has just turned down; it is renewed whatever its age.
//
// The caller's context ends the caller's waiting only. The renewal goes on: a
// server that rotated must not lose its answer (oauth.md §5 row 4).
func (a *Authenticator) authorized(ctx context.Context, id string, refused Secret) (*credential, error) {
	s := a.sessionOf(id)
	c, err := s.view()
	if err != nil {
		return nil, err
	}
	if c != nil && refused == "" {
		switch left := c.left(a.cfg.Now()); {
		case left > c.soft():
			return c, nil
		case left > c.hard():
			a.renewAhead(id, s)
			return c, nil
		}
	}
	select {
	case r := <-a.flights.DoChan(id, func() (any, error) { return a.renew(id, refused) }):
		if r.Err != nil {
			return usable(c, refused, a.cfg.Now(), r.Err)
		}
		return r.Val.(*credential), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Renew renews a grant's access token now, whatever its age (RFC 6749 §6), and
// returns when that is done. A renewal that is under way, here or in another
// process, counts; one that was done before Renew was called does not.
//
// The error says why there is nothing to renew with: an API key does not
// expire, and a server may give no refresh token. It wraps ErrSignInAgain when
// the grant has ended and ErrOffline when the renewal can be tried again. ctx
// ends the waiting only.
func (a *Authenticator) Renew(ctx context.Context, grantID string) error {
	before, err := a.renewable(ctx, grantID)
	if err != nil {
		return err
	}
	for range renewTries {
		select {
		case r := <-a.flights.DoChan(grantID, func() (any, error) { return a.renew(grantID, before.access) }):
			if r.Err != nil {
				return r.Err
			}
			if c := r.Val.(*credential); c.access != before.access || c.renewals != before.renewals {
				return nil
			}
			// That was somebody else's flight, which found the token good as it is.
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return newProblem(ErrOffline, "the grant is in use so much that its renewal does not come to its turn; try again")
}

// renewTries is more often than other flights can come first.
const renewTries = 4

// renewable gives the credential that a renewal will start from.
func (a *Authenticator) renewable(ctx context.Context, id string) (*credential, error) {
	r, err := a.newRenewal(ctx, id, "")
	if err != nil {
		return nil, err
	}
	if r.grant.Method == MethodAPIKey {
		return nil, errors.New("an API key does not expire; there is nothing to renew")
	}
	if _, err := r.session.view(); err != nil {
		return nil, err
	}
	c := r.unsaved()
	if c == nil {
		if c, err = recall(ctx, r.store, id); err != nil {
			return nil, unreadable(err)
		}
	}
	if c.refresh == "" {
		return nil, fmt.Errorf("%s gave no refresh token; sign in again when the access token has ended", hostOf(r.env.TokenEndpoint))
	}
	return c, nil
}

// usable falls back on a token that has a little time left when it could not be renewed.
func usable(c *credential, refused Secret, now time.Time, err error) (*credential, error) {
	if c != nil && refused == "" && !errors.Is(err, ErrSignInAgain) && c.left(now) > 0 {
		return c, nil
	}
	return nil, err
}

// renewAhead renews beside the use of a token that still works, not too often.
func (a *Authenticator) renewAhead(id string, s *session) {
	now := a.cfg.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cred.refresh == "" || now.Before(s.pause) {
		return
	}
	if !a.work.enter() {
		return
	}
	s.pause = now.Add(30 * time.Second)
	done := a.flights.DoChan(id, func() (any, error) { return a.transact(id, "") })
	go func() {
		defer a.work.leave() // begun before Close, so Close waits for it
		<-done
	}()
}

// renew is the whole transaction, as work that Close waits for.
func (a *Authenticator) renew(id string, refused Secret) (*credential, error) {
	if !a.work.enter() {
		return nil, newProblem(ErrOffline, "canopy is closing; open it again")
	}
	defer a.work.leave()
	return a.transact(id, refused)
}

// transact is one at a time in this process and, by a lock file, among all:
// lock, read again, refresh, write, use.
func (a *Authenticator) transact(id string, refused Secret) (*credential, error) {
	ctx, stop := context.WithTimeout(activity.ForGrant(a.work.ctx, id), renewalTime)
	defer stop()
	unlock, err := a.lockGrant(ctx, id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	r, err := a.newRenewal(ctx, id, refused)
	if err != nil {
		return nil, err
	}
	c, err := r.run(ctx)
	if errors.Is(err, ErrSignInAgain) {
		r.session.end(err)
	}
	return c, err
}

// lockGrant takes the lock that all processes share. It is given back by the
// system when its holder dies.
func (a *Authenticator) lockGrant(ctx context.Context, id string) (unlock func(), err error) {
	lock := flock.New(a.lockPath(id), flock.SetPermissions(0o600))
	if err := os.MkdirAll(filepath.Dir(lock.Path()), 0o700); err != nil {
		return nil, also(fmt.Errorf("renew: make the directory of the lock: %w", err), ErrOffline)
	}
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, newProblem(ErrOffline, "another running Canopy has been renewing this grant for too long (%v); close it and try again", err)
	}
	return func() { _ = lock.Close() }, nil // closing gives the lock back whatever it returns
}

func (a *Authenticator) lockPath(id string) string {
	return filepath.Join(filepath.Dir(a.cfg.Grants.path), "locks", filepath.Base(id)+".lock")
}

// renewal is one transaction.
type renewal struct {
	a       *Authenticator
	grant   Grant
	env     *Environment
	store   Store
	session *session
	refused Secret
}

func (a *Authenticator) newRenewal(ctx context.Context, id string, refused Secret) (*renewal, error) {
	grant, ok := a.cfg.Grants.Get(id)
	if !ok {
		a.reclaim(id)
		return nil, a.absent(id)
	}
	env, err := a.environmentOf(grant)
	if err != nil {
		return nil, err
	}
	store, err := a.store(grant.Kept)
	if err != nil {
		return nil, err
	}
	if grant.Method != MethodAPIKey {
		if env, err = a.identified(ctx, env); err != nil {
			return nil, also(fmt.Errorf("renew: %w", err), ErrOffline)
		}
	}
	return &renewal{a: a, grant: grant, env: env, store: store, session: a.sessionOf(id), refused: refused}, nil
}

func (r *renewal) run(ctx context.Context) (*credential, error) {
	base, err := r.base(ctx)
	if err != nil {
		return nil, err
	}
	for range 2 {
		if r.fresh(base) || base.private != "" {
			r.session.adopt(base)
			return base, nil
		}
		if base.refresh == "" {
			return r.withoutRefresh(base)
		}
		next, err := r.refresh(ctx, base)
		if err == nil {
			return r.keep(ctx, next)
		}
		if !refusedGrant(err) {
			r.slow(err)
			return nil, also(err, ErrOffline)
		}
		// Another process may have been faster than its lock: what is stored
		// now decides, not what was refused (oauth.md §2 no. 1).
		now, readErr := recall(ctx, r.store, r.grant.ID)
		if readErr != nil || now.refresh == base.refresh {
			return nil, also(err, ErrSignInAgain)
		}
		base = now
	}
	return nil, newProblem(ErrOffline, "the credential keeps changing while it is renewed; close other running copies of Canopy")
}

func refusedGrant(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.is("invalid_grant")
}

// base is the credential to start from: what is stored, unless this process
// has a newer one that the Store would not take before. That one has to be
// stored now, before its refresh token is used.
func (r *renewal) base(ctx context.Context) (*credential, error) {
	if held := r.unsaved(); held != nil {
		if err := held.keep(ctx, r.store, r.grant.ID); err != nil {
			return nil, also(fmt.Errorf("renew: %w", err), ErrOffline)
		}
		return held, nil
	}
	stored, err := recall(ctx, r.store, r.grant.ID)
	if err != nil {
		return nil, unreadable(err)
	}
	r.a.touched(r.grant.Kept)
	if held, _ := r.session.view(); held != nil && held.access == stored.access && held.renewals == stored.renewals {
		return held, nil // the same, with the monotonic clock
	}
	return stored, nil
}

// unsaved gives what was renewed here and not taken by the Store, or nil.
func (r *renewal) unsaved() *credential {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	if !r.session.unsaved {
		return nil
	}
	return r.session.cred
}

// unreadable is the error of a credential that could not be read.
func unreadable(err error) error {
	if errors.Is(err, ErrNotFound) {
		return &problem{text: "the credential of this grant is gone; sign in again", kinds: []error{ErrSignInAgain, err}}
	}
	return also(fmt.Errorf("renew: %w", err), ErrOffline)
}

// fresh reports whether somebody has renewed it already.
func (r *renewal) fresh(c *credential) bool {
	return c.access != "" && c.access != r.refused && c.left(r.a.cfg.Now()) > c.soft()
}

// withoutRefresh serves servers that give no refresh token: the access token
// lasts as long as it lasts.
func (r *renewal) withoutRefresh(c *credential) (*credential, error) {
	if c.left(r.a.cfg.Now()) > 0 {
		r.session.adopt(c)
		return c, nil
	}
	return nil, newProblem(ErrSignInAgain, "the access token has ended and %s gave none to renew it with; sign in again", hostOf(r.env.TokenEndpoint))
}

// refresh makes the request, and once more with the same token when there was
// no answer: a server that rotated accepts it again for a moment, or not, and
// either way nothing is lost by asking (oauth.md §2 no. 2).
func (r *renewal) refresh(ctx context.Context, base *credential) (*credential, error) {
	e := endpoint{http: r.a.server, env: r.env}
	var err error
	for try := range 2 {
		if try > 0 && r.a.cfg.Wait(ctx, time.Second) != nil {
			break
		}
		var got *tokens
		limited, stop := context.WithTimeout(activity.Attempt(ctx, try+1), requestTimeout)
		got, err = e.token(limited, map[string]string{"grant_type": "refresh_token", "refresh_token": base.refresh.Reveal()})
		stop()
		if err == nil {
			next := newCredential(got, r.a.cfg.Now())
			if next.refresh == "" {
				next.refresh = base.refresh // RFC 6749 §6: the old one stays good
			}
			next.renewals = base.renewals + 1
			return next, nil
		}
		if !errors.Is(err, ErrOffline) {
			break
		}
	}
	return nil, fmt.Errorf("renew: %w", err)
}

// slow keeps renewals ahead of need away from a server that asks for patience.
func (r *renewal) slow(err error) {
	var answer *refusal
	if !errors.As(err, &answer) || answer.retryAfter == 0 {
		return
	}
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	r.session.pause = r.a.cfg.Now().Add(answer.retryAfter)
}

// keep stores what was renewed, unless the grant was signed out meanwhile. A
// Store that fails now costs nothing yet: the new credential lives on in
// memory, and is stored before its refresh token is used.
func (r *renewal) keep(ctx context.Context, next *credential) (*credential, error) {
	if r.gone() {
		return nil, r.abandon(ctx, next)
	}
	var err error
	for try := range 3 {
		if try > 0 && r.a.cfg.Wait(ctx, 200*time.Millisecond) != nil {
			break
		}
		if err = next.keep(ctx, r.store, r.grant.ID); err == nil {
			break
		}
	}
	if r.gone() { // SignOut erases last, so one of the two sees the other
		return nil, r.abandon(ctx, next)
	}
	r.session.mu.Lock()
	r.session.cred, r.session.unsaved = next, err != nil
	r.session.mu.Unlock()
	if err != nil {
		r.a.cfg.Log.Warn("a renewed credential could not be stored yet", "grant", r.grant.ID, "error", err)
	}
	return next, nil
}

func (r *renewal) gone() bool {
	r.session.mu.Lock()
	left := r.session.left
	r.session.mu.Unlock()
	_, listed := r.a.cfg.Grants.Get(r.grant.ID)
	return left || !listed
}

// abandon gives back what was renewed for a grant that is no more.
func (r *renewal) abandon(ctx context.Context, next *credential) error {
	if err := forget(ctx, r.store, r.grant.ID); err != nil {
		r.a.cfg.Log.Warn("a signed-out credential could not be erased", "grant", r.grant.ID, "error", err)
	}
	if !r.a.spares(r.env, r.grant) {
		r.a.giveBack(activity.Why(ctx, whySignOut), r.env, next)
	}
	return r.a.absent(r.grant.ID)
}
