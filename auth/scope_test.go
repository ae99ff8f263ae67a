package auth_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"canopy/auth"
)

func TestAScopeSaysWhatItShowsAndWhatOfNewProjects(t *testing.T) {
	for name, c := range map[string]struct {
		scope auth.Scope
		shows string // of a, b, and new, which comes later
	}{
		"everything":           {shows: "a b new"},
		"all but one":          {scope: auth.Scope{Hidden: []string{"b"}}, shows: "a new"},
		"only one":             {scope: auth.Scope{Only: []string{"b"}}, shows: "b"},
		"both, and Only wins":  {scope: auth.Scope{Only: []string{"b"}, Hidden: []string{"b"}}, shows: "b"},
		"only one that is not": {scope: auth.Scope{Only: []string{"gone"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var shown, filtered []string
			filter := c.scope.Filter()
			for _, id := range []string{"a", "b", "new"} {
				if c.scope.Shows(id) {
					shown = append(shown, id)
				}
				if filter(id) {
					filtered = append(filtered, id)
				}
			}
			if got := strings.Join(shown, " "); got != c.shows || !slices.Equal(shown, filtered) {
				t.Errorf("it shows %q and filters %q, want %q", got, filtered, c.shows)
			}
			if c.scope.IsZero() != (c.shows == "a b new") {
				t.Errorf("it is zero: %t", c.scope.IsZero())
			}
		})
	}
}

func TestAScopeIsKeptInOneForm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grants.json")
	g := openGrants(t, path)
	if err := g.Put(auth.Grant{ID: "a", Scope: auth.Scope{Hidden: []string{"c", "b", "c"}}}); err != nil {
		t.Fatal(err)
	}
	if one, _ := g.Get("a"); !reflect.DeepEqual(one.Scope, auth.Scope{Hidden: []string{"b", "c"}}) {
		t.Errorf("kept is %+v", one.Scope)
	}
	mine := []string{"y", "x", "y"}
	if err := g.Update("a", func(g *auth.Grant) { g.Scope.Only = mine }); err != nil {
		t.Fatal(err)
	}
	mine[0] = "changed by its owner"
	if one, _ := openGrants(t, path).Get("a"); !reflect.DeepEqual(one.Scope, auth.Scope{Only: []string{"x", "y"}}) {
		t.Errorf("kept is %+v", one.Scope)
	}
}

// olderFile is what a Canopy wrote that knew neither hidden projects nor what was asked for.
const olderFile = `{
  "version": 1,
  "grants": [
    {
      "id": "4f2a", "environment": "test", "method": "browser", "user": {"email": "ada@example.com"},
      "organization": {"id": "1001", "name": "Acme"}, "projects": [{"id": "p1", "name": "One"}],
      "scope": {"only": ["p2", "p1"]}, "granted_at": "2026-01-02T03:04:05Z", "last_used": "2026-01-02T03:04:05Z", "kept": "keyring"
    }
  ]
}`

func TestAFileOfAnOlderCanopyOpens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grants.json")
	if err := os.WriteFile(path, []byte(olderFile), 0o600); err != nil {
		t.Fatal(err)
	}
	g := openGrants(t, path)
	one, ok := g.Get("4f2a")
	if !ok || !one.Scope.Shows("p1") || !one.Scope.Shows("p2") || one.Scope.Shows("p3") || !one.Asked.IsZero() || one.Known != nil {
		t.Fatalf("it says %+v", one)
	}
	if err := g.Update("4f2a", func(g *auth.Grant) { g.Role = "org:owner" }); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	if file["version"] != 1.0 || len(file) != 2 {
		t.Errorf("it is now %s", content)
	}
	for _, later := range []string{"hidden", "asked", "known", "replaced"} {
		if strings.Contains(string(content), `"`+later) {
			t.Errorf("a grant without it is written with %q", later)
		}
	}
}
