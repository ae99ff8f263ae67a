package ask

// sorting reads "sort by age" and "sort clusters by age".
func (p *parser) sorting(s *span) bool {
	if s.any(catDesc, catAsc) {
		return p.direction(s)
	}
	p.use(p.i, p.i)
	i := p.after(p.i)
	if p.at(i).is(catEntity) && !p.at(i).used && (p.at(p.after(i)).is(catBy) || p.at(p.after(i)).is(catSort)) {
		e, _ := p.at(i).value(catEntity)
		p.nouns = append(p.nouns, noun{entity: Entity(e), at: i, plural: isPlural(p.at(i).text)})
		p.use(i, i)
		i = p.after(i)
	}
	for p.at(i).is(catBy) || p.at(i).is(catThose) {
		p.use(i, i)
		i = p.after(i)
	}
	if !p.sortBy(i) && !p.sortBy(p.before(p.i)) {
		p.loners = append(p.loners, p.i)
	}
	p.i++
	return true
}

// sortBy sorts by what a span stands for.
func (p *parser) sortBy(i int) bool {
	if i < 0 {
		return false
	}
	if field, ok := p.fieldAt(i); ok {
		p.sort = &Sort{Field: field, Dir: "asc"}
		p.dropField(field)
		p.use(i, i)
		return true
	}
	if top, ok := p.at(i).value(catTop); ok && (top == "newest" || top == "oldest") {
		p.sort = &Sort{Field: fieldCreated, Dir: map[string]string{"newest": "desc", "oldest": "asc"}[top]}
		p.use(i, i)
		return true
	}
	return false
}

// direction reads "descending" behind an order, and "newest first", which is
// one by itself.
func (p *parser) direction(s *span) bool {
	dir := "asc"
	if s.is(catDesc) {
		dir = "desc"
	}
	if p.sort == nil && (s.has(catDesc, "created") || s.has(catAsc, "created")) {
		p.sort = &Sort{Field: fieldCreated}
	}
	if p.sort == nil {
		return false
	}
	p.sort.Dir = dir
	p.use(p.i, p.i)
	p.i++
	return true
}
