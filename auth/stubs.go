package auth

import (
	"context"
	"net/http"
	"time"
)

// Authenticator signs in, keeps, renews and gives back grants.
type Authenticator struct{ grants *Grants }

func New(c Config) (*Authenticator, error)                { return &Authenticator{grants: c.Grants}, nil }
func (a *Authenticator) SetEnvironment(Environment) error { return nil }
func (a *Authenticator) SignIn(ctx context.Context, environment string, o Options, report func(Progress)) (Grant, error) {
	return Grant{}, ErrServer
}
func (a *Authenticator) SignInWithDevice(ctx context.Context, environment string, o Options, report func(Progress)) (Grant, error) {
	return Grant{}, ErrServer
}
func (a *Authenticator) SignInWithAPIKey(ctx context.Context, environment string, public string, private Secret) (Grant, error) {
	return Grant{}, ErrServer
}

// Client gives the HTTP client of a grant.
func (a *Authenticator) Client(grantID string) *http.Client      { return nil }
func (a *Authenticator) Expiry(grantID string) (time.Time, bool) { return time.Time{}, false }
func (a *Authenticator) SignOut(ctx context.Context, grantID string) (told bool, err error) {
	return false, nil
}
func (a *Authenticator) Grants() *Grants { return a.grants }

// Close waits for pages still shown and revocations under way, until ctx ends, then cuts them off.
func (a *Authenticator) Close(ctx context.Context) error { return nil }
func Discover(ctx context.Context, client *http.Client, issuer string) (Environment, error) {
	return Environment{}, nil
}
func OpenBrowser(ctx context.Context, url string) error { return nil }
func DefaultPage(v PageView) []byte                     { return nil }
