package inventory

import (
	"maps"
	"slices"
	"time"

	"canopy/api"
)

// entry is a cluster as an inventory keeps it: what is its own, and by
// reference what it has in common with others. An organization may have
// 100,000 of them. It never changes.
type entry struct {
	id, name, prefix string
	project          string // as its label has it
	traits           *traits
	labels           *labels // nil: none
	terms            *terms
	text             *texts // nil: the JSON it came from is not kept
	place            int32  // where in text
	created, updated instant
}

// traits are what clusters are told apart and searched by.
type traits struct {
	pool      *pool
	number    int // in the pool
	plan      api.Plan
	state     api.State
	region    api.Region
	createdBy string
	public    api.Endpoint
	private   *api.Endpoint
	words     traitWords
}

func (t *traits) is(c *api.Cluster) bool {
	return t.plan == c.Plan && t.state == c.State && t.createdBy == c.CreatedBy && t.region == c.Region &&
		t.public == c.Public && same(t.private, c.Private)
}

// labels are those of a user.
type labels struct {
	pool   *pool
	number int // in the pool
	pairs  map[string]string
	words  string // see labelWords
}

// terms are what is only shown.
type terms struct {
	organization, version, availability string
	spendingLimit                       *int
	minRCU, maxRCU                      int
	backup                              api.BackupPolicy
	annotations                         map[string]string
	nodes                               []api.NodeGroup
	host                                api.Host
}

func (t *terms) is(c *api.Cluster) bool {
	return t.organization == c.OrganizationID && t.version == c.Version && t.availability == c.Availability &&
		same(t.spendingLimit, c.SpendingLimit) && t.minRCU == c.MinRCU && t.maxRCU == c.MaxRCU && t.backup == c.Backup &&
		t.host == c.Host && maps.Equal(t.annotations, c.Annotations) && slices.Equal(t.nodes, c.Nodes)
}

// same compares what two pointers point to.
func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// cluster returns the entry as everybody else knows it, without Raw.
func (e *entry) cluster() api.Cluster {
	t, u := e.traits, e.terms
	c := api.Cluster{
		ID: e.id, Name: e.name, ProjectID: e.project, UserPrefix: e.prefix, Created: e.created.time(), Updated: e.updated.time(),
		Plan: t.plan, State: t.state, Region: t.region, CreatedBy: t.createdBy, Public: t.public, Private: t.private,
		OrganizationID: u.organization, Version: u.version, Availability: u.availability, SpendingLimit: u.spendingLimit,
		MinRCU: u.minRCU, MaxRCU: u.maxRCU, Backup: u.backup, Annotations: u.annotations, Nodes: u.nodes, Host: u.host,
	}
	if e.labels != nil {
		c.Labels = e.labels.pairs
	}
	return c
}

// whole is cluster with Raw.
func (e *entry) whole() api.Cluster {
	c := e.cluster()
	if e.text != nil {
		c.Raw = e.text.at(int(e.place))
	}
	return c
}

// instant is a time in 12 bytes: a [time.Time] has 24, and a place for a zone.
type instant struct {
	high, low, nanoseconds int32 // seconds since 1970 in two halves
}

func instantOf(t time.Time) instant {
	seconds := t.Unix()
	return instant{int32(seconds >> 32), int32(seconds), int32(t.Nanosecond())} //nolint:gosec // two halves of one number
}

func (i instant) time() time.Time {
	return time.Unix(int64(i.high)<<32|int64(uint32(i.low)), int64(i.nanoseconds)).UTC() //nolint:gosec // as in instantOf
}

func describeEntry(e *entry) key { return key{id: e.id, name: e.name, group: e.project} }
