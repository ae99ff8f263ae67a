package auth_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"canopy/auth"
)

// projects makes projects of "id name" or "id".
func projects(words ...string) []auth.Project {
	var list []auth.Project
	for _, w := range words {
		id, name, _ := strings.Cut(w, " ")
		list = append(list, auth.Project{ID: id, Name: name})
	}
	return list
}

func words(list []auth.Project) string {
	var all []string
	for _, p := range list {
		all = append(all, strings.TrimSpace(p.ID+" "+p.Name))
	}
	return strings.Join(all, ", ")
}

func TestWhatAGrantCoversIsWhatItsServerStates(t *testing.T) {
	for name, c := range map[string]struct {
		grant auth.Grant
		want  auth.Coverage
	}{
		"all projects":     {auth.Grant{AllProjects: true}, auth.Covered},
		"this and another": {auth.Grant{Projects: projects("p2", "p1")}, auth.Covered},
		"another":          {auth.Grant{Projects: projects("p2")}, auth.NotCovered},
		"nothing stated":   {auth.Grant{Known: projects("p1"), Asked: auth.Reach{All: true}}, auth.CoverageUnknown},
	} {
		if got, many := c.grant.Covers("p1"), c.grant.Coverage()("p1"); got != c.want || many != c.want {
			t.Errorf("%s: it is %d and %d, want %d", name, got, many, c.want)
		}
	}
}

func TestWhatWasAskedForIsComparedWithWhatWasGiven(t *testing.T) {
	known := projects("p1 One", "p2 Two", "p3 Three")
	for name, c := range map[string]struct {
		asked, given auth.Reach
		fewer, more  string
		unknown      bool
	}{
		"the same":                        {asked: auth.Reach{Projects: projects("p1", "p2")}, given: auth.Reach{Projects: projects("p2 Two", "p1 One")}},
		"fewer":                           {asked: auth.Reach{Projects: projects("p2 Two", "p1 One")}, given: auth.Reach{Projects: projects("p1 One")}, fewer: "p2 Two"},
		"more":                            {asked: auth.Reach{Projects: projects("p1")}, given: auth.Reach{Projects: projects("p3 Three", "p1 One", "p2 Two")}, more: "p2 Two, p3 Three"},
		"others":                          {asked: auth.Reach{Projects: projects("p1 One")}, given: auth.Reach{Projects: projects("p2 Two")}, fewer: "p1 One", more: "p2 Two"},
		"all, and all":                    {asked: auth.Reach{All: true}, given: auth.Reach{All: true}},
		"all, and some":                   {asked: auth.Reach{All: true}, given: auth.Reach{Projects: projects("p1 One", "p9")}, fewer: "p2 Two, p3 Three"},
		"some, and all":                   {asked: auth.Reach{Projects: projects("p1", "p9")}, given: auth.Reach{All: true}, more: "p2 Two, p3 Three"},
		"asked for nothing in particular": {given: auth.Reach{All: true}, unknown: true},
		"asked for an organization alone": {asked: auth.Reach{Organization: auth.Organization{ID: "1001"}}, given: auth.Reach{All: true}, unknown: true},
		"nothing stated":                  {asked: auth.Reach{All: true}, unknown: true},
	} {
		g := auth.Grant{Asked: c.asked, AllProjects: c.given.All, Projects: c.given.Projects, Known: known}
		fewer, more, ok := g.Compare()
		if words(fewer) != c.fewer || words(more) != c.more || ok == c.unknown {
			t.Errorf("%s: fewer %q, more %q, known %t", name, words(fewer), words(more), ok)
		}
	}
	if words(known) != "p1 One, p2 Two, p3 Three" {
		t.Errorf("comparing has changed what is known: %v", known)
	}
}

func TestAGrantRemembersTheProjectsItHasSeen(t *testing.T) {
	var g auth.Grant
	if !g.Remember(projects("p1 One", "p2 Two", "p2 Again", "")) || words(g.Known) != "p1 One, p2 Two" {
		t.Errorf("known are %q", words(g.Known))
	}
	if g.Remember(projects("p1 One", "p2 Two")) {
		t.Error("seeing the same again is a change")
	}
	before := g.Known
	if !g.Remember(projects("p1 Uno", "p3")) || words(g.Known) != "p2 Two, p1 Uno, p3" {
		t.Errorf("known are %q", words(g.Known))
	}
	if g.Remember(projects("p1", "p3")) || words(g.Known) != "p2 Two, p1 Uno, p3" {
		t.Errorf("a project without a name lost the one it had: %q", words(g.Known))
	}
	g.Remember([]auth.Project{{ID: "p1", Virtual: true}})
	g.Remember(projects("p1"))
	if known := g.Known[len(g.Known)-1]; known != (auth.Project{ID: "p1", Name: "Uno", Virtual: true}) {
		t.Errorf("known of it is %+v", known)
	}
	g.Forget("p1")
	g.Forget("p7")
	if words(g.Known) != "p2 Two, p3" || words(before) != "p1 One, p2 Two" {
		t.Errorf("known are %q, and before %q", words(g.Known), words(before))
	}
}

func TestWhatIsKnownIsBounded(t *testing.T) {
	var old, seen []auth.Project
	for i := range 5000 {
		old = append(old, auth.Project{ID: fmt.Sprint("old-", i)})
	}
	for i := range 10 {
		seen = append(seen, auth.Project{ID: fmt.Sprint("new-", i)})
	}
	var g auth.Grant
	g.Remember(old)
	g.Remember(seen)
	if len(g.Known) != 5000 || !slices.Contains(g.Known, seen[0]) || slices.Contains(g.Known, old[9]) || !slices.Contains(g.Known, old[10]) {
		t.Errorf("%d are known, from %v to %v", len(g.Known), g.Known[0], g.Known[len(g.Known)-1])
	}
}
