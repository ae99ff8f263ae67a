package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/icholy/digest"
	"github.com/spf13/cobra"

	"canopy/activity"
	"canopy/api"
	"canopy/api/ask"
	"canopy/api/inventory"
	"canopy/api/sandbox"
	"canopy/auth"
)

// asking is a session of questions: the grants that are asked, and what was read of them.
type asking struct {
	flags *askFlags
	clock func() time.Time
	zone  *time.Location
	told  *progress
	talk  ask.Conversation
	setup *Setup
	asked []*asked
	known *ask.World // as long as nothing more is read
}

// asked is one grant that questions are about.
type asked struct {
	grant     ask.Grant
	inventory *inventory.Inventory
	kept      *opened // nil for a key of the sandbox
	err       error
}

// open finds the grants that are asked.
func (s *asking) open(cmd *cobra.Command) error {
	f := s.flags
	at := cmp.Or(f.sandbox, f.outside.getenv("CANOPY_SANDBOX"), builtIn)
	setup, err := f.outside.prepare(Options{Sandbox: at, LogLevel: f.log.LogLevel}, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	s.setup = setup
	if f.allGrants && strings.EqualFold(f.environment, SandboxName) {
		return s.openSandbox(cmd.Context())
	}
	chosen := slices.DeleteFunc(setup.Auth.Grants().List(), func(g auth.Grant) bool {
		return f.environment != "" && !strings.EqualFold(g.Environment, f.environment)
	})
	if len(chosen) == 0 {
		return errNothing
	}
	if f.grant != "" {
		if chosen, err = choose(cmd, chosen, f.grant); err != nil {
			return err
		}
	}
	if !f.allGrants {
		chosen = chosen[:1]
	}
	var refused error
	for _, g := range chosen {
		if err := s.openGrant(cmd.Context(), g); err != nil {
			refused = errors.Join(refused, err)
		}
	}
	if len(s.asked) == 0 {
		return refused
	}
	return nil
}

func (s *asking) openGrant(ctx context.Context, g auth.Grant) error {
	o := &opened{setup: s.setup, grant: g}
	source, err := s.flags.client(ctx, o)
	if err != nil {
		return err
	}
	token := s.setup.Auth.Token(g.ID)
	env, _ := environmentOf(ctx, s.setup, g) // client has had it
	s.asked = append(s.asked, &asked{
		grant: ask.Grant{
			ID: g.ID, User: cmp.Or(g.User.Email, g.User.Name, g.User.Subject), Role: g.Role, Environment: g.Environment, Kept: g.Kept,
			Expires: token.Expires, Renewable: token.Renewable, GrantedAt: g.GrantedAt, Console: strings.TrimRight(env.Console, "/"),
		},
		inventory: inventory.New(source, s.clock), kept: o,
	})
	return nil
}

// openSandbox asks everything in the sandbox, with the API keys that it has for that.
func (s *asking) openSandbox(ctx context.Context) error {
	env, err := s.setup.StartSandbox(ctx)
	if err != nil {
		return fmt.Errorf("the sandbox cannot be used: %w", err)
	}
	keys, err := s.sandboxKeys(ctx, env.Issuer)
	if err != nil {
		return fmt.Errorf("the sandbox does not tell its API keys: %w", err)
	}
	for _, k := range keys {
		client, err := api.New(api.Config{
			Hosts: api.Hosts{IAM: env.IAM, Serverless: env.Serverless, Dedicated: env.Dedicated},
			HTTP: &http.Client{
				Timeout:   s.setup.http.Timeout,
				Transport: &digest.Transport{Username: k.Public, Password: k.Private, Transport: s.setup.http.Transport},
			},
			Wait: s.flags.outside.Auth.Wait,
		})
		if err != nil {
			return err
		}
		s.asked = append(s.asked, &asked{
			grant:     ask.Grant{ID: "sandbox-" + k.Organization, Environment: env.Name, User: s.flags.user, Console: strings.TrimRight(env.Console, "/")},
			inventory: inventory.New(client, s.clock),
		})
	}
	return nil
}

func (s *asking) sandboxKeys(ctx context.Context, issuer string) ([]sandbox.APIKey, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, issuer+"/_sandbox/keys", nil)
	if err != nil {
		return nil, err
	}
	answer, err := s.setup.http.Do(q)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	var list struct{ Keys []sandbox.APIKey }
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&list); err != nil {
		return nil, err
	}
	slices.SortFunc(list.Keys, func(a, b sandbox.APIKey) int { return cmp.Compare(a.Organization, b.Organization) })
	return list.Keys, nil
}

// read reads all grants at once. It fails if nothing of any could be read.
func (s *asking) read(ctx context.Context) error {
	s.told.say("Reading…")
	defer s.told.say("")
	var all sync.WaitGroup
	for _, a := range s.asked {
		all.Go(func() { a.err = a.inventory.Load(activity.ForGrant(ctx, a.grant.ID), nil) })
	}
	all.Wait()
	var refused error
	some := false
	for _, a := range s.asked {
		switch {
		case a.err == nil:
			some = true
			if a.kept != nil {
				a.kept.remember(a.inventory.Snapshot())
			}
		case a.kept != nil:
			refused = errors.Join(refused, a.kept.unreadable(ctx, a.err))
		default:
			refused = errors.Join(refused, a.err)
		}
	}
	if ctx.Err() != nil {
		return errStopped
	}
	if !some {
		return refused
	}
	return nil
}

func (a *asked) view() *inventory.View {
	if a.kept == nil {
		return inventory.NewView(a.inventory.Snapshot(), inventory.Reach{})
	}
	return a.kept.view(a.inventory.Snapshot())
}

// world is everything the next question may be about.
func (s *asking) world() *ask.World {
	requests := s.setup.Activity.Since(0)
	calls := make([]ask.Call, 0, len(requests))
	for _, r := range requests {
		calls = append(calls, ask.Call{At: r.At, Host: r.Host, Method: r.Method, Path: r.Path, Status: r.Status})
	}
	if s.known == nil {
		s.known = &ask.World{Zone: s.zone, User: s.flags.user}
		for _, a := range s.asked {
			g := a.grant
			g.View = a.view()
			s.known.Grants = append(s.known.Grants, g)
		}
	}
	return s.known.At(s.clock(), calls)
}

// branches reads one list of branches.
func (s *asking) branches(ctx context.Context, list ask.BranchList) error {
	for _, a := range s.asked {
		if a.grant.ID == list.Grant {
			return a.inventory.LoadBranches(activity.ForGrant(ctx, list.Grant), list.ClusterID, nil)
		}
	}
	return nil
}

// completeness returns an incompleteError unless everything was read.
func (s *asking) completeness() error {
	all := new(incompleteError)
	for _, a := range s.asked {
		var one *incompleteError
		if errors.As(completeness(a.view()), &one) {
			all.failures = append(all.failures, one.failures...)
		}
	}
	if len(all.failures) == 0 {
		return nil
	}
	return all
}

func (s *asking) close(ctx context.Context) {
	if s.setup != nil {
		finish(ctx, s.setup.Auth)
		s.setup.Close()
	}
}
