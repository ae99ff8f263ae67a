package auth

import (
	"context"
	"fmt"
	"net/http"

	"canopy/activity"
)

// SignInWithAPIKey makes a grant of a TiDB Cloud API key, which authorizes by
// HTTP Digest. The key is tried with one read of the IAM host before it is
// stored; a key that is refused gives ErrDenied. The same key once more updates
// its grant. Of the options only Keep means something here.
func (a *Authenticator) SignInWithAPIKey(ctx context.Context, environment string, public string, private Secret, o ...Options) (Grant, error) {
	env, err := a.environment(environment)
	if err != nil {
		return Grant{}, err
	}
	if public == "" || private == "" {
		return Grant{}, newProblem(ErrDenied, "the API key lacks its public or its private part; give both")
	}
	t := &attempt{a: a, env: env, report: func(Progress) {}}
	for _, one := range o {
		t.options.Keep = one.Keep
	}
	if err := t.choosePlace(ctx); err != nil {
		if ctx.Err() != nil {
			return Grant{}, ended(ctx)
		}
		return Grant{}, err
	}
	if err := t.tryKey(ctx, Secret(public), private); err != nil {
		if ctx.Err() != nil {
			return Grant{}, ended(ctx)
		}
		return Grant{}, err
	}
	grant, err := t.newGrant(MethodAPIKey, User{Subject: public, Name: public}, &tokens{})
	if err != nil {
		return Grant{}, err
	}
	grant.Issuer, grant.ClientID, grant.TokenOrigin, grant.AskedScope = "", "", "", ""
	cred := &credential{public: Secret(public), private: private}
	return t.commit(ctx, grant, cred)
}

// tryKey asks for one project: the smallest answer that needs the key.
func (t *attempt) tryKey(ctx context.Context, public, private Secret) error {
	limited, stop := context.WithTimeout(activity.Why(ctx, whyTryKey), requestTimeout)
	defer stop()
	q, err := http.NewRequestWithContext(limited, http.MethodGet, t.env.IAM+"/v1beta1/projects?pageSize=1", nil)
	if err != nil {
		return fmt.Errorf("environment %q: IAM is not an address; set it", t.env.Name)
	}
	c := withoutRedirects(t.a.cfg.HTTP)
	base := c.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	c.Transport = newDigest(public, private, base).transport
	answer, err := c.Do(q)
	if err != nil {
		return unreachable(q.URL.Host, err, private.Reveal())
	}
	defer drop(answer)
	switch s := answer.StatusCode; {
	case s/100 == 2:
		return nil
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return newProblem(ErrDenied, "%s did not accept the API key (%d); check both parts of it", q.URL.Host, s)
	default:
		return newProblem(ErrServer, "%s answered %d when the API key was tried; try again later", q.URL.Host, s)
	}
}
