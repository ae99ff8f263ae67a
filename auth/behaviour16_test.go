package auth_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"canopy/auth"
)

// deviceHouse is a house whose server gives device codes; its browser must stay shut.
func deviceHouse(t *testing.T, change map[string]any) *house {
	t.Helper()
	h := newHouse(t, func(c *auth.Config, _ *auth.Environment) { c.Open = noBrowser(t) })
	h.clock.let(func(time.Duration) bool { return true })
	h.server.approved = true
	h.server.device = deviceAnswer(h.server.URL)
	for name, value := range change {
		h.server.device[name] = value
		if value == nil {
			delete(h.server.device, name)
		}
	}
	return h
}

func deviceAnswer(origin string) map[string]any {
	return map[string]any{
		"device_code": "canary-device-code", "user_code": "WDJB-MJHT", "verification_uri": origin + "/device",
		"verification_uri_complete": origin + "/device?user_code=WDJB-MJHT", "expires_in": 900, "interval": 5,
	}
}

func (h *house) signInWithDevice() (auth.Grant, error) {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer stop()
	return h.auth.SignInWithDevice(ctx, "test", auth.Options{}, h.report)
}

func TestBehaviour16ADeviceCodeLeadsToTheSameKindOfGrant(t *testing.T) {
	h := deviceHouse(t, nil)
	g, err := h.signInWithDevice()
	if err != nil {
		t.Fatal(err)
	}
	if g.Method != auth.MethodDevice || g.User.Email == "" || len(g.Projects) != 2 {
		t.Errorf("the grant is %+v", g)
	}
	if want := []auth.Stage{auth.StageWaiting, auth.StageExchanging, auth.StageStoring, auth.StageDone}; !slices.Equal(h.stages(), want) {
		t.Errorf("stages %v", h.stages())
	}
	p := h.reports[0]
	if p.UserCode != "WDJB-MJHT" || p.VerificationURI == "" || p.VerificationURIComplete == "" || p.Interval != 5*time.Second || p.Deadline.Sub(h.clock.start) != 15*time.Minute {
		t.Errorf("the report is %+v", p)
	}
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("reading gives %d, %v", status, err)
	}
	asked := h.server.asked("/device")
	if asked[0].params["scope"] != "org:owner" || asked[0].params["client_id"] != "canopy-test" {
		t.Errorf("the request is %v", asked[0])
	}
}

func TestBehaviour16TheIntervalIsKeptWhateverTheServerSays(t *testing.T) {
	seconds := func(list ...int) []time.Duration {
		var d []time.Duration
		for _, s := range list {
			d = append(d, time.Duration(s)*time.Second)
		}
		return d
	}
	for name, c := range map[string]struct {
		interval any
		pending  []string
		waits    []time.Duration
	}{
		"five seconds":          {5, nil, seconds(5)},
		"none":                  {nil, nil, seconds(5)},
		"zero":                  {0, nil, seconds(5)},
		"less than zero":        {-1, nil, seconds(5)},
		"too little":            {0.2, nil, seconds(1)},
		"too much":              {100000, nil, seconds(60)},
		"as text":               {"7", nil, seconds(7)},
		"as nonsense":           {"often", nil, seconds(5)},
		"still pending":         {5, []string{"authorization_pending", "authorization_pending"}, seconds(5, 5, 5)},
		"slow down, twice":      {5, []string{"slow_down", "slow_down"}, seconds(5, 10, 15)},
		"slow down, ten times":  {5, slices.Repeat([]string{"slow_down"}, 12), seconds(5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 60)},
		"slow down and pending": {5, []string{"slow_down", "authorization_pending"}, seconds(5, 10, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			h := deviceHouse(t, map[string]any{"interval": c.interval})
			h.server.pending = c.pending
			if _, err := h.signInWithDevice(); err != nil {
				t.Fatal(err)
			}
			if waits := h.clock.waits(); !slices.Equal(waits, c.waits) {
				t.Errorf("it waited %v, want %v", waits, c.waits)
			}
		})
	}
}

func TestBehaviour16HowADeviceSignInEnds(t *testing.T) {
	for name, c := range map[string]struct {
		change  map[string]any
		pending []string
		answer  func(w http.ResponseWriter, path string) bool
		is      error
		says    string
	}{
		"denied":                         {pending: []string{"access_denied"}, is: auth.ErrDenied},
		"expired, says the server":       {pending: []string{"authorization_pending", "expired_token"}, is: auth.ErrTimeout, says: "expired"},
		"expired, says the clock":        {change: map[string]any{"expires_in": 60}, pending: slices.Repeat([]string{"authorization_pending"}, 100), is: auth.ErrTimeout, says: "expired"},
		"an error of its own":            {pending: []string{"invalid_client"}, is: auth.ErrServer, says: "invalid_client"},
		"no complete address":            {change: map[string]any{"verification_uri_complete": nil}},
		"an http address":                {change: map[string]any{"verification_uri": "http://example.com"}, is: auth.ErrUntrusted},
		"a complete address of a script": {change: map[string]any{"verification_uri_complete": "javascript:alert(1)"}, is: auth.ErrUntrusted},
		"no code":                        {change: map[string]any{"device_code": nil}, is: auth.ErrServer},
		"no life time":                   {change: map[string]any{"expires_in": nil}},
		"no device endpoint there":       {answer: func(w http.ResponseWriter, _ string) bool { w.WriteHeader(404); return true }, is: auth.ErrServer, says: "404"},
	} {
		t.Run(name, func(t *testing.T) {
			h := deviceHouse(t, c.change)
			h.server.pending = c.pending
			if c.answer != nil {
				h.server.post = func(path string, _ map[string]string, w http.ResponseWriter) bool { return c.answer(w, path) }
			}
			_, err := h.signInWithDevice()
			if !errors.Is(err, c.is) || (c.is == nil && err != nil) {
				t.Fatalf("it ended with %v", err)
			}
			if err != nil {
				h.nothingStored()
				if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "canary") {
					t.Errorf("it says %v", err)
				}
			}
		})
	}
}

func TestBehaviour16BrokenConnectionsAreBackedOffFrom(t *testing.T) {
	h := deviceHouse(t, nil)
	h.server.Config.ErrorLog = quiet
	var n atomic.Int32 // a broken connection ends without the server's having noticed
	h.server.post = func(path string, _ map[string]string, w http.ResponseWriter) bool {
		if path != "/token" {
			return false
		}
		switch n.Add(1) {
		case 1, 2:
			panic(http.ErrAbortHandler)
		case 3:
			replyText(w, 503, "")
			return true
		}
		return false
	}
	if _, err := h.signInWithDevice(); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second}
	if waits := h.clock.waits(); !slices.Equal(waits, want) {
		t.Errorf("it waited %v, want %v", waits, want)
	}
}

func TestBehaviour16CancelledAtEachStepNothingIsStored(t *testing.T) {
	for name, path := range map[string]string{"before it began": "", "while asking for the code": "/device", "while polling": "/token", "between two polls": "wait"} {
		t.Run(name, func(t *testing.T) {
			h := deviceHouse(t, nil)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if path == "" {
				cancel()
			}
			h.server.post = func(asked string, _ map[string]string, _ http.ResponseWriter) bool {
				if asked == path {
					cancel()
				}
				return false
			}
			if path == "wait" {
				h.server.pending = []string{"slow_down"}
			}
			_, err := h.auth.SignInWithDevice(ctx, "test", auth.Options{}, func(p auth.Progress) {
				if path == "wait" && p.Interval > 5*time.Second {
					cancel()
				}
			})
			if !errors.Is(err, auth.ErrCancelled) {
				t.Errorf("it ended with %v", err)
			}
			h.nothingStored()
			settle(t, h)
			if left := h.server.alive(); len(left) != 0 {
				t.Errorf("alive: %v", left)
			}
		})
	}
}

func TestBehaviour16WithoutADeviceEndpointTheErrorSaysSo(t *testing.T) {
	h := newHouse(t, func(c *auth.Config, e *auth.Environment) { c.Open, e.DeviceAuthorizationEndpoint = noBrowser(t), "" })
	if _, err := h.signInWithDevice(); !errors.Is(err, auth.ErrNotFound) || !strings.Contains(err.Error(), "browser") {
		t.Errorf("it ended with %v", err)
	}
	if _, err := h.auth.SignInWithDevice(t.Context(), "nowhere", auth.Options{}, nil); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("an unknown environment gives %v", err)
	}
}
