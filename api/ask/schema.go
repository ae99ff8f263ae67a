package ask

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"canopy/api"
)

// kind is how the values of a field compare.
type kind int

const (
	kindText    kind = iota // without regard to case
	kindName                // exact
	kindNumber              // numbers
	kindTime                // moments
	kindVersion             // v8.5.3, part by part
)

// cell is the value of a field in a row.
type cell struct {
	kind   kind
	text   string
	number float64
	time   time.Time
	null   bool
}

func textCell(s string) cell    { return cell{kind: kindText, text: s, null: s == ""} }
func nameCell(s string) cell    { return cell{kind: kindName, text: s, null: s == ""} }
func numberCell(n int) cell     { return cell{kind: kindNumber, number: float64(n)} }
func timeCell(t time.Time) cell { return cell{kind: kindTime, time: t, null: t.IsZero()} }
func versionCell(s string) cell { return cell{kind: kindVersion, text: s, null: s == ""} }
func noNumber() cell            { return cell{kind: kindNumber, null: true} }

// isText reports whether the cell is compared as text.
func (c cell) isText() bool { return c.kind == kindText || c.kind == kindName || c.kind == kindVersion }

// same reports whether the cell is the text s. Names count as they are
// written, everything else in any case.
func (c cell) same(s string) bool {
	if c.kind == kindName {
		return c.text == s
	}
	return strings.EqualFold(c.text, s)
}

// value returns the cell for JSON: nil, a text or a number.
func (c cell) value(zone *time.Location) any {
	switch {
	case c.null:
		return nil
	case c.kind == kindNumber:
		return c.number
	case c.kind == kindTime:
		return c.time.In(zone).Format(time.RFC3339)
	}
	return c.text
}

// The fields that code refers to by name.
const (
	fieldName      = "name"
	fieldState     = "state"
	fieldPlan      = "plan"
	fieldRegion    = "region"
	fieldCity      = "region.city"
	fieldCountry   = "region.country"
	fieldContinent = "region.continent"
	fieldCode      = "region.code"
	fieldProvider  = "provider"
	fieldVersion   = "version"
	fieldCreator   = "created_by"
	fieldCreated   = "create_time"
	fieldLimit     = "spending_limit_usd"
	fieldNodes     = "node_count"
	fieldProject   = "project.name"
	fieldOrg       = "org.name"
	fieldClusterN  = "cluster.name"
	fieldClusters  = "cluster_count"
	fieldProjects  = "project_count"
	fieldBranches  = "branch_count"
	fieldType      = "type"
	fieldLabels    = "labels."

	clusterPrefix = "cluster."
	virtualType   = "tidbx_virtual"
)

// clusterFields are the fields of a cluster.
var clusterFields = map[string]func(*row) cell{
	"id":           func(r *row) cell { return nameCell(r.cluster.ID) },
	fieldName:      func(r *row) cell { return nameCell(r.cluster.Name) },
	fieldPlan:      func(r *row) cell { return textCell(strings.ToUpper(string(r.cluster.Plan))) },
	fieldState:     func(r *row) cell { return textCell(string(r.cluster.State)) },
	fieldRegion:    func(r *row) cell { return textCell(r.cluster.Region.ID) },
	fieldCode:      func(r *row) cell { return textCell(r.cluster.Region.Code) },
	fieldCity:      func(r *row) cell { return textCell(r.place().City) },
	fieldCountry:   func(r *row) cell { return textCell(r.place().Country) },
	fieldContinent: func(r *row) cell { return textCell(r.place().Continent) },
	fieldProvider:  func(r *row) cell { return textCell(r.cluster.Region.Provider) },
	fieldVersion:   func(r *row) cell { return versionCell(r.cluster.Version) },
	fieldCreator:   func(r *row) cell { return textCell(r.cluster.CreatedBy) },
	fieldCreated:   func(r *row) cell { return timeCell(r.cluster.Created) },
	"update_time":  func(r *row) cell { return timeCell(r.cluster.Updated) },
	fieldLimit:     limitCell,
	fieldNodes:     nodesCell,
	"endpoint":     func(r *row) cell { return textCell(endpointOf(r.cluster)) },
	"labels":       func(r *row) cell { return labelsCell(r.cluster.Labels) },
	"project.id":   func(r *row) cell { return nameCell(r.cluster.ProjectID) },
	fieldProject:   func(r *row) cell { return nameCell(r.project.Name) },
	"project.type": func(r *row) cell { return textCell(string(r.project.Type)) },
	"org.id":       func(r *row) cell { return nameCell(r.org.ID) },
	fieldOrg:       func(r *row) cell { return nameCell(r.org.Name) },
	"backup_days":  func(r *row) cell { return countCell(r.cluster.Backup.RetentionDays) },
	"availability": func(r *row) cell { return textCell(r.cluster.Availability) },
	fieldBranches:  func(r *row) cell { return r.branchCount() },
}

// projectFields are the fields of a project; those of its clusters stand
// behind "cluster.".
var projectFields = map[string]func(*row) cell{
	"id":          func(r *row) cell { return nameCell(r.project.ID) },
	fieldName:     func(r *row) cell { return nameCell(r.project.Name) },
	fieldType:     func(r *row) cell { return textCell(string(r.project.Type)) },
	fieldCreated:  func(r *row) cell { return timeCell(r.project.Created) },
	fieldClusters: func(r *row) cell { return numberCell(r.clusters) },
	"org.id":      func(r *row) cell { return nameCell(r.org.ID) },
	fieldOrg:      func(r *row) cell { return nameCell(r.org.Name) },
}

var orgFields = map[string]func(*row) cell{
	"id":          func(r *row) cell { return nameCell(r.org.ID) },
	fieldName:     func(r *row) cell { return nameCell(r.org.Name) },
	fieldProjects: func(r *row) cell { return numberCell(r.projects) },
	fieldClusters: func(r *row) cell { return numberCell(r.clusters) },
}

// branchFields are the fields of a branch; those of its cluster stand behind
// "cluster.".
var branchFields = map[string]func(*row) cell{
	"id":         func(r *row) cell { return nameCell(r.branch.ID) },
	fieldName:    func(r *row) cell { return nameCell(r.branch.Name) },
	fieldState:   func(r *row) cell { return textCell(string(r.branch.State)) },
	fieldCreator: func(r *row) cell { return textCell(r.branch.CreatedBy) },
	fieldCreated: func(r *row) cell { return timeCell(r.branch.Created) },
	fieldProject: func(r *row) cell { return nameCell(r.project.Name) },
	fieldOrg:     func(r *row) cell { return nameCell(r.org.Name) },
}

// fieldOf returns the field of an entity by name.
func fieldOf(e Entity, name string) (func(*row) cell, bool) {
	if _, ok := e.facet(); ok {
		e = EntityCluster
	}
	if label, ok := strings.CutPrefix(name, fieldLabels); ok && e == EntityCluster && label != "" {
		return func(r *row) cell { return textCell(r.cluster.Labels[label]) }, true
	}
	var f func(*row) cell
	var ok bool
	switch e {
	case EntityCluster:
		f, ok = clusterFields[name]
	case EntityProject:
		f, ok = projectFields[name]
	case EntityOrg:
		f, ok = orgFields[name]
	case EntityBranch:
		if inner, found := strings.CutPrefix(name, clusterPrefix); found {
			f, ok = clusterFields[inner]
		} else {
			f, ok = branchFields[name]
		}
	}
	return f, ok
}

// Fields returns the names of the fields that an entity can be filtered,
// grouped and sorted by, in alphabetical order.
func Fields(e Entity) []string {
	from := clusterFields
	switch e {
	case EntityProject:
		from = projectFields
	case EntityOrg:
		from = orgFields
	case EntityBranch:
		from = branchFields
	}
	names := make([]string, 0, len(from))
	for name := range from {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func limitCell(r *row) cell {
	if r.cluster.SpendingLimit == nil {
		return noNumber()
	}
	return cell{kind: kindNumber, number: float64(*r.cluster.SpendingLimit) / 100}
}

// nodesCell counts the nodes of a Dedicated cluster; the others have none
// that are told of.
func nodesCell(r *row) cell {
	if len(r.cluster.Nodes) == 0 {
		return noNumber()
	}
	n := 0
	for _, g := range r.cluster.Nodes {
		n += g.Count
	}
	return numberCell(n)
}

func countCell(n int) cell {
	if n == 0 {
		return noNumber()
	}
	return numberCell(n)
}

func endpointOf(c *api.Cluster) string {
	if c.Public.Host == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", c.Public.Host, c.Public.Port)
}

func labelsCell(labels map[string]string) cell {
	pairs := make([]string, 0, len(labels))
	for name, value := range labels {
		pairs = append(pairs, name+"="+value)
	}
	slices.Sort(pairs)
	return textCell(strings.Join(pairs, ", "))
}
