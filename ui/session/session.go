package session

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"canopy/activity"
	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/task"
)

// Keys of the tasks. One task of a key runs at a time; starting another replaces it.
const (
	taskSignIn  = "sign-in"
	taskLoad    = "load"
	taskSave    = "save grant "
	taskSignOut = "sign-out "
	taskReady   = "environment"
	taskProbe   = "probe"
	taskRenew   = "renew"
	taskBranch  = "branches of "
	taskRetry   = "retry "
	taskCompare = "compare "
)

// Deps is what a session works with. All fields but StartSandbox, Discover, Log and Activity are required.
type Deps struct {
	Auth         *auth.Authenticator
	Environments []auth.Environment
	Tasks        *task.Runner
	Now          func() time.Time
	// Only is the name of the environment to stay in at the start; empty for any.
	Only string
	// StartSandbox starts the built-in sandbox, or finds it running, and says where it is.
	StartSandbox func(ctx context.Context) (auth.Environment, error)
	// Discover completes a custom environment that names only its issuer (RFC 8414).
	Discover func(ctx context.Context, e auth.Environment) (auth.Environment, error)
	Log      *slog.Logger
	// Activity is every request that is made; nil where nothing is recorded.
	Activity *activity.Log
}

// Session is the state of the window. It belongs to the UI goroutine: every method is called
// there, and the listener is called there.
type Session struct {
	deps         Deps
	environments map[string]auth.Environment
	environment  string
	listener     func(State)

	attempt  *attempt
	grant    *auth.Grant
	again    bool // the grant's credential is no longer accepted
	stale    bool // the last reading brought nothing
	problem  *Problem
	outcome  *Outcome
	surprise *Surprise

	sources map[string]*source // by grant id
	source  *source            // of the open grant
	view    *inventory.View
	known   []api.Project // of the open grant's organization; see knownProjects

	comparison *comparison
	leaving    map[string]bool // grants that are being signed out
	saved      chan struct{}   // closed when the last write of the file of grants has ended
	writes     int             // asked for so far
	writing    int             // of them, not ended yet
	unsaved    []func() error  // those that failed: what was chosen holds here only
}

// New returns a session that is signed out and in the first of the environments.
func New(d Deps) *Session {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	s := &Session{
		deps:         d,
		environments: map[string]auth.Environment{},
		sources:      map[string]*source{},
		leaving:      map[string]bool{},
		listener:     func(State) {},
		saved:        make(chan struct{}),
	}
	close(s.saved)
	for _, e := range d.Environments {
		s.environments[e.Name] = e
	}
	if len(d.Environments) > 0 {
		s.environment = d.Environments[0].Name
	}
	return s
}

// Requests returns the log of every request that has been made; nil, which keeps nothing, where
// none is recorded.
func (s *Session) Requests() *activity.Log { return s.deps.Activity }

// Listen sets the function that is told of every change, and tells it the present state.
func (s *Session) Listen(f func(State)) {
	s.listener = f
	s.changed()
}

// Start opens the grant used last.
func (s *Session) Start() {
	if !s.openNext("start") {
		s.changed()
	}
}

// openNext opens the grant used last of those that can be opened here, and reports whether
// there is one.
func (s *Session) openNext(why string) bool {
	for _, g := range s.deps.Auth.Grants().List() {
		_, known := s.environments[g.Environment]
		if !known || s.leaving[g.ID] || (s.deps.Only != "" && g.Environment != s.deps.Only) {
			continue
		}
		s.open(g.ID, why)
		return true
	}
	return false
}

// Open shows the grant with this id. What was read of it earlier is there at once; reading
// starts anew behind it. A grant of the sandbox starts the sandbox first.
func (s *Session) Open(grantID string) { s.open(grantID, "grant opened") }

func (s *Session) open(grantID, why string) {
	g, ok := s.deps.Auth.Grants().Get(grantID)
	if !ok {
		return
	}
	if e := s.environments[g.Environment]; unready(e) {
		s.ready(e, func(env auth.Environment) { s.Use(env); s.open(grantID, why) })
		return
	}
	s.leave()
	g.LastUsed = s.deps.Now()
	s.grant, s.environment = &g, g.Environment
	s.known = s.knownProjects(g)
	used := g.LastUsed
	s.alter(func(kept *auth.Grant) { kept.LastUsed = used })
	s.dropReplaced(g.Replaced)
	src, err := s.sourceOf(g)
	if err != nil {
		s.problem = &Problem{During: Loading, Err: err}
		s.changed()
		return
	}
	s.source = src
	if snap := src.inventory.Snapshot(); !snap.ReadAt().IsZero() {
		s.publish(snap)
	}
	s.read(why)
}

// dropReplaced forgets the rows of grants that another has taken the place of.
func (s *Session) dropReplaced(ids []string) {
	for _, id := range ids {
		delete(s.sources, id)
		s.endCompareOf(id)
	}
}

// unready reports whether an environment is not complete yet: the sandbox before it has been
// started, or a custom one that names only its issuer.
func unready(e auth.Environment) bool {
	return e.TokenEndpoint == "" && (e.Kind == auth.KindSandbox || e.Issuer != "")
}

// leave forgets everything about the grant that is on screen, so that no row of it can be
// seen beside the next one's.
func (s *Session) leave() {
	s.deps.Tasks.Cancel(taskLoad)
	s.deps.Tasks.Cancel(taskProbe)
	s.deps.Tasks.Cancel(taskRenew)
	s.grant, s.source, s.view, s.known = nil, nil, nil, nil
	s.again, s.stale, s.problem, s.outcome = false, false, nil, nil
}

// SetScope narrows what the window shows, at once, and keeps the choice.
func (s *Session) SetScope(scope auth.Scope) {
	if s.grant == nil {
		return
	}
	s.alter(func(g *auth.Grant) { g.Scope = scope })
	s.redraw()
	s.recompare()
	s.changed()
}

// Forget lets the open grant no longer name a project that it does not show, as one that is not
// granted or no longer exists. Neither the scope nor another grant changes.
func (s *Session) Forget(projectID string) {
	if s.grant == nil {
		return
	}
	s.alter(func(g *auth.Grant) { g.Forget(projectID) })
	s.known = s.knownProjects(*s.grant)
	s.redraw()
	s.changed()
}

// alter changes the open grant, here and in the file. What it changes is this window's to
// decide; the rest of the grant in the file may have been changed by another copy of Canopy
// and stays.
func (s *Session) alter(change func(*auth.Grant)) {
	change(s.grant)
	s.write(s.grant.ID, change)
}

// write changes a grant in the file.
func (s *Session) write(id string, change func(*auth.Grant)) {
	s.keep(func() error {
		grants := s.deps.Auth.Grants()
		err := grants.Update(id, change)
		if next, ok := grants.Successor(id); ok && errors.Is(err, auth.ErrNotFound) {
			return grants.Update(next.ID, change) // another window has replaced it: the choice goes with it
		}
		return err
	}, func() {})
}

// keep writes the file of grants, and goes on when it has been written. Writes happen in the
// order they were asked for. One that fails is done again before the next: what was chosen
// holds meanwhile, and is not lost behind something else that could be written.
func (s *Session) keep(write func() error, then func()) {
	before, done := s.saved, make(chan struct{})
	s.saved = done
	s.writing++
	all := slices.Concat(s.unsaved, []func() error{write})
	s.unsaved = nil
	s.writes++
	s.deps.Tasks.Run(taskSave+strconv.Itoa(s.writes), func(context.Context, task.Report) func() {
		defer close(done)
		<-before // and whatever happens to the task: a choice made right before the end counts
		err := inOrder(all)
		return func() {
			s.writing--
			if err != nil {
				s.unsaved = slices.Concat(all, s.unsaved)
			}
			if len(s.unsaved) == 0 {
				s.solved(Saving)
			}
			if err != nil {
				s.problem = &Problem{During: Saving, Err: err}
			} else {
				then()
			}
			s.changed()
		}
	})
}

// inOrder does all that is to be written.
func inOrder(all []func() error) error {
	for _, write := range all {
		// A grant that was signed out by another copy stays gone.
		if err := write(); err != nil && !errors.Is(err, auth.ErrNotFound) {
			return err
		}
	}
	return nil
}

// reread takes in what another copy of Canopy, or a command, has changed about the open grant.
func (s *Session) reread() {
	if s.writing > 0 || len(s.unsaved) > 0 {
		return // a choice made here that is not in the file counts
	}
	if g, ok := s.deps.Auth.Grants().Get(s.grant.ID); ok {
		s.grant.Organization, s.grant.Scope, s.grant.Known, s.grant.Hosts = g.Organization, g.Scope, g.Known, g.Hosts
		s.known = s.knownProjects(*s.grant)
		s.redraw()
	}
}

// Reread takes in what another copy of Canopy, or a command, has changed: the window calls it
// when the person comes back to it.
func (s *Session) Reread() {
	if s.grant == nil {
		return
	}
	if !s.followed() {
		s.reread()
	}
	s.changed()
}

// followed opens the grant that has replaced the open one in another copy of Canopy, and reports
// whether there was one.
func (s *Session) followed() bool {
	next, ok := s.deps.Auth.Grants().Successor(s.grant.ID)
	if !ok || s.deps.Tasks.Running(taskSignIn) { // the sign-in of this window tells by itself
		return false
	}
	s.open(next.ID, "replaced in another window")
	return true
}

// Dismiss takes a problem, and what is told about the last consent, off the screen.
func (s *Session) Dismiss() {
	s.problem, s.outcome = nil, nil
	s.changed()
}

// DismissOutcome takes what is told about the last consent off the screen, and leaves a problem.
func (s *Session) DismissOutcome() {
	s.outcome = nil
	s.changed()
}

func (s *Session) changed() { s.listener(s.State()) }
