package ask

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Reading is what was understood of a question.
type Reading struct {
	Question string
	Language string // en, zh, ja or es
	Query    Query
	// Chips are the parts of the reading, in words.
	Chips []Chip
	// Repairs are the words that were taken for others.
	Repairs []Repair
	// Options are the readings to choose from if the intent is clarify.
	Options []Option
	// Unknown are the words that were not understood.
	Unknown []string
	// Aside is true if the answer does not replace what the next question
	// refers to, as "how many is that".
	Aside bool
	// Why says in a sentence why the question is asked back.
	Why string
}

// Read turns a question into a query over w. Before is the query that the
// conversation is about, nil at its beginning. Read never guesses: where
// there are several readings, or words that it does not know, the intent of
// the result is [IntentClarify] or [IntentUnknown]. Its time grows with the
// length of the question up to [MaxQuestion], and not beyond.
func Read(question string, w *World, before *Query) Reading {
	r := Reading{Question: question, Language: "en"}
	question = strings.Join(strings.Fields(strings.ToValidUTF8(question, "")), " ")
	if n := utf8.RuneCountInString(question); n > MaxQuestion {
		r.Query = nothing(IntentUnknown)
		r.Why = fmt.Sprintf("The question has %s characters, and up to %s are read.", thousands(n), thousands(MaxQuestion))
		return r
	}
	if q, isTerms, err := ReadTerms(question, w); isTerms {
		if r.Query = q; err != nil {
			r.Query = nothing(IntentUnknown)
			r.Why = "That filter cannot be read: " + err.Error() + "."
		}
		r.Chips = chips(r.Query)
		return r
	}
	m := mark(question, w)
	r.Language = m.language
	if len(m.tokens) == 0 || strings.Trim(m.line, "?!.,;:…·-_ ") == "" {
		r.Query = nothing(IntentEmpty)
		return r
	}
	for _, s := range m.spans {
		if s.repaired != "" {
			r.Repairs = append(r.Repairs, Repair{s.raw, s.repaired})
		}
	}
	r.read(m, w, before)
	if r.Query.Filters == nil {
		r.Query.Filters = []Filter{}
	}
	r.Chips = chips(r.Query)
	return r
}

func nothing(i Intent) Query { return Query{Intent: i, Entity: EntityNone, Filters: []Filter{}} }

func (r *Reading) read(m *marker, w *World, before *Query) {
	if q, doubtful, ok := special(m, w); ok {
		if r.Query = q; doubtful != nil {
			r.askWhich(doubtful)
		}
		return
	}
	p := parse(m, w)
	if p.orders() {
		r.Query = p.refusal()
		return
	}
	r.note(p)
	if before != nil && p.follows() {
		r.follow(p, *before)
		return
	}
	d, ok := p.build()
	switch {
	case len(r.Unknown) > 0:
		r.notUnderstood(d, ok)
	case !ok || d.partial:
		r.Query = nothing(IntentUnknown)
		r.Why = "I know those words, but not what they ask for together."
	default:
		r.settle(d)
	}
}

// note collects the words that found no place.
func (r *Reading) note(p *parser) {
	for _, i := range p.loners {
		r.Unknown = append(r.Unknown, p.spans[i].raw)
	}
	if p.negate || p.without || p.link == catOr && len(p.filters)+len(p.refs) == 0 {
		r.Unknown = append(r.Unknown, p.lastNegation())
	}
	r.Unknown = slices.DeleteFunc(r.Unknown, func(s string) bool { return s == "" })
}

func (p *parser) lastNegation() string {
	for i := len(p.spans) - 1; i >= 0; i-- {
		if s := p.spans[i]; s.is(catNot) || s.is(catWithout) || s.is(catOr) {
			return s.raw
		}
	}
	return ""
}

// notUnderstood asks back where all but some words were understood.
func (r *Reading) notUnderstood(d *draft, ok bool) {
	words := make([]string, len(r.Unknown))
	for i, u := range r.Unknown {
		words[i] = quote(u)
	}
	r.Why = "I did not understand " + strings.Join(words, ", ") + "."
	r.Query = nothing(IntentUnknown)
	if !ok || !d.says() {
		return
	}
	q := d.Query
	r.Options = []Option{{label(q), q}}
	r.Query = clarify(q)
}

// clarify is the query of a question that is asked back.
func clarify(q Query) Query {
	q = q.clone()
	q.Intent, q.Aggregate, q.Sort, q.GroupBy = IntentClarify, nil, nil, nil
	return q
}

// says reports whether a draft asks for anything in particular.
func (d *draft) says() bool {
	return len(d.Filters) > 0 || len(d.p.nouns) > 0 || len(d.GroupBy) > 0 || d.Intent == IntentAggregate || d.Intent == IntentTop
}

// label says what a query asks for, for a button.
func label(q Query) string {
	words := map[Intent]string{IntentCount: "count ", IntentExists: "any ", IntentGet: "show "}[q.Intent]
	by := ""
	if len(q.GroupBy) > 0 {
		by = " by " + FieldWords(q.GroupBy[0])
	}
	return words + plural(2, subject(q))[2:] + conditions(q) + by
}

// settle accepts a draft, or asks back about names that several things have.
func (r *Reading) settle(d *draft) {
	if !d.says() {
		r.Query = nothing(IntentUnknown)
		r.Why = "That could be about anything."
		return
	}
	if r.loner(d) || r.twoMeanings(d) || r.someTime(d) || r.running(d) {
		return
	}
	if len(d.doubts) > 0 {
		r.askWhich(d)
		return
	}
	r.Query = d.Query
}

// askWhich asks which of several things of one name is meant.
func (r *Reading) askWhich(d *draft) {
	x := d.doubts[0]
	r.Query = clarify(d.Query)
	r.Why = fmt.Sprintf("There are %s named %s.", plural(len(x.things), nounOf(x.things[0].entity)), quote(x.things[0].text))
	if len(distinct(x.things)) > 1 {
		r.Why = fmt.Sprintf("There are %s whose name fits %s.", plural(len(x.things), nounOf(x.things[0].entity)), quote(d.p.spans[d.p.refs[0].at].raw))
	}
	sameName := len(distinct(x.things)) == 1
	for _, n := range x.things[:min(len(x.things), maxSaid)] {
		q := d.Query.clone()
		for i, f := range q.Filters {
			if f.Field != x.filter.Field {
				continue
			}
			if sameName && (n.entity == EntityProject || n.entity == EntityCluster) {
				q.Filters[i] = Filter{idField(f.Field), OpEq, text(n.id)}
			} else {
				q.Filters[i] = Filter{f.Field, OpEq, text(n.text)}
			}
		}
		where := n.org
		if n.entity == EntityCluster {
			where = n.project + ", " + n.org
		}
		r.Options = append(r.Options, Option{cut(n.text) + " (" + cut(where) + ")", q})
	}
}

func nounOf(e Entity) string { return subject(Query{Entity: e}) }

// loner asks back about a single word that is a name and something else, or
// several names at once.
func (r *Reading) loner(d *draft) bool {
	p := d.p
	content := slices.DeleteFunc(slices.Clone(p.spans), func(s *span) bool { return s.filler() })
	if len(content) != 1 || content[0].quoted {
		return false
	}
	s := content[0]
	kinds := 0
	for _, e := range []Entity{EntityCluster, EntityProject, EntityOrg, EntityBranch} {
		if found := s.called(e); len(found) > 0 {
			kinds++
			r.Options = append(r.Options, Option{"the " + nounOf(e) + " " + quote(found[0].text), Query{
				Intent: IntentGet, Entity: e, Filters: []Filter{{fieldName, OpEq, text(found[0].text)}},
				Aggregate: &Aggregate{Op: "select", Fields: slices.Clone(details[e])},
			}})
		}
	}
	if isValue(s) && kinds > 0 {
		kinds++
		q := Query{Intent: IntentList, Entity: EntityCluster, Filters: slices.Clone(p.filters), Sort: &Sort{Field: fieldName, Dir: "asc"}}
		r.Options = append([]Option{{label(q), q}}, r.Options...)
	}
	if kinds < 2 {
		r.Options = nil
		return false
	}
	r.Query = nothing(IntentClarify)
	r.Query.Entity = r.Options[len(r.Options)-1].Query.Entity
	r.Why = quote(s.raw) + " can be read in more than one way."
	return true
}

// twoMeanings asks back about "the tokyo cluster", which is the one of that
// name or the one in that place.
func (r *Reading) twoMeanings(d *draft) bool {
	p := d.p
	if d.Entity != EntityCluster {
		return false
	}
	for i, s := range p.spans {
		found := s.called(EntityCluster)
		if !isValue(s) || s.quoted || len(found) == 0 || slices.ContainsFunc(p.refs, func(x ref) bool { return x.at == i }) {
			continue
		}
		noun := p.at(i + 1)
		if noun == nil || noun.text != "cluster" && noun.text != "instance" || p.asks["count"] || p.asks["exists"] || p.whichBefore(i) {
			continue
		}
		named := Query{Intent: IntentGet, Entity: EntityCluster, Filters: []Filter{{fieldName, OpEq, text(found[0].text)}},
			Aggregate: &Aggregate{Op: "select", Fields: slices.Clone(details[EntityCluster])}}
		if d.Intent == IntentGet {
			named = d.Query
		}
		r.Options = []Option{{"the cluster named " + quote(found[0].text), named}, {label(d.Query), d.Query}}
		r.Query = clarify(d.Query)
		r.Why = quote(s.raw) + " can be read in more than one way."
		return true
	}
	return false
}

// someTime asks back about a time without what happened then: "how many
// clusters were paused last week" is not about those created then.
func (r *Reading) someTime(d *draft) bool {
	p := d.p
	if p.timed == 0 || p.created || p.inherent || p.top != nil && (p.top.kind == "newest" || p.top.kind == "oldest") {
		return false
	}
	r.Options = []Option{{label(d.Query), d.Query}}
	r.Query = clarify(d.Query)
	r.Why = "A time was named, but not what happened then. What was the case earlier is only known from earlier readings."
	return true
}

// running asks back about "running in Tokyo", which says where or also in
// what state.
func (r *Reading) running(d *draft) bool {
	if !d.p.runs || d.Entity != EntityCluster || len(d.GroupBy) > 0 || d.Intent != IntentList && d.Intent != IntentCount && d.Intent != IntentExists {
		return false
	}
	if _, ok := d.filter(fieldState); ok || len(d.p.refs) > 0 {
		return false
	}
	if _, ok := d.filter(fieldVersion); ok {
		return false
	}
	active := d.Query.clone()
	active.Filters = append([]Filter{{fieldState, OpEq, text("ACTIVE")}}, active.Filters...)
	r.Options = []Option{{label(d.Query) + ", in any state", d.Query}, {label(active), active}}
	r.Query = clarify(d.Query)
	r.Why = "Running can say where a cluster is, or that it is active."
	return true
}

// Answer answers a reading.
func (w *World) Answer(r Reading) Answer {
	a := w.Run(r.Query)
	a.Repairs = r.Repairs
	for _, repair := range r.Repairs {
		a.Notes = append(a.Notes, fmt.Sprintf("Read %s as %s.", quote(repair.From), quote(repair.To)))
	}
	if r.Why != "" {
		a.Text = r.Why
	}
	switch r.Query.Intent {
	case IntentClarify:
		a.Options = r.Options
		labels := make([]string, len(r.Options))
		for i, o := range r.Options {
			labels[i] = o.Label
		}
		a.Value = labels
		a.Text = strings.TrimSpace(r.Why + " Did you mean: " + strings.Join(labels, " · ") + "?")
	case IntentUnknown:
		a.Next = w.Examples()
		a.Text = strings.TrimSpace(r.Why + " Try: " + strings.Join(a.Next, " · "))
	}
	return a
}
