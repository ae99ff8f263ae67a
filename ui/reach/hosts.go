package reach

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"time"

	"canopy/activity"
	"canopy/api"
	"canopy/auth"
	"canopy/ui/session"
)

// Verdict is how a host takes a grant.
type Verdict int

// The verdicts.
const (
	NotAsked    Verdict = iota // not yet, or it could not be asked: see Host.Err
	Accepts                    // it answered a read
	Refuses                    // 401: signed in, and this host does not take the token
	Answers                    // with another status, which says nothing of the token
	Unreachable                // there was no answer
)

// Host is how an API host takes a grant, as seen last.
type Host struct {
	Name    string // "iam", "serverless" or "dedicated"
	Address string // host and port
	Verdict Verdict
	Status  int
	At      time.Time     // when it was asked; zero if that is not known
	Took    time.Duration // until it answered
	Err     error         // why it does not accept the grant
}

// Use is a request that was made with a grant.
type Use struct {
	Why  string
	Host string
	At   time.Time
}

// Recent follows a log of requests, each row of which it looks at once. The zero Recent follows
// none.
type Recent struct {
	log   *activity.Log
	grant string
	seen  uint64
	hosts map[string]activity.Request // by address: the latest that tells how the host takes the grant
	used  Use
}

// Follow returns what follows a log, which may be nil.
func Follow(log *activity.Log) *Recent { return &Recent{log: log} }

// Of returns how the hosts take the open grant and what it was used for last, from its probes, the
// log of requests, and what could not be read.
func (r *Recent) Of(st session.State) ([]Host, Use) {
	r.read(st.Grant.ID)
	hosts := hostsOf(st.Environment)
	for n, h := range hosts {
		host := h
		if i := indexOf(st.Grant.Hosts, h.Name); i >= 0 {
			host = probed(h, st.Grant.Hosts[i])
		}
		row, logged := r.hosts[h.Address]
		switch {
		case logged && !row.At.Before(host.At):
			host = requested(h, row)
		case !logged && (host.Verdict == NotAsked || host.Verdict == Accepts):
			host = failed(host, st)
		}
		hosts[n] = host
	}
	return hosts, r.used
}

// read takes in what has been added to the log.
func (r *Recent) read(grant string) {
	if grant != r.grant {
		r.grant, r.seen, r.hosts, r.used = grant, 0, map[string]activity.Request{}, Use{}
	}
	if r.log == nil || grant == "" {
		return
	}
	for _, row := range r.log.Since(r.seen) {
		r.seen = row.Seq
		if row.Grant != grant {
			continue
		}
		r.used = Use{Why: row.Why, Host: row.Host, At: row.At}
		if tells(row) {
			r.hosts[row.Host] = row
		}
	}
}

// tells reports whether a request tells how its host takes the grant. One that was given up does
// not, nor one that was answered about what was asked for: not there, not allowed, too many.
func tells(r activity.Request) bool {
	switch {
	case r.Cancelled():
		return false
	case r.Status == 0, r.Status/100 == 2, r.Status/100 == 5, r.Status == http.StatusUnauthorized:
		return true
	}
	return false
}

// hostsOf lists the API hosts of an environment.
func hostsOf(e auth.Environment) (hosts []Host) {
	for _, h := range []struct{ name, base string }{{"iam", e.IAM}, {"serverless", e.Serverless}, {"dedicated", e.Dedicated}} {
		if u, err := url.Parse(h.base); err == nil && u.Host != "" {
			hosts = append(hosts, Host{Name: h.name, Address: u.Host})
		}
	}
	return hosts
}

func indexOf(hosts []auth.HostHealth, name string) int {
	for i, h := range hosts {
		if h.Name == name {
			return i
		}
	}
	return -1
}

func probed(h Host, p auth.HostHealth) Host {
	h.Verdict, h.Status, h.At, h.Took = verdictOf(p.Status, p.Accepted), p.Status, p.At, p.Took
	if p.Status == 0 && p.Took == 0 {
		h.Verdict = NotAsked // there was no token to ask with
	}
	if !p.Accepted {
		h.Err = errors.New(cmp.Or(p.Problem, "there was no answer"))
	}
	return h
}

func requested(h Host, r activity.Request) Host {
	h.Verdict, h.Status, h.At, h.Took = verdictOf(r.Status, r.Status/100 == 2), r.Status, r.At, r.Duration
	if r.Problem != "" {
		h.Verdict = Unreachable // the answer broke off
	}
	if h.Verdict != Accepts {
		h.Err = &RequestError{r}
	}
	return h
}

func verdictOf(status int, accepted bool) Verdict {
	switch {
	case accepted:
		return Accepts
	case status == http.StatusUnauthorized:
		return Refuses
	case status == 0:
		return Unreachable
	}
	return Answers
}

// failed takes in what could not be read from a host, where nothing is recorded about it.
func failed(h Host, st session.State) Host {
	for _, err := range st.View.Whole().Failures() {
		var e *api.Error
		if !errors.As(err, &e) || e.URLHost != h.Address || e.Status/100 == 4 && e.Status != http.StatusUnauthorized {
			continue
		}
		return Host{Name: h.Name, Address: h.Address, Verdict: verdictOf(e.Status, false), Status: e.Status, Err: err}
	}
	return h
}
