package tree

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// body is the content of the scroller: as high as all rows, with objects for those in sight.
type body struct {
	widget.BaseWidget
	tree *Tree
	pool []*row // row i is drawn by pool[i % len(pool)], so that scrolling by one binds one
	seen []fyne.CanvasObject
}

func newBody(t *Tree) *body {
	b := &body{tree: t}
	b.ExtendBaseWidget(b)
	return b
}

func (b *body) height() float32 { return float32(b.tree.source.Len()) * look.RowHeight }

// MinSize implements fyne.CanvasObject.
func (b *body) MinSize() fyne.Size { return fyne.NewSize(160, b.height()) }

// Refresh implements fyne.CanvasObject.
func (b *body) Refresh() {
	for _, r := range b.pool {
		r.index = -1 // bind anew: the source or the theme has changed
	}
	b.update()
	b.BaseWidget.Refresh()
}

// update gives every row in sight an object, in its place.
func (b *body) update() {
	t := b.tree
	if t.scroll == nil || t.scroll.Size().Height <= 0 {
		return
	}
	visible := int(t.scroll.Size().Height/look.RowHeight) + 2
	b.grow(visible)
	first := max(0, int(t.scroll.Offset.Y/look.RowHeight))
	last := min(first+visible, t.source.Len())
	b.seen = b.seen[:0]
	width := t.scroll.Size().Width
	for i := first; i < last; i++ {
		r := b.pool[i%len(b.pool)]
		r.show(i, width)
		b.seen = append(b.seen, r)
	}
	b.BaseWidget.Refresh()
}

func (b *body) grow(n int) {
	if len(b.pool) >= n {
		return
	}
	for len(b.pool) < n {
		b.pool = append(b.pool, newRow(b.tree))
	}
	for _, r := range b.pool {
		r.index = -1
	}
}

// CreateRenderer implements fyne.Widget.
func (b *body) CreateRenderer() fyne.WidgetRenderer { return &bodyRenderer{b} }

type bodyRenderer struct{ body *body }

func (r *bodyRenderer) Destroy()                     {}
func (r *bodyRenderer) Objects() []fyne.CanvasObject { return r.body.seen }
func (r *bodyRenderer) MinSize() fyne.Size           { return r.body.MinSize() }
func (r *bodyRenderer) Layout(fyne.Size)             { r.body.update() }
func (r *bodyRenderer) Refresh()                     {}
