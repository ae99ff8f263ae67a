package ask

import (
	"cmp"
	"slices"
	"strings"
)

// noun is a word for a kind of thing, and where it stands.
type noun struct {
	entity Entity
	at     int
	plural bool
	which  bool // "which …" stands before it
	hint   bool // it only says what kind of thing a name beside it is
}

// ref is a thing that was named, by its name or by a part of it.
type ref struct {
	at      int
	entity  Entity
	things  []named
	op      Op
	text    string // what is compared with
	negated bool
	plural  bool // "the payments projects": all of that name are meant
	quoted  bool
}

// parser reads the spans of one question into slots. The grammar is one of
// slots, not of sentences, so that the order of words matters as little as it
// does in the four languages together.
type parser struct {
	*marker
	world *World
	i     int // the span that is looked at

	filters   []Filter
	filterAt  []int // the span of each filter
	refs      []ref
	nouns     []noun
	fields    []fieldAt
	group     []string
	sort      *Sort
	top       *superlative
	sum       string // sum, avg
	asks      map[string]bool
	negate    bool // the next value is negated
	except    bool // all values that follow are
	without   bool // the next field or noun is missing
	link      string
	created   bool // a verb of creation was read
	createdBy bool
	timed     int // spans of time: 1 a day, 2 longer
	inherent  bool
	health    bool
	free      bool
	mine      bool
	runs      bool // "running in" stood before a place
	following bool // the question goes on from the one before
	conflict  bool // an "or" between two fields
	loners    []int
	format    string
}

type fieldAt struct {
	field   string
	at      int
	without bool
	with    bool
}

type superlative struct {
	kind  string // most, newest, …
	at    int
	limit *int
}

func parse(m *marker, w *World) *parser {
	p := &parser{marker: m, world: w, asks: make(map[string]bool)}
	p.walk()
	return p
}

func (p *parser) at(i int) *span {
	if i < 0 || i >= len(p.spans) {
		return nil
	}
	return p.spans[i]
}

// filler reports whether a span says nothing by itself.
func (s *span) filler() bool {
	return s != nil && !s.quoted && s.is(catSkip) && len(s.names) == 0
}

// some reports whether something is true of any span.
func (p *parser) some(holds func(*span) bool) bool { return slices.ContainsFunc(p.spans, holds) }

// wants reports whether one of these was asked.
func (p *parser) wants(asks ...string) bool {
	return slices.ContainsFunc(asks, func(a string) bool { return p.asks[a] })
}

// done marks the spans up to the one at last as used and goes on behind it.
func (p *parser) done(last int) bool {
	p.use(p.i, last)
	p.i = last + 1
	return true
}

// after returns the next span that says something.
func (p *parser) after(i int) int {
	for i++; i < len(p.spans) && (p.spans[i].filler() || p.spans[i].is(catOf) && !p.spans[i].is(catIn)); i++ {
	}
	return i
}

func (p *parser) before(i int) int {
	for i--; i >= 0 && (p.spans[i].filler() || p.spans[i].is(catOf) && !p.spans[i].is(catIn)); i-- {
	}
	return i
}

func (p *parser) use(from, to int) {
	for ; from <= to && from < len(p.spans); from++ {
		p.spans[from].used = true
	}
}

// walk gives each span its slot, from left to right.
func (p *parser) walk() {
	rules := []func() bool{
		p.between, p.time, p.naming, p.comparison, p.superlative, p.grouping, p.creation, p.negation, p.value, p.noun, p.flag,
	}
	for p.i = 0; p.i < len(p.spans); {
		s := p.spans[p.i]
		if s.used {
			p.i++
			continue
		}
		was := p.i
		for _, rule := range rules {
			if rule() {
				break
			}
		}
		if p.i == was {
			if !s.used && !s.filler() && !p.silent(s) && (p.whole(p.i) != 2 || !p.has(catCompareTo)) {
				p.loners = append(p.loners, p.i)
			}
			p.i++
		}
	}
}

// silent reports whether a span may stay without a slot.
func (p *parser) silent(s *span) bool {
	return s.any(catIn, catOf, catHave, catIs, catAnd, catYes, catPolite, catMore, catThose, catThing, catUnique, catBy, catFormat, catConsole,
		catMine, catCompareTo, catEvery)
}

// negation notes what makes the next value its opposite.
func (p *parser) negation() bool {
	s := p.spans[p.i]
	switch {
	case s.has(catNot, "after") || s.is(catExceptAfter):
		return p.negateLast(p.i)
	case s.has(catWithout, "after"):
		p.use(p.i, p.i)
		p.withoutLast()
		p.i++
		return true
	case s.is(catWithout) && p.withoutFits():
		p.without = true
	case s.is(catNot):
		p.negate = true
	case s.is(catExcept):
		p.except = true
	case s.is(catWithout):
		p.negate = true
	default:
		return false
	}
	p.use(p.i, p.i)
	p.i++
	return true
}

// withoutFits reports whether a noun or a field follows, which "without" or
// "no" can be about.
func (p *parser) withoutFits() bool {
	for i := p.after(p.i); i < len(p.spans) && i <= p.i+4; i = p.after(i) {
		s := p.spans[i]
		if s.is(catEntity) && i > p.after(p.i) {
			return p.otherThing(i) // 没有运行的集群 has clusters, 没有运行的集群的项目 has none
		}
		if s.is(catEntity) || s.is(catField) {
			return true
		}
		if !s.is(catState) && !s.is(catPlan) && !s.is(catProvider) && !s.is(catAsk) {
			return false
		}
	}
	return false
}

// otherThing reports whether there is a noun for things besides the one at i.
func (p *parser) otherThing(i int) bool {
	for j, s := range p.spans {
		if e, ok := s.value(catEntity); ok && j != i && isThing(Entity(e)) {
			return true
		}
	}
	return false
}

// negateLast negates the values that stand directly before a word such as
// "以外" or "ではない".
func (p *parser) negateLast(i int) bool {
	p.use(i, i)
	p.i++
	if n := len(p.filters); n > 0 && (len(p.refs) == 0 || p.refs[len(p.refs)-1].at < p.filterAt[n-1]) {
		at := p.filterAt[n-1]
		for j := n - 1; j >= 0 && p.filterAt[j] == at; j-- {
			p.filters[j] = opposite(p.filters[j])
		}
		if s := p.spans[i]; s.is(catExceptAfter) && p.except {
			// 除了…以外 negated it already
			p.filters[n-1] = opposite(p.filters[n-1])
		}
		p.except = false
		return true
	}
	if n := len(p.refs); n > 0 {
		p.refs[n-1].negated = true
		p.except = false
		return true
	}
	p.loners = append(p.loners, i)
	return true
}

// withoutLast turns the noun or field before "がない" into its absence.
func (p *parser) withoutLast() {
	lastField, lastNoun := -1, -1
	if n := len(p.fields); n > 0 {
		lastField = p.fields[n-1].at
	}
	if n := len(p.nouns); n > 0 {
		lastNoun = p.nouns[n-1].at
	}
	switch {
	case lastField > lastNoun:
		p.fields[len(p.fields)-1].without = true
	case lastNoun >= 0:
		p.absent(p.nouns[len(p.nouns)-1].entity)
		p.nouns = p.nouns[:len(p.nouns)-1]
	default:
		p.loners = append(p.loners, p.i)
	}
}

// opposite returns the filter that keeps what f drops.
func opposite(f Filter) Filter {
	pairs := [][2]Op{{OpEq, OpNe}, {OpIn, OpNotIn}, {OpNull, OpNotNull}, {OpPrefix, OpNotPrefix}, {OpContains, OpNotMatches}, {OpGt, OpLte}, {OpGte, OpLt}}
	for _, pair := range pairs {
		switch f.Op {
		case pair[0]:
			f.Op = pair[1]
			return f
		case pair[1]:
			f.Op = pair[0]
			return f
		}
	}
	return f
}

// absent notes that a thing has none of an entity.
func (p *parser) absent(e Entity) {
	field := map[Entity]string{EntityCluster: fieldClusters, EntityProject: fieldProjects, EntityBranch: fieldBranches}[e]
	if field == "" {
		p.conflict = true
		return
	}
	p.put(Filter{field, OpEq, number(0)}, p.i)
}

// put adds a filter that stands for itself.
func (p *parser) put(f Filter, at int) {
	p.filters = append(p.filters, f)
	p.filterAt = append(p.filterAt, at)
}

// add adds a value of a field, as its opposite behind a negation, and joined
// with the value before if that is of the same field.
func (p *parser) add(f Filter, at int) {
	negated := p.negate || p.except
	if negated {
		f = opposite(f)
	}
	link := p.link
	p.link, p.negate = "", false
	n := len(p.filters)
	switch {
	case n == 0:
	case p.filters[n-1].Field == f.Field && joins(p.filters[n-1], f):
		before := p.filters[n-1]
		p.conflict = p.conflict || link == "" && p.filterAt[n-1] < at && contradict(before, f)
		if link != "" || !f.positive() || before.Op == f.Op {
			p.filters[n-1], p.filterAt[n-1] = join(before, f), at
			return
		}
	case link == catOr && !negated:
		p.conflict = true
	}
	p.put(f, at)
}

// contradict reports whether two values stand beside each other of which only
// one can be: "paused active clusters".
func contradict(a, b Filter) bool {
	return a.positive() && b.positive() && a.Value.String() != b.Value.String()
}

// positive reports whether a filter keeps what has its value.
func (f Filter) positive() bool { return f.Op == OpEq || f.Op == OpIn }

// negative reports whether a filter drops what has its value.
func (f Filter) negative() bool { return f.Op == OpNe || f.Op == OpNotIn }

// joins reports whether the values of two filters can stand in one list.
func joins(a, b Filter) bool {
	return a.Value.Rel == "" && (a.positive() && b.positive() || a.negative() && (b.negative() || b.positive()))
}

// join puts the values of two filters on one field together.
func join(a, b Filter) Filter {
	list := slices.Clone(a.Value.texts())
	for _, v := range b.Value.texts() {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	if len(list) == 1 {
		return a
	}
	op := OpIn
	if a.negative() {
		op = OpNotIn
	}
	return Filter{a.Field, op, Value{List: list}}
}

// flag notes words that say what is wanted rather than of what.
func (p *parser) flag() bool {
	s := p.spans[p.i]
	switch {
	case s.is(catAsk):
		return p.asking(s)
	case len(s.names) > 0:
		return false
	case s.any(catOr, catAnd):
		return p.linking(s)
	case s.is(catMine):
		return p.my()
	case s.any(catDesc, catAsc, catSort):
		return p.sorting(s)
	case s.is(catSum):
		p.sum, _ = s.value(catSum)
	case s.is(catFormat):
		p.format, _ = s.value(catFormat)
	case s.is(catIn) && s.text == "running in":
		p.runs = true
	case s.is(catEmpty) && p.hasProjects():
		p.empty()
	default:
		return false
	}
	return p.done(p.i)
}

// empty adds the filter of empty projects.
func (p *parser) empty() {
	f := Filter{fieldClusters, OpEq, number(0)}
	if p.negate || p.except {
		f.Op, p.negate = OpGt, false
	}
	p.put(f, p.i)
}

// asking notes what is asked.
func (p *parser) asking(s *span) bool {
	for _, x := range s.senses {
		if x.category == catAsk && (x.value != "count" || p.top == nil) { // "top 3 projects by number of clusters"
			p.asks[x.value] = true
		}
	}
	return p.done(p.i)
}

// linking notes how the next value goes with the one before.
func (p *parser) linking(s *span) bool {
	switch {
	case s.is(catOr) && s.is(catYes) && p.after(p.i) >= len(p.spans): // か at the end only asks
	case s.is(catOr):
		p.link = catOr
	default:
		p.link = cmp.Or(p.link, catAnd)
		p.negate = p.negate && p.listGoesOn()
	}
	return p.done(p.i)
}

func (p *parser) hasProjects() bool {
	return p.hasNoun(EntityProject) || p.hasNoun(EntityOrg)
}

// listGoesOn reports whether a value of the same field follows an "and".
func (p *parser) listGoesOn() bool {
	n := len(p.filters)
	if n == 0 {
		return p.negate
	}
	next := p.at(p.after(p.i))
	if next == nil {
		return false
	}
	for _, c := range []string{catState, catPlan, catProvider, catCity} {
		if next.is(c) && strings.HasPrefix(p.filters[n-1].Field, map[string]string{catState: fieldState, catPlan: fieldPlan, catProvider: fieldProvider, catCity: fieldRegion}[c]) {
			return true
		}
	}
	return false
}

// my reads "my clusters", which are those one created, while "my projects"
// are those one sees.
func (p *parser) my() bool {
	s := p.spans[p.i]
	p.use(p.i, p.i)
	next := p.after(p.i)
	for k := 0; k < 4 && (p.at(next).is(catTop) || p.at(next) != nil && isValue(p.at(next)) || p.whole(next) > 0); k++ {
		next = p.after(next)
	}
	if s.has(catMine, "my") && p.at(next).has(catEntity, string(EntityCluster)) && !p.counting() {
		p.mine = true
	}
	p.i++
	return true
}

func (p *parser) counting() bool {
	return slices.ContainsFunc(p.spans, func(s *span) bool { return s.has(catAsk, "count") || s.has(catAsk, "exists") })
}

// fieldAt returns the field that a span stands for.
func (p *parser) fieldAt(i int) (string, bool) {
	s := p.at(i)
	if f, ok := s.value(catField); ok && f != "currency" && f != "cents" {
		return f, true
	}
	if e, ok := s.value(catEntity); ok {
		switch Entity(e) {
		case EntityProject:
			return fieldProject, true
		case EntityOrg:
			return fieldOrg, true
		case EntityCluster, EntityBranch:
			return "", false
		}
		return Entity(e).facet()
	}
	return "", false
}
