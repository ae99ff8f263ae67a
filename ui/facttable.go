package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"canopy/ui/part"
	look "canopy/ui/theme"
)

// factTable is a card of rows: a dot, a name, what is to be said of it, and what can be done. Names
// and words wrap, and can be selected.
type factTable struct {
	rows *fyne.Container
	grew func() // called when a new width has made another height
}

func (p *reachPage) table(title string, end fyne.CanvasObject) *factTable {
	head := part.NewText(title, part.Style{Bold: true, Color: look.ColorMuted})
	t := &factTable{rows: part.Column(0), grew: p.grew}
	if end == nil {
		end = part.NewBox("", "", 0)
	}
	t.rows.Add(part.Pad(7, 14, part.Frame(nil, nil, head, nil, end)))
	return t
}

// add adds a row, with texts and links at its end.
func (t *factTable) add(dot fyne.ThemeColorName, name, says string, end ...fyne.CanvasObject) {
	row := part.Row(0)
	trailing := float32(0)
	for _, o := range end {
		row.Add(part.Middle(o))
		trailing = 0
		if _, link := o.(*part.Link); link {
			trailing = part.LinkPad // its words, not its ground, end where the others do
		}
	}
	t.rows.Add(part.NewRule())
	t.rows.Add(container.New(&factRow{grew: t.grew},
		part.NewDot(dot), part.Flush(part.Selectable(name, false)), part.Flush(part.Selectable(says, false)),
		container.New(layout.NewCustomPaddedLayout(0, 0, 0, -trailing), row)))
}

// note adds a sentence below the rows.
func (t *factTable) note(text string) {
	t.rows.Add(part.NewRule())
	t.rows.Add(part.Pad(4, 14, part.Flush(part.Paragraph(text, part.Style{Color: look.ColorMuted}))))
}

func (t *factTable) object() fyne.CanvasObject {
	return container.NewStack(part.NewBox(look.ColorSurface, look.ColorLine, look.RadiusCard), t.rows)
}

// factRow lays out dot, name, words and end of a row: beside each other where there is room, else
// the words below the name. How high that is depends on the width, because they wrap.
type factRow struct {
	grew          func()
	width, height float32
}

// Measures of a row.
const (
	factEdge, factGap, factDot float32 = 14, 8, 9
	factHeight                 float32 = 34
	factWide                   float32 = 560 // from here on words stand beside the name
)

// MinSize implements fyne.Layout.
func (r *factRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	height := r.height
	if r.width == 0 {
		height = r.place(o, 700, false)
	}
	return fyne.NewSize(220, height)
}

// Layout implements fyne.Layout.
func (r *factRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	before := r.height
	r.width = size.Width
	r.height = r.place(o, size.Width, true)
	if r.height != before {
		r.grew()
	}
}

// place measures the row at a width, puts its objects there when asked to, and returns its height.
func (r *factRow) place(o []fyne.CanvasObject, width float32, put bool) float32 {
	dot, name, says, end := o[0], o[1], o[2], o[3]
	left, ends := factEdge+factDot+factGap, end.MinSize()
	right := width - factEdge - ends.Width
	wide := width >= factWide
	nameWidth, saysLeft, saysWidth := right-factGap-left, left, width-factEdge-left
	if wide {
		saysLeft = width * 0.38
		nameWidth, saysWidth = saysLeft-factGap-left, right-factGap-saysLeft
	}
	high := func(x fyne.CanvasObject, w float32) float32 {
		x.Resize(fyne.NewSize(max(w, 20), x.Size().Height))
		return x.MinSize().Height
	}
	nameHeight, saysHeight := high(name, nameWidth), high(says, saysWidth)
	first := max(factHeight, nameHeight+8, ends.Height)
	height := first
	if wide {
		first = max(first, saysHeight+8)
		height = first
	} else if saysHeight > 0 {
		height = first + saysHeight
	}
	if !put {
		return height
	}
	at := func(x fyne.CanvasObject, left, w, h float32) {
		x.Resize(fyne.NewSize(w, h))
		x.Move(fyne.NewPos(left, (first-h)/2))
	}
	at(dot, factEdge, factDot, factDot)
	at(name, left, nameWidth, nameHeight)
	at(end, right, ends.Width, ends.Height)
	at(says, saysLeft, saysWidth, saysHeight)
	if !wide {
		says.Move(fyne.NewPos(left, first-6))
	}
	return height
}

// flow puts objects beside each other and goes on below when there is no more room.
type flow struct {
	gap           float32
	grew          func()
	width, height float32
}

// MinSize implements fyne.Layout.
func (f *flow) MinSize(o []fyne.CanvasObject) fyne.Size {
	var widest float32
	for _, x := range o {
		widest = max(widest, x.MinSize().Width)
	}
	width := f.width
	if width == 0 {
		width = 700
	}
	return fyne.NewSize(widest, f.place(o, width, false))
}

// Layout implements fyne.Layout.
func (f *flow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	before := f.height
	f.width = size.Width
	f.height = f.place(o, size.Width, true)
	if f.height != before {
		f.grew()
	}
}

func (f *flow) place(o []fyne.CanvasObject, width float32, put bool) float32 {
	var x, y, high float32
	for _, one := range o {
		m := one.MinSize()
		if x > 0 && x+m.Width > width {
			x, y, high = 0, y+high+f.gap, 0
		}
		if put {
			one.Resize(m)
			one.Move(fyne.NewPos(x, y))
		}
		x, high = x+m.Width+f.gap, max(high, m.Height)
	}
	return y + high
}
