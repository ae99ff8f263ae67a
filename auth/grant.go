package auth

import "time"

// Method is the way in which a grant came about.
type Method string

// The three ways in. All lead to the same kind of grant.
const (
	MethodBrowser Method = "browser" // authorization code with PKCE (RFC 6749 §4.1, RFC 7636)
	MethodDevice  Method = "device"  // device authorization grant (RFC 8628)
	MethodAPIKey  Method = "api-key" // HTTP Digest with a TiDB Cloud API key
)

// User is who signed in, as userinfo says (TiDB Cloud facts §1.11). For an API
// key, which belongs to nobody in particular, Subject is its public part.
type User struct {
	Subject string `json:"subject,omitempty"`
	Email   string `json:"email,omitempty"`
	Name    string `json:"name,omitempty"`
}

// Organization is the one organization a grant belongs to.
type Organization struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Project is one project of the organization.
type Project struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Virtual bool   `json:"virtual,omitempty"` // it holds what belongs to no project (facts §2); told by the API, not by a token answer
}

// Grant is one authorization: environment, user, organization, the projects
// and role it covers, and when it was given. It holds no secret; the credential
// lives in a Store under the grant's ID.
type Grant struct {
	ID           string       `json:"id"`          // random; names the credential in the Store
	Environment  string       `json:"environment"` // Environment.Name
	Method       Method       `json:"method"`
	Issuer       string       `json:"issuer,omitempty"`
	ClientID     string       `json:"client_id,omitempty"`
	TokenOrigin  string       `json:"token_origin,omitempty"` // scheme and host of the token endpoint that gave it; "" in grants of older versions
	User         User         `json:"user"`
	Organization Organization `json:"organization"`           // zero when the server did not say; the API tells later
	AllProjects  bool         `json:"all_projects,omitempty"` // as the token answer's authorization_details say (RFC 9396 §7)
	Projects     []Project    `json:"projects,omitempty"`     // AllProjects and Projects both zero: the server did not say
	Role         string       `json:"role,omitempty"`
	GrantedScope string       `json:"granted_scope,omitempty"` // the scope string of the token answer; "": it had none, which means AskedScope (RFC 6749 §5.1)
	Asked        Reach        `json:"asked,omitzero"`          // what the request asked for; zero: nothing in particular
	AskedScope   string       `json:"asked_scope,omitempty"`   // the scope string of the request
	Known        []Project    `json:"known,omitempty"`         // projects of the organization that this grant, or one it replaced, has seen
	Forgotten    []string     `json:"forgotten,omitempty"`     // ids of projects that the user wants to hear no more of while the grant does not show them
	Scope        Scope        `json:"scope"`                   // what the window may show now
	Replaced     []string     `json:"replaced,omitempty"`      // ids of the grants that this one replaced, the latest last
	GrantedAt    time.Time    `json:"granted_at"`
	LastUsed     time.Time    `json:"last_used"`       // set when signing in, and by whoever opens the grant
	Kept         string       `json:"kept"`            // where the credential is kept: KeptKeyring, KeptSession or KeptFile
	Hosts        []HostHealth `json:"hosts,omitempty"` // how the API hosts took it, as Probe found last
}

// The places where a credential can be kept.
const (
	KeptKeyring = "keyring" // Config.Store
	KeptSession = "session" // Config.Session, until the program ends
	KeptFile    = "file"    // Config.File, encrypted with a passphrase
)
