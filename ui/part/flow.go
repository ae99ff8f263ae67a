package part

import "fyne.io/fyne/v2"

// Flow puts objects behind each other, at their own size, and begins a new line where there is no
// room. A Text that may be cut wants all of its text, and is cut at the width of a line.
type Flow struct {
	gap     float32
	objects []fyne.CanvasObject
	*fyne.Container
}

// NewFlow returns a flow of objects, gap apart. A hidden one takes no room.
func NewFlow(gap float32, objects ...fyne.CanvasObject) *Flow {
	f := &Flow{gap: gap, objects: objects}
	f.Container = &fyne.Container{Layout: f, Objects: objects}
	return f
}

// HeightAt returns how high the flow is at a width.
func (f *Flow) HeightAt(width float32) float32 {
	return f.run(width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
}

// MinSize implements fyne.Layout. How high it is depends on a width that it does not know; ask
// HeightAt.
func (f *Flow) MinSize([]fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range f.objects {
		if o.Visible() {
			least = least.Max(o.MinSize())
		}
	}
	return least
}

// Layout implements fyne.Layout.
func (f *Flow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	f.run(size.Width, func(o fyne.CanvasObject, at fyne.Position, s fyne.Size) {
		o.Resize(s)
		o.Move(at)
	})
}

// run places everything and returns the height of all.
func (f *Flow) run(width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var line []fyne.CanvasObject
	var x, y, height float32
	end := func() { // puts a line, with its objects in the middle of its height
		at := -inset(line[0]) // a text begins where all lines begin
		for _, o := range line {
			s := fyne.NewSize(wanted(o, width), o.MinSize().Height)
			put(o, fyne.NewPos(at, y+(height-s.Height)/2), s)
			at += s.Width + f.gap
		}
		y, line, x, height = y+height, nil, 0, 0
	}
	for _, o := range f.objects {
		if !o.Visible() {
			continue
		}
		w := wanted(o, width)
		if len(line) > 0 && x+w > width+1 {
			end()
		}
		line = append(line, o)
		x += w + f.gap
		height = max(height, o.MinSize().Height)
	}
	if len(line) > 0 {
		end()
	}
	return y
}

// inset is how far the text of a link at the beginning of an object stands inside it.
func inset(o fyne.CanvasObject) float32 {
	switch o := o.(type) {
	case *Link:
		return o.pad()
	case *fyne.Container:
		if len(o.Objects) > 0 {
			return inset(o.Objects[0])
		}
	}
	return 0
}

// wanted is how wide an object is in a line of a width.
func wanted(o fyne.CanvasObject, width float32) float32 {
	if t, ok := o.(*Text); ok && t.style.Cut {
		return min(t.FullWidth(), width)
	}
	return o.MinSize().Width
}
