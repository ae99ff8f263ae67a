package sandbox

import (
	"net"
	"net/http"
	"strconv"
	"time"
)

// table is the routes of one host together with the names faults know them by.
type table struct {
	host  string
	mux   *http.ServeMux
	names map[string]string // of the mux's patterns
}

func newTable(host string) *table {
	return &table{host: host, mux: http.NewServeMux(), names: make(map[string]string)}
}

func (t *table) handle(endpoint, pattern string, h http.HandlerFunc) {
	t.mux.HandleFunc(pattern, h)
	t.names[pattern] = endpoint
}

// place of a request: the host and the endpoint it asks for.
func (t *table) place(r *http.Request) place {
	_, pattern := t.mux.Handler(r)
	return place{t.host, t.names[pattern]}
}

func (s *Server) routes(host string) *table {
	t := newTable(host)
	switch host {
	case "oauth":
		s.oauthRoutes(t)
	case "console":
		s.consoleRoutes(t)
	case "iam":
		s.iamRoutes(t)
	case "serverless":
		s.serverlessRoutes(t)
	case "dedicated":
		s.dedicatedRoutes(t)
	}
	return t
}

// guard stands before a host's routes: it refuses foreign Host headers (DNS
// rebinding), logs without a secret, waits the latency and lets faults act.
func (s *Server) guard(host string, port int, routes *table) http.Handler {
	control := s.controlRoutes(host)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.begin() {
			http.Error(w, "the sandbox is closing", http.StatusServiceUnavailable)
			return
		}
		defer s.busy.Done()
		if !isOwnHost(r.Host, port) {
			http.Error(w, "this sandbox answers to its loopback address only", http.StatusMisdirectedRequest)
			return
		}
		if handler, pattern := control.Handler(r); pattern != "" {
			handler.ServeHTTP(w, r)
			return
		}
		p := routes.place(r)
		start := time.Now()
		answer := &counted{ResponseWriter: w}
		defer func() {
			s.options.Log.Debug("answered", "host", host, "method", r.Method, "path", r.URL.Path,
				"status", answer.status, "took", time.Since(start))
		}()
		if p.isAPI() {
			w.Header().Set("X-Debug-Trace-Id", s.traceID())
		}
		if s.pause(r, s.options.Latency) {
			s.misbehave(p, routes.mux).ServeHTTP(answer, r)
		}
	})
}

// isOwnHost reports whether a Host header names this listener by a loopback name.
func isOwnHost(header string, port int) bool {
	host, p, err := net.SplitHostPort(header)
	if err != nil || p != strconv.Itoa(port) {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// counted remembers the status of an answer for the log.
type counted struct {
	http.ResponseWriter
	status int
}

func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK // as net/http does
	}
	return c.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }
