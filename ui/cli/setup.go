package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"canopy/activity"
	"canopy/auth"
	"canopy/ui/settings"
)

// Options are what the command line says about the window and the commands.
type Options struct {
	Sandbox     string // builtIn, the URL of a running one, or empty
	Environment string
	Theme       string
	LogLevel    string
}

// builtIn is the value of --sandbox without a URL.
const builtIn = "built-in"

// SandboxName is the name of the built-in sandbox's environment. One that runs elsewhere has
// its address behind it: its grants are not the built-in one's.
const SandboxName = "Sandbox"

func sandboxName(at string) string {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" {
		return SandboxName
	}
	return SandboxName + " at " + u.Host
}

// Setup is everything the window and the commands share, ready to use.
type Setup struct {
	Auth         *auth.Authenticator
	Environments []auth.Environment // the one to sign in to first is the first
	Activity     *activity.Log      // every request that this program makes
	Places       settings.Places
	Theme        string
	Log          *slog.Logger
	// AskPassphrase asks for the passphrase of the file of credentials. It is set before the
	// first sign-in; nil takes it from CANOPY_PASSPHRASE.
	AskPassphrase func(ctx context.Context, create bool) (auth.Secret, error)
	// Only is the name of the environment to stay in, or empty.
	Only    string
	sandbox sandboxes
	getenv  func(string) string
	http    *http.Client
}

// prepare reads the settings and the grants and makes the authenticator on what c holds. It
// opens no connection. Without c.Session nothing is signed in to that could not be kept in
// c.Store.
func prepare(o Options, stderr io.Writer, getenv func(string) string, c auth.Config) (*Setup, error) {
	log, err := newLog(o.LogLevel, stderr)
	if err != nil {
		return nil, err
	}
	if o.Theme != "" && !slices.Contains([]string{"auto", "light", "dark"}, o.Theme) {
		return nil, fmt.Errorf("--theme is auto, light or dark, not %q", o.Theme)
	}
	places := settings.Find(getenv)
	file, err := settings.Load(places.Settings)
	if err == nil {
		file, err = file.Override(getenv)
	}
	if err != nil {
		return nil, err
	}
	if o.Sandbox == "" {
		o.Sandbox = getenv("CANOPY_SANDBOX")
	}
	s := &Setup{Places: places, Theme: o.Theme, Log: log, Environments: file.Environments(), getenv: getenv}
	s.sandbox = sandboxes{at: o.Sandbox, state: places.Sandbox, log: log}
	if err := s.choose(o); err != nil {
		return nil, err
	}
	grants, err := auth.OpenGrants(places.Grants)
	if err != nil {
		return nil, err
	}
	c.Environments, c.Grants, c.Log = file.Environments(), grants, log
	if c.File == nil {
		c.File = &auth.PassphraseFile{Path: places.Secrets, Passphrase: s.passphrase}
	}
	if c.HTTP == nil {
		if c.HTTP, err = auth.HTTPClient(file.CAFile); err != nil {
			return nil, err
		}
	}
	s.Activity = activity.NewLog(activity.Capacity, c.Now)
	c.HTTP = recorded(c.HTTP, s.Activity)
	s.http, s.sandbox.network = c.HTTP, c.HTTP.Transport
	s.Auth, err = auth.New(c)
	return s, err
}

// recorded copies a client and puts the door of the log below it.
func recorded(c *http.Client, log *activity.Log) *http.Client {
	own := *c
	own.Transport = log.Transport(c.Transport)
	return &own
}

// choose puts the environment to sign in to first. The sandbox's is a placeholder until it
// has been started.
func (s *Setup) choose(o Options) error {
	placeholder := auth.Environment{Name: sandboxName(o.Sandbox), Kind: auth.KindSandbox}
	if o.Sandbox != "" {
		if o.Environment != "" && o.Environment != placeholder.Name {
			return fmt.Errorf("--sandbox and --environment %q exclude each other; use one of them", o.Environment)
		}
		s.Environments = append([]auth.Environment{placeholder}, s.Environments...)
		s.Only = placeholder.Name
		return nil
	}
	s.Environments = append(s.Environments, placeholder)
	if o.Environment == "" {
		return nil
	}
	i := slices.IndexFunc(s.Environments, func(e auth.Environment) bool { return e.Name == o.Environment })
	if i < 0 {
		var names []string
		for _, e := range s.Environments {
			names = append(names, e.Name)
		}
		return fmt.Errorf("there is no environment %q; there are: %s", o.Environment, strings.Join(names, ", "))
	}
	s.Environments[0], s.Environments[i] = s.Environments[i], s.Environments[0]
	s.Only = o.Environment
	return nil
}

// Discover completes a custom environment that names only its issuer, from the metadata of the
// server (RFC 8414). What the settings say about the client and the API hosts stays.
func (s *Setup) Discover(ctx context.Context, e auth.Environment) (auth.Environment, error) {
	found, err := auth.Discover(ctx, s.http, e.Issuer)
	if err != nil {
		return e, err
	}
	e.IssuerInCallback, e.CodeChallengeMethods = found.IssuerInCallback, found.CodeChallengeMethods
	e.AuthorizationEndpoint, e.TokenEndpoint = found.AuthorizationEndpoint, found.TokenEndpoint
	e.DeviceAuthorizationEndpoint, e.RevocationEndpoint = found.DeviceAuthorizationEndpoint, found.RevocationEndpoint
	e.UserinfoEndpoint = found.UserinfoEndpoint
	e.AuthorizationDetails = e.AuthorizationDetails || found.AuthorizationDetails
	return e, nil
}

// StartSandbox starts the built-in sandbox, or asks the running one where its hosts are.
func (s *Setup) StartSandbox(ctx context.Context) (auth.Environment, error) {
	return s.sandbox.start(ctx)
}

func (s *Setup) passphrase(ctx context.Context, create bool) (auth.Secret, error) {
	if s.AskPassphrase != nil {
		return s.AskPassphrase(ctx, create)
	}
	if p := s.getenv("CANOPY_PASSPHRASE"); p != "" {
		return auth.Secret(p), nil
	}
	return "", fmt.Errorf("the sign-in is in a file encrypted with a passphrase; put it into CANOPY_PASSPHRASE: %w", auth.ErrPassphrase)
}

// leaveTime is how long the end of the program waits for a renewal or a revocation that is
// under way: one that was cut off could cost the session its only refresh token.
const leaveTime = 10 * time.Second

// Close lets what is under way end, and stops what StartSandbox has started.
func (s *Setup) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
	defer cancel()
	if err := s.Auth.Close(ctx); err != nil {
		s.Log.Warn("not everything ended in time", "error", err)
	}
	s.sandbox.stop()
}

func newLog(level string, w io.Writer) (*slog.Logger, error) {
	var l slog.Level
	if level != "" {
		if err := l.UnmarshalText([]byte(level)); err != nil {
			return nil, fmt.Errorf("--log-level is debug, info, warn or error, not %q", level)
		}
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l})), nil
}
