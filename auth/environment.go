package auth

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Encoding is how the body of a token, device or revocation request is written.
type Encoding string

// RFC 6749 §4.1.3 asks for a form; clients of TiDB Cloud were seen to send
// either (facts §1.1), so it is a setting.
const (
	FormEncoding Encoding = "form"
	JSONEncoding Encoding = "json"
)

// Kind tells the environments apart that the window treats differently.
type Kind string

// The three kinds of environment.
const (
	KindTiDBCloud Kind = "tidbcloud"
	KindSandbox   Kind = "sandbox"
	KindCustom    Kind = "custom"
)

// Environment is where TiDB Cloud is: its OAuth endpoints, API hosts, console
// address and the client that is registered there.
type Environment struct {
	Name                 string
	Kind                 Kind
	Issuer               string   // expected iss; "" when the server is not known to state one
	IssuerInCallback     bool     // the metadata promised iss in the answer (RFC 9207 §3)
	CodeChallengeMethods []string // as the metadata promises; nil: unknown. Without S256 the environment is refused

	AuthorizationEndpoint       string
	TokenEndpoint               string
	DeviceAuthorizationEndpoint string
	RevocationEndpoint          string
	UserinfoEndpoint            string

	IAM, Serverless, Dedicated, Console string // base URLs of the API hosts and the console, without trailing slash

	ClientID        string
	ClientSecret    Secret
	SecretInKeyring bool // without ClientSecret: read it from Config.Store, where SetClientSecret put it
	Scope           string

	// AuthorizationDetails says that the server understands authorization_details
	// of the type "tidbcloud" (RFC 9396), as metadata can tell (§10). Without it
	// they are not sent: a server may refuse what it does not know (§5).
	AuthorizationDetails bool

	// SeparateConsents says that the server keeps the consents of one user and
	// client apart, so that revoking the tokens of one leaves those of another
	// alone. No metadata tells, and for some servers it is not so: panva's
	// oidc-provider ends everything of a user and client at once. Without this
	// promise a replaced grant is erased here and not revoked.
	SeparateConsents bool

	RedirectHost  string   // "127.0.0.1" (default), "localhost" or "::1": the literal that is registered
	RedirectPorts []int    // tried in order; empty: an ephemeral port
	RedirectPath  string   // default "/callback"
	TokenEncoding Encoding // default FormEncoding
}

// TiDBCloud is the production environment as the facts have it (§1.1, §1.6).
// It has no client id: TiDB Cloud gives OAuth clients to partners only (§1.2).
func TiDBCloud() Environment {
	return Environment{ //nolint:gosec // addresses, no credentials
		Name:                        "TiDB Cloud",
		Kind:                        KindTiDBCloud,
		AuthorizationEndpoint:       "https://tidbcloud.com/oauth/authorize",
		TokenEndpoint:               "https://oauth.tidbcloud.com/v1/token",
		DeviceAuthorizationEndpoint: "https://oauth.tidbcloud.com/v1/device_authorization",
		RevocationEndpoint:          "https://oauth.tidbcloud.com/v1/revoke",
		UserinfoEndpoint:            "https://oauth.tidbcloud.com/v1/userinfo",
		IAM:                         "https://iam.tidbapi.com",
		Serverless:                  "https://serverless.tidbapi.com",
		Dedicated:                   "https://dedicated.tidbapi.com",
		Console:                     "https://tidbcloud.com",
		Scope:                       "org:owner",
		RedirectHost:                "127.0.0.1",
		RedirectPath:                "/callback",
		TokenEncoding:               JSONEncoding,
	}
}

// Validate reports the first field that is wrong, by its name. Addresses must
// be https; only the literals of the loopback may be http. A missing client id
// is not an error here: SignIn answers it with ErrNoClientID.
func (e Environment) Validate() error {
	if e.Name == "" {
		return e.invalid("Name", "is empty; give the environment a name")
	}
	for _, a := range e.addresses() {
		if a.value == "" {
			continue
		}
		if err := checkAddress(a.value); err != nil {
			return &FieldError{Environment: e.Name, Field: a.field, Err: err}
		}
	}
	if e.CodeChallengeMethods != nil && !slices.Contains(e.CodeChallengeMethods, "S256") {
		return &FieldError{Environment: e.Name, Field: "CodeChallengeMethods", Err: fmt.Errorf("lacks S256, which the server must offer (RFC 7636 §4.2): %w", ErrUntrusted)}
	}
	if e.IssuerInCallback && e.Issuer == "" {
		return e.invalid("Issuer", "is empty although the server promises one in its answer; set it")
	}
	return e.validateRedirect()
}

func (e Environment) validateRedirect() error {
	if !slices.Contains([]string{"", "127.0.0.1", "localhost", "::1"}, e.RedirectHost) {
		return e.invalid("RedirectHost", "is not 127.0.0.1, localhost or ::1; use the one that is registered")
	}
	for _, port := range e.RedirectPorts {
		if port < 1 || port > 65535 {
			return e.invalid("RedirectPorts", fmt.Sprintf("holds %d; use ports from 1 to 65535", port))
		}
	}
	if p := e.RedirectPath; p != "" && (!strings.HasPrefix(p, "/") || strings.ContainsAny(p, "?#%\\ ") || strings.Contains(p, "//")) {
		return e.invalid("RedirectPath", "is not a plain path; write it like /callback")
	}
	if !slices.Contains([]Encoding{"", FormEncoding, JSONEncoding}, e.TokenEncoding) {
		return e.invalid("TokenEncoding", "is neither form nor json; choose one")
	}
	return nil
}

func (e Environment) invalid(field, problem string) error {
	return &FieldError{Environment: e.Name, Field: field, Err: errors.New(problem)}
}

type address struct{ field, value string }

func (e Environment) addresses() []address {
	return []address{
		{"Issuer", e.Issuer},
		{"AuthorizationEndpoint", e.AuthorizationEndpoint},
		{"TokenEndpoint", e.TokenEndpoint},
		{"DeviceAuthorizationEndpoint", e.DeviceAuthorizationEndpoint},
		{"RevocationEndpoint", e.RevocationEndpoint},
		{"UserinfoEndpoint", e.UserinfoEndpoint},
		{"IAM", e.IAM},
		{"Serverless", e.Serverless},
		{"Dedicated", e.Dedicated},
		{"Console", e.Console},
	}
}

// checkAddress accepts https anywhere and http on a loopback literal: a name
// such as localhost can be mapped elsewhere, a literal cannot.
func checkAddress(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return fmt.Errorf("is not an address; write it like https://host/path")
	}
	if u.User != nil || u.Fragment != "" {
		return fmt.Errorf("holds a user or a fragment; leave them out")
	}
	if u.Scheme == "https" {
		return nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); u.Scheme == "http" && err == nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s is not https; only the loopback may be http: %w", u.Host, ErrUntrusted)
}
