package auth

import (
	"net/netip"
	"net/url"
	"strings"
)

// environmentOf gives the environment that a grant's credential may be sent to.
func (a *Authenticator) environmentOf(grant Grant) (*Environment, error) {
	env, err := a.environment(grant.Environment)
	if err != nil {
		return nil, err
	}
	if err := env.gave(grant); err != nil {
		return nil, err
	}
	return env, nil
}

// gave reports, as an error, that a grant came from another server or for
// another client than the environment names now. Environments are settings and
// grants know them by name only: without this check a changed setting would
// send a refresh token to a server that never gave it (RFC 9700 §4.4, mix-up).
//
// A sandbox on the loopback has other ports each time it starts. An API key was
// given by the user, not by a server.
func (e *Environment) gave(grant Grant) error {
	if grant.Method == MethodAPIKey {
		return nil
	}
	if grant.ClientID != "" && grant.ClientID != e.ClientID {
		return e.strange("to client "+grant.ClientID, "client "+orDefault(e.ClientID, "none"))
	}
	if e.Kind == KindSandbox && onLoopback(e.TokenEndpoint) && onLoopback(orDefault(grant.TokenOrigin, grant.Issuer)) {
		return nil
	}
	if now := origin(e.TokenEndpoint); grant.TokenOrigin != "" && grant.TokenOrigin != now {
		return e.strange("by "+grant.TokenOrigin, orDefault(now, "no token endpoint"))
	}
	if grant.Issuer != "" && e.Issuer != "" && grant.Issuer != e.Issuer {
		return e.strange("by "+grant.Issuer, e.Issuer)
	}
	return nil
}

func (e *Environment) strange(then, now string) error {
	const limit = 120
	err := newProblem(ErrUntrusted, "this grant was given %s; environment %q now names %s; sign in again", clean(then, limit), e.Name, clean(now, limit))
	return also(err, ErrSignInAgain)
}

// origin is scheme and host of an address (RFC 6454 §4), "" when it has none.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(u.Host)
	if (u.Scheme == "https" && u.Port() == "443") || (u.Scheme == "http" && u.Port() == "80") {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return u.Scheme + "://" + host
}

func onLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}
