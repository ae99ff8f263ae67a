// Package settings reads and writes Canopy's one settings file and knows where things are kept.
//
// The file is TOML in the user's configuration directory. It holds no secret. A file that
// cannot be read is an error that says the line and the column and what to do; it is never
// replaced. Environment variables go before the file; see Override.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/adrg/xdg"

	"canopy/auth"
)

// Settings is what the file can say. The zero value is Canopy as it comes.
type Settings struct {
	// Environment is the name of the one to sign in to first.
	Environment string `toml:"environment,omitempty"`
	// CAFile is a PEM file of certificates to trust beside the system's, such as those of a
	// proxy that inspects TLS.
	CAFile string `toml:"ca_file,omitempty"`
	// TiDBCloud sets what PingCAP gives to a partner: the client and its redirect.
	TiDBCloud Client `toml:"tidbcloud,omitempty"`
	// Custom are environments beside TiDB Cloud and the sandbox.
	Custom []Custom `toml:"custom,omitempty"`
}

// Client is an OAuth client and how it is registered.
type Client struct {
	ClientID string `toml:"client_id,omitempty"`
	// ClientSecret says that there is a client secret, in the keyring.
	ClientSecret  bool   `toml:"client_secret_in_keyring,omitempty"`
	Scope         string `toml:"scope,omitempty"`
	RedirectHost  string `toml:"redirect_host,omitempty"`
	RedirectPorts []int  `toml:"redirect_ports,omitempty"`
	RedirectPath  string `toml:"redirect_path,omitempty"`
	TokenEncoding string `toml:"token_encoding,omitempty"`
	// AuthorizationDetails says that the server understands authorization_details of the type
	// "tidbcloud" (RFC 9396). Metadata says so by itself.
	AuthorizationDetails bool `toml:"authorization_details,omitempty"`
}

// Custom is an environment of the user's own.
type Custom struct {
	Client
	Name                  string `toml:"name,omitempty"`
	Issuer                string `toml:"issuer,omitempty"`
	AuthorizationEndpoint string `toml:"authorization_endpoint,omitempty"`
	TokenEndpoint         string `toml:"token_endpoint,omitempty"`
	DeviceEndpoint        string `toml:"device_authorization_endpoint,omitempty"`
	RevocationEndpoint    string `toml:"revocation_endpoint,omitempty"`
	UserinfoEndpoint      string `toml:"userinfo_endpoint,omitempty"`
	IAM                   string `toml:"iam,omitempty"`
	Serverless            string `toml:"serverless,omitempty"`
	Dedicated             string `toml:"dedicated,omitempty"`
	Console               string `toml:"console,omitempty"`
}

// Load reads a settings file. One that does not exist is empty.
func Load(path string) (Settings, error) {
	var s Settings
	text, err := os.ReadFile(path) //nolint:gosec // the path is the person's own choice
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return s, fmt.Errorf("the settings file cannot be read (%w); allow it to be read, or move it away to start without it", err)
	}
	f := file{path: path, text: string(text)}
	meta, err := toml.Decode(f.text, &s)
	var bad toml.ParseError
	switch {
	case errors.As(err, &bad):
		return s, fmt.Errorf("the settings file %s is wrong in line %d, column %d: %s; mend the line, or move the file away to start without it", path, bad.Position.Line, bad.Position.Col, bad.Message)
	case err != nil:
		return s, fmt.Errorf("the settings file %s is wrong: %w; mend it, or move it away to start without it", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return s, f.wrong(unknown[0][len(unknown[0])-1], "has a key that Canopy does not know: %s; correct or remove it", unknown[0])
	}
	return s, s.validate(f)
}

// file is a settings file, to say where in it something stands.
type file struct{ path, text string }

// wrong makes an error that says where the key stands that is wrong.
func (f file) wrong(key, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	at := regexp.MustCompile(`(?m)^[ \t]*"?(` + regexp.QuoteMeta(key) + `)"?[ \t]*=`).FindStringSubmatchIndex(f.text)
	if key == "" || at == nil {
		return fmt.Errorf("the settings file %s %w", f.path, err)
	}
	before := f.text[:at[2]]
	line := strings.Count(before, "\n") + 1
	column := len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
	return fmt.Errorf("the settings file %s, line %d, column %d: %w", f.path, line, column, err)
}

// Validate checks what the settings say, as Load does for a file.
func (s Settings) Validate() error { return s.validate(file{path: "would be"}) }

func (s Settings) validate(f file) error {
	taken := map[string]bool{"Sandbox": true} // the built-in one
	for _, e := range s.Environments() {
		if err := e.Validate(); err != nil {
			var field *auth.FieldError
			if !errors.As(err, &field) {
				return f.wrong("", "is wrong: %w", err)
			}
			key := snake(field.Field)
			return f.wrong(key, "is wrong: environment %q: %s %w", e.Name, key, field.Err)
		}
		if taken[e.Name] {
			return f.wrong("", "has a second environment %q; give it another name", e.Name)
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
	return f.wrong("environment", "names environment %q, which there is not; there are: %s", s.Environment, strings.Join(names, ", "))
}

// snake writes the name of a field as the file does: TokenEndpoint is token_endpoint.
func snake(field string) string {
	if strings.ToUpper(field) == field {
		return strings.ToLower(field)
	}
	var b strings.Builder
	for i, r := range field {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.ReplaceAll(b.String(), "_i_d", "_id")
}

// Environments returns TiDB Cloud and the custom ones, the preferred one first.
func (s Settings) Environments() []auth.Environment {
	cloud := auth.TiDBCloud()
	s.TiDBCloud.apply(&cloud)
	all := make([]auth.Environment, 0, 1+len(s.Custom))
	all = append(all, cloud)
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
	e.SecretInKeyring, e.AuthorizationDetails = c.ClientSecret, c.AuthorizationDetails
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
	Settings  string // the settings file
	Grants    string // the file of grants; it holds no secret
	Sandbox   string // what the built-in sandbox has granted
	Secrets   string // credentials, encrypted with a passphrase, where there is no keyring
	Downloads string // the folder that what is exported is offered to be saved in
}

// Find returns the places for this user (XDG base directories, and their like elsewhere).
func Find(getenv func(string) string) Places {
	config, state := filepath.Join(xdg.ConfigHome, "canopy"), filepath.Join(xdg.StateHome, "canopy")
	downloads := xdg.UserDirs.Download
	if info, err := os.Stat(downloads); err != nil || !info.IsDir() {
		downloads = xdg.Home // not everybody has such a folder
	}
	if home := getenv("CANOPY_HOME"); home != "" {
		config, state, downloads = home, home, home
	}
	return Places{
		Settings:  filepath.Join(config, "settings.toml"),
		Grants:    filepath.Join(state, "grants.json"),
		Sandbox:   filepath.Join(state, "sandbox.json"),
		Secrets:   filepath.Join(state, "secrets.age"),
		Downloads: downloads,
	}
}
