package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

// Deps is what the window works with. All fields are required.
type Deps struct {
	App     fyne.App
	Session *session.Session
	Tasks   *task.Runner
	Now     func() time.Time
	// After is time.After, held by tests.
	After func(time.Duration) <-chan time.Time
	// OpenURL opens the person's browser.
	OpenURL func(ctx context.Context, url string) error
	// BrowserDoubt is what speaks against the browser; see auth.BrowserDoubt.
	BrowserDoubt string
	Settings     SettingsFile
	// SettingsPath is where the settings file is, for words.
	SettingsPath string
	// Downloads is the folder where files are offered to be saved.
	Downloads string
	Version   string
}

// Window is Canopy's window.
type Window struct {
	Deps
	win      fyne.Window
	state    session.State
	screen   screen
	stack    *fyne.Container
	toast    *toast
	hint     *hint
	modal    *part.Modal
	finder   *finder           // what hangs from a button to find a grant in; it is the modal then
	scope    *scopeDialog      // while it is open; it is the modal then
	surprise *surpriseQuestion // the question that is open or waits for its turn
	menus    *menus
	behind   bool // another window has the focus

	asked   bool      // the passphrase has been asked for
	refused time.Time // when the person closed that dialog without an answer
}

// screen is one of the things that fill the window. Show is called with every new state.
type screen interface {
	object() fyne.CanvasObject
	show(session.State)
	// tick is called when time has passed, and says when it wants to be called next.
	tick(now time.Time) time.Duration
	// shown is called after the screen has been put into the window, to focus something.
	shown()
}

// Preference keys. Nothing secret is ever kept there: the file can be read by anyone.
const (
	prefSize  = "window.size" // as in 1200x760: one value, so that it is written whole
	prefSplit = "window.tree"
	// PreferenceTheme holds the mode: auto, light or dark.
	PreferenceTheme = "theme"
	prefOpen        = "open." // + grant id: row ids that are open
)

const defaultWidth, defaultHeight, defaultSplit = 1200, 760, 391

// New makes the window and connects it to the session. Nothing is read from disk or network
// here, so that the first frame does not wait for either; Start does that.
func New(d Deps) *Window {
	w := &Window{Deps: d, win: d.App.NewWindow("Canopy"), stack: container.NewStack()}
	w.setTheme(look.Mode(d.App.Preferences().StringWithFallback(PreferenceTheme, string(look.Auto))))
	w.win.SetMaster()
	w.win.SetIcon(look.Mark())
	w.toast = newToast(w)
	w.hint = newHint(w)
	w.menus = newMenus(w)
	w.win.SetMainMenu(w.menus.main)
	w.win.SetPadded(false)
	remember := &sizeMemory{prefs: d.App.Preferences(), whole: w.win.Canvas().Size}
	w.win.SetContent(container.New(remember, container.NewStack(w.stack, w.hint.layer, w.toast.layer)))
	w.win.Resize(remember.size())
	w.win.CenterOnScreen()
	w.win.SetOnClosed(d.Tasks.Close)
	d.App.Lifecycle().SetOnExitedForeground(func() { w.behind = true })
	d.App.Lifecycle().SetOnEnteredForeground(func() {
		w.behind = false
		d.Session.Reread() // a command may have changed the scope meanwhile
	})
	d.Session.Listen(w.render)
	return w
}

// Window returns Fyne's window.
func (w *Window) Window() fyne.Window { return w.win }

// Start opens the grant used last.
func (w *Window) Start() { w.Session.Start() }

// Show puts the window on the screen.
func (w *Window) Show() { w.win.Show() }

// render draws a state: the screen that its phase asks for, and that screen with it.
func (w *Window) render(st session.State) {
	was := w.state.Phase
	w.state = st
	if next := w.screenFor(st); next != nil {
		if w.finder != nil {
			w.modal.Close() // what it hangs from goes
		}
		if b, ok := w.screen.(*browseScreen); ok {
			b.leavePage()
		}
		w.screen = next
		w.stack.Objects = []fyne.CanvasObject{next.object()}
		w.stack.Refresh()
		next.show(st)
		next.shown()
	} else {
		w.screen.show(st)
	}
	if w.finder != nil {
		w.finder.show(st)
	}
	if w.scope != nil {
		w.scope.show(st)
	}
	w.askSurprise(st)
	w.menus.show(st)
	w.title(st)
	if was == session.SigningIn && st.Phase == session.Browsing {
		w.bringBack()
	}
	w.tick()
}

// bringBack brings the person back from the browser. Not every desktop lets a window come to
// the front by itself, so a window that is behind says it with a notification too. Nothing that
// came from outside stands in it: Fyne hands the text to a command line on Windows, and some
// desktops read it as markup.
func (w *Window) bringBack() {
	w.win.RequestFocus()
	if w.behind {
		w.App.SendNotification(fyne.NewNotification("Canopy", lang.L("You are signed in.")))
	}
}

// screenFor returns the screen that a state asks for when it is not the one on show.
func (w *Window) screenFor(st session.State) screen {
	switch st.Phase {
	case session.SignedOut:
		if _, ok := w.screen.(*signInScreen); !ok {
			return newSignInScreen(w)
		}
	case session.SigningIn:
		if s, ok := w.screen.(*waitingScreen); !ok || s.method != st.Method {
			return newWaitingScreen(w, st.Method)
		}
	default:
		if _, ok := w.screen.(*browseScreen); !ok {
			return newBrowseScreen(w)
		}
	}
	return nil
}

func (w *Window) title(st session.State) {
	title := "Canopy"
	if st.Grant.ID != "" {
		title = organizationName(st) + " – Canopy"
	}
	if w.win.Title() != title {
		w.win.SetTitle(title)
	}
}

// tick lets the screen follow the time, and arranges for the next time it wants to.
func (w *Window) tick() {
	next := w.screen.tick(w.Now())
	if next <= 0 {
		w.Tasks.Cancel("clock")
		return
	}
	w.Tasks.Run("clock", func(ctx context.Context, _ task.Report) func() {
		select {
		case <-ctx.Done():
		case <-w.After(next):
		}
		return w.tick
	})
}

// setTheme draws everything in a mode, and remembers it.
func (w *Window) setTheme(m look.Mode) {
	if !m.Valid() {
		m = look.Auto
	}
	w.App.Preferences().SetString(PreferenceTheme, string(m))
	w.App.Settings().SetTheme(look.New(m))
}

// open opens a page in the browser. Whether a browser came up cannot be known for certain, so
// a failure offers the link.
func (w *Window) open(url string) {
	w.Tasks.Run("open "+url, func(ctx context.Context, _ task.Report) func() {
		err := w.OpenURL(ctx, url)
		return func() {
			if err != nil {
				w.copy(url, lang.L("No browser could be opened. The link is on your clipboard."))
			}
		}
	})
}

// copy puts text on the clipboard and says so. Names of others are in it: what would act when
// it is pasted into a terminal, such as a line break, is written out.
func (w *Window) copy(text, say string) {
	w.copyLines(show.Line(text), say)
}

// copyLines puts text of several lines on the clipboard. The caller vouches for it.
func (w *Window) copyLines(text, say string) {
	w.App.Clipboard().SetContent(text)
	w.toast.say(say)
}

// showModal shows a dialog. While it is open nothing behind it can be reached, neither by the
// mouse nor by a shortcut.
func (w *Window) showModal(width float32, content fyne.CanvasObject, first fyne.Focusable, confirm func()) *part.Modal {
	if w.modal != nil {
		w.modal.Close()
	}
	var m *part.Modal
	m = part.ShowModal(w.win.Canvas(), width, content, first, confirm, nil, func() {
		if w.modal == m {
			w.modal = nil
		}
		w.menus.show(w.state)
		w.askSurpriseLater()
	})
	w.modal = m
	w.menus.show(w.state)
	return m
}

func organizationName(st session.State) string {
	if st.View != nil && st.View.Shown().Organization().Name != "" {
		return show.Name(st.View.Shown().Organization().Name)
	}
	return grantName(st.Grant)
}

func grantName(g auth.Grant) string {
	switch {
	case g.Organization.Name != "":
		return show.Name(g.Organization.Name)
	case g.User.Email != "":
		return show.Name(g.User.Email)
	default:
		return lang.L("Organization")
	}
}

// sizeMemory lays out the whole window and remembers its size whenever it changes, so that
// not even a kill loses it.
type sizeMemory struct {
	prefs fyne.Preferences
	whole func() fyne.Size // of the window's canvas: the menu bar stands beside what is laid out
	last  fyne.Size
}

// size is what was remembered, or the size of a first start.
func (m *sizeMemory) size() fyne.Size {
	var s fyne.Size
	if _, err := fmt.Sscanf(m.prefs.String(prefSize), "%gx%g", &s.Width, &s.Height); err != nil {
		return fyne.NewSize(defaultWidth, defaultHeight)
	}
	return s
}

func (m *sizeMemory) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(640, 480).Max(objects[0].MinSize())
}

func (m *sizeMemory) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	if size == m.last || size.IsZero() {
		return
	}
	first := m.last.IsZero()
	m.last = size
	if !first {
		whole := m.whole()
		m.prefs.SetString(prefSize, fmt.Sprintf("%gx%g", whole.Width, whole.Height))
	}
}
