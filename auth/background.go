package auth

import (
	"context"
	"sync"
	"time"
)

// background is the work that outlives the call that began it: the last page,
// a renewal, a revocation. All of it is bounded in time, and ends with close.
type background struct {
	ctx  context.Context
	stop context.CancelFunc

	mu     sync.Mutex
	closed bool
	group  sync.WaitGroup
}

func newBackground() *background {
	ctx, stop := context.WithCancel(context.Background())
	return &background{ctx: ctx, stop: stop}
}

// enter announces work done on the caller's goroutine; leave ends it. It
// reports false when there is no more work to begin.
func (b *background) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.group.Add(1)
	return true
}

func (b *background) leave() { b.group.Done() }

// do runs f on a goroutine of its own. After close it still runs, at once and
// with a context that has ended, so that f gives back what it holds.
func (b *background) do(f func(context.Context)) {
	if !b.enter() {
		f(b.ctx)
		return
	}
	go func() {
		defer b.leave()
		f(b.ctx)
	}()
}

func (b *background) close(ctx context.Context) error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	defer b.stop()
	idle := make(chan struct{})
	go func() {
		b.group.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	b.stop()
	<-idle
	return ctx.Err()
}

// after closes its channel when d has passed, or ctx has ended.
func after(ctx context.Context, wait func(context.Context, time.Duration) error, d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = wait(ctx, d) // either way it is over
	}()
	return done
}
