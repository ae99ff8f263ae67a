package loopback

import (
	"net"
	"net/http"
	"sync"
)

// gate holds the number of connections down. Only one that brought the
// attempt's answer is worth something: when a new one comes and the house is
// full, the oldest of the others goes, those first that have no request under
// way. So idle and half-sent ones, headers or bodies, cannot keep the browser out.
type gate struct {
	mu    sync.Mutex
	limit int
	tick  uint64
	conns map[net.Conn]visit
}

type visit struct {
	since uint64
	idle  bool // no request is under way
	keeps bool // it brought the answer
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
	if v, known := g.conns[c]; known {
		g.conns[c] = visit{since: g.tick, idle: state == http.StateIdle, keeps: v.keeps}
	}
	return nil
}

// keep spares a connection: the browser waits behind it for the last page.
func (g *gate) keep(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v, known := g.conns[c]; known {
		v.keeps = true
		g.conns[c] = v
	}
}

// oldest gives the connection to shed, if one must go.
func (g *gate) oldest() net.Conn {
	if len(g.conns) < g.limit {
		return nil
	}
	var found net.Conn
	var best visit
	for c, v := range g.conns {
		if v.keeps {
			continue
		}
		if found == nil || (v.idle && !best.idle) || (v.idle == best.idle && v.since < best.since) {
			found, best = c, v
		}
	}
	return found
}
