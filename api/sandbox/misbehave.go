package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

// misbehave lets the active transport faults act on a request before, or instead
// of, next.
func (s *Server) misbehave(p place, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f, on := s.faults.at("slow", p); on {
			d, _ := time.ParseDuration(f.value()) // checked when it was set
			if !s.pause(r, d) {
				return
			}
		}
		if s.answerWrongly(p, w, r) {
			return
		}
		if _, on := s.faults.at("drop-after", p); on {
			next.ServeHTTP(newRecording(), r)
			resetConnection(w)
			return
		}
		if _, on := s.faults.at("truncate", p); on {
			recorded := newRecording()
			next.ServeHTTP(recorded, r)
			recorded.sendHalf(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answerWrongly answers in place of the endpoint when a fault says so.
func (s *Server) answerWrongly(p place, w http.ResponseWriter, r *http.Request) bool {
	if _, on := s.faults.at("reset", p); on {
		resetConnection(w)
		return true
	}
	if f, on := s.faults.at("status", p); on {
		status, _ := strconv.Atoi(f.value())
		s.writeFailure(p, w, status)
		return true
	}
	if _, on := s.faults.at("unauthorized", p); on {
		s.writeFailure(p, w, http.StatusUnauthorized)
		return true
	}
	if f, on := s.faults.at("rate-limited", p); on {
		s.writeRateLimited(p, w, f.value())
		return true
	}
	if f, on := s.faults.at("redirect", p); on {
		w.Header().Set("Location", f.value())
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	return s.answerOddly(p, w, r)
}

func (s *Server) answerOddly(p place, w http.ResponseWriter, r *http.Request) bool {
	if _, on := s.faults.at("html", p); on {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte("<!doctype html><title>Welcome</title><p>Please accept the terms of this network.</p>\n"))
		return true
	}
	if _, on := s.faults.at("empty", p); on {
		w.WriteHeader(http.StatusOK)
		return true
	}
	if _, on := s.faults.at("echo", p); on {
		body, _ := io.ReadAll(r.Body) // what could be read is what is repeated
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusBadGateway)
		//nolint:gosec // repeating what was sent is the point; it is sent as plain text
		w.Write(fmt.Appendf(nil, "bad gateway while handling %s %s\nAuthorization: %s\n\n%s",
			r.Method, r.URL, r.Header.Get("Authorization"), body))
		return true
	}
	return false
}

// writeFailure answers an error in the form of the host.
func (s *Server) writeFailure(p place, w http.ResponseWriter, status int) {
	switch {
	case p.isAPI():
		writeAPIError(w, p.host, &apiError{status: status, code: codeFor(status), message: statusText(status)})
	case p.host == "oauth":
		noStore(w)
		code := "server_error"
		switch {
		case status == http.StatusUnauthorized:
			code = "invalid_token"
		case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
			code = "temporarily_unavailable"
		case status < 500:
			code = "invalid_request"
		}
		writeOAuthError(w, &oauthError{status, code, statusText(status)})
	default:
		s.pages.fail(w, status, "The sandbox was told to fail", "A fault is active: this page answers "+strconv.Itoa(status)+".")
	}
}

func (s *Server) writeRateLimited(p place, w http.ResponseWriter, seconds string) {
	if seconds == "" {
		seconds = "30"
	}
	if !p.isAPI() {
		w.Header().Set("Retry-After", seconds)
	}
	w.Header().Set("X-Ratelimit-Limit-Minute", strconv.Itoa(max(s.options.RateLimit, 0)))
	w.Header().Set("X-Ratelimit-Remaining-Minute", "0")
	w.Header().Set("X-Ratelimit-Reset", seconds)
	s.writeFailure(p, w, http.StatusTooManyRequests)
}

// pause waits d and reports whether the request should still be answered.
func (s *Server) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.closing.Done():
	}
	return false
}

// resetConnection ends the connection with a TCP reset instead of an answer.
func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the connection is gone already
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the connection ends politely, which is wrong enough
	}
	conn.Close()
}

// recording is an answer that is held back.
type recording struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecording() *recording { return &recording{header: make(http.Header), status: http.StatusOK} }

func (r *recording) Header() http.Header         { return r.header }
func (r *recording) WriteHeader(status int)      { r.status = status }
func (r *recording) Write(b []byte) (int, error) { return r.body.Write(b) }

// sendHalf promises the whole body, sends half of it, and closes the connection.
func (r *recording) sendHalf(w http.ResponseWriter) {
	maps.Copy(r.header, w.Header())
	r.header.Set("Content-Length", strconv.Itoa(r.body.Len()))
	conn, out, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the connection is gone already
	}
	defer conn.Close()
	var half bytes.Buffer
	fmt.Fprintf(&half, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	_ = r.header.Write(&half) // a buffer takes everything
	half.WriteString("\r\n")
	half.Write(r.body.Bytes()[:r.body.Len()/2])
	_, _ = half.WriteTo(out)
	_ = out.Flush() // what is not written is lost, as it should be
}
