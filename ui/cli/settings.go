package cli

import (
	"context"
	"fmt"

	"canopy/auth"
	"canopy/ui/settings"
)

// SettingsFile reads and writes the settings for the settings screen.
type SettingsFile struct{ setup *Setup }

// SettingsFile returns the settings file of this setup.
func (s *Setup) SettingsFile() SettingsFile { return SettingsFile{s} }

// Read returns what the file says, without what environment variables say: those would end up
// in the file otherwise.
func (f SettingsFile) Read() (settings.Settings, error) {
	return settings.Load(f.setup.Places.Settings)
}

// Write writes the settings and returns the environments that follow from them. A client
// secret goes to the keyring first: a file that promises one that is not there helps nobody.
func (f SettingsFile) Write(ctx context.Context, s settings.Settings, clientSecret auth.Secret) ([]auth.Environment, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if clientSecret != "" {
		if err := f.setup.Auth.SetClientSecret(ctx, auth.TiDBCloud().Name, clientSecret); err != nil {
			return nil, fmt.Errorf("keep the client secret in the keyring: %w", err)
		}
	}
	if err := settings.Save(f.setup.Places.Settings, s); err != nil {
		return nil, err
	}
	s, err := s.Override(f.setup.getenv)
	if err != nil {
		return nil, err
	}
	environments := s.Environments()
	for _, e := range environments {
		if err := f.setup.Auth.SetEnvironment(e); err != nil {
			return nil, err
		}
	}
	return environments, nil
}
