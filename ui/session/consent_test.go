package session_test

import (
	"errors"
	"testing"
	"time"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
)

const carol = "carol@acme.example"

// asksFor begins a consent for another reach and waits until it has led to something.
func (p *play) asksFor(t *testing.T, want auth.Reach, what string, cond func(session.State) bool) session.State {
	t.Helper()
	p.AskFor(want)
	return p.until(t, what, func(st session.State) bool { return st.Phase != session.SigningIn && !st.Reading && cond(st) })
}

func of(ids ...string) auth.Reach {
	var r auth.Reach
	for _, id := range ids {
		r.Projects = append(r.Projects, auth.Project{ID: id})
	}
	return r
}

func TestAskingForMoreSwapsTheGrantAndTellsWhatCame(t *testing.T) {
	p := newPlay(t)
	old := p.signIn(t, alice, acme, "101").Grant
	p.Person.Allows(alice, acme, "101", "103")
	st := p.asksFor(t, of("101", "102", "103"), "the wider grant", func(st session.State) bool { return st.Outcome != nil && st.Outcome.Fewer != nil })
	if st.Grant.ID == old.ID || projects(st.View.Shown()) != "payments, staging" {
		t.Errorf("grant %s shows %q", st.Grant.ID, projects(st.View.Shown()))
	}
	if o := st.Outcome; !o.Updated || len(o.Fewer) != 1 || o.Fewer[0].ID != "102" || len(o.Gained) != 1 || o.Gained[0].Name != "staging" || len(o.Lost) != 0 {
		t.Errorf("the outcome is %+v", o)
	}
	p.Loop.Until(t, "the old grant to go", func() bool { return len(p.State().Grants) == 1 })
	p.Dismiss()
	if p.State().Outcome != nil {
		t.Error("a dismissed outcome is still told")
	}
}

func TestTheOldGrantWorksUntilTheNewOneIsStored(t *testing.T) {
	p := newPlay(t)
	old := p.signIn(t, alice, acme)
	p.Person.Denies(alice)
	st := p.asksFor(t, of("101", "102"), "the refusal", func(st session.State) bool { return st.Problem != nil })
	if !errors.Is(st.Problem.Err, auth.ErrDenied) || st.Grant.ID != old.Grant.ID || projects(st.View.Shown()) != projects(old.View.Shown()) {
		t.Errorf("after a no the problem is %v, the grant %s and the rows %q", st.Problem.Err, st.Grant.ID, projects(st.View.Shown()))
	}
	p.Refresh()
	if st := p.browsing(t); st.Problem != nil || st.Grant.ID != old.Grant.ID {
		t.Errorf("the old grant does not work any more: %+v", st.Problem)
	}
}

func TestALossIsToldWhenTheNewGrantSeesLess(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	p.Person.Allows(alice, acme, "101")
	st := p.asksFor(t, auth.Reach{}, "the narrower grant", func(st session.State) bool { return st.Outcome != nil && len(st.Outcome.Lost) > 0 })
	if n := len(st.Outcome.Lost); n != 5 || len(st.Outcome.Gained)+len(st.Outcome.Fewer) != 0 {
		t.Errorf("the outcome is %+v", st.Outcome)
	}
}

func TestAFirstSignInHasNothingToTell(t *testing.T) {
	p := newPlay(t)
	if st := p.signIn(t, alice, acme); !st.Outcome.Empty() {
		t.Errorf("the outcome is %+v", st.Outcome)
	}
}

// surprised is a session in which alice was asked for and bob came.
func surprised(t *testing.T) (p *play, asked auth.Grant, sp session.Surprise) {
	t.Helper()
	p = newPlay(t)
	asked = p.signIn(t, alice, acme).Grant
	p.Person.Allows(bob, acme)
	st := p.asksFor(t, of("101"), "the question", func(st session.State) bool { return st.Surprise != nil })
	if st.Grant.ID != asked.ID || st.Surprise.Asked.ID != asked.ID || st.Surprise.Got.User.Email != bob || !st.Surprise.OtherUser || st.Surprise.OtherOrganization {
		t.Fatalf("the grant is %s, the surprise %+v", st.Grant.ID, st.Surprise)
	}
	p.SignIn(auth.Options{})
	if p.State().Phase == session.SigningIn {
		t.Fatal("another attempt begins before the question is answered")
	}
	return p, asked, *st.Surprise
}

func TestAnotherUserThanAskedForIsAskedAbout(t *testing.T) {
	t.Run("keep both", func(t *testing.T) {
		p, _, sp := surprised(t)
		p.Settle(session.KeepBoth)
		st := p.until(t, "bob's rows", func(st session.State) bool { return st.Grant.ID == sp.Got.ID && read(st) })
		if len(st.Grants) != 2 || st.Surprise != nil {
			t.Errorf("%d grants are kept, the surprise is %v", len(st.Grants), st.Surprise)
		}
	})
	t.Run("forget the new one", func(t *testing.T) {
		p, asked, _ := surprised(t)
		p.Settle(session.ForgetNew)
		st := p.until(t, "bob's grant to go", func(st session.State) bool { return len(st.Grants) == 1 })
		if st.Grant.ID != asked.ID || !read(st) {
			t.Errorf("the grant is %s, phase %d", st.Grant.ID, st.Phase)
		}
	})
	t.Run("try again", func(t *testing.T) {
		p, asked, sp := surprised(t)
		p.Person.Allows(alice, acme, "101")
		p.Settle(session.TryAgain)
		st := p.until(t, "alice's new grant", func(st session.State) bool {
			return st.Grant.ID != asked.ID && st.Grant.ID != sp.Got.ID && read(st) && len(st.Grants) == 1
		})
		if st.Grant.User.Email != alice || projects(st.View.Shown()) != "payments" {
			t.Errorf("%s sees %q", st.Grant.User.Email, projects(st.View.Shown()))
		}
	})
	t.Run("without a question nothing happens", func(t *testing.T) {
		p := newPlay(t)
		g := p.signIn(t, alice, acme).Grant
		p.Settle(session.TryAgain)
		p.settle()
		if st := p.State(); st.Grant.ID != g.ID || st.Phase != session.Browsing {
			t.Errorf("the grant is %s, phase %d", st.Grant.ID, st.Phase)
		}
	})
}

func TestAnotherOrganizationThanAskedForIsAskedAbout(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, bob, acme)
	p.Person.Allows(bob, globex)
	st := p.asksFor(t, of("101"), "the question", func(st session.State) bool { return st.Surprise != nil })
	if sp := st.Surprise; sp.OtherUser || !sp.OtherOrganization || sp.Got.Organization.ID != globex {
		t.Errorf("the surprise is %+v", sp)
	}
}

func TestTheSameSubjectUpdatesItsGrantAndKeepsItsScope(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	p.SetScope(auth.Scope{Hidden: []string{"102"}})
	p.Person.Allows(alice, acme)
	p.AddAccount()
	st := p.until(t, "the same account once more", func(st session.State) bool { return st.Grant.ID != first.ID && read(st) && len(st.Grants) == 1 })
	if st.View.Counts().Hidden != 1 {
		t.Errorf("%d projects are hidden after signing in again", st.View.Counts().Hidden)
	}
	p.SignOut()
	p.until(t, "the end", signedOut)
	p.settle()
	if st = p.signIn(t, alice, acme); st.View.Counts().Hidden != 1 {
		t.Errorf("%d projects are hidden after signing out and in", st.View.Counts().Hidden)
	}
}

func TestAnAPIKeyAsksForNothingMore(t *testing.T) {
	p := newPlay(t)
	key := p.Sandbox.APIKeys()[0]
	p.SignInWithAPIKey(key.Public, auth.Secret(key.Private))
	g := p.browsing(t).Grant
	p.AskFor(of("101"))
	if st := p.State(); st.Phase != session.Browsing {
		t.Errorf("the phase is %d", st.Phase)
	}
	p.Renew()
	st := p.until(t, "the answer", func(st session.State) bool { return !st.Renewing })
	if st.Problem == nil || st.Problem.During != session.Renewing || st.Stale || st.Grant.ID != g.ID {
		t.Errorf("the problem is %+v, stale %t", st.Problem, st.Stale)
	}
}

func TestRenewingNowCountsAndARevokedGrantSaysSo(t *testing.T) {
	p := newPlay(t)
	before := p.signIn(t, alice, acme).Token
	p.Clock.Advance(time.Minute)
	p.Renew()
	p.Renew() // twice is once
	st := p.until(t, "the renewal", func(st session.State) bool { return !st.Renewing })
	if st.Token.Renewals != before.Renewals+1 || !st.Token.Expires.After(before.Expires) || st.Problem != nil {
		t.Errorf("the token was %+v and is %+v, problem %v", before, st.Token, st.Problem)
	}
	p.Person.Revokes(t, p.Sandbox.Endpoints().Console, alice)
	p.Renew()
	st = p.until(t, "the news", func(st session.State) bool { return st.Phase == session.NeedsSignIn })
	if !st.Stale || !errors.Is(st.Problem.Err, auth.ErrSignInAgain) {
		t.Errorf("stale %t, problem %+v", st.Stale, st.Problem)
	}
}

func TestProbingTellsHostByHost(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	p.settle()
	p.faults(t, "unauthorized=dedicated")
	p.ProbeHosts()
	if !p.State().Probing {
		t.Error("nothing says that the hosts are being asked")
	}
	st := p.until(t, "the answers", func(st session.State) bool { return !st.Probing })
	for _, h := range st.Grant.Hosts {
		if h.Accepted != (h.Name != "dedicated") {
			t.Errorf("%s accepts it: %t (%d)", h.Name, h.Accepted, h.Status)
		}
	}
	if len(st.Grant.Hosts) != 3 || st.Phase != session.Browsing {
		t.Errorf("%d hosts were asked, the phase is %d", len(st.Grant.Hosts), st.Phase)
	}
}

func TestSigningOutOpensTheGrantUsedBefore(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	p.Clock.Advance(time.Minute)
	p.signIn(t, gina, globex)
	p.SignOut()
	st := p.until(t, "the other grant", func(st session.State) bool { return st.Grant.ID == first.ID && read(st) && len(st.Grants) == 1 })
	if st.Problem != nil {
		t.Errorf("the problem is %v", st.Problem.Err)
	}
}

func TestSigningOutOfAnotherGrantLeavesTheOpenOneAlone(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	second := p.signIn(t, gina, globex).Grant
	p.SignOutOf(first.ID)
	st := p.until(t, "the first to go", func(st session.State) bool { return len(st.Grants) == 1 })
	if st.Grant.ID != second.ID || !read(st) {
		t.Errorf("the grant is %s, phase %d", st.Grant.ID, st.Phase)
	}
}

func TestAScopeChosenByACommandReachesTheWindow(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.settle()
	if err := p.Auth.Grants().Update(g.ID, func(g *auth.Grant) { g.Scope = auth.Scope{Only: []string{"101"}} }); err != nil {
		t.Fatal(err)
	}
	p.Reread()
	if got := projects(p.State().View.Shown()); got != "payments" {
		t.Errorf("the window shows %q", got)
	}
	p.SetScope(auth.Scope{Only: []string{"102"}})
	p.Reread() // the choice is on its way
	if got := projects(p.State().View.Shown()); got != "analytics" {
		t.Errorf("the window shows %q after a choice of its own", got)
	}
}

func TestForgettingTakesAProjectOutOfWhatIsKnown(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	p.settle()
	p.Person.Allows(alice, acme, "101", "103", "104", "105", "106", "107")
	st := p.asksFor(t, auth.Reach{}, "the narrower grant", func(st session.State) bool { return st.View.Counts().NotGranted == 1 })
	p.Forget(st.View.Missing()[0].Project.ID)
	if n := p.State().View.Counts().NotGranted; n != 0 {
		t.Errorf("%d projects are not granted after forgetting", n)
	}
	p.settle()
	p.restart(t)
	if st := p.browsing(t); st.View.Counts().NotGranted != 0 {
		t.Errorf("after a restart %+v is known again", st.View.Missing())
	}
}

func TestTwoGrantsSideBySide(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	p.Clock.Advance(time.Minute)
	second := p.signIn(t, carol, acme, "101").Grant
	p.settle()
	p.restart(t) // nothing of the other one has been read
	p.browsing(t)
	p.Compare(first.ID, second.ID)
	st := p.until(t, "the comparison", func(st session.State) bool { return st.Comparison != nil && !st.Comparison.Reading })
	c := st.Comparison
	if c.Err != nil || !c.Result.Exact || c.Result.OnlyA.Clusters != 12 || c.Result.OnlyB.Clusters != 0 {
		t.Errorf("the comparison is %+v with error %v", c.Result, c.Err)
	}
	if st.Grant.ID != second.ID {
		t.Errorf("comparing opened %s", st.Grant.ID)
	}
	p.SetScope(auth.Scope{Only: []string{"102"}})
	p.until(t, "the narrower side", func(st session.State) bool {
		return !st.Comparison.Reading && st.Comparison.Result.OnlyA.Clusters == 15
	})
	p.EndCompare()
	if p.State().Comparison != nil {
		t.Error("the comparison has not ended")
	}
	p.Compare(first.ID, "nobody")
	if p.State().Comparison != nil {
		t.Error("a grant that is gone is compared")
	}
}

func TestASideThatCannotBeReadIsToldAndTheOtherStays(t *testing.T) {
	p := playWith(t, sandbox.Options{})
	first := p.signIn(t, alice, acme).Grant
	p.Clock.Advance(time.Minute)
	second := p.signIn(t, gina, globex).Grant
	p.settle()
	p.restart(t)
	p.browsing(t)
	p.Person.Revokes(t, p.Sandbox.Endpoints().Console, alice)
	p.Compare(first.ID, second.ID)
	st := p.until(t, "the comparison", func(st session.State) bool { return st.Comparison != nil && !st.Comparison.Reading })
	if !errors.Is(st.Comparison.Err, auth.ErrSignInAgain) || st.Phase != session.Browsing {
		t.Errorf("the error is %v, the phase %d", st.Comparison.Err, st.Phase)
	}
}
