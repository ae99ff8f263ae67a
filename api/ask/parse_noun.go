package ask

import (
	"slices"
	"strings"
)

// noun notes a word for a kind of thing or for a field.
func (p *parser) noun() bool {
	s := p.spans[p.i]
	e, isEntity := s.value(catEntity)
	field, isField := s.value(catField)
	facet, isFacet := Entity(e).facet()
	switch {
	case !isEntity && !isField:
		return false
	case field == "currency", field == "cents", isFacet && p.besideValue(facet):
		return p.done(p.i)
	case p.without:
		p.without = false
		p.lack(Entity(e), field, facet)
		return p.done(p.i)
	case isField:
		p.fields = append(p.fields, fieldAt{field: field, at: p.i, with: p.at(p.before(p.i)).is(catHave)})
		return p.done(p.i)
	case isFacet:
		p.fields = append(p.fields, fieldAt{field: facet, at: p.i})
	case p.secondOfTwo(Entity(e)):
		p.conflict = true // "projects and clusters"
	}
	p.nouns = append(p.nouns, noun{entity: Entity(e), at: p.i, plural: isPlural(s.text), which: p.whichBefore(p.i)})
	return p.done(p.i)
}

// secondOfTwo reports whether another kind of thing stands before the noun,
// joined by an "and" or an "or".
func (p *parser) secondOfTwo(e Entity) bool {
	and := p.before(p.i)
	if !p.at(and).any(catAnd, catOr) || len(p.nouns) == 0 {
		return false
	}
	last := p.nouns[len(p.nouns)-1]
	return last.at == p.before(and) && isThing(last.entity) && last.entity != e
}

// lack notes that what follows "without" is missing.
func (p *parser) lack(e Entity, field, facet string) {
	switch {
	case field != "":
		p.fields = append(p.fields, fieldAt{field: field, at: p.i, without: true})
	case facet != "":
		p.put(Filter{facet, OpNull, Value{}}, p.i)
	case e == EntityCluster && p.valuesSinceWithout():
		// "without paused clusters": no cluster has those values
		for i := range p.filters {
			f := &p.filters[i]
			f.Field, f.Op = clusterPrefix+f.Field, OpNone
		}
	default:
		p.absent(e)
	}
}

// valuesSinceWithout reports whether all filters so far stand between
// "without" and the noun at hand.
func (p *parser) valuesSinceWithout() bool {
	if len(p.filters) == 0 {
		return false
	}
	start := p.i
	for start > 0 && !p.spans[start].is(catWithout) {
		start--
	}
	return !slices.ContainsFunc(p.filterAt, func(at int) bool { return at < start }) &&
		!slices.ContainsFunc(p.filters, func(f Filter) bool { return f.Op != OpEq && f.Op != OpNone })
}

func (p *parser) whichBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		s := p.spans[j]
		if s.has(catAsk, "which") || s.has(catAsk, "count") {
			return true
		}
		if !s.filler() && !s.is(catNot) && !s.is(catMine) && !s.is(catUnique) && !s.is(catThose) {
			return false
		}
	}
	return false
}

// besideValue reports whether a noun such as "region" or "plan" only says
// what the value beside it is: "the Tokyo region", "state paused".
func (p *parser) besideValue(facet string) bool {
	b, a := p.before(p.i), p.after(p.i)
	if p.valueOf(facet, p.at(b)) && !p.isName(b) || p.valueOf(facet, p.at(a)) && !p.isName(a) {
		return true
	}
	is := p.at(a).is(catIs) || p.at(p.i+1).is(catIs)
	return is && !p.whichBefore(p.i) && p.valueOf(facet, p.at(p.after(a)))
}

// valueOf reports whether a span is a value of a field.
func (p *parser) valueOf(facet string, s *span) bool {
	if s == nil || s.quoted {
		return false
	}
	switch facet {
	case fieldRegion:
		return s.any(catCity, catCountry, catContinent) || p.regionOf(s) != ""
	case fieldState:
		return s.is(catState) && !s.is(catWrite)
	case fieldPlan:
		return s.is(catPlan)
	case fieldProvider:
		return s.is(catProvider)
	case fieldVersion:
		return s.version != ""
	}
	return facet == fieldCreator && len(s.called(EntityCreator)) > 0
}

// isName reports whether a word that could be a value stands for a name.
func (p *parser) isName(i int) bool { return len(p.at(i).names) > 0 && p.prefersName(i) }

func isPlural(text string) bool {
	return strings.HasSuffix(text, "s") && text != "status" && text != "dbs" || text == "people" || text == "dbs"
}

// regionOf returns the region in use whose id or code a span is.
func (p *parser) regionOf(s *span) string {
	if s == nil || s.text == "" {
		return ""
	}
	want := squeeze(s.text)
	for _, r := range p.world.rows().regions {
		if squeeze(r.ID) == want || squeeze(r.Code) == want {
			return r.ID
		}
	}
	return ""
}

var hyphens = strings.NewReplacer("-", "", "_", "", " ", "", "‐", "")

// squeeze drops the hyphens of a region code: ap-northeast1 is
// ap-northeast-1.
func squeeze(s string) string {
	return strings.ToLower(hyphens.Replace(s))
}

// value reads a span that is a value of a field, or a name.
func (p *parser) value() bool {
	s := p.spans[p.i]
	if s.quoted || len(s.names) > 0 && p.prefersName(p.i) {
		return p.name()
	}
	if p.known(s) {
		p.use(p.i, p.i)
		p.i++
		return true
	}
	if p.region(s) {
		return true
	}
	if s.version != "" && s.number == nil || s.version != "" && p.versionContext() {
		op, v := OpPrefix, s.version
		if strings.Count(v, ".") >= 2 {
			op = OpEq
		}
		p.add(Filter{fieldVersion, op, text(v)}, p.i)
		p.use(p.i, p.i)
		p.i++
		return true
	}
	if len(s.names) > 0 && len(s.senses) == 0 || len(s.loose) > 0 {
		return p.name()
	}
	return false
}

// valueFields are the fields of categories whose values are compared as they
// stand in the vocabulary.
var valueFields = map[string]string{
	catProvider: fieldProvider, catCity: fieldCity, catCountry: fieldCountry, catContinent: fieldContinent,
}

// known adds the filters of a word that is a value: a state, a plan, a
// provider or a place.
func (p *parser) known(s *span) bool {
	if s.is(catCreated) && s.is(catWrite) {
		return false
	}
	for _, x := range s.senses {
		field, plain := valueFields[x.category]
		switch {
		case plain:
			p.add(Filter{field, OpEq, text(x.value)}, p.i)
		case x.category == catState:
			p.state(x.value)
		case x.category == catTrouble:
			p.health = true
			p.add(Filter{fieldState, OpNe, text("ACTIVE")}, p.i)
		case x.category == catPlan:
			p.plan(x.value)
		case x.category == catType && p.hasNoun(EntityProject):
			p.add(Filter{fieldType, OpEq, text(x.value)}, p.i)
		default:
			continue
		}
		return true
	}
	return false
}

// state adds the filter of a word for a state.
func (p *parser) state(v string) {
	switch {
	case p.skipState():
	case v == "changing":
		p.add(Filter{fieldState, OpIn, Value{List: slices.Clone(changingStates)}}, p.i)
	case v == "healthy":
		p.health = true
		p.add(Filter{fieldState, OpEq, text("ACTIVE")}, p.i)
	default:
		p.add(Filter{fieldState, OpEq, text(v)}, p.i)
	}
}

// skipState reports whether a state is only a verb of being somewhere: "what
// region is X running in".
func (p *parser) skipState() bool {
	s := p.spans[p.i]
	switch s.text {
	case "running", "live", "up", "稼働", "运行", "稼働している", "動いている", "corriendo", "funcionando", "运行着", "稼働しています":
		next := p.at(p.after(p.i))
		if next != nil && next.version != "" {
			return true
		}
		return p.asksPlace() && (len(p.refs) > 0 || !p.hasNoun(EntityCluster)) && !next.has(catEntity, string(EntityCluster))
	}
	return false
}

func (p *parser) hasNoun(e Entity) bool {
	return slices.ContainsFunc(p.spans, func(s *span) bool { return s.has(catEntity, string(e)) })
}

func (p *parser) asksPlace() bool {
	if p.asks["where"] || p.asks["which"] {
		for _, s := range p.spans {
			if s.is(catEntity) && !s.has(catEntity, string(EntityCluster)) || s.has(catAsk, "where") {
				return true
			}
		}
	}
	return false
}

// changingStates are the states that clusters pass through.
var changingStates = []string{
	"CREATING", "DELETING", "IMPORTING", "MAINTENANCE", "MODIFYING", "PAUSING", "RESTORING", "RESUMING", "UPGRADING",
}

// serverlessPlans are what was called Serverless: everything on TiDB X.
var serverlessPlans = []string{"STARTER", "ESSENTIAL", "PREMIUM"}

func (p *parser) plan(v string) {
	switch v {
	case "tidbx", "DEDICATED":
		if p.hasNoun(EntityProject) && !p.hasNoun(EntityCluster) {
			p.add(Filter{fieldType, OpEq, text(strings.ToLower(v))}, p.i)
			return
		}
	}
	switch v {
	case "serverless", "tidbx":
		p.add(Filter{fieldPlan, OpIn, Value{List: slices.Clone(serverlessPlans)}}, p.i)
	case "free":
		if p.negate || p.except {
			p.conflict = true
		}
		p.free = true
		p.put(Filter{fieldPlan, OpEq, text("STARTER")}, p.i)
		p.put(Filter{fieldLimit, OpEq, number(0)}, p.i)
	default:
		p.add(Filter{fieldPlan, OpEq, text(v)}, p.i)
	}
}

// region reads the id or code of a region.
func (p *parser) region(s *span) bool {
	if len(s.names) > 0 && len(s.senses) == 0 && !p.at(p.before(p.i)).is(catIn) {
		return false
	}
	id := p.regionOf(s)
	if id == "" {
		return p.foreignRegion(s)
	}
	same := 0
	code := ""
	for _, r := range p.world.rows().regions {
		if squeeze(r.Code) == squeeze(s.text) {
			same, code = same+1, r.Code
		}
	}
	if same > 1 {
		p.add(Filter{fieldCode, OpEq, text(code)}, p.i)
	} else {
		p.add(Filter{fieldRegion, OpEq, text(id)}, p.i)
	}
	p.use(p.i, p.i)
	p.i++
	return true
}

// foreignRegion reads the code of a region that nothing runs in.
func (p *parser) foreignRegion(s *span) bool {
	g := gazetteer()
	code := s.text
	if _, after, ok := strings.Cut(code, "-"); ok {
		switch strings.SplitN(code, "-", 2)[0] {
		case "aws", "gcp", "azure", "alicloud":
			code = after
		}
	}
	known, ok := g.bySqueezed[squeeze(code)]
	if !ok {
		return false
	}
	p.add(Filter{fieldCode, OpEq, text(known)}, p.i)
	p.use(p.i, p.i)
	p.i++
	return true
}

func (p *parser) versionContext() bool {
	before := p.at(p.before(p.i))
	return before.has(catEntity, string(EntityVersion)) || before.is(catState) && before.used || before.is(catIn) || before.is(catHave) ||
		strings.Count(p.spans[p.i].version, ".") >= 2 || p.at(p.after(p.i)).has(catEntity, string(EntityVersion)) || before.is(catNot) || before.is(catExcept)
}
