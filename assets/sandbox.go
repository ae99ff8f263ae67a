package assets

import _ "embed"

//go:embed sandbox/organizations.json
var organizations string

// Organizations returns the organizations, projects, clusters and branches that
// the sandbox serves, as JSON. Every call returns a fresh copy.
func Organizations() []byte { return []byte(organizations) }
