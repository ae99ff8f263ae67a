package compare_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"canopy/api/inventory"
	"canopy/ui/compare"
)

func project(id, name string, a bool, v inventory.Voice) compare.Row {
	return compare.Row{Kind: inventory.MatchProject, ID: id, Name: name, ProjectID: id, ProjectName: name, A: a, B: !a, Voice: v}
}

func cluster(id, name, in string, a bool, v inventory.Voice) compare.Row {
	return compare.Row{Kind: inventory.MatchCluster, ID: id, Name: name, ProjectID: "p-" + in, ProjectName: in, A: a, B: !a, Voice: v}
}

func some() []compare.Row {
	return []compare.Row{
		project("101", "payments", true, inventory.NotGranted),
		cluster("9001", "Ledger", "payments", true, inventory.NotGranted),
		cluster("9002", "orders", "payments", true, inventory.HiddenByYou),
		project("102", "analytics", false, inventory.DoesNotExist),
		cluster("9003", "=cmd|' /C calc'!A0", "analytics", false, inventory.CouldNotBeRead),
	}
}

func ids(s *compare.Selection) (ids []string) {
	for i := range s.Len() {
		ids = append(ids, s.At(i).ID)
	}
	return ids
}

func rows() *compare.Rows {
	return compare.New(some(), func(d compare.Row) string { return d.Voice.String() + " " + string(d.Kind) })
}

func TestRowsAreChosenByWordsSideAndKind(t *testing.T) {
	for what, c := range map[string]struct {
		query compare.Query
		want  []string
	}{
		"everything":             {compare.Query{}, []string{"101", "9001", "9002", "102", "9003"}},
		"only in A":              {compare.Query{Side: compare.OnlyA}, []string{"101", "9001", "9002"}},
		"only in B":              {compare.Query{Side: compare.OnlyB}, []string{"102", "9003"}},
		"projects only":          {compare.Query{ProjectsOnly: true}, []string{"101", "102"}},
		"a name in other case":   {compare.Query{Words: "LEDGER"}, []string{"9001"}},
		"the project's name":     {compare.Query{Words: "payments"}, []string{"101", "9001", "9002"}},
		"every word":             {compare.Query{Words: " payments   granted "}, []string{"101", "9001"}},
		"an id":                  {compare.Query{Words: "9003"}, []string{"9003"}},
		"a kind":                 {compare.Query{Words: "project", ProjectsOnly: false, Side: compare.OnlyB}, []string{"102"}},
		"nothing":                {compare.Query{Words: "zebra"}, nil},
		"by name":                {compare.Query{Order: compare.ByName}, []string{"9003", "102", "9001", "9002", "101"}},
		"by name, turned around": {compare.Query{Order: compare.ByName, LargeFirst: true}, []string{"101", "9002", "9001", "102", "9003"}},
		"by kind":                {compare.Query{Order: compare.ByKind}, []string{"9001", "9002", "9003", "101", "102"}},
		"by side, B first":       {compare.Query{Order: compare.BySide, LargeFirst: true}, []string{"102", "9003", "101", "9001", "9002"}},
		"by reason":              {compare.Query{Order: compare.ByWhy}, []string{"101", "9001", "9002", "102", "9003"}},
		"an order nobody knows":  {compare.Query{Order: "shoe size"}, []string{"101", "9001", "9002", "102", "9003"}},
	} {
		s := rows().Select(c.query)
		if got := ids(s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
		for i := range s.Len() {
			if s.Index(compare.ID(s.At(i))) != i {
				t.Errorf("%s: row %d is not found by its id", what, i)
			}
		}
		if s.Index("cluster/none") != -1 {
			t.Errorf("%s: a row is found that is not there", what)
		}
	}
}

var grants = compare.Grants{
	A: compare.Grant{User: "alice@acme.example", Organization: "Acme", Environment: "Sandbox"},
	B: compare.Grant{User: "@bob", Organization: "-Acme", Environment: "Sandbox"},
}

func TestACellThatASpreadsheetWouldRunIsNeutralised(t *testing.T) {
	all := some()
	for i, name := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"} {
		all = append(all, cluster(fmt.Sprint("x", i), name, name, true, inventory.NotGranted))
	}
	harmless := []string{`quo"te, comma`, "line\nbreak", "東京", "x=1"}
	for i, name := range harmless {
		all = append(all, cluster(fmt.Sprint("y", i), name, name, true, inventory.NotGranted))
	}
	var out bytes.Buffer
	if err := compare.New(all, silent).Select(compare.Query{}).WriteCSV(t.Context(), &out, grants, nil); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != len(all)+1 || len(lines[0]) != 13 {
		t.Fatalf("there are %d lines of %d cells", len(lines), len(lines[0]))
	}
	for i, line := range lines[1:] {
		for _, cell := range line {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
				t.Errorf("line %d has the cell %q", i, cell)
			}
		}
		if name := all[i].Name; line[1] != name && line[1] != "'"+name {
			t.Errorf("%q has become %q", name, line[1])
		}
		if slices.Contains(harmless, all[i].Name) && line[1] != all[i].Name {
			t.Errorf("%q has become %q", all[i].Name, line[1])
		}
	}
}

func TestJSONLinesSayWhoSeesItAndWhoDoesNot(t *testing.T) {
	all := some()
	all[4].Err = errors.New("dedicated: 403")
	var out bytes.Buffer
	s := compare.New(all, silent).Select(compare.Query{Side: compare.OnlyB})
	if err := s.WriteJSONLines(t.Context(), &out, grants, nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var last map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 2 {
		t.Fatalf("%q: %v", lines, err)
	}
	for key, want := range map[string]any{
		"kind": "cluster", "name": "=cmd|' /C calc'!A0", "id": "9003", "project": "analytics", "why": "could not be read", "error": "dedicated: 403",
	} {
		if last[key] != want {
			t.Errorf("%s is %v, want %v", key, last[key], want)
		}
	}
	if only, missing := last["only_in"].(map[string]any), last["missing_in"].(map[string]any); only["user"] != "@bob" || missing["user"] != "alice@acme.example" {
		t.Errorf("it is in %v and not in %v", only, missing)
	}
}

func TestWritingTellsHowFarItIsAndStopsWhenAskedTo(t *testing.T) {
	all := make([]compare.Row, 2500)
	for i := range all {
		all[i] = cluster(fmt.Sprint(i), "c", "p", true, inventory.NotGranted)
	}
	s := compare.New(all, silent).Select(compare.Query{})
	for what, write := range map[string]func(context.Context, *bytes.Buffer, func(int, int)) error{
		"CSV": func(ctx context.Context, b *bytes.Buffer, p func(int, int)) error {
			return s.WriteCSV(ctx, b, grants, p)
		},
		"JSON Lines": func(ctx context.Context, b *bytes.Buffer, p func(int, int)) error {
			return s.WriteJSONLines(ctx, b, grants, p)
		},
	} {
		ctx, stop := context.WithCancel(t.Context())
		var told []int
		var out bytes.Buffer
		err := write(ctx, &out, func(done, total int) {
			if told = append(told, done); total != len(all) {
				t.Errorf("%s: %d rows are told", what, total)
			}
			if done == 1000 {
				stop()
			}
		})
		if !errors.Is(err, context.Canceled) || !slices.Equal(told, []int{0, 1000}) {
			t.Errorf("%s: told %d, error %v", what, told, err)
		}
		stop()
	}
}

func BenchmarkSelectOf100000(b *testing.B) {
	all := make([]compare.Row, 100_000)
	for i := range all {
		all[i] = cluster(fmt.Sprint(i), fmt.Sprint("cluster-", i), "project", i%2 == 0, inventory.NotGranted)
	}
	say := func(compare.Row) string { return "not granted" }
	b.Run("prepare", func(b *testing.B) {
		for b.Loop() {
			compare.New(all, say)
		}
	})
	rows := compare.New(all, say)
	b.Run("select", func(b *testing.B) {
		for b.Loop() {
			if rows.Select(compare.Query{Words: "99 cluster"}).Len() == 0 {
				b.Fatal("nothing is found")
			}
		}
	})
}

func silent(compare.Row) string { return "" }
