package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"canopy/api"
)

// saying answers every request with the same body, without a network: the
// fuzzer tries thousands of them a second.
type saying struct{ body string }

func (s saying) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.body)), Request: r}, nil
}

// FuzzAnswers holds the client to four promises whatever a host says: no
// panic, only *api.Error as errors, and rows that can be keyed and shown; and
// to taking for JSON what encoding/json does. Run
// it with -fuzzminimizetime 5x: what runs beneath net/http is not the same
// twice, and minimizing would take all the time.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		serverlessPage, dedicatedPage, `{}`, ``, `null`, `[]`, `{"clusters":[null]}`, `{"clusters":[{"clusterId":1e9}]}`,
		`{"projects":[{"id":"1","create_timestamp":-5}]}`, `{"branches":[{"name":"a/b/"}]}`, `{"code":1,"message":"x"}`,
		`{"clusters":[{"clusterId":"1","labels":{"":"","a":{}}}]}`, "{\"\xff\":\"\\ud800\"}", `{"a_":1,"_a":2,"a__b":3}`, `{"nextPageToken":{"a":[1,2,{"b":"]"}]}}`,
		`{"a":-0.5e+3,"b":01}`, `{"a":"\u12G4"}`, `{"a":tru}`, `{"a":1,}`, `{"a" 1}`, `{"a":[1 2]}`, `{"a":"\x"}`, "{\"a\":\"\n\"}", `{"a":.5}`, `{"a":1.}`, `{"a":1e}`, `{}x`,
		strings.Repeat(`{"a":`, 10000) + `1` + strings.Repeat(`}`, 10000), strings.Repeat(`{"a":`, 10001) + `1` + strings.Repeat(`}`, 10001),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		client, err := api.New(api.Config{
			Hosts: api.Hosts{IAM: "https://iam.example", Serverless: "https://serverless.example", Dedicated: "https://dedicated.example"},
			HTTP:  &http.Client{Transport: saying{body}},
			Wait:  func(context.Context, time.Duration) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		check := func(err error, ids ...string) {
			var failure *api.Error
			if err != nil && !errors.As(err, &failure) {
				t.Errorf("error %T: %v", err, err)
			}
			for _, id := range ids {
				if id == "" || !utf8.ValidString(id) {
					t.Errorf("id %q", id)
				}
			}
		}
		for _, read := range []func() (api.Page[api.Cluster], error){
			func() (api.Page[api.Cluster], error) { return client.ServerlessClusters(ctx, "") },
			func() (api.Page[api.Cluster], error) { return client.DedicatedClusters(ctx, "1", "") },
		} {
			page, err := read()
			check(err)
			for _, c := range page.Items {
				check(nil, c.ID, c.Name)
				if !strings.Contains(body, string(c.Raw)) {
					t.Errorf("Raw %q is not of the answer", c.Raw)
				}
			}
		}
		projects, err := client.Projects(ctx, "")
		check(err)
		for _, p := range projects.Items {
			check(nil, p.ID)
		}
		branches, err := client.Branches(ctx, "1", "")
		check(err)
		for _, b := range branches.Items {
			check(nil, b.ID, b.Name)
		}
		_, err = client.Organization(ctx)
		check(err)
		text := bytes.TrimSpace([]byte(strings.TrimPrefix(body, "\ufeff")))
		isObject := json.Valid(text) && text[0] == '{'
		if understood := err == nil || strings.Contains(err.Error(), "a refusal"); understood != isObject {
			t.Errorf("an object: %v, but the client says %v", isObject, err)
		}
		_, err = client.Backups(ctx, "1", "")
		check(err)
	})
}
