package ask

import (
	"slices"
)

// special reads questions that are not about things in the tree: about
// Canopy itself, secrets, bills, changes; and what is to be done with a thing
// rather than known of it.
func special(m *marker, w *World) (Query, *draft, bool) {
	if q, ok := m.meta(); ok {
		return q, nil, true
	}
	if m.has(catSecret) {
		return nothing(IntentRefuseSecret), nil, true
	}
	if q, ok := m.imperative(); ok {
		return q, nil, true
	}
	if q, ok := m.outsideOf(); ok {
		return q, nil, true
	}
	if q, ok := m.past(w); ok {
		return q, nil, true
	}
	return m.deed(w)
}

// has reports whether a word of a category occurs outside of quotes and
// names.
func (m *marker) has(category string) bool {
	return slices.ContainsFunc(m.spans, func(s *span) bool { return s.is(category) && !s.quoted && !m.onlyName(s) })
}

// onlyName reports whether a span is a longer name that happens to begin like
// a word.
func (m *marker) onlyName(s *span) bool {
	return len(s.names) > 0 && s.to-s.from > 1 && !s.is(catSecret)
}

func (m *marker) metaOf() map[string]bool {
	topics := make(map[string]bool)
	for _, s := range m.spans {
		if !s.quoted && !m.onlyName(s) {
			for _, x := range s.senses {
				if x.category == catMeta {
					topics[x.value] = true
				}
			}
		}
	}
	return topics
}

func metaQuery(e Entity, topic string) Query {
	return Query{Intent: IntentMeta, Entity: e, Filters: []Filter{}, Aggregate: &Aggregate{Op: "select", Fields: []string{topic}}}
}

// meta reads questions about Canopy itself.
func (m *marker) meta() (Query, bool) {
	topics := m.metaOf()
	if topics["missing"] || m.asksWhyNot() {
		return m.missing(), true
	}
	if topics["requests"] {
		return metaQuery(EntityRequest, "requests"), true
	}
	cluster := slices.ContainsFunc(m.spans, func(s *span) bool { return len(s.called(EntityCluster)) > 0 && !isValue(s) })
	if topics["expires_at"] && !cluster && m.asksEnd() {
		return metaQuery(EntityGrant, "expires_at"), true
	}
	if m.has(catSecret) {
		return Query{}, false
	}
	for _, t := range []struct {
		topic  string
		entity Entity
		fits   bool
	}{
		{"user", EntityGrant, true}, {"scope", EntityGrant, !cluster}, {"read_at", EntitySnapshot, !cluster && !m.hasEntity()},
		{"forget", EntityNone, m.short()}, {"help", EntityNone, m.short()},
	} {
		if topics[t.topic] && t.fits {
			return metaQuery(t.entity, t.topic), true
		}
	}
	return Query{}, false
}

// asksEnd reports whether the end that was named is that of a sign-in.
func (m *marker) asksEnd() bool {
	return m.has(catSignIn) || m.has(catSecret) || m.asks("when") || m.asks("age") || m.only(catMeta)
}

// asksWhyNot reports whether it is asked why something is not there.
func (m *marker) asksWhyNot() bool {
	return m.has(catWhy) && !m.has(catState) && !m.has(catTrouble) && m.namesSomething()
}

// namesSomething reports whether there is a name, or a word that may be one.
func (m *marker) namesSomething() bool {
	return slices.ContainsFunc(m.spans, func(s *span) bool { return s.quoted || s.unknown || len(s.names) > 0 })
}

func (m *marker) hasEntity() bool {
	return slices.ContainsFunc(m.spans, func(s *span) bool {
		return s.is(catEntity) && !s.has(catEntity, string(EntityCluster))
	})
}

func (m *marker) asks(what string) bool {
	return slices.ContainsFunc(m.spans, func(s *span) bool { return s.has(catAsk, what) })
}

// only reports whether nothing but a category and fillers was said.
func (m *marker) only(category string) bool {
	return !slices.ContainsFunc(m.spans, func(s *span) bool { return !s.filler() && !s.is(category) })
}

// short reports whether little is said besides.
func (m *marker) short() bool {
	n := 0
	for _, s := range m.spans {
		n += boolInt(!s.filler() && !s.is(catPolite) && !s.is(catThose))
	}
	return n <= 2
}

// missing reads "why can't I see X".
func (m *marker) missing() Query {
	q := metaQuery(EntityGrant, "missing")
	for i, s := range m.spans {
		switch {
		case s.is(catMeta) || s.filler() && len(s.names) == 0:
			continue
		case s.quoted || len(s.names) > 0:
			name := s.raw
			if len(s.names) > 0 {
				name = s.names[0].text
			}
			q.Filters = []Filter{{fieldName, OpEq, text(name)}}
			return q
		case s.unknown:
			end := i
			for end+1 < len(m.spans) && m.spans[end+1].unknown {
				end++
			}
			q.Filters = []Filter{{fieldName, OpEq, text(m.raw(s.from, m.spans[end].to))}}
		}
	}
	return q
}

// imperative reads orders to change something: a verb at the beginning, or
// one that is an order wherever it stands.
func (m *marker) imperative() (Query, bool) {
	for i, s := range m.spans {
		if !s.quoted && !m.onlyName(s) && (s.is(catWriteAlways) || s.is(catBefore) && m.writes(i)) {
			return m.order(), true
		}
	}
	if first := m.firstWord(); m.commands(first) && !m.asksOther() {
		return m.order(), true
	}
	return Query{}, false
}

// commands reports whether the first word is a verb of change. Where it can be
// a state as well, as 暂停 and 创建 can, what follows decides.
func (m *marker) commands(first int) bool {
	s, next := m.spanAt(first), m.spanAt(first+1)
	switch {
	case !s.is(catWrite), s.quoted:
		return false
	case m.language == "en" || m.language == "es":
		return !s.is(catEntity) && (!s.is(catCreated) || m.language == "en" || !m.asks("who"))
	case isValue(s), s.is(catCreated):
		return next != nil && !next.any(catOf, catTime, catIn, catUnit, catMonth)
	}
	return !s.is(catEntity)
}

func (m *marker) writes(i int) bool {
	return slices.ContainsFunc(m.spans[i:], func(s *span) bool { return s.is(catWrite) })
}

// asksOther reports whether there is a word of asking, so that a verb at the
// beginning is no order.
func (m *marker) asksOther() bool {
	for i, s := range m.spans {
		if v, ok := s.value(catAsk); ok && v != "list" && i > 0 && m.language != "en" {
			return true
		}
	}
	return false
}

func (m *marker) spanAt(i int) *span {
	if i < 0 || i >= len(m.spans) {
		return nil
	}
	return m.spans[i]
}

// firstWord returns the first span that is no filler and no politeness.
func (m *marker) firstWord() int {
	for i, s := range m.spans {
		switch {
		case s.is(catWrite) && !s.is(catSkip), s.quoted:
			return i
		case s.filler(), s.is(catPolite), s.is(catThose) && i == 0, s.has(catMine, "me") && i > 0 && m.spans[i-1].is(catPolite):
		case i+1 < len(m.spans) && m.spans[i+1].text == ",": // "hello, …"
		default:
			return i
		}
	}
	return len(m.spans)
}

// order is the refusal of a change, with the thing it is about.
func (m *marker) order() Query {
	q := nothing(IntentRefuseWrite)
	noun := EntityCluster
	for _, s := range m.spans {
		if e, ok := s.value(catEntity); ok && isThing(Entity(e)) {
			noun = Entity(e)
			break
		}
	}
	q.Entity = noun
	for i, s := range m.spans {
		if s.is(catWrite) && len(s.names) == 0 || s.filler() || isValue(s) && m.spanAt(i+1).is(catEntity) {
			continue
		}
		for _, e := range []Entity{noun, EntityCluster, EntityProject, EntityBranch, EntityOrg} {
			if found := s.called(e); len(found) > 0 && !s.is(catWrite) {
				q.Entity = e
				q.Filters = append(q.Filters, Filter{fieldName, OpEq, text(found[0].text)})
				return q
			}
		}
	}
	return q
}

// orders reports whether a verb of change is left over.
func (p *parser) orders() bool {
	for _, i := range p.loners {
		if s := p.spans[i]; s.is(catWrite) && !s.quoted && s.repaired == "" {
			return true
		}
	}
	return false
}

func (p *parser) refusal() Query { return p.order() }

// outsideOf reads questions that nothing in the tree answers.
func (m *marker) outsideOf() (Query, bool) {
	for _, topic := range []string{"regions", "bill", "data", "world"} {
		for _, s := range m.spans {
			if !s.has(catOutside, topic) || s.quoted || m.onlyName(s) || len(s.names) > 0 && topic != "bill" {
				continue
			}
			q := nothing(IntentOutOfScope)
			if topic != "bill" {
				q.Aggregate = &Aggregate{Op: "select", Fields: []string{topic}}
			}
			return q, true
		}
	}
	return Query{}, false
}

// past reads questions about changes: "when did X become paused", "what
// changed since yesterday".
func (m *marker) past(w *World) (Query, bool) {
	change := m.hasSense(catHistory, "change")
	if !change && !m.hasSense(catHistory, "become") && !m.asks("when") {
		return Query{}, false
	}
	p := parse(m.fresh(), w)
	cluster := p.named(EntityCluster)
	state := ""
	for _, f := range p.filters {
		if f.Field == fieldState && f.Op == OpEq {
			state = f.Value.Text
		}
	}
	if !change && (!p.asks["when"] || cluster == nil || state == "") {
		return Query{}, false
	}
	q := Query{Intent: IntentHistory, Entity: EntityChange, Filters: []Filter{}, Sort: &Sort{Field: "time", Dir: "desc"}}
	if p.asks["when"] {
		one := 1
		q.Sort.Limit = &one
	}
	if cluster != nil {
		q.Filters = append(q.Filters, Filter{fieldClusterN, OpEq, text(cluster.things[0].text)})
	}
	q.Filters = append(q.Filters, m.changed(p, state)...)
	return q, true
}

// changed returns the filters on what changed, to what and when.
func (m *marker) changed(p *parser, state string) []Filter {
	var filters []Filter
	field := m.changedField()
	if state != "" {
		field = fieldState
	}
	if field != "" {
		filters = append(filters, Filter{"field", OpEq, text(field)})
	}
	if state != "" {
		filters = append(filters, Filter{"to", OpEq, text(state)})
	}
	for _, f := range p.filters {
		if f.Field == fieldCreated {
			filters = append(filters, Filter{"time", f.Op, f.Value})
		}
	}
	return filters
}

// hasSense reports whether a word has a meaning, outside of quotes and names.
func (m *marker) hasSense(category, value string) bool {
	return slices.ContainsFunc(m.spans, func(s *span) bool { return s.has(category, value) && !s.quoted && !m.onlyName(s) })
}

// changedField returns the field whose changes are asked for.
func (m *marker) changedField() string {
	for _, s := range m.spans {
		if e, ok := s.value(catEntity); ok {
			if f, ok := Entity(e).facet(); ok && f != fieldCreator {
				return f
			}
		}
	}
	return ""
}

// fresh returns the spans unused, for another look.
func (m *marker) fresh() *marker {
	again := *m
	again.spans = make([]*span, len(m.spans))
	for i, s := range m.spans {
		c := *s
		c.used = false
		again.spans[i] = &c
	}
	return &again
}

// deed reads what is to be done with things: opened in the console, or
// written to a file.
func (m *marker) deed(w *World) (Query, *draft, bool) {
	open, export := m.has(catOpen) || m.has(catConsole), m.has(catExport)
	if !open && !export {
		return Query{}, nil, false
	}
	again := m.fresh()
	again.spans = slices.DeleteFunc(again.spans, func(s *span) bool {
		return !s.quoted && len(s.names) == 0 && s.any(catOpen, catConsole, catExport, catFormat)
	})
	p := parse(again, w)
	d, ok := p.build()
	if !ok || len(p.loners) > 0 || p.negate || len(d.Filters)+len(p.nouns) == 0 {
		return Query{}, nil, false
	}
	if export {
		return m.exported(d), nil, true
	}
	if len(p.refs) != 1 || len(p.filters) > 0 {
		return Query{}, nil, false
	}
	d.Intent, d.Aggregate, d.Sort = IntentNavigate, nil, nil
	if len(d.doubts) > 0 {
		return d.Query, d, true
	}
	return d.Query, nil, true
}

// exported turns a query into that of an export.
func (m *marker) exported(d *draft) Query {
	q := d.Query
	q.Intent, q.Aggregate, q.GroupBy = IntentExport, nil, nil
	if q.Sort == nil || q.Sort.Field == "count" {
		q.Sort = &Sort{Field: fieldName, Dir: "asc"}
	}
	if format := m.format(); format != "" {
		q.Aggregate = &Aggregate{Op: "format", Fields: []string{format}}
	}
	return q
}

// format returns the kind of file that was named, if it is not CSV.
func (m *marker) format() string {
	for _, s := range m.spans {
		if f, ok := s.value(catFormat); ok && f != "csv" && f != "table" {
			return f
		}
	}
	return ""
}
