package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/api/sandbox"
	"canopy/auth"
)

// narrowed is somebody who was granted everything, then less, and hides one project of that.
func narrowed(t *testing.T) *terminal {
	t.Helper()
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.must("tree") // so that it is known what there is
	d.allow("alice@acme.example", "1001", "101", "102", "103")
	d.must("signin")
	d.must("scope", "--hide", "analytics")
	return d
}

func TestTreeIsALineForEachThingInAPipe(t *testing.T) {
	d := narrowed(t)
	want := `
project|present|payments|||101|||
cluster|present|payments|ledger||9003|Active|Essential|Frankfurt
cluster|present|payments|ledger-replica||9004|Modifying|Essential|Frankfurt
cluster|present|payments|orders-prod||9001|Active|Essential|Tokyo
project|present|staging|||103|||
cluster|present|staging|checkout-staging||9008|Active|Starter|N. Virginia
branch|present|staging|checkout-staging|perf-test|b2|Creating||
cluster|present|staging|orders-dev||9002|Active|Starter|N. Virginia
branch|present|staging|orders-dev|feature-tax|b1|Active||
cluster|present|staging|paused||9011|Active|Starter|Oregon
project|not granted|empty-shell|||107|||
project|not granted|staging-eu|||106|||
project|not granted|Tokyo Pilot|||105|||
project|not granted|(no project)|||104|||
project|hidden by you|analytics|||102|||
`
	o := d.must("tree", "--branches")
	if got := strings.ReplaceAll(o.out, "\t", "|"); got != want[1:] || o.errors != "" {
		t.Errorf("printed\n%s and %q, want\n%s", got, o.errors, want[1:])
	}
	if o := d.must("tree"); strings.Contains(o.out, "branch\t") || strings.Count(o.out, "\n") != strings.Count(want, "\n")-3 {
		t.Errorf("without --branches it prints\n%s", o.out)
	}
}

func TestTreeIsDrawnOnATerminal(t *testing.T) {
	d := narrowed(t)
	if err := d.server.SetFaults("status=branches:403"); err != nil {
		t.Fatal(err)
	}
	d.tty = true
	d.env["NO_COLOR"] = "1"
	o := d.run("tree", "--branches")
	drawn, summary, _ := strings.Cut(o.out, "\n\n")
	want := `
Acme Robotics  alice@acme.example · Sandbox at HOST
├─ payments  3 clusters
│  ├─ ledger            Active     Essential  Frankfurt
│  │  └─ [could not be read: reading … 403 …]
│  ├─ ledger-replica    Modifying  Essential  Frankfurt
│  │  └─ [could not be read: reading … 403 …]
│  └─ orders-prod       Active     Essential  Tokyo
│     └─ [could not be read: reading … 403 …]
├─ staging  3 clusters
│  ├─ checkout-staging  Active     Starter    N. Virginia
│  │  └─ [could not be read: reading … 403 …]
│  ├─ orders-dev        Active     Starter    N. Virginia
│  │  └─ [could not be read: reading … 403 …]
│  └─ paused            Active     Starter    Oregon
│     └─ [could not be read: reading … 403 …]
├─ empty-shell  [not granted]
├─ staging-eu  [not granted]
├─ Tokyo Pilot  [not granted]
├─ (no project)  [not granted]
└─ analytics  [hidden by you]`
	var got strings.Builder
	for line := range strings.SplitSeq(drawn, "\n") {
		if before, after, failed := strings.Cut(line, "[could not be read: reading "); failed && strings.Contains(after, ": 403 forbidden") && strings.HasSuffix(after, "]") {
			line = before + "[could not be read: reading … 403 …]"
		}
		got.WriteString("\n" + strings.ReplaceAll(line, d.host(), "HOST"))
	}
	if got.String() != want {
		t.Errorf("drawn is%s\nwant%s", got.String(), want)
	}
	if !strings.HasPrefix(summary, "2 projects, 6 clusters, 3 not granted, 1 hidden by you; read ") || o.code != 2 {
		t.Errorf("at the end %q, exit code %d", summary, o.code)
	}
	o.says(t, "\r\x1b[KReading…\r\x1b[KReading… ", "3 projects, 9 clusters\r", "branches of cluster 6 of 6\r\x1b[Kcanopy: 6 parts could not be read; the first: reading ")
}

func TestTreeDimsWhatIsNotThere(t *testing.T) {
	d := narrowed(t)
	d.tty = true
	if o := d.must("tree"); !strings.Contains(o.out, "\x1b[2manalytics  [hidden by you]\x1b[0m\n") {
		t.Errorf("printed\n%s", o.out)
	}
	d.env["TERM"] = "dumb"
	if o := d.must("tree"); strings.Contains(o.out+o.errors, "\x1b") || o.errors != "" {
		t.Errorf("on a dumb terminal it prints\n%s%s", o.out, o.errors)
	}
}

func TestTreeNamesFewOfManyOnATerminal(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.change(func(g *auth.Grant) {
		for i := range 2000 {
			g.Scope.Only = append(g.Scope.Only, fmt.Sprint(500_000+i))
		}
		g.Scope.Only = append(g.Scope.Only, "101")
	})
	if o := d.must("tree"); strings.Count(o.out, "\tdoes not exist\t") != 2000 {
		t.Errorf("in a pipe:\n%s", o.out)
	}
	d.tty, d.env["NO_COLOR"] = true, "1"
	o := d.must("tree")
	if strings.Count(o.out, "[does not exist]\n") != 10 || !strings.Contains(o.out, "└─ [1,990 more does not exist]\n") ||
		!strings.Contains(o.out, "6 hidden by you, 2,000 does not exist; read") {
		t.Errorf("printed\n%s", o.out)
	}
}

// treeDocument is what a reader of the JSON relies on.
type treeDocument struct {
	Environment  string
	Grant        auth.Grant
	Organization struct{ ID, Name string }
	Projects     []struct {
		ID, Name, Type string
		Complete       bool
		Clusters       []struct {
			ID, Name, State, Plan string
			Project               string                `json:"project_id"`
			Region                struct{ City string } `json:"region"`
			Branches              *[]struct{ ID, Name, State string }
		}
	}
	Missing  []struct{ ID, Name, Voice, Error string }
	Failures []struct {
		Part, ID, Host, Path, Error string
		APIHost                     string `json:"api_host"`
		Status                      int
	}
	Counts   map[string]any
	Complete bool
	ReadAt   time.Time `json:"read_at"`
}

func (o outcome) document(t *testing.T) (d treeDocument) {
	t.Helper()
	if err := json.Unmarshal([]byte(o.out), &d); err != nil {
		t.Fatalf("%v in %s", err, o.out)
	}
	return d
}

func TestTreeInJSONHasEveryFact(t *testing.T) {
	d := narrowed(t)
	got := d.must("tree", "--json", "--branches").document(t)
	if got.Environment != "Sandbox at "+d.host() || got.Organization.ID != "1001" || got.Organization.Name != "Acme Robotics" ||
		got.Grant.ID != d.grants()[0].ID || !got.Complete || got.ReadAt.IsZero() || got.Failures == nil || len(got.Failures) != 0 {
		t.Errorf("printed %+v", got)
	}
	var things []string
	for _, p := range got.Projects {
		things = append(things, p.Name+" "+p.Type)
		for _, c := range p.Clusters {
			things = append(things, strings.Join([]string{c.Project, c.ID, c.Name, c.State, c.Plan, c.Region.City}, " "))
			for _, b := range *c.Branches {
				things = append(things, b.ID+" "+b.Name+" "+b.State)
			}
		}
	}
	want := []string{
		"payments tidbx", "101 9003 ledger ACTIVE Essential Frankfurt", "101 9004 ledger-replica MODIFYING Essential Frankfurt", "101 9001 orders-prod ACTIVE Essential Tokyo",
		"staging tidbx", "103 9008 checkout-staging ACTIVE Starter N. Virginia", "b2 perf-test CREATING",
		"103 9002 orders-dev ACTIVE Starter N. Virginia", "b1 feature-tax ACTIVE", "103 9011 paused ACTIVE Starter Oregon",
	}
	if !slices.Equal(things, want) {
		t.Errorf("printed\n%q, want\n%q", things, want)
	}
	voices := make([]string, 0, len(got.Missing))
	for _, m := range got.Missing {
		voices = append(voices, m.ID+" "+m.Name+" "+m.Voice)
	}
	if want := []string{"107 empty-shell not_granted", "106 staging-eu not_granted", "105 Tokyo Pilot not_granted", "104 (no project) not_granted", "102 analytics hidden_by_you"}; !slices.Equal(voices, want) {
		t.Errorf("missing are %q, want %q", voices, want)
	}
	if c := got.Counts; c["projects"] != 2.0 || c["clusters"] != 6.0 || c["clusters_exact"] != true || c["hidden"] != 1.0 || c["hidden_clusters"] != 3.0 || c["not_granted"] != 3.0 {
		t.Errorf("counts %v", c)
	}
	if plain := d.must("tree", "--json").document(t); plain.Projects[1].Clusters[0].Branches != nil {
		t.Error("there are branches that nobody asked for")
	}
}

func TestTreeThatIsNotCompleteSaysSoInItsExitCode(t *testing.T) {
	for _, c := range []struct {
		fault, part, id, host string
		status                int
		line, words           string
	}{
		{"forbid-project=102", "dedicated", "102", "dedicated", 403, "clusters\tcould not be read\tanalytics\t", "403 forbidden: no permission on project 102"},
		{"status=projects:500", "projects", "", "iam", 500, "projects\tcould not be read\t", "500 internal server error"},
		{"status=serverless:503", "serverless", "", "serverless", 503, "clusters\tcould not be read\tpayments\t", "503 service unavailable"},
		{"status=org:404", "organization", "", "iam", 404, "", "404 not found"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			d.must("signin")
			if err := d.server.SetFaults(c.fault); err != nil {
				t.Fatal(err)
			}
			o := d.run("tree", "--json")
			got := o.document(t)
			if o.code != 2 || got.Complete || len(got.Failures) != 1 || !strings.HasPrefix(o.errors, "canopy: not everything could be read: reading ") || strings.Count(o.errors, "\n") != 1 {
				t.Fatalf("exit code %d, said %q, printed %+v", o.code, o.errors, got)
			}
			f := got.Failures[0]
			if f.Part != c.part || f.ID != c.id || f.APIHost != c.host || f.Status != c.status || !strings.HasPrefix(f.Host, "127.0.0.1:") || !strings.Contains(f.Error, c.words) {
				t.Errorf("the failure is %+v", f)
			}
			o = d.run("tree")
			if o.code != 2 || !strings.Contains("\n"+o.out, "\n"+c.line) || !strings.Contains(o.out, "cluster\tpresent\t") {
				t.Errorf("exit code %d, printed\n%s", o.code, o.out)
			}
			d.tty, d.env["NO_COLOR"] = true, "1"
			o = d.run("tree")
			if o.code != 2 || c.line != "" && (!strings.Contains(o.out, "[could not be read: reading ") || !strings.Contains(o.out, ", at least ")) {
				t.Errorf("exit code %d, printed\n%s", o.code, o.out)
			}
			if strings.HasPrefix(c.line, "clusters\t") != strings.Contains(o.out, "  at least 0 clusters\n") {
				t.Errorf("exit code %d, printed\n%s", o.code, o.out)
			}
		})
	}
}

func TestTreeSaysWhatCouldNotBeReadOfWhatIsKnown(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.must("tree")
	if err := d.server.SetFaults("status=iam:503"); err != nil {
		t.Fatal(err)
	}
	o := d.run("tree")
	if !strings.Contains(o.out, "project\tcould not be read\tempty-shell\t\t\t107\t") || o.code != 2 {
		t.Errorf("printed\n%s", o.out)
	}
	for _, m := range d.run("tree", "--json").document(t).Missing {
		if m.Voice != "could_not_be_read" || !strings.Contains(m.Error, "503") {
			t.Errorf("missing is %+v", m)
		}
	}
}

func TestTreeEndsInOneSentence(t *testing.T) {
	gone := func(d *terminal) { d.keyring.trouble = auth.ErrNotFound }
	for _, c := range []struct {
		name, words string
		set         func(d *terminal)
		args        []string
	}{
		{"nothing could be read", "nothing could be read: reading ", func(d *terminal) { _ = d.server.SetFaults("status=api:500") }, nil},
		{"the grant has ended", "the grant of Acme Robotics has ended; sign in again with canopy signin --sandbox=http://127.0.0.1:", gone, nil},
		{"the keyring is locked", "unlock it", func(d *terminal) { d.keyring.trouble = auth.ErrKeyringLocked }, nil},
		{"the sandbox is gone", "the environment of Acme Robotics cannot be used: no sandbox answers at http://127.0.0.1:", func(d *terminal) { _ = d.server.Close() }, nil},
		{"the environment is gone", `environment "Mars" is not in the settings`, func(d *terminal) { d.change(func(g *auth.Grant) { g.Environment = "Mars" }) }, nil},
		{"kept in a window", "is in the memory of a window", func(d *terminal) { d.change(func(g *auth.Grant) { g.Kept = auth.KeptSession }) }, nil},
		{"no such grant", `there is no grant "Globex"`, func(*terminal) {}, []string{"--grant", "Globex"}},
		{"an argument", "tree takes flags only; see canopy tree --help", func(*terminal) {}, []string{"more"}},
		{"a flag too many", "see canopy tree --help", func(*terminal) {}, []string{"--all"}},
		{"not signed in", "you are not signed in to anything; canopy signin does that", func(d *terminal) { d.must("signout", "--all") }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			d.must("signin")
			c.set(d)
			o := d.fails(c.words, append([]string{"tree"}, c.args...)...)
			if o.out != "" || strings.Count(o.errors, c.words) != 1 {
				t.Errorf("printed %q, said %q", o.out, o.errors)
			}
		})
	}
}

func TestTreeCanBeInterrupted(t *testing.T) {
	for _, fault := range []string{"slow=api:30s", "slow=branches:30s"} {
		t.Run(fault, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			d.must("signin")
			if err := d.server.SetFaults(fault); err != nil {
				t.Fatal(err)
			}
			d.tty = true
			ctx, cancel := context.WithCancel(t.Context())
			c := d.begin(ctx, "tree", "--branches")
			c.awaits(map[bool]string{true: "Reading…", false: "branches of cluster"}[fault == "slow=api:30s"])
			cancel()
			o := c.end()
			o.refused(t, "cancelled")
			if o.out != "" {
				t.Errorf("printed %q", o.out)
			}
		})
	}
}

func TestTreeReadsTheGrantThatIsNamed(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	first := strings.TrimSpace(d.must("signin").out)
	d.allow("gina@globex.example", "2002", "201")
	d.must("signin")
	for name, args := range map[string][]string{
		"Globex":        {},
		"Acme Robotics": {"--grant", "alice@acme.example"},
	} {
		if got := d.must(append([]string{"tree", "--json"}, args...)...).document(t); got.Organization.Name != name {
			t.Errorf("%q reads %q, want %q", args, got.Organization.Name, name)
		}
	}
	for _, named := range []string{first, first[:8], "acme robotics", "Alice Tanaka"} {
		if got := d.must("tree", "--json", "--grant="+named).document(t); got.Grant.ID != first {
			t.Errorf("%q is %+v", named, got.Grant)
		}
	}
	if last := d.grants()[0]; last.Organization.Name != "Globex" {
		t.Errorf("reading made %s the grant used last", last.Organization.Name)
	}
}

func TestTreeStartsTheBuiltInSandbox(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	withoutSandbox(d)
	d.must("signin", "--sandbox")
	if o := d.must("tree"); !strings.Contains(o.out, "cluster\tpresent\tpayments\torders-prod\t\t9001\t") {
		t.Errorf("printed %q", o.out)
	}
}

func TestTreeOfAnAPIKey(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	key := d.server.APIKeys()[0]
	d.env["CANOPY_API_PRIVATE_KEY"] = key.Private
	d.must("signin", "--api-key", "--public-key", key.Public)
	if got := d.must("tree", "--json").document(t); !got.Complete || len(got.Projects) == 0 {
		t.Errorf("printed %+v", got)
	}
}

func TestTreeLearnsWhatTheServerDidNotSay(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.change(func(g *auth.Grant) { g.Organization, g.Known = auth.Organization{}, nil })
	d.must("tree")
	g := d.grants()[0]
	if g.Organization != (auth.Organization{ID: "1001", Name: "Acme Robotics"}) || len(g.Known) != 7 {
		t.Errorf("the grant is of %+v and knows %v", g.Organization, g.Known)
	}
}

func TestTreeLetsNoNameAct(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	hostile := "a\x1b[2Jb\u202ec\td\ne" + strings.Repeat("x", 1000)
	d.change(func(g *auth.Grant) {
		g.AllProjects, g.Projects = false, []auth.Project{{ID: "101"}}
		g.Known = []auth.Project{{ID: "9\t9", Name: hostile}}
	})
	for _, tty := range []bool{false, true} {
		d.tty, d.env["NO_COLOR"] = tty, "1"
		o := d.must("tree")
		if strings.ContainsAny(o.out, "\x1b\u202e") || strings.Count(o.out, "[2Jb") != 1 {
			t.Errorf("printed\n%q", o.out)
		}
		for line := range strings.Lines(o.out) {
			if !tty && strings.Count(line, "\t") != 8 {
				t.Errorf("the line %q has %d tabs", line, strings.Count(line, "\t"))
			}
		}
	}
}

func TestTreeSaysWhenItCannotBePrinted(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.stdout = full{}
	for _, tty := range []bool{false, true} {
		d.tty = tty
		d.fails("the tree could not be printed: the disk is full", "tree")
		d.fails("the tree could not be printed: the disk is full", "tree", "--json")
	}
	d.fails("the scope could not be printed: the disk is full", "scope")
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }
