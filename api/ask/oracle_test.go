package ask_test

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"canopy/assets"
)

// The oracle knows the answers from the file that the sandbox is filled
// from, by loops of its own: it shares nothing with the package.
type oracleCluster struct {
	ID, Name, Project, Plan, State, Region, Version string
	CreateTime                                      time.Time `json:"create_time"`
	CreatedBy                                       string    `json:"created_by"`
	SpendingLimitUSD                                *float64  `json:"spending_limit_usd"`
	NodeCount                                       *float64  `json:"node_count"`
	Labels                                          map[string]string

	project oracleProject
	org     string
	place   oracleRegion
}

type oracleProject struct{ ID, Name, Org, Type string }

type oracleRegion struct{ Provider, Code, City, Country, Continent string }

type oracleBranch struct {
	ID, Name, Cluster, State string
	CreatedBy                string `json:"created_by"`
}

type oracle struct {
	Regions  map[string]oracleRegion
	Orgs     []struct{ ID, Name string }
	Projects []oracleProject
	Clusters []oracleCluster
	Branches []oracleBranch
}

func newOracle(t testing.TB) *oracle {
	t.Helper()
	o := new(oracle)
	if err := json.Unmarshal(assets.Organizations(), o); err != nil {
		t.Fatal(err)
	}
	for i := range o.Clusters {
		c := &o.Clusters[i]
		c.place = o.Regions[c.Region]
		for _, p := range o.Projects {
			if p.ID == c.Project {
				c.project = p
			}
		}
		for _, g := range o.Orgs {
			if g.ID == c.project.Org {
				c.org = g.Name
			}
		}
	}
	return o
}

// is is a condition on a cluster.
type is func(oracleCluster) bool

func (o *oracle) clusters(conditions ...is) []oracleCluster {
	var found []oracleCluster
next:
	for _, c := range o.Clusters {
		for _, holds := range conditions {
			if !holds(c) {
				continue next
			}
		}
		found = append(found, c)
	}
	return found
}

func state(s ...string) is { return func(c oracleCluster) bool { return slices.Contains(s, c.State) } }
func plan(s ...string) is  { return func(c oracleCluster) bool { return slices.Contains(s, c.Plan) } }
func city(s ...string) is {
	return func(c oracleCluster) bool { return slices.Contains(s, c.place.City) }
}
func country(s string) is   { return func(c oracleCluster) bool { return c.place.Country == s } }
func continent(s string) is { return func(c oracleCluster) bool { return c.place.Continent == s } }
func on(s ...string) is {
	return func(c oracleCluster) bool { return slices.Contains(s, c.place.Provider) }
}
func org(s string) is     { return func(c oracleCluster) bool { return c.org == s } }
func project(s string) is { return func(c oracleCluster) bool { return c.project.Name == s } }
func region(s string) is  { return func(c oracleCluster) bool { return c.Region == s } }
func code(s string) is    { return func(c oracleCluster) bool { return c.place.Code == s } }
func by(s string) is      { return func(c oracleCluster) bool { return c.CreatedBy == s } }
func version(s string) is {
	return func(c oracleCluster) bool { return strings.HasPrefix(c.Version, s) }
}
func label(s string) is    { return func(c oracleCluster) bool { return c.Labels["env"] == s } }
func named(s ...string) is { return func(c oracleCluster) bool { return slices.Contains(s, c.Name) } }
func begins(s string) is   { return func(c oracleCluster) bool { return strings.HasPrefix(c.Name, s) } }
func ends(s string) is     { return func(c oracleCluster) bool { return strings.HasSuffix(c.Name, s) } }
func holds(s string) is    { return func(c oracleCluster) bool { return strings.Contains(c.Name, s) } }
func not(x is) is          { return func(c oracleCluster) bool { return !x(c) } }
func nodes(f func(float64) bool) is {
	return func(c oracleCluster) bool { return c.NodeCount != nil && f(*c.NodeCount) }
}

func limit(f func(float64) bool) is {
	return func(c oracleCluster) bool { return c.SpendingLimitUSD != nil && f(*c.SpendingLimitUSD) }
}

func noLimit(c oracleCluster) bool { return c.SpendingLimitUSD == nil }

func over(n float64) func(float64) bool    { return func(v float64) bool { return v > n } }
func atLeast(n float64) func(float64) bool { return func(v float64) bool { return v >= n } }
func under(n float64) func(float64) bool   { return func(v float64) bool { return v < n } }
func exactly(n float64) func(float64) bool { return func(v float64) bool { return v == n } }

// created is true of clusters created from a day on and before another one,
// written as 2006-01-02; an empty day is no bound.
func created(from, before string) is {
	return func(c oracleCluster) bool {
		day := c.CreateTime.UTC().Format("2006-01-02")
		return day >= from && (before == "" || day < before)
	}
}

// want is what an answer must be.
type want struct {
	intent string // of those that are not answers
	value  any    // as JSON would have it
	order  bool   // the order counts
}

func (o *oracle) ids(conditions ...is) want {
	ids := []string{}
	for _, c := range o.clusters(conditions...) {
		ids = append(ids, c.ID)
	}
	return want{value: ids}
}

func (o *oracle) count(conditions ...is) want {
	return want{value: float64(len(o.clusters(conditions...)))}
}

// first returns the ids of the first n clusters in an order.
func (o *oracle) first(n int, before func(a, b oracleCluster) bool, conditions ...is) want {
	found := o.clusters(conditions...)
	sort.SliceStable(found, func(i, j int) bool { return before(found[i], found[j]) })
	ids := []string{}
	for _, c := range found[:n] {
		ids = append(ids, c.ID)
	}
	return want{value: ids, order: true}
}

func newer(a, b oracleCluster) bool { return a.CreateTime.After(b.CreateTime) }
func older(a, b oracleCluster) bool { return a.CreateTime.Before(b.CreateTime) }

func (o *oracle) groups(key func(oracleCluster) string, conditions ...is) want {
	value := map[string]any{}
	for _, c := range o.clusters(conditions...) {
		n, _ := value[key(c)].(float64)
		value[key(c)] = n + 1
	}
	return want{value: value}
}

// projects returns the ids of the projects of which a condition is true; it
// is told the clusters of each.
func (o *oracle) projects(condition func(p oracleProject, clusters []oracleCluster) bool) want {
	ids := []string{}
	for _, p := range o.Projects {
		inside := o.clusters(func(c oracleCluster) bool { return c.Project == p.ID })
		if condition(p, inside) {
			ids = append(ids, p.ID)
		}
	}
	return want{value: ids}
}

func anyOf(clusters []oracleCluster, x is) bool {
	return slices.ContainsFunc(clusters, func(c oracleCluster) bool { return x(c) })
}

func ids(list ...string) want { return want{value: list} }

func values(list ...string) want { return want{value: list} }

func number(n float64) want { return want{value: n} }

func yes() want { return want{value: true} }

func no() want { return want{value: false} }

// fields is the answer about one thing: name, value, name, value, …
func fields(pairs ...any) want {
	object := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		object[pairs[i].(string)] = pairs[i+1]
	}
	return want{value: []any{object}}
}

func asksBack() want       { return want{intent: "clarify"} }
func refuses() want        { return want{intent: "refuse_write"} }
func keepsSecret() want    { return want{intent: "refuse_secret"} }
func outOfScope() want     { return want{intent: "out_of_scope"} }
func aboutItself() want    { return want{intent: "meta"} }
func aboutThePast() want   { return want{intent: "history"} }
func opens(id string) want { return want{intent: "navigate", value: id} }
