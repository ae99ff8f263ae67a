package tree_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"canopy/ui/tree"
	"canopy/ui/uitest"
	"canopy/ui/uitest/stage"
)

// list is a source of rows written as text: two blanks a level, "+" closed, "-" open, then the
// id, which is the name too. A row that begins with "[ ]" has a box to tick.
type list struct {
	rows    []tree.Row
	parents []int
	asked   *int // how often a row was asked for
}

func parse(text string) list {
	l := list{asked: new(int)}
	last := map[int]int{-1: -1}
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		line = strings.TrimRight(line, "\n")
		name := strings.TrimLeft(line, " ")
		r := tree.Row{Depth: (len(line) - len(name)) / 2}
		switch {
		case strings.HasPrefix(name, "+"):
			r.Expandable, name = true, name[1:]
		case strings.HasPrefix(name, "-"):
			r.Expandable, r.Open, name = true, true, name[1:]
		case strings.HasPrefix(name, "[ ]"):
			r.Tick, name = tree.Unticked, name[3:]
		}
		r.ID, r.Name = name, name
		last[r.Depth] = len(l.rows)
		l.rows, l.parents = append(l.rows, r), append(l.parents, last[r.Depth-1])
	}
	return l
}

func (l list) Len() int           { return len(l.rows) }
func (l list) Row(i int) tree.Row { *l.asked++; return l.rows[i] }
func (l list) Parent(i int) int   { return l.parents[i] }

func (l list) Index(id string) int {
	return slices.IndexFunc(l.rows, func(r tree.Row) bool { return r.ID == id })
}

func (l list) Next(prefix string, from int) int {
	for step := 1; step <= len(l.rows); step++ {
		i := (from + step + len(l.rows)) % len(l.rows)
		if strings.HasPrefix(l.rows[i].Name, prefix) {
			return i
		}
	}
	return -1
}

// desk is a tree in a window, with what it called.
type desk struct {
	*tree.Tree
	clock  *stage.Clock
	window fyne.Window
	calls  []string
}

const rowsInSight = 10

func newDesk(t *testing.T, s tree.Source) *desk {
	t.Helper()
	app := uitest.New(t, stage.NewLoop())
	d := &desk{clock: stage.NewClock()}
	d.Tree = tree.New(d.clock.Now)
	d.OnSelect = func(id string) { d.calls = append(d.calls, "select "+id) }
	d.OnToggle = func(id string, open bool) { d.calls = append(d.calls, fmt.Sprintf("toggle %s %t", id, open)) }
	d.OnActivate = func(id string) { d.calls = append(d.calls, "activate "+id) }
	d.OnMenu = func(id string, _ fyne.Position) { d.calls = append(d.calls, "menu "+id) }
	d.OnTick = func(id string) { d.calls = append(d.calls, "tick "+id) }
	d.Keys = func(e *fyne.KeyEvent) bool { d.calls = append(d.calls, "key "+string(e.Name)); return true }
	d.window = app.NewWindow("desk")
	d.window.SetPadded(false)
	d.window.SetContent(d.Tree)
	d.window.Resize(fyne.NewSize(400, rowsInSight*30))
	d.window.Show()
	d.SetSource(s)
	t.Cleanup(d.window.Close)
	return d
}

func (d *desk) expect(t *testing.T, calls ...string) {
	t.Helper()
	if !slices.Equal(d.calls, calls) {
		t.Errorf("it called %q, want %q", d.calls, calls)
	}
	d.calls = nil
}

// inSight returns the names of the rows that are drawn inside the window, from the top.
func (d *desk) inSight() (names []string) {
	for _, s := range uitest.Look(d.window.Canvas()) {
		if s.Text != "" && s.At.Y > -30 && s.At.Y < rowsInSight*30 {
			names = append(names, s.Text)
		}
	}
	return names
}

const forest = `
-oaks
  +red oak
  -white oak
    acorn
  cork oak
+pines
willow
`

func numbered(n int) list {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "row %05d\n", i)
	}
	return parse(b.String())
}

func TestKeysMoveTheSelectionAndOpenAndClose(t *testing.T) {
	for _, c := range []struct {
		what, from string
		key        fyne.KeyName
		calls      []string
	}{
		{"down", "oaks", fyne.KeyDown, []string{"select red oak"}},
		{"down at the end stays", "willow", fyne.KeyDown, []string{"select willow"}},
		{"up", "pines", fyne.KeyUp, []string{"select cork oak"}},
		{"up at the top stays", "oaks", fyne.KeyUp, []string{"select oaks"}},
		{"home", "pines", fyne.KeyHome, []string{"select oaks"}},
		{"end", "oaks", fyne.KeyEnd, []string{"select willow"}},
		{"page down beyond the end", "oaks", fyne.KeyPageDown, []string{"select willow"}},
		{"page up beyond the top", "willow", fyne.KeyPageUp, []string{"select oaks"}},
		{"right opens what is closed", "red oak", fyne.KeyRight, []string{"toggle red oak true"}},
		{"right on what is open goes inside", "oaks", fyne.KeyRight, []string{"select red oak"}},
		{"right on what cannot be opened does nothing", "acorn", fyne.KeyRight, nil},
		{"left closes what is open", "white oak", fyne.KeyLeft, []string{"toggle white oak false"}},
		{"left on what is closed goes to the parent", "red oak", fyne.KeyLeft, []string{"select oaks"}},
		{"left on a leaf goes to the parent", "acorn", fyne.KeyLeft, []string{"select white oak"}},
		{"left at the top does nothing", "pines", fyne.KeyLeft, nil},
		{"space opens", "red oak", fyne.KeySpace, []string{"toggle red oak true"}},
		{"space closes", "white oak", fyne.KeySpace, []string{"toggle white oak false"}},
		{"space on a leaf does nothing", "acorn", fyne.KeySpace, nil},
		{"enter opens and activates", "red oak", fyne.KeyReturn, []string{"toggle red oak true", "activate red oak"}},
		{"enter of the keypad does too", "acorn", fyne.KeyEnter, []string{"activate acorn"}},
		{"the menu key asks for the menu", "acorn", desktop.KeyMenu, []string{"select acorn", "menu acorn"}},
		{"escape belongs to somebody else", "acorn", fyne.KeyEscape, []string{"key Escape"}},
		{"any other key does nothing", "acorn", fyne.KeyF5, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			d := newDesk(t, parse(forest))
			d.Select(c.from)
			d.calls = nil
			d.TypedKey(&fyne.KeyEvent{Name: c.key})
			d.expect(t, c.calls...)
		})
	}
}

func TestUpOnTheFirstRowLeadsToWhatStandsAbove(t *testing.T) {
	d := newDesk(t, parse(forest))
	d.OnAbove = func() { d.calls = append(d.calls, "above") }
	d.Select("red oak")
	d.calls = nil
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	d.expect(t, "select oaks", "above")
}

func TestRightOnAnOpenRowWithoutChildrenStays(t *testing.T) {
	d := newDesk(t, parse("-oaks\npines"))
	d.Select("oaks")
	d.calls = nil
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	d.expect(t)
}

func TestKeysWithoutASelectionBeginAtTheTop(t *testing.T) {
	d := newDesk(t, parse(forest))
	for _, key := range []fyne.KeyName{fyne.KeyRight, fyne.KeyReturn, desktop.KeyMenu} {
		d.TypedKey(&fyne.KeyEvent{Name: key})
	}
	d.expect(t)
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	d.expect(t, "select oaks")
}

func TestAnEmptyTreeTakesEveryKeyCalmly(t *testing.T) {
	d := newDesk(t, parse(""))
	d.window.Canvas().Focus(d.Tree)
	for _, key := range []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageDown, fyne.KeyRight} {
		d.TypedKey(&fyne.KeyEvent{Name: key})
	}
	d.TypedRune('a')
	d.Select("nobody")
	if d.Selected() != "" {
		t.Errorf("%q is selected in an empty tree", d.Selected())
	}
}

func TestPageKeysMoveByWhatIsInSight(t *testing.T) {
	d := newDesk(t, numbered(100))
	d.Select("row 00000")
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	if d.Selected() != "row 00009" {
		t.Errorf("page down went to %q, want the last row but one line in sight", d.Selected())
	}
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageUp})
	if d.Selected() != "row 00090" {
		t.Errorf("page up from the end went to %q", d.Selected())
	}
}

func TestSelectedRowIsAlwaysBroughtIntoSight(t *testing.T) {
	d := newDesk(t, numbered(100))
	for _, key := range []fyne.KeyName{fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyPageUp, fyne.KeyHome, fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyDown} {
		d.TypedKey(&fyne.KeyEvent{Name: key})
		if !slices.Contains(d.inSight(), d.Selected()) {
			t.Errorf("after %s %q is selected and %q are in sight", key, d.Selected(), d.inSight())
		}
	}
}

func TestTypingFindsTheBeginningOfAName(t *testing.T) {
	d := newDesk(t, parse("alder\nash\nasp\naspen\nbirch\nred oak\nredwood"))
	typed := func(s string) {
		for _, r := range s {
			d.TypedRune(r)
		}
	}
	for _, c := range []struct {
		what  string
		pause time.Duration
		typed string
		want  string
	}{
		{"the first that fits", 0, "a", "alder"},
		{"typing on narrows it", 0, "sp", "asp"},
		{"the row that still fits is kept", 0, "e", "aspen"},
		{"after a pause a new name begins", 1001 * time.Millisecond, "a", "alder"},
		{"after another the next one that fits", 2 * time.Second, "a", "ash"},
		{"within a second it is one name", time.Second, "s", "ash"},
		{"what fits nothing moves nothing", 2 * time.Second, "x", "ash"},
		{"a blank belongs to a name", 2 * time.Second, "red oak", "red oak"},
	} {
		d.clock.Advance(c.pause)
		typed(c.typed)
		if d.Selected() != c.want {
			t.Fatalf("%s: %q is selected, want %q", c.what, d.Selected(), c.want)
		}
	}
}

func TestSpaceWhileTypingANameOpensNothing(t *testing.T) {
	d := newDesk(t, parse("+red\n+red oak"))
	for _, r := range "red" {
		d.TypedRune(r)
	}
	d.calls = nil
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) // a key press is both
	d.TypedRune(' ')
	d.expect(t, "select red oak")
	d.clock.Advance(2 * time.Second)
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	d.TypedRune(' ')
	d.expect(t, "toggle red oak true")
}

func TestPressesOfTheMouse(t *testing.T) {
	d := newDesk(t, parse(forest))
	c := d.window.Canvas()
	row := func(i int) float32 { return float32(i)*30 + 15 }

	test.TapCanvas(c, fyne.NewPos(120, row(2)))
	d.expect(t, "select white oak")
	if c.Focused() != d.Tree {
		t.Error("a press does not focus the tree")
	}
	test.TapCanvas(c, fyne.NewPos(14, row(0))) // the caret
	d.expect(t, "toggle oaks false")
	if d.Selected() != "white oak" {
		t.Errorf("a press on the caret has selected %q", d.Selected())
	}
	test.TapCanvas(c, fyne.NewPos(120, row(6)))
	test.TapCanvas(c, fyne.NewPos(120, row(6)))
	d.expect(t, "select willow", "activate willow")
	test.TapCanvas(c, fyne.NewPos(120, row(6))) // a third press is a first again
	d.expect(t, "select willow")
	d.clock.Advance(401 * time.Millisecond)
	test.TapCanvas(c, fyne.NewPos(120, row(6)))
	d.expect(t, "select willow")
	test.TapCanvas(c, fyne.NewPos(120, row(5)))
	test.TapCanvas(c, fyne.NewPos(120, row(4)))
	d.expect(t, "select pines", "select cork oak")
	uitest.PressRight(t, c, "acorn")
	d.expect(t, "select acorn", "menu acorn")
	test.TapCanvas(c, fyne.NewPos(120, 9*30)) // below the last row
	d.expect(t)
}

func TestASecondPressOpensABranch(t *testing.T) {
	d := newDesk(t, parse(forest))
	test.TapCanvas(d.window.Canvas(), fyne.NewPos(120, 45))
	test.TapCanvas(d.window.Canvas(), fyne.NewPos(120, 45))
	d.expect(t, "select red oak", "toggle red oak true", "activate red oak")
}

func TestLinksAtTheEndOfARowAreWhatTheySay(t *testing.T) {
	l := parse("failed\nother")
	var pressed []string
	for _, word := range []string{"Why?", "Retry"} {
		l.rows[0].Actions = append(l.rows[0].Actions, tree.Action{Text: word, Do: func() { pressed = append(pressed, word) }})
	}
	d := newDesk(t, l)
	uitest.Press(t, d.window.Canvas(), "Retry")
	uitest.Press(t, d.window.Canvas(), "Why?")
	if !slices.Equal(pressed, []string{"Retry", "Why?"}) {
		t.Errorf("what was pressed is %q", pressed)
	}
	d.expect(t)
	uitest.Press(t, d.window.Canvas(), "failed")
	d.expect(t, "select failed")
}

func TestBoxesAreTickedByPressAndBySpace(t *testing.T) {
	d := newDesk(t, parse("[ ]one\n[ ]two"))
	test.TapCanvas(d.window.Canvas(), fyne.NewPos(120, 15))
	test.TapCanvas(d.window.Canvas(), fyne.NewPos(120, 15)) // a second press is a second tick
	d.expect(t, "select one", "tick one", "select one", "tick one")
	test.TapCanvas(d.window.Canvas(), fyne.NewPos(14, 45)) // the box
	d.expect(t, "select two", "tick two")
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	d.TypedRune(' ')
	d.expect(t, "tick two")
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // belongs to the dialog
	d.expect(t, "key Return")
}

func TestFocusSelectsSomethingWhenNothingIs(t *testing.T) {
	d := newDesk(t, parse(forest))
	d.window.Canvas().Focus(d.Tree)
	d.expect(t, "select oaks")
	d.window.Canvas().Unfocus()
	d.Select("pines")
	d.calls = nil
	d.window.Canvas().Focus(d.Tree)
	d.expect(t)
}

func TestSelectionAndTopRowStayWhenOtherRowsCome(t *testing.T) {
	d := newDesk(t, numbered(200))
	d.Select("row 00100")
	d.Select("row 00095") // scrolled, so that it is not the first row in sight
	before := d.inSight()
	d.calls = nil
	more := numbered(200)
	var fresh list
	fresh.asked = new(int)
	for i, r := range more.rows { // every second row is new, all before and among the old
		fresh.rows = append(fresh.rows, tree.Row{ID: fmt.Sprint("new ", i), Name: fmt.Sprint("new ", i)}, r)
		fresh.parents = append(fresh.parents, -1, -1)
	}
	d.SetSource(fresh)
	d.expect(t)
	if d.Selected() != "row 00095" {
		t.Errorf("%q is selected", d.Selected())
	}
	if after := d.inSight(); after[0] != before[0] {
		t.Errorf("the top row was %q and is %q", before[0], after[0])
	}
	d.SetSource(parse("one\ntwo"))
	if got := d.inSight(); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("after nearly everything has gone %q is in sight", got)
	}
	if d.Selected() != "row 00095" {
		t.Errorf("the selection of a row that may come back is %q", d.Selected())
	}
}

func TestOnlyRowsInSightHaveObjects(t *testing.T) {
	big := numbered(100000)
	d := newDesk(t, big)
	few := newDesk(t, numbered(rowsInSight))
	limit := uitest.Objects(few.window.Canvas()) * 2
	for _, id := range []string{"row 00000", "row 50000", "row 99999", "row 00007"} {
		*big.asked = 0
		d.Select(id)
		if n := uitest.Objects(d.window.Canvas()); n > limit {
			t.Errorf("at %s there are %d objects, want %d at most", id, n, limit)
		}
		if *big.asked > 10*rowsInSight {
			t.Errorf("going to %s asked for %d rows", id, *big.asked)
		}
		if !slices.Contains(d.inSight(), id) {
			t.Errorf("%s is selected and not in sight", id)
		}
	}
}

func TestMovingBetweenNeighboursAsksForFewRows(t *testing.T) {
	big := numbered(100000)
	d := newDesk(t, big)
	d.Select("row 00003")
	*big.asked = 0
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if *big.asked > 3 {
		t.Errorf("going one row down asked for %d rows", *big.asked)
	}
}

func TestRowsBehaveInEveryWidth(t *testing.T) {
	l := parse("-a name that is rather long for a window as narrow as this one\n  leaf")
	l.rows[0].Note, l.rows[0].Tag, l.rows[0].Count, l.rows[0].Badge = "Tokyo · paused", "Starter", "1,234", "A"
	l.rows[1].Dot, l.rows[1].Note = "success", "branch"
	d := newDesk(t, l)
	for _, width := range []float32{800, 300, 161, 40} {
		d.window.Resize(fyne.NewSize(width, 300))
		for _, s := range uitest.Look(d.window.Canvas()) {
			if s.Text != "" && width >= 300 && s.At.X+s.Object.MinSize().Width > width+1 {
				t.Errorf("at width %v %s reaches beyond the edge", width, s)
			}
		}
	}
	d.window.Resize(fyne.NewSize(800, 300))
	uitest.Expect(t, d.window.Canvas(), "Tokyo · paused", "Starter", "1,234", "rather long for a window as narrow as this one")
}

func TestHoverAndFocusAreDrawnWithoutACall(t *testing.T) {
	d := newDesk(t, parse(forest))
	for _, s := range uitest.Look(d.window.Canvas()) {
		if h, ok := s.Object.(desktop.Hoverable); ok {
			h.MouseIn(&desktop.MouseEvent{})
			h.MouseMoved(&desktop.MouseEvent{})
			h.MouseOut()
		}
	}
	d.expect(t)
}

func TestUnselectTakesTheSelectionAwayWithoutACall(t *testing.T) {
	d := newDesk(t, parse(forest))
	d.Select("pines")
	d.calls = nil
	d.Unselect()
	d.Select("nobody")
	d.expect(t)
	if d.Selected() != "" {
		t.Errorf("%q is selected", d.Selected())
	}
}

func TestATreeWithoutCallbacksWorks(t *testing.T) {
	d := newDesk(t, parse(forest))
	d.OnSelect, d.OnToggle, d.OnActivate, d.OnMenu, d.OnTick, d.Keys = nil, nil, nil, nil, nil, nil
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyRight, fyne.KeyReturn, fyne.KeySpace, desktop.KeyMenu, fyne.KeyEscape} {
		d.TypedKey(&fyne.KeyEvent{Name: key})
	}
	d.expect(t)
}
