package activity

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Capacity is how many requests the app keeps.
const Capacity = 10_000

// Log keeps the latest requests. It is safe for concurrent use. A nil Log
// keeps nothing: its Transport is the one beneath.
type Log struct {
	capacity int
	now      func() time.Time
	last     atomic.Uint64 // number of the newest row, for those who only ask whether there is one

	mu        sync.Mutex
	rows      []Request // row n is at (n-1) modulo capacity
	listeners []*func()
}

// NewLog makes a log that keeps as many requests as capacity says, and drops
// the oldest beyond that. now is the clock; time.Now if nil.
func NewLog(capacity int, now func() time.Time) *Log {
	if now == nil {
		now = time.Now
	}
	return &Log{capacity: max(capacity, 1), now: now}
}

// add gives a request its number and keeps it.
func (l *Log) add(r Request) {
	l.mu.Lock()
	r.Seq = l.last.Load() + 1
	if len(l.rows) < l.capacity {
		l.rows = append(l.rows, r)
	} else {
		l.rows[l.place(r.Seq)] = r
	}
	l.last.Store(r.Seq)
	listeners := l.listeners // replaced, never changed
	l.mu.Unlock()
	for _, f := range listeners {
		(*f)()
	}
}

func (l *Log) place(seq uint64) int { return int((seq - 1) % uint64(l.capacity)) } //nolint:gosec // less than capacity

// Since returns what has been added after the request with the number seq, the
// oldest first; with 0 all that is kept. Where nothing is new it costs next to
// nothing.
func (l *Log) Since(seq uint64) []Request {
	if seq >= l.Last() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.last.Load()
	first := max(seq, last-uint64(len(l.rows))) + 1
	from, to := l.place(first), l.place(last)+1
	if from < to {
		return slices.Clone(l.rows[from:to])
	}
	return slices.Concat(l.rows[from:], l.rows[:to])
}

// Last returns the number of the newest request, 0 if there was none.
func (l *Log) Last() uint64 {
	if l == nil {
		return 0
	}
	return l.last.Load()
}

// Dropped returns how many requests have been dropped for newer ones.
func (l *Log) Dropped() uint64 {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last.Load() - uint64(len(l.rows))
}

// OnChange has f called after every addition, until stop is called. It is
// called on the goroutine that read the answer, perhaps on several at a time,
// and should return at once.
func (l *Log) OnChange(f func()) (stop func()) {
	if l == nil {
		return func() {}
	}
	own := &f
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listeners = append(slices.Clip(l.listeners), own)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.listeners = slices.DeleteFunc(slices.Clone(l.listeners), func(other *func()) bool { return other == own })
	}
}
