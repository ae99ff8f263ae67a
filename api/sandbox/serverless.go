package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) serverlessRoutes(t *table) {
	s.read(t, "clusters", "/v1beta1/clusters", s.serverlessClusters)
	s.read(t, "cluster", "/v1beta1/clusters/{id}", s.serverlessCluster)
	s.read(t, "branches", "/v1beta1/clusters/{id}/branches", s.branches)
	s.read(t, "branch", "/v1beta1/clusters/{id}/branches/{branch}", s.branch)
	s.read(t, "backups", "/v1beta1/backups", s.backups)
	s.read(t, "regions", "/v1beta1/regions", s.serverlessRegions)
	s.nothing(t)
}

// serverlessClusters lists Starter, Essential and Premium clusters across the
// projects and regions of the grant.
func (s *Server) serverlessClusters(c call) (any, *apiError) {
	p, failure := s.page(c, 10)
	if failure != nil {
		return nil, failure
	}
	found, failure := s.selectClusters(c)
	if failure != nil {
		return nil, failure
	}
	total := found.count()
	list := make([]clusterJSON, 0, p.size)
	for _, v := range found.part(p) {
		list = append(list, v.serverlessJSON(s.world.now))
	}
	return map[string]any{"clusters": list, "nextPageToken": p.next(total), "totalSize": total}, nil
}

func (s *Server) serverlessCluster(c call) (any, *apiError) {
	v, failure := s.cluster(c, c.PathValue("id"))
	if failure != nil {
		return nil, failure
	}
	switch view := c.URL.Query().Get("view"); view {
	case "", "FULL":
		return v.serverlessJSON(s.world.now), nil
	case "BASIC":
		return v.basicJSON(s.world.now), nil
	default:
		return nil, badRequest("invalid view: " + shown(view) + " is neither BASIC nor FULL")
	}
}

type regionJSON struct {
	Name          string   `json:"name"`
	RegionID      string   `json:"regionId"`
	CloudProvider string   `json:"cloudProvider"`
	DisplayName   string   `json:"displayName"`
	Provider      string   `json:"provider"`
	ServicePlans  []string `json:"servicePlans,omitempty"`
}

func (r *region) json() regionJSON {
	return regionJSON{Name: "regions/" + r.id, RegionID: r.id, CloudProvider: r.provider, DisplayName: r.display(), Provider: r.provider}
}

type endpointJSON struct {
	Host               string   `json:"host"`
	Port               int      `json:"port"`
	Disabled           bool     `json:"disabled"`
	AuthorizedNetworks []ipJSON `json:"authorizedNetworks"`
}

type ipJSON struct {
	StartIPAddress string `json:"startIpAddress"`
	EndIPAddress   string `json:"endIpAddress"`
	DisplayName    string `json:"displayName"`
}

type privateJSON struct {
	Host string   `json:"host"`
	Port int      `json:"port"`
	AWS  *awsJSON `json:"aws,omitempty"`
}

type awsJSON struct {
	ServiceName      string   `json:"serviceName"`
	AvailabilityZone []string `json:"availabilityZone"`
}

type endpointsJSON struct {
	Public  endpointJSON `json:"public"`
	Private *privateJSON `json:"private,omitempty"`
}

type backupPolicyJSON struct {
	StartTime     string `json:"startTime"`
	RetentionDays int    `json:"retentionDays"`
}

type autoScalingJSON struct {
	MinRCU int `json:"minRcu"`
	MaxRCU int `json:"maxRcu"`
}

type spendingJSON struct {
	Monthly int `json:"monthly"` // USD cents
}

// clusterJSON is a cluster of the serverless host.
type clusterJSON struct {
	Name                  string            `json:"name"`
	ClusterID             string            `json:"clusterId"`
	DisplayName           string            `json:"displayName"`
	Region                regionJSON        `json:"region"`
	ServicePlan           string            `json:"servicePlan"`
	ClusterPlan           *string           `json:"clusterPlan"`
	State                 string            `json:"state"`
	Version               string            `json:"version"`
	CreatedBy             string            `json:"createdBy"`
	UserPrefix            string            `json:"userPrefix"`
	SpendingLimit         *spendingJSON     `json:"spendingLimit,omitempty"`
	AutoScaling           *autoScalingJSON  `json:"autoScaling,omitempty"`
	AutomatedBackupPolicy *backupPolicyJSON `json:"automatedBackupPolicy,omitempty"`
	Endpoints             *endpointsJSON    `json:"endpoints,omitempty"`
	HighAvailabilityType  string            `json:"highAvailabilityType,omitempty"`
	EncryptionConfig      *encryptionJSON   `json:"encryptionConfig,omitempty"`
	RootPassword          string            `json:"rootPassword"`
	Labels                map[string]string `json:"labels"`
	Annotations           map[string]string `json:"annotations,omitempty"`
	CreateTime            time.Time         `json:"createTime"`
	UpdateTime            time.Time         `json:"updateTime"`
}

type encryptionJSON struct {
	EnhancedEncryptionEnabled bool `json:"enhancedEncryptionEnabled"`
}

func (c *cluster) basicJSON(now time.Time) clusterJSON {
	v := clusterJSON{
		Name: "clusters/" + c.id, ClusterID: c.id, DisplayName: c.name, Region: c.region.json(),
		ServicePlan: c.servicePlan(), State: c.state, Version: c.version, CreatedBy: c.createdBy,
		UserPrefix: userPrefix("cluster", c.id), Labels: c.allLabels(),
		CreateTime: c.created, UpdateTime: updated(c.id, c.created, now),
	}
	if c.plan == "STARTER" || c.plan == "ESSENTIAL" { // the legacy field knows no other
		v.ClusterPlan = &c.plan
	}
	return v
}

func (c *cluster) serverlessJSON(now time.Time) clusterJSON {
	v := c.basicJSON(now)
	if c.cents >= 0 {
		v.SpendingLimit = &spendingJSON{c.cents}
	}
	start := time.Time{}.Add(c.backupStart())
	v.AutomatedBackupPolicy = &backupPolicyJSON{start.Format("15:04"), c.retention()}
	v.Endpoints = &endpointsJSON{Public: endpointJSON{Host: c.gateway(), Port: 4000, AuthorizedNetworks: c.networks()}}
	v.HighAvailabilityType = "ZONAL"
	v.EncryptionConfig = &encryptionJSON{c.plan != "STARTER"}
	v.Annotations = map[string]string{
		"tidb.cloud/has-set-password":   strconv.FormatBool(pick(4, "password", c.id) > 0),
		"tidb.cloud/available-features": "DISABLE_PUBLIC_LB,DELEGATE_USER",
	}
	if c.plan != "STARTER" {
		v.HighAvailabilityType = "REGIONAL"
		v.Endpoints.Private = c.privateEndpoint()
	}
	if c.plan == "ESSENTIAL" {
		low, high := c.capacity()
		v.AutoScaling = &autoScalingJSON{low, high}
	}
	return v
}

// networks are the addresses let in: everybody for Starter, two offices otherwise.
func (c *cluster) networks() []ipJSON {
	if c.plan == "STARTER" {
		return []ipJSON{{"0.0.0.0", "255.255.255.255", "Allow_all_public_connections"}}
	}
	return []ipJSON{{"192.0.2.0", "192.0.2.255", "office"}, {"198.51.100.7", "198.51.100.7", "build"}}
}

func (c *cluster) privateEndpoint() *privateJSON {
	e := &privateJSON{Host: "gateway01-privatelink." + c.region.code + ".prod." + c.region.provider + ".tidbcloud.com", Port: 4000}
	if c.region.provider == "aws" {
		id := hashOf("privatelink", c.region.id)
		e.AWS = &awsJSON{"com.amazonaws.vpce." + c.region.code + ".vpce-svc-" + hex16(id), []string{c.region.code + "a", c.region.code + "c"}}
	}
	return e
}

// servicePlan is the canonical plan: "Starter" for "STARTER".
func (c *cluster) servicePlan() string { return c.plan[:1] + strings.ToLower(c.plan[1:]) }

// allLabels adds the labels TiDB Cloud sets itself.
func (c *cluster) allLabels() map[string]string {
	labels := map[string]string{"tidb.cloud/organization": c.project.org.id, "tidb.cloud/project": c.project.id}
	for key, value := range c.labels {
		labels[key] = value
	}
	return labels
}

// serverlessRegions is not paged.
func (s *Server) serverlessRegions(c call) (any, *apiError) {
	provider, plan := c.URL.Query().Get("cloudProvider"), c.URL.Query().Get("servicePlan")
	list := []regionJSON{}
	for _, r := range s.world.regions {
		v := r.json()
		v.ServicePlans = servicePlansIn(r)
		if len(v.ServicePlans) > 0 && (provider == "" || provider == r.provider) && (plan == "" || slices.Contains(v.ServicePlans, plan)) {
			list = append(list, v)
		}
	}
	return map[string]any{"regions": list}, nil
}

func servicePlansIn(r *region) []string {
	switch r.provider {
	case "aws":
		return []string{"Starter", "Essential", "Premium"}
	case "alicloud":
		return []string{"Starter", "Essential"}
	default:
		return nil // Dedicated only
	}
}
