package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"canopy/ui/e2e"
)

// What a person does.

func click(words string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Click(ctx, e2e.Text(words)) }
}

func clickName(name string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Click(ctx, e2e.Name(name)) }
}

// scroll turns the wheel over what says this.
func scroll(words string, clicks int) step {
	return func(ctx context.Context, g *guide) error { return g.app.Scroll(ctx, e2e.Text(words), clicks) }
}

func row(id string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Click(ctx, e2e.Row(id)) }
}

func rightClick(id string) step {
	return func(ctx context.Context, g *guide) error { return g.app.ClickRight(ctx, e2e.Row(id)) }
}

func press(chords ...string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Press(ctx, chords...) }
}

func write(text string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Type(ctx, text) }
}

// writeSlowly types a text and waits after each character until the window has done with it.
func writeSlowly(text string) step { return press(strings.Split(text, "")...) }

func menu(name, item string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Menu(ctx, name, item) }
}

// openSome opens the projects, and the clusters of Acme Robotics that have branches.
var openSome = sequence(menu("View", "Open all"), openRow("cluster/9002"), openRow("cluster/9008"), row("org/1001"))

// openRow opens a row by the keyboard: selects it and goes right.
func openRow(id string) step {
	return func(ctx context.Context, g *guide) error {
		return errors.Join(g.app.Click(ctx, e2e.Row(id)), g.app.Press(ctx, "Right"))
	}
}

// await waits until the window says this.
func await(words string) step {
	return func(ctx context.Context, g *guide) error { return g.app.AwaitWords(ctx, words) }
}

// gone waits until nothing says exactly this any more.
func gone(words string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Gone(ctx, words, e2e.Text(words)) }
}

// shown waits for a row.
func shown(id string) step {
	return func(ctx context.Context, g *guide) error {
		_, err := g.app.Await(ctx, id, e2e.Row(id))
		return err
	}
}

// What the world around does.

// faults makes the sandbox misbehave in these ways and no other. "SANDBOX" in a fault is the address of the first host.
func faults(list ...string) step {
	return func(ctx context.Context, g *guide) error { return g.sandbox.SetFaults(ctx, list...) }
}

// answers fills in the consent page that Canopy has just opened, and sends it.
func answers(c e2e.Choice, decision string) step {
	return func(ctx context.Context, g *guide) error {
		link, err := g.newLink(ctx)
		if err != nil {
			return err
		}
		_, err = g.sandbox.Answer(ctx, link, c, decision)
		return err
	}
}

// answersMeanwhile is answers without waiting for the last page, which comes when Canopy is done.
func answersMeanwhile(c e2e.Choice) step {
	return func(ctx context.Context, g *guide) error {
		link, err := g.newLink(ctx)
		if err != nil {
			return err
		}
		go func() { _, _ = g.sandbox.Answer(context.WithoutCancel(ctx), link, c, e2e.Allow) }() // the picture shows whether it worked
		return nil
	}
}

func (g *guide) newLink(ctx context.Context) (string, error) {
	link, err := g.AwaitLink(ctx, g.links)
	if err != nil {
		return "", err
	}
	links, err := g.Links()
	g.links = len(links)
	return link, err
}

// signIn goes from the first screen to the tree.
func signIn(c e2e.Choice) step {
	return sequence(click("Sign in with your browser"), answers(c, e2e.Allow), shown("org/"+c.Organization), read)
}

// read waits until nothing is being read any more.
func read(ctx context.Context, g *guide) error {
	return g.app.AwaitAll(ctx, "the end of reading", func(objects []e2e.Object) bool {
		return strings.Contains(e2e.Says(objects), "Updated ")
	})
}

// inBrowser opens an address in Chromium and looks at it; %s in it stands for the console.
func inBrowser(address string) step {
	return func(ctx context.Context, g *guide) error {
		address := fmt.Sprintf(address, g.sandbox.Console)
		err := errors.Join(g.NoteLinksOnly(false), g.OpenLink(ctx, address), g.look(ctx, address))
		g.links++ // the browser has noted it too
		return errors.Join(err, g.NoteLinksOnly(true))
	}
}

// linkInBrowser opens what Canopy has just asked to open in Chromium.
func linkInBrowser(ctx context.Context, g *guide) error {
	link, err := g.newLink(ctx)
	if err != nil {
		return err
	}
	err = errors.Join(g.NoteLinksOnly(false), g.OpenLink(ctx, link), g.look(ctx, g.sandbox.Console))
	g.links++ // the browser has noted it once more
	return errors.Join(err, g.NoteLinksOnly(true))
}

func (g *guide) look(ctx context.Context, address string) (err error) {
	if g.page != nil {
		g.page.Close()
	}
	g.page, err = g.Page(context.WithoutCancel(ctx), address)
	return err
}

func sequence(way ...step) step {
	return func(ctx context.Context, g *guide) error { return walk(ctx, g, way) }
}

func restart(ctx context.Context, g *guide) error {
	if err := g.app.Shut(ctx); err != nil {
		return err
	}
	return g.start(ctx)
}

func killSandbox(_ context.Context, g *guide) error {
	g.sandbox.Kill()
	return nil
}

func lockKeyring(ctx context.Context, g *guide) error { return g.LockKeyring(ctx) }

// mutePrompts lets the keyring ask in vain for the rest of the chapter.
func mutePrompts(_ context.Context, g *guide) (err error) {
	g.unmute, err = g.MutePrompts()
	return err
}

// onPage presses what the browser's page says so.
func onPage(words string) step {
	return func(_ context.Context, g *guide) error { return g.page.Click(words) }
}

// knock sends two requests that are not the browser's answer to where Canopy waits for that.
func knock(ctx context.Context, g *guide) error {
	links, err := g.Links()
	if err != nil || len(links) == 0 {
		return errors.Join(err, errors.New("no link has been opened"))
	}
	link, err := url.Parse(links[len(links)-1])
	if err != nil {
		return err
	}
	for _, path := range []string{"/favicon.ico", "/callback?code=guessed&state=guessed"} {
		address, err := url.Parse(link.Query().Get("redirect_uri"))
		if err != nil {
			return err
		}
		if err := ask(ctx, address.Scheme+"://"+address.Host+path); err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// add signs in beside what is in the wallet.
func add(c e2e.Choice) step {
	return sequence(press(switcherKeys), click(addAccount), answers(c, e2e.Allow), shown("org/"+c.Organization), read)
}

// rightClickOn presses the right button on what says this among other words.
func rightClickOn(words string) step {
	return func(ctx context.Context, g *guide) error { return g.app.ClickRight(ctx, e2e.Contains(words)) }
}

// hide unticks projects in the scope dialog.
func hide(ids ...string) step {
	way := []step{press("Control+l"), await("What Canopy may see")}
	for _, id := range ids {
		way = append(way, tick(id))
	}
	return sequence(append(way, click("Apply"))...)
}

// tick presses a project in the scope dialog.
func tick(id string) step {
	return func(ctx context.Context, g *guide) error {
		return g.app.Click(ctx, func(o e2e.Object) bool { return strings.HasPrefix(o.Row, id+"|") })
	}
}

// revoke takes an access back at the server, as its page does.
func revoke(user, organization string) step {
	return func(ctx context.Context, g *guide) error { return g.sandbox.Revoke(ctx, user, organization) }
}

func inTable(words string) e2e.Match {
	return func(o e2e.Object) bool { return o.Type == "*part.tableRow" && strings.Contains(o.Row, words) }
}

// rowWith presses a row of the table that says this.
func rowWith(words string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Click(ctx, inTable(words)) }
}

func rightClickRow(words string) step {
	return func(ctx context.Context, g *guide) error { return g.app.ClickRight(ctx, inTable(words)) }
}

// filter types into the filter of the activity.
func filter(words string) step {
	return sequence(click("Filter: host, path, status, reason"), write(words))
}

// writeHome types a path below the home folder.
func writeHome(path string) step {
	return func(ctx context.Context, g *guide) error { return g.app.Type(ctx, g.Home()+path) }
}

// loseState puts a file where Canopy keeps its grants in a folder, so that nothing can be written there.
func loseState(_ context.Context, g *guide) error {
	folder := filepath.Join(g.Home(), ".local/state/canopy")
	return errors.Join(os.Rename(folder, folder+".away"), os.WriteFile(folder, nil, 0o600))
}

// writeKey types the API key of an organization into the dialog that asks for one.
func writeKey(organization string) step {
	return func(ctx context.Context, g *guide) error {
		keys, err := g.sandbox.Keys(ctx)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.Organization == organization {
				return errors.Join(g.app.Type(ctx, k.Public), g.app.Press(ctx, "Tab"), g.app.Type(ctx, k.Private))
			}
		}
		return fmt.Errorf("the sandbox has no API key for the organization %s", organization)
	}
}
