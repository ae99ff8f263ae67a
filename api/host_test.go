package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"canopy/activity"
	"canopy/api"
)

// host is a real loopback server that gives its answers in turn, the last one
// over and over, and keeps what it was asked.
type host struct {
	*httptest.Server
	mu    sync.Mutex
	turn  int
	asked []*http.Request
}

func newHost(t *testing.T, answers ...http.HandlerFunc) *host {
	t.Helper()
	h := new(host)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		answer := answers[min(h.turn, len(answers)-1)]
		h.turn++
		h.asked = append(h.asked, r)
		h.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *host) requests() []*http.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.asked)
}

// answer is an answer with headers given as "Name: value".
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

func ok(body string) http.HandlerFunc { return answer(http.StatusOK, body) }

// bench is a client on one host with the clock held: waits are recorded, not
// waited for.
type bench struct {
	*api.Client
	log    *activity.Log
	mu     sync.Mutex
	waits  []time.Duration
	limits []api.Limits
}

// asked is how often a request was sent.
func (b *bench) asked() int { return len(b.log.Since(0)) }

func newBench(t *testing.T, h *host, adjust ...func(*api.Config)) *bench {
	t.Helper()
	noon := func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	b := &bench{log: activity.NewLog(activity.Capacity, noon)}
	config := api.Config{
		Hosts: api.Hosts{IAM: h.URL, Serverless: h.URL, Dedicated: h.URL},
		HTTP:  h.Client(),
		Now:   noon,
		Wait: func(ctx context.Context, d time.Duration) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.waits = append(b.waits, d)
			return ctx.Err()
		},
		Jitter: func() float64 { return 0 },
		OnLimits: func(l api.Limits) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.limits = append(b.limits, l)
		},
	}
	for _, f := range adjust {
		f(&config)
	}
	recorded := *config.HTTP
	recorded.Transport = b.log.Transport(recorded.Transport)
	config.HTTP = &recorded
	client, err := api.New(config)
	if err != nil {
		t.Fatal(err)
	}
	b.Client = client
	return b
}
