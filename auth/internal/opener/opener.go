package opener

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/pkg/browser"
)

// Watch is how long an opener is watched. One that still runs then has become
// the browser: xdg-open may run it in the foreground for hours.
const Watch = 3 * time.Second

// Opener opens addresses with what the system has.
type Opener struct {
	Getenv  func(string) string
	Environ func() []string
	Exists  func(path string) bool
	Watched func() (<-chan time.Time, func() bool) // a timer of Watch
	Native  []string                               // the system's own openers, tried in this order
	Library func(url string) error                 // github.com/pkg/browser, where there is no such command
	Portal  func(url string) error                 // the desktop's, from inside a Flatpak; exec.ErrNotFound where it is not there
}

// System is the opener of this machine.
func System() Opener {
	return Opener{
		Getenv:  os.Getenv,
		Environ: os.Environ,
		Exists:  func(path string) bool { _, err := os.Stat(path); return err == nil },
		Watched: func() (<-chan time.Time, func() bool) {
			t := time.NewTimer(Watch)
			return t.C, t.Stop
		},
		Native:  native(runtime.GOOS),
		Library: browser.OpenURL,
		Portal:  openWithPortal,
	}
}

// native lists the commands that github.com/pkg/browser would run. They are run
// here, for it hands this program's whole environment on. Windows has none: the
// library asks the shell there (ShellExecute).
func native(system string) []string {
	switch system {
	case "windows":
		return nil
	case "darwin":
		return []string{"open"}
	}
	return []string{"xdg-open", "x-www-browser", "www-browser"}
}

// Open starts the browser and reports what went wrong within the watch.
func (o Opener) Open(ctx context.Context, url string) error {
	done := make(chan error, 1)
	go func() { done <- o.run(url) }() // ends with the opener, or with the program
	watched, stop := o.Watched()
	defer stop()
	select {
	case err := <-done:
		return err
	case <-watched:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (o Opener) run(url string) error {
	chosen := o.try(o.commands(), url)
	if !errors.Is(chosen, exec.ErrNotFound) {
		return chosen
	}
	var portal, err error
	if o.flatpak() {
		if portal = o.Portal(url); !errors.Is(portal, exec.ErrNotFound) {
			return portal
		}
	}
	if len(o.Native) > 0 {
		err = o.try(o.Native, url)
	} else {
		err = o.Library(url)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound) || len(o.Native) == 0:
		err = described("the system's opener", err)
	}
	if len(o.commands()) == 0 {
		chosen = nil // there was none
	}
	return errors.Join(chosen, portal, err)
}

// try runs the first command that is there. It is exec.ErrNotFound if none is.
func (o Opener) try(commands []string, url string) error {
	failed := exec.ErrNotFound
	for i, command := range commands {
		err := o.command(command, url)
		if !errors.Is(err, exec.ErrNotFound) {
			return err
		}
		if i == 0 {
			failed = err
		}
	}
	return failed
}

// commands are tried before the system's own: what the user set, then what WSL needs.
func (o Opener) commands() []string {
	var list []string
	for _, command := range strings.Split(o.Getenv("BROWSER"), string(os.PathListSeparator)) {
		if strings.TrimSpace(command) != "" {
			list = append(list, command)
		}
	}
	if o.Getenv("WSL_DISTRO_NAME") != "" || o.Exists("/proc/sys/fs/binfmt_misc/WSLInterop") {
		list = append(list, "wslview")
	}
	return list
}

// command runs one opener. %s stands for the address, which otherwise comes
// last; no shell reads either.
func (o Opener) command(command, url string) error {
	words := strings.Fields(command)
	placed := false
	for i, w := range words {
		if i > 0 && strings.Contains(w, "%s") {
			words[i], placed = strings.ReplaceAll(w, "%s", url), true
		}
	}
	if !placed {
		words = append(words, url)
	}
	c := exec.Command(words[0], words[1:]...) //nolint:gosec,noctx // what the user set in $BROWSER; it outlives every context
	c.Env = cleaned(o.Environ())
	if err := c.Run(); err != nil { // no output: a file that is nil is the null device
		return described(words[0], err)
	}
	return nil
}

func described(name string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s was not found; copy the link into a browser: %w", name, exec.ErrNotFound)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%s ended with %s; copy the link into a browser", name, exit.ProcessState)
	}
	return fmt.Errorf("%s could not be started; copy the link into a browser: %w", name, err)
}

// bundled are variables by which an AppImage, a Snap or a frozen program finds
// its own libraries. The browser must not find them (AWS CLI does the same).
var bundled = []string{"LD_LIBRARY_PATH", "LD_PRELOAD", "GTK_PATH", "GIO_MODULE_DIR", "GDK_PIXBUF_MODULE_FILE", "QT_PLUGIN_PATH", "PYTHONHOME"}

// ours is the prefix of this program's own variables. CANOPY_API_PRIVATE_KEY is
// a secret, and none of them is the browser's business.
const ours = "CANOPY_"

// cleaned is what a browser may inherit of an environment.
func cleaned(environ []string) []string {
	kept := []string{} // not nil, which would mean: all of this program's
	for _, entry := range environ {
		name, _, _ := strings.Cut(strings.ToUpper(entry), "=") // Windows does not tell a from A
		if !strings.HasPrefix(name, ours) && !slices.Contains(bundled, name) {
			kept = append(kept, entry)
		}
	}
	return kept
}

// Doubt says why a browser opened here may not reach this program's loopback:
// "ssh", "container", "wsl" or "no display"; "" where nothing speaks against it.
func (o Opener) Doubt() string {
	set := func(names ...string) bool {
		for _, name := range names {
			if o.Getenv(name) != "" {
				return true
			}
		}
		return false
	}
	switch {
	case set("SSH_CONNECTION", "SSH_TTY"):
		return "ssh"
	case !o.flatpak() && set("container") || set("REMOTE_CONTAINERS") || o.Exists("/.dockerenv") || o.Exists("/run/.containerenv"):
		return "container"
	case set("WSL_DISTRO_NAME"):
		return "wsl"
	case runtime.GOOS != "windows" && runtime.GOOS != "darwin" && !set("DISPLAY", "WAYLAND_DISPLAY"):
		return "no display"
	}
	return ""
}

// flatpak reports whether this program runs inside a Flatpak: a container whose
// loopback is the desktop's, and whose programs are its own.
func (o Opener) flatpak() bool { return o.Exists("/.flatpak-info") }
