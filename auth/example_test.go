package auth_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"

	"canopy/auth"
)

// Sign in, read with the grant's client, and give the grant back.
func Example() {
	server := exampleServer()
	defer server.Close()
	dir, err := os.MkdirTemp("", "canopy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary place
	grants, err := auth.OpenGrants(filepath.Join(dir, "grants.json"))
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := auth.New(auth.Config{
		Environments: []auth.Environment{{
			Name: "Example", ClientID: "canopy",
			AuthorizationEndpoint: server.URL + "/authorize", TokenEndpoint: server.URL + "/token", RevocationEndpoint: server.URL + "/revoke",
			IAM: server.URL,
		}},
		Grants: grants,
		Store:  auth.NewMemoryStore(), // auth.NewKeyring("canopy") in a program
		Open:   exampleBrowser,        // nil in a program
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	defer func() { _ = a.Close(ctx) }()

	grant, err := a.SignIn(ctx, "Example", auth.Options{}, func(p auth.Progress) {
		if p.Stage == auth.StageDone {
			fmt.Println("signed in")
		}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1beta1/projects", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := a.Client(grant.ID).Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	fmt.Println(string(body), err)

	told, err := a.SignOut(ctx, grant.ID)
	fmt.Println("signed out, the server knows:", told, err)
	// Output:
	// signed in
	// projects for Bearer secret <nil>
	// signed out, the server knows: true <nil>
}

// exampleServer stands for TiDB Cloud.
func exampleServer() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, q *http.Request) {
		asked := q.URL.Query()
		answer := url.Values{"code": {"once"}, "state": {asked.Get("state")}}
		http.Redirect(w, q, asked.Get("redirect_uri")+"?"+answer.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"access_token":"secret","token_type":"Bearer","expires_in":3600}`)
	})
	mux.HandleFunc("/revoke", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/v1beta1/projects", func(w http.ResponseWriter, q *http.Request) {
		_, _ = fmt.Fprintf(w, "projects for %s", q.Header.Get("Authorization"))
	})
	return httptest.NewServer(mux)
}

// exampleBrowser stands for the user, who allows everything.
func exampleBrowser(_ context.Context, link string) error {
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		if answer, err := client.Get(link); err == nil {
			_ = answer.Body.Close()
		}
	}()
	return nil
}
