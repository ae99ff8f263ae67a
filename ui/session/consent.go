package session

import (
	"slices"

	"canopy/auth"
)

// Outcome is what a consent has brought, compared with what was asked for and with what the
// person could see before. Fewer than asked for is a normal result (RFC 6749 §3.3).
type Outcome struct {
	Updated bool           // it replaced an earlier grant of the same user and organization
	Fewer   []auth.Project // asked for and not granted
	Gained  []auth.Project // seen now and not before; empty when nothing was seen before
	Lost    []auth.Project // seen before and not now

	asked  auth.Reach
	before []auth.Project // what the replaced grant's list showed
}

// Empty reports whether there is nothing to tell.
func (o *Outcome) Empty() bool {
	return o == nil || len(o.Fewer)+len(o.Gained)+len(o.Lost) == 0
}

// Surprise is a consent by somebody else, or for another organization, than was asked for. The
// new grant is kept beside the old one until the person decides.
type Surprise struct {
	Asked, Got        auth.Grant
	OtherUser         bool
	OtherOrganization bool
}

// Answer is what the person says to a Surprise.
type Answer int

// The answers to a Surprise.
const (
	KeepBoth  Answer = iota // and open the new one
	TryAgain                // give the new one back and ask for the old one's user once more
	ForgetNew               // give the new one back and stay
)

// SignIn begins an attempt in the environment at hand, in the browser. While one is under way
// it does nothing: the waiting screen offers to open the browser again.
func (s *Session) SignIn(o auth.Options) { s.begin(auth.MethodBrowser, o) }

// SignInWithDevice begins an attempt with a code that is typed on another device.
func (s *Session) SignInWithDevice(o auth.Options) { s.begin(auth.MethodDevice, o) }

// AddAccount begins an attempt in which the server asks who is signing in, whoever its page
// remembers.
func (s *Session) AddAccount() { s.SignIn(auth.Options{SelectAccount: true}) }

// SignInAgain asks for the open grant anew and replaces it when that succeeds.
func (s *Session) SignInAgain() {
	if s.grant == nil {
		s.SignIn(auth.Options{})
		return
	}
	s.AskFor(s.grant.Asked)
}

// AskFor asks for another reach for the user of the open grant. The old grant works until the
// new one is stored; then it is given back. The zero Reach leaves everything to the server's page.
func (s *Session) AskFor(want auth.Reach) {
	if s.grant == nil || s.grant.Method == auth.MethodAPIKey {
		return // an API key sees what its owner gave it
	}
	o := auth.Options{Replaces: s.grant.ID, LoginHint: s.grant.User.Email}
	if want.Organization.ID == "" {
		want.Organization = s.grant.Organization
	}
	if want.All || len(want.Projects) > 0 {
		o.Want = &want
	}
	s.begin(s.grant.Method, o)
}

// consented takes in a grant that has just been stored.
func (s *Session) consented(a *attempt, g auth.Grant) {
	before := s.grant
	if before == nil || (a.options.Replaces != before.ID && !slices.Contains(g.Replaced, before.ID)) {
		s.show(a, g)
		s.sightOf(nil, g)
		return
	}
	if user, organization := a.options.Surprise(*before, g); user || organization {
		s.surprise = &Surprise{Asked: *before, Got: g, OtherUser: user, OtherOrganization: organization}
		s.attempt, s.problem = nil, a.before
		return
	}
	seen := []auth.Project(nil)
	if s.view != nil {
		seen = Listed(s.view.Whole())
	}
	s.show(a, g)
	s.sightOf(seen, g)
}

// show opens a grant that has just been given. The waiting screen stays until there is
// something to see.
func (s *Session) show(a *attempt, g auth.Grant) {
	a.progress.Stage, a.approved = auth.StageDone, true
	s.attempt = a
	s.open(g.ID, "sign-in")
	s.probe(g.ID, "sign-in")
	if s.view != nil || s.problem != nil {
		s.attempt = nil
	}
}

// sightOf remembers what a consent is to be compared with when its projects have been read.
func (s *Session) sightOf(before []auth.Project, g auth.Grant) {
	s.outcome = &Outcome{Updated: before != nil, asked: g.Asked, before: before}
}

// measure compares, once the list of projects has been read, what the grant really shows with
// what was asked for and with what was seen before.
func (s *Session) measure() {
	o := s.outcome
	if o == nil || o.Fewer != nil || o.Gained != nil || o.Lost != nil {
		return
	}
	if !s.view.Counts().ProjectsExact {
		return // what is not in a list with gaps need not be missing
	}
	now := Listed(s.view.Whole())
	told := Outcome{Updated: o.Updated, Fewer: missing(o.asked.Projects, now)}
	if o.Updated {
		told.Gained, told.Lost = withoutVirtual(missing(now, o.before)), withoutVirtual(missing(o.before, now))
	}
	s.outcome = &told
	if told.Empty() {
		s.outcome = nil
	}
}

// Settle answers a Surprise.
func (s *Session) Settle(answer Answer) {
	sp := s.surprise
	if sp == nil {
		return
	}
	s.surprise = nil
	switch answer {
	case KeepBoth:
		id := sp.Got.ID
		s.keep(func() error { _, err := s.deps.Auth.Supersede(id); return err }, func() {})
		s.Open(id)
		s.probe(sp.Got.ID, "sign-in")
	case TryAgain:
		s.dismiss(sp.Got.ID)
		s.begin(sp.Asked.Method, auth.Options{Replaces: sp.Asked.ID, LoginHint: sp.Asked.User.Email, SelectAccount: true, Want: wantOf(sp.Got)})
	case ForgetNew:
		s.dismiss(sp.Got.ID)
	}
	s.changed()
}

// wantOf is what the consent that led to a grant asked for.
func wantOf(g auth.Grant) *auth.Reach {
	if !g.Asked.All && len(g.Asked.Projects) == 0 {
		return nil
	}
	return &g.Asked
}

func missing(of, in []auth.Project) []auth.Project {
	return slices.DeleteFunc(slices.Clone(of), func(p auth.Project) bool {
		return slices.ContainsFunc(in, func(o auth.Project) bool { return o.ID == p.ID })
	})
}

// withoutVirtual leaves out the virtual project, which is not counted among the projects anywhere:
// it comes and goes with the rest.
func withoutVirtual(list []auth.Project) []auth.Project {
	return slices.DeleteFunc(list, func(p auth.Project) bool { return p.Virtual })
}

func sameOrganization(a, b auth.Grant) bool {
	return a.Environment == b.Environment && a.Organization.ID != "" && a.Organization.ID == b.Organization.ID
}
