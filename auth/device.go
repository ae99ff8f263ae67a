package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"canopy/activity"
)

// deviceGrantType is the grant_type of RFC 8628 §3.4.
const deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"

// Intervals of the device grant (RFC 8628 §3.2, §3.5).
const (
	usualInterval = 5 * time.Second
	leastInterval = time.Second
	mostInterval  = time.Minute
	slowerBy      = 5 * time.Second
)

// SignInWithDevice signs in with a code that the user types in on another
// device (RFC 8628). It never opens a browser. Progress carries the code, the
// addresses and the deadline.
func (a *Authenticator) SignInWithDevice(ctx context.Context, environment string, o Options, report func(Progress)) (Grant, error) {
	t, err := a.begin(ctx, MethodDevice, environment, o, report)
	if err != nil {
		return Grant{}, err
	}
	defer t.end()
	if t.env.DeviceAuthorizationEndpoint == "" || t.env.TokenEndpoint == "" {
		return Grant{}, fmt.Errorf("environment %q has no device authorization or token endpoint; sign in with the browser: %w", environment, ErrNotFound)
	}
	d, err := t.askForCode(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return Grant{}, ended(ctx)
		}
		return Grant{}, fmt.Errorf("ask for a device code: %w", err)
	}
	t.progress.UserCode, t.progress.VerificationURI, t.progress.VerificationURIComplete = d.userCode, d.address, d.complete
	t.progress.Host, t.progress.Link = hostOf(d.address), orDefault(d.complete, d.address)
	t.progress.Interval, t.progress.Deadline = d.interval, d.deadline
	t.at(StageWaiting)
	got, err := t.poll(ctx, d)
	if err != nil {
		return Grant{}, err
	}
	t.at(StageExchanging)
	grant, err := t.store(ctx, MethodDevice, got)
	if err != nil {
		return Grant{}, err
	}
	t.at(StageDone)
	return grant, nil
}

// deviceCode is what the server gave for one attempt (RFC 8628 §3.2).
type deviceCode struct {
	code                        Secret
	userCode, address, complete string
	interval                    time.Duration
	deadline                    time.Time
}

// Format keeps the code out of anything that prints it.
func (d *deviceCode) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, redacted) }

func (t *attempt) askForCode(ctx context.Context) (*deviceCode, error) {
	params := map[string]string{}
	if t.env.Scope != "" {
		params["scope"] = t.env.Scope
	}
	if details := t.wanted().details(); details != "" {
		params["authorization_details"] = details // RFC 9396 §3: wherever scope is used
	}
	limited, stop := context.WithTimeout(ctx, requestTimeout)
	defer stop()
	object, err := t.endpoint().post(activity.Why(limited, whyAskDevice), t.env.DeviceAuthorizationEndpoint, params)
	if err != nil {
		return nil, err
	}
	host := hostOf(t.env.DeviceAuthorizationEndpoint)
	d := &deviceCode{
		code:     Secret(text(object["device_code"])),
		userCode: clean(text(object["user_code"]), 40),
		address:  text(object["verification_uri"]),
		complete: text(object["verification_uri_complete"]),
		interval: interval(object["interval"]),
	}
	if d.code == "" || d.userCode == "" || d.address == "" {
		return nil, newProblem(ErrServer, "%s answered without a device code; try again later", host)
	}
	for _, address := range []string{d.address, d.complete} {
		if address == "" {
			continue
		}
		if err := checkAddress(address); err != nil {
			return nil, newProblem(ErrUntrusted, "%s gave an address for the code that is not https; check the environment's settings", host)
		}
	}
	life := t.timeout
	if raw := object["expires_in"]; raw != nil {
		life = max(lifetime(raw), time.Minute)
	}
	d.deadline = t.a.cfg.Now().Add(min(life, time.Hour))
	return d, nil
}

// interval reads how often to ask: 5 s when nothing usable is said, and never
// faster than each second or slower than each minute.
func interval(raw json.RawMessage) time.Duration {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	if err != nil || math.IsNaN(seconds) || seconds <= 0 {
		return usualInterval
	}
	return time.Duration(min(max(seconds, leastInterval.Seconds()), mostInterval.Seconds()) * float64(time.Second))
}

// poll asks until the user has decided (RFC 8628 §3.4, §3.5).
func (t *attempt) poll(ctx context.Context, d *deviceCode) (*tokens, error) {
	pace := d.interval
	for {
		if t.a.cfg.Wait(ctx, pace) != nil || ctx.Err() != nil {
			return nil, ended(ctx)
		}
		if !t.a.cfg.Now().Before(d.deadline) {
			return nil, newProblem(ErrTimeout, "the device code has expired; start again for a new one")
		}
		got, err := t.askForTokens(ctx, d)
		if ctx.Err() != nil {
			t.discard(got)
			return nil, ended(ctx)
		}
		if err == nil {
			return got, nil
		}
		if pace, err = t.paceAfter(err, pace); err != nil {
			return nil, err
		}
		if pace != t.progress.Interval {
			t.progress.Interval = pace
			t.report(t.progress)
		}
	}
}

func (t *attempt) askForTokens(ctx context.Context, d *deviceCode) (*tokens, error) {
	return t.exchange(ctx, map[string]string{
		"grant_type":  deviceGrantType,
		"device_code": d.code.Reveal(),
	})
}

// paceAfter says how long to wait after an answer that was no token, or why
// there is nothing to wait for.
func (t *attempt) paceAfter(err error, pace time.Duration) (time.Duration, error) {
	var r *refusal
	switch {
	case errors.Is(err, ErrOffline): // RFC 8628 §3.5: back off after a broken connection
		return min(pace*2, mostInterval), nil
	case !errors.As(err, &r):
		return 0, err
	case r.code == "authorization_pending":
		return pace, nil
	case r.code == "slow_down":
		return min(pace+slowerBy, mostInterval), nil
	case r.code == "access_denied":
		return 0, ErrDenied
	case r.code == "expired_token":
		return 0, newProblem(ErrTimeout, "the device code has expired; start again for a new one")
	case r.code == "" && (r.status/100 == 5 || r.status == 429):
		return min(max(pace*2, r.retryAfter), mostInterval), nil
	}
	return 0, fmt.Errorf("ask for the tokens: %w", err)
}
