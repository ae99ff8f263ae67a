package auth

import (
	"cmp"
	"fmt"
	"slices"
)

// Learn completes a grant with the organization that the API has told, for a
// server whose token answer names none, and gives the grant as it is kept now.
// Only then can it be seen that an older grant is of the same account, or that
// the user chose a scope before signing out: so the older one is replaced now,
// and what was chosen holds again, unless the grant has a scope of its own.
//
// What the server stated is not overruled: of an organization that the grant
// names already only a missing name is taken, also one that the API gives
// without an id, for a grant is of one organization (facts §1.7).
func (a *Authenticator) Learn(grantID string, of Organization) (Grant, error) {
	return a.reconsider(grantID, func(one *Grant) (again bool) {
		stated := one.Organization
		if stated.ID == "" || of.ID == "" || stated.ID == of.ID {
			one.Organization = Organization{ID: cmp.Or(stated.ID, of.ID), Name: cmp.Or(stated.Name, of.Name)}
		}
		return stated.ID == "" && of.ID != ""
	})
}

// Supersede lets a grant replace the older ones of the same account after all,
// and gives it as it is kept now. Signing in does so by itself, unless the
// grant was a surprise: then it is for the user to say that it stays.
func (a *Authenticator) Supersede(grantID string) (Grant, error) {
	return a.reconsider(grantID, func(*Grant) bool { return true })
}

// reconsider alters a listed grant and, where alter says so, lets it replace
// the older ones of its account.
func (a *Authenticator) reconsider(id string, alter func(*Grant) (again bool)) (Grant, error) {
	var now Grant
	err := a.cfg.Grants.change(func(f *grantsFile) error {
		i := indexOf(f.Grants, id)
		if i < 0 {
			return fmt.Errorf("grants file: grant %s: %w", id, ErrNotFound)
		}
		one := f.Grants[i]
		if alter(&one) {
			one = f.swap(one, a.cfg.Now(), a.olderOf(f.Grants, one))
		} else {
			f.Grants[i] = one
		}
		now = one.clone()
		return nil
	})
	if err != nil {
		return Grant{}, err
	}
	a.settle()
	return now, nil
}

// olderOf lists the grants of an account that were given before this one, the
// last used first.
func (a *Authenticator) olderOf(all []Grant, one Grant) []Grant {
	env, err := a.environment(one.Environment)
	if err != nil {
		return nil
	}
	var older []Grant
	for _, old := range all {
		if old.ID != one.ID && old.GrantedAt.Before(one.GrantedAt) && sameAccount(env, old, one) {
			older = append(older, old)
		}
	}
	slices.SortStableFunc(older, func(a, b Grant) int { return b.LastUsed.Compare(a.LastUsed) })
	return older
}
