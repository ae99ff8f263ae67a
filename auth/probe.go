package auth

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"canopy/activity"
)

// HostHealth is how one API host took a grant.
type HostHealth struct {
	Name     string    `json:"name"`              // "iam", "serverless" or "dedicated"
	Address  string    `json:"address"`           // its base URL
	Accepted bool      `json:"accepted"`          // it answered a small read (2xx)
	Status   int       `json:"status,omitempty"`  // 0: there was no answer
	Problem  string    `json:"problem,omitempty"` // what went wrong and what to do, in English; "" when accepted
	At       time.Time `json:"at"`
	// Took is how long the answer took to begin, or to fail.
	Took time.Duration `json:"took_ns,omitempty"`
}

// Probe asks each API host of the grant's environment for the smallest read
// there is, all at once, and says how each took it: that a token is good at one
// host says nothing of the next (facts §1.7). The answers are remembered with
// the grant, in Grant.Hosts.
//
// A host that answers 401 is not asked again and ends nothing: with the token
// being fresh, it is the host that does not take it. Hosts that the environment
// does not name are left out. Nothing is remembered when ctx ended meanwhile.
func (a *Authenticator) Probe(ctx context.Context, grantID string) []HostHealth {
	grant, ok := a.cfg.Grants.Get(grantID)
	if !ok {
		return nil
	}
	env, err := a.environmentOf(grant)
	if err != nil {
		return nil
	}
	ctx = activity.Why(activity.ForGrant(ctx, grantID), whyProbe)
	hosts := env.hosts()
	cred, err := a.authorized(ctx, grantID, "")
	var group sync.WaitGroup
	for i := range hosts {
		hosts[i].At = a.cfg.Now().Round(0)
		if err != nil {
			hosts[i].Problem = err.Error()
			continue
		}
		path := probes[hosts[i].Name]
		group.Go(func() { a.probe(ctx, cred, grantID, path, &hosts[i]) })
	}
	group.Wait()
	if ctx.Err() != nil {
		return hosts
	}
	if err := a.cfg.Grants.Update(grantID, func(g *Grant) { g.Hosts = hosts }); err != nil {
		a.cfg.Log.Warn("the answers of the API hosts could not be remembered", "grant", grantID, "error", err)
	}
	return hosts
}

// probes are the reads that cost the hosts least.
var probes = map[string]string{
	"iam":        "/v1beta1/projects?pageSize=1",
	"serverless": "/v1beta1/clusters?pageSize=1",
	"dedicated":  "/v1beta1/clusters?pageSize=1",
}

func (e *Environment) hosts() []HostHealth {
	var hosts []HostHealth
	for _, h := range []HostHealth{{Name: "iam", Address: e.IAM}, {Name: "serverless", Address: e.Serverless}, {Name: "dedicated", Address: e.Dedicated}} {
		if h.Address != "" {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// probe makes one request, without renewal and without following redirects.
func (a *Authenticator) probe(ctx context.Context, cred *credential, id, path string, h *HostHealth) {
	limited, stop := context.WithTimeout(ctx, requestTimeout)
	defer stop()
	q, err := http.NewRequestWithContext(limited, http.MethodGet, h.Address+path, nil)
	if err != nil {
		h.Problem = fmt.Sprintf("%s is not an address; set it in the settings", h.Name)
		return
	}
	asked := a.cfg.Now()
	answer, err := a.carry(q, cred, id)
	h.Took = a.cfg.Now().Sub(asked)
	if err != nil {
		h.Problem = unreachable(q.URL.Host, err, cred.access.Reveal(), cred.private.Reveal()).Error()
		return
	}
	defer drop(answer)
	h.Status = answer.StatusCode
	h.Accepted = answer.StatusCode/100 == 2
	if !h.Accepted {
		h.Problem = fmt.Sprintf("%s answered %d; %s", q.URL.Host, h.Status, hostAdvice(h.Status))
	}
}

// carry sends a request with a credential, once.
func (a *Authenticator) carry(q *http.Request, cred *credential, id string) (*http.Response, error) {
	if cred.private == "" {
		return a.server.Do(withToken(q, cred))
	}
	base := a.cfg.HTTP.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	c := *a.server
	c.Transport = a.sessionOf(id).digestTransport(cred, base)
	return c.Do(q)
}

func hostAdvice(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "it does not take this sign-in, while others may"
	case status == http.StatusForbidden:
		return "this sign-in may not read there; ask for more when signing in again"
	case status == http.StatusProxyAuthRequired:
		return proxyAdvice
	case status/100 == 3 || status/100 == 4 && status != http.StatusTooManyRequests:
		return "check the address in the environment's settings"
	}
	return "try again later"
}
