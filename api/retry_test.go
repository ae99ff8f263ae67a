package api_test

import (
	"context"
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
	http.NewResponseController(w).Flush()
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
	b.Organization(t.Context())
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
	h := newHost(t,
		answer(429, `{"code":49900007,"message":"over the limit"}`, "X-Ratelimit-Limit-Minute: 100", "X-Ratelimit-Remaining-Minute: 0", "X-Ratelimit-Reset: 9", "X-Debug-Trace-Id: t-1"),
		answer(200, `{"clusters":[]}`, "X-Ratelimit-Limit-Minute: 100", "X-Ratelimit-Remaining-Minute: 99", "X-Ratelimit-Reset: 60"),
	)
	clock := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
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
	first, second := b.log[0], b.log[1]
	if first.Status != 429 || first.Err == nil || first.TraceID != "t-1" || first.Limit != 100 || first.Remaining != 0 || first.Attempt != 1 {
		t.Errorf("first record %+v", first)
	}
	if second.Status != 200 || second.Err != nil || second.Remaining != 99 || second.Attempt != 2 || second.Bytes != 15 {
		t.Errorf("second record %+v", second)
	}
	for _, r := range b.log {
		if r.Host != api.HostDedicated || r.Method != "GET" || "http://"+r.URLHost != h.URL || r.Why != "the tree was opened" {
			t.Errorf("record %+v", r)
		}
		if r.Path != "/v1beta1/clusters?pageSize=100&pageToken=…&projectId=102" {
			t.Errorf("path %s", r.Path)
		}
		if r.Duration != 2*time.Second || !r.Reset.After(r.At) {
			t.Errorf("duration %v, reset %v after %v", r.Duration, r.Reset, r.At)
		}
	}
}

func TestRecordSaysWhatIsNotKnown(t *testing.T) {
	gone := newHost(t, ok(`{}`))
	gone.Close()
	b := newBench(t, gone, func(c *api.Config) {
		c.Wait = func(context.Context, time.Duration) error { return context.Canceled }
	})
	b.Organization(t.Context())
	r := b.log[0]
	if r.Status != 0 || r.Err == nil || r.Limit != -1 || r.Remaining != -1 || !r.Reset.IsZero() || r.Why != "" || strings.Contains(r.Path, "?") {
		t.Errorf("record %+v", r)
	}
}
