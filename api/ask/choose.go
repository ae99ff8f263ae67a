package ask

import "slices"

// choose decides what is wanted of the things: how many, which field of one,
// whether there are any, or the things themselves.
func (d *draft) choose() bool {
	p := d.p
	switch {
	case d.compares():
		return true
	case d.Intent == IntentTop || p.top != nil:
		return d.topped()
	case d.averages(), d.sums():
		return true
	case d.gets():
		return true
	case p.asks["count"] || p.asks["howmuch"] && len(p.fields) == 0 && len(p.heads()) > 0:
		d.Intent, d.Aggregate = IntentCount, &Aggregate{Op: "count"}
	case len(d.GroupBy) > 0:
		d.Intent, d.Aggregate = IntentCount, &Aggregate{Op: "count"}
	case p.sum == "sum" && len(p.heads()) > 0 && !p.asks["list"]:
		d.Intent, d.Aggregate = IntentCount, &Aggregate{Op: "count"}
	case p.asks["who"]:
		return d.who()
	case d.yesNo() && d.universal():
		f := len(d.Filters) - 1
		if f < 0 || len(d.valueFilters()) != 1 {
			return false
		}
		for i := range d.Filters {
			if same(d.Filters[i], d.valueFilters()[0]) {
				d.Filters[i] = opposite(d.Filters[i])
			}
		}
		return true
	case d.yesNo():
		d.Intent, d.Aggregate = IntentExists, &Aggregate{Op: "exists"}
	case p.asks["when"] || p.asks["age"]:
		return false
	case p.asks["where"]:
		return len(d.Filters) > 0 && d.Entity == EntityCluster
	}
	if len(d.GroupBy) > 0 && d.Sort == nil {
		d.Sort = &Sort{Field: "count", Dir: "desc"}
	}
	return true
}

func same(a, b Filter) bool { return a.Field == b.Field && a.Op == b.Op }

// universal reports whether a question of yes and no is about all things: the
// answer is those of which it is not true.
func (d *draft) universal() bool {
	p := d.p
	if p.asks["exists"] || len(p.refs) > 0 && p.named(EntityCluster) != nil {
		return false
	}
	if slices.ContainsFunc(p.spans, func(s *span) bool { return s.is(catEvery) }) {
		return true
	}
	return p.language == "en" && slices.ContainsFunc(p.nouns, func(n noun) bool { return n.plural && !n.hint && isThing(n.entity) })
}

// topped finishes a superlative.
func (d *draft) topped() bool {
	if d.p.asks["count"] && d.Intent == IntentTop && len(d.GroupBy) == 0 && d.p.top.limit != nil {
		return false
	}
	if len(d.GroupBy) > 0 && d.Aggregate == nil {
		return false
	}
	one := ref{entity: d.Entity}
	if len(d.GroupBy) == 0 && (d.asksField() || d.p.asks["age"]) && d.Entity == EntityCluster {
		if fields := d.fieldsAsked(&one); len(fields) > 0 {
			d.Aggregate = &Aggregate{Op: "select", Fields: fields}
		}
	}
	return true
}

// compares settles "compare A and B".
func (d *draft) compares() bool {
	p := d.p
	if !slices.ContainsFunc(p.spans, func(s *span) bool { return s.is(catCompareTo) && !s.quoted }) {
		return false
	}
	d.Intent = IntentCompare
	for _, x := range []struct {
		entity Entity
		field  string
	}{{EntityOrg, fieldOrg}, {EntityProject, fieldProject}} {
		n := 0
		for _, r := range p.refs {
			n += boolInt(r.entity == x.entity)
		}
		if n < 2 && !(n == 0 && slices.ContainsFunc(p.nouns, func(m noun) bool { return m.entity == x.entity }) && len(p.refs) == 0) {
			continue
		}
		d.Entity = EntityCluster
		for i := range d.Filters {
			if d.Filters[i].Field == fieldName {
				d.Filters[i].Field = x.field
			}
		}
		d.GroupBy, d.Aggregate = []string{x.field}, &Aggregate{Op: "count"}
		d.Sort = &Sort{Field: "count", Dir: "desc"}
		return true
	}
	for _, f := range d.Filters {
		switch {
		case f.Op == OpIn && f.Field == fieldName && d.Entity == EntityCluster:
			d.Aggregate = &Aggregate{Op: "select", Fields: slices.Clone(details[EntityCluster])}
			return true
		case f.Op == OpIn:
			d.Entity, d.GroupBy, d.Aggregate = EntityCluster, []string{f.Field}, &Aggregate{Op: "count"}
			d.Sort = &Sort{Field: "count", Dir: "desc"}
			return true
		}
	}
	d.partial = true
	return true
}

// averages settles "average number of clusters per project".
func (d *draft) averages() bool {
	p := d.p
	if p.sum != "avg" {
		return false
	}
	if len(p.group) == 1 && len(p.fields) == 0 {
		switch target, _ := entityOfField(p.group[0]); target {
		case EntityProject, EntityOrg:
			d.Entity, d.GroupBy = target, nil
			d.Intent, d.Aggregate = IntentAggregate, &Aggregate{Op: "avg", Field: fieldClusters}
			return true
		}
		return false
	}
	return d.sums()
}

// sums settles sums and averages of a field that has numbers.
func (d *draft) sums() bool {
	p := d.p
	field := ""
	for _, f := range p.fields {
		if f.field == fieldLimit || f.field == fieldNodes {
			if !f.without && !f.with || p.sum != "" {
				field = f.field
			}
		}
	}
	total := p.sum != "" || p.asks["count"] && field == fieldNodes && p.named(EntityCluster) == nil && !d.clusterAsked() || len(p.group) > 0 && field != ""
	if field == "" || !total || p.named(EntityCluster) != nil {
		return false
	}
	op := p.sum
	if op == "" {
		op = "sum"
	}
	if d.Entity != EntityCluster {
		if len(p.group) > 0 || len(p.refs) > 0 && (d.Entity == EntityProject || d.Entity == EntityOrg) {
			d.reenter(EntityCluster)
		} else {
			return false
		}
	}
	d.Intent, d.Aggregate = IntentAggregate, &Aggregate{Op: op, Field: field}
	if len(d.GroupBy) > 0 {
		d.Sort = &Sort{Field: "count", Dir: "desc"}
	}
	p.fields = nil
	return true
}

func (d *draft) clusterAsked() bool {
	return slices.ContainsFunc(d.p.nouns, func(n noun) bool { return n.entity == EntityCluster && n.which })
}

// reenter makes the query one about another entity, with the names compared
// anew.
func (d *draft) reenter(e Entity) {
	d.Entity = e
	d.Filters, d.doubts = []Filter{}, nil
	d.conditions()
}

// details are the fields that tell of a thing as a whole.
var details = map[Entity][]string{
	EntityCluster: {fieldName, fieldState, fieldPlan, fieldRegion, fieldVersion, fieldProject, fieldOrg, fieldCreator, fieldCreated},
	EntityProject: {fieldName, fieldType, fieldOrg, fieldClusters},
	EntityOrg:     {fieldName, fieldProjects, fieldClusters},
	EntityBranch:  {fieldName, fieldState, fieldClusterN, fieldCreator, fieldCreated},
}

// gets settles a question about fields of one named thing.
func (d *draft) gets() bool {
	p := d.p
	var one *ref
	for _, e := range []Entity{EntityBranch, EntityCluster, EntityProject, EntityOrg} {
		if r := p.named(e); r != nil && !r.negated && (e == EntityCluster || e == d.Entity || e == EntityBranch && d.Entity == EntityCluster) {
			one = r
			break
		}
	}
	if one == nil || len(p.group) > 0 || one.op != OpEq && len(distinct(one.things)) > 1 && !d.asksField() {
		return false
	}
	fields := d.fieldsAsked(one)
	if len(fields) == 0 {
		return false
	}
	if d.Entity != one.entity {
		d.partial = false
		d.reenter(one.entity)
	}
	if len(d.valueFilters()) > 0 {
		return false
	}
	d.Intent, d.Aggregate = IntentGet, &Aggregate{Op: "select", Fields: fields}
	return true
}

func (d *draft) asksField() bool {
	p := d.p
	return p.asks["where"] || p.asks["when"] || p.asks["who"] || p.asks["age"] || len(p.fields) > 0 && !p.asks["list"]
}

// valueFilters are the filters that are not names.
func (d *draft) valueFilters() []Filter { return d.p.filters }

// fieldsAsked returns the fields that are wanted of one thing.
func (d *draft) fieldsAsked(one *ref) []string {
	p := d.p
	var fields []string
	add := func(names ...string) {
		for _, n := range names {
			if !slices.Contains(fields, n) {
				fields = append(fields, n)
			}
		}
	}
	for _, f := range p.fields {
		switch f.field {
		case fieldRegion:
			add(fieldRegion, fieldCity)
		default:
			add(f.field)
		}
	}
	cluster := one.entity == EntityCluster
	switch {
	case p.asks["where"] && cluster:
		add(fieldProject, fieldRegion)
	case p.asks["where"] && one.entity == EntityProject:
		add(fieldOrg)
	case p.asks["who"]:
		add(fieldCreator)
	case (p.asks["when"] || p.asks["age"]) && !p.stateAsked() && !slices.Contains(fields, "update_time"):
		add(fieldCreated)
	case p.asks["size"] && cluster:
		add(fieldNodes)
	}
	if len(fields) == 0 && one.entity != d.Entity && !p.asks["count"] && !d.yesNo() {
		switch {
		case d.Entity == EntityProject && cluster:
			add(fieldProject)
		case d.Entity == EntityOrg && (cluster || one.entity == EntityProject):
			add(fieldOrg)
		case d.Entity == EntityCluster && one.entity == EntityBranch:
			add(fieldClusterN)
		}
	}
	if len(fields) == 0 && one.entity == d.Entity && !p.asks["count"] && !d.yesNo() && d.onlyNames(one) {
		add(details[one.entity]...)
	}
	return fields
}

// onlyNames reports whether the question names one thing and says no more.
func (d *draft) onlyNames(one *ref) bool {
	p := d.p
	return len(p.filters) == 0 && !p.mine && !slices.ContainsFunc(p.refs, func(r ref) bool { return r.entity == one.entity && r.at != one.at }) &&
		!one.plural && (one.op == OpEq || len(one.things) == 1) && !slices.ContainsFunc(p.nouns, func(n noun) bool { return n.plural && n.entity == one.entity })
}

func (p *parser) stateAsked() bool {
	return slices.ContainsFunc(p.spans, func(s *span) bool { return s.is(catState) && len(s.names) == 0 })
}

// who settles questions for people: those who created what the filters ask
// for.
func (d *draft) who() bool {
	if d.p.named(EntityCluster) != nil || d.Entity != EntityCluster && d.Entity != EntityCreator {
		return false
	}
	if len(d.Filters) == 0 && !d.p.created {
		return false
	}
	d.Entity = EntityCreator
	return true
}

// yesNo reports whether the question wants a yes or a no.
func (d *draft) yesNo() bool {
	p := d.p
	if p.asks["count"] || p.asks["where"] || p.asks["when"] || p.asks["who"] || p.asks["list"] || p.thing() {
		return false
	}
	substance := len(p.filters)+len(p.refs)+len(p.heads()) > 0
	if p.asks["exists"] {
		return substance && !p.asks["which"] || substance && !p.whichNoun()
	}
	if p.asks["which"] || !substance {
		return false
	}
	first := 0
	for first < len(p.spans) && p.spans[first].filler() && !p.spans[first].is(catIs) {
		first++
	}
	if p.language == "en" || p.language == "es" {
		return p.at(first).is(catIs) && (len(p.refs) > 0 || len(p.filters) > 0)
	}
	ends := slices.ContainsFunc(p.spans, func(s *span) bool { return s.is(catYes) && s.text != "の" })
	return ends && (len(p.filters) > 0 || len(p.refs) > 0)
}

func (p *parser) whichNoun() bool {
	return slices.ContainsFunc(p.spans, func(s *span) bool { return s.has(catAsk, "which") })
}

func (p *parser) thing() bool {
	return slices.ContainsFunc(p.spans, func(s *span) bool { return s.is(catThing) })
}
