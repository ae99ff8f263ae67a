package auth

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Reach is what a consent asks for, or states: an organization, and all of its
// projects or some. All and Projects both zero mean that nothing is said of
// projects. The names in it are for people; only ids are sent.
type Reach struct {
	Organization Organization `json:"organization,omitzero"`
	All          bool         `json:"all,omitempty"`
	Projects     []Project    `json:"projects,omitempty"`
}

// IsZero reports whether nothing is said.
func (r Reach) IsZero() bool { return r.Organization == Organization{} && !r.limited() }

// limited reports whether projects are spoken of.
func (r Reach) limited() bool { return r.All || len(r.Projects) > 0 }

// normal gives a reach in one form: projects sorted by id and each once, with
// its name if it has one, and none beside All.
func (r Reach) normal() Reach {
	if r.All {
		r.Projects = nil
		return r
	}
	r.Projects = slices.Clone(r.Projects)
	slices.SortFunc(r.Projects, func(a, b Project) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(b.Name, a.Name)) })
	r.Projects = slices.CompactFunc(r.Projects, func(a, b Project) bool { return a.ID == b.ID })
	return r
}

// detailsType is the type of authorization_details (RFC 9396 §2) for projects
// of TiDB Cloud.
const detailsType = "tidbcloud"

// details writes a reach as authorization_details (RFC 9396 §2), or "" when
// there is nothing to say.
func (r Reach) details() string {
	if r.Organization.ID == "" && !r.limited() {
		return ""
	}
	one := map[string]any{"type": detailsType}
	if r.Organization.ID != "" {
		one["organization"] = map[string]string{"id": r.Organization.ID}
	}
	if r.All {
		one["projects"] = "all"
	} else if len(r.Projects) > 0 {
		list := make([]map[string]string, 0, len(r.Projects))
		for _, p := range r.Projects {
			list = append(list, map[string]string{"id": p.ID})
		}
		one["projects"] = list
	}
	text, _ := json.Marshal([]any{one}) // maps of strings always encode
	return string(text)
}

// Coverage says whether a grant covers a project.
type Coverage int

// What a server can have said of a project.
const (
	CoverageUnknown Coverage = iota // it said nothing of projects; only the API can tell
	Covered
	NotCovered
)

// Reach gives what the server stated when it gave the grant (RFC 9396 §7).
func (g Grant) Reach() Reach {
	return Reach{Organization: g.Organization, All: g.AllProjects, Projects: g.Projects}
}

// Covers says whether the grant covers a project, as its authorization_details
// state. It is not deduced from anything else: a grant whose server states
// nothing covers what the API shows. For many projects Coverage is faster.
func (g Grant) Covers(projectID string) Coverage { return g.Coverage()(projectID) }

// Coverage gives Covers as a function that takes the same time however many
// projects the grant states. It does not see later changes of the grant.
func (g Grant) Coverage() func(projectID string) Coverage {
	switch {
	case g.AllProjects:
		return func(string) Coverage { return Covered }
	case len(g.Projects) == 0:
		return func(string) Coverage { return CoverageUnknown }
	}
	covered := setOf(idsOf(g.Projects))
	return func(id string) Coverage {
		if covered[id] {
			return Covered
		}
		return NotCovered
	}
}

// Compare sets what was asked for against what the server stated, by project
// id: fewer were asked for and not given, more were given and not asked for.
// known is false when the request named no projects, or the answer stated none:
// then only the API can tell.
//
// Where all projects were asked for or given, single ones can be told only as
// far as they are Known: fewer may be empty although Asked.All holds and
// AllProjects does not, and more the other way round.
func (g Grant) Compare() (fewer, more []Project, known bool) {
	stated := g.Reach()
	if !g.Asked.limited() || !stated.limited() {
		return nil, nil, false
	}
	asked, given := g.Asked.Projects, stated.Projects
	switch {
	case g.Asked.All && stated.All:
		return nil, nil, true
	case g.Asked.All:
		asked = slices.Concat(g.Known, given)
	case stated.All:
		given = slices.Concat(g.Known, asked)
	}
	return projectsWithout(asked, given), projectsWithout(given, asked), true
}

// projectsWithout gives the projects that are not among others, sorted by id.
func projectsWithout(list, others []Project) []Project {
	drop := setOf(idsOf(others))
	rest := Reach{Projects: list}.normal().Projects
	return slices.DeleteFunc(rest, func(p Project) bool { return drop[p.ID] })
}

// maxKnown bounds Grant.Known. The projects seen last stay.
const maxKnown = 5000

// Remember takes projects into Known that have been seen, with their names as
// they are now; what was known before stays, also of a project that is seen
// without its name or its kind. It reports whether anything changed.
func (g *Grant) Remember(seen []Project) (changed bool) {
	known := byID(g.Known)
	now := make(map[string]bool, len(seen))
	latest := make([]Project, 0, len(seen))
	for _, p := range seen {
		if p.ID == "" || now[p.ID] {
			continue
		}
		now[p.ID] = true
		latest = append(latest, p.completed(known[p.ID]))
	}
	all := make([]Project, 0, len(g.Known)+len(latest))
	for _, p := range g.Known {
		if !now[p.ID] {
			all = append(all, p)
		}
	}
	all = append(all, latest...)
	all = all[max(0, len(all)-maxKnown):]
	forgotten := slices.DeleteFunc(slices.Clone(g.Forgotten), func(id string) bool { return now[id] })
	changed = !slices.Equal(all, g.Known) || len(forgotten) != len(g.Forgotten)
	g.Known, g.Forgotten = all, forgotten
	return changed
}

// Forget takes a project out of what is known, such as one that no longer
// exists, until it is seen again or asked for. Neither the scope nor what the
// server stated changes.
func (g *Grant) Forget(projectID string) {
	g.Known = slices.DeleteFunc(slices.Clone(g.Known), func(p Project) bool { return p.ID == projectID })
	if !slices.Contains(g.Forgotten, projectID) {
		g.Forgotten = append(slices.Clone(g.Forgotten), projectID)
	}
	g.Forgotten = g.Forgotten[max(0, len(g.Forgotten)-maxKnown):]
}

// completed gives a project with what is known of it besides.
func (p Project) completed(known Project) Project {
	p.Name, p.Virtual = cmp.Or(p.Name, known.Name), p.Virtual || known.Virtual
	return p
}

func byID(projects []Project) map[string]Project {
	m := make(map[string]Project, len(projects))
	for _, p := range projects {
		m[p.ID] = p
	}
	return m
}

func idsOf(projects []Project) []string {
	ids := make([]string, 0, len(projects))
	for _, p := range projects {
		ids = append(ids, p.ID)
	}
	return ids
}
