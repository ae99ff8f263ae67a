package ask

import (
	"cmp"
	"fmt"
	"math"
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
		tests = append(tests, func(r *row) bool { return r.anyCluster(every) })
	}
	if none != nil {
		every := all(none)
		tests = append(tests, func(r *row) bool { return !r.anyCluster(every) })
	}
	return all(tests), nil
}

// anyCluster reports whether a condition is true of any cluster of a project or
// an organization.
func (r *row) anyCluster(t test) bool {
	for i := range r.children {
		if t(&r.children[i]) {
			return true
		}
	}
	for _, part := range r.parts {
		for i := range part {
			if t(&part[i]) {
				return true
			}
		}
	}
	return false
}

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

// selectRows returns the rows that a query is about.
func (w *World) selectRows(q Query) ([]*row, error) {
	keep, err := w.compile(q)
	if err != nil {
		return nil, err
	}
	from := w.all(q.Entity)
	rows := make([]*row, 0, min(len(from), 1024))
	for i := range from {
		if keep(&from[i]) {
			rows = append(rows, &from[i])
		}
	}
	return rows, nil
}

// ranked is a row with what it is sorted by, small enough to be moved about.
type ranked struct {
	*row
	null   bool
	number float64 // of a number; of a moment, its seconds
	text   string  // of everything else
	name   string
}

func (r *ranked) take(c cell) {
	switch r.null = c.null; {
	case c.null:
	case c.kind == kindNumber:
		r.number = c.number
	case c.kind == kindTime:
		r.number = float64(c.time.Unix()) + float64(c.time.Nanosecond())/1e9
	case c.kind == kindVersion:
		for i, part := range versionParts(c.text) {
			r.number += float64(part) * math.Pow(10, float64(-4*i))
		}
	default:
		r.text = c.text
	}
}

// compare orders rows by what they were sorted by; those without it are last.
func (r *ranked) compare(o *ranked) int {
	if r.null || o.null {
		return cmp.Compare(boolInt(r.null), boolInt(o.null))
	}
	if r.number != o.number {
		return cmp.Compare(r.number, o.number)
	}
	return strings.Compare(r.text, o.text)
}

// selected is the number of rows up to which the best are picked out rather
// than everything sorted.
const selected = 64

// order sorts rows by the field of the query and then by name and id, and
// keeps what its limit asks for.
func order(rows []*row, e Entity, s *Sort) ([]*row, error) {
	if s == nil || s.Limit == nil && (s.Field == "" || s.Field == fieldName) {
		byName(rows, s != nil && s.Dir == "desc")
		return rows, nil
	}
	field, ok := fieldOf(e, s.Field)
	if !ok {
		return nil, fmt.Errorf("a %s has no field %q to sort by", e, s.Field)
	}
	direction := 1
	if s.Dir == "desc" {
		direction = -1
	}
	list := make([]ranked, len(rows))
	for i, r := range rows {
		list[i].row, list[i].name = r, r.name()
		list[i].take(field(r))
	}
	compare := func(a, b ranked) int {
		d := a.compare(&b)
		if !a.null && !b.null {
			d *= direction
		}
		if d != 0 {
			return d
		}
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.id(), b.id()))
	}
	if s.Limit == nil {
		slices.SortFunc(list, compare)
	} else {
		list = slices.DeleteFunc(list, func(r ranked) bool { return r.null }) // what has no value is not the most of anything
		list = best(list, max(0, *s.Limit), compare)
	}
	rows = rows[:len(list)]
	for i, r := range list {
		rows[i] = r.row
	}
	return rows, nil
}

// byName sorts rows by name and id.
func byName(rows []*row, desc bool) {
	type entry struct {
		name string
		*row
	}
	list := make([]entry, len(rows))
	for i, r := range rows {
		list[i] = entry{r.name(), r}
	}
	slices.SortFunc(list, func(a, b entry) int {
		d := strings.Compare(a.name, b.name)
		if d == 0 {
			return strings.Compare(a.id(), b.id())
		}
		if desc {
			return -d
		}
		return d
	})
	for i, e := range list {
		rows[i] = e.row
	}
}

// best returns the first n in order; behind a limit of one, also those that
// equal the first.
func best(list []ranked, n int, compare func(a, b ranked) int) []ranked {
	if n == 1 && len(list) > 0 {
		top := slices.MinFunc(list, compare)
		list = slices.DeleteFunc(list, func(r ranked) bool { return r.compare(&top) != 0 })
		slices.SortFunc(list, compare)
		return list
	}
	if n > selected || n >= len(list) {
		slices.SortFunc(list, compare)
		return list[:min(n, len(list))]
	}
	kept := make([]ranked, 0, n+1)
	for _, r := range list {
		if len(kept) == n && (n == 0 || compare(r, kept[n-1]) >= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(kept, r, compare)
		kept = slices.Insert(kept, at, r)
		kept = kept[:min(n, len(kept))]
	}
	return kept
}

// Group is the rows that have a value in common.
type Group struct {
	Keys   []string // one for each field of the query's GroupBy
	Count  int
	Number float64 // the sum or average, if one was asked for; else Count
	rows   []*row
}

// groups counts rows by one or two fields. Projects of one name stay apart.
func (w *World) groups(rows []*row, q Query) ([]Group, error) {
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
	for _, r := range rows {
		var key [2]string
		for j, f := range fields {
			key[j] = label(q.GroupBy[j], r, f(r))
		}
		g, ok := at[key]
		if !ok {
			g = len(groups)
			at[key] = g
			groups = append(groups, Group{Keys: slices.Clone(key[:len(fields)])})
		}
		groups[g].Count++
		groups[g].rows = append(groups[g].rows, r)
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
