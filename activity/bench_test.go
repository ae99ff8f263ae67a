package activity_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/activity"
)

// BenchmarkRow is what a request costs beyond the network: 1,000 bytes that come by themselves.
func BenchmarkRow(b *testing.B) {
	page := strings.Repeat("x", 1000)
	door := activity.NewLog(activity.Capacity, nil).Transport(network(func(q *http.Request) (*http.Response, error) {
		header := http.Header{"X-Debug-Trace-Id": {"0af7651916cd43dd8448eb211c80319c"}}
		return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(strings.NewReader(page)), Request: q}, nil
	}))
	ctx := activity.Why(activity.ForGrant(b.Context(), "0af7651916cd43dd8448eb211c80319c"), "refresh")
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://serverless.tidbapi.com/v1beta1/clusters?pageSize=100&pageToken=abcdef", nil)
	if err != nil {
		b.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	b.ReportAllocs()
	for b.Loop() {
		answer, err := door.RoundTrip(q)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
}

func BenchmarkSince(b *testing.B) {
	l := activity.NewLog(activity.Capacity, nil)
	ask(b, l, activity.Capacity+100)
	for _, c := range []struct {
		what  string
		since uint64
	}{{"all", 0}, {"the last 10", l.Last() - 10}, {"nothing new", l.Last()}} {
		b.Run(c.what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Since(c.since)
			}
		})
	}
}

// BenchmarkFilter is one letter typed into the filter over a full log.
func BenchmarkFilter(b *testing.B) {
	l := activity.NewLog(activity.Capacity, nil)
	ask(b, l, activity.Capacity)
	rs := l.Since(0)
	for _, words := range []string{"iam", "status:4xx refresh"} {
		b.Run(words, func(b *testing.B) {
			for b.Loop() {
				for i := range rs {
					rs[i].Matches(words)
				}
			}
		})
	}
}

// BenchmarkOverhead reads from a loopback server with and without the log, in turns, and
// reports the ratio of the medians. 1 is no overhead.
func BenchmarkOverhead(b *testing.B) {
	page := []byte(strings.Repeat("x", 20_000))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) }))
	defer server.Close()
	bare := server.Client().Transport
	defer server.Client().CloseIdleConnections()
	doors := []http.RoundTripper{bare, activity.NewLog(activity.Capacity, nil).Transport(bare)}
	took := make([][]time.Duration, len(doors))
	for b.Loop() {
		for i, door := range doors {
			q, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+"/v1beta1/clusters?pageSize=100", nil)
			if err != nil {
				b.Fatal(err)
			}
			begun := time.Now()
			answer, err := door.RoundTrip(q)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
			took[i] = append(took[i], time.Since(begun))
		}
	}
	median := func(ds []time.Duration) float64 {
		slices.Sort(ds)
		return float64(ds[len(ds)/2])
	}
	b.ReportMetric(median(took[1])/median(took[0]), "x-bare")
	b.ReportMetric(median(took[0]), "bare-ns")
}
