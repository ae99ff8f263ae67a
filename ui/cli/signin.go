package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"canopy/activity"
	"canopy/api"
	"canopy/auth"
)

// privateKeyVariable is the environment variable that holds the private part of an API key.
// There is no flag for it: command lines are there for every program on the machine to see.
const privateKeyVariable = "CANOPY_API_PRIVATE_KEY"

// signInFlags are the flags of `canopy signin`, before they are understood.
type signInFlags struct {
	outside             Outside
	options             Options
	device, apiKey      bool
	publicKey           string
	json, onlyInSession bool
}

// newSignIn returns the command that signs in from a terminal, as the window does.
func newSignIn(x Outside) *cobra.Command {
	f := signInFlags{outside: x}
	cmd := &cobra.Command{
		Use:   "signin",
		Short: "Sign in, in your browser, with a device code or with an API key",
		Long: "Sign in to an environment and keep the grant, as the window does. What happens is told on stderr;\n" +
			"stdout gets the id of the grant and nothing else.\n\n" +
			"The private part of an API key is read from the environment variable " + privateKeyVariable + ",\n" +
			"or else from standard input: one line, after a line with the public part if --public-key is not given.",
		// What was typed is not repeated: it may be a key.
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errors.New("signin takes flags only, --sandbox=URL with an equals sign; see canopy signin --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; see canopy signin --help", err)
	})
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.device, "device", false, "show a code to type in on any device, instead of opening a browser")
	flags.BoolVar(&f.apiKey, "api-key", false, "use an API key of an organization")
	flags.StringVar(&f.publicKey, "public-key", "", "public part of the API `key`; asked for if left out")
	flags.BoolVar(&f.json, "json", false, "print the grant in JSON instead of its id; it holds no secret")
	flags.StringVar(&f.options.Environment, "environment", "", "`name` of the environment to sign in to")
	flags.StringVar(&f.options.Sandbox, "sandbox", "", "sign in to the sandbox: the built-in one, or the one running at `URL`")
	flags.Lookup("sandbox").NoOptDefVal = builtIn
	registerLogLevel(cmd, &f.options)
	flags.BoolVar(&f.onlyInSession, "session-only", false, "")
	_ = flags.MarkHidden("session-only") // it is there to be refused with a reason; marking fails for unknown names only
	return cmd
}

// registerLogLevel adds the flag of the commands that can write a log. The default is quieter
// than the window's, for on a terminal the log stands among what the command says.
func registerLogLevel(cmd *cobra.Command, o *Options) {
	cmd.Flags().StringVar(&o.LogLevel, "log-level", "error", "debug, info, warn or error")
}

func (f *signInFlags) check() error {
	switch {
	case f.onlyInSession:
		return errors.New("a session in a terminal ends with the command, so there would be nothing left to use; leave --session-only out, or sign in from the window")
	case f.device && f.apiKey:
		return errors.New("--device and --api-key exclude each other; use one of them")
	case f.publicKey != "" && !f.apiKey:
		return errors.New("--public-key belongs to --api-key; add it")
	}
	return nil
}

func (f *signInFlags) run(cmd *cobra.Command) error {
	if err := f.check(); err != nil {
		return err
	}
	setup, err := f.outside.prepare(f.options, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer setup.Close()
	ctx := cmd.Context()
	defer finish(ctx, setup.Auth)
	env, err := enter(ctx, setup)
	if err != nil {
		return err
	}
	told := newSteps(cmd.ErrOrStderr(), f.outside)
	grant, err := f.signIn(cmd, setup.Auth, env, told)
	if err != nil {
		return signInProblem(err, setup)
	}
	grant = f.learnOrganization(ctx, setup, env, grant)
	told.signedIn(grant)
	if err := f.print(cmd.OutOrStdout(), grant); err != nil {
		return fmt.Errorf("signed in, but the grant could not be printed; canopy grants lists it: %w", err)
	}
	return nil
}

// enter gives the environment to sign in to, with the sandbox started if it is that.
func enter(ctx context.Context, setup *Setup) (auth.Environment, error) {
	env := setup.Environments[0]
	if env.Kind != auth.KindSandbox || env.TokenEndpoint != "" {
		return env, nil
	}
	env, err := setup.StartSandbox(ctx)
	if err == nil {
		err = setup.Auth.SetEnvironment(env)
	}
	switch {
	case ctx.Err() != nil:
		return env, auth.ErrCancelled
	case err != nil:
		return env, fmt.Errorf("the sandbox cannot be used: %w", err)
	}
	return env, nil
}

func (f *signInFlags) signIn(cmd *cobra.Command, a *auth.Authenticator, env auth.Environment, told *steps) (auth.Grant, error) {
	ctx := cmd.Context()
	switch {
	case f.device:
		return a.SignInWithDevice(ctx, env.Name, auth.Options{}, told.report)
	case !f.apiKey:
		told.doubt(f.outside.browserDoubt())
		return a.SignIn(ctx, env.Name, auth.Options{}, told.report)
	}
	public, private, err := f.readKey(cmd)
	if err != nil {
		return auth.Grant{}, err
	}
	return a.SignInWithAPIKey(ctx, env.Name, public, private)
}

// readKey reads both parts of an API key.
func (f *signInFlags) readKey(cmd *cobra.Command) (public string, private auth.Secret, err error) {
	in := answers{from: bufio.NewReader(cmd.InOrStdin()), prompt: io.Discard}
	if f.outside.terminal(cmd.InOrStdin()) {
		in.prompt = cmd.ErrOrStderr()
	}
	if public = f.publicKey; public == "" {
		if public, err = in.ask(cmd.Context(), "Public key: "); err != nil {
			return "", "", err
		}
	}
	private = auth.Secret(strings.TrimSpace(f.outside.getenv(privateKeyVariable)))
	if private == "" {
		line, err := in.ask(cmd.Context(), "Private key (it can be seen while you type; to avoid that, pipe it in or set "+privateKeyVariable+"): ")
		if err != nil {
			return "", "", err
		}
		private = auth.Secret(line)
	}
	switch {
	case public == "":
		return "", "", errors.New("the public part of the API key is missing; give it with --public-key or as the first line of standard input")
	case private == "":
		return "", "", errors.New("the private part of the API key is missing; set " + privateKeyVariable + " or give it on standard input")
	}
	return public, private, nil
}

// answers reads what a person or a script answers, line by line.
type answers struct {
	from   *bufio.Reader
	prompt io.Writer
}

// ask reads one line, which is empty at the end of the input. A terminal cannot be told to
// stop waiting for a line: when ctx ends first, the reading is left behind with the program.
func (in answers) ask(ctx context.Context, prompt string) (string, error) {
	_, _ = io.WriteString(in.prompt, prompt)
	type result struct {
		line string
		err  error
	}
	read := make(chan result, 1)
	go func() {
		line, err := in.from.ReadString('\n')
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		if r.err != nil && !errors.Is(r.err, io.EOF) {
			return "", fmt.Errorf("standard input cannot be read; give the API key some other way: %w", r.err)
		}
		return strings.TrimSpace(r.line), nil
	case <-ctx.Done():
		_, _ = io.WriteString(in.prompt, "\n")
		return "", auth.ErrCancelled
	}
}

// learnOrganization completes a grant whose sign-in did not name the organization, such as
// that of an API key. Not knowing is no reason to fail: whoever opens the grant asks again.
func (f *signInFlags) learnOrganization(ctx context.Context, setup *Setup, env auth.Environment, g auth.Grant) auth.Grant {
	if g.Organization.Name != "" {
		return g
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	client, err := api.New(api.Config{
		Hosts: api.Hosts{IAM: env.IAM, Serverless: env.Serverless, Dedicated: env.Dedicated},
		HTTP:  setup.Auth.Client(g.ID),
		Now:   f.outside.Auth.Now, Wait: f.outside.Auth.Wait,
	})
	if err != nil {
		setup.Log.Debug("the organization could not be asked for", "error", err)
		return g
	}
	org, err := client.Organization(activity.Why(ctx, "sign-in: which organization"))
	if err == nil {
		var complete auth.Grant
		if complete, err = setup.Auth.Learn(g.ID, auth.Organization{ID: org.ID, Name: org.Name}); err == nil {
			return complete
		}
	}
	setup.Log.Debug("the organization could not be learned", "error", err)
	return g
}

func (f *signInFlags) print(out io.Writer, g auth.Grant) error {
	if f.json {
		return writeJSON(out, g)
	}
	_, err := fmt.Fprintln(out, g.ID)
	return err
}

// signInProblem says what to do in a terminal where auth, which knows of none, says it for
// the window.
func signInProblem(err error, setup *Setup) error {
	switch {
	case errors.Is(err, auth.ErrKeyringAbsent):
		return errors.New("there is no keyring on this machine to keep the sign-in in; start one, such as GNOME Keyring or KWallet, or use the window, which can keep it for its session")
	case errors.Is(err, auth.ErrKeyringTooBig):
		return errors.New("the keyring refused the sign-in because it is too big for it; use the window, which can keep it for its session")
	case errors.Is(err, auth.ErrNoClientID):
		return fmt.Errorf("environment %q has no client id; set one in %s, or use --api-key or --sandbox", setup.Environments[0].Name, setup.Places.Settings)
	case errors.Is(err, auth.ErrNoLoopback):
		return fmt.Errorf("%w: canopy signin --device", err)
	}
	return err
}

// How long a command stays for what it has begun.
const (
	lastPage = 15 * time.Second // the page in the browser, and revocations; Ctrl+C cuts it short
	giveBack = 3 * time.Second  // after Ctrl+C: tokens that came all the same
)

// finish waits for what a.Close waits for, but not long, and less once the person has pressed
// Ctrl+C: Setup.Close, which comes after it, would not notice that.
func finish(ctx context.Context, a *auth.Authenticator) {
	patience := lastPage
	if ctx.Err() != nil {
		ctx, patience = context.WithoutCancel(ctx), giveBack
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = a.Close(ctx) // what did not end in time is cut off; the outcome has been told
}
