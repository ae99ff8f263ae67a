package inventory

import (
	"context"
	"strconv"
	"sync"

	"canopy/activity"
	"canopy/api"
)

// pager asks for the pages of one reading. It can be asked for a page while
// the one before it is still being decoded and taken in: one page is ahead,
// never more.
type pager[T any] struct {
	ctx    context.Context
	page   func(ctx context.Context, token string) (api.Page[T], error)
	wait   func(ctx context.Context) // before any page but the first
	asking sync.WaitGroup
}

// asked is a page that has been asked for.
type asked[T any] struct {
	next chan string // the token of the page after it, as soon as it is known; closed if there is none
	done chan struct{}
	page api.Page[T] // once done is closed
	err  error
}

// ask asks for the n-th page.
func (p *pager[T]) ask(n int, token string) *asked[T] {
	a := &asked[T]{next: make(chan string, 1), done: make(chan struct{})}
	p.asking.Go(func() {
		defer close(a.done)
		defer close(a.next)
		ctx := p.ctx
		if n > 1 {
			p.wait(ctx)
			// The first page has the reason for which the part is read; the
			// others follow by themselves.
			ctx = activity.Why(ctx, "background page "+strconv.Itoa(n))
		}
		told := false
		tell := func(token string) {
			if !told && token != "" {
				told = true
				a.next <- token
			}
		}
		a.page, a.err = p.page(api.OnNext(ctx, tell), token)
		if a.err == nil {
			tell(a.page.Next) // for a source that does not say it earlier
		}
	})
	return a
}
