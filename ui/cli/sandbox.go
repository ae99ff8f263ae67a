package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"canopy/api/sandbox"
)

// sandboxFlags are the flags of `canopy sandbox`, before they are understood.
type sandboxFlags struct {
	options                 sandbox.Options
	json, rotate, log       bool
	now, pkce               string
	noDetails, revokeFamily bool
}

// newSandbox returns the command that runs TiDB Cloud in a box until it is stopped.
func newSandbox() *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run TiDB Cloud in a box on this machine",
		Long:  sandboxHelp(),
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; see canopy sandbox --help", err)
	})
	f.register(cmd)
	return cmd
}

func (f *sandboxFlags) register(cmd *cobra.Command) {
	o, flags := &f.options, cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.Listen, "listen", "127.0.0.1", "loopback `address` to listen on")
	flags.IntVar(&o.Port, "port", 0, "first of five consecutive ports; 0 takes free ones")
	flags.BoolVar(&f.json, "json", false, "say where it serves in one line of JSON")
	flags.StringVar(&f.now, "now", "", "`time` (RFC 3339) at which its clock starts, instead of the machine's")
	flags.DurationVar(&o.Latency, "latency", 0, "delay of every answer")
	flags.IntVar(&o.RateLimit, "rate-limit", 100, "API requests a minute for each grant or key; -1 for no limit")
	flags.DurationVar(&o.TokenLifetime, "token-lifetime", time.Hour, "how long an access token lives")
	flags.BoolVar(&f.rotate, "rotate", true, "give a new refresh token at each refresh")
	flags.DurationVar(&o.Grace, "grace", 0, "how long a rotated refresh token may still be used")
	flags.StringArrayVar(&o.Faults, "fault", nil, "`NAME[=ARGUMENT][*COUNT]` of a fault, may be repeated; see above")
	flags.IntVar(&o.Clusters, "clusters", 0, "add a generated organization with that many clusters")
	flags.IntVar(&o.Projects, "projects", 0, "spread its clusters over that many projects, also more than clusters; 0: 200 in each")
	flags.Uint64Var(&o.Seed, "seed", 0, "seed of the generated organization")
	flags.StringVar(&o.State, "state", "", "`file` that keeps the grants over a restart")
	flags.StringVar(&o.ClientID, "client-id", sandbox.DefaultClientID, "the OAuth client it knows")
	flags.StringVar(&o.ClientSecret, "client-secret", "", "makes it a confidential client with this secret")
	flags.StringArrayVar(&o.Redirects, "redirect", nil, "registered redirect `URI`, may be repeated; without a port any port matches")
	flags.StringVar(&f.pkce, "pkce", string(sandbox.PKCERequired), "code challenges are required, optional or ignored")
	flags.IntVar(&o.ForeignStatus, "foreign", 0, "`status` for ids outside the grant, 403 or 404; 0: projects 403, clusters 404")
	flags.BoolVar(&o.OrganizationID, "org-id", false, "let /v1beta1/org tell the id too")
	flags.BoolVar(&f.noDetails, "no-authorization-details", false, "leave authorization_details out of token answers")
	flags.BoolVar(&f.revokeFamily, "revoke-family", false, "let the revocation of an access token end the whole grant")
	flags.BoolVar(&f.log, "log", false, "log each request to stderr, without secrets")
}

func sandboxHelp() string {
	var b strings.Builder
	b.WriteString("Run TiDB Cloud in a box on this machine: authorization server, consent pages and Open API,\n" +
		"each host on a port of its own. No real account is involved. It runs until it is stopped.\n\n" +
		"Faults, for --fault and for POST /_sandbox/faults on the oauth host:\n")
	for _, fault := range sandbox.Faults() {
		form := fault.Name
		if fault.Argument != "" {
			form += "=" + fault.Argument
		}
		fmt.Fprintf(&b, "  %-34s %s\n", form, fault.Text)
	}
	b.WriteString("TARGET is a host or an endpoint: " + sandbox.FaultTargets + ".\n")
	b.WriteString("With *COUNT behind it a fault lasts for the next COUNT uses only, for example status=token:500*2.")
	return b.String()
}

// run serves until the command's context ends.
func (f *sandboxFlags) run(cmd *cobra.Command) error {
	options, err := f.understand(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	server, err := sandbox.Start(options)
	if err != nil {
		return fmt.Errorf("the sandbox cannot start: %w", err)
	}
	if err := f.announce(cmd.OutOrStdout(), server); err != nil {
		_ = server.Close() // the first error is the one that counts
		return fmt.Errorf("the sandbox serves, but cannot say where: %w", err)
	}
	<-cmd.Context().Done()
	if err := server.Close(); err != nil {
		return fmt.Errorf("the sandbox has stopped, but not cleanly: %w", err)
	}
	return nil
}

func (f *sandboxFlags) understand(stderr io.Writer) (sandbox.Options, error) {
	o := f.options
	o.NoRotate, o.NoAuthorizationDetails, o.RevokeFamily = !f.rotate, f.noDetails, f.revokeFamily
	o.PKCE = sandbox.PKCE(f.pkce)
	if o.RateLimit == 0 {
		return o, fmt.Errorf("--rate-limit 0 would refuse everything; choose 1 or more, or -1 for no limit")
	}
	if o.TokenLifetime <= 0 {
		return o, fmt.Errorf("--token-lifetime %v leaves no time to use a token; choose for example 30s", o.TokenLifetime)
	}
	if f.now != "" {
		start, err := time.Parse(time.RFC3339, f.now)
		if err != nil {
			return o, fmt.Errorf("--now %q is no RFC 3339 time; write for example 2026-11-23T12:00:00Z", f.now)
		}
		o.Now = clockFrom(start)
	}
	if f.log {
		o.Log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return o, nil
}

// clockFrom returns a clock that stands at start now and goes on from there.
func clockFrom(start time.Time) func() time.Time {
	begun := time.Now()
	return func() time.Time { return start.Add(time.Since(begun)) }
}

// announce says where the sandbox serves: to programs in one line, to people in a few.
func (f *sandboxFlags) announce(out io.Writer, server *sandbox.Server) error {
	e := server.Endpoints()
	if f.json {
		return json.NewEncoder(out).Encode(e)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The sandbox serves. No real TiDB Cloud account is involved.\n\n")
	fmt.Fprintf(&b, "  issuer      %s\n  console     %s\n  iam         %s\n  serverless  %s\n  dedicated   %s\n  client id   %s\n\n",
		e.Issuer, e.Console, e.IAM, e.Serverless, e.Dedicated, e.ClientID)
	for _, key := range server.APIKeys() {
		fmt.Fprintf(&b, "  API key of organization %s: %s %s\n", key.Organization, key.Public, key.Private)
	}
	fmt.Fprintf(&b, "\nOpen Canopy on it:  canopy --sandbox=%s\nStop it:            Ctrl+C\n", e.Issuer)
	_, err := io.WriteString(out, b.String())
	return err
}
