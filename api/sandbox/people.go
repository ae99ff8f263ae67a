package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// user is somebody who can sign in to the sandbox.
type user struct {
	email, username, first, last string
	memberships                  []membership
}

type membership struct {
	org  *organization
	role string // of the vocabulary of the IAM API: "org:owner", "org:member"
}

// role of the user in org, "" when not a member.
func (u *user) role(org *organization) string {
	for _, m := range u.memberships {
		if m.org == org {
			return m.role
		}
	}
	return ""
}

func (u *user) organizations() []*organization {
	orgs := make([]*organization, len(u.memberships))
	for i, m := range u.memberships {
		orgs[i] = m.org
	}
	return orgs
}

// profile says about a person what the data does not.
type profile struct {
	first, last string
	owner       bool
	alsoIn      string // an organization in which the person has created nothing
}

func profileOf(email string) profile {
	switch email {
	case "alice@acme.example":
		return profile{first: "Alice", last: "Tanaka", owner: true}
	case "bob@acme.example":
		return profile{first: "Bob", last: "Ferreira", alsoIn: "2002"}
	case "carol@acme.example":
		return profile{first: "Carol", last: "Nguyen"}
	case "gina@globex.example":
		return profile{first: "Gina", last: "Rossi", owner: true}
	}
	name, _, _ := strings.Cut(email, "@")
	return profile{first: strings.ToUpper(name[:1]) + name[1:], last: "Example"}
}

// people derives the users from whoever has created something: a creator of a
// cluster is a member of the cluster's organization.
func people(orgs []*organization) []*user {
	var users []*user
	join := func(email string, org *organization) {
		i := slices.IndexFunc(users, func(u *user) bool { return u.email == email })
		if i < 0 {
			users = append(users, newUser(email))
			i = len(users) - 1
		}
		if users[i].role(org) == "" {
			users[i].memberships = append(users[i].memberships, membership{org, profileOf(email).roleIn(org)})
		}
	}
	for _, o := range orgs {
		for _, email := range creators(o) {
			join(email, o)
		}
		for _, u := range slices.Clone(users) {
			if profileOf(u.email).alsoIn == o.id {
				join(u.email, o)
			}
		}
	}
	sortBy(users, func(u *user) string { return u.email })
	return users
}

func newUser(email string) *user {
	p := profileOf(email)
	name, _, _ := strings.Cut(email, "@")
	return &user{email: email, username: name, first: p.first, last: p.last}
}

func (p profile) roleIn(org *organization) string {
	if p.owner && p.alsoIn != org.id {
		return "org:owner"
	}
	return "org:member"
}

// creators lists the mail addresses of an organization's creators; API keys, which
// can create too, have no @.
func creators(o *organization) []string {
	var found []string
	for _, p := range o.projects {
		for _, c := range slices.Concat(p.serverless, p.dedicated) {
			if strings.Contains(c.createdBy, "@") && !slices.Contains(found, c.createdBy) {
				found = append(found, c.createdBy)
			}
		}
	}
	return found
}

func sortBy[T any](list []T, key func(T) string) {
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
