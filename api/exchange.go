package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"canopy/activity"
)

// maxBody bounds what is read of one answer. A page of 100 clusters is about
// a tenth of a megabyte.
const maxBody = 16 << 20

// get reads an object with GET, waiting and trying again as far as [patience]
// goes. Path is escaped already.
func (c *Client) get(ctx context.Context, host Host, path string, query url.Values) (answer, error) {
	base, ok := c.bases[host]
	if !ok {
		return answer{}, c.fail(host, path,
			fmt.Errorf("%w: the environment has no address for the %s API", ErrUnreachable, host))
	}
	address := *base
	escaped := base.EscapedPath() + versionPrefix + path
	unescaped, err := url.PathUnescape(escaped)
	if err != nil {
		return answer{}, c.fail(host, path, fmt.Errorf("%w: the address is not usable", ErrUnreachable))
	}
	address.Path, address.RawPath = unescaped, escaped
	address.RawQuery = query.Encode()

	patience := patience{jitter: c.jitter}
	for attempt := 1; ; attempt++ {
		a, failure := c.exchange(activity.Attempt(ctx, attempt), host, &address)
		if failure == nil {
			return a, nil
		}
		failure.Attempts = attempt
		wait, again := patience.next(failure)
		if !again {
			return answer{}, failure
		}
		if err := c.wait(ctx, wait); err != nil {
			failure.Err = err
			return answer{}, failure
		}
	}
}

// exchange sends one request and reads the answer.
func (c *Client) exchange(ctx context.Context, host Host, address *url.URL) (answer, *Error) {
	failure := &Error{Host: host, URLHost: address.Host, Path: address.EscapedPath(), Attempts: 1}
	attempt, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(attempt, http.MethodGet, address.String(), nil)
	if err != nil {
		failure.Err = fmt.Errorf("%w: the address is not usable", ErrUnreachable)
		return answer{}, failure
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "canopy")
	response, err := c.http.Do(request)
	if err != nil {
		failure.Err = c.explain(ctx, attempt, err)
		return answer{}, failure
	}
	defer response.Body.Close()

	failure.Status, failure.TraceID = response.StatusCode, activity.TraceID(response)
	failure.Reset = time.Duration(max(headerNumber(response.Header, resetHeader), 0)) * time.Second
	if limits, told := limitsOf(host, response.Header, c.now()); told {
		c.onLimits(limits)
	}
	body, err := readBody(response)
	if err != nil {
		failure.Err = c.explain(ctx, attempt, err)
		return answer{}, failure
	}
	return judge(response, body, failure)
}

// explain turns the error of a transport into what lies beneath an [Error].
func (c *Client) explain(ctx, attempt context.Context, err error) error {
	var redirected *redirectError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case attempt.Err() != nil:
		// Not wrapped: the deadline was this attempt's, not the caller's.
		return fmt.Errorf("%w: no answer within %s", ErrUnreachable, c.timeout)
	case errors.As(err, &redirected):
		return fmt.Errorf("%w: %w", ErrMalformed, redirected)
	case errors.Is(err, errTooLarge), errors.Is(err, errBrokenOff):
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "Client.Timeout") {
		// Nor is the deadline of the http.Client, which has no type, and over
		// a transport that is not its own does not always say so.
		return fmt.Errorf("%w: no answer in time", ErrUnreachable)
	}
	if bare := (*url.Error)(nil); errors.As(err, &bare) {
		err = bare.Err // it repeats the address, with the query
	}
	if repeatsAnswer(err) {
		return fmt.Errorf("%w: what it sent is not HTTP", ErrUnreachable)
	}
	if isConnectionError(err) {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return err
}

// repeatsAnswer reports whether an error of net/http quotes what the host sent. It has no type
// to tell by, and a host may send back the credential that it was given.
func repeatsAnswer(err error) bool {
	text := err.Error()
	for _, sign := range []string{"malformed", "bad Content-Length", "invalid Content-Length", "Location header", "unsupported transfer encoding", "too many transfer encodings"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

var (
	errTooLarge  = errors.New("it is larger than 16 MiB")
	errBrokenOff = errors.New("it breaks off in the middle")
)

// buffers are what answers are read into: they come in chunks, and a page is
// too large to let it grow from nothing each time.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody returns the body in memory of its own size: rows keep it for as
// long as they live.
func readBody(response *http.Response) ([]byte, error) {
	buffer := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= 1<<20 { // a giant does not stay
			buffer.Reset()
			buffers.Put(buffer)
		}
	}()
	_, err := buffer.ReadFrom(io.LimitReader(response.Body, maxBody+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w: %w", errBrokenOff, err)
	case err != nil:
		return nil, err
	case buffer.Len() > maxBody:
		return nil, errTooLarge
	}
	return bytes.Clone(buffer.Bytes()), nil
}

// fail returns an error for a read that was not even tried.
func (c *Client) fail(host Host, path string, err error) *Error {
	e := &Error{Host: host, Path: versionPrefix + path, URLHost: string(host), Err: err}
	if base, ok := c.bases[host]; ok {
		e.URLHost = base.Host
	}
	return e
}

// redirectError is a redirect that was not followed.
type redirectError struct{ host string }

func (e *redirectError) Error() string {
	return fmt.Sprintf("it redirects to another host, %s, which is not followed", e.host)
}

// hostWords returns a host that a server named, without what is longer than a label of a name
// needs to be: that could be a credential.
func hostWords(host string) string {
	labels := strings.Split(clean(conceal(host, ""), 100), ".")
	for i, label := range labels {
		if len(label) > 32 {
			labels[i] = "…"
		}
	}
	return strings.Join(labels, ".")
}

// sameHostOnly returns a copy of client that follows redirects only within a
// host: a captive portal or a sign-in page elsewhere is no API, and nothing
// meant for one host is asked of another.
func sameHostOnly(client *http.Client) *http.Client {
	guarded := http.Client{}
	if client != nil {
		guarded = *client
	}
	next := guarded.CheckRedirect
	guarded.CheckRedirect = func(request *http.Request, via []*http.Request) error {
		first := via[0].URL
		if request.URL.Host != first.Host || request.URL.Scheme != first.Scheme {
			return &redirectError{host: hostWords(request.URL.Host)}
		}
		if len(via) > 5 {
			return errors.New("too many redirects")
		}
		if next != nil {
			return next(request, via)
		}
		return nil
	}
	return &guarded
}
