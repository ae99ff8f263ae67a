//go:build probe

package probe

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// walk collects what one canvas shows. It must run on the UI goroutine.
type walk struct {
	canvas  fyne.Canvas
	layer   int
	secret  bool // inside a password entry, whose paragraph knows what the dots stand for
	off     bool // inside something disabled
	objects []Object
}

// dump lists the visible objects of a canvas in paint order.
func dump(c fyne.Canvas) []Object {
	w := walk{canvas: c, objects: []Object{}}
	screen := areaOf(fyne.Position{}, c.Size())
	for i, tree := range trees(c) {
		if tree == nil {
			continue
		}
		w.layer = i
		w.visit(tree, fyne.Position{}, screen)
	}
	return w.objects
}

// trees are the roots that the toolkit paints, first the content, then what lies above it. The desktop's canvas also has
// a menu bar, which fyne.Canvas does not name: its own list of roots does.
func trees(c fyne.Canvas) []fyne.CanvasObject {
	if all, ok := c.(interface{ ObjectTrees() []fyne.CanvasObject }); ok {
		return all.ObjectTrees()
	}
	return append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...)
}

func (w *walk) visit(o fyne.CanvasObject, offset fyne.Position, clip area) {
	if o == nil || !o.Visible() {
		return
	}
	if x, ok := o.(fyne.Disableable); ok && x.Disabled() && !w.off {
		w.off = true
		defer func() { w.off = false }()
	}
	at := o.Position().Add(offset)
	seen := areaOf(at, o.Size()).within(clip)
	if !seen.empty() {
		w.objects = append(w.objects, w.describe(o, seen))
	}
	inside, clips := children(o)
	if clips {
		clip = seen
	}
	// A container may be smaller than what it holds, so an unseen parent does not hide its children; only a clip does.
	if clip.empty() {
		return
	}
	if e, ok := o.(*widget.Entry); ok && e.Password {
		w.secret = true
		defer func() { w.secret = false }()
	}
	for _, child := range inside {
		w.visit(child, at, clip)
	}
}

func (w *walk) describe(o fyne.CanvasObject, seen area) Object {
	d := Object{Type: fmt.Sprintf("%T", o), Layer: w.layer, Disabled: w.off}
	if _, paragraph := o.(*widget.RichText); !paragraph || !w.secret {
		d.Text, d.Hint = words(o)
	}
	d.X, d.Y = w.canvas.PixelCoordinateForPosition(fyne.NewPos(seen.left, seen.top))
	right, bottom := w.canvas.PixelCoordinateForPosition(fyne.NewPos(seen.right, seen.bottom))
	d.W, d.H = right-d.X, bottom-d.Y
	if n, ok := o.(named); ok {
		d.Name = n.ProbeName()
	}
	if r, ok := o.(row); ok {
		d.Row = r.ProbeRow()
	}
	if f, ok := o.(fyne.Focusable); ok {
		d.Focused = w.canvas.Focused() == f
	}
	if c, ok := o.(*widget.Check); ok {
		d.Checked = c.Checked
	}
	return d
}
