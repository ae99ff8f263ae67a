package sandbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"time"
)

// DefaultClientID is the public client that the sandbox knows unless
// Options.ClientID names another one.
const DefaultClientID = "canopy-sandbox"

// callbackPath is the path of the redirect URIs registered by default. RFC 8252
// §7.3 frees the port of a loopback redirect and nothing else.
const callbackPath = "/callback"

// maxClusters bounds Options.Clusters: ten times what TiDB Cloud's largest known
// organization holds, and still started in about a second.
const maxClusters = 1_000_000

// maxProjects bounds Options.Projects.
const maxProjects = 100_000

// PKCE says what the authorization server does with a code challenge. Whether
// TiDB Cloud itself looks at one is unknown.
type PKCE string

const (
	// PKCERequired refuses an authorization request without an S256 challenge
	// (RFC 9700 §2.1.1). It is what the zero value means.
	PKCERequired PKCE = "required"
	// PKCEOptional checks a challenge when there is one.
	PKCEOptional PKCE = "optional"
	// PKCEIgnored neither asks for a challenge nor looks at one.
	PKCEIgnored PKCE = "ignored"
)

// Options says how a sandbox behaves. The zero value is a well-behaved server
// on free ports of 127.0.0.1.
type Options struct {
	// Listen is the loopback address to bind, "127.0.0.1" when empty.
	Listen string
	// Port is the first of five consecutive ports; 0 takes free ones.
	Port int
	// Now is the server's clock; nil is the machine's.
	Now func() time.Time
	// Rand is where codes, tokens and ids come from; nil is crypto/rand.
	Rand io.Reader
	// Clusters adds a generated organization with that many clusters, in
	// projects of 200, or spread over as many as Projects says. Seed makes it the
	// same every time.
	Clusters, Projects int
	Seed               uint64
	// Latency delays every answer except those below /_sandbox.
	Latency time.Duration
	// RateLimit is the number of API requests a minute for one grant or API key:
	// 0 means 100, as the facts say, less than 0 means no limit.
	RateLimit int
	// TokenLifetime is how long an access token lives; 0 means one hour.
	TokenLifetime time.Duration
	// NoRotate keeps one refresh token for the life of the grant.
	NoRotate bool
	// Grace is how long a rotated refresh token may be used again without being
	// taken for stolen (RFC 9700 §4.14.2).
	Grace time.Duration
	// Faults are active from the start; see Faults for the catalogue.
	Faults []string
	// ClientID is the one client known, DefaultClientID when empty. With a
	// ClientSecret it is a confidential client that sends its secret in the body.
	ClientID, ClientSecret string
	// State names a file that keeps grants over a restart; "" keeps them in memory.
	State string
	// Log receives one line for each request, never a secret; nil discards.
	Log *slog.Logger

	// PKCE is PKCERequired when empty.
	PKCE PKCE
	// Redirects are the redirect URIs of the client. One without a port matches
	// any port (RFC 8252 §7.3). Empty means http://127.0.0.1/callback and
	// http://[::1]/callback.
	Redirects []string
	// CodeLifetime, DeviceLifetime, DeviceInterval and RefreshLifetime default to
	// 60 s, 10 min, 5 s and 30 days.
	CodeLifetime, DeviceLifetime, DeviceInterval, RefreshLifetime time.Duration
	// RevokeFamily lets the revocation of an access token end the whole grant,
	// which RFC 7009 §2.1 allows and the facts leave open.
	RevokeFamily bool
	// ForeignStatus is the answer for ids outside the grant: 403 or 404 for all of
	// them, or 0 for what the facts expect: projects 403, clusters 404.
	ForeignStatus int
	// OrganizationID adds the member "id" to /v1beta1/org, of which only
	// "orgname" is known.
	OrganizationID bool
	// NoAuthorizationDetails leaves the member authorization_details (RFC 9396 §7)
	// out of token answers.
	NoAuthorizationDetails bool
}

// withDefaults fills what the caller left out.
func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.ClientID == "" {
		o.ClientID = DefaultClientID
	}
	if o.RateLimit == 0 {
		o.RateLimit = 100
	}
	if o.PKCE == "" {
		o.PKCE = PKCERequired
	}
	if len(o.Redirects) == 0 {
		o.Redirects = []string{"http://127.0.0.1" + callbackPath, "http://[::1]" + callbackPath}
	}
	o.TokenLifetime = defaultDuration(o.TokenLifetime, time.Hour)
	o.CodeLifetime = defaultDuration(o.CodeLifetime, time.Minute)
	o.DeviceLifetime = defaultDuration(o.DeviceLifetime, 10*time.Minute)
	o.DeviceInterval = defaultDuration(o.DeviceInterval, 5*time.Second)
	o.RefreshLifetime = defaultDuration(o.RefreshLifetime, 30*24*time.Hour)
	return o
}

func defaultDuration(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// validate reports the first thing in o that the server cannot do.
func (o Options) validate() error {
	if ip := net.ParseIP(o.Listen); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("listen address %q is not a loopback address; use 127.0.0.1 or ::1", o.Listen)
	}
	if last := 65535 - len(hostNames) + 1; o.Port < 0 || o.Port > last {
		return fmt.Errorf("port %d is out of range; choose 0 for free ports or a first port up to %d", o.Port, last)
	}
	for _, n := range []struct {
		things         string
		number, bounds int
	}{{"clusters", o.Clusters, maxClusters}, {"projects", o.Projects, maxProjects}} {
		if n.number < 0 || n.number > n.bounds {
			return fmt.Errorf("%d %s cannot be generated; choose a number from 0 to %d", n.number, n.things, n.bounds)
		}
	}
	switch o.PKCE {
	case PKCERequired, PKCEOptional, PKCEIgnored:
	default:
		return fmt.Errorf("unknown PKCE mode %q; choose required, optional or ignored", string(o.PKCE))
	}
	if o.ForeignStatus != 0 && o.ForeignStatus != 403 && o.ForeignStatus != 404 {
		return fmt.Errorf("foreign ids cannot answer %d; choose 403 or 404", o.ForeignStatus)
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{
		{"latency", o.Latency}, {"token lifetime", o.TokenLifetime}, {"grace", o.Grace},
		{"code lifetime", o.CodeLifetime}, {"device lifetime", o.DeviceLifetime},
		{"device interval", o.DeviceInterval}, {"refresh lifetime", o.RefreshLifetime},
	} {
		if d.value < 0 {
			return fmt.Errorf("the %s %v is negative; choose zero or more", d.name, d.value)
		}
	}
	return o.validateRedirects()
}

func (o Options) validateRedirects() error {
	for _, redirect := range o.Redirects {
		u, err := url.Parse(redirect)
		if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.Path == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return fmt.Errorf("redirect URI %q is not of the form http://127.0.0.1/path; name a loopback address and a path", redirect)
		}
		if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("redirect URI %q does not lead to this machine; use 127.0.0.1, [::1] or localhost", redirect)
		}
	}
	if o.ClientID == "" {
		return errors.New("the client id is empty; leave it out or name one")
	}
	return nil
}
