// Package settings reads Canopy's one settings file and knows where things are kept.
//
// The file is TOML in the user's configuration directory. It holds no secret. A file that
// cannot be read is an error that says the line and what to do; it is never replaced.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/adrg/xdg"

	"canopy/auth"
)

// Settings is what the file can say. The zero value is Canopy as it comes.
type Settings struct {
	// Environment is the name of the one to sign in to first.
	Environment string `toml:"environment"`
	// TiDBCloud sets what PingCAP gives to a partner: the client and its redirect.
	TiDBCloud Client `toml:"tidbcloud"`
	// Custom are environments beside TiDB Cloud and the sandbox.
	Custom []Custom `toml:"custom"`
}

// Client is an OAuth client and how it is registered.
type Client struct {
	ClientID      string `toml:"client_id"`
	Scope         string `toml:"scope"`
	RedirectHost  string `toml:"redirect_host"`
	RedirectPorts []int  `toml:"redirect_ports"`
	RedirectPath  string `toml:"redirect_path"`
	TokenEncoding string `toml:"token_encoding"`
}

// Custom is an environment of the user's own.
type Custom struct {
	Client
	Name                  string `toml:"name"`
	Issuer                string `toml:"issuer"`
	AuthorizationEndpoint string `toml:"authorization_endpoint"`
	TokenEndpoint         string `toml:"token_endpoint"`
	DeviceEndpoint        string `toml:"device_authorization_endpoint"`
	RevocationEndpoint    string `toml:"revocation_endpoint"`
	UserinfoEndpoint      string `toml:"userinfo_endpoint"`
	IAM                   string `toml:"iam"`
	Serverless            string `toml:"serverless"`
	Dedicated             string `toml:"dedicated"`
	Console               string `toml:"console"`
}

// Load reads a settings file. One that does not exist is empty.
func Load(path string) (Settings, error) {
	var s Settings
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return s, fmt.Errorf("the settings file cannot be read (%w); allow it to be read, or move it away to start without it", err)
	}
	meta, err := toml.Decode(string(text), &s)
	var bad toml.ParseError
	switch {
	case errors.As(err, &bad):
		return s, fmt.Errorf("the settings file %s is wrong in line %d, column %d: %s; mend the line, or move the file away to start without it", path, bad.Position.Line, bad.Position.Col, bad.Message)
	case err != nil:
		return s, fmt.Errorf("the settings file %s is wrong: %w; mend it, or move it away to start without it", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return s, fmt.Errorf("the settings file %s has a key that Canopy does not know: %s; correct or remove it", path, unknown[0])
	}
	return s, s.validate(path)
}

func (s Settings) validate(path string) error {
	taken := map[string]bool{"Sandbox": true} // the built-in one
	for _, e := range s.Environments() {
		if err := e.Validate(); err != nil {
			return fmt.Errorf("the settings file %s: environment %q: %w", path, e.Name, err)
		}
		if taken[e.Name] {
			return fmt.Errorf("the settings file %s has a second environment %q; give it another name", path, e.Name)
		}
		taken[e.Name] = true
	}
	if s.Environment == "" {
		return nil
	}
	var names []string
	for _, e := range s.Environments() {
		if e.Name == s.Environment {
			return nil
		}
		names = append(names, e.Name)
	}
	return fmt.Errorf("the settings file %s names environment %q, which there is not; there are: %s", path, s.Environment, strings.Join(names, ", "))
}

// Environments returns TiDB Cloud and the custom ones, the preferred one first.
func (s Settings) Environments() []auth.Environment {
	cloud := auth.TiDBCloud()
	s.TiDBCloud.apply(&cloud)
	all := []auth.Environment{cloud}
	for _, c := range s.Custom {
		e := auth.Environment{
			Name: c.Name, Kind: auth.KindCustom, Issuer: c.Issuer,
			AuthorizationEndpoint: c.AuthorizationEndpoint, TokenEndpoint: c.TokenEndpoint,
			DeviceAuthorizationEndpoint: c.DeviceEndpoint, RevocationEndpoint: c.RevocationEndpoint,
			UserinfoEndpoint: c.UserinfoEndpoint,
			IAM:              c.IAM, Serverless: c.Serverless, Dedicated: c.Dedicated, Console: c.Console,
		}
		c.apply(&e)
		all = append(all, e)
	}
	for i, e := range all {
		if e.Name == s.Environment {
			all[0], all[i] = all[i], all[0]
		}
	}
	return all
}

func (c Client) apply(e *auth.Environment) {
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	set(&e.ClientID, c.ClientID)
	set(&e.Scope, c.Scope)
	set(&e.RedirectHost, c.RedirectHost)
	set(&e.RedirectPath, c.RedirectPath)
	if len(c.RedirectPorts) > 0 {
		e.RedirectPorts = c.RedirectPorts
	}
	if c.TokenEncoding != "" {
		e.TokenEncoding = auth.Encoding(c.TokenEncoding)
	}
}

// Places says where files are. CANOPY_HOME puts all of them under one folder, for trying
// things out and for tests.
type Places struct {
	Settings string // the settings file
	Grants   string // the file of grants; it holds no secret
	Sandbox  string // what the built-in sandbox has granted
}

// Find returns the places for this user (XDG base directories, and their like elsewhere).
func Find(getenv func(string) string) Places {
	config, state := filepath.Join(xdg.ConfigHome, "canopy"), filepath.Join(xdg.StateHome, "canopy")
	if home := getenv("CANOPY_HOME"); home != "" {
		config, state = home, home
	}
	return Places{
		Settings: filepath.Join(config, "settings.toml"),
		Grants:   filepath.Join(state, "grants.json"),
		Sandbox:  filepath.Join(state, "sandbox.json"),
	}
}
