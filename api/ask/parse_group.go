package ask

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
		p.group = append(p.group, field)
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
	s := p.spans[p.i]
	field, ok := p.fieldAt(j)
	byOnly := s.is(catBy) && !s.is(catPer)
	switch {
	case !ok && s.is(catPer) && p.at(j).has(catEntity, string(EntityCluster)) && p.hasNoun(EntityBranch):
		field = fieldClusterN
	case !ok, s.is(catBy) && p.top != nil && p.top.kind == "top", s.is(catBy) && len(p.at(j).called(EntityCreator)) > 0:
		return false
	case byOnly && sortable(field) && p.ordersBy():
		p.sort = &Sort{Field: field, Dir: "asc"}
		return p.done(j)
	}
	p.group = append(p.group, field)
	p.done(j)
	p.groupOn()
	return true
}

// ordersBy reports whether "by" can mean an order.
func (p *parser) ordersBy() bool {
	return p.top == nil && len(p.group) == 0 && p.sum == "" && !p.asks["count"]
}

// groupOn reads the second field to group by: "and plan".
func (p *parser) groupOn() {
	if !p.at(p.i).is(catAnd) || len(p.group) != 1 {
		return
	}
	second := p.i + 1
	for p.at(second).filler() || p.at(second).any(catPer, catBy) {
		second++
	}
	if field, ok := p.fieldAt(second); ok {
		p.group = append(p.group, field)
		p.done(second)
	}
}

// sortable reports whether "by" a field means an order and not groups: hardly
// two things have the same age or name.
func sortable(field string) bool {
	return field == fieldCreated || field == fieldName || field == "update_time" || field == fieldNodes || field == "id"
}

// creation reads verbs of creation and who created.
func (p *parser) creation() bool {
	s := p.spans[p.i]
	switch {
	case s.is(catCreated):
		return !s.is(catState) && p.creates(s)
	case s.is(catBy) && !s.is(catAsk):
		return p.creator()
	case s.is(catMine) && (p.createdBy || p.created || p.at(p.after(p.i)).is(catCreated)):
		return p.createdByMe()
	}
	return false
}

// creates reads a verb of creation.
func (p *parser) creates(s *span) bool {
	if (s.text == "new" || s.text == "nuevo") && !p.hasTime() {
		return false
	}
	p.created = true
	p.createdBy = p.createdBy || s.has(catCreated, "by")
	p.mine = p.mine || s.has(catCreated, "me")
	return p.done(p.i)
}

func (p *parser) hasTime() bool {
	return p.some(func(s *span) bool { return s.any(catTime, catUnit, catMonth, catWeekday) || s.date != "" })
}

// creator reads "by alice" and "by me".
func (p *parser) creator() bool {
	j := p.after(p.i)
	next := p.at(j)
	switch {
	case len(next.called(EntityCreator)) > 0:
		p.createdBy = true
		return p.done(p.i)
	case next.has(catMine, "me"):
		p.use(p.i, p.i)
		p.i = j
		return p.createdByMe()
	}
	return next.any(catAsk, catThing) && p.done(p.i)
}

func (p *parser) createdByMe() bool {
	if !p.spans[p.i].has(catMine, "me") {
		return false
	}
	p.mine = true
	return p.done(p.i)
}
