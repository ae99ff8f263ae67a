package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// plainCluster is what anybody would write to read a cluster with encoding/json. It holds what api.Cluster holds and
// nothing else, in what takes the least room: of the address ranges that may connect only how many there are, and of the
// region not what follows from the rest of it.
type plainCluster struct {
	ID     string `json:"clusterId"`
	Name   string `json:"displayName"`
	Plan   string `json:"servicePlan"`
	State  string `json:"state"`
	Region struct {
		ID       string `json:"regionId"`
		Provider string `json:"cloudProvider"`
		Display  string `json:"displayName"`
	} `json:"region"`
	Version       string    `json:"version"`
	CreatedBy     string    `json:"createdBy"`
	UserPrefix    string    `json:"userPrefix"`
	Created       time.Time `json:"createTime"`
	Updated       time.Time `json:"updateTime"`
	SpendingLimit *struct {
		Monthly int `json:"monthly"`
	} `json:"spendingLimit"`
	Scaling struct {
		MinRCU int `json:"minRcu"`
		MaxRCU int `json:"maxRcu"`
	} `json:"autoScaling"`
	Backup struct {
		Start         string `json:"startTime"`
		RetentionDays int    `json:"retentionDays"`
	} `json:"automatedBackupPolicy"`
	Endpoints struct {
		Public struct {
			plainEndpoint
			Allowed []struct{} `json:"authorizedNetworks"`
		} `json:"public"`
		Private *plainEndpoint `json:"private"`
	} `json:"endpoints"`
	Availability string `json:"highAvailabilityType"`
	// Labels hold the project and the organization as well.
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	Nodes       []struct{}        `json:"-"` // the serverless host tells none
	Host        string            `json:"-"`
}

type plainEndpoint struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Disabled bool   `json:"disabled"`
}

// plainPage is one answer.
type plainPage struct {
	Clusters []plainCluster `json:"clusters"`
	Next     string         `json:"nextPageToken"`
	Total    int            `json:"totalSize"`
}

// readPlainly reads all clusters: net/http and encoding/json in a loop.
func readPlainly(ctx context.Context, client *http.Client, host string) ([]plainCluster, error) {
	var all []plainCluster
	query := url.Values{"pageSize": {"100"}}
	for {
		page, err := plainly(ctx, client, host+"/v1beta1/clusters?"+query.Encode())
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = make([]plainCluster, 0, page.Total) // so that the baseline copies nothing and keeps nothing to spare
		}
		all = append(all, page.Clusters...)
		if page.Next == "" {
			break
		}
		query.Set("pageToken", page.Next)
	}
	for i := range all {
		all[i].Host = "serverless"
	}
	return all, nil
}

func plainly(ctx context.Context, client *http.Client, address string) (plainPage, error) {
	var page plainPage
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return page, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return page, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return page, fmt.Errorf("the sandbox answered %s", answer.Status)
	}
	return page, json.NewDecoder(answer.Body).Decode(&page)
}

// bearer sends the token with each request.
type bearer struct {
	http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.RoundTripper.RoundTrip(r)
}

// newClient returns a client whose connections nobody else uses.
func newClient(token string) *http.Client {
	return &http.Client{Transport: bearer{http.DefaultTransport.(*http.Transport).Clone(), token}}
}
