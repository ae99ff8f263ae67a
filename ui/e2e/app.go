package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Object is one thing that the window shows, as the probe tells it. See canopy/ui/probe.
type Object struct {
	Type, Name, Row, Text, Hint string
	X, Y, W, H, Layer           int
	Focused, Disabled, Checked  bool
}

// Match picks objects.
type Match func(Object) bool

// Text matches what shows exactly these words.
func Text(s string) Match { return func(o Object) bool { return o.Text == s } }

// Contains matches what shows these words among others.
func Contains(s string) Match {
	return func(o Object) bool { return strings.Contains(o.Text, s) }
}

// Name matches what calls itself so to tests.
func Name(s string) Match { return func(o Object) bool { return o.Name == s } }

// Row matches the tree row with this id.
func Row(id string) Match {
	return func(o Object) bool { return o.Row == id || strings.HasPrefix(o.Row, id+"|") }
}

// App is a running Canopy window.
type App struct {
	*Process
	desktop *Desktop
	window  xproto.Window

	mu    sync.Mutex // one question at a time
	probe net.Conn
	lines *bufio.Reader
}

// StartApp starts Canopy with a window and waits until the window is on the screen.
func (d *Desktop) StartApp(ctx context.Context, args ...string) (*App, error) {
	d.count["probe"]++
	socket := d.path("run", fmt.Sprintf("probe-%d", d.count["probe"]))
	env := append(slices.Clone(d.env), "CANOPY_PROBE="+socket)
	if d.noOpen {
		env = append(env, "PATH="+d.path("nothing"))
	}
	p, err := d.run(ctx, command{name: "canopy", args: append([]string{d.Canopy}, args...), env: env})
	if err != nil {
		return nil, err
	}
	a := &App{Process: p, desktop: d}
	err = until(ctx, "the window", func() error {
		if !p.Running() {
			return fmt.Errorf("canopy ended; its log says:\n%s", p.tail())
		}
		a.window, err = d.Display.windowOf(p.PID)
		if err != nil {
			return err
		}
		return unless(a.window != 0, "none")
	})
	if err != nil {
		return nil, err
	}
	return a, a.connect(ctx, socket)
}

// RunCommand runs Canopy to its end, with more variables in its environment, and returns what it wrote.
func (d *Desktop) RunCommand(ctx context.Context, env []string, args ...string) (code int, output string, err error) {
	p, err := d.run(ctx, command{
		name: "command", args: append([]string{d.Canopy}, args...), env: append(slices.Clone(d.env), env...),
	})
	if err != nil {
		return 0, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if code, err = p.Wait(ctx); err != nil {
		p.Stop()
		return 0, "", err
	}
	output, err = p.Log()
	return code, output, err
}

func (a *App) connect(ctx context.Context, socket string) error {
	err := until(ctx, "the probe", func() error {
		if !a.Running() {
			return fmt.Errorf("canopy ended; its log says:\n%s", a.tail())
		}
		conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
		if err != nil {
			return pending(err.Error())
		}
		a.probe, a.lines = conn, bufio.NewReader(conn)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w (was canopy built with the tag probe?)", err)
	}
	return a.Settle(ctx)
}

// ask puts a question to the probe.
func (a *App) ask(ctx context.Context, question string, answer any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	deadline := time.Now().Add(patience)
	if at, ok := ctx.Deadline(); ok && at.Before(deadline) {
		deadline = at
	}
	if err := a.probe.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := a.probe.Write([]byte(question + "\n")); err != nil {
		return fmt.Errorf("ask the window for its %s: %w; its log ends:\n%s", question, err, a.tail())
	}
	line, err := a.lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("ask the window for its %s: %w; its log ends:\n%s", question, err, a.tail())
	}
	var refusal struct{ Error string }
	if json.Unmarshal(line, &refusal) == nil && refusal.Error != "" {
		return errors.New(refusal.Error)
	}
	return json.Unmarshal(line, answer)
}

// Dump tells all that the window shows, in paint order.
func (a *App) Dump(ctx context.Context) (objects []Object, err error) {
	err = a.ask(ctx, "dump", &objects)
	return objects, err
}

// Settle returns when the window has read all input sent so far.
func (a *App) Settle(ctx context.Context) error {
	var settled struct{ Settled bool }
	return a.ask(ctx, "settle", &settled)
}

// Size tells the window's inner size in pixels.
func (a *App) Size(ctx context.Context) (image.Point, error) {
	var size struct{ W, H int }
	err := a.ask(ctx, "size", &size)
	return image.Pt(size.W, size.H), err
}

// Resize asks the window manager for another size, and waits until the window has it.
func (a *App) Resize(ctx context.Context, to image.Point) error {
	const both = 1<<10 | 1<<11 | 2<<12 // width and height are meant, and a person asks (EWMH _NET_MOVERESIZE_WINDOW)
	if err := a.desktop.Display.ask(a.window, "_NET_MOVERESIZE_WINDOW", both, 0, 0, uint32(to.X), uint32(to.Y)); err != nil {
		return err
	}
	return until(ctx, fmt.Sprintf("a window of %v", to), func() error {
		size, err := a.Size(ctx)
		if err != nil {
			return err
		}
		return unless(size == to, size.String())
	})
}

// Find returns the first object that matches, from the topmost layer that has one.
func Find(objects []Object, match Match) (found Object, ok bool) {
	for _, o := range objects {
		if match(o) && (!ok || o.Layer > found.Layer) {
			found, ok = o, true
		}
	}
	return found, ok
}

// Await waits until the window shows an object that matches.
func (a *App) Await(ctx context.Context, what string, match Match) (found Object, err error) {
	err = a.AwaitAll(ctx, what, func(objects []Object) bool {
		var ok bool
		found, ok = Find(objects, match)
		return ok
	})
	return found, err
}

// AwaitAll waits until all that the window shows satisfies a condition.
func (a *App) AwaitAll(ctx context.Context, what string, cond func([]Object) bool) error {
	return until(ctx, what, func() error {
		objects, err := a.Dump(ctx)
		if err != nil {
			return err
		}
		return unless(cond(objects), Words(objects))
	})
}

// Words joins the words that the window shows, for error messages and for looking things up.
func Words(objects []Object) string {
	var words []string
	for _, o := range objects {
		if o.Text != "" && (len(words) == 0 || words[len(words)-1] != o.Text) {
			words = append(words, o.Text)
		}
	}
	return strings.Join(words, " · ")
}

// still waits for an object that can be pressed: there, not disabled, and not moving.
func (a *App) still(ctx context.Context, match Match) (Object, error) {
	var last Object
	err := until(ctx, "something to press", func() error {
		objects, err := a.Dump(ctx)
		if err != nil {
			return err
		}
		o, ok := Find(objects, match)
		if !ok || o.Disabled {
			return pending(Words(objects))
		}
		if o == last {
			return nil
		}
		last = o
		if err := a.Settle(ctx); err != nil {
			return err
		}
		return pending("it moves")
	})
	return last, err
}

// Click presses the left button in the middle of the object that matches.
func (a *App) Click(ctx context.Context, match Match) error { return a.press(ctx, match, 1) }

// ClickRight presses the right button in the middle of the object that matches.
func (a *App) ClickRight(ctx context.Context, match Match) error { return a.press(ctx, match, 3) }

func (a *App) press(ctx context.Context, match Match, button byte) error {
	o, err := a.still(ctx, match)
	if err != nil {
		return err
	}
	return a.pressAt(ctx, image.Pt(o.X+o.W/2, o.Y+o.H/2), button)
}

// ClickAt presses the left button at a point of the window.
func (a *App) ClickAt(ctx context.Context, at image.Point) error { return a.pressAt(ctx, at, 1) }

func (a *App) pressAt(ctx context.Context, at image.Point, button byte) error {
	if err := a.point(ctx, at); err != nil {
		return err
	}
	for _, down := range []bool{true, false} {
		if err := a.desktop.Display.button(button, down); err != nil {
			return err
		}
		if err := a.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// point brings the window to the front and the pointer to a point of it, and waits until the window knows.
func (a *App) point(ctx context.Context, at image.Point) error {
	d := a.desktop.Display
	if err := d.raise(ctx, a.window); err != nil {
		return err
	}
	place, err := d.place(a.window)
	if err != nil {
		return err
	}
	if err := d.move(ctx, place.Min.Add(at)); err != nil {
		return err
	}
	return a.Settle(ctx)
}

// Scroll turns the wheel over the object that matches; clicks are down when positive, up when negative.
func (a *App) Scroll(ctx context.Context, match Match, clicks int) error {
	o, err := a.still(ctx, match)
	if err != nil {
		return err
	}
	if err := a.point(ctx, image.Pt(o.X+o.W/2, o.Y+o.H/2)); err != nil {
		return err
	}
	button := byte(5)
	if clicks < 0 {
		button, clicks = 4, -clicks
	}
	for range clicks {
		err := errors.Join(a.desktop.Display.button(button, true), a.desktop.Display.button(button, false))
		if err != nil {
			return err
		}
	}
	return a.Settle(ctx)
}

// Press strikes keys one after the other, such as "Tab" or "Control+l".
func (a *App) Press(ctx context.Context, chords ...string) error {
	if err := a.desktop.Display.raise(ctx, a.window); err != nil {
		return err
	}
	for _, chord := range chords {
		if err := a.desktop.Display.press(chord); err != nil {
			return err
		}
		if err := a.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Type types a text into what has the focus.
func (a *App) Type(ctx context.Context, text string) error {
	for _, r := range text {
		if err := a.Press(ctx, string(r)); err != nil {
			return err
		}
	}
	return nil
}

// Picture saves what the screen shows of the window as NAME.png.
func (a *App) Picture(ctx context.Context, name string) error {
	d := a.desktop.Display
	if err := errors.Join(d.raise(ctx, a.window), a.Settle(ctx)); err != nil {
		return err
	}
	place, err := d.place(a.window)
	if err != nil {
		return err
	}
	img, err := d.capture(place)
	if err != nil {
		return err
	}
	return savePNG(filepath.Join(a.desktop.Out, name+".png"), img)
}

// Evidence saves the whole screen and what the window shows, for whoever has to find out why a step failed.
func (a *App) Evidence(ctx context.Context, name string) error {
	d := a.desktop.Display
	img, err := d.capture(image.Rect(0, 0, int(d.w), int(d.h)))
	if err == nil {
		err = savePNG(filepath.Join(a.desktop.Out, name+".png"), img)
	}
	objects, dumpErr := a.Dump(ctx)
	text, jsonErr := json.MarshalIndent(objects, "", " ")
	return errors.Join(err, dumpErr, jsonErr, os.WriteFile(filepath.Join(a.desktop.Out, name+".json"), text, 0o644))
}

// Shut closes the window as its close button does, and waits for the program to end with exit code 0.
func (a *App) Shut(ctx context.Context) error {
	if err := a.desktop.Display.ask(a.window, "_NET_CLOSE_WINDOW", 0, 2); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	code, err := a.Wait(ctx)
	if err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("canopy ended with exit code %d; its log says:\n%s", code, a.tail())
	}
	return nil
}
