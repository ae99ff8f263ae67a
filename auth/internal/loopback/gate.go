package loopback

import (
	"net"
	"net/http"
	"sync"
)

// gate holds the number of connections down. A connection that has not sent a
// whole request is worth nothing: the oldest of them goes when a new one comes
// and the house is full, so idle and half-sent ones cannot keep the browser out.
type gate struct {
	mu    sync.Mutex
	limit int
	tick  uint64
	conns map[net.Conn]visit
}

type visit struct {
	since uint64
	idle  bool
}

func newGate(limit int) *gate { return &gate{limit: limit, conns: map[net.Conn]visit{}} }

// watch is an http.Server.ConnState.
func (g *gate) watch(c net.Conn, state http.ConnState) {
	if shed := g.note(c, state); shed != nil {
		_ = shed.Close() // a stranger's; it is gone either way
	}
}

func (g *gate) note(c net.Conn, state http.ConnState) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tick++
	switch state {
	case http.StateClosed, http.StateHijacked:
		delete(g.conns, c)
		return nil
	case http.StateNew:
		shed := g.oldest()
		delete(g.conns, shed)
		g.conns[c] = visit{since: g.tick, idle: true}
		return shed
	}
	if _, known := g.conns[c]; known {
		g.conns[c] = visit{since: g.tick, idle: state == http.StateIdle}
	}
	return nil
}

// oldest gives the idle connection to shed, if one must go.
func (g *gate) oldest() net.Conn {
	if len(g.conns) < g.limit {
		return nil
	}
	var found net.Conn
	var since uint64
	for c, v := range g.conns {
		if v.idle && (found == nil || v.since < since) {
			found, since = c, v.since
		}
	}
	return found
}
