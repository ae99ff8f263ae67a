// Package session is the state of Canopy's window without the window: signed out, signing
// in, loading, browsing, or in need of a new sign-in.
//
// A Session belongs to the UI goroutine. Its methods are the intents of the person: sign in,
// open, refresh, narrow, compare, sign out. What follows from them is done by tasks away from
// that goroutine and comes back as a State, a value that the window draws. The package knows
// no Fyne, so that tests drive it against the real authorization server of the sandbox without
// a screen.
package session

import (
	"canopy/api/inventory"
	"canopy/auth"
)

// Phase says what the window is about.
type Phase int

// The phases, in the order a first start goes through them.
const (
	SignedOut   Phase = iota
	SigningIn         // an attempt is under way; see State.Attempt
	Loading           // a grant is open, nothing has been read yet
	Browsing          // rows are there; more may be arriving
	NeedsSignIn       // rows are there, but the credential is no longer accepted
	Saving            // only in Problem.During: writing the file of grants
	Leaving           // only in Problem.During: signing out
	Renewing          // only in Problem.During: renewing the access token when asked to
)

// Problem is something that went wrong and that the person should know of.
type Problem struct {
	During Phase
	Err    error
	Method auth.Method // of the attempt, while signing in
}

// State is what the window shows. It is a value: drawing it never changes the session.
type State struct {
	Phase       Phase
	Environment auth.Environment // where the next sign-in goes
	Attempt     auth.Progress    // while SigningIn
	Method      auth.Method      // of the attempt
	Grant       auth.Grant       // zero when no grant is open
	Grants      []auth.Grant     // all that are kept, last used first
	View        *inventory.View  // what the grant shows, and why the rest is not there; nil: nothing read
	Reading     bool             // requests are under way
	Stale       bool             // what is shown is the last that was read, and newer could not be read
	Problem     *Problem
	Usage       Usage
	Token       auth.TokenInfo
	Renewing    bool        // the token is being renewed because the person asked for it
	Probing     bool        // the API hosts are being asked whether they accept the grant
	Outcome     *Outcome    // what the last consent has brought, until it is dismissed
	Surprise    *Surprise   // the last consent came from somebody else, or for something else
	Comparison  *Comparison // while two grants are compared
}

// Usage is what the grant on screen has cost so far. Limit and Remaining are -1 until a host
// has told them.
type Usage struct {
	Requests         int
	Limit, Remaining int // requests a minute
}

// State returns the present state.
func (s *Session) State() State {
	st := State{
		Phase:       s.phase(),
		Environment: s.environments[s.environment],
		Grants:      s.deps.Auth.Grants().List(),
		View:        s.view,
		Reading:     s.deps.Tasks.Running(taskLoad),
		Stale:       s.stale,
		Problem:     s.problem,
		Usage:       s.usage(),
		Renewing:    s.deps.Tasks.Running(taskRenew),
		Probing:     s.deps.Tasks.Running(taskProbe),
		Outcome:     s.outcome,
		Surprise:    s.surprise,
		Comparison:  s.compared(),
	}
	if s.attempt != nil {
		st.Attempt, st.Method = s.attempt.progress, s.attempt.method
	}
	if s.grant != nil {
		st.Grant = *s.grant
		st.Token = s.deps.Auth.Token(s.grant.ID)
	}
	return st
}

func (s *Session) phase() Phase {
	switch {
	case s.attempt != nil:
		return SigningIn
	case s.grant == nil:
		return SignedOut
	case s.again:
		return NeedsSignIn
	case s.view == nil:
		return Loading
	}
	return Browsing
}

func (s *Session) usage() Usage {
	if s.source == nil {
		return Usage{Limit: -1, Remaining: -1}
	}
	return s.source.usage.now()
}
