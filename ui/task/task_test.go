package task_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"canopy/ui/task"
	"canopy/ui/uitest/stage"
)

// board is what a test sees: what was delivered, in order.
type board struct {
	*stage.Loop
	runner *task.Runner
	said   []string
}

func newBoard(t *testing.T) *board {
	b := &board{Loop: stage.NewLoop()}
	b.runner = task.New(b.Do)
	t.Cleanup(func() {
		b.runner.Close()
		b.runner.Wait()
	})
	return b
}

// say returns what a task delivers to leave a word on the board.
func (b *board) say(word string) func() { return func() { b.said = append(b.said, word) } }

func (b *board) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(b.said, want) {
		t.Errorf("delivered %q, want %q", b.said, want)
	}
}

// awaits returns work that waits for a channel, then says a word.
func (b *board) awaits(c <-chan struct{}, word string) task.Work {
	return func(context.Context, task.Report) func() {
		<-c
		return b.say(word)
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestResultIsDeliveredOnTheUIGoroutineOnly(t *testing.T) {
	b := newBoard(t)
	b.runner.Run("read", b.awaits(closed(), "rows"))
	b.runner.Wait()
	b.expect(t)
	if !b.runner.Running("read") {
		t.Error("a task whose result has not been delivered counts as running")
	}
	b.Drain()
	b.expect(t, "rows")
	if b.runner.Running("read") {
		t.Error("a task whose result has been delivered counts as done")
	}
}

func TestNewerTaskOfTheSameKeyReplacesTheOlder(t *testing.T) {
	b := newBoard(t)
	old, fresh := make(chan struct{}), make(chan struct{})
	cancelled := make(chan struct{})
	b.runner.Run("search", func(ctx context.Context, _ task.Report) func() {
		<-ctx.Done()
		close(cancelled)
		<-old
		return b.say("old")
	})
	b.runner.Run("search", b.awaits(fresh, "new"))
	<-cancelled // the context of the replaced task ends
	close(fresh)
	b.Until(t, "the newer result", func() bool { return len(b.said) > 0 })
	close(old)
	b.runner.Wait()
	b.Drain()
	b.expect(t, "new")
}

func TestReplacedTaskIsDroppedEvenWhenItsResultIsUnderWay(t *testing.T) {
	b := newBoard(t)
	b.runner.Run("search", b.awaits(closed(), "old"))
	b.runner.Wait() // the old result is queued
	b.runner.Run("search", b.awaits(closed(), "new"))
	b.runner.Wait()
	b.Drain()
	b.expect(t, "new")
	if b.runner.Running("search") {
		t.Error("the stale delivery must not leave the key busy")
	}
}

func TestStaleDeliveryLeavesTheNewerTaskRunning(t *testing.T) {
	b := newBoard(t)
	b.runner.Run("search", b.awaits(closed(), "old"))
	b.runner.Wait()
	fresh := make(chan struct{})
	b.runner.Run("search", b.awaits(fresh, "new"))
	b.Drain()
	if !b.runner.Running("search") {
		t.Error("the result of the replaced task has taken the newer one's key")
	}
	close(fresh)
	b.Until(t, "the newer result", func() bool { return len(b.said) > 0 })
	b.expect(t, "new")
}

func TestTasksOfDifferentKeysDoNotDisturbEachOther(t *testing.T) {
	b := newBoard(t)
	b.runner.Run("one", b.awaits(closed(), "one"))
	b.runner.Wait()
	b.runner.Run("two", b.awaits(closed(), "two"))
	b.runner.Wait()
	b.Drain()
	b.expect(t, "one", "two")
}

func TestReportsThatComeFasterThanTheScreenAreOneDelivery(t *testing.T) {
	b := newBoard(t)
	b.runner.Run("read", func(_ context.Context, report task.Report) func() {
		for _, page := range []string{"page 1", "page 2", "page 3"} {
			report(b.say(page))
		}
		return nil
	})
	b.runner.Wait()
	if n := b.Waiting(); n != 2 { // the reports' and the result's
		t.Errorf("%d deliveries are under way, want 2", n)
	}
	b.Drain()
	b.expect(t, "page 3")
}

func TestReportsArriveInOrderAndBeforeTheResult(t *testing.T) {
	b := newBoard(t)
	next := make(chan struct{})
	b.runner.Run("read", func(_ context.Context, report task.Report) func() {
		report(b.say("first"))
		<-next
		report(b.say("second"))
		return b.say("done")
	})
	b.Until(t, "the first report", func() bool { return len(b.said) == 1 })
	close(next)
	b.Until(t, "the result", func() bool { return len(b.said) == 3 })
	b.expect(t, "first", "second", "done")
}

func TestReportAfterTheResultIsDropped(t *testing.T) {
	b := newBoard(t)
	over := make(chan struct{})
	var late sync.WaitGroup
	b.runner.Run("read", func(_ context.Context, report task.Report) func() {
		late.Go(func() {
			<-over
			report(b.say("a page from before"))
		})
		return b.say("done")
	})
	b.Until(t, "the result", func() bool { return len(b.said) == 1 })
	close(over)
	late.Wait()
	b.Drain()
	b.expect(t, "done")
}

func TestReportsOfAReplacedTaskAreDropped(t *testing.T) {
	b := newBoard(t)
	release := make(chan struct{})
	b.runner.Run("read", func(_ context.Context, report task.Report) func() {
		report(b.say("early"))
		<-release
		report(b.say("late"))
		return nil
	})
	b.runner.Run("read", b.awaits(closed(), "new"))
	close(release)
	b.runner.Wait()
	b.Drain()
	b.expect(t, "new")
}

func TestCancelDropsTheResultAndFreesTheKey(t *testing.T) {
	b := newBoard(t)
	ended := make(chan error, 1)
	b.runner.Run("read", func(ctx context.Context, _ task.Report) func() {
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return b.say("rows")
	})
	b.runner.Cancel("read")
	if b.runner.Running("read") {
		t.Error("a cancelled task still counts as running")
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the work was ended by %v, want context.Canceled", err)
	}
	b.runner.Wait()
	b.Drain()
	b.expect(t)
	b.runner.Cancel("read")    // twice is no harm
	b.runner.Cancel("nothing") // nor is what never was
}

func TestTaskMayStartAnotherOfItsOwnKey(t *testing.T) {
	b := newBoard(t)
	b.runner.Run("clock", func(context.Context, task.Report) func() {
		return func() {
			b.say("tick")()
			b.runner.Run("clock", b.awaits(closed(), "tock"))
		}
	})
	b.Until(t, "both", func() bool { return len(b.said) == 2 })
	b.expect(t, "tick", "tock")
}

func TestNothingIsDeliveredAfterClose(t *testing.T) {
	b := newBoard(t)
	release := make(chan struct{})
	b.runner.Run("queued", b.awaits(closed(), "queued"))
	b.runner.Run("reporting", func(ctx context.Context, report task.Report) func() {
		report(b.say("report"))
		<-ctx.Done()
		return b.say("cancelled")
	})
	b.runner.Run("stubborn", b.awaits(release, "stubborn"))
	b.runner.Close()
	close(release)
	b.runner.Run("late", b.awaits(closed(), "late"))
	b.runner.Wait()
	b.Drain()
	b.expect(t)
	if b.runner.Running("late") {
		t.Error("a closed runner has begun a task")
	}
	b.runner.Close() // twice is no harm
}

func TestManyTasksAndReportsAtOnce(t *testing.T) {
	b := newBoard(t)
	const tasks, pages = 20, 50
	seen := map[int]int{}
	done := 0
	for i := range tasks {
		b.runner.Run(string(rune('a'+i)), func(_ context.Context, report task.Report) func() {
			for page := range pages {
				report(func() {
					if page < seen[i] {
						t.Errorf("task %d went back from page %d to %d", i, seen[i], page)
					}
					seen[i] = page
				})
			}
			return func() { done++ }
		})
	}
	b.Until(t, "all tasks", func() bool { return done == tasks })
	for i := range tasks {
		if seen[i] != pages-1 {
			t.Errorf("the last page of task %d is %d, want %d", i, seen[i], pages-1)
		}
	}
}
