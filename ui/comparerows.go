package ui

import (
	"context"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/api/inventory"
	"canopy/ui/compare"
	"canopy/ui/outline"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

func (p *comparePage) makeTable() {
	p.table = part.NewTable([]part.TableColumn{
		{Key: string(compare.ByName), Title: lang.L("Name"), Width: 140, Share: 3, Size: theme.SizeNameText, Sorts: part.SmallFirst},
		{Key: string(compare.BySide), Title: lang.L("Only in"), Width: 40, Share: 2, Sorts: part.SmallFirst},
		{Key: string(compare.ByWhy), Title: lang.L("Reason"), Width: 110, Share: 1, Sorts: part.SmallFirst},
		{Key: string(compare.ByKind), Title: lang.L("Kind"), Width: 50, Rank: 1, Sorts: part.LargeFirst},
	}, p.window.Now)
	p.table.OnSelect = func(string) { p.showFoot() }
	p.table.OnActivate = func(string) { p.showWhy() }
	p.table.OnMenu = p.showMenu
	p.table.OnSort = func(key string, largeFirst bool) {
		p.query.Order, p.query.LargeFirst = compare.Order(key), largeFirst
		p.refresh()
	}
	p.table.OnHint = p.window.hint.say
	p.table.Keys = p.window.pageKey
}

// refresh prepares the rows, if there are others, and chooses those that are asked for, away from
// the UI goroutine. One such task runs at a time, and once more when something came meanwhile.
func (p *comparePage) refresh() {
	for side, c := range p.sides {
		c.SetOn(p.query.Side == compare.Side(side))
	}
	p.only.SetOn(p.query.ProjectsOnly)
	if p.working {
		p.dirty = true
		return
	}
	var all []compare.Row
	c := p.state.Comparison
	if c != nil && !p.current(c) {
		c = nil // of two that were chosen before
	}
	if c != nil {
		all = c.Result.Differences
	}
	rows, query := p.rows, p.query
	fresh := !sameRows(p.made, c)
	p.made, p.working, p.dirty = c, true, false
	p.window.Tasks.Run(taskCompareRows, func(context.Context, task.Report) func() {
		if fresh {
			rows = compare.New(all, func(d compare.Row) string { return voiceNote(d.Voice) + "\n" + kindName(d.Kind) })
		}
		selected := rows.Select(query)
		return func() {
			p.working, p.drawn = false, c
			p.draw(rows, selected)
			if p.dirty {
				p.refresh()
			}
		}
	})
}

// sameRows reports whether two comparisons have the very same rows.
func sameRows(a, b *session.Comparison) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := a.Result.Differences, b.Result.Differences
	return a.A.ID == b.A.ID && a.B.ID == b.B.ID && len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
}

// draw shows what has been compared: the sentence and the rows change together.
func (p *comparePage) draw(rows *compare.Rows, selected *compare.Selection) {
	p.rows, p.selected = rows, selected
	part.SetParagraph(p.says, p.sentence(), part.Style{})
	p.showWrong()
	p.table.SetSource(compareLines{p, selected})
	p.table.SetNote(p.note())
	enable(selected.Len() > 0, p.copies, p.export)
	p.showFoot()
}

// note says why there are no rows.
func (p *comparePage) note() string {
	c := p.drawn
	switch {
	case p.selected.Len() > 0:
		return ""
	case p.rows.Len() > 0:
		return lang.L("Nothing matches. Escape shows everything again.")
	case c == nil || c.Reading || !c.Result.SameOrganization:
		return ""
	case c.Result.Exact:
		return lang.L("There is no difference.")
	default:
		return lang.L("There is no difference in what could be read.")
	}
}

// compareLines words the rows of a selection, for the ones in sight only.
type compareLines struct {
	p *comparePage
	*compare.Selection
}

func (l compareLines) Row(i int) part.TableRow {
	d := l.At(i)
	full, short := l.p.sideName(compare.SideOf(d))
	why := part.Cell{Text: voiceNote(d.Voice), Hint: differenceSentence(d)}
	if d.Voice == inventory.CouldNotBeRead {
		why.Color = theme.ColorNameError
	}
	return part.TableRow{ID: compare.ID(d), Cells: []part.Cell{
		{Text: differenceName(d), Color: theme.ColorNameForeground},
		{Text: full, Short: short},
		why,
		{Text: kindName(d.Kind)},
	}}
}

// row returns the selected row, if it is among those on show.
func (p *comparePage) row() (compare.Row, bool) {
	i := p.selected.Index(p.table.Selected())
	if i < 0 {
		return compare.Row{}, false
	}
	return p.selected.At(i), true
}

// showFoot explains the selected row, or says how many rows there are.
func (p *comparePage) showFoot() {
	d, ok := p.row()
	switch {
	case ok:
		p.foot.SetText(differenceSentence(d))
	case p.selected.Len() < p.rows.Len():
		p.foot.SetText(lang.L("{{.Shown}} of {{.Count}} differences", with("Shown", show.Count(p.selected.Len()), "Count", show.Count(p.rows.Len()))))
	default:
		p.foot.SetText("")
	}
	if ok && d.Err != nil {
		p.why.Show()
	} else {
		p.why.Hide()
	}
	p.root.Refresh()
}

// showWhy shows the error of a row that could not be read.
func (p *comparePage) showWhy() {
	if d, ok := p.row(); ok && d.Err != nil {
		p.window.showError(d.Err)
	}
}

// showWrong says why one of the two could not be read at all.
func (p *comparePage) showWrong() {
	c := p.drawn
	p.wrong.Objects = nil
	if c != nil && c.Err != nil {
		w, err := p.window, c.Err
		env := p.state.Environment
		text := part.Paragraph(sentence(session.Problem{During: session.Loading, Err: err}, env), part.Style{})
		details := part.NewLink(lang.L("Details"), func() { w.showError(err) })
		details.Keys = w.pageKey
		p.wrong.Objects = []fyne.CanvasObject{part.Frame(nil, nil, part.Middle(part.Icon("warning", look.ColorTrouble)), part.Middle(details), text)}
	}
	p.wrong.Refresh()
}

// showMenu is the context menu of a row.
func (p *comparePage) showMenu(_ string, at fyne.Position) {
	d, ok := p.row()
	if !ok {
		return
	}
	w := p.window
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Copy"), p.copy),
		fyne.NewMenuItem(lang.L("Copy ID"), func() { w.copy(d.ID, lang.L("ID copied")) }),
	}
	if d.Err != nil {
		items = append(items, fyne.NewMenuItem(lang.L("Why?"), p.showWhy))
	}
	if p.shownHere(d) {
		items = append(items, fyne.NewMenuItem(lang.L("Show in the tree"), func() { w.showInTree(d.ProjectID, compare.ID(d)) }))
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
}

// shownHere reports whether the tree beside the page has the row.
func (p *comparePage) shownHere(d compare.Row) bool {
	side := 0
	if d.B {
		side = 1
	}
	return p.chosen[side] == p.state.Grant.ID
}

// showInTree selects a row of a project, whatever is searched for or closed at the moment.
func (w *Window) showInTree(projectID, rowID string) {
	b, ok := w.screen.(*browseScreen)
	if !ok {
		return
	}
	b.search.SetText("")
	b.explorer.open[outline.ProjectID(projectID)] = true
	b.explorer.build()
	b.explorer.reveal(rowID)
	w.win.Canvas().Focus(b.explorer.tree)
}

// copy puts the selected row on the clipboard, or all rows on show when none is.
func (p *comparePage) copy() {
	var text strings.Builder
	line := func(d compare.Row) {
		full, _ := p.sideName(compare.SideOf(d))
		text.WriteString(strings.Join([]string{differenceName(d), full, voiceNote(d.Voice), kindName(d.Kind)}, "\t") + "\n")
	}
	if d, ok := p.row(); ok {
		line(d)
		p.window.copyLines(text.String(), lang.L("Copied"))
		return
	}
	for i := range p.selected.Len() {
		if line(p.selected.At(i)); text.Len() > clipboardLimit {
			p.window.toast.say(lang.L("This is more than a clipboard should hold. Export it instead."))
			return
		}
	}
	p.window.copyLines(text.String(), counted("{{.Count}} rows copied", p.selected.Len()))
}

// chooseExport asks for a form, and then where to put it. What is on show is exported, in its
// order.
func (p *comparePage) chooseExport() {
	w, rows, grants := p.window, p.selected, p.exported()
	title := counted("Export {{.Count}} differences", rows.Len())
	form := func(name, file string, write func(context.Context, io.Writer, compare.Grants, func(int, int)) error) *fyne.MenuItem {
		return fyne.NewMenuItem(name, func() {
			w.showExport(title, file, func(ctx context.Context, out io.Writer, progress func(int, int)) error {
				return write(ctx, out, grants, progress)
			})
		})
	}
	menu := fyne.NewMenu("",
		form(lang.L("CSV, for a spreadsheet"), "canopy-comparison.csv", rows.WriteCSV),
		form(lang.L("JSON Lines, for a program"), "canopy-comparison.jsonl", rows.WriteJSONLines))
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.export)
	widget.ShowPopUpMenuAtPosition(menu, w.win.Canvas(), at.AddXY(0, p.export.Size().Height+2))
}
