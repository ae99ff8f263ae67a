package e2e

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"unicode"
)

// line is a row of the tree as the probe tells it.
type line struct {
	Object
	id, name         string
	note, tag, count string
	depth, tick      int
	open, expandable bool
}

// lines reads the tree rows that are in sight. Rows are told as "id|name|note|tag|count|depth=1 open=true ...".
func lines(objects []Object) []line {
	var rows []line
	for _, o := range objects {
		fields := strings.Split(o.Row, "|")
		if len(fields) < 6 {
			continue
		}
		last := len(fields) - 1
		l := line{
			Object: o, id: fields[0], name: strings.Join(fields[1:last-3], "|"),
			note: fields[last-3], tag: fields[last-2], count: fields[last-1],
		}
		_, err := fmt.Sscanf(fields[last], "depth=%d open=%t expandable=%t tick=%d", &l.depth, &l.open, &l.expandable, &l.tick)
		if err == nil {
			rows = append(rows, l)
		}
	}
	slices.SortStableFunc(rows, func(a, b line) int { return a.Y - b.Y })
	return rows
}

// stand reports whether a row stands for something that is not there (yet), such as "Reading…".
func (l line) stand(kinds ...string) bool {
	kind, _, _ := strings.Cut(l.id, "/")
	return slices.Contains(kinds, kind)
}

// OpenTree opens every row that can be opened, by pressing its caret, from the top to the bottom.
func (a *App) OpenTree(ctx context.Context) error {
	return a.openRows(ctx, func(line) bool { return true })
}

// OpenProjects opens the projects, and what is folded, but no cluster.
func (a *App) OpenProjects(ctx context.Context) error {
	if err := a.Menu(ctx, "View", "Open all"); err != nil {
		return err
	}
	return a.openRows(ctx, func(l line) bool { return !l.stand("cluster") })
}

// openRows opens the rows that are wanted, from the top to the bottom.
func (a *App) openRows(ctx context.Context, wanted func(line) bool) error {
	if err := a.Top(ctx); err != nil {
		return err
	}
	for {
		rows, err := a.quiet(ctx)
		if err != nil {
			return err
		}
		whole := slices.MaxFunc(rows, func(a, b line) int { return a.H - b.H }).H // the first and last may be cut off
		closed := slices.IndexFunc(rows, func(l line) bool { return l.expandable && !l.open && l.H == whole && wanted(l) })
		if closed >= 0 {
			if err := a.open(ctx, rows[closed]); err != nil {
				return err
			}
			continue
		}
		more, err := a.scrollRows(ctx, rows, 3)
		if err != nil || !more {
			return err
		}
	}
}

// open presses the caret of a closed row and waits until it is open, or has turned out to have nothing in it.
func (a *App) open(ctx context.Context, l line) error {
	objects, err := a.Dump(ctx)
	if err != nil {
		return err
	}
	inside := image.Rect(l.X, l.Y, l.X+l.W, l.Y+l.H)
	caret, ok := Find(objects, func(o Object) bool {
		return o.Type == "*canvas.Image" && o.Layer == l.Layer && image.Rect(o.X, o.Y, o.X+o.W, o.Y+o.H).In(inside)
	})
	if !ok {
		return fmt.Errorf("the row %s can be opened but has no caret", l.id)
	}
	if err := a.ClickAt(ctx, image.Pt(caret.X+caret.W/2, caret.Y+caret.H/2)); err != nil {
		return err
	}
	return a.AwaitAll(ctx, l.id+" open", func(objects []Object) bool {
		i := slices.IndexFunc(lines(objects), func(now line) bool { return now.id == l.id })
		if i < 0 {
			return false
		}
		now := lines(objects)[i]
		return now.open || !now.expandable
	})
}

// quiet waits until no row in sight is being read, and returns the rows in sight.
func (a *App) quiet(ctx context.Context) (rows []line, err error) {
	err = a.AwaitAll(ctx, "a tree that has been read", func(objects []Object) bool {
		rows = lines(objects)
		return len(rows) > 0 && !slices.ContainsFunc(rows, func(l line) bool { return l.stand("reading") })
	})
	return rows, err
}

// Top scrolls the tree to its top.
func (a *App) Top(ctx context.Context) error {
	for {
		rows, err := a.quiet(ctx)
		if err != nil {
			return err
		}
		if more, err := a.scrollRows(ctx, rows, -10); err != nil || !more {
			return err
		}
	}
}

// scrollRows turns the wheel over the tree and reports whether that moved it.
func (a *App) scrollRows(ctx context.Context, rows []line, clicks int) (moved bool, err error) {
	middle := rows[len(rows)/2]
	if err := a.Scroll(ctx, Row(middle.id), clicks); err != nil {
		return false, err
	}
	now, err := a.quiet(ctx)
	if err != nil {
		return false, err
	}
	return now[0].id != rows[0].id || now[0].Y != rows[0].Y || now[0].H != rows[0].H, nil
}

// Tree reads the whole tree from the window, scrolling from the top to the bottom.
func (a *App) Tree(ctx context.Context) (*Node, error) {
	if err := a.Top(ctx); err != nil {
		return nil, err
	}
	var all []line
	for {
		rows, err := a.quiet(ctx)
		if err != nil {
			return nil, err
		}
		for _, l := range rows {
			if !slices.ContainsFunc(all, func(known line) bool { return known.id == l.id }) {
				all = append(all, l)
			}
		}
		more, err := a.scrollRows(ctx, rows, 3)
		if err != nil {
			return nil, err
		}
		if !more {
			return nest(all)
		}
	}
}

// nest makes a tree of rows by their depth. Rows that only say that there is nothing are left out.
func nest(rows []line) (*Node, error) {
	var path []*Node
	for _, l := range rows {
		if l.stand("empty") {
			continue
		}
		if l.depth > len(path) || l.depth == 0 && len(path) > 0 {
			return nil, fmt.Errorf("the row %s has depth %d below %d rows", l.id, l.depth, len(path))
		}
		n := &Node{ID: l.id, Name: l.name}
		switch {
		case l.stand("absent", "fold", "org"):
			n.Says = l.note
		case l.stand("project"):
			n.Says = l.count
		}
		if l.depth > 0 {
			parent := path[l.depth-1]
			parent.Children = append(parent.Children, n)
		}
		path = append(path[:l.depth], n)
	}
	if len(path) == 0 {
		return nil, fmt.Errorf("the window shows no tree")
	}
	return path[0], nil
}

// longest is how many characters of a name the screen shows.
const longest = 120

// OnScreen returns the tree as the screen must show it: names that could act instead of being read are written out, and
// endless ones are cut.
func (n *Node) OnScreen() *Node {
	s := &Node{ID: n.ID, Name: legibly(n.Name), Says: n.Says, virtual: n.virtual}
	for _, c := range n.Children {
		s.Children = append(s.Children, c.OnScreen())
	}
	return s
}

func legibly(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != '\u200d':
			fmt.Fprintf(&b, "‹U+%04X›", r)
		default:
			b.WriteRune(r)
		}
	}
	if runes := []rune(b.String()); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return b.String()
}
