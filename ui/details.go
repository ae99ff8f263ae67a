package ui

import (
	"bytes"
	"encoding/json"
	"net"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/ui/outline"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// details is the right side: what is known about the selected row.
type details struct {
	window *Window
	root   *fyne.Container
	scroll *container.Scroll
	body   *fyne.Container
	state  session.State
	row    outline.Row
	drawn  any    // what the page on show was made from, to leave it alone when nothing changed
	tab    string // chosen, kept from cluster to cluster
	reveal func(id string)
	// searching reports whether the tree shows the matches of a search.
	searching func() bool
}

func newDetails(w *Window) *details {
	d := &details{window: w, body: container.NewStack(), reveal: func(string) {}, searching: func() bool { return false }}
	d.scroll = container.NewVScroll(part.Pad(18, 24, d.body))
	d.root = container.NewStack(part.NewBox(theme.ColorNameBackground, "", 0), d.scroll)
	return d
}

func (d *details) object() fyne.CanvasObject { return d.root }

func (d *details) show(st session.State) {
	d.state = st
	if shown := st.View.Shown(); shown == nil || len(shown.Projects()) == 0 && shown.Organization().Name == "" {
		d.drawn, d.row = nil, outline.Row{}
		d.page(container.NewVBox())
	}
}

// choose shows what a row stands for. A row that says why something is missing shows what it
// belongs to.
func (d *details) choose(r outline.Row) {
	if d.state.View == nil {
		return
	}
	same := r.ID == d.row.ID
	d.row = r
	switch r.Kind {
	case outline.Organization:
		d.draw(same, d.organizationFacts(), d.organization)
	case outline.Project:
		d.draw(same, d.projectFacts(r.Project), func() fyne.CanvasObject { return d.project(r.Project) })
	case outline.Cluster:
		c, st := *r.Cluster, d.branchStatus(r.Cluster.ID)
		d.draw(same, []any{c, d.state.View.Shown().Branches(c.ID), st.Done, st.Err}, func() fyne.CanvasObject { return d.cluster(c) })
	case outline.Branch:
		c, b := *r.Cluster, *r.Branch
		d.draw(same, []any{c, b}, func() fyne.CanvasObject { return d.branch(c, b) })
	case outline.Failed:
		d.draw(same, r.Err, func() fyne.CanvasObject { return d.failure(r) })
	case outline.Absent:
		d.draw(same, []any{r.Name, r.Voice, r.Err}, func() fyne.CanvasObject { return d.absent(r) })
	case outline.Fold:
		d.draw(same, []any{r.Voice, r.Count}, func() fyne.CanvasObject { return d.fold(r) })
	}
}

func (d *details) branchStatus(cluster string) inventory.Status {
	return d.state.View.Shown().Status(inventory.Part{Kind: inventory.PartBranches, ID: cluster})
}

// draw makes the page unless it would be the same: a refresh must not take the selection of
// text or the place in the page away.
func (d *details) draw(same bool, from any, makePage func() fyne.CanvasObject) {
	if same && reflect.DeepEqual(from, d.drawn) {
		return
	}
	d.drawn = from
	if !same {
		d.scroll.Offset = fyne.Position{}
	}
	d.page(makePage())
}

func (d *details) page(o fyne.CanvasObject) {
	d.body.Objects = []fyne.CanvasObject{o}
	d.body.Refresh()
	d.scroll.Refresh()
}

// crumb is one step of the way from the organization to what is shown.
type crumb struct{ name, id string }

func (d *details) breadcrumb(crumbs ...crumb) fyne.CanvasObject {
	row := part.Row(0)
	for i, c := range crumbs {
		if i > 0 {
			row.Add(part.Middle(part.NewText("›", part.Style{Color: look.ColorMuted})))
		}
		name := part.Ellipsis(show.Name(c.name), 220, theme.Size(theme.SizeNameText), fyne.TextStyle{})
		row.Add(part.NewQuietLink(name, func() { d.reveal(c.id) }))
	}
	return row
}

func (d *details) organizationCrumb() crumb {
	org := d.state.View.Shown().Organization()
	return crumb{org.Name, outline.OrganizationID(org.ID)}
}

func (d *details) projectCrumb(id string) crumb {
	p, ok := d.state.View.Shown().Project(id)
	if !ok {
		return crumb{id, outline.ProjectID(id)}
	}
	return crumb{p.Name, outline.ProjectID(id)}
}

// heading is the breadcrumb, the name with a state, and the actions.
func heading(crumbs fyne.CanvasObject, name string, pill fyne.CanvasObject, actions ...fyne.CanvasObject) fyne.CanvasObject {
	title := part.NewText(show.Name(name), part.Style{Size: theme.SizeNameHeadingText, Bold: true, Cut: true})
	line := container.New(titleLayout{}, title)
	if pill != nil {
		line.Add(part.Middle(pill))
	}
	column := part.Column(6, crumbs, line)
	if len(actions) > 0 {
		column.Add(part.Pad(4, 0, part.Row(8, actions...)))
	}
	return column
}

// titleLayout puts the pill right behind the title, which gives way when there is no room.
type titleLayout struct{}

func (titleLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := o[0].MinSize()
	for _, x := range o[1:] {
		size = fyne.NewSize(size.Width+10+x.MinSize().Width, max(size.Height, x.MinSize().Height))
	}
	return size
}

func (titleLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	room := size.Width
	if len(o) > 1 {
		room -= o[1].MinSize().Width + 10
	}
	width := room
	if t, ok := o[0].(interface{ FullWidth() float32 }); ok {
		width = min(room, t.FullWidth())
	}
	o[0].Resize(fyne.NewSize(width, size.Height))
	if len(o) > 1 {
		o[1].Resize(fyne.NewSize(o[1].MinSize().Width, size.Height))
		o[1].Move(fyne.NewPos(width+10, 0))
	}
}

func (d *details) cluster(c api.Cluster) fyne.CanvasObject {
	w := d.window
	var copyButton *part.Button
	copyButton = part.NewMenuButton(lang.L("Copy connection string"), func() { w.connectionMenu(c, copyButton) })
	enable(connectable(c), copyButton)
	actions := []fyne.CanvasObject{copyButton,
		part.NewButton(lang.L("Open in console"), func() { w.openConsole(c) }),
		part.NewButton(lang.L("Copy ID"), func() { w.copy(c.ID, lang.L("ID copied")) })}
	tabs := []part.Tab{{Key: "overview", Title: lang.L("Overview"), Make: func() fyne.CanvasObject { return d.overview(c) }}}
	if c.Host == api.HostServerless {
		tabs = append(tabs, part.Tab{Key: "branches", Title: d.branchTitle(c), Make: func() fyne.CanvasObject { return d.branches(c) }})
	}
	tabs = append(tabs, part.Tab{Key: "json", Title: "JSON", Make: func() fyne.CanvasObject {
		whole, _ := d.state.View.Whole().Cluster(c.ID) // rows need not carry the text they came from
		return w.jsonPage(whole.Raw)
	}})
	t := part.NewTabs(tabs, d.tab)
	t.OnChoose = func(key string) { d.tab = key }
	return part.Column(14,
		heading(d.breadcrumb(d.organizationCrumb(), d.projectCrumb(c.ProjectID)), c.Name, part.Pill(stateWords(c.State), stateColor(c.State)), actions...),
		t.Container)
}

func (d *details) branchTitle(c api.Cluster) string {
	if d.branchStatus(c.ID).Done {
		return lang.L("Branches {{.Count}}", with("Count", len(d.state.View.Shown().Branches(c.ID))))
	}
	return lang.L("Branches")
}

func (d *details) overview(c api.Cluster) fyne.CanvasObject {
	facts := []fact{
		{lang.L("Plan"), show.Name(string(c.Plan))},
		{lang.L("Region"), region(c.Region)},
		{lang.L("Version"), show.Name(c.Version)},
		{lang.L("Created"), createdBy(c.Created, c.CreatedBy)},
		{capacityCaption(c), capacity(c)},
		{lang.L("Availability"), availability(c.Availability)},
	}
	more := []fact{
		{lang.L("Backups"), backups(c.Backup)},
		{lang.L("Public endpoint"), publicEndpoint(c.Public)},
		{lang.L("Labels"), labels(c.Labels)},
	}
	return part.Pad(16, 0, part.Column(12, d.cards(facts), d.hostCard(c.Public), d.cards(more)))
}

// hostCard is the address of a cluster, to copy.
func (d *details) hostCard(e api.Endpoint) fyne.CanvasObject {
	text := lang.L("No public endpoint")
	var action fyne.CanvasObject
	if e.Host != "" {
		address := net.JoinHostPort(e.Host, strconv.Itoa(e.Port))
		text = show.Line(address)
		action = part.NewLink(lang.L("Copy"), func() { d.window.copy(address, lang.L("Copied")) })
	}
	label := part.Selectable(text, false)
	label.TextStyle.Monospace = true
	return container.NewStack(part.NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard),
		part.Pad(2, 7, part.Frame(nil, nil, nil, action, label)))
}

type fact struct{ caption, value string }

// cards lays facts out, three in a row where there is room.
func (d *details) cards(facts []fact) fyne.CanvasObject {
	grid := container.New(&cardGrid{gap: 12, grew: d.scroll.Refresh})
	for _, f := range facts {
		grid.Add(part.Card(f.caption, f.value))
	}
	return grid
}

func (d *details) branches(c api.Cluster) fyne.CanvasObject {
	st := d.branchStatus(c.ID)
	rows := part.Column(6)
	switch found := d.state.View.Shown().Branches(c.ID); {
	case st.Err != nil:
		rows.Add(part.NewText(lang.L("Couldn't load: {{.Why}}", with("Why", why(st.Err))), part.Style{Color: theme.ColorNameError, Cut: true}))
		rows.Add(part.Row(0, part.NewLink(lang.L("Why?"), func() { d.window.showError(st.Err) }),
			part.NewLink(lang.L("Retry"), func() {
				d.window.Session.Retry(inventory.Part{Kind: inventory.PartBranches, ID: c.ID})
			})))
	case !st.Done:
		d.window.Session.Branches(c.ID)
		rows.Add(part.NewText(lang.L("Reading…"), part.Style{Color: look.ColorMuted}))
	case len(found) == 0:
		rows.Add(part.NewText(lang.L("This cluster has no branches."), part.Style{Color: look.ColorMuted}))
	default:
		for _, b := range found {
			about := stateWords(b.State) + " · " + createdBy(b.Created, b.CreatedBy)
			rows.Add(part.Card(about, show.Name(b.Name)))
		}
	}
	return part.Pad(16, 0, rows)
}

func (d *details) branch(c api.Cluster, b api.Branch) fyne.CanvasObject {
	w := d.window
	return part.Column(14,
		heading(d.breadcrumb(d.organizationCrumb(), d.projectCrumb(c.ProjectID), crumb{c.Name, outline.ClusterID(c.ID)}), b.Name,
			part.Pill(stateWords(b.State), stateColor(b.State)),
			part.NewButton(lang.L("Copy ID"), func() { w.copy(b.ID, lang.L("ID copied")) })),
		d.cards([]fact{
			{lang.L("Branch of"), show.Name(c.Name)},
			{lang.L("Created"), createdBy(b.Created, b.CreatedBy)},
			{lang.L("Region"), region(c.Region)},
		}),
		d.hostCard(b.Public))
}

func (d *details) failure(r outline.Row) fyne.CanvasObject {
	return part.Column(14,
		heading(d.breadcrumb(d.organizationCrumb()), lang.L("Couldn't load"), nil,
			part.NewPrimary(lang.L("Retry"), func() { d.window.Session.Retry(r.Part) }),
			part.NewButton(lang.L("Why?"), func() { d.window.showError(r.Err) })),
		part.Flush(part.Paragraph(why(r.Err), part.Style{Color: look.ColorMuted})))
}

// jsonPage is what TiDB Cloud sent, to read and to copy. The text is escaped line by line: it
// may hold any character.
func (w *Window) jsonPage(raw json.RawMessage) fyne.CanvasObject {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		pretty.Reset()
		pretty.Write(raw)
	}
	lines := strings.Split(pretty.String(), "\n")
	for i := range lines {
		lines[i] = show.Line(lines[i])
	}
	text := part.Selectable(strings.Join(lines, "\n"), false)
	text.TextStyle.Monospace, text.Wrapping = true, fyne.TextWrapBreak
	copyIt := part.NewLink(lang.L("Copy"), func() { w.copyLines(strings.Join(lines, "\n"), lang.L("Copied")) })
	return part.Pad(16, 0, container.NewStack(part.NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard),
		part.Pad(4, 7, part.Frame(nil, nil, nil, container.NewVBox(copyIt), text))))
}

// openConsole opens a cluster's page in the console.
func (w *Window) openConsole(c api.Cluster) {
	base := w.state.Environment.Console
	w.open(base + "/tidbs/" + url.PathEscape(c.ID) + "/overview?orgId=" + url.QueryEscape(c.OrganizationID))
}

func createdBy(at time.Time, who string) string {
	if who == "" {
		return day(at)
	}
	return lang.L("{{.Day}} by {{.Who}}", with("Day", day(at), "Who", show.Name(who)))
}
