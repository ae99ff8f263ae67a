package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/auth"
	"canopy/ui/part"
	look "canopy/ui/theme"
)

// keyEntry is an entry that gives Escape and Enter to the dialog it stands in.
type keyEntry struct {
	widget.Entry
	keys  part.Keys
	every bool // keys is asked about every key, before the entry
}

func newKeyEntry(placeholder string, password bool, keys part.Keys) *keyEntry {
	e := &keyEntry{keys: keys}
	e.Password = password
	e.PlaceHolder = placeholder
	e.Wrapping = fyne.TextWrapOff
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *keyEntry) TypedKey(k *fyne.KeyEvent) {
	ask := e.every
	switch k.Name {
	case fyne.KeyEscape, fyne.KeyReturn, fyne.KeyEnter:
		ask = true
	}
	if ask && e.keys(k) {
		return
	}
	e.Entry.TypedKey(k)
}

// askAPIKey asks for the two halves of an API key; o says where it is kept.
func (w *Window) askAPIKey(o auth.Options) {
	public := newKeyEntry(lang.L("Public key"), false, w.modalKey)
	private := newKeyEntry(lang.L("Private key"), true, w.modalKey)
	use := part.NewPrimary(lang.L("Use this key"), nil)
	cancel := part.NewButton(lang.L("Cancel"), func() { w.modal.Close() })
	use.Keys, cancel.Keys = w.modalKey, w.modalKey
	confirm := func() {
		id, secret := strings.TrimSpace(public.Text), auth.Secret(strings.TrimSpace(private.Text))
		if id == "" || secret == "" {
			return
		}
		private.SetText("")
		w.modal.Close()
		w.Session.SignInWithAPIKey(id, secret, o)
	}
	use.OnTapped(confirm)
	use.Disable()
	check := func(string) {
		enable(strings.TrimSpace(public.Text) != "" && strings.TrimSpace(private.Text) != "", use)
	}
	public.OnChanged, private.OnChanged = check, check
	w.showModal(panelWidth, part.Column(10,
		part.NewText(lang.L("Use an API key"), part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(part.Paragraph(lang.L("Make one in the console under Organization Settings, API Keys. A viewer's key is enough: Canopy only reads."), part.Style{Color: look.ColorMuted})),
		part.Field(public), part.Field(private),
		part.AtEnd(part.Row(8, cancel, use)),
	), public, confirm)
}
