package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"canopy/ui/e2e"
)

// A chapter is one run of Canopy on a desktop of its own, with the pictures that are taken on the way.
type chapter struct {
	name    string
	desk    e2e.Options
	sandbox []string // flags of the sandbox
	flags   []string // flags of the window, beside the theme; nil: work with the sandbox
	before  []step   // before the window opens
	shots   []shot
}

// A shot is one picture: what it is called, what it shows, how one gets there from the shot before, and what must be on the
// screen then.
type shot struct {
	name, about string
	way         []step
	says        []string // words, however they are broken into lines
	never       []string // words that must not be there
	page        bool     // of the browser's page instead of the window
	narrow      bool     // also at 800 by 600, as NAME-narrow
}

// A step is something that a person, or the world around, does.
type step func(context.Context, *guide) error

// guide is where the tour is: the desktop and what runs on it.
type guide struct {
	*e2e.Desktop
	sandbox *e2e.Sandbox
	app     *e2e.App
	page    *e2e.Page
	scheme  string // light or dark
	flags   []string
	links   int // opened so far
	unmute  func() error
}

// tour is all that there is to see.
type tour struct {
	canopy, out string
	jobs        int
	chapters    []chapter

	mu    sync.Mutex
	taken int
	errs  []error
}

// schemes are the looks that every picture is taken in.
var schemes = []string{"light", "dark"}

// The sizes of the window: the one of a first start, and a small one.
var usual, small = image.Pt(1200, 760), image.Pt(800, 600)

// onePicture bounds the way to one picture and the taking of it.
const onePicture = 40 * time.Second

// run goes through all chapters in both looks, several at a time. A chapter that goes wrong ends there; the others go on.
func (t *tour) run(ctx context.Context) error {
	type job struct {
		chapter
		scheme string
	}
	work := make(chan job)
	var workers sync.WaitGroup
	for range max(1, t.jobs) {
		workers.Go(func() {
			for j := range work {
				t.report(j.name, j.scheme, t.visit(ctx, j.chapter, j.scheme))
			}
		})
	}
	for _, c := range t.chapters {
		for _, scheme := range schemes {
			work <- job{c, scheme}
		}
	}
	close(work)
	workers.Wait()
	return errors.Join(t.errs...)
}

func (t *tour) report(name, scheme string, err error) {
	if err == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errs = append(t.errs, fmt.Errorf("%s, %s: %w", name, scheme, err))
}

// visit takes the pictures of one chapter in one look.
func (t *tour) visit(ctx context.Context, c chapter, scheme string) (err error) {
	begin, taken := time.Now(), 0
	c.desk.Canopy, c.desk.Out = t.canopy, filepath.Join(t.out, "logs", c.name+"-"+scheme)
	desk, err := e2e.Open(ctx, c.desk)
	if err != nil {
		return err
	}
	g := &guide{Desktop: desk, scheme: scheme, flags: c.flags}
	defer func() {
		g.letGo()
		err = errors.Join(err, desk.Close())
		fmt.Printf("%-14s %-5s %3d pictures  %4.0f s\n", c.name, scheme, taken, time.Since(begin).Seconds())
	}()
	if err := g.open(ctx, c); err != nil {
		return err
	}
	for _, s := range c.shots {
		if err := t.shoot(ctx, g, s); err != nil {
			evidence(g, s.name)
			return fmt.Errorf("%s: %w", s.name, err)
		}
		taken++
	}
	return nil
}

// evidence keeps what was on the screen when a picture could not be taken, whatever the reason.
func evidence(g *guide, name string) {
	if g.app == nil || !g.app.Running() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), onePicture)
	defer cancel()
	if err := g.app.Evidence(ctx, "failed-"+name); err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
	}
}

// open starts the sandbox and the window.
func (g *guide) open(ctx context.Context, c chapter) (err error) {
	if err := g.NoteLinksOnly(!c.desk.NoBrowser); err != nil {
		return err
	}
	if g.sandbox, err = g.StartSandbox(ctx, c.sandbox...); err != nil {
		return err
	}
	if err := walk(ctx, g, c.before); err != nil {
		return err
	}
	return g.start(ctx)
}

// start opens the window at its usual size.
func (g *guide) start(ctx context.Context) (err error) {
	flags := slices.Clone(g.flags)
	if flags == nil {
		flags = []string{"--sandbox=" + g.sandbox.Issuer}
	}
	if g.app, err = g.StartApp(ctx, append(flags, "--theme="+g.scheme)...); err != nil {
		return err
	}
	return g.app.Resize(ctx, usual)
}

func (g *guide) letGo() {
	if g.page != nil {
		g.page.Close()
	}
	if g.unmute != nil {
		_ = g.unmute() // the whole desktop goes
	}
}

func walk(ctx context.Context, g *guide, way []step) error {
	for i, s := range way {
		if err := s(ctx, g); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

// shoot goes the way to a picture, makes sure that it is the right one, and takes it.
func (t *tour) shoot(ctx context.Context, g *guide, s shot) error {
	ctx, cancel := context.WithTimeout(ctx, onePicture)
	defer cancel()
	if err := walk(ctx, g, s.way); err != nil {
		return err
	}
	if s.page {
		return t.shootPage(g, s)
	}
	if err := g.app.AwaitAll(ctx, "what the picture must show", s.satisfied); err != nil {
		return err
	}
	if err := t.portrait(ctx, g, s.name); err != nil {
		return err
	}
	if objects, err := g.app.Dump(ctx); err != nil || !s.satisfied(objects) {
		return errors.Join(err, fmt.Errorf("while the picture was taken the window went on to say: %s", e2e.Words(objects)))
	}
	if !s.narrow {
		return nil
	}
	return errors.Join(g.app.Resize(ctx, small), t.portrait(ctx, g, s.name+"-narrow"), g.app.Resize(ctx, usual))
}

// satisfied reports whether the window says all that the picture must show, and no half-made sentence.
func (s shot) satisfied(objects []e2e.Object) bool {
	said := e2e.Says(objects)
	for _, words := range s.says {
		if !strings.Contains(said, words) {
			return false
		}
	}
	return !slices.ContainsFunc(append([]string{"{{", "<no value>", "%!"}, s.never...), func(words string) bool {
		return strings.Contains(said, words)
	})
}

func (t *tour) portrait(ctx context.Context, g *guide, name string) error {
	if err := g.app.Portrait(ctx, t.path(name, g.scheme)); err != nil {
		return err
	}
	t.count()
	return nil
}

func (t *tour) shootPage(g *guide, s shot) error {
	err := g.page.Await("what the picture must show", func(_, words string) bool {
		return !slices.ContainsFunc(s.says, func(w string) bool { return !strings.Contains(words, w) })
	})
	if err != nil {
		return err
	}
	if err := g.page.Portrait(t.path(s.name, g.scheme), g.scheme); err != nil {
		return err
	}
	t.count()
	return nil
}

func (t *tour) path(name, scheme string) string {
	return filepath.Join(t.out, name+"-"+scheme+".png")
}

func (t *tour) count() {
	t.mu.Lock()
	t.taken++
	t.mu.Unlock()
}
