package ask

import "slices"

// mostLimit is the largest number that "top" takes.
const mostLimit = 10_000

// superlative reads "newest", "top 3", "3 newest", "most", "highest".
func (p *parser) superlative() bool {
	s := p.spans[p.i]
	kind, ok := s.value(catTop)
	switch {
	case !ok, p.notTop(s):
		return false
	case p.top != nil:
		if p.top.kind != "top" || kind == "top" {
			return false
		}
		p.top.kind = kind // "top 5 newest"
		return p.done(p.i)
	}
	t := &superlative{kind: kind, at: p.i, limit: p.limitAt(p.i+1, true)}
	if t.limit == nil {
		t.limit = p.limitAt(p.i-1, false)
	}
	if t.limit == nil {
		t.limit = p.limitBeyond()
	}
	if t.limit == nil && (s.text == "first" || s.text == "last") {
		if next := p.at(p.after(p.i)); !next.is(catEntity) || isPlural(next.text) {
			return false
		}
	}
	p.top = t
	if p.at(p.i + 1).is(catCreated) {
		return p.done(p.i + 1)
	}
	return p.done(p.i)
}

// notTop reports whether a word of superlatives stands for something else:
// "menos" for except.
func (p *parser) notTop(s *span) bool {
	if s.is(catExcept) && !p.at(p.after(p.i)).any(catEntity, catField) {
		return true
	}
	return s.is(catSkip) && (s.has(catTop, "newest") || s.has(catTop, "oldest")) && s.text != "newest"
}

// limitAt returns the number at j and uses it.
func (p *parser) limitAt(j int, fresh bool) *int {
	n := p.whole(j)
	if n <= 0 || n > mostLimit || fresh && p.at(j).used || p.at(j+1).is(catUnit) {
		return nil
	}
	p.use(j, j)
	p.drop(j)
	return &n
}

// limitBeyond looks for the number on the other side of the noun: "which 2
// regions have the most", "los 3 clústeres más recientes", "最新のクラスター3つ".
func (p *parser) limitBeyond() *int {
	if len(p.loners) == 1 && p.at(p.after(p.loners[0])).is(catEntity) {
		if limit := p.limitAt(p.loners[0], false); limit != nil {
			return limit
		}
	}
	if p.language == "en" {
		return nil
	}
	if b := p.before(p.i); p.at(b).is(catEntity) && slices.Contains(p.loners, p.before(b)) {
		return p.limitAt(p.before(b), false)
	}
	j := p.after(p.i)
	switch {
	case p.whole(j) > 0:
	case p.at(j).is(catEntity):
		j = p.after(j)
	default:
		return nil
	}
	if p.at(p.after(j)).is(catCompareAfter) {
		return nil
	}
	return p.limitAt(j, true)
}

// drop takes a span off the list of those that found no slot.
func (p *parser) drop(at int) {
	p.loners = slices.DeleteFunc(p.loners, func(i int) bool { return i == at })
}
