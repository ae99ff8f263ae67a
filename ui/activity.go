package ui

import (
	"context"
	"io"
	"maps"
	"sort"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/activity"
	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

// activityPage shows every request that the app makes, the newest on top, as they are made.
type activityPage struct {
	window *Window
	log    *activity.Log
	state  session.State

	all    []activity.Request // that have been taken over from the log, the oldest first
	last   uint64             // the newest of them
	rows   requests           // those of all that match
	grants map[string]int     // how many of all there are of each grant
	paused bool
	sort   string // key of a column; "" for the newest first
	large  bool   // first

	changed chan struct{} // holds a value while the log has something new
	stop    func()        // ends the listening to the log

	root   fyne.CanvasObject
	filter *keyEntry
	pause  *part.Button
	export *part.Button
	table  *part.Table
	line   *activityLine
	note   *part.Text
}

// activityPause is the time between two redraws while requests are being made.
const activityPause = 250 * time.Millisecond

const taskActivity = "activity"

// showActivity opens the page, unless it is open.
func (w *Window) showActivity() {
	if p, ok := onPage[*activityPage](w); ok {
		w.win.Canvas().Focus(p.table)
		return
	}
	w.showPage(newActivityPage(w))
}

func newActivityPage(w *Window) *activityPage {
	p := &activityPage{window: w, log: w.Session.Requests(), grants: map[string]int{}, changed: make(chan struct{}, 1)}
	p.filter = newKeyEntry(lang.L("Filter: host, path, status, reason"), false, p.filterKey)
	p.filter.Icon = look.Icon("search", look.ColorMuted)
	p.filter.OnChanged = func(string) { p.refilter() }
	p.pause = part.NewButton(lang.L("Pause"), p.togglePause)
	p.export = part.NewButton(lang.L("Export…"), p.save)
	p.pause.Keys, p.export.Keys = w.pageKey, w.pageKey
	p.table = part.NewTable(activityColumns(), w.Now)
	p.table.OnSelect = func(string) { p.drawLine() }
	p.table.OnActivate = func(string) { p.line.copyCurl() }
	p.table.OnMenu = p.menu
	p.table.OnSort = func(key string, large bool) { p.sort, p.large = key, large; p.draw() }
	p.table.OnHint = w.hint.say
	p.table.Keys = w.pageKey
	p.table.OnRune = func(r rune) { w.win.Canvas().Focus(p.filter); p.filter.TypedRune(r) }
	p.line = newActivityLine(w)
	p.note = part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Cut: true})
	actions := container.New(filterLayout{}, part.Field(p.filter), p.pause, p.export)
	head := part.Column(10, pageHeading(lang.L("Activity"), lang.L("What Canopy asked, and why")), actions)
	body := container.New(activityLayout{p}, head, p.table, p.line.flow.Container, p.note)
	p.root = container.NewStack(part.NewBox(theme.ColorNameBackground, "", 0), part.Pad(18, 24, body))
	p.stop = p.log.OnChange(func() {
		select {
		case p.changed <- struct{}{}:
		default: // it is known already
		}
	})
	p.take()
	p.draw()
	p.listen()
	return p
}

func (p *activityPage) object() fyne.CanvasObject { return p.root }

func (p *activityPage) focus() fyne.Focusable { return p.table }

// tick wants nothing: what a row says of the time does not change.
func (p *activityPage) tick(time.Time) time.Duration { return 0 }

// leave ends what goes on by itself.
func (p *activityPage) leave() {
	p.stop()
	p.window.Tasks.Cancel(taskActivity)
	p.window.hint.say("", fyne.Position{})
}

// show takes notice of the grants and of the hosts, whose names stand in the table.
func (p *activityPage) show(st session.State) {
	p.state = st
	if hosts := hostNames(st.Environment); !maps.Equal(hosts, p.rows.hosts) {
		p.rows.hosts = hosts
		p.refilter()
		return
	}
	for id := range p.grants {
		if p.rows.grants[id] != grantLabel(p.grant(id)) {
			p.draw()
			return
		}
	}
}

// grant returns the grant with this id; the zero value for one that is no longer kept.
func (p *activityPage) grant(id string) auth.Grant {
	for _, g := range p.state.Grants {
		if g.ID == id {
			return g
		}
	}
	return auth.Grant{}
}

// grantLabel is the name of a grant; none for one that is no longer kept.
func grantLabel(g auth.Grant) string {
	if g.ID == "" {
		return ""
	}
	return grantName(g)
}

// listen waits for something new in the log, at the soonest a moment after the last time.
func (p *activityPage) listen() {
	p.window.Tasks.Run(taskActivity, func(ctx context.Context, _ task.Report) func() {
		select {
		case <-ctx.Done():
			return nil
		case <-p.window.After(activityPause):
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.changed:
			return p.arrived
		}
	})
}

func (p *activityPage) arrived() {
	if p.paused {
		p.drawPause()
	} else if p.take() {
		p.draw()
	}
	p.listen()
}

// take takes over what is new in the log, and lets go of what it has dropped. It reports whether
// there was anything.
func (p *activityPage) take() bool {
	news := p.log.Since(p.last)
	if len(news) == 0 {
		return false
	}
	p.last = news[len(news)-1].Seq
	dropped := p.log.Dropped()
	gone := kept(p.all, dropped)
	for _, r := range p.all[:gone] {
		p.countGrant(r.Grant, -1)
	}
	p.all = p.all[gone:]
	p.rows.list = p.rows.list[kept(p.rows.list, dropped):]
	for _, r := range news {
		p.all = append(p.all, r)
		p.countGrant(r.Grant, 1)
		if p.rows.matches(r, p.filter.Text) {
			p.rows.list = append(p.rows.list, r)
		}
	}
	return true
}

// countGrant counts a request of a grant in or out. What is asked before there is one has none.
func (p *activityPage) countGrant(id string, by int) {
	if id == "" {
		return
	}
	if p.grants[id] += by; p.grants[id] == 0 {
		delete(p.grants, id)
	}
}

// kept returns the index of the first of these requests that the log has not dropped.
func kept(rs []activity.Request, dropped uint64) int {
	return sort.Search(len(rs), func(i int) bool { return rs[i].Seq > dropped })
}

// refilter looks for the words in everything that has been taken over.
func (p *activityPage) refilter() {
	p.rows.list = nil
	for _, r := range p.all {
		if p.rows.matches(r, p.filter.Text) {
			p.rows.list = append(p.rows.list, r)
		}
	}
	p.table.Top()
	p.draw()
}

// draw shows the rows, in the order that was asked for, and what there is to say of them.
func (p *activityPage) draw() {
	p.rows.grants = map[string]string{}
	for id := range p.grants {
		p.rows.grants[id] = grantLabel(p.grant(id))
	}
	p.rows = p.rows.sorted(p.sort, p.large)
	p.table.ShowColumn("grant", len(p.grants) > 1)
	p.table.SetSource(p.rows)
	switch {
	case len(p.all) == 0:
		p.table.SetNote(lang.L("Nothing has been asked yet."))
	case p.rows.Len() == 0:
		p.table.SetNote(lang.L("Nothing matches. Escape shows everything again."))
	default:
		p.table.SetNote("")
	}
	enable(p.rows.Len() > 0, p.export)
	p.drawPause()
	p.drawLine()
	p.note.SetText(p.remark())
	p.root.Refresh()
}

// remark says how many requests there are to see and what has become of others.
func (p *activityPage) remark() string {
	var says []string
	if n := p.rows.Len(); n < len(p.all) && n > 0 {
		says = append(says, lang.N("{{.Shown}} of {{.Count}} requests match.", len(p.all), with("Shown", show.Count(n), "Count", show.Count(len(p.all)))))
	}
	if p.log.Dropped() > 0 {
		says = append(says, counted("The last {{.Count}} requests are kept.", len(p.all)))
	}
	return strings.Join(says, " ")
}

// drawPause says in a paused page how much has come since.
func (p *activityPage) drawPause() {
	text := lang.L("Pause")
	if p.paused {
		text = lang.L("Continue")
		if n := int(p.log.Last() - p.last); n > 0 { //nolint:gosec // a number of requests
			text += " · " + lang.L("{{.Count}} new", with("Count", show.Count(n)))
		}
	}
	p.pause.SetText(text)
	p.root.Refresh() // the button may need another room
}

func (p *activityPage) togglePause() {
	p.paused = !p.paused
	if !p.paused {
		p.take()
	}
	p.draw()
}

// selected returns the selected request, if it is among those that are shown.
func (p *activityPage) selected() (r activity.Request, ok bool) {
	i := p.rows.Index(p.table.Selected())
	if i < 0 {
		return activity.Request{}, false
	}
	return p.rows.at(i), true
}

func (p *activityPage) drawLine() {
	r, ok := p.selected()
	if !ok {
		p.line.clear()
		p.root.Refresh()
		return
	}
	p.line.show(r, p.grant(r.Grant).Method == auth.MethodAPIKey)
	p.root.Refresh()
}

// filterKey gives the filter its keys: Escape clears it, and then leaves the page; Enter goes to
// the rows.
func (p *activityPage) filterKey(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape {
		p.window.win.Canvas().Focus(p.table)
		return true
	}
	if p.filter.Text == "" {
		return p.window.pageKey(e)
	}
	p.filter.SetText("")
	return true
}

// menu is the context menu of a row.
func (p *activityPage) menu(_ string, at fyne.Position) {
	r, ok := p.selected()
	if !ok {
		return
	}
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Copy as curl"), p.line.copyCurl),
		fyne.NewMenuItem(lang.L("Copy address"), func() { p.window.copy(r.Scheme+"://"+r.Host+r.Path, lang.L("Copied")) }),
	}
	if r.TraceID != "" {
		items = append(items, fyne.NewMenuItem(lang.L("Copy trace id"), p.line.copyTrace))
	}
	items = append(items, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Only requests to this host"), func() { p.filter.SetText("host:" + r.Host) }))
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), p.window.win.Canvas(), at)
}

// save exports what is shown, the oldest first.
func (p *activityPage) save() {
	rows := p.rows.list
	title := counted("Export {{.Count}} requests", len(rows))
	p.window.showExport(title, "canopy-activity.jsonl", func(ctx context.Context, out io.Writer, progress func(done, total int)) error {
		const step = 500
		for from := 0; from < len(rows); from += step {
			to := min(from+step, len(rows))
			if err := activity.WriteJSONLines(out, rows[from:to]); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			progress(to, len(rows))
		}
		return nil
	})
}
