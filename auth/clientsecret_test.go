package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

const clientSecret = "canary-client-secret"

// secretive is a house whose environment has its client secret in the keyring, on a server that wants it.
func secretive(t *testing.T, store auth.Store) *house {
	t.Helper()
	h := houseOn(t, newServer(t), t.TempDir(), store, func(_ *auth.Config, e *auth.Environment) { e.SecretInKeyring = true })
	h.server.with(func() { h.server.secret = clientSecret })
	return h
}

func TestTheClientSecretIsTakenFromTheKeyringForEveryRequest(t *testing.T) {
	store := newRecordingStore()
	h := secretive(t, store)
	if err := h.auth.SetClientSecret(t.Context(), "test", clientSecret); err != nil {
		t.Fatal(err)
	}
	g := h.mustSignIn()
	h.clock.move(2 * time.Hour)
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("reading after a renewal gives %d, %v", status, err)
	}
	if told, err := h.auth.SignOut(t.Context(), g.ID); !told || err != nil {
		t.Errorf("signing out gives %t, %v", told, err)
	}
	h.server.with(func() { h.server.device, h.server.approved = deviceAnswer(h.server.URL), true })
	h.clock.let(func(d time.Duration) bool { return d <= 5*time.Second })
	if _, err := h.signInWithDevice(); err != nil {
		t.Errorf("with a device code it ends with %v", err)
	}
	for _, path := range []string{"/token", "/revoke", "/device"} {
		if len(h.server.asked(path)) == 0 {
			t.Errorf("%s was never asked", path)
		}
		for _, q := range h.server.asked(path) {
			if q.params["client_secret"] != clientSecret {
				t.Errorf("%s was asked with the secret %q", path, q.params["client_secret"])
			}
		}
	}
}

func TestAClientSecretThatIsNotThereIsSaidBeforeTheBrowserOpens(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*auth.Config)
		set    []auth.Secret
		is     error
	}{
		"never set":              {is: auth.ErrNoClientSecret},
		"set and erased":         {set: []auth.Secret{clientSecret, ""}, is: auth.ErrNoClientSecret},
		"erased twice":           {set: []auth.Secret{"", ""}, is: auth.ErrNoClientSecret},
		"the keyring is locked":  {change: func(c *auth.Config) { c.Store = brokenStore{auth.ErrKeyringLocked} }, is: auth.ErrKeyringLocked},
		"there is no keyring":    {change: func(c *auth.Config) { c.Store = nil }, is: auth.ErrKeyringAbsent},
		"the keyring is damaged": {change: func(c *auth.Config) { c.Store = brokenStore{errors.New("out of paper; add some")} }},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(cfg *auth.Config, e *auth.Environment) {
				e.SecretInKeyring = true
				cfg.Open, cfg.Session = noBrowser(t), auth.NewMemoryStore()
				if c.change != nil {
					c.change(cfg)
				}
			})
			for _, secret := range c.set {
				if err := h.auth.SetClientSecret(t.Context(), "test", secret); err != nil {
					t.Fatal(err)
				}
			}
			_, err := h.signIn(auth.Options{Keep: auth.KeptSession})
			if err == nil || (c.is != nil && !errors.Is(err, c.is)) || !strings.Contains(err.Error(), `"test"`) && errors.Is(c.is, auth.ErrNoClientSecret) {
				t.Errorf("it ended with %v", err)
			}
			h.nothingStored()
			if n := len(h.server.asked("/token")); n != 0 {
				t.Errorf("the server was asked %d times", n)
			}
		})
	}
}

func TestAClientSecretThatWentAwayEndsNoGrant(t *testing.T) {
	h := secretive(t, auth.NewMemoryStore())
	if err := h.auth.SetClientSecret(t.Context(), "test", clientSecret); err != nil {
		t.Fatal(err)
	}
	g := h.mustSignIn()
	if err := h.auth.SetClientSecret(t.Context(), "test", ""); err != nil {
		t.Fatal(err)
	}
	h.clock.move(2 * time.Hour)
	if _, err := h.get(g); !errors.Is(err, auth.ErrNoClientSecret) || !errors.Is(err, auth.ErrOffline) || errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("reading gives %v", err)
	}
	if err := h.auth.SetClientSecret(t.Context(), "test", clientSecret); err != nil {
		t.Fatal(err)
	}
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("with the secret back, reading gives %d, %v", status, err)
	}
	if err := h.auth.SetClientSecret(t.Context(), "test", ""); err != nil {
		t.Fatal(err)
	}
	if told, err := h.auth.SignOut(t.Context(), g.ID); told || err != nil {
		t.Errorf("signing out without the secret gives %t, %v", told, err)
	}
	h.nothingStored()
}

func TestSettingAClientSecretSaysWhatIsMissing(t *testing.T) {
	h := newHouse(t, func(c *auth.Config, _ *auth.Environment) {
		c.Store, c.Session = brokenStore{auth.ErrKeyringDenied}, auth.NewMemoryStore()
	})
	if err := h.auth.SetClientSecret(context.Background(), "", clientSecret); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("without a name it gives %v", err)
	}
	if err := h.auth.SetClientSecret(context.Background(), "test", clientSecret); !errors.Is(err, auth.ErrKeyringDenied) || strings.Contains(err.Error(), "canary") {
		t.Errorf("on a keyring that refuses it gives %v", err)
	}
	none := newHouse(t, func(c *auth.Config, _ *auth.Environment) { c.Store, c.Session = nil, auth.NewMemoryStore() })
	if err := none.auth.SetClientSecret(context.Background(), "test", clientSecret); !errors.Is(err, auth.ErrKeyringAbsent) {
		t.Errorf("without a keyring it gives %v", err)
	}
}
