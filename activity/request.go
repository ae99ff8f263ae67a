package activity

import (
	"encoding/json"
	"io"
	"time"
)

// Request is one request that the app made, as it ended. It holds no secret,
// and no character that could mislead: it can be shown, copied and exported as
// it is.
type Request struct {
	Seq   uint64    // counts from 1, in the order in which requests ended
	At    time.Time // when it was sent
	Grant string    // id of the grant it was for; "" where there is none yet
	// Method, Scheme and Host, with a port where it is not the usual one.
	Method, Scheme, Host string
	// Path is the escaped path and the query. "…" stands in it for what is not
	// kept; it cannot be mistaken for a part of the path, which is ASCII.
	Path     string
	Status   int           // 0: there was no answer
	Duration time.Duration // until the body was read to its end, closed or failed
	Bytes    int64         // of the body received, after decompression
	TraceID  string        // to quote to TiDB Cloud's support
	Why      string        // "" where nobody said
	// Problem says in a few English words why there was no answer, or no whole
	// one. It is a text of this package, or of the operating system.
	Problem string

	open bool // sent without authorization
}

// Cancelled reports whether the request was given up here, which says nothing
// of the host.
func (r Request) Cancelled() bool { return r.Problem == problemCancelled }

// line is a Request as it is exported.
type line struct {
	Seq        uint64    `json:"seq"`
	At         time.Time `json:"at"`
	Grant      string    `json:"grant"`
	Method     string    `json:"method"`
	Scheme     string    `json:"scheme"`
	Host       string    `json:"host"`
	Path       string    `json:"path"`
	Status     int       `json:"status"`
	DurationMS float64   `json:"duration_ms"`
	Bytes      int64     `json:"bytes"`
	TraceID    string    `json:"trace_id"`
	Why        string    `json:"why"`
	Problem    string    `json:"problem"`
}

func (r Request) line() line {
	return line{
		Seq: r.Seq, At: r.At.UTC(), Grant: r.Grant, Method: r.Method, Scheme: r.Scheme, Host: r.Host, Path: r.Path,
		Status: r.Status, DurationMS: float64(r.Duration) / float64(time.Millisecond), Bytes: r.Bytes,
		TraceID: r.TraceID, Why: r.Why, Problem: r.Problem,
	}
}

// MarshalJSON implements json.Marshaler: names in snake_case, the time in UTC
// as in RFC 3339 with nanoseconds, the duration in milliseconds.
func (r Request) MarshalJSON() ([]byte, error) { return json.Marshal(r.line()) }

// WriteJSONLines writes one JSON object for each request, each on a line of
// its own. The form is that of [Request.MarshalJSON].
func WriteJSONLines(w io.Writer, rs []Request) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // the "&" of a query stays readable
	for _, r := range rs {
		if err := e.Encode(r.line()); err != nil {
			return err
		}
	}
	return nil
}
