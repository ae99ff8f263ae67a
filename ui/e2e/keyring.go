package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// keyringPassword opens the login keyring.
const keyringPassword = "a password for tests"

// StartKeyring starts gnome-keyring with an unlocked login keyring, as a desktop's login does. One that runs is ended
// first; what it has kept is there again.
func (d *Desktop) StartKeyring(ctx context.Context) error {
	return d.startKeyring(ctx, false, "--unlock")
}

// LockKeyring starts gnome-keyring again with its login keyring locked, as a login without a password does. There is
// nobody to ask for the password, so what wants the keyring open is refused; see [Desktop.MutePrompts].
func (d *Desktop) LockKeyring(ctx context.Context) error { return d.startKeyring(ctx, true) }

func (d *Desktop) startKeyring(ctx context.Context, locked bool, how ...string) error {
	d.KillKeyring()
	p, err := d.run(ctx, command{
		name:  "keyring",
		args:  append([]string{"gnome-keyring-daemon", "--foreground", "--components=secrets"}, how...),
		stdin: strings.NewReader(keyringPassword), // read with --unlock only
	})
	if err != nil {
		return err
	}
	d.keyring = p
	return until(ctx, "the keyring", func() error {
		if !p.Running() {
			return fmt.Errorf("gnome-keyring-daemon ended; its log says:\n%s", p.tail())
		}
		now, err := d.keyringLocked()
		if err != nil {
			return pending(err.Error())
		}
		return unless(now == locked, fmt.Sprintf("a login keyring that is locked: %t", now))
	})
}

// UnlockKeyring opens the keyring that runs, as typing its password elsewhere does.
func (d *Desktop) UnlockKeyring() error {
	conn, err := dbus.Connect(d.bus)
	if err != nil {
		return err
	}
	defer conn.Close()
	service, session, err := openKeyring(conn)
	if err != nil {
		return err
	}
	const unlock = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword"
	password := secret{Session: session, Parameters: []byte{}, Value: []byte(keyringPassword), ContentType: "text/plain"}
	if err := service.Call(unlock, 0, loginKeyring, password).Err; err != nil {
		return fmt.Errorf("unlock the keyring: %w", err)
	}
	return nil
}

// KillKeyring ends the keyring at once, as a crash would. Nothing starts it again by itself.
func (d *Desktop) KillKeyring() {
	if d.keyring != nil {
		d.keyring.Kill()
	}
}

// MutePrompts takes the place of the program that asks people for the keyring's password, and never asks: as a prompt
// that nobody sees behind the other windows. It is dismissed with release.
func (d *Desktop) MutePrompts() (release func() error, err error) {
	conn, err := dbus.Connect(d.bus)
	if err != nil {
		return nil, err
	}
	reply, err := conn.RequestName("org.gnome.keyring.SystemPrompter", dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = fmt.Errorf("somebody else asks for the keyring's password: %v", reply)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	conn.Eavesdrop(make(chan *dbus.Message, 1)) // from here on what comes in is left without an answer
	return conn.Close, nil
}

const (
	secretService = "org.freedesktop.secrets"
	loginKeyring  = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
)

// secret is what the Secret Service calls so: a value and how to read it.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// openKeyring begins a session in which values are sent as they are.
func openKeyring(conn *dbus.Conn) (service dbus.BusObject, session dbus.ObjectPath, err error) {
	service = conn.Object(secretService, "/org/freedesktop/secrets")
	var nothing dbus.Variant
	err = service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&nothing, &session)
	if err != nil {
		err = fmt.Errorf("open the keyring: %w", err)
	}
	return service, session, err
}

func (d *Desktop) keyringLocked() (bool, error) {
	conn, err := dbus.Connect(d.bus)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	v, err := conn.Object(secretService, loginKeyring).GetProperty("org.freedesktop.Secret.Collection.Locked")
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
	service, session, err := openKeyring(conn)
	if err != nil {
		return nil, err
	}
	var unlocked, locked []dbus.ObjectPath
	err = service.Call("org.freedesktop.Secret.Service.SearchItems", 0, map[string]string{}).Store(&unlocked, &locked)
	if err != nil {
		return nil, fmt.Errorf("list the keyring: %w", err)
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
