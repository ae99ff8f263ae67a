package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"canopy/auth"
	"canopy/ui/show"
)

// signOutFlags are the flags of `canopy signout`.
type signOutFlags struct {
	outside Outside
	log     Options // its LogLevel
	all     bool
}

// newSignOut returns the command that gives grants back.
func newSignOut(x Outside) *cobra.Command {
	f := signOutFlags{outside: x}
	cmd := &cobra.Command{
		Use:   "signout [GRANT]",
		Short: "Give a grant back: erase it here, and tell the server",
		Long: "Give a grant back: erase its credential here, then revoke it at the server.\n\n" +
			"GRANT is the id of a grant, the beginning of one, or the name of an organization or a user;\n" +
			"canopy grants lists them. In scripts write: canopy signout -- \"$id\", for an id can begin with a dash.\n\n" +
			"Exit code 0 means that every server was told.",
		RunE: f.run,
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; write canopy signout -- GRANT for one that begins with a dash, or see canopy signout --help", err)
	})
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&f.all, "all", false, "give all grants back")
	registerLogLevel(cmd, &f.log)
	return cmd
}

func (f *signOutFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(args); err != nil {
		return err
	}
	// Which sandbox is meant stands in each grant, not in a flag or in CANOPY_SANDBOX.
	setup, err := f.outside.prepare(Options{Sandbox: builtIn, LogLevel: f.log.LogLevel}, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer setup.Close()
	ctx := cmd.Context()
	defer finish(ctx, setup.Auth)
	chosen := setup.Auth.Grants().List()
	if !f.all {
		chosen, err = choose(cmd, chosen, args[0])
	}
	switch {
	case err != nil:
		return err
	case len(chosen) == 0:
		return errors.New("there are no grants to give back; canopy signin makes one")
	}
	return signOutOf(cmd, setup, chosen)
}

func (f *signOutFlags) check(args []string) error {
	switch {
	case f.all && len(args) > 0:
		return errors.New("--all and a grant exclude each other; use one of them")
	case len(args) > 1:
		return errors.New("one grant at a time, or --all; put the name of an organization in quotes")
	case !f.all && (len(args) == 0 || args[0] == ""):
		return errors.New("name the grant to sign out of, or use --all; canopy grants lists them")
	}
	return nil
}

// choose finds the one grant that is meant. When several could be, it lists them.
func choose(cmd *cobra.Command, list []auth.Grant, meant string) ([]auth.Grant, error) {
	var found []auth.Grant
	for _, g := range list {
		if g.ID == meant {
			return []auth.Grant{g}, nil
		}
		named := slices.ContainsFunc([]string{g.Organization.Name, g.User.Email, g.User.Name, g.User.Subject}, func(name string) bool {
			return calls(meant, name)
		})
		if named || strings.HasPrefix(g.ID, meant) {
			found = append(found, g)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("there is no grant %q; canopy grants lists them", show.Name(meant))
	case 1:
		return found, nil
	}
	if err := writeTable(cmd.ErrOrStderr(), found); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%q fits %d grants; name one by its id", show.Name(meant), len(found))
}

// calls reports whether somebody who types meant means what has this name: in any case, and
// the name as it comes or as it is shown.
func calls(meant, name string) bool {
	return name != "" && (strings.EqualFold(name, meant) || strings.EqualFold(show.Name(name), meant))
}

// signOutOf gives the grants back one after the other and says of each what became of it.
func signOutOf(cmd *cobra.Command, setup *Setup, chosen []auth.Grant) error {
	ctx := cmd.Context()
	undone := 0
	for i, g := range chosen {
		if ctx.Err() != nil {
			return fmt.Errorf("cancelled; %s not touched, canopy grants lists them", counted(len(chosen)-i, "grant"))
		}
		words, done := signOutOfOne(ctx, setup, g)
		if !done {
			undone++
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s (%s, %s): %s\n", organizationName(g), userName(g), show.Name(g.Environment), words)
		if err != nil {
			return fmt.Errorf("what became of a grant could not be printed; canopy grants lists what is left: %w", err)
		}
	}
	if undone > 0 {
		return fmt.Errorf("%s not given back completely; revoke Canopy under Authorized OAuth Apps in the console, or try again with what is still listed", counted(undone, "grant"))
	}
	return nil
}

// signOutOfOne gives one grant back and says what became of it. done means that nothing is
// left to do.
func signOutOfOne(ctx context.Context, setup *Setup, g auth.Grant) (words string, done bool) {
	obstacle := reachServer(ctx, setup, g)
	told, err := setup.Auth.SignOut(ctx, g.ID)
	switch {
	case errors.Is(err, auth.ErrNotFound):
		return "signed out already", true // by another copy of Canopy, in between
	case err != nil:
		return "still signed in: " + show.Line(err.Error()), false
	case g.Method == auth.MethodAPIKey: // there is nothing to tell: the key belongs to the organization
		return "signed out; the key itself works until somebody deletes it in the console", true
	case told:
		return "signed out", true
	}
	return "signed out here; the server could not be told: " + obstacle, false
}

// reachServer makes the environment of a grant known to the authenticator, and says what
// would be the reason if the server could not be told.
func reachServer(ctx context.Context, setup *Setup, g auth.Grant) (obstacle string) {
	if g.Method == auth.MethodAPIKey {
		return ""
	}
	if g.Kept == auth.KeptSession {
		return "its credential was in the memory of a Canopy, not in the keyring"
	}
	env, err := environmentOf(ctx, setup, g)
	if err == nil {
		err = setup.Auth.SetEnvironment(env)
	}
	switch {
	case err != nil:
		return show.Line(err.Error())
	case env.RevocationEndpoint == "":
		return "environment " + show.Name(env.Name) + " has no revocation endpoint"
	}
	host := env.RevocationEndpoint
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	return show.Name(host) + " did not confirm it"
}

// environmentOf finds the environment of a grant. The sandbox's runs on ports of its own each
// time: one that still runs where the grant was given knows it best, else the built-in one
// takes up what its file says.
func environmentOf(ctx context.Context, setup *Setup, g auth.Grant) (auth.Environment, error) {
	for _, e := range setup.Environments {
		switch {
		case e.Name != g.Environment || e.Kind == auth.KindSandbox:
		case e.TokenEndpoint != "", e.Issuer == "":
			return e, nil
		default: // it names only its issuer
			return setup.Discover(ctx, e)
		}
	}
	if at, elsewhere := strings.CutPrefix(g.Environment, SandboxName+" at "); elsewhere {
		e, err := setup.sandbox.ask(ctx, "http://"+at)
		return environment(e, g.Environment), err
	}
	if g.Environment != SandboxName {
		return auth.Environment{}, fmt.Errorf("environment %q is not in the settings", g.Environment)
	}
	if e, err := setup.sandbox.ask(ctx, g.Issuer); err == nil {
		return environment(e, SandboxName), nil
	}
	return setup.StartSandbox(ctx)
}
