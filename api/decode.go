package api

import "strings"

const (
	labelOrganization = "tidb.cloud/organization"
	labelProject      = "tidb.cloud/project"
)

// organizationOf reads /v1beta1/org. Only orgname is known of it; the id is
// looked for under the names that sister answers use.
func organizationOf(v value) Organization {
	var o Organization
	for name, member := range v.fields() {
		switch name {
		case "orgname", "orgName", "name":
			o.Name = either(member.own(), o.Name)
		case "orgId", "id", "organizationId":
			o.ID = either(member.own(), o.ID)
		}
	}
	return o
}

func projectOf(v value) (Project, bool) {
	p := Project{Raw: v.raw()}
	for name, member := range v.fields() {
		switch name {
		case "id":
			p.ID = member.own()
		case "orgId":
			p.OrganizationID = member.shared()
		case "name":
			p.Name = member.own()
		case "type":
			p.Type = projectTypeOf(member.shared())
		case "clusterCount":
			p.ClusterCount = member.number()
		case "userCount":
			p.UserCount = member.number()
		case "createTimestamp":
			p.Created = member.instant()
		}
	}
	return p, p.ID != ""
}

func projectTypeOf(text string) ProjectType {
	for _, known := range []ProjectType{ProjectDedicated, ProjectTiDBX, ProjectVirtual} {
		if strings.EqualFold(text, string(known)) {
			return known
		}
	}
	return ProjectType(text)
}

func branchOf(v value) (Branch, bool) {
	b := Branch{Raw: v.raw()}
	var name string
	for key, member := range v.fields() {
		switch key {
		case "branchId":
			b.ID = member.own()
		case "name":
			name = member.text()
		case "displayName":
			b.Name = member.own()
		case "clusterId":
			b.ClusterID = member.shared()
		case "parentId":
			b.ParentID = member.shared()
		case "state":
			b.State = stateOf(member.shared())
		case "createdBy":
			b.CreatedBy = member.shared()
		case "userPrefix":
			b.UserPrefix = member.own()
		case "endpoints":
			b.Public = endpointsOf(member).public
		case "createTime":
			b.Created = member.instant()
		case "updateTime":
			b.Updated = member.instant()
		}
	}
	if b.ID == "" {
		b.ID = strings.Clone(lastSegment(name))
	}
	b.Name = either(b.Name, b.ID)
	return b, b.ID != ""
}

func backupOf(v value) (Backup, bool) {
	var b Backup
	var name string
	for key, member := range v.fields() {
		switch key {
		case "backupId":
			b.ID = member.own()
		case "name":
			name = member.text()
		case "clusterId":
			b.ClusterID = member.shared()
		case "createTime":
			b.Created = member.instant()
		}
	}
	if b.ID == "" {
		b.ID = strings.Clone(lastSegment(name))
	}
	return b, b.ID != ""
}

// endpoints are those of a serverless cluster or branch. Private is nil unless
// there is a host to connect to.
type endpoints struct {
	public  Endpoint
	private *Endpoint
}

func endpointsOf(v value) (both endpoints) {
	for name, member := range v.fields() {
		switch name {
		case "public":
			both.public = endpointOf(member)
		case "private":
			if e := endpointOf(member); e.Host != "" {
				both.private = &e
			}
		}
	}
	return both
}

func endpointOf(v value) Endpoint {
	var e Endpoint
	for name, member := range v.fields() {
		switch name {
		case "host":
			e.Host = member.shared()
		case "port":
			e.Port = member.number()
		case "disabled":
			e.Disabled = member.truth()
		case "authorizedNetworks":
			e.Allowed = member.length()
		}
	}
	return e
}

func either(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// lastSegment returns the id in a resource name such as "clusters/10".
func lastSegment(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}
