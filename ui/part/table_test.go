package part_test

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"canopy/ui/part"
	look "canopy/ui/theme"
	"canopy/ui/uitest"
	"canopy/ui/uitest/stage"
)

// numbers is a source of rows that are made when they are asked for: row n is "row n".
type numbers struct {
	first, count int
	asked        *int
}

func rowID(n int) string { return fmt.Sprintf("row %05d", n) }

func (s numbers) Len() int { return s.count }

func (s numbers) Row(i int) part.TableRow {
	if s.asked != nil {
		*s.asked++
	}
	id := rowID(s.first + i)
	return part.TableRow{ID: id, Cells: []part.Cell{
		{Text: id}, {Text: "a path that is long and " + id, Color: theme.ColorNameForeground},
		{Text: "401 not accepted", Short: "401", Color: look.ColorTrouble}, {Text: "12 ms", Hint: "from 12:00:01.5 on"},
	}}
}

func (s numbers) Index(id string) int {
	var n int
	if _, err := fmt.Sscanf(id, "row %d", &n); err != nil || n < s.first || n >= s.first+s.count {
		return -1
	}
	return n - s.first
}

func columns() []part.TableColumn {
	return []part.TableColumn{
		{Key: "name", Title: "Name", Width: 70},
		{Key: "path", Title: "Path", Width: 120, Share: 1, Mono: true},
		{Key: "status", Title: "Status", Width: 50, Rank: 1, Sorts: part.SmallFirst},
		{Key: "took", Title: "Took", Width: 60, Rank: 2, Align: fyne.TextAlignTrailing, Sorts: part.LargeFirst},
	}
}

// sheet is a table in a window, with what it called.
type sheet struct {
	*part.Table
	clock  *stage.Clock
	window fyne.Window
	calls
}

// tableHead is the height of the titles; rowsSeen rows of 30 stand below it.
const headHeight, rowsSeen = 30, 10

func newSheet(t testing.TB, s part.TableSource) *sheet {
	t.Helper()
	app := uitest.New(t, stage.NewLoop())
	d := &sheet{clock: stage.NewClock()}
	d.Table = part.NewTable(columns(), d.clock.Now)
	d.OnSelect = func(id string) { d.calls = append(d.calls, "select "+id) }
	d.OnActivate = func(id string) { d.calls = append(d.calls, "activate "+id) }
	d.OnMenu = func(id string, _ fyne.Position) { d.calls = append(d.calls, "menu "+id) }
	d.OnSort = func(key string, large bool) { d.calls = append(d.calls, fmt.Sprintf("sort %s %t", key, large)) }
	d.OnHint = func(text string, _ fyne.Position) { d.calls = append(d.calls, "hint "+text) }
	d.Keys = func(e *fyne.KeyEvent) bool { d.calls = append(d.calls, "key "+string(e.Name)); return true }
	d.window = app.NewWindow("sheet")
	d.window.SetPadded(false)
	d.window.SetContent(d.Table)
	d.window.Resize(fyne.NewSize(600, headHeight+rowsSeen*look.RowHeight+4))
	d.window.Show()
	d.SetSource(s)
	t.Cleanup(d.window.Close)
	return d
}

// inSight returns the names of the rows inside the window with how far down they stand.
func (d *sheet) inSight() (names []string, y []float32) {
	for _, s := range uitest.Look(d.window.Canvas()) {
		if s.Text != "" && strings.HasPrefix(s.Text, "row ") && s.At.Y > 0 && s.At.Y < headHeight+rowsSeen*look.RowHeight {
			names, y = append(names, s.Text), append(y, s.At.Y)
		}
	}
	return names, y
}

func (d *sheet) scroll(rows float32) {
	test.Scroll(d.window.Canvas(), fyne.NewPos(100, 100), 0, -rows*look.RowHeight)
}

func TestKeysMoveTheSelectionOfATable(t *testing.T) {
	for _, c := range []struct {
		what  string
		from  int
		key   fyne.KeyName
		calls []string
	}{
		{"down", 3, fyne.KeyDown, []string{"select " + rowID(4)}},
		{"down at the end stays", 99, fyne.KeyDown, []string{"select " + rowID(99)}},
		{"up", 3, fyne.KeyUp, []string{"select " + rowID(2)}},
		{"up at the top stays", 0, fyne.KeyUp, []string{"select " + rowID(0)}},
		{"home", 50, fyne.KeyHome, []string{"select " + rowID(0)}},
		{"end", 50, fyne.KeyEnd, []string{"select " + rowID(99)}},
		{"page down", 0, fyne.KeyPageDown, []string{"select " + rowID(9)}},
		{"page down beyond the end", 95, fyne.KeyPageDown, []string{"select " + rowID(99)}},
		{"page up", 50, fyne.KeyPageUp, []string{"select " + rowID(41)}},
		{"page up beyond the top", 2, fyne.KeyPageUp, []string{"select " + rowID(0)}},
		{"enter", 3, fyne.KeyReturn, []string{"activate " + rowID(3)}},
		{"enter of the keypad", 3, fyne.KeyEnter, []string{"activate " + rowID(3)}},
		{"the menu key", 3, desktop.KeyMenu, []string{"select " + rowID(3), "menu " + rowID(3)}},
		{"escape belongs to somebody else", 3, fyne.KeyEscape, []string{"key Escape"}},
		{"and so does any other key", 3, fyne.KeyF5, []string{"key F5"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			d := newSheet(t, numbers{count: 100})
			d.Select(rowID(c.from))
			d.calls = nil
			d.TypedKey(&fyne.KeyEvent{Name: c.key})
			d.expect(t, c.calls...)
			if names, _ := d.inSight(); !slices.Contains(names, d.Selected()) {
				t.Errorf("%q is selected and %q are in sight", d.Selected(), names)
			}
		})
	}
}

func TestKeysWithoutASelectionBeginAtTheTopOfATable(t *testing.T) {
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyUp, fyne.KeyPageUp} {
		d := newSheet(t, numbers{count: 100})
		d.window.Canvas().Focus(d.Table)
		d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		d.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
		d.TypedKey(&fyne.KeyEvent{Name: key})
		d.expect(t, "key Return", "key Menu", "select "+rowID(0))
	}
}

func TestAnEmptyTableTakesEveryKeyAndSaysWhy(t *testing.T) {
	d := newSheet(t, numbers{})
	d.SetNote("Nothing here")
	d.window.Canvas().Focus(d.Table)
	for _, key := range []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageDown, fyne.KeyPageUp} {
		d.TypedKey(&fyne.KeyEvent{Name: key})
	}
	d.TypedRune('a')
	d.Select("nobody")
	d.expect(t)
	uitest.Expect(t, d.window.Canvas(), "Nothing here", "Name", "Path")
}

func TestRowsKeepTheirPlaceWhenOthersComeAndGo(t *testing.T) {
	d := newSheet(t, numbers{first: 1000, count: 100})
	d.Select(rowID(1004))
	d.scroll(20.5)
	names, y := d.inSight()
	for _, next := range []numbers{
		{first: 995, count: 105}, // on top
		{first: 995, count: 150}, // below
		{first: 990, count: 200}, // both
		{first: 1010, count: 80}, // fewer, but those in sight are there
	} {
		d.SetSource(next)
		if n, at := d.inSight(); !slices.Equal(n, names) || !slices.Equal(at, y) {
			t.Errorf("with %d rows from %d on, %q at %v are in sight, want %q at %v", next.count, next.first, n, at, names, y)
		}
		if d.Selected() != rowID(1004) {
			t.Errorf("%q is selected", d.Selected())
		}
	}
	d.SetSource(numbers{first: 2000, count: 3}) // none of them is left
	if n, _ := d.inSight(); !slices.Equal(n, []string{rowID(2000), rowID(2001), rowID(2002)}) {
		t.Errorf("%q are in sight", n)
	}
	if d.Selected() != rowID(1004) {
		t.Error("a row that has gone for now is no longer selected")
	}
}

func TestAtTheTopNewRowsAreSeen(t *testing.T) {
	d := newSheet(t, numbers{first: 100, count: 50})
	d.Select(rowID(101))
	d.SetSource(numbers{first: 99, count: 51})
	names, _ := d.inSight()
	if names[0] != rowID(99) || d.Selected() != rowID(101) {
		t.Errorf("%q is at the top and %q selected", names[0], d.Selected())
	}
	d.scroll(30)
	d.Top()
	if names, _ = d.inSight(); names[0] != rowID(99) {
		t.Errorf("%q is at the top", names[0])
	}
}

func TestTheSelectedRowStaysInSightWhenATableShrinks(t *testing.T) {
	d := newSheet(t, numbers{count: 100})
	row := func(name string) (y float32) {
		for _, s := range uitest.Look(d.window.Canvas()) {
			if s.Text == name {
				return s.At.Y
			}
		}
		t.Fatalf("%s is not there", name)
		return 0
	}
	d.Select(rowID(rowsSeen - 1))
	d.window.Resize(fyne.NewSize(600, headHeight+5*look.RowHeight+4))
	if y := row(rowID(rowsSeen - 1)); y != headHeight+4*look.RowHeight {
		t.Errorf("the selected row is at %v, want at the bottom", y)
	}
	d.scroll(20) // away from it
	d.window.Resize(fyne.NewSize(600, headHeight+4*look.RowHeight+4))
	if names, _ := d.inSight(); slices.Contains(names, d.Selected()) {
		t.Error("a selected row that was out of sight is brought back")
	}
}

func TestPressesOnATable(t *testing.T) {
	d := newSheet(t, numbers{count: 100})
	c := d.window.Canvas()
	row := func(i int) fyne.Position { return fyne.NewPos(120, headHeight+float32(i)*30+15) }
	test.TapCanvas(c, row(2))
	d.expect(t, "select "+rowID(2))
	if c.Focused() != d.Table {
		t.Error("a press does not focus the table")
	}
	test.TapCanvas(c, row(5))
	test.TapCanvas(c, row(5))
	d.expect(t, "select "+rowID(5), "select "+rowID(5), "activate "+rowID(5))
	test.TapCanvas(c, row(5)) // a third press is a first again
	d.expect(t, "select "+rowID(5))
	d.clock.Advance(401 * time.Millisecond)
	test.TapCanvas(c, row(5))
	d.expect(t, "select "+rowID(5))
	d.scroll(10)
	test.TapCanvas(c, row(0))
	d.expect(t, "select "+rowID(10))
	c.Unfocus()
	uitest.PressRight(t, c, rowID(12))
	d.expect(t, "select "+rowID(12), "menu "+rowID(12))
	if c.Focused() != d.Table {
		t.Error("a press with the other button does not focus the table")
	}
	d.SetSource(numbers{count: 2})
	test.TapCanvas(c, row(7)) // below the last row
	d.expect(t)
}

func TestATableWithoutCallbacksWorks(t *testing.T) {
	d := newSheet(t, numbers{count: 5})
	d.OnSelect, d.OnActivate, d.OnMenu, d.OnSort, d.OnHint, d.Keys = nil, nil, nil, nil, nil, nil
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyReturn, desktop.KeyMenu, fyne.KeyEscape} {
		d.TypedKey(&fyne.KeyEvent{Name: key})
	}
	uitest.Press(t, d.window.Canvas(), "Took")
	d.point(t, rowID(1))
	d.expect(t)
}

func TestColumnsGoByRankWhenItIsNarrow(t *testing.T) {
	d := newSheet(t, numbers{count: 20})
	for _, c := range []struct {
		width     float32
		here, not []string
	}{
		{1000, []string{"Name", "Path", "Status", "Took", "a path that is long and row 00001", "12 ms"}, nil},
		{400, []string{"Name", "Path", "Status", "Took", "401"}, []string{"401 not accepted", "a path that is long and row 00001"}},
		{369, []string{"Name", "Path", "Status"}, []string{"Took", "12 ms"}},
		{290, []string{"Name", "Path"}, []string{"Status", "401", "Took"}},
		{120, nil, []string{"Status", "401", "Took"}},
	} {
		d.window.Resize(fyne.NewSize(c.width, 300))
		uitest.Expect(t, d.window.Canvas(), c.here...)
		uitest.ExpectNot(t, d.window.Canvas(), c.not...)
		for _, s := range uitest.Look(d.window.Canvas()) {
			if width := s.Object.MinSize().Width; c.width >= 290 && s.Text != "" && s.At.X+width > c.width-13 {
				t.Errorf("at width %v %s reaches beyond the edge", c.width, s)
			}
		}
	}
}

func TestAColumnIsLeftOutAndTakenInAgain(t *testing.T) {
	d := newSheet(t, numbers{count: 20})
	d.ShowColumn("took", false)
	uitest.Expect(t, d.window.Canvas(), "Status", "Name")
	uitest.ExpectNot(t, d.window.Canvas(), "Took", "12 ms")
	d.ShowColumn("took", true)
	uitest.Expect(t, d.window.Canvas(), "Took", "12 ms")
}

func TestWhatIsTypedIntoATableIsPassedOn(t *testing.T) {
	d := newSheet(t, numbers{count: 20})
	d.OnRune = func(r rune) { d.calls = append(d.calls, string(r)) }
	d.window.Canvas().Focus(d.Table)
	uitest.Type(t, d.window.Canvas(), "ab")
	d.expect(t, "a", "b")
}

func TestCellsStandInTheirColumns(t *testing.T) {
	d := newSheet(t, numbers{count: 3})
	left, right := map[string]float32{}, map[string]float32{}
	for _, s := range uitest.Look(d.window.Canvas()) {
		if s.Text == "" {
			continue
		}
		left[s.Text], right[s.Text] = s.At.X, s.At.X+s.Object.Size().Width
	}
	for title, cell := range map[string]string{"Name": rowID(1), "Path": "a path that is long and row 00001", "Status": "401"} {
		if left[title] != left[cell] {
			t.Errorf("%q begins at %v and %q at %v", title, left[title], cell, left[cell])
		}
	}
	if right["Took"] != right["12 ms"] {
		t.Errorf("the title at the right ends at %v and its cells at %v", right["Took"], right["12 ms"])
	}
}

// point moves the pointer to the middle of a text.
func (d *sheet) point(t *testing.T, text string) {
	t.Helper()
	for _, s := range uitest.Look(d.window.Canvas()) {
		if s.Text == text {
			test.MoveMouse(d.window.Canvas(), s.At.AddXY(10, 15))
			return
		}
	}
	t.Fatalf("nothing says %q", text)
}

func TestWhatACellDoesNotShowIsAHint(t *testing.T) {
	d := newSheet(t, numbers{count: 100})
	d.point(t, rowID(3))
	d.expect(t) // all of it is seen
	d.point(t, "12 ms")
	d.expect(t, "hint from 12:00:01.5 on")
	d.point(t, "401")
	d.expect(t, "hint 401 not accepted")
	test.MoveMouse(d.window.Canvas(), fyne.NewPos(200, 5))
	d.expect(t, "hint ")
	d.window.Resize(fyne.NewSize(300, 300))
	test.MoveMouse(d.window.Canvas(), fyne.NewPos(150, 100))
	d.expect(t, "hint a path that is long and row 00002")
	d.scroll(5)
	d.expect(t, "hint ")
	test.MoveMouse(d.window.Canvas(), fyne.NewPos(151, 100))
	d.expect(t, "hint a path that is long and row 00007")
	d.SetSource(numbers{first: 5, count: 90})
	d.expect(t, "hint ")
}

func TestTheHintStandsBelowItsRow(t *testing.T) {
	d := newSheet(t, numbers{count: 100})
	var at fyne.Position
	d.OnHint = func(_ string, below fyne.Position) { at = below }
	d.scroll(2.5)
	d.point(t, "401")
	for _, s := range uitest.Look(d.window.Canvas()) {
		if s.Text == rowID(2) && at.Y != s.At.Y+look.RowHeight { // the first one with something in sight
			t.Errorf("the hint stands at %v and its row ends at %v", at.Y, s.At.Y+look.RowHeight)
		}
	}
}

func TestATableIsAsHighAsItsRows(t *testing.T) {
	d := newSheet(t, numbers{count: 4})
	if got, want := d.FullHeight(), float32(headHeight+4*30+4); got != want {
		t.Errorf("four rows need %v, want %v", got, want)
	}
	d.window.Resize(fyne.NewSize(600, d.FullHeight()))
	d.scroll(3)
	if names, _ := d.inSight(); len(names) != 4 {
		t.Errorf("at full height %q are in sight", names)
	}
}

func TestTitlesTellProbesTheirColumn(t *testing.T) {
	d := newSheet(t, numbers{count: 1})
	var titles []string
	for _, s := range uitest.Look(d.window.Canvas()) {
		if o, ok := s.Object.(interface{ ProbeName() string }); ok {
			titles = append(titles, o.ProbeName())
		}
	}
	if want := []string{"name", "path", "status", "took"}; !slices.Equal(titles, want) {
		t.Errorf("the titles are %q, want %q", titles, want)
	}
}

// grounds returns the colours behind the rows in sight, by the name in the row.
func (d *sheet) grounds() map[string]any {
	all := map[string]any{}
	var ground any
	for _, s := range uitest.Look(d.window.Canvas()) {
		if r, ok := s.Object.(*canvas.Rectangle); ok && r.Size().Height == look.RowHeight && r.Size().Width > 3 {
			ground = r.FillColor
		}
		if strings.HasPrefix(s.Text, "row ") {
			all[s.Text] = ground
		}
	}
	return all
}

func TestThePointerIsSeenOnTheRowThatIsBelowIt(t *testing.T) {
	d := newSheet(t, numbers{first: 100, count: 50})
	expect := func(want string) {
		t.Helper()
		for name, ground := range d.grounds() {
			if (ground != color.Transparent) != (name == want) {
				t.Errorf("the ground of %s is %v, and the pointer is on %q", name, ground, want)
			}
		}
	}
	expect("")
	d.point(t, rowID(103))
	expect(rowID(103))
	d.SetSource(numbers{first: 98, count: 52}) // others have moved below it
	expect(rowID(101))
	d.point(t, rowID(99))
	expect(rowID(99))
	test.MoveMouse(d.window.Canvas(), fyne.NewPos(200, 5))
	expect("")
}

func TestSelectionAndFocusAreSeen(t *testing.T) {
	d := newSheet(t, numbers{count: 50})
	th := fyne.CurrentApp().Settings().Theme()
	ringed := func() (what []float32) {
		for _, s := range uitest.Look(d.window.Canvas()) {
			if r, ok := s.Object.(*canvas.Rectangle); ok && r.StrokeWidth > 0 && r.StrokeColor == th.Color(theme.ColorNameFocus, theme.VariantLight) {
				what = append(what, r.Size().Height)
			}
		}
		return what
	}
	if r := ringed(); r != nil {
		t.Fatalf("without the focus there are rings %v high", r)
	}
	d.window.Canvas().FocusNext()
	if d.window.Canvas().Focused() != d.Table {
		t.Fatalf("%T has the focus", d.window.Canvas().Focused())
	}
	if r := ringed(); !slices.Equal(r, []float32{d.Size().Height}) {
		t.Errorf("with the focus and no selection there are rings %v high, want one around all", r)
	}
	uitest.Key(d.window.Canvas(), fyne.KeyDown)
	if r := ringed(); !slices.Equal(r, []float32{look.RowHeight}) {
		t.Errorf("with a selected row there are rings %v high, want one around it", r)
	}
	if d.grounds()[rowID(0)] != th.Color(theme.ColorNameSelection, theme.VariantLight) {
		t.Error("the selected row is not seen")
	}
	d.window.Canvas().Unfocus()
	if r := ringed(); r != nil {
		t.Errorf("when the focus has gone there are rings %v high", r)
	}
}

func TestTitlesSortByPressAndByKey(t *testing.T) {
	d := newSheet(t, numbers{count: 5})
	c := d.window.Canvas()
	for _, want := range []string{"sort took true", "sort took false", "sort  false", "sort took true"} {
		uitest.Press(t, c, "Took")
		d.expect(t, want)
	}
	uitest.Press(t, c, "Status")
	d.expect(t, "sort status false")
	uitest.Press(t, c, "Name") // does not sort
	d.expect(t)
	c.Focus(d.Table)
	c.FocusNext() // past the titles that do not sort
	uitest.Key(c, fyne.KeySpace, fyne.KeyReturn, fyne.KeyEscape)
	d.expect(t, "sort status true", "sort  false", "key Escape")
}

func TestATableFollowsTheTheme(t *testing.T) {
	d := newSheet(t, numbers{count: 5})
	d.Select(rowID(1))
	light := coloursOf(d.window.Canvas())
	fyne.CurrentApp().Settings().SetTheme(look.New(look.Dark))
	d.Refresh()
	for i, dark := range coloursOf(d.window.Canvas()) {
		if light[i] != nil && light[i] != color.Transparent && dark == light[i] {
			t.Errorf("something keeps its light colour %v in the dark", dark)
		}
	}
}
