package cli

import (
	"errors"
	"strings"
	"time"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
)

// document is what `canopy tree --json` prints.
type document struct {
	Environment  string        `json:"environment"`
	Grant        auth.Grant    `json:"grant"`
	Organization jsonNamed     `json:"organization"`
	Projects     []jsonProject `json:"projects"`
	Missing      []jsonMissing `json:"missing"`
	Failures     []jsonFailure `json:"failures"`
	Counts       jsonCounts    `json:"counts"`
	Complete     bool          `json:"complete"` // everything that is shown was read
	ReadAt       time.Time     `json:"read_at,omitzero"`
}

type jsonNamed struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
}

type jsonProject struct {
	jsonNamed
	Type     api.ProjectType `json:"type,omitempty"`
	Created  time.Time       `json:"created,omitzero"`
	Complete bool            `json:"complete"` // all of its clusters were read
	Clusters []jsonCluster   `json:"clusters"`
}

type jsonMissing struct {
	jsonNamed
	Voice string `json:"voice"`
	Error string `json:"error,omitempty"`
}

// jsonFailure is a part that could not be read. What the host said is left out where there was
// no answer.
type jsonFailure struct {
	Part    inventory.PartKind `json:"part"`
	ID      string             `json:"id,omitempty"`       // the project of "dedicated", the cluster of "branches"
	APIHost api.Host           `json:"api_host,omitempty"` // "iam", "serverless" or "dedicated"
	Host    string             `json:"host,omitempty"`
	Path    string             `json:"path,omitempty"`
	Status  int                `json:"status,omitempty"`
	Code    string             `json:"code,omitempty"`
	TraceID string             `json:"trace_id,omitempty"`
	Error   string             `json:"error"`
}

type jsonCounts struct {
	Projects       int  `json:"projects"`
	Virtual        int  `json:"virtual"`
	Clusters       int  `json:"clusters"`
	ProjectsExact  bool `json:"projects_exact"`
	ClustersExact  bool `json:"clusters_exact"`
	Hidden         int  `json:"hidden"`
	HiddenVirtual  int  `json:"hidden_virtual"`
	HiddenClusters int  `json:"hidden_clusters"`
	NotGranted     int  `json:"not_granted"`
	Gone           int  `json:"gone"`
	Unreadable     int  `json:"unreadable"`
}

// jsonCluster is every fact about a cluster.
type jsonCluster struct {
	jsonNamed
	ProjectID     string            `json:"project_id"`
	State         api.State         `json:"state"`
	Plan          api.Plan          `json:"plan"`
	Region        jsonRegion        `json:"region"`
	Version       string            `json:"version,omitempty"`
	Created       time.Time         `json:"created,omitzero"`
	Updated       time.Time         `json:"updated,omitzero"`
	CreatedBy     string            `json:"created_by,omitempty"`
	UserPrefix    string            `json:"user_prefix,omitempty"`
	SpendingLimit *int              `json:"spending_limit_cents,omitempty"` // USD cents a month
	MinRCU        int               `json:"min_rcu,omitempty"`
	MaxRCU        int               `json:"max_rcu,omitempty"`
	Availability  string            `json:"availability,omitempty"`
	Backup        jsonBackup        `json:"backup,omitzero"`
	Public        jsonEndpoint      `json:"public_endpoint,omitzero"`
	Private       *jsonEndpoint     `json:"private_endpoint,omitempty"`
	Nodes         []jsonNodes       `json:"nodes,omitempty"`
	Labels        map[string]string `json:"labels,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
	APIHost       api.Host          `json:"api_host"`
	Branches      []jsonBranch      `json:"branches,omitzero"` // only when they were asked for
}

type jsonRegion struct {
	ID       string `json:"id"`
	Provider string `json:"provider,omitempty"`
	Code     string `json:"code,omitempty"`
	City     string `json:"city,omitempty"`
}

type jsonBackup struct {
	Start         string `json:"start,omitempty"` // "HH:mm" in UTC
	RetentionDays int    `json:"retention_days,omitempty"`
}

type jsonEndpoint struct {
	Host          string `json:"host,omitempty"`
	Port          int    `json:"port,omitempty"`
	Disabled      bool   `json:"disabled,omitempty"`
	AllowedRanges int    `json:"allowed_ranges,omitempty"`
}

type jsonNodes struct {
	Component string `json:"component"`
	Count     int    `json:"count"`
	Spec      string `json:"spec,omitempty"`
	StorageGi int    `json:"storage_gi,omitempty"`
}

type jsonBranch struct {
	jsonNamed
	ParentID   string       `json:"parent_id,omitempty"`
	State      api.State    `json:"state"`
	Created    time.Time    `json:"created,omitzero"`
	Updated    time.Time    `json:"updated,omitzero"`
	CreatedBy  string       `json:"created_by,omitempty"`
	UserPrefix string       `json:"user_prefix,omitempty"`
	Public     jsonEndpoint `json:"public_endpoint,omitzero"`
}

func (f *treeFlags) document(o *opened, v *inventory.View) document {
	shown, n := v.Shown(), v.Counts()
	organization := shown.Organization()
	d := document{
		Environment: o.grant.Environment, Grant: o.grant,
		Organization: jsonNamed{organization.ID, organization.Name},
		Projects:     []jsonProject{}, Missing: []jsonMissing{}, Failures: []jsonFailure{},
		Counts: jsonCounts{
			n.Projects, n.Virtual, n.Clusters, n.ProjectsExact, n.ClustersExact,
			n.Hidden, n.HiddenVirtual, n.HiddenClusters, n.NotGranted, n.Gone, n.Unreadable,
		},
		Complete: true, ReadAt: shown.ReadAt(),
	}
	for _, p := range shown.Projects() {
		d.Projects = append(d.Projects, f.project(shown, p))
	}
	for _, m := range v.Missing() {
		one := jsonMissing{jsonNamed: jsonNamed{m.Project.ID, m.Project.Name}, Voice: strings.ReplaceAll(m.Voice.String(), " ", "_")}
		if m.Err != nil {
			one.Error = failure{err: m.Err}.Error()
		}
		d.Missing = append(d.Missing, one)
	}
	if incomplete := (*incompleteError)(nil); errors.As(completeness(v), &incomplete) {
		d.Complete = false
		for _, one := range incomplete.failures {
			d.Failures = append(d.Failures, jsonFailureOf(one))
		}
	}
	return d
}

func jsonFailureOf(f failure) jsonFailure {
	one := jsonFailure{Part: f.part.Kind, ID: f.part.ID, Error: f.Error()}
	if answer := (*api.Error)(nil); errors.As(f.err, &answer) {
		one.APIHost, one.Host, one.Path = answer.Host, answer.URLHost, answer.Path
		one.Status, one.Code, one.TraceID = answer.Status, answer.Code, answer.TraceID
	}
	return one
}

func (f *treeFlags) project(shown *inventory.Snapshot, p api.Project) jsonProject {
	clusters, status := shown.Clusters(p.ID), shown.ProjectStatus(p.ID)
	one := jsonProject{
		jsonNamed: jsonNamed{p.ID, p.Name}, Type: p.Type, Created: p.Created,
		Complete: status.Done && status.Err == nil, Clusters: make([]jsonCluster, 0, len(clusters)),
	}
	for i := range clusters {
		c := jsonClusterOf(&clusters[i])
		if f.branches {
			c.Branches = []jsonBranch{}
			for _, b := range shown.Branches(c.ID) {
				c.Branches = append(c.Branches, jsonBranch{
					jsonNamed{b.ID, b.Name}, b.ParentID, b.State, b.Created, b.Updated, b.CreatedBy, b.UserPrefix, jsonEndpointOf(b.Public),
				})
			}
		}
		one.Clusters = append(one.Clusters, c)
	}
	return one
}

func jsonClusterOf(c *api.Cluster) jsonCluster {
	one := jsonCluster{
		jsonNamed: jsonNamed{c.ID, c.Name}, ProjectID: c.ProjectID, State: c.State, Plan: c.Plan,
		Region:  jsonRegion{c.Region.ID, c.Region.Provider, c.Region.Code, c.Region.City},
		Version: c.Version, Created: c.Created, Updated: c.Updated, CreatedBy: c.CreatedBy, UserPrefix: c.UserPrefix,
		SpendingLimit: c.SpendingLimit, MinRCU: c.MinRCU, MaxRCU: c.MaxRCU, Availability: c.Availability,
		Backup: jsonBackup{c.Backup.Start, c.Backup.RetentionDays}, Public: jsonEndpointOf(c.Public),
		Labels: c.Labels, Annotations: c.Annotations, APIHost: c.Host,
	}
	if c.Private != nil {
		private := jsonEndpointOf(*c.Private)
		one.Private = &private
	}
	for _, n := range c.Nodes {
		one.Nodes = append(one.Nodes, jsonNodes{n.Component, n.Count, n.Spec, n.StorageGi})
	}
	return one
}

func jsonEndpointOf(e api.Endpoint) jsonEndpoint {
	return jsonEndpoint{e.Host, e.Port, e.Disabled, e.Allowed}
}
