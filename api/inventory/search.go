package inventory

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"canopy/api"
)

// MatchKind says what a [Match] is.
type MatchKind string

// What can be found.
const (
	MatchProject MatchKind = "project"
	MatchCluster MatchKind = "cluster"
	MatchBranch  MatchKind = "branch"
)

// Match is one thing that [Snapshot.Search] found.
type Match struct {
	Kind      MatchKind
	ID        string
	ProjectID string
	ClusterID string // of a cluster and a branch
}

// Search returns the projects, clusters and branches that have all of the
// words in them, in the order of the tree. Case does not count. Words are
// looked for in name, id, region, plan, state, creator, labels and host;
// without words nothing is found.
func (s *Snapshot) Search(words string) []Match {
	query := newQuery(words)
	if len(query.words) == 0 {
		return nil
	}
	c := s.now()
	var found []Match
	for _, p := range s.Projects() {
		if query.in(p.Name, p.ID, string(p.Type)) {
			found = append(found, Match{Kind: MatchProject, ID: p.ID, ProjectID: p.ID})
		}
		for _, row := range c.clusters(p.ID).items {
			if query.inCluster(row) {
				found = append(found, Match{Kind: MatchCluster, ID: row.ID, ProjectID: p.ID, ClusterID: row.ID})
			}
			if c.branches.size == 0 {
				continue
			}
			h, _ := c.branches.get(Part{PartBranches, row.ID})
			for _, b := range h.branches.group("").items {
				if query.in(b.Name, b.ID, string(b.State), b.CreatedBy, b.Public.Host) {
					found = append(found, Match{Kind: MatchBranch, ID: b.ID, ProjectID: p.ID, ClusterID: row.ID})
				}
			}
		}
	}
	return found
}

// query is the words of a search and a buffer for the text of one row, so
// that looking through many rows allocates nothing.
type query struct {
	words [][]byte
	text  []byte
}

func newQuery(words string) *query {
	q := new(query)
	for _, word := range strings.Fields(words) {
		q.words = append(q.words, appendLower(nil, word))
	}
	return q
}

// in reports whether each word is in one of the texts.
func (q *query) in(texts ...string) bool {
	q.text = q.text[:0]
	for _, text := range texts {
		q.add(text)
	}
	return q.matches()
}

func (q *query) inCluster(c *api.Cluster) bool {
	q.text = q.text[:0]
	for _, text := range [...]string{
		c.Name, c.ID, c.Region.ID, c.Region.Display, string(c.Plan), string(c.State), c.CreatedBy, c.Public.Host,
	} {
		q.add(text)
	}
	if c.Private != nil {
		q.add(c.Private.Host)
	}
	for name, label := range c.Labels {
		q.add(name)
		q.text[len(q.text)-1] = '='
		q.add(label)
	}
	return q.matches()
}

// add appends a text and a line break, which no word contains.
func (q *query) add(text string) {
	q.text = append(appendLower(q.text, text), '\n')
}

func (q *query) matches() bool {
	for _, word := range q.words {
		if !bytes.Contains(q.text, word) {
			return false
		}
	}
	return true
}

func appendLower(buffer []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			for _, r := range text[i:] {
				buffer = utf8.AppendRune(buffer, unicode.ToLower(r))
			}
			return buffer
		case 'A' <= c && c <= 'Z':
			buffer = append(buffer, c+'a'-'A')
		default:
			buffer = append(buffer, c)
		}
	}
	return buffer
}
