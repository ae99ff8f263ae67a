package inventory

import (
	"context"
	"sync"
	"time"
)

// opening holds further requests back until the first three have been answered: the
// organization, the first projects and the first clusters make the first rows, and nothing
// may take their turn.
type opening struct {
	mu   sync.Mutex
	left map[PartKind]bool
	done chan struct{}
}

// headStart is how long a host that does not answer may hold the others back.
const headStart = 2 * time.Second

func newOpening(kinds ...PartKind) *opening {
	o := &opening{left: map[PartKind]bool{}, done: make(chan struct{})}
	for _, kind := range kinds {
		o.left[kind] = true
	}
	if len(kinds) == 0 {
		close(o.done)
	}
	return o
}

// answered counts the first answer of a part, a failure too.
func (o *opening) answered(kind PartKind) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.left[kind] {
		return
	}
	delete(o.left, kind)
	if len(o.left) == 0 {
		close(o.done)
	}
}

// wait returns when the first answers are there, or their time is up.
func (o *opening) wait(ctx context.Context) {
	select {
	case <-o.done:
		return
	default:
	}
	timer := time.NewTimer(headStart)
	defer timer.Stop()
	select {
	case <-o.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}
