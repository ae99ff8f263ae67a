package ask

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Intent is what a question wants.
type Intent string

// The intents. Those from IntentClarify on are answered without looking at
// any row.
const (
	IntentList      Intent = "list"      // the things themselves
	IntentCount     Intent = "count"     // how many, perhaps by group
	IntentGet       Intent = "get"       // fields of one thing
	IntentTop       Intent = "top"       // those with most or least of something
	IntentAggregate Intent = "aggregate" // a sum or an average
	IntentExists    Intent = "exists"    // yes or no
	IntentHistory   Intent = "history"   // what changed, between earlier readings
	IntentCompare   Intent = "compare"   // two things beside each other
	IntentExport    Intent = "export"    // the things, as a file
	IntentNavigate  Intent = "navigate"  // a page of the console
	IntentMeta      Intent = "meta"      // about Canopy itself and the grants

	IntentClarify      Intent = "clarify"       // there are several readings; ask back
	IntentRefuseWrite  Intent = "refuse_write"  // asks for a change
	IntentRefuseSecret Intent = "refuse_secret" // asks for a credential
	IntentOutOfScope   Intent = "out_of_scope"  // bills, data inside clusters, the world
	IntentUnknown      Intent = "unknown"       // not understood
	IntentEmpty        Intent = "empty"         // no question
)

// Entity is what a question is about.
type Entity string

// The entities. Regions, providers and so on are those in use: the values
// that the clusters have.
const (
	EntityCluster  Entity = "cluster"
	EntityProject  Entity = "project"
	EntityOrg      Entity = "org"
	EntityBranch   Entity = "branch"
	EntityRegion   Entity = "region"
	EntityProvider Entity = "provider"
	EntityPlan     Entity = "plan"
	EntityState    Entity = "state"
	EntityVersion  Entity = "version"
	EntityCreator  Entity = "creator"
	EntityGrant    Entity = "grant"    // a sign-in, for [IntentMeta]
	EntityChange   Entity = "change"   // for [IntentHistory]
	EntityRequest  Entity = "request"  // a call to TiDB Cloud, for [IntentMeta]
	EntitySnapshot Entity = "snapshot" // what has been read, for [IntentMeta]
	EntityNone     Entity = "none"
)

// facet returns the field of a cluster whose values are the entity.
func (e Entity) facet() (field string, ok bool) {
	switch e {
	case EntityRegion, EntityProvider, EntityPlan, EntityState, EntityVersion:
		return string(e), true
	case EntityCreator:
		return fieldCreator, true
	}
	return "", false
}

// Op compares a field with a value.
type Op string

// The operators.
const (
	OpEq         Op = "eq"
	OpNe         Op = "ne"
	OpIn         Op = "in"
	OpNotIn      Op = "not_in"
	OpGt         Op = "gt"
	OpGte        Op = "gte"
	OpLt         Op = "lt"
	OpLte        Op = "lte"
	OpNull       Op = "is_null"
	OpNotNull    Op = "not_null"
	OpPrefix     Op = "prefix"
	OpNotPrefix  Op = "not_prefix"
	OpSuffix     Op = "suffix"
	OpContains   Op = "contains"
	OpNotMatches Op = "not_matches" // does not contain
	OpNone       Op = "none"        // on "cluster.…": no cluster has the value
)

// Filter is one condition. The filters of a query hold together: each must
// be met.
type Filter struct {
	Field string `json:"field"`
	Op    Op     `json:"op"`
	Value Value  `json:"value"`
}

// Aggregate is what is worked out of the rows.
type Aggregate struct {
	Op     string   `json:"op"`               // count, exists, sum, avg, min, max, select
	Field  string   `json:"field,omitempty"`  // of sum, avg, min, max
	Fields []string `json:"fields,omitempty"` // of select
}

// Sort is the order of the answer. A limit keeps rows that are equal to the
// last one kept, if it is 1: ties are all shown.
type Sort struct {
	Field string `json:"field"`
	Dir   string `json:"dir"` // asc or desc
	Limit *int   `json:"limit"`
}

// Query is a question after it was read. It holds no text to be interpreted:
// each part is a name of the schema or a value to compare with.
type Query struct {
	Intent    Intent     `json:"intent"`
	Entity    Entity     `json:"entity"`
	Filters   []Filter   `json:"filters"`
	GroupBy   []string   `json:"group_by"`
	Aggregate *Aggregate `json:"aggregate"`
	Sort      *Sort      `json:"sort"`
}

// MaxFilters is the number of filters that [Query.Validate] lets pass.
const MaxFilters = 32

// clone returns a query that shares nothing with q that may be changed.
func (q Query) clone() Query {
	q.Filters = append([]Filter{}, q.Filters...)
	q.GroupBy = append([]string(nil), q.GroupBy...)
	if q.Aggregate != nil {
		a := *q.Aggregate
		q.Aggregate = &a
	}
	if q.Sort != nil {
		s := *q.Sort
		q.Sort = &s
	}
	return q
}

// filter returns the first filter on one of the fields.
func (q Query) filter(fields ...string) (Filter, bool) {
	for _, f := range q.Filters {
		for _, field := range fields {
			if f.Field == field {
				return f, true
			}
		}
	}
	return Filter{}, false
}

// reads reports whether answering the query looks at rows.
func (q Query) reads() bool {
	switch q.Intent {
	case IntentList, IntentCount, IntentGet, IntentTop, IntentAggregate, IntentExists, IntentCompare, IntentExport, IntentNavigate:
		return true
	}
	return false
}

// Validate reports what is wrong with a query that somebody else wrote: a
// field, an operator or an aggregate that does not exist.
func (q Query) Validate() error {
	if len(q.Filters) > MaxFilters {
		return fmt.Errorf("it has %d conditions and %d are allowed", len(q.Filters), MaxFilters)
	}
	if !q.reads() {
		return nil
	}
	if len(q.GroupBy) > 2 {
		return errors.New("it groups by more than two fields")
	}
	for _, f := range q.Filters {
		if !slices.Contains(operators, f.Op) {
			return fmt.Errorf("there is no operator %q", f.Op)
		}
	}
	for _, name := range q.fields() {
		if err := q.validField(name); err != nil {
			return err
		}
	}
	return nil
}

// fields returns the names of all fields that the query is about.
func (q Query) fields() []string {
	names := slices.Clone(q.GroupBy)
	for _, f := range q.Filters {
		names = append(names, f.Field)
	}
	if a := q.Aggregate; a != nil && a.Field != "" {
		names = append(names, a.Field)
	}
	if s := q.Sort; s != nil && s.Field != "count" && s.Field != "" && !isFacet(q.Entity) {
		names = append(names, s.Field)
	}
	return names
}

var operators = []Op{
	OpEq, OpNe, OpIn, OpNotIn, OpGt, OpGte, OpLt, OpLte, OpNull, OpNotNull, OpPrefix, OpNotPrefix, OpSuffix, OpContains, OpNotMatches, OpNone,
}

func (q Query) validField(name string) error {
	e := q.Entity
	if inner, ok := strings.CutPrefix(name, clusterPrefix); ok && (e == EntityProject || e == EntityOrg) {
		e, name = EntityCluster, inner
	}
	if _, ok := fieldOf(e, name); !ok {
		return fmt.Errorf("a %s has no field %q", e, name)
	}
	return nil
}
