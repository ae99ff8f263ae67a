package activity

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
)

// What Request.Problem says. The text of an error is never taken: net/http
// quotes addresses in it, and what a server sent.
const (
	problemCancelled   = "cancelled"
	problemTimeout     = "no answer in time"
	problemUnknownName = "the name of the host is not known"
	problemLookup      = "the name of the host could not be looked up"
	problemAuthority   = "its certificate is not trusted"
	problemOtherName   = "its certificate is for another name"
	problemCertificate = "its certificate is not valid"
	problemNoTLS       = "it does not speak TLS"
	problemTLS         = "no agreement on TLS"
	problemProxyLogin  = "the proxy wants a name and a password"
	problemProxy       = "the proxy could not be reached"
	problemNoHTTP      = "what it sent is not HTTP"
	problemBrokeOff    = "the connection broke off"
	problemNone        = "it failed"
)

// problemOf says in a few words why a request failed. ended is the error of
// its context.
func problemOf(err, ended error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.Canceled), errors.Is(ended, context.Canceled):
		return problemCancelled
	case errors.Is(err, context.DeadlineExceeded), ended != nil:
		return problemTimeout
	case strings.Contains(err.Error(), "request canceled"):
		return problemTimeout // by http.Client.Timeout, which has a second way to end a request
	}
	if words := problemOfName(err); words != "" {
		return words
	}
	if words := problemOfTLS(err); words != "" {
		return words
	}
	if errors.As(err, &timeout) && timeout.Timeout() {
		return problemTimeout
	}
	return problemOfConnection(err)
}

func problemOfName(err error) string {
	var name *net.DNSError
	switch {
	case !errors.As(err, &name):
		return ""
	case name.IsNotFound:
		return problemUnknownName
	}
	return problemLookup
}

func problemOfTLS(err error) string {
	var (
		authority   x509.UnknownAuthorityError
		otherName   x509.HostnameError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &authority):
		return problemAuthority
	case errors.As(err, &otherName):
		return problemOtherName
	case errors.As(err, &certificate):
		return problemCertificate
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return problemNoTLS
	case errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return problemTLS
	}
	return ""
}

// signs of what net/http has no types for.
var (
	signsOfNoHTTP   = []string{"malformed", "Content-Length", "Location header", "transfer encoding", "invalid header", "bad header", "chunk", "exceeded"}
	signsOfBreakOff = []string{"http2: ", "stream error", "server closed", "connection lost", "broken connection"}
)

func problemOfConnection(err error) string {
	var operation *net.OpError
	var number syscall.Errno
	proxy := errors.As(err, &operation) && operation.Op == "proxyconnect"
	has := func(sign string) bool { return strings.Contains(err.Error(), sign) }
	switch {
	case proxy:
		return problemProxy
	case strings.HasSuffix(err.Error(), http.StatusText(http.StatusProxyAuthRequired)):
		return problemProxyLogin
	case errors.As(err, &number):
		return number.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return problemBrokeOff
	case slices.ContainsFunc(signsOfNoHTTP, has):
		return problemNoHTTP
	case slices.ContainsFunc(signsOfBreakOff, has):
		return problemBrokeOff
	}
	return problemNone
}
