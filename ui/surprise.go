package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

// surpriseQuestion asks what to do with a consent that came from somebody else, or for another
// organization, than was asked for.
type surpriseQuestion struct{ modal *part.Modal }

// askSurprise shows the question of a state until it is answered: before that nobody can sign in.
// While another dialog is open it waits; see askSurpriseLater.
func (w *Window) askSurprise(st session.State) {
	q := w.surprise
	switch {
	case st.Surprise == nil:
		w.surprise = nil
		if q != nil && q.modal == w.modal && w.modal != nil {
			q.modal.Close()
		}
	case w.modal == nil || w.finder != nil:
		w.surprise = w.newSurpriseQuestion(st)
	}
}

// askSurpriseLater shows the question when a dialog has gone that stood in its place, unless that
// is followed by another.
func (w *Window) askSurpriseLater() {
	if w.state.Surprise == nil {
		return
	}
	w.Tasks.Run("surprise", func(context.Context, task.Report) func() {
		return func() { w.askSurprise(w.state) }
	})
}

const surpriseWidth = 600

func (w *Window) newSurpriseQuestion(st session.State) *surpriseQuestion {
	sp := st.Surprise
	q := &surpriseQuestion{}
	answer := func(a session.Answer) func() {
		return func() {
			q.modal.Close()
			w.Session.Settle(a)
		}
	}
	forget := part.NewButton(lang.L("Forget the new one"), answer(session.ForgetNew))
	both := part.NewButton(lang.L("Keep both"), answer(session.KeepBoth))
	again := part.NewPrimary(tryAgain(sp), answer(session.TryAgain))
	forget.Keys, both.Keys, again.Keys = w.modalKey, w.modalKey, w.modalKey
	colors := badgeColors(append(append([]auth.Grant(nil), st.Grants...), sp.Asked, sp.Got))
	q.modal = w.showModal(surpriseWidth, part.Column(12,
		part.NewText(surpriseTitle(sp), part.Style{Size: theme.SizeNameHeadingText, Bold: true, Cut: true}),
		part.Flush(part.Paragraph(lang.L("What you had is unchanged until you decide. If you did not do this yourself, forget the new one."), part.Style{Color: look.ColorMuted})),
		w.grantCard(lang.L("Asked for"), sp.Asked, colors[homeOf(sp.Asked)]),
		w.grantCard(lang.L("Signed in"), sp.Got, colors[homeOf(sp.Got)]),
		part.Pad(4, 0, part.AtEnd(part.Row(8, forget, both, again))),
	), again, nil)
	q.modal.OnCancel(answer(session.ForgetNew)) // as if it had not happened
	return q
}

func surpriseTitle(sp *session.Surprise) string {
	switch {
	case sp.OtherUser && sp.OtherOrganization:
		return lang.L("Another user, another organization")
	case sp.OtherUser:
		return lang.L("Another user has signed in")
	default:
		return lang.L("Another organization was chosen")
	}
}

// tryAgain names what was asked for: the user, unless it is the organization that is another.
func tryAgain(sp *session.Surprise) string {
	name := func(s string) string {
		return part.Ellipsis(s, 200, theme.Size(theme.SizeNameText), fyne.TextStyle{Bold: true})
	}
	if sp.OtherUser {
		return lang.L("Try again as {{.User}}", with("User", name(userName(sp.Asked))))
	}
	return lang.L("Try again for {{.Organization}}", with("Organization", name(grantName(sp.Asked))))
}

// grantCard shows one grant with what it is in this question.
func (w *Window) grantCard(caption string, g auth.Grant, col fyne.ThemeColorName) fyne.CanvasObject {
	name := grantName(g)
	text := userName(g)
	if reach := reachWords(g); reach != "" {
		text += " · " + reach
	}
	small := part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Cut: true}
	lines := part.Column(0, part.NewText(name, part.Style{Bold: true, Cut: true}), part.NewText(text+" · "+show.Name(g.Environment), small))
	badge := part.Pad(0, 12, part.Middle(part.Badge(show.Initial(name), col)))
	head := container.NewStack(part.NewBox("", "", 0).SetMin(fyne.NewSize(76, 0)), part.Middle(part.NewText(caption, small)))
	return container.NewStack(part.NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard),
		part.Pad(9, 14, part.Frame(nil, nil, part.Row(0, head, badge), nil, part.Middle(lines))))
}
