package inventory

import (
	"time"

	"canopy/api"
)

// NoProject is the id of the project that stands for clusters without a
// project label in an organization whose list has no virtual project.
const NoProject = "no-project"

// Snapshot is an inventory at one moment. It never changes, and is safe for
// concurrent use. Slices and maps it returns are shared: read them only.
type Snapshot struct{}

// Organization returns the organization. Its ID comes from the projects or
// clusters if the organization's own answer has none.
func (s *Snapshot) Organization() api.Organization { return api.Organization{} }

// Projects returns the projects sorted by name, the virtual one last.
func (s *Snapshot) Projects() []api.Project { return nil }

// Project returns the project with the given id.
func (s *Snapshot) Project(id string) (api.Project, bool) { return api.Project{}, false }

// Clusters returns the clusters of a project, sorted by name. Clusters
// without a project label belong to the virtual project; clusters of a
// project that is not listed, to one made from its id.
func (s *Snapshot) Clusters(projectID string) []api.Cluster { return nil }

// Cluster returns the cluster with the given id.
func (s *Snapshot) Cluster(id string) (api.Cluster, bool) { return api.Cluster{}, false }

// Branches returns the branches of a cluster, sorted by name, as far as
// [Inventory.LoadBranches] has read them.
func (s *Snapshot) Branches(clusterID string) []api.Branch { return nil }

// Status returns how far the reading of a part has come.
func (s *Snapshot) Status(part Part) Status { return Status{Total: -1} }

// Failures returns the parts that could not be read.
func (s *Snapshot) Failures() map[Part]error { return nil }

// ProjectStatus returns the status of the part that reads the clusters of a
// project; of both hosts together if the type of the project is not known.
func (s *Snapshot) ProjectStatus(projectID string) Status { return Status{Total: -1} }

// ProjectError returns why the clusters of a project could not be read.
func (s *Snapshot) ProjectError(projectID string) error { return s.ProjectStatus(projectID).Err }

// Count returns how many clusters were read, and whether that is all of them.
func (s *Snapshot) Count() (clusters int, exact bool) { return 0, false }

// ReadAt returns when the oldest part of the snapshot was read, branches
// aside; zero if nothing was.
func (s *Snapshot) ReadAt() time.Time { return time.Time{} }

// Complete reports whether everything but branches was read without failure.
func (s *Snapshot) Complete() bool { return false }

// Within returns a view of s that is narrowed to the projects that shows
// accepts. Shows must give the same answer each time, from any goroutine.
func (s *Snapshot) Within(shows func(projectID string) bool) *Snapshot { return s }

// Search returns what matches all of the words, in the order of the tree.
func (s *Snapshot) Search(words string) []Match { return nil }

// MatchKind says what a [Match] is.
type MatchKind string

// What can be found.
const (
	MatchProject MatchKind = "project"
	MatchCluster MatchKind = "cluster"
	MatchBranch  MatchKind = "branch"
)

// Match is one thing that [Snapshot.Search] found.
type Match struct {
	Kind      MatchKind
	ID        string
	ProjectID string
	ClusterID string // of a branch and a cluster
}
