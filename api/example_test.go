package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"canopy/activity"
	"canopy/api"
)

func Example() {
	cloud := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("pageToken") == "" {
			w.Write([]byte(`{"clusters":[{"clusterId":"1","displayName":"orders","state":"ACTIVE"}],"nextPageToken":"more","totalSize":2}`))
			return
		}
		w.Write([]byte(`{"clusters":[{"clusterId":"2","displayName":"ledger","state":"PAUSED"}],"totalSize":2}`))
	}))
	defer cloud.Close()

	client, err := api.New(api.Config{Hosts: api.Hosts{Serverless: cloud.URL}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := activity.Why(context.Background(), "an example asks")
	for token := ""; ; {
		page, err := client.ServerlessClusters(ctx, token)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, cluster := range page.Items {
			fmt.Println(cluster.Name, cluster.State.Words(), cluster.State.Group())
		}
		if token = page.Next; token == "" {
			break
		}
	}
	// Output:
	// orders Active running
	// ledger Paused resting
}
