package inventory

import (
	"slices"
	"strings"
	"sync"

	"canopy/api"
)

// traitWords are what traits are searched by, in lower case: each field, and
// all of them one after the other.
type traitWords struct {
	all, region, plan, state, creator, host string
}

func traitWordsOf(c *api.Cluster) traitWords {
	private := ""
	if c.Private != nil {
		private = c.Private.Host
	}
	var text []byte
	var ends [5]int
	for i, line := range [...][2]string{
		{c.Region.ID, c.Region.Display}, {string(c.Plan)}, {string(c.State)}, {c.CreatedBy}, {c.Public.Host, private},
	} {
		if text = appendFolded(text, line[0]); line[1] != "" {
			text = appendFolded(append(text, '\n'), line[1])
		}
		ends[i] = len(text)
		text = append(text, '\n')
	}
	all := string(text)
	return traitWords{
		all: all, region: all[:ends[0]], plan: all[ends[0]+1 : ends[1]], state: all[ends[1]+1 : ends[2]],
		creator: all[ends[2]+1 : ends[3]], host: all[ends[3]+1 : ends[4]],
	}
}

func (w *traitWords) of(f Field) string {
	switch f {
	case "":
		return w.all
	case FieldRegion:
		return w.region
	case FieldPlan:
		return w.plan
	case FieldState:
		return w.state
	case FieldCreator:
		return w.creator
	case FieldHost:
		return w.host
	}
	return ""
}

// labelWords are labels as they are searched, "name=value" on each line.
func labelWords(pairs map[string]string) string {
	lines := make([]string, 0, len(pairs))
	for name, value := range pairs {
		lines = append(lines, fold(name)+"="+fold(value))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// index is what the clusters of a project are searched by, in their order. It
// never changes.
type index struct {
	names, ids column
	traits     []*traits
	labels     []*labels
	pool       *pool // that all of them are from; nil if they are from several

	once       sync.Once
	vocabulary []known // see words
}

func newIndex(items []*entry) *index {
	x := &index{traits: make([]*traits, len(items)), labels: make([]*labels, len(items))}
	x.names = newColumn(items, func(e *entry) string { return e.name })
	x.ids = newColumn(items, func(e *entry) string { return e.id })
	one := true
	for i, e := range items {
		x.traits[i], x.labels[i] = e.traits, e.labels
		one = one && e.traits.pool == items[0].traits.pool
	}
	if one && len(items) > 0 {
		x.pool = items[0].traits.pool
	}
	return x
}

// column is one text of each row, in lower case, each with a line break
// behind it, so that all can be searched at once.
type column struct {
	text   string
	ends   []uint32 // behind the line breaks
	folded bool     // at least one row differs in case from what stands here
}

func newColumn(items []*entry, of func(*entry) string) column {
	size := 0
	for _, e := range items {
		size += len(of(e)) + 1
	}
	c := column{ends: make([]uint32, len(items))}
	text := make([]byte, 0, size)
	for i, e := range items {
		begin := len(text)
		text = append(appendFolded(text, of(e)), '\n')
		c.folded = c.folded || string(text[begin:len(text)-1]) != of(e)
		c.ends[i] = uint32(len(text)) //nolint:gosec // names of all clusters together are far from 4 GiB
	}
	c.text = string(text)
	return c
}

// at returns the text of a row.
func (c *column) at(row int) string {
	begin := uint32(0)
	if row > 0 {
		begin = c.ends[row-1]
	}
	return c.text[begin : c.ends[row]-1]
}

// mark marks the rows with the word in them.
func (c *column) mark(word string, hits set) {
	for row, at := 0, 0; ; row++ {
		n := strings.Index(c.text[at:], word)
		if n < 0 {
			return
		}
		for at += n; int(c.ends[row]) <= at; {
			row++
		}
		hits.set(row)
		at = int(c.ends[row])
	}
}

// verdict is what a term says of what clusters have in common. It is worked
// out once for each pool and search.
type verdict struct {
	traits, labels         []bool // by number
	traitsHold, labelsHold int    // how many
}

func (v verdict) ofTraits(t *traits) bool { return v.traitsHold > 0 && v.traits[t.number] }

func (v verdict) ofLabels(l *labels) bool { return v.labelsHold > 0 && l != nil && v.labels[l.number] }

func (p *pool) judge(t *term) verdict {
	p.mu.Lock()
	allTraits, allLabels := p.allTraits, p.allLabels
	p.mu.Unlock()
	var v verdict
	if t.field != FieldLabel && t.field != FieldName && t.field != FieldID {
		v.traits = make([]bool, len(allTraits))
		for i, one := range allTraits {
			if v.traits[i] = t.holds(one.words.of(t.field)); v.traits[i] {
				v.traitsHold++
			}
		}
	}
	if t.field == "" || t.field == FieldLabel {
		v.labels = make([]bool, len(allLabels))
		for i, one := range allLabels {
			if v.labels[i] = t.holds(one.words); v.labels[i] {
				v.labelsHold++
			}
		}
	}
	return v
}
