package ui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/choice"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
	"canopy/ui/tree"
)

// scopeLead says what ticks do, and what asking for more leads to.
func scopeLead(st session.State) string {
	values := with("Environment", show.Name(st.Environment.Name))
	switch {
	case st.Grant.Method == auth.MethodAPIKey:
		return lang.L("Unticking a project narrows this app at once. What an API key covers is decided in the console, by whoever owns it.")
	case !st.Environment.AuthorizationDetails:
		return lang.L("Unticking a project narrows this app at once. Ticking one outside the grant opens {{.Environment}}'s own page; the choice is made there.", values)
	case st.Grant.Method == auth.MethodDevice:
		return lang.L("Unticking a project narrows this app at once. Ticking one outside the grant asks {{.Environment}} again, with a device code.", values)
	default:
		return lang.L("Unticking a project narrows this app at once. Ticking one outside the grant asks {{.Environment}} again, in your browser.", values)
	}
}

// namedProjects says what a grant of single projects means for new ones.
func namedProjects(g auth.Grant) string {
	if g.AllProjects || len(g.Projects) == 0 {
		return ""
	}
	return lang.L("This grant is for single projects: a new one has to be asked for first.")
}

// scopeCounts says how many projects are ticked, and what is not seen of the others.
func scopeCounts(c *choice.Choice) string {
	n := c.Counts()
	values := with("Ticked", show.Count(n.Ticked), "Count", atLeast(show.Count(n.Projects), n.Exact))
	said := []string{lang.L("{{.Ticked}} of {{.Count}} ticked", values)}
	if n.Hidden > 0 {
		said = append(said, lang.L("{{.Count}} hidden", with("Count", show.Count(n.Hidden))))
	}
	if n.Outside > 0 {
		said = append(said, lang.L("{{.Count}} not in this grant", with("Count", show.Count(n.Outside))))
	}
	if c.Searching() {
		said = append(said, lang.L("{{.Count}} found", with("Count", show.Count(n.Found))))
	}
	switch {
	case n.Failed != nil:
		said = append(said, lang.L("the list could not be read to its end"))
	case !n.Exact:
		said = append(said, lang.L("the list is still being read"))
	}
	return strings.Join(said, "  ·  ")
}

// manyToName is how many projects fit into one link to a consent page, where their ids are as
// long as TiDB Cloud's.
const manyToName = 150

// changeWords say what applying the choice does, in the order in which it happens.
func changeWords(ch choice.Change, c *choice.Choice, st session.State) []string {
	if ch.Empty() {
		return []string{lang.L("Nothing changes")}
	}
	var said []string
	values := func(ps []choice.Project) map[string]any { return with("Count", show.Count(len(ps)), "Names", some(ps)) }
	if n := len(ch.Hide); n > 0 {
		said = append(said, lang.N("−{{.Count}} projects ({{.Names}}): hidden at once", n, values(ch.Hide)))
	}
	if n := len(ch.Show); n > 0 {
		said = append(said, lang.N("+{{.Count}} projects ({{.Names}}): shown at once", n, values(ch.Show)))
	}
	switch n := len(ch.Ask); {
	case n > 0 && st.Grant.Method == auth.MethodDevice:
		said = append(said, lang.N("+{{.Count}} projects ({{.Names}}): asked with a device code", n, values(ch.Ask)))
	case n > 0:
		said = append(said, lang.N("+{{.Count}} projects ({{.Names}}): asked in your browser", n, values(ch.Ask)))
	}
	if n := len(c.Want().Projects); len(ch.Ask) > 0 && st.Environment.AuthorizationDetails && (n == 0 || n > manyToName) {
		said = append(said, lang.L("to be ticked on the page that opens"))
	}
	switch {
	case ch.Rule && c.Rule() == choice.ShowNew:
		said = append(said, lang.L("projects that appear later: shown from now on"))
	case ch.Rule:
		said = append(said, lang.L("projects that appear later: hidden from now on"))
	}
	return said
}

// some names the first few.
func some(ps []choice.Project) string {
	const few = 3
	names := make([]string, 0, few)
	for _, p := range ps[:min(few, len(ps))] {
		names = append(names, shortName(p.ID, p.Name, fewLetters))
	}
	text := strings.Join(names, ", ")
	if len(ps) > few {
		text += ", …"
	}
	return text
}

// fewLetters is how much of a name leaves room for others beside it.
const fewLetters = 32

// shortName is a project's name, cut so that it has at most so many letters.
func shortName(id, name string, most int) string {
	letters := []rune(projectName(id, name))
	if len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return string(letters)
}

// projectName is the name of a project for a screen. The one that stands for clusters outside
// projects has none of its own.
func projectName(id, name string) string {
	if id == inventory.NoProject {
		return lang.L("(no project)")
	}
	return show.Name(name)
}

// applyWords name the button after what it does.
func applyWords(ch choice.Change, m auth.Method) string {
	switch {
	case len(ch.Ask) == 0:
		return lang.L("Apply")
	case m == auth.MethodDevice:
		return lang.L("Ask with a code…")
	default:
		return lang.L("Ask in browser…")
	}
}

// scopeAll is the id of the row that stands for the organization.
const scopeAll = "*"

// scopeRows gives the list its rows: the organization, unless something is searched for, then the
// projects that are found.
type scopeRows struct {
	*choice.Choice
	state  session.State
	counts choice.Counts
}

// head is how many rows stand above the projects.
func (s scopeRows) head() int {
	if s.Searching() || s.counts.Projects == 0 {
		return 0
	}
	return 1
}

func (s scopeRows) Len() int { return s.Choice.Len() + s.head() }

func (s scopeRows) Parent(i int) int { return min(i, s.head()) - 1 }

func (s scopeRows) Index(id string) int {
	if id == scopeAll {
		return s.head() - 1
	}
	if i := s.Choice.Index(id); i >= 0 {
		return i + s.head()
	}
	return -1
}

func (s scopeRows) Next(prefix string, from int) int {
	n := s.Len()
	for step := 1; step <= n; step++ {
		i := (from + step + n) % n
		if i < s.head() {
			continue
		}
		if name := s.At(i - s.head()).Name; len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return i
		}
	}
	return -1
}

func (s scopeRows) Row(i int) tree.Row {
	if i < s.head() {
		return s.organization()
	}
	p := s.At(i - s.head())
	row := tree.Row{ID: p.ID, Depth: s.head(), Name: projectName(p.ID, p.Name), Tick: tree.Unticked}
	if s.Ticked(p) {
		row.Tick = tree.Ticked
	}
	switch {
	case p.Outside:
		row.Tag = lang.L("not in this grant")
	case p.Err != nil:
		row.Tag = lang.L("could not be read")
	default:
		row.Note = clusterCount(s.state, p.ID)
		if p.Virtual {
			row.Tag = lang.L("outside projects")
		}
	}
	if !s.Tickable(p) {
		row.Tick, row.Color = tree.NoTick, look.ColorMuted
	}
	return row
}

func (s scopeRows) organization() tree.Row {
	name := organizationName(s.state)
	row := tree.Row{ID: scopeAll, Badge: show.Initial(name), BadgeColor: badgeColor(s.state), Name: name, Bold: true, Tick: tree.Partly, Note: lang.L("1 organization per grant")}
	switch {
	case s.counts.Hidden == 0:
		row.Tick = tree.Ticked
	case s.counts.Ticked == 0:
		row.Tick = tree.Unticked
	}
	return row
}

func clusterCount(st session.State, id string) string {
	whole := st.View.Whole()
	text := counted("{{.Count}} clusters", whole.ClusterCount(id))
	s := whole.ProjectStatus(id)
	return atLeast(text, s.Done && s.Err == nil)
}
