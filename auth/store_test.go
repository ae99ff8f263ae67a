package auth_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"canopy/auth"
)

func TestTheSessionStoreKeepsACopy(t *testing.T) {
	s := auth.NewMemoryStore()
	record := []byte{0, 1, 255}
	if err := s.Put(t.Context(), "k", record); err != nil {
		t.Fatal(err)
	}
	record[0] = 9
	got, err := s.Get(t.Context(), "k")
	if err != nil || got[0] != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	got[1] = 9
	if again, _ := s.Get(t.Context(), "k"); again[1] != 1 {
		t.Error("a reader can change what is kept")
	}
	if err := errors.Join(s.Delete(t.Context(), "k"), s.Delete(t.Context(), "k")); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(t.Context(), "k"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("it gives %v", err)
	}
}

func TestBehaviour10WithoutABusTheKeyringIsAbsent(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	k := auth.NewKeyring("canopy-test")
	if err := k.Put(t.Context(), "k", []byte("canary")); !errors.Is(err, auth.ErrKeyringAbsent) {
		t.Errorf("it gives %v", err)
	}
}

// brokenStore fails whatever it is asked.
type brokenStore struct{ err error }

func (b brokenStore) Put(context.Context, string, []byte) error   { return b.err }
func (b brokenStore) Get(context.Context, string) ([]byte, error) { return nil, b.err }
func (b brokenStore) Delete(context.Context, string) error        { return b.err }

func TestBehaviour11OnlyAnAbsentKeyringIsReplacedAndOnlyByChoice(t *testing.T) {
	for name, c := range map[string]struct {
		keyring error
		session auth.Store
		only    bool
		kept    string
		is      error
	}{
		"absent, and the session was chosen":     {keyring: auth.ErrKeyringAbsent, session: auth.NewMemoryStore(), kept: auth.KeptSession},
		"absent, and nothing was chosen":         {keyring: auth.ErrKeyringAbsent, is: auth.ErrKeyringAbsent},
		"slow":                                   {keyring: auth.ErrKeyringSlow, session: auth.NewMemoryStore(), is: auth.ErrKeyringSlow},
		"locked":                                 {keyring: auth.ErrKeyringLocked, session: auth.NewMemoryStore(), is: auth.ErrKeyringLocked},
		"denied":                                 {keyring: auth.ErrKeyringDenied, session: auth.NewMemoryStore(), is: auth.ErrKeyringDenied},
		"locked, and the session asked for":      {keyring: auth.ErrKeyringLocked, session: auth.NewMemoryStore(), only: true, kept: auth.KeptSession},
		"there, and the session was chosen once": {session: auth.NewMemoryStore(), kept: auth.KeptKeyring},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(cfg *auth.Config, _ *auth.Environment) {
				cfg.Session = c.session
				if c.keyring != nil {
					cfg.Store = brokenStore{c.keyring}
				}
				if c.is != nil {
					cfg.Open = noBrowser(t)
				}
			})
			g, err := h.signIn(auth.Options{SessionOnly: c.only})
			if !errors.Is(err, c.is) || g.Kept != c.kept {
				t.Fatalf("kept in %q, %v", g.Kept, err)
			}
			if err != nil {
				h.nothingStored()
				return
			}
			if status, err := h.get(g); status != 200 || err != nil {
				t.Errorf("reading gives %d, %v", status, err)
			}
		})
	}
}

func TestWithoutASessionThereIsNoSessionOnly(t *testing.T) {
	h := newHouse(t, func(c *auth.Config, _ *auth.Environment) { c.Open = noBrowser(t) })
	if _, err := h.signIn(auth.Options{SessionOnly: true}); err == nil || !strings.Contains(err.Error(), "Session") {
		t.Errorf("it ended with %v", err)
	}
	if _, err := h.auth.SignInWithAPIKey(t.Context(), "test", "P", "canary"); err == nil {
		t.Error("a key that nobody checked was accepted")
	}
}

func TestNewSaysWhatIsMissing(t *testing.T) {
	grants := openGrants(t, filepath.Join(t.TempDir(), "grants.json"))
	for name, c := range map[string]struct {
		config auth.Config
		says   string
	}{
		"no grants":        {auth.Config{Store: auth.NewMemoryStore()}, "Grants"},
		"no store":         {auth.Config{Grants: grants}, "Store"},
		"a bad address":    {auth.Config{Grants: grants, Store: auth.NewMemoryStore(), Environments: []auth.Environment{{Name: "x", IAM: "http://example.com"}}}, "IAM"},
		"a session is one": {auth.Config{Grants: grants, Session: auth.NewMemoryStore(), Environments: []auth.Environment{auth.TiDBCloud()}}, ""},
	} {
		a, err := auth.New(c.config)
		if c.says == "" {
			if err != nil || a.Grants() != grants {
				t.Errorf("%s gives %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestWithoutRandomnessNothingIsBegun(t *testing.T) {
	for _, good := range []int64{0, 32, 64} { // what the state, the verifier and the page's path need
		h := newHouse(t, func(c *auth.Config, _ *auth.Environment) {
			c.Open = noBrowser(t)
			c.Rand = io.MultiReader(io.LimitReader(zeros{}, good), iotest.ErrReader(os.ErrDeadlineExceeded))
		})
		if _, err := h.signIn(); !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, auth.ErrNoLoopback) {
			t.Errorf("with %d bytes it ended with %v", good, err)
		}
		h.nothingStored()
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAUserThatCannotBeAskedForIsNoReasonToFail(t *testing.T) {
	for name, c := range map[string]struct {
		endpoint func(origin string) string
		details  string
		user     auth.User
		fits     func(auth.Grant) bool
	}{
		"userinfo is not there": {endpoint: func(o string) string { return o + "/nowhere" }},
		"there is no userinfo":  {endpoint: func(string) string { return "" }},
		"projects are ids alone": {details: `[{"type":"tidbcloud","organization":"77","projects":["p1",2]}]`, fits: func(g auth.Grant) bool {
			return g.Organization.ID == "77" && len(g.Projects) == 2 && g.Projects[1].ID == "2"
		}},
		"details of another type":     {details: `[{"type":"other","organization":{"id":"1"}}]`, fits: func(g auth.Grant) bool { return g.Organization.ID == "" }},
		"details that are no list":    {details: `"all"`, fits: func(g auth.Grant) bool { return !g.AllProjects }},
		"details with wrong shapes":   {details: `[{"type":"tidbcloud","organization":{"id":[]},"projects":[{"name":"x"},[],null],"role":7}]`, fits: func(g auth.Grant) bool { return len(g.Projects) == 0 && g.Role == "" }},
		"all projects of one":         {details: `[{"type":"tidbcloud","organization":{"id":"1"},"projects":"all"}]`, fits: func(g auth.Grant) bool { return g.AllProjects && g.Projects == nil }},
		"details that are not there":  {details: `null`, fits: func(g auth.Grant) bool { return g.Organization == auth.Organization{} }},
		"an organization that is odd": {details: `[{"type":"tidbcloud","organization":{"id` + `":{}},"projects":{}}]`, fits: func(g auth.Grant) bool { return g.Organization.ID == "" }},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *auth.Config, e *auth.Environment) {
				if c.endpoint != nil {
					e.UserinfoEndpoint = c.endpoint(strings.TrimSuffix(e.TokenEndpoint, "/token"))
				}
			})
			if c.details != "" {
				h.server.details = c.details
			}
			g := h.mustSignIn()
			if (c.endpoint != nil) != (g.User == auth.User{}) || (c.fits != nil && !c.fits(g)) {
				t.Errorf("the grant is %+v", g)
			}
		})
	}
}

func TestOpenBrowserOpensOnlyWhatIsSafe(t *testing.T) {
	for _, address := range []string{"", "file:///etc/passwd", "http://example.com", "javascript:alert(1)", "-h", "ftp://example.com", "http://localhost:1/"} {
		if err := auth.OpenBrowser(t.Context(), address); err == nil {
			t.Errorf("%q was opened", address)
		}
	}
}

func TestOpenBrowserUsesBROWSER(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "asked")
	script := filepath.Join(dir, "browser")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho noise\necho \"$1\" > "+out+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BROWSER", script)
	if err := auth.OpenBrowser(t.Context(), "https://tidbcloud.com/oauth/authorize?a=b&c=d"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "https://tidbcloud.com/oauth/authorize?a=b&c=d\n" {
		t.Errorf("it was asked %q, %v", got, err)
	}
}
