package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// ListRow is a row of two lines: a name, and a remark below it. All texts are safe for a screen.
type ListRow struct {
	ID    string
	Badge string              // the initial on the badge
	Color fyne.ThemeColorName // of the badge
	Name  string
	// Remarks say the same at less and less length. The first that fits is written, and of the
	// last as much as there is room for.
	Remarks []string
	Tail    string // stands behind the remark, however much of that has to be cut
	End     string // at the right end of the row
	Pill    string // in a border, in the place of End: it needs the person
	Marked  bool   // the one that is open
}

// ListSource gives the rows. It is immutable; a change is another ListSource.
type ListSource interface {
	Len() int
	Row(i int) ListRow
	Index(id string) int // -1 when there is none
}

// ListRowHeight is the height of a row of a List, in Fyne's device-independent pixels.
const ListRowHeight float32 = 46

// List is a virtual list to choose from by name: only the rows in sight have objects. It never
// has the focus. The field above it, in which the person types, keeps that and hands over the
// keys that move; see Key.
//
// Its callbacks run on the UI goroutine and may be nil.
type List struct {
	widget.BaseWidget
	OnChoose func(id string)                         // Enter or a press
	OnMenu   func(id string, absolute fyne.Position) // right press or the menu key

	source ListSource
	rows   int // how high the list wants to be
	at     int // the row that Enter means; -1 when there is none
	scroll *container.Scroll
	body   *listBody
}

// NewList returns an empty list that wants to be as high as a number of rows.
func NewList(rows int) *List {
	l := &List{source: noListRows{}, at: -1, rows: rows}
	l.body = newListBody(l)
	l.scroll = container.NewVScroll(l.body)
	l.scroll.OnScrolled = func(fyne.Position) { l.body.update() }
	l.ExtendBaseWidget(l)
	return l
}

// SetSource shows other rows. The row that Enter means stays if it is among them; otherwise it
// is the one that takes its place.
func (l *List) SetSource(s ListSource) {
	id := l.Current()
	l.source = s
	if i := s.Index(id); i >= 0 {
		l.at = i
	}
	l.at = max(min(l.at, s.Len()-1), min(0, s.Len()-1))
	l.scroll.Offset.Y = max(0, min(l.scroll.Offset.Y, l.body.height()-l.scroll.Size().Height))
	l.scroll.Refresh()
	l.body.Refresh()
}

// Current returns the id of the row that Enter means, or "".
func (l *List) Current() string {
	if l.at < 0 || l.at >= l.source.Len() {
		return ""
	}
	return l.source.Row(l.at).ID
}

// Go makes a row the one that Enter means and brings it into sight; the nearest there is.
func (l *List) Go(i int) {
	if l.source.Len() == 0 {
		return
	}
	l.at = max(0, min(i, l.source.Len()-1))
	top, height := float32(l.at)*ListRowHeight, l.scroll.Size().Height
	switch y := l.scroll.Offset.Y; {
	case top < y:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+ListRowHeight > y+height:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top+ListRowHeight-height))
	}
	l.body.update()
}

// Key moves, chooses and asks for a menu, as in a file manager. It reports whether the key
// means something to a list.
func (l *List) Key(e *fyne.KeyEvent) bool {
	page := max(1, int(l.scroll.Size().Height/ListRowHeight)-1)
	switch e.Name {
	case fyne.KeyUp:
		l.Go(l.at - 1)
	case fyne.KeyDown:
		l.Go(l.at + 1)
	case fyne.KeyHome:
		l.Go(0)
	case fyne.KeyEnd:
		l.Go(l.source.Len() - 1)
	case fyne.KeyPageUp:
		l.Go(l.at - page)
	case fyne.KeyPageDown:
		l.Go(l.at + page)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.choose(l.at)
	case desktop.KeyMenu:
		l.Go(l.at)
		l.menu(l.at, l.below(l.at))
	default:
		return false
	}
	return true
}

func (l *List) choose(i int) {
	if i >= 0 && i < l.source.Len() && l.OnChoose != nil {
		l.OnChoose(l.source.Row(i).ID)
	}
}

func (l *List) menu(i int, at fyne.Position) {
	if i < 0 || i >= l.source.Len() {
		return
	}
	l.Go(i)
	if l.OnMenu != nil {
		l.OnMenu(l.source.Row(i).ID, at)
	}
}

// below returns the place on the canvas where the menu of a row belongs.
func (l *List) below(i int) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	return at.AddXY(listText, ListRowHeight*float32(i+1)-l.scroll.Offset.Y)
}

// Resize implements fyne.CanvasObject.
func (l *List) Resize(s fyne.Size) {
	l.BaseWidget.Resize(s)
	l.body.update()
}

// MinSize implements fyne.CanvasObject.
func (l *List) MinSize() fyne.Size { return fyne.NewSize(200, float32(l.rows)*ListRowHeight) }

// SetRows changes how high the list wants to be.
func (l *List) SetRows(n int) { l.rows = n }

// CreateRenderer implements fyne.Widget.
func (l *List) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(l.scroll) }

type noListRows struct{}

func (noListRows) Len() int         { return 0 }
func (noListRows) Row(int) ListRow  { return ListRow{} }
func (noListRows) Index(string) int { return -1 }

// listBody is what scrolls: as high as all rows, with objects for those in sight.
type listBody struct {
	widget.BaseWidget
	list *List
	pool []*listRow // row i is drawn by pool[i % len(pool)], so that scrolling by one binds one
	seen []fyne.CanvasObject
}

func newListBody(l *List) *listBody {
	b := &listBody{list: l}
	b.ExtendBaseWidget(b)
	return b
}

func (b *listBody) height() float32 { return float32(b.list.source.Len()) * ListRowHeight }

// MinSize implements fyne.CanvasObject.
func (b *listBody) MinSize() fyne.Size { return fyne.NewSize(160, b.height()) }

// Refresh implements fyne.CanvasObject: the source or the theme may have changed.
func (b *listBody) Refresh() {
	for _, r := range b.pool {
		r.index = -1
	}
	b.update()
}

// update gives every row in sight an object, in its place.
func (b *listBody) update() {
	l := b.list
	size := l.scroll.Size()
	if size.Height <= 0 {
		return
	}
	visible := int(size.Height/ListRowHeight) + 2
	for len(b.pool) < visible {
		b.pool = append(b.pool, newListRow(l))
		for _, r := range b.pool {
			r.index = -1 // they are shared out anew
		}
	}
	first := max(0, int(l.scroll.Offset.Y/ListRowHeight))
	last := min(first+visible, l.source.Len())
	b.seen = b.seen[:0]
	for i := first; i < last; i++ {
		r := b.pool[i%len(b.pool)]
		r.show(i, size.Width)
		b.seen = append(b.seen, r)
	}
	b.BaseWidget.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *listBody) CreateRenderer() fyne.WidgetRenderer { return listBodyRenderer{b} }

type listBodyRenderer struct{ body *listBody }

func (r listBodyRenderer) Destroy()                     {}
func (r listBodyRenderer) Objects() []fyne.CanvasObject { return r.body.seen }
func (r listBodyRenderer) MinSize() fyne.Size           { return r.body.MinSize() }
func (r listBodyRenderer) Layout(fyne.Size)             { r.body.update() }
func (r listBodyRenderer) Refresh()                     {}
