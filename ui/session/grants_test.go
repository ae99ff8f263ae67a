package session_test

import (
	"slices"
	"testing"
	"time"

	"canopy/api/inventory"
	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest/stage"
)

func TestSwitchingShowsNoRowOfTheOtherGrant(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	second := p.signIn(t, gina, globex).Grant
	from := len(p.states)
	p.Open(first.ID)
	if st := p.State(); st.Grant.ID != first.ID || st.View == nil || projects(st.View.Shown()) == "" || len(st.View.Shown().Search("globex")) > 0 {
		t.Errorf("what was read of the first grant is not there at once: phase %d", st.Phase)
	}
	p.browsing(t)
	if p.everShown(from, "globex") {
		t.Error("a row of the second grant was shown after switching to the first")
	}
	from = len(p.states)
	p.Open(second.ID)
	p.browsing(t)
	if p.everShown(from, "ledger") {
		t.Error("a row of the first grant was shown after switching to the second")
	}
	if n := len(p.State().Grants); n != 2 {
		t.Errorf("%d grants are kept, want 2", n)
	}
}

func TestLateAnswersOfTheOldGrantAreDropped(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	second := p.signIn(t, gina, globex).Grant
	p.Open(first.ID)
	p.browsing(t)
	p.faults(t, "slow=serverless:300ms")
	p.Retry(inventory.Part{Kind: inventory.PartServerless}) // its answer comes late
	p.Branches("9002")
	from := len(p.states)
	p.Open(second.ID)
	p.faults(t)
	p.browsing(t)
	p.settle()
	if p.everShown(from, "ledger") || p.State().Grant.ID != second.ID {
		t.Error("a late answer of the first grant reached the second's screen")
	}
}

func TestOpeningAGrantThatIsGoneDoesNothing(t *testing.T) {
	p := newPlay(t)
	before := p.signIn(t, alice, acme)
	p.Open("nobody")
	if st := p.State(); st.Grant.ID != before.Grant.ID || st.View.Shown() != before.View.Shown() {
		t.Error("an unknown id has changed what is on screen")
	}
}

func TestStartOpensTheGrantUsedLast(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	p.Clock.Advance(time.Minute)
	p.signIn(t, gina, globex)
	p.Clock.Advance(time.Minute)
	p.Open(first.ID)
	p.browsing(t)
	p.settle()
	p.restart(t)
	if st := p.browsing(t); st.Grant.ID != first.ID {
		t.Errorf("the grant of %s was opened, want that of %s", st.Grant.User.Email, alice)
	}
}

func TestStartStaysInTheEnvironmentThatWasAskedFor(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	p.Reopen(t)
	d := p.Deps()
	d.Only = stage.TiDBCloud
	p.begin(d)
	p.Start()
	if st := p.State(); st.Phase != session.SignedOut {
		t.Errorf("the phase is %d although the only grant is of another environment", st.Phase)
	}
}

func TestNarrowingHidesAtOnceAndSurvivesARestart(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	p.SetScope(auth.Scope{Only: []string{"101", "103"}})
	st := p.State()
	if projects(st.View.Shown()) != "payments, staging" || len(st.View.Whole().Projects()) != 7 {
		t.Errorf("shown %q of %d projects", projects(st.View.Shown()), len(st.View.Whole().Projects()))
	}
	if _, ok := st.View.Shown().Cluster("9005"); ok {
		t.Error("a cluster of a hidden project can still be found")
	}
	if n, _ := st.View.Shown().Count(); n != 6 || len(st.View.Shown().Search("warehouse")) != 0 {
		t.Errorf("%d clusters are counted, and the search finds hidden ones: %v", n, st.View.Shown().Search("warehouse"))
	}
	p.Tasks.Wait()
	p.restart(t)
	if st = p.browsing(t); projects(st.View.Shown()) != "payments, staging" {
		t.Errorf("after a restart %q is shown", projects(st.View.Shown()))
	}
	p.SetScope(auth.Scope{})
	if projects(p.State().View.Shown()) != projects(p.State().View.Whole()) {
		t.Error("widening does not bring everything back")
	}
}

func TestScopeChosenRightBeforeSwitchingIsKept(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	second := p.signIn(t, gina, globex).Grant
	for i := range 20 {
		id := []string{"101", "102"}[i%2]
		p.Open(first.ID)
		p.SetScope(auth.Scope{Only: []string{id}})
		p.Open(second.ID)
		p.settle()
		if kept, _ := p.Auth.Grants().Get(first.ID); !slices.Equal(kept.Scope.Only, []string{id}) {
			t.Fatalf("the scope %q was chosen and %q is kept", id, kept.Scope.Only)
		}
	}
}

func TestWhereTheServerNamesNoOrganizationTheAPIMakesTheGrantWhole(t *testing.T) {
	p := playWith(t, sandbox.Options{NoAuthorizationDetails: true})
	p.signIn(t, alice, acme, "101", "102")
	p.SetScope(auth.Scope{Hidden: []string{"102"}})
	p.settle()
	whole := func(when string) {
		t.Helper()
		st := p.until(t, when, func(st session.State) bool {
			return st.Phase == session.Browsing && st.View != nil && projects(st.View.Shown()) == "payments"
		})
		p.settle()
		list := p.Auth.Grants().List()
		if len(list) != 1 || list[0].ID != st.Grant.ID || list[0].Organization != (auth.Organization{ID: acme, Name: "Acme Robotics"}) {
			t.Errorf("%s: kept are %+v", when, list)
		}
	}
	p.Clock.Advance(time.Minute)
	p.signIn(t, alice, acme, "101", "102")
	whole("the same account once more")
	p.SignOut()
	p.until(t, "the end of it", signedOut)
	p.settle()
	p.signIn(t, alice, acme, "101", "102")
	whole("after signing out and in")
}

func TestAGrantThatAnotherCopyReplacedGivesWayToItsSuccessor(t *testing.T) {
	for what, notice := range map[string]func(*play){
		"reading again":      func(p *play) { p.Refresh() },
		"coming to the copy": func(p *play) { p.Reread() },
	} {
		p := newPlay(t)
		old := p.signIn(t, alice, acme, "101").Grant
		p.settle()
		p.Person.Allows(alice, acme, "101", "103")
		next, err := p.Auth.SignIn(t.Context(), stage.Sandbox, auth.Options{Replaces: old.ID}, nil)
		if err != nil {
			t.Fatal(err)
		}
		notice(p)
		st := p.until(t, what, func(st session.State) bool { return st.Grant.ID == next.ID && read(st) })
		if projects(st.View.Shown()) != "payments, staging" || st.Problem != nil {
			t.Errorf("%s: the projects are %q, and the problem %+v", what, projects(st.View.Shown()), st.Problem)
		}
	}
}
