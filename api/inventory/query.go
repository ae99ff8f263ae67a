package inventory

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"canopy/api"
)

// Field is what a term of a search looks at.
type Field string

// The fields. A term without one looks at all but FieldProject and, in
// clusters and branches, FieldType.
const (
	FieldName    Field = "name"
	FieldID      Field = "id"
	FieldRegion  Field = "region"  // id or city
	FieldPlan    Field = "plan"    // its beginning
	FieldState   Field = "state"   // its beginning
	FieldCreator Field = "creator" // a mail address or an API key
	FieldLabel   Field = "label"   // "name=value" or a part of that
	FieldHost    Field = "host"    // of the public or private endpoint
	FieldProject Field = "project" // name or id of the project
	FieldType    Field = "type"    // "project", "cluster", "branch", or the type of the project
)

// fields are known in any case.
var fields = map[string]Field{
	"name": FieldName, "id": FieldID, "region": FieldRegion, "plan": FieldPlan, "state": FieldState, "creator": FieldCreator,
	"label": FieldLabel, "host": FieldHost, "project": FieldProject, "type": FieldType,
}

// Query is what a person looks for. See the documentation of the package for
// the language. The zero Query is empty.
type Query struct {
	text  string
	terms []term
}

// term is one condition of a query.
type term struct {
	not        bool
	field      Field  // "": any
	word       string // in lower case; "" asks whether the field has anything
	begin, end int    // of the word in the text of the query
}

// ParseQuery understands what somebody types, at every moment of typing: it
// knows no errors.
func ParseQuery(text string) Query {
	q := Query{text: text}
	for at := skipSpaces(text, 0); at < len(text); at = skipSpaces(text, at) {
		var t term
		if text[at] == '-' && at+1 < len(text) && skipSpaces(text, at+1) == at+1 {
			t.not = true
			at++
		}
		if field, after, ok := cutField(text, at); ok {
			t.field, at = field, after
		}
		t.begin, t.end, at = cutWord(text, at)
		if t.word = fold(strings.ReplaceAll(text[t.begin:t.end], `""`, `"`)); t.word != "" || t.field != "" {
			q.terms = append(q.terms, t)
		}
	}
	return q
}

// cutField reads "field:" at a position.
func cutField(text string, at int) (field Field, after int, ok bool) {
	colon := strings.IndexByte(text[at:], ':')
	if colon < 0 {
		return "", at, false
	}
	field, ok = fields[strings.ToLower(text[at:at+colon])]
	return field, at + colon + 1, ok
}

// cutWord reads a word, or several within quotation marks of which the second
// may be missing, and returns where it begins and ends, and what follows. A
// doubled mark within marks stands for one.
func cutWord(text string, at int) (begin, end, after int) {
	if at < len(text) && text[at] == '"' {
		begin = at + 1
		for end = begin; end < len(text); end++ {
			if text[end] != '"' {
				continue
			}
			if end == begin || end+1 == len(text) || text[end+1] != '"' {
				return begin, end, end + 1
			}
			end++
		}
		return begin, len(text), len(text)
	}
	end = at
	for end < len(text) && skipSpaces(text, end) == end {
		_, n := utf8.DecodeRuneInString(text[end:])
		end += n
	}
	return at, end, end
}

func skipSpaces(text string, at int) int {
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsSpace(r) {
			break
		}
		at += n
	}
	return at
}

// Phrase returns what to search for to find a text as it stands, whatever is
// in it.
func Phrase(text string) string {
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// Empty reports whether there is nothing to look for, as in a text without
// words.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// Excludes reports whether the query leaves out what would match otherwise.
func (q Query) Excludes() bool {
	for _, t := range q.terms {
		if t.not {
			return true
		}
	}
	return false
}

// matches reports whether all terms hold of something that has these texts. A
// term never holds of what does not have its field.
func (q Query) matches(texts []text) bool {
	for i := range q.terms {
		t := &q.terms[i]
		has, holds := false, false
		for _, one := range texts {
			if t.sees(one) {
				has, holds = true, holds || t.holds(fold(one.string))
			}
		}
		if !has || holds == t.not {
			return false
		}
	}
	return len(q.terms) > 0
}

// text is what something can be found by.
type text struct {
	string
	field Field
	aside bool // only if asked for the field
}

func (t *term) sees(one text) bool {
	return t.field == one.field || t.field == "" && !one.aside
}

// holds reports whether a term without its "-" holds of a text in lower case.
// Of what has few values the word is the beginning, so that "state:active" is
// not also "inactive".
func (t *term) holds(folded string) bool {
	switch {
	case t.word == "":
		return folded != ""
	case t.field == FieldState, t.field == FieldPlan:
		return strings.HasPrefix(folded, t.word)
	}
	return strings.Contains(folded, t.word)
}

func (q Query) matchesProject(p *api.Project) bool {
	texts := projectTexts(p)
	return q.matches(texts[:])
}

func projectTexts(p *api.Project) [6]text {
	return [...]text{
		{p.Name, FieldName, false}, {p.ID, FieldID, false}, {string(p.Type), FieldType, false}, {string(MatchProject), FieldType, true},
		{p.Name, FieldProject, true}, {p.ID, FieldProject, true},
	}
}

func (q Query) matchesBranch(b *api.Branch, p *api.Project) bool {
	texts := branchTexts(b, p)
	return q.matches(texts[:])
}

func branchTexts(b *api.Branch, p *api.Project) [9]text {
	return [...]text{
		{b.Name, FieldName, false}, {b.ID, FieldID, false}, {string(b.State), FieldState, false},
		{b.CreatedBy, FieldCreator, false}, {b.Public.Host, FieldHost, false}, {string(MatchBranch), FieldType, true},
		{string(p.Type), FieldType, true}, {p.Name, FieldProject, true}, {p.ID, FieldProject, true},
	}
}

// clusterTexts are what an index has of an entry, and its project.
func clusterTexts(e *entry, p *api.Project) []text {
	t := e.traits
	texts := []text{
		{e.name, FieldName, false}, {e.id, FieldID, false}, {t.region.ID, FieldRegion, false}, {t.region.Display, FieldRegion, false},
		{string(t.plan), FieldPlan, false}, {string(t.state), FieldState, false}, {t.createdBy, FieldCreator, false}, {t.public.Host, FieldHost, false},
	}
	if t.private != nil {
		texts = append(texts, text{t.private.Host, FieldHost, false})
	}
	if e.labels != nil {
		for _, name := range slices.Sorted(maps.Keys(e.labels.pairs)) {
			texts = append(texts, text{name + "=" + e.labels.pairs[name], FieldLabel, false})
		}
	}
	return append(texts, text{string(MatchCluster), FieldType, true}, text{string(p.Type), FieldType, true},
		text{p.Name, FieldProject, true}, text{p.ID, FieldProject, true})
}

// fold returns a text in lower case and without line breaks, which separate
// the texts of an index.
func fold(text string) string {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c == '\n' {
			return string(appendFolded(nil, text))
		}
	}
	return text
}

func appendFolded(buffer []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			for _, r := range text[i:] {
				buffer = utf8.AppendRune(buffer, foldRune(r))
			}
			return buffer
		case 'A' <= c && c <= 'Z':
			buffer = append(buffer, c+'a'-'A')
		case c == '\n':
			buffer = append(buffer, ' ')
		default:
			buffer = append(buffer, c)
		}
	}
	return buffer
}

func foldRune(r rune) rune {
	if r == '\n' {
		return ' '
	}
	return unicode.ToLower(r)
}
