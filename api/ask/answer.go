package ask

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// Row is one thing in an answer. Its texts are data that came from TiDB
// Cloud: make them safe before they are shown.
type Row struct {
	Kind         Entity `json:"kind"`
	Grant        string `json:"grant"`
	ID           string `json:"id"`
	Name         string `json:"name"`
	OrgID        string `json:"org_id"`
	Organization string `json:"organization"`
	ProjectID    string `json:"project_id,omitempty"`
	Project      string `json:"project,omitempty"`
	ClusterID    string `json:"cluster_id,omitempty"`
	State        string `json:"state,omitempty"`
	Plan         string `json:"plan,omitempty"`
	Region       string `json:"region,omitempty"`
	Version      string `json:"version,omitempty"`
	Virtual      bool   `json:"virtual,omitempty"` // a project that is none
	Clusters     int    `json:"clusters,omitempty"`
}

// Source is one list that an answer comes from: the proof behind it.
type Source struct {
	Grant        string    `json:"grant"`
	Organization string    `json:"organization"`
	Host         string    `json:"host"`
	Method       string    `json:"method"`
	Path         string    `json:"path"`
	Pages        int       `json:"pages"`
	ReadAt       time.Time `json:"read_at"`
}

// NotSeen is something that the answer could not take into account, and why.
type NotSeen struct {
	Voice        inventory.Voice `json:"-"`
	Why          string          `json:"why"`
	Organization string          `json:"organization"`
	ProjectID    string          `json:"project_id,omitempty"`
	Name         string          `json:"name"`
	Clusters     int             `json:"clusters,omitempty"` // hidden ones that were read
	Problem      string          `json:"problem,omitempty"`
}

// Option is one of several readings to choose from.
type Option struct {
	Label string `json:"label"`
	Query Query  `json:"query"`
}

// Repair is a word that was taken for another one.
type Repair struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Chip is a part of the reading that can be taken away or changed: the index
// of its filter, or -1 for what is no filter.
type Chip struct {
	Label  string `json:"label"`
	Filter int    `json:"filter"`
}

// Answer is what comes back: a sentence with everything that proves it.
type Answer struct {
	Query Query
	// Value is the answer for programs: a number, a list of ids, a list of
	// objects, an object of groups, a truth value, or nil.
	Value any
	// Text is the answer as one sentence. Names in it are data.
	Text string
	// Notes say what the number does not: the virtual project, a namesake.
	Notes   []string
	Groups  []Group
	ReadAs  []Chip
	From    []Source
	NotSeen []NotSeen
	// AtLeast is true if there may be more than was counted.
	AtLeast bool
	// Stood is when the oldest part of what the answer rests on was read.
	Stood   time.Time
	Repairs []Repair
	Options []Option // of a question that asks back
	Next    []string // questions that could follow
	Link    string   // a page of the console
	Needs   Needs    // what would have to be read first

	rows []*row
}

// Len returns the number of things behind the answer.
func (a *Answer) Len() int { return len(a.rows) }

// Rows returns the things behind the answer: those of a list, those that were
// counted, those of all groups.
func (a *Answer) Rows() []Row { return a.first(len(a.rows)) }

func (a *Answer) first(n int) []Row {
	shown := make([]Row, min(n, len(a.rows)))
	for i := range shown {
		shown[i] = shownRow(a.rows[i], a.Query.Entity)
	}
	return shown
}

// Needs is what a question needs that was not read yet.
type Needs struct {
	Branches []BranchList // lists of branches, one request each
	Over     bool         // more than the budget allows
	Budget   int
}

// BranchList is the list of branches of one cluster.
type BranchList struct{ Grant, ClusterID string }

// Calls returns how many requests it takes.
func (n Needs) Calls() int { return len(n.Branches) }

// MarshalJSON writes the answer as one object with a stable order of members.
func (a Answer) MarshalJSON() ([]byte, error) {
	calls := a.From
	if calls == nil {
		calls = []Source{}
	}
	notSeen := a.NotSeen
	if notSeen == nil {
		notSeen = []NotSeen{}
	}
	filters := a.Query.Filters
	if filters == nil {
		filters = []Filter{}
	}
	type line struct {
		Intent    Intent     `json:"intent"`
		Entity    Entity     `json:"entity"`
		Filters   []Filter   `json:"filters"`
		GroupBy   []string   `json:"group_by"`
		Aggregate *Aggregate `json:"aggregate"`
		Sort      *Sort      `json:"sort"`
		Answer    any        `json:"answer"`
		Text      string     `json:"text"`
		NotSeen   []NotSeen  `json:"not_seen"`
		Calls     []Source   `json:"calls"`
		AtLeast   bool       `json:"at_least,omitempty"`
		Notes     []string   `json:"notes,omitempty"`
		Repairs   []Repair   `json:"repairs,omitempty"`
		Options   []Option   `json:"options,omitempty"`
		Link      string     `json:"link,omitempty"`
		Needs     int        `json:"needs_calls,omitempty"`
	}
	return json.Marshal(line{
		a.Query.Intent, a.Query.Entity, filters, a.Query.GroupBy, a.Query.Aggregate, a.Query.Sort,
		a.Value, a.Text, notSeen, calls, a.AtLeast, a.Notes, a.Repairs, a.Options, a.Link, a.Needs.Calls(),
	})
}

// Run answers a query, whoever wrote it. It reads nothing from the network:
// what a query needs beyond the snapshots, [World.Needs] tells.
func (w *World) Run(q Query) Answer {
	if err := q.Validate(); err != nil {
		return Answer{Query: q, Text: "This cannot be answered: " + err.Error() + "."}
	}
	a := Answer{Query: q}
	a.ReadAs = chips(q)
	switch q.Intent {
	case IntentMeta:
		w.about(&a)
	case IntentHistory:
		w.history(&a)
	case IntentNavigate:
		w.navigate(&a)
	default:
		if q.reads() {
			w.read(&a)
		} else {
			w.decline(&a)
		}
	}
	return a
}

// read answers a query that looks at rows.
func (w *World) read(a *Answer) {
	q := a.Query
	a.Needs = w.Needs(q)
	rows, err := w.selectRows(q)
	if err == nil && listed(q) {
		rows, err = order(rows, q.Entity, groupless(q))
	}
	if err == nil {
		switch {
		case len(q.GroupBy) > 0:
			err = w.answerGroups(a, rows)
		case isFacet(q.Entity):
			w.answerFacet(a, rows)
		default:
			w.answerRows(a, rows)
		}
	}
	if err != nil {
		a.Text = "This cannot be answered: " + err.Error() + "."
		return
	}
	w.prove(a)
	w.say(a)
	a.Next = w.next(a)
}

// listed reports whether the order of the rows counts.
func listed(q Query) bool {
	switch q.Intent {
	case IntentCount, IntentExists, IntentAggregate:
		return false
	}
	return len(q.GroupBy) == 0 && !isFacet(q.Entity)
}

func isFacet(e Entity) bool {
	_, ok := e.facet()
	return ok
}

// groupless returns the order of the rows themselves, which is not that of
// their groups or facets.
func groupless(q Query) *Sort {
	if len(q.GroupBy) > 0 || isFacet(q.Entity) {
		return nil
	}
	return q.Sort
}

func (w *World) answerRows(a *Answer, rows []*row) {
	q := a.Query
	switch q.Intent {
	case IntentCount:
		a.Value = w.countOf(a, rows)
	case IntentExists:
		a.Value = len(rows) > 0
	case IntentAggregate:
		w.aggregate(a, rows)
	case IntentGet:
		a.Value = selectFields(rows, q, w.zone())
	case IntentCompare:
		a.Value = selectFields(rows, q, w.zone())
	default:
		if q.Intent == IntentTop && q.Aggregate != nil && q.Aggregate.Op == "select" {
			a.Value = selectFields(rows, q, w.zone())
			break
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.id()
		}
		a.Value = ids
	}
	a.rows = rows
}

// countOf counts rows. Where nothing but all clusters is asked for, the totals
// that the hosts told are as good as having read them.
func (w *World) countOf(a *Answer, rows []*row) int {
	if a.Query.Entity == EntityCluster && len(a.Query.Filters) == 0 {
		if n, ok := w.told(); ok && n > len(rows) {
			a.Notes = append(a.Notes, "Counted by the totals that TiDB Cloud told; not all of them have been read yet.")
			return n
		}
	}
	return len(rows)
}

// told returns the number of clusters by the totals of the lists, if nothing
// is hidden and every list told one or was read.
func (w *World) told() (int, bool) {
	sum := 0
	for i := range w.Grants {
		v := w.Grants[i].View
		if v.Counts().Hidden > 0 || len(v.Counts().Failures) > 0 {
			return 0, false
		}
		s := v.Shown()
		serverless := s.Status(inventory.Part{Kind: inventory.PartServerless})
		if serverless.Total < 0 || !s.Status(inventory.Part{Kind: inventory.PartProjects}).Done {
			return 0, false
		}
		sum += serverless.Total
		for _, p := range s.Projects() {
			part := s.Status(inventory.Part{Kind: inventory.PartDedicated, ID: p.ID})
			switch {
			case part.Done:
				sum += part.Rows
			case p.Type == api.ProjectDedicated:
				return 0, false
			}
		}
	}
	return sum, len(w.Grants) == len(w.rows().orgs)
}

func (w *World) aggregate(a *Answer, rows []*row) {
	q := a.Query
	if q.Aggregate == nil {
		a.Value = len(rows)
		return
	}
	n, ok := fold1(rows, q)
	if !ok {
		return
	}
	a.Value = n
}

// fold1 works out a sum, an average, a least or a most of a field.
func fold1(rows []*row, q Query) (float64, bool) {
	field, ok := fieldOf(q.Entity, q.Aggregate.Field)
	if !ok {
		return 0, false
	}
	sum, count, least, most := 0.0, 0, 0.0, 0.0
	for i := range rows {
		c := field(rows[i])
		if c.null || c.kind != kindNumber {
			continue
		}
		if sum += c.number; count == 0 {
			least, most = c.number, c.number
		}
		least, most = min(least, c.number), max(most, c.number)
		count++
	}
	if count == 0 && q.Aggregate.Op != "sum" {
		return 0, false
	}
	switch q.Aggregate.Op {
	case "avg":
		return sum / float64(count), true
	case "min":
		return least, true
	case "max":
		return most, true
	}
	return sum, true
}

// selectFields returns the fields asked for, one object for each row.
func selectFields(rows []*row, q Query, zone *time.Location) []map[string]any {
	names := []string{"id", fieldName}
	if q.Aggregate != nil && len(q.Aggregate.Fields) > 0 {
		names = q.Aggregate.Fields
	}
	objects := make([]map[string]any, len(rows))
	for i := range rows {
		objects[i] = make(map[string]any, len(names))
		for _, name := range names {
			if f, ok := fieldOf(q.Entity, name); ok {
				objects[i][name] = f(rows[i]).value(zone)
			}
		}
	}
	return objects
}

func (w *World) answerGroups(a *Answer, rows []*row) error {
	groups, err := w.groups(rows, a.Query)
	if err != nil {
		return err
	}
	if agg := a.Query.Aggregate; agg != nil && agg.Field != "" {
		weigh(groups, a.Query)
	}
	orderGroups(groups, a.Query.Sort)
	groups = limitGroups(groups, a.Query.Sort)
	a.Groups = groups
	value := make(map[string]any, len(groups))
	for _, g := range groups {
		n := any(g.Count)
		if g.Number != float64(g.Count) {
			n = g.Number
		}
		if len(g.Keys) < 2 {
			value[g.Keys[0]] = n
			continue
		}
		inner, ok := value[g.Keys[0]].(map[string]any)
		if !ok {
			inner = make(map[string]any)
			value[g.Keys[0]] = inner
		}
		inner[g.Keys[1]] = n
	}
	a.Value = value
	if len(groups) > 0 && a.Query.Sort != nil && a.Query.Sort.Limit != nil {
		rows = nil
		for _, g := range groups {
			rows = append(rows, g.rows...)
		}
	}
	a.rows = rows
	return nil
}

// weigh replaces the counts of groups by the aggregate of a field.
func weigh(groups []Group, q Query) {
	for i := range groups {
		groups[i].Number, _ = fold1(groups[i].rows, q)
	}
}

// answerFacet answers a question about values that clusters have, such as
// the regions in use.
func (w *World) answerFacet(a *Answer, rows []*row) {
	name, _ := a.Query.Entity.facet()
	grouped := a.Query
	grouped.GroupBy = []string{name}
	groups, _ := w.groups(rows, grouped) // the field of a facet is there
	groups = slices.DeleteFunc(groups, func(g Group) bool { return g.Keys[0] == "none" })
	a.rows = rows
	values := make([]string, len(groups))
	if a.Query.Intent == IntentTop {
		orderGroups(groups, a.Query.Sort)
		groups = limitGroups(groups, a.Query.Sort)
		values = values[:len(groups)]
	} else {
		slices.SortFunc(groups, func(a, b Group) int { return cmp.Compare(a.Keys[0], b.Keys[0]) })
	}
	for i, g := range groups {
		values[i] = g.Keys[0]
	}
	a.Groups = groups
	switch a.Query.Intent {
	case IntentCount:
		a.Value = len(values)
	case IntentExists:
		a.Value = len(values) > 0
	default:
		a.Value = values
	}
}

func shownRow(r *row, e Entity) Row {
	s := Row{Kind: e, Grant: r.org.grant.ID, ID: r.id(), Name: r.name(), OrgID: r.org.ID, Organization: r.org.Name, Clusters: r.clusters}
	if isFacet(e) {
		s.Kind = EntityCluster
	}
	if r.project != nil {
		s.ProjectID, s.Project = r.project.ID, r.project.Name
		s.Virtual = r.cluster == nil && r.project.Type == api.ProjectVirtual
	}
	if c := r.cluster; c != nil {
		s.ClusterID, s.State, s.Plan, s.Region, s.Version = c.ID, string(c.State), string(c.Plan), c.Region.ID, c.Version
	}
	if r.branch != nil {
		s.State = string(r.branch.State)
	}
	return s
}
