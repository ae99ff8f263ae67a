package e2e

import (
	"bufio"
	"context"
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
	Revocation    string `json:"revocation_endpoint"`
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
	return do(req)
}

// follow asks for the page that an answer has sent the browser to.
func follow(ctx context.Context, address string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return reply{}, err
	}
	return do(req)
}

func do(req *http.Request) (reply, error) {
	res, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header.Get("Location"), body}, err
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

// Key is an API key that the sandbox accepts, for HTTP Digest.
type Key struct{ Organization, Public, Private string }

// Keys returns the API key of each organization.
func (s *Sandbox) Keys(ctx context.Context) (keys []Key, err error) {
	text, err := get(ctx, s.Issuer+"/_sandbox/keys", nil)
	if err != nil {
		return nil, err
	}
	var answer struct{ Keys []Key }
	err = json.Unmarshal(text, &answer)
	return answer.Keys, err
}
