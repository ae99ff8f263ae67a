package session_test

import (
	"context"
	"errors"
	"testing"

	"canopy/auth"
	"canopy/ui/session"
)

func TestAfterASignInEachHostIsAskedWhetherItAcceptsIt(t *testing.T) {
	p := newPlay(t)
	p.faults(t, "unauthorized=dedicated")
	p.Person.Allows(alice, acme)
	p.SignIn(auth.Options{})
	st := p.until(t, "the hosts to be asked", func(st session.State) bool { return len(st.Grant.Hosts) == 3 })
	for _, h := range st.Grant.Hosts {
		if h.Accepted != (h.Name != "dedicated") {
			t.Errorf("%s is said to accept the grant: %t, status %d", h.Name, h.Accepted, h.Status)
		}
	}
	p.settle()
	if p.State().Phase == session.NeedsSignIn {
		t.Error("a host that refuses the grant has ended it")
	}
}

func TestACustomEnvironmentIsCompletedFromItsMetadata(t *testing.T) {
	p := newPlay(t)
	at := p.Sandbox.Endpoints()
	lab := auth.Environment{
		Name: "Lab", Kind: auth.KindCustom, Issuer: at.Issuer, ClientID: at.ClientID, Scope: "org:member",
		RedirectHost: "127.0.0.1", RedirectPath: at.RedirectPath,
		IAM: at.IAM, Serverless: at.Serverless, Dedicated: at.Dedicated, Console: at.Console,
	}
	d := p.Deps()
	d.Environments = []auth.Environment{lab}
	d.Discover = func(ctx context.Context, e auth.Environment) (auth.Environment, error) {
		found, err := auth.Discover(ctx, nil, e.Issuer)
		e.AuthorizationEndpoint, e.TokenEndpoint, e.UserinfoEndpoint = found.AuthorizationEndpoint, found.TokenEndpoint, found.UserinfoEndpoint
		return e, err
	}
	p.begin(d)
	if st := p.signIn(t, alice, acme); st.Grant.Environment != "Lab" {
		t.Errorf("the grant is one of %q, want Lab", st.Grant.Environment)
	}
}

func TestAnEnvironmentWhoseMetadataCannotBeReadIsSaid(t *testing.T) {
	p := newPlay(t)
	d := p.Deps()
	d.Environments = []auth.Environment{{Name: "Lab", Kind: auth.KindCustom, Issuer: "https://lab.example"}}
	gone := errors.New("gone")
	d.Discover = func(_ context.Context, e auth.Environment) (auth.Environment, error) { return e, gone }
	p.begin(d)
	p.SignIn(auth.Options{})
	st := p.until(t, "the problem", func(st session.State) bool { return st.Problem != nil })
	if !errors.Is(st.Problem.Err, gone) || st.Phase != session.SignedOut {
		t.Errorf("phase %v, problem %+v", st.Phase, st.Problem)
	}
}
