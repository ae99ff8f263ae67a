package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/ui/show"
)

// treeFlags are the flags of `canopy tree`.
type treeFlags struct {
	grantFlags
	json, branches bool
}

// newTree returns the command that prints what a grant shows.
func newTree(x Outside) *cobra.Command {
	f := treeFlags{grantFlags: grantFlags{outside: x}}
	cmd := &cobra.Command{
		Use:   "tree",
		Short: "Print the projects and clusters that a grant shows",
		Long: "Read what a grant shows, within the scope that you chose, and print it as a tree. What is not there is\n" +
			"there with the reason: not granted, hidden by you, does not exist, or could not be read.\n\n" +
			"Into a file or a pipe goes one line for each thing, in columns with a tab between them:\n" +
			"kind (project, cluster, branch; or projects, clusters, branches where such a list could not be read),\n" +
			"voice (present, or one of the four reasons), project, cluster, branch, id, state, plan, region.\n\n" +
			"Exit code 0 means that everything was read, 2 that parts of it could not be, and 1 that there is no tree.",
		Args: noArgumentsOf,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "print one document in JSON, with every fact there is; it holds no secret")
	cmd.Flags().BoolVar(&f.branches, "branches", false, "read the branches as well: one request or more for each cluster")
	return cmd
}

// noArgumentsOf refuses what is not a flag.
func noArgumentsOf(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes flags only; see canopy %s --help", cmd.Name(), cmd.Name())
	}
	return nil
}

func (f *treeFlags) run(cmd *cobra.Command) error {
	ctx := cmd.Context()
	o, err := f.open(cmd)
	defer func() { o.close(ctx) }()
	if err != nil {
		return err
	}
	snapshot, err := f.read(cmd, o)
	if err != nil {
		return err
	}
	o.remember(snapshot)
	v := o.view(snapshot)
	if err := f.print(cmd.OutOrStdout(), o, v); err != nil {
		return fmt.Errorf("the tree could not be printed: %w", err)
	}
	return completeness(v)
}

// read reads what the grant shows.
func (f *treeFlags) read(cmd *cobra.Command, o *opened) (*inventory.Snapshot, error) {
	ctx := why(cmd.Context(), "tree")
	told := f.outside.progress(cmd.ErrOrStderr())
	told.say("Reading…")
	defer told.say("")
	inv := inventory.New(o.source, f.outside.now)
	err := inv.Load(ctx, func(s *inventory.Snapshot) {
		n, _ := s.Count()
		if n+len(s.Projects()) == 0 {
			return
		}
		told.say("Reading… " + counted(len(s.Projects()), "project") + ", " + counted(n, "cluster"))
	})
	if err != nil {
		return nil, o.unreadable(ctx, err)
	}
	if f.branches {
		err = readBranches(ctx, inv, o.view(inv.Snapshot()).Shown(), told)
	}
	return inv.Snapshot(), err
}

// readBranches reads the branches of all clusters that are shown, one after the other: the
// hosts allow so many requests a minute, and no more at once would be faster.
func readBranches(ctx context.Context, inv *inventory.Inventory, shown *inventory.Snapshot, told *progress) error {
	all, _ := shown.Count()
	done := 0
	for _, p := range shown.Projects() {
		for _, c := range shown.Clusters(p.ID) {
			done++
			told.say(fmt.Sprintf("Reading… branches of cluster %s of %s", show.Count(done), show.Count(all)))
			if !mayBranch(c) {
				continue
			}
			_ = inv.LoadBranches(ctx, c.ID, nil) // the failure stands in the snapshot
			if ctx.Err() != nil {
				return errStopped
			}
		}
	}
	return nil
}

// mayBranch reports whether a cluster is of a kind that has branches. Dedicated ones have not.
func mayBranch(c api.Cluster) bool { return c.Host != api.HostDedicated }

func (f *treeFlags) print(out io.Writer, o *opened, v *inventory.View) error {
	if f.json {
		return writeJSON(out, f.document(o, v))
	}
	if !f.outside.terminal(out) {
		return writeLines(out, v)
	}
	t := treeText{opened: o, view: v, plain: f.outside.getenv("NO_COLOR") != "" || f.outside.getenv("TERM") == "dumb"}
	return t.write(out)
}
