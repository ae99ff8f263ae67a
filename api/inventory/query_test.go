package inventory_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

// fleet is a shelf of clusters that differ in every field that can be searched.
func fleet(t testing.TB) *inventory.Inventory {
	t.Helper()
	tokyo := api.Region{ID: "aws-ap-northeast-1", Provider: "aws", City: "Tokyo", Code: "ap-northeast-1", Display: "Tokyo (ap-northeast-1)"}
	iowa := api.Region{ID: "gcp-us-central1", Provider: "gcp", City: "Iowa", Code: "us-central1", Display: "Iowa (us-central1)"}
	host := func(name string) api.Endpoint { return api.Endpoint{Host: name + ".tidbcloud.example", Port: 4000} }
	private := host("private-7")
	source := &shelf{
		organizing: api.Organization{ID: "1", Name: "Fleet"},
		projects: []api.Page[api.Project]{page(
			api.Project{ID: "101", Name: "payments", Type: api.ProjectTiDBX},
			api.Project{ID: "102", Name: "Warehouse 7", Type: api.ProjectDedicated},
			api.Project{ID: "103", Name: "staging-eu", Type: api.ProjectTiDBX},
		)},
		clusters: []api.Page[api.Cluster]{page(
			api.Cluster{ID: "1", Name: "Orders-Prod", ProjectID: "101", Region: tokyo, Plan: api.PlanStarter, State: api.StateActive, CreatedBy: "alice smith", Public: host("gw-1"), Labels: map[string]string{"env": "prod", "team": "Blue"}},
			api.Cluster{ID: "2", Name: "orders-staging", ProjectID: "101", Region: tokyo, Plan: api.PlanEssential, State: api.StateInactive, CreatedBy: "bob@acme.example", Public: host("gw-2"), Labels: map[string]string{"env": "staging"}},
			api.Cluster{ID: "3", Name: "ledger: old", ProjectID: "103", Region: iowa, Plan: api.PlanStarter, State: api.StateActive, CreatedBy: "APIKEY-1", Public: host("gw-1")},
			api.Cluster{ID: "41", Name: "Ärger 東京", ProjectID: "103", Region: iowa, Plan: api.PlanStarter, State: api.StatePaused, CreatedBy: "bob@acme.example", Public: host("gw-1"), Private: &private},
		)},
		dedicated: map[string][]api.Page[api.Cluster]{"102": {page(
			api.Cluster{ID: "5", Name: "invoices\nbig", ProjectID: "102", Region: iowa, Plan: api.PlanDedicated, State: api.StateActive, CreatedBy: "alice smith", Host: api.HostDedicated},
			api.Cluster{ID: "6", Name: `say "cheese"`, ProjectID: "102"},
		)}},
		branches: map[string]api.Page[api.Branch]{"2": page(
			api.Branch{ID: "b1", Name: "hotfix-tax", ClusterID: "2", State: api.StateActive, CreatedBy: "carol", Public: host("gw-9")},
			api.Branch{ID: "b2", Name: "try", ClusterID: "2", State: "CREATING", CreatedBy: "bob@acme.example"},
		)},
	}
	v := inventory.New(source, now)
	load(t, v)
	if err := v.LoadBranches(t.Context(), "2", nil); err != nil {
		t.Fatal(err)
	}
	return v
}

func ids(matches []inventory.Match) string {
	all := make([]string, 0, len(matches))
	for _, m := range matches {
		all = append(all, m.ID)
	}
	return strings.Join(all, " ")
}

func TestTheLanguageOfTheSearch(t *testing.T) {
	s := fleet(t).Snapshot()
	for _, c := range []struct{ words, want string }{
		{"orders", "1 2"},
		{"ORDERS tokyo", "1 2"},
		{"orders tokyo bob", "2"},
		{"orders iowa", ""},
		{`"alice smith"`, "1 5"},
		{`"smith alice"`, ""},
		{"smith alice", "1 5"},

		{"name:orders", "1 2"},
		{"name:tokyo", ""},
		{"id:4", "41"},
		{"id:10", "101 102 103"},
		{"region:us-central", "3 41 5"},
		{"region:Tokyo", "1 2"},
		{"plan:start", "3 41 1"},
		{"plan:arter", ""},
		{"state:active", "3 b1 1 5"},
		{"state:inactive", "2"},
		{"creator:bob", "41 2 b2"},
		{`creator:"alice smith"`, "1 5"},
		{"label:env=prod", "1"},
		{"label:ENV", "1 2"},
		{"label:blue", "1"},
		{"host:gw-1", "3 41 1"},
		{"host:private", "41"},
		{"project:payments", "101 1 2 b1 b2"},
		{"project:103", "103 3 41"},
		{`project:"warehouse 7" alice`, "5"},
		{"type:dedicated", "102 5 6"},
		{"type:branch", "b1 b2"},
		{"type:project", "101 103 102"},
		{"type:cluster label:", "1 2"},

		{"orders -staging", "1"},
		{"-state:active type:cluster", "41 2 6"},
		{"-label: type:cluster", "3 41 5 6"},
		{`-"alice smith" orders`, "2"},
		{"-name:o type:project", "101 103"},
		{"-state:active", "41 2 6 b2"},
		{"region:iowa -plan:starter", "5"},

		{"STATE:Paused", "41"},
		{"unknown:field", ""},
		{"ledger:", "3"},
		{"ÄRGER 東京", "41"},
		{`"invoices big"`, "5"},
		{inventory.Phrase("Orders-Prod"), "1"},
		{inventory.Phrase(`-state:"active"`), ""},
		{inventory.Phrase(`say "cheese"`), "6"},
		{`"say ""ch`, "6"},
		{`name:"""cheese""" plan:`, ""},
	} {
		t.Run(c.words, func(t *testing.T) {
			got := strings.Fields(ids(s.Search(c.words)))
			want := strings.Fields(c.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

// TestEveryMomentOfTypingMeansSomething types queries letter by letter. What
// has only been begun counts as a word.
func TestEveryMomentOfTypingMeansSomething(t *testing.T) {
	view := inventory.NewView(fleet(t).Snapshot(), inventory.Reach{Shows: only("101", "102")})
	for _, words := range []string{`-state:"acti" name:`, `"orders prod"-label:env`, `:::`, `- -- -"" "" - "`, `label:"`, "a:\x00b\xff", `-`, `name:-x`, "\u3000state:\u3000x"} {
		for end := range words {
			view.Search(words[:end])
		}
		view.Search(words)
	}
	for _, c := range []struct{ words, want string }{
		{`"orders-p`, "1"}, {`creator:"alice s`, "1 5"}, {"state:", "2 b1 b2 1 5"}, {"-", "1 2 5 b1"}, {`orders "`, "1 2"}, {`orders ""`, "1 2"}, {"orders -", "1 2"},
		{":", ""}, {"orders :", ""}, {`"`, ""},
	} {
		got := strings.Fields(ids(view.Search(c.words).Matches))
		want := strings.Fields(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: found %q, want %q", c.words, got, want)
		}
	}
}

func TestQueriesSayWhatTheyAre(t *testing.T) {
	for words, want := range map[string][2]bool{ // empty, excludes
		"": {true, false}, " \t": {true, false}, `""`: {true, false}, `-"`: {true, false}, "a": {}, "a -b": {false, true}, "state:": {}, "-state:": {false, true},
	} {
		if q := inventory.ParseQuery(words); q.Empty() != want[0] || q.Excludes() != want[1] {
			t.Errorf("%q: empty %v, excludes %v", words, q.Empty(), q.Excludes())
		}
	}
	if f := inventory.NewView(fleet(t).Snapshot(), inventory.Reach{}).Search(`""`); len(f.Matches) != 0 || f.Nothing {
		t.Errorf("found %+v for no words", f)
	}
}

func TestWhereAMatchHasTheWords(t *testing.T) {
	view := inventory.NewView(fleet(t).Snapshot(), inventory.Reach{Shows: only("101", "102")})
	for _, c := range []struct{ words, id, want string }{
		{"prod ORD", "1", "name Orders-[Prod], name [Ord]ers-Prod"},
		{"orders smith", "1", "name [Orders]-Prod, creator alice [smith]"},
		{"team=b tokyo", "1", "label [team=B]lue, region [Tokyo] (ap-northeast-1)"},
		{"state:act -label:x plan:", "1", "state [ACT]IVE"},
		{"gw-2", "2", "host [gw-2].tidbcloud.example"},
		{"tax project:pay", "b1", "name hotfix-[tax], project [pay]ments"},
		{"type:dedi ware", "102", "type [dedi]cated, name [Ware]house 7"},
		{"type:cluster 5", "5", "type [cluster], id [5]"},
		{"rger 東", "41", "name Ä[rger] 東京, name Ärger [東]京"},
		{"s b", "5", "name invoice[s]\nbig, name invoices\n[b]ig"},
		{`"s b"`, "5", "name invoice[s\nb]ig"},
		{"ordres-prod", "1", "name [Orders-Prod]"},
	} {
		t.Run(c.words, func(t *testing.T) {
			f := view.Search(c.words)
			all := slices.Concat(f.Matches, f.Hidden)
			i := slices.IndexFunc(all, func(m inventory.Match) bool { return m.ID == c.id })
			if i < 0 {
				t.Fatalf("found only %s", ids(all))
			}
			var got []string
			for _, h := range f.Where(all[i]) {
				got = append(got, fmt.Sprintf("%s %s[%s]%s", h.Field, h.Text[:h.Start], h.Text[h.Start:h.End], h.Text[h.End:]))
			}
			if joined := strings.Join(got, ", "); joined != c.want {
				t.Errorf("got  %s\nwant %s", joined, c.want)
			}
		})
	}
	if hits := (inventory.Found{}).Where(inventory.Match{ID: "1"}); hits != nil {
		t.Errorf("nothing was searched, and %v found", hits)
	}
	if hits := view.Search("orders").Where(inventory.Match{Kind: inventory.MatchCluster, ID: "99", ProjectID: "101"}); hits != nil {
		t.Errorf("what is not there has %v", hits)
	}
}

func TestSlipsOfTheFinger(t *testing.T) {
	view := inventory.NewView(fleet(t).Snapshot(), inventory.Reach{
		Shows: only("101"), Known: []api.Project{{ID: "201", Name: "analytics"}},
	})
	for _, c := range []struct{ words, repaired, want string }{
		{"orders", "", "shown 1 2"}, // nothing to repair
		{"orers", "orders", "shown 1 2"},
		{"oorders", "orders", "shown 1 2"},
		{"orbers", "orders", "shown 1 2"},
		{"odrers", "orders", "shown 1 2"},
		{"ordres-prod", "orders-prod", "shown 1"},
		{"ORDRES bob", "orders bob", "shown 2"},
		{`"odrers-prod" -state:paused`, `"orders-prod" -state:paused`, "shown 1"},
		{"name:ordres tokyo", "name:orders tokyo", "shown 1 2"},
		{"odrer", "", "nothing"},             // two slips in five letters
		{"invoicse", "invoices", "hidden 5"}, // eight letters
		{"inviocse", "invoices", "hidden 5"}, // and two slips
		{"invoicsse", "invoices", "hidden 5"},
		{"hotfxi", "hotfix", "shown b1"},
		{"paymenst", "payments", "shown 101"},
		{"warehuose", "warehouse", "hidden 102"},
		{"anaxytics", "analytics", "not granted 201"},
		{"ärgre", "ärger", "hidden 41"},
		{"tyr", "try", "shown b2"},
		{"yr", "", "nothing"},              // too short to say anything
		{"42", "", "nothing"},              // a number is not a slip
		{"state:actve", "", "nothing"},     // only names are repaired
		{"orders iowa", "", "nothing"},     // each word is there
		{"-ordres unicorn", "", "nothing"}, // what is left out is left alone
	} {
		t.Run(c.words, func(t *testing.T) {
			f := view.Search(c.words)
			if got := describe(f); got != c.want || f.Repaired != c.repaired {
				t.Errorf("found %q for %q, want %q for %q", got, f.Repaired, c.want, c.repaired)
			}
		})
	}
}

func TestSlipsBecomeTheWordThatMostNamesHave(t *testing.T) {
	cloud := newCloud(t)
	cloud.clusters = []row{{"1", "cart", "101", "Starter"}, {"2", "card", "101", "Starter"}, {"3", "card", "103", "Starter"}, {"4", "care", "101", "Starter"}}
	v := inventory.NewView(load(t, cloud.inventory(t)), inventory.Reach{})
	if f := v.Search("carx"); f.Repaired != "card" || ids(f.Matches) != "2 3" {
		t.Errorf("repaired to %q, found %s", f.Repaired, ids(f.Matches))
	}
}

func TestMatchesSayWhereTheyStand(t *testing.T) {
	s := fleet(t).Snapshot()
	for _, m := range s.Search("e") {
		switch m.Kind {
		case inventory.MatchCluster:
			if s.Clusters(m.ProjectID)[m.Index].ID != m.ID {
				t.Errorf("%+v is not there", m)
			}
		case inventory.MatchBranch:
			if s.Branches(m.ClusterID)[m.Index].ID != m.ID {
				t.Errorf("%+v is not there", m)
			}
		case inventory.MatchProject:
		}
	}
}

// plainly evaluates one term over what everybody can see of a cluster.
func plainly(c api.Cluster, p api.Project, field, word string) bool {
	texts := map[string][]string{
		"name": {c.Name}, "id": {c.ID}, "region": {c.Region.ID, c.Region.Display}, "plan": {string(c.Plan)}, "state": {string(c.State)},
		"creator": {c.CreatedBy}, "host": {c.Public.Host}, "project": {p.Name, p.ID}, "type": {"cluster", string(p.Type)},
	}
	for name, value := range c.Labels {
		texts["label"] = append(texts["label"], name+"="+value)
	}
	if c.Private != nil {
		texts["host"] = append(texts["host"], c.Private.Host)
	}
	var in []string
	for name, some := range texts {
		if field == name || field == "" && name != "project" && name != "type" {
			in = append(in, some...)
		}
	}
	return slices.ContainsFunc(in, func(text string) bool {
		text = strings.ReplaceAll(strings.ToLower(text), "\n", " ")
		switch {
		case word == "":
			return text != ""
		case field == "state" || field == "plan":
			return strings.HasPrefix(text, word)
		}
		return strings.Contains(text, word)
	})
}

// TestSearchAgreesWithAPlainModel makes up queries and evaluates them cluster
// by cluster as well, in every snapshot of an inventory that grows.
func TestSearchAgreesWithAPlainModel(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 8))
	one := func(all ...string) string { return all[random.IntN(len(all))] }
	clusters := make([]api.Cluster, 150)
	for i := range clusters {
		clusters[i] = api.Cluster{
			ID: fmt.Sprint(random.IntN(120)), Name: one("Ab", "b", "CA\n", "é", "") + one("a", "-", "Ö") + fmt.Sprint(i%7), ProjectID: one("0", "1", "2", "9", ""),
			Plan: api.Plan(one("Starter", "", "BYOC")), State: api.State(one("ACTIVE", "INACTIVE", "")), CreatedBy: one("bob", "Abe", ""),
			Region: api.Region{ID: one("ab-c", "b"), Display: one("", "City (b)")}, Public: api.Endpoint{Host: one("a.b", "c")},
		}
		if random.IntN(2) == 0 {
			clusters[i].Labels = map[string]string{one("a", "b"): one("A", "c=d"), "k": one("1", "2")}
			clusters[i].Private = &api.Endpoint{Host: one("ab", "x")}
		}
	}
	source := &shelf{projects: []api.Page[api.Project]{page(api.Project{ID: "0", Name: "ab 0", Type: "tidbx"}, api.Project{ID: "1", Name: "B", Type: "dedicated"}, api.Project{ID: "2", Type: "tidbx_virtual"})}}
	source.dedicated = map[string][]api.Page[api.Cluster]{"1": {page(clusters[:10]...), page(clusters[10:20]...)}}
	for rest := clusters[20:]; len(rest) > 0; rest = rest[10:] {
		source.clusters = append(source.clusters, page(rest[:10]...))
	}
	check := func(s *inventory.Snapshot) {
		for range 40 {
			var words, want []string
			type term struct {
				not         bool
				field, word string
			}
			var terms []term
			for range 1 + random.IntN(3) {
				m := term{random.IntN(3) == 0, one("", "", "name", "id", "region", "plan", "state", "creator", "host", "label", "project", "type"), one("a", "b", "ab", "1", "-", "é", "ca ", "inact", "active", "c", "=", "")}
				if m.field == "" && m.word == "" {
					continue
				}
				terms = append(terms, m)
				words = append(words, `"`+strings.ToUpper(m.word)+`"`)
				if last := len(words) - 1; m.field != "" {
					words[last] = m.field + ":" + words[last]
				}
				if last := len(words) - 1; m.not {
					words[last] = "-" + words[last]
				}
			}
			for _, p := range s.Projects() {
				for _, c := range s.Clusters(p.ID) {
					if len(terms) > 0 && !slices.ContainsFunc(terms, func(m term) bool { return plainly(c, p, m.field, m.word) == m.not }) {
						want = append(want, c.ID)
					}
				}
			}
			var got []string
			for _, m := range s.Search(strings.Join(words, " ")) {
				if m.Kind == inventory.MatchCluster {
					got = append(got, m.ID)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s finds %v, want %v", words, got, want)
			}
		}
	}
	v := inventory.New(source, now)
	if err := v.Load(t.Context(), check); err != nil {
		t.Fatal(err)
	}
	check(v.Snapshot())
}

// TestOrderIsTheSameHoweverTheRowsCome reads the same names at once and page by
// page, looking at each snapshot.
func TestOrderIsTheSameHoweverTheRowsCome(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	parts := []string{"a", "A", "b", "-", "0", "00", "1", "9", "10", "007", "é", "É", "\x00", " ", "東", "~", "/", ":", "\xff"}
	var all []api.Cluster
	for i := range 400 {
		name := ""
		for range random.IntN(5) {
			name += parts[random.IntN(len(parts))]
		}
		all = append(all, api.Cluster{ID: fmt.Sprint(parts[random.IntN(10)], i), Name: name, ProjectID: "1"})
	}
	order := func(look bool, pages ...api.Page[api.Cluster]) []api.Cluster {
		v := inventory.New(&shelf{clusters: pages}, now)
		if err := v.Load(t.Context(), func(s *inventory.Snapshot) {
			if look {
				s.Clusters("1")
			}
		}); err != nil {
			t.Fatal(err)
		}
		return v.Snapshot().Clusters("1")
	}
	var pages []api.Page[api.Cluster]
	for rest := all; len(rest) > 0; rest = rest[8:] {
		pages = append(pages, page(rest[:8]...))
	}
	atOnce, step := order(false, page(all...)), order(true, pages...)
	for i := range atOnce {
		if atOnce[i].ID != step[i].ID {
			t.Fatalf("at %d stands %q, and %q page by page", i, atOnce[i].Name, step[i].Name)
		}
	}
}
