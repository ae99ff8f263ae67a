package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"canopy/activity"
	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/show"
)

// grantFlags are the flags of the commands that read from one grant.
type grantFlags struct {
	outside Outside
	log     Options // its LogLevel
	grant   string
}

func (f *grantFlags) register(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see canopy %s --help", err, cmd.Name())
	})
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&f.grant, "grant", "", "id of a `grant`, the beginning of one, or the name of an organization or a user; default: used last")
	registerLogLevel(cmd, &f.log)
}

// opened is a grant that a command reads from.
type opened struct {
	setup  *Setup
	grant  auth.Grant
	source inventory.Source
}

// open finds the grant that is meant and makes a client of its environment. The caller closes
// what is returned, also after an error when it is not nil.
func (f *grantFlags) open(cmd *cobra.Command) (*opened, error) {
	// Which sandbox is meant stands in the grant, not in a flag or in CANOPY_SANDBOX.
	setup, err := f.outside.prepare(Options{Sandbox: builtIn, LogLevel: f.log.LogLevel}, cmd.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	o := &opened{setup: setup}
	chosen := setup.Auth.Grants().List()
	if len(chosen) == 0 {
		return o, errors.New("you are not signed in to anything; canopy signin does that")
	}
	if f.grant != "" {
		if chosen, err = choose(cmd, chosen, f.grant); err != nil {
			return o, err
		}
	}
	o.grant = chosen[0]
	o.source, err = f.client(cmd.Context(), o)
	return o, err
}

func (f *grantFlags) client(ctx context.Context, o *opened) (inventory.Source, error) {
	if o.grant.Kept == auth.KeptSession {
		return nil, fmt.Errorf("the credential of %s is in the memory of a window, where a command cannot get it; sign in with canopy signin, or name another grant with --grant", organizationName(o.grant))
	}
	env, err := environmentOf(ctx, o.setup, o.grant)
	if err == nil {
		err = o.setup.Auth.SetEnvironment(env)
	}
	switch {
	case ctx.Err() != nil:
		return nil, errStopped
	case err != nil:
		return nil, fmt.Errorf("the environment of %s cannot be used: %w", organizationName(o.grant), err)
	}
	return api.New(api.Config{
		Hosts: api.Hosts{IAM: env.IAM, Serverless: env.Serverless, Dedicated: env.Dedicated},
		HTTP:  o.setup.Auth.Client(o.grant.ID),
		Now:   f.outside.Auth.Now, Wait: f.outside.Auth.Wait,
	})
}

func (o *opened) close(ctx context.Context) {
	if o != nil {
		finish(ctx, o.setup.Auth)
		o.setup.Close()
	}
}

// view is what a snapshot shows through the grant as it is in the file now.
func (o *opened) view(snapshot *inventory.Snapshot) *inventory.View {
	all := o.setup.Auth.Grants().List()
	return session.ViewOf(o.grant, session.KnownProjects(o.grant, all), snapshot)
}

// remember keeps with the grant what the API has told, as the window does: its organization,
// where the server did not name it, and which projects there are, so that a later grant that
// does not cover them can say so. Failing to is no reason to fail.
func (o *opened) remember(snapshot *inventory.Snapshot) {
	own, told := o.grant.Organization, snapshot.Organization()
	if own.ID == "" && told.ID != "" || own.Name == "" && told.Name != "" {
		g, err := o.setup.Auth.Learn(o.grant.ID, auth.Organization{ID: told.ID, Name: told.Name})
		if err != nil {
			o.setup.Log.Debug("the organization could not be learned", "error", err)
			return
		}
		o.grant = g
	}
	list := snapshot.Status(projectsPart)
	if !list.Done || list.Err != nil {
		return
	}
	if g := o.grant; !g.Remember(session.Listed(snapshot)) {
		return
	}
	err := o.setup.Auth.Grants().Update(o.grant.ID, func(kept *auth.Grant) {
		kept.Remember(session.Listed(snapshot))
		o.grant = *kept
	})
	if err != nil {
		o.setup.Log.Debug("the projects could not be remembered", "error", err)
	}
}

// projectsPart is the list of projects.
var projectsPart = inventory.Part{Kind: inventory.PartProjects}

// errStopped ends a command that the person has interrupted.
var errStopped = errors.New("cancelled")

// unreadable says why nothing at all could be read.
func (o *opened) unreadable(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return errStopped
	case errors.Is(err, auth.ErrSignInAgain):
		return fmt.Errorf("the grant of %s has ended; sign in again with %s", organizationName(o.grant), signInCommand(o.grant))
	case errors.Is(err, auth.ErrPassphrase), errors.Is(err, auth.ErrKeyringAbsent), errors.Is(err, auth.ErrKeyringLocked),
		errors.Is(err, auth.ErrKeyringDenied), errors.Is(err, auth.ErrKeyringSlow):
		return deepest(err)
	}
	return err
}

// deepest returns the error that is wrapped most: all parts fail alike when the credential
// cannot be had, and once is enough to say so.
func deepest(err error) error {
	var failure *api.Error
	if errors.As(err, &failure) && failure.Err != nil {
		return failure.Err
	}
	return err
}

// signInCommand is what to type to sign in to the environment of a grant.
func signInCommand(g auth.Grant) string {
	switch {
	case g.Environment == SandboxName:
		return "canopy signin --sandbox"
	case strings.HasPrefix(g.Environment, SandboxName+" at "):
		return "canopy signin --sandbox=http://" + show.Name(strings.TrimPrefix(g.Environment, SandboxName+" at "))
	}
	return fmt.Sprintf("canopy signin --environment %q", show.Name(g.Environment))
}

// incompleteError says that a command did what it could, and what could not be read. The exit
// code tells it apart.
type incompleteError struct{ failures []failure }

// failure is a part of an inventory that could not be read.
type failure struct {
	part inventory.Part
	err  error
}

func (e *incompleteError) Error() string {
	switch len(e.failures) {
	case 0:
		return "not everything could be read; try again"
	case 1:
		return "not everything could be read: " + e.failures[0].Error()
	}
	return fmt.Sprintf("%s could not be read; the first: %s", counted(len(e.failures), "part"), e.failures[0].Error())
}

func (f failure) Error() string {
	var part *inventory.PartError // it says which part; the error below it says which host
	if errors.As(f.err, &part) {
		return part.Err.Error()
	}
	return f.err.Error()
}

// completeness returns an incompleteError unless everything that is shown was read.
func completeness(v *inventory.View) error {
	all, unread := v.Gaps()
	maps.Copy(all, v.Shown().Failures())
	if len(all) == 0 && !unread {
		return nil
	}
	e := new(incompleteError)
	for part, err := range all {
		e.failures = append(e.failures, failure{part, err})
	}
	slices.SortFunc(e.failures, func(a, b failure) int {
		return cmp.Or(cmp.Compare(rank(a.part.Kind), rank(b.part.Kind)), cmp.Compare(a.part.ID, b.part.ID))
	})
	return e
}

func rank(k inventory.PartKind) int {
	return slices.Index([]inventory.PartKind{
		inventory.PartOrganization, inventory.PartProjects, inventory.PartServerless, inventory.PartDedicated, inventory.PartBranches,
	}, k)
}

// progress tells on a terminal how far a reading is, on one line that is wiped away at the end.
type progress struct {
	out  io.Writer // nil: nobody looks
	last string
}

func (x Outside) progress(out io.Writer) *progress {
	if !x.terminal(out) || x.getenv("TERM") == "dumb" {
		out = nil
	}
	return &progress{out: out}
}

// say replaces the line. It is empty at the end.
func (p *progress) say(line string) {
	if p.out == nil || line == p.last {
		return
	}
	p.last = line
	_, _ = io.WriteString(p.out, "\r\x1b[K"+line) // who has gone does not miss it
}

// why labels the requests of a command.
func why(ctx context.Context, command string) context.Context {
	return activity.Why(ctx, "canopy "+command)
}
