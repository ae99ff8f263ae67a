package ui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// problemBox says what went wrong, what to do, and folds out the technical text.
func (w *Window) problemBox(p session.Problem) fyne.CanvasObject {
	text := part.Paragraph(sentence(p, w.state.Environment), part.Style{})
	actions := part.Row(0, part.NewLink(lang.L("Details"), func() { w.showError(p.Err) }))
	if errors.Is(p.Err, auth.ErrKeyringAbsent) {
		actions.Add(part.NewLink(lang.L("Use for this session only"), func() {
			w.signInAgain(p.Method, auth.Options{Keep: auth.KeptSession})
		}))
		actions.Add(part.NewLink(lang.L("Keep in an encrypted file"), func() {
			w.signInAgain(p.Method, auth.Options{Keep: auth.KeptFile})
		}))
	}
	if errors.Is(p.Err, auth.ErrNoClientID) {
		actions.Add(part.NewLink(lang.L("Settings…"), w.showSettings))
	}
	icon := container.NewVBox(part.Pad(8, 0, part.Icon("warning", look.ColorTrouble)))
	return container.NewStack(part.NewBox(theme.ColorNameBackground, look.ColorLine, look.RadiusCard),
		part.Pad(2, 10, part.Frame(nil, nil, icon, nil, part.Column(-6, text, actions))))
}

// signInAgain tries once more in the way that the person had chosen. An API key has to be
// given again: it was not kept.
func (w *Window) signInAgain(m auth.Method, o auth.Options) {
	switch m {
	case auth.MethodDevice:
		w.Session.SignInWithDevice(o)
	case auth.MethodAPIKey:
		w.askAPIKey(o)
	default:
		w.Session.SignIn(o)
	}
}

// showError shows the technical text of an error, to read and to copy. Errors hold no secret:
// that is a promise of the packages that make them.
func (w *Window) showError(err error) {
	full := show.Line(err.Error())
	text := part.Selectable(full, false)
	text.TextStyle.Monospace = true
	var m *part.Modal
	done := part.NewPrimary(lang.L("Close"), func() { m.Close() })
	copyIt := part.NewButton(lang.L("Copy"), func() { w.copy(full, lang.L("Copied")) })
	done.Keys, copyIt.Keys = w.modalKey, w.modalKey
	m = w.showModal(560, part.Column(12,
		part.NewText(lang.L("What happened"), part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(text),
		part.AtEnd(part.Row(8, copyIt, done)),
	), done, func() { m.Close() })
}

// modalKey gives a key to the dialog that is open.
func (w *Window) modalKey(e *fyne.KeyEvent) bool {
	return w.modal != nil && w.modal.Key(e)
}
