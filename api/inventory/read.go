package inventory

import (
	"context"

	"canopy/api"
)

// reading is how a part is read whose rows come as T and are kept as R.
type reading[T, R any] struct {
	page func(ctx context.Context, token string) (api.Page[T], error)
	keep func(page []T) []R
	rows *rows[R]
	hold func(*holding) *prefix[R] // where a part keeps such rows
	then func()                    // after each page, before it is published
}

// asTheyCome keeps rows as they come.
func asTheyCome[T any](page []T) []T { return page }

// read reads a part page by page and publishes after each. A page is asked
// for as soon as the one before it has told its token, while that one is
// decoded and taken in.
func read[T, R any](r *run, part Part, ticket int, how reading[T, R]) error {
	ctx, cancel := context.WithCancel(r.ctx)
	pages := pager[T]{ctx: ctx, page: how.page, wait: r.opening.wait}
	defer pages.asking.Wait()
	defer cancel()
	guard := newGuard()
	skipped := 0
	this := pages.ask(1, "")
	for n := 2; ; n++ {
		var next *asked[T]
		token, told := <-this.next
		if told && ctx.Err() == nil && !guard.tokens[token] && r.v.current(part, ticket) {
			next = pages.ask(n, token)
		}
		<-this.done
		r.opening.answered(part.Kind)
		if !r.v.current(part, ticket) {
			return errSuperseded
		}
		if this.err != nil {
			r.v.update(part, ticket, func(h *holding) { h.status.Requests++ })
			return r.failed(part, ticket, this.err)
		}
		skipped += this.page.Skipped
		stop := take(r, part, ticket, how, guard, this.page, skipped)
		if stop == nil && r.ctx.Err() != nil && this.page.Next != "" {
			stop = r.ctx.Err()
		}
		if stop != nil {
			if next != nil { // it was asked for, although nobody wants it any more
				r.v.update(part, ticket, func(h *holding) { h.status.Requests++ })
			}
			return r.failed(part, ticket, stop)
		}
		r.publish()
		if this.page.Next == "" {
			return nil
		}
		if next == nil {
			next = pages.ask(n, this.page.Next)
		}
		this = next
	}
}

// take takes in one page. It returns an error when the reading has to stop.
func take[T, R any](r *run, part Part, ticket int, how reading[T, R], g *guard, page api.Page[T], skipped int) error {
	r.pages.Add(1)
	how.rows.add(how.keep(page.Items))
	rows := how.rows.all()
	stop := g.check(page.Next, rows.count(), page.Total)
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
	return stop
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
