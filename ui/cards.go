package ui

import "fyne.io/fyne/v2"

// cardGrid lays cards out in columns of equal width, each row as high as its highest card.
// How high that is depends on the width, because the values wrap.
type cardGrid struct {
	gap    float32
	grew   func() // called when a new width has made another height
	width  float32
	height float32
}

// The least width of a card, and the most columns.
const cardWidth, cardColumns float32 = 170, 3

func (g *cardGrid) columns(width float32) int {
	return int(max(1, min(cardColumns, (width+g.gap)/(cardWidth+g.gap))))
}

// MinSize implements fyne.Layout.
func (g *cardGrid) MinSize(cards []fyne.CanvasObject) fyne.Size {
	height := g.height
	if g.width == 0 {
		height = g.place(cards, 700, false)
	}
	return fyne.NewSize(cardWidth, height)
}

// Layout implements fyne.Layout.
func (g *cardGrid) Layout(cards []fyne.CanvasObject, size fyne.Size) {
	before := g.height
	g.width = size.Width
	g.height = g.place(cards, size.Width, true)
	if g.height != before {
		g.grew()
	}
}

// place measures the cards at a width, puts them there when asked to, and returns the height
// of all.
func (g *cardGrid) place(cards []fyne.CanvasObject, width float32, put bool) float32 {
	columns := g.columns(width)
	column := (width - float32(columns-1)*g.gap) / float32(columns)
	y := float32(0)
	for first := 0; first < len(cards); first += columns {
		row := cards[first:min(first+columns, len(cards))]
		high := float32(0)
		for _, c := range row {
			c.Resize(fyne.NewSize(column, c.Size().Height))
			high = max(high, c.MinSize().Height)
		}
		for i, c := range row {
			if put {
				c.Resize(fyne.NewSize(column, high))
				c.Move(fyne.NewPos(float32(i)*(column+g.gap), y))
			}
		}
		y += high + g.gap
	}
	return max(0, y-g.gap)
}
