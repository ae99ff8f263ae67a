package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"canopy/assets"
)

// The world is everything the sandbox knows about organizations. It is built once
// by Start and never changes afterwards, so that requests read it without locks.
type world struct {
	regions  []*region
	orgs     []*organization
	users    []*user
	orgByID  map[string]*organization
	clusters map[string]*cluster
	projects map[string]*project
	now      time.Time // the moment the data was written for
}

type region struct {
	id, provider, code, city string
}

// display is the region's name as the API gives it: "Tokyo (ap-northeast-1)".
func (r *region) display() string { return r.city + " (" + r.code + ")" }

type organization struct {
	id, name string
	projects []*project
	key      APIKey
}

// project of org, or nil when org has none with that id.
func (o *organization) project(id string) *project {
	for _, p := range o.projects {
		if p.id == id {
			return p
		}
	}
	return nil
}

// defaultProject is the one the dedicated host lists when the request names none:
// the organization's first project for Dedicated clusters.
func (o *organization) defaultProject() *project {
	for _, p := range o.projects {
		if p.kind == "dedicated" {
			return p
		}
	}
	return nil
}

type project struct {
	id, name, kind string
	org            *organization
	created        time.Time
	members        int
	serverless     []*cluster // Starter, Essential, Premium
	dedicated      []*cluster
}

type cluster struct {
	id, name, state, version, createdBy string
	plan                                string // as the data has it: "STARTER", "DEDICATED"
	project                             *project
	region                              *region
	created                             time.Time
	cents                               int // monthly spending limit, -1 when there is none
	nodes                               int // Dedicated only
	labels                              map[string]string
	branches                            []*branch
}

func (c *cluster) isDedicated() bool { return c.plan == "DEDICATED" }

type branch struct {
	id, name, state, createdBy string
	cluster                    *cluster
	created                    time.Time
}

// dataset is the form of assets/sandbox/organizations.json.
type dataset struct {
	Now     time.Time
	Regions map[string]struct{ Provider, Code, City string }
	Orgs    []struct{ ID, Name string }

	Projects []struct{ ID, Name, Org, Type string }
	Clusters []struct {
		ID, Name, Project, Plan, State, Region, Version string
		CreateTime                                      time.Time `json:"create_time"`
		CreatedBy                                       string    `json:"created_by"`
		SpendingLimitUSD                                *int      `json:"spending_limit_usd"`
		NodeCount                                       int       `json:"node_count"`
		Labels                                          map[string]string
	}
	Branches []struct {
		ID, Name, Cluster, State string
		CreateTime               time.Time `json:"create_time"`
		CreatedBy                string    `json:"created_by"`
	}
}

// newWorld reads the embedded organizations and adds the generated one.
func newWorld(o Options) (*world, error) {
	var data dataset
	if err := json.Unmarshal(assets.Organizations(), &data); err != nil {
		return nil, fmt.Errorf("read the sandbox's organizations: %w", err)
	}
	w := &world{
		now:      data.Now.UTC(),
		orgByID:  make(map[string]*organization),
		projects: make(map[string]*project),
		clusters: make(map[string]*cluster, len(data.Clusters)+o.Clusters),
	}
	w.addRegions(&data)
	for _, o := range data.Orgs {
		w.addOrganization(o.ID, o.Name)
	}
	for _, p := range data.Projects {
		org := w.orgByID[p.Org]
		if org == nil {
			return nil, fmt.Errorf("read the sandbox's organizations: project %s belongs to unknown organization %s", p.ID, p.Org)
		}
		w.addProject(&project{id: p.ID, name: p.Name, kind: p.Type, org: org})
	}
	if err := w.addClusters(&data); err != nil {
		return nil, fmt.Errorf("read the sandbox's organizations: %w", err)
	}
	w.users = people(w.orgs)
	if o.Clusters > 0 || o.Projects > 0 {
		w.generate(o.Clusters, o.Projects, o.Seed)
	}
	for _, p := range w.projects {
		p.fill(w.now)
	}
	return w, nil
}

func (w *world) addOrganization(id, name string) *organization {
	o := &organization{id: id, name: name, key: apiKey(id)}
	w.orgs = append(w.orgs, o)
	w.orgByID[id] = o
	return o
}

func (w *world) addProject(p *project) {
	p.org.projects = append(p.org.projects, p)
	w.projects[p.id] = p
}

func (w *world) addClusters(data *dataset) error {
	for _, d := range data.Clusters {
		p, r := w.projects[d.Project], w.region(d.Region)
		if p == nil || r == nil {
			return fmt.Errorf("cluster %s names project %q and region %q, of which one is unknown", d.ID, d.Project, d.Region)
		}
		c := &cluster{
			id: d.ID, name: d.Name, state: d.State, version: d.Version, createdBy: d.CreatedBy, plan: d.Plan,
			project: p, region: r, created: d.CreateTime, cents: -1, nodes: d.NodeCount, labels: d.Labels,
		}
		if d.SpendingLimitUSD != nil {
			c.cents = *d.SpendingLimitUSD * 100
		}
		w.addCluster(c)
	}
	for _, d := range data.Branches {
		c := w.clusters[d.Cluster]
		if c == nil {
			return fmt.Errorf("branch %s names unknown cluster %q", d.ID, d.Cluster)
		}
		c.branches = append(c.branches, &branch{id: d.ID, name: d.Name, state: d.State, createdBy: d.CreatedBy, cluster: c, created: d.CreateTime})
	}
	return nil
}

func (w *world) addCluster(c *cluster) {
	w.clusters[c.id] = c
	if c.isDedicated() {
		c.project.dedicated = append(c.project.dedicated, c)
	} else {
		c.project.serverless = append(c.project.serverless, c)
	}
}

func (w *world) addRegions(data *dataset) {
	for id, r := range data.Regions {
		w.regions = append(w.regions, &region{id: id, provider: r.Provider, code: r.Code, city: r.City})
	}
	sortBy(w.regions, func(r *region) string { return r.id })
}

func (w *world) region(id string) *region {
	for _, r := range w.regions {
		if r.id == id {
			return r
		}
	}
	return nil
}

// user by mail address, or by the part before the @.
func (w *world) user(name string) *user {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, u := range w.users {
		if u.email == name || u.username == name {
			return u
		}
	}
	return nil
}
