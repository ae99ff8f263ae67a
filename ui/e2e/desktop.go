package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options say what a desktop is like.
type Options struct {
	Canopy    string // the program under test
	Out       string // folder for logs and pictures; made when missing
	NoKeyring bool   // a session bus without a Secret Service
	NoBrowser bool   // a path without any program that opens links
	NoManager bool   // no window manager, so that a program's pixels are the only ones on the screen
	Size      image.Point
	Env       []string // more variables for the app, such as FYNE_SCALE=1.5
}

// Desktop is one private graphical session and all that runs in it.
type Desktop struct {
	Display *Display
	Canopy  string
	Out     string

	root    string // temporary: home, runtime folder, browser profile
	bus     string // address of the session bus
	env     []string
	noOpen  bool
	spawner *spawner
	keyring *Process   // the newest; nil when there never was one
	running []*Process // in the order of their start
	count   map[string]int
}

// Open starts a desktop: display, window manager, session bus and keyring.
func Open(ctx context.Context, o Options) (*Desktop, error) {
	root, err := os.MkdirTemp("", "canopy-e2e-")
	if err != nil {
		return nil, err
	}
	canopy, err := filepath.Abs(o.Canopy)
	if err != nil {
		return nil, err
	}
	d := &Desktop{
		Canopy: canopy, Out: o.Out, root: root, noOpen: o.NoBrowser,
		spawner: newSpawner(), count: map[string]int{},
	}
	if o.Size == (image.Point{}) {
		o.Size = image.Pt(1440, 900)
	}
	steps := []func() error{
		d.makeFolders, d.writeBrowser,
		func() error { return d.startDisplay(ctx, o.Size) },
		func() error { return d.startBus(ctx) },
	}
	if !o.NoManager {
		steps = append(steps, func() error { return d.startWindowManager(ctx) })
	}
	if !o.NoKeyring {
		steps = append(steps, func() error { return d.StartKeyring(ctx) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	d.env = append(d.env, o.Env...)
	return d, nil
}

// Close ends every process, last started first, and removes the desktop's files. Logs and pictures stay.
func (d *Desktop) Close() error {
	d.closeBrowser()
	if d.Display != nil {
		d.Display.close()
	}
	for i := len(d.running) - 1; i >= 0; i-- {
		d.running[i].Stop()
	}
	d.spawner.close()
	return until(context.Background(), "the end of all that writes to "+d.root, func() error {
		if err := os.RemoveAll(d.root); err != nil {
			return pending(err.Error()) // a part of the browser that has not noticed yet that the rest is gone
		}
		return nil
	})
}

func (d *Desktop) path(elem ...string) string {
	return filepath.Join(append([]string{d.root}, elem...)...)
}

// makeFolders makes a home that belongs to nobody, and the environment that points to it. Nothing is taken over from the
// environment of the run but the path to programs: no locale, no display, no bus, no proxy.
func (d *Desktop) makeFolders() error {
	if err := os.MkdirAll(d.Out, 0o755); err != nil {
		return err
	}
	for _, dir := range []string{"home/.cache", "home/.config", "home/.local/share/applications", "home/.local/state", "run", "bin", "browser"} {
		if err := os.MkdirAll(d.path(dir), 0o700); err != nil {
			return err
		}
	}
	d.env = []string{
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"HOME=" + d.path("home"), "XDG_RUNTIME_DIR=" + d.path("run"),
		"XDG_CONFIG_HOME=" + d.path("home/.config"), "XDG_CACHE_HOME=" + d.path("home/.cache"),
		"XDG_DATA_HOME=" + d.path("home/.local/share"), "XDG_STATE_HOME=" + d.path("home/.local/state"),
		"LANG=en_US.UTF-8", "LIBGL_ALWAYS_SOFTWARE=1", "NO_AT_BRIDGE=1",
		"BROWSER=" + d.path("bin/browser"),
		"GORACE=halt_on_error=0 exitcode=66",
	}
	return nil
}

// run starts a program on the desktop. The second of a name logs to name-2.
func (d *Desktop) run(ctx context.Context, c command) (*Process, error) {
	d.count[c.name]++
	if n := d.count[c.name]; n > 1 {
		c.name = fmt.Sprintf("%s-%d", c.name, n)
	}
	if c.env == nil {
		c.env = d.env
	}
	p, err := d.spawner.start(ctx, d.Out, c)
	if err != nil {
		return nil, err
	}
	d.running = append(d.running, p)
	return p, nil
}

// announced starts a program that writes one line to descriptor 3 once it is ready, and returns that line.
func (d *Desktop) announced(ctx context.Context, c command) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	c.files = []*os.File{w}
	p, err := d.run(ctx, c)
	if err := errors.Join(err, w.Close()); err != nil {
		return "", err
	}
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(r).ReadString('\n') // empty when the program ends without a word
		line <- strings.TrimSpace(text)
	}()
	select {
	case text := <-line:
		if text == "" {
			return "", fmt.Errorf("%s ended at once; its log says:\n%s", c.name, p.tail())
		}
		return text, nil
	case <-ctx.Done():
		return "", fmt.Errorf("waiting for %s: %w", c.name, ctx.Err())
	case <-time.After(patience):
		return "", fmt.Errorf("%s did not get ready within %v; its log says:\n%s", c.name, patience, p.tail())
	}
}

func (d *Desktop) startDisplay(ctx context.Context, size image.Point) error {
	screen := fmt.Sprintf("%dx%dx24", size.X, size.Y)
	number, err := d.announced(ctx, command{
		name: "xvfb",
		args: []string{"Xvfb", "-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp", "-noreset", "-dpi", "96"},
	})
	if err != nil {
		return err
	}
	d.Display, err = dial(":" + number)
	d.env = append(d.env, "DISPLAY=:"+number)
	return err
}

func (d *Desktop) startWindowManager(ctx context.Context) error {
	p, err := d.run(ctx, command{name: "openbox", args: []string{"openbox", "--sm-disable"}})
	if err != nil {
		return err
	}
	return until(ctx, "the window manager", func() error {
		if !p.Running() {
			return fmt.Errorf("openbox ended; its log says:\n%s", p.tail())
		}
		ok, err := d.Display.managed()
		if err != nil {
			return err
		}
		return unless(ok, "none")
	})
}

// busConfig is a session bus that starts no service by itself, so that there is a Secret Service only where one was
// started on purpose.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <type>session</type>
 <listen>unix:dir=%s</listen>
 <auth>EXTERNAL</auth>
 <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`

func (d *Desktop) startBus(ctx context.Context) error {
	config := d.path("bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, d.path("run")), 0o600); err != nil {
		return err
	}
	address, err := d.announced(ctx, command{
		name: "dbus",
		args: []string{"dbus-daemon", "--config-file=" + config, "--nofork", "--nopidfile", "--print-address=3"},
	})
	if err != nil {
		return err
	}
	d.bus = address
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	return nil
}

// Home is the home folder of everything on the desktop but the browser's profile.
func (d *Desktop) Home() string { return d.path("home") }
