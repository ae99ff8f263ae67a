package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"canopy/api/sandbox"
)

// The organization that the sandbox generates, and somebody who may see all of it.
const (
	organization = "3003"
	member       = "alice@acme.example"
)

// serve is the other process: a sandbox without a rate limit. It says where it is in one line of JSON.
func serve(in io.Reader, out io.Writer, clusters int) error {
	server, err := sandbox.Start(sandbox.Options{Clusters: clusters, RateLimit: -1})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(server.Endpoints()); err != nil {
		return errors.Join(err, server.Close())
	}
	_, err = io.Copy(io.Discard, in)
	return errors.Join(err, server.Close())
}

// process is a sandbox that runs.
type process struct {
	sandbox.Endpoints
	command *exec.Cmd
	input   io.Closer
}

func startServer(ctx context.Context, clusters int) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, self, "-serve", "-clusters", strconv.Itoa(clusters)) //nolint:gosec // this very program
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("the sandbox cannot be started: %w", err)
	}
	p := &process{command: command, input: input}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.Endpoints)
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("the sandbox did not say where it is: %w", err)
	}
	return p, nil
}

// stop ends the sandbox. How it ends is no matter.
func (p *process) stop() {
	p.input.Close()
	_ = p.command.Wait()
}

// signIn goes through the consent page and the exchange, as RFC 6749 §4.1 and RFC 7636 §4 have it.
func (p *process) signIn(ctx context.Context) (who, error) {
	const verifier, redirect = "a-verifier-of-the-measure-that-is-longer-than-43-characters", "http://127.0.0.1:49152"
	challenge := sha256.Sum256([]byte(verifier))
	page := p.AuthorizationEndpoint + "?" + url.Values{
		"response_type": {"code"}, "client_id": {p.ClientID}, "redirect_uri": {redirect + p.RedirectPath}, "state": {"measure"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode()
	answer, err := post(ctx, page, url.Values{"user": {member}, "org": {organization}, "project": {"all"}, "decision": {"allow"}})
	if err != nil {
		return who{}, err
	}
	answer.Body.Close()
	callback, err := answer.Location()
	if err != nil {
		return who{}, fmt.Errorf("the consent page answered %s: %w", answer.Status, err)
	}
	answer, err = post(ctx, p.TokenEndpoint, url.Values{
		"grant_type": {"authorization_code"}, "code": {callback.Query().Get("code")}, "code_verifier": {verifier},
		"client_id": {p.ClientID}, "redirect_uri": {redirect + p.RedirectPath},
	})
	if err != nil {
		return who{}, err
	}
	defer answer.Body.Close()
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&token); err != nil || token.Access == "" {
		return who{}, fmt.Errorf("the sandbox gave no token: %s", answer.Status)
	}
	return who{p.Endpoints, token.Access}, nil
}

func post(ctx context.Context, address string, form url.Values) (*http.Response, error) {
	client := http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return client.Do(request)
}
