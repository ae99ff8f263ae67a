package auth_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

// detailsOf is what a token answer states of Acme.
func detailsOf(projects ...string) string {
	quoted := `"all"`
	if len(projects) > 0 {
		quoted = `["` + strings.Join(projects, `","`) + `"]`
	}
	return `[{"type":"tidbcloud","organization":{"id":"1001"},"projects":` + quoted + `}]`
}

func TestBehaviour13TheSameAccountIsUpdatedWhateverItCovers(t *testing.T) {
	h := newHouse(t, separate)
	h.server.with(func() { h.server.details = acme })
	first := h.mustSignIn()
	if err := h.grants.Update(first.ID, func(g *auth.Grant) {
		g.Remember(projects("p7 Seven"))
		g.Scope.Hidden = []string{"p2"}
	}); err != nil {
		t.Fatal(err)
	}
	h.clock.move(time.Minute)
	h.server.with(func() { h.server.details = detailsOf("p1", "p3") })
	g := h.mustSignIn()
	if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID || g.ID == first.ID {
		t.Fatalf("grants %+v", list)
	}
	if g.Organization.Name != "Acme" || words(g.Projects) != "p1 One, p3" || !g.LastUsed.After(first.LastUsed) {
		t.Errorf("the names it had are lost: %+v", g)
	}
	if words(g.Known) != "p7 Seven, p2 Two, p1 One, p3" {
		t.Errorf("known are %q", words(g.Known))
	}
	if !reflect.DeepEqual(g.Scope, auth.Scope{Hidden: []string{"p2"}}) || !reflect.DeepEqual(g.Replaced, []string{first.ID}) {
		t.Errorf("scope %+v, after %v", g.Scope, g.Replaced)
	}
	if kept, _ := h.grants.Get(g.ID); !reflect.DeepEqual(kept, g) {
		t.Errorf("kept is %+v, given %+v", kept, g)
	}
}

func TestBehaviour13TheScopeGoesOnAndShowsWhatWasAskedForAnew(t *testing.T) {
	only := func(ids ...string) auth.Scope { return auth.Scope{Only: ids} }
	hidden := func(ids ...string) auth.Scope { return auth.Scope{Hidden: ids} }
	some := func(ids ...string) *auth.Reach { return &auth.Reach{Projects: projects(ids...)} }
	for name, c := range map[string]struct {
		covers []string // before; nil: all
		silent bool     // the server states nothing, before and after
		scope  auth.Scope
		want   *auth.Reach
		after  auth.Scope
	}{
		"all, also new ones":                    {covers: []string{"p1"}, want: some("p1", "p2")},
		"only these, and one more":              {covers: []string{"p1", "p2"}, scope: only("p1"), want: some("p1", "p2", "p3"), after: only("p1", "p3")},
		"only these, and fewer":                 {covers: []string{"p1", "p2"}, scope: only("p1", "p2"), want: some("p1"), after: only("p1", "p2")},
		"only these, and nothing in particular": {covers: []string{"p1", "p2"}, scope: only("p1"), after: only("p1")},
		"only these of all":                     {scope: only("p1"), want: some("p1", "p3"), after: only("p1")},
		"only these, and now all":               {covers: []string{"p1", "p2"}, scope: only("p1"), want: &auth.Reach{All: true}, after: hidden("p2")},
		"only these of all, and all again":      {scope: only("p1"), want: &auth.Reach{All: true}, after: only("p1")},
		"hidden":                                {covers: []string{"p1", "p2"}, scope: hidden("p2"), want: some("p1", "p2", "p3"), after: hidden("p2")},
		"hidden, and asked for anew":            {covers: []string{"p1"}, scope: hidden("p2", "p3"), want: some("p1", "p3"), after: hidden("p2")},
		"only these, of a silent server":        {silent: true, scope: only("p1"), want: some("p1", "p2"), after: only("p1", "p2")},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, understanding)
			h.server.with(func() {
				if h.server.details = detailsOf(c.covers...); c.silent {
					h.server.details = nobody
				}
			})
			old := h.mustSignIn()
			if err := h.grants.Update(old.ID, func(g *auth.Grant) { g.Scope = c.scope }); err != nil {
				t.Fatal(err)
			}
			g, err := h.signIn(auth.Options{Replaces: old.ID, Want: c.want})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(g.Scope, c.after) {
				t.Errorf("the scope is %+v, want %+v", g.Scope, c.after)
			}
		})
	}
}

func TestAskingASilentServerForTheSameAgainShowsNothingThatWasHidden(t *testing.T) {
	some := auth.Reach{Projects: projects("p1", "p2", "p3")}
	for name, c := range map[string]struct {
		known string // what the API has shown of the grant
		asked auth.Reach
		scope auth.Scope
		want  auth.Reach
		after auth.Scope
	}{
		"hidden":                         {known: "p1 p2 p3", scope: auth.Scope{Hidden: []string{"p2"}}, want: some, after: auth.Scope{Hidden: []string{"p2"}}},
		"only these":                     {known: "p1 p2 p3", scope: auth.Scope{Only: []string{"p1"}}, want: some, after: auth.Scope{Only: []string{"p1"}}},
		"only these, and one is new":     {known: "p1 p2", scope: auth.Scope{Only: []string{"p1"}}, want: some, after: auth.Scope{Only: []string{"p1", "p3"}}},
		"asked for before, not seen yet": {asked: some, scope: auth.Scope{Only: []string{"p1"}}, want: some, after: auth.Scope{Only: []string{"p1"}}},
		"all, asked for before":          {known: "p1 p2", asked: auth.Reach{All: true}, scope: auth.Scope{Only: []string{"p1"}}, want: auth.Reach{All: true}, after: auth.Scope{Only: []string{"p1"}}},
		"all, for the first time":        {known: "p1 p2", asked: some, scope: auth.Scope{Only: []string{"p1"}}, want: auth.Reach{All: true}, after: auth.Scope{Hidden: []string{"p2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, understanding)
			h.server.with(func() { h.server.details = nobody })
			g := h.mustSignIn()
			if err := h.grants.Update(g.ID, func(g *auth.Grant) {
				g.Remember(projects(strings.Fields(c.known)...))
				g.Asked, g.Scope = c.asked, c.scope
			}); err != nil {
				t.Fatal(err)
			}
			for range 2 { // once more finds what the first has left
				var err error
				if g, err = h.signIn(auth.Options{Replaces: g.ID, Want: &c.want}); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(g.Scope, c.after) {
					t.Errorf("the scope is %+v, want %+v", g.Scope, c.after)
				}
			}
		})
	}
}

func TestBehaviour13TheScopeHoldsAgainAfterSigningOutAndIn(t *testing.T) {
	h := newHouse(t)
	h.server.with(func() { h.server.who = map[string]any{"email": "Ada@Example.com", "name": "Ada Byron"} })
	hide := func(g auth.Grant, ids ...string) {
		t.Helper()
		if err := h.grants.Update(g.ID, func(g *auth.Grant) { g.Scope = auth.Scope{Hidden: ids}; g.Remember(projects("p2 Two")) }); err != nil {
			t.Fatal(err)
		}
		if _, err := h.auth.SignOut(t.Context(), g.ID); err != nil {
			t.Fatal(err)
		}
	}
	hide(h.mustSignIn(), "p2")
	content, err := os.ReadFile(filepath.Join(h.dir, "grants.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ada", "Ada", "example", "Byron", "Acme", "1001", "Two", "test"} {
		if strings.Contains(string(content), name) {
			t.Errorf("%q is still in the file: %s", name, content)
		}
	}
	signIn := func(email, details string) auth.Grant {
		t.Helper()
		h.server.with(func() { h.server.who, h.server.details = map[string]any{"email": email}, details })
		return houseOn(t, h.server, h.dir, h.store).mustSignIn()
	}
	if g := signIn("grace@example.com", acme); !g.Scope.IsZero() {
		t.Errorf("another user got %+v", g.Scope)
	}
	if g := signIn("ada@example.com", globex); !g.Scope.IsZero() {
		t.Errorf("another organization got %+v", g.Scope)
	}
	if g := signIn("ada@example.com", nobody); !g.Scope.IsZero() {
		t.Errorf("an organization that is not known got %+v", g.Scope)
	}
	back := signIn("ada@example.com", acme)
	if !reflect.DeepEqual(back.Scope, auth.Scope{Hidden: []string{"p2"}}) {
		t.Errorf("the scope is %+v", back.Scope)
	}
	hide(back) // nothing, before signing out again
	if g := signIn("ada@example.com", acme); !g.Scope.IsZero() {
		t.Errorf("what is not hidden any more is remembered: %+v", g.Scope)
	}
}

func TestBehaviour13WhatIsRememberedIsFoundBySubjectOrMail(t *testing.T) {
	h := newHouse(t)
	round := func(who map[string]any) auth.Scope {
		t.Helper()
		h.server.with(func() { h.server.who = who })
		g := h.mustSignIn()
		found := g.Scope
		if err := h.grants.Update(g.ID, func(g *auth.Grant) { g.Scope = auth.Scope{Only: []string{"p1"}} }); err != nil {
			t.Fatal(err)
		}
		if _, err := h.auth.SignOut(t.Context(), g.ID); err != nil {
			t.Fatal(err)
		}
		return found
	}
	round(map[string]any{"email": "ada@example.com"})
	if got := round(map[string]any{"email": "ada@example.com", "sub": "1"}); !got.Shows("p1") || got.Shows("p2") {
		t.Errorf("with a subject beside the mail it is %+v", got)
	}
	if got := round(map[string]any{"email": "ada@elsewhere.example", "sub": "1"}); !got.Shows("p1") || got.Shows("p2") {
		t.Errorf("with another mail and the same subject it is %+v", got)
	}
	if got := round(map[string]any{"username": "ada"}); !got.IsZero() {
		t.Errorf("of a user who is not known it is %+v", got)
	}
}

func TestBehaviour13OfThoseWhoSignedOutTheLastTwoHundredAreRemembered(t *testing.T) {
	h := newHouse(t)
	leave := func(n int, ids ...string) {
		t.Helper()
		g := auth.Grant{
			ID: fmt.Sprint("g", n), Environment: "test", User: auth.User{Email: fmt.Sprint(n, "@example.com")},
			Organization: auth.Organization{ID: "1001"}, Scope: auth.Scope{Only: ids},
		}
		if err := errors.Join(h.grants.Put(g), h.grants.Delete(g.ID)); err != nil {
			t.Fatal(err)
		}
	}
	scopeOf := func(n int) auth.Scope {
		t.Helper()
		h.server.with(func() { h.server.who = map[string]any{"email": fmt.Sprint(n, "@example.com")} })
		return h.mustSignIn().Scope
	}
	for n := range 201 {
		leave(n, "p1")
	}
	if got := scopeOf(0); !got.IsZero() {
		t.Errorf("the oldest is %+v", got)
	}
	if got := scopeOf(1); got.Shows("p2") {
		t.Errorf("the second is %+v", got)
	}
	var many []string
	for i := range 19_990 {
		many = append(many, fmt.Sprint("p", i))
	}
	leave(300, many...)
	if got, last := scopeOf(190), scopeOf(195); !got.IsZero() || last.IsZero() {
		t.Errorf("beside a long one, an older is %+v and a newer %+v", got, last)
	}
}

func TestBehaviour13TheSameAPIKeyUpdatesItsGrant(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	handler, _ := digested("PUBLICKEY", "canary-private-key")
	h.server.with(func() { h.server.api = handler })
	signIn := func() auth.Grant {
		t.Helper()
		g, err := h.auth.SignInWithAPIKey(t.Context(), "test", "PUBLICKEY", "canary-private-key")
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	first := signIn()
	if err := h.grants.Update(first.ID, func(g *auth.Grant) { // as an older version kept it
		g.User.Subject, g.Organization, g.Scope = "", atAcme, auth.Scope{Only: []string{"p1"}}
	}); err != nil {
		t.Fatal(err)
	}
	second := signIn()
	if list := h.grants.List(); len(list) != 1 || list[0].ID != second.ID || second.User.Subject != "PUBLICKEY" || second.Scope.Shows("p2") {
		t.Errorf("grants %+v", list)
	}
	if err := h.grants.Put(auth.Grant{ID: "other", Environment: "test", Method: auth.MethodAPIKey, User: auth.User{Subject: "OTHERKEY"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.auth.SignOut(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	third := signIn()
	if list := h.grants.List(); len(list) != 2 || third.Scope.Shows("p2") || !third.Scope.Shows("p1") {
		t.Errorf("grants %+v", list)
	}
	settle(t, h)
	if n := store.count(); n != 1 || len(h.server.asked("/revoke")) != 0 {
		t.Errorf("%d records are kept after %d revocations", n, len(h.server.asked("/revoke")))
	}
}

func TestBehaviour13ASurpriseReplacesNobody(t *testing.T) {
	ada, grace := map[string]any{"email": "ada@example.com"}, map[string]any{"email": "grace@example.com"}
	for name, c := range map[string]struct {
		options   auth.Options
		replaces  bool // the first grant, which is Ada's at Acme
		who       map[string]any
		details   string
		user, org bool
		grants    int // of the three there are then: Ada at Acme, Grace at Globex, and the new one
		settled   int // when the user keeps the new one
	}{
		"as asked":                       {replaces: true, who: ada, details: acme, grants: 2, settled: 2},
		"another user":                   {replaces: true, who: grace, details: globex, user: true, org: true, grants: 3, settled: 2},
		"another user than hinted at":    {options: auth.Options{LoginHint: "ada@example.com"}, who: grace, details: globex, user: true, grants: 3, settled: 2},
		"the user who was hinted at":     {options: auth.Options{LoginHint: "GRACE@example.com"}, who: grace, details: globex, grants: 2, settled: 2},
		"another organization":           {replaces: true, who: ada, details: globex, org: true, grants: 3, settled: 3},
		"another organization than want": {options: auth.Options{Want: &auth.Reach{Organization: atAcme}}, who: grace, details: globex, org: true, grants: 3, settled: 2},
		"another one, and it was wanted": {options: auth.Options{Want: &auth.Reach{Organization: auth.Organization{ID: "2002"}}}, replaces: true, who: ada, details: globex, grants: 3, settled: 3},
		"nobody in particular":           {who: grace, details: globex, grants: 2, settled: 2},
		"somebody who is not known":      {options: auth.Options{LoginHint: "ada@example.com"}, who: map[string]any{"username": "ada"}, details: acme, grants: 3, settled: 3},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.with(func() { h.server.who, h.server.details = ada, acme })
			first := h.mustSignIn()
			h.server.with(func() { h.server.who, h.server.details = grace, globex })
			h.mustSignIn()
			h.clock.move(time.Minute)
			var asked auth.Grant
			if c.replaces {
				c.options.Replaces, asked = first.ID, first
			}
			h.server.with(func() { h.server.who, h.server.details = c.who, c.details })
			g, err := h.signIn(c.options)
			if err != nil {
				t.Fatal(err)
			}
			if user, org := c.options.Surprise(asked, g); user != c.user || org != c.org {
				t.Errorf("another user %t, another organization %t", user, org)
			}
			if list := h.grants.List(); len(list) != c.grants {
				t.Errorf("%d grants are listed, want %d", len(list), c.grants)
			}
			if kept, err := h.auth.Supersede(g.ID); err != nil || kept.ID != g.ID {
				t.Errorf("the user keeps it, which gives %+v, %v", kept, err)
			}
			if list := h.grants.List(); len(list) != c.settled {
				t.Errorf("%d grants are listed when the user keeps it, want %d", len(list), c.settled)
			}
		})
	}
}

func TestBehaviour13WhatTheAPITellsCompletesAGrant(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store, separate)
	h.server.with(func() { h.server.details = nobody })
	first := h.mustSignIn()
	learned, err := h.auth.Learn(first.ID, atAcme)
	if err != nil || learned.Organization != atAcme {
		t.Fatalf("it learns %+v, %v", learned.Organization, err)
	}
	if err := h.grants.Update(first.ID, func(g *auth.Grant) { g.Scope.Hidden = []string{"p2"}; g.Remember(projects("p2 Two")) }); err != nil {
		t.Fatal(err)
	}
	h.clock.move(time.Minute)
	second := h.mustSignIn()
	if n := len(h.grants.List()); n != 2 || !second.Scope.IsZero() {
		t.Fatalf("before anything is known there are %d grants", n)
	}
	if learned, err = h.auth.Learn(second.ID, atAcme); err != nil || learned.Scope.Shows("p2") || words(learned.Known) != "p2 Two" || learned.Organization != atAcme {
		t.Errorf("it learns %+v, %v", learned, err)
	}
	if list := h.grants.List(); len(list) != 1 || list[0].ID != second.ID {
		t.Errorf("grants %+v", list)
	}
	if _, err := h.auth.SignOut(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	third := h.mustSignIn()
	if learned, err = h.auth.Learn(third.ID, atAcme); err != nil || learned.Scope.Shows("p2") {
		t.Errorf("after signing out and in it learns %+v, %v", learned, err)
	}
	settle(t, h)
	if n := store.count(); n != 2 {
		t.Errorf("%d records are kept", n)
	}
}

func TestWhatIsLearnedOverrulesNothing(t *testing.T) {
	h := newHouse(t)
	h.server.with(func() { h.server.details = detailsOf("p1") })
	g := h.mustSignIn()
	for _, c := range []struct{ told, known auth.Organization }{
		{auth.Organization{ID: "2002", Name: "Globex"}, auth.Organization{ID: "1001"}},
		{auth.Organization{}, auth.Organization{ID: "1001"}},
		{auth.Organization{Name: "Acme"}, atAcme},
		{auth.Organization{ID: "1001", Name: "Renamed"}, atAcme},
		{auth.Organization{ID: "2002"}, atAcme},
	} {
		if learned, err := h.auth.Learn(g.ID, c.told); err != nil || learned.Organization != c.known {
			t.Errorf("told of %+v it knows %+v, %v", c.told, learned.Organization, err)
		}
	}
	h.server.with(func() { h.server.details = nobody })
	h.clock.move(time.Minute)
	chosen := h.mustSignIn()
	if err := h.grants.Update(chosen.ID, func(g *auth.Grant) { g.Scope.Only = []string{"p9"} }); err != nil {
		t.Fatal(err)
	}
	if learned, err := h.auth.Learn(chosen.ID, auth.Organization{Name: "Acme"}); err != nil || learned.Organization.Name != "Acme" || len(h.grants.List()) != 2 {
		t.Errorf("a name alone teaches %+v, %v", learned, err)
	}
	if learned, err := h.auth.Learn(chosen.ID, atAcme); err != nil || !reflect.DeepEqual(learned.Scope, auth.Scope{Only: []string{"p9"}}) || len(h.grants.List()) != 1 {
		t.Errorf("the scope of the grant itself is now %+v, %v", learned.Scope, err)
	}
	silent := h.mustSignIn()
	h.clock.move(time.Minute)
	h.server.with(func() { h.server.details = detailsOf("p1") })
	latest := h.mustSignIn()
	if older, err := h.auth.Learn(silent.ID, atAcme); err != nil || len(h.grants.List()) != 2 {
		t.Errorf("an older grant has replaced a newer one: %+v, %v", older, err)
	}
	if _, err := h.auth.Supersede(latest.ID); err != nil || len(h.grants.List()) != 1 {
		t.Errorf("the newer one does not replace it: %v", err)
	}
	if _, err := h.auth.Learn("nobody", atAcme); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("a grant that is gone gives %v", err)
	}
}
