package activity_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"canopy/activity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a client on a server, with a log in between and a clock that goes
// on by a second with each look at it.
type house struct {
	*httptest.Server
	log    *activity.Log
	client *http.Client

	mu    sync.Mutex
	clock time.Time
}

func newHouse(t *testing.T, handler http.HandlerFunc, change ...func(*httptest.Server)) *house {
	t.Helper()
	h := &house{clock: noon, Server: httptest.NewUnstartedServer(handler)}
	start := (*httptest.Server).Start
	for _, f := range change {
		f(h.Server)
		start = (*httptest.Server).StartTLS
	}
	start(h.Server)
	t.Cleanup(h.Close)
	h.log = activity.NewLog(100, h.now)
	h.client = h.Client()
	h.client.Transport = h.log.Transport(h.client.Transport)
	t.Cleanup(h.client.CloseIdleConnections)
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock
	h.clock = now.Add(time.Second)
	return now
}

func (h *house) request(t *testing.T, path string) *http.Request {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// read sends a request and reads the answer.
func (h *house) read(t *testing.T, q *http.Request) (string, error) {
	t.Helper()
	answer, err := h.client.Do(q)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}

// only gives the single row of the log.
func (h *house) only(t *testing.T) activity.Request {
	t.Helper()
	rs := h.log.Since(0)
	if len(rs) != 1 {
		t.Fatalf("%d rows, want one: %+v", len(rs), rs)
	}
	return rs[0]
}

func TestARowSaysWhatWasAskedAndHowItEnded(t *testing.T) {
	h := newHouse(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Debug-Trace-Id", "7f31c0")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "not here")
	})
	q := h.request(t, "/v1beta1/clusters?pageSize=100&pageToken=abc&projectId=1372")
	q = q.WithContext(activity.Why(activity.ForGrant(q.Context(), "g-1"), "refresh"))
	if _, err := h.read(t, q); err != nil {
		t.Fatal(err)
	}
	got := h.only(t)
	if got.Curl(false) != "curl '"+h.URL+"/v1beta1/clusters?pageSize=100&pageToken='\"$PAGE_TOKEN\"'&projectId=1372'" {
		t.Errorf("curl: %s", got.Curl(false))
	}
	want := activity.Request{
		Seq: 1, At: noon, Grant: "g-1", Method: "GET", Scheme: "http", Host: strings.TrimPrefix(h.URL, "http://"),
		Path:   "/v1beta1/clusters?pageSize=100&pageToken=…&projectId=1372",
		Status: 404, Duration: time.Second, Bytes: 8, TraceID: "7f31c0", Why: "refresh",
	}
	if fmt.Sprintf("%+v", exported(got)) != fmt.Sprintf("%+v", want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

// exported leaves of a row what can be compared.
func exported(r activity.Request) activity.Request {
	return activity.Request{
		Seq: r.Seq, At: r.At, Grant: r.Grant, Method: r.Method, Scheme: r.Scheme, Host: r.Host, Path: r.Path, Status: r.Status,
		Duration: r.Duration, Bytes: r.Bytes, TraceID: r.TraceID, Why: r.Why, Problem: r.Problem,
	}
}

func TestLabels(t *testing.T) {
	ctx := context.Background()
	for want, ctx := range map[string]context.Context{
		"|":                        ctx,
		"|refresh":                 activity.Why(ctx, "refresh"),
		"g|":                       activity.ForGrant(ctx, "g"),
		"g|renew":                  activity.Why(activity.ForGrant(activity.Why(ctx, "refresh"), "g"), "renew"),
		"|attempt 2":               activity.Attempt(ctx, 2),
		"|the first":               activity.Attempt(activity.Why(ctx, "the first"), 1),
		"h|refresh, attempt 3":     activity.ForGrant(activity.Attempt(activity.Attempt(activity.Why(activity.ForGrant(ctx, "g"), "refresh"), 2), 2), "h"),
		"g|refresh, attempt 2":     activity.Attempt(activity.Why(activity.ForGrant(ctx, "g"), "refresh"), 2),
		"|also without a deadline": context.WithoutCancel(activity.Why(ctx, "also without a deadline")),
	} {
		l := activity.NewLog(1, nil)
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://iam.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := l.Transport(silent).RoundTrip(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if r := l.Since(0)[0]; r.Grant+"|"+r.Why != want {
			t.Errorf("got %q of %q, want %q", r.Why, r.Grant, want)
		}
	}
}

func TestEachRedirectIsARow(t *testing.T) {
	h := newHouse(t, func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/a" {
			http.Redirect(w, q, "/b", http.StatusFound)
		}
	})
	if _, err := h.read(t, h.request(t, "/a")); err != nil {
		t.Fatal(err)
	}
	rs := h.log.Since(0)
	if len(rs) != 2 || rs[0].Path != "/a" || rs[0].Status != 302 || rs[1].Path != "/b" || rs[1].Status != 200 {
		t.Errorf("got %+v", rs)
	}
}

func TestTheRowComesWhenTheBodyHasEnded(t *testing.T) {
	whole := strings.Repeat("x", 100_000)
	for what, c := range map[string]struct {
		end     func(*http.Response) error
		bytes   int64
		problem string
	}{
		"read to its end":       {func(r *http.Response) error { _, err := io.Copy(io.Discard, r.Body); return err }, 100_000, ""},
		"closed unread":         {func(r *http.Response) error { return r.Body.Close() }, 0, ""},
		"closed after a little": {func(r *http.Response) error { _, _ = io.ReadFull(r.Body, make([]byte, 10)); return r.Body.Close() }, 10, ""},
		"read byte by byte": {func(r *http.Response) error {
			_, err := io.Copy(io.Discard, iotest.OneByteReader(r.Body))
			return errors.Join(err, r.Body.Close(), r.Body.Close())
		}, 100_000, ""},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, whole) })
			answer, err := h.client.Do(h.request(t, "/"))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if n := h.log.Last(); n != 0 {
				t.Errorf("%d rows before the end", n)
			}
			if err := c.end(answer); err != nil {
				t.Error(err)
			}
			if r := h.only(t); r.Bytes != c.bytes || r.Problem != c.problem || r.Status != 200 {
				t.Errorf("got %+v", r)
			}
		})
	}
}

// half answers with the half of a body and then does as told.
func half(then func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "12345")
		_ = http.NewResponseController(w).Flush()
		then(w, q)
	}
}

func TestABodyThatBreaksOffIsARowWithAProblem(t *testing.T) {
	h := newHouse(t, half(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	if _, err := h.read(t, h.request(t, "/")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the reader is told %v", err)
	}
	if r := h.only(t); r.Bytes != 5 || r.Status != 200 || r.Problem != "the connection broke off" {
		t.Errorf("got %+v", r)
	}
}

func TestCancelledInTheMiddleOfABody(t *testing.T) {
	for what, leave := range map[string]func(*http.Response) error{
		"while reading": func(r *http.Response) error { _, err := io.ReadAll(r.Body); return err },
		"and closed":    func(r *http.Response) error { _ = r.Body.Close(); return context.Canceled },
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t, half(func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			answer, err := h.client.Do(h.request(t, "/").WithContext(ctx))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if _, err := io.ReadFull(answer.Body, make([]byte, 5)); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := leave(answer); !errors.Is(err, context.Canceled) {
				t.Errorf("the reader is told %v", err)
			}
			if r := h.only(t); r.Bytes != 5 || r.Problem != "cancelled" {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestTooSlowInTheMiddleOfABody(t *testing.T) {
	h := newHouse(t, half(func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }))
	h.client.Timeout = 50 * time.Millisecond
	if _, err := h.read(t, h.request(t, "/")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the reader is told %v", err)
	}
	if r := h.only(t); r.Problem != "no answer in time" {
		t.Errorf("got %+v", r)
	}
}

func TestABodyClosedWhileItIsReadIsOneRow(t *testing.T) {
	h := newHouse(t, half(func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }))
	answer, err := h.client.Do(h.request(t, "/"))
	if err != nil {
		t.Fatal(err)
	}
	var reader sync.WaitGroup
	reader.Go(func() { _, _ = io.Copy(io.Discard, answer.Body) })
	_ = answer.Body.Close()
	reader.Wait()
	h.only(t)
}

func TestTheRequestIsLeftAsItIs(t *testing.T) {
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://ada:secret@iam.example/x?code=1", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer canary")
	before := *q
	header := q.Header.Clone()
	l := activity.NewLog(1, nil)
	failure := errors.New("no such luck")
	answer, err := l.Transport(network(func(got *http.Request) (*http.Response, error) {
		if got != q || got.Body != before.Body || got.URL != before.URL || got.Context() != before.Context() {
			t.Error("another request is sent")
		}
		return nil, failure
	})).RoundTrip(q) //nolint:bodyclose // there is none
	if answer != nil || err != failure { //nolint:errorlint // the very same
		t.Errorf("got %v, %v", answer, err)
	}
	if fmt.Sprint(q.Header) != fmt.Sprint(header) || q.URL.String() != "https://ada:secret@iam.example/x?code=1" {
		t.Errorf("became %+v", q)
	}
	if text, _ := io.ReadAll(q.Body); string(text) != "body" {
		t.Errorf("of the body %q is left", text)
	}
	if r := l.Since(0)[0]; r.Host != "iam.example" || r.Path != "/x?code=…" || r.Method != "POST" {
		t.Errorf("got %+v", r)
	}
}

func TestAnAnswerWithoutABodyIsLeftAsItIs(t *testing.T) {
	l := activity.NewLog(1, nil)
	q := httptest.NewRequestWithContext(t.Context(), "", "https://iam.example/", nil)
	answer, err := l.Transport(silent).RoundTrip(q) //nolint:bodyclose // there is none
	if err != nil || answer.Body != http.NoBody {
		t.Errorf("got %v, %v", answer, err)
	}
	if r := l.Since(0)[0]; r.Status != 204 || r.Method != "GET" {
		t.Errorf("got %+v", r)
	}
}

func TestASwitchOfProtocolsIsLeftAsItIs(t *testing.T) {
	h := newHouse(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := rw.ReadString('\n')
		_, _ = io.WriteString(conn, line)
	})
	q := h.request(t, "/")
	q.Header.Set("Connection", "Upgrade")
	q.Header.Set("Upgrade", "echo")
	answer, err := h.client.Transport.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if r := h.only(t); r.Status != 101 {
		t.Errorf("got %+v", r)
	}
	both, ok := answer.Body.(io.ReadWriter)
	if !ok {
		t.Fatal("the body cannot be written to")
	}
	_, _ = io.WriteString(both, "hello\n")
	if line, err := bufio.NewReader(both).ReadString('\n'); line != "hello\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestHTTP2(t *testing.T) {
	h := newHouse(t, func(w http.ResponseWriter, q *http.Request) { _, _ = io.WriteString(w, q.Proto) },
		func(s *httptest.Server) { s.EnableHTTP2 = true })
	text, err := h.read(t, h.request(t, "/"))
	if err != nil || text != "HTTP/2.0" {
		t.Errorf("got %q, %v", text, err)
	}
	if r := h.only(t); r.Scheme != "https" || r.Bytes != 8 {
		t.Errorf("got %+v", r)
	}
}

func TestBytesAreCountedAfterDecompression(t *testing.T) {
	h := newHouse(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, strings.Repeat("a", 5000))
		_ = z.Close()
	})
	if text, err := h.read(t, h.request(t, "/")); err != nil || len(text) != 5000 {
		t.Errorf("read %d, %v", len(text), err)
	}
	if r := h.only(t); r.Bytes != 5000 {
		t.Errorf("got %+v", r)
	}
}

func TestIdleConnectionsAreClosedBeneath(t *testing.T) {
	closed := make(chan struct{}, 1)
	h := newHouse(t, func(http.ResponseWriter, *http.Request) {}, func(s *httptest.Server) {
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				closed <- struct{}{}
			}
		}
	})
	if _, err := h.read(t, h.request(t, "/")); err != nil {
		t.Fatal(err)
	}
	h.client.CloseIdleConnections()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection stays open")
	}
	(&http.Client{Transport: h.log.Transport(silent)}).CloseIdleConnections() // has none
}

func TestAConnectionIsUsedAgain(t *testing.T) {
	var mu sync.Mutex
	from := map[string]bool{}
	h := newHouse(t, func(w http.ResponseWriter, q *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		from[q.RemoteAddr] = true
		_, _ = io.WriteString(w, "again")
	})
	for range 3 {
		if _, err := h.read(t, h.request(t, "/")); err != nil {
			t.Fatal(err)
		}
	}
	if mu.Lock(); len(from) != 1 {
		t.Errorf("%d connections for three requests", len(from))
	}
	mu.Unlock()
}

// quiet keeps a server's complaints about its clients to itself.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
