package cli_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"canopy/api/sandbox"
	"canopy/auth"
)

// scope is the scope that the file has of the one grant that is kept.
func (d *terminal) scope() auth.Scope {
	d.t.Helper()
	return d.grants()[0].Scope
}

func TestScopeSaysWhatIsCoveredAndWhatIsShown(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	want := `
Grant         Acme Robotics (alice@acme.example, Sandbox at HOST)
Covers        all projects of the organization
Shows         6 projects + 1 virtual: analytics, empty-shell, payments, staging, staging-eu, Tokyo Pilot, (no project)
New projects  are shown
`
	check := func(args []string, want string) {
		t.Helper()
		o := d.must(append([]string{"scope"}, args...)...)
		if got := strings.ReplaceAll(o.out, d.host(), "HOST"); got != want[1:] || o.errors != "" {
			t.Errorf("printed\n%s and %q, want%s", got, o.errors, want)
		}
	}
	check(nil, want)
	d.allow("alice@acme.example", "1001", "101", "102", "103")
	d.must("signin")
	check([]string{"--only", "PAYMENTS,103"}, `
Grant          Acme Robotics (alice@acme.example, Sandbox at HOST)
Covers         3 projects: payments, analytics, staging
Shows          2 projects: payments, staging
Not granted    3 projects + 1 virtual: empty-shell, staging-eu, Tokyo Pilot, (no project)
Hidden by you  1 project: analytics
New projects   stay hidden until you show them
`)
	if n, lists := d.wire.requests("/clusters"), d.wire.requests("/projects"); n != 0 || lists != 2 {
		t.Errorf("clusters were asked for %d times, projects %d times", n, lists)
	}
}

func TestScopeChangesWhatIsShown(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	for _, step := range []struct {
		args []string
		want auth.Scope
	}{
		{[]string{"--hide", "analytics"}, auth.Scope{Hidden: []string{"102"}}},
		{[]string{"--hide", "staging,105", "--hide", "102"}, auth.Scope{Hidden: []string{"102", "103", "105"}}},
		{[]string{"--show", "Tokyo Pilot"}, auth.Scope{Hidden: []string{"102", "103"}}},
		{[]string{}, auth.Scope{Hidden: []string{"102", "103"}}},
		{[]string{"--only", "staging , payments"}, auth.Scope{Only: []string{"101", "103"}}},
		{[]string{"--show", "104"}, auth.Scope{Only: []string{"101", "103", "104"}}},
		{[]string{"--hide", "(no project)"}, auth.Scope{Only: []string{"101", "103"}}},
		{[]string{"--all"}, auth.Scope{}},
	} {
		d.must(append([]string{"scope"}, step.args...)...)
		if got := d.scope(); !slices.Equal(got.Only, step.want.Only) || !slices.Equal(got.Hidden, step.want.Hidden) {
			t.Errorf("after %q the scope is %+v, want %+v", step.args, got, step.want)
		}
	}
}

func TestScopeRefusesWhatItCannotDoAndChangesNothing(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.must("scope")
	d.allow("alice@acme.example", "1001", "101", "102", "103")
	d.must("signin")
	d.must("scope", "--hide", "102")
	before := d.scope()
	ask := "ask for it with canopy signin --sandbox=http://" + d.host() + " and choose it in your browser"
	for _, c := range []struct {
		args  []string
		words string
	}{
		{[]string{"--only", "Tokyo Pilot"}, `"Tokyo Pilot" is not granted; ` + ask + "; nothing was changed"},
		{[]string{"--only", "payments,105"}, `"105" is not granted; ` + ask},
		{[]string{"--only", "201"}, `"201" is not granted; ` + ask}, // of another organization: the grant states what it covers
		{[]string{"--hide", "unicorn"}, `a project "unicorn" does not exist in what the grant sees; canopy scope lists what does`},
		{[]string{"--hide", "unicorn,106"}, `canopy scope lists what does; "106" is not granted`},
		{[]string{"--hide", "payments,staging"}, "that would hide everything; leave at least one project"},
		{[]string{"--only", "101", "--all"}, "--only and --all exclude each other"},
		{[]string{"--hide", "101", "--show", "101"}, "--hide and --show exclude each other"},
		{[]string{"--only", ""}, "--only needs the id or the name of a project"},
		{[]string{"--show", "101,"}, "--show needs the id or the name of a project"},
		{[]string{"--all=false"}, "--all=false says nothing"},
		{[]string{"--only"}, "see canopy scope --help"},
		{[]string{"--only", `"`}, "see canopy scope --help"},
		{[]string{"payments"}, "scope takes flags only"},
		{[]string{"--grant", "Globex", "--all"}, `there is no grant "Globex"`},
		{[]string{"--only", "a\x1b[2J"}, `a project "a‹U+001B›[2J" does not exist`},
	} {
		d.fails(c.words, append([]string{"scope"}, c.args...)...)
	}
	if got := d.scope(); !slices.Equal(got.Hidden, before.Hidden) || len(got.Only) != 0 {
		t.Errorf("the scope was %+v and is %+v", before, got)
	}
	d.must("scope", "--only", "101")
	d.fails("that would hide everything", "scope", "--hide", "101")
	if got := d.scope(); !slices.Equal(got.Only, []string{"101"}) {
		t.Errorf("the scope is %+v", got)
	}
}

func TestScopeListsTheIdsOfANameThatSeveralHave(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.change(func(g *auth.Grant) { g.Known = []auth.Project{{ID: "700", Name: "payments"}} })
	d.must("scope", "--only", "payments") // the one that is there; the other is of another grant
	if got := d.scope(); !slices.Equal(got.Only, []string{"101"}) {
		t.Errorf("the scope is %+v", got)
	}
	d.wire.say = func(_, text string) string { return strings.ReplaceAll(text, `"staging"`, `"Payments"`) }
	d.fails(`"payments" is the name of 2 projects; name one by its id: 101, 103; nothing was changed`, "scope", "--hide", "payments")
	d.wire.say = func(_, text string) string { return strings.ReplaceAll(text, `"staging"`, `"payments"`) }
	if o := d.must("scope", "--hide", "103"); !strings.Contains(o.out, "payments\n") || !strings.Contains(o.out, "Hidden by you") {
		t.Errorf("printed\n%s", o.out)
	}
	if o := d.must("scope", "--all"); !strings.Contains(o.out, "payments (101), payments (103), ") {
		t.Errorf("printed\n%s", o.out)
	}
}

func TestScopeWhereTheListCannotBeRead(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.must("scope", "--hide", "analytics")
	if err := d.server.SetFaults("status=projects:503"); err != nil {
		t.Fatal(err)
	}
	for _, named := range []string{"payments", "103", "unicorn"} {
		d.fails(`whether there is a project "`+named+`" could not be read: reading `, "scope", "--only", named)
	}
	o := d.run("scope")
	if o.code != 2 || !strings.Contains(o.out, "Shows              not known\nCould not be read  6 projects + 1 virtual: ") || !strings.Contains(o.errors, "canopy: not everything could be read: ") {
		t.Errorf("exit code %d, printed\n%s%s", o.code, o.out, o.errors)
	}
	if o = d.run("scope", "--all"); o.code != 2 || !d.scope().IsZero() {
		t.Errorf("exit code %d, the scope is %+v", o.code, d.scope())
	}
}

func TestScopeOfAnAPIKeySaysWhoCanGiveMore(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	key := d.server.APIKeys()[0]
	d.env["CANOPY_API_PRIVATE_KEY"] = key.Private
	d.must("signin", "--api-key", "--public-key", key.Public)
	d.change(func(g *auth.Grant) { g.Known = []auth.Project{{ID: "700", Name: "elsewhere"}} })
	if o := d.must("scope"); !strings.Contains(o.out, "what TiDB Cloud lists for it; the server did not say more\n") {
		t.Errorf("printed\n%s", o.out)
	}
	d.fails(`"elsewhere" is not granted; whoever owns the API key can give it more in the console`, "scope", "--only", "elsewhere")
}

func TestScopeNamesFewOfManyOnATerminal(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.change(func(g *auth.Grant) {
		g.Scope.Only = []string{"101"}
		for i := range 1500 {
			g.Scope.Only = append(g.Scope.Only, fmt.Sprint(500_000+i))
		}
	})
	d.tty = true
	if o := d.must("scope"); !strings.Contains(o.out, "1,500 projects: 500000, ") || !strings.Contains(o.out, ", 500019 and 1,480 more\n") {
		t.Errorf("printed\n%s", o.out)
	}
	d.tty = false
	if o := d.must("scope"); !strings.Contains(o.out, ", 501499\n") {
		t.Errorf("printed\n%s", o.out)
	}
}

func TestScopeSeesThatTheGrantHasGoneMeanwhile(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.wire.say = func(path, text string) string {
		if strings.HasSuffix(path, "/projects") {
			_ = d.file().Delete(d.grants()[0].ID)
		}
		return text
	}
	d.fails("the grant is gone: it was signed out, or replaced, meanwhile", "scope", "--hide", "102")
}

func TestScopeCanBeInterrupted(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	asked := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	d.wire.say = func(path, text string) string {
		if strings.HasSuffix(path, "/projects") {
			cancel()
			close(asked)
		}
		return text
	}
	c := d.begin(ctx, "scope", "--hide", "102")
	<-asked
	c.end().refused(t, "cancelled")
	if !d.scope().IsZero() {
		t.Errorf("the scope is %+v", d.scope())
	}
}
