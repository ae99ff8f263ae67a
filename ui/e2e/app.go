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

	mu     sync.Mutex // one question at a time
	socket string
	probe  net.Conn // nil after a question without an answer, which may still come
	lines  *bufio.Reader
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
	a.socket = socket
	err := until(ctx, "the probe", func() error {
		if !a.Running() {
			return fmt.Errorf("canopy ended; its log says:\n%s", a.tail())
		}
		if err := a.dial(ctx); err != nil {
			return pending(err.Error())
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w (was canopy built with the tag probe?)", err)
	}
	return a.Settle(ctx)
}

func (a *App) dial(ctx context.Context) error {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", a.socket)
	if err == nil {
		a.probe, a.lines = conn, bufio.NewReader(conn)
	}
	return err
}

// ask puts a question to the probe.
func (a *App) ask(ctx context.Context, question string, answer any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	line, err := a.exchange(ctx, question)
	if err != nil {
		if a.probe != nil {
			a.probe.Close() // what is answered late must not be taken for the answer to another question
		}
		a.probe = nil
		return fmt.Errorf("ask the window for its %s: %w; its log ends:\n%s", question, err, a.tail())
	}
	var refusal struct{ Error string }
	if json.Unmarshal(line, &refusal) == nil && refusal.Error != "" {
		return errors.New(refusal.Error)
	}
	return json.Unmarshal(line, answer)
}

func (a *App) exchange(ctx context.Context, question string) ([]byte, error) {
	deadline := time.Now().Add(patience)
	if at, ok := ctx.Deadline(); ok && at.Before(deadline) {
		deadline = at
	}
	if a.probe == nil {
		if err := a.dial(ctx); err != nil {
			return nil, err
		}
	}
	if err := a.probe.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if _, err := a.probe.Write([]byte(question + "\n")); err != nil {
		return nil, err
	}
	return a.lines.ReadBytes('\n')
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

// Says joins all that the window says into one line with plain quotes, to look for sentences in it however they are
// broken into lines.
func Says(objects []Object) string {
	words := make([]string, 0, len(objects))
	for _, o := range objects {
		if o.Text != "" {
			words = append(words, o.Text)
		}
	}
	return quotes.Replace(strings.Join(words, " "))
}

var quotes = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "\n", " ")

// AwaitWords waits until the window says this, however it is broken into lines.
func (a *App) AwaitWords(ctx context.Context, words string) error {
	return a.AwaitAll(ctx, fmt.Sprintf("the words %q", words), func(objects []Object) bool {
		return strings.Contains(Says(objects), words)
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
