package inventory

import (
	"hash/maphash"
	"maps"
	"strconv"
	"sync"

	"canopy/api"
)

// pool keeps once what many clusters have in common. There is one for each
// run, so that what nobody has any more goes with the rows that had it.
type pool struct {
	mu     sync.Mutex
	hash   maphash.Hash
	traits shelf[traits]
	labels shelf[labels]
	terms  shelf[terms]
	// By number, for the search. They only grow.
	allTraits []*traits
	allLabels []*labels
}

// shelf holds different values by their hash.
type shelf[T any] map[uint64][]*T

func (s *shelf[T]) find(hash uint64, is func(*T) bool) *T {
	for _, one := range (*s)[hash] {
		if is(one) {
			return one
		}
	}
	return nil
}

func (s *shelf[T]) put(hash uint64, one *T) *T {
	if *s == nil {
		*s = make(shelf[T])
	}
	(*s)[hash] = append((*s)[hash], one)
	return one
}

// rest forgets how to find what is in the pool, which takes memory and is not
// needed once a run has ended.
func (p *pool) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.traits, p.labels, p.terms = nil, nil, nil
}

// keep makes entries of a page of clusters, in their order.
func (p *pool) keep(page []api.Cluster) []entry {
	text := packTexts(page)
	entries := make([]entry, len(page))
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range page {
		c := &page[i]
		entries[i] = entry{
			id: c.ID, name: c.Name, prefix: c.UserPrefix, project: c.ProjectID,
			traits: p.traitsOf(c), labels: p.labelsOf(c), terms: p.termsOf(c),
			created: instantOf(c.Created), updated: instantOf(c.Updated),
		}
		if text != nil && c.Raw != nil {
			entries[i].text, entries[i].place = text, int32(i)
		}
	}
	return entries
}

func (p *pool) traitsOf(c *api.Cluster) *traits {
	p.hash.Reset()
	for _, s := range [...]string{string(c.Plan), string(c.State), c.Region.ID, c.Region.Display, c.CreatedBy, c.Public.Host} {
		p.write(s)
	}
	p.number(c.Public.Allowed)
	if c.Private != nil {
		p.write(c.Private.Host)
	}
	hash := p.hash.Sum64()
	if t := p.traits.find(hash, func(t *traits) bool { return t.is(c) }); t != nil {
		return t
	}
	t := &traits{
		pool: p, number: len(p.allTraits), plan: c.Plan, state: c.State, region: c.Region, createdBy: c.CreatedBy,
		public: c.Public, private: c.Private, words: traitWordsOf(c),
	}
	p.allTraits = append(p.allTraits, t)
	return p.traits.put(hash, t)
}

func (p *pool) labelsOf(c *api.Cluster) *labels {
	if len(c.Labels) == 0 {
		return nil
	}
	var hash uint64 // whatever the order of a map
	for name, value := range c.Labels {
		p.hash.Reset()
		p.write(name)
		p.write(value)
		hash += p.hash.Sum64()
	}
	if l := p.labels.find(hash, func(l *labels) bool { return maps.Equal(l.pairs, c.Labels) }); l != nil {
		return l
	}
	l := &labels{pool: p, number: len(p.allLabels), pairs: c.Labels, words: labelWords(c.Labels)}
	p.allLabels = append(p.allLabels, l)
	return p.labels.put(hash, l)
}

func (p *pool) termsOf(c *api.Cluster) *terms {
	p.hash.Reset()
	for _, s := range [...]string{c.OrganizationID, c.Version, c.Availability, c.Backup.Start} {
		p.write(s)
	}
	p.number(c.Backup.RetentionDays)
	p.number(c.MinRCU)
	if c.SpendingLimit != nil {
		p.number(*c.SpendingLimit)
	}
	hash := p.hash.Sum64()
	if t := p.terms.find(hash, func(t *terms) bool { return t.is(c) }); t != nil {
		return t
	}
	return p.terms.put(hash, &terms{
		organization: c.OrganizationID, version: c.Version, availability: c.Availability, spendingLimit: c.SpendingLimit,
		minRCU: c.MinRCU, maxRCU: c.MaxRCU, backup: c.Backup, annotations: c.Annotations, nodes: c.Nodes, host: c.Host,
	})
}

func (p *pool) write(s string) {
	p.hash.WriteString(s)
	p.hash.WriteByte(0)
}

func (p *pool) number(n int) {
	var digits [20]byte
	p.hash.Write(strconv.AppendInt(digits[:0], int64(n), 10))
	p.hash.WriteByte(0)
}
