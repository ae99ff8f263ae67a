package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"canopy/activity"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// endpoint is a client of one environment's authorization server. Parameters go
// in the body, as a form or as JSON: HTTP Basic is seen nowhere at TiDB Cloud
// (facts §1.3), and trying it first burns the code (oauth.md 1C).
type endpoint struct {
	http *http.Client
	env  *Environment
}

// refusal is a parsed error answer (RFC 6749 §5.2).
type refusal struct {
	problem
	code       string
	status     int
	retryAfter time.Duration
}

func (r *refusal) is(code string) bool { return r.code == code && r.status/100 != 5 }

// post sends parameters with the client's identification and gives the answer's
// JSON object. Its errors are free of everything that was sent.
func (e endpoint) post(ctx context.Context, address string, params map[string]string) (map[string]json.RawMessage, error) {
	params["client_id"] = e.env.ClientID
	if s := e.env.ClientSecret.Reveal(); s != "" {
		params["client_secret"] = s
	}
	q, err := e.request(ctx, address, params)
	if err != nil {
		return nil, err
	}
	return e.send(q, secretsOf(params)...)
}

// secretsOf gives the values of a request that must not come back in an error.
func secretsOf(params map[string]string) []string {
	var secrets []string
	for _, name := range []string{"client_secret", "code", "code_verifier", "refresh_token", "device_code", "token"} {
		if v := params[name]; v != "" {
			secrets = append(secrets, v)
		}
	}
	return secrets
}

func (e endpoint) request(ctx context.Context, address string, params map[string]string) (*http.Request, error) {
	var body []byte
	kind := "application/x-www-form-urlencoded"
	if e.env.TokenEncoding == JSONEncoding {
		kind = "application/json"
		body, _ = json.Marshal(params) // a map of strings always encodes
	} else {
		form := url.Values{}
		for name, value := range params {
			form.Set(name, value)
		}
		body = []byte(form.Encode())
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, newProblem(ErrServer, "the address of the sign-in server is not usable; check the environment's settings")
	}
	q.Header.Set("Content-Type", kind)
	q.Header.Set("Accept", "application/json")
	return q, nil
}

// send gives the JSON object of a good answer.
func (e endpoint) send(q *http.Request, secrets ...string) (map[string]json.RawMessage, error) {
	host := q.URL.Host
	answer, err := e.http.Do(q) //nolint:gosec // the address is the environment's, which Validate has checked
	if err != nil {
		return nil, unreachable(host, err, secrets...)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end or given up
	if answer.StatusCode/100 == 3 {
		return nil, newProblem(ErrUntrusted, "%s redirects the request to another address, which would give secrets away; check the environment's settings", host)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, unreachable(host, err, secrets...)
	}
	var object map[string]json.RawMessage
	if len(body) > maxAnswer || json.Unmarshal(body, &object) != nil {
		object = nil
	}
	if code := text(object["error"]); code != "" {
		return nil, newRefusal(host, answer, code, text(object["error_description"]), secrets)
	}
	if answer.StatusCode/100 != 2 || object == nil {
		what := "no JSON object"
		if object != nil {
			what = "no error code"
		}
		return nil, newRefusal(host, answer, "", what, secrets)
	}
	return object, nil
}

// newRefusal makes the error of an answer that is none. Of the answer's text
// only the code and the description are taken, and nothing of what was sent.
func newRefusal(host string, answer *http.Response, code, description string, secrets []string) error {
	code = clean(code, 60, secrets...)
	r := &refusal{code: code, status: answer.StatusCode, retryAfter: retryAfter(answer.Header)}
	words := host + " answered " + strconv.Itoa(answer.StatusCode)
	if code != "" {
		words += " " + strconv.Quote(code)
	}
	if description = clean(description, 200, secrets...); description != "" {
		words += " (" + description + ")"
	}
	r.text = words + "; " + advice(code, answer.StatusCode)
	r.kinds = []error{ErrServer}
	return r
}

// advice says what to do about an error code (RFC 6749 §5.2). A server in
// trouble may say anything: then its code says nothing.
func advice(code string, status int) string {
	if status == http.StatusProxyAuthRequired {
		return proxyAdvice
	}
	if status/100 != 5 {
		switch code {
		case "invalid_grant":
			return "sign in again"
		case "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type":
			return "check the environment's settings"
		}
	}
	return "try again later"
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 300)) * time.Second
}

// text reads a JSON string, or "" when it is something else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// label reads an id or a name, also one that was written as a number.
func label(raw json.RawMessage) string {
	if s := text(raw); s != "" {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) != nil {
		return ""
	}
	return n.String()
}

// userinfo asks who signed in (TiDB Cloud facts §1.11).
func (e endpoint) userinfo(ctx context.Context, access Secret) (User, error) {
	q, err := http.NewRequestWithContext(activity.Why(ctx, whyUserinfo), http.MethodGet, e.env.UserinfoEndpoint, nil)
	if err != nil {
		return User{}, newProblem(ErrServer, "the address of userinfo is not usable; check the environment's settings")
	}
	q.Header.Set("Authorization", "Bearer "+access.Reveal())
	q.Header.Set("Accept", "application/json")
	object, err := e.send(q, access.Reveal())
	if err != nil {
		return User{}, err
	}
	name := text(object["name"])
	if name == "" {
		name = strings.TrimSpace(text(object["first_name"]) + " " + text(object["last_name"]))
	}
	if name == "" {
		name = text(object["username"])
	}
	return User{Subject: label(object["sub"]), Email: text(object["email"]), Name: name}, nil
}

// revoke gives one token back (RFC 7009 §2.1). Any 2xx is success (§2.2).
func (e endpoint) revoke(ctx context.Context, token Secret, hint string) error {
	params := map[string]string{"token": token.Reveal(), "token_type_hint": hint, "client_id": e.env.ClientID}
	if s := e.env.ClientSecret.Reveal(); s != "" {
		params["client_secret"] = s
	}
	q, err := e.request(ctx, e.env.RevocationEndpoint, params)
	if err != nil {
		return err
	}
	answer, err := e.http.Do(q)
	if err != nil {
		return unreachable(q.URL.Host, err, secretsOf(params)...)
	}
	defer func() { _ = answer.Body.Close() }() // nothing in it is wanted
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	if answer.StatusCode/100 != 2 {
		return newRefusal(q.URL.Host, answer, "", "", nil)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return unreachable(q.URL.Host, err)
	}
	return nil
}
