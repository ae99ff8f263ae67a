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
	"time"

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

func TestBehaviour11NothingStandsInForTheKeyringButWhatTheUserChose(t *testing.T) {
	session := auth.NewMemoryStore()
	for name, c := range map[string]struct {
		keyring error
		none    bool
		session auth.Store
		keep    string
		kept    string
		is      error
	}{
		"there":                              {session: session, kept: auth.KeptKeyring},
		"there, and asked for":               {session: session, keep: auth.KeptKeyring, kept: auth.KeptKeyring},
		"there, and the session was chosen":  {session: session, keep: auth.KeptSession, kept: auth.KeptSession},
		"absent, and nothing was chosen":     {keyring: auth.ErrKeyringAbsent, session: session, is: auth.ErrKeyringAbsent},
		"absent, and there is no session":    {keyring: auth.ErrKeyringAbsent, is: auth.ErrKeyringAbsent},
		"absent, and the session was chosen": {keyring: auth.ErrKeyringAbsent, session: session, keep: auth.KeptSession, kept: auth.KeptSession},
		"not even configured":                {none: true, session: session, is: auth.ErrKeyringAbsent},
		"not configured, the session chosen": {none: true, session: session, keep: auth.KeptSession, kept: auth.KeptSession},
		"slow":                               {keyring: auth.ErrKeyringSlow, session: session, is: auth.ErrKeyringSlow},
		"locked":                             {keyring: auth.ErrKeyringLocked, session: session, is: auth.ErrKeyringLocked},
		"denied":                             {keyring: auth.ErrKeyringDenied, session: session, is: auth.ErrKeyringDenied},
		"locked, and the session was chosen": {keyring: auth.ErrKeyringLocked, session: session, keep: auth.KeptSession, kept: auth.KeptSession},
		"absent, and asked for all the same": {keyring: auth.ErrKeyringAbsent, session: session, keep: auth.KeptKeyring, is: auth.ErrKeyringAbsent},
	} {
		for way, signIn := range map[string]func(*house, auth.Options) (auth.Grant, error){
			"browser": func(h *house, o auth.Options) (auth.Grant, error) { return h.signIn(o) },
			"device": func(h *house, o auth.Options) (auth.Grant, error) {
				h.server.with(func() { h.server.device, h.server.approved = deviceAnswer(h.server.URL), true })
				h.clock.let(func(d time.Duration) bool { return d <= 5*time.Second })
				return h.auth.SignInWithDevice(h.t.Context(), "test", o, nil)
			},
			"API key": func(h *house, o auth.Options) (auth.Grant, error) {
				handler, _ := digested("PUBLICKEY", "canary-private-key")
				h.server.with(func() { h.server.api = handler })
				return h.auth.SignInWithAPIKey(h.t.Context(), "test", "PUBLICKEY", "canary-private-key", o)
			},
		} {
			t.Run(name+" by "+way, func(t *testing.T) {
				h := newHouse(t, func(cfg *auth.Config, _ *auth.Environment) {
					cfg.Session = c.session
					if c.keyring != nil {
						cfg.Store = brokenStore{c.keyring}
					}
					if c.none {
						cfg.Store = nil
					}
					if c.is != nil {
						cfg.Open = noBrowser(t)
					}
				})
				g, err := signIn(h, auth.Options{Keep: c.keep})
				if !errors.Is(err, c.is) || g.Kept != c.kept {
					t.Fatalf("kept in %q, %v", g.Kept, err)
				}
				if err != nil {
					h.nothingStored()
					if n := len(h.server.asked("/device")); n != 0 {
						t.Errorf("%d device codes were asked for", n)
					}
					return
				}
				if status, err := h.get(g); status != 200 || err != nil {
					t.Errorf("reading gives %d, %v", status, err)
				}
			})
		}
	}
}

func TestBehaviour11APlaceThatIsNotThereCannotBeChosen(t *testing.T) {
	h := newHouse(t, func(c *auth.Config, _ *auth.Environment) { c.Open = noBrowser(t) })
	for _, keep := range []string{auth.KeptSession, auth.KeptFile, "the cellar"} {
		if _, err := h.signIn(auth.Options{Keep: keep}); err == nil || !strings.Contains(err.Error(), keep) {
			t.Errorf("keeping in %q ended with %v", keep, err)
		}
		if _, err := h.auth.SignInWithAPIKey(t.Context(), "test", "P", "canary", auth.Options{Keep: keep}); err == nil || !strings.Contains(err.Error(), keep) {
			t.Errorf("keeping a key in %q ended with %v", keep, err)
		}
	}
	h.nothingStored()
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
