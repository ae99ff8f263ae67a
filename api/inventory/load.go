package inventory

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"canopy/api"
)

// errSuperseded ends a reading whose part a later one has taken over.
var errSuperseded = errors.New("a later reading took over")

// Load reads everything but branches. It publishes a snapshot at the start
// and after each page, one at a time and in order; publish may call any
// method of v. The organization, the first projects and the first clusters
// are the first three requests. The rest follows host by host, the dedicated
// clusters once the projects are known.
//
// Load returns an error only if nothing could be read or ctx ended. A Load
// that is started while another one runs supersedes it: the caller cancels
// the old one, whose late answers are dropped.
func (v *Inventory) Load(ctx context.Context, publish func(*Snapshot)) error {
	r := v.newRun(ctx, publish)
	defer r.pool.rest()
	r.opening = newOpening(PartOrganization, PartProjects, PartServerless)
	organization := v.queue(Part{Kind: PartOrganization})
	projects := v.queue(Part{Kind: PartProjects})
	serverless := v.queue(Part{Kind: PartServerless})
	for part := range v.Snapshot().core.base.all() {
		if part.Kind == PartDedicated {
			r.dedicated[part] = v.queue(part)
		}
	}
	r.publish()

	var hosts sync.WaitGroup
	var failures [3]error
	hosts.Go(func() { failures[0] = r.readOrganization(organization) })
	hosts.Go(func() { failures[1] = r.readProjects(projects) })
	hosts.Go(func() { failures[2] = r.readServerless(serverless) })
	hosts.Wait()
	r.prepare()
	return r.result(failures[:])
}

// prepare sorts and indexes what has been read, so that the first search does
// not have to.
func (r *run) prepare() {
	c := r.v.Snapshot().core
	for _, p := range c.known().projects {
		if r.ctx.Err() != nil {
			return
		}
		indexOf(c.clusters(p.ID))
	}
}

// LoadBranches reads the branches of one cluster.
func (v *Inventory) LoadBranches(ctx context.Context, clusterID string, publish func(*Snapshot)) error {
	return v.Reload(ctx, Part{PartBranches, clusterID}, publish)
}

// Reload reads one part again, and publishes like [Inventory.Load]. The rows
// of the part are replaced when the reading has reached its end; one that
// fails keeps the old rows, marks them with the error and returns it.
// Reloading the projects reads the clusters of new Dedicated ones as well.
func (v *Inventory) Reload(ctx context.Context, part Part, publish func(*Snapshot)) error {
	r := v.newRun(ctx, publish)
	defer r.pool.rest()
	ticket := v.queue(part)
	r.publish()
	var err error
	switch part.Kind {
	case PartOrganization:
		err = r.readOrganization(ticket)
	case PartProjects:
		err = r.readProjects(ticket)
		r.prepare()
	case PartServerless:
		err = r.readServerless(ticket)
		r.prepare()
	case PartDedicated:
		err = r.readDedicated(part, ticket)
		r.prepare()
	case PartBranches:
		err = r.readBranches(part, ticket)
	default:
		err = fmt.Errorf("there is no part %q to read; choose one of the snapshot", part.Kind)
		v.fail(part, ticket, err)
	}
	if errors.Is(err, errSuperseded) {
		return nil
	}
	return err
}

// run is one call of Load or Reload.
type run struct {
	ctx       context.Context
	v         *Inventory
	publish   func()
	dedicated map[Part]int // tickets of the dedicated parts to read
	pages     atomic.Int64
	opening   *opening
	pool      *pool
}

func (v *Inventory) newRun(ctx context.Context, publish func(*Snapshot)) *run {
	var one sync.Mutex
	return &run{ctx: ctx, v: v, dedicated: make(map[Part]int), opening: newOpening(), pool: new(pool), publish: func() {
		if publish == nil {
			return
		}
		// The snapshot is taken in here, so that a later one is never
		// followed by an earlier one.
		one.Lock()
		defer one.Unlock()
		publish(v.Snapshot())
	}}
}

// result is what Load returns when all readings have ended.
func (r *run) result(failures []error) error {
	if err := r.ctx.Err(); err != nil {
		return fmt.Errorf("reading the inventory was stopped: %w", err)
	}
	if r.pages.Load() > 0 {
		return nil
	}
	var all error
	for _, err := range failures {
		switch {
		case err == nil, errors.Is(err, errSuperseded):
		case all == nil:
			all = fmt.Errorf("nothing could be read: %w", err)
		default:
			all = fmt.Errorf("%w; %w", all, err)
		}
	}
	return all
}

// failed ends the reading of a part with an error, and publishes that.
func (r *run) failed(part Part, ticket int, err error) error {
	if r.ctx.Err() != nil && !errors.Is(err, r.ctx.Err()) {
		err = fmt.Errorf("%w: %w", r.ctx.Err(), err)
	}
	r.v.fail(part, ticket, err)
	r.publish()
	return err
}

func (r *run) readOrganization(ticket int) error {
	part := Part{Kind: PartOrganization}
	organization, err := r.v.src.Organization(r.ctx)
	r.opening.answered(part.Kind)
	if !r.v.current(part, ticket) {
		return errSuperseded
	}
	if err != nil {
		return r.failed(part, ticket, err)
	}
	r.pages.Add(1)
	r.v.update(part, ticket, func(h *holding) {
		h.organization = organization
		h.status = Status{Done: true, ReadAt: r.v.now(), Requests: 1, Rows: 1, Total: -1}
	})
	r.publish()
	return nil
}

// readProjects reads the projects and then the dedicated clusters of those
// that call for it.
func (r *run) readProjects(ticket int) error {
	part := Part{Kind: PartProjects}
	err := read(r, part, ticket, reading[api.Project, api.Project]{
		keep: asTheyCome[api.Project],
		rows: newRows(describeProject),
		page: r.v.src.Projects,
		hold: func(h *holding) *prefix[api.Project] { return &h.projects },
		then: r.planDedicated,
	})
	// Also if a later reading took over the projects: the parts that this run
	// has queued are waited for, unless that one took them over as well.
	r.planDedicated()
	r.opening.wait(r.ctx)
	var refusal error
	for _, part := range r.settleDedicated() {
		switch ticket := r.dedicated[part]; {
		case refusal != nil:
			r.v.fail(part, ticket, refusal)
		case r.v.current(part, ticket):
			err := r.readDedicated(part, ticket)
			if refuses(err) || r.ctx.Err() != nil && !errors.Is(err, errSuperseded) {
				refusal = err
			}
		}
	}
	r.publish()
	return err
}

func (r *run) readServerless(ticket int) error {
	return read(r, Part{Kind: PartServerless}, ticket, reading[api.Cluster, entry]{
		keep: r.pool.keep,
		rows: newRows(describeEntry),
		page: r.v.src.ServerlessClusters,
		hold: func(h *holding) *prefix[entry] { return &h.clusters },
	})
}

func (r *run) readDedicated(part Part, ticket int) error {
	return read(r, part, ticket, reading[api.Cluster, entry]{
		keep: r.pool.keep,
		rows: newRows(describeEntry),
		page: func(ctx context.Context, token string) (api.Page[api.Cluster], error) {
			return r.v.src.DedicatedClusters(ctx, part.ID, token)
		},
		hold: func(h *holding) *prefix[entry] { return &h.clusters },
	})
}

func (r *run) readBranches(part Part, ticket int) error {
	page := func(ctx context.Context, token string) (api.Page[api.Branch], error) {
		return r.v.src.Branches(ctx, part.ID, token)
	}
	if row, ok := r.v.Snapshot().core.row(part.ID); ok && row.terms.host == api.HostDedicated {
		// Dedicated clusters have no branches, and no call that lists them.
		page = func(context.Context, string) (api.Page[api.Branch], error) {
			return api.Page[api.Branch]{}, nil
		}
	}
	return read(r, part, ticket, reading[api.Branch, api.Branch]{
		keep: asTheyCome[api.Branch],
		rows: newRows(describeBranch),
		page: page,
		hold: func(h *holding) *prefix[api.Branch] { return &h.branches },
	})
}
