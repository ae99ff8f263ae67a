package api_test

import (
	"slices"
	"testing"

	"canopy/api"
)

func TestTheTokenOfTheNextPageIsToldEarly(t *testing.T) {
	for _, c := range []struct {
		what, body string
		told       []string
	}{
		{"a page with another after it", `{"clusters":[{"clusterId":"1"}],"nextPageToken":"two","totalSize":2}`, []string{"two"}},
		{"the token before the rows", `{"nextPageToken":"two","clusters":[]}`, []string{"two"}},
		{"the last page", `{"clusters":[{"clusterId":"1"}],"nextPageToken":""}`, nil},
		{"rows that are no list", `{"nextPageToken":"two","clusters":{}}`, nil},
		{"no JSON", `{"nextPageToken":"two",`, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			client := newBench(t, newHost(t, ok(c.body)))
			var told []string
			page, err := client.ServerlessClusters(api.OnNext(t.Context(), func(token string) { told = append(told, token) }), "")
			if !slices.Equal(told, c.told) {
				t.Errorf("told %q, want %q", told, c.told)
			}
			if err == nil && page.Next != "" && !slices.Equal(told, []string{page.Next}) {
				t.Errorf("the page says %q", page.Next)
			}
		})
	}
}
