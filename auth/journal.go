package auth

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"canopy/activity"
)

// maxReplaced bounds Grant.Replaced. The latest stay.
const maxReplaced = 50

// announce says in the file of grants that a credential will come, and holds
// the grant's lock until done is called: so another process can tell an attempt
// under way from one that a crash has ended. What lives in memory leaves
// nothing behind and is not announced.
func (t *attempt) announce(ctx context.Context, grant Grant) (done func(), err error) {
	if grant.Kept == KeptSession {
		return func() {}, nil
	}
	unlock, err := t.a.lockGrant(ctx, grant.ID)
	if err != nil {
		return nil, err
	}
	err = t.a.cfg.Grants.change(func(f *grantsFile) error {
		f.Arriving = append(f.Arriving, grant)
		return nil
	})
	if err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// swap lists a grant in one step with taking those off the list that it
// replaces. It takes over from them what the user has chosen and seen.
func (g *Grants) swap(one Grant, now time.Time, predecessors func(all []Grant, one Grant) []Grant) (Grant, error) {
	err := g.change(func(f *grantsFile) error {
		one = f.swap(one, now, predecessors(f.Grants, one))
		return nil
	})
	return one.clone(), err
}

func (f *grantsFile) swap(one Grant, now time.Time, replaced []Grant) Grant {
	one = one.clone()
	f.bequeath(replaced, &one)
	f.unlist(replaced, now)
	f.Arriving = slices.DeleteFunc(f.Arriving, func(a Grant) bool { return a.ID == one.ID })
	f.put(one)
	return f.Grants[indexOf(f.Grants, one.ID)]
}

// unlist takes grants off the list and notes that they have to be given back.
func (f *grantsFile) unlist(left []Grant, now time.Time) {
	for _, old := range left {
		f.Leaving = append(f.Leaving, leavingGrant{old, now.Round(0).UTC()})
	}
	f.Grants = slices.DeleteFunc(f.Grants, func(old Grant) bool { return indexOf(left, old.ID) >= 0 })
}

// bequeath gives a new grant what those have that it replaces. Where nothing
// has been chosen for it yet, its scope is that of the first, or where there is
// none what was remembered when the user signed out.
func (f *grantsFile) bequeath(replaced []Grant, to *Grant) {
	switch {
	case !to.Scope.IsZero():
	case len(replaced) == 0:
		to.Scope = f.recall(*to).widened(Grant{}, to.Asked)
	default:
		to.Scope = replaced[0].Scope.widened(replaced[0], to.Asked)
	}
	for _, old := range slices.Backward(replaced) { // what the first knows counts most
		to.Remember(old.Known)
		to.Remember(old.Projects)
		to.Replaced = append(append(to.Replaced, old.Replaced...), old.ID)
		if old.Organization.ID == to.Organization.ID {
			to.Organization.Name = cmp.Or(to.Organization.Name, old.Organization.Name)
		}
	}
	to.Replaced = to.Replaced[max(0, len(to.Replaced)-maxReplaced):]
	to.Remember(to.Projects)
	if len(replaced) > 0 {
		to.Forgotten = without(replaced[0].Forgotten, slices.Concat(idsOf(to.Projects), idsOf(to.Asked.Projects)))
	}
	known := byID(to.Known)
	for i, p := range to.Projects {
		to.Projects[i] = p.completed(known[p.ID])
	}
}

// settle finishes, beside everything else, what sign-ins have begun, here or
// in a program that ended in the middle: grants that have been replaced, and
// credentials that no grant names, are given back and erased. What cannot be
// done now is tried again at the next occasion.
func (a *Authenticator) settle() {
	file := a.cfg.Grants.current()
	for _, old := range file.Leaving {
		if a.canSettle(old) {
			_ = a.once(old.ID, func(ctx context.Context) { a.dismiss(ctx, old) })
		}
	}
	for _, arriving := range file.Arriving {
		if unlisted := (leavingGrant{arriving, arriving.GrantedAt}); a.canSettle(unlisted) {
			_ = a.once(unlisted.ID, func(ctx context.Context) { a.sweep(ctx, unlisted) })
		}
	}
}

// leavingPatience is how long a credential is kept to be given back with, for
// a server that cannot be told: its refresh token may end by itself meanwhile,
// and nobody wants a credential here for ever that no grant shows.
const leavingPatience = 30 * 24 * time.Hour

// overdue reports whether a grant is erased even if its server cannot be told.
// Of one that an older version took off the list, the last use is known.
func (a *Authenticator) overdue(g leavingGrant) bool {
	since := g.Since
	if since.IsZero() {
		since = g.LastUsed
	}
	return a.cfg.Now().Sub(since) > leavingPatience
}

// canSettle reports whether the server of a grant can be told, or has been
// waited for long enough, and the place of its credential can be reached
// without asking the user for something: finishing what is past is no reason to
// ask for a passphrase.
func (a *Authenticator) canSettle(g leavingGrant) bool {
	if !a.canTell(g.Grant) && !a.overdue(g) {
		return false
	}
	place := a.place(g.Kept)
	if place == nil {
		return g.Kept == KeptSession // what it held has ended
	}
	if _, asks := place.(interface{ Unlock(context.Context) error }); !asks {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.reached[g.Kept]
}

// canTell reports whether it is known where a grant is given back, or that this
// will not be known. An environment that names its issuer alone gets its
// endpoints when they are discovered, and a sandbox when it starts: either is a
// new occasion to settle. One that names another server or client stays so.
func (a *Authenticator) canTell(g Grant) bool {
	env, err := a.environment(g.Environment)
	return err == nil && (g.Method == MethodAPIKey || env.TokenEndpoint != "")
}

// reclaim gives back what this process alone holds of a grant that another
// process took off the list: that one could not, for it has no credential of it.
func (a *Authenticator) reclaim(id string) {
	of, ok := a.sessionOf(id).possessed()
	if left := (leavingGrant{of, a.cfg.Now()}); ok && a.canSettle(left) {
		_ = a.once(id, func(ctx context.Context) { a.dismiss(ctx, left) })
	}
}

// once does something about a grant in the background, unless it is being done,
// and closes done at the end; done is closed already when it was under way.
func (a *Authenticator) once(id string, do func(context.Context)) (done <-chan struct{}) {
	ended := make(chan struct{})
	a.mu.Lock()
	under := a.settling[id]
	a.settling[id] = true
	a.mu.Unlock()
	if under {
		close(ended)
		return ended
	}
	a.work.do(func(ctx context.Context) {
		defer close(ended)
		defer func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			delete(a.settling, id)
		}()
		do(ctx)
	})
	return ended
}

// dismiss gives a grant back and erases it that is not listed any more, or never was. The server is told first,
// other than when the user signs out: nobody is waiting, and whoever is cut off
// in the middle leaves something to do it with again, and so does a server that
// is out of reach, until the grant is overdue. A server that refuses keeps
// tokens that nobody holds any more.
func (a *Authenticator) dismiss(ctx context.Context, old leavingGrant) {
	why := whyDiscard
	if _, replaced := a.cfg.Grants.Successor(old.ID); replaced {
		why = whyReplaced
	}
	ctx = activity.Why(activity.ForGrant(ctx, old.ID), why)
	cred := a.sessionOf(old.ID).leave()
	if place := a.place(old.Kept); place != nil {
		if stored, err := recall(ctx, place, old.ID); err == nil {
			cred = stored
		}
	}
	if cred != nil && !a.tell(ctx, old, cred) {
		return
	}
	if _, err := a.erase(ctx, old.Grant); err != nil {
		a.cfg.Log.Warn("a grant that is not listed could not be erased yet", "grant", old.ID, "error", err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.sessions, old.ID)
}

// tell gives the credential of an unlisted grant back, and reports whether
// nothing is left to be told, or to be gained by trying again later.
func (a *Authenticator) tell(ctx context.Context, old leavingGrant, cred *credential) bool {
	env, err := a.environmentOf(old.Grant)
	switch {
	case err != nil:
		a.cfg.Log.Warn("the server that gave the grant could not be told", "grant", old.ID, "error", err)
		return a.canTell(old.Grant) || a.overdue(old) // the environment may have changed since canSettle
	case a.spares(env, old.Grant):
		return true
	}
	err = a.revokeBoth(ctx, env, cred)
	return err == nil || (ctx.Err() == nil && (!errors.Is(err, ErrOffline) || a.overdue(old)))
}

// sweep dismisses a credential that a crash left without a grant. Whoever holds
// its lock is still storing it.
func (a *Authenticator) sweep(ctx context.Context, unlisted leavingGrant) {
	lock := flock.New(a.lockPath(unlisted.ID), flock.SetPermissions(0o600))
	if got, err := lock.TryLock(); err != nil || !got {
		return
	}
	defer func() { _ = lock.Close() }()                             // closing gives the lock back whatever it returns
	if indexOf(a.cfg.Grants.current().Arriving, unlisted.ID) >= 0 { // it has not arrived meanwhile
		a.dismiss(ctx, unlisted)
	}
}

// touched notes that a place could be reached, which for the first time is an
// occasion to settle.
func (a *Authenticator) touched(kept string) {
	a.mu.Lock()
	first := !a.reached[kept]
	a.reached[kept] = true
	a.mu.Unlock()
	if first {
		a.settle()
	}
}
