package e2e

import (
	"context"
	"fmt"
	"time"
)

// patience bounds one wait. A race build under a software renderer on two cores is slow, not stuck.
const patience = 30 * time.Second

// until asks cond every few milliseconds until it says yes or fails. It gives up when ctx ends or patience runs out, and
// then says what it was waiting for and the last thing cond had to say.
func until(ctx context.Context, what string, cond func() (done bool, state string, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	var last string
	for {
		done, state, err := cond()
		if err != nil {
			return fmt.Errorf("waiting for %s: %w", what, err)
		}
		if done {
			return nil
		}
		last = state
		select {
		case <-ctx.Done():
			if last == "" {
				return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
			}
			return fmt.Errorf("waiting for %s: %w; last seen: %s", what, ctx.Err(), last)
		case <-tick.C:
		}
	}
}
