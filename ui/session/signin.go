package session

import (
	"context"
	"errors"
	"fmt"

	"canopy/activity"
	"canopy/auth"
	"canopy/ui/task"
)

// attempt is a sign-in under way.
type attempt struct {
	progress auth.Progress
	method   auth.Method
	options  auth.Options
	cancel   context.CancelFunc
	approved bool     // the grant is stored and open
	before   *Problem // on screen when it began, and again when it is cancelled
}

// SignInWithAPIKey takes an API key of TiDB Cloud as the credential of a new grant. Of the options only Keep means
// something here.
func (s *Session) SignInWithAPIKey(public string, private auth.Secret, o ...auth.Options) {
	s.attend(auth.MethodAPIKey, auth.Options{}, func(ctx context.Context, env string, _ func(auth.Progress)) (auth.Grant, error) {
		return s.deps.Auth.SignInWithAPIKey(ctx, env, public, private, o...)
	})
}

// begin begins an attempt in which TiDB Cloud's page is asked.
func (s *Session) begin(m auth.Method, o auth.Options) {
	do := s.deps.Auth.SignIn
	if m == auth.MethodDevice {
		do = s.deps.Auth.SignInWithDevice
	}
	s.attend(m, o, func(ctx context.Context, env string, report func(auth.Progress)) (auth.Grant, error) {
		return do(ctx, env, o, report)
	})
}

// OpenSandbox starts the built-in sandbox and begins to sign in there.
func (s *Session) OpenSandbox() {
	s.ready(s.sandboxNow(), func(env auth.Environment) { s.Use(env); s.SignIn(auth.Options{}) })
}

// sandboxNow returns the sandbox's environment as far as it is known.
func (s *Session) sandboxNow() auth.Environment {
	for _, e := range s.environments {
		if e.Kind == auth.KindSandbox {
			return e
		}
	}
	return auth.Environment{Kind: auth.KindSandbox}
}

// ready completes an environment and goes on with it.
func (s *Session) ready(e auth.Environment, then func(auth.Environment)) {
	complete, wrong := s.completion(e)
	if s.attempt != nil || complete == nil || s.deps.Tasks.Running(taskReady) {
		return
	}
	s.problem = nil
	s.deps.Tasks.Run(taskReady, func(ctx context.Context, _ task.Report) func() {
		env, err := complete(ctx)
		if err == nil {
			err = s.deps.Auth.SetEnvironment(env)
		}
		return func() {
			if err != nil {
				s.problem = &Problem{During: SigningIn, Err: fmt.Errorf("%w: %w", wrong, err)}
				s.deps.Log.Warn("the environment is not ready", "environment", e.Name, "error", err)
				s.changed()
				return
			}
			s.environments[env.Name] = env
			then(env)
		}
	})
	s.changed()
}

// completion returns what completes an environment, and what it means when that fails.
func (s *Session) completion(e auth.Environment) (complete func(context.Context) (auth.Environment, error), wrong error) {
	switch {
	case e.Kind == auth.KindSandbox:
		return s.deps.StartSandbox, ErrSandbox
	case s.deps.Discover != nil:
		return func(ctx context.Context) (auth.Environment, error) { return s.deps.Discover(ctx, e) }, auth.ErrServer
	default:
		return nil, nil
	}
}

// Use makes env known and the place of the next sign-in.
func (s *Session) Use(env auth.Environment) {
	s.environments[env.Name] = env
	s.environment = env.Name
}

// Learn takes an environment in that has been set or changed. It does not change where the
// next sign-in goes.
func (s *Session) Learn(env auth.Environment) {
	s.environments[env.Name] = env
	s.changed()
}

type signIn func(ctx context.Context, env string, report func(auth.Progress)) (auth.Grant, error)

func (s *Session) attend(m auth.Method, o auth.Options, do signIn) {
	if s.attempt != nil || s.surprise != nil {
		return
	}
	if e := s.environments[s.environment]; unready(e) {
		s.ready(e, func(env auth.Environment) { s.Use(env); s.attend(m, o, do) })
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	a := &attempt{method: m, options: o, cancel: cancel, before: s.problem}
	s.attempt, s.problem = a, nil
	env, saved := s.environment, s.saved
	s.deps.Tasks.Run(taskSignIn, func(taskCtx context.Context, report task.Report) func() {
		defer context.AfterFunc(taskCtx, cancel)()
		defer cancel()
		select {
		case <-saved: // what is known of the grant that is replaced goes over to the new one
		case <-ctx.Done():
		}
		grant, err := do(ctx, env, func(p auth.Progress) {
			report(func() { s.progressed(a, p) })
		})
		return func() { s.signedIn(a, grant, err) }
	})
	s.changed()
}

func (s *Session) progressed(a *attempt, p auth.Progress) {
	if s.attempt == a {
		a.progress = p
		s.changed()
	}
}

// signedIn ends an attempt. A cancelled one whose grant was stored all the same is opened:
// the person approved it.
func (s *Session) signedIn(a *attempt, g auth.Grant, err error) {
	if s.attempt == a {
		s.attempt = nil
	}
	switch {
	case err == nil:
		s.consented(a, g)
	case errors.Is(err, auth.ErrCancelled):
		if s.grant != nil {
			s.problem = a.before
		}
	default:
		s.problem = &Problem{During: SigningIn, Err: err, Method: a.method}
		s.deps.Log.Warn("sign-in failed", "error", err)
	}
	s.changed()
}

// ProbeHosts asks each API host whether it accepts the open grant.
func (s *Session) ProbeHosts() {
	if s.grant != nil {
		s.probe(s.grant.ID, "asked by you")
		s.changed()
	}
}

// probe asks each API host whether it accepts a grant. One that does not is a state of its
// own, shown host by host: it neither ends the grant nor begins another sign-in.
func (s *Session) probe(grantID, why string) {
	s.deps.Tasks.Run(taskProbe, func(ctx context.Context, _ task.Report) func() {
		hosts := s.deps.Auth.Probe(activity.Why(ctx, why), grantID)
		return func() {
			if s.grant != nil && s.grant.ID == grantID {
				s.grant.Hosts = hosts
				s.changed()
			}
		}
	})
}

// Renew renews the access token of the open grant now.
func (s *Session) Renew() {
	if s.grant == nil || s.deps.Tasks.Running(taskRenew) {
		return
	}
	id := s.grant.ID
	s.deps.Tasks.Run(taskRenew, func(ctx context.Context, _ task.Report) func() {
		err := s.deps.Auth.Renew(activity.Why(ctx, "asked by you"), id)
		return func() {
			if s.grant == nil || s.grant.ID != id {
				return
			}
			s.solved(Renewing)
			if err != nil {
				s.refused(Renewing, err)
				s.deps.Log.Warn("the token could not be renewed", "error", err)
			}
			s.changed()
		}
	})
	s.changed()
}

// CancelSignIn ends the attempt that is under way. The listener is closed and nothing is kept.
// When the grant is there already, it stops waiting for the first rows.
func (s *Session) CancelSignIn() {
	switch {
	case s.attempt == nil:
	case s.attempt.approved:
		s.attempt = nil
		s.changed()
	default:
		s.attempt.cancel()
	}
}

// SignOut gives the open grant back: it is erased here first, then revoked at the server. The
// grant used before it is opened then, where there is one. When the server could not be told,
// the state carries a Problem that says so.
func (s *Session) SignOut() {
	if s.grant != nil {
		s.SignOutOf(s.grant.ID)
	}
}

// SignOutOf gives a grant back, the open one or another of the wallet.
func (s *Session) SignOutOf(id string) {
	s.giveBack(id, func(ctx context.Context) error {
		told, err := s.deps.Auth.SignOut(ctx, id)
		if err == nil && !told {
			return ErrServerNotTold
		}
		return err
	})
}

// dismiss gives a grant back that the person did not mean to have, and spares what another grant
// may end with.
func (s *Session) dismiss(id string) {
	s.giveBack(id, func(ctx context.Context) error { return s.deps.Auth.Dismiss(ctx, id) })
}

func (s *Session) giveBack(id string, how func(context.Context) error) {
	if s.leaving[id] {
		return
	}
	s.leaving[id] = true
	delete(s.sources, id)
	s.endCompareOf(id)
	if s.grant != nil && s.grant.ID == id {
		s.leave()
		s.openNext("signed out of another")
	}
	saved := s.saved
	s.deps.Tasks.Run(taskSignOut+id, func(ctx context.Context, _ task.Report) func() {
		<-saved // a write on its way must not bring the grant back
		err := how(ctx)
		return func() {
			delete(s.leaving, id)
			if err != nil {
				s.problem = &Problem{During: Leaving, Err: err}
			}
			s.changed()
		}
	})
	s.changed()
}

// ErrSandbox means that the sandbox could not be started, or does not answer where it should
// be running.
var ErrSandbox = errors.New("the sandbox is not there")

// ErrServerNotTold means that a grant is gone from this machine but may still be listed at
// TiDB Cloud, because its revocation did not get through.
var ErrServerNotTold = errors.New("signed out here, but the server could not be told")
