package ask

import (
	"slices"
)

// follows reports whether a question only makes sense after another one: it
// names no kind of thing of its own, and something shows that it goes on.
func (p *parser) follows() bool {
	if !p.elliptic() {
		return false
	}
	first := 0
	for first < len(p.spans) && p.spans[first].filler() && !p.spans[first].any(catMore, catThose) {
		first++
	}
	s := p.at(first)
	switch {
	case s.is(catMore) && (!s.is(catPolite) || s.has(catMore, "and") || s.has(catMore, "only")):
		return true
	case s.any(catIn, catPer, catBy, catSort, catWithout, catExcept), s.has(catNot, ""):
		return true
	case p.some(p.pointsBack), p.asksOnly(), p.topicOnly():
		return true
	}
	return p.countOnly()
}

// pointsBack reports whether a word refers to what came before.
func (p *parser) pointsBack(s *span) bool {
	switch {
	case s.has(catMore, "same"), s.is(catThose) && !s.is(catSkip):
		return true
	case s.is(catMore):
		return p.language == "zh" || p.language == "ja"
	}
	return false
}

// asksOnly reports whether a word such as "only" or "which are" shows that
// the question narrows the one before.
func (p *parser) asksOnly() bool {
	return slices.ContainsFunc(p.spans, func(s *span) bool {
		switch s.text {
		case "which are", "which is", "which ones", "cuales", "cuales son", "哪些是":
			return true
		}
		return s.has(catMore, "only") && !s.is(catCompare)
	})
}

// topicOnly reports whether a question in Japanese is a topic and no more:
// "東京は？".
func (p *parser) topicOnly() bool {
	if p.language != "ja" || len(p.asks) > 0 {
		return false
	}
	for i := len(p.spans) - 1; i >= 0; i-- {
		if t := p.spans[i].text; t != "?" && t != "。" && t != "." {
			return t == "は" || t == "では"
		}
	}
	return false
}

// elliptic reports whether the question names no kind of thing of its own.
func (p *parser) elliptic() bool { return !p.properHead() }

func (p *parser) properHead() bool {
	return slices.ContainsFunc(p.heads(), func(n noun) bool { return isThing(n.entity) })
}

// countOnly reports whether nothing but "how many" or "list" was said.
func (p *parser) countOnly() bool {
	return len(p.filters) == 0 && len(p.refs) == 0 && len(p.nouns) == 0 && len(p.group) == 0 && (p.asks["count"] || p.asks["list"])
}

// follow reads a question on top of the one before.
func (r *Reading) follow(p *parser, before Query) {
	q := before.clone()
	p.following = true
	d, ok := p.buildOn(before.Entity)
	lost := "I did not understand what to change in the question before."
	if len(r.Unknown) > 0 {
		lost = "I did not understand " + quote(r.Unknown[0]) + "."
	}
	if len(r.Unknown) > 0 || !ok || !before.reads() {
		r.Query, r.Why = nothing(IntentUnknown), lost
		return
	}
	q.Filters = merge(q.Filters, d.Filters)
	ok = d.reshape(&q)
	r.Aside = p.asks["count"] && len(d.Filters)+len(d.GroupBy) == 0
	if len(d.GroupBy) > 0 {
		q.Intent, q.Aggregate, q.GroupBy, q.Sort = IntentCount, &Aggregate{Op: "count"}, d.GroupBy, mostFirst()
	}
	d.doubts = doubtsLeft(d.doubts, q)
	d.Query = q
	switch {
	case len(d.doubts) > 0:
		r.askWhich(d)
	case !ok || q.Validate() != nil || !p.changes():
		r.Query, r.Why = nothing(IntentUnknown), lost
	default:
		r.Query = q
	}
}

// reshape changes what is wanted of the things: how many, a field, whether
// there are any, an order, or the things.
func (d *draft) reshape(q *Query) bool {
	p := d.p
	plain := func(i Intent, a *Aggregate, s *Sort) { q.Intent, q.Aggregate, q.Sort, q.GroupBy = i, a, s, nil }
	switch {
	case p.asks["count"]:
		plain(IntentCount, &Aggregate{Op: "count"}, nil)
	case q.Intent == IntentGet && d.asksField() && len(d.Filters) == 0:
		q.Aggregate = &Aggregate{Op: "select", Fields: d.fieldsAsked(&ref{entity: q.Entity})}
	case d.asksWhether():
		plain(IntentExists, &Aggregate{Op: "exists"}, nil)
	case p.asks["who"] && q.Entity == EntityCluster:
		plain(IntentCount, &Aggregate{Op: "count"}, mostFirst())
		q.GroupBy = []string{fieldCreator}
	case p.top != nil || p.sort != nil:
		plain(d.Intent, nil, d.Sort)
		if p.sort != nil {
			q.Intent = IntentList
		}
		return d.Sort != nil
	case p.asksThings(), q.Intent == IntentGet && !sameThing(d.Filters):
		plain(IntentList, nil, listSort(q.Entity))
	}
	return true
}

// asksWhether reports whether there being any is asked for.
func (d *draft) asksWhether() bool { return d.p.asks["exists"] || d.yesNo() && len(d.Filters) > 0 }

// changes reports whether the question says anything.
func (p *parser) changes() bool {
	return len(p.filters)+len(p.refs)+len(p.group)+len(p.asks) > 0 || p.top != nil || p.sort != nil || p.mine
}

// sameThing reports whether the filters name one thing, so that a question
// about fields stays one.
func sameThing(filters []Filter) bool {
	return slices.ContainsFunc(filters, func(f Filter) bool { return f.Field == fieldName && f.Op == OpEq })
}

// asksThings reports whether things are asked for rather than numbers.
func (p *parser) asksThings() bool {
	return p.wants("list", "which") || p.some(func(s *span) bool { return s.text == "ones" || s.text == "which ones" })
}

func listSort(e Entity) *Sort {
	if e == EntityBranch {
		return nil
	}
	return &Sort{Field: fieldName, Dir: "asc"}
}

// buildOn builds the slots of a follow-up for the entity of the question
// before.
func (p *parser) buildOn(e Entity) (*draft, bool) {
	d := &draft{p: p, Query: Query{Intent: IntentList, Entity: e, Filters: []Filter{}}}
	if p.conflict {
		return d, false
	}
	if p.top != nil && !d.measure() {
		return d, false
	}
	if p.sort != nil {
		d.Sort = p.sort
	}
	d.GroupBy = p.group
	d.conditions()
	intent := d.Intent
	d.Intent = IntentList
	d.attach()
	d.Intent = intent
	d.fieldConditions()
	return d, true
}

// doubtsLeft drops the doubts that the organization of the query resolves.
func doubtsLeft(doubts []doubt, q Query) []doubt {
	o, ok := q.filter(fieldOrg)
	if !ok || o.Op != OpEq {
		return doubts
	}
	return slices.DeleteFunc(doubts, func(x doubt) bool {
		n := 0
		for _, t := range x.things {
			n += boolInt(t.org == o.Value.Text)
		}
		return n <= 1
	})
}

// slot returns what a filter is about: places replace places.
func slot(field string) string {
	switch field {
	case fieldRegion, fieldCity, fieldCountry, fieldContinent, fieldCode:
		return fieldRegion
	case "project.id":
		return fieldProject
	case "org.id":
		return fieldOrg
	case "id":
		return fieldName
	}
	return field
}

// merge puts new filters in the place of old ones about the same, and adds
// the others.
func merge(old, fresh []Filter) []Filter {
	replaced := make(map[string]bool)
	for _, f := range fresh {
		replaced[slot(f.Field)] = true
	}
	var out []Filter
	placed := make(map[string]bool)
	for _, f := range old {
		s := slot(f.Field)
		if !replaced[s] {
			out = append(out, f)
			continue
		}
		if placed[s] {
			continue
		}
		placed[s] = true
		for _, n := range fresh {
			if slot(n.Field) == s {
				out = append(out, n)
			}
		}
	}
	for _, f := range fresh {
		if !placed[slot(f.Field)] {
			out = append(out, f)
		}
	}
	return out
}
