package ask

import "slices"

// measure settles superlatives, sums and groups. It reports false if a
// superlative has nothing to be the most of.
func (d *draft) measure() bool {
	p := d.p
	d.GroupBy = slices.Clone(p.group)
	if p.sort != nil {
		d.Sort = p.sort
	}
	if p.top == nil {
		return true
	}
	if len(p.nouns)+len(p.refs)+len(p.fields) == 0 && !p.asks["who"] && !p.following {
		return false // "the first one"
	}
	one := 1
	limit := p.top.limit
	if limit == nil {
		limit = &one
	}
	dir := "desc"
	switch p.top.kind {
	case "oldest", "smallest", "lowest", "fewest":
		dir = "asc"
	}
	d.Intent = IntentTop
	switch p.top.kind {
	case "newest", "oldest":
		return d.byAge(dir)
	case "most", "fewest", "top":
		return d.byCount(dir, limit)
	}
	return d.bySize(dir, limit)
}

// byAge settles "newest" and "oldest".
func (d *draft) byAge(dir string) bool {
	p := d.p
	if isFacet(d.Entity) || d.Entity == EntityOrg {
		return false
	}
	limit := p.top.limit
	if limit == nil && !slices.ContainsFunc(p.nouns, func(n noun) bool { return n.plural }) {
		one := 1
		limit = &one
	}
	if limit == nil {
		d.Intent = IntentList
	}
	d.Sort = &Sort{fieldCreated, dir, limit}
	return true
}

// bySize settles "largest" and "highest".
func (d *draft) bySize(dir string, limit *int) bool {
	p := d.p
	field := ""
	for _, f := range p.fields {
		switch f.field {
		case fieldLimit, fieldNodes, "backup_days", fieldVersion:
			field = f.field
		}
	}
	switch {
	case field != "":
		p.fields = nil
		if isFacet(d.Entity) && field != fieldVersion {
			return false
		}
		if isFacet(d.Entity) {
			d.Entity = EntityCluster
		}
	case d.Entity == EntityCluster && (p.top.kind == "largest" || p.top.kind == "smallest"):
		field = fieldNodes
	case d.Entity == EntityProject, d.Entity == EntityOrg:
		field = fieldClusters
	default:
		return false
	}
	d.Sort = &Sort{field, dir, limit}
	return true
}

// byCount settles "most clusters", "top 3 regions".
func (d *draft) byCount(dir string, limit *int) bool {
	p := d.p
	if field := p.measured(); field != "" {
		p.fields = nil
		d.Sort = &Sort{field, dir, limit}
		return !isFacet(d.Entity)
	}
	target, measure, ok := p.targetOf()
	if !ok {
		return false
	}
	if !counts(target, measure) {
		target, measure = measure, target
	}
	if !counts(target, measure) {
		return false
	}
	facet, grouped := target.facet()
	if target == EntityProject && measure == EntityCluster && len(p.filters) > 0 {
		facet, grouped = fieldProject, true // "the most paused clusters"
	}
	if !grouped {
		d.Entity = target
		d.Sort = &Sort{countFieldOf(measure), dir, limit}
		return true
	}
	p.dropField(facet)
	d.Entity, d.GroupBy, d.Aggregate = EntityCluster, []string{facet}, &Aggregate{Op: "count"}
	d.Sort = &Sort{"count", dir, limit}
	return true
}

// measured returns the field with numbers that was named, if one was.
func (p *parser) measured() string {
	for _, f := range p.fields {
		if f.field == fieldLimit || f.field == fieldNodes {
			return f.field
		}
	}
	return ""
}

// countFieldOf returns the field that counts things of an entity.
func countFieldOf(e Entity) string {
	switch e {
	case EntityProject:
		return fieldProjects
	case EntityBranch:
		return fieldBranches
	}
	return fieldClusters
}

// targetOf tells what has most of what. The measure is the noun beside the
// superlative.
func (p *parser) targetOf() (target, measure Entity, ok bool) {
	heads := p.heads()
	if p.asks["who"] {
		heads = append(heads, noun{entity: EntityCreator, at: -10})
	}
	switch {
	case len(heads) == 1 && len(p.group) == 1:
		if e, ok := entityOfField(p.group[0]); ok {
			p.group = nil
			return e, heads[0].entity, true
		}
	case len(heads) == 1 && heads[0].entity != EntityCluster:
		return heads[0].entity, "", true
	case len(heads) > 1:
		nearest := p.nearestNoun(heads)
		for _, n := range heads {
			if n.entity != nearest.entity {
				return n.entity, nearest.entity, true
			}
		}
	}
	return "", "", false
}

// nearestNoun returns the noun that stands nearest to the superlative; behind
// "top" the first is not the measure but what is listed.
func (p *parser) nearestNoun(heads []noun) noun {
	if p.top.kind == "top" {
		heads = heads[1:]
	}
	return slices.MinFunc(heads, func(a, b noun) int { return abs(a.at-p.top.at) - abs(b.at-p.top.at) })
}

// counts reports whether a target can have a number of the measure.
func counts(target, measure Entity) bool {
	switch measure {
	case "", EntityCluster:
		return target != EntityCluster && target != EntityBranch
	case EntityProject:
		return target == EntityOrg
	case EntityBranch:
		return target == EntityCluster
	}
	return false
}

func abs(n int) int { return max(n, -n) }

func entityOfField(field string) (Entity, bool) {
	switch field {
	case fieldProject:
		return EntityProject, true
	case fieldOrg:
		return EntityOrg, true
	case fieldCreator:
		return EntityCreator, true
	}
	for _, e := range []Entity{EntityRegion, EntityProvider, EntityPlan, EntityState, EntityVersion} {
		if string(e) == field {
			return e, true
		}
	}
	return "", false
}
