package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
)

// switchShortcut opens the grant switcher.
func switchShortcut() fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: fyne.KeyO, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

// showSwitcher offers the kept grants to switch to, another account, and two to compare.
func (w *Window) showSwitcher() { w.showSwitcherAt("", "") }

// showSwitcherAt is showSwitcher with words that are typed already and a row to begin at.
func (w *Window) showSwitcherAt(words, grantID string) {
	b, ok := w.screen.(*browseScreen)
	if !ok || w.modal != nil {
		return
	}
	if w.win.Canvas().Focused() == nil {
		w.win.Canvas().Focus(b.explorer.tree) // a press on the button has taken it from there
	}
	f := newFinder(w, w.switchTo)
	f.menu = w.grantMenu
	f.remove = func(g auth.Grant) { w.askSignOutOf(g, w.backToSwitcher(f, g)) }
	add := part.NewLink(lang.L("Add account or organization…"), func() { f.modal.Close(); w.Session.AddAccount() })
	two := part.NewLink(lang.L("Compare two…"), func() { f.modal.Close(); w.showCompare() })
	add.Keys, two.Keys = w.modalKey, w.modalKey
	if !several(w.state) {
		two.Disable()
	}
	foot := part.Frame(part.NewRule(), nil, nil, nil, part.Pad(10, 6, part.Frame(nil, nil, add, two, nil)))
	f.open(b.grant, part.Pad(6, 0, foot), switchShortcut())
	if words != "" {
		f.field.SetText(words)
		f.field.CursorColumn = len([]rune(words))
	}
	if i := f.wallet.find(words).Index(grantID); i >= 0 {
		f.list.Go(i)
	}
}

// switchTo opens a grant, unless it is open.
func (w *Window) switchTo(grantID string) {
	if grantID != w.state.Grant.ID {
		w.Session.Open(grantID)
	}
}

// grantMenu is the context menu of a grant in the switcher.
func (w *Window) grantMenu(g auth.Grant) *fyne.Menu {
	f := w.finder
	open := fyne.NewMenuItem(lang.L("Open"), func() { f.choose(g.ID) })
	out := fyne.NewMenuItem(lang.L("Sign out…"), func() { f.remove(g) })
	out.Disabled = w.Session.Standing(g.ID) == session.SigningOut
	return fyne.NewMenu("", open, fyne.NewMenuItemSeparator(), out)
}

// backToSwitcher returns what shows the switcher again, at the place where a grant was that the
// person was asked about.
func (w *Window) backToSwitcher(f *finder, g auth.Grant) func() {
	words := f.field.Text
	return func() { w.showSwitcherAt(words, g.ID) }
}

// askSignOut says what signing out of the open grant removes before it does so.
func (w *Window) askSignOut() { w.askSignOutOf(w.state.Grant, nil) }

// askSignOutOf is askSignOut for any grant of the wallet. After is called when the question has
// gone, however it was answered, and may be nil.
func (w *Window) askSignOutOf(g auth.Grant, after func()) {
	name := grantName(g)
	if g.ID == w.state.Grant.ID {
		name = organizationName(w.state)
	}
	text := lang.L("Canopy forgets {{.Organization}} on this machine and tells {{.Environment}} to revoke what it was given. Nothing in your organization changes.",
		with("Organization", name, "Environment", show.Name(g.Environment)))
	if g.Method == auth.MethodAPIKey {
		text = lang.L("Canopy forgets {{.Organization}} and the API key on this machine. The key itself stays valid until somebody deletes it in the console.", with("Organization", name))
	}
	m := w.confirm(lang.L("Sign out?"), text, lang.L("Sign out"), func() {
		w.App.Preferences().RemoveValue(prefOpen + g.ID)
		w.Session.SignOutOf(g.ID)
	})
	if after != nil {
		m.OnClose(after)
	}
}
