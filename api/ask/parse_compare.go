package ask

// sinceOps are the operators of words such as before, for versions.
var sinceOps = map[string]Op{"lt": OpLt, "gte": OpGte, "gt": OpGt}

// comparison reads "more than 3 clusters", "spending limit over $10", "v8 or
// older", "3つ以上".
func (p *parser) comparison() bool {
	s := p.spans[p.i]
	if kind, ok := s.value(catCompare); ok {
		if j := p.amount(p.i); j >= 0 {
			if after := p.after(j); p.at(after).is(catCompareAfter) {
				p.use(after, after)
			}
			return p.compare(Op(kind), j, p.i, j)
		}
	}
	if since, ok := s.value(catSince); ok {
		if j := p.after(p.i); p.at(j) != nil && p.at(j).version != "" {
			return p.compare(sinceOps[since], j, p.i, j)
		}
	}
	if s.number == nil && s.version == "" && !s.is(catNumber) {
		return false
	}
	return p.comparedAfter(s) || p.equal(s)
}

// comparedAfter reads a number with the comparison behind it.
func (p *parser) comparedAfter(s *span) bool {
	j := p.i + 1
	for j < p.i+4 && p.at(j) != nil && !p.at(j).is(catCompareAfter) && (p.at(j).filler() || p.at(j).any(catField, catEntity, catNumber)) {
		j++
	}
	if kind, ok := p.at(j).value(catCompareAfter); ok {
		p.use(j, j)
		return p.compare(Op(kind), p.i, p.i, p.i)
	}
	since, ok := p.at(p.i + 1).value(catSinceAfter)
	return ok && s.version != "" && p.compare(sinceOps[since], p.i, p.i, p.i+1)
}

// equal reads a number that something has or is: "with 3 nodes", "whose
// spending limit is 10", "$5".
func (p *parser) equal(s *span) bool {
	if s.has(catNumber, "1") {
		return false // an article, in Spanish
	}
	b := p.before(p.i)
	before := p.at(b)
	is := before.is(catIs) && p.at(p.before(b)).is(catField) || p.at(p.i-1).is(catIs) && before.is(catField)
	if is || before.is(catHave) || before.is(catField) && s.version == "" || p.money(p.i) {
		return p.compare(OpEq, p.i, p.i, p.i)
	}
	return false
}

// amount returns the span of the number behind a comparison.
func (p *parser) amount(i int) int {
	j := i + 1
	for k := 0; k < 3; k++ {
		s := p.at(j)
		switch {
		case s == nil:
			return -1
		case s.version != "" || p.whole(j) >= 0 || s.number != nil:
			return j
		case s.filler() || s.is(catField):
			j++
		default:
			return -1
		}
	}
	return -1
}

// compare adds the filter for a number at span j; what it counts stands
// beside it.
func (p *parser) compare(op Op, j, from, to int) bool {
	s := p.at(j)
	if s.version != "" && (s.number == nil || p.comparesVersions(from, j)) {
		p.put(Filter{fieldVersion, op, text(s.version)}, j)
		p.use(from, to)
		p.i = max(to, j) + 1
		p.dropField(fieldVersion)
		return true
	}
	n := float64(p.whole(j))
	if s.number != nil {
		n = *s.number
	}
	field := p.counted(from, j)
	if field == "" {
		return false
	}
	if p.negate {
		op = opposite(Filter{Op: op}).Op
		p.negate = false
	}
	if p.cents(j) {
		n /= 100
	}
	p.put(Filter{field, op, number(n)}, j)
	p.use(from, max(to, j))
	p.i = max(to, j) + 1
	return true
}

func (p *parser) cents(j int) bool { return p.at(p.after(j)).has(catField, "cents") }

func (p *parser) comparesVersions(from, j int) bool {
	for _, k := range []int{p.before(from), p.after(from), p.after(j)} {
		if p.at(k).has(catEntity, string(EntityVersion)) {
			return true
		}
	}
	return !p.money(j) && p.counted(from, j) == ""
}

// money reports whether the number at j has a sign or a word of currency.
func (p *parser) money(j int) bool {
	for _, k := range []int{j - 1, j + 1} {
		if p.at(k).has(catField, "currency") || p.at(k).has(catField, "cents") {
			return true
		}
	}
	return false
}

// counted returns the field that a number is compared with: the noun or field
// behind it or before it.
func (p *parser) counted(from, j int) string {
	if p.money(j) {
		p.dropField(fieldLimit)
		return fieldLimit
	}
	k := p.after(j)
	if p.at(k).any(catNumber, catCompareAfter) {
		k = p.after(k)
	}
	if f := p.countedAt(k); f != "" {
		p.use(k, k)
		return f
	}
	// "spending limit over 10", "クラスターが3つ以上"
	for k := len(p.fields) - 1; k >= 0; k-- {
		if f := p.fields[k].field; f == fieldLimit || f == fieldNodes || f == "backup_days" {
			p.fields = append(p.fields[:k], p.fields[k+1:]...)
			return f
		}
	}
	if n := len(p.nouns); n > 0 && p.nouns[n-1].at >= from-3 {
		if f := p.countedAt(p.nouns[n-1].at); f != "" {
			p.nouns = p.nouns[:n-1]
			return f
		}
	}
	return ""
}

// countedAt returns the field that a word stands for as something counted.
func (p *parser) countedAt(k int) string {
	s := p.at(k)
	if f, ok := s.value(catField); ok {
		return f
	}
	if f := countField(s); f != "" && p.otherNoun(k, f) {
		return f
	}
	return ""
}

// otherNoun reports whether there is another noun that can have a number of
// what stands at k.
func (p *parser) otherNoun(k int, field string) bool {
	for i, s := range p.spans {
		if i == k {
			continue
		}
		e, ok := s.value(catEntity)
		if !ok {
			continue
		}
		switch {
		case field == fieldClusters && (Entity(e) == EntityProject || Entity(e) == EntityOrg):
			return true
		case field == fieldProjects && Entity(e) == EntityOrg:
			return true
		case field == fieldBranches && Entity(e) == EntityCluster:
			return true
		}
	}
	return false
}

func countField(s *span) string {
	e, _ := s.value(catEntity)
	switch Entity(e) {
	case EntityCluster:
		return fieldClusters
	case EntityProject:
		return fieldProjects
	case EntityBranch:
		return fieldBranches
	}
	return ""
}

func (p *parser) dropField(field string) {
	for k := len(p.fields) - 1; k >= 0; k-- {
		if p.fields[k].field == field {
			p.fields = append(p.fields[:k], p.fields[k+1:]...)
		}
	}
	for k := len(p.nouns) - 1; k >= 0; k-- {
		if f, ok := p.nouns[k].entity.facet(); ok && f == field {
			p.nouns = append(p.nouns[:k], p.nouns[k+1:]...)
		}
	}
}

// between reads "between 3 and 10 nodes" and "between November 1 and November
// 15", both ends included.
func (p *parser) between() bool {
	if !p.spans[p.i].is(catBetween) {
		return false
	}
	i := p.after(p.i)
	if from, next, ok := p.period(i); ok && (p.at(next).is(catAnd) || p.at(next).filler()) {
		to, end, ok := p.period(p.after(next))
		if !ok || from.end.Text == "" || to.end.Text == "" {
			return false
		}
		p.within(period{from.start, to.end, 2}, p.i, end)
		return true
	}
	least, and := p.whole(i), p.after(i)
	most := p.whole(p.after(and))
	if least < 0 || most < least || !p.at(and).is(catAnd) {
		return false
	}
	field := p.counted(p.i, p.after(and))
	if field == "" || p.negate {
		return false
	}
	p.put(Filter{field, OpGte, number(float64(least))}, p.i)
	p.put(Filter{field, OpLte, number(float64(most))}, p.i)
	p.use(p.i, p.after(and))
	p.i = p.after(and) + 1
	return true
}
