package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// consent is one question to a person: may Canopy read this? The authorize page and
// the device page ask it alike and differ in what happens then.
type consent struct {
	sentTo     string // the host the browser is sent back to, "" for a device
	userCode   string // of a device, to be compared by the person
	scope      string
	wanted     wanted
	formAction string // what CSP must allow besides the page itself
	allow      func(grant)
	deny       func()
}

// ask shows the page for choosing the user, then the one for choosing what may be
// read, and acts on the answer. One POST with everything in it works as well.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, c consent, choose bool, hint string) {
	decision := r.PostForm.Get("decision")
	if decision == "deny" {
		c.deny()
		return
	}
	u, message := s.signedIn(w, r, choose, hint)
	if u == nil {
		s.pages.choose(w, r, s.world.users, hint, message, c.formAction)
		return
	}
	if r.Method != http.MethodPost || decision == "" {
		s.pages.consent(w, http.StatusOK, r, s.question(u, c, c.wanted, ""))
		return
	}
	g, message := s.decide(u, c, r.PostForm)
	if message != "" {
		again := wanted{r.PostForm.Get("org"), append(r.PostForm["project"], "")} // never empty: that would mean all
		s.pages.consent(w, http.StatusBadRequest, r, s.question(u, c, again, message))
		return
	}
	c.allow(g)
}

// signedIn says who is asking: the user of the form, else of the session. The user
// is nil when that has to be asked first.
func (s *Server) signedIn(w http.ResponseWriter, r *http.Request, choose bool, hint string) (u *user, message string) {
	if r.Method == http.MethodPost && r.PostForm.Has("user") {
		u = s.world.user(r.PostForm.Get("user"))
		if u == nil {
			return nil, "Nobody of that name is known here. Choose one of these."
		}
		if s.sessions.user(r) != u.email {
			s.sessions.begin(w, u.email)
		}
		return u, ""
	}
	if r.Method != http.MethodPost && choose {
		return nil, ""
	}
	u = s.world.user(s.sessions.user(r))
	if hinted := s.world.user(hint); r.Method != http.MethodPost && hinted != nil && hinted != u {
		return nil, ""
	}
	if u == nil && r.Method == http.MethodPost {
		message = "Choose who you are first."
	}
	return u, message
}

// decide turns a filled-in form into a grant, or into a message about what is
// missing.
func (s *Server) decide(u *user, c consent, form url.Values) (grant, string) {
	if form.Get("decision") != "allow" {
		return grant{}, "Choose Allow or Deny."
	}
	org := s.world.orgByID[form.Get("org")]
	if org == nil || u.role(org) == "" {
		return grant{}, "Choose an organization of yours."
	}
	g := grant{Client: s.options.ClientID, User: u.email, Organization: org.id, Given: s.now()}
	g.All = slices.Contains(form["project"], "all")
	for _, p := range s.existing(org) {
		if slices.Contains(form["project"], p.id) { // those of other organizations do not count
			g.Projects = append(g.Projects, p.id)
		}
	}
	switch {
	case g.All && len(g.Projects) > 0:
		return grant{}, "“All projects” is chosen, and single ones are ticked as well. Choose “Only these”, or untick them."
	case !g.All && len(g.Projects) == 0:
		return grant{}, "No project of " + org.name + " is ticked. Tick at least one, or choose all projects."
	}
	s.substitute(&g)
	g.Role = roleFor(u, s.world.orgByID[g.Organization], g.All, c.scope)
	g.Scope = g.Role
	return g, ""
}

// roleFor is the role a grant carries: an owner's only when it covers everything
// and nothing less was asked for.
func roleFor(u *user, org *organization, all bool, scope string) string {
	switch {
	case !all:
		return "project:readonly"
	case u.role(org) == "org:owner" && (scope == "" || slices.Contains(strings.Fields(scope), "org:owner")):
		return "org:owner"
	default:
		return "org:member"
	}
}

// substitute lets faults give another grant than the one that was chosen.
func (s *Server) substitute(g *grant) {
	if mail, on := s.faults.named("grant-user"); on {
		if u := s.world.user(mail); u != nil {
			g.User = u.email
		}
	}
	if id, on := s.faults.named("grant-org"); on && s.world.orgByID[id] != nil {
		g.Organization, g.All, g.Projects = id, true, nil
	}
	if id, on := s.faults.named("grant-project"); on && s.world.projects[id] != nil {
		g.Organization, g.All, g.Projects = s.world.projects[id].org.id, false, []string{id}
	}
}

// question is what the consent page shows.
type question struct {
	User, NotYou, SentTo, UserCode, Message string
	Orgs                                    []orgChoice
	All                                     bool
	formAction                              string
}

type orgChoice struct {
	ID, Name string
	Selected bool
	Projects []projectChoice
}

type projectChoice struct {
	ID, Name, Note string
	Checked        bool
}

func (s *Server) question(u *user, c consent, preset wanted, message string) question {
	q := question{
		User: u.email, SentTo: c.sentTo, UserCode: c.userCode, Message: message, formAction: c.formAction,
		All: len(preset.projects) == 0 || slices.Contains(preset.projects, "all"),
	}
	for i, org := range u.organizations() {
		choice := orgChoice{ID: org.id, Name: org.name, Selected: org.id == preset.organization || i == 0 && u.role(s.world.orgByID[preset.organization]) == ""}
		for _, p := range s.existing(org) {
			choice.Projects = append(choice.Projects, projectChoice{
				ID: p.id, Name: p.name, Note: projectNote(p), Checked: slices.Contains(preset.projects, p.id),
			})
		}
		q.Orgs = append(q.Orgs, choice)
	}
	return q
}

func projectNote(p *project) string {
	if p.kind == "tidbx_virtual" {
		return "instances outside any project"
	}
	return ""
}
