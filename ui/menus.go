package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/ui/part"
	"canopy/ui/session"
	look "canopy/ui/theme"
)

// menus is the menu bar. Every shortcut of the app is on an item of it: only there do
// shortcuts work while a text field has the focus. Each item says when it makes sense, and
// none does while a dialog is open.
type menus struct {
	window *Window
	main   *fyne.MainMenu
	items  []menuItem
}

type menuItem struct {
	item *fyne.MenuItem
	when func(session.State) bool
}

func browsing(st session.State) bool { return st.Grant.ID != "" && st.Phase != session.SigningIn }
func several(st session.State) bool  { return browsing(st) && len(st.Grants) > 1 }
func always(session.State) bool      { return true }

func newMenus(w *Window) *menus {
	m := &menus{window: w}
	ctrl := func(k fyne.KeyName) fyne.Shortcut {
		return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault}
	}
	app := fyne.NewMenu("Canopy",
		m.item(lang.L("Add account or organization…"), nil, browsing, w.Session.AddAccount),
		m.item(lang.L("Sign out…"), nil, browsing, w.askSignOut),
		fyne.NewMenuItemSeparator(),
		m.item(lang.L("Settings…"), ctrl(fyne.KeyComma), always, w.showSettings),
		m.item(lang.L("About Canopy"), nil, always, w.showAbout),
		fyne.NewMenuItemSeparator(),
		m.quit(ctrl(fyne.KeyQ)))
	view := fyne.NewMenu(lang.L("View"),
		m.item(lang.L("Search"), ctrl(fyne.KeyK), browsing, w.focusSearch),
		m.item(lang.L("Switch grant…"), switchShortcut(), browsing, w.showSwitcher),
		m.item(lang.L("Compare two grants…"), nil, several, w.showCompare),
		m.item(lang.L("Refresh"), ctrl(fyne.KeyR), browsing, w.Session.Refresh),
		m.item(lang.L("Change scope…"), ctrl(fyne.KeyL), browsing, w.showScope),
		m.item(lang.L("What this grant can reach…"), &desktop.CustomShortcut{KeyName: fyne.KeyG, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}, browsing, w.showReach),
		m.item(lang.L("Activity"), &desktop.CustomShortcut{KeyName: fyne.KeyA, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}, browsing, w.showActivity),
		m.item(lang.L("Copy ID"), &desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}, browsing, w.copySelectedID),
		fyne.NewMenuItemSeparator(),
		m.item(lang.L("Open all"), nil, browsing, func() { w.openAll(true) }),
		m.item(lang.L("Close all"), nil, browsing, func() { w.openAll(false) }),
		fyne.NewMenuItemSeparator(),
		m.item(lang.L("Follow the system"), nil, always, func() { w.setTheme(look.Auto) }),
		m.item(lang.L("Light"), nil, always, func() { w.setTheme(look.Light) }),
		m.item(lang.L("Dark"), nil, always, func() { w.setTheme(look.Dark) }))
	m.main = fyne.NewMainMenu(app, view)
	return m
}

func (m *menus) item(text string, shortcut fyne.Shortcut, when func(session.State) bool, do func()) *fyne.MenuItem {
	// The check is repeated when the item acts: a shortcut does not ask whether the item is
	// disabled on every system.
	it := fyne.NewMenuItem(text, func() {
		if m.window.modal == nil && when(m.window.state) {
			do()
		}
	})
	it.Shortcut = shortcut
	m.items = append(m.items, menuItem{it, when})
	return it
}

func (m *menus) quit(shortcut fyne.Shortcut) *fyne.MenuItem {
	it := fyne.NewMenuItem(lang.L("Quit"), func() { m.window.win.Close() })
	it.Shortcut, it.IsQuit = shortcut, true
	return it
}

// show enables what makes sense in a state.
func (m *menus) show(st session.State) {
	changed := false
	for _, mi := range m.items {
		off := m.window.modal != nil || !mi.when(st)
		changed = changed || mi.item.Disabled != off
		mi.item.Disabled = off
	}
	if changed {
		m.main.Refresh()
	}
}

func (w *Window) focusSearch() {
	if b, ok := w.screen.(*browseScreen); ok {
		w.win.Canvas().Focus(b.search)
	}
}

func (w *Window) openAll(open bool) {
	if b, ok := w.screen.(*browseScreen); ok {
		b.explorer.openAll(open)
	}
}

func (w *Window) copySelectedID() {
	if b, ok := w.screen.(*browseScreen); ok {
		b.explorer.copyID()
	}
}

// showSettingsMenu offers the few choices there are.
func (w *Window) showSettingsMenu() {
	b, ok := w.screen.(*browseScreen)
	if !ok || w.modal != nil {
		return
	}
	mode := look.Mode(w.App.Preferences().StringWithFallback(PreferenceTheme, string(look.Auto)))
	theme := func(text string, m look.Mode) *fyne.MenuItem {
		it := fyne.NewMenuItem(text, func() { w.setTheme(m) })
		it.Checked = m == mode
		return it
	}
	menu := fyne.NewMenu("", theme(lang.L("Follow the system"), look.Auto), theme(lang.L("Light"), look.Light), theme(lang.L("Dark"), look.Dark),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Settings…"), w.showSettings),
		fyne.NewMenuItem(lang.L("About Canopy"), w.showAbout))
	popup := widget.NewPopUpMenu(menu, w.win.Canvas())
	size := w.win.Canvas().Size()
	popup.ShowAtPosition(fyne.NewPos(size.Width-popup.MinSize().Width-14, fyne.CurrentApp().Driver().AbsolutePositionForObject(b.refresh).Y+36))
}

// confirm asks before something is done. Cancel has the focus: Enter on it does nothing bad.
func (w *Window) confirm(title, text, yes string, do func()) *part.Modal {
	var m *part.Modal
	cancel := part.NewButton(lang.L("Cancel"), func() { m.Close() })
	ok := part.NewPrimary(yes, func() { m.Close(); do() })
	cancel.Keys, ok.Keys = w.modalKey, w.modalKey
	m = w.showModal(panelWidth, part.Column(10,
		part.NewText(title, part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(part.Paragraph(text, part.Style{Color: look.ColorMuted})),
		part.AtEnd(part.Row(8, cancel, ok)),
	), cancel, nil)
	return m
}

// showAbout says what this is.
func (w *Window) showAbout() {
	var m *part.Modal
	done := part.NewPrimary(lang.L("Close"), func() { m.Close() })
	done.Keys = w.modalKey
	m = w.showModal(panelWidth, part.Column(10,
		part.NewText("Canopy "+w.Version, part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(part.Paragraph(lang.L("A window on TiDB Cloud that only reads. It sends nothing to anyone but TiDB Cloud."), part.Style{Color: look.ColorMuted})),
		part.Flush(part.Selectable(lang.L("Settings file: {{.Path}}", with("Path", w.SettingsPath)), false)),
		part.AtEnd(done),
	), done, func() { m.Close() })
}
