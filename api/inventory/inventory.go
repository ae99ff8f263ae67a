package inventory

import (
	"context"
	"sync"
	"time"

	"canopy/api"
)

// Source is where an inventory reads from; *api.Client is one.
type Source interface {
	Organization(ctx context.Context) (api.Organization, error)
	Projects(ctx context.Context, token string) (api.Page[api.Project], error)
	ServerlessClusters(ctx context.Context, token string) (api.Page[api.Cluster], error)
	DedicatedClusters(ctx context.Context, projectID, token string) (api.Page[api.Cluster], error)
	Branches(ctx context.Context, clusterID, token string) (api.Page[api.Branch], error)
	Backups(ctx context.Context, clusterID, token string) (api.Page[api.Backup], error)
}

// Inventory is what has been read so far. It is safe for concurrent use.
type Inventory struct {
	src Source
	now func() time.Time

	mu      sync.Mutex
	core    *core
	tickets map[Part]int // the reading of each part that counts
	issued  int
}

// New returns an empty inventory that reads from src.
func New(src Source, now func() time.Time) *Inventory {
	return &Inventory{src: src, now: now, core: new(core), tickets: make(map[Part]int)}
}

// Snapshot returns the inventory as it is now.
func (v *Inventory) Snapshot() *Snapshot {
	v.mu.Lock()
	defer v.mu.Unlock()
	return &Snapshot{core: v.core}
}

// queue marks a part as waiting to be read and returns the ticket of that
// reading. A reading whose ticket was given out anew has been superseded.
func (v *Inventory) queue(part Part) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.queueLocked(part)
}

func (v *Inventory) queueLocked(part Part) int {
	v.issued++
	v.tickets[part] = v.issued
	h, _ := v.core.holding(part)
	h.status = Status{Loading: true, Done: h.status.Done, ReadAt: h.status.ReadAt, Total: -1}
	v.core = v.core.with(part, h)
	return v.issued
}

// update changes a part, unless the reading with the ticket was superseded.
func (v *Inventory) update(part Part, ticket int, change func(*holding)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.tickets[part] != ticket {
		return
	}
	h, _ := v.core.holding(part)
	change(&h)
	v.core = v.core.with(part, h)
}

// current reports whether the reading with the ticket still counts.
func (v *Inventory) current(part Part, ticket int) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.tickets[part] == ticket
}

// fail ends the reading of a part with an error. Its rows stay.
func (v *Inventory) fail(part Part, ticket int, err error) {
	v.update(part, ticket, func(h *holding) {
		h.status.Loading = false
		h.status.Err = err
	})
}
