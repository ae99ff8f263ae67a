package activity_test

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"canopy/activity"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// network is a base of a Transport that answers by itself.
type network func(*http.Request) (*http.Response, error)

func (n network) RoundTrip(q *http.Request) (*http.Response, error) { return n(q) }

// silent answers everything with 204 and nothing else.
var silent = network(func(q *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: q}, nil
})

// ask sends n requests through the log.
func ask(t testing.TB, l *activity.Log, n int) {
	t.Helper()
	door := l.Transport(silent)
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://iam.example/v1beta1/org", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		answer, err := door.RoundTrip(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
}

func numbers(rs []activity.Request) []uint64 {
	var list []uint64
	for _, r := range rs {
		list = append(list, r.Seq)
	}
	return list
}

func TestTheLatestAreKeptInOrder(t *testing.T) {
	for _, c := range []struct {
		asked   int
		since   uint64
		want    []uint64
		dropped uint64
	}{
		{0, 0, nil, 0},
		{2, 0, []uint64{1, 2}, 0},
		{3, 1, []uint64{2, 3}, 0},
		{3, 3, nil, 0},
		{3, 99, nil, 0},
		{4, 0, []uint64{2, 3, 4}, 1},
		{5, 0, []uint64{3, 4, 5}, 2},
		{5, 1, []uint64{3, 4, 5}, 2},
		{5, 4, []uint64{5}, 2},
		{6, 4, []uint64{5, 6}, 3},
		{7, 5, []uint64{6, 7}, 4},
		{3000, 0, []uint64{2998, 2999, 3000}, 2997},
	} {
		l := activity.NewLog(3, nil)
		ask(t, l, c.asked)
		if got := numbers(l.Since(c.since)); !slices.Equal(got, c.want) {
			t.Errorf("of %d, after %d come %v, want %v", c.asked, c.since, got, c.want)
		}
		if l.Last() != uint64(c.asked) || l.Dropped() != c.dropped {
			t.Errorf("of %d, the last is %d and %d are dropped, want %d", c.asked, l.Last(), l.Dropped(), c.dropped)
		}
	}
}

func TestWhatWasGivenOutDoesNotChange(t *testing.T) {
	l := activity.NewLog(2, nil)
	ask(t, l, 2)
	before := l.Since(0)
	ask(t, l, 2)
	if got := numbers(before); !slices.Equal(got, []uint64{1, 2}) {
		t.Errorf("became %v", got)
	}
}

func TestListenersAreToldUntilTheyStop(t *testing.T) {
	l := activity.NewLog(10, nil)
	var first, second int
	stop := l.OnChange(func() { first++; _ = l.Since(0) }) // may ask at once
	l.OnChange(func() { second++ })
	ask(t, l, 2)
	stop()
	stop()
	ask(t, l, 1)
	if first != 2 || second != 3 {
		t.Errorf("told %d and %d times, want 2 and 3", first, second)
	}
}

func TestWithoutALogNothingIsKept(t *testing.T) {
	var l *activity.Log
	ask(t, l, 1)
	l.OnChange(func() { t.Error("told") })()
	if l.Since(0) != nil || l.Last() != 0 || l.Dropped() != 0 {
		t.Error("something is kept")
	}
	if l.Transport(nil) != http.DefaultTransport {
		t.Error("the transport is another")
	}
}

func TestManyAtOnce(t *testing.T) {
	const writers, each = 8, 500
	l := activity.NewLog(100, nil)
	var told atomic.Int64
	l.OnChange(func() { told.Add(1) })
	var group sync.WaitGroup
	for range writers {
		group.Go(func() { ask(t, l, each) })
		group.Go(func() {
			var seen uint64
			for seen < writers*each {
				for _, r := range l.Since(seen) {
					if r.Seq <= seen || r.Status != http.StatusNoContent {
						t.Errorf("after %d comes %+v", seen, r)
					}
					seen = r.Seq
				}
				if l.Dropped() > l.Last() {
					t.Error("more dropped than added")
				}
			}
		})
	}
	group.Wait()
	if l.Last() != writers*each || told.Load() != writers*each {
		t.Errorf("%d kept and %d told of, want %d", l.Last(), told.Load(), writers*each)
	}
}
