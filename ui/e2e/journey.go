package e2e

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
)

// What the window says at the places that journeys go through.
const (
	signInButton  = "Sign in with your browser"
	browserOpened = "Browser opened"
	waitingStep   = "Waiting for your approval"
	changeScope   = "Change scope"
	scopeTitle    = "What Canopy may see"
	doneAddresses = "/done/"
)

// Attempt is a sign-in that has got as far as the browser.
type Attempt struct {
	Link string // what Canopy opened
	Page *Page
}

// BeginSignIn presses the button on the first screen and waits until the browser shows TiDB Cloud's page.
func (d *Desktop) BeginSignIn(ctx context.Context, a *App, s *Sandbox) (*Attempt, error) {
	return d.Attempt(ctx, a, s, func() error { return a.Click(ctx, Text(signInButton)) })
}

// Attempt does what makes Canopy ask for access, and waits until the browser shows TiDB Cloud's page.
func (d *Desktop) Attempt(ctx context.Context, a *App, s *Sandbox, begin func() error) (*Attempt, error) {
	before, err := d.Links()
	if err != nil {
		return nil, err
	}
	if err := begin(); err != nil {
		return nil, err
	}
	if _, err := a.Await(ctx, "the waiting screen", Text(waitingStep)); err != nil {
		return nil, err
	}
	link, err := d.AwaitLink(ctx, len(before))
	if err != nil {
		return nil, err
	}
	return d.follow(ctx, s, link)
}

// follow attaches to TiDB Cloud's page in the browser.
func (d *Desktop) follow(ctx context.Context, s *Sandbox, link string) (*Attempt, error) {
	page, err := d.Page(ctx, s.Authorization)
	if err != nil {
		return nil, err
	}
	return &Attempt{Link: link, Page: page}, nil
}

// Follow opens a link in the browser by hand and attaches to its page.
func (d *Desktop) Follow(ctx context.Context, s *Sandbox, link string) (*Attempt, error) {
	if err := d.OpenLink(ctx, link); err != nil {
		return nil, err
	}
	return d.follow(ctx, s, link)
}

// Choose fills in TiDB Cloud's pages as a person would, up to but not including Allow. Organization and projects are
// given by name here, as the page shows them; an empty organization keeps what the page offers.
func (t *Attempt) Choose(user, organization string, projects ...string) error {
	var said string
	err := t.Page.Await("the accounts or the consent page", func(_, words string) bool {
		said = words // the browser remembers who has signed in before
		return strings.Contains(words, "Signed in as ") || strings.Contains(words, user)
	})
	known := strings.Contains(said, "Signed in as "+user)
	if err == nil && !known && strings.Contains(said, "Signed in as ") {
		err = t.Page.Click("not you?")
	}
	if err == nil && !known {
		err = t.Page.Click(user)
	}
	if err == nil {
		err = t.Page.Await("the consent page", func(_, words string) bool { return strings.Contains(words, "Allow") })
	}
	if err != nil {
		return err
	}
	if organization != "" {
		if err := t.Page.Pick("org", organization); err != nil {
			return err
		}
	}
	if len(projects) == 0 {
		return t.Page.Click("All projects, also new ones")
	}
	if err := t.Page.Click("Only these"); err != nil {
		return err
	}
	return t.Page.Tick("project", projects)
}

// Decide presses Allow or Deny and waits for Canopy's last page in the browser.
func (t *Attempt) Decide(decision string) (address, words string, err error) {
	if err := t.Page.Click(decision); err != nil {
		return "", "", err
	}
	return t.End()
}

// End waits for Canopy's last page in the browser.
func (t *Attempt) End() (address, words string, err error) {
	err = t.Page.Await("Canopy's page in the browser", func(at, said string) bool {
		address, words = at, said
		u, err := url.Parse(at)
		return err == nil && u.Hostname() == "127.0.0.1" && strings.HasPrefix(u.Path, doneAddresses) && said != ""
	})
	return address, words, err
}

// SignIn goes the whole way for one choice and waits for the tree.
func (d *Desktop) SignIn(ctx context.Context, a *App, s *Sandbox, user, organization string, projects ...string) (*Attempt, error) {
	t, err := d.BeginSignIn(ctx, a, s)
	if err != nil {
		return nil, err
	}
	if err := t.Choose(user, organization, projects...); err != nil {
		return nil, err
	}
	if _, _, err := t.Decide("Allow"); err != nil {
		return nil, err
	}
	return t, a.awaitTree(ctx)
}

func (a *App) awaitTree(ctx context.Context) error {
	_, err := a.Await(ctx, "the tree", func(o Object) bool { return strings.HasPrefix(o.Row, "project/") })
	return err
}

// Walk does the main job once and leaves a picture of each screen: signin, waiting, consent, main-light, scope and
// main-dark. It returns the tree that the window showed at the end and the one that the sandbox has.
func (d *Desktop) Walk(ctx context.Context) (shown, want *Node, err error) {
	s, err := d.StartSandbox(ctx)
	if err != nil {
		return nil, nil, err
	}
	a, err := d.StartApp(ctx, "--sandbox="+s.Issuer, "--theme=light")
	if err != nil {
		return nil, nil, err
	}
	shown, err = d.walk(ctx, a, s)
	if err != nil {
		_ = a.Evidence(ctx, "failed") // the first error says more
		return nil, nil, err
	}
	want, err = d.Want(ctx, s, walker)
	if err != nil {
		return nil, nil, err
	}
	return shown, want, a.Shut(ctx)
}

// walker is who the walk signs in as.
var walker = Choice{User: "alice@acme.example", Organization: "1001"}

// Want reads the tree that the screen must show for a choice, with a grant of its own, which is given back.
func (d *Desktop) Want(ctx context.Context, s *Sandbox, c Choice) (*Node, error) {
	tokens, err := s.Grant(ctx, c)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx, tokens.Access, c.Organization)
	if err := errors.Join(err, s.GiveBack(ctx, tokens)); err != nil {
		return nil, err
	}
	return tree.OnScreen(), nil
}

func (d *Desktop) walk(ctx context.Context, a *App, s *Sandbox) (*Node, error) {
	if _, err := a.Await(ctx, "the first screen", Text(signInButton)); err != nil {
		return nil, err
	}
	if err := a.Picture(ctx, "signin"); err != nil {
		return nil, err
	}
	t, err := d.BeginSignIn(ctx, a, s)
	if err != nil {
		return nil, err
	}
	defer t.Page.Close()
	if _, err := a.Await(ctx, "the step of waiting", Text(browserOpened)); err != nil {
		return nil, err
	}
	if err := a.Picture(ctx, "waiting"); err != nil {
		return nil, err
	}
	if err := t.Choose(walker.User, ""); err != nil {
		return nil, err
	}
	if err := t.Page.Picture(filepath.Join(d.Out, "consent.png")); err != nil {
		return nil, err
	}
	if _, _, err := t.Decide("Allow"); err != nil {
		return nil, err
	}
	if err := t.Page.Picture(filepath.Join(d.Out, "done.png")); err != nil {
		return nil, err
	}
	if err := a.awaitTree(ctx); err != nil {
		return nil, err
	}
	return a.tour(ctx)
}

// tour takes the pictures of the main window and reads its tree.
func (a *App) tour(ctx context.Context) (*Node, error) {
	if err := a.OpenTree(ctx); err != nil {
		return nil, err
	}
	tree, err := a.Tree(ctx)
	if err != nil {
		return nil, err
	}
	steps := []func() error{
		func() error { return a.Top(ctx) },
		func() error { return a.Click(ctx, Row("cluster/9001")) },
		func() error { return a.Picture(ctx, "main-light") },
		func() error { return a.Click(ctx, Text(changeScope)) },
		func() error { _, err := a.Await(ctx, "the scope dialog", Text(scopeTitle)); return err },
		func() error { return a.Picture(ctx, "scope") },
		func() error { return a.Press(ctx, "Escape") },
		func() error { return a.Gone(ctx, "the scope dialog", Text(scopeTitle)) },
		func() error { return a.Menu(ctx, "View", "Dark") },
		func() error { return a.Picture(ctx, "main-dark") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return tree, nil
}

// Gone waits until nothing matches any more.
func (a *App) Gone(ctx context.Context, what string, match Match) error {
	return a.AwaitAll(ctx, what+" gone", func(objects []Object) bool {
		_, there := Find(objects, match)
		return !there
	})
}

// Menu presses a menu in the menu bar, then an item of it.
func (a *App) Menu(ctx context.Context, menu, item string) error {
	if err := a.Click(ctx, Text(menu)); err != nil {
		return err
	}
	if err := a.Click(ctx, Text(item)); err != nil {
		return err
	}
	return a.Gone(ctx, "the menu", Text(item))
}
