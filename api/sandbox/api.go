package sandbox

import (
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Numbers TiDB Cloud puts into error bodies.
const (
	codeKeyNotFound  = 49900001 // 401
	codeNoPermission = 49900003 // 403, the message names the project
	codeOverLimit    = 49900007 // 429
)

// apiError is an error answer of an API host.
type apiError struct {
	status, code int
	message      string
}

// The errors of google.rpc.Code that the APIs answer with.
func badRequest(message string) *apiError { return &apiError{http.StatusBadRequest, 3, message} }

func notFound(what, id string) *apiError {
	return &apiError{http.StatusNotFound, 5, what + " " + id + " not found"}
}

func forbidden(projectID string) *apiError {
	return &apiError{http.StatusForbidden, codeNoPermission, "no permission on project " + projectID}
}

// codeFor is the number that goes with a status when nothing more is known.
func codeFor(status int) int {
	switch status {
	case http.StatusBadRequest:
		return 3
	case http.StatusUnauthorized:
		return codeKeyNotFound
	case http.StatusForbidden:
		return codeNoPermission
	case http.StatusNotFound:
		return 5
	case http.StatusTooManyRequests:
		return codeOverLimit
	case http.StatusServiceUnavailable:
		return 14
	default:
		return 13
	}
}

// writeAPIError answers in the host's own envelope: IAM's differs from the others'.
func writeAPIError(w http.ResponseWriter, host string, e *apiError) {
	if host == "iam" {
		writeJSON(w, e.status, map[string]any{
			"code": strconv.Itoa(e.code), "error": e.message, "msgPrefix": "openapi", "status": e.status,
		})
		return
	}
	writeJSON(w, e.status, map[string]any{"code": e.code, "message": e.message, "details": []any{}})
}

// principal is who asks: the holder of a token or of an API key.
type principal struct {
	key      string // names the credential for limits and page tokens
	org      *organization
	projects []*project // that it may see, in the organization's order
}

func (p principal) sees(q *project) bool { return slices.Contains(p.projects, q) }

// call is one authenticated request to an API host.
type call struct {
	*http.Request
	place place
	who   principal
}

// read registers an endpoint that answers GET with what answer returns.
func (s *Server) read(t *table, endpoint, pattern string, answer func(c call) (any, *apiError)) {
	t.handle(endpoint, pattern, func(w http.ResponseWriter, r *http.Request) {
		c := call{Request: r, place: place{t.host, endpoint}}
		var ok bool
		if c.who, ok = s.admit(w, c); !ok {
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeAPIError(w, t.host, &apiError{http.StatusMethodNotAllowed, 12, "the sandbox only reads"})
			return
		}
		body, failure := answer(c)
		if failure != nil {
			writeAPIError(w, t.host, failure)
			return
		}
		writeJSON(w, http.StatusOK, body)
	})
}

// nothing registers the answer for paths the sandbox does not have.
func (s *Server) nothing(t *table) {
	s.read(t, "", "/", func(call) (any, *apiError) {
		return nil, &apiError{http.StatusNotFound, 5, "no such path"}
	})
}

// admit authenticates a call and counts it. When it reports false it has answered.
func (s *Server) admit(w http.ResponseWriter, c call) (principal, bool) {
	who, failure := s.authenticate(w, c.Request)
	if failure != nil {
		writeAPIError(w, c.place.host, failure)
		return principal{}, false
	}
	if !s.limiter.allow(w.Header(), who.key, s.now()) {
		writeAPIError(w, c.place.host, &apiError{http.StatusTooManyRequests, codeOverLimit, "the rate limit is exceeded"})
		return principal{}, false
	}
	return who, true
}

// authenticate takes a Bearer token or HTTP Digest with an API key.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request) (principal, *apiError) {
	kind, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(kind, "Bearer"):
		secret, _ := bearer(r)
		if g, ok := s.ledger.authenticate(secret, s.now()); ok {
			return s.principalOf(g), nil
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="TiDB Cloud sandbox", error="invalid_token"`)
		return principal{}, &apiError{http.StatusUnauthorized, codeKeyNotFound, "the token is unknown, expired or revoked"}
	case strings.EqualFold(kind, "Digest"):
		return s.authenticateKey(w, r)
	}
	s.challenge(w, false)
	return principal{}, &apiError{http.StatusUnauthorized, codeKeyNotFound, "no credentials"}
}

// principalOf the holder of a grant's token.
func (s *Server) principalOf(g grant) principal {
	who := principal{key: g.ID, org: s.world.orgByID[g.Organization]}
	who.projects = s.existing(who.org)
	if !g.All {
		granted := make(map[string]bool, len(g.Projects))
		for _, id := range g.Projects {
			granted[id] = true
		}
		who.projects = slices.DeleteFunc(slices.Clone(who.projects), func(p *project) bool { return !granted[p.id] })
	}
	return who
}

// existing lists the projects of org but those that the fault no-project names. The
// list is shared: read it only.
func (s *Server) existing(org *organization) []*project {
	gone := s.faults.peek("no-project")
	if len(gone) == 0 {
		return org.projects
	}
	return slices.DeleteFunc(slices.Clone(org.projects), func(p *project) bool { return slices.Contains(gone, p.id) })
}

// isForbidden reports whether the fault forbid-project names p.
func (s *Server) isForbidden(p *project) bool {
	return slices.Contains(s.faults.peek("forbid-project"), p.id)
}

// mayRead checks a project by id. Whether foreign ids answer 403 or 404 is unknown:
// Options.ForeignStatus decides.
func (s *Server) mayRead(c call, projectID string) (*project, *apiError) {
	p := s.world.projects[projectID]
	if !c.who.sees(p) {
		if s.options.ForeignStatus == http.StatusNotFound {
			return nil, notFound("project", projectID)
		}
		return nil, forbidden(projectID)
	}
	if s.isForbidden(p) {
		return nil, forbidden(projectID)
	}
	return p, nil
}

// cluster of the path, when the caller may see it and it lives on this host.
func (s *Server) cluster(c call, id string) (*cluster, *apiError) {
	found := s.world.clusters[id]
	if found == nil || found.isDedicated() != (c.place.host == "dedicated") {
		return nil, notFound("cluster", id)
	}
	if !c.who.sees(found.project) {
		if s.options.ForeignStatus == http.StatusForbidden {
			return nil, &apiError{http.StatusForbidden, codeNoPermission, "no permission on cluster " + id}
		}
		return nil, notFound("cluster", id)
	}
	if s.isForbidden(found.project) {
		return nil, forbidden(found.project.id)
	}
	return found, nil
}

// traceID names one answer, as X-Debug-Trace-Id does on TiDB Cloud.
func (s *Server) traceID() string {
	b := make([]byte, 16)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "none"
	}
	return hex.EncodeToString(b)
}
