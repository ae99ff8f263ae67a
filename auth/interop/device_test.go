package interop_test

import (
	"errors"
	"net/http"
	"testing"

	"canopy/auth"
)

// askedForCode begins a device sign-in and lets it ask once while the person has not decided.
func askedForCode(t *testing.T, h *house) (auth.Progress, <-chan outcome) {
	t.Helper()
	done := h.begin(h.auth.SignInWithDevice, auth.Options{})
	p := h.await("the device code", func(p auth.Progress) bool { return p.UserCode != "" })
	h.clock.allow(p.Interval)
	h.wire.await(t, "the tokens", func(e exchange) bool { return e.said("error") == "authorization_pending" })
	return p, done
}

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// signsInWithDevice shows the code typed in, or taken from the complete address, on another device.
func signsInWithDevice(t *testing.T, s server, complete bool) {
	h := newHouse(t, s)
	p, done := askedForCode(t, h)
	link, code := p.VerificationURI, p.UserCode
	if complete {
		link, code = p.VerificationURIComplete, ""
	}
	if end := h.person.work(link, code); end.err != nil || end.status != http.StatusOK {
		t.Fatalf("the person's pages ended in %d, %v", end.status, end.err)
	}
	h.clock.allow(p.Interval)
	got := <-done
	if got.err != nil {
		t.Fatalf("the sign-in failed: %v", got.err)
	}
	if got.grant.User != s.want || got.grant.Method != auth.MethodDevice {
		t.Errorf("the grant is %+v; want one of %+v by device", got.grant, s.want)
	}
	if n := len(h.wire.asked(deviceGrant)); n != 2 {
		t.Errorf("the server was asked %d times; want twice", n)
	}
	if way := h.person.way(); len(h.person.pages) != 0 {
		t.Errorf("a browser was opened: %v", way)
	}
	h.isUsable(got.grant)
}

// saysDeniedOnDevice shows that a no on the server's page ends in ErrDenied, with nothing kept.
func saysDeniedOnDevice(t *testing.T, s server) {
	h := newHouse(t, s)
	p, done := askedForCode(t, h)
	h.person.set(func(p *person) { p.denies = true })
	if end := h.person.work(p.VerificationURI, p.UserCode); end.err != nil {
		t.Fatal(end.err)
	}
	h.clock.allow(p.Interval)
	if got := <-done; !errors.Is(got.err, auth.ErrDenied) {
		t.Fatalf("the error is %v; want ErrDenied", got.err)
	}
	h.keepsNothing()
}
