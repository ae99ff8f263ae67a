package inventory

import (
	"time"

	"canopy/api"
)

// NoProject is the id of the project that stands for clusters without a
// project label in an organization whose list has no virtual project.
const NoProject = "no-project"

// Snapshot is an inventory at one moment. It never changes, and is safe for
// concurrent use. Slices it returns are shared: read them only. The zero
// Snapshot is that of an inventory that has read nothing.
type Snapshot struct {
	core  *core
	shows func(projectID string) bool // nil shows all
	names *names                      // nil: there are no others than those that were read
}

func (s *Snapshot) now() *core {
	if s.core == nil {
		return new(core)
	}
	return s.core
}

func (s *Snapshot) showing(projectID string) bool { return s.shows == nil || s.shows(projectID) }

// Organization returns the organization. Its ID comes from the projects or
// clusters if the organization's own answer has none.
func (s *Snapshot) Organization() api.Organization { return s.now().organization() }

// Projects returns the projects sorted by name, the virtual one last. A
// project that clusters are labelled with but the list lacks has its id for
// a name.
func (s *Snapshot) Projects() []api.Project {
	all := s.named().projects
	if s.shows == nil {
		return all
	}
	var shown []api.Project
	for _, p := range all {
		if s.shows(p.ID) {
			shown = append(shown, p)
		}
	}
	return shown
}

// Project returns the project with the given id.
func (s *Snapshot) Project(id string) (api.Project, bool) {
	if !s.showing(id) {
		return api.Project{}, false
	}
	return s.named().project(id)
}

// Clusters returns the clusters of a project, sorted by name. Clusters
// without a project label belong to the virtual project, and their ProjectID
// says so. Only [Snapshot.Cluster] promises Raw: a large inventory may leave
// it out of the rows.
func (s *Snapshot) Clusters(projectID string) []api.Cluster {
	if !s.showing(projectID) {
		return nil
	}
	return clustersOf(s.now().clusters(projectID))
}

// ClusterCount returns how many clusters of a project have been read: how long
// Clusters is, without making it.
func (s *Snapshot) ClusterCount(projectID string) int {
	if !s.showing(projectID) {
		return 0
	}
	return s.now().known().counts[projectID]
}

// Cluster returns the cluster with the given id.
func (s *Snapshot) Cluster(id string) (api.Cluster, bool) {
	c, ok := s.now().cluster(id)
	if !ok || !s.showing(c.ProjectID) {
		return api.Cluster{}, false
	}
	return c, true
}

// has is Cluster without making it.
func (s *Snapshot) has(clusterID string) bool {
	c := s.now()
	row, ok := c.row(clusterID)
	return ok && s.showing(c.known().home(row.project))
}

// Branches returns the branches of a cluster, sorted by name, as far as
// [Inventory.LoadBranches] has read them.
func (s *Snapshot) Branches(clusterID string) []api.Branch {
	if !s.has(clusterID) {
		return nil
	}
	h, _ := s.now().branches.get(Part{PartBranches, clusterID})
	return h.branches.group("").values()
}

// Status returns how far the reading of a part has come.
func (s *Snapshot) Status(part Part) Status {
	h, ok := s.now().holding(part)
	if !ok {
		return Status{Total: -1}
	}
	return h.status
}

// Failures returns the parts that could not be read, without those of
// projects that are not shown. See [Snapshot.ProjectError] for a project.
func (s *Snapshot) Failures() map[Part]error {
	failures := make(map[Part]error)
	for part, h := range s.now().base.all() {
		if h.status.Err != nil && s.concerns(part) {
			failures[part] = h.status.Err
		}
	}
	for part, h := range s.now().branches.all() {
		if h.status.Err != nil && s.concerns(part) {
			failures[part] = h.status.Err
		}
	}
	return failures
}

// concerns reports whether a part holds anything that is shown.
func (s *Snapshot) concerns(part Part) bool {
	if s.shows == nil {
		return true
	}
	switch part.Kind {
	case PartDedicated:
		return part.ID == "" || s.shows(part.ID)
	case PartBranches:
		return s.has(part.ID)
	}
	return true
}

// ProjectStatus returns the status of the part that reads the clusters of a
// project; of both hosts together if the type of the project is not known.
func (s *Snapshot) ProjectStatus(projectID string) Status {
	if !s.showing(projectID) {
		return Status{Total: -1}
	}
	c := s.now()
	project, _ := c.known().project(projectID)
	serverless := s.Status(Part{Kind: PartServerless})
	dedicated, asked := c.base.get(Part{PartDedicated, projectID})
	switch {
	case project.Type == api.ProjectDedicated:
		return s.Status(Part{PartDedicated, projectID})
	case !asked || !readsDedicated(project.Type):
		return serverless
	}
	return both(serverless, dedicated.status)
}

// both is the status of two parts that hold one project together.
func both(a, b Status) Status {
	joint := Status{
		Loading:  a.Loading || b.Loading,
		Done:     a.Done && b.Done,
		Err:      a.Err,
		ReadAt:   a.ReadAt,
		Requests: a.Requests + b.Requests,
		Rows:     a.Rows + b.Rows,
		Total:    -1,
	}
	if joint.Err == nil {
		joint.Err = b.Err
	}
	if joint.ReadAt.IsZero() || !b.ReadAt.IsZero() && b.ReadAt.Before(joint.ReadAt) {
		joint.ReadAt = b.ReadAt
	}
	return joint
}

// ProjectError returns why the clusters of a project could not be read.
func (s *Snapshot) ProjectError(projectID string) error { return s.ProjectStatus(projectID).Err }

// Count returns how many clusters were read, and whether that is all of them.
func (s *Snapshot) Count() (clusters int, exact bool) {
	c := s.now()
	k := c.known()
	listed, _ := c.base.get(Part{Kind: PartProjects})
	serverless, _ := c.base.get(Part{Kind: PartServerless})
	exact = listed.certain()
	for _, p := range k.projects {
		if !s.showing(p.ID) {
			continue
		}
		clusters += k.counts[p.ID]
		if readsDedicated(p.Type) {
			dedicated, asked := c.base.get(Part{PartDedicated, p.ID})
			exact = exact && (dedicated.certain() || !asked && p.Type == "")
		}
		exact = exact && (serverless.certain() || p.Type == api.ProjectDedicated)
	}
	if s.shows == nil || len(k.projects) == 0 {
		exact = exact && serverless.certain()
	}
	return clusters, exact
}

// ReadAt returns when the oldest part of the snapshot was read, branches
// aside; zero if nothing was.
func (s *Snapshot) ReadAt() time.Time {
	var oldest time.Time
	for _, h := range s.now().base.all() {
		at := h.status.ReadAt
		if !at.IsZero() && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return oldest
}

// Complete reports whether everything but branches was read without failure.
func (s *Snapshot) Complete() bool {
	c := s.now()
	for _, kind := range []PartKind{PartOrganization, PartProjects, PartServerless} {
		if h, _ := c.base.get(Part{Kind: kind}); !h.settled() {
			return false
		}
	}
	for part, h := range c.base.all() {
		if !h.settled() && s.concerns(part) {
			return false
		}
	}
	return true
}

// Within returns a view of s that is narrowed to the projects that shows
// accepts; a nil shows accepts all. Shows must give the same answer each
// time, from any goroutine.
func (s *Snapshot) Within(shows func(projectID string) bool) *Snapshot {
	outer := s.shows
	switch {
	case shows == nil:
		return s
	case outer == nil:
		return &Snapshot{core: s.core, names: s.names, shows: shows}
	}
	return &Snapshot{core: s.core, names: s.names, shows: func(id string) bool { return outer(id) && shows(id) }}
}

// HasBranches reports whether the branches of any cluster were read or tried.
func (s *Snapshot) HasBranches() bool { return s.now().branches.size > 0 }
