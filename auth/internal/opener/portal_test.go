//go:build linux

package opener_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"canopy/auth/internal/opener"
)

// flatpak makes a machine that is inside a Flatpak, with the real way to the portal.
func flatpak(t *testing.T) *machine {
	t.Helper()
	m := newMachine(t)
	m.Exists = func(path string) bool { return path == "/.flatpak-info" }
	m.Portal = opener.System().Portal
	return m
}

// bus starts a session bus of the test's own, on which nothing starts by itself.
func bus(t *testing.T) string {
	t.Helper()
	address, _ := startBus(t)
	return address
}

func startBus(t *testing.T) (address string, daemon *exec.Cmd) {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "bus.conf")
	text := fmt.Sprintf(`<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	daemon = exec.CommandContext(t.Context(), "dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile", "--print-address=1")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatalf("install dbus-daemon: %v", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(line)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return address, daemon
}

// portal is the desktop's side of org.freedesktop.portal.OpenURI.
type portal struct {
	conn   *dbus.Conn
	answer func(p *portal, request dbus.ObjectPath)
	refuse *dbus.Error

	mu    sync.Mutex
	asked []string
}

func newPortal(t *testing.T, address string) *portal {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &portal{conn: conn, answer: func(p *portal, request dbus.ObjectPath) { p.respond(request, 0) }}
	if err := conn.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.OpenURI"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return p
}

// set changes what it answers.
func (p *portal) set(change func(*portal)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// OpenURI is the method that godbus calls.
func (p *portal) OpenURI(parent, address string, _ map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, parent+address)
	if p.refuse != nil {
		return "/", p.refuse
	}
	const request = dbus.ObjectPath("/org/freedesktop/portal/desktop/request/1_1/t")
	p.answer(p, "/org/freedesktop/portal/desktop/request/1_1/of_somebody_else")
	answer := p.answer
	go answer(p, request) // the answer comes after the reply
	return request, nil
}

func (p *portal) respond(request dbus.ObjectPath, code uint32) {
	_ = p.conn.Emit(request, "org.freedesktop.portal.Request.Response", code, map[string]dbus.Variant{})
}

func TestBehaviour19InsideAFlatpakTheDesktopsPortalOpensIt(t *testing.T) {
	p := newPortal(t, bus(t))
	m := flatpak(t)
	if err := m.Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	p.set(func(p *portal) {
		if len(p.asked) != 1 || p.asked[0] != address || m.library != 0 {
			t.Errorf("the portal was asked %v, the library %d times", p.asked, m.library)
		}
	})
}

func TestBehaviour19InsideAFlatpakANoOfTheDesktopIsAnError(t *testing.T) {
	for _, code := range []uint32{1, 2} {
		p := newPortal(t, bus(t))
		p.set(func(p *portal) {
			p.answer = func(p *portal, request dbus.ObjectPath) {
				if strings.HasSuffix(string(request), "else") {
					p.respond(request, 0) // to another program, which asked for something else
					return
				}
				p.respond(request, code)
			}
		})
		m := flatpak(t)
		if err := m.Open(t.Context(), address); err == nil || !strings.Contains(err.Error(), "copy the link") || m.library != 0 {
			t.Errorf("an answer of %d gives %v, and the library was asked %d times", code, err, m.library)
		}
	}
}

func TestBehaviour19InsideAFlatpakABusThatGoesAwayIsAnError(t *testing.T) {
	at, daemon := startBus(t)
	p := newPortal(t, at)
	p.set(func(p *portal) {
		p.answer = func(_ *portal, request dbus.ObjectPath) {
			if !strings.HasSuffix(string(request), "else") {
				_ = daemon.Process.Kill() // before the reply has come, or after it
			}
		}
	})
	m := flatpak(t)
	m.Library = func(string) error { return exec.ErrNotFound }
	if err := m.Open(t.Context(), address); err == nil || !strings.Contains(err.Error(), "copy the link") {
		t.Errorf("it gives %v", err)
	}
}

func TestBehaviour19InsideAFlatpakWithoutAPortalTheSystemsOpenerIsAsked(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T){
		"no bus": func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
		},
		"no portal": func(t *testing.T) { bus(t) },
		"an old portal": func(t *testing.T) {
			newPortal(t, bus(t)).set(func(p *portal) { p.refuse = dbus.NewError("org.freedesktop.DBus.Error.UnknownMethod", nil) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			prepare(t)
			m := flatpak(t)
			if err := m.Open(t.Context(), address); err != nil || m.library != 1 {
				t.Errorf("it gives %v, and the library was asked %d times", err, m.library)
			}
			m.Library = func(string) error { return exec.ErrNotFound }
			if err := m.Open(t.Context(), address); !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "portal") {
				t.Errorf("with nothing else it gives %v", err)
			}
		})
	}
}

func TestBehaviour19InsideAFlatpakTheLoopbackIsReached(t *testing.T) {
	m := flatpak(t)
	m.env = map[string]string{"container": "flatpak", "DISPLAY": ":0"} // as flatpak sets it
	if got := m.Doubt(); got != "" {
		t.Errorf("it says %q", got)
	}
}
