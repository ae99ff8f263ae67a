package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/ui/show"
)

// treeText writes a tree for the eyes of a person.
type treeText struct {
	opened *opened
	view   *inventory.View
	plain  bool // nothing is dimmed
	out    *bufio.Writer
	widths [3]int // of cluster names, states and plans
}

// How much of a tree is for the eyes: names are aligned up to so many characters, and so many
// things that are not there are named for each reason.
const (
	widestName = 40
	mostAbsent = 10
)

// branch is one line with what stands below it.
type branch struct {
	text  string
	below []branch
}

func (t *treeText) write(out io.Writer) error {
	t.out = bufio.NewWriter(out) // it keeps the first error for Flush
	g, shown := t.opened.grant, t.view.Shown()
	name := shown.Organization().Name
	if name == "" {
		name = organizationName(g)
	}
	t.line(show.Name(name) + "  " + t.dim(userName(g)+" · "+show.Name(g.Environment)))
	t.measure()
	projects, absent := shown.Projects(), t.absent()
	for i, p := range projects {
		// One after the other: there may be 100,000 clusters.
		t.grow("", t.project(p), i == len(projects)-1 && len(absent) == 0)
	}
	for i, b := range absent {
		t.grow("", b, i == len(absent)-1)
	}
	t.line("")
	t.line(t.summary())
	return t.out.Flush()
}

func (t *treeText) line(text string) { _, _ = t.out.WriteString(text + "\n") }

// grow draws a branch and everything below it.
func (t *treeText) grow(before string, b branch, last bool) {
	joint, bar := "├─ ", "│  "
	if last {
		joint, bar = "└─ ", "   "
	}
	t.line(t.dim(before+joint) + b.text)
	for i, next := range b.below {
		t.grow(before+bar, next, i == len(b.below)-1)
	}
}

// dim makes text fainter. It stands apart without that too.
func (t *treeText) dim(text string) string {
	if t.plain {
		return text
	}
	return "\x1b[2m" + text + "\x1b[0m"
}

// note is what there is to say of something, in brackets.
func (t *treeText) note(text string) string { return t.dim("[" + text + "]") }

func (t *treeText) measure() {
	shown := t.view.Shown()
	for _, p := range shown.Projects() {
		for _, c := range shown.Clusters(p.ID) {
			for i, text := range []string{show.Name(c.Name), stateName(c.State), planName(c.Plan)} {
				t.widths[i] = max(t.widths[i], min(utf8.RuneCountInString(text), widestName))
			}
		}
	}
}

func (t *treeText) project(p api.Project) branch {
	shown := t.view.Shown()
	clusters, status := shown.Clusters(p.ID), shown.ProjectStatus(p.ID)
	count := counted(len(clusters), "cluster")
	if !status.Done || status.Err != nil {
		count = "at least " + count
	}
	b := branch{text: show.Name(p.Name) + "  " + t.dim(count)}
	for _, c := range clusters {
		b.below = append(b.below, t.cluster(c))
	}
	if status.Err != nil {
		b.below = append(b.below, t.unread(status.Err))
	}
	return b
}

func (t *treeText) cluster(c api.Cluster) branch {
	shown := t.view.Shown()
	var b branch
	for i, cell := range []string{show.Name(c.Name), stateName(c.State), planName(c.Plan)} {
		b.text += cell + strings.Repeat(" ", 2+max(0, t.widths[i]-utf8.RuneCountInString(cell)))
	}
	b.text += show.Name(c.Region.String())
	for _, one := range shown.Branches(c.ID) {
		b.below = append(b.below, branch{text: show.Name(one.Name) + "  " + stateName(one.State)})
	}
	if err := shown.Status(inventory.Part{Kind: inventory.PartBranches, ID: c.ID}).Err; err != nil {
		b.below = append(b.below, t.unread(err))
	}
	return b
}

func (t *treeText) unread(err error) branch {
	return branch{text: t.note(inventory.CouldNotBeRead.String() + ": " + show.Line(failure{err: err}.Error()))}
}

// absent is what is not there, by reason.
func (t *treeText) absent() []branch {
	var list []branch
	if err := t.view.Shown().Status(projectsPart).Err; err != nil {
		list = append(list, t.unread(err))
	}
	said := map[inventory.Voice]int{}
	for _, m := range t.view.Missing() {
		if said[m.Voice]++; said[m.Voice] <= mostAbsent {
			list = append(list, branch{text: t.dim(show.Name(m.Project.Name) + "  [" + m.Voice.String() + "]")})
		}
	}
	for voice := inventory.Present; voice < inventory.Unread; voice++ {
		if more := said[voice] - mostAbsent; more > 0 {
			list = append(list, branch{text: t.note(show.Count(more) + " more " + voice.String())})
		}
	}
	return list
}

// summary counts everything, in the words of the window.
func (t *treeText) summary() string {
	n := t.view.Counts()
	text := atLeast(n.ProjectsExact) + counted(n.Projects, "project")
	if n.Virtual > 0 {
		text += fmt.Sprintf(" + %d virtual", n.Virtual)
	}
	text += ", " + atLeast(n.ClustersExact) + counted(n.Clusters, "cluster")
	for _, absent := range []struct {
		count int
		voice inventory.Voice
	}{
		{n.NotGranted, inventory.NotGranted}, {n.Hidden + n.HiddenVirtual, inventory.HiddenByYou},
		{n.Gone, inventory.DoesNotExist}, {n.Unreadable, inventory.CouldNotBeRead},
	} {
		if absent.count > 0 {
			text += ", " + show.Count(absent.count) + " " + absent.voice.String()
		}
	}
	return text + "; read " + moment(t.view.Shown().ReadAt())
}

func atLeast(exact bool) string {
	if exact {
		return ""
	}
	return "at least "
}

func stateName(s api.State) string { return show.Name(s.Words()) }

func planName(p api.Plan) string { return show.Name(string(p)) }

// lines writes a tree for other programs: a line for each thing, with tabs between the cells.
type lines struct{ out *bufio.Writer }

// thing is one line. What it has not is empty.
type thing struct {
	kind                                              string
	voice                                             inventory.Voice
	project, cluster, branch, id, state, plan, region string
}

func writeLines(out io.Writer, v *inventory.View) error {
	w := lines{bufio.NewWriter(out)} // it keeps the first error for Flush
	shown := v.Shown()
	if err := shown.Status(projectsPart).Err; err != nil {
		w.add(thing{kind: "projects", voice: inventory.CouldNotBeRead})
	}
	for _, p := range shown.Projects() {
		w.add(thing{kind: "project", project: p.Name, id: p.ID})
		for _, c := range shown.Clusters(p.ID) {
			w.cluster(shown, p, c)
		}
		if shown.ProjectError(p.ID) != nil {
			w.add(thing{kind: "clusters", voice: inventory.CouldNotBeRead, project: p.Name})
		}
	}
	for _, m := range v.Missing() {
		w.add(thing{kind: "project", voice: m.Voice, project: m.Project.Name, id: m.Project.ID})
	}
	return w.out.Flush()
}

func (w lines) cluster(shown *inventory.Snapshot, p api.Project, c api.Cluster) {
	w.add(thing{
		kind: "cluster", project: p.Name, cluster: c.Name, id: c.ID,
		state: c.State.Words(), plan: string(c.Plan), region: c.Region.String(),
	})
	for _, b := range shown.Branches(c.ID) {
		w.add(thing{kind: "branch", project: p.Name, cluster: c.Name, branch: b.Name, id: b.ID, state: b.State.Words()})
	}
	if shown.Status(inventory.Part{Kind: inventory.PartBranches, ID: c.ID}).Err != nil {
		w.add(thing{kind: "branches", voice: inventory.CouldNotBeRead, project: p.Name, cluster: c.Name})
	}
}

func (w lines) add(t thing) {
	for i, cell := range []string{t.kind, t.voice.String(), t.project, t.cluster, t.branch, t.id, t.state, t.plan, t.region} {
		if i > 0 {
			_ = w.out.WriteByte('\t')
		}
		if cell != "" { // which would be shown as a dash
			_, _ = w.out.WriteString(show.Line(cell))
		}
	}
	_ = w.out.WriteByte('\n')
}
