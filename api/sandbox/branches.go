package sandbox

import (
	"fmt"
	"strconv"
	"time"
)

type branchJSON struct {
	Name              string            `json:"name"`
	BranchID          string            `json:"branchId"`
	DisplayName       string            `json:"displayName"`
	ClusterID         string            `json:"clusterId"`
	ParentID          string            `json:"parentId"`
	ParentDisplayName string            `json:"parentDisplayName"`
	ParentTimestamp   time.Time         `json:"parentTimestamp"`
	CreatedBy         string            `json:"createdBy"`
	State             string            `json:"state"`
	Endpoints         *endpointsJSON    `json:"endpoints,omitempty"`
	UserPrefix        string            `json:"userPrefix"`
	CreateTime        time.Time         `json:"createTime"`
	UpdateTime        time.Time         `json:"updateTime"`
	Annotations       map[string]string `json:"annotations,omitempty"`
}

func (b *branch) json(now time.Time) branchJSON {
	return branchJSON{
		Name: "clusters/" + b.cluster.id + "/branches/" + b.id, BranchID: b.id, DisplayName: b.name,
		ClusterID: b.cluster.id, ParentID: b.cluster.id, ParentDisplayName: b.cluster.name, ParentTimestamp: b.created,
		CreatedBy: b.createdBy, State: b.state, UserPrefix: userPrefix("branch", b.id),
		Endpoints:  &endpointsJSON{Public: endpointJSON{Host: b.cluster.gateway(), Port: 4000, AuthorizedNetworks: []ipJSON{}}},
		CreateTime: b.created, UpdateTime: updated(b.id, b.created, now),
		Annotations: map[string]string{"tidb.cloud/has-set-password": "false"},
	}
}

func (s *Server) branches(c call) (any, *apiError) {
	v, failure := s.cluster(c, c.PathValue("id"))
	if failure != nil {
		return nil, failure
	}
	p, failure := s.page(c, 10)
	if failure != nil {
		return nil, failure
	}
	list := []branchJSON{}
	for _, b := range cut(v.branches, p) {
		list = append(list, b.json(s.world.now))
	}
	return map[string]any{"branches": list, "nextPageToken": p.next(len(v.branches)), "totalSize": len(v.branches)}, nil
}

func (s *Server) branch(c call) (any, *apiError) {
	v, failure := s.cluster(c, c.PathValue("id"))
	if failure != nil {
		return nil, failure
	}
	for _, b := range v.branches {
		if b.id == c.PathValue("branch") {
			return b.json(s.world.now), nil
		}
	}
	return nil, notFound("branch", shown(c.PathValue("branch")))
}

type backupJSON struct {
	Name       string    `json:"name"`
	BackupID   string    `json:"backupId"`
	ClusterID  string    `json:"clusterId"`
	CreateTime time.Time `json:"createTime"`
}

// backups of one cluster, the latest first: one a day for as long as they are kept.
func (s *Server) backups(c call) (any, *apiError) {
	id := c.URL.Query().Get("clusterId")
	if id == "" {
		return nil, badRequest("clusterId is missing")
	}
	v, failure := s.cluster(c, id)
	if failure != nil {
		return nil, failure
	}
	p, failure := s.page(c, 10)
	if failure != nil {
		return nil, failure
	}
	times := v.backupTimes(s.world.now)
	list := []backupJSON{}
	for _, at := range cut(times, p) {
		number := strconv.FormatUint(hashOf("backup", id, at.Format(time.DateOnly))%1e9, 10)
		list = append(list, backupJSON{"backups/" + number, number, id, at})
	}
	return map[string]any{"backups": list, "nextPageToken": p.next(len(times)), "totalSize": len(times)}, nil
}

func (c *cluster) backupTimes(now time.Time) []time.Time {
	var times []time.Time
	for at := now.Truncate(24 * time.Hour).Add(c.backupStart()); len(times) < c.retention(); at = at.AddDate(0, 0, -1) {
		if at.Before(c.created) {
			break
		}
		if !at.After(now) {
			times = append(times, at)
		}
	}
	return times
}

func hex16(n uint64) string { return fmt.Sprintf("%016x", n) }
