package session_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/api/inventory"
	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest/stage"
)

const (
	alice  = "alice@acme.example"
	bob    = "bob@acme.example"
	gina   = "gina@globex.example"
	acme   = "1001"
	globex = "2002"
)

// play is a session on a stage, with every state that it told.
type play struct {
	*stage.Stage
	*session.Session
	states []session.State
}

func newPlay(t *testing.T) *play { return playWith(t, sandbox.Options{}) }

func playWith(t *testing.T, o sandbox.Options) *play {
	t.Helper()
	p := &play{Stage: stage.New(t, o)}
	p.begin(p.Deps())
	return p
}

func (p *play) begin(d session.Deps) {
	p.states = nil
	p.Session = session.New(d)
	p.Listen(func(st session.State) { p.states = append(p.states, st) })
}

// restart is what happens when Canopy is closed and started again.
func (p *play) restart(t *testing.T) {
	t.Helper()
	p.settle() // what was chosen is written before the end
	p.Reopen(t)
	p.begin(p.Deps())
	p.Start()
}

// until waits for a state and returns it.
func (p *play) until(t *testing.T, what string, cond func(session.State) bool) session.State {
	t.Helper()
	p.Loop.Until(t, what, func() bool { return cond(p.State()) })
	return p.State()
}

func (p *play) browsing(t *testing.T) session.State {
	t.Helper()
	return p.until(t, "everything to be read", read)
}

// signIn signs in as somebody who allows all projects or some, and waits for the rows.
func (p *play) signIn(t *testing.T, user, org string, projects ...string) session.State {
	t.Helper()
	p.Person.Allows(user, org, projects...)
	p.SignIn(auth.Options{SelectAccount: true})
	return p.browsing(t)
}

// settle lets everything that is under way come to its end.
func (p *play) settle() {
	p.Tasks.Wait()
	p.Loop.Drain()
}

func read(st session.State) bool {
	return st.Phase == session.Browsing && !st.Reading && st.Whole != nil && st.Whole.Complete()
}

func signedOut(st session.State) bool { return st.Phase == session.SignedOut }

func at(stage auth.Stage) func(session.State) bool {
	return func(st session.State) bool { return st.Phase == session.SigningIn && st.Attempt.Stage == stage }
}

func projects(s *inventory.Snapshot) string {
	var names []string
	for _, p := range s.Projects() {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

func (p *play) faults(t *testing.T, names ...string) {
	t.Helper()
	if err := p.Sandbox.SetFaults(names...); err != nil {
		t.Fatal(err)
	}
}

// everShown reports whether any state after the one at from showed something with this text in
// the name of a project or cluster.
func (p *play) everShown(from int, name string) bool {
	for _, st := range p.states[from:] {
		if st.Shown != nil && len(st.Shown.Search(name)) > 0 {
			return true
		}
	}
	return false
}

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
	if got, want := projects(st.Shown), "analytics, empty-shell, payments, staging, staging-eu, Tokyo Pilot, (no project)"; got != want {
		t.Errorf("projects %q, want %q", got, want)
	}
	if n, exact := st.Whole.Count(); n != 15 || !exact {
		t.Errorf("%d clusters, exact %t, want 15 exactly", n, exact)
	}
	if st.Grant.User.Email != alice || st.Grant.Organization.Name != "Acme Robotics" || st.Problem != nil {
		t.Errorf("the grant is of %+v, the problem %v", st.Grant.User, st.Problem)
	}
	if st.Usage.Requests == 0 || st.Renews.IsZero() {
		t.Errorf("usage %+v, renews %v, want both known", st.Usage, st.Renews)
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
	if st = p.browsing(t); projects(st.Shown) != "payments, staging" || st.Grant.Method != auth.MethodDevice {
		t.Errorf("projects %q by %q", projects(st.Shown), st.Grant.Method)
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

func TestSwitchingShowsNoRowOfTheOtherGrant(t *testing.T) {
	p := newPlay(t)
	first := p.signIn(t, alice, acme).Grant
	second := p.signIn(t, gina, globex).Grant
	from := len(p.states)
	p.Open(first.ID)
	if st := p.State(); st.Grant.ID != first.ID || st.Shown == nil || projects(st.Shown) == "" || len(st.Shown.Search("globex")) > 0 {
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
	if st := p.State(); st.Grant.ID != before.Grant.ID || st.Shown != before.Shown {
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
	if projects(st.Shown) != "payments, staging" || len(st.Whole.Projects()) != 7 {
		t.Errorf("shown %q of %d projects", projects(st.Shown), len(st.Whole.Projects()))
	}
	if _, ok := st.Shown.Cluster("9005"); ok {
		t.Error("a cluster of a hidden project can still be found")
	}
	if n, _ := st.Shown.Count(); n != 6 || len(st.Shown.Search("warehouse")) != 0 {
		t.Errorf("%d clusters are counted, and the search finds hidden ones: %v", n, st.Shown.Search("warehouse"))
	}
	p.Tasks.Wait()
	p.restart(t)
	if st = p.browsing(t); projects(st.Shown) != "payments, staging" {
		t.Errorf("after a restart %q is shown", projects(st.Shown))
	}
	p.SetScope(auth.Scope{})
	if projects(p.State().Shown) != projects(p.State().Whole) {
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

func TestIntentsWithoutAGrantDoNothing(t *testing.T) {
	p := newPlay(t)
	p.SetScope(auth.Scope{Only: []string{"101"}})
	p.Refresh()
	p.Retry(inventory.Part{Kind: inventory.PartServerless})
	p.Branches("9001")
	p.SignOut()
	p.CancelSignIn()
	p.Loop.Drain()
	if st := p.State(); st.Phase != session.SignedOut || st.Problem != nil {
		t.Errorf("the state is %+v", st)
	}
}

func TestBranchesAreReadOnceAndWhenAsked(t *testing.T) {
	p := newPlay(t)
	before := p.signIn(t, alice, acme).Usage.Requests
	p.Branches("9002")
	p.Branches("9002")
	part := inventory.Part{Kind: inventory.PartBranches, ID: "9002"}
	st := p.until(t, "the branches", func(st session.State) bool { return st.Shown.Status(part).Done })
	p.Branches("9002")
	p.settle()
	if got := st.Shown.Branches("9002"); len(got) != 1 || got[0].Name != "feature-tax" {
		t.Errorf("branches %+v", got)
	}
	if n := p.State().Usage.Requests - before; n != 1 {
		t.Errorf("%d requests were made for the branches, want 1", n)
	}
}

func TestBranchesBeforeAnythingWasReadDoNothing(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.faults(t, "slow=api:10s")
	p.Reopen(t)
	p.begin(p.Deps())
	p.Open(g.ID)
	if st := p.State(); st.Phase != session.Loading {
		t.Fatalf("the phase is %d, want Loading", st.Phase)
	}
	p.Branches("9001")
	p.faults(t)
}

func TestHostThatFailsLeavesTheOthersRowsAndRetryBringsItsOwn(t *testing.T) {
	p := newPlay(t)
	p.faults(t, "status=dedicated:403")
	p.Person.Allows(alice, acme)
	p.SignIn(auth.Options{})
	st := p.until(t, "what can be read", func(st session.State) bool { return st.Phase == session.Browsing && !st.Reading })
	if st.Problem != nil || len(st.Whole.Failures()) == 0 {
		t.Errorf("the problem is %v and the failures are %v, want the latter only", st.Problem, st.Whole.Failures())
	}
	if n, exact := st.Whole.Count(); n != 12 || exact {
		t.Errorf("%d clusters, exact %t, want at least 12", n, exact)
	}
	p.faults(t)
	for part := range st.Whole.Failures() {
		p.Retry(part)
	}
	st = p.until(t, "the rest", func(st session.State) bool { return st.Whole.Complete() })
	if n, exact := st.Whole.Count(); n != 15 || !exact {
		t.Errorf("%d clusters after the retry, exact %t", n, exact)
	}
}

func TestRevokedAtTheServerKeepsTheRowsAndAsksToSignInAgain(t *testing.T) {
	p := newPlay(t)
	old := p.signIn(t, alice, acme)
	p.Person.Revokes(t, p.Sandbox.Endpoints().Console, alice)
	p.Refresh()
	st := p.until(t, "the news", func(st session.State) bool { return st.Phase == session.NeedsSignIn && !st.Reading })
	if st.Problem == nil || !errors.Is(st.Problem.Err, auth.ErrSignInAgain) || st.Problem.During != session.Loading {
		t.Errorf("the problem is %+v", st.Problem)
	}
	if projects(st.Shown) != projects(old.Shown) {
		t.Errorf("the rows are %q, want those that were read before", projects(st.Shown))
	}
	p.Person.LooksAway()
	p.SignInAgain()
	p.until(t, "waiting", at(auth.StageWaiting))
	p.CancelSignIn()
	st = p.until(t, "the rows again", func(st session.State) bool { return st.Phase == session.NeedsSignIn })
	if projects(st.Shown) != projects(old.Shown) || st.Problem == nil || !errors.Is(st.Problem.Err, auth.ErrSignInAgain) {
		t.Errorf("after a cancelled attempt the problem is %+v and the rows %q", st.Problem, projects(st.Shown))
	}
	p.Person.Allows(alice, acme)
	p.SignInAgain()
	st = p.browsing(t)
	if st.Grant.ID == old.Grant.ID || st.Problem != nil {
		t.Errorf("signing in again gave grant %s with problem %+v", st.Grant.ID, st.Problem)
	}
	p.Loop.Until(t, "the old grant to go", func() bool { return len(p.Auth.Grants().List()) == 1 })
}

func TestServerThatDiesKeepsRowsAndGrant(t *testing.T) {
	p := newPlay(t)
	old := p.signIn(t, alice, acme)
	if err := p.Sandbox.Close(); err != nil {
		t.Fatal(err)
	}
	p.Refresh()
	st := p.until(t, "the failure", func(st session.State) bool { return !st.Reading })
	if projects(st.Shown) != projects(old.Shown) {
		t.Errorf("the rows are %q, want those that were read before", projects(st.Shown))
	}
	if st.Phase != session.Browsing || st.Problem == nil && len(st.Whole.Failures()) == 0 {
		t.Errorf("the phase is %d, nothing says that reading failed", st.Phase)
	}
	if _, ok := p.Auth.Grants().Get(old.Grant.ID); !ok {
		t.Error("the grant is gone because the server was")
	}
}

func TestServerThatDiesDuringTheExchangeIsAProblemAndLeavesNothing(t *testing.T) {
	p := newPlay(t)
	p.faults(t, "reset=token")
	p.Person.Allows(alice, acme)
	p.SignIn(auth.Options{})
	st := p.until(t, "the end of the attempt", signedOut)
	if st.Problem == nil || !errors.Is(st.Problem.Err, auth.ErrOffline) && !errors.Is(st.Problem.Err, auth.ErrServer) || len(st.Grants) != 0 {
		t.Errorf("the problem is %+v, grants %+v", st.Problem, st.Grants)
	}
}

func TestSigningOutErasesHereAndAtTheServer(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.SignOut()
	if st := p.State(); st.Phase != session.SignedOut || st.Shown != nil || st.Whole != nil {
		t.Errorf("right after signing out the phase is %d", st.Phase)
	}
	p.SignOut() // twice is no harm
	p.until(t, "the grant to go", func(st session.State) bool { return len(st.Grants) == 0 })
	p.settle()
	if st := p.State(); st.Problem != nil {
		t.Errorf("the problem is %v", st.Problem.Err)
	}
	if _, err := p.Store.Get(t.Context(), g.ID); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("the credential is still kept: %v", err)
	}
	p.restart(t)
	p.Loop.Drain()
	if st := p.State(); st.Phase != session.SignedOut {
		t.Errorf("after a restart the phase is %d", st.Phase)
	}
}

func TestSigningOutErasesHereEvenWhenTheServerIsDown(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	if err := p.Sandbox.Close(); err != nil {
		t.Fatal(err)
	}
	p.SignOut()
	st := p.until(t, "the end", func(st session.State) bool { return st.Problem != nil })
	if !errors.Is(st.Problem.Err, session.ErrServerNotTold) || st.Problem.During != session.Leaving {
		t.Errorf("the problem is %+v, want ErrServerNotTold", st.Problem)
	}
	if len(st.Grants) != 0 {
		t.Errorf("grants %+v are still kept", st.Grants)
	}
}

func TestSigningOutRightAfterAChoiceDoesNotBringTheGrantBack(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	for _, id := range []string{"101", "102", "103"} {
		p.SetScope(auth.Scope{Only: []string{id}})
	}
	p.SignOut()
	p.settle()
	if left := p.State().Grants; len(left) != 0 {
		t.Errorf("grants %+v are kept after signing out", left)
	}
}

// fill puts a folder where the file of grants is replaced from, so that no write succeeds: as
// on a full disk, and for root too.
func fill(t *testing.T, path string) (mend func()) {
	t.Helper()
	lock := path + ".lock"
	_ = os.Remove(lock)
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(lock); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChoiceThatCannotBeWrittenHoldsAndIsAProblem(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.settle()
	before, err := os.ReadFile(p.GrantsPath)
	if err != nil {
		t.Fatal(err)
	}
	mend := fill(t, p.GrantsPath)
	p.SetScope(auth.Scope{Only: []string{"101"}})
	st := p.until(t, "the problem", func(st session.State) bool { return st.Problem != nil })
	if st.Problem.During != session.Saving || projects(st.Shown) != "payments" {
		t.Errorf("the problem is %+v, shown is %q", st.Problem, projects(st.Shown))
	}
	if after, _ := os.ReadFile(p.GrantsPath); string(after) != string(before) {
		t.Error("what was stored has changed")
	}
	p.Refresh()
	p.Branches("9001")
	p.SetScope(auth.Scope{Only: []string{"103"}})
	p.settle()
	if st = p.State(); st.Problem == nil || st.Problem.During != session.Saving {
		t.Errorf("the problem is %+v after something else was read", st.Problem)
	}
	mend()
	p.SetScope(auth.Scope{Only: []string{"102"}})
	p.settle()
	if kept, _ := p.Auth.Grants().Get(g.ID); !slices.Equal(kept.Scope.Only, []string{"102"}) {
		t.Errorf("the next choice is kept as %q", kept.Scope.Only)
	}
	if st := p.State(); st.Problem != nil {
		t.Errorf("the problem stays after a write has succeeded: %v", st.Problem.Err)
	}
}

func TestRowsComeEvenWhenTheFileOfGrantsCannotBeWritten(t *testing.T) {
	p := newPlay(t)
	g := p.signIn(t, alice, acme).Grant
	p.settle()
	defer fill(t, p.GrantsPath)()
	p.Open(g.ID)
	p.browsing(t)
	p.settle()
	if st := p.State(); st.Problem == nil || st.Problem.During != session.Saving {
		t.Errorf("the problem is %+v, want one of Saving", st.Problem)
	}
}

func TestAMachineWithoutAKeyringKeepsTheGrantForTheSessionByChoice(t *testing.T) {
	p := newPlay(t)
	p.Store.Absent()
	p.Person.Allows(alice, acme)
	p.SignIn(auth.Options{})
	p.settle()
	if st := p.State(); st.Problem == nil || !errors.Is(st.Problem.Err, auth.ErrKeyringAbsent) {
		t.Fatalf("without a choice the problem is %+v, want the absent keyring", st.Problem)
	}
	p.SignIn(auth.Options{Keep: auth.KeptSession})
	if st := p.browsing(t); st.Grant.Kept != auth.KeptSession {
		t.Errorf("the credential is kept in %q", st.Grant.Kept)
	}
}

func TestDamagedGrantsFileIsLeftAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grants.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenGrants(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names the file", err)
	}
	if left, _ := os.ReadFile(path); string(left) != "{" {
		t.Error("the file was changed")
	}
}

func TestClosedTasksDeliverNothingMore(t *testing.T) {
	p := newPlay(t)
	p.signIn(t, alice, acme)
	p.Refresh()
	n := len(p.states)
	p.Tasks.Close()
	p.settle()
	if len(p.states) != n {
		t.Errorf("%d states were told after the window had closed", len(p.states)-n)
	}
}
