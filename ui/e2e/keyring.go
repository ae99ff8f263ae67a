package e2e

import (
	"context"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// startKeyring starts gnome-keyring with an unlocked login keyring, as a desktop's login does.
func (d *Desktop) startKeyring(ctx context.Context) error {
	p, err := d.run(ctx, command{
		name:  "keyring",
		args:  []string{"gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"},
		stdin: strings.NewReader("a password for tests"),
	})
	if err != nil {
		return err
	}
	return until(ctx, "the keyring", func() error {
		if !p.Running() {
			return fmt.Errorf("gnome-keyring-daemon ended; its log says:\n%s", p.tail())
		}
		locked, err := d.keyringLocked()
		if err != nil {
			return pending(err.Error())
		}
		return unless(!locked, "a locked login keyring")
	})
}

const secretService = "org.freedesktop.secrets"

func (d *Desktop) keyringLocked() (bool, error) {
	conn, err := dbus.Connect(d.bus)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	login := conn.Object(secretService, "/org/freedesktop/secrets/collection/login")
	v, err := login.GetProperty("org.freedesktop.Secret.Collection.Locked")
	if err != nil {
		return false, err
	}
	locked, ok := v.Value().(bool)
	if !ok {
		return false, fmt.Errorf("the keyring answers %v instead of yes or no", v)
	}
	return locked, nil
}

// Secrets returns all that the keyring holds.
func (d *Desktop) Secrets() ([]string, error) {
	conn, err := dbus.Connect(d.bus)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	service := conn.Object(secretService, "/org/freedesktop/secrets")
	var nothing dbus.Variant
	var session dbus.ObjectPath
	err = service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&nothing, &session)
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	var unlocked, locked []dbus.ObjectPath
	err = service.Call("org.freedesktop.Secret.Service.SearchItems", 0, map[string]string{}).Store(&unlocked, &locked)
	if err != nil {
		return nil, fmt.Errorf("list the keyring: %w", err)
	}
	type secret struct {
		Session     dbus.ObjectPath
		Parameters  []byte
		Value       []byte
		ContentType string
	}
	items := map[dbus.ObjectPath]secret{}
	if len(unlocked) > 0 {
		if err := service.Call("org.freedesktop.Secret.Service.GetSecrets", 0, unlocked, session).Store(&items); err != nil {
			return nil, fmt.Errorf("read the keyring: %w", err)
		}
	}
	var values []string
	for _, item := range items {
		values = append(values, string(item.Value))
	}
	return values, nil
}
