package ask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"canopy/api/inventory"
)

// maxSaid is the number of things that a sentence names before it only counts
// the rest.
const maxSaid = 12

// say makes the sentence of an answer that looked at rows.
func (w *World) say(a *Answer) {
	q := a.Query
	things := subject(q)
	switch v := a.Value.(type) {
	case bool:
		a.Text = w.sayExists(a, v, things)
	case int:
		a.Text = atLeast(a) + counted(v, q) + conditions(q) + "."
		if q.Entity == EntityProject {
			w.nameVirtual(a)
		}
	case float64:
		a.Text = w.sayAggregate(q, v)
	case []string:
		a.Text = w.sayList(a, v)
	case []map[string]any:
		a.Text = w.sayGet(a, v)
	case map[string]any:
		a.Text = w.sayGroups(a)
	default:
		a.Text = "There is nothing to work out: no " + things + conditions(q) + " has that value."
	}
	w.remark(a)
}

// nameVirtual says what the virtual project beside a count of projects holds.
func (w *World) nameVirtual(a *Answer) {
	t := w.rows()
	if t.virtual == 0 || len(a.Query.Filters) == 0 || a.Query.Filters[0].Field != fieldType {
		return
	}
	count, held := 0, 0
	bare := a.Query.clone()
	bare.Filters = slices.DeleteFunc(bare.Filters, func(f Filter) bool { return f.Field == fieldType })
	rows, err := w.selectRows(bare)
	if err != nil {
		return
	}
	for _, r := range rows {
		if r.project.Type == virtualType {
			count, held = count+1, held+r.clusters
		}
	}
	if count > 0 {
		a.Text = strings.TrimSuffix(a.Text, ".") + fmt.Sprintf(" (+%d virtual holding %s).", count, plural(held, "cluster"))
	}
}

func atLeast(a *Answer) string {
	if a.AtLeast {
		return "At least "
	}
	return ""
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	switch {
	case strings.HasSuffix(one, "ch"):
		one += "es"
	case strings.HasSuffix(one, "y"):
		one = strings.TrimSuffix(one, "y") + "ies"
	default:
		one += "s"
	}
	return thousands(n) + " " + one
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func counted(n int, q Query) string { return plural(n, subject(q)) }

// subject is the noun of a query.
func subject(q Query) string {
	switch q.Entity {
	case EntityOrg:
		return "organization"
	case EntityCreator:
		return "creator"
	}
	return string(q.Entity)
}

// conditions says what the filters of a query ask for.
func conditions(q Query) string {
	var parts []string
	for _, f := range q.Filters {
		if f.Field == fieldType && f.Op == OpNe && f.Value.Text == virtualType {
			continue
		}
		parts = append(parts, sayFilter(f))
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + strings.Join(parts, " and ")
}

var fieldWords = map[string]string{
	fieldCity: "place", fieldCountry: "country", fieldContinent: "continent", fieldCode: "region", fieldProject: "project", fieldOrg: "organization",
	fieldCreator: "creator", fieldCreated: "creation", fieldLimit: "monthly spending limit", fieldNodes: "nodes",
	fieldClusters: "number of clusters", fieldProjects: "number of projects", fieldBranches: "number of branches", "project.id": "project id",
	"org.id": "organization id", "update_time": "last update", "backup_days": "days that backups are kept",
}

// FieldWords returns what a field is called in English.
func FieldWords(field string) string {
	if words, ok := fieldWords[field]; ok {
		return words
	}
	if label, ok := strings.CutPrefix(field, fieldLabels); ok {
		return "label " + label
	}
	if inner, ok := strings.CutPrefix(field, clusterPrefix); ok {
		return "cluster " + FieldWords(inner)
	}
	return strings.ReplaceAll(field, "_", " ")
}

var opWords = map[Op]string{
	OpEq: "", OpNe: "not ", OpIn: "", OpNotIn: "not ", OpGt: "over ", OpGte: "at least ", OpLt: "under ", OpLte: "at most ",
	OpPrefix: "beginning with ", OpNotPrefix: "not beginning with ", OpSuffix: "ending with ", OpContains: "containing ",
	OpNotMatches: "not containing ", OpNone: "none ",
}

var timeOpWords = map[Op]string{OpGt: "after ", OpGte: "since ", OpLt: "before ", OpLte: "up to ", OpEq: "at "}

func sayFilter(f Filter) string {
	field := FieldWords(f.Field)
	switch {
	case f.Op == OpNull:
		return "no " + field
	case f.Op == OpNotNull:
		return "a " + field
	case strings.HasSuffix(f.Field, "_time"):
		return field + " " + timeOpWords[f.Op] + f.Value.String()
	case f.Field == fieldLimit:
		return field + " " + opWords[f.Op] + "$" + f.Value.String()
	case f.Field == fieldName || strings.HasSuffix(f.Field, ".name"):
		return field + " " + opWords[f.Op] + quote(f.Value.String())
	case len(f.Value.List) > 0:
		return field + " " + opWords[f.Op] + strings.Join(f.Value.List, " or ")
	}
	return field + " " + opWords[f.Op] + f.Value.String()
}

func quote(s string) string { return "“" + cut(s) + "”" }

// cut shortens a name in a sentence.
func cut(s string) string {
	const most = 80
	if n := 0; len(s) > most {
		for i := range s {
			if n++; n > most {
				return s[:i] + "…"
			}
		}
	}
	return s
}

// chips are the parts of a reading.
func chips(q Query) []Chip {
	list := []Chip{{Label: string(q.Intent) + " " + subject(q), Filter: -1}}
	for i, f := range q.Filters {
		list = append(list, Chip{sayFilter(f), i})
	}
	if len(q.GroupBy) > 0 {
		words := make([]string, len(q.GroupBy))
		for i, g := range q.GroupBy {
			words[i] = FieldWords(g)
		}
		list = append(list, Chip{"by " + strings.Join(words, " and "), -1})
	}
	if a := q.Aggregate; a != nil && a.Field != "" {
		list = append(list, Chip{a.Op + " of " + FieldWords(a.Field), -1})
	}
	if s := q.Sort; s != nil && s.Field != fieldName && s.Field != "" {
		label := FieldWords(s.Field) + ", smallest first"
		if s.Dir == "desc" {
			label = FieldWords(s.Field) + ", largest first"
		}
		if s.Limit != nil {
			label += fmt.Sprintf(", %d only", *s.Limit)
		}
		list = append(list, Chip{label, -1})
	}
	return list
}

func (w *World) sayExists(a *Answer, there bool, things string) string {
	if there {
		return "Yes: " + atLeastLower(a) + plural(len(a.rows), things) + conditions(a.Query) + "."
	}
	if a.AtLeast {
		return "None was found, but not everything could be seen: no " + things + conditions(a.Query) + "."
	}
	return "No: there is no " + things + conditions(a.Query) + "."
}

func atLeastLower(a *Answer) string { return strings.ToLower(atLeast(a)) }

func (w *World) sayAggregate(q Query, v float64) string {
	n := strings.TrimSuffix(strconv.FormatFloat(v, 'f', 2, 64), ".00")
	if q.Aggregate == nil {
		return n
	}
	words := map[string]string{"sum": "The sum", "avg": "The average", "min": "The smallest", "max": "The largest"}[q.Aggregate.Op]
	sentence := words + " of the " + FieldWords(q.Aggregate.Field) + " of " + plural(2, subject(q))[2:] + conditions(q) + " is "
	if q.Aggregate.Field == fieldLimit {
		return sentence + "$" + n + ". A spending limit is a cap, not a cost; what was spent is on the billing page of the console."
	}
	return sentence + n + "."
}

func (w *World) sayList(a *Answer, ids []string) string {
	q := a.Query
	if len(ids) == 0 {
		if a.AtLeast {
			return "None was found, but not everything could be seen: no " + subject(q) + conditions(q) + "."
		}
		return "There is no " + subject(q) + conditions(q) + "."
	}
	said := ids
	if !isFacet(q.Entity) {
		some := a.first(maxSaid + 1)
		said = make([]string, 0, len(some))
		twice := make(map[string]int)
		for _, r := range some {
			twice[r.Name] = 0
		}
		for _, r := range a.rows {
			if n, ok := twice[r.name()]; ok {
				twice[r.name()] = n + 1
			}
		}
		for _, r := range some {
			name := cut(r.Name)
			if twice[r.Name] > 1 {
				name += " (" + cut(r.Organization) + ")"
			}
			if r.Virtual {
				name += " [virtual]"
			}
			said = append(said, name)
		}
	}
	rest := ""
	if len(ids) > maxSaid {
		rest = fmt.Sprintf(" and %s more", thousands(len(ids)-maxSaid))
		said = said[:maxSaid]
	}
	return atLeast(a) + plural(len(ids), subject(q)) + conditions(q) + ": " + strings.Join(said, ", ") + rest + "."
}

func (w *World) sayGet(a *Answer, objects []map[string]any) string {
	if len(objects) == 0 {
		return w.absent(a)
	}
	var names []string
	if a.Query.Aggregate != nil {
		names = a.Query.Aggregate.Fields
	}
	lines := make([]string, 0, len(objects))
	for i, object := range objects {
		var parts []string
		for _, name := range names {
			value := "not told"
			switch v := object[name].(type) {
			case string:
				value = cut(v)
			case float64:
				value = strconv.FormatFloat(v, 'f', -1, 64)
				if name == fieldLimit {
					value = "$" + value
				}
			}
			parts = append(parts, FieldWords(name)+" "+value)
		}
		lines = append(lines, quote(a.rows[i].name())+": "+strings.Join(parts, ", "))
	}
	return strings.Join(lines[:min(len(lines), maxSaid)], "; ") + "."
}

// absent says why a named thing is not in the answer.
func (w *World) absent(a *Answer) string {
	f, ok := a.Query.filter(fieldName)
	if !ok {
		return "There is no " + subject(a.Query) + conditions(a.Query) + "."
	}
	for i := range w.Grants {
		found := w.Grants[i].View.Search(inventory.Phrase(f.Value.Text))
		if len(found.Hidden) > 0 && found.Repaired == "" {
			return quote(f.Value.Text) + " is hidden by you."
		}
	}
	if a.AtLeast {
		return quote(f.Value.Text) + " was not found, but not everything could be read."
	}
	return quote(f.Value.Text) + " does not exist in what your grants see."
}

func (w *World) sayGroups(a *Answer) string {
	if len(a.Groups) == 0 {
		return "There is no " + subject(a.Query) + conditions(a.Query) + "."
	}
	parts := make([]string, 0, len(a.Groups))
	for _, g := range a.Groups {
		key := strings.Join(g.Keys, " / ")
		parts = append(parts, cut(key)+" "+strings.TrimSuffix(strconv.FormatFloat(g.Number, 'f', 2, 64), ".00"))
	}
	rest := ""
	if len(parts) > maxSaid {
		rest = fmt.Sprintf(" and %s more", thousands(len(parts)-maxSaid))
		parts = parts[:maxSaid]
	}
	words := make([]string, len(a.Query.GroupBy))
	for i, g := range a.Query.GroupBy {
		words[i] = FieldWords(g)
	}
	things := plural(2, subject(a.Query))[2:]
	return strings.ToUpper(things[:1]) + things[1:] + conditions(a.Query) + " by " + strings.Join(words, " and ") + ": " + atLeastLower(a) + strings.Join(parts, ", ") + rest + "."
}

// remark adds what the sentence has no room for.
func (w *World) remark(a *Answer) {
	q := a.Query
	if f, ok := q.filter(fieldState); ok && f.Value.Text == "ACTIVE" {
		a.Notes = append(a.Notes, "Healthy, running and up are read as the state ACTIVE.")
	}
	if f, ok := q.filter(fieldPlan); ok && len(f.Value.List) == 3 {
		a.Notes = append(a.Notes, "Serverless is read as the plans Starter, Essential and Premium.")
	}
	if q.Sort != nil && q.Sort.Field == fieldNodes {
		a.Notes = append(a.Notes, "Only Dedicated clusters tell their nodes; of the others no size is known.")
	}
	a.Notes = append(a.Notes, w.namesakes(q)...)
	a.Notes = append(a.Notes, w.unseenNames(q, a.NotSeen)...)
	if n := a.Needs; n.Calls() > 0 {
		words := fmt.Sprintf("The branches of %s have not been read: that takes %s.", plural(n.Calls(), "cluster"), plural(n.Calls(), "request"))
		if n.Over {
			words += fmt.Sprintf(" One question may cost %d; ask about fewer clusters.", n.Budget)
		}
		a.Notes = append(a.Notes, words)
	}
}

// namesakes names clusters that are called what a place or a state is called.
func (w *World) namesakes(q Query) []string {
	var notes []string
	for _, f := range q.Filters {
		if f.Field != fieldCity && f.Field != fieldState && f.Field != fieldName {
			continue
		}
		for _, v := range f.Value.texts() {
			for _, n := range w.nameIndex().sound(v) {
				if n.entity == EntityCluster && n.text != v || n.entity == EntityCluster && f.Field != fieldName {
					notes = append(notes, fmt.Sprintf("There is also a cluster named %s.", quote(n.text)))
				}
			}
		}
	}
	slices.Sort(notes)
	return slices.Compact(notes)
}

// unseenNames says of projects that a query names why they are not there.
func (w *World) unseenNames(q Query, missing []NotSeen) []string {
	var notes []string
	for _, f := range q.Filters {
		if f.Field != fieldProject && (f.Field != fieldName || q.Entity != EntityProject) {
			continue
		}
		for _, m := range missing {
			if slices.Contains(f.Value.texts(), m.Name) {
				notes = append(notes, fmt.Sprintf("The project %s of %s: %s.", quote(m.Name), m.Organization, m.Voice))
			}
		}
	}
	return notes
}

// next suggests questions that could follow.
func (w *World) next(a *Answer) []string {
	q := a.Query
	var next []string
	switch {
	case len(q.GroupBy) > 0:
		next = append(next, "which of them are paused?")
	case q.Entity == EntityCluster && q.Intent != IntentGet:
		next = append(next, "by project", "who created them?")
		if _, ok := q.filter(fieldCity, fieldRegion); !ok {
			next = append(next, "by region")
		}
	case q.Entity == EntityProject:
		next = append(next, "which project has the most clusters?")
	case q.Entity == EntityCluster && len(a.rows) == 1:
		next = append(next, "who created "+strconv.Quote(a.rows[0].name())+"?")
	}
	return next
}

// Age says how long ago a moment was.
func Age(now, then time.Time) string {
	switch d := now.Sub(then); {
	case then.IsZero():
		return "never"
	case d < time.Second:
		return "just now"
	case d < time.Minute:
		return plural(int(d.Seconds()), "second") + " ago"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute") + " ago"
	case d < 48*time.Hour:
		return plural(int(d.Hours()), "hour") + " ago"
	default:
		return plural(int(d.Hours()/24), "day") + " ago"
	}
}
