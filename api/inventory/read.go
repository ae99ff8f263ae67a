package inventory

import (
	"context"
	"strconv"

	"canopy/activity"
	"canopy/api"
)

// reading is how a part with rows is read.
type reading[T any] struct {
	rows *rows[T]
	page func(ctx context.Context, token string) (api.Page[T], error)
	hold func(*holding) *prefix[T] // where a part keeps such rows
	then func()                    // after each page, before it is published
}

// read reads a part page by page and publishes after each.
func read[T any](r *run, part Part, ticket int, how reading[T]) error {
	guard := newGuard()
	var skipped int
	for token, n := "", 1; ; n++ {
		page, err := how.page(whyPage(r.ctx, n), token)
		r.opening.answered(part.Kind)
		if !r.v.current(part, ticket) {
			return errSuperseded
		}
		if err != nil {
			r.v.update(part, ticket, func(h *holding) { h.status.Requests++ })
			return r.failed(part, ticket, err)
		}
		r.pages.Add(1)
		how.rows.add(page.Items)
		skipped += page.Skipped
		rows := how.rows.all()
		stop := guard.check(page.Next, rows.count(), page.Total)
		r.v.update(part, ticket, func(h *holding) {
			progress(&h.status, rows.count(), page.Total)
			show(h, how.hold(h), rows, page.Next == "", r)
			if page.Next == "" {
				h.doubtful = skipped > 0 || h.status.Total >= 0 && h.status.Total != rows.count()
			}
		})
		if page.Next == "" {
			r.v.forgetOrphans()
		}
		if how.then != nil {
			how.then()
		}
		switch {
		case stop != nil:
			return r.failed(part, ticket, stop)
		case r.ctx.Err() != nil && page.Next != "":
			return r.failed(part, ticket, r.ctx.Err())
		}
		r.publish()
		if page.Next == "" {
			return nil
		}
		token = page.Next
		r.opening.wait(r.ctx)
	}
}

// whyPage gives the first page the reason for which the part is read; the others follow by
// themselves.
func whyPage(ctx context.Context, n int) context.Context {
	if n == 1 {
		return ctx
	}
	return activity.Why(ctx, "background page "+strconv.Itoa(n))
}

func progress(status *Status, rows, total int) {
	status.Requests++
	status.Rows = rows
	if total >= 0 {
		status.Total = total
	}
}

// show puts the rows read so far in the place of those held. Rows of an
// earlier reading that reached its end stay until this one does as well, so
// that nothing vanishes from the screen only to come back a page later.
func show[T any](h *holding, held *prefix[T], rows prefix[T], end bool, r *run) {
	if end || !h.status.Done && rows.count() >= held.count() {
		*held = rows
		h.status.ReadAt = r.v.now()
	}
	if end {
		h.status.Loading, h.status.Done, h.status.Err = false, true, nil
	}
}

// forgetOrphans drops the branches of clusters that are gone.
func (v *Inventory) forgetOrphans() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for part, h := range v.core.branches.all() {
		if !h.status.Loading && !v.core.has(part.ID) {
			delete(v.tickets, part)
			v.core = v.core.without(part)
		}
	}
}
