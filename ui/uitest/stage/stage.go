package stage

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"canopy/activity"
	"canopy/api"
	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/task"
)

// Names of the environments of a stage.
const (
	Sandbox   = "Sandbox"
	TiDBCloud = "TiDB Cloud"
)

// Stage is a scene that is set.
type Stage struct {
	Sandbox    *sandbox.Server
	Person     *Person
	Clock      *Clock
	Loop       *Loop
	Tasks      *task.Runner
	Auth       *auth.Authenticator
	Activity   *activity.Log // every request since the stage was set or opened again
	Store      *Store
	GrantsPath string
	// Environments are TiDB Cloud without a client, and the sandbox, which is the first.
	Environments []auth.Environment
	// Network is what lies below Activity from the next Reopen on; nil for the loopback.
	Network http.RoundTripper
}

// New sets a scene with a running sandbox. Everything ends with the test.
func New(t testing.TB, o sandbox.Options) *Stage {
	t.Helper()
	s := &Stage{Clock: NewClock(), Loop: NewLoop(), GrantsPath: filepath.Join(t.TempDir(), "grants.json"), Store: NewStore()}
	if o.RateLimit == 0 {
		o.RateLimit = -1
	}
	if o.Now == nil {
		o.Now = s.Clock.Now
	}
	server, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() }) // a test may have closed it
	s.Sandbox = server
	s.Person = newPerson(t)
	s.Environments = []auth.Environment{EnvironmentOf(server.Endpoints()), auth.TiDBCloud()}
	s.Reopen(t)
	return s
}

// Reopen makes everything anew that a restart of Canopy makes anew: the authenticator and the
// tasks. The file of grants, the keyring and the sandbox stay.
func (s *Stage) Reopen(t testing.TB) {
	t.Helper()
	if s.Tasks != nil {
		s.Tasks.Close()
	}
	grants, err := auth.OpenGrants(s.GrantsPath)
	if err != nil {
		t.Fatal(err)
	}
	s.Activity = activity.NewLog(activity.Capacity, s.Clock.Now)
	client, err := auth.HTTPClient("")
	if err != nil {
		t.Fatal(err)
	}
	if s.Network != nil {
		client.Transport = s.Network
	}
	client.Transport = s.Activity.Transport(client.Transport)
	a, err := auth.New(auth.Config{
		Environments: s.Environments, Grants: grants, Store: s.Store, Session: auth.NewMemoryStore(), HTTP: client,
		Open: s.Person.Open, Now: s.Clock.Now, Wait: s.Clock.Wait,
	})
	if err != nil {
		t.Fatal(err)
	}
	tasks := task.New(s.Loop.Do)
	t.Cleanup(func() {
		tasks.Close()
		tasks.Wait()
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		_ = a.Close(ended) // cuts the last pages off instead of waiting for them
	})
	s.Auth, s.Tasks = a, tasks
}

// Deps is what a session on this stage works with. Its sandbox is running from the start.
func (s *Stage) Deps() session.Deps {
	return session.Deps{
		Auth: s.Auth, Environments: s.Environments, Tasks: s.Tasks, Now: s.Clock.Now,
		StartSandbox: func(context.Context) (auth.Environment, error) { return EnvironmentOf(s.Sandbox.Endpoints()), nil },
		Log:          slog.New(slog.DiscardHandler),
		Activity:     s.Activity,
	}
}

// EnvironmentOf is the environment of a running sandbox.
func EnvironmentOf(e sandbox.Endpoints) auth.Environment {
	return auth.Environment{
		Name: Sandbox, Kind: auth.KindSandbox,
		Issuer: e.Issuer, IssuerInCallback: true, CodeChallengeMethods: []string{"S256"},
		AuthorizationEndpoint: e.AuthorizationEndpoint, TokenEndpoint: e.TokenEndpoint,
		DeviceAuthorizationEndpoint: e.DeviceAuthorizationEndpoint, RevocationEndpoint: e.RevocationEndpoint,
		UserinfoEndpoint: e.UserinfoEndpoint,
		IAM:              e.IAM, Serverless: e.Serverless, Dedicated: e.Dedicated, Console: e.Console,
		ClientID: e.ClientID, Scope: "org:owner",
		AuthorizationDetails: true, SeparateConsents: true,
		RedirectHost: "127.0.0.1", RedirectPath: e.RedirectPath, TokenEncoding: auth.FormEncoding,
	}
}

// NotStarted is the sandbox's environment before it has been started.
func NotStarted() auth.Environment {
	return auth.Environment{Name: Sandbox, Kind: auth.KindSandbox}
}

// Store is a keyring in memory that can be made to wait or to refuse.
type Store struct {
	auth.Store

	mu     sync.Mutex
	held   chan struct{} // writes wait until it is closed; nil for none
	inside chan struct{} // closed by the first write that waits
	absent bool
}

// NewStore returns an empty store.
func NewStore() *Store { return &Store{Store: auth.NewMemoryStore()} }

// Hold makes writes wait. Reached is closed once one does; release lets it go on.
func (s *Store) Hold() (reached <-chan struct{}, release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, inside := make(chan struct{}), make(chan struct{})
	s.held, s.inside = held, inside
	return inside, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.held == held {
			s.held = nil
			close(held)
		}
	}
}

// Absent makes the store behave as on a machine without a keyring.
func (s *Store) Absent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.absent = true
}

// Get implements auth.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	absent := s.absent
	s.mu.Unlock()
	if absent {
		return nil, errors.Join(errors.New("stage"), auth.ErrKeyringAbsent)
	}
	return s.Store.Get(ctx, key)
}

// Put implements auth.Store.
func (s *Store) Put(ctx context.Context, key string, record []byte) error {
	s.mu.Lock()
	held, inside := s.held, s.inside
	s.inside = nil
	s.mu.Unlock()
	if held != nil {
		if inside != nil {
			close(inside)
		}
		select {
		case <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.Store.Put(ctx, key, record)
}

// Grants signs in without a window and returns the grant.
func (s *Stage) Grants(t testing.TB, user, organization string, projects ...string) auth.Grant {
	t.Helper()
	s.Person.Allows(user, organization, projects...)
	g, err := s.Auth.SignIn(t.Context(), Sandbox, auth.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Client is a client of the sandbox's Open API that acts for a grant and does not wait between
// tries.
func (s *Stage) Client(t testing.TB, g auth.Grant) *api.Client {
	t.Helper()
	e := s.Sandbox.Endpoints()
	client, err := api.New(api.Config{
		Hosts: api.Hosts{IAM: e.IAM, Serverless: e.Serverless, Dedicated: e.Dedicated},
		HTTP:  s.Auth.Client(g.ID), Now: s.Clock.Now,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
