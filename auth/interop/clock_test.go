package interop_test

import (
	"bytes"
	"context"
	"sync"
	"time"

	"canopy/auth"
)

// clock is the app's time, which the test moves; the servers keep the real one.
// Short waits pass at once, others when the test allows one of their length.
type clock struct {
	mu      sync.Mutex
	start   time.Time
	offset  time.Duration
	allowed map[time.Duration]int
	changed chan struct{} // closed when a wait is allowed
}

// short is the longest wait that passes at once: pauses before another try.
const short = 2 * time.Second

func newClock() *clock {
	return &clock{start: time.Now(), allowed: map[time.Duration]int{}, changed: make(chan struct{})}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start.Add(c.offset)
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// allow lets one wait of this length pass.
func (c *clock) allow(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.allowed[d]++
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *clock) wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for d > short && c.allowed[d] == 0 {
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		c.mu.Lock()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if d > short {
		c.allowed[d]--
	}
	c.offset += d
	return ctx.Err()
}

// store counts the records that are kept.
type store struct {
	auth.Store
	mu   sync.Mutex
	keys map[string]bool
}

func newStore() *store { return &store{Store: auth.NewMemoryStore(), keys: map[string]bool{}} }

func (s *store) Put(ctx context.Context, key string, record []byte) error {
	s.note(key, true)
	return s.Store.Put(ctx, key, record)
}

func (s *store) Delete(ctx context.Context, key string) error {
	s.note(key, false)
	return s.Store.Delete(ctx, key)
}

func (s *store) note(key string, kept bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept {
		s.keys[key] = true
		return
	}
	delete(s.keys, key)
}

func (s *store) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys)
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
