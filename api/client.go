package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Hosts holds the base URLs of the three API hosts, such as
// "https://iam.tidbapi.com". The version prefix /v1beta1 is added by the
// client.
type Hosts struct{ IAM, Serverless, Dedicated string }

// Host names one of the API hosts independently of its address.
type Host string

// The hosts of the Open API.
const (
	HostIAM        Host = "iam"
	HostServerless Host = "serverless"
	HostDedicated  Host = "dedicated"
)

// Config says where TiDB Cloud is and how to reach it. Everything but Hosts
// has a default that works.
type Config struct {
	Hosts Hosts
	// HTTP authorizes each request by itself. Its CheckRedirect is kept, and
	// redirects to another host are refused besides. Nil sends no
	// authorization at all.
	HTTP *http.Client
	// Timeout bounds one attempt; 30 s if zero.
	Timeout time.Duration
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// Wait sleeps between attempts and returns early with the error of ctx.
	Wait func(ctx context.Context, d time.Duration) error
	// Jitter gives numbers in [0,1) that spread retries, math/rand if nil.
	Jitter func() float64
	// OnLimits is told what an answer says of the rate limit, refusals
	// included, on the goroutine that asked. Answers that say nothing of it are
	// left out.
	OnLimits func(Limits)
}

// Client reads from TiDB Cloud. It is safe for concurrent use.
type Client struct {
	bases    map[Host]*url.URL
	http     *http.Client
	timeout  time.Duration
	now      func() time.Time
	wait     func(ctx context.Context, d time.Duration) error
	jitter   func() float64
	onLimits func(Limits)
}

// New returns a client for the hosts of c. Their addresses must be https, or
// http on a loopback literal; an empty address is allowed for a host that an
// environment lacks, and calls to it fail with [ErrUnreachable].
func New(c Config) (*Client, error) {
	client := &Client{
		bases:    make(map[Host]*url.URL),
		timeout:  c.Timeout,
		now:      c.Now,
		wait:     c.Wait,
		jitter:   c.Jitter,
		onLimits: c.OnLimits,
	}
	for host, address := range map[Host]string{
		HostIAM: c.Hosts.IAM, HostServerless: c.Hosts.Serverless, HostDedicated: c.Hosts.Dedicated,
	} {
		if address == "" {
			continue
		}
		base, err := parseBase(address)
		if err != nil {
			return nil, fmt.Errorf("the address of the %s API, %q, cannot be used: %w; correct it in the environment", host, address, err)
		}
		client.bases[host] = base
	}
	if len(client.bases) == 0 {
		return nil, errors.New("no address of an API host is set; add them to the environment")
	}
	client.http = sameHostOnly(c.HTTP)
	client.fillDefaults()
	return client, nil
}

func (c *Client) fillDefaults() {
	if c.timeout <= 0 {
		c.timeout = 30 * time.Second
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.wait == nil {
		c.wait = sleep
	}
	if c.jitter == nil {
		c.jitter = rand.Float64
	}
	if c.onLimits == nil {
		c.onLimits = func(Limits) {}
	}
}

// parseBase accepts https anywhere and plain http on a loopback literal only,
// for what is sent there carries an access token.
func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	switch {
	case err != nil:
		return nil, errors.New("it is not a URL")
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("it must be a scheme, a host and perhaps a path")
	case u.Scheme == "https":
	case u.Scheme == "http" && isLoopback(u.Hostname()):
	default:
		return nil, errors.New("it must begin with https://")
	}
	// The vendor's descriptions disagree on whether the version belongs to
	// the base path; both ways of writing the address mean the same.
	u.Path = strings.TrimSuffix(u.Path, versionPrefix)
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
