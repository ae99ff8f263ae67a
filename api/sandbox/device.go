package sandbox

import (
	"io"
	"time"
)

// device is one device authorization (RFC 8628 §3.2).
type device struct {
	userCode string
	scope    string
	wanted   wanted
	expires  time.Time
	interval time.Duration
	polled   time.Time // the last poll, zero before the first
	answer   deviceAnswer
	grant    grant
}

type deviceAnswer int

const (
	devicePending deviceAnswer = iota
	deviceAllowed
	deviceDenied
	deviceRedeemed
)

// slowDownStep is what each slow_down adds to the interval (RFC 8628 §3.5).
const slowDownStep = 5 * time.Second

// startDevice begins a device authorization.
func (l *ledger) startDevice(scope string, wanted wanted, now time.Time) (deviceCode, userCode string, err error) {
	if deviceCode, err = l.secret("ticloud_od_"); err != nil {
		return "", "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if userCode, err = l.userCode(); err != nil {
		return "", "", err
	}
	l.sweep(now)
	l.devices[digestOf(deviceCode)] = &device{
		userCode: userCode, scope: scope, wanted: wanted, interval: l.options.DeviceInterval, expires: now.Add(l.options.DeviceLifetime),
	}
	return deviceCode, userCode, nil
}

// userCode returns eight letters of the alphabet RFC 8628 §6.1 proposes: no vowels,
// so that no words appear, and nothing that is misread.
func (l *ledger) userCode() (string, error) {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	b := make([]byte, 9)
	if _, err := io.ReadFull(l.random, b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	b[4] = '-'
	return string(b), nil
}

// waitingDevice finds what is asked for with a user code, as long as nobody has
// answered it.
func (l *ledger) waitingDevice(userCode string, now time.Time) (scope string, wants wanted, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.deviceByUserCode(userCode, now)
	if d == nil {
		return "", wanted{}, false
	}
	return d.scope, d.wanted, true
}

func (l *ledger) deviceByUserCode(userCode string, now time.Time) *device {
	for _, d := range l.devices {
		if d.userCode == userCode && d.answer == devicePending && now.Before(d.expires) {
			return d
		}
	}
	return nil
}

// answerDevice records what the person said. It reports false when the code has
// been answered or has expired meanwhile.
func (l *ledger) answerDevice(userCode string, answer deviceAnswer, g grant, now time.Time) (bool, error) {
	id, err := l.secret("g_")
	if err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.deviceByUserCode(userCode, now)
	if d == nil {
		return false, nil
	}
	g.ID = id
	d.answer, d.grant = answer, g
	return true, nil
}

// poll answers a device's token request (RFC 8628 §3.5).
func (l *ledger) poll(deviceCode string, slowDown bool, now time.Time) (tokens, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.devices[digestOf(deviceCode)]
	if d == nil || d.answer == deviceRedeemed {
		return tokens{}, refusal("invalid_grant", "the device code is unknown or used")
	}
	if !now.Before(d.expires) {
		return tokens{}, refusal("expired_token", "the device code has expired; start again")
	}
	early := !d.polled.IsZero() && now.Sub(d.polled) < d.interval
	d.polled = now
	switch {
	case early || slowDown:
		d.interval += slowDownStep
		return tokens{}, refusal("slow_down", "polled too soon; wait five seconds longer between polls")
	case d.answer == deviceDenied:
		return tokens{}, refusal("access_denied", "the user said no")
	case d.answer == devicePending:
		return tokens{}, refusal("authorization_pending", "nobody has answered yet")
	}
	d.answer = deviceRedeemed
	return l.open(d.grant, now)
}
