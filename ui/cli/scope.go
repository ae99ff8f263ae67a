package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/show"
)

// scopeFlags are the flags of `canopy scope`.
type scopeFlags struct {
	grantFlags
	only, hide, show []string
	all              bool
}

// newScope returns the command that says what a grant covers and shows, and changes the latter.
func newScope(x Outside) *cobra.Command {
	f := scopeFlags{grantFlags: grantFlags{outside: x}}
	cmd := &cobra.Command{
		Use:   "scope",
		Short: "Say what a grant covers and what is shown of it, and choose that",
		Long: "Say what a grant covers, what is shown of it, and what becomes of projects that appear later. With a flag,\n" +
			"choose what is shown: here, in the window, and everywhere else in Canopy. TiDB Cloud is not told.\n\n" +
			"P is the id or the name of a project; one with a comma in it goes in quotes within the quotes:\n" +
			"--only '\"a, b\",c'. A window that runs takes the choice in when it is used next.\n\n" +
			"Exit code 0 means that it is done, 2 that it is done and the list of projects could not be read, and\n" +
			"1 that nothing was changed.",
		Args: noArgumentsOf,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&f.only, "only", nil, "show only these projects `P,…`; new ones stay hidden")
	flags.StringSliceVar(&f.hide, "hide", nil, "hide these projects `P,…` as well")
	flags.StringSliceVar(&f.show, "show", nil, "show these projects `P,…` as well")
	flags.BoolVar(&f.all, "all", false, "show all projects, also new ones")
	return cmd
}

// wish is what the flags ask for, and the projects that they name.
func (f *scopeFlags) wish(cmd *cobra.Command) (flag string, named []string, err error) {
	for _, one := range []string{"only", "hide", "show", "all"} {
		switch {
		case !cmd.Flags().Changed(one):
		case flag != "":
			return "", nil, fmt.Errorf("--%s and --%s exclude each other; use one of them", flag, one)
		default:
			flag = one
		}
	}
	named = slices.Concat(f.only, f.hide, f.show)
	for i := range named {
		named[i] = strings.TrimSpace(named[i])
	}
	switch {
	case flag == "all" && !f.all:
		return "", nil, errors.New("--all=false says nothing; use --only or --hide")
	case flag != "" && flag != "all" && (len(named) == 0 || slices.Contains(named, "")):
		return "", nil, fmt.Errorf("--%s needs the id or the name of a project; canopy scope lists them", flag)
	}
	return flag, named, nil
}

func (f *scopeFlags) run(cmd *cobra.Command) error {
	flag, named, err := f.wish(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	o, err := f.open(cmd)
	defer func() { o.close(ctx) }()
	if err != nil {
		return err
	}
	snapshot, err := f.read(ctx, o)
	if err != nil {
		return err
	}
	o.remember(snapshot)
	if flag != "" {
		if err := (choice{o, o.view(snapshot), flag}).keep(named); err != nil {
			return err
		}
	}
	v := o.view(snapshot)
	page := scopePage{names: mostNames}
	if !f.outside.terminal(cmd.OutOrStdout()) {
		page.names = math.MaxInt
	}
	if err := page.write(cmd.OutOrStdout(), o.grant, v); err != nil {
		return fmt.Errorf("the scope could not be printed: %w", err)
	}
	if failures, _ := v.Gaps(); failures[projectsPart] != nil {
		return &incompleteError{[]failure{{projectsPart, failures[projectsPart]}}}
	}
	return nil
}

// listOnly is a source of which only the list of projects is asked for.
type listOnly struct{ inventory.Source }

func (listOnly) DedicatedClusters(context.Context, string, string) (api.Page[api.Cluster], error) {
	return api.Page[api.Cluster]{Total: -1}, nil
}

// read reads the list of projects. That it fails stands in the snapshot: what the grant states,
// and what the person chose, is known all the same.
func (f *scopeFlags) read(ctx context.Context, o *opened) (*inventory.Snapshot, error) {
	inv := inventory.New(listOnly{o.source}, f.outside.now)
	_ = inv.Reload(why(ctx, "scope"), projectsPart, nil) // as above
	if ctx.Err() != nil {
		return nil, errStopped
	}
	return inv.Snapshot(), nil
}

// choice is a change of what is shown of a grant.
type choice struct {
	opened *opened
	view   *inventory.View // before the change
	flag   string
}

// keep finds the projects that are named and writes the choice into the file of grants, where
// the window finds it.
func (c choice) keep(named []string) error {
	ids := make([]string, 0, len(named))
	var problems []string
	for _, word := range named {
		id, err := c.find(word)
		if err != nil {
			problems = append(problems, err.Error())
		}
		ids = append(ids, id)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s; nothing was changed", strings.Join(problems, "; "))
	}
	var refused error
	err := c.opened.setup.Auth.Grants().Update(c.opened.grant.ID, func(kept *auth.Grant) {
		scope, something := c.applied(kept.Scope, ids)
		if !something {
			refused = errors.New("that would hide everything; leave at least one project, or sign out with canopy signout")
			return
		}
		kept.Scope = scope
		c.opened.grant = *kept
	})
	switch {
	case refused != nil:
		return refused
	case errors.Is(err, auth.ErrNotFound):
		return errors.New("the grant is gone: it was signed out, or replaced, meanwhile; canopy grants lists what there is")
	case err != nil:
		return fmt.Errorf("the choice could not be kept: %w", err)
	}
	return nil
}

// applied changes a scope as the flag says, and reports whether it still shows something.
func (c choice) applied(s auth.Scope, ids []string) (next auth.Scope, something bool) {
	without := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(ids, id) })
	}
	switch narrow := len(s.Only) > 0; {
	case c.flag == "all":
		return auth.Scope{}, true
	case c.flag == "only":
		next = auth.Scope{Only: ids}
	case c.flag == "show" && narrow:
		next = auth.Scope{Only: slices.Concat(s.Only, ids)}
	case c.flag == "show":
		next = auth.Scope{Hidden: without(s.Hidden)}
	case narrow:
		if next = (auth.Scope{Only: without(s.Only)}); len(next.Only) == 0 {
			return s, false // for no names at all mean everything
		}
	default:
		next = auth.Scope{Hidden: slices.Concat(s.Hidden, ids)}
	}
	next = next.Normal()
	shows := next.Filter()
	return next, slices.ContainsFunc(c.view.Whole().Projects(), func(p api.Project) bool { return shows(p.ID) })
}

// find returns the id of the project that is meant, or why there is none to choose.
func (c choice) find(word string) (string, error) {
	projects := c.view.Whole().Projects()
	var ids []string
	for _, p := range projects {
		if p.ID == word {
			return p.ID, nil
		}
		if calls(word, p.Name) {
			ids = append(ids, p.ID)
		}
	}
	switch len(ids) {
	case 0:
		return "", c.absent(word)
	case 1:
		return ids[0], nil
	}
	return "", fmt.Errorf("%q is the name of %d projects; name one by its id: %s", show.Name(word), len(ids), show.Line(strings.Join(ids, ", ")))
}

// absent says in which voice a project is not there.
func (c choice) absent(word string) error {
	missing := slices.IndexFunc(c.view.Missing(), func(m inventory.Missing) bool {
		return m.Voice != inventory.HiddenByYou && (m.Project.ID == word || calls(word, m.Project.Name))
	})
	voice, err := inventory.DoesNotExist, error(nil)
	switch {
	case missing >= 0:
		m := c.view.Missing()[missing]
		voice, err = m.Voice, m.Err
	case isID(word):
		voice, err = c.view.Project(word)
	default: // a name that nobody has heard of can only be missing where names could not be read
		if failures, _ := c.view.Gaps(); failures[projectsPart] != nil {
			voice, err = inventory.CouldNotBeRead, failures[projectsPart]
		}
	}
	name := show.Name(word)
	switch voice {
	case inventory.NotGranted:
		if c.opened.grant.Method == auth.MethodAPIKey {
			return fmt.Errorf("%q is not granted; whoever owns the API key can give it more in the console", name)
		}
		return fmt.Errorf("%q is not granted; ask for it with %s and choose it in your browser", name, signInCommand(c.opened.grant))
	case inventory.CouldNotBeRead:
		return fmt.Errorf("whether there is a project %q could not be read: %w", name, failure{err: err})
	default:
		return fmt.Errorf("a project %q does not exist in what the grant sees; canopy scope lists what does", name)
	}
}

// isID reports whether a word is written as the ids of TiDB Cloud are.
func isID(word string) bool {
	return word != "" && strings.Trim(word, "0123456789") == ""
}

// mostNames is how many names stand in a line for the eyes of a person.
const mostNames = 20

// scopePage says what a grant covers and what is shown.
type scopePage struct{ names int }

func (s scopePage) write(out io.Writer, g auth.Grant, v *inventory.View) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(caption, text string) { _, _ = fmt.Fprintf(t, "%s\t%s\n", caption, text) } // Flush gives the error
	row("Grant", organizationName(g)+" ("+userName(g)+", "+show.Name(g.Environment)+")")
	row("Covers", s.covered(g, v))
	shown := v.Shown().Projects()
	if !v.Whole().Status(projectsPart).Done && len(shown) == 0 {
		row("Shows", "not known")
	} else {
		row("Shows", s.list(shown))
	}
	byVoice := map[inventory.Voice][]api.Project{}
	for _, m := range v.Missing() {
		byVoice[m.Voice] = append(byVoice[m.Voice], m.Project)
	}
	for voice := inventory.Present; voice < inventory.Unread; voice++ {
		if list := byVoice[voice]; len(list) > 0 {
			text := voice.String()
			row(strings.ToUpper(text[:1])+text[1:], s.list(list))
		}
	}
	if len(g.Scope.Only) > 0 {
		row("New projects", "stay hidden until you show them")
	} else {
		row("New projects", "are shown")
	}
	return t.Flush()
}

// covered is what the server stated when it gave the grant.
func (s scopePage) covered(g auth.Grant, v *inventory.View) string {
	switch {
	case g.AllProjects:
		return "all projects of the organization"
	case len(g.Projects) == 0:
		return "what TiDB Cloud lists for it; the server did not say more"
	}
	stated := make([]api.Project, 0, len(g.Projects))
	for _, p := range g.Projects {
		one := api.Project{ID: p.ID, Name: p.Name}
		if listed, ok := v.Whole().Project(p.ID); ok {
			one = listed
		}
		stated = append(stated, one)
	}
	return s.list(stated)
}

// list counts projects and names them.
func (s scopePage) list(projects []api.Project) string {
	times := map[string]int{}
	for _, p := range projects {
		times[p.Name]++
	}
	var names []string
	count, virtual := 0, 0
	for _, p := range projects {
		if p.Type == api.ProjectVirtual {
			virtual++
		} else {
			count++
		}
		if len(names) < s.names {
			name := show.Name(cmp.Or(p.Name, p.ID))
			if times[p.Name] > 1 {
				name += " (" + show.Name(p.ID) + ")"
			}
			names = append(names, name)
		}
	}
	text := counted(count, "project")
	if virtual > 0 {
		text += fmt.Sprintf(" + %d virtual", virtual)
	}
	if len(names) > 0 {
		text += ": " + strings.Join(names, ", ")
	}
	if more := len(projects) - len(names); more > 0 {
		text += fmt.Sprintf(" and %s more", show.Count(more))
	}
	return text
}
