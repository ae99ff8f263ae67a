package stage

import (
	"sync"
	"testing"
	"time"
)

// patience bounds how long a test waits for something that must happen. It is never waited
// for by a test that passes.
const patience = 20 * time.Second

// Loop stands in for the UI goroutine: what Do is given waits until the goroutine of the test
// runs it, in order. The zero value is ready.
type Loop struct {
	mu    sync.Mutex
	queue []func()
	more  chan struct{}
}

// NewLoop returns an empty loop.
func NewLoop() *Loop { return &Loop{more: make(chan struct{}, 1)} }

// Do queues f. It may be called from any goroutine and never waits.
func (l *Loop) Do(f func()) {
	l.mu.Lock()
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// Waiting returns how many functions are queued.
func (l *Loop) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue)
}

// Step runs the first queued function, and reports whether there was one.
func (l *Loop) Step() bool {
	l.mu.Lock()
	if len(l.queue) == 0 {
		l.mu.Unlock()
		return false
	}
	f := l.queue[0]
	l.queue = l.queue[1:]
	l.mu.Unlock()
	f()
	return true
}

// Drain runs what is queued, and what that queues.
func (l *Loop) Drain() {
	for l.Step() {
	}
}

// Until runs what is queued, one by one as it comes, until cond holds. It asks before each, and
// now and then, because a server or a file may change without a word to the loop.
func (l *Loop) Until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !cond() {
		if l.Step() {
			continue
		}
		select {
		case <-l.more:
		case <-again.C:
		case <-late.C:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
