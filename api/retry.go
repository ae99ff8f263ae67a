package api

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"syscall"
	"time"
)

const (
	maxRetries  = 2                // of 5xx and broken connections, as the vendor's own tools do
	maxWaits    = 3                // for the rate limit
	longestWait = 65 * time.Second // the limit counts by the minute
	firstPause  = 400 * time.Millisecond
)

// patience decides whether a read that failed is tried again, and when.
type patience struct {
	jitter         func() float64
	retries, waits int
}

// next returns how long to wait before the next attempt, and false when the
// failure is final.
func (p *patience) next(failure *Error) (time.Duration, bool) {
	if failure.Status == http.StatusTooManyRequests {
		if p.waits++; p.waits > maxWaits {
			return 0, false
		}
		return min(max(failure.Reset, time.Second), longestWait), true
	}
	passing := errors.Is(failure, ErrServer) || errors.Is(failure, ErrUnreachable) || errors.Is(failure, errBrokenOff)
	if !passing {
		return 0, false
	}
	if p.retries++; p.retries > maxRetries {
		return 0, false
	}
	// Half of the pause is fixed and half is spread, so that many callers
	// that failed together do not come back together.
	pause := firstPause << (2 * (p.retries - 1))
	return pause/2 + time.Duration(p.jitter()*float64(pause/2)), true
}

// isConnectionError tells the failures of a connection from what else a
// transport may return, such as that the user has to sign in again.
func isConnectionError(err error) bool {
	var network net.Error
	var protocol *textproto.Error
	var protocolText textproto.ProtocolError
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	var errno syscall.Errno
	switch {
	case errors.As(err, &network), errors.As(err, &errno),
		errors.As(err, &protocol), errors.As(err, &protocolText),
		errors.As(err, &record), errors.As(err, &certificate),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return true
	}
	// net/http has no types for these.
	for _, mark := range []string{"net/http: ", "http: ", "http2: ", "malformed HTTP", "tls: "} {
		if strings.Contains(err.Error(), mark) {
			return true
		}
	}
	return false
}
