package auth_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"canopy/activity"
	"canopy/auth"
)

// asks checks the rows that the log of requests got since the last time, each as "why | grant | method
// path status". Requests made at once are in the order of the alphabet.
func (h *house) asks(since *uint64, ids map[string]string, want ...string) {
	h.t.Helper()
	var got []string
	for _, r := range h.asked.Since(*since) {
		*since = r.Seq
		got = append(got, fmt.Sprintf("%s | %s | %s %s %d", r.Why, ids[r.Grant], r.Method, r.Path, r.Status))
	}
	slices.SortStableFunc(got, func(a, b string) int {
		if strings.HasPrefix(a, "is the host") && strings.HasPrefix(b, "is the host") {
			return strings.Compare(a, b)
		}
		return 0
	})
	if !slices.Equal(got, want) {
		h.t.Errorf("asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEveryRequestSaysWhatItIsFor(t *testing.T) {
	h := newHouse(t)
	var seen uint64
	g := h.mustSignIn()
	ids := map[string]string{g.ID: "g"}
	h.asks(&seen, ids,
		"sign-in: exchange the code |  | POST /token 200",
		"sign-in: who signed in |  | GET /userinfo 200")

	h.server.with(func() { clear(h.server.access) }) // as if an hour had passed at the server only
	ctx := activity.Why(t.Context(), "refresh")
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, h.server.URL+"/v1beta1/org", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, err := send(h.auth.Client(g.ID), q); status != 200 || err != nil {
		t.Fatalf("reading gives %d, %v", status, err)
	}
	h.asks(&seen, ids,
		"refresh | g | GET /v1beta1/org 401",
		"renew the token | g | POST /token 200",
		"refresh, attempt 2 | g | GET /v1beta1/org 200")

	lost := true
	h.server.with(func() {
		h.server.post = func(string, map[string]string, http.ResponseWriter) bool {
			if lost {
				lost = false
				panic(http.ErrAbortHandler)
			}
			return false
		}
	})
	if err := h.auth.Renew(t.Context(), g.ID); err != nil {
		t.Fatal(err)
	}
	h.asks(&seen, ids,
		"renew the token | g | POST /token 0",
		"renew the token, attempt 2 | g | POST /token 200")

	h.auth.Probe(t.Context(), g.ID)
	h.asks(&seen, ids,
		"is the host reachable | g | GET /v1beta1/clusters?pageSize=1 200",
		"is the host reachable | g | GET /v1beta1/clusters?pageSize=1 200",
		"is the host reachable | g | GET /v1beta1/projects?pageSize=1 200")

	busy := true
	h.server.with(func() {
		h.server.post = func(_ string, _ map[string]string, w http.ResponseWriter) bool {
			if busy {
				busy = false
				replyText(w, 503, "canary-refresh")
				return true
			}
			return false
		}
	})
	if told, err := h.auth.SignOut(t.Context(), g.ID); !told || err != nil {
		t.Fatalf("signing out gives %t, %v", told, err)
	}
	h.asks(&seen, ids,
		"sign-out: revoke | g | POST /revoke 503",
		"sign-out: revoke, attempt 2 | g | POST /revoke 200",
		"sign-out: revoke | g | POST /revoke 200")
}

func TestASwapSaysWhatItsRequestsAreFor(t *testing.T) {
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = true })
	old := h.mustSignIn()
	seen := h.asked.Last()
	h.mustSignIn()
	settle(t, h)
	h.asks(&seen, map[string]string{old.ID: "old"},
		"sign-in: exchange the code |  | POST /token 200",
		"sign-in: who signed in |  | GET /userinfo 200",
		"replaced grant: revoke | old | POST /revoke 200",
		"replaced grant: revoke | old | POST /revoke 200")
}

func TestASignInThatIsNotKeptSaysWhatItsRequestsAreFor(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	store.set(func(s *recordingStore) { s.onPut = func(string, int) error { return auth.ErrKeyringLocked } })
	if _, err := h.signIn(); !errors.Is(err, auth.ErrKeyringLocked) {
		t.Fatalf("it ended with %v", err)
	}
	settle(t, h)
	h.asks(new(uint64), nil,
		"sign-in: exchange the code |  | POST /token 200",
		"sign-in: who signed in |  | GET /userinfo 200",
		"sign-in: give back what is not kept |  | POST /revoke 200",
		"sign-in: give back what is not kept |  | POST /revoke 200")
}

func TestADeviceCodeSaysWhatItsRequestsAreFor(t *testing.T) {
	h := deviceHouse(t, nil)
	h.server.pending = []string{"authorization_pending"}
	if _, err := h.signInWithDevice(); err != nil {
		t.Fatal(err)
	}
	h.asks(new(uint64), nil,
		"device code: ask |  | POST /device 200",
		"device code: poll |  | POST /token 400",
		"device code: poll |  | POST /token 200",
		"sign-in: who signed in |  | GET /userinfo 200")
}

func TestAnAPIKeySaysWhatItsRequestsAreFor(t *testing.T) {
	h := newHouse(t)
	h.server.api, _ = digested("PUBLICKEY", "canary-private-key")
	g, err := h.auth.SignInWithAPIKey(t.Context(), "test", "PUBLICKEY", "canary-private-key")
	if err != nil {
		t.Fatal(err)
	}
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("reading gives %d, %v", status, err)
	}
	ids := map[string]string{g.ID: "g"}
	h.asks(new(uint64), ids,
		"API key: try |  | GET /v1beta1/projects?pageSize=1 401", // HTTP Digest asks before it answers
		"API key: try |  | GET /v1beta1/projects?pageSize=1 200",
		" | g | GET /v1beta1/projects 401",
		" | g | GET /v1beta1/projects 200")
}

func TestMetadataSaysWhatItIsReadFor(t *testing.T) {
	h := newHouse(t)
	client := &http.Client{Transport: h.asked.Transport(nil)}
	defer client.CloseIdleConnections()
	if _, err := auth.Discover(t.Context(), client, h.server.URL); err == nil {
		t.Error("the server has no metadata")
	}
	h.asks(new(uint64), nil,
		"environment: read the metadata |  | GET /.well-known/oauth-authorization-server 405")
}
