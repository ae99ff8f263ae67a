package ask

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"canopy/api"
	"canopy/api/inventory"
)

// prove says where an answer comes from and what it could not see.
func (w *World) prove(a *Answer) {
	clusters := a.Query.looksAtClusters()
	for i := range w.Grants {
		g := &w.Grants[i]
		o := g.View.Shown().Organization()
		if f, ok := a.Query.filter(fieldOrg); ok && f.Op == OpEq && f.Value.Text != o.Name {
			continue
		}
		a.From = append(a.From, sources(g, o.Name, a.Query, clusters)...)
		counts := g.View.Counts()
		a.AtLeast = a.AtLeast || !counts.ProjectsExact || clusters && !counts.ClustersExact
		a.NotSeen = append(a.NotSeen, notSeen(g.View, o.Name, clusters)...)
	}
	a.AtLeast = a.AtLeast || a.Needs.Calls() > 0
	for _, s := range a.From {
		if a.Stood.IsZero() || !s.ReadAt.IsZero() && s.ReadAt.Before(a.Stood) {
			a.Stood = s.ReadAt
		}
	}
}

// looksAtClusters reports whether the answer depends on the clusters.
func (q Query) looksAtClusters() bool {
	if q.Entity != EntityProject && q.Entity != EntityOrg {
		return true
	}
	return slices.ContainsFunc(q.fields(), func(f string) bool { return f == fieldClusters || strings.HasPrefix(f, clusterPrefix) })
}

// sources returns the lists of one grant that a query rests on.
func sources(g *Grant, organization string, q Query, clusters bool) []Source {
	s := g.View.Shown()
	parts := []inventory.Part{{Kind: inventory.PartOrganization}, {Kind: inventory.PartProjects}}
	if clusters {
		parts = append(parts, inventory.Part{Kind: inventory.PartServerless})
		for _, p := range s.Projects() {
			parts = append(parts, inventory.Part{Kind: inventory.PartDedicated, ID: p.ID})
		}
		parts = append(parts, inventory.Part{Kind: inventory.PartDedicated})
	}
	if q.Entity == EntityBranch {
		for _, p := range s.Projects() {
			for _, c := range s.Clusters(p.ID) {
				parts = append(parts, inventory.Part{Kind: inventory.PartBranches, ID: c.ID})
			}
		}
	}
	var from []Source
	for _, part := range parts {
		status := s.Status(part)
		if status.Requests == 0 && status.ReadAt.IsZero() {
			continue
		}
		host, path := addressOf(part)
		from = append(from, Source{g.ID, organization, host, "GET", path, max(1, status.Requests), status.ReadAt})
	}
	return from
}

func addressOf(p inventory.Part) (host, path string) {
	switch p.Kind {
	case inventory.PartOrganization:
		return "iam", "/v1beta1/org"
	case inventory.PartProjects:
		return "iam", "/v1beta1/projects"
	case inventory.PartServerless:
		return "serverless", "/v1beta1/clusters"
	case inventory.PartDedicated:
		if p.ID == "" {
			return "dedicated", "/v1beta1/clusters"
		}
		return "dedicated", "/v1beta1/clusters?projectId=" + p.ID
	}
	return "serverless", "/v1beta1/clusters/" + p.ID + "/branches"
}

// notSeen returns what a view leaves out, by its voices.
func notSeen(v *inventory.View, organization string, clusters bool) []NotSeen {
	var out []NotSeen
	for _, m := range v.Missing() {
		n := NotSeen{Voice: m.Voice, Why: m.Voice.String(), Organization: organization, ProjectID: m.Project.ID, Name: m.Project.Name}
		if m.Voice == inventory.HiddenByYou {
			n.Clusters = len(v.Whole().Clusters(m.Project.ID))
		}
		if m.Err != nil {
			n.Problem = m.Err.Error()
		}
		out = append(out, n)
	}
	failures := v.Counts().Failures
	parts := make([]inventory.Part, 0, len(failures))
	for part := range failures {
		parts = append(parts, part)
	}
	slices.SortFunc(parts, func(a, b inventory.Part) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	for _, part := range parts {
		if !clusters && part.Kind != inventory.PartProjects && part.Kind != inventory.PartOrganization {
			continue
		}
		host, path := addressOf(part)
		out = append(out, NotSeen{
			Voice: inventory.CouldNotBeRead, Why: inventory.CouldNotBeRead.String(), Organization: organization,
			Name: fmt.Sprintf("%s %s", host, path), Problem: failures[part].Error(),
		})
	}
	return out
}

// Needs returns what a query needs that was not read yet: the branches of the
// clusters it is about.
func (w *World) Needs(q Query) Needs {
	needs := Needs{Budget: cmp.Or(w.BranchBudget, DefaultBranchBudget)}
	if !q.reads() || q.Entity != EntityBranch && !slices.Contains(q.fields(), fieldBranches) {
		return needs
	}
	about := Query{Entity: EntityCluster}
	for _, f := range q.Filters {
		if field, ok := strings.CutPrefix(f.Field, clusterPrefix); ok {
			about.Filters = append(about.Filters, Filter{field, f.Op, f.Value})
		} else if f.Field == fieldOrg || f.Field == fieldProject {
			about.Filters = append(about.Filters, f)
		}
	}
	rows, err := w.selectRows(about)
	if err != nil {
		return needs
	}
	for _, r := range rows {
		c := r.cluster
		if c.Host == api.HostDedicated {
			continue // branches are of the serverless host
		}
		g := r.org.grant
		if s := g.View.Shown().Status(inventory.Part{Kind: inventory.PartBranches, ID: c.ID}); !s.Done && s.Err == nil {
			needs.Branches = append(needs.Branches, BranchList{g.ID, c.ID})
		}
	}
	needs.Over = len(needs.Branches) > needs.Budget
	return needs
}
