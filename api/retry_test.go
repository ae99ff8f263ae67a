package api_test

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/activity"
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
			if b.asked() != len(c.waits)+1 {
				t.Errorf("%d attempts, want %d", b.asked(), len(c.waits)+1)
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

func TestEachAttemptIsRecorded(t *testing.T) {
	const limited, empty = `{"code":49900007,"message":"over the limit"}`, `{"clusters":[]}`
	h := newHost(t,
		answer(429, limited, "X-Ratelimit-Limit-Minute: 100", "X-Ratelimit-Remaining-Minute: 0", "X-Ratelimit-Reset: 9", "X-Debug-Trace-Id: t-1"),
		answer(503, `{}`),
		answer(200, empty, "X-Ratelimit-Limit-Minute: 100", "X-Ratelimit-Remaining-Minute: 99", "X-Ratelimit-Reset: 60"),
	)
	b := newBench(t, h)
	ctx := activity.Why(activity.ForGrant(t.Context(), "g-1"), "the tree was opened")
	if _, err := b.DedicatedClusters(ctx, "102", "opaque-token"); err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	common := activity.Request{
		At: noon, Grant: "g-1", Method: "GET", Scheme: "http", Host: strings.TrimPrefix(h.URL, "http://"),
		Path: "/v1beta1/clusters?pageSize=100&pageToken=…&projectId=102",
	}
	first, second, third := common, common, common
	first.Seq, first.Status, first.Bytes, first.TraceID, first.Why = 1, 429, int64(len(limited)), "t-1", "the tree was opened"
	second.Seq, second.Status, second.Bytes, second.Why = 2, 503, 2, "the tree was opened, attempt 2"
	third.Seq, third.Status, third.Bytes, third.Why = 3, 200, int64(len(empty)), "the tree was opened, attempt 3"
	var got, want bytes.Buffer
	if err := errors.Join(activity.WriteJSONLines(&got, b.log.Since(0)), activity.WriteJSONLines(&want, []activity.Request{first, second, third})); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("recorded\n%s, want\n%s", &got, &want)
	}
	told := []api.Limits{
		{Host: api.HostDedicated, Limit: 100, Remaining: 0, Reset: noon.Add(9 * time.Second)},
		{Host: api.HostDedicated, Limit: 100, Remaining: 99, Reset: noon.Add(time.Minute)},
	}
	if !slices.Equal(b.limits, told) {
		t.Errorf("told %+v, want %+v", b.limits, told)
	}
}

func TestWhatAHostDoesNotSayOfItsLimits(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header string
		want   []api.Limits
	}{
		{"X-Other: 1", nil},
		{"X-Ratelimit-Reset: soon", nil},
		{"X-Ratelimit-Limit-Minute: -5", nil},
		{"X-Ratelimit-Limit-Minute: 100", []api.Limits{{Host: api.HostIAM, Limit: 100, Remaining: -1}}},
		{"X-Ratelimit-Remaining-Minute: 0", []api.Limits{{Host: api.HostIAM, Limit: -1}}},
		{"X-Ratelimit-Reset: 9", []api.Limits{{Host: api.HostIAM, Limit: -1, Remaining: -1, Reset: noon.Add(9 * time.Second)}}},
	} {
		b := newBench(t, newHost(t, answer(200, `{"orgname":"Acme"}`, c.header)))
		if _, err := b.Organization(t.Context()); err != nil || !slices.Equal(b.limits, c.want) {
			t.Errorf("%s: told %+v, %v, want %+v", c.header, b.limits, err, c.want)
		}
	}
}
