package api

import (
	"encoding/json"
	"time"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	// Next is the token of the next page, empty on the last one. A page may
	// be empty and still have a Next.
	Next string
	// Total is the length of the whole list as the host told it with this
	// page, -1 if it did not.
	Total int
	// Skipped counts items that could not be shown because they were no
	// object or named no id.
	Skipped int
}

// Organization is the organization a grant belongs to. ID may be empty: only
// the name is known to be in the answer of /v1beta1/org.
type Organization struct{ ID, Name string }

// ProjectType says what a project may hold. Unknown types are kept as they
// come, and the type may be missing.
type ProjectType string

// The project types since April 2026.
const (
	// ProjectDedicated holds Dedicated clusters only.
	ProjectDedicated ProjectType = "dedicated"
	// ProjectTiDBX holds Starter, Essential and Premium clusters only.
	ProjectTiDBX ProjectType = "tidbx"
	// ProjectVirtual stands for the clusters outside any project. There is
	// one in each organization.
	ProjectVirtual ProjectType = "tidbx_virtual"
)

// Project is a project of an organization.
type Project struct {
	ID, OrganizationID, Name string
	Type                     ProjectType
	ClusterCount, UserCount  int
	Created                  time.Time
	Raw                      json.RawMessage // the JSON it came from; read-only
}

// Plan is the service plan of a cluster. Unknown plans are kept as they come.
type Plan string

// The plans.
const (
	PlanStarter   Plan = "Starter"
	PlanEssential Plan = "Essential"
	PlanPremium   Plan = "Premium"
	PlanDedicated Plan = "Dedicated"
	PlanBYOC      Plan = "BYOC"
)

// Cluster is a Starter, Essential or Premium instance or a Dedicated cluster.
// Fields that a host does not tell are zero.
type Cluster struct {
	ID, Name string
	// ProjectID and OrganizationID come from the labels
	// tidb.cloud/project and tidb.cloud/organization.
	ProjectID, OrganizationID      string
	Plan                           Plan
	State                          State
	Region                         Region
	Version, CreatedBy, UserPrefix string
	Created, Updated               time.Time
	// SpendingLimit is in USD cents a month; nil if there is none or it was
	// not told.
	SpendingLimit  *int
	MinRCU, MaxRCU int // the range of request capacity units of Essential
	Backup         BackupPolicy
	// Public is the public endpoint. On Dedicated it is that of the default
	// node group.
	Public Endpoint
	// Private is nil if there is no private endpoint or VPC peering.
	Private      *Endpoint
	Availability string // "ZONAL", "REGIONAL", as it comes
	// Labels are the user's labels and those of TiDB Cloud that have no field
	// of their own here.
	Labels, Annotations map[string]string
	Nodes               []NodeGroup     // Dedicated only
	Raw                 json.RawMessage // the JSON it came from; read-only
	Host                Host            // the host that told of it
}

// Endpoint is an address that database clients connect to.
type Endpoint struct {
	Host     string
	Port     int
	Disabled bool
	Allowed  int // how many address ranges may connect
}

// BackupPolicy is the plan of the automated backups.
type BackupPolicy struct {
	Start         string // "HH:mm" in UTC
	RetentionDays int
}

// NodeGroup is a group of equal nodes of a Dedicated cluster.
type NodeGroup struct {
	Component string // "TiDB", "TiKV", "TiFlash", "TiProxy"
	Count     int
	Spec      string // "8 vCPU, 32 GiB", or the key "8C32G" if there is no more
	StorageGi int    // for each node, TiKV and TiFlash only
}

// Branch is a branch of a Starter or Essential cluster.
type Branch struct {
	ID, Name, ClusterID, ParentID string
	State                         State
	CreatedBy, UserPrefix         string
	Public                        Endpoint
	Created, Updated              time.Time
	Raw                           json.RawMessage // the JSON it came from; read-only
}

// Backup is one backup of a Starter or Essential cluster.
type Backup struct {
	ID, ClusterID string
	Created       time.Time
}
