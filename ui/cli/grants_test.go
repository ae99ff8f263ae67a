package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"canopy/api/sandbox"
	"canopy/auth"
)

// Some grants, the one used last at the end.
func someGrants() []auth.Grant {
	given := time.Date(2026, 11, 20, 9, 30, 0, 0, time.Local)
	return []auth.Grant{
		{ID: "aaaaaaaa-older", Environment: "TiDB Cloud", Method: auth.MethodAPIKey, User: auth.User{Name: "PUBLIC"}, Kept: auth.KeptKeyring},
		{
			ID: "aaaaaaaa-newer", Environment: "TiDB Cloud", Method: auth.MethodBrowser, User: auth.User{Email: "ada@example.com", Name: "Ada"},
			Organization: auth.Organization{ID: "1", Name: "Acme Robotics"}, AllProjects: true, Role: "org:owner",
			GrantedAt: given, LastUsed: given.Add(time.Hour), Kept: auth.KeptKeyring,
		},
		{
			ID: "bbbbbbbb-newest", Environment: "Staging", Method: auth.MethodDevice, User: auth.User{Subject: "u-7"},
			Organization: auth.Organization{ID: "22"}, Projects: []auth.Project{{ID: "1"}, {ID: "2"}}, Role: "project:readonly",
			GrantedAt: given, LastUsed: given.Add(2 * time.Hour), Kept: auth.KeptSession,
		},
	}
}

func TestGrantsAreATableWithTheLastUsedFirst(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.keep(someGrants()...)
	o := d.must("grants")
	want := `
GRANT       ENVIRONMENT  ORGANIZATION   USER             PROJECTS  ROLE              GIVEN              LAST USED          KEPT
bbbbbbbb-n  Staging      22             u-7              2         project:readonly  20 Nov 2026 09:30  20 Nov 2026 11:30  session
aaaaaaaa-n  TiDB Cloud   Acme Robotics  ada@example.com  all       org:owner         20 Nov 2026 09:30  20 Nov 2026 10:30  keyring
aaaaaaaa-o  TiDB Cloud   –              API key PUBLIC   –         –                 –                  –                  keyring
`
	if o.out != want[1:] || o.errors != "" {
		t.Errorf("printed\n%s and %q, want\n%s", o.out, o.errors, want[1:])
	}
}

func TestGrantsInJSONAreWhatTheFileHolds(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.keep(someGrants()...)
	var got []auth.Grant
	if err := json.Unmarshal([]byte(d.must("grants", "--json").out), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, d.grants()) {
		t.Errorf("printed %+v, the file holds %+v", got, d.grants())
	}
}

func TestWithoutGrantsThereIsASentenceOrAnEmptyArray(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	if o := d.must("grants"); o.out != "" || o.errors != "You are not signed in to anything; canopy signin does that.\n" {
		t.Errorf("printed %q and %q", o.out, o.errors)
	}
	if o := d.must("grants", "--json"); o.out != "[]\n" || o.errors != "" {
		t.Errorf("printed %q and %q", o.out, o.errors)
	}
}

func TestGrantsEndInOneSentence(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.fails("see canopy grants --help", "grants", "--yaml")
	d.fails("there is no command", "grants", "more")
	d.fails("--‹U+001B›[2J", "grants", "--\x1b[2J")
	path := filepath.Join(d.home, "grants.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.fails(path+" is damaged", "grants")
}

func TestHostileNamesAreShownAndNotObeyed(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	hostile := "a\x1b[2Jb\u202ec\td\ne\u009b\U000E0041" + strings.Repeat("x", 1000)
	d.keep(auth.Grant{
		ID: "aaaaaaaa", Environment: hostile, User: auth.User{Email: hostile}, Organization: auth.Organization{Name: hostile},
		Role: hostile, Kept: hostile, Projects: []auth.Project{{ID: "1", Name: hostile}},
	})
	table := d.must("grants").out
	inJSON := d.must("grants", "--json").out
	left := d.fails("not given back completely", "signout", "--all").out
	for what, text := range map[string]string{"table": table, "JSON": inJSON, "signout": left} {
		if strings.ContainsAny(text, "\x1b\u202e\t\u009b\U000E0041") {
			t.Errorf("the %s lets a name act:\n%q", what, text)
		}
	}
	if strings.Count(table, "\n") != 2 || strings.Count(left, "\n") != 1 {
		t.Errorf("a name breaks a row:\n%s%s", table, left)
	}
	var got []auth.Grant
	if err := json.Unmarshal([]byte(inJSON), &got); err != nil || got[0].User.Email != hostile {
		t.Errorf("the JSON says %+v, %v", got, err)
	}
}
