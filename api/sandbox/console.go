package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	appsPath = "/account/oauth-apps"
	hopPath  = "/oauth/continue"
)

func (s *Server) consoleRoutes(t *table) {
	t.handle("authorize", "/oauth/authorize", s.authorize)
	t.handle("authorize", hopPath, s.hop)
	t.handle("device-page", devicePath, s.devicePage)
	t.handle("device-page", deviceDonePath, s.deviceDone)
	t.handle("apps", appsPath, s.apps)
	t.handle("", "/", s.otherPage)
}

// otherPage stands in for the rest of the console, to which Canopy has links.
func (s *Server) otherPage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" {
		s.pages.tell(w, http.StatusOK, "TiDB Cloud, in a box", "This stands in for the console. What was allowed is listed under Authorized OAuth Apps.")
		return
	}
	s.pages.fail(w, http.StatusNotFound, "Not part of the sandbox", "On TiDB Cloud the console's page "+shown(r.URL.Path)+" would open here.")
}

// appView is one row of "Authorized OAuth Apps".
type appView struct {
	ID, Organization, OrganizationID, Projects, Role, Given string
}

// keyView is one API key as that page shows it.
type keyView struct{ Organization, Public, Private string }

// apps lists what a user has given, and takes it back: the console's page Account
// Settings, Authorized OAuth Apps.
func (s *Server) apps(w http.ResponseWriter, r *http.Request) {
	if !s.isPageRequest(w, r) {
		return
	}
	u, message := s.signedIn(w, r, r.URL.Query().Get("prompt") == "select_account", "")
	if u == nil {
		s.pages.choose(w, r, s.world.users, "", message, "")
		return
	}
	status := http.StatusOK
	if id := r.PostForm.Get("revoke"); r.Method == http.MethodPost && id != "" {
		message = "The access was revoked."
		if !s.ledger.withdraw(id, u.email) {
			status, message = http.StatusNotFound, "That access does not exist, or not any more."
		}
	}
	view := appsView{User: u.email, NotYou: appsPath + "?prompt=select_account", Message: message}
	for _, g := range s.ledger.given(u.email) {
		view.Apps = append(view.Apps, s.appView(g))
	}
	for _, o := range u.organizations() {
		view.Keys = append(view.Keys, keyView{o.name, o.key.Public, o.key.Private})
	}
	s.pages.apps(w, status, view)
}

func (s *Server) appView(g grant) appView {
	org := s.world.orgByID[g.Organization]
	projects := "All projects, also new ones"
	if !g.All {
		var names []string
		for _, p := range org.projects {
			if slices.Contains(g.Projects, p.id) {
				names = append(names, shown(p.name))
			}
		}
		projects = strings.Join(names, ", ")
	}
	return appView{
		ID: g.ID, Organization: org.name, OrganizationID: org.id, Projects: projects, Role: g.Role,
		Given: g.Given.Format("2 January 2006, 15:04 UTC"),
	}
}

// notYou is the address of the same page with the question who one is.
func notYou(r *http.Request) string {
	query := r.URL.Query()
	query.Set("prompt", "select_account")
	query.Del("login_hint")
	return (&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).String()
}
