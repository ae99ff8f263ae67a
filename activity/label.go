package activity

import (
	"context"
	"strconv"
)

// label is what a context says of the requests made with it.
type label struct {
	grant, why string
	before     int // tries before this one
}

type labelKey struct{}

func labelOf(ctx context.Context) label {
	l, _ := ctx.Value(labelKey{}).(label)
	return l
}

func (l label) on(ctx context.Context) context.Context {
	return context.WithValue(ctx, labelKey{}, l)
}

// words is the reason with the number of the try, unless it is the first.
func (l label) words() string {
	if l.before == 0 {
		return l.why
	}
	attempt := "attempt " + strconv.Itoa(l.before+1)
	if l.why == "" {
		return attempt
	}
	return l.why + ", " + attempt
}

// ForGrant returns a context whose requests are recorded as those of a grant.
func ForGrant(ctx context.Context, grantID string) context.Context {
	l := labelOf(ctx)
	l.grant = grantID
	return l.on(ctx)
}

// Why returns a context whose requests are recorded with a reason, such as
// "refresh". It takes the place of the reason that ctx has.
func Why(ctx context.Context, why string) context.Context {
	l := labelOf(ctx)
	l.why = why
	return l.on(ctx)
}

// Attempt returns a context for the n-th try of what was first tried with ctx:
// "refresh" becomes "refresh, attempt 2". The first is ctx itself, and tries of
// a second try are counted on: its second is the third.
func Attempt(ctx context.Context, n int) context.Context {
	if n <= 1 {
		return ctx
	}
	l := labelOf(ctx)
	l.before += n - 1
	return l.on(ctx)
}
