package ui

import "fyne.io/fyne/v2"

// pageColumn puts objects below each other in the whole width. Text that wraps is measured at that
// width, and of the height that is left over the last but one gets all: a table above its
// footnote.
type pageColumn struct{ gap float32 }

// MinSize implements fyne.Layout.
func (l pageColumn) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		m := o.MinSize()
		size.Width = max(size.Width, m.Width)
		if m.Height > 0 {
			size.Height += m.Height + l.gap
		}
	}
	return size
}

// Layout implements fyne.Layout.
func (l pageColumn) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	heights := make([]float32, len(objects))
	left := size.Height
	for i, o := range objects {
		o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		heights[i] = o.MinSize().Height
		if heights[i] > 0 && i < len(objects)-1 {
			left -= l.gap
		}
		left -= heights[i]
	}
	if rest := len(objects) - 2; rest >= 0 {
		heights[rest] = max(heights[rest], heights[rest]+left)
	}
	y := float32(0)
	for i, o := range objects {
		o.Resize(fyne.NewSize(size.Width, heights[i]))
		o.Move(fyne.NewPos(0, y))
		if heights[i] > 0 {
			y += heights[i] + l.gap
		}
	}
}

// pairLayout puts two objects beside each other, or below each other where the first would be less
// than least wide. They share the width, unless the second only takes what it needs.
type pairLayout struct {
	least  float32
	second bool
	width  float32 // that it was laid out in last: how high it is depends on it
}

const pairGap, pairLine float32 = 12, 8

// widths returns the widths of the two when they stand beside each other, and whether they do.
func (l *pairLayout) widths(o []fyne.CanvasObject) (first, second float32, beside bool) {
	second = (l.width - pairGap) / 2
	if l.second {
		second = o[1].MinSize().Width
	}
	first = l.width - pairGap - second
	return first, second, first >= l.least
}

// MinSize implements fyne.Layout.
func (l *pairLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize().Height, o[1].MinSize().Height
	if _, _, beside := l.widths(o); beside {
		return fyne.NewSize(l.least, max(a, b))
	}
	return fyne.NewSize(l.least, a+pairLine+b)
}

// Layout implements fyne.Layout.
func (l *pairLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	first, second, beside := l.widths(o)
	a, b := o[0].MinSize().Height, o[1].MinSize().Height
	at := fyne.NewPos(first+pairGap, 0)
	if beside {
		a, b = max(a, b), max(a, b)
	} else {
		first, second, at = size.Width, size.Width, fyne.NewPos(0, a+pairLine)
	}
	o[0].Resize(fyne.NewSize(first, a))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(second, b))
	o[1].Move(at)
}
