package ui

import (
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/reach"
	"canopy/ui/session"
	look "canopy/ui/theme"
)

// reachPage says what the open grant can reach, as measured: who gave it and when, how long its
// token lasts, how each API host takes it, and which projects it covers.
type reachPage struct {
	window *Window
	root   *fyne.Container
	scroll *container.Scroll
	body   *fyne.Container
	state  session.State
	recent *reach.Recent
	groups []reach.Group // of the view on screen
	drawn  []any         // what the cards were made from, to leave them alone when nothing changed

	renew, ask, apps *part.Button
	reason           *fyne.Container // why some buttons are disabled
	links            []*part.Link    // of the rows
	token            *widget.Label   // counts down
	used             *part.Text
	ages             []*part.Text // of the hosts
}

// showReach opens the page.
func (w *Window) showReach() {
	if _, on := onPage[*reachPage](w); !on {
		w.showPage(newReachPage(w))
	}
}

func newReachPage(w *Window) *reachPage {
	p := &reachPage{window: w, recent: reach.Follow(w.Session.Requests()), body: part.Column(14), reason: part.Column(0)}
	p.renew = part.NewButton(lang.L("Renew now"), w.Session.Renew)
	p.ask = part.NewPrimary(lang.L("Ask for more…"), w.showScope)
	p.apps = part.NewButton(lang.L("Authorized OAuth Apps"), w.openApps)
	out := part.NewLink(lang.L("Sign out"), w.askSignOut).In(theme.ColorNameError)
	copyAll := part.NewQuietLink(lang.L("Copy this page"), func() { w.copyLines(p.text(), lang.L("Copied")) })
	p.renew.Keys, p.ask.Keys, p.apps.Keys, out.Keys, copyAll.Keys = p.key, p.key, p.key, p.key, p.key
	caption := part.Frame(nil, nil, nil, copyAll, part.NewText(lang.L("Grant"), part.Style{Color: look.ColorMuted}))
	p.scroll = container.NewVScroll(part.Pad(18, 24, part.Column(14,
		heading(caption, lang.L("What this grant can reach"), nil),
		container.New(layout.NewCustomPaddedLayout(-4, 2, 0, 0), container.New(&flow{gap: 8, grew: p.grew}, p.renew, p.ask, p.apps, out)),
		p.reason, p.body)))
	p.root = container.NewStack(part.NewBox(theme.ColorNameBackground, "", 0), p.scroll)
	return p
}

func (p *reachPage) object() fyne.CanvasObject { return p.root }

func (p *reachPage) focus() fyne.Focusable {
	if p.ask.Disabled() {
		return nil
	}
	return p.ask
}

// key scrolls, and leaves the other keys to the window.
func (p *reachPage) key(e *fyne.KeyEvent) bool {
	high := p.scroll.Size().Height
	by, known := map[fyne.KeyName]float32{
		fyne.KeyUp: -40, fyne.KeyDown: 40, fyne.KeyPageUp: 40 - high, fyne.KeyPageDown: high - 40,
		fyne.KeyHome: -p.scroll.Offset.Y, fyne.KeyEnd: p.scroll.Content.Size().Height,
	}[e.Name]
	if !known {
		return p.window.pageKey(e)
	}
	p.scroll.ScrollToOffset(p.scroll.Offset.AddXY(0, by))
	return true
}

func (p *reachPage) grew() { p.scroll.Refresh() }

// show draws a state. What has not changed stays as it is, so that a refresh takes no selection
// of text and no focus away.
func (p *reachPage) show(st session.State) {
	if st.View != p.state.View || p.drawn == nil {
		p.groups = reach.Projects(st)
	}
	p.state = st
	key := st.Grant.Method == auth.MethodAPIKey
	enable(!key && !st.Renewing && st.Token.Renewable, p.renew)
	p.renew.SetText(lang.L("Renew now"))
	if st.Renewing {
		p.renew.SetText(lang.L("Renewing…"))
	}
	enable(!key && st.View != nil, p.ask)
	enable(!key, p.apps)
	p.say(whyNot(st))
	p.tick(p.window.Now())
}

// say tells why some of the buttons are disabled.
func (p *reachPage) say(why string) {
	p.reason.Objects = []fyne.CanvasObject{part.Flush(part.Paragraph(why, part.Style{Color: look.ColorMuted}))}
	p.reason.Hidden = why == ""
	p.reason.Refresh()
}

// tick counts the token down and the ages up, and draws the cards anew when the log tells of
// something else than before.
func (p *reachPage) tick(now time.Time) time.Duration {
	hosts, used := p.recent.Of(p.state)
	p.draw(hosts)
	p.token.SetText(tokenWords(p.state, now))
	p.used.SetText(usedWords(used, now))
	next := 30 * time.Second
	if left := p.state.Token.Expires.Sub(now); left > 0 && left <= 2*time.Minute {
		next = time.Second
	}
	for i, h := range hosts {
		p.ages[i].SetText(hostAge(h, now))
		if age := now.Sub(h.At); !h.At.IsZero() && age < time.Minute {
			next = min(next, 5*time.Second)
		}
	}
	return next
}

// draw makes the cards unless they would be the same.
func (p *reachPage) draw(hosts []reach.Host) {
	st := p.state
	verdicts := slices.Clone(hosts)
	for i := range verdicts {
		verdicts[i].At, verdicts[i].Took = time.Time{}, 0
	}
	from := []any{reachFacts(st, p.window.Now()), verdicts, p.groups, reach.Compare(st), st.Probing, st.Reading && st.View == nil}
	if reflect.DeepEqual(from, p.drawn) {
		return
	}
	p.drawn = from
	focused := p.onLink()
	p.links = nil
	p.body.Objects = []fyne.CanvasObject{p.cards(), p.hostTable(hosts), p.projectTable()}
	p.body.Refresh()
	p.scroll.Refresh()
	if focused && p.focus() != nil {
		p.window.win.Canvas().Focus(p.focus())
	}
}

// onLink reports whether a link of the rows has the focus.
func (p *reachPage) onLink() bool {
	return slices.ContainsFunc(p.links, func(l *part.Link) bool { return p.window.win.Canvas().Focused() == fyne.Focusable(l) })
}

// link is a link in a row.
func (p *reachPage) link(text string, do func()) fyne.CanvasObject {
	l := part.NewLink(text, do)
	l.Keys = p.key
	p.links = append(p.links, l)
	return l
}

func (p *reachPage) cards() fyne.CanvasObject {
	grid := container.New(&cardGrid{gap: 12, grew: p.grew})
	for _, f := range reachFacts(p.state, p.window.Now()) {
		grid.Add(part.Card(f.caption, f.value))
	}
	p.token = part.Selectable("", true)
	token := part.CardOf(lang.L("Access token"), p.token)
	const place = 4 // between when it was given and where it is kept
	grid.Objects = slices.Insert(grid.Objects, place, token)
	return grid
}

func (p *reachPage) hostTable(hosts []reach.Host) fyne.CanvasObject {
	p.used = part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Cut: true, Align: fyne.TextAlignTrailing})
	t := p.table(lang.L("Hosts"), p.used)
	p.ages = nil
	for _, h := range hosts {
		age := part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText})
		p.ages = append(p.ages, age)
		end := []fyne.CanvasObject{age}
		if h.Err != nil {
			end = append(end, p.link(lang.L("Why?"), func() { p.window.showError(h.Err) }))
		}
		switch {
		case p.state.Probing:
			end = append(end, part.NewText(lang.L("asking…"), part.Style{Color: look.ColorMuted}))
		case h.Verdict != reach.Accepts:
			end = append(end, p.link(lang.L("Try again"), p.window.Session.ProbeHosts))
		}
		t.add(hostColor(h.Verdict), hostName(h), verdictWords(h, p.state.Grant.Method), end...)
	}
	return t.object()
}

func (p *reachPage) projectTable() fyne.CanvasObject {
	t := p.table(lang.L("Projects"), nil)
	for _, g := range p.groups {
		p.groupRows(t, g)
	}
	if len(p.groups) == 0 {
		say := lang.L("Nothing has been read yet.")
		if p.state.Reading {
			say = lang.L("Reading…")
		}
		t.add(look.ColorUnknown, say, "")
	}
	if say := statedWords(reach.Compare(p.state), p.state); say != "" {
		t.note(say)
	}
	return t.object()
}

// fewRows is how many projects of one kind get a row each, with a link of its own.
const fewRows = 5

// groupRows adds the rows of a group: one for each of a few that something can be done about one
// by one, otherwise one for all.
func (p *reachPage) groupRows(t *factTable, g reach.Group) {
	says, color := groupWords(g), groupColor(g.Kind)
	if !oneByOne(g.Kind) || len(g.Projects) > fewRows {
		t.add(color, namesOf(g.Projects), says, p.groupEnd(g)...)
		return
	}
	for _, one := range g.Projects {
		alone := g
		alone.Projects = []api.Project{one}
		t.add(color, namesOf(alone.Projects), says, p.groupEnd(alone)...)
	}
}

// oneByOne reports whether something can be done about each project of a kind by itself.
func oneByOne(k reach.Kind) bool {
	return k == reach.AskedFor || k == reach.Earlier || k == reach.Elsewhere || k == reach.Gone
}

// groupEnd is what stands at the end of the row of a group: what can be done about it, or how many
// clusters there are.
func (p *reachPage) groupEnd(g reach.Group) []fyne.CanvasObject {
	w, one := p.window, len(g.Projects) == 1
	switch {
	case g.Kind == reach.Failed, g.Kind == reach.Unknown:
		return []fyne.CanvasObject{p.link(lang.L("Why?"), func() { w.showError(g.Err) }), p.link(lang.L("Retry"), func() { p.retry(g.Parts) })}
	case g.Kind == reach.HiddenByYou:
		return []fyne.CanvasObject{p.link(lang.L("Show"), func() { w.Session.SetScope(shownToo(p.state, idsOfProjects(g.Projects)...)) })}
	case g.Kind == reach.Gone && one:
		return []fyne.CanvasObject{p.link(lang.L("Forget"), func() { w.Session.Forget(g.Projects[0].ID) })}
	case g.Kind == reach.Gone:
		return []fyne.CanvasObject{p.link(lang.L("Forget all"), func() { p.forget(g.Projects) })}
	case oneByOne(g.Kind) && p.state.Grant.Method == auth.MethodAPIKey:
		return nil // nobody can be asked
	case oneByOne(g.Kind) && one:
		return []fyne.CanvasObject{p.link(lang.L("Ask for it…"), func() { w.askFor(g.Projects[0].ID) })}
	case oneByOne(g.Kind):
		return []fyne.CanvasObject{p.link(lang.L("Ask for more…"), w.showScope)}
	}
	clusters := atLeast(counted("{{.Count}} clusters", g.Clusters), g.Exact)
	return []fyne.CanvasObject{part.NewText(clusters, part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText})}
}

func (p *reachPage) forget(gone []api.Project) {
	for _, one := range gone {
		p.window.Session.Forget(one.ID)
	}
}

// retry reads again what failed; everything, where that is much.
func (p *reachPage) retry(parts []inventory.Part) {
	const much = 10
	if len(parts) > much {
		p.window.Session.Refresh()
		return
	}
	for _, part := range parts {
		p.window.Session.Retry(part)
	}
}

// openApps opens the page on which TiDB Cloud lists what was authorized. Its address is known for
// the sandbox only; elsewhere the console opens, and the way to the page is told first.
func (w *Window) openApps() {
	e := w.state.Environment
	if e.Kind == auth.KindSandbox {
		w.open(e.Console + "/account/oauth-apps")
		return
	}
	w.confirm(lang.L("Authorized OAuth Apps"),
		lang.L("In the console it is under the account icon, lower left: Account Settings, Authorized OAuth Apps. What you revoke there ends here with the next request."),
		lang.L("Open the console"), func() { w.open(e.Console) })
}
