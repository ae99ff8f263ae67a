package activity

import (
	"context"
	"strconv"
)

// label is what a context says of the requests made with it.
type label struct {
	grant, why string
	again      int // tries before this one
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
	if l.again == 0 {
		return l.why
	}
	attempt := "attempt " + strconv.Itoa(l.again+1)
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

// Again returns a context for one more try of what was tried with ctx: after
// "refresh" comes "refresh, attempt 2".
func Again(ctx context.Context) context.Context {
	l := labelOf(ctx)
	l.again++
	return l.on(ctx)
}
