package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"canopy/api/ask"
	"canopy/ui/show"
)

// askFlags are the flags of `canopy ask`, before they are understood.
type askFlags struct {
	grantFlags
	json, allGrants                 bool
	environment, sandbox, now, user string
}

// newAsk returns the command that answers questions in words.
func newAsk(x Outside) *cobra.Command {
	f := &askFlags{grantFlags: grantFlags{outside: x}}
	cmd := &cobra.Command{
		Use:   "ask [question]",
		Short: "Answer questions in words about what your grants show",
		Long: "Read what your grants show and answer a question about it, in English, Chinese, Japanese or Spanish, or\n" +
			"in filters such as state:paused region:tokyo -plan:starter. Nothing but TiDB Cloud is asked.\n\n" +
			"Without a question, questions are read from standard input, one on each line. They form one\n" +
			"conversation, in which \"and in tokyo?\" is understood; a line --- begins a new one.\n\n" +
			"With --environment sandbox --all-grants everything in the sandbox is granted, without signing in.\n\n" +
			"Exit code 0 means that everything was read, 2 that parts of it could not be, and 1 that nothing was.",
		RunE: f.run,
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.environment, "environment", "", "ask the grants of the environment with this `name` only")
	flags.BoolVar(&f.allGrants, "all-grants", false, "ask all grants together, not only the one used last")
	flags.BoolVar(&f.json, "json", false, "print one line of JSON for each question: the reading and the answer")
	flags.StringVar(&f.sandbox, "sandbox", "", "the sandbox running at `URL`, instead of the built-in one")
	flags.StringVar(&f.now, "now", "", "`time` (RFC 3339) at which the questions are asked, instead of the machine's")
	flags.StringVar(&f.user, "user", "", "the `user` whom \"my\" means, instead of the one who signed in")
	return cmd
}

// run opens the grants, reads them and answers.
func (f *askFlags) run(cmd *cobra.Command, words []string) error {
	clock, zone, err := f.time()
	if err != nil {
		return err
	}
	f.outside.Auth.Now = clock
	s := &asking{flags: f, clock: clock, zone: zone, told: f.outside.progress(cmd.ErrOrStderr())}
	ctx := why(cmd.Context(), "ask")
	defer func() { s.close(cmd.Context()) }()
	if err := s.open(cmd); err != nil {
		return err
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	if len(words) > 0 {
		err = s.answer(ctx, cmd.OutOrStdout(), strings.Join(words, " "))
	} else {
		err = s.converse(ctx, cmd)
	}
	if err != nil {
		return err
	}
	return s.completeness()
}

// time returns the clock and the zone of the person.
func (f *askFlags) time() (clock func() time.Time, zone *time.Location, err error) {
	if f.now == "" {
		return f.outside.now, time.Local, nil
	}
	at, err := time.Parse(time.RFC3339, f.now)
	if err != nil {
		return nil, nil, fmt.Errorf("--now is a time as in 2026-11-23T12:00:00Z, not %q", f.now)
	}
	return func() time.Time { return at }, at.Location(), nil
}

// maxLine bounds one line of standard input. A question of more is refused with a sentence,
// and what is longer than this with an error.
const maxLine = 1 << 20

// converse answers the lines of standard input.
func (s *asking) converse(ctx context.Context, cmd *cobra.Command) error {
	lines := bufio.NewScanner(cmd.InOrStdin())
	lines.Buffer(nil, maxLine)
	if s.flags.outside.terminal(cmd.InOrStdin()) {
		cmd.PrintErrln("Ask a question on each line; Ctrl+D ends.")
	}
	for lines.Scan() {
		if ctx.Err() != nil {
			return errStopped
		}
		if strings.TrimSpace(lines.Text()) == "---" {
			s.talk.Forget()
			continue
		}
		if err := s.answer(ctx, cmd.OutOrStdout(), lines.Text()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard input cannot be read; give questions of one line each: %w", err)
	}
	return nil
}

// answer reads a question, fetches what it needs and prints the answer.
func (s *asking) answer(ctx context.Context, out io.Writer, question string) error {
	w := s.world()
	r := s.talk.Read(question, w)
	if needs := w.Needs(r.Query); needs.Calls() > 0 && !needs.Over {
		err := ask.Fetch(ctx, needs, s.branches, func(done, of int) {
			s.told.say(fmt.Sprintf("Reading… branches of cluster %s of %s", show.Count(done), show.Count(of)))
		})
		s.told.say("")
		if err != nil {
			return errStopped
		}
		s.known = nil
		w = s.world()
	}
	a := w.Answer(r)
	if s.flags.json {
		return writeJSONLine(out, a)
	}
	return writeAnswer(out, a, s.clock())
}

// writeJSONLine writes v on one line, with what could act on a terminal escaped.
func writeJSONLine(out io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeInert(out, text)
}

// writeAnswer writes an answer for people: the sentence, and what proves it.
func writeAnswer(out io.Writer, a ask.Answer, now time.Time) error {
	var b strings.Builder
	line := func(head, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s%s\n", head, show.Line(text))
		}
	}
	b.WriteString(show.Line(a.Text) + "\n")
	for _, n := range a.Notes {
		b.WriteString(show.Line(n) + "\n")
	}
	writeRows(&b, a)
	for _, o := range a.Options {
		line("", "– "+o.Label)
	}
	if len(a.From) > 0 {
		chips := make([]string, len(a.ReadAs))
		for i, c := range a.ReadAs {
			chips[i] = c.Label
		}
		line("Read as", strings.Join(chips, " · "))
		line("From", sourcesOf(a)+", read "+ask.Age(now, a.Stood))
	}
	for _, n := range a.NotSeen {
		line("Not seen", notSeenWords(n))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(out, b.String())
	return err
}

// writeRows writes the things that an answer consists of, one on each line.
func writeRows(b *strings.Builder, a ask.Answer) {
	switch a.Query.Intent {
	case ask.IntentList, ask.IntentTop, ask.IntentExport:
	default:
		return
	}
	if len(a.Query.GroupBy) > 0 || len(a.Groups) > 0 {
		return
	}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, r := range a.Rows() {
		cells := []string{r.ID, r.Name, r.State, r.Plan, r.Region, r.Project, r.Organization}
		if r.ClusterID == "" {
			cells = []string{r.ID, r.Name, r.Organization}
		}
		for i, c := range cells {
			cells[i] = show.Name(c)
		}
		_, _ = fmt.Fprintln(t, "  "+strings.Join(cells, "\t"))
	}
	_ = t.Flush() // a builder takes everything
}

// sourcesOf names the lists behind an answer, those of one address together.
func sourcesOf(a ask.Answer) string {
	pages := make(map[string]int)
	var order []string
	for _, s := range a.From {
		path, _, _ := strings.Cut(s.Path, "?")
		if strings.HasSuffix(path, "/branches") {
			path = "/v1beta1/clusters/…/branches"
		}
		key := s.Method + " " + s.Host + " " + path
		if pages[key] == 0 {
			order = append(order, key)
		}
		pages[key] += s.Pages
	}
	for i, key := range order {
		order[i] = key + " (" + counted(pages[key], "page") + ")"
	}
	return strings.Join(order, ", ")
}

func notSeenWords(n ask.NotSeen) string {
	words := n.Name + " in " + n.Organization + ": " + n.Why
	if n.Clusters > 0 {
		words += ", with " + counted(n.Clusters, "cluster")
	}
	return words
}

// errNothing says that there is nothing to ask.
var errNothing = errors.New("you are not signed in to anything; canopy signin does that, and canopy ask --environment sandbox --all-grants asks the sandbox")
