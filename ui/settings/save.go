package settings

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

const header = `# Canopy's settings. They are written by the settings screen and may be edited by hand; the
# README lists every key. There is no secret in this file.
`

// Save writes the settings, whole or not at all. What the file said before, with its
// comments, is kept beside it with .bak at its end.
func Save(path string, s Settings) error {
	if err := s.Validate(); err != nil {
		return err
	}
	var text bytes.Buffer
	text.WriteString(header)
	if err := toml.NewEncoder(&text).Encode(s); err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the settings: %w", err)
	}
	if before, err := os.ReadFile(path); err == nil { //nolint:gosec // the path is the person's own choice
		if err := replace(path+".bak", before); err != nil {
			return err
		}
	}
	return replace(path, text.Bytes())
}

// replace puts a file in the place of another in one step.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".settings-*")
	if err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	return nil
}

// Override returns the settings with what environment variables say in place of what the file
// says: CANOPY_ENVIRONMENT and CANOPY_CA_FILE, and for TiDB Cloud's client CANOPY_CLIENT_ID,
// CANOPY_SCOPE, CANOPY_REDIRECT_HOST, CANOPY_REDIRECT_PORTS (a list with commas),
// CANOPY_REDIRECT_PATH and CANOPY_TOKEN_ENCODING.
func (s Settings) Override(getenv func(string) string) (Settings, error) {
	for name, to := range map[string]*string{
		"CANOPY_ENVIRONMENT":    &s.Environment,
		"CANOPY_CA_FILE":        &s.CAFile,
		"CANOPY_CLIENT_ID":      &s.TiDBCloud.ClientID,
		"CANOPY_SCOPE":          &s.TiDBCloud.Scope,
		"CANOPY_REDIRECT_HOST":  &s.TiDBCloud.RedirectHost,
		"CANOPY_REDIRECT_PATH":  &s.TiDBCloud.RedirectPath,
		"CANOPY_TOKEN_ENCODING": &s.TiDBCloud.TokenEncoding,
	} {
		if v := getenv(name); v != "" {
			*to = v
		}
	}
	ports, err := Ports(getenv("CANOPY_REDIRECT_PORTS"))
	if err != nil {
		return s, fmt.Errorf("CANOPY_REDIRECT_PORTS: %w", err)
	}
	if len(ports) > 0 {
		s.TiDBCloud.RedirectPorts = ports
	}
	if err := s.Validate(); err != nil {
		return s, fmt.Errorf("an environment variable CANOPY_…: %w", err)
	}
	return s, nil
}

// Ports reads a list of ports with commas between them.
func Ports(list string) (ports []int, err error) {
	for _, one := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(one)
		if err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%q is not a port; write numbers from 1 to 65535 with commas between them", one)
		}
		ports = append(ports, n)
	}
	return ports, nil
}
