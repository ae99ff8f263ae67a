// Package task runs work away from the UI goroutine and brings its results back to it.
//
// It is the only place of the user interface with a go statement. A Runner belongs to one
// goroutine, the UI's: Run, Cancel and every delivered function run there, so that the state
// they touch needs no lock.
package task

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Report hands an intermediate result to the UI goroutine. When results come faster than they
// are delivered only the newest is kept, so that a thousand pages cost as many redraws as the
// screen can show and no more. It may be called from any goroutine.
type Report func(apply func())

// Work is done away from the UI goroutine. The function that it returns is delivered to the
// UI goroutine, unless a newer task of the same key has taken its place; nil delivers nothing.
type Work func(ctx context.Context, report Report) (apply func())

// Runner runs tasks by key. The zero value is not usable: see New.
type Runner struct {
	ctx     context.Context
	stop    context.CancelFunc
	deliver func(func())
	running map[string]*task
	group   sync.WaitGroup
}

type task struct {
	cancel  context.CancelFunc
	stale   bool // read and written on the UI goroutine only
	pending atomic.Pointer[func()]
}

// New returns a runner whose results are delivered by deliver, which must run the function on
// the UI goroutine, in order, without waiting for it: fyne.Do.
func New(deliver func(func())) *Runner {
	ctx, stop := context.WithCancel(context.Background())
	return &Runner{ctx: ctx, stop: stop, deliver: deliver, running: map[string]*task{}}
}

// Run starts work under a key and cancels the task that had the key before, whose results
// are dropped from then on. A closed runner begins nothing.
func (r *Runner) Run(key string, work Work) {
	if r.closed() {
		return
	}
	r.Cancel(key)
	ctx, cancel := context.WithCancel(r.ctx)
	t := &task{cancel: cancel}
	r.running[key] = t
	r.group.Add(1)
	go func() {
		defer r.group.Done()
		apply := work(ctx, func(apply func()) { r.report(t, apply) })
		cancel()
		r.deliver(func() {
			if r.closed() || t.stale {
				return
			}
			t.flush()
			t.stale = true // a report that comes after the result is older than it
			delete(r.running, key)
			if apply != nil {
				apply()
			}
		})
	}()
}

func (r *Runner) report(t *task, apply func()) {
	if t.pending.Swap(&apply) != nil {
		return // one delivery is on its way and will take the newest
	}
	r.deliver(func() {
		if !r.closed() && !t.stale {
			t.flush()
		}
	})
}

// closed may be asked on any goroutine: once its event loop has ended, Fyne runs what it is given wherever it is given.
func (r *Runner) closed() bool { return r.ctx.Err() != nil }

func (t *task) flush() {
	if f := t.pending.Swap(nil); f != nil {
		(*f)()
	}
}

// Cancel ends the task of a key and drops its results. It does not wait for it.
func (r *Runner) Cancel(key string) {
	if t := r.running[key]; t != nil {
		t.stale = true
		t.cancel()
		delete(r.running, key)
	}
}

// Running reports whether a task of this key has not delivered its result yet.
func (r *Runner) Running(key string) bool { return r.running[key] != nil }

// Close cancels everything and drops all results. The work itself may go on until it notices
// its context; Wait tells when it has.
func (r *Runner) Close() {
	for key := range r.running {
		r.Cancel(key)
	}
	r.stop()
}

// Finish closes the runner and waits until all work has ended, at most until the limit fires.
// It is for the end of the program, when no event loop is left to deliver to.
func (r *Runner) Finish(limit <-chan time.Time) {
	r.Close()
	ended := make(chan struct{})
	go func() {
		r.group.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-limit:
	}
}

// Wait returns when all work has ended. It must not be called on the UI goroutine while work
// may still deliver.
func (r *Runner) Wait() { r.group.Wait() }
