package auth_test

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"canopy/auth"
)

func TestSignInEndsWithAGrantAPageAndAClientThatReads(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	want := []auth.Stage{auth.StageListening, auth.StageBrowserOpened, auth.StageWaiting, auth.StageExchanging, auth.StageStoring, auth.StageDone}
	got := h.stages()
	got = slices.DeleteFunc(got, func(s auth.Stage) bool { return s == auth.StageBrowserOpened || s == auth.StageWaiting })
	want = slices.DeleteFunc(want, func(s auth.Stage) bool { return s == auth.StageBrowserOpened || s == auth.StageWaiting })
	if !slices.Equal(got, want) { // a browser double can be faster than the report of its opening
		t.Errorf("stages %v, want %v", got, want)
	}
	if g.User != (auth.User{Subject: "u-1", Email: "ada@example.com", Name: "Ada Byron"}) || g.Organization != (auth.Organization{ID: "1001", Name: "Acme"}) {
		t.Errorf("the grant names %+v at %+v", g.User, g.Organization)
	}
	if g.AllProjects || len(g.Projects) != 2 || g.Role != "org:owner" || g.GrantedScope != "org:owner" || g.Kept != auth.KeptKeyring {
		t.Errorf("the grant covers %+v", g)
	}
	p := h.browser.last()
	if p.status != 200 || !strings.Contains(p.body, "ada@example.com is signed in to Acme.") {
		t.Errorf("the page says %d %s", p.status, p.body)
	}
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("reading gives %d, %v", status, err)
	}
	if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID {
		t.Errorf("grants %v", list)
	}
}

func TestTheIdOfAGrantCanStandInACommandLine(t *testing.T) {
	plain := regexp.MustCompile(`^[0-9a-f]{32}$`)
	for _, random := range []io.Reader{nil, dashes{}, zeros{}} { // in base64 the second would begin with a dash
		h := newHouse(t, func(c *auth.Config, _ *auth.Environment) { c.Rand = random })
		if g := h.mustSignIn(); !plain.MatchString(g.ID) {
			t.Errorf("the id is %q", g.ID)
		}
	}
}

type dashes struct{}

func (dashes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0xfb
	}
	return len(p), nil
}
