package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"canopy/activity"
	"canopy/ui/part"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// activityLine says below the table all of the selected request, with what can be done with it.
type activityLine struct {
	window  *Window
	flow    *part.Flow
	address *part.Text
	status  *part.Text
	rest    *part.Text
	why     *part.Text // where the table has no room for it
	curl    *part.Link
	trace   *part.Link
	request activity.Request
	apiKey  bool // the request was authorized with one
}

func newActivityLine(w *Window) *activityLine {
	quiet := part.Style{Color: look.ColorMuted, Cut: true}
	l := &activityLine{window: w, address: part.NewText("", quiet), status: part.NewText("", quiet), rest: part.NewText("", quiet), why: part.NewText("", quiet)}
	l.curl = part.NewLink(lang.L("Copy as curl"), l.copyCurl)
	l.trace = part.NewLink(lang.L("Copy trace id"), l.copyTrace)
	l.curl.Keys, l.trace.Keys = w.pageKey, w.pageKey
	l.flow = part.NewFlow(10, l.address, l.status, l.rest, l.why, part.Row(0, l.curl, l.trace))
	l.clear()
	return l
}

// clear says nothing.
func (l *activityLine) clear() { l.flow.Hide() }

// show says everything about a request.
func (l *activityLine) show(r activity.Request, apiKey bool) {
	l.request, l.apiKey = r, apiKey
	l.address.SetText(show.Name(r.Method) + " " + show.Line(r.Host+r.Path))
	l.status.SetText(statusWords(r))
	if r.Problem != "" {
		l.status.SetText(statusWords(r) + ": " + show.Line(r.Problem))
	}
	l.status.SetColor(statusColor(r))
	var says []string
	l.trace.Hide()
	if r.TraceID != "" {
		says = append(says, lang.L("trace {{.ID}}", with("ID", shortened(show.Line(r.TraceID)))))
		l.trace.Show()
	}
	says = append(says, counted("{{.Count}} bytes", int(r.Bytes)))
	l.why.SetText(show.Line(r.Why))
	l.rest.SetText(strings.Join(says, " · "))
	l.flow.Show()
}

// shortened is the beginning of an id, by which it is known again among others.
func shortened(id string) string {
	const enough = 8
	if runes := []rune(id); len(runes) > enough+1 {
		return string(runes[:enough]) + "…"
	}
	return id
}

func (l *activityLine) copyCurl() {
	command := l.request.Curl(l.apiKey)
	say := lang.L("Copied")
	switch {
	case strings.Contains(command, "$TIDB_CLOUD_TOKEN"):
		say = lang.L("Copied. Put your access token into TIDB_CLOUD_TOKEN.")
	case strings.Contains(command, "$TIDB_CLOUD_PUBLIC_KEY"):
		say = lang.L("Copied. Put your API key into TIDB_CLOUD_PUBLIC_KEY and TIDB_CLOUD_PRIVATE_KEY.")
	}
	l.window.copy(command, say)
}

func (l *activityLine) copyTrace() {
	l.window.copy(l.request.TraceID, lang.L("Trace id copied"))
}

// filterLayout puts a filter, as wide as there is room up to a limit, before the buttons.
type filterLayout struct{}

const filterWidth, filterLeast, filterGap float32 = 340, 120, 8

func (filterLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(filterLeast, o[0].MinSize().Height)
	for _, b := range o[1:] {
		size = fyne.NewSize(size.Width+filterGap+b.MinSize().Width, max(size.Height, b.MinSize().Height))
	}
	return size
}

func (f filterLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := min(filterWidth, filterLeast+size.Width-f.MinSize(o).Width)
	o[0].Resize(fyne.NewSize(width, size.Height))
	x := width + filterGap
	for _, b := range o[1:] {
		b.Resize(fyne.NewSize(b.MinSize().Width, size.Height))
		b.Move(fyne.NewPos(x, 0))
		x += b.MinSize().Width + filterGap
	}
}

// activityLayout puts the head above, the table below it, as high as its rows and no higher than
// there is room, and below that the line and the note.
type activityLayout struct{ page *activityPage }

const activityGap float32 = 16

func (l activityLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	head, table := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(head.Width, table.Width), head.Height+activityGap+table.Height)
}

func (l activityLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	head, table, line, note := o[0], l.page.table, l.page.line.flow, o[3]
	put := func(o fyne.CanvasObject, y, height float32) float32 {
		o.Resize(fyne.NewSize(size.Width, height))
		o.Move(fyne.NewPos(0, y))
		return y + height
	}
	y := put(head, 0, head.MinSize().Height) + activityGap
	if l.page.line.request.Why != "" && !table.ShowsAt("why", size.Width) {
		l.page.line.why.Show()
	} else {
		l.page.line.why.Hide()
	}
	var lineHeight, noteHeight float32
	if line.Visible() {
		lineHeight = line.HeightAt(size.Width) + activityGap/2
	}
	if l.page.remark() != "" {
		noteHeight = note.MinSize().Height + activityGap/2
	}
	room := max(table.MinSize().Height, size.Height-y-lineHeight-noteHeight)
	high := table.FullHeight()
	if l.page.rows.Len() == 0 {
		high = table.MinSize().Height // room for the note
	}
	y = put(table, y, min(room, high)) + activityGap/2
	if line.Visible() {
		y = put(line.Container, y, lineHeight-activityGap/2) + activityGap/2
	}
	put(note, y, note.MinSize().Height)
}
