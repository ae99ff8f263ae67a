package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"canopy/ui/part"
	"canopy/ui/session"
	look "canopy/ui/theme"
)

// page is what stands at the right side in place of the details of the selected row: what the
// grant can reach, what Canopy asked, two grants side by side. A page is made when it is asked
// for and dropped when it is left; what it has to remember lives in the session or the log.
type page interface {
	object() fyne.CanvasObject
	// show draws a state. It is called once before the page is seen and with every state after.
	show(st session.State)
	// tick is called when time has passed, and says when it wants to be called next; 0 for never.
	tick(now time.Time) time.Duration
	// focus is what gets the focus when the page opens; nil leaves it where it is.
	focus() fyne.Focusable
}

// leaver is a page that has something to end when it is left.
type leaver interface{ leave() }

// showPage puts a page at the right side, in place of the details or another page.
func (w *Window) showPage(p page) {
	b, ok := w.screen.(*browseScreen)
	if !ok {
		return
	}
	b.leavePage()
	b.page = p
	p.show(w.state)
	b.right.Objects = []fyne.CanvasObject{p.object()}
	b.right.Refresh()
	if f := p.focus(); f != nil {
		w.win.Canvas().Focus(f)
	}
	w.tick()
}

// closePage goes back to the details of the selected row, and to the tree.
func (w *Window) closePage() {
	b, ok := w.screen.(*browseScreen)
	if !ok || b.page == nil {
		return
	}
	b.leavePage()
	w.win.Canvas().Focus(b.explorer.tree)
}

// onPage reports whether a page of this type is on show.
func onPage[P page](w *Window) (P, bool) {
	var none P
	b, ok := w.screen.(*browseScreen)
	if !ok {
		return none, false
	}
	p, ok := b.page.(P)
	return p, ok
}

// pageKey is given the keys that a control of a page has no use for: Escape goes back.
func (w *Window) pageKey(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape || w.modal != nil {
		return false
	}
	w.closePage()
	return true
}

// leavePage shows the details again.
func (s *browseScreen) leavePage() {
	if s.page == nil {
		return
	}
	if l, ok := s.page.(leaver); ok {
		l.leave()
	}
	s.page = nil
	s.right.Objects = []fyne.CanvasObject{s.details.object()}
	s.right.Refresh()
}

// pageHeading is the caption, the title and the actions of a page, in the rhythm of a row's details.
func pageHeading(caption, title string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	return heading(part.NewText(caption, part.Style{Color: look.ColorMuted}), title, nil, actions...)
}
