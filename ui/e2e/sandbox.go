package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Sandbox is a `canopy sandbox` in a process of its own, and what its announcement says.
type Sandbox struct {
	*Process
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	IAM           string `json:"iam"`
	Serverless    string `json:"serverless"`
	Dedicated     string `json:"dedicated"`
	Console       string `json:"console"`
	ClientID      string `json:"client_id"`
	RedirectPath  string `json:"redirect_path"`
}

// StartSandbox starts a sandbox on free loopback ports and waits until it serves.
func (d *Desktop) StartSandbox(ctx context.Context, args ...string) (*Sandbox, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	full := append([]string{d.Canopy, "sandbox", "--listen", "127.0.0.1", "--json", "--log"}, args...)
	p, err := d.run(ctx, command{name: "sandbox", args: full, stdout: w})
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	lines := bufio.NewReader(r)
	announced := make(chan string, 1)
	go func() {
		line, _ := lines.ReadString('\n')
		announced <- line
		_, _ = io.Copy(io.Discard, lines) // a full pipe would stop it
		_ = r.Close()
	}()
	s := &Sandbox{Process: p}
	select {
	case line := <-announced:
		if err := json.Unmarshal([]byte(line), s); err != nil || s.Issuer == "" {
			return nil, fmt.Errorf("the sandbox announced %q instead of its addresses; its log says:\n%s", line, p.tail())
		}
		return s, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the sandbox: %w", ctx.Err())
	case <-time.After(patience):
		return nil, fmt.Errorf("the sandbox did not announce itself within %v; its log says:\n%s", patience, p.tail())
	}
}

// client speaks to the sandbox. It follows no redirect: one of them carries a code.
var client = &http.Client{
	Timeout:       patience,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{Proxy: nil},
}

func get(ctx context.Context, address string, header http.Header) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header = header
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", address, res.Status, body)
	}
	return body, err
}

// reply is what a form was answered with.
type reply struct {
	status   int
	location string
	body     []byte
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

func post(ctx context.Context, address string, form url.Values) (reply, error) {
	return send(ctx, address, "application/x-www-form-urlencoded", form.Encode())
}

func send(ctx context.Context, address, kind, content string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(content))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", kind)
	res, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header.Get("Location"), body}, err
}

// Choice is what a person picks on the consent page.
type Choice struct {
	User, Organization string
	Projects           []string // ids; none means all
}

// Grant signs in as a plain form would, without a browser, and returns an access token for this choice.
func (s *Sandbox) Grant(ctx context.Context, c Choice) (token string, err error) {
	verifier := rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	const redirect = "http://127.0.0.1:9" // never followed
	query := url.Values{
		"response_type": {"code"}, "client_id": {s.ClientID}, "redirect_uri": {redirect + s.RedirectPath}, "state": {rand.Text()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	projects := c.Projects
	if len(projects) == 0 {
		projects = []string{"all"}
	}
	form := url.Values{"user": {c.User}, "org": {c.Organization}, "project": projects, "decision": {"allow"}}
	consent, err := post(ctx, s.Authorization+"?"+query.Encode(), form)
	if err != nil {
		return "", err
	}
	back, err := url.Parse(consent.location)
	if err != nil || !back.Query().Has("code") {
		return "", fmt.Errorf("the consent form gives no code but answers %v", consent)
	}
	code := back.Query().Get("code")
	exchange, err := post(ctx, s.Token, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": query["redirect_uri"],
		"client_id": {s.ClientID}, "code_verifier": {verifier},
	})
	if err != nil {
		return "", err
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(exchange.body, &answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("the token endpoint gives no token but answers %v", exchange)
	}
	return answer.AccessToken, nil
}

// SetFaults replaces the sandbox's faults; none makes it behave.
func (s *Sandbox) SetFaults(ctx context.Context, faults ...string) error {
	content, err := json.Marshal(map[string][]string{"faults": append([]string{}, faults...)})
	if err != nil {
		return err
	}
	answer, err := send(ctx, s.Issuer+"/_sandbox/faults", "application/json", string(content))
	if err == nil && answer.status/100 != 2 {
		err = fmt.Errorf("the sandbox refuses the faults %q: %v", faults, answer)
	}
	return err
}

// pages reads all pages of a list and calls each for every item.
func pages[T any](ctx context.Context, address, token, list string, query url.Values, each func(T)) error {
	header := http.Header{"Authorization": {"Bearer " + token}}
	for next := ""; ; {
		q := url.Values{"pageSize": {"100"}}
		for k, v := range query {
			q[k] = v
		}
		if next != "" {
			q.Set("pageToken", next)
		}
		body, err := get(ctx, address+"?"+q.Encode(), header)
		if err != nil {
			return err
		}
		var page map[string]json.RawMessage
		if err := json.Unmarshal(body, &page); err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
		var items []T
		if err := json.Unmarshal(page[list], &items); err != nil {
			return fmt.Errorf("%s: %s: %w", address, list, err)
		}
		for _, item := range items {
			each(item)
		}
		next = ""
		if raw, ok := page["nextPageToken"]; ok {
			if err := json.Unmarshal(raw, &next); err != nil {
				return fmt.Errorf("%s: nextPageToken: %w", address, err)
			}
		}
		if next == "" {
			return nil
		}
	}
}
