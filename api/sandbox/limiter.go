package sandbox

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limiter counts requests in windows of a minute, which begin with the first
// request.
type limiter struct {
	limit   int
	mu      sync.Mutex
	windows map[string]window
}

type window struct {
	begun time.Time
	count int
}

func newLimiter(limit int) *limiter { return &limiter{limit: limit, windows: make(map[string]window)} }

// allow counts a request and states the limit in h.
func (l *limiter) allow(h http.Header, key string, now time.Time) bool {
	if l.limit < 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w, known := l.windows[key]
	if age := now.Sub(w.begun); !known || age >= time.Minute || age < 0 {
		w = window{begun: now}
	}
	w.count++
	l.windows[key] = w
	reset := (w.begun.Add(time.Minute).Sub(now) + time.Second - 1) / time.Second
	h.Set("X-Ratelimit-Limit-Minute", strconv.Itoa(l.limit))
	h.Set("X-Ratelimit-Remaining-Minute", strconv.Itoa(max(l.limit-w.count, 0)))
	h.Set("X-Ratelimit-Reset", strconv.Itoa(int(reset)))
	return w.count <= l.limit
}
