package opener

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
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
	Library func(url string) error                 // github.com/pkg/browser
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
		Library: openWithLibrary,
	}
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
	commands := o.commands()
	var failed error
	for _, command := range commands {
		err := o.command(command, url)
		if err == nil {
			return nil
		}
		failed = errors.Join(failed, err)
		if !errors.Is(err, exec.ErrNotFound) {
			return failed
		}
	}
	if o.polluted() {
		err := o.command("xdg-open", url)
		if err == nil || !errors.Is(err, exec.ErrNotFound) {
			return err
		}
	}
	if err := o.Library(url); err != nil {
		return errors.Join(failed, described("the system's opener", err))
	}
	return nil
}

// commands are tried before the library: what the user set, then what WSL needs.
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

func (o Opener) polluted() bool {
	for _, name := range bundled {
		if o.Getenv(name) != "" {
			return true
		}
	}
	return false
}

func cleaned(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		own := false
		for _, b := range bundled {
			own = own || name == b
		}
		if !own {
			kept = append(kept, entry)
		}
	}
	return kept
}

// quiet sends the library's chatter to the null device, once. A real file and
// not a writer: a pipe would break under a browser that outlives this program.
var quiet = sync.OnceFunc(func() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		browser.Stdout, browser.Stderr = null, null
	}
})

func openWithLibrary(url string) error {
	quiet()
	return browser.OpenURL(url)
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
	case set("container", "REMOTE_CONTAINERS") || o.Exists("/.dockerenv") || o.Exists("/run/.containerenv"):
		return "container"
	case set("WSL_DISTRO_NAME"):
		return "wsl"
	case runtime.GOOS != "windows" && runtime.GOOS != "darwin" && !set("DISPLAY", "WAYLAND_DISPLAY"):
		return "no display"
	}
	return ""
}
