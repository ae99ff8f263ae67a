package stage

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// Noon is when every test begins, and when the sandbox's world is.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Clock is a clock that stands still until it is advanced.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	timer []*timer
	moved chan struct{} // closed and replaced when a timer is added
}

type timer struct {
	at   time.Time
	long time.Duration
	done chan time.Time
}

// NewClock returns a clock that stands at Noon.
func NewClock() *Clock { return &Clock{now: Noon, moved: make(chan struct{})} }

// Now returns the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After is time.After on this clock.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{at: c.now.Add(d), long: d, done: make(chan time.Time, 1)}
	c.timer = append(c.timer, t)
	close(c.moved)
	c.moved = make(chan struct{})
	return t.done
}

// shortPause is what Wait does not wait for: the pauses between the tries of one request.
const shortPause = 2 * time.Second

// Wait returns when d has passed on the clock, at once when d is short, or with ctx.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	if d <= shortPause {
		return ctx.Err()
	}
	select {
	case <-c.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Advance moves the clock and wakes whoever has waited long enough.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	left := c.timer[:0]
	for _, t := range c.timer {
		if t.at.After(c.now) {
			left = append(left, t)
			continue
		}
		t.done <- c.now
	}
	c.timer = left
}

// Waits reports whether somebody waits for exactly d.
func (c *Clock) Waits(d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waits(d)
}

func (c *Clock) waits(d time.Duration) bool {
	return slices.ContainsFunc(c.timer, func(w *timer) bool { return w.long == d })
}

// AwaitWaiter returns once somebody is waiting for exactly d, so that an Advance is not lost
// on one who has not begun yet.
func (c *Clock) AwaitWaiter(t testing.TB, d time.Duration) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		c.mu.Lock()
		found, moved := c.waits(d), c.moved
		c.mu.Unlock()
		if found {
			return
		}
		select {
		case <-moved:
		case <-late.C:
			t.Fatalf("nobody waits for %v", d)
		}
	}
}
