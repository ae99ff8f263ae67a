// Package cli is Canopy in a terminal: the commands, and what they share with the window.
//
// It never imports Fyne. The window itself is given to it as a function, so that package main
// alone needs a display.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"canopy/ui/show"
)

// Version is the version of Canopy that this is.
const Version = "0.1.0"

// OpenWindow shows the window and returns when it has been closed.
type OpenWindow func(ctx context.Context, s *Setup) error

// Main runs the command line and returns the exit code. Errors are one sentence on stderr.
func Main(args []string, stdout, stderr io.Writer, open OpenWindow) int {
	return Outside{}.Main(args, stdout, stderr, open)
}

// Main is Main for commands that work with what x holds.
func (x Outside) Main(args []string, stdout, stderr io.Writer, open OpenWindow) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := x.Root(open)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return Run(ctx, root, args)
}

// The exit codes of commands.
const (
	exitDone       = 0
	exitFailed     = 1
	exitIncomplete = 2 // done as far as it goes: parts could not be read, an incompleteError
)

// Run runs a command line on root and returns the exit code. An error is one sentence on
// root's stderr, safe to show whatever a server put into it.
func Run(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	root.PrintErrln("canopy: " + show.Line(err.Error()))
	if incomplete := (*incompleteError)(nil); errors.As(err, &incomplete) {
		return exitIncomplete
	}
	return exitFailed
}

// NewRoot returns the command that opens the window, with the others below it.
func NewRoot(open OpenWindow) *cobra.Command { return Outside{}.Root(open) }

// Root is NewRoot for commands that work with what x holds.
func (x Outside) Root(open OpenWindow) *cobra.Command {
	var o Options
	root := &cobra.Command{
		Use:           "canopy",
		Short:         "A window on TiDB Cloud",
		Long:          "Canopy shows the organizations, projects and clusters of TiDB Cloud that you let it see. It only reads.",
		Version:       Version,
		Args:          noArguments,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			setup, err := x.window(o, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer setup.Close()
			if err := checkDisplay(cmd.Context(), x.getenv); err != nil {
				return err
			}
			return open(cmd.Context(), setup)
		},
	}
	f := root.Flags()
	f.StringVar(&o.Sandbox, "sandbox", "", "work with the sandbox: the built-in one, or the one running at `URL`")
	f.Lookup("sandbox").NoOptDefVal = builtIn
	f.StringVar(&o.Environment, "environment", "", "`name` of the environment to sign in to")
	f.StringVar(&o.Theme, "theme", "", "auto, light or dark; default: as chosen last")
	f.StringVar(&o.LogLevel, "log-level", "warn", "debug, info, warn or error")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; see canopy --help", err)
	})
	root.AddCommand(newSandbox(), newVersion())
	root.AddCommand(newSignIn(x), newGrants(x), newSignOut(x), newTree(x), newScope(x), newAsk(x))
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is", Args: noArguments,
		Run: func(cmd *cobra.Command, _ []string) { cmd.Println("canopy " + Version) },
	}
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("there is no command %q; see canopy --help", args[0])
	}
	return nil
}

// errNoDisplay says that a window cannot be opened here.
var errNoDisplay = errors.New("there is no display to open a window on; start Canopy in a desktop session, or set DISPLAY")
