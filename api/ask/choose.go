package ask

import (
	"cmp"
	"slices"
)

// choose decides what is wanted of the things: how many, which field of one,
// whether there are any, or the things themselves.
func (d *draft) choose() bool {
	p := d.p
	switch {
	case d.compares():
		return true
	case d.Intent == IntentTop || p.top != nil:
		return d.topped()
	case d.averages(), d.sums(), d.gets():
		return true
	case d.counting():
		d.count()
	case p.asks["who"]:
		return d.who()
	case d.yesNo():
		return d.answersYesNo()
	case p.wants("when", "age"):
		return false
	case p.asks["where"]:
		return len(d.Filters) > 0 && d.Entity == EntityCluster
	}
	return true
}

// counting reports whether a number is wanted, perhaps for each group.
func (d *draft) counting() bool {
	p := d.p
	switch {
	case p.asks["count"], len(d.GroupBy) > 0:
		return true
	case len(p.heads()) == 0:
		return false
	}
	return p.asks["howmuch"] && len(p.fields) == 0 || p.sum == "sum" && !p.asks["list"]
}

// count makes the query count.
func (d *draft) count() {
	d.Intent, d.Aggregate = IntentCount, &Aggregate{Op: "count"}
	if len(d.GroupBy) > 0 && d.Sort == nil {
		d.Sort = mostFirst()
	}
}

func mostFirst() *Sort { return &Sort{Field: "count", Dir: "desc"} }

// answersYesNo settles a question of yes and no.
func (d *draft) answersYesNo() bool {
	if !d.universal() {
		d.Intent, d.Aggregate = IntentExists, &Aggregate{Op: "exists"}
		return true
	}
	if len(d.p.filters) != 1 {
		return false
	}
	for i, f := range d.Filters {
		if same(f, d.p.filters[0]) {
			d.Filters[i] = opposite(f)
		}
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
	if p.some(func(s *span) bool { return s.is(catEvery) }) {
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
	if !p.some(func(s *span) bool { return s.is(catCompareTo) && !s.quoted }) {
		return false
	}
	d.Intent = IntentCompare
	if d.comparesPlaces(EntityOrg, fieldOrg) || d.comparesPlaces(EntityProject, fieldProject) {
		return true
	}
	i := slices.IndexFunc(d.Filters, func(f Filter) bool { return f.Op == OpIn })
	switch {
	case i < 0:
		d.partial = true
	case d.Filters[i].Field == fieldName && d.Entity == EntityCluster:
		d.Aggregate = &Aggregate{Op: "select", Fields: slices.Clone(details[EntityCluster])}
	default:
		d.besides(d.Filters[i].Field)
	}
	return true
}

// comparesPlaces settles the comparison of organizations or projects: those
// that are named, or all of them.
func (d *draft) comparesPlaces(e Entity, field string) bool {
	p := d.p
	n := 0
	for _, r := range p.refs {
		n += boolInt(r.entity == e)
	}
	all := len(p.refs) == 0 && slices.ContainsFunc(p.nouns, func(m noun) bool { return m.entity == e })
	if n < 2 && !all {
		return false
	}
	for i := range d.Filters {
		if d.Filters[i].Field == fieldName {
			d.Filters[i].Field = field
		}
	}
	d.besides(field)
	return true
}

// besides puts the clusters of each value of a field beside each other.
func (d *draft) besides(field string) {
	d.Entity, d.GroupBy, d.Aggregate, d.Sort = EntityCluster, []string{field}, &Aggregate{Op: "count"}, mostFirst()
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
	field := d.summed()
	if field == "" || p.named(EntityCluster) != nil || !d.totals(field) {
		return false
	}
	if d.Entity != EntityCluster {
		inside := len(p.refs) > 0 && (d.Entity == EntityProject || d.Entity == EntityOrg)
		if len(p.group) == 0 && !inside {
			return false
		}
		d.reenter(EntityCluster)
	}
	d.Intent, d.Aggregate = IntentAggregate, &Aggregate{Op: cmp.Or(p.sum, "sum"), Field: field}
	if len(d.GroupBy) > 0 {
		d.Sort = mostFirst()
	}
	p.fields = nil
	return true
}

// summed returns the field that a sum can be of.
func (d *draft) summed() string {
	field := ""
	for _, f := range d.p.fields {
		if (f.field == fieldLimit || f.field == fieldNodes) && (d.p.sum != "" || !f.without && !f.with) {
			field = f.field
		}
	}
	return field
}

// totals reports whether a sum of the field is wanted and not its values.
func (d *draft) totals(field string) bool {
	p := d.p
	return p.sum != "" || len(p.group) > 0 || p.asks["count"] && field == fieldNodes && !d.clusterAsked()
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
	one := d.theOne()
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
	if len(p.filters) > 0 {
		return false
	}
	d.Intent, d.Aggregate = IntentGet, &Aggregate{Op: "select", Fields: fields}
	return true
}

// theOne returns the thing that a question is about, if it names one.
func (d *draft) theOne() *ref {
	for _, e := range []Entity{EntityBranch, EntityCluster, EntityProject, EntityOrg} {
		r := d.p.named(e)
		if r == nil || r.negated {
			continue
		}
		if e == EntityCluster || e == d.Entity || e == EntityBranch && d.Entity == EntityCluster {
			return r
		}
	}
	return nil
}

func (d *draft) asksField() bool {
	p := d.p
	return p.wants("where", "when", "who", "age") || len(p.fields) > 0 && !p.asks["list"]
}

// fieldsAsked returns the fields that are wanted of one thing: those named,
// those that where, who and when ask for, the container that was asked for,
// or, if nothing but the name was said, what there is to know.
func (d *draft) fieldsAsked(one *ref) []string {
	p := d.p
	var fields []string
	for _, f := range p.fields {
		fields = append(fields, f.field)
		if f.field == fieldRegion {
			fields = append(fields, fieldCity)
		}
	}
	fields = append(fields, p.fieldsOfAsking(one.entity, fields)...)
	if len(fields) == 0 && !p.asks["count"] && !d.yesNo() {
		switch {
		case one.entity != d.Entity:
			fields = container(d.Entity, one.entity)
		case d.onlyNames(one):
			fields = slices.Clone(details[one.entity])
		}
	}
	return unique(fields)
}

// fieldsOfAsking returns the fields that words such as where ask for.
func (p *parser) fieldsOfAsking(e Entity, named []string) []string {
	switch {
	case p.asks["where"] && e == EntityCluster:
		return []string{fieldProject, fieldRegion}
	case p.asks["where"] && e == EntityProject:
		return []string{fieldOrg}
	case p.asks["who"]:
		return []string{fieldCreator}
	case p.wants("when", "age") && !p.stateAsked() && !slices.Contains(named, "update_time"):
		return []string{fieldCreated}
	case p.asks["size"] && e == EntityCluster:
		return []string{fieldNodes}
	}
	return nil
}

// container returns the field of a thing that says in what it is.
func container(outer, inner Entity) []string {
	switch {
	case outer == EntityProject && inner == EntityCluster:
		return []string{fieldProject}
	case outer == EntityOrg && (inner == EntityCluster || inner == EntityProject):
		return []string{fieldOrg}
	case outer == EntityCluster && inner == EntityBranch:
		return []string{fieldClusterN}
	}
	return nil
}

// unique returns the texts without those that came before.
func unique(list []string) []string {
	var once []string
	for _, s := range list {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}

// onlyNames reports whether the question names one thing and says no more.
func (d *draft) onlyNames(one *ref) bool {
	p := d.p
	return len(p.filters) == 0 && !p.mine && !slices.ContainsFunc(p.refs, func(r ref) bool { return r.entity == one.entity && r.at != one.at }) &&
		!one.plural && (one.op == OpEq || len(one.things) == 1) && !slices.ContainsFunc(p.nouns, func(n noun) bool { return n.plural && n.entity == one.entity })
}

func (p *parser) stateAsked() bool {
	return p.some(func(s *span) bool { return s.is(catState) && len(s.names) == 0 })
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
	said := len(p.filters)+len(p.refs) > 0
	switch {
	case p.wants("count", "where", "when", "who", "list"), p.thing(), !said && len(p.heads()) == 0:
		return false
	case p.asks["exists"]:
		return !p.asks["which"]
	case p.asks["which"], !said:
		return false
	case p.language == "en" || p.language == "es":
		return p.at(p.firstSaid()).is(catIs)
	}
	return p.some(func(s *span) bool { return s.is(catYes) && s.text != "の" })
}

// firstSaid returns the first span that is not a mere filler.
func (p *parser) firstSaid() int {
	first := 0
	for first < len(p.spans) && p.spans[first].filler() && !p.spans[first].is(catIs) {
		first++
	}
	return first
}

func (p *parser) thing() bool { return p.some(func(s *span) bool { return s.is(catThing) }) }
