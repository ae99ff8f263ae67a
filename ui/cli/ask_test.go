package cli_test

import (
	"bufio"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"canopy/api/sandbox"
)

// everything asks the sandbox with all of it granted, at the moment its organizations were written for.
var everything = []string{"ask", "--environment", "sandbox", "--all-grants", "--now", "2026-11-23T12:00:00Z", "--user", "bob@acme.example"}

// answerLine is what a reader of the JSON relies on.
type answerLine struct {
	Intent, Entity, Text string
	Filters              []struct{ Field, Op string }
	GroupBy              []string `json:"group_by"`
	Aggregate            *struct{ Op string }
	Sort                 *struct{ Field, Dir string }
	Answer               any
	NotSeen              []struct{ Why, Name string } `json:"not_seen"`
	Calls                []struct{ Host, Method, Path string }
	AtLeast              bool `json:"at_least"`
}

func answerLines(t *testing.T, out string) []answerLine {
	t.Helper()
	var lines []answerLine
	for s := bufio.NewScanner(strings.NewReader(out)); s.Scan(); {
		var a answerLine
		if err := json.Unmarshal(s.Bytes(), &a); err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
		for _, member := range []string{"intent", "entity", "filters", "group_by", "aggregate", "sort", "answer", "text", "not_seen", "calls"} {
			if !strings.Contains(s.Text(), `"`+member+`":`) {
				t.Errorf("no member %q in %s", member, s.Text())
			}
		}
		lines = append(lines, a)
	}
	return lines
}

func TestAskAnswersOneQuestion(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	o := d.must(append(everything, "how many projects do I have?")...)
	if !strings.HasPrefix(o.out, "8 projects (+1 virtual holding 2 clusters).\n") || !strings.Contains(o.out, "From      GET iam /v1beta1/org (2 pages)") || o.errors != "" {
		t.Errorf("printed\n%sand %q", o.out, o.errors)
	}
	o = d.must(append(everything, "which", "clusters", "are", "paused?")...)
	if !strings.Contains(o.out, "\n  9006  bi-warehouse-dr  PAUSED  Dedicated  aws-us-west-2  analytics  Acme Robotics\n") {
		t.Errorf("printed\n%s", o.out)
	}
}

func TestAskIsOneConversationOnStandardInput(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.in = strings.NewReader("list active clusters in singapore\nand in tokyo?\nhow many is that\n---\nand in tokyo?\n\nbranches of orders-dev\nstate:paused\n")
	lines := answerLines(t, d.must(append(everything, "--json")...).out)
	want := []struct {
		intent string
		answer any
	}{
		{"list", []any{"9015", "9016", "9013", "9022", "9018"}},
		{"list", []any{"9025", "9001", "9023"}},
		{"count", 3.0},
		{"list", []any{"9025", "9021", "9001", "9023"}},
		{"empty", nil},
		{"list", []any{"b1"}},
		{"list", []any{"9006", "9007"}},
	}
	if len(lines) != len(want) {
		t.Fatalf("%d answers, want %d", len(lines), len(want))
	}
	for i, w := range want {
		got, _ := json.Marshal(lines[i].Answer)
		wanted, _ := json.Marshal(w.answer)
		if lines[i].Intent != w.intent || string(got) != string(wanted) || lines[i].Text == "" {
			t.Errorf("answer %d is %s %s (%s), want %s %s", i+1, lines[i].Intent, got, lines[i].Text, w.intent, wanted)
		}
	}
	read := 0
	for _, c := range lines[5].Calls {
		if strings.HasSuffix(c.Path, "/branches") {
			read++
		}
	}
	if read != 1 {
		t.Errorf("the branches of one cluster come from %v", lines[5].Calls)
	}
}

func TestAskWithTheGrantUsedLast(t *testing.T) {
	d := narrowed(t) // 101, 103 shown; 102 hidden; the others not granted
	d.in = strings.NewReader(strings.Join([]string{
		"how many projects do I have", "why can't I see analytics?", "why can't I see staging-eu?", "why can't I see nowhere?", "clusters in analytics", "who am I",
	}, "\n"))
	lines := answerLines(t, d.must("ask", "--json").out)
	if lines[0].Answer != 2.0 || len(lines[0].NotSeen) != 5 {
		t.Errorf("%v projects, not seen: %v", lines[0].Answer, lines[0].NotSeen)
	}
	var voices []string
	for _, n := range lines[0].NotSeen {
		if !slices.Contains(voices, n.Why) {
			voices = append(voices, n.Why)
		}
	}
	if strings.Join(voices, ", ") != "not granted, hidden by you" {
		t.Errorf("voices %v", voices)
	}
	for i, why := range map[int]string{1: "hidden by you", 2: "not granted", 3: "does not exist"} {
		if lines[i].Answer != why {
			t.Errorf("answer %d is %v: %s, want %s", i+1, lines[i].Answer, lines[i].Text, why)
		}
	}
	if ids, ok := lines[4].Answer.([]any); !ok || len(ids) != 0 {
		t.Errorf("clusters of a hidden project: %v", lines[4].Answer)
	}
	if !strings.Contains(lines[5].Text, "alice@acme.example") {
		t.Errorf("who am I: %s", lines[5].Text)
	}
	if o := d.must("ask", "clusters in analytics"); !strings.Contains(o.out, "The project “analytics” of Acme Robotics: hidden by you.") {
		t.Errorf("printed\n%s", o.out)
	}
}

func TestAskSeveralGrants(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	d.allow("gina@globex.example", "2002", "all")
	d.must("signin")
	if l := answerLines(t, d.must("ask", "--json", "how many clusters").out); l[0].Answer != 10.0 {
		t.Errorf("the grant used last has %v clusters", l[0].Answer)
	}
	if l := answerLines(t, d.must("ask", "--json", "--all-grants", "how many clusters").out); l[0].Answer != 25.0 {
		t.Errorf("all grants have %v clusters", l[0].Answer)
	}
	if l := answerLines(t, d.must("ask", "--json", "--grant", "Acme Robotics", "how many clusters").out); l[0].Answer != 15.0 {
		t.Errorf("Acme Robotics has %v clusters", l[0].Answer)
	}
}

func TestAskSaysAtLeastWhereAHostFails(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.must("signin")
	if err := d.server.SetFaults("status=dedicated:500"); err != nil {
		t.Fatal(err)
	}
	o := d.run("ask", "how many clusters do I have?")
	if o.code != 2 || !strings.HasPrefix(o.out, "At least 12 clusters.\n") || !strings.Contains(o.out, "Not seen  dedicated /v1beta1/clusters?projectId=102 in Acme Robotics: could not be read") {
		t.Errorf("exit code %d, printed\n%s", o.code, o.out)
	}
	if err := d.server.SetFaults("status=iam:500", "status=serverless:500", "status=dedicated:500"); err != nil {
		t.Fatal(err)
	}
	if o := d.run("ask", "how many clusters do I have?"); o.code != 1 || o.out != "" {
		t.Errorf("exit code %d, printed %q", o.code, o.out)
	}
}

func TestAskRefusesWhatItCannotUse(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.fails("you are not signed in to anything", "ask", "how many clusters")
	d.fails("you are not signed in to anything", "ask", "--environment", "nowhere", "--all-grants", "how many clusters")
	d.fails("--now is a time as in 2026-11-23T12:00:00Z", "ask", "--now", "yesterday", "how many clusters")
	d.fails("see canopy ask --help", "ask", "--frobnicate")
}

func TestAskKeepsHostileNamesFromTheTerminal(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	o := d.must(append(everything, "clusters named \"\x1b[31mred\u202e\"")...)
	if strings.ContainsAny(o.out, "\x1b\u202e") {
		t.Errorf("printed %q", o.out)
	}
	o = d.must(append(everything, "--json", "clusters named \"\u202ered\"")...)
	if strings.ContainsRune(o.out, '\u202e') {
		t.Errorf("printed %q", o.out)
	}
}
