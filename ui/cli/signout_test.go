package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"canopy/api/sandbox"
	"canopy/auth"
)

func TestSignOutGivesTheGrantBackThatIsNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		args func(id string) []string
	}{
		{"by id", func(id string) []string { return []string{"--", id} }},
		{"by the beginning of an id", func(id string) []string { return []string{"--", id[:5]} }},
		{"by organization, in any case", func(string) []string { return []string{"acme robotics"} }},
		{"all", func(string) []string { return []string{"--all"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			id := strings.TrimSpace(d.must("signin").out)
			console := d.server.Endpoints().Console
			if d.allowedAt(console) != 1 {
				t.Fatal("the server does not know the grant")
			}
			o := d.must(append([]string{"signout"}, c.args(id)...)...)
			if want := "Acme Robotics (alice@acme.example, Sandbox at " + d.host() + "): signed out\n"; o.out != want || o.errors != "" {
				t.Errorf("printed %q and %q, want %q", o.out, o.errors, want)
			}
			if len(d.grants()) != 0 || d.allowedAt(console) != 0 {
				t.Errorf("left are %v here and %d at the server", d.grants(), d.allowedAt(console))
			}
		})
	}
}

func TestSignOutStartsTheBuiltInSandboxForItsGrants(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	withoutSandbox(d)
	d.must("signin", "--sandbox")
	d.env["CANOPY_SANDBOX"] = d.server.Endpoints().Issuer // another one, which the grant does not belong to
	if o := d.must("signout", "--all"); !strings.HasSuffix(o.out, "(alice@acme.example, Sandbox): signed out\n") {
		t.Errorf("printed %q", o.out)
	}
	state, err := os.ReadFile(filepath.Join(d.home, "sandbox.json"))
	if err != nil || bytes.Contains(state, []byte("alice@acme.example")) {
		t.Errorf("the sandbox still keeps %s, %v", state, err)
	}
}

func TestSignOutAsksTheSandboxThatStillRuns(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	g := d.grants()[0]
	g.Environment = "Sandbox" // as a window gives it whose built-in sandbox runs now
	d.keep(g)
	d.must("signout", "--all")
	if n := d.allowedAt(d.server.Endpoints().Console); n != 0 {
		t.Errorf("the running sandbox still knows %d grants", n)
	}
}

func TestSignOutOfAnAPIKeySaysThatTheKeyLives(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	key := d.server.APIKeys()[0]
	d.env["CANOPY_API_PRIVATE_KEY"] = key.Private
	d.must("signin", "--api-key", "--public-key", key.Public)
	_ = d.server.Close() // there is nothing to tell it
	o := d.must("signout", "--all")
	if !strings.HasSuffix(o.out, "): signed out; the key itself works until somebody deletes it in the console\n") || len(d.grants()) != 0 {
		t.Errorf("printed %q, left are %v", o.out, d.grants())
	}
}

func TestSignOutSaysWhenTheServerCouldNotBeTold(t *testing.T) {
	for _, c := range []struct {
		name, why string
		set       func(*terminal)
	}{
		{"server error", " did not confirm it", func(d *terminal) { _ = d.server.SetFaults("status=revoke:503") }},
		{"server gone", "start one with canopy sandbox", func(d *terminal) { _ = d.server.Close() }},
		{"environment gone", `environment "Mars" is not in the settings`, func(d *terminal) { d.change(func(g *auth.Grant) { g.Environment = "Mars" }) }},
		{"no revocation", "environment Mars has no revocation endpoint", func(d *terminal) {
			d.change(func(g *auth.Grant) { g.Environment = "Mars" })
			d.settings(`[[custom]]
name = "Mars"
client_id = "x"
authorization_endpoint = "https://mars.example/a"
token_endpoint = "https://mars.example/t"
iam = "https://mars.example"
serverless = "https://mars.example"
dedicated = "https://mars.example"`)
		}},
		{"kept for a session", "in the memory of a Canopy, not in the keyring", func(d *terminal) { d.change(func(g *auth.Grant) { g.Kept = auth.KeptSession }) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			d.must("signin")
			c.set(d)
			o := d.fails("1 grant not given back completely; revoke Canopy under Authorized OAuth Apps", "signout", "--all")
			if !strings.Contains(o.out, "): signed out here; the server could not be told: ") || !strings.Contains(o.out, c.why) {
				t.Errorf("printed %q, want %q", o.out, c.why)
			}
			if len(d.grants()) != 0 {
				t.Errorf("left are %v", d.grants())
			}
		})
	}
}

func TestSignOutThatCannotEraseKeepsTheGrantListed(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.keyring.trouble = auth.ErrKeyringLocked
	o := d.fails("try again with what is still listed", "signout", "--all")
	if !strings.Contains(o.out, "): still signed in: sign out: ") || !strings.Contains(o.out, "unlock it") || len(d.grants()) != 1 {
		t.Errorf("printed %q, left are %v", o.out, d.grants())
	}
}

func TestSignOutListsTheCandidates(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.keep(
		auth.Grant{ID: "abcdefgh-1", Environment: "TiDB Cloud", Organization: auth.Organization{Name: "Acme"}},
		auth.Grant{ID: "abcdefgh-2", Environment: "TiDB Cloud", Organization: auth.Organization{Name: "Acme"}},
		auth.Grant{ID: "other-one", Environment: "TiDB Cloud", Organization: auth.Organization{Name: "Globex"}},
	)
	for _, meant := range []string{"Acme", "abc"} {
		o := d.fails(`"`+meant+`" fits 2 grants; name one by its id`, "signout", meant)
		o.says(t, "GRANT", "abcdefgh-1 ", "abcdefgh-2 ")
		if strings.Contains(o.errors, "Globex") || o.out != "" {
			t.Errorf("printed %q and %q", o.out, o.errors)
		}
	}
	if len(d.grants()) != 3 {
		t.Errorf("left are %v", d.grants())
	}
}

func TestSignOutTakesAWholeIdBeforeAnythingElse(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.keep(
		auth.Grant{ID: "abc", Environment: "TiDB Cloud"},
		auth.Grant{ID: "abcdef", Environment: "TiDB Cloud"},
		auth.Grant{ID: "other", Environment: "TiDB Cloud", Organization: auth.Organization{Name: "abc"}},
	)
	d.fails("not given back completely", "signout", "abc") // nothing to revoke there
	if _, there := d.file().Get("abc"); there || len(d.grants()) != 2 {
		t.Errorf("left are %v", d.grants())
	}
}

func TestSignOutEndsInOneSentence(t *testing.T) {
	for _, c := range []struct{ args, words string }{
		{"", "name the grant to sign out of, or use --all"},
		{"Globex", `there is no grant "Globex"`},
		{"--all", "there are no grants to give back"},
		{"--all Globex", "--all and a grant exclude each other"},
		{"Acme Robotics", "put the name of an organization in quotes"},
		{"--everything", "see canopy signout --help"},
		{"-xyz", "write canopy signout -- GRANT"},
		{"--all --log-level loud", "--log-level is debug, info, warn or error"},
	} {
		d := newTerminal(t, sandbox.Options{})
		if o := d.fails(c.words, append([]string{"signout"}, strings.Fields(c.args)...)...); o.out != "" {
			t.Errorf("%s: printed %q", c.args, o.out)
		}
	}
}

func TestSignOutStopsBetweenGrantsWhenCancelled(t *testing.T) {
	d := newTerminal(t, sandbox.Options{Faults: []string{"status=revoke:503"}})
	d.must("signin")
	d.keep(auth.Grant{ID: "older", Environment: "TiDB Cloud", Organization: auth.Organization{Name: "Globex"}, Kept: auth.KeptKeyring})
	ctx, cancel := context.WithCancel(t.Context())
	d.wait = func(ctx context.Context, wait time.Duration) error {
		cancel() // while the revocation is tried again
		return briefly(ctx, wait)
	}
	o := d.begin(ctx, "signout", "--all").end()
	o.refused(t, "cancelled; 1 grant not touched")
	if g := d.grants(); len(g) != 1 || g[0].ID != "older" || !strings.Contains(o.out, "signed out here; the server could not be told") {
		t.Errorf("printed %q, left are %v", o.out, g)
	}
}

// host is where the sandbox is.
func (d *terminal) host() string { return strings.TrimPrefix(d.server.Endpoints().Issuer, "http://") }

// change changes the one grant that is kept.
func (d *terminal) change(alter func(*auth.Grant)) {
	d.t.Helper()
	file := d.file()
	if err := file.Update(file.List()[0].ID, alter); err != nil {
		d.t.Fatal(err)
	}
}

func (d *terminal) settings(text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.home, "settings.toml"), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// allowedAt counts what alice has allowed, as the console's page lists it.
func (d *terminal) allowedAt(console string) int {
	d.t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.PostForm(console+"/account/oauth-apps", map[string][]string{"user": {"alice@acme.example"}})
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: %v", resp.Status, err)
	}
	return bytes.Count(text, []byte(`name="revoke"`))
}
