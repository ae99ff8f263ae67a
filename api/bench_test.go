package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"canopy/api"
)

// fullPage is a page of 100 clusters that differ as those of one organization do.
func fullPage() string {
	cluster := strings.TrimSuffix(strings.TrimPrefix(serverlessPage, `{"clusters":[`), ` ],"nextPageToken":"5a0c","totalSize":"2501"}`)
	var b strings.Builder
	b.WriteString(`{"clusters":[`)
	for i := range 100 {
		if i > 0 {
			b.WriteByte(',')
		}
		one := strings.ReplaceAll(cluster, "10581234567890123456", fmt.Sprint(10581234567890123456+uint64(i)))
		one = strings.ReplaceAll(one, "orders-prod", fmt.Sprint("orders-prod-", i))
		one = strings.ReplaceAll(one, "ap-northeast-1", []string{"ap-northeast-1", "us-east-1", "eu-central-1"}[i%3])
		b.WriteString(one)
	}
	b.WriteString(`],"nextPageToken":"5a0c","totalSize":"2501"}`)
	return b.String()
}

func BenchmarkPageOfClusters(b *testing.B) {
	body := fullPage()
	client, err := api.New(api.Config{
		Hosts: api.Hosts{Serverless: "https://serverless.example"}, HTTP: &http.Client{Transport: saying{body}},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if page, err := client.ServerlessClusters(b.Context(), ""); err != nil || len(page.Items) != 100 {
			b.Fatal(err)
		}
	}
}
