package cli_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/cli"
)

// TestEveryRequestIsRecorded asks what a program asks outside of a grant, too: whether the sandbox
// is running, and the metadata of a server.
func TestEveryRequestIsRecorded(t *testing.T) {
	ownHome(t)
	t.Setenv("DISPLAY", "")
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	var got []string
	c := startWith(t, func(ctx context.Context, s *cli.Setup) error {
		e, err := s.StartSandbox(ctx)
		if err != nil {
			return err
		}
		if err := s.Auth.SetEnvironment(e); err != nil {
			return err
		}
		if _, err := s.Discover(ctx, auth.Environment{Issuer: e.Issuer}); err != nil {
			return err
		}
		key := server.APIKeys()[0]
		if _, err := s.Auth.SignInWithAPIKey(ctx, e.Name, key.Public, "wrong", auth.Options{Keep: auth.KeptSession}); err == nil {
			t.Error("a wrong key is taken")
		}
		for _, r := range s.Activity.Since(0) {
			got = append(got, fmt.Sprintf("%s: %s %s %d", r.Why, r.Method, r.Path, r.Status))
		}
		return nil
	}, "--sandbox="+server.Endpoints().Issuer)
	if c.code != 0 {
		t.Fatalf("it ended with %+v", c)
	}
	want := []string{
		"sandbox: is it running: GET /_sandbox 200",
		"environment: read the metadata: GET /.well-known/oauth-authorization-server 200",
		"API key: try: GET /v1beta1/projects?pageSize=1 401",
		"API key: try: GET /v1beta1/projects?pageSize=1 401",
	}
	if !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}
