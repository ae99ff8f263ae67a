package ui

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	look "canopy/ui/theme"
)

// finder is a panel that hangs from a button and in which a grant is found by typing and chosen:
// to be opened, or to be compared.
type finder struct {
	window *Window
	wallet *wallet
	field  *keyEntry
	list   *part.List
	note   *part.Text
	keycap fyne.CanvasObject // the shortcut, beside an empty field; nil: there is none
	modal  *part.Modal
	marked func() string               // the id of the grant that is marked; nil: the open one
	chose  func(grantID string)        // the panel has gone by then
	menu   func(auth.Grant) *fyne.Menu // of a row; nil: there is none
	remove func(auth.Grant)            // what Delete does; nil: nothing
}

const finderWidth, finderRows = 420, 8

// newFinder makes the panel's content without showing it.
func newFinder(w *Window, chose func(grantID string)) *finder {
	f := &finder{window: w, chose: chose}
	f.field = newKeyEntry(lang.L("Find a grant"), false, f.key)
	f.field.every = true
	f.field.OnChanged = f.typed
	f.list = part.NewList(1)
	f.list.OnChoose = f.choose
	f.list.OnMenu = f.showMenu
	f.note = part.NewText("", part.Style{Color: look.ColorMuted, Align: fyne.TextAlignCenter, Cut: true})
	return f
}

// open hangs the panel from an object, with more below the rows, which may be nil.
func (f *finder) open(under fyne.CanvasObject, foot fyne.CanvasObject, shortcut fyne.Shortcut) {
	w := f.window
	f.show(w.state)
	f.list.SetRows(max(1, min(len(f.wallet.grants), finderRows)))
	field := part.Field(f.field)
	if shortcut != nil {
		f.keycap = part.Keycap(shortcutWords(shortcut))
		field = part.FieldWith(f.field, f.keycap)
	}
	content := part.Frame(part.Column(0, part.Pad(14, 14, field)), foot, nil, nil,
		container.NewStack(f.list, part.Pad(0, 14, part.Middle(f.note))))
	f.modal = w.hang(under, finderWidth, content, f.field, f)
	if i := f.wallet.find("").Index(f.wallet.marked); i >= 0 {
		f.list.Go(i)
	}
}

// show takes a state in.
func (f *finder) show(st session.State) {
	f.wallet = newWallet(f.window, st)
	if f.marked != nil {
		f.wallet.marked = f.marked()
	}
	f.find()
}

// typed follows what is typed, and begins at the first that is found.
func (f *finder) typed(text string) {
	switch {
	case f.keycap == nil:
	case text == "":
		f.keycap.Show()
	default:
		f.keycap.Hide()
	}
	f.find()
	f.list.Go(0)
}

// find shows the grants of which all that has been typed is said.
func (f *finder) find() {
	rows := f.wallet.find(f.field.Text)
	f.list.SetSource(rows)
	f.note.SetText("")
	if rows.Len() == 0 {
		f.note.SetText(lang.L("No grant is called that."))
	}
}

// key is given every key before the field: what moves, chooses and closes does so while the
// person types.
func (f *finder) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyEscape:
		f.modal.Close()
		return true
	case fyne.KeyDelete:
		atEnd := f.field.CursorColumn >= len([]rune(f.field.Text)) && f.field.SelectedText() == ""
		if f.remove == nil || !atEnd {
			return false // it deletes what has been typed
		}
		if g, ok := f.wallet.at(f.list.Current()); ok {
			f.remove(g.Grant)
		}
		return true
	}
	return f.list.Key(e)
}

func (f *finder) choose(id string) {
	f.modal.Close()
	f.chose(id)
}

func (f *finder) showMenu(id string, at fyne.Position) {
	if g, ok := f.wallet.at(id); ok && f.menu != nil {
		widget.ShowPopUpMenuAtPosition(f.menu(g.Grant), f.window.win.Canvas(), at)
	}
}

// hang shows a panel below an object. Like a dialog it keeps everything behind it out of reach;
// what follows the state goes on doing so.
func (w *Window) hang(under fyne.CanvasObject, width float32, content fyne.CanvasObject, first fyne.Focusable, f *finder) *part.Modal {
	if w.modal != nil {
		w.modal.Close()
	}
	var m *part.Modal
	m = part.ShowHanging(w.win.Canvas(), under, f.keycap != nil, width, content, first, func() {
		if w.modal == m {
			w.modal, w.finder = nil, nil
		}
		w.menus.show(w.state)
		w.askSurpriseLater()
	})
	w.modal, w.finder = m, f
	w.menus.show(w.state)
	return m
}

// shortcutWords writes a shortcut as this system's keyboards do.
func shortcutWords(s fyne.Shortcut) string {
	c, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return ""
	}
	names := []struct {
		mod         fyne.KeyModifier
		word, apple string
	}{
		{fyne.KeyModifierControl, "Ctrl", "⌃"}, {fyne.KeyModifierAlt, "Alt", "⌥"},
		{fyne.KeyModifierShift, "Shift", "⇧"}, {fyne.KeyModifierSuper, "Super", "⌘"},
	}
	apple := runtime.GOOS == "darwin"
	var keys []string
	for _, n := range names {
		switch {
		case c.Modifier&n.mod == 0:
		case apple:
			keys = append(keys, n.apple)
		default:
			keys = append(keys, n.word)
		}
	}
	return strings.Join(append(keys, string(c.KeyName)), " ")
}
