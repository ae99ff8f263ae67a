//go:build !darwin && !windows

package keychain

import (
	"errors"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// ready reports ErrAbsent where no session bus runs. The library beneath would
// start one of its own, with a keyring in it that nobody can unlock, and leave
// both behind.
func ready() error {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return failure{ErrAbsent, err}
	}
	return bus.Close()
}

// explain tells a keyring that is locked from a service that has no keyring at
// all, as in a container: the library says "failed to unlock" of both.
func explain(err error) error {
	if err == nil || !strings.Contains(err.Error(), "failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'") {
		return err
	}
	bus, busErr := dbus.SessionBus()
	if busErr != nil {
		return err
	}
	var collection dbus.ObjectPath
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	if service.Call("org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&collection) == nil && collection == "/" {
		return failure{ErrAbsent, errors.New("the secret service has no default keyring")}
	}
	return err
}

// busMeaning reads the names of D-Bus errors: those of the bus itself and of
// the Secret Service (freedesktop.org, Secret Service API draft, "Errors").
func busMeaning(err error) error {
	var e dbus.Error
	if p := new(dbus.Error); errors.As(err, &p) {
		e = *p
	} else if !errors.As(err, &e) {
		return nil
	}
	switch name := strings.TrimPrefix(e.Name, "org.freedesktop."); name {
	case "Secret.Error.IsLocked":
		return ErrLocked
	case "DBus.Error.NoReply", "DBus.Error.Timeout", "DBus.Error.TimedOut":
		return ErrSlow
	case "DBus.Error.AccessDenied", "DBus.Error.AuthFailed":
		return ErrDenied
	case "DBus.Error.LimitsExceeded":
		return ErrTooBig
	case "DBus.Error.ServiceUnknown", "DBus.Error.NameHasNoOwner", "DBus.Error.UnknownMethod",
		"DBus.Error.UnknownObject", "DBus.Error.UnknownInterface", "DBus.Error.Disconnected",
		"Secret.Error.NoSession", "Secret.Error.NoSuchObject":
		return ErrAbsent
	default:
		if strings.HasPrefix(name, "DBus.Error.Spawn.") {
			return ErrAbsent
		}
	}
	return ErrDenied
}
