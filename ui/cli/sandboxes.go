package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"canopy/activity"
	"canopy/api/sandbox"
	"canopy/auth"
)

// sandboxes is the sandbox that this program works with.
type sandboxes struct {
	at, state string
	log       *slog.Logger
	network   http.RoundTripper // to ask a running one
	mu        sync.Mutex
	server    *sandbox.Server
}

func (s *sandboxes) start(ctx context.Context) (auth.Environment, error) {
	if strings.Contains(s.at, "://") {
		e, err := s.ask(ctx, s.at)
		return environment(e, sandboxName(s.at)), err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		if err := os.MkdirAll(filepath.Dir(s.state), 0o700); err != nil {
			return auth.Environment{}, fmt.Errorf("make the folder of the sandbox's state: %w", err)
		}
		server, err := sandbox.Start(sandbox.Options{State: s.state, Log: s.log})
		if err != nil {
			return auth.Environment{}, err
		}
		s.server = server
	}
	return environment(s.server.Endpoints(), SandboxName), nil
}

func (s *sandboxes) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		_ = s.server.Close()
		s.server = nil
	}
}

// ask asks a running sandbox for its addresses.
func (s *sandboxes) ask(ctx context.Context, issuer string) (sandbox.Endpoints, error) {
	var e sandbox.Endpoints
	ctx, cancel := context.WithTimeout(activity.Why(ctx, "sandbox: is it running"), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(issuer, "/")+"/_sandbox", nil)
	if err != nil {
		return e, fmt.Errorf("%q is not the address of a sandbox; use the issuer that canopy sandbox --json prints", issuer)
	}
	client := http.Client{
		Transport:     s.network,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return e, fmt.Errorf("no sandbox answers at %s; start one with canopy sandbox: %w", issuer, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&e); err != nil || e.Issuer != strings.TrimRight(issuer, "/") {
		return e, fmt.Errorf("what answers at %s is not a sandbox; use the issuer that canopy sandbox --json prints", issuer)
	}
	return e, nil
}

// environment makes the environment of a sandbox.
func environment(e sandbox.Endpoints, name string) auth.Environment {
	return auth.Environment{
		Name: name, Kind: auth.KindSandbox,
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
