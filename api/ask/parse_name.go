package ask

import (
	"slices"
	"strings"
)

// isValue reports whether a span has a meaning as a value: a place, a state
// and the like. Such a word is taken for the name that is spelled like it only
// where a name is expected.
func isValue(s *span) bool {
	return s.is(catState) || s.is(catPlan) || s.is(catProvider) || s.is(catCity) || s.is(catCountry) || s.is(catContinent)
}

// prefersName decides between a name and the word that it is spelled like.
func (p *parser) prefersName(i int) bool {
	s := p.spans[i]
	if len(s.senses) == 0 {
		return true
	}
	if len(s.called(EntityCluster, EntityProject, EntityOrg, EntityBranch, EntityCreator)) == 0 {
		return false
	}
	if p.nounBefore(i, s) {
		return true
	}
	if isValue(s) {
		return !p.at(p.before(i)).is(catIn) && p.wantsName(i)
	}
	if s.to-s.from > 1 && !s.is(catSkip) && len(s.senses) > 0 && !s.is(catAsk) {
		return true
	}
	return p.nounBeside(i, s) || p.wantsName(i) && !s.is(catSkip) && !s.is(catAsk)
}

// nounBefore reports whether a noun in the singular says what the name is:
// "cluster paused", "the project sandbox".
func (p *parser) nounBefore(i int, s *span) bool {
	b := p.before(i)
	before := p.at(b)
	if before.is(catNamed) || before.is(catOpen) && !isPlural(p.at(p.after(i)).word()) {
		return true
	}
	e, ok := before.value(catEntity)
	switch {
	case !ok || isPlural(before.text) || len(s.called(Entity(e))) == 0:
		return false
	case b+1 != i && p.at(i-1).is(catIs), p.questioned(b):
		return false
	}
	return p.language != "zh" && p.language != "ja" || !isValue(s)
}

// questioned reports whether a noun is one of many that a question is about:
// "which cluster", "each cluster", "no cluster".
func (p *parser) questioned(noun int) bool {
	for j := noun - 1; j >= 0 && j >= noun-2; j-- {
		s := p.spans[j]
		if s.has(catAsk, "which") || s.has(catAsk, "count") || s.has(catAsk, "exists") || s.any(catPer, catWithout, catNot) {
			return true
		}
	}
	return false
}

func (p *parser) nounBeside(i int, s *span) bool {
	for _, j := range []int{p.before(i), p.after(i)} {
		if e, ok := p.at(j).value(catEntity); ok && len(s.called(Entity(e))) > 0 {
			return true
		}
	}
	return false
}

// wantsName reports whether the question asks for a property of one thing, so
// that it needs a name, and this is the only word that can be it.
func (p *parser) wantsName(i int) bool {
	asks := false
	for j, s := range p.spans {
		if j == i {
			continue
		}
		if s.quoted || len(s.names) > 0 && !s.filler() && !isValue(s) || s.has(catEntity, string(EntityCluster)) || s.has(catAsk, "count") || s.any(catTop, catPer) {
			return false
		}
		asks = asks || p.asksOfOne(j, i)
	}
	return asks
}

// asksOfOne reports whether the word at j asks for a property of the thing
// named at i.
func (p *parser) asksOfOne(j, i int) bool {
	s := p.spans[j]
	switch {
	case s.has(catAsk, "where"), s.has(catAsk, "when"), s.has(catAsk, "who"), s.has(catAsk, "age"):
		return true
	case s.any(catOpen, catWrite), s.has(catEntity, string(EntityBranch)):
		return true
	}
	_, ok := p.fieldAt(j)
	return ok && (p.whichBefore(j) || j < i && p.spans[i-1].is(catOf) || j > i && p.spans[i+1].is(catOf))
}

// name reads a name, exact or in part, as the thing it is.
func (p *parser) name() bool {
	s := p.spans[p.i]
	if p.nameIsTaken() {
		return false
	}
	things, op := s.names, OpEq
	switch {
	case len(things) > 0:
	case s.quoted:
		return p.quotedText(s)
	default:
		things, op = s.loose, s.looseOp
	}
	hint, plural, used := p.hint(p.i)
	things = p.choose(things, hint)
	if len(things) == 0 {
		return false
	}
	for _, u := range used {
		p.use(u, u)
	}
	r := ref{at: p.i, entity: things[0].entity, things: things, op: op, text: s.text, negated: p.negate || p.except, plural: plural, quoted: s.quoted}
	if p.link == catOr && len(p.filters) > 0 && (len(p.refs) == 0 || p.refs[len(p.refs)-1].at < p.filterAt[len(p.filterAt)-1]) {
		p.conflict = true
	}
	p.link, p.negate = "", false
	p.refs = append(p.refs, r)
	s.unknown = false
	p.use(p.i, p.i)
	p.i++
	return true
}

// nameIsTaken reports whether another rule understands the span better.
func (p *parser) nameIsTaken() bool {
	s := p.spans[p.i]
	return s.number != nil && !p.nounBeside(p.i, s) && !p.wantsName(p.i) && !p.at(p.before(p.i)).is(catField)
}

// quotedText reads a quotation that is no name: what names must contain.
func (p *parser) quotedText(s *span) bool {
	p.add(Filter{fieldName, OpEq, text(s.raw)}, p.i)
	p.use(p.i, p.i)
	p.i++
	return true
}

// hint looks for the noun beside a name that says what it is, before or
// behind it.
func (p *parser) hint(i int) (e Entity, plural bool, used []int) {
	s := p.spans[i]
	fits := func(j int) bool {
		v, ok := p.at(j).value(catEntity)
		if !ok || p.at(j).used && !slices.ContainsFunc(p.nouns, func(n noun) bool { return n.at == j }) {
			return false
		}
		e = Entity(v)
		things := s.names
		if len(things) == 0 {
			things = s.loose
		}
		return slices.ContainsFunc(things, func(n named) bool { return n.entity == e })
	}
	b, a := p.before(i), p.after(i)
	if p.at(b).is(catNamed) {
		b = p.before(b)
	}
	ends := a == i+1 || p.language != "en"
	switch {
	case ends && (p.language != "zh" || a == i+1) && fits(a):
		used = append(used, a)
		plural = isPlural(p.spans[a].text)
		p.nouns = append(p.nouns, noun{entity: e, at: a, plural: plural, hint: true, which: p.whichBefore(i)})
	case fits(b):
		plural = isPlural(p.spans[b].text)
		for k := range p.nouns {
			if p.nouns[k].at == b {
				p.nouns[k].hint = true
			}
		}
	default:
		return "", false, nil
	}
	return e, plural, used
}

// choose picks what a name stands for if several kinds of things have it.
func (p *parser) choose(things []named, hint Entity) []named {
	of := func(entities ...Entity) []named {
		return slices.DeleteFunc(slices.Clone(things), func(n named) bool { return !slices.Contains(entities, n.entity) })
	}
	if hint != "" {
		if found := of(hint); len(found) > 0 {
			return exactCase(found, p.spans[p.i].raw)
		}
	}
	before := p.at(p.before(p.i))
	order := make([][]Entity, 0, 4)
	switch {
	case before.has(catField, "labels"):
		order = [][]Entity{{"label"}}
		p.dropField("labels")
	case before.is(catBy) || before.has(catCreated, "by") || p.createdBy:
		order = [][]Entity{{EntityCreator}}
	case before.is(catIn) || p.at(p.after(p.i)).is(catIn):
		order = [][]Entity{{EntityProject, EntityOrg}}
	}
	order = append(order, []Entity{EntityCluster, EntityProject, EntityOrg, EntityBranch}, []Entity{EntityCreator}, []Entity{"label"})
	for _, entities := range order {
		if found := of(entities...); len(found) > 0 {
			return exactCase(found, p.spans[p.i].raw)
		}
	}
	return nil
}

// exactCase keeps the names that are written as in the question, if there are
// any; otherwise case does not count.
func exactCase(things []named, raw string) []named {
	byName := slices.DeleteFunc(slices.Clone(things), func(n named) bool { return n.byID })
	if len(byName) > 0 {
		things = byName
	}
	same := slices.DeleteFunc(slices.Clone(things), func(n named) bool { return n.text != raw })
	if len(same) > 0 {
		return same
	}
	return things
}

// naming reads "named X", "containing X", "X で始まる".
func (p *parser) naming() bool {
	s := p.spans[p.i]
	i := p.after(p.i)
	next := p.at(i)
	if kind, ok := s.value(catNamed); ok {
		return next != nil && p.namingBefore(kind, i)
	}
	kind, ok := next.value(catNamedAfter)
	if !ok || !p.nameable(s) || s.is(catEntity) && next.is(catHave) {
		return false
	}
	return p.nameLike(kind, i, p.i)
}

// namingBefore reads a word of naming with the name behind it, at i.
func (p *parser) namingBefore(kind string, i int) bool {
	s, next := p.spans[p.i], p.at(i)
	switch {
	case !p.nameable(next):
		return false
	case kind == "eq" && (len(next.names) > 0 || len(next.loose) > 0):
		p.use(p.i, p.i)
		p.i = i
		return p.nameAfterNaming(i)
	case kind == "prefix" && p.language == "zh" && !p.closes(i):
		return false
	case s.is(catHave) && !next.quoted && (next.any(catEntity, catState, catField) || next.number != nil):
		return false // "containing 3 clusters"
	}
	return p.nameLike(kind, p.i, i)
}

// nameAfterNaming reads the name behind "named". In languages without a plural
// all things of the name are meant.
func (p *parser) nameAfterNaming(i int) bool {
	read := p.name()
	if n := len(p.refs); read && n > 0 && p.refs[n-1].at == i && (p.language == "zh" || p.language == "ja") {
		p.refs[n-1].plural = true
	}
	return read
}

// closes reports whether 开头 or 结尾 follows: 以 X 开头.
func (p *parser) closes(i int) bool {
	return p.at(p.after(i)).is(catNamedAfter) || p.at(i+1).is(catNamedAfter)
}

// nameable reports whether a span can be a part of a name.
func (p *parser) nameable(s *span) bool {
	switch {
	case s.quoted, s.unknown, len(s.names) > 0, len(s.loose) > 0, s.version != "", s.number != nil:
		return true
	}
	return len(s.senses) > 0 && !s.filler() && !s.any(catField, catCompare)
}

// part returns the part of a name that a span stands for. It is not known if
// it occurs in no name and is one slip away from what does.
func (p *parser) part(s *span) (text string, known bool) {
	if s.quoted {
		return s.raw, true
	}
	text = strings.Trim(s.raw, "*%")
	if p.names.occurs(keyOf(text)) {
		return text, true
	}
	if s.repaired != "" && len(s.names) > 0 {
		return s.repaired, true
	}
	near, _ := nearest(keyOf(text), p.names.parts())
	return text, len(near) == 0
}

// nameLike adds a filter on a part of the name.
func (p *parser) nameLike(kind string, marker, i int) bool {
	s := p.spans[i]
	op := map[string]Op{"eq": OpEq, "contains": OpContains, "prefix": OpPrefix, "suffix": OpSuffix}[kind]
	if after, ok := p.at(p.after(i)).value(catNamedAfter); ok && p.language == "zh" {
		op = map[string]Op{"prefix": OpPrefix, "suffix": OpSuffix}[after]
		p.use(p.after(i), p.after(i))
	}
	v, known := p.part(s)
	if !known {
		p.use(marker, marker)
		p.loners = append(p.loners, i)
		p.i = max(p.i, marker, i) + 1
		return true
	}
	f := Filter{fieldName, op, text(v)}
	if p.negate || p.except {
		f = opposite(f)
		p.negate = false
	}
	p.put(f, i)
	p.use(marker, marker)
	p.use(i, i)
	// "in the name", "with a name": what else belongs to it
	for _, j := range []int{p.before(marker), p.before(p.before(marker))} {
		if p.at(j).has(catField, fieldName) {
			p.fields = slices.DeleteFunc(p.fields, func(f fieldAt) bool { return f.at == j })
		}
	}
	end := max(marker, i)
	if next := p.after(end); p.at(next).has(catNamed, "contains") && p.at(next).has(catNamedAfter, "contains") {
		p.use(next, next)
	}
	p.i = max(p.i, end) + 1
	return true
}
