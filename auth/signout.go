package auth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"canopy/activity"
)

// revocationTries bounds how often the server is told; the waits between are 1 s and 2 s.
const revocationTries = 3

// SignOut gives a grant back. It erases what is kept here first, then tells
// the server: refresh token, then access token (RFC 7009 §2.1).
//
// told reports whether the server knows. told false without an error means:
// signed out here, the server could not be told. An error means that something
// here could not be erased; the grant is still listed then.
//
// What stays is the scope, for when the same user signs in to the same
// organization again: project ids without names, under a hash of environment,
// user and organization, among the last 200 of its kind. Nothing else does.
func (a *Authenticator) SignOut(ctx context.Context, grantID string) (told bool, err error) {
	grant, ok := a.cfg.Grants.Get(grantID)
	if !ok {
		return false, fmt.Errorf("grant %s: %w", grantID, ErrNotFound)
	}
	ctx = activity.Why(activity.ForGrant(ctx, grant.ID), whySignOut)
	held := a.sessionOf(grant.ID).leave()
	cred, err := a.erase(ctx, grant)
	if cred == nil {
		cred = held
	}
	if env, envErr := a.environmentOf(grant); envErr != nil {
		a.cfg.Log.Warn("the server that gave the grant could not be told", "grant", grant.ID, "error", envErr)
	} else if cred != nil {
		told = a.giveBack(ctx, env, cred)
	}
	if err != nil {
		return told, fmt.Errorf("sign out: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.sessions, grant.ID)
	return told, nil
}

// Dismiss gives back a grant that the user did not mean to have, such as one
// that was a surprise. Unlike SignOut it spares the tokens if another grant of
// the same user and client may end with them (see Environment.SeparateConsents):
// then they are erased here and end at the server in time. No choice of scope is
// remembered of it.
//
// It returns when the grant is given back and erased. ctx ends the waiting only:
// the grant is off the list by then, and what could not be done goes on beside,
// or at a later start. An error means that the grant is still listed; it wraps
// ErrNotFound when there is none.
func (a *Authenticator) Dismiss(ctx context.Context, grantID string) error {
	var left leavingGrant
	err := a.cfg.Grants.change(func(f *grantsFile) error {
		i := indexOf(f.Grants, grantID)
		if i < 0 {
			return fmt.Errorf("grant %s: %w", grantID, ErrNotFound)
		}
		f.unlist([]Grant{f.Grants[i]}, a.cfg.Now())
		left = f.Leaving[len(f.Leaving)-1]
		return nil
	})
	if err != nil {
		return fmt.Errorf("dismiss: %w", err)
	}
	if !a.canSettle(left) {
		return nil
	}
	select {
	case <-a.once(grantID, func(ctx context.Context) { a.dismiss(ctx, left) }):
	case <-ctx.Done():
	}
	return nil
}

// absent is the error of a grant that is not listed any more.
func (a *Authenticator) absent(id string) error {
	text := "this grant was signed out; sign in again"
	if _, replaced := a.cfg.Grants.Successor(id); replaced {
		text = "this grant was replaced by a newer one; open that one"
	}
	return &problem{text: text, kinds: []error{ErrSignInAgain, ErrNotFound}}
}

// erase removes credential, grant, and the credential once more: a renewal in
// another process that stored in between saw the grant, or is seen here. A
// crash anywhere leaves no credential without a grant that names it.
func (a *Authenticator) erase(ctx context.Context, grant Grant) (*credential, error) {
	ctx = context.WithoutCancel(ctx) // half signed out is not an answer
	store := a.place(grant.Kept)
	switch {
	case store == nil && grant.Kept == KeptSession: // in one that has ended
		return nil, a.cfg.Grants.Delete(grant.ID)
	case store == nil:
		return nil, fmt.Errorf("the credential is kept in the %s, which is not in use now; start Canopy where it is", grant.Kept)
	}
	cred, _ := recall(ctx, store, grant.ID) // what cannot be read can still be erased
	if err := forget(ctx, store, grant.ID); err != nil {
		return cred, err
	}
	if err := a.cfg.Grants.Delete(grant.ID); err != nil {
		return cred, err
	}
	err := forget(ctx, store, grant.ID)
	_ = os.Remove(a.lockPath(grant.ID)) // an empty file; a renewal may still hold it
	return cred, err
}

// giveBack revokes both tokens and reports whether the server took them. An
// API key is not revoked: it belongs to the user, not to this app.
func (a *Authenticator) giveBack(ctx context.Context, env *Environment, c *credential) bool {
	return a.revokeBoth(ctx, env, c) == nil
}

// errNowhere: the server has no place to revoke tokens at.
var errNowhere = errors.New("the environment has no revocation endpoint")

// revokeBoth is giveBack with the reason why it failed.
func (a *Authenticator) revokeBoth(ctx context.Context, env *Environment, c *credential) error {
	if c.private != "" {
		return nil
	}
	if env.RevocationEndpoint == "" {
		return errNowhere
	}
	env, err := a.identified(ctx, env)
	if err != nil {
		a.cfg.Log.Warn("the tokens could not be revoked", "error", err)
		return err
	}
	e := endpoint{http: a.server, env: env}
	var failed []error
	for _, one := range []struct {
		token Secret
		hint  string
	}{{c.refresh, "refresh_token"}, {c.access, "access_token"}} {
		if one.token == "" {
			continue
		}
		if err := a.revoke(ctx, e, one.token, one.hint); err != nil {
			a.cfg.Log.Warn("a token could not be revoked", "kind", one.hint, "environment", env.Name, "error", err)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (a *Authenticator) revoke(ctx context.Context, e endpoint, token Secret, hint string) error {
	var err error
	for try := range revocationTries {
		if try > 0 && a.cfg.Wait(ctx, time.Duration(try)*time.Second) != nil {
			break
		}
		limited, stop := context.WithTimeout(activity.Attempt(ctx, try+1), requestTimeout/3)
		err = e.revoke(limited, token, hint)
		stop()
		var r *refusal
		if err == nil || ctx.Err() != nil || (errors.As(err, &r) && r.status/100 == 4 && r.status != 429) {
			break
		}
	}
	return err
}
