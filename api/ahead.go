package api

import "context"

type nextKey struct{}

// OnNext returns a context with which reading a page of a list tells the token
// of the page after it as soon as that is known: the rows of the page are
// decoded while the caller asks for the next one already. Next is called on
// the goroutine that reads, before the read returns, and not at all for the
// last page or one that fails.
func OnNext(ctx context.Context, next func(token string)) context.Context {
	return context.WithValue(ctx, nextKey{}, next)
}

func tell(ctx context.Context, token string) {
	if next, ok := ctx.Value(nextKey{}).(func(token string)); ok {
		next(token)
	}
}
