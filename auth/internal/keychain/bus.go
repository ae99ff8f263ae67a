package keychain

import (
	"errors"
	"strings"

	"github.com/godbus/dbus/v5"
)

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
