package ask

import "slices"

// superlative reads "newest", "top 3", "3 newest", "most", "highest".
func (p *parser) superlative() bool {
	s := p.spans[p.i]
	kind, ok := s.value(catTop)
	if ok && p.top != nil && p.top.kind == "top" && kind != "top" {
		p.top.kind = kind
		p.use(p.i, p.i)
		p.i++
		return true
	}
	if !ok || p.top != nil {
		return false
	}
	if s.is(catExcept) && !p.at(p.after(p.i)).is(catEntity) && !p.at(p.after(p.i)).is(catField) {
		return false
	}
	if s.is(catSkip) && (kind == "newest" || kind == "oldest") && s.text != "newest" {
		return false
	}
	t := &superlative{kind: kind, at: p.i}
	for _, j := range []int{p.i + 1, p.i - 1} {
		if n := p.whole(j); n > 0 && p.at(j) != nil && (!p.at(j).used || j < p.i) && n <= 10_000 && !p.at(j+1).is(catUnit) {
			t.limit = &n
			p.use(j, j)
			p.drop(j)
			break
		}
	}
	p.limitBeyond(t)
	if t.limit == nil && (s.text == "first" || s.text == "last") {
		next := p.at(p.after(p.i))
		if !next.is(catEntity) || isPlural(next.text) {
			return false
		}
	}
	if next := p.at(p.i + 1); next.is(catCreated) {
		p.use(p.i+1, p.i+1)
	}
	p.top = t
	p.use(p.i, p.i)
	p.i++
	return true
}

// limitBeyond looks for the number on the other side of the noun: "los 3
// clústeres más recientes", "最新のクラスター3つ".
func (p *parser) limitBeyond(t *superlative) {
	if t.limit != nil {
		return
	}
	if len(p.loners) == 1 && p.whole(p.loners[0]) > 0 && p.whole(p.loners[0]) <= 10_000 && p.at(p.after(p.loners[0])).is(catEntity) {
		n := p.whole(p.loners[0])
		t.limit = &n
		p.use(p.loners[0], p.loners[0])
		p.loners = nil
		return
	}
	if p.language == "en" {
		return
	}
	j := p.before(p.before(p.i))
	if p.at(p.before(p.i)).is(catEntity) && p.whole(j) > 0 && slices.Contains(p.loners, j) {
		n := p.whole(j)
		t.limit = &n
		p.use(j, j)
		p.drop(j)
		return
	}
	noun := p.after(p.i)
	j = p.after(noun)
	if p.at(noun).is(catNumber) || p.whole(noun) > 0 {
		j = noun
	} else if !p.at(noun).is(catEntity) {
		return
	}
	if n := p.whole(j); n > 0 && n <= 10_000 && !p.at(p.after(j)).is(catCompareAfter) {
		t.limit = &n
		p.use(j, j)
	}
}

// drop takes a span off the list of those that found no slot.
func (p *parser) drop(at int) {
	for k, i := range p.loners {
		if i == at {
			p.loners = append(p.loners[:k], p.loners[k+1:]...)
			return
		}
	}
}

// comparison reads "more than 3 clusters", "spending limit over $10", "v8 or
// older", "3つ以上".
func (p *parser) comparison() bool {
	s := p.spans[p.i]
	if kind, ok := s.value(catCompare); ok {
		j := p.amount(p.i)
		if j >= 0 {
			end := j
			if after := p.after(j); p.at(after).is(catCompareAfter) {
				p.use(after, after)
			}
			return p.compare(Op(kind), j, p.i, end)
		}
	}
	if since, ok := s.value(catSince); ok && !p.at(p.after(p.i)).is(catUnit) {
		if j := p.after(p.i); p.at(j) != nil && p.at(j).version != "" {
			op := map[string]Op{"lt": OpLt, "gte": OpGte, "gt": OpGt}[since]
			return p.compare(op, j, p.i, j)
		}
	}
	if s.number == nil && s.version == "" && !s.is(catNumber) {
		return false
	}
	j := p.i + 1
	for k := 0; k < 3 && p.at(j) != nil && !p.at(j).is(catCompareAfter); k++ {
		if !p.at(j).filler() && !p.at(j).is(catField) && !p.at(j).is(catEntity) && !p.at(j).is(catNumber) {
			break
		}
		j++
	}
	if kind, ok := p.at(j).value(catCompareAfter); ok {
		p.use(j, j)
		return p.compare(Op(kind), p.i, p.i, p.i)
	}
	if since, ok := p.at(p.i + 1).value(catSinceAfter); ok && s.version != "" {
		return p.compare(map[string]Op{"lt": OpLt, "gte": OpGte, "gt": OpGt}[since], p.i, p.i, p.i+1)
	}
	if s.has(catNumber, "1") {
		return false // an article, in Spanish
	}
	if b := p.before(p.i); p.at(b).is(catIs) && p.at(p.before(b)).is(catField) || p.at(p.i-1).is(catIs) && p.at(b).is(catField) {
		return p.compare(OpEq, p.i, p.i, p.i)
	}
	if p.at(p.before(p.i)).is(catHave) || p.at(p.before(p.i)).is(catField) && s.version == "" || p.money(p.i) {
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
	for _, k := range []int{p.after(j), p.after(p.after(j))} {
		s := p.at(k)
		switch {
		case s.is(catNumber) || s.is(catCompareAfter) && k == p.after(j):
			continue
		case s.is(catField):
			f, _ := s.value(catField)
			p.use(k, k)
			return f
		case s.is(catEntity):
			if f := countField(s); f != "" && p.otherNoun(k, f) {
				p.use(k, k)
				return f
			}
		}
		break
	}
	// "spending limit over 10", "クラスターが3つ以上"
	for k := len(p.fields) - 1; k >= 0; k-- {
		f := p.fields[k].field
		if f == fieldLimit || f == fieldNodes || f == "backup_days" {
			p.fields = append(p.fields[:k], p.fields[k+1:]...)
			return f
		}
	}
	if n := len(p.nouns); n > 0 && p.nouns[n-1].at >= from-3 {
		if s := p.spans[p.nouns[n-1].at]; countField(s) != "" && p.otherNoun(p.nouns[n-1].at, countField(s)) {
			p.nouns = p.nouns[:n-1]
			return countField(s)
		}
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

// grouping reads "per region", "by project and plan", "プロジェクトごと".
func (p *parser) grouping() bool {
	s := p.spans[p.i]
	if s.is(catPer) || s.is(catBy) && !s.is(catPerAfter) {
		return p.groupFrom(p.after(p.i))
	}
	if field, ok := p.fieldAt(p.i); ok && (p.at(p.after(p.i)).is(catPerAfter) || p.joinedGroup(p.i)) {
		if p.at(p.after(p.i)).is(catPerAfter) {
			p.use(p.after(p.i), p.after(p.i))
		}
		p.group = append(p.group, groupField(field))
		p.use(p.i, p.i)
		p.i++
		return true
	}
	if s.is(catPerAfter) && len(p.nouns) > 0 && p.language != "en" {
		p.use(p.i, p.i)
		p.i++
		return true
	}
	return false
}

// joinedGroup reports whether a field is the first of two that are grouped
// by: "プランと状態ごと".
func (p *parser) joinedGroup(i int) bool {
	and := p.after(i)
	if !p.at(and).is(catAnd) {
		return false
	}
	second := p.after(and)
	_, ok := p.fieldAt(second)
	return ok && p.at(p.after(second)).is(catPerAfter)
}

// groupFrom reads the fields behind "per" or "by".
func (p *parser) groupFrom(j int) bool {
	if p.at(j).is(catPer) { // "grouped by" and "each"
		j = p.after(j)
	}
	field, ok := p.fieldAt(j)
	s := p.spans[p.i]
	if !ok {
		if s.is(catPer) && p.at(j).has(catEntity, string(EntityCluster)) && len(p.group) == 0 && p.branchesAsked() {
			p.group = append(p.group, fieldClusterN)
			p.use(p.i, j)
			p.i = j + 1
			return true
		}
		return false
	}
	if s.is(catBy) && p.top != nil && p.top.kind == "top" {
		return false
	}
	if s.is(catBy) && !s.is(catPer) && p.top == nil && sortable(field) && len(p.group) == 0 && p.sum == "" && !p.asks["count"] {
		p.sort = &Sort{Field: field, Dir: "asc"}
		p.use(p.i, j)
		p.i = j + 1
		return true
	}
	if s.is(catBy) && len(p.at(j).called(EntityCreator)) > 0 {
		return false
	}
	p.group = append(p.group, groupField(field))
	p.use(p.i, j)
	p.i = j + 1
	for len(p.group) < 2 {
		and := p.at(p.i)
		second := p.i + 1
		if and == nil || !and.is(catAnd) {
			break
		}
		for p.at(second).filler() || p.at(second).is(catPer) || p.at(second).is(catBy) {
			second++
		}
		field, ok := p.fieldAt(second)
		if !ok {
			break
		}
		p.group = append(p.group, groupField(field))
		p.use(p.i, second)
		p.i = second + 1
	}
	return true
}

// sortable reports whether "by" a field means an order and not groups: hardly
// two things have the same age or name.
func sortable(field string) bool {
	return field == fieldCreated || field == fieldName || field == "update_time" || field == fieldNodes || field == "id"
}

func (p *parser) branchesAsked() bool {
	for _, s := range p.spans {
		if s.has(catEntity, string(EntityBranch)) {
			return true
		}
	}
	return false
}

// groupField returns the field to group by where a person names another.
func groupField(field string) string { return field }

// creation reads verbs of creation and who created.
func (p *parser) creation() bool {
	s := p.spans[p.i]
	by, isCreated := s.value(catCreated)
	if isCreated && s.is(catState) {
		return false
	}
	switch {
	case isCreated && by == "by" || s.has(catCreated, "by"):
		p.created, p.createdBy = true, true
	case isCreated:
		p.created = true
		p.mine = p.mine || by == "me"
		if s.text == "new" || s.text == "nuevo" {
			p.created = p.created && p.hasTime()
			if !p.hasTime() {
				return false
			}
		}
	case s.is(catBy) && !s.is(catAsk):
		return p.creator()
	case s.is(catMine) && (p.createdBy || p.created || p.at(p.after(p.i)).is(catCreated)):
		return p.createdByMe()
	default:
		return false
	}
	p.use(p.i, p.i)
	p.i++
	return true
}

func (p *parser) hasTime() bool {
	for _, s := range p.spans {
		if s.is(catTime) || s.is(catUnit) || s.is(catMonth) || s.is(catWeekday) || s.date != "" {
			return true
		}
	}
	return false
}

// creator reads "by alice" and "by me".
func (p *parser) creator() bool {
	j := p.after(p.i)
	next := p.at(j)
	switch {
	case len(next.called(EntityCreator)) > 0:
		p.createdBy = true
	case next.has(catMine, "me"):
		p.use(p.i, p.i)
		p.i = j
		return p.createdByMe()
	case next.is(catAsk) || next.is(catThing):
	default:
		return false
	}
	p.use(p.i, p.i)
	p.i++
	return true
}

func (p *parser) createdByMe() bool {
	if p.spans[p.i].has(catMine, "my") && !p.spans[p.i].has(catMine, "me") {
		return false
	}
	p.mine = true
	p.use(p.i, p.i)
	p.i++
	return true
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
