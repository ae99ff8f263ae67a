package auth_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

// understanding makes an environment whose server understands authorization_details.
func understanding(_ *auth.Config, e *auth.Environment) { e.AuthorizationDetails = true }

var (
	atAcme    = auth.Organization{ID: "1001", Name: "Acme"}
	someAsked = &auth.Reach{Organization: atAcme, Projects: projects("p2 Two", "p1 One", "p2")}
)

func TestBehaviour14TheRequestNamesWhatIsWanted(t *testing.T) {
	for name, c := range map[string]struct {
		want  *auth.Reach
		knows bool // the server understands
		asks  string
	}{
		"some projects":               {want: someAsked, knows: true, asks: `[{"organization":{"id":"1001"},"projects":[{"id":"p1"},{"id":"p2"}],"type":"tidbcloud"}]`},
		"all projects":                {want: &auth.Reach{Organization: atAcme, All: true, Projects: projects("p1")}, knows: true, asks: `[{"organization":{"id":"1001"},"projects":"all","type":"tidbcloud"}]`},
		"an organization":             {want: &auth.Reach{Organization: atAcme}, knows: true, asks: `[{"organization":{"id":"1001"},"type":"tidbcloud"}]`},
		"projects of any":             {want: &auth.Reach{Projects: projects("p1")}, knows: true, asks: `[{"projects":[{"id":"p1"}],"type":"tidbcloud"}]`},
		"nothing":                     {want: &auth.Reach{}, knows: true},
		"a name alone":                {want: &auth.Reach{Organization: auth.Organization{Name: "Acme"}}, knows: true},
		"nothing in particular":       {knows: true},
		"of a server that knows none": {want: someAsked},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.AuthorizationDetails = c.knows })
			g, err := h.signIn(auth.Options{Want: c.want})
			if err != nil {
				t.Fatal(err)
			}
			if got := h.server.wants.Get("authorization_details"); got != c.asks || h.server.wants.Has("authorization_details") != (c.asks != "") {
				t.Errorf("the browser asks for %q, want %q", got, c.asks)
			}
			h.server.with(func() {
				h.server.device = map[string]any{"device_code": "canary-device-code", "user_code": "WDJB", "verification_uri": h.server.URL + "/device", "interval": 1}
				h.server.approved = true
			})
			if _, err := h.auth.SignInWithDevice(t.Context(), "test", auth.Options{Want: c.want}, nil); err != nil {
				t.Fatal(err)
			}
			params := h.server.asked("/device")[0].params
			if got, sent := params["authorization_details"]; got != c.asks || sent != (c.asks != "") {
				t.Errorf("the device asks for %q, want %q", got, c.asks)
			}
			var asked auth.Reach
			if c.want != nil {
				asked = *c.want
			}
			if g.Asked.Organization != asked.Organization || g.Asked.All != asked.All || g.AskedScope != "org:owner" {
				t.Errorf("remembered is %+v and %q", g.Asked, g.AskedScope)
			}
			if c.want == someAsked && words(g.Asked.Projects) != "p1 One, p2 Two" {
				t.Errorf("remembered are %q", words(g.Asked.Projects))
			}
		})
	}
	if words(someAsked.Projects) != "p2 Two, p1 One, p2" {
		t.Errorf("what the caller wants has been changed: %v", someAsked.Projects)
	}
}

func TestBehaviour14WhatDoesNotFitIntoALinkIsChosenOnTheServersPage(t *testing.T) {
	many := &auth.Reach{Organization: atAcme}
	for i := range 5000 {
		many.Projects = append(many.Projects, auth.Project{ID: fmt.Sprint(1372813089454000000 + i)})
	}
	h := newHouse(t, understanding)
	g, err := h.signIn(auth.Options{Want: many})
	if err != nil {
		t.Fatal(err)
	}
	var link string
	for _, p := range h.reports {
		link = p.Link
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Query().Get("authorization_details"); len(link) > 8000 || got != `[{"organization":{"id":"1001"},"type":"tidbcloud"}]` {
		t.Errorf("the link has %d bytes and asks for %.200s", len(link), got)
	}
	if fewer, _, known := g.Compare(); len(fewer) != 5000 || !known {
		t.Errorf("%d projects less than asked for, known %t", len(fewer), known)
	}
	h.server.with(func() {
		h.server.device = map[string]any{"device_code": "canary-device-code", "user_code": "WDJB", "verification_uri": h.server.URL + "/device", "interval": 1}
		h.server.approved = true
	})
	if _, err := h.auth.SignInWithDevice(t.Context(), "test", auth.Options{Want: many}, nil); err != nil {
		t.Fatal(err)
	}
	if got := h.server.asked("/device")[0].params["authorization_details"]; strings.Count(got, `{"id":"13728`) != 5000 {
		t.Errorf("the device asks for %.200s", got)
	}
}

func TestBehaviour14AConsentIsReadAndComparedAndNeverAssumed(t *testing.T) {
	want := &auth.Reach{Organization: atAcme, Projects: projects("p1 One", "p2 Two")}
	for name, c := range map[string]struct {
		details      any // of the token answer; nil: none
		scope        any
		fewer, more  string
		known        bool
		granted      string
		organization string
	}{
		"as asked":          {details: acme, scope: "org:owner", known: true, granted: "org:owner", organization: "1001"},
		"narrower":          {details: fewer, scope: "project:readonly", known: true, fewer: "p2 Two", granted: "project:readonly", organization: "1001"},
		"no scope member":   {details: acme, known: true, organization: "1001"},
		"no details":        {scope: "org:owner", granted: "org:owner"},
		"neither":           {},
		"details of others": {details: `[{"type":"payment","projects":["p1"]}]`, scope: "org:owner", granted: "org:owner"},
		"nonsense":          {details: `{"type":"tidbcloud"}`, scope: 7},
		"no projects told":  {details: `[{"type":"tidbcloud","organization":{"id":"1001"}}]`, scope: "x", granted: "x", organization: "1001"},
		"more": {
			details: `[{"type":"tidbcloud","organization":{"id":"1001"},"projects":["p3","p2","p1"]}]`, scope: "x", granted: "x",
			known: true, more: "p3", organization: "1001",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, understanding)
			h.server.with(func() { h.server.post = h.server.tokensWith(c.details, c.scope) })
			g, err := h.signIn(auth.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			fewer, more, known := g.Compare()
			if words(fewer) != c.fewer || words(more) != c.more || known != c.known {
				t.Errorf("fewer %q, more %q, known %t", words(fewer), words(more), known)
			}
			if g.GrantedScope != c.granted || g.AskedScope != "org:owner" || g.Organization.ID != c.organization {
				t.Errorf("the grant says %q of %q", g.GrantedScope, g.Organization.ID)
			}
		})
	}
}

func TestTwoAttemptsThatWantDifferentThingsAreTwo(t *testing.T) {
	h := newHouse(t)
	h.browser.dont = true
	first := h.begin(t.Context(), auth.Options{Want: someAsked})
	h.await("the first", func(p auth.Progress) bool { return p.Stage == auth.StageWaiting })
	again := &auth.Reach{Organization: atAcme, Projects: slices.Clone(someAsked.Projects)}
	slices.Reverse(again.Projects)
	if _, err := h.signIn(auth.Options{Want: again, Timeout: time.Minute}); !errors.Is(err, auth.ErrInProgress) {
		t.Errorf("the same once more gives %v", err)
	}
	second := h.begin(t.Context(), auth.Options{Want: &auth.Reach{Organization: atAcme, All: true}})
	p := h.await("the second", func(p auth.Progress) bool { return p.Stage == auth.StageListening })
	h.browser.visit(p.Link)
	if o := h.result(second); o.err != nil || !o.grant.Asked.All {
		t.Errorf("the second ends with %+v", o)
	}
	h.browser.visit(h.reports[0].Link)
	if o := h.result(first); o.err != nil || o.grant.Asked.All {
		t.Errorf("the first ends with %+v", o)
	}
}
