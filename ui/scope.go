package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/auth"
	"canopy/ui/choice"
	"canopy/ui/part"
	"canopy/ui/session"
	look "canopy/ui/theme"
	"canopy/ui/tree"
)

// scopeDialog lets the person say which projects the window shows, and ask for more of them.
// What the ticks come to is decided in package choice.
type scopeDialog struct {
	window *Window
	state  session.State
	choice *choice.Choice
	find   *keyEntry
	list   *tree.Tree
	none   *part.Text // says that nothing is found
	counts *part.Text
	rule   *part.Options
	change *widget.RichText
	apply  *part.Button
	modal  *part.Modal
}

// showScope opens the scope dialog with the ticks as they are.
func (w *Window) showScope() { w.askFor() }

// askFor opens the scope dialog with projects ticked on top, such as some that the grant does
// not cover.
func (w *Window) askFor(ids ...string) {
	if w.state.View == nil || w.state.Grant.ID == "" {
		return
	}
	d := &scopeDialog{window: w, state: w.state, choice: choice.New(w.state.Grant, w.state.View, ids...)}
	d.open()
	if len(ids) > 0 {
		d.list.Select(ids[0])
	}
}

const scopeWidth = 560

func (d *scopeDialog) open() {
	w := d.window
	d.find = newKeyEntry(lang.L("Find a project"), false, d.findKey)
	d.find.every = true
	d.find.Icon = look.Icon("search", look.ColorMuted)
	d.find.OnChanged = func(words string) { d.choice.Find(words); d.refresh() }
	d.list = tree.New(w.Now)
	d.list.OnTick = d.toggle
	d.list.OnAbove = func() { w.win.Canvas().Focus(d.find) }
	d.list.Keys = w.modalKey
	small := part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Cut: true}
	d.none = part.NewText("", part.Style{Color: look.ColorMuted, Align: fyne.TextAlignCenter, Cut: true})
	d.counts = part.NewText("", small)
	d.rule = part.NewOptions(
		lang.L("Show all but the unticked, also projects that appear later"),
		lang.L("Show only the ticked; projects that appear later stay hidden"))
	d.rule.Choose(int(d.choice.Rule()))
	d.rule.OnChoose = func(i int) { d.choice.SetRule(choice.Rule(i)); d.refresh() }
	d.rule.Keys = w.modalKey
	d.change = widget.NewRichText()
	d.change.Wrapping = fyne.TextWrapWord
	column := part.Column(10,
		part.NewText(lang.L("What Canopy may see"), part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(part.Paragraph(scopeLead(d.state), part.Style{Color: look.ColorMuted})),
		d.findRow(), d.framedList(), d.counts, d.rule)
	if words := namedProjects(d.state.Grant); words != "" {
		column.Add(part.NewText(words, small))
	}
	column.Add(part.Flush(d.change))
	column.Add(d.buttons())
	d.refresh()
	d.modal = w.showModal(scopeWidth, column, d.find, d.confirm)
	w.scope = d
	d.modal.OnClose(func() {
		if w.scope == d {
			w.scope = nil
		}
	})
}

// findRow is the field to find a project in, with what can be done to all that is found.
func (d *scopeDialog) findRow() fyne.CanvasObject {
	row := part.Row(4, part.NewBox("", "", 0))
	for _, b := range []struct {
		text string
		do   func()
	}{{lang.L("All"), d.choice.All}, {lang.L("None"), d.choice.None}, {lang.L("Invert"), d.choice.Invert}} {
		button := part.NewButton(b.text, func() { b.do(); d.refresh() })
		button.Keys = d.window.modalKey
		row.Add(button)
	}
	return part.Frame(nil, nil, nil, part.Middle(row), part.Field(d.find))
}

func (d *scopeDialog) framedList() fyne.CanvasObject {
	return container.New(listHeight(d.rows),
		part.NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard), part.Pad(6, 2, d.list), part.Middle(d.none))
}

// rows is how many rows the list has room for: all of them while the window is high enough for
// that, and never so many that the buttons are out of sight.
func (d *scopeDialog) rows() int {
	const most, least, rest = 9, 3, 425
	fit := int((d.window.win.Canvas().Size().Height - rest) / look.RowHeight)
	return max(least, min(most, fit, d.choice.Counts().Projects+1))
}

// listHeight gives its objects the height of a number of rows, on top of each other.
type listHeight func() int

// MinSize implements fyne.Layout.
func (l listHeight) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, float32(l())*look.RowHeight+12)
}

// Layout implements fyne.Layout.
func (l listHeight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, x := range o {
		x.Resize(size)
	}
}

func (d *scopeDialog) buttons() fyne.CanvasObject {
	w := d.window
	d.apply = part.NewPrimary(lang.L("Apply"), d.confirm)
	cancel := part.NewButton(lang.L("Cancel"), func() { d.modal.Close() })
	elsewhere := part.NewLink(lang.L("Add account or organization…"), func() { d.modal.Close(); w.Session.AddAccount() })
	d.apply.Keys, cancel.Keys, elsewhere.Keys = w.modalKey, w.modalKey, w.modalKey
	return part.Frame(nil, nil, part.Pad(0, -8, elsewhere), part.Row(8, cancel, d.apply), nil)
}

// show takes in what has been read behind the dialog. When another grant has come on screen, the
// ticks mean nothing any more.
func (d *scopeDialog) show(st session.State) {
	same := st.View == d.state.View
	d.state = st
	switch {
	case st.Grant.ID != d.choice.Grant():
		d.modal.Close()
	case !same:
		d.choice.Update(st.Grant, st.View)
		d.refresh()
	}
}

// findKey gives the field its keys: Down goes to the list, Escape takes the words away first.
func (d *scopeDialog) findKey(e *fyne.KeyEvent) bool {
	switch {
	case e.Name == fyne.KeyDown && d.choice.Len() > 0:
		d.window.win.Canvas().Focus(d.list)
		return true
	case e.Name == fyne.KeyEscape && d.find.Text != "":
		d.find.SetText("")
		return true
	}
	return d.window.modalKey(e)
}

// toggle ticks or unticks a project, or with the organization everything in the grant.
func (d *scopeDialog) toggle(id string) {
	switch {
	case id != scopeAll:
		d.choice.Toggle(id)
	case d.choice.Counts().Hidden > 0:
		d.choice.All()
	default:
		d.choice.None()
	}
	d.refresh()
}

func (d *scopeDialog) refresh() {
	d.list.SetSource(scopeRows{d.choice, d.state, d.choice.Counts()})
	d.none.SetText("")
	if d.choice.Len() == 0 && d.choice.Searching() {
		d.none.SetText(lang.L("No project is called that."))
	}
	d.counts.SetText(scopeCounts(d.choice))
	enable(d.choice.Valid(), d.apply)
	high, wide := d.change.MinSize().Height, d.apply.MinSize().Width
	d.sayChange()
	if d.modal != nil && (d.change.MinSize().Height != high || d.apply.MinSize().Width != wide) {
		d.modal.Refresh()
	}
}

// sayChange says what applying does, and names the button after it.
func (d *scopeDialog) sayChange() {
	change := d.choice.Change()
	d.apply.SetText(applyWords(change, d.state.Grant.Method))
	style := widget.RichTextStyle{Inline: true, ColorName: look.ColorMuted, SizeName: theme.SizeNameCaptionText}
	strong := style
	strong.ColorName, strong.TextStyle.Bold = theme.ColorNameForeground, true
	if !d.choice.Valid() {
		d.change.Segments = []widget.RichTextSegment{&widget.TextSegment{Text: lang.L("Tick at least one project: with none there is nothing to show."), Style: strong}}
	} else {
		permission := lang.L("permission:")
		said := packed(append(changeWords(change, d.choice, d.state), permission+" "+lang.L("read-only")))
		said = strings.TrimSuffix(said, lang.L("read-only"))
		d.change.Segments = []widget.RichTextSegment{
			&widget.TextSegment{Text: said, Style: style}, &widget.TextSegment{Text: lang.L("read-only"), Style: strong}}
	}
	d.change.Refresh()
}

// packed puts texts beside each other, and goes on below where the dialog is too narrow for the
// next one.
func packed(texts []string) string {
	const between, width = "  ·  ", scopeWidth - 2*part.ModalPad
	size := theme.CaptionTextSize()
	var lines []string
	for _, text := range texts {
		if last := len(lines) - 1; last >= 0 && fyne.MeasureText(lines[last]+between+text, size, fyne.TextStyle{Bold: true}).Width <= width {
			lines[last] += between + text
			continue
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// confirm applies the choice: what the grant covers at once, the rest by a new consent.
func (d *scopeDialog) confirm() {
	if !d.choice.Valid() {
		return
	}
	change, scope, want := d.choice.Change(), d.choice.Scope(), d.choice.Want()
	d.modal.Close()
	if !change.Empty() {
		d.window.Session.SetScope(scope)
	}
	if len(change.Ask) > 0 {
		d.window.Session.AskFor(want)
	}
}

// shownToo is the scope of the open grant with some more projects shown.
func shownToo(st session.State, ids ...string) auth.Scope {
	c := choice.New(st.Grant, st.View, ids...)
	return c.Scope()
}
