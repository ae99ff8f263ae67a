package session

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

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
	taskSignOut = "sign-out"
	taskReady   = "environment"
	taskProbe   = "probe"
	taskBranch  = "branches of "
	taskRetry   = "retry "
)

// Deps is what a session works with. All fields but StartSandbox, Discover and Log are required.
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
}

// Session is the state of the window. It belongs to the UI goroutine: every method is called
// there, and the listener is called there.
type Session struct {
	deps         Deps
	environments map[string]auth.Environment
	environment  string
	listener     func(State)

	attempt    *attempt
	grant      *auth.Grant
	again      bool // the grant's credential is no longer accepted
	problem    *Problem
	inventory  *inventory.Inventory
	kept       map[string]*inventory.Inventory // by grant id, for switching back at once
	whole      *inventory.Snapshot
	shown      *inventory.Snapshot
	usage      *usage
	signingOut bool
	saved      chan struct{} // closed when the last write of the file of grants has ended
}

// attempt is a sign-in under way.
type attempt struct {
	progress auth.Progress
	method   auth.Method
	cancel   context.CancelFunc
	approved bool     // the grant is stored and open
	before   *Problem // on screen when it began, and again when it is cancelled
}

// usage counts requests. It is written from the goroutines that make them.
type usage struct {
	requests         atomic.Int64
	limit, remaining atomic.Int64
}

// New returns a session that is signed out and in the first of the environments.
func New(d Deps) *Session {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	s := &Session{
		deps:         d,
		environments: map[string]auth.Environment{},
		kept:         map[string]*inventory.Inventory{},
		usage:        newUsage(),
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

func newUsage() *usage {
	u := &usage{}
	u.limit.Store(-1)
	u.remaining.Store(-1)
	return u
}

// Listen sets the function that is told of every change, and tells it the present state.
func (s *Session) Listen(f func(State)) {
	s.listener = f
	s.changed()
}

// Start opens the grant used last.
func (s *Session) Start() {
	for _, g := range s.deps.Auth.Grants().List() {
		_, known := s.environments[g.Environment]
		if !known || (s.deps.Only != "" && g.Environment != s.deps.Only) {
			continue
		}
		s.Open(g.ID)
		return
	}
	s.changed()
}

// unready reports whether an environment is not complete yet: the sandbox before it has been
// started, or a custom one that names only its issuer.
func unready(e auth.Environment) bool {
	return e.TokenEndpoint == "" && (e.Kind == auth.KindSandbox || e.Issuer != "")
}

// Open shows the grant with this id. What was read of it earlier is there at once; reading
// starts anew behind it. A grant of the sandbox starts the sandbox first.
func (s *Session) Open(grantID string) {
	g, ok := s.deps.Auth.Grants().Get(grantID)
	if !ok {
		return
	}
	if e := s.environments[g.Environment]; unready(e) {
		s.ready(e, func() { s.Open(grantID) })
		return
	}
	s.leave()
	g.LastUsed = s.deps.Now()
	s.grant, s.environment = &g, g.Environment
	s.save()
	if err := s.connect(); err != nil {
		s.problem = &Problem{During: Loading, Err: err}
		s.changed()
		return
	}
	s.Refresh()
}

// leave forgets everything about the grant that is on screen, so that no row of it can be
// seen beside the next one's.
func (s *Session) leave() {
	s.deps.Tasks.Cancel(taskLoad)
	s.grant, s.inventory, s.whole, s.shown = nil, nil, nil, nil
	s.again, s.problem = false, nil
	s.usage = newUsage()
}

// connect makes the inventory of the open grant, or takes it up again.
func (s *Session) connect() error {
	if inv := s.kept[s.grant.ID]; inv != nil {
		s.inventory = inv
		s.publish(inv.Snapshot())
		return nil
	}
	env := s.environments[s.grant.Environment]
	usage := s.usage
	client, err := api.New(api.Config{
		Hosts: api.Hosts{IAM: env.IAM, Serverless: env.Serverless, Dedicated: env.Dedicated},
		HTTP:  s.deps.Auth.Client(s.grant.ID),
		Now:   s.deps.Now,
		OnRequest: func(r api.Request) {
			usage.requests.Add(1)
			if r.Limit >= 0 {
				usage.limit.Store(int64(r.Limit))
				usage.remaining.Store(int64(r.Remaining))
			}
		},
	})
	if err != nil {
		return err
	}
	s.inventory = inventory.New(client, s.deps.Now)
	s.kept[s.grant.ID] = s.inventory
	return nil
}

// Refresh reads everything again. The rows on screen stay until newer ones replace them.
func (s *Session) Refresh() {
	if s.grant == nil || s.inventory == nil {
		return
	}
	inv, id := s.inventory, s.grant.ID
	s.problem = nil
	s.deps.Tasks.Run(taskLoad, func(ctx context.Context, report task.Report) func() {
		err := inv.Load(api.WithWhy(ctx, "refresh"), func(snap *inventory.Snapshot) {
			report(func() { s.arrived(id, snap) })
		})
		return func() { s.loaded(id, inv, err) }
	})
	s.changed()
}

// Retry reads one part again, the one that could not be read.
func (s *Session) Retry(part inventory.Part) {
	if s.inventory == nil {
		return
	}
	inv, id := s.inventory, s.grant.ID
	s.deps.Tasks.Run(taskRetry+string(part.Kind)+part.ID, func(ctx context.Context, report task.Report) func() {
		err := inv.Reload(api.WithWhy(ctx, "retry"), part, func(snap *inventory.Snapshot) {
			report(func() { s.arrived(id, snap) })
		})
		return func() { s.loaded(id, inv, err) }
	})
	s.changed()
}

// Branches reads the branches of a cluster unless they have been read.
func (s *Session) Branches(clusterID string) {
	if s.inventory == nil || s.whole == nil {
		return
	}
	part := inventory.Part{Kind: inventory.PartBranches, ID: clusterID}
	key := taskBranch + clusterID
	if st := s.whole.Status(part); st.Done || st.Loading || s.deps.Tasks.Running(key) {
		return
	}
	inv, id := s.inventory, s.grant.ID
	s.deps.Tasks.Run(key, func(ctx context.Context, report task.Report) func() {
		err := inv.LoadBranches(api.WithWhy(ctx, "branches"), clusterID, func(snap *inventory.Snapshot) {
			report(func() { s.arrived(id, snap) })
		})
		return func() { s.loaded(id, inv, err) }
	})
}

// arrived takes a newer snapshot of the grant on screen; others are dropped.
func (s *Session) arrived(grantID string, snap *inventory.Snapshot) {
	if s.grant == nil || s.grant.ID != grantID {
		return
	}
	s.attempt = nil
	s.publish(snap)
	s.changed()
}

func (s *Session) publish(snap *inventory.Snapshot) {
	s.whole = snap
	s.shown = snap.Within(s.grant.Scope.Shows)
}

func (s *Session) loaded(grantID string, inv *inventory.Inventory, err error) {
	if s.grant == nil || s.grant.ID != grantID {
		return
	}
	s.attempt = nil
	s.publish(inv.Snapshot())
	s.solved(Loading)
	if err == nil {
		err = signInAgain(s.whole)
	}
	switch {
	case err == nil:
		s.again = false
		s.learnOrganization()
	case errors.Is(err, context.Canceled):
	default:
		s.again = errors.Is(err, auth.ErrSignInAgain)
		s.problem = &Problem{During: Loading, Err: err}
		s.deps.Log.Warn("could not read everything", "error", err)
	}
	s.changed()
}

// solved takes the problem off the screen if it is one of this kind. Another stays: that rows
// have come does not mean that a choice has been written.
func (s *Session) solved(during Phase) {
	if s.problem != nil && s.problem.During == during {
		s.problem = nil
	}
}

// signInAgain finds out whether a part failed because the credential is no longer accepted:
// that concerns the whole grant, not the part.
func signInAgain(snap *inventory.Snapshot) error {
	for _, err := range snap.Failures() {
		if errors.Is(err, auth.ErrSignInAgain) {
			return err
		}
	}
	return nil
}

// learnOrganization completes a grant whose token answer did not name its organization.
func (s *Session) learnOrganization() {
	org := s.whole.Organization()
	if s.grant.Organization.Name != "" || org.Name == "" {
		return
	}
	s.grant.Organization = auth.Organization{ID: org.ID, Name: org.Name}
	s.save()
}

// SetScope narrows what the window shows, at once, and keeps the choice.
func (s *Session) SetScope(scope auth.Scope) {
	if s.grant == nil {
		return
	}
	s.grant.Scope = scope
	if s.whole != nil {
		s.publish(s.whole)
	}
	s.save()
	s.changed()
}

// save writes the open grant to the file of grants. Writes happen in the order they were
// asked for.
func (s *Session) save() {
	g, before, done := *s.grant, s.saved, make(chan struct{})
	s.saved = done
	s.deps.Tasks.Run(taskSave+g.ID, func(context.Context, task.Report) func() {
		defer close(done)
		<-before // and whatever happens to the task: a choice made right before the end counts
		err := s.deps.Auth.Grants().Update(g.ID, func(kept *auth.Grant) {
			// Only what this window decides: another copy may have changed the rest.
			kept.Scope, kept.LastUsed, kept.Organization = g.Scope, g.LastUsed, g.Organization
		})
		if errors.Is(err, auth.ErrNotFound) {
			err = nil // signed out by another copy: it stays gone
		}
		return func() {
			s.solved(Saving)
			if err != nil {
				s.problem = &Problem{During: Saving, Err: err}
			}
			s.changed()
		}
	})
}

func (s *Session) changed() { s.listener(s.State()) }
