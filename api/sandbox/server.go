package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// hostNames are the hosts of TiDB Cloud that the sandbox stands in for, in the
// order of their ports.
var hostNames = [...]string{"oauth", "console", "iam", "serverless", "dedicated"}

// Server is a running sandbox. Its methods may be called from any goroutine.
type Server struct {
	options   Options
	endpoints Endpoints
	world     *world
	ledger    *ledger
	faults    faultBoard
	pages     *pages
	sessions  *sessions
	limiter   *limiter
	pager     *pager
	selected  *selections
	nonces    *nonces
	random    io.Reader
	origin    *http.CrossOriginProtection

	hosts   []*http.Server
	serving sync.WaitGroup // goroutines in Serve
	closing context.Context
	close   context.CancelFunc
	once    sync.Once

	mu       sync.Mutex // guards closed and busy.Add against Close
	closed   bool
	busy     sync.WaitGroup // requests being answered
	callback *http.Client   // for the fault authorize-twice
}

// Start binds the sandbox's listeners and serves until Close. When it returns
// without error every host answers.
func Start(options Options) (*Server, error) {
	options = options.withDefaults()
	if err := options.validate(); err != nil {
		return nil, err
	}
	s, err := newServer(options)
	if err != nil {
		return nil, err
	}
	listeners, err := listen(options.Listen, options.Port)
	if err != nil {
		return nil, err
	}
	s.endpoints = s.endpointsAt(listeners)
	s.serve(listeners)
	return s, nil
}

func newServer(options Options) (*Server, error) {
	s := &Server{options: options, random: &lockedReader{reader: options.Rand}, origin: http.NewCrossOriginProtection()}
	var err error
	if err = s.faults.set(options.Faults); err != nil {
		return nil, err
	}
	if s.world, err = newWorld(options); err != nil {
		return nil, err
	}
	if s.ledger, err = openLedger(options, s.random, s.world); err != nil {
		return nil, err
	}
	if s.pages, err = newPages(); err != nil {
		return nil, err
	}
	if s.pager, err = newPager(s.random); err != nil {
		return nil, err
	}
	if s.nonces, err = newNonces(s.random); err != nil {
		return nil, err
	}
	s.sessions = newSessions(s.random)
	s.limiter = newLimiter(options.RateLimit)
	s.selected = newSelections()
	s.closing, s.close = context.WithCancel(context.Background())
	s.callback = &http.Client{
		Timeout:       5 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// listen binds one port for each host, consecutive ones from first when that is
// not 0.
func listen(address string, first int) ([]net.Listener, error) {
	listeners := make([]net.Listener, 0, len(hostNames))
	var config net.ListenConfig
	for i := range hostNames {
		port := 0
		if first != 0 {
			port = first + i
		}
		l, err := config.Listen(context.Background(), "tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		if err != nil {
			for _, open := range listeners {
				open.Close()
			}
			return nil, listenError(address, port, err)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

func listenError(address string, port int, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d of %s is taken; stop the program that uses it, or choose another first port or 0 for free ones: %w", port, address, err)
	}
	return fmt.Errorf("cannot listen on %s port %d; choose another address or port: %w", address, port, err)
}

func (s *Server) endpointsAt(listeners []net.Listener) Endpoints {
	base := make(map[string]string, len(hostNames))
	for i, name := range hostNames {
		base[name] = "http://" + listeners[i].Addr().String()
	}
	return Endpoints{
		Issuer:                      base["oauth"],
		AuthorizationEndpoint:       base["console"] + "/oauth/authorize",
		TokenEndpoint:               base["oauth"] + "/v1/token",
		DeviceAuthorizationEndpoint: base["oauth"] + "/v1/device_authorization",
		RevocationEndpoint:          base["oauth"] + "/v1/revoke",
		UserinfoEndpoint:            base["oauth"] + "/v1/userinfo",
		IAM:                         base["iam"],
		Serverless:                  base["serverless"],
		Dedicated:                   base["dedicated"],
		Console:                     base["console"],
		ClientID:                    s.options.ClientID,
		RedirectPath:                redirectPath(s.options.Redirects),
	}
}

func (s *Server) serve(listeners []net.Listener) {
	for i, name := range hostNames {
		host := &http.Server{
			Handler:           s.guard(name, listeners[i].Addr().(*net.TCPAddr).Port, s.routes(name)),
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       30 * time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    32 << 10,
			// What clients do to their connections is no news here.
			ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		}
		s.hosts = append(s.hosts, host)
		s.serving.Go(func() {
			if err := host.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				s.options.Log.Error("a host has stopped", "host", name, "error", err)
			}
		})
	}
}

// Endpoints says where the server answers.
func (s *Server) Endpoints() Endpoints { return s.endpoints }

// APIKeys returns the API key of each organization.
func (s *Server) APIKeys() []APIKey {
	keys := make([]APIKey, len(s.world.orgs))
	for i, o := range s.world.orgs {
		keys[i] = o.key
	}
	return keys
}

// SetFaults replaces the active faults. An unknown name or a bad argument is an
// error and leaves the active ones as they were.
func (s *Server) SetFaults(names ...string) error { return s.faults.set(names) }

// Close stops all hosts at once, whatever they are doing, and keeps the state.
// It returns when the last request has ended.
func (s *Server) Close() error {
	var err error
	s.once.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		// First the connections: a request that is still waiting then ends unanswered
		// rather than with an empty answer.
		for _, host := range s.hosts {
			err = errors.Join(err, host.Close())
		}
		s.close()
		s.busy.Wait()
		s.serving.Wait()
		err = errors.Join(err, s.ledger.flush())
	})
	return err
}

// begin counts a piece of work that Close waits for; false means closed already.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.busy.Add(1)
	}
	return !s.closed
}

// now is the server's clock, shifted when the fault clock says so.
func (s *Server) now() time.Time {
	t := s.options.Now().UTC()
	for _, shift := range s.faults.peek("clock") {
		d, _ := time.ParseDuration(shift) // checked when it was set
		t = t.Add(d)
	}
	return t
}

// lockedReader lets many goroutines draw from one source of randomness.
type lockedReader struct {
	mu     sync.Mutex
	reader io.Reader
}

func (r *lockedReader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return io.ReadFull(r.reader, b)
}
