package auth

import (
	"context"
	"slices"
	"strings"

	"canopy/activity"
)

// Surprise says whether a sign-in led to another user or to another
// organization than it was begun for. asked is the grant that Replaces names,
// the zero Grant when there is none. What is not known is no surprise.
//
// A grant that is a surprise replaces nobody: both stay, and the caller asks.
func (o Options) Surprise(asked, got Grant) (user, organization bool) {
	wanted := asked.Organization.ID
	if o.Want != nil && o.Want.Organization.ID != "" {
		wanted = o.Want.Organization.ID
	}
	organization = wanted != "" && got.Organization.ID != "" && wanted != got.Organization.ID
	if asked.ID != "" {
		return otherUser(asked.User, got.User), organization
	}
	return o.LoginHint != "" && !got.User.goesBy(o.LoginHint), organization
}

// goesBy reports whether a user can be the one that a login hint names. Hints
// are mail addresses: a user without one may be anybody.
func (u User) goesBy(hint string) bool {
	return u.Email == "" || strings.EqualFold(u.Email, hint) || u.Subject == hint || u.Name == hint
}

// predecessors are the grants that a new one replaces, the one asked for first:
// the grant that Options.Replaces names, or what has replaced it meanwhile in
// another window, and every other one of the same account. Whoever is not known
// to be the user asked for, or answers for another organization, replaces
// nobody.
func (t *attempt) predecessors(all []Grant, got Grant) []Grant {
	var asked Grant
	if i := indexOf(all, t.options.Replaces); i >= 0 {
		asked = all[i]
	} else {
		asked, _ = successor(all, t.options.Replaces)
	}
	if user, organization := t.options.Surprise(asked, got); user || organization {
		return nil
	}
	var replaced, rest []Grant
	if asked.ID != "" && asked.Environment == got.Environment && sameUser(asked.User, got.User) && !otherOrganization(asked, got) {
		replaced = append(replaced, asked)
	}
	for _, old := range all {
		if old.ID != got.ID && old.ID != asked.ID && sameAccount(t.env, old, got) {
			rest = append(rest, old)
		}
	}
	slices.SortStableFunc(rest, func(a, b Grant) int { return b.LastUsed.Compare(a.LastUsed) })
	return append(replaced, rest...)
}

// spares reports whether tokens are better left to end by themselves than
// revoked. A server may keep one consent per user and client, whatever was
// granted when: revoking any token of it ends every token of it (RFC 7009 §2.1
// lets it, panva's oidc-provider does it), so that giving the old grant back
// would take the new one along. Trying it out would come too late. So tokens
// are revoked beside another grant of the same user and client only where the
// environment promises separate consents.
//
// SignOut does not spare: then the user wants the server to know. Dismiss does.
func (a *Authenticator) spares(env *Environment, left Grant) bool {
	if env.SeparateConsents || !slices.ContainsFunc(a.cfg.Grants.List(), left.mayShareConsent) {
		return false
	}
	a.cfg.Log.Info("tokens are not revoked, for another grant may end with them; the server ends them in time", "environment", env.Name, "grant", left.ID)
	return true
}

// mayShareConsent reports whether a server could count two grants as one. A
// user who is not known may be the same.
func (g Grant) mayShareConsent(other Grant) bool {
	sameServer := g.Environment == other.Environment || (g.Issuer != "" && g.Issuer == other.Issuer)
	return g.ID != other.ID && other.Method != MethodAPIKey && sameServer && g.ClientID == other.ClientID && !otherUser(g.User, other.User)
}

// sameUser reports whether two users are known to be one: by their subjects,
// or by their mail addresses where a server states no subject, as TiDB Cloud
// does (facts §1.11).
func sameUser(a, b User) bool {
	if a.Subject != "" && b.Subject != "" {
		return a.Subject == b.Subject
	}
	return a.Email != "" && strings.EqualFold(a.Email, b.Email)
}

// otherUser reports whether two users are known to be two. Where one of them
// is not known, neither sameUser nor otherUser holds.
func otherUser(a, b User) bool {
	known := (a.Subject != "" && b.Subject != "") || (a.Email != "" && b.Email != "")
	return known && !sameUser(a, b)
}

// otherOrganization reports whether two grants are known to be of two organizations.
func otherOrganization(a, b Grant) bool {
	return a.Organization.ID != "" && b.Organization.ID != "" && a.Organization.ID != b.Organization.ID
}

// sameAccount reports whether two grants are known to be of one account: the
// same user of the same organization, at the same server, by the same client
// and method; or the same API key. What they cover makes no difference.
func sameAccount(env *Environment, a, b Grant) bool {
	if a.Environment != b.Environment || a.Method != b.Method {
		return false
	}
	if a.Method == MethodAPIKey {
		return a.apiKey() == b.apiKey()
	}
	return env.sameServer(a, b) && a.ClientID == b.ClientID && sameUser(a.User, b.User) &&
		a.Organization.ID != "" && a.Organization.ID == b.Organization.ID
}

// sameServer reports whether two grants come from one server. A sandbox on the
// loopback has another address each time it starts.
func (e *Environment) sameServer(a, b Grant) bool {
	return a.Issuer == b.Issuer || (e.Kind == KindSandbox && onLoopback(a.Issuer) && onLoopback(b.Issuer))
}

// discard gives tokens back that nobody will use, unless a grant that is kept
// could end with them.
func (t *attempt) discard(got *tokens) {
	if got == nil {
		return
	}
	of := Grant{Environment: t.env.Name, Issuer: t.env.Issuer, ClientID: t.env.ClientID, User: t.user}
	t.a.work.do(func(ctx context.Context) {
		if !t.a.spares(t.env, of) {
			t.a.giveBack(activity.Why(ctx, whyDiscard), t.env, newCredential(got, t.a.cfg.Now()))
		}
	})
}
