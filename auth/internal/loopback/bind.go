package loopback

import (
	"errors"
	"net"
	"strconv"
	"syscall"
)

// tries is how often an ephemeral port is drawn until it is free in both families.
const tries = 8

// Listen is net.Listen, or what stands for it in a test.
type Listen func(network, address string) (net.Listener, error)

type family struct{ network, literal string }

var (
	v4 = family{"tcp4", "127.0.0.1"}
	v6 = family{"tcp6", "::1"}
)

// bound is what the browser can reach: the literal for the redirect and the
// listeners behind it.
type bound struct {
	host      string
	port      int
	listeners []net.Listener
}

func (b bound) address() string { return net.JoinHostPort(b.host, strconv.Itoa(b.port)) }

// bind opens the loopback, never another interface, and never by a name: a
// hosts file can map localhost elsewhere. Both families get the same port, so
// that no other program can stand on the one the browser tries first.
//
// An empty host leaves the literal open: 127.0.0.1, or ::1 where there is no IPv4.
func bind(listen Listen, host string, ports []int) (bound, error) {
	switch host {
	case "::1":
		return bindLiteral(listen, v6, v4, ports)
	case "127.0.0.1":
		return bindLiteral(listen, v4, v6, ports)
	case "localhost":
		return bindName(listen, ports)
	}
	b, err := bindLiteral(listen, v4, v6, ports)
	if err != nil && !busy(err) {
		if b, err6 := bindLiteral(listen, v6, v4, ports); err6 == nil {
			return b, nil
		}
	}
	return b, err
}

// draws gives the ports to try: the configured ones in their order, or 0 a few times.
func draws(ports []int) []int {
	if len(ports) > 0 {
		return ports
	}
	return make([]int, tries)
}

// bindLiteral needs the family of the literal; the other one is taken where it can be had.
func bindLiteral(listen Listen, main, other family, ports []int) (bound, error) {
	var last error
	list := draws(ports)
	for i, port := range list {
		first, err := listenOn(listen, main, port)
		if err != nil {
			last = err
			continue
		}
		b := bound{host: main.literal, port: portOf(first), listeners: []net.Listener{first}}
		second, err := listenOn(listen, other, b.port)
		if err == nil {
			b.listeners = append(b.listeners, second)
			return b, nil
		}
		// The redirect names the literal, so a program on the other family is
		// never asked; a common port is only the better choice.
		if !busy(err) || len(ports) > 0 || i == len(list)-1 {
			return b, nil
		}
		last = errors.Join(err, first.Close())
	}
	return bound{}, last
}

// bindName serves "localhost", which a browser may resolve to either family:
// a port is good if each family is either ours or not there at all.
func bindName(listen Listen, ports []int) (bound, error) {
	var last error
	for _, port := range draws(ports) {
		first, err4 := listenOn(listen, v4, port)
		if err4 != nil && busy(err4) {
			last = err4
			continue
		}
		b := bound{host: "localhost", port: port}
		if err4 == nil {
			b.port, b.listeners = portOf(first), []net.Listener{first}
		}
		second, err6 := listenOn(listen, v6, b.port)
		if err6 == nil {
			b.port, b.listeners = portOf(second), append(b.listeners, second)
			return b, nil
		}
		if err4 == nil && !busy(err6) {
			return b, nil
		}
		last = errors.Join(err4, err6)
		for _, l := range b.listeners {
			last = errors.Join(last, l.Close())
		}
	}
	return bound{}, last
}

func listenOn(listen Listen, f family, port int) (net.Listener, error) {
	return listen(f.network, net.JoinHostPort(f.literal, strconv.Itoa(port)))
}

func portOf(l net.Listener) int {
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// busy tells a port in use from a family that is not there. Windows has a
// number of its own for it (WSAEADDRINUSE), which package syscall does not map.
func busy(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.Errno(10048))
}
