package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/ui/outline"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
	"canopy/ui/tree"
)

// explorer is the tree with its search: it knows which rows are open and gives them words.
type explorer struct {
	window *Window
	tree   *tree.Tree
	note   *widget.RichText // says that nothing matches
	said   string
	root   *fyne.Container
	state  session.State
	grant  string // whose open rows these are
	open   map[string]bool
	words  string // that are searched for
	rows   *outline.Outline
	chosen func(outline.Row) // the row whose details are to be shown, with every change of it
	picked func()            // the person has picked a row

	building bool
}

func newExplorer(w *Window) *explorer {
	e := &explorer{window: w, open: map[string]bool{}, rows: &outline.Outline{}, chosen: func(outline.Row) {}, picked: func() {}}
	e.tree = tree.New(w.Now)
	e.tree.OnSelect = e.selected
	e.tree.OnToggle = e.toggle
	e.tree.OnMenu = e.menu
	e.note = part.Paragraph("", noteStyle)
	e.root = container.NewStack(part.Pad(6, 0, e.tree),
		part.Pad(0, 16, container.NewVBox(layout.NewSpacer(), e.note, layout.NewSpacer())))
	return e
}

func (e *explorer) object() fyne.CanvasObject { return e.root }

func (e *explorer) show(st session.State) {
	if e.grant != st.Grant.ID {
		e.grant = st.Grant.ID
		e.words = ""
		e.load()
		e.tree.Unselect()
	}
	e.state = st
	e.build()
}

// build makes the rows anew and swaps them in. The selection stays while its row exists.
func (e *explorer) build() {
	e.building = true
	defer func() { e.building = false }()
	if e.nothing() {
		e.rows = &outline.Outline{}
		e.say(lang.L("Reading your organization…"))
		if !e.state.Reading {
			e.say(lang.L("Nothing has been read yet."))
		}
		e.tree.SetSource(lines{e, e.rows})
		return
	}
	e.openOrganization()
	e.rows = outline.Build(e.state.View, outline.Options{Open: e.open, Filter: e.words})
	e.readOpen()
	e.say("")
	if e.searching() && len(e.rows.Rows) <= 1 {
		e.say(e.noMatch())
	}
	e.tree.SetSource(lines{e, e.rows})
	if e.rows.Index(e.tree.Selected()) >= 0 {
		e.selected(e.tree.Selected())
		return
	}
	if e.words == "" && len(e.rows.Rows) > 0 {
		e.tree.Select(e.rows.Rows[0].ID)
	}
}

var noteStyle = part.Style{Color: look.ColorMuted, Align: fyne.TextAlignCenter}

// say puts a sentence where rows would be.
func (e *explorer) say(text string) {
	if e.said != text {
		e.said = text
		part.SetParagraph(e.note, text, noteStyle)
	}
}

func (e *explorer) searching() bool { return strings.TrimSpace(e.words) != "" }

// noMatch says why a search found nothing at all: it does not exist in what this grant sees,
// which is known only once everything has been read.
func (e *explorer) noMatch() string {
	if e.state.View.Search(e.words).Nothing {
		return lang.L("Nothing like that exists in what this grant sees. Escape shows everything again.")
	}
	return lang.L("Nothing matches of what could be read. Escape shows everything again.")
}

// readOpen asks for the branches of clusters that are open without having been read: after a restart, and after a
// refresh.
func (e *explorer) readOpen() {
	for _, r := range e.rows.Rows {
		if r.Kind == outline.Reading && r.Of == outline.Branch {
			e.window.Session.Branches(r.Part.ID)
		}
	}
}

// nothing reports whether there is nothing to show at all, not even an organization.
func (e *explorer) nothing() bool {
	s := e.state.View.Shown()
	return s == nil || (s.Organization() == api.Organization{} && len(s.Projects()) == 0)
}

// openOrganization opens the organization the first time it is seen: a tree of one closed row
// helps nobody.
func (e *explorer) openOrganization() {
	id := outline.OrganizationID(e.state.View.Shown().Organization().ID)
	if _, known := e.open[id]; !known && e.state.View.Shown().Organization().ID != "" {
		e.open[id] = true
	}
}

func (e *explorer) selected(id string) {
	i := e.rows.Index(id)
	if i < 0 {
		return
	}
	if !e.building {
		e.picked()
	}
	switch row := e.rows.Rows[i]; row.Kind {
	case outline.Reading, outline.Empty, outline.Unread, outline.Repaired:
		e.chosen(e.rows.Rows[row.Parent]) // it has no page of its own
	default:
		e.chosen(row)
	}
}

// reveal selects a row wherever it is, opening what it stands in.
func (e *explorer) reveal(id string) {
	for i := e.rows.Index(id); i >= 0; i = e.rows.Rows[i].Parent {
		if p := e.rows.Rows[i].Parent; p >= 0 {
			e.open[e.rows.Rows[p].ID] = true
		}
	}
	e.build()
	e.tree.Select(id)
}

func (e *explorer) toggle(id string, open bool) {
	e.open[id] = open
	e.save()
	e.build()
}

// openAll opens or closes the organization and every project.
func (e *explorer) openAll(open bool) {
	if e.state.View == nil {
		return
	}
	for _, p := range e.state.View.Shown().Projects() {
		e.open[outline.ProjectID(p.ID)] = open
	}
	e.open[outline.OrganizationID(e.state.View.Shown().Organization().ID)] = true
	e.save()
	e.build()
}

// filter shows what matches the words, with everything on the way to it.
func (e *explorer) filter(words string) {
	e.words = words
	e.build()
}

// load and save keep the open rows in the preferences, by grant.
func (e *explorer) load() {
	e.open = map[string]bool{}
	for _, id := range e.window.App.Preferences().StringList(prefOpen + e.grant) {
		closed := strings.HasPrefix(id, "-")
		e.open[strings.TrimPrefix(id, "-")] = !closed
	}
}

func (e *explorer) save() {
	ids := make([]string, 0, len(e.open))
	for id, open := range e.open {
		if !open {
			id = "-" + id
		}
		ids = append(ids, id)
	}
	e.window.App.Preferences().SetStringList(prefOpen+e.grant, ids)
}

func (e *explorer) copyID() {
	if i := e.rows.Index(e.tree.Selected()); i >= 0 {
		if id := idOf(e.rows.Rows[i]); id != "" {
			e.window.copy(id, lang.L("ID copied"))
		}
	}
}

// idOf returns TiDB Cloud's id of what a row stands for.
func idOf(r outline.Row) string {
	switch r.Kind {
	case outline.Cluster:
		return r.Cluster.ID
	case outline.Project:
		return r.Project.ID
	case outline.Branch:
		return r.Branch.ID
	case outline.Organization:
		return strings.TrimPrefix(r.ID, outline.OrganizationID(""))
	}
	return ""
}

// menu is the context menu of a row: what the menu bar and the details offer for it too.
func (e *explorer) menu(id string, at fyne.Position) {
	i := e.rows.Index(id)
	if i < 0 {
		return
	}
	row := e.rows.Rows[i]
	var items []*fyne.MenuItem
	if id := idOf(row); id != "" {
		items = append(items, fyne.NewMenuItem(lang.L("Copy ID"), func() { e.window.copy(id, lang.L("ID copied")) }),
			fyne.NewMenuItem(lang.L("Copy name"), func() { e.window.copy(row.Name, lang.L("Name copied")) }))
	}
	if row.Kind == outline.Cluster {
		items = append(items, fyne.NewMenuItem(lang.L("Open in console"), func() { e.window.openConsole(*row.Cluster) }))
	}
	if row.Expandable {
		text := lang.L("Open")
		if row.Open {
			text = lang.L("Close")
		}
		items = append(items, fyne.NewMenuItem(text, func() { e.toggle(row.ID, !row.Open) }))
	}
	items = append(items, fyne.NewMenuItem(lang.L("Refresh"), e.window.Session.Refresh))
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), e.window.win.Canvas(), at)
}

// lines gives the rows of the outline their words, for the ones in sight only.
type lines struct {
	e    *explorer
	rows *outline.Outline
}

func (l lines) Len() int                         { return len(l.rows.Rows) }
func (l lines) Index(id string) int              { return l.rows.Index(id) }
func (l lines) Parent(i int) int                 { return l.rows.Rows[i].Parent }
func (l lines) Next(prefix string, from int) int { return l.rows.Next(prefix, from) }

func (l lines) Row(i int) tree.Row {
	r := l.rows.Rows[i]
	out := tree.Row{ID: r.ID, Depth: r.Depth, Expandable: r.Expandable, Open: r.Open, Name: show.Name(r.Name)}
	switch r.Kind {
	case outline.Organization:
		out.Badge, out.BadgeColor, out.Bold = show.Initial(r.Name), badgeColor(l.e.state), true
		out.Note = counted("{{.Count}} projects", r.Count)
	case outline.Project:
		out.Tag, out.Count = projectType(r.Project), count(r)
	case outline.Cluster:
		out.Dot, out.Tag = stateColor(r.Cluster.State), show.Name(string(r.Cluster.Plan))
		out.Note, out.Short = place(r)
	case outline.Branch:
		out.Dot, out.Note = stateColor(r.Branch.State), lang.L("branch")
		if r.Branch.State != api.StateActive {
			out.Note = strings.ToLower(stateWords(r.Branch.State))
			out.Short = out.Note
		}
	default:
		l.e.remark(r, &out)
	}
	if l.e.state.Stale && out.Color == "" {
		out.Color = look.ColorMuted // the last there was; the banner and the status bar say so
	}
	return out
}

// remark words the rows that stand for what is not there.
func (e *explorer) remark(r outline.Row, out *tree.Row) {
	out.Color = look.ColorMuted
	switch r.Kind {
	case outline.Reading:
		out.Name = lang.L("Reading…")
	case outline.Empty:
		out.Name = emptyWords(r.Of)
	case outline.Unread:
		out.Name = lang.L("More may match: not everything has been read yet")
	case outline.Repaired:
		out.Name = lang.L("Nothing matches what you typed. These match “{{.Words}}”:", with("Words", show.Name(r.Name)))
	case outline.Fold:
		out.Icon, out.Name, out.Note = "hidden", foldName(r, e.searching()), voiceNote(r.Voice)
		out.Short = out.Note
	case outline.Absent:
		out.Name, out.Note = show.Name(r.Name), voiceNote(r.Voice)
		out.Short = out.Note
	case outline.Failed:
		out.Dot, out.Color = look.ColorTrouble, theme.ColorNameError
		out.Name = lang.L("Couldn't load: {{.Why}}", with("Why", why(r.Err)))
		out.Actions = []tree.Action{
			{Text: lang.L("Why?"), Do: func() { e.window.showError(r.Err) }},
			{Text: lang.L("Retry"), Do: func() { e.retry(r.Part) }},
		}
	}
}

func (e *explorer) retry(p inventory.Part) { e.window.Session.Retry(p) }

func emptyWords(of outline.Kind) string {
	switch of {
	case outline.Project:
		return lang.L("No projects in this grant")
	case outline.Branch:
		return lang.L("No branches")
	default:
		return lang.L("No clusters in this project")
	}
}

// place says where a cluster is and, unless it is active, what state it is in; short is the
// state alone.
func place(r outline.Row) (full, short string) {
	city := r.Cluster.Region.City
	if city == "" {
		city = r.Cluster.Region.Code
	}
	if r.Cluster.State == api.StateActive {
		return show.Name(city), ""
	}
	short = strings.ToLower(stateWords(r.Cluster.State))
	return show.Name(city) + " · " + short, short
}

// count says how many clusters a project has, once that is known.
func count(r outline.Row) string {
	switch {
	case r.Exact:
		return show.Count(r.Count)
	case r.Count > 0:
		return lang.L("at least {{.Count}}", with("Count", show.Count(r.Count)))
	default:
		return ""
	}
}
