package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/outline"
	"canopy/ui/part"
	look "canopy/ui/theme"
)

// absent is the page of something that is not there: which of the four voices says why, and
// what can be done about it.
func (d *details) absent(r outline.Row) fyne.CanvasObject {
	return part.Column(14,
		heading(d.breadcrumb(d.organizationCrumb()), r.Name, part.Pill(voiceNote(r.Voice), look.ColorUnknown), d.remedies(r)...),
		part.Flush(part.Paragraph(voiceSentence(r, d.state.Grant), part.Style{Color: look.ColorMuted})),
		d.cards([]fact{{absentIDCaption(r.Of), absentID(r)}}))
}

// fold is the page of everything that is not there for one reason.
func (d *details) fold(r outline.Row) fyne.CanvasObject {
	title := foldName(r, d.searching()) + " – " + voiceNote(r.Voice)
	return part.Column(14,
		heading(d.breadcrumb(d.organizationCrumb()), title, nil, d.remedies(r)...),
		part.Flush(part.Paragraph(foldSentence(r.Voice), part.Style{Color: look.ColorMuted})))
}

func foldSentence(v inventory.Voice) string {
	switch v {
	case inventory.NotGranted:
		return lang.L("This grant does not cover them. They are known from another grant, an earlier one, or because you asked for them.")
	case inventory.HiddenByYou:
		return lang.L("You have chosen not to see them. The grant covers them; nothing is asked again when you show them.")
	case inventory.DoesNotExist:
		return lang.L("The grant covers them, and they are not listed: they have been deleted, or moved to another organization.")
	default:
		return lang.L("Whether they are there is not known: the list could not be read.")
	}
}

// remedies are the buttons that change that something is not there.
func (d *details) remedies(r outline.Row) []fyne.CanvasObject {
	w, id := d.window, r.Project.ID
	var buttons []fyne.CanvasObject
	add := func(o fyne.CanvasObject) { buttons = append(buttons, o) }
	switch r.Voice {
	case inventory.HiddenByYou:
		if r.Kind == outline.Absent {
			add(part.NewPrimary(lang.L("Show it"), func() { w.Session.SetScope(shownToo(d.state, id)) }))
		}
		add(part.NewButton(lang.L("Change scope"), w.showScope))
	case inventory.NotGranted:
		if d.state.Grant.Method != auth.MethodAPIKey {
			add(part.NewPrimary(lang.L("Ask for it…"), func() { w.askFor(id) }))
		}
		if r.Kind == outline.Absent {
			add(part.NewButton(lang.L("Forget it"), func() { w.Session.Forget(id) }))
		}
	case inventory.DoesNotExist:
		if r.Kind == outline.Absent {
			add(part.NewButton(lang.L("Forget it"), func() { w.Session.Forget(id) }))
		}
	case inventory.CouldNotBeRead:
		if r.Err != nil {
			add(part.NewButton(lang.L("Why?"), func() { w.showError(r.Err) }))
		}
		add(part.NewPrimary(lang.L("Retry"), func() { w.Session.Retry(inventory.Part{Kind: inventory.PartProjects}) }))
	}
	if r.Kind == outline.Absent {
		add(part.NewButton(lang.L("Copy ID"), func() { w.copy(absentID(r), lang.L("ID copied")) }))
	}
	return buttons
}

// absentID is TiDB Cloud's id of what is not there.
func absentID(r outline.Row) string {
	if r.Of == outline.Cluster && r.Cluster != nil {
		return r.Cluster.ID
	}
	return r.Project.ID
}

func absentIDCaption(of outline.Kind) string {
	if of == outline.Cluster {
		return lang.L("Cluster ID")
	}
	return lang.L("Project ID")
}
