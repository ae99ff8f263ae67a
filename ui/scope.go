package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"canopy/api"
	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
	"canopy/ui/tree"
)

// scopeDialog lets the person say which of the granted projects the window shows.
type scopeDialog struct {
	window   *Window
	state    session.State
	projects []api.Project
	ticked   map[string]bool
	list     *tree.Tree
	change   *part.Text
	apply    *part.Button
	modal    *part.Modal
}

// showScope opens the scope dialog.
func (w *Window) showScope() {
	if w.state.View == nil || w.state.Grant.ID == "" {
		return
	}
	d := &scopeDialog{window: w, state: w.state, projects: w.state.View.Whole().Projects(), ticked: map[string]bool{}}
	for _, p := range d.projects {
		d.ticked[p.ID] = w.state.Grant.Scope.Shows(p.ID)
	}
	d.show()
}

const scopeWidth, scopeRows = 560, 9

func (d *scopeDialog) show() {
	w := d.window
	d.list = tree.New(w.Now)
	d.list.OnActivate = d.toggle
	d.list.OnTick = d.toggle
	d.list.Keys = w.modalKey
	d.change = part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Cut: true})
	rows := min(len(d.projects)+1, scopeRows)
	framed := container.NewStack(part.NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard).SetMin(fyne.NewSize(0, float32(rows)*look.RowHeight+12)),
		part.Pad(6, 2, d.list))
	d.apply = part.NewPrimary(lang.L("Apply"), d.confirm)
	cancel := part.NewButton(lang.L("Cancel"), func() { d.modal.Close() })
	elsewhere := part.NewLink(lang.L("Add account or organization…"), func() { d.modal.Close(); w.Session.AddAccount() })
	d.apply.Keys, cancel.Keys, elsewhere.Keys = w.modalKey, w.modalKey, w.modalKey
	content := part.Column(10,
		part.NewText(lang.L("What Canopy may see"), part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(part.Paragraph(lang.L("Unticking a project narrows this app at once. For projects outside this grant, sign in again and choose them in your browser."), part.Style{Color: look.ColorMuted})),
		framed,
		d.change,
		part.Frame(nil, nil, part.Pad(0, -8, elsewhere), part.Row(8, cancel, d.apply), nil),
	)
	d.refresh()
	d.modal = w.showModal(scopeWidth, content, d.list, d.confirm)
}

// toggle ticks or unticks a project, or all of them.
func (d *scopeDialog) toggle(id string) {
	if id == scopeAll {
		on := d.count() < len(d.projects)
		for _, p := range d.projects {
			d.ticked[p.ID] = on
		}
	} else {
		d.ticked[id] = !d.ticked[id]
	}
	d.refresh()
}

func (d *scopeDialog) count() (n int) {
	for _, p := range d.projects {
		if d.ticked[p.ID] {
			n++
		}
	}
	return n
}

func (d *scopeDialog) refresh() {
	d.list.SetSource(scopeRowsOf{d})
	d.change.SetText(d.changes())
	enable(d.count() > 0, d.apply)
}

// changes says what Apply will do.
func (d *scopeDialog) changes() string {
	var hide, bring []string
	for _, p := range d.projects {
		switch was := d.state.Grant.Scope.Shows(p.ID); {
		case was && !d.ticked[p.ID]:
			hide = append(hide, show.Name(p.Name))
		case !was && d.ticked[p.ID]:
			bring = append(bring, show.Name(p.Name))
		}
	}
	permission := lang.L("permission: read-only")
	switch {
	case d.count() == 0:
		return lang.L("Tick at least one project.")
	case len(hide) == 0 && len(bring) == 0:
		return lang.L("Nothing changes") + "  ·  " + permission
	}
	var says []string
	if len(hide) > 0 {
		says = append(says, lang.N("−{{.Count}} projects ({{.Names}}): hidden at once", len(hide), with("Count", len(hide), "Names", some(hide))))
	}
	if len(bring) > 0 {
		says = append(says, lang.N("+{{.Count}} projects ({{.Names}}): shown at once", len(bring), with("Count", len(bring), "Names", some(bring))))
	}
	return strings.Join(append(says, permission), "  ·  ")
}

// some names the first few.
func some(names []string) string {
	const few = 3
	if len(names) > few {
		return strings.Join(names[:few], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

func (d *scopeDialog) confirm() {
	if d.count() == 0 {
		return
	}
	d.modal.Close()
	d.window.Session.SetScope(d.scope())
}

// scope is everything, also new projects, when all are ticked; else only those that are.
func (d *scopeDialog) scope() auth.Scope {
	if d.count() == len(d.projects) {
		return auth.Scope{}
	}
	var only []string
	for _, p := range d.projects {
		if d.ticked[p.ID] {
			only = append(only, p.ID)
		}
	}
	slices.Sort(only)
	return auth.Scope{Only: only}
}

// scopeAll is the id of the row that stands for the organization.
const scopeAll = "*"

// scopeRowsOf gives the dialog's rows: the organization, then its projects.
type scopeRowsOf struct{ d *scopeDialog }

func (s scopeRowsOf) Len() int { return len(s.d.projects) + 1 }

func (s scopeRowsOf) Parent(i int) int { return min(i, 1) - 1 }

func (s scopeRowsOf) Index(id string) int {
	if id == scopeAll {
		return 0
	}
	for i, p := range s.d.projects {
		if p.ID == id {
			return i + 1
		}
	}
	return -1
}

func (s scopeRowsOf) Next(prefix string, from int) int {
	n := s.Len()
	for step := 1; step <= n; step++ {
		i := (from + step + n) % n
		if i == 0 {
			continue
		}
		if name := s.d.projects[i-1].Name; len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return i
		}
	}
	return -1
}

func (s scopeRowsOf) Row(i int) tree.Row {
	d := s.d
	if i == 0 {
		name := organizationName(d.state)
		tick := tree.Partly
		switch d.count() {
		case len(d.projects):
			tick = tree.Ticked
		case 0:
			tick = tree.Unticked
		}
		return tree.Row{ID: scopeAll, Badge: show.Initial(name), Name: name, Bold: true, Tick: tick, Note: lang.L("1 organization per grant")}
	}
	p := d.projects[i-1]
	row := tree.Row{ID: p.ID, Depth: 1, Name: show.Name(p.Name), Tick: tree.Unticked, Note: clusterCount(d.state, p)}
	if d.ticked[p.ID] {
		row.Tick = tree.Ticked
	}
	return row
}

func clusterCount(st session.State, p api.Project) string {
	n := len(st.View.Whole().Clusters(p.ID))
	text := counted("{{.Count}} clusters", n)
	if s := st.View.Whole().ProjectStatus(p.ID); !s.Done || s.Err != nil {
		return lang.L("at least {{.Count}}", with("Count", text))
	}
	return text
}

// shownToo is the scope of the open grant with one more project shown.
func shownToo(st session.State, id string) auth.Scope {
	s := st.Grant.Scope
	if len(s.Only) > 0 {
		return auth.Scope{Only: append(slices.Clone(s.Only), id)}
	}
	return auth.Scope{Hidden: slices.DeleteFunc(slices.Clone(s.Hidden), func(h string) bool { return h == id })}
}

// askFor opens the scope dialog with projects ticked that the grant does not cover.
func (w *Window) askFor(...string) { w.showScope() }
