package api

import (
	"strings"
	"time"
)

// serverlessClusterOf reads a cluster of the serverless host.
func serverlessClusterOf(v value) (Cluster, bool) {
	c := Cluster{Raw: v.raw(), Host: HostServerless}
	var name, legacyPlan string
	for key, member := range v.fields() {
		switch key {
		case "name":
			name = member.text()
		case "region":
			c.Region = once(&v.d.regions, member, regionObject)
		case "servicePlan":
			c.Plan = planOf(member.shared())
		case "clusterPlan":
			legacyPlan = member.shared()
		case "userPrefix":
			c.UserPrefix = member.own()
		case "spendingLimit":
			c.SpendingLimit = once(&v.d.limits, member, spendingLimitOf)
		case "autoScaling":
			c.MinRCU, c.MaxRCU = scalingOf(member)
		case "automatedBackupPolicy":
			c.Backup = once(&v.d.backups, member, backupPolicyOf)
		case "endpoints":
			both := once(&v.d.endpoints, member, endpointsOf)
			c.Public, c.Private = both.public, both.private
		case "highAvailabilityType":
			c.Availability = member.shared()
		default:
			c.readCommon(key, member)
		}
	}
	if c.Plan == "" {
		// clusterPlan is the legacy field; servicePlan is the canonical one.
		c.Plan = planOf(legacyPlan)
	}
	return c.named(name)
}

// dedicatedClusterOf reads a cluster of the dedicated host. It has no
// endpoints of its own: they are those of its node groups.
func dedicatedClusterOf(v value) (Cluster, bool) {
	c := Cluster{Raw: v.raw(), Host: HostDedicated, Plan: PlanDedicated}
	var name, region, provider, display string
	var port int
	var nodes nodeSettings
	for key, member := range v.fields() {
		switch key {
		case "name":
			name = member.text()
		case "regionId":
			region = member.shared()
		case "regionDisplayName":
			display = member.shared()
		case "cloudProvider":
			provider = member.shared()
		case "servicePlan":
			c.Plan = planOf(either(member.shared(), string(PlanDedicated)))
		case "port":
			port = member.number()
		case "tidbNodeSetting":
			nodes.readTiDB(member)
		case "tikvNodeSetting":
			nodes.tikv = storageGroup("TiKV", member)
		case "tiflashNodeSetting":
			nodes.tiflash = storageGroup("TiFlash", member)
		default:
			c.readCommon(key, member)
		}
	}
	c.Region = regionOf(region, provider, display)
	c.Nodes = nodes.groups()
	c.Public, c.Private = nodes.endpoints(port)
	return c.named(name)
}

// readCommon reads what both hosts tell alike.
func (c *Cluster) readCommon(key string, v value) {
	switch key {
	case "clusterId":
		c.ID = v.own()
	case "displayName":
		c.Name = v.own()
	case "state":
		c.State = stateOf(v.shared())
	case "version":
		c.Version = v.shared()
	case "createdBy":
		c.CreatedBy = v.shared()
	case "createTime":
		c.Created = v.instant()
	case "updateTime":
		c.Updated = v.instant()
	case "labels":
		for name, label := range v.members() {
			switch name {
			case labelProject:
				c.ProjectID = label.shared()
			case labelOrganization:
				c.OrganizationID = label.shared()
			}
		}
		c.Labels = v.pairs(&v.d.labels, func(name string) bool { return name == labelProject || name == labelOrganization })
	case "annotations":
		c.Annotations = v.pairs(&v.d.annotations, func(string) bool { return false })
	}
}

// named completes the id from the resource name and the display name from the
// id; a cluster without any id cannot be shown.
func (c Cluster) named(resource string) (Cluster, bool) {
	if c.ID == "" {
		c.ID = strings.Clone(lastSegment(resource))
	}
	c.Name = either(c.Name, c.ID)
	return c, c.ID != ""
}

func regionObject(v value) Region {
	var name, id, provider, deprecated, display string
	for key, member := range v.fields() {
		switch key {
		case "name":
			name = member.shared()
		case "regionId":
			id = member.shared()
		case "cloudProvider":
			provider = member.shared()
		case "provider":
			deprecated = member.shared()
		case "displayName":
			display = member.shared()
		}
	}
	return regionOf(either(id, name), either(provider, deprecated), display)
}

// spendingLimitOf reads the cents a month. An empty object tells nothing.
func spendingLimitOf(v value) *int {
	for name, member := range v.fields() {
		if cents, ok := member.integer(); ok && name == "monthly" {
			return &cents
		}
	}
	return nil
}

func scalingOf(v value) (least, most int) {
	for name, member := range v.fields() {
		switch name {
		case "minRcu":
			least = member.number()
		case "maxRcu":
			most = member.number()
		}
	}
	return least, most
}

func backupPolicyOf(v value) BackupPolicy {
	var p BackupPolicy
	for name, member := range v.fields() {
		switch name {
		case "startTime":
			p.Start = startOf(member)
		case "retentionDays":
			p.RetentionDays = member.number()
		}
	}
	return p
}

// startOf keeps the documented "HH:mm" and shortens a whole time to it.
func startOf(v value) string {
	text := v.shared()
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC().Format("15:04")
	}
	return text
}
