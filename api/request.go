package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Request is the record of one exchange, for a list of what was asked and
// why. It holds no secret: of the query, only the names and harmless values
// are in Path.
type Request struct {
	At               time.Time
	Host             Host
	Method           string
	URLHost          string // host and port of the address
	Path             string
	Attempt          int // 1 for the first, more for retries
	Status           int // 0 if there was no answer
	Duration         time.Duration
	Bytes            int64 // of the body, after decompression
	TraceID, Why     string
	Err              error
	Limit, Remaining int       // of the minute's requests, -1 if not told
	Reset            time.Time // when the minute begins anew, zero if not told
}

type whyKey struct{}

// WithWhy returns a context whose requests carry why in their records, such
// as "the tree was opened".
func WithWhy(ctx context.Context, why string) context.Context {
	return context.WithValue(ctx, whyKey{}, why)
}

func whyOf(ctx context.Context) string {
	why, _ := ctx.Value(whyKey{}).(string)
	return why
}

// readHeaders takes the trace id and the rate limit from an answer. The
// gateway sends the X-Ratelimit headers with every answer; Reset counts
// seconds.
func (r *Request) readHeaders(response *http.Response, now time.Time) {
	header := response.Header
	r.TraceID = clean(conceal(traceID(header), bearerOf(response)), 128)
	r.Limit = headerNumber(header, "X-Ratelimit-Limit-Minute")
	r.Remaining = headerNumber(header, "X-Ratelimit-Remaining-Minute")
	if reset := headerNumber(header, "X-Ratelimit-Reset"); reset >= 0 {
		r.Reset = now.Add(time.Duration(reset) * time.Second)
	}
}

// traceID returns the id to quote to TiDB Cloud's support. X-Debug-Trace-Id
// is the one the vendor's tools print; the others are looked for by them too.
func traceID(header http.Header) string {
	for _, name := range []string{"X-Debug-Trace-Id", "X-Request-Id", "X-Trace-Id", "Request-Id", "Traceparent"} {
		if id := clean(header.Get(name), 128); id != "" {
			return id
		}
	}
	return ""
}

func headerNumber(header http.Header, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(header.Get(name)))
	if err != nil || n < 0 {
		return -1
	}
	return n
}
