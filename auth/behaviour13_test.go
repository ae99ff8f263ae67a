package auth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour13TheSameGrantOnceMoreReplacesItAndKeepsTheView(t *testing.T) {
	h := newHouse(t)
	old := h.mustSignIn()
	if err := h.grants.Update(old.ID, func(g *auth.Grant) { g.Scope.Only = []string{"p2"} }); err != nil {
		t.Fatal(err)
	}
	g := h.mustSignIn()
	settle(t, h)
	list := h.grants.List()
	if len(list) != 1 || list[0].ID != g.ID || !g.Scope.Shows("p2") || g.Scope.Shows("p1") {
		t.Errorf("grants %+v", list)
	}
}

func TestBehaviour13AnotherUserThanAskedReplacesNobody(t *testing.T) {
	h := newHouse(t)
	old := h.mustSignIn()
	if err := h.grants.Update(old.ID, func(g *auth.Grant) { g.User.Subject = "somebody else" }); err != nil {
		t.Fatal(err)
	}
	if _, err := h.signIn(auth.Options{Replaces: old.ID}); err != nil {
		t.Fatal(err)
	}
	settle(t, h)
	if list := h.grants.List(); len(list) != 2 {
		t.Errorf("grants %+v", list)
	}
}

// acme and globex are two organizations as the token answer states them.
const (
	acme   = `[{"type":"tidbcloud","organization":{"id":"1001","name":"Acme"},"projects":[{"id":"p1","name":"One"},{"id":"p2","name":"Two"}],"role":"org:owner"}]`
	globex = `[{"type":"tidbcloud","organization":{"id":"2002","name":"Globex"},"projects":[{"id":"p1","name":"One"},{"id":"p2","name":"Two"}],"role":"org:owner"}]`
	nobody = `[]`
)

func TestBehaviour13AGrantIsReplacedOnlyByWhoIsKnownToBeTheSame(t *testing.T) {
	alice := auth.User{Email: "alice@acme.example"}
	for name, c := range map[string]struct {
		old      auth.User
		answers  map[string]any // what userinfo says of who answers in the browser
		details  string
		replaced bool
	}{
		"the same mail":                      {old: alice, answers: map[string]any{"email": "alice@acme.example"}, details: acme, replaced: true},
		"the same mail in capitals":          {old: alice, answers: map[string]any{"email": "ALICE@Acme.example"}, details: acme, replaced: true},
		"the same mail, organization untold": {old: alice, answers: map[string]any{"email": "alice@acme.example"}, details: nobody, replaced: true},
		"the same mail elsewhere":            {old: alice, answers: map[string]any{"email": "alice@acme.example"}, details: globex},
		"another mail elsewhere":             {old: alice, answers: map[string]any{"email": "gina@globex.example"}, details: globex},
		"another mail":                       {old: alice, answers: map[string]any{"email": "gina@acme.example"}, details: acme},
		"nobody known":                       {old: alice, answers: map[string]any{"username": "alice"}, details: acme},
		"nobody known before":                {answers: map[string]any{"email": "alice@acme.example"}, details: acme},
		"nobody known at all":                {answers: map[string]any{"username": "alice"}, details: acme},
		"the same subject, another mail":     {old: auth.User{Subject: "1", Email: "a@acme.example"}, answers: map[string]any{"sub": "1", "email": "b@acme.example"}, details: acme, replaced: true},
		"the same mail, another subject":     {old: auth.User{Subject: "1", Email: "a@acme.example"}, answers: map[string]any{"sub": "2", "email": "a@acme.example"}, details: acme},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			old := h.mustSignIn()
			if err := h.grants.Update(old.ID, func(g *auth.Grant) { g.User = c.old }); err != nil {
				t.Fatal(err)
			}
			h.server.with(func() { h.server.who, h.server.details = c.answers, c.details })
			g, err := h.signIn(auth.Options{Replaces: old.ID, LoginHint: c.old.Email})
			if err != nil {
				t.Fatal(err)
			}
			settle(t, h)
			if list := h.grants.List(); (len(list) == 1) != c.replaced || len(list) > 2 {
				t.Errorf("grants %+v", list)
			}
			if status, err := h.get(g); status != 200 || err != nil {
				t.Errorf("the new grant reads %d, %v", status, err)
			}
			if status, err := h.get(old); c.replaced == (status == 200 && err == nil) {
				t.Errorf("the old grant reads %d, %v", status, err)
			}
		})
	}
}

func TestBehaviour13TheSameUserWithoutASubjectDoesNotPileUpGrants(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]any
		details string
		grants  int
	}{
		"the same once more":     {answers: map[string]any{"email": "Ada@Example.com"}, details: acme, grants: 1},
		"in another order":       {answers: map[string]any{"email": "ada@example.com"}, details: `[{"type":"tidbcloud","organization":{"id":"1001"},"projects":[{"id":"p2"},{"id":"p1","name":"Renamed"}],"role":"org:owner"}]`, grants: 1},
		"another user":           {answers: map[string]any{"email": "grace@example.com"}, details: acme, grants: 2},
		"a user who is unknown":  {answers: map[string]any{}, details: acme, grants: 2},
		"another organization":   {answers: map[string]any{"email": "ada@example.com"}, details: globex, grants: 2},
		"another reach":          {answers: map[string]any{"email": "ada@example.com"}, details: fewer, grants: 1},
		"an organization untold": {answers: map[string]any{"email": "ada@example.com"}, details: nobody, grants: 2},
	} {
		t.Run(name, func(t *testing.T) {
			store := newRecordingStore()
			h := houseOn(t, newServer(t), t.TempDir(), store, func(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = true })
			h.server.with(func() { h.server.who, h.server.details = map[string]any{"email": "ada@example.com"}, acme })
			h.mustSignIn()
			h.server.with(func() { h.server.who, h.server.details = c.answers, c.details })
			h.mustSignIn()
			settle(t, h)
			if n := len(h.grants.List()); n != c.grants {
				t.Errorf("%d grants are listed, want %d", n, c.grants)
			}
			if alive := h.server.alive(); len(alive) != 2*c.grants {
				t.Errorf("alive: %v, want the tokens of %d grants", alive, c.grants)
			}
		})
	}
}

// arrival is one of several sign-ins at the same time.
type arrival struct {
	user string
	link chan string
	done chan outcome
}

// arrive begins to sign in as a user, with a browser that waits for the test.
func (h *house) arrive(ctx context.Context, user string) *arrival {
	a := &arrival{user: user, link: make(chan string, 1), done: make(chan outcome, 1)}
	go func() {
		g, err := h.auth.SignIn(ctx, "test", auth.Options{LoginHint: user}, func(p auth.Progress) {
			if p.Stage == auth.StageListening {
				a.link <- p.Link
			}
		})
		a.done <- outcome{g, err}
	}()
	return a
}

func TestBehaviour13TwoAccountsAtOnceEachGetTheirOwn(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	h.browser.dont = true
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	ada, grace := h.arrive(ctx, "ada"), h.arrive(ctx, "grace")
	links := []string{<-ada.link, <-grace.link}
	h.browser.visit(links[1]) // the later one answers first
	h.browser.visit(links[0])
	grants := map[string]auth.Grant{}
	for _, a := range []*arrival{ada, grace} {
		got := h.result(a.done)
		if got.err != nil {
			t.Fatal(got.err)
		}
		if got.grant.User.Subject != a.user {
			t.Errorf("%s got the grant of %q", a.user, got.grant.User.Subject)
		}
		grants[a.user] = got.grant
	}
	if list := h.grants.List(); len(list) != 2 || store.count() != 4 {
		t.Fatalf("%d grants with %d records are kept, want 2 with 4", len(list), store.count())
	}
	h.clock.move(2 * time.Hour)
	var group sync.WaitGroup
	for i := range 16 { // switching back and forth while both have to be renewed
		user := []string{"ada", "grace"}[i%2]
		group.Go(func() {
			if who := h.whoami(grants[user]); who != user {
				t.Errorf("the grant of %s reads as %q", user, who)
			}
		})
	}
	group.Wait()
	if n := renewals(h.server); n != 2 {
		t.Errorf("%d renewals, want one each", n)
	}
	if _, err := h.auth.SignOut(t.Context(), grants["ada"].ID); err != nil {
		t.Error(err)
	}
	if who := h.whoami(grants["grace"]); who != "grace" {
		t.Errorf("after the other has left, the grant of grace reads as %q", who)
	}
}

// whoami asks userinfo with a grant's client.
func (h *house) whoami(g auth.Grant) string {
	q, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.server.URL+"/userinfo", nil)
	if err != nil {
		h.t.Error(err)
		return ""
	}
	answer, err := h.auth.Client(g.ID).Do(q)
	if err != nil {
		h.t.Error(err)
		return ""
	}
	defer answer.Body.Close()
	var user struct {
		Subject string `json:"sub"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&user); err != nil {
		h.t.Error(err)
	}
	return user.Subject
}

func renewals(s *server) int {
	n := 0
	for _, q := range s.asked("/token") {
		if q.params["grant_type"] == "refresh_token" {
			n++
		}
	}
	return n
}
