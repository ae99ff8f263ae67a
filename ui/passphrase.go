package ui

import (
	"context"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"canopy/auth"
	"canopy/ui/part"
	look "canopy/ui/theme"
)

// AskPassphrase asks for the passphrase of the file that keeps sign-ins where there is no
// keyring; create says that it is being chosen. It may be called from any goroutine but the
// UI's, and waits for the answer. No answer is auth.ErrCancelled.
func (w *Window) AskPassphrase(ctx context.Context, create bool) (auth.Secret, error) {
	answer := make(chan auth.Secret, 1)
	var m *part.Modal
	fyne.Do(func() {
		if w.Now().Sub(w.refused) < refusalTime {
			answer <- "" // other requests ask at the same moment; one no is enough
			return
		}
		m = w.passphraseDialog(create, answer)
	})
	select {
	case s := <-answer:
		if s == "" {
			return "", auth.ErrCancelled
		}
		return s, nil
	case <-ctx.Done():
		fyne.Do(func() {
			if m != nil {
				m.Close()
			}
		})
		return "", ctx.Err()
	}
}

// refusalTime is how long a dialog that was closed without an answer counts for all who ask.
const refusalTime = 3 * time.Second

// leastPassphrase is the least number of characters: the file can be copied and tried at leisure.
const leastPassphrase = 10

func (w *Window) passphraseDialog(create bool, answer chan<- auth.Secret) *part.Modal {
	first := newKeyEntry(lang.L("Passphrase"), true, w.modalKey)
	second := newKeyEntry(lang.L("The same once more"), true, w.modalKey)
	ok := part.NewPrimary(lang.L("Unlock"), nil)
	text := lang.L("Your sign-ins are in a file that is encrypted with a passphrase. Canopy asks for it once each time it starts.")
	if w.asked && !create {
		text = lang.L("That was not the passphrase of the file. Try again, or cancel and sign in again.")
	}
	w.asked = true
	fields := []fyne.CanvasObject{part.Field(first)}
	if create {
		ok.SetText(lang.L("Keep in this file"))
		text = lang.L("Choose a passphrase of ten characters or more. Nobody can bring it back: without it you sign in again.")
		fields = append(fields, part.Field(second))
	}
	fits := func() bool {
		return first.Text != "" && (!create || first.Text == second.Text && utf8.RuneCountInString(first.Text) >= leastPassphrase)
	}
	first.OnChanged = func(string) { enable(fits(), ok) }
	second.OnChanged = first.OnChanged
	ok.Disable()
	cancel := part.NewButton(lang.L("Cancel"), func() { w.modal.Close() })
	cancel.Keys, ok.Keys = w.modalKey, w.modalKey
	var given auth.Secret // empty when the dialog is closed without an answer
	confirm := func() {
		if fits() {
			given = auth.Secret(first.Text)
			w.modal.Close()
		}
	}
	ok.OnTapped(confirm)
	m := w.showModal(panelWidth, part.Column(10,
		part.NewText(lang.L("Passphrase"), part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(part.Paragraph(text, part.Style{Color: look.ColorMuted})),
		part.Column(10, fields...),
		part.AtEnd(part.Row(8, cancel, ok)),
	), first, confirm)
	m.OnClose(func() {
		first.SetText("")
		second.SetText("")
		if given == "" {
			w.refused = w.Now()
		}
		answer <- given
	})
	return m
}
