package session_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	return st.Phase == session.Browsing && !st.Reading && st.View != nil && st.View.Whole().Complete()
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
		if st.View != nil && len(st.View.Shown().Search(name)) > 0 {
			return true
		}
	}
	return false
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
	st := p.until(t, "the branches", func(st session.State) bool { return st.View.Shown().Status(part).Done })
	p.Branches("9002")
	p.settle()
	if got := st.View.Shown().Branches("9002"); len(got) != 1 || got[0].Name != "feature-tax" {
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
	if st.Problem != nil || len(st.View.Whole().Failures()) == 0 {
		t.Errorf("the problem is %v and the failures are %v, want the latter only", st.Problem, st.View.Whole().Failures())
	}
	if n, exact := st.View.Whole().Count(); n != 12 || exact {
		t.Errorf("%d clusters, exact %t, want at least 12", n, exact)
	}
	p.faults(t)
	for part := range st.View.Whole().Failures() {
		p.Retry(part)
	}
	st = p.until(t, "the rest", func(st session.State) bool { return st.View.Whole().Complete() })
	if n, exact := st.View.Whole().Count(); n != 15 || !exact {
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
	if projects(st.View.Shown()) != projects(old.View.Shown()) {
		t.Errorf("the rows are %q, want those that were read before", projects(st.View.Shown()))
	}
	p.Person.LooksAway()
	p.SignInAgain()
	p.until(t, "waiting", at(auth.StageWaiting))
	p.CancelSignIn()
	st = p.until(t, "the rows again", func(st session.State) bool { return st.Phase == session.NeedsSignIn })
	if projects(st.View.Shown()) != projects(old.View.Shown()) || st.Problem == nil || !errors.Is(st.Problem.Err, auth.ErrSignInAgain) {
		t.Errorf("after a cancelled attempt the problem is %+v and the rows %q", st.Problem, projects(st.View.Shown()))
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
	if projects(st.View.Shown()) != projects(old.View.Shown()) {
		t.Errorf("the rows are %q, want those that were read before", projects(st.View.Shown()))
	}
	if st.Phase != session.Browsing || st.Problem == nil && len(st.View.Whole().Failures()) == 0 {
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
	if st := p.State(); st.Phase != session.SignedOut || st.View != nil {
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
	if st.Problem.During != session.Saving || projects(st.View.Shown()) != "payments" {
		t.Errorf("the problem is %+v, shown is %q", st.Problem, projects(st.View.Shown()))
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
