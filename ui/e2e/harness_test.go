package e2e

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

// The example of RFC 7636 appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func canaries(t *testing.T) *Canaries {
	t.Helper()
	c := &Canaries{}
	err := c.AddLink("http://127.0.0.1:1/authorize?state=the-state-of-this&code_challenge_method=S256&code_challenge=" + challenge)
	if err != nil {
		t.Fatal(err)
	}
	c.AddVisited([]string{"http://127.0.0.1:2/callback?code=the-code-of-this&state=x", "http://127.0.0.1:2/done/1"})
	c.AddRecords([]string{
		`{"access_token":"an-access-token-of-some-length","expiry":1}`,
		"v1:" + base64.RawStdEncoding.EncodeToString([]byte(`{"RefreshToken": "a-refresh-token-of-some-length"}`)),
	})
	return c
}

func TestCanariesAreFoundWhereverTheyTurnUp(t *testing.T) {
	c := canaries(t)
	if tokens, codes, challenges := c.Count(); tokens != 2 || codes != 1 || challenges != 1 {
		t.Fatalf("counted %d tokens, %d codes, %d challenges; want 2, 1, 1", tokens, codes, challenges)
	}
	for text, want := range map[string]string{
		"level=INFO msg=ok":                                "",
		"state=the-state-of-this":                          "",
		"code_challenge=" + challenge:                      "",
		"Bearer an-access-token-of-some-length":            "a token in the log",
		"rotated a-refresh-token-of-some-length.":          "a token in the log",
		"GET /callback?code=the-code-of-this":              "a code in the log",
		"code_verifier=" + verifier + "&x=1":               "a verifier in the log",
		"glued-to-other-characters" + verifier + "-and-on": "a verifier in the log",
	} {
		if got := strings.Join(c.Leaks("the log", text), ", "); got != want {
			t.Errorf("Leaks(%q) = %q; want %q", text, got, want)
		}
	}
	if got := c.LeaksOfState("the log", "state=the-state-of-this"); len(got) != 1 {
		t.Errorf("LeaksOfState = %q; want the state", got)
	}
}

func TestALinkWithoutAChallengeIsRefused(t *testing.T) {
	for _, link := range []string{
		"http://127.0.0.1:1/authorize?state=s&code_challenge=" + challenge,
		"http://127.0.0.1:1/authorize?code_challenge_method=S256&code_challenge=" + challenge,
		"http://127.0.0.1:1/authorize?state=s&code_challenge_method=S256",
	} {
		if new(Canaries).AddLink(link) == nil {
			t.Errorf("AddLink(%q) found nothing missing", link)
		}
	}
}

func tree(id, name string, children ...*Node) *Node {
	return &Node{ID: id, Name: name, Children: children}
}

func TestDifferencesNameTheLinesThatDiffer(t *testing.T) {
	want := tree("org/1", "Acme", tree("project/2", "b"), tree("project/1", "a", tree("cluster/9", "x")))
	for name, c := range map[string]struct {
		got  *Node
		says []string
	}{
		"the same in another order": {tree("org/1", "Acme", tree("project/1", "a", tree("cluster/9", "x")), tree("project/2", "b")), nil},
		"a cluster is missing":      {tree("org/1", "Acme", tree("project/2", "b"), tree("project/1", "a")), []string{"-     x  (cluster/9)"}},
		"another name":              {tree("org/1", "Acme", tree("project/2", "B"), tree("project/1", "a", tree("cluster/9", "x"))), []string{"-   b  (project/2)", "+   B  (project/2)"}},
	} {
		if got := Differences(want, c.got); !slices.Equal(got, c.says) {
			t.Errorf("%s: Differences = %q; want %q", name, got, c.says)
		}
	}
	moved := tree("org/1", "Acme", tree("project/2", "b", tree("cluster/9", "x")), tree("project/1", "a"))
	if got := Differences(want, moved); len(got) != 1 || !strings.Contains(got[0], "nested in another way") {
		t.Errorf("a cluster in another project: Differences = %q; want one that says so", got)
	}
}

func rowAt(y int, row string) Object { return Object{Row: row, X: 0, Y: y, W: 300, H: 30} }

func TestRowsBecomeATree(t *testing.T) {
	rows := lines([]Object{
		{Text: "a label"},
		rowAt(60, "cluster/9|a|pipe|in it|note|tag||depth=2 open=false expandable=false tick=0"),
		rowAt(0, "org/1|Acme|2 projects|||depth=0 open=true expandable=true tick=0"),
		rowAt(30, "project/1|a||TiDB X|1|depth=1 open=true expandable=true tick=0"),
		rowAt(90, "project/2|b||TiDB X|0|depth=1 open=true expandable=true tick=0"),
		rowAt(120, "empty/project/2|No clusters||||depth=2 open=false expandable=false tick=0"),
	})
	got, err := nest(rows)
	if err != nil {
		t.Fatal(err)
	}
	want := tree("org/1", "Acme", tree("project/1", "a", tree("cluster/9", "a|pipe|in it")), tree("project/2", "b"))
	want.count()
	if d := Differences(want, got); d != nil {
		t.Errorf("differences: %q", d)
	}
}

func TestNamesAreLegibleOnTheScreen(t *testing.T) {
	for name, want := range map[string]string{
		"orders-prod":            "orders-prod",
		"東京-在庫":                  "東京-在庫",
		"a\u202eb":               "a‹U+202E›b",
		"two\nlines":             "two lines",
		strings.Repeat("x", 300): strings.Repeat("x", 119) + "…",
	} {
		if got := tree("cluster/1", name).OnScreen().Name; got != want {
			t.Errorf("OnScreen(%q) = %q; want %q", name, got, want)
		}
	}
}

func TestASightLeavesOutWhatIsHiddenAndSaysWhatIsNotGranted(t *testing.T) {
	virtual := tree("project/4", "(no project)")
	virtual.virtual = true
	granted := func() *Node { return tree("org/1", "Acme", tree("project/1", "a"), tree("project/2", "b"), virtual) }
	outside := []*Node{tree("project/1", "a"), tree("project/5", "e"), tree("project/6", "f")}
	for name, c := range map[string]struct {
		sight Sight
		rows  []string
		says  string
	}{
		"all of it":            {Sight{}, []string{"org/1", "project/1", "project/2", "project/4"}, "This grant sees 2 projects"},
		"one is hidden":        {Sight{Hidden: []string{"1"}}, []string{"org/1", "project/2", "project/4", "fold/hidden by you", "absent/1"}, "Showing 1 of 2 granted projects"},
		"others are known":     {Sight{Known: []string{"1", "5", "6"}}, []string{"org/1", "project/1", "project/2", "project/4", "absent/5", "absent/6"}, "This grant sees 2 of 4 projects"},
		"one of them is known": {Sight{Known: []string{"6"}}, []string{"org/1", "project/1", "project/2", "project/4", "absent/6"}, "This grant sees 2 of 3 projects"},
	} {
		got := c.sight.screen(granted(), outside)
		if rows := got.Tree.Rows(); !slices.Equal(rows, c.rows) || got.Sentence != c.says {
			t.Errorf("%s: the screen has %q and says %q; want %q and %q", name, rows, got.Sentence, c.rows, c.says)
		}
	}
}
