package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (s *Server) dedicatedRoutes(t *table) {
	s.read(t, "clusters", "/v1beta1/clusters", s.dedicatedClusters)
	s.read(t, "cluster", "/v1beta1/clusters/{id}", s.dedicatedCluster)
	s.read(t, "nodes", "/v1beta1/clusters/{id}/nodeInstances", s.nodes)
	s.read(t, "regions", "/v1beta1/regions", s.dedicatedRegions)
	s.nothing(t)
}

// dedicatedClusters lists the Dedicated clusters of one project: the default one
// when the request names none.
func (s *Server) dedicatedClusters(c call) (any, *apiError) {
	p, failure := s.page(c, 10)
	if failure != nil {
		return nil, failure
	}
	query := c.URL.Query()
	var all []*cluster
	if id := query.Get("projectId"); id != "" {
		of, failure := s.mayRead(c, id)
		if failure != nil {
			return nil, failure
		}
		all = of.dedicated
	} else if of := c.who.org.defaultProject(); c.who.sees(of) && !s.isForbidden(of) {
		all = of.dedicated
	}
	found := []*cluster{}
	for _, v := range all {
		if among(query["clusterIds"], v.id) && among(query["regionIds"], v.region.id) && among(query["clusterStates"], v.state) {
			found = append(found, v)
		}
	}
	list := []dedicatedJSON{}
	for _, v := range cut(found, p) {
		list = append(list, v.dedicatedJSON(s.world.now))
	}
	return map[string]any{"clusters": list, "nextPageToken": p.next(len(found)), "totalSize": len(found)}, nil
}

// among reports whether value is wanted: by name, or because nothing is named.
func among(wanted []string, value string) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

func (s *Server) dedicatedCluster(c call) (any, *apiError) {
	v, failure := s.cluster(c, c.PathValue("id"))
	if failure != nil {
		return nil, failure
	}
	return v.dedicatedJSON(s.world.now), nil
}

type nodeEndpointJSON struct {
	Host           string `json:"host"`
	Port           int    `json:"port"`
	ConnectionType string `json:"connectionType"`
}

type nodeGroupJSON struct {
	Name                string             `json:"name"`
	TidbNodeGroupID     string             `json:"tidbNodeGroupId"`
	ClusterID           string             `json:"clusterId"`
	DisplayName         string             `json:"displayName"`
	NodeCount           int                `json:"nodeCount"`
	NodeSpecKey         string             `json:"nodeSpecKey"`
	NodeSpecDisplayName string             `json:"nodeSpecDisplayName"`
	IsDefaultGroup      bool               `json:"isDefaultGroup"`
	State               string             `json:"state"`
	Endpoints           []nodeEndpointJSON `json:"endpoints"`
}

type tidbSettingJSON struct {
	NodeSpecKey         string          `json:"nodeSpecKey"`
	NodeSpecDisplayName string          `json:"nodeSpecDisplayName"`
	TidbNodeGroups      []nodeGroupJSON `json:"tidbNodeGroups"`
}

type storageSettingJSON struct {
	NodeCount           int    `json:"nodeCount"`
	NodeSpecKey         string `json:"nodeSpecKey"`
	NodeSpecDisplayName string `json:"nodeSpecDisplayName"`
	StorageSizeGi       int    `json:"storageSizeGi"`
	StorageType         string `json:"storageType"`
	RaftStoreIops       int    `json:"raftStoreIops,omitempty"`
}

type pausePlanJSON struct {
	PauseType           string    `json:"pauseType"`
	ScheduledResumeTime time.Time `json:"scheduledResumeTime"`
}

// dedicatedJSON is a cluster of the dedicated host. It has no top-level endpoints.
type dedicatedJSON struct {
	Name               string              `json:"name"`
	ClusterID          string              `json:"clusterId"`
	DisplayName        string              `json:"displayName"`
	RegionID           string              `json:"regionId"`
	RegionDisplayName  string              `json:"regionDisplayName"`
	CloudProvider      string              `json:"cloudProvider"`
	Labels             map[string]string   `json:"labels"`
	Annotations        map[string]string   `json:"annotations"`
	Port               int                 `json:"port"`
	RootPassword       string              `json:"rootPassword"`
	State              string              `json:"state"`
	Version            string              `json:"version"`
	CreatedBy          string              `json:"createdBy"`
	CreateTime         time.Time           `json:"createTime"`
	UpdateTime         time.Time           `json:"updateTime"`
	PausePlan          *pausePlanJSON      `json:"pausePlan,omitempty"`
	TidbNodeSetting    tidbSettingJSON     `json:"tidbNodeSetting"`
	TikvNodeSetting    storageSettingJSON  `json:"tikvNodeSetting"`
	TiflashNodeSetting *storageSettingJSON `json:"tiflashNodeSetting,omitempty"`
}

func (c *cluster) dedicatedJSON(now time.Time) dedicatedJSON {
	tidb, tikv, tiflash := c.nodeCounts()
	changed := updated(c.id, c.created, now)
	v := dedicatedJSON{
		Name: "clusters/" + c.id, ClusterID: c.id, DisplayName: c.name, RegionID: c.region.id,
		RegionDisplayName: c.region.display(), CloudProvider: c.region.provider, Labels: c.allLabels(),
		Annotations: map[string]string{}, Port: 4000, State: c.state, Version: c.version, CreatedBy: c.createdBy,
		CreateTime: c.created, UpdateTime: changed,
		TidbNodeSetting: tidbSettingJSON{"8C16G", "8 vCPU, 16 GiB", []nodeGroupJSON{c.nodeGroup(tidb)}},
		TikvNodeSetting: storageSettingJSON{tikv, "8C32G", "8 vCPU, 32 GiB", 500 * (1 + c.nodes/6), "Standard", 3000},
	}
	if tiflash > 0 {
		v.TiflashNodeSetting = &storageSettingJSON{tiflash, "8C64G", "8 vCPU, 64 GiB", 1000, "Basic", 0}
	}
	if c.state == "PAUSED" {
		v.PausePlan = &pausePlanJSON{"NORMAL", now.AddDate(0, 0, 3+pick(20, "resume", c.id))}
	}
	return v
}

func (c *cluster) nodeGroup(nodes int) nodeGroupJSON {
	id := c.nodeGroupID()
	state := "ACTIVE"
	if c.state == "PAUSED" || c.state == "MODIFYING" {
		state = c.state
	}
	host := "tidb." + c.id + ".clusters.prod.tidb-cloud.com"
	return nodeGroupJSON{
		Name: "tidbNodeGroups/" + id, TidbNodeGroupID: id, ClusterID: c.id, DisplayName: "DefaultGroup", NodeCount: nodes,
		NodeSpecKey: "8C16G", NodeSpecDisplayName: "8 vCPU, 16 GiB", IsDefaultGroup: true, State: state,
		Endpoints: []nodeEndpointJSON{{host, 4000, "PUBLIC"}, {"private-" + host, 4000, "VPC_PEERING"}},
	}
}

type nodeJSON struct {
	Name             string `json:"name"`
	ClusterID        string `json:"clusterId"`
	InstanceID       string `json:"instanceId"`
	ComponentType    string `json:"componentType"`
	State            string `json:"state"`
	VCPU             int    `json:"vCpu"`
	MemorySizeGi     int    `json:"memorySizeGi"`
	StorageSizeGi    int    `json:"storageSizeGi,omitempty"`
	AvailabilityZone string `json:"availabilityZone"`
	TidbNodeGroupID  string `json:"tidbNodeGroupId,omitempty"`
}

// nodes lists the machines of a cluster.
func (s *Server) nodes(c call) (any, *apiError) {
	v, failure := s.cluster(c, c.PathValue("id"))
	if failure != nil {
		return nil, failure
	}
	p, failure := s.page(c, 10)
	if failure != nil {
		return nil, failure
	}
	all := v.nodeInstances()
	return map[string]any{"nodeInstances": cut(all, p), "nextPageToken": p.next(len(all)), "totalSize": len(all)}, nil
}

func (c *cluster) nodeInstances() []nodeJSON {
	tidb, tikv, tiflash := c.nodeCounts()
	state := "AVAILABLE"
	if c.state == "PAUSED" {
		state = "UNAVAILABLE"
	}
	all := make([]nodeJSON, 0, c.nodes)
	add := func(component string, n, memory, storage int, group string) {
		for i := range n {
			id := fmt.Sprintf("%s-%d", strings.ToLower(component), i)
			all = append(all, nodeJSON{
				Name: "clusters/" + c.id + "/nodeInstances/" + id, ClusterID: c.id, InstanceID: id, ComponentType: component,
				State: state, VCPU: 8, MemorySizeGi: memory, StorageSizeGi: storage,
				AvailabilityZone: c.region.code + string("abc"[i%3]), TidbNodeGroupID: group,
			})
		}
	}
	add("TIDB", tidb, 16, 0, c.nodeGroupID())
	add("TIKV", tikv, 32, 500*(1+c.nodes/6), "")
	add("TIFLASH", tiflash, 64, 1000, "")
	return all
}

// dedicatedRegions is paged, unlike the serverless one.
func (s *Server) dedicatedRegions(c call) (any, *apiError) {
	p, failure := s.page(c, 20)
	if failure != nil {
		return nil, failure
	}
	provider := c.URL.Query().Get("cloudProvider")
	all := []regionJSON{}
	for _, r := range s.world.regions {
		if r.provider != "alicloud" && (provider == "" || provider == r.provider) { // alicloud has no Dedicated
			all = append(all, r.json())
		}
	}
	return map[string]any{"regions": cut(all, p), "nextPageToken": p.next(len(all)), "totalSize": len(all)}, nil
}
