package ask

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// The language of filters, for those who would rather type than ask:
//
//	state:paused region:tokyo -plan:starter nodes:>3 created:last_week
//	is:project org:Globex   is:branch cluster:orders-dev   group:plan,state
//
// Terms stand beside each other and all hold. A minus in front negates, a
// comma between values means or, and what has blanks in it is quoted.
type termList struct {
	Terms []*term `parser:"@@*"`
}

type term struct {
	Not    bool         `parser:"@Not?"`
	Key    string       `parser:"( @Word"`
	Op     string       `parser:"  @Op"`
	Values []*termValue `parser:"  @@ ( Comma @@ )*"`
	Bare   *termValue   `parser:"| @@ )"`
}

type termValue struct {
	Quoted *string `parser:"  @String"`
	Word   *string `parser:"| @Word"`
}

func (v *termValue) text() string {
	if v.Quoted == nil {
		return *v.Word
	}
	s := *v.Quoted
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
}

var termParser = participle.MustBuild[termList](
	participle.Lexer(lexer.MustSimple([]lexer.SimpleRule{
		{Name: "Space", Pattern: `\s+`},
		{Name: "String", Pattern: `"(\\.|[^"\\])*"`},
		{Name: "Op", Pattern: `:?(?:>=|<=|!=|=|>|<)|:`},
		{Name: "Comma", Pattern: `,`},
		{Name: "Not", Pattern: `[-!]`},
		{Name: "Word", Pattern: `[^\s":=<>!,-][^\s":=<>,]*`},
	})),
	participle.Elide("Space"),
	participle.UseLookahead(2),
)

// termKeys are the keys of the filter language and the fields behind them.
var termKeys = map[string]string{
	"state": fieldState, "status": fieldState, "plan": fieldPlan, "tier": fieldPlan, "provider": fieldProvider, "cloud": fieldProvider,
	"region": fieldRegion, "city": fieldCity, "place": fieldRegion, "country": fieldCountry, "continent": fieldContinent,
	"project": fieldProject, "org": fieldOrg, "organization": fieldOrg, "version": fieldVersion, "name": fieldName, "id": "id",
	"creator": fieldCreator, "by": fieldCreator, "created": fieldCreated, "limit": fieldLimit, "nodes": fieldNodes, "type": fieldType,
	"clusters": fieldClusters, "projects": fieldProjects, "branches": fieldBranches, "cluster": fieldClusterN,
}

// ReadTerms reads a line in the language of filters. It reports false if the
// line is not written in it: a question in words is not.
func ReadTerms(line string, w *World) (q Query, isTerms bool, err error) {
	list, noTerms := termParser.ParseString("", line)
	if noTerms != nil || strings.Contains(line, ": ") || !looksLikeTerms(list) {
		return Query{}, false, nil //nolint:nilerr // what is not in the language of filters is a question in words
	}
	q = Query{Intent: IntentList, Entity: EntityCluster, Filters: []Filter{}, Sort: &Sort{Field: fieldName, Dir: "asc"}}
	for _, t := range list.Terms {
		if t.Key == "is" {
			if q.Entity, err = termEntity(t); err != nil {
				return q, true, err
			}
		}
	}
	if q.Entity == EntityBranch {
		q.Sort = nil
	}
	for _, t := range list.Terms {
		if err := q.addTerm(t, w); err != nil {
			return q, true, err
		}
	}
	q.Filters = attachTo(q.Entity, q.Filters)
	if err := q.Validate(); err != nil {
		return q, true, err
	}
	return q, true, nil
}

// looksLikeTerms reports whether there is a term with a known key, and no word
// besides that belongs to a question.
func looksLikeTerms(list *termList) bool {
	keyed := false
	for _, t := range list.Terms {
		switch {
		case t.Key != "":
			if !knownKey(t.Key) {
				return false
			}
			keyed = true
		case t.Bare.Quoted == nil && (lexicon().words[keyOf(t.Bare.text())] != nil || lexicon().parts[keyOf(t.Bare.text())]):
			return false
		}
	}
	return keyed
}

func knownKey(key string) bool {
	key = strings.ToLower(key)
	_, ok := termKeys[key]
	return ok || key == "is" || key == "sort" || key == "group" || strings.HasPrefix(key, "label.") && len(key) > len("label.")
}

func termEntity(t *term) (Entity, error) {
	entities := []Entity{EntityCluster, EntityProject, EntityOrg, EntityBranch}
	e := Entity(strings.TrimSuffix(strings.ToLower(t.Values[0].text()), "s"))
	if t.Not || len(t.Values) != 1 || !slices.Contains(entities, e) {
		return e, fmt.Errorf("is: takes cluster, project, org or branch")
	}
	return e, nil
}

// addTerm adds the filter, group or order of a term.
func (q *Query) addTerm(t *term, w *World) error {
	if t.Key == "" {
		f := Filter{fieldName, OpContains, text(t.Bare.text())}
		if t.Not {
			f = opposite(f)
		}
		q.Filters = append(q.Filters, f)
		return nil
	}
	key := strings.ToLower(t.Key)
	switch key {
	case "is":
		return nil
	case "sort":
		return q.sortTerm(t)
	case "group":
		return q.groupTerm(t)
	}
	field := termKeys[key]
	if label, ok := strings.CutPrefix(key, "label."); ok {
		field = fieldLabels + label
	}
	fs, err := termFilters(field, t, w)
	q.Filters = append(q.Filters, fs...)
	return err
}

func (q *Query) sortTerm(t *term) error {
	name := t.Values[0].text()
	dir := "asc"
	if t.Not {
		dir = "desc"
	}
	field, ok := termKeys[strings.ToLower(name)]
	if !ok {
		return fmt.Errorf("there is nothing called %q to sort by", name)
	}
	q.Sort = &Sort{Field: field, Dir: dir}
	return nil
}

func (q *Query) groupTerm(t *term) error {
	for _, v := range t.Values {
		field, ok := termKeys[strings.ToLower(v.text())]
		if !ok {
			return fmt.Errorf("there is nothing called %q to group by", v.text())
		}
		q.GroupBy = append(q.GroupBy, field)
	}
	q.Intent, q.Aggregate, q.Sort = IntentCount, &Aggregate{Op: "count"}, &Sort{Field: "count", Dir: "desc"}
	return nil
}

// termFilters returns the filters of one term.
func termFilters(field string, t *term, w *World) ([]Filter, error) {
	op := strings.TrimPrefix(t.Op, ":")
	ops := map[string]Op{"": OpEq, "=": OpEq, "!=": OpNe, ">": OpGt, ">=": OpGte, "<": OpLt, "<=": OpLte}
	var joined []Filter
	for _, v := range t.Values {
		fs, err := termValueFilters(field, v, ops[op], w)
		if err != nil {
			return nil, err
		}
		if n := len(joined); n == 1 && len(fs) == 1 && joined[0].Field == fs[0].Field && joins(joined[0], fs[0]) {
			joined[0] = join(joined[0], fs[0])
			continue
		}
		if len(joined) > 0 {
			return nil, fmt.Errorf("the values of %s cannot be joined with a comma; write one term for each", t.Key)
		}
		joined = fs
	}
	if !t.Not {
		return joined, nil
	}
	if len(joined) != 1 {
		return nil, fmt.Errorf("%s:%s cannot be negated", t.Key, t.Values[0].text())
	}
	return []Filter{opposite(joined[0])}, nil
}

// termValueFilters returns the filters of one value, which is a word of the
// vocabulary where the field has such.
func termValueFilters(field string, v *termValue, op Op, w *World) ([]Filter, error) {
	s := v.text()
	switch field {
	case fieldRegion:
		return placeFilter(s, op, w)
	case fieldState, fieldPlan, fieldProvider, fieldCity, fieldCountry, fieldContinent:
		return wordFilter(field, s, op)
	case fieldCreated:
		return timeFilters(s, op)
	case fieldVersion:
		return versionFilter(s, op), nil
	case fieldLimit, fieldNodes, fieldClusters, fieldProjects, fieldBranches:
		return numberFilter(field, s, op)
	}
	if begin, ok := strings.CutSuffix(s, "*"); ok && field == fieldName && v.Quoted == nil {
		return []Filter{{field, OpPrefix, text(begin)}}, nil
	}
	return []Filter{{field, op, text(caseOf(field, s, w))}}, nil
}

// versionFilter reads a version: all of v7.5, but only v8.5.3.
func versionFilter(s string, op Op) []Filter {
	value := "v" + strings.TrimPrefix(strings.ToLower(s), "v")
	if op == OpEq && strings.Count(value, ".") < 2 {
		op = OpPrefix
	}
	return []Filter{{fieldVersion, op, text(value)}}
}

// numberFilter reads a number, or "none".
func numberFilter(field, s string, op Op) ([]Filter, error) {
	if s == "none" {
		return []Filter{{field, OpNull, Value{}}}, nil
	}
	n, err := strconv.ParseFloat(strings.TrimPrefix(s, "$"), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, fmt.Errorf("%q is no number", s)
	}
	return []Filter{{field, op, number(n)}}, nil
}

// caseOf returns a name as TiDB Cloud writes it, if only the case differs.
func caseOf(field, s string, w *World) string {
	entity := map[string]Entity{
		fieldName: EntityCluster, fieldClusterN: EntityCluster, fieldProject: EntityProject, fieldOrg: EntityOrg, fieldCreator: EntityCreator,
	}[field]
	things := w.nameIndex().find(keyOf(s))
	for _, n := range things {
		if n.text == s {
			return s
		}
	}
	for _, n := range things {
		if n.entity == entity {
			return n.text
		}
	}
	return s
}

// wordFilter resolves a value by the vocabulary.
func wordFilter(field, s string, op Op) ([]Filter, error) {
	categories := map[string]string{
		fieldState: catState, fieldPlan: catPlan, fieldProvider: catProvider, fieldCity: catCity, fieldCountry: catCountry, fieldContinent: catContinent,
	}
	for _, x := range lexicon().find(keyOf(s), "en") {
		if x.category != categories[field] {
			continue
		}
		switch x.value {
		case "healthy":
			return []Filter{{field, op, text("ACTIVE")}}, nil
		case "serverless", "tidbx":
			in := map[Op]Op{OpEq: OpIn, OpNe: OpNotIn}[op]
			return []Filter{{field, in, Value{List: slices.Clone(serverlessPlans)}}}, nil
		case "free":
			return []Filter{{field, op, text("STARTER")}, {fieldLimit, OpEq, number(0)}}, nil
		}
		return []Filter{{field, op, text(x.value)}}, nil
	}
	if field == fieldState || field == fieldPlan {
		s = strings.ToUpper(s)
	}
	return []Filter{{field, op, text(s)}}, nil
}

// placeFilter resolves a city, a country, a continent or a region.
func placeFilter(s string, op Op, w *World) ([]Filter, error) {
	for _, x := range lexicon().find(keyOf(s), "en") {
		if field, ok := map[string]string{catCity: fieldCity, catCountry: fieldCountry, catContinent: fieldContinent}[x.category]; ok {
			return []Filter{{field, op, text(x.value)}}, nil
		}
	}
	p := &parser{world: w}
	if id := p.regionOf(&span{text: keyOf(s)}); id != "" {
		if squeeze(id) == squeeze(s) {
			return []Filter{{fieldRegion, op, text(id)}}, nil
		}
		for _, r := range w.rows().regions {
			if r.ID == id {
				return []Filter{{fieldCode, op, text(r.Code)}}, nil
			}
		}
	}
	return nil, fmt.Errorf("there is no place or region %q", s)
}

// timeFilters resolves a day, a month, a year, a name such as last_week or an
// age such as 7d.
func timeFilters(s string, op Op) ([]Filter, error) {
	var when period
	switch n, unit := ageOf(s); {
	case n > 0:
		when = period{start: ago(n, unit)}
	default:
		found := false
		for _, x := range lexicon().find(strings.ReplaceAll(keyOf(s), "_", " "), "en") {
			if x.category == catTime {
				when, found = namedPeriod(x.value), true
			}
		}
		if !found {
			var err error
			if when, err = written(s); err != nil {
				return nil, err
			}
		}
	}
	bounded := when.end.Rel != "" || when.end.Text != ""
	end := when.start
	if bounded {
		end = when.end
	}
	switch op {
	case OpLt:
		return []Filter{{fieldCreated, OpLt, when.start}}, nil
	case OpLte:
		return []Filter{{fieldCreated, OpLt, end}}, nil
	case OpGt:
		return []Filter{{fieldCreated, OpGte, end}}, nil
	case OpGte:
		return []Filter{{fieldCreated, OpGte, when.start}}, nil
	}
	fs := []Filter{{fieldCreated, OpGte, when.start}}
	if bounded {
		fs = append(fs, Filter{fieldCreated, OpLt, when.end})
	}
	return fs, nil
}

// ageOf reads 7d, 2w, 3m and 1y.
func ageOf(s string) (n int, unit string) {
	if s == "" {
		return 0, ""
	}
	unit = map[byte]string{'h': "hour", 'd': "day", 'w': "week", 'm': "month", 'y': "year"}[s[len(s)-1]]
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || unit == "" || n > 10_000 {
		return 0, ""
	}
	return n, unit
}

// written reads 2026-11-23, 2026-11 and 2026.
func written(s string) (period, error) {
	var n [3]int
	parts := strings.Split(s, "-")
	for i, part := range parts[:min(3, len(parts))] {
		v, err := strconv.Atoi(part)
		if err != nil || v < 1 {
			return period{}, fmt.Errorf("%q is no time; write it as 2026-11-23, 2026-11, 2026, last_week or 7d", s)
		}
		n[i] = v
	}
	if n[0] < 1970 || n[0] > 2999 || n[1] > 12 || n[2] > 31 || len(parts) > 3 {
		return period{}, fmt.Errorf("%q is no time; write it as 2026-11-23, 2026-11, 2026, last_week or 7d", s)
	}
	switch len(parts) {
	case 1:
		return period{text(isoDate(n[0], 1, 1)), text(isoDate(n[0]+1, 1, 1)), 365}, nil
	case 2:
		year, month := n[0], n[1]+1
		if month > 12 {
			year, month = year+1, 1
		}
		return period{text(isoDate(n[0], n[1], 1)), text(isoDate(year, month, 1)), 30}, nil
	}
	return dayOf(s), nil
}
