//go:build !darwin && !windows

package opener

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/godbus/dbus/v5"
)

// openWithPortal asks the desktop outside of a Flatpak to open an address
// (xdg-desktop-portal, org.freedesktop.portal.OpenURI). Where the desktop asks
// which browser, it ends with the user's choice: leaving the bus earlier would
// take the question back.
//
// A portal that is not there is exec.ErrNotFound, as an opener that is not there.
func openWithPortal(url string) error {
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return noPortal(err)
	}
	defer func() { _ = bus.Close() }() // nothing more is said
	if err := errors.Join(bus.Auth(nil), bus.Hello()); err != nil {
		return noPortal(err)
	}
	answers := make(chan *dbus.Signal, 16) // godbus drops what does not fit; a request has one answer
	bus.Signal(answers)
	if err := bus.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.portal.Request"), dbus.WithMatchMember("Response")); err != nil {
		return noPortal(err)
	}
	var request dbus.ObjectPath
	portal := bus.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
	if err := portal.Call("org.freedesktop.portal.OpenURI.OpenURI", 0, "", url, map[string]dbus.Variant{}).Store(&request); err != nil {
		return noPortal(err)
	}
	for answer := range answers { // closed when the bus goes
		if answer.Path != request {
			continue
		}
		if len(answer.Body) == 0 || answer.Body[0] != uint32(0) {
			return errors.New("the desktop did not open it; copy the link into a browser")
		}
		return nil
	}
	return errors.New("the desktop's bus went away; copy the link into a browser")
}

func noPortal(err error) error {
	return fmt.Errorf("the desktop's portal did not answer (%w); copy the link into a browser: %w", err, exec.ErrNotFound)
}
