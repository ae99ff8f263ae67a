package sandbox_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

func (b *box) startDevice() answer {
	b.t.Helper()
	a := b.post(b.at.DeviceAuthorizationEndpoint, url.Values{"client_id": {b.at.ClientID}, "scope": {"org:owner"}})
	a.gives(b.t, http.StatusOK)
	return a
}

func (b *box) poll(deviceCode string) answer {
	b.t.Helper()
	return b.post(b.at.TokenEndpoint, url.Values{"grant_type": {deviceGrant}, "device_code": {deviceCode}, "client_id": {b.at.ClientID}})
}

func deviceChecks() []conformance {
	const bad = http.StatusBadRequest
	return []conformance{
		{"RFC 8628 3.2 the answer has codes, addresses, lifetime and interval", nil, func(t *testing.T, b *box) {
			a := b.startDevice()
			if !regexp.MustCompile(`^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$`).MatchString(a.text("user_code")) {
				t.Errorf("the user code is %q", a.text("user_code"))
			}
			if a.text("device_code") == "" || a.text("verification_uri") != b.at.Console+"/oauth/device" || a.json["interval"] != 5.0 ||
				a.json["expires_in"] != 600.0 || !strings.HasSuffix(a.text("verification_uri_complete"), "?user_code="+a.text("user_code")) {
				t.Errorf("the answer is %s", a.body)
			}
			if a.header.Get("Cache-Control") != "no-store" {
				t.Error("the answer may be stored")
			}
		}},
		{"RFC 8628 3.5 nobody has answered: authorization_pending", nil, func(t *testing.T, b *box) {
			b.poll(b.startDevice().text("device_code")).refused(t, bad, "authorization_pending")
		}},
		{"RFC 8628 3.5 polling too soon: slow_down, and five seconds more", nil, func(t *testing.T, b *box) {
			code := b.startDevice().text("device_code")
			b.poll(code).refused(t, bad, "authorization_pending")
			b.clock.pass(4 * time.Second)
			b.poll(code).refused(t, bad, "slow_down")
			b.clock.pass(9 * time.Second)
			b.poll(code).refused(t, bad, "slow_down")
			b.clock.pass(15 * time.Second)
			b.poll(code).refused(t, bad, "authorization_pending")
		}},
		{"RFC 8628 3.5 denied: access_denied", nil, func(t *testing.T, b *box) {
			a := b.startDevice()
			b.post(a.text("verification_uri_complete"), url.Values{"decision": {"deny"}}).gives(t, http.StatusSeeOther)
			b.poll(a.text("device_code")).refused(t, bad, "access_denied")
		}},
		{"RFC 8628 3.5 too late: expired_token", nil, func(t *testing.T, b *box) {
			a := b.startDevice()
			b.clock.pass(10 * time.Minute)
			b.poll(a.text("device_code")).refused(t, bad, "expired_token")
			b.get(a.text("verification_uri_complete"), "").gives(t, http.StatusNotFound)
		}},
		{"RFC 8628 3.5 allowed: tokens, once", nil, func(t *testing.T, b *box) {
			a := b.startDevice()
			b.post(a.text("verification_uri_complete"), form(gina, globex, "201")).gives(t, http.StatusSeeOther)
			given := b.poll(a.text("device_code"))
			given.gives(t, http.StatusOK)
			given.says(t, `"id":"2002"`, `"id":"201"`)
			b.get(b.at.UserinfoEndpoint, given.text("access_token")).says(t, gina)
			b.clock.pass(time.Minute)
			b.poll(a.text("device_code")).refused(t, bad, "invalid_grant")
		}},
		{"RFC 8628 3.4 an unknown device code is an invalid grant", nil, func(t *testing.T, b *box) {
			b.poll("nothing").refused(t, bad, "invalid_grant")
			b.poll("").refused(t, bad, "invalid_request")
		}},
		{"RFC 8628 3.1 an unknown client is refused", nil, func(t *testing.T, b *box) {
			b.post(b.at.DeviceAuthorizationEndpoint, url.Values{"client_id": {"somebody"}}).refused(t, http.StatusUnauthorized, "invalid_client")
			b.post(b.at.DeviceAuthorizationEndpoint, url.Values{"client_id": {b.at.ClientID}, "scope": {"sql:read"}}).refused(t, bad, "invalid_scope")
		}},
		{"RFC 9396 3 what a device asks for in detail is where its page begins", nil, func(t *testing.T, b *box) {
			ask := func(details string) answer {
				return b.post(b.at.DeviceAuthorizationEndpoint, url.Values{"client_id": {b.at.ClientID}, "authorization_details": {details}})
			}
			link := ask(`[{"type":"tidbcloud","organization":{"id":"2002"},"projects":[{"id":"201"}]}]`).text("verification_uri_complete")
			b.post(link, url.Values{"user": {bob}}).says(t, `<option value="2002" selected>`, `value="201" checked`)
			ask(`[{"type":"payment"}]`).refused(t, bad, "invalid_authorization_details")
		}},
		{"RFC 8628 6.1 user codes forgive case, spaces and a missing hyphen", nil, func(t *testing.T, b *box) {
			code := b.startDevice().text("user_code")
			written := " " + strings.ToLower(strings.ReplaceAll(code, "-", " "))
			b.post(b.at.Console+"/oauth/device?user_code="+url.QueryEscape(written), url.Values{"user": {alice}}).says(t, code, "Canopy asks for access")
		}},
	}
}

func TestDevicePageAsksForTheCodeFirst(t *testing.T) {
	b := open(t)
	b.get(b.at.Console+"/oauth/device", "").says(t, "Connect a device", `name="user_code"`)
	wrong := b.get(b.at.Console+"/oauth/device?user_code=%3Cscript%3E", "")
	wrong.gives(t, http.StatusNotFound)
	wrong.says(t, "This code is not known", "&lt;script&gt;")
}

func TestDeviceDonePageSaysWhatWasAnswered(t *testing.T) {
	b := open(t)
	for answer, words := range map[string]string{"allow": "Canopy may read now", "deny": "Canopy was denied"} {
		f := form(alice, acme, "all")
		f.Set("decision", answer)
		done := b.post(b.startDevice().text("verification_uri_complete"), f)
		b.get(b.at.Console+done.header.Get("Location"), "").says(t, words)
	}
}

func TestDeviceIsAnsweredOnce(t *testing.T) {
	b := open(t)
	link := b.startDevice().text("verification_uri_complete")
	b.post(link, form(alice, acme, "all")).gives(t, http.StatusSeeOther)
	b.post(link, form(alice, acme, "101")).gives(t, http.StatusNotFound)
}

func TestConfidentialClientMayLeaveItsSecretOutForDevices(t *testing.T) {
	b := open(t, confidential)
	b.poll(b.startDevice().text("device_code")).refused(t, http.StatusBadRequest, "authorization_pending")
}
