package sandbox

import "errors"

// hostNames are the hosts of TiDB Cloud that the sandbox stands in for, in the
// order of their ports.
var hostNames = [...]string{"oauth", "console", "iam", "serverless", "dedicated"}

// Server is a running sandbox. Its methods may be called from any goroutine.
type Server struct {
	endpoints Endpoints
}

// Start binds the sandbox's listeners and serves until Close. When it returns
// without error every host answers.
func Start(options Options) (*Server, error) {
	options = options.withDefaults()
	if err := options.validate(); err != nil {
		return nil, err
	}
	return nil, errors.New("the sandbox cannot serve yet")
}

// Endpoints says where the server answers.
func (s *Server) Endpoints() Endpoints { return s.endpoints }

// APIKeys returns the API key of each organization.
func (s *Server) APIKeys() []APIKey { return nil }

// SetFaults replaces the active faults. An unknown name or a bad argument is an
// error and leaves the active ones as they were.
func (s *Server) SetFaults(names ...string) error { return nil }

// Close stops all hosts at once, whatever they are doing, and keeps the state.
func (s *Server) Close() error { return nil }
