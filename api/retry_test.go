package api_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/api"
)

// hangUp breaks the connection instead of answering.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// breakOff promises more than it sends.
func breakOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	w.Write([]byte(`{"orgname":`))
	w.(http.Flusher).Flush()
	hangUp(w, nil)
}

func TestRetries(t *testing.T) {
	acme := ok(`{"orgname":"Acme"}`)
	limited := func(reset string) http.HandlerFunc {
		return answer(429, `{"code":49900007,"message":"over the limit"}`, "X-Ratelimit-Reset: "+reset)
	}
	for _, c := range []struct {
		name    string
		answers []http.HandlerFunc
		kind    string // of the error, "" for success
		waits   []time.Duration
	}{
		{"none when all is well", []http.HandlerFunc{acme}, "", nil},
		{"a rate limit is waited for as long as it says", []http.HandlerFunc{limited("17"), acme}, "", []time.Duration{17 * time.Second}},
		{"three times at most", []http.HandlerFunc{limited("1")}, "rate limited", []time.Duration{time.Second, time.Second, time.Second}},
		{"a second at least", []http.HandlerFunc{limited("0"), limited("soon"), acme}, "", []time.Duration{time.Second, time.Second}},
		{"about a minute at most", []http.HandlerFunc{limited("86400"), acme}, "", []time.Duration{65 * time.Second}},
		{"a failing host is asked again twice", []http.HandlerFunc{answer(500, `{}`), answer(503, `{}`), acme}, "", []time.Duration{200 * time.Millisecond, 800 * time.Millisecond}},
		{"and no more", []http.HandlerFunc{answer(500, `{}`)}, "server", []time.Duration{200 * time.Millisecond, 800 * time.Millisecond}},
		{"a broken connection as well", []http.HandlerFunc{hangUp, breakOff, acme}, "", []time.Duration{200 * time.Millisecond, 800 * time.Millisecond}},
		{"a body that always breaks off is malformed", []http.HandlerFunc{breakOff}, "malformed", []time.Duration{200 * time.Millisecond, 800 * time.Millisecond}},
		{"waiting does not use up retries", []http.HandlerFunc{answer(500, `{}`), limited("2"), answer(500, `{}`), limited("3"), acme}, "",
			[]time.Duration{200 * time.Millisecond, 2 * time.Second, 800 * time.Millisecond, 3 * time.Second}},
		{"a refusal is final", []http.HandlerFunc{answer(403, `{}`), acme}, "forbidden", nil},
		{"so is an answer that is no JSON", []http.HandlerFunc{ok(`<html>`), acme}, "malformed", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Without keep-alive, the transport does not retry by itself.
			b := newBench(t, newHost(t, c.answers...), func(c *api.Config) {
				c.HTTP = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			})
			got, err := b.Organization(t.Context())
			if kindOf(err) != c.kind || (err == nil) != (c.kind == "") || err == nil && got.Name != "Acme" {
				t.Errorf("got %+v, %v; want kind %q", got, err, c.kind)
			}
			if !slices.Equal(b.waits, c.waits) {
				t.Errorf("waited %v, want %v", b.waits, c.waits)
			}
			if len(b.log) != len(c.waits)+1 {
				t.Errorf("%d attempts, want %d", len(b.log), len(c.waits)+1)
			}
		})
	}
}

func TestJitterSpreadsRetries(t *testing.T) {
	b := newBench(t, newHost(t, answer(500, `{}`)), func(c *api.Config) { c.Jitter = func() float64 { return 0.5 } })
	if _, err := b.Organization(t.Context()); err == nil {
		t.Error("no error")
	}
	if want := []time.Duration{300 * time.Millisecond, 1200 * time.Millisecond}; !slices.Equal(b.waits, want) {
		t.Errorf("waited %v, want %v", b.waits, want)
	}
}

func TestDefaultsWaitAndRetryByThemselves(t *testing.T) {
	h := newHost(t, answer(500, `{}`), ok(`{"orgname":"Acme"}`))
	client, err := api.New(api.Config{Hosts: api.Hosts{IAM: h.URL}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := client.Organization(t.Context()); err != nil || got.Name != "Acme" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEachExchangeIsRecorded(t *testing.T) {
	const limited, empty = `{"code":49900007,"message":"over the limit"}`, `{"clusters":[]}`
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	clock := noon
	h := newHost(t,
		answer(429, limited, "X-Ratelimit-Limit-Minute: 100", "X-Ratelimit-Remaining-Minute: 0", "X-Ratelimit-Reset: 9", "X-Debug-Trace-Id: t-1"),
		answer(200, empty, "X-Ratelimit-Limit-Minute: 100", "X-Ratelimit-Remaining-Minute: 99", "X-Ratelimit-Reset: 60"),
	)
	b := newBench(t, h, func(c *api.Config) {
		c.Now = func() time.Time { clock = clock.Add(time.Second); return clock }
	})
	ctx := api.WithWhy(t.Context(), "the tree was opened")
	if _, err := b.DedicatedClusters(ctx, "102", "opaque-token"); err != nil {
		t.Fatal(err)
	}
	if len(b.log) != 2 {
		t.Fatalf("%d records, want 2", len(b.log))
	}
	common := api.Request{
		Host: api.HostDedicated, Method: "GET", URLHost: strings.TrimPrefix(h.URL, "http://"), Why: "the tree was opened",
		Path: "/v1beta1/clusters?pageSize=100&pageToken=…&projectId=102", Duration: 2 * time.Second, Limit: 100,
	}
	first, second := common, common
	first.Attempt, first.Status, first.TraceID, first.Err = 1, 429, "t-1", b.log[0].Err
	first.At, first.Reset, first.Bytes = noon.Add(time.Second), noon.Add(11*time.Second), int64(len(limited))
	second.Attempt, second.Status, second.Remaining = 2, 200, 99
	second.At, second.Reset, second.Bytes = noon.Add(4*time.Second), noon.Add(65*time.Second), int64(len(empty))
	for i, want := range []api.Request{first, second} {
		if got := b.log[i]; got != want {
			t.Errorf("record %d\n%+v, want\n%+v", i, got, want)
		}
	}
	if !errors.Is(first.Err, api.ErrRateLimited) {
		t.Errorf("the first record blames %v", first.Err)
	}
}

func TestRecordSaysWhatIsNotKnown(t *testing.T) {
	gone := newHost(t, ok(`{}`))
	gone.Close()
	b := newBench(t, gone, func(c *api.Config) {
		c.Wait = func(context.Context, time.Duration) error { return context.Canceled }
	})
	if _, err := b.Organization(t.Context()); err == nil {
		t.Error("no error")
	}
	r := b.log[0]
	if r.Status != 0 || r.Err == nil || r.Limit != -1 || r.Remaining != -1 || !r.Reset.IsZero() || r.Why != "" || strings.Contains(r.Path, "?") {
		t.Errorf("record %+v", r)
	}
}
