package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"canopy/activity"
)

// Discover reads the metadata of an authorization server (RFC 8414) into an
// Environment that still lacks its name, API hosts and client. Where the
// server has none, its OpenID Connect configuration is read instead.
//
// The issuer must come back byte for byte (§3.3), every endpoint must be https
// (the loopback excepted) and on the issuer's host or one below it, and S256
// must be offered where methods are named. What fails a check is ErrUntrusted.
//
// client may be nil for the system's proxy and roots.
func Discover(ctx context.Context, client *http.Client, issuer string) (Environment, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.RawQuery != "" {
		return Environment{}, fmt.Errorf("issuer %q is not an address; write it like https://host", issuer)
	}
	if err := checkAddress(issuer); err != nil {
		return Environment{}, fmt.Errorf("issuer: %w", err)
	}
	if client == nil {
		client = &http.Client{Timeout: requestTimeout}
	}
	e := endpoint{http: withoutRedirects(client)}
	object, err := e.metadata(ctx, metadataAddress(*u))
	var r *refusal
	if errors.As(err, &r) && r.status == http.StatusNotFound {
		object, err = e.metadata(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	}
	if err != nil {
		return Environment{}, fmt.Errorf("read the metadata of %s: %w", u.Host, err)
	}
	return readMetadata(u, issuer, object)
}

// metadataAddress puts the well-known part between host and path (RFC 8414 §3.1).
func metadataAddress(u url.URL) string {
	u.Path = "/.well-known/oauth-authorization-server" + strings.TrimSuffix(u.Path, "/")
	return u.String()
}

func (e endpoint) metadata(ctx context.Context, address string) (map[string]json.RawMessage, error) {
	q, err := http.NewRequestWithContext(activity.Why(ctx, whyMetadata), http.MethodGet, address, nil)
	if err != nil {
		return nil, newProblem(ErrServer, "the address is not usable; check the issuer")
	}
	q.Header.Set("Accept", "application/json")
	return e.send(q)
}

func readMetadata(u *url.URL, issuer string, object map[string]json.RawMessage) (Environment, error) {
	if got := text(object["issuer"]); got != issuer {
		return Environment{}, newProblem(ErrUntrusted, "%s calls itself %q, not %q; check the issuer", u.Host, clean(got, 120), issuer)
	}
	e := Environment{
		Name:                        u.Host,
		Kind:                        KindCustom,
		Issuer:                      issuer,
		AuthorizationEndpoint:       text(object["authorization_endpoint"]),
		TokenEndpoint:               text(object["token_endpoint"]),
		DeviceAuthorizationEndpoint: text(object["device_authorization_endpoint"]),
		RevocationEndpoint:          text(object["revocation_endpoint"]),
		UserinfoEndpoint:            text(object["userinfo_endpoint"]),
		TokenEncoding:               FormEncoding,
	}
	_ = json.Unmarshal(object["authorization_response_iss_parameter_supported"], &e.IssuerInCallback) // absent: false
	var types []string
	_ = json.Unmarshal(object["authorization_details_types_supported"], &types) // absent or nonsense: none
	e.AuthorizationDetails = slices.Contains(types, detailsType)
	if raw, stated := object["code_challenge_methods_supported"]; stated {
		e.CodeChallengeMethods = []string{}
		_ = json.Unmarshal(raw, &e.CodeChallengeMethods) // nonsense offers nothing, and Validate refuses it
	}
	for _, a := range e.addresses() {
		if endpoint, err := url.Parse(a.value); a.value != "" && (err != nil || !below(u, endpoint)) {
			return Environment{}, newProblem(ErrUntrusted, "%s names %s on another host (%s); set this environment's addresses by hand if that is right", u.Host, a.field, clean(a.value, 120))
		}
	}
	if err := e.Validate(); err != nil {
		return Environment{}, err
	}
	return e, nil
}

// below reports whether an endpoint is on the issuer's host, at any port, or on
// one below it.
func below(issuer, endpoint *url.URL) bool {
	host, top := strings.ToLower(endpoint.Hostname()), strings.ToLower(issuer.Hostname())
	return host == top || strings.HasSuffix(host, "."+top)
}
