package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kinds of failure, to be asked for with [errors.Is].
var (
	// ErrUnauthorized is a 401: the host does not accept the credential.
	ErrUnauthorized = errors.New("the host does not accept the sign-in")
	// ErrForbidden is a 403: the grant does not cover what was asked for.
	ErrForbidden = errors.New("the grant does not cover this")
	// ErrNotFound is a 404: it does not exist, or not for this grant.
	ErrNotFound = errors.New("not found")
	// ErrRateLimited is a 429 that outlasted the waiting.
	ErrRateLimited = errors.New("too many requests")
	// ErrServer is a 5xx that outlasted the retries.
	ErrServer = errors.New("the host failed")
	// ErrMalformed is an answer that is not the JSON expected.
	ErrMalformed = errors.New("the answer is not the JSON expected")
	// ErrUnreachable is a connection that failed or an answer that never came.
	ErrUnreachable = errors.New("the host cannot be reached")
)

// Error is a failed read. All errors of a [Client] are of this type.
type Error struct {
	Host    Host
	URLHost string
	Path    string
	Status  int // 0 if there was no answer
	// Code is TiDB Cloud's own number or word for the failure, such as
	// "49900003" for no permission on a project.
	Code string
	// Message is what the host said, cleaned and cut.
	Message  string
	TraceID  string
	Reset    time.Duration // until the rate limit's minute begins anew, 0 if not told
	Attempts int
	// Err is what lies beneath: [ErrMalformed], [ErrUnreachable], an error of
	// the transport or that of the context. It is nil when the status says all.
	Err error
}

// Error tells what happened, to which host, and what to do next.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "reading %s from %s: ", e.Path, e.URLHost)
	if e.Status != 0 && e.Status != http.StatusOK {
		fmt.Fprintf(&b, "%d %s", e.Status, strings.ToLower(http.StatusText(e.Status)))
	}
	for _, part := range []string{e.Message, errorText(e.Err)} {
		if part == "" {
			continue
		}
		if !strings.HasSuffix(b.String(), ": ") {
			b.WriteString(": ")
		}
		b.WriteString(part)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " (code %s)", e.Code)
	}
	if e.TraceID != "" {
		fmt.Fprintf(&b, " (trace id %s)", e.TraceID)
	}
	if advice := e.advice(); advice != "" {
		b.WriteString("; " + advice)
	}
	return b.String()
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (e *Error) advice() string {
	switch {
	case errors.Is(e, ErrUnauthorized):
		return "sign in again, or see whether this host accepts the grant at all"
	case errors.Is(e, ErrForbidden):
		return "ask for a grant that covers it"
	case errors.Is(e, ErrNotFound):
		return "refresh, it may have been deleted"
	case errors.Is(e, ErrRateLimited):
		return "try again in a minute"
	case errors.Is(e, ErrServer), errors.Is(e, ErrMalformed):
		return "try again later"
	case errors.Is(e, ErrUnreachable):
		return "check the network and try again"
	case e.Status >= 400:
		return "try again, and quote the trace id if that does not help"
	}
	return ""
}

// Unwrap returns what lies beneath.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether the status of e is of the kind target. Kinds that are
// not a matter of status are found by unwrapping.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	case ErrServer:
		return e.Status >= 500 && e.Status <= 599
	}
	return false
}
