package auth_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"canopy/auth"
)

// listens stands for net.Listen and notes what was asked for.
type listens struct {
	mu    sync.Mutex
	asked []string
	fail  func(network, address string, n int) error
}

func (l *listens) listen(network, address string) (net.Listener, error) {
	l.mu.Lock()
	l.asked = append(l.asked, address)
	n := len(l.asked)
	l.mu.Unlock()
	if l.fail != nil {
		if err := l.fail(network, address, n); err != nil {
			return nil, &net.OpError{Op: "listen", Net: network, Err: err}
		}
	}
	return net.Listen(network, address)
}

// freePort gives a port that was free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestBehaviour06TheRedirectIsTheLiteralThatWasBound(t *testing.T) {
	port := freePort(t)
	inUse, reserved, none := syscall.EADDRINUSE, syscall.EACCES, syscall.EAFNOSUPPORT
	for name, c := range map[string]struct {
		host  string
		ports []int
		fail  func(network, address string, n int) error
		want  string // start of the redirect; PORT stands for the free port
		asked int    // binds at most
		both  bool   // the other family has the port as well
	}{
		"by default it is 127.0.0.1":         {want: "http://127.0.0.1:", asked: 2, both: true},
		"::1 where that is registered":       {host: "::1", want: "http://[::1]:", asked: 2},
		"localhost where that is registered": {host: "localhost", want: "http://localhost:", asked: 2},
		"without IPv6":                       {fail: family("tcp6", none), want: "http://127.0.0.1:", asked: 2},
		"without IPv4":                       {fail: family("tcp4", none), want: "http://[::1]:", asked: 18},
		"localhost without IPv4":             {host: "localhost", fail: family("tcp4", none), want: "http://localhost:", asked: 2},
		"localhost without IPv6":             {host: "localhost", fail: family("tcp6", none), want: "http://localhost:", asked: 2},
		"the common port busy seven times":   {fail: until(14, "tcp6", inUse), want: "http://127.0.0.1:", asked: 16, both: true},
		"the common port busy for ever":      {fail: family("tcp6", inUse), want: "http://127.0.0.1:", asked: 16},
		"Windows' own number for busy":       {fail: until(2, "tcp6", syscall.Errno(10048)), want: "http://127.0.0.1:", asked: 4},
		"a port reserved by the system":      {fail: until(3, "tcp4", reserved), want: "http://127.0.0.1:", asked: 8},
		"the configured ports in order":      {ports: []int{1, port}, fail: address(":1", reserved), want: "http://127.0.0.1:PORT/", asked: 3},
		"a configured port that is busy":     {ports: []int{1, port}, fail: address(":1", inUse), want: "http://127.0.0.1:PORT/", asked: 3},
		"localhost, busy on one family":      {host: "localhost", ports: []int{1, port}, fail: address("[::1]:1", inUse), want: "http://localhost:PORT/", asked: 4},
	} {
		t.Run(name, func(t *testing.T) {
			l := &listens{fail: func(network, at string, n int) error {
				if c.fail != nil {
					if err := c.fail(network, at, n); err != nil {
						return err
					}
				}
				if strings.HasSuffix(at, ":1") { // not for us to bind; stands for a port that works on the other family
					return syscall.EADDRINUSE
				}
				return nil
			}}
			h := newHouse(t, func(cfg *auth.Config, e *auth.Environment) {
				cfg.Listen, e.RedirectHost, e.RedirectPorts = l.listen, c.host, c.ports
			})
			p, done, cancel := h.waiting(auth.Options{})
			defer cancel()
			u, err := url.Parse(p.Link)
			if err != nil {
				t.Fatal(err)
			}
			redirect := u.Query().Get("redirect_uri")
			if want := strings.ReplaceAll(c.want, "PORT", strconv.Itoa(port)); !strings.HasPrefix(redirect, want) || !strings.HasSuffix(redirect, "/callback") {
				t.Errorf("the redirect is %s, want %s…", redirect, want)
			}
			if !strings.Contains(redirect, "http://"+p.Address+"/") {
				t.Errorf("the report says %s, the redirect %s", p.Address, redirect)
			}
			if n := len(l.asked); n > c.asked {
				t.Errorf("%d binds: %v", n, l.asked)
			}
			if c.both {
				c, err := net.Dial("tcp6", net.JoinHostPort("::1", p.Address[strings.LastIndex(p.Address, ":")+1:]))
				if err != nil {
					t.Fatalf("the other family was not bound: %v", err)
				}
				c.Close()
			}
			h.browser.visit(p.Link)
			if o := h.result(done); o.err != nil {
				t.Fatal(o.err)
			}
			if sent := h.server.asked("/token")[0].params["redirect_uri"]; sent != redirect {
				t.Errorf("the token request says %s, the link %s", sent, redirect)
			}
		})
	}
}

func family(network string, err error) func(string, string, int) error {
	return func(n, _ string, _ int) error {
		if n == network {
			return err
		}
		return nil
	}
}

func until(n int, network string, err error) func(string, string, int) error {
	return func(asked, _ string, i int) error {
		if asked == network && i <= n {
			return err
		}
		return nil
	}
}

func address(suffix string, err error) func(string, string, int) error {
	return func(_, at string, _ int) error {
		if strings.HasSuffix(at, suffix) {
			return err
		}
		return nil
	}
}

func TestBehaviour06WithoutAPortTheErrorNamesTheSystemsReason(t *testing.T) {
	for _, host := range []string{"", "127.0.0.1", "::1", "localhost"} {
		t.Run(fmt.Sprintf("host %q", host), func(t *testing.T) {
			l := &listens{fail: func(string, string, int) error { return syscall.EACCES }}
			h := newHouse(t, func(c *auth.Config, e *auth.Environment) {
				c.Listen, e.RedirectHost, c.Open = l.listen, host, noBrowser(t)
			})
			_, err := h.signIn()
			if !errors.Is(err, auth.ErrNoLoopback) || !errors.Is(err, syscall.EACCES) {
				t.Fatalf("it ended with %v", err)
			}
			for _, part := range []string{"permission denied", "device code"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestBehaviour06TheListenerIsNotReachableFromTheNetwork(t *testing.T) {
	h := newHouse(t)
	p, done, cancel := h.waiting(auth.Options{})
	_, port, err := net.SplitHostPort(p.Address)
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		network, ok := a.(*net.IPNet)
		if !ok || network.IP.IsLoopback() || network.IP.IsLinkLocalUnicast() {
			continue
		}
		c, err := net.DialTimeout("tcp", net.JoinHostPort(network.IP.String(), port), time.Second)
		if err == nil {
			c.Close()
			t.Errorf("the listener answers on %s", network.IP)
		}
	}
	c, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.2", port), time.Second)
	if err == nil {
		c.Close()
		t.Error("the listener answers on 127.0.0.2")
	}
	cancel()
	h.result(done)
}
