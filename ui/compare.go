package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/auth"
	"canopy/ui/compare"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

// comparePage shows two grants side by side: which projects and clusters one of them sees and
// the other does not, and why.
type comparePage struct {
	window *Window
	root   *fyne.Container
	state  session.State
	chosen [2]string // the ids of the two grants, A and B
	open   string    // the grant on the screen when they were compared last
	picker [2]*grantButton
	says   *widget.RichText
	wrong  *fyne.Container // what went wrong, when something did
	words  *keyEntry
	sides  [3]*part.Chip // by compare.Side
	only   *part.Chip    // projects only
	table  *part.Table
	foot   *part.Text
	why    *part.Link
	copies *part.Button
	export *part.Button

	query    compare.Query
	rows     *compare.Rows
	drawn    *session.Comparison // what is on show; nil: nothing has been compared
	made     *session.Comparison // what rows were made from
	selected *compare.Selection
	working  bool // rows are being prepared or chosen from
	dirty    bool // and once more when that is done
	left     bool // the page has been left
}

// The task that prepares rows and chooses from them: there may be 200,000.
const taskCompareRows = "rows of the comparison"

// showCompare puts two grants side by side: the open one, and the one used before it.
func (w *Window) showCompare() {
	if p, ok := onPage[*comparePage](w); ok {
		w.win.Canvas().Focus(p.words)
		return
	}
	w.showPage(newComparePage(w))
}

func newComparePage(w *Window) *comparePage {
	p := &comparePage{window: w, rows: compare.New(nil, nil)}
	p.selected = p.rows.Select(p.query)
	for i, name := range []string{"A", "B"} {
		b := newGrantButton(nil)
		b.tapped = func() { p.pick(i, b) }
		b.called, b.keys = "grant "+name, w.pageKey
		p.picker[i] = b
	}
	p.says = part.Paragraph("", part.Style{})
	p.wrong = container.NewStack()
	p.foot = part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Cut: true})
	p.why = part.NewLink(lang.L("Why?"), p.showWhy)
	p.why.Keys = w.pageKey
	p.why.Hide()
	p.makeTable()
	p.copies = part.NewButton(lang.L("Copy"), p.copy)
	p.export = part.NewButton(lang.L("Export…"), p.chooseExport)
	swap := part.NewButton(lang.L("Swap"), func() { p.choose(p.chosen[1], p.chosen[0]) })
	p.copies.Keys, p.export.Keys, swap.Keys = w.pageKey, w.pageKey, w.pageKey
	named := func(name string, o fyne.CanvasObject) fyne.CanvasObject {
		letter := part.NewText(name, part.Style{Color: look.ColorMuted, Bold: true})
		return part.Frame(nil, nil, part.Pad(0, 4, part.Middle(letter)), nil, o)
	}
	content := container.New(pageColumn{gap: 12},
		pageHeading(lang.L("Grants"), lang.L("Two grants side by side"), p.copies, p.export, swap),
		container.New(&pairLayout{least: 260}, named("A", p.picker[0]), named("B", p.picker[1])),
		part.Flush(p.says), p.wrong, p.filters(), p.table,
		container.NewStack(part.NewBox("", "", 0).SetMin(fyne.NewSize(0, 28)), part.Frame(nil, nil, nil, part.Middle(p.why), part.Middle(p.foot))))
	p.root = container.NewStack(part.NewBox(theme.ColorNameBackground, "", 0), container.NewVScroll(part.Pad(18, 24, content)))
	return p
}

// filters are the words to look for and the chips.
func (p *comparePage) filters() fyne.CanvasObject {
	p.words = newKeyEntry(lang.L("Filter by name, id, reason…"), false, p.wordsKey)
	p.words.OnChanged = func(text string) { p.query.Words = text; p.refresh() }
	chips := part.Row(6)
	for side, text := range []string{lang.L("All"), lang.L("Only A"), lang.L("Only B")} {
		c := part.NewChip(text, func() { p.query.Side = compare.Side(side); p.refresh() })
		p.sides[side] = c
		chips.Add(c)
	}
	p.only = part.NewChip(lang.L("Projects only"), func() { p.query.ProjectsOnly = !p.query.ProjectsOnly; p.refresh() })
	chips.Add(p.only)
	for _, c := range append(p.sides[:], p.only) {
		c.Keys = p.window.pageKey
	}
	return container.New(&pairLayout{least: 200, second: true}, part.Field(p.words), part.Middle(chips))
}

// wordsKey gives the filter its keys: Escape clears it and then leaves the page, Enter goes to
// the rows.
func (p *comparePage) wordsKey(e *fyne.KeyEvent) bool {
	switch {
	case e.Name != fyne.KeyEscape:
		p.window.win.Canvas().Focus(p.table)
	case p.words.Text != "":
		p.words.SetText("")
	default:
		return p.window.pageKey(e)
	}
	return true
}

func (p *comparePage) object() fyne.CanvasObject    { return p.root }
func (p *comparePage) focus() fyne.Focusable        { return p.words }
func (p *comparePage) tick(time.Time) time.Duration { return 0 }

// leave ends the comparison with the page.
func (p *comparePage) leave() {
	p.left = true
	p.window.Tasks.Cancel(taskCompareRows)
	p.window.Session.EndCompare()
}

// show takes a state in. The two grants stay the same unless one of them has gone, or has been
// replaced by another consent.
func (p *comparePage) show(st session.State) {
	p.state = st
	if p.left {
		return
	}
	if p.follow(st) {
		p.again()
	}
	for i, id := range p.chosen {
		if g, ok := grantIn(st, id); ok {
			p.picker[i].set(grantName(g), p.label(i), badgeColors(st.Grants)[homeOf(g)])
		}
	}
	p.refresh()
}

// follow chooses the two grants, and reports whether they have to be compared anew.
func (p *comparePage) follow(st session.State) (changed bool) {
	for i, id := range p.chosen {
		if _, ok := grantIn(st, id); ok {
			continue
		}
		p.chosen[i] = p.instead(st, id, p.chosen[1-i])
		changed = true
	}
	changed = changed || p.open != st.Grant.ID // reading what was on the screen has ended with it
	p.open = st.Grant.ID
	return changed
}

// instead returns the grant in the place of one that has gone: the one that replaced it, or the one
// used last that is not chosen already.
func (p *comparePage) instead(st session.State, gone, other string) string {
	for _, g := range st.Grants {
		if gone != "" && slices.Contains(g.Replaced, gone) {
			return g.ID
		}
	}
	for _, g := range append([]auth.Grant{st.Grant}, st.Grants...) {
		if g.ID != other && g.ID != "" {
			return g.ID
		}
	}
	return other
}

func grantIn(st session.State, id string) (auth.Grant, bool) {
	i := slices.IndexFunc(st.Grants, func(g auth.Grant) bool { return g.ID == id })
	if i < 0 {
		return auth.Grant{}, false
	}
	return st.Grants[i], true
}

// again compares when the state at hand has been drawn: a page must not change what is being drawn.
func (p *comparePage) again() {
	p.window.Tasks.Run("compare again", func(context.Context, task.Report) func() { return p.compare })
}

// pick lets the person find one of the two grants.
func (p *comparePage) pick(i int, under fyne.CanvasObject) {
	if p.window.modal != nil {
		return
	}
	f := newFinder(p.window, func(id string) {
		chosen := p.chosen
		chosen[i] = id
		p.choose(chosen[0], chosen[1])
	})
	f.marked = func() string { return p.chosen[i] }
	f.open(under, part.NewBox("", "", 0).SetMin(fyne.NewSize(0, 8)), nil)
}

func (p *comparePage) choose(a, b string) {
	p.chosen = [2]string{a, b}
	p.compare()
}

// compare begins to compare what is chosen, if there is anything in the two to be the same.
func (p *comparePage) compare() {
	if p.left {
		return
	}
	if p.hopeless() != "" {
		p.window.Session.EndCompare()
		p.show(p.window.state) // also when there was nothing to end
		return
	}
	p.window.Session.Compare(p.chosen[0], p.chosen[1])
}
