package api

import (
	"context"
	"fmt"
	"net/url"
)

const (
	versionPrefix = "/v1beta1"
	pageSize      = "100" // the largest that every host allows
)

// Organization returns the organization that the grant belongs to.
func (c *Client) Organization(ctx context.Context) (Organization, error) {
	answer, err := c.get(ctx, HostIAM, "/org", nil)
	if err != nil {
		return Organization{}, err
	}
	defer answer.d.release()
	return organizationOf(answer.value), nil
}

// Projects returns the page of the organization's projects that token names;
// the first one if token is empty.
func (c *Client) Projects(ctx context.Context, token string) (Page[Project], error) {
	return list(ctx, c, HostIAM, "/projects", paging(token), "projects", projectOf)
}

// ServerlessClusters returns a page of the Starter, Essential and Premium
// clusters of all projects and regions that the grant covers.
func (c *Client) ServerlessClusters(ctx context.Context, token string) (Page[Cluster], error) {
	return list(ctx, c, HostServerless, "/clusters", paging(token), "clusters", serverlessClusterOf)
}

// DedicatedClusters returns a page of the Dedicated clusters of a project.
// Without a project id the host lists those of its default project only.
func (c *Client) DedicatedClusters(ctx context.Context, projectID, token string) (Page[Cluster], error) {
	query := paging(token)
	if projectID != "" {
		query.Set("projectId", projectID)
	}
	return list(ctx, c, HostDedicated, "/clusters", query, "clusters", func(v value) (Cluster, bool) {
		cluster, ok := dedicatedClusterOf(v)
		if cluster.ProjectID == "" {
			cluster.ProjectID = projectID
		}
		return cluster, ok
	})
}

// Branches returns a page of the branches of a Starter or Essential cluster.
func (c *Client) Branches(ctx context.Context, clusterID, token string) (Page[Branch], error) {
	path := "/clusters/" + url.PathEscape(clusterID) + "/branches"
	if clusterID == "" || clusterID == "." || clusterID == ".." {
		return Page[Branch]{Total: -1}, c.fail(HostServerless, path,
			fmt.Errorf("%q is no cluster id; choose a cluster", clusterID))
	}
	return list(ctx, c, HostServerless, path, paging(token), "branches", func(v value) (Branch, bool) {
		branch, ok := branchOf(v)
		if branch.ClusterID == "" {
			branch.ClusterID = clusterID
		}
		return branch, ok
	})
}

// Backups returns a page of the backups of a Starter or Essential cluster.
func (c *Client) Backups(ctx context.Context, clusterID, token string) (Page[Backup], error) {
	query := paging(token)
	query.Set("clusterId", clusterID)
	return list(ctx, c, HostServerless, "/backups", query, "backups", func(v value) (Backup, bool) {
		backup, ok := backupOf(v)
		if backup.ClusterID == "" {
			backup.ClusterID = clusterID
		}
		return backup, ok
	})
}

func paging(token string) url.Values {
	query := url.Values{"pageSize": {pageSize}}
	if token != "" {
		query.Set("pageToken", token)
	}
	return query
}

// list reads one page whose items stand under key and are read by item, which
// reports false for what cannot be shown.
func list[T any](ctx context.Context, c *Client, host Host, path string, query url.Values, key string, item func(value) (T, bool)) (Page[T], error) {
	page := Page[T]{Total: -1}
	answer, err := c.get(ctx, host, path, query)
	if err != nil {
		return page, err
	}
	defer answer.d.release()
	items := 0
	for name, v := range answer.fields() {
		switch name {
		case key:
			if !v.isArray() && !v.isNull() {
				return page, answer.malformed(fmt.Sprintf("%s is not a list", key))
			}
			items += v.length()
		case "nextPageToken":
			page.Next = v.own()
		case "totalSize":
			if n, ok := v.integer(); ok && n >= 0 {
				page.Total = n
			}
		}
	}
	if page.Next != "" {
		tell(ctx, page.Next)
	}
	page.Items = make([]T, 0, items)
	for name, v := range answer.fields() {
		if name == key {
			page.decode(v, item)
		}
	}
	return page, nil
}

func (p *Page[T]) decode(list value, item func(value) (T, bool)) {
	for element := range list.items() {
		if one, ok := item(element); ok {
			p.Items = append(p.Items, one)
		} else {
			p.Skipped++
		}
	}
}
