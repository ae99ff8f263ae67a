package part

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	look "canopy/ui/theme"
)

// tableBody is what scrolls: as high as all rows, with objects for those in sight.
type tableBody struct {
	widget.BaseWidget
	table *Table
	rows  []*tableRow // in sight, from the top
	spare []*tableRow
	seen  []fyne.CanvasObject
}

func newTableBody(t *Table) *tableBody {
	b := &tableBody{table: t}
	b.ExtendBaseWidget(b)
	return b
}

func (b *tableBody) height() float32 { return float32(b.table.source.Len()) * look.RowHeight }

// MinSize implements fyne.CanvasObject.
func (b *tableBody) MinSize() fyne.Size { return fyne.NewSize(160, b.height()) }

// Refresh implements fyne.CanvasObject: the theme may have changed.
func (b *tableBody) Refresh() {
	for _, r := range b.rows {
		r.Refresh()
	}
	b.update()
}

// update gives every row in sight an object, in its place. A row that stays in sight keeps its
// object, so that one that comes on top moves the others instead of having them written anew.
func (b *tableBody) update() {
	t := b.table
	size := t.scroll.Size()
	if size.Height <= 0 {
		return
	}
	first := max(0, int(t.scroll.Offset.Y/look.RowHeight))
	last := min(first+int(size.Height/look.RowHeight)+2, t.source.Len())
	rows := make([]*tableRow, max(0, last-first))
	data := make([]TableRow, len(rows))
	for n := range rows {
		data[n] = b.row(first + n)
		rows[n] = b.take(data[n].ID)
	}
	b.spare = append(b.spare, b.rows...)
	b.rows, b.seen = rows, b.seen[:0]
	for n := range rows {
		if rows[n] == nil {
			rows[n] = b.unused()
		}
		rows[n].show(first+n, data[n], size.Width)
		b.seen = append(b.seen, rows[n])
	}
	b.BaseWidget.Refresh()
}

// row returns what row i says, from the one that shows it already if there is one.
func (b *tableBody) row(i int) TableRow {
	for _, r := range b.rows {
		if r.index == i && r.version == b.table.version {
			return r.data
		}
	}
	return b.table.source.Row(i)
}

// take removes the row with this id from those in sight, or returns nil.
func (b *tableBody) take(id string) *tableRow {
	i := slices.IndexFunc(b.rows, func(r *tableRow) bool { return r.data.ID == id })
	if i < 0 {
		return nil
	}
	r := b.rows[i]
	b.rows = slices.Delete(b.rows, i, i+1)
	return r
}

func (b *tableBody) unused() *tableRow {
	if n := len(b.spare); n > 0 {
		r := b.spare[n-1]
		b.spare = b.spare[:n-1]
		return r
	}
	return newTableRow(b.table)
}

// CreateRenderer implements fyne.Widget.
func (b *tableBody) CreateRenderer() fyne.WidgetRenderer { return tableBodyRenderer{b} }

type tableBodyRenderer struct{ body *tableBody }

func (r tableBodyRenderer) Destroy()                     {}
func (r tableBodyRenderer) Objects() []fyne.CanvasObject { return r.body.seen }
func (r tableBodyRenderer) MinSize() fyne.Size           { return r.body.MinSize() }
func (r tableBodyRenderer) Layout(fyne.Size)             { r.body.update() }
func (r tableBodyRenderer) Refresh()                     {}
