package session_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"canopy/activity"
	"canopy/api/sandbox"
	"canopy/auth"
)

// wire is the network, with somebody who writes down every secret that passes.
type wire struct {
	http.RoundTripper
	mu      sync.Mutex
	secrets map[string]bool
}

// Where secrets stand in what is sent, and in what is answered.
var (
	sent     = []string{"code", "code_verifier", "refresh_token", "token", "device_code", "client_secret", "pageToken"}
	answered = []string{"access_token", "refresh_token", "device_code", "user_code", "nextPageToken"}
)

func (w *wire) RoundTrip(q *http.Request) (*http.Response, error) {
	w.note(strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer "))
	w.noteAll(q.URL.Query())
	if q.GetBody != nil {
		if body, err := q.GetBody(); err == nil {
			text, _ := io.ReadAll(body)
			form, _ := url.ParseQuery(string(text))
			w.noteAll(form)
		}
	}
	answer, err := w.RoundTripper.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(text))
	var object map[string]any
	if json.Unmarshal(text, &object) == nil {
		for _, name := range answered {
			if s, ok := object[name].(string); ok {
				w.note(s)
			}
		}
	}
	return answer, err
}

func (w *wire) noteAll(values url.Values) {
	for _, name := range sent {
		w.note(values.Get(name))
	}
}

func (w *wire) note(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if secret != "" {
		w.secrets[secret] = true
	}
}

// kept writes down what the keyring holds of a grant.
func (w *wire) kept(t *testing.T, p *play, grantID string) {
	t.Helper()
	for _, key := range []string{grantID, grantID + ".access"} {
		record, err := p.Store.Get(t.Context(), key)
		if errors.Is(err, auth.ErrNotFound) {
			continue
		}
		var fields map[string]any
		if err := errors.Join(err, json.Unmarshal(record, &fields)); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"refresh", "access", "private"} {
			if s, ok := fields[name].(string); ok {
				w.note(s)
			}
		}
	}
}

// watched is a play whose network is watched.
func watched(t *testing.T, o sandbox.Options) (*play, *wire) {
	t.Helper()
	p := playWith(t, o)
	w := &wire{RoundTripper: http.DefaultTransport, secrets: map[string]bool{}}
	p.Network = w
	p.Reopen(t)
	p.begin(p.Deps())
	return p, w
}

// asks checks the rows since the last time. They are sorted: what is read at once comes in any order.
func (p *play) asks(t *testing.T, since *uint64, want ...string) {
	t.Helper()
	e := p.Sandbox.Endpoints()
	hosts := map[string]string{}
	for name, address := range map[string]string{"oauth": e.Issuer, "iam": e.IAM, "serverless": e.Serverless, "dedicated": e.Dedicated} {
		hosts[address[strings.Index(address, "//")+2:]] = name
	}
	var got []string
	for _, r := range p.Activity.Since(*since) {
		*since = r.Seq
		whose := "nobody"
		if r.Grant != "" {
			whose = "grant"
		}
		got = append(got, fmt.Sprintf("%s: %s, %s %s%s %d", whose, r.Why, r.Method, hosts[r.Host], r.Path, r.Status))
		if r.Problem != "" || r.Bytes == 0 && r.Status != http.StatusOK || hosts[r.Host] == "" {
			t.Errorf("the row %+v", r)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// secretless checks that nothing of what passed the wire can be got out of the log.
func (w *wire) secretless(t *testing.T, rs []activity.Request, least int) {
	t.Helper()
	var all bytes.Buffer
	if err := activity.WriteJSONLines(&all, rs); err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		fmt.Fprintf(&all, "%#v\n%s\n%s\n", r, r.Curl(false), r.Curl(true))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for secret := range w.secrets {
		for _, form := range []string{secret, url.QueryEscape(secret)} {
			if strings.Contains(all.String(), form) {
				t.Errorf("%q is in the log", form)
			}
		}
	}
	if len(w.secrets) < least {
		t.Errorf("only %d secrets were looked for", len(w.secrets))
	}
}

func TestEveryRequestOfASignInItsUseAndItsEndIsARow(t *testing.T) {
	p, w := watched(t, sandbox.Options{Clusters: 150, Seed: 1})
	var seen uint64
	g := p.signIn(t, "ida@halden.example", "3003").Grant
	p.settle()
	w.kept(t, p, g.ID)
	p.asks(t, &seen,
		"grant: background page 2, GET serverless/v1beta1/clusters?pageSize=100&pageToken=… 200",
		"grant: is the host reachable, GET dedicated/v1beta1/clusters?pageSize=1 200",
		"grant: is the host reachable, GET iam/v1beta1/projects?pageSize=1 200",
		"grant: is the host reachable, GET serverless/v1beta1/clusters?pageSize=1 200",
		"grant: sign-in, GET iam/v1beta1/org 200",
		"grant: sign-in, GET iam/v1beta1/projects?pageSize=100 200",
		"grant: sign-in, GET serverless/v1beta1/clusters?pageSize=100 200",
		"nobody: sign-in: exchange the code, POST oauth/v1/token 200",
		"nobody: sign-in: who signed in, GET oauth/v1/userinfo 200")

	p.Clock.Advance(2 * time.Hour) // the access token has ended
	p.Refresh()
	p.settle()
	w.kept(t, p, g.ID)
	p.asks(t, &seen,
		"grant: background page 2, GET serverless/v1beta1/clusters?pageSize=100&pageToken=… 200",
		"grant: refresh, GET iam/v1beta1/org 200",
		"grant: refresh, GET iam/v1beta1/projects?pageSize=100 200",
		"grant: refresh, GET serverless/v1beta1/clusters?pageSize=100 200",
		"grant: renew the token, POST oauth/v1/token 200")

	p.faults(t, "unauthorized=org*1", "status=projects:503*1")
	p.Refresh()
	p.settle()
	w.kept(t, p, g.ID)
	p.asks(t, &seen,
		"grant: background page 2, GET serverless/v1beta1/clusters?pageSize=100&pageToken=… 200",
		"grant: refresh, GET iam/v1beta1/org 401",
		"grant: refresh, GET iam/v1beta1/projects?pageSize=100 503",
		"grant: refresh, GET serverless/v1beta1/clusters?pageSize=100 200",
		"grant: refresh, attempt 2, GET iam/v1beta1/org 200",
		"grant: refresh, attempt 2, GET iam/v1beta1/projects?pageSize=100 200",
		"grant: renew the token, POST oauth/v1/token 200")

	p.SignOut()
	p.until(t, "the end", signedOut)
	p.settle()
	p.asks(t, &seen,
		"grant: sign-out: revoke, POST oauth/v1/revoke 200",
		"grant: sign-out: revoke, POST oauth/v1/revoke 200")
	for _, r := range p.Activity.Since(0) {
		if r.Grant != "" && r.Grant != g.ID {
			t.Errorf("the row %+v is of another grant", r)
		}
		if strings.HasPrefix(r.Path, "/v1beta1/") && r.TraceID == "" {
			t.Errorf("the row %+v has no trace id", r)
		}
	}
	w.secretless(t, p.Activity.Since(0), 10) // a code, a verifier, three pairs of tokens, page tokens
}

func TestNoSecretOfAnyWayInIsInTheLog(t *testing.T) {
	p, w := watched(t, sandbox.Options{})
	key := p.Sandbox.APIKeys()[0]
	w.note(key.Private)
	p.SignInWithAPIKey(key.Public, auth.Secret(key.Private))
	w.kept(t, p, p.browsing(t).Grant.ID)
	p.settle()
	p.SignOut()
	p.until(t, "the end", signedOut)

	p.Person.Allows(alice, acme, "101", "103")
	p.SignInWithDevice(auth.Options{})
	st := p.until(t, "the code", at(auth.StageWaiting))
	if err := p.Person.Visit(st.Attempt.VerificationURIComplete); err != nil {
		t.Fatal(err)
	}
	p.Clock.AwaitWaiter(t, 5*time.Second)
	p.Clock.Advance(5 * time.Second)
	w.kept(t, p, p.browsing(t).Grant.ID)
	p.settle()
	w.secretless(t, p.Activity.Since(0), 6) // a private key, its proofs, a device code, a pair of tokens
}
