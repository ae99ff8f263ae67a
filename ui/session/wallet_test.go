package session_test

import (
	"slices"
	"testing"
	"time"

	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/session"
)

func TestRowsOfTheOldGrantDoNotEndAnAttempt(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.Person.LooksAway()
	p.faults(t, "slow=serverless:200ms")
	p.Refresh()
	p.AskFor(of("101"))
	p.until(t, "the page in the browser", at(auth.StageWaiting))
	p.until(t, "the rows of the old grant", func(st session.State) bool { return !st.Reading })
	if st := p.State(); st.Phase != session.SigningIn {
		t.Fatalf("the phase is %d while the person is asked", st.Phase)
	}
	p.CancelSignIn()
	if st := p.until(t, "the end of the attempt", func(st session.State) bool { return st.Phase != session.SigningIn }); st.Grant.ID != g.ID {
		t.Errorf("the grant is %s", st.Grant.ID)
	}
}

func TestForgettingChangesNeitherTheScopeNorAnotherGrant(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme, "101", "102").Grant
	p.SetScope(auth.Scope{Only: []string{"101"}})
	p.settle()
	p.Clock.Advance(time.Minute)
	p.signIn(t, carol, acme, "103")
	if v, _ := p.State().View.Project("101"); v != inventory.NotGranted {
		t.Fatalf("of what the other grant sees it is said: %s", v)
	}
	p.Forget("101")
	if n := p.State().View.Counts().NotGranted; n != 1 { // 102 is left
		t.Errorf("%d are not granted after forgetting one of two", n)
	}
	p.settle()
	kept, _ := p.Auth.Grants().Get(first.ID)
	if !slices.Equal(kept.Scope.Only, []string{"101"}) || len(kept.Projects) != 2 {
		t.Errorf("the other grant shows %q of %v", kept.Scope.Only, kept.Projects)
	}
	p.Open(first.ID)
	if st := p.browsing(t); projects(st.View.Shown()) != "payments" {
		t.Errorf("the other grant shows %q", projects(st.View.Shown()))
	}
}

func TestForgettingTheLastTickedProjectDoesNotShowEverything(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	p.SetScope(auth.Scope{Only: []string{"102"}})
	p.faults(t, "no-project=102")
	p.Refresh()
	p.until(t, "the project to be gone", func(st session.State) bool { return !st.Reading && st.View.Counts().Gone == 1 })
	p.Forget("102")
	if st := p.State(); projects(st.View.Shown()) != "" || st.View.Counts().Gone != 0 {
		t.Errorf("%q is shown, %d are gone", projects(st.View.Shown()), st.View.Counts().Gone)
	}
}

func TestAChoiceInAWindowWhoseGrantWasReplacedGoesOverToTheNewOne(t *testing.T) {
	p := newPlay(t)
	old := p.signIn(t, alice, acme).Grant
	p.settle()
	next := p.Grants(t, alice, acme) // as another window does
	p.SetScope(auth.Scope{Only: []string{"101"}})
	p.settle()
	if kept, _ := p.Auth.Grants().Get(next.ID); !slices.Equal(kept.Scope.Only, []string{"101"}) {
		t.Errorf("grant %s, which replaced %s, shows %q", next.ID, old.ID, kept.Scope.Only)
	}
}

func TestAChoiceThatCouldNotBeWrittenIsWrittenWithTheNext(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.settle()
	mend := fill(t, p.GrantsPath)
	p.SetScope(auth.Scope{Only: []string{"101"}})
	p.settle()
	mend()
	p.Forget("777") // something else that is written
	p.settle()
	if kept, _ := p.Auth.Grants().Get(g.ID); !slices.Equal(kept.Scope.Only, []string{"101"}) {
		t.Errorf("the choice is kept as %q", kept.Scope.Only)
	}
	p.Refresh()
	if st := p.browsing(t); projects(st.View.Shown()) != "payments" || st.Problem != nil {
		t.Errorf("%q is shown, the problem is %+v", projects(st.View.Shown()), st.Problem)
	}
}

func TestBranchesOfOneGrantDoNotHoldUpThoseOfAnother(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	p.Clock.Advance(time.Minute)
	p.signIn(t, carol, acme)
	p.Open(first.ID)
	p.browsing(t)
	p.faults(t, "slow=branches:300ms*1")
	p.Branches("9002")
	for _, g := range p.State().Grants {
		if g.ID != first.ID {
			p.Open(g.ID)
		}
	}
	p.browsing(t)
	p.Branches("9002")
	part := inventory.Part{Kind: inventory.PartBranches, ID: "9002"}
	p.until(t, "the branches", func(st session.State) bool { return st.View.Shown().Status(part).Done })
}

func TestAComparisonEndsWithEitherGrant(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	p.Clock.Advance(time.Minute)
	second := p.signIn(t, gina, globex).Grant
	p.Compare(first.ID, second.ID)
	p.SignOutOf(first.ID)
	if c := p.State().Comparison; c != nil {
		t.Errorf("%s is still compared", c.A.ID)
	}
}
