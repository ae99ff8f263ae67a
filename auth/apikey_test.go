package auth_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"canopy/auth"
)

// digested serves an API that wants HTTP Digest (RFC 7616) and checks it by hand.
func digested(public, private string) (http.HandlerFunc, *atomic.Int32) {
	hash := func(s string) string {
		sum := md5.Sum([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	part := regexp.MustCompile(`(\w+)="?([^",]*)"?`)
	accepted := new(atomic.Int32)
	return func(w http.ResponseWriter, q *http.Request) {
		f := map[string]string{}
		for _, m := range part.FindAllStringSubmatch(strings.TrimPrefix(q.Header.Get("Authorization"), "Digest "), -1) {
			f[m[1]] = m[2]
		}
		want := hash(strings.Join([]string{
			hash(public + ":tidb.cloud:" + private), f["nonce"], f["nc"], f["cnonce"], f["qop"], hash(q.Method + ":" + q.URL.RequestURI()),
		}, ":"))
		if f["username"] != public || f["response"] != want {
			w.Header().Set("WWW-Authenticate", `Digest realm="tidb.cloud", nonce="n0nce", qop="auth", algorithm=MD5`)
			reply(w, 401, map[string]any{"message": "unauthorized"})
			return
		}
		accepted.Add(1)
		reply(w, 200, map[string]any{"projects": []any{}})
	}, accepted
}

func TestAnAPIKeyLeadsToTheSameKindOfGrant(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	handler, accepted := digested("PUBLICKEY", "canary-private-key")
	h.server.api = handler
	g, err := h.auth.SignInWithAPIKey(t.Context(), "test", "PUBLICKEY", "canary-private-key")
	if err != nil {
		t.Fatal(err)
	}
	if g.Method != auth.MethodAPIKey || g.User.Name != "PUBLICKEY" || g.Kept != auth.KeptKeyring {
		t.Errorf("the grant is %+v", g)
	}
	for name, one := range map[string]*house{"now": h, "after a restart": houseOn(t, h.server, h.dir, store)} {
		for range 2 {
			if status, err := one.get(g); status != 200 || err != nil {
				t.Errorf("%s reading gives %d, %v", name, status, err)
			}
		}
	}
	if accepted.Load() != 5 {
		t.Errorf("%d accepted requests", accepted.Load())
	}
	if text := fmt.Sprintf("%+v %#v", h.auth, g); strings.Contains(text, "canary") {
		t.Errorf("the key is shown: %s", text)
	}
	told, err := h.auth.SignOut(t.Context(), g.ID)
	if !told || err != nil || len(h.server.asked("/revoke")) != 0 {
		t.Errorf("signing out gives %t, %v", told, err)
	}
	h.nothingStored()
}

func TestAnAPIKeyThatDoesNotWork(t *testing.T) {
	for name, c := range map[string]struct {
		api             http.HandlerFunc
		public, private string
		iam             string
		is              error
	}{
		"a wrong private part":        {public: "PUBLICKEY", private: "canary-wrong-key", is: auth.ErrDenied},
		"no private part":             {public: "PUBLICKEY", is: auth.ErrDenied},
		"no public part":              {private: "canary-private-key", is: auth.ErrDenied},
		"a key without the right":     {api: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, public: "P", private: "canary", is: auth.ErrDenied},
		"a host in trouble":           {api: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, public: "P", private: "canary", is: auth.ErrServer},
		"a host that cannot be found": {iam: "http://127.0.0.1:1", public: "P", private: "canary", is: auth.ErrOffline},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *auth.Config, e *auth.Environment) {
				if c.iam != "" {
					e.IAM = c.iam
				}
			})
			h.server.api, _ = digested("PUBLICKEY", "canary-private-key")
			if c.api != nil {
				h.server.api = c.api
			}
			_, err := h.auth.SignInWithAPIKey(t.Context(), "test", c.public, auth.Secret(c.private))
			if !errors.Is(err, c.is) || strings.Contains(err.Error(), "canary") {
				t.Errorf("it ended with %v", err)
			}
			h.nothingStored()
		})
	}
}

func TestAnAPIKeyIsNotStoredWhenTheCallerLeaves(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	handler, _ := digested("PUBLICKEY", "canary-private-key")
	h.server.api = func(w http.ResponseWriter, q *http.Request) { cancel(); handler(w, q) }
	if _, err := h.auth.SignInWithAPIKey(ctx, "test", "PUBLICKEY", "canary-private-key"); !errors.Is(err, auth.ErrCancelled) {
		t.Errorf("it ended with %v", err)
	}
	h.nothingStored()
	if _, err := h.auth.SignInWithAPIKey(t.Context(), "nowhere", "P", "canary"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("an unknown environment gives %v", err)
	}
}
