package e2e

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// patience bounds one wait. A race build under a software renderer on two cores is slow, not stuck.
const patience = 30 * time.Second

// pending is the error of a condition that does not hold yet. It says what was seen instead.
type pending string

func (p pending) Error() string { return string(p) }

// until asks cond every few milliseconds until it has no error, or one that is not pending. It gives up when ctx ends or
// patience runs out, and then says what it was waiting for and the last thing cond had to say.
func until(ctx context.Context, what string, cond func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		err := cond()
		if err == nil {
			return nil
		}
		var seen pending
		if !errors.As(err, &seen) {
			return fmt.Errorf("waiting for %s: %w", what, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w; last seen: %s", what, ctx.Err(), string(seen))
		case <-tick.C:
		}
	}
}

// unless returns nil when ok, and otherwise what was seen instead.
func unless(ok bool, seen string) error {
	if ok {
		return nil
	}
	return pending(seen)
}
