package activity

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
)

// Transport returns the door through which requests leave: it sends each with
// base, http.DefaultTransport if nil, and records it when the body of the
// answer has been read to its end, closed early or failed.
//
// It changes neither requests nor answers, except that the body of an answer
// is another reader of the same bytes; the one of "101 Switching Protocols" is
// left as it is, and the request recorded at once. It passes
// CloseIdleConnections on.
func (l *Log) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if l == nil {
		return base
	}
	return &transport{log: l, base: base}
}

type transport struct {
	log  *Log
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(q *http.Request) (*http.Response, error) {
	x := &exchange{log: t.log, ctx: q.Context(), row: t.log.row(q)}
	answer, err := t.base.RoundTrip(q)
	if err != nil || answer == nil {
		x.end(err, "")
		return answer, err
	}
	x.row.Status = answer.StatusCode
	trace := traceOf(q, answer)
	_, switched := answer.Body.(io.Writer)
	if switched || answer.Body == nil || answer.Body == http.NoBody {
		x.end(nil, trace)
		return answer, nil
	}
	answer.Body = &body{ReadCloser: answer.Body, of: x, trace: trace, told: listen(q, answer, trace)}
	return answer, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the
// connections beneath.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// row is what is known of a request before it is sent.
func (l *Log) row(q *http.Request) Request {
	label, sent := labelOf(q.Context()), credential(q)
	r := Request{
		At: l.now(), Grant: label.grant, Why: label.words(),
		Method: q.Method, Scheme: q.URL.Scheme, Host: recordedHost(q.URL, sent), Path: recordedPath(q.URL, sent),
		open: q.Header.Get("Authorization") == "",
	}
	if r.Method == "" {
		r.Method = http.MethodGet // as net/http has it
	}
	return r
}

// exchange is a request that has not ended yet.
type exchange struct {
	log   *Log
	ctx   context.Context //nolint:containedctx // why a request ended is asked of it
	row   Request
	bytes atomic.Int64
	ended atomic.Bool
}

// end records the request, once: a body may be closed while it is being read.
func (x *exchange) end(err error, trace string) {
	if x.ended.Swap(true) {
		return
	}
	x.row.Problem, x.row.TraceID, x.row.Bytes = problemOf(err, x.ctx.Err()), trace, x.bytes.Load()
	x.row.Duration = max(x.log.now().Sub(x.row.At), 0)
	x.row.At = x.row.At.Round(0) // the difference has been taken; only the wall clock is shown
	x.log.add(x.row)
}

// body is the body of an answer. It has no WriteTo and the like on purpose:
// every byte is to be counted.
type body struct {
	io.ReadCloser
	of    *exchange
	trace string
	told  *told // nil: nothing in the body is compared with the trace id
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.of.bytes.Add(int64(n))
	b.told.hear(p[:n])
	if err != nil {
		problem := err
		if err == io.EOF { // bare, as a Reader says that it has come to its end
			problem = nil
		}
		b.of.end(problem, b.told.unless(b.trace))
	}
	return n, err
}

// Close implements io.Closer. Closing early is no problem by itself, unless
// there was no time left.
func (b *body) Close() error {
	err := b.ReadCloser.Close()
	trace := b.trace
	if b.told != nil {
		trace = "" // what has not been read cannot be compared
	}
	b.of.end(b.of.ctx.Err(), trace)
	return err
}
