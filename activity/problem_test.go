package activity_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"canopy/activity"
)

// TestProblems asks for trouble of each kind, of real servers where there are such.
func TestProblems(t *testing.T) {
	ok := func(http.ResponseWriter, *http.Request) {}
	slow := func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }
	closed := httptest.NewServer(http.HandlerFunc(ok))
	closed.Close()
	safe := newHouse(t, ok, func(s *httptest.Server) { s.Config.ErrorLog = quiet() })
	plain := newHouse(t, ok)
	late := newHouse(t, slow)
	proxy := newHouse(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) })
	trusted := x509.NewCertPool()
	trusted.AddCert(safe.Certificate())
	through := func(address string) *http.Transport {
		return &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(address) }}
	}
	soon := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, 20*time.Millisecond)
	}
	left := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(ctx)
		cancel(errors.New("https://secret.example"))
		return ctx, func() {}
	}
	for _, c := range []struct {
		what, address string
		base          *http.Transport
		ctx           func(context.Context) (context.Context, context.CancelFunc)
		want          string
	}{
		{"nobody listens", closed.URL, nil, nil, syscall.ECONNREFUSED.Error()},
		{"too slow", late.URL, nil, soon, "no answer in time"},
		{"too slow for the transport", late.URL, &http.Transport{ResponseHeaderTimeout: 20 * time.Millisecond}, nil, "no answer in time"},
		{"cancelled", late.URL, nil, left, "cancelled"},
		{"an authority of its own", safe.URL, nil, nil, "its certificate is not trusted"},
		{"another name", strings.Replace(safe.URL, "127.0.0.1", "localhost", 1), &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}, nil, "its certificate is for another name"},
		{"a certificate that has expired", safe.URL, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, Time: func() time.Time { return noon.AddDate(100, 0, 0) }}}, nil, "its certificate is not valid"},
		{"no TLS", "https" + strings.TrimPrefix(plain.URL, "http"), nil, nil, "it does not speak TLS"},
		{"no TLS in common", safe.URL, &http.Transport{TLSClientConfig: &tls.Config{MaxVersion: tls.VersionTLS10, MinVersion: tls.VersionTLS10}}, nil, "no agreement on TLS"},
		{"no HTTP", raw(t, "hello\r\n\r\n"), nil, nil, "what it sent is not HTTP"},
		{"nothing at all", raw(t, ""), nil, nil, "the connection broke off"},
		{"a proxy that is not there", safe.URL, through(closed.URL), nil, "the proxy could not be reached"},
		{"a proxy that wants a password", safe.URL, through(proxy.URL), nil, "the proxy wants a name and a password"},
	} {
		t.Run(c.what, func(t *testing.T) {
			base := c.base
			if base == nil {
				base = &http.Transport{}
			}
			base.DisableKeepAlives = true
			l := activity.NewLog(1, nil)
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if c.ctx != nil {
				ctx, cancel = c.ctx(ctx)
			}
			defer cancel()
			q, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := l.Transport(base).RoundTrip(q)
			if err == nil {
				_ = answer.Body.Close()
				t.Fatal("no trouble")
			}
			if r := l.Since(0)[0]; !strings.HasPrefix(r.Problem, c.want) || r.Status != 0 {
				t.Errorf("got %q of %v, want %q", r.Problem, err, c.want)
			}
		})
	}
}

// TestWhatAnErrorSaysIsNotQuoted hands the log the errors that are hard to bring about.
func TestWhatAnErrorSaysIsNotQuoted(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "server misbehaving", Name: "canary.example"}, "the name of the host could not be looked up"},
		{&net.DNSError{Err: "no such host", Name: "canary.example", IsNotFound: true}, "the name of the host is not known"},
		{fmt.Errorf("read: %w", syscall.ECONNRESET), syscall.ECONNRESET.Error()},
		{errors.New("net/http: request canceled while waiting for connection"), "no answer in time"},
		{fmt.Errorf("canary: %w", net.ErrClosed), "the connection broke off"},
		{errors.New("http2: server sent GOAWAY and closed the connection; debug=\"canary\""), "the connection broke off"},
		{errors.New("stream error: stream ID 1; INTERNAL_ERROR; canary"), "the connection broke off"},
		{errors.New("net/http: invalid header field value canary"), "what it sent is not HTTP"},
		{errors.New("canary\x1b[31m https://canary.example/?code=1"), "it failed"},
	} {
		l := activity.NewLog(1, nil)
		_, err := l.Transport(network(func(*http.Request) (*http.Response, error) { return nil, c.err })).
			RoundTrip(httptest.NewRequestWithContext(t.Context(), "", "https://iam.example/", nil)) //nolint:bodyclose // there is none
		if !errors.Is(err, c.err) {
			t.Errorf("the caller is told %v", err)
		}
		if r := l.Since(0)[0]; r.Problem != c.want {
			t.Errorf("got %q of %v, want %q", r.Problem, c.err, c.want)
		}
	}
}

func TestNoAnswerAndNoError(t *testing.T) {
	l := activity.NewLog(1, nil)
	_, _ = l.Transport(network(func(*http.Request) (*http.Response, error) { return nil, nil })). //nolint:nilnil // what a broken transport does
													RoundTrip(httptest.NewRequestWithContext(t.Context(), "", "https://iam.example/", nil)) //nolint:bodyclose // there is none
	if r := l.Since(0)[0]; r.Status != 0 {
		t.Errorf("got %+v", r)
	}
}
