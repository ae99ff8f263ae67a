package e2e

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Choice is what a person picks on the consent page.
type Choice struct {
	User, Organization string
	Projects           []string // ids; none means all
}

// form is the consent page, filled in.
func (c Choice) form(decision string) url.Values {
	projects := c.Projects
	if len(projects) == 0 {
		projects = []string{"all"}
	}
	return url.Values{"user": {c.User}, "org": {c.Organization}, "project": projects, "decision": {decision}}
}

// Tokens are the two halves of a credential.
type Tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// Grant signs in as a plain form would, without a browser and without Canopy, and returns tokens for this choice.
func (s *Sandbox) Grant(ctx context.Context, c Choice) (t Tokens, err error) {
	verifier := rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	const redirect = "http://127.0.0.1:9" // never followed
	query := url.Values{
		"response_type": {"code"}, "client_id": {s.ClientID}, "redirect_uri": {redirect + s.RedirectPath}, "state": {rand.Text()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	consent, err := post(ctx, s.Authorization+"?"+query.Encode(), c.form("allow"))
	if err != nil {
		return t, err
	}
	back, err := url.Parse(consent.location)
	if err != nil || !back.Query().Has("code") {
		return t, fmt.Errorf("the consent form gives no code but answers %v", consent)
	}
	exchange, err := post(ctx, s.Token, url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": query["redirect_uri"],
		"client_id": {s.ClientID}, "code_verifier": {verifier},
	})
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(exchange.body, &t); err != nil || t.Access == "" {
		return t, fmt.Errorf("the token endpoint gives no token but answers %v", exchange)
	}
	return t, nil
}

// GiveBack revokes what Grant gave (RFC 7009 §2.1), so that it stands in no list any more.
func (s *Sandbox) GiveBack(ctx context.Context, t Tokens) error {
	answer, err := post(ctx, s.Revocation, url.Values{"token": {t.Refresh}, "client_id": {s.ClientID}})
	if err == nil && answer.status != http.StatusOK {
		err = fmt.Errorf("the sandbox does not take a token back: %v", answer)
	}
	return err
}

// The decisions of [Sandbox.Answer].
const (
	Allow = "allow"
	Deny  = "deny"
)

// Answer does with a link that Canopy opened what a person and a browser do: it sends the consent page filled in, and
// goes the way back to Canopy. It returns the words of the last page.
func (s *Sandbox) Answer(ctx context.Context, link string, c Choice, decision string) (words string, err error) {
	step, err := post(ctx, link, c.form(decision))
	if err != nil {
		return "", err
	}
	base, err := url.Parse(link)
	if err != nil {
		return "", err
	}
	for range 5 {
		if step.location == "" {
			return string(step.body), nil
		}
		next, err := base.Parse(step.location)
		if err != nil {
			return "", fmt.Errorf("the browser is sent to an address that is none: %w", err)
		}
		if step, err = follow(ctx, next.String()); err != nil {
			return "", err
		}
		base = next
	}
	return "", fmt.Errorf("the way back to Canopy does not end; the last page says %s", step.body)
}

// Given is a consent as the authorization server keeps it.
type Given struct {
	ID           string   `json:"id"`
	User         string   `json:"user"`
	Organization string   `json:"organization"`
	All          bool     `json:"all_projects"`
	Projects     []string `json:"projects"`
	Role         string   `json:"role"`
}

// String says whose consent it is and what it covers.
func (g Given) String() string {
	projects := "all"
	if !g.All {
		projects = strings.Join(g.Projects, ",")
	}
	return g.User + " " + g.Organization + " " + projects
}

// Given lists the consents that are in force, oldest first.
func (s *Sandbox) Given(ctx context.Context) (list []Given, err error) {
	text, err := get(ctx, s.Issuer+"/_sandbox/grants", nil)
	if err != nil {
		return nil, err
	}
	var answer struct{ Grants []Given }
	err = json.Unmarshal(text, &answer)
	return answer.Grants, err
}

// AwaitGiven waits until the consents in force are these, as [Given.String] writes them, in the order of their words.
func (s *Sandbox) AwaitGiven(ctx context.Context, want []string) error {
	return until(ctx, fmt.Sprintf("the consents %q", want), func() error {
		list, err := s.Given(ctx)
		if err != nil {
			return err
		}
		got := make([]string, 0, len(list))
		for _, g := range list {
			got = append(got, g.String())
		}
		slices.Sort(got)
		return unless(slices.Equal(got, want), fmt.Sprintf("%q", got))
	})
}

// appsPath is where the console lists what has been allowed.
const appsPath = "/account/oauth-apps?prompt=select_account"

// VisitApps opens the console's page "Authorized OAuth Apps", which begins by asking who one is.
func (d *Desktop) VisitApps(ctx context.Context, s *Sandbox) (*Page, error) {
	if err := d.OpenLink(ctx, s.Console+appsPath); err != nil {
		return nil, err
	}
	return d.Page(ctx, s.Console+appsPath)
}

// Revoke takes back what a user has given of an organization, as the console's page does.
func (s *Sandbox) Revoke(ctx context.Context, user, organization string) error {
	list, err := s.Given(ctx)
	if err != nil {
		return err
	}
	for _, g := range list {
		if g.User != user || g.Organization != organization {
			continue
		}
		answer, err := post(ctx, s.Console+"/account/oauth-apps", url.Values{"user": {user}, "revoke": {g.ID}})
		if err == nil && answer.status != http.StatusOK {
			err = fmt.Errorf("the console does not revoke an access: %v", answer)
		}
		return err
	}
	return fmt.Errorf("%s has given nothing of %s", user, organization)
}
