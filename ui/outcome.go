package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"canopy/auth"
	"canopy/ui/choice"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// outcomeBanner says in a calm voice what the last consent has brought. Fewer projects than asked
// for is a normal result, and no error.
func (w *Window) outcomeBanner(st session.State) fyne.CanvasObject {
	o := st.Outcome
	icon, col := "check", look.ColorRunning
	if len(o.Fewer)+len(o.Lost) > 0 {
		icon, col = "lock", look.ColorMuted
	}
	dismiss := part.NewLink(lang.L("Dismiss"), w.Session.DismissOutcome)
	return container.NewStack(part.NewBox(look.ColorPill, "", 0),
		part.Pad(0, 14, part.Frame(nil, nil, part.Middle(part.Icon(icon, col)), part.Middle(dismiss), part.Paragraph(outcomeSentence(st), part.Style{}))))
}

// outcomeSentence says what was not granted, what is new and what is gone.
func outcomeSentence(st session.State) string {
	o := st.Outcome
	var says []string
	if fewer := countable(o.Fewer); len(fewer) > 0 {
		asked := max(len(fewer), len(countable(st.Grant.Asked.Projects)))
		given := asked - len(fewer)
		values := with("Environment", show.Name(st.Grant.Environment), "Given", show.Count(given), "Count", show.Count(asked), "Names", fewOf(fewer))
		if given == 0 {
			says = append(says, lang.N("{{.Environment}} granted none of the {{.Count}} projects you asked for: {{.Names}}.", asked, values))
		} else {
			says = append(says, lang.N("{{.Environment}} granted {{.Given}} of the {{.Count}} projects you asked for; not granted: {{.Names}}.", asked, values))
		}
	}
	if n := len(o.Gained); n > 0 {
		says = append(says, lang.N("New in this grant: {{.Count}} projects ({{.Names}}).", n, with("Count", show.Count(n), "Names", fewOf(o.Gained))))
	}
	if n := len(o.Lost); n > 0 {
		says = append(says, lang.N("No longer in this grant: {{.Count}} projects ({{.Names}}).", n, with("Count", show.Count(n), "Names", fewOf(o.Lost))))
	}
	return strings.Join(says, " ")
}

// fewOf names the first few.
func fewOf(projects []auth.Project) string {
	list := make([]choice.Project, len(projects))
	for i, p := range projects {
		list[i] = choice.Project{ID: p.ID, Name: cmp.Or(p.Name, p.ID), Virtual: p.Virtual}
	}
	return some(list)
}
