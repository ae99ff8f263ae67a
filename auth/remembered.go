package auth

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// rememberedScope is the last choice of scope of somebody who signed out: ids
// of projects, and no name of anybody. The hash is no secret: whoever has the
// file and guesses environment, user and organization can confirm the guess.
type rememberedScope struct {
	Account string `json:"account"` // see Grant.accounts
	Scope
}

// What is remembered for those who signed out is bounded; the oldest goes first.
const (
	maxRemembered    = 200
	maxRememberedIDs = 20_000
)

// accounts names environment, user and organization by hashes: first the one
// under which a scope is remembered, then others under which it may have been.
// There is none where user or organization are not known.
func (g Grant) accounts() []string {
	var who []string
	organization := g.Organization.ID
	switch {
	case g.Method == MethodAPIKey: // a key belongs to one organization, which it does not name
		who, organization = []string{"key " + g.apiKey()}, ""
	case organization == "":
		return nil
	default:
		if g.User.Subject != "" {
			who = append(who, "subject "+g.User.Subject)
		}
		if g.User.Email != "" {
			who = append(who, "email "+strings.ToLower(g.User.Email))
		}
	}
	hashes := make([]string, 0, len(who))
	for _, one := range who {
		sum := sha256.Sum256([]byte(strings.Join([]string{"canopy scope", g.Environment, one, organization}, "\x00")))
		hashes = append(hashes, hex.EncodeToString(sum[:16]))
	}
	return hashes
}

// apiKey is the public part of the key behind a grant. Grants of older versions
// have it as the name only.
func (g Grant) apiKey() string { return cmp.Or(g.User.Subject, g.User.Name) }

// remember keeps the scope of a grant that goes.
func (f *grantsFile) remember(g Grant) {
	accounts := g.accounts()
	if len(accounts) == 0 {
		return
	}
	f.Scopes = slices.DeleteFunc(f.Scopes, func(s rememberedScope) bool { return slices.Contains(accounts, s.Account) })
	if g.Scope.IsZero() {
		return
	}
	f.Scopes = slices.Insert(f.Scopes, 0, rememberedScope{accounts[0], g.Scope.Normal()})
	ids := 0
	for i, s := range f.Scopes {
		if ids += len(s.Only) + len(s.Hidden); i == maxRemembered || ids > maxRememberedIDs {
			f.Scopes = f.Scopes[:i]
			return
		}
	}
}

// recall gives the scope that was remembered for the account of a grant.
func (f *grantsFile) recall(g Grant) Scope {
	for _, account := range g.accounts() {
		if i := slices.IndexFunc(f.Scopes, func(s rememberedScope) bool { return s.Account == account }); i >= 0 {
			return f.Scopes[i].Normal()
		}
	}
	return Scope{}
}
