package ask

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// test reports whether a row meets a condition.
type test func(*row) bool

// compile turns the filters of a query into one test. Filters on "cluster."
// of a project or organization speak of one and the same cluster.
func (w *World) compile(q Query) (test, error) {
	var tests, inner, none []test
	for _, f := range q.Filters {
		if field, ok := strings.CutPrefix(f.Field, clusterPrefix); ok && (q.Entity == EntityProject || q.Entity == EntityOrg) {
			op := f.Op
			if op == OpNone {
				op = OpEq
			}
			t, err := w.one(EntityCluster, Filter{field, op, f.Value})
			if err != nil {
				return nil, err
			}
			if f.Op == OpNone {
				none = append(none, t)
			} else {
				inner = append(inner, t)
			}
			continue
		}
		t, err := w.one(q.Entity, f)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	if inner != nil {
		every := all(inner)
		tests = append(tests, func(r *row) bool { return slices.ContainsFunc(r.children, pointed(every)) })
	}
	if none != nil {
		every := all(none)
		tests = append(tests, func(r *row) bool { return !slices.ContainsFunc(r.children, pointed(every)) })
	}
	return all(tests), nil
}

func pointed(t test) func(row) bool { return func(r row) bool { return t(&r) } }

func all(tests []test) test {
	return func(r *row) bool {
		for _, t := range tests {
			if !t(r) {
				return false
			}
		}
		return true
	}
}

// one compiles one filter.
func (w *World) one(e Entity, f Filter) (test, error) {
	field, ok := fieldOf(e, f.Field)
	if !ok {
		return nil, fmt.Errorf("a %s has no field %q", e, f.Field)
	}
	switch f.Op {
	case OpNull:
		return func(r *row) bool { return field(r).null }, nil
	case OpNotNull:
		return func(r *row) bool { return !field(r).null }, nil
	case OpGt, OpGte, OpLt, OpLte:
		return w.ordered(field, f)
	}
	return w.matching(field, f)
}

// matching compiles a filter that looks for texts.
func (w *World) matching(field func(*row) cell, f Filter) (test, error) {
	values := f.Value.texts()
	some := func(match func(c cell, v string) bool, want bool) test {
		return func(r *row) bool {
			c := field(r)
			if c.null && c.kind != kindText && c.kind != kindName {
				return false
			}
			for _, v := range values {
				if match(c, v) {
					return want
				}
			}
			return !want
		}
	}
	switch f.Op {
	case OpEq, OpIn:
		return some(w.equals(f), true), nil
	case OpNe, OpNotIn:
		return some(w.equals(f), false), nil
	case OpPrefix:
		return some(hasPrefix, true), nil
	case OpNotPrefix:
		return some(hasPrefix, false), nil
	case OpSuffix:
		return some(func(c cell, v string) bool { return strings.HasSuffix(fold(c.text), fold(v)) }, true), nil
	case OpContains:
		return some(contains, true), nil
	case OpNotMatches:
		return some(contains, false), nil
	}
	return nil, fmt.Errorf("there is no operator %q", f.Op)
}

func (w *World) equals(f Filter) func(c cell, v string) bool {
	return func(c cell, v string) bool {
		switch c.kind {
		case kindNumber:
			return f.Value.Number != nil && c.number == *f.Value.Number
		case kindVersion:
			return compareVersions(c.text, v) == 0
		case kindTime:
			at, err := f.Value.at(w.Now, w.zone())
			return err == nil && c.time.Equal(at)
		}
		return c.same(v)
	}
}

// hasPrefix looks for a beginning; that of a version ends between two parts.
func hasPrefix(c cell, v string) bool {
	if c.kind == kindVersion {
		have, want := versionParts(c.text), versionParts(v)
		return len(have) >= len(want) && slices.Equal(have[:len(want)], want)
	}
	return strings.HasPrefix(fold(c.text), fold(v))
}

func contains(c cell, v string) bool { return strings.Contains(fold(c.text), fold(v)) }

// fold is what names are compared by when only a part of them is known.
func fold(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 || 'A' <= s[i] && s[i] <= 'Z' {
			return normalise(s)
		}
	}
	return s
}

// ordered compiles a filter that compares sizes.
func (w *World) ordered(field func(*row) cell, f Filter) (test, error) {
	want := cell{kind: kindText, text: f.Value.Text}
	switch probe := f.Value; {
	case probe.Number != nil:
		want = cell{kind: kindNumber, number: *probe.Number}
	default:
		if at, err := probe.at(w.Now, w.zone()); err == nil {
			want = timeCell(at)
		}
	}
	return func(r *row) bool {
		c := field(r)
		if c.null {
			return false
		}
		if c.kind != want.kind && (!c.isText() || !want.isText()) {
			return false
		}
		other := want
		other.kind = c.kind
		if c.kind == kindVersion {
			c.text = shorten(c.text, other.text)
		}
		d := compareCells(c, other)
		switch f.Op {
		case OpGt:
			return d > 0
		case OpGte:
			return d >= 0
		case OpLt:
			return d < 0
		}
		return d <= 0
	}, nil
}

// compareCells orders cells of one kind; those without a value come last.
func compareCells(a, b cell) int {
	switch {
	case a.null || b.null:
		return cmp.Compare(boolInt(a.null), boolInt(b.null))
	case a.kind == kindNumber:
		return cmp.Compare(a.number, b.number)
	case a.kind == kindTime:
		return a.time.Compare(b.time)
	case a.kind == kindVersion:
		return compareVersions(a.text, b.text)
	}
	return cmp.Compare(a.text, b.text)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// versionParts returns the numbers of a version.
func versionParts(s string) []int {
	var parts []int
	for part := range strings.SplitSeq(strings.TrimLeft(strings.ToLower(s), "v"), ".") {
		n := 0
		for _, d := range part {
			if d < '0' || d > '9' || n > 1e6 {
				break
			}
			n = n*10 + int(d-'0')
		}
		parts = append(parts, n)
	}
	return parts
}

// shorten cuts a version to as many parts as another one has: v8.5.3 is not
// newer than v8, which is all of v8.
func shorten(version, like string) string {
	parts := strings.SplitAfterN(version, ".", strings.Count(like, ".")+2)
	return strings.TrimSuffix(strings.Join(parts[:min(len(parts), strings.Count(like, ".")+1)], ""), ".")
}

func compareVersions(a, b string) int { return slices.Compare(versionParts(a), versionParts(b)) }

// selectRows returns the rows that a query is about, in its order.
func (w *World) selectRows(q Query) ([]row, error) {
	keep, err := w.compile(q)
	if err != nil {
		return nil, err
	}
	var rows []row
	from := w.all(q.Entity)
	for i := range from {
		if keep(&from[i]) {
			rows = append(rows, from[i])
		}
	}
	return rows, nil
}

// order sorts rows: by the field of the query and then by name and id.
func order(rows []row, e Entity, s *Sort) error {
	field, direction := func(r *row) cell { return nameCell(r.name()) }, 1
	if s != nil && s.Field != "" {
		f, ok := fieldOf(e, s.Field)
		if !ok {
			return fmt.Errorf("a %s has no field %q to sort by", e, s.Field)
		}
		field = f
		if s.Dir == "desc" {
			direction = -1
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		x, y := field(&a), field(&b)
		d := compareCells(x, y)
		if !x.null && !y.null {
			d *= direction
		}
		return cmp.Or(d, cmp.Compare(a.name(), b.name()), cmp.Compare(a.id(), b.id()))
	})
	return nil
}

// limit cuts sorted rows. Rows equal to the only one asked for stay.
func limit(rows []row, e Entity, s *Sort) []row {
	if s == nil || s.Limit == nil || len(rows) == 0 {
		return rows
	}
	field, _ := fieldOf(e, s.Field)
	for len(rows) > 0 && field(&rows[len(rows)-1]).null {
		rows = rows[:len(rows)-1] // what has no value is not the most of anything
	}
	n := min(max(0, *s.Limit), len(rows))
	if n == 1 {
		for n < len(rows) && compareCells(field(&rows[0]), field(&rows[n])) == 0 {
			n++
		}
	}
	return rows[:n]
}

// Group is the rows that have a value in common.
type Group struct {
	Keys   []string // one for each field of the query's GroupBy
	Count  int
	Number float64 // the sum or average, if one was asked for; else Count
	ids    []string
}

// groups counts rows by one or two fields. Projects of one name stay apart.
func (w *World) groups(rows []row, q Query) ([]Group, error) {
	fields := make([]func(*row) cell, len(q.GroupBy))
	for i, name := range q.GroupBy {
		f, ok := fieldOf(q.Entity, name)
		if !ok {
			return nil, fmt.Errorf("a %s has no field %q to group by", q.Entity, name)
		}
		fields[i] = f
	}
	label := w.groupLabels(q)
	at := make(map[[2]string]int)
	var groups []Group
	for i := range rows {
		var key [2]string
		keys := make([]string, len(fields))
		for j, f := range fields[:min(2, len(fields))] {
			keys[j] = label(q.GroupBy[j], &rows[i], f(&rows[i]))
			key[j] = keys[j]
		}
		g, ok := at[key]
		if !ok {
			g = len(groups)
			at[key] = g
			groups = append(groups, Group{Keys: keys})
		}
		groups[g].Count++
		groups[g].ids = append(groups[g].ids, rows[i].id())
	}
	for i := range groups {
		groups[i].Number = float64(groups[i].Count)
	}
	return groups, nil
}

// groupLabels returns what a group is called. Where two projects have one
// name, the organization stands behind it.
func (w *World) groupLabels(q Query) func(field string, r *row, c cell) string {
	twice := make(map[string]int)
	if slices.Contains(q.GroupBy, fieldProject) {
		for _, p := range w.rows().projects {
			twice[p.project.Name]++
		}
	}
	return func(field string, r *row, c cell) string {
		switch {
		case c.null:
			return "none"
		case field == fieldProject && twice[c.text] > 1:
			return c.text + " (" + r.org.Name + ")"
		case c.kind == kindTime:
			return c.time.In(w.zone()).Format("2006-01-02")
		case c.kind == kindNumber:
			return strings.TrimSuffix(fmt.Sprintf("%.2f", c.number), ".00")
		}
		return c.text
	}
}

func orderGroups(groups []Group, s *Sort) {
	slices.SortFunc(groups, func(a, b Group) int {
		d := cmp.Compare(b.Number, a.Number)
		if s != nil && s.Dir == "asc" {
			d = -d
		}
		return cmp.Or(d, slices.Compare(a.Keys, b.Keys))
	})
}

// limitGroups cuts sorted groups, with ties kept behind a limit of one.
func limitGroups(groups []Group, s *Sort) []Group {
	if s == nil || s.Limit == nil || len(groups) == 0 {
		return groups
	}
	n := min(max(0, *s.Limit), len(groups))
	if n == 1 {
		for n < len(groups) && groups[n].Number == groups[0].Number {
			n++
		}
	}
	return groups[:n]
}
