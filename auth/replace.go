package auth

import (
	"context"
	"slices"
	"strings"
)

// replace gives the old grant back when the new one is stored (oauth.md §5 row
// 14: a swap), and when the same user granted the same once more. Whoever is
// not known to be the user asked for, or answers for another organization,
// replaces nobody: both stay, and the caller shows them.
func (t *attempt) replace(grant Grant) {
	for _, old := range t.a.cfg.Grants.List() {
		asked := old.ID == t.options.Replaces && old.Environment == grant.Environment && sameUser(old.User, grant.User) && !otherOrganization(old, grant)
		if old.ID == grant.ID || (!asked && !sameGrant(old, grant)) {
			continue
		}
		t.a.work.do(func(ctx context.Context) {
			if _, err := t.a.leave(ctx, old, t.a.spares); err != nil {
				t.a.cfg.Log.Warn("the replaced grant could not be erased", "grant", old.ID, "error", err)
			}
		})
	}
}

// spares reports whether tokens are better left to end by themselves than
// revoked. A server may keep one consent per user and client, whatever was
// granted when: revoking any token of it ends every token of it (RFC 7009 §2.1
// lets it, panva's oidc-provider does it), so that giving the old grant back
// would take the new one along. Trying it out would come too late. So tokens
// are revoked beside another grant of the same user and client only where the
// environment promises separate consents.
//
// SignOut does not spare: then the user wants the server to know.
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

// sameGrant reports whether two grants say the same about who and what.
func sameGrant(a, b Grant) bool {
	return a.Environment == b.Environment && a.Issuer == b.Issuer && a.ClientID == b.ClientID && a.Method == b.Method &&
		sameUser(a.User, b.User) && a.Organization.ID != "" && a.Organization.ID == b.Organization.ID &&
		a.AllProjects == b.AllProjects && slices.Equal(projectIDs(a), projectIDs(b)) && a.Role == b.Role
}

// projectIDs leaves out what does not change what is granted: names and order.
func projectIDs(g Grant) []string {
	ids := make([]string, 0, len(g.Projects))
	for _, p := range g.Projects {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return ids
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
			t.a.giveBack(ctx, t.env, newCredential(got, t.a.cfg.Now()))
		}
	})
}
