package ask

import (
	"slices"
	"strings"
)

// draft is a query in the making, with what is not settled about it.
type draft struct {
	Query
	p       *parser
	doubts  []doubt // names that several things have
	partial bool    // a name was known in part only
}

// doubt is a name that several things have, of which one is meant.
type doubt struct {
	filter Filter
	things []named
}

// build makes a query of the slots. It reports false where they do not fit
// together.
func (p *parser) build() (*draft, bool) {
	d := &draft{p: p, Query: Query{Intent: IntentList, Filters: []Filter{}}}
	if p.conflict {
		return d, false
	}
	d.Entity = p.head()
	if !d.measure() {
		return d, false
	}
	d.conditions()
	if !d.choose() {
		return d, false
	}
	d.attach()
	d.fieldConditions()
	if d.onlySuch() {
		return d, false
	}
	d.defaultOrder()
	return d, d.Validate() == nil
}

// onlySuch reports whether a question is about all clusters of a project,
// "with only active clusters", which no filter says.
func (d *draft) onlySuch() bool {
	if d.Entity != EntityProject && d.Entity != EntityOrg || !slices.ContainsFunc(d.Filters, func(f Filter) bool { return strings.HasPrefix(f.Field, clusterPrefix) }) {
		return false
	}
	return slices.ContainsFunc(d.p.spans, func(s *span) bool { return s.has(catMore, "only") || s.is(catEvery) && s.text != "all projects" })
}

// heads returns the nouns that may be what is asked about.
func (p *parser) heads() []noun {
	return slices.DeleteFunc(slices.Clone(p.nouns), func(n noun) bool { return n.hint })
}

func isThing(e Entity) bool {
	return e == EntityCluster || e == EntityProject || e == EntityOrg || e == EntityBranch
}

// head decides what a question is about.
func (p *parser) head() Entity {
	heads := p.heads()
	things := slices.DeleteFunc(slices.Clone(heads), func(n noun) bool { return !isThing(n.entity) })
	if len(things) < len(heads) && p.facetIsHead(heads, things) {
		for _, n := range heads {
			if !isThing(n.entity) {
				return n.entity
			}
		}
	}
	switch len(things) {
	case 0:
		return p.headOfNames()
	case 1:
		return things[0].entity
	}
	for _, n := range things {
		if n.which {
			return n.entity
		}
	}
	if p.language == "zh" || p.language == "ja" {
		return things[len(things)-1].entity
	}
	return things[0].entity
}

// facetIsHead reports whether values such as regions are asked for, rather
// than things that have them.
func (p *parser) facetIsHead(heads, things []noun) bool {
	if p.named(EntityCluster) != nil || p.named(EntityBranch) != nil || p.named(EntityProject) != nil && len(things) == 0 && !p.anyHeadWhich(heads) {
		return false
	}
	if len(things) == 0 {
		return true
	}
	for _, n := range things {
		if n.entity != EntityCluster || n.which {
			return false
		}
	}
	for _, n := range heads {
		if !isThing(n.entity) {
			return n.which || n.at < things[0].at && (p.language == "en" || p.language == "es")
		}
	}
	return false
}

func (p *parser) anyHeadWhich(heads []noun) bool {
	return slices.ContainsFunc(heads, func(n noun) bool { return n.which })
}

// headOfNames decides by the names where no noun says what is asked about.
func (p *parser) headOfNames() Entity {
	switch {
	case p.named(EntityBranch) != nil:
		return EntityBranch
	case p.named(EntityCluster) != nil:
		return EntityCluster
	case len(p.filters) > 0:
		return EntityCluster
	}
	for _, n := range p.nouns {
		if n.hint && isThing(n.entity) && !p.looksInside(n.entity) {
			return n.entity
		}
	}
	if len(p.group) == 0 && p.top == nil {
		for _, e := range []Entity{EntityProject, EntityOrg} {
			if r := p.named(e); r != nil && !p.at(p.before(r.at)).is(catIn) {
				return e
			}
		}
	}
	return EntityCluster
}

// looksInside reports whether what is in a named thing is asked for: "what is
// in the Tokyo Pilot project".
func (p *parser) looksInside(e Entity) bool {
	r := p.named(e)
	return r != nil && p.asks["which"] && p.at(p.before(r.at)).is(catIn)
}

// named returns the first ref to an entity.
func (p *parser) named(e Entity) *ref {
	for i := range p.refs {
		if p.refs[i].entity == e {
			return &p.refs[i]
		}
	}
	return nil
}

// conditions puts filters and names into the order in which they stand in the
// question.
func (d *draft) conditions() {
	p := d.p
	if p.mine {
		if me := p.world.me(); me != "" {
			d.Filters = append(d.Filters, Filter{fieldCreator, OpEq, text(me)})
		} else {
			d.partial = true
		}
	}
	next := 0
	for _, r := range p.refs {
		for next < len(p.filters) && p.filterAt[next] < r.at {
			d.Filters = append(d.Filters, p.filters[next])
			next++
		}
		d.addRef(r)
	}
	d.Filters = append(d.Filters, p.filters[next:]...)
	d.settle()
}

// refField returns the field that a name of an entity is compared with.
func (d *draft) refField(r ref) string {
	own := d.Entity == r.entity
	switch r.entity {
	case EntityCluster:
		if own || isFacet(d.Entity) {
			return fieldName
		}
		return fieldClusterN
	case EntityProject:
		if own {
			return fieldName
		}
		return fieldProject
	case EntityOrg:
		if own {
			return fieldName
		}
		return fieldOrg
	case EntityBranch:
		d.partial = d.partial || !own
		return fieldName
	}
	return r.things[0].field
}

// addRef adds the filter of a name.
func (d *draft) addRef(r ref) {
	f := r.filter(d.refField(r))
	if n := len(d.Filters); n > 0 && d.Filters[n-1].Field == f.Field && joins(d.Filters[n-1], f) {
		d.Filters[n-1] = join(d.Filters[n-1], f)
	} else {
		d.Filters = append(d.Filters, f)
	}
	if len(r.things) > 1 && !r.plural && !r.negated && isThing(r.entity) {
		d.doubts = append(d.doubts, doubt{f, r.things})
	}
}

// filter returns the filter of a name on a field.
func (r ref) filter(field string) Filter {
	f := Filter{field, OpEq, text(r.things[0].text)}
	texts := distinct(r.things)
	switch {
	case r.things[0].byID:
		f = Filter{idField(field), OpEq, text(r.things[0].id)}
	case len(texts) == 1:
	case r.op == OpEq:
		f.Op, f.Value = OpIn, Value{List: texts}
	default:
		f.Op, f.Value = r.op, text(r.text)
	}
	if r.negated {
		return opposite(f)
	}
	return f
}

func idField(field string) string {
	switch field {
	case fieldProject:
		return "project.id"
	case fieldOrg:
		return "org.id"
	case fieldClusterN:
		return clusterPrefix + "id"
	}
	return "id"
}

func distinct(things []named) []string {
	var texts []string
	for _, n := range things {
		if !slices.Contains(texts, n.text) {
			texts = append(texts, n.text)
		}
	}
	return texts
}

// settle drops doubts that another name resolves: "payments in Globex".
func (d *draft) settle() {
	orgs := map[string]bool{}
	projects := map[string]bool{}
	for _, r := range d.p.refs {
		if r.entity == EntityOrg && !r.negated {
			for _, n := range r.things {
				orgs[n.text] = true
			}
		}
		if r.entity == EntityProject && !r.negated {
			for _, n := range r.things {
				projects[n.text] = true
			}
		}
	}
	d.doubts = slices.DeleteFunc(d.doubts, func(x doubt) bool {
		left := slices.DeleteFunc(slices.Clone(x.things), func(n named) bool {
			return len(orgs) > 0 && !orgs[n.org] || n.entity == EntityCluster && len(projects) > 0 && !projects[n.project]
		})
		return len(left) <= 1
	})
}

// attach makes filters fit the entity: what is true of a project's clusters
// stands behind "cluster.".
func (d *draft) attach() {
	d.Filters = attachTo(d.Entity, d.Filters)
	_, typed := d.filter(fieldType)
	if d.Entity == EntityProject && !typed && d.Intent != IntentList && d.Intent != IntentGet && d.Intent != IntentExport && d.Intent != IntentNavigate && d.Intent != IntentExists {
		d.Filters = append([]Filter{{fieldType, OpNe, text(virtualType)}}, d.Filters...)
	}
}

// attachTo returns filters that fit an entity.
func attachTo(e Entity, filters []Filter) []Filter {
	kept := make([]Filter, 0, len(filters)+1)
	for _, f := range filters {
		if _, ok := fieldOf(e, f.Field); !ok && (e == EntityProject || e == EntityOrg || e == EntityBranch) {
			if _, ok := clusterFields[f.Field]; ok {
				f.Field = clusterPrefix + f.Field
			}
		}
		kept = append(kept, f)
	}
	return kept
}

// fieldConditions turns "without a spending limit" and "with labels" into
// filters.
func (d *draft) fieldConditions() {
	whole := d.Entity == EntityProject || d.Entity == EntityOrg
	for _, f := range d.p.fields {
		field := f.field
		if whole {
			field = clusterPrefix + field
		}
		switch {
		case f.without:
			d.Filters = append(d.Filters, Filter{field, OpNull, Value{}})
		case f.with && optional(f.field) && (d.Intent == IntentList || d.Intent == IntentCount || d.Intent == IntentExists):
			d.Filters = append(d.Filters, Filter{field, OpNotNull, Value{}})
		}
	}
	if !whole || d.aboutClusters() {
		return
	}
	for _, n := range d.p.heads() {
		if n.entity == EntityCluster && d.p.holds(n.at) {
			d.Filters = append(d.Filters, Filter{fieldClusters, OpGt, number(0)})
			return
		}
	}
}

// optional reports whether a field may be missing, so that having it says
// something.
func optional(field string) bool {
	return field == fieldLimit || field == "labels" || field == fieldNodes || field == "endpoint"
}

func (d *draft) aboutClusters() bool {
	return d.Sort != nil && d.Sort.Field == fieldClusters || d.Aggregate != nil && d.Aggregate.Field == fieldClusters ||
		slices.ContainsFunc(d.Filters, func(f Filter) bool {
			return strings.HasPrefix(f.Field, clusterPrefix) || f.Field == fieldClusters
		})
}

// holds reports whether a word of having stands beside a noun.
func (p *parser) holds(at int) bool {
	return p.at(p.before(at)).is(catHave) || p.at(p.after(at)).is(catHave) || p.at(p.before(at)).is(catAsk)
}

// defaultOrder sets the order of lists that asked for none.
func (d *draft) defaultOrder() {
	if d.Intent != IntentList && d.Intent != IntentExport || d.Sort != nil || len(d.GroupBy) > 0 {
		return
	}
	p := d.p
	nouned := len(p.nouns) > 0
	switch {
	case d.Entity == EntityBranch:
	case p.health && !nouned:
		d.Sort = &Sort{Field: fieldState, Dir: "asc"}
	case p.timed == 2 && d.Entity == EntityCluster:
		d.Sort = &Sort{Field: fieldCreated, Dir: "desc"}
	case nouned || p.asks["list"] || len(p.refs) > 0 && d.Entity != EntityCluster:
		d.Sort = &Sort{Field: fieldName, Dir: "asc"}
		if isFacet(d.Entity) {
			f, _ := d.Entity.facet()
			d.Sort.Field = f
		}
	}
}
