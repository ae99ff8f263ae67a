package session_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest/stage"
)

func TestFirstStateIsSignedOutWithoutAProblem(t *testing.T) {
	p := newPlay(t)
	p.Start()
	st := p.State()
	if st.Phase != session.SignedOut || st.Problem != nil || st.Environment.Name != stage.Sandbox || len(st.Grants) != 0 {
		t.Errorf("the first state is %+v", st)
	}
	if st.Usage.Limit != -1 || st.Usage.Remaining != -1 || st.Usage.Requests != 0 {
		t.Errorf("usage before anything was asked is %+v", st.Usage)
	}
}

func TestSigningInLeadsToTheWholeTree(t *testing.T) {
	p := newPlay(t)
	st := p.signIn(t, alice, acme)
	if got, want := projects(st.View.Shown()), "analytics, empty-shell, payments, staging, staging-eu, Tokyo Pilot, (no project)"; got != want {
		t.Errorf("projects %q, want %q", got, want)
	}
	if n, exact := st.View.Whole().Count(); n != 15 || !exact {
		t.Errorf("%d clusters, exact %t, want 15 exactly", n, exact)
	}
	if st.Grant.User.Email != alice || st.Grant.Organization.Name != "Acme Robotics" || st.Problem != nil {
		t.Errorf("the grant is of %+v, the problem %v", st.Grant.User, st.Problem)
	}
	if st.Usage.Requests == 0 || st.Token.Renews.IsZero() {
		t.Errorf("usage %+v, renews %v, want both known", st.Usage, st.Token.Renews)
	}
}

func TestPhasesComeInOrderAndTheWaitingScreenStaysUntilThereAreRows(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	var phases []session.Phase
	for _, st := range p.states {
		phases = append(phases, st.Phase)
	}
	if got, want := slices.Compact(phases), []session.Phase{session.SignedOut, session.SigningIn, session.Browsing}; !slices.Equal(got, want) {
		t.Errorf("the phases were %v, want %v", got, want)
	}
	stages := auth.Stage(0)
	for _, st := range p.states {
		if st.Phase == session.SigningIn && st.Attempt.Stage < stages {
			t.Errorf("the attempt went back from stage %d to %d", stages, st.Attempt.Stage)
		}
		stages = max(stages, st.Attempt.Stage)
	}
	if stages != auth.StageDone {
		t.Errorf("the last stage was %d, want StageDone", stages)
	}
}

func TestWaitingSaysWhereItListensAndOffersTheLink(t *testing.T) {
	p := newPlay(t)
	p.SignIn(auth.Options{})
	st := p.until(t, "waiting", at(auth.StageWaiting))
	if st.Attempt.Address == "" || !strings.HasPrefix(st.Attempt.Link, st.Environment.AuthorizationEndpoint) {
		t.Errorf("the attempt is %+v", st.Attempt)
	}
	if want := stage.Noon.Add(5 * time.Minute); !st.Attempt.Deadline.Equal(want) {
		t.Errorf("the attempt ends at %v, want %v", st.Attempt.Deadline, want)
	}
	if st.Method != auth.MethodBrowser {
		t.Errorf("the method is %q", st.Method)
	}
	if opened := p.Person.Opened(); len(opened) != 1 || opened[0] != st.Attempt.Link {
		t.Errorf("the browser was given %q, want the link", opened)
	}
}

func TestTheLinkWorksFromAnyBrowserWhenNoneCouldBeOpened(t *testing.T) {
	p := newPlay(t)
	p.Person.HasNoBrowser()
	p.SignIn(auth.Options{})
	st := p.until(t, "the failure of the browser", func(st session.State) bool { return st.Attempt.BrowserErr != nil })
	p.Person.Allows(alice, acme)
	if err := p.Person.Visit(st.Attempt.Link); err != nil {
		t.Fatal(err)
	}
	p.browsing(t)
}

func TestStrangersOnTheLoopbackAreCountedAndEndNothing(t *testing.T) {
	p := newPlay(t)
	p.SignIn(auth.Options{})
	st := p.until(t, "waiting", at(auth.StageWaiting))
	resp, err := http.Get("http://" + st.Attempt.Address + "/callback?code=stolen&state=guessed")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	st = p.until(t, "the stray request", func(st session.State) bool { return st.Attempt.Stray > 0 })
	if st.Phase != session.SigningIn {
		t.Errorf("a stray request led to phase %d", st.Phase)
	}
	p.Person.Allows(alice, acme)
	if err := p.Person.Visit(st.Attempt.Link); err != nil {
		t.Fatal(err)
	}
	p.browsing(t)
}

func TestSayingNoLeadsBackWithAProblem(t *testing.T) {
	p := newPlay(t)
	p.Person.Denies(alice)
	p.SignIn(auth.Options{})
	st := p.until(t, "the end of the attempt", signedOut)
	if st.Problem == nil || st.Problem.During != session.SigningIn || !errors.Is(st.Problem.Err, auth.ErrDenied) {
		t.Errorf("the problem is %+v, want ErrDenied", st.Problem)
	}
	if len(st.Grants) != 0 {
		t.Errorf("a denied attempt left %+v", st.Grants)
	}
	p.Dismiss()
	if p.State().Problem != nil {
		t.Error("a dismissed problem is still there")
	}
	p.signIn(t, alice, acme) // and the next attempt is a fresh one
}

func TestAnAttemptThatIsNotAnsweredRunsOut(t *testing.T) {
	p := newPlay(t)
	p.SignIn(auth.Options{})
	p.until(t, "waiting", at(auth.StageWaiting))
	p.Clock.AwaitWaiter(t, 5*time.Minute)
	p.Clock.Advance(5 * time.Minute)
	st := p.until(t, "the end of the attempt", signedOut)
	if st.Problem == nil || !errors.Is(st.Problem.Err, auth.ErrTimeout) {
		t.Errorf("the problem is %+v, want ErrTimeout", st.Problem)
	}
}

// TestCancelEndsTheAttemptAtEachStep cancels while listening, waiting, exchanging and storing.
func TestCancelEndsTheAttemptAtEachStep(t *testing.T) {
	for _, c := range []struct {
		what string
		to   func(t *testing.T, p *play)
	}{
		{"at once", func(*testing.T, *play) {}},
		{"waiting for the person", func(t *testing.T, p *play) { p.until(t, "waiting", at(auth.StageWaiting)) }},
		{"exchanging the code", func(t *testing.T, p *play) {
			p.until(t, "waiting", at(auth.StageWaiting))
			p.faults(t, "slow=token:10s")
			p.Person.Allows(alice, acme)
			_ = p.Person.Open(t.Context(), p.State().Attempt.Link)
			p.until(t, "exchanging", at(auth.StageExchanging))
		}},
		{"storing the credential", func(t *testing.T, p *play) {
			reached, release := p.Store.Hold()
			t.Cleanup(release)
			p.until(t, "waiting", at(auth.StageWaiting))
			p.Person.Allows(alice, acme)
			_ = p.Person.Open(t.Context(), p.State().Attempt.Link)
			p.until(t, "storing", at(auth.StageStoring))
			<-reached
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			p := newPlay(t)
			p.SignIn(auth.Options{})
			c.to(t, p)
			address := p.State().Attempt.Address
			p.CancelSignIn()
			st := p.until(t, "the end of the attempt", signedOut)
			if st.Problem != nil {
				t.Errorf("cancelling is a problem: %v", st.Problem.Err)
			}
			if len(st.Grants) != 0 {
				t.Errorf("a cancelled attempt left %+v", st.Grants)
			}
			if address != "" {
				if resp, err := http.Get("http://" + address + "/"); err == nil {
					resp.Body.Close()
					t.Errorf("%s still answers after the attempt was cancelled", address)
				}
			}
			p.faults(t)
		})
	}
}

func TestCancelWhileTheRowsAreComingLeavesTheWaitingScreen(t *testing.T) {
	p := newPlay(t)
	p.faults(t, "slow=api:10s")
	p.Person.Allows(alice, acme)
	p.SignIn(auth.Options{})
	p.until(t, "the grant to be opened", func(st session.State) bool { return st.Phase == session.SigningIn && st.Reading })
	p.CancelSignIn()
	if st := p.until(t, "the waiting screen to go", func(st session.State) bool { return st.Phase != session.SigningIn }); st.Phase != session.Loading {
		t.Errorf("the phase is %d, want Loading: the person has approved", st.Phase)
	}
}

func TestSecondClickWhileOneAttemptRunsOpensNoSecondBrowser(t *testing.T) {
	p := newPlay(t)
	p.SignIn(auth.Options{})
	p.SignIn(auth.Options{})
	p.SignInWithDevice(auth.Options{})
	p.SignInWithAPIKey("public", "private")
	p.OpenSandbox()
	st := p.until(t, "waiting", at(auth.StageWaiting))
	if st.Method != auth.MethodBrowser || len(p.Person.Opened()) != 1 {
		t.Errorf("the method is %q and %d links were opened, want the first attempt alone", st.Method, len(p.Person.Opened()))
	}
}

func TestDeviceCodeIsShownAndLeadsToTheTree(t *testing.T) {
	p := newPlay(t)
	p.SignInWithDevice(auth.Options{})
	st := p.until(t, "a code", func(st session.State) bool { return st.Attempt.UserCode != "" })
	if st.Method != auth.MethodDevice || st.Attempt.VerificationURI == "" || st.Attempt.Interval != 5*time.Second {
		t.Errorf("the attempt is %+v", st.Attempt)
	}
	p.Person.Allows(bob, acme, "101", "103")
	if err := p.Person.Visit(st.Attempt.VerificationURIComplete); err != nil {
		t.Fatal(err)
	}
	p.Clock.AwaitWaiter(t, 5*time.Second)
	p.Clock.Advance(5 * time.Second)
	if st = p.browsing(t); projects(st.View.Shown()) != "payments, staging" || st.Grant.Method != auth.MethodDevice {
		t.Errorf("projects %q by %q", projects(st.View.Shown()), st.Grant.Method)
	}
}

func TestAPIKeyLeadsToTheTreeAndAWrongOneToAProblem(t *testing.T) {
	p := newPlay(t)
	key := p.Sandbox.APIKeys()[0]
	p.SignInWithAPIKey(key.Public, "wrong")
	if st := p.until(t, "the end of the attempt", signedOut); st.Problem == nil || !errors.Is(st.Problem.Err, auth.ErrDenied) {
		t.Errorf("the problem is %+v, want ErrDenied", st.Problem)
	}
	p.SignInWithAPIKey(key.Public, auth.Secret(key.Private))
	st := p.browsing(t)
	if st.Grant.Method != auth.MethodAPIKey || st.Grant.Organization.Name != "Acme Robotics" {
		t.Errorf("the grant is %+v, want one whose organization was learned from the API", st.Grant)
	}
	p.settle()
	if kept, _ := p.Auth.Grants().Get(st.Grant.ID); kept.Organization.Name != "Acme Robotics" {
		t.Errorf("the organization that was learned is not kept: %+v", kept.Organization)
	}
}

func TestSandboxThatHasNotBeenStartedIsStartedOnTheWay(t *testing.T) {
	for _, c := range []struct {
		what  string
		click func(*session.Session)
	}{
		{"signing in where it is the environment", func(s *session.Session) { s.SignIn(auth.Options{}) }},
		{"opening it from the first screen", func(s *session.Session) { s.OpenSandbox() }},
	} {
		t.Run(c.what, func(t *testing.T) {
			p := newPlay(t)
			starts := 0
			d := p.Deps()
			d.Environments = []auth.Environment{stage.NotStarted()}
			start := d.StartSandbox
			d.StartSandbox = func(ctx context.Context) (auth.Environment, error) { starts++; return start(ctx) }
			p.begin(d)
			p.Person.Allows(alice, acme)
			c.click(p.Session)
			c.click(p.Session) // impatience starts no second one
			p.browsing(t)
			if starts != 1 || len(p.Person.Opened()) != 1 {
				t.Errorf("%d sandboxes and %d links were opened, want one of each", starts, len(p.Person.Opened()))
			}
		})
	}
}

func TestSandboxThatCannotBeStartedIsAProblem(t *testing.T) {
	p := newPlay(t)
	d := p.Deps()
	d.Environments = []auth.Environment{stage.NotStarted()}
	d.StartSandbox = func(context.Context) (auth.Environment, error) {
		return auth.Environment{}, errors.New("port 4000 is taken")
	}
	p.begin(d)
	p.SignIn(auth.Options{})
	st := p.until(t, "the problem", func(st session.State) bool { return st.Problem != nil })
	if st.Phase != session.SignedOut || st.Problem.During != session.SigningIn || !strings.Contains(st.Problem.Err.Error(), "port 4000 is taken") {
		t.Errorf("the state is %d with %+v", st.Phase, st.Problem)
	}
}

func TestOpeningAGrantOfTheSandboxStartsIt(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.Reopen(t)
	d := p.Deps()
	d.Environments = []auth.Environment{auth.TiDBCloud(), stage.NotStarted()}
	p.begin(d)
	p.Open(g.ID)
	p.browsing(t)
}

func TestMissingClientIsAProblemOfTiDBCloud(t *testing.T) {
	p := newPlay(t)
	d := p.Deps()
	d.Environments = []auth.Environment{auth.TiDBCloud()}
	p.begin(d)
	p.SignIn(auth.Options{})
	st := p.until(t, "the problem", func(st session.State) bool { return st.Problem != nil })
	if !errors.Is(st.Problem.Err, auth.ErrNoClientID) || len(p.Person.Opened()) != 0 {
		t.Errorf("the problem is %v and %d links were opened", st.Problem.Err, len(p.Person.Opened()))
	}
}
