package ask

import (
	"cmp"
	"slices"
	"time"

	"canopy/api/inventory"
)

// Change is one difference between two readings. It happened after From and
// not later than To: nobody looked in between.
type Change struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Field  string    `json:"field"` // state, plan, region, version, name; "created" and "deleted" for the thing itself
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
}

// history answers what changed between the earlier readings and now.
func (w *World) history(a *Answer) {
	if len(w.Earlier) == 0 {
		a.Text = "No earlier reading is kept, so nothing can be said about what changed."
		if f, ok := a.Query.filter(fieldClusterN); ok {
			if rows, err := w.selectRows(Query{Entity: EntityCluster, Filters: []Filter{{fieldName, OpEq, f.Value}}}); err == nil && len(rows) == 1 {
				a.Text += " " + quote(f.Value.Text) + " is " + string(rows[0].cluster.State) + " now."
				a.rows = rows
			}
		}
		return
	}
	changes := w.changes()
	changes = slices.DeleteFunc(changes, func(c Change) bool { return !w.meets(c, a.Query.Filters) })
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Or(b.To.Compare(a.To), cmp.Compare(a.Name, b.Name)) })
	if s := a.Query.Sort; s != nil && s.Limit != nil && len(changes) > *s.Limit {
		changes = changes[:*s.Limit]
	}
	a.Value = changes
	if len(changes) == 0 {
		a.Text = "Nothing of that changed between the readings that are kept, the first of " + w.clock(w.Earlier[0].At) + "."
		return
	}
	c := changes[0]
	a.Text = quote(c.Name) + ": " + c.Field + " " + cmp.Or(c.Before, "–") + " → " + cmp.Or(c.After, "–") +
		", between " + w.clock(c.From) + " and " + w.clock(c.To) + "."
	if len(changes) > 1 {
		a.Text = plural(len(changes), "change") + ". The latest: " + a.Text
	}
}

func (w *World) clock(t time.Time) string { return t.In(w.zone()).Format("2 Jan 2006 15:04") }

// meets reports whether a change is one that the filters ask for.
func (w *World) meets(c Change, filters []Filter) bool {
	for _, f := range filters {
		var have string
		switch f.Field {
		case fieldClusterN:
			have = c.Name
		case "field":
			have = c.Field
		case "to":
			have = c.After
		case "from":
			have = c.Before
		case "time":
			at, err := f.Value.at(w.Now, w.zone())
			if err != nil || f.Op == OpGte && c.To.Before(at) || f.Op == OpLt && !c.From.Before(at) {
				return false
			}
			continue
		default:
			continue
		}
		if !textCell(have).same(f.Value.Text) {
			return false
		}
	}
	return true
}

// changes compares each earlier reading with the one after it.
func (w *World) changes() []Change {
	now := Moment{At: w.Now}
	for _, g := range w.Grants {
		now.Views = append(now.Views, g.View)
	}
	moments := append(slices.Clone(w.Earlier), now)
	var changes []Change
	for i := 1; i < len(moments); i++ {
		changes = append(changes, difference(moments[i-1], moments[i])...)
	}
	return changes
}

type trait struct{ name, state, plan, region, version string }

func traits(m Moment) map[string]trait {
	all := make(map[string]trait)
	for _, v := range m.Views {
		all2(v, all)
	}
	return all
}

func all2(v *inventory.View, into map[string]trait) {
	s := v.Shown()
	for _, p := range s.Projects() {
		for _, c := range s.Clusters(p.ID) {
			into[c.ID] = trait{c.Name, string(c.State), string(c.Plan), c.Region.ID, c.Version}
		}
	}
}

func difference(a, b Moment) []Change {
	before, after := traits(a), traits(b)
	var changes []Change
	for id, x := range before {
		y, ok := after[id]
		if !ok {
			changes = append(changes, Change{id, x.name, "deleted", x.state, "", a.At, b.At})
			continue
		}
		for _, f := range [...]struct{ field, before, after string }{
			{"name", x.name, y.name}, {"state", x.state, y.state}, {"plan", x.plan, y.plan}, {"region", x.region, y.region}, {"version", x.version, y.version},
		} {
			if f.before != f.after {
				changes = append(changes, Change{id, y.name, f.field, f.before, f.after, a.At, b.At})
			}
		}
	}
	for id, y := range after {
		if _, ok := before[id]; !ok {
			changes = append(changes, Change{id, y.name, "created", "", y.state, a.At, b.At})
		}
	}
	return changes
}
