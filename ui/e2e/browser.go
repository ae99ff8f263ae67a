package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

// browserScript is what the desktop opens links with. It notes its process id and the link, then becomes Chromium: with
// an empty profile, its debugging port on the loopback, and nothing that would call home. As root Chromium has no sandbox.
// A file called "absent" leaves it at the note.
const browserScript = `#!/bin/sh
echo $$ >> '%[1]s/pids'
printf '%%s\n' "$1" >> '%[1]s/links'
[ -e '%[1]s/absent' ] && exit
[ "$(id -u)" = 0 ] && set -- --no-sandbox "$@"
exec chromium --user-data-dir='%[1]s/profile' --remote-debugging-port=0 --password-store=basic \
 --test-type --no-first-run --no-default-browser-check --no-pings --disable-gpu --disable-quic --disable-dev-shm-usage \
 --disable-background-networking --disable-component-update --disable-sync --disable-domain-reliability \
 --disable-extensions --disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider \
 --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]' \
 --window-size=1000,860 --window-position=40,20 "$@"
`

const browserEntry = "[Desktop Entry]\nType=Application\nName=Browser\nExec=%s %%u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;\n"

const browserDefaults = "[Default Applications]\nx-scheme-handler/http=browser.desktop\nx-scheme-handler/https=browser.desktop\n"

// writeBrowser makes Chromium the desktop's default browser, in both ways that xdg-open knows: $BROWSER and the list of
// default applications.
func (d *Desktop) writeBrowser() error {
	script := d.path("bin/browser")
	return errors.Join(
		os.WriteFile(script, fmt.Appendf(nil, browserScript, d.path("browser")), 0o700),
		os.WriteFile(d.path("home/.local/share/applications/browser.desktop"), fmt.Appendf(nil, browserEntry, script), 0o600),
		os.WriteFile(d.path("home/.config/mimeapps.list"), []byte(browserDefaults), 0o600),
	)
}

// closeBrowser ends every browser that was opened. The profile folder on its command line tells it from a stranger that
// has got the same process id since.
func (d *Desktop) closeBrowser() {
	text, err := os.ReadFile(d.path("browser/pids"))
	if err != nil {
		return // never opened
	}
	for _, line := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(line)
		if err != nil {
			continue
		}
		cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(cmdline), d.path("browser/profile")) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// Links lists the links that the desktop was asked to open, oldest first.
func (d *Desktop) Links() ([]string, error) {
	text, err := os.ReadFile(d.path("browser/links"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(text)), err
}

// AwaitLink waits until the desktop has been asked to open more links than before, and returns the newest.
func (d *Desktop) AwaitLink(ctx context.Context, before int) (link string, err error) {
	err = until(ctx, "an opened link", func() error {
		links, err := d.Links()
		if err != nil {
			return err
		}
		if len(links) <= before {
			return pending(fmt.Sprintf("%d links", len(links)))
		}
		link = links[len(links)-1]
		return nil
	})
	return link, err
}

// NoteLinksOnly makes the desktop's browser only note the links it is given, for [Sandbox.Answer] to answer, or makes it
// open again.
func (d *Desktop) NoteLinksOnly(only bool) error {
	mark := d.path("browser/absent")
	if only {
		return os.WriteFile(mark, nil, 0o600)
	}
	if err := os.Remove(mark); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// OpenLink opens a link in the desktop's browser, as pasting it there would.
func (d *Desktop) OpenLink(ctx context.Context, link string) error {
	_, err := d.run(ctx, command{name: "browser", args: []string{d.path("bin/browser"), link}})
	return err
}

// Page is the browser's page that Canopy opened.
type Page struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu   sync.Mutex
	seen []string // every address the page has asked for since we look
}

// Page waits until the browser is open and attaches to the page that shows an address with this beginning.
func (d *Desktop) Page(ctx context.Context, address string) (*Page, error) {
	link, err := d.debugger(ctx)
	if err != nil {
		return nil, err
	}
	alloc, stop := remote.NewAllocator(ctx, link, remote.NoModifyURL)
	quiet := func(string, ...any) {} // the protocol is younger than the library's idea of it: unknown events are no errors
	id, err := d.target(alloc, address)
	if err != nil {
		stop()
		return nil, err
	}
	p := &Page{}
	tab, cancel := chromedp.NewContext(alloc, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel(), chromedp.WithErrorf(quiet))
	p.ctx, p.cancel = tab, func() { cancel(); stop() }
	if err := chromedp.Listen(tab, p.note); err != nil {
		p.Close()
		return nil, fmt.Errorf("attach to the browser: %w", err)
	}
	return p, nil
}

// debugger waits for the address of the browser's debugging port.
func (d *Desktop) debugger(ctx context.Context) (link string, err error) {
	err = until(ctx, "the browser", func() error {
		text, err := os.ReadFile(d.path("browser/profile/DevToolsActivePort"))
		if err != nil {
			return pending(err.Error())
		}
		port, path, ok := strings.Cut(strings.TrimSpace(string(text)), "\n")
		link = "ws://127.0.0.1:" + port + path
		return unless(ok && path != "", "half of its address")
	})
	return link, err
}

// target waits for the browser's page with this address.
func (d *Desktop) target(alloc context.Context, address string) (id target.ID, err error) {
	err = until(alloc, "the browser's page at "+address, func() error {
		tabs, err := d.Tabs(alloc)
		if err != nil {
			return pending(err.Error())
		}
		for _, tab := range tabs {
			if strings.HasPrefix(tab.URL, address) {
				id = target.ID(tab.ID)
				return nil
			}
		}
		return pending(fmt.Sprint(tabs))
	})
	return id, err
}

// Tab is a page of the browser as a person sees it in the row of tabs.
type Tab struct{ ID, Type, URL, Title string }

// Tabs lists the open browser's pages.
func (d *Desktop) Tabs(ctx context.Context) ([]Tab, error) {
	link, err := d.debugger(ctx)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil, err
	}
	text, err := get(ctx, "http://"+u.Host+"/json/list", nil)
	if err != nil {
		return nil, err
	}
	var tabs []Tab
	err = json.Unmarshal(text, &tabs)
	return slices.DeleteFunc(tabs, func(t Tab) bool { return t.Type != "page" }), err
}

// AwaitTabs waits until the row of tabs satisfies a condition.
func (d *Desktop) AwaitTabs(ctx context.Context, what string, cond func([]Tab) bool) error {
	return until(ctx, what, func() error {
		tabs, err := d.Tabs(ctx)
		if err != nil {
			return err
		}
		return unless(cond(tabs), fmt.Sprint(tabs))
	})
}

// note remembers where the page goes.
func (p *Page) note(ev any) {
	if r, ok := ev.(*network.EventRequestWillBeSent); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.seen = append(p.seen, r.Request.URL+r.Request.URLFragment)
	}
}

// Visited lists every address that the page asked for while it was watched, redirects included.
func (p *Page) Visited() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

// AwaitVisit waits until the page has asked for an address with these words in it, and returns that address.
func (p *Page) AwaitVisit(words string) (address string, err error) {
	err = until(p.ctx, "a page that asks for "+words, func() error {
		seen := p.Visited()
		i := slices.IndexFunc(seen, func(s string) bool { return strings.Contains(s, words) })
		if i < 0 {
			return pending(fmt.Sprintf("%d other addresses", len(seen))) // one of them may hold a code
		}
		address = seen[i]
		return nil
	})
	return address, err
}

// Reload fetches the page once more.
func (p *Page) Reload() error { return chromedp.Do(p.ctx, chromedp.Reload()) }

// Location returns the page's address and words.
func (p *Page) Location() (address, words string, err error) {
	var errs [2]error
	address, errs[0] = chromedp.Run(p.ctx, chromedp.Location())
	words, errs[1] = chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
	return address, words, errors.Join(errs[:]...)
}

// History lists the addresses that the page's Back button knows.
func (p *Page) History() ([]string, error) {
	entries, err := chromedp.Run(p.ctx, chromedp.NavigationEntries())
	addresses := make([]string, 0, len(entries.Entries))
	for _, e := range entries.Entries {
		addresses = append(addresses, e.URL)
	}
	return addresses, err
}

// spot finds the middle of what a person would press: a visible label, button or link with these words, not covered by
// anything else. A page that has not been painted yet shows nothing, and drops what is pressed.
const spot = `(() => {
  const words = %s, exact = %t;
  if (!performance.getEntriesByType('paint').some(e => e.name === 'first-contentful-paint')) return null;
  for (const e of document.querySelectorAll('button, a, summary, label, input[type=submit], input[type=radio], input[type=checkbox]')) {
    const said = [e.innerText, e.value, e.ariaLabel].map(s => (s || '').trim().replace(/\s+/g, ' '));
    if (!said.some(s => exact ? s === words : s.includes(words))) continue;
    e.scrollIntoView({block: 'center', behavior: 'instant'});
    const r = e.getBoundingClientRect();
    if (!r.width || !r.height || e.disabled) continue;
    const x = r.left + Math.min(r.width / 2, 120), y = r.top + r.height / 2;
    const top = document.elementFromPoint(x, y);
    if (top && (e === top || e.contains(top))) return {x, y};
  }
  return null;
})()`

// Click presses the label, button or link that says exactly these words, or, if none does, contains them.
func (p *Page) Click(words string) error {
	quoted, err := json.Marshal(words)
	if err != nil {
		return err
	}
	var at *struct{ X, Y float64 }
	err = until(p.ctx, fmt.Sprintf("%q on the page", words), func() error {
		for _, exact := range []bool{true, false} {
			at, err = chromedp.Run(p.ctx, chromedp.Evaluate[*struct{ X, Y float64 }](fmt.Sprintf(spot, quoted, exact)))
			if err != nil || at != nil {
				return err
			}
		}
		_, said, err := p.Location()
		return errors.Join(err, pending(said))
	})
	if err != nil {
		return err
	}
	return chromedp.Do(p.ctx, chromedp.MouseClickXY(at.X, at.Y))
}

// Pick chooses in the list with this id as one does with the keyboard: by typing how the entry begins.
func (p *Page) Pick(list, entry string) error {
	field := chromedp.CSS("#" + list)
	err := chromedp.Do(p.ctx, chromedp.Focus(field), chromedp.KeyEvent(entry))
	if err != nil {
		return fmt.Errorf("choose %q in the list %s: %w", entry, list, err)
	}
	return until(p.ctx, fmt.Sprintf("%q chosen in the list %s", entry, list), func() error {
		script := fmt.Sprintf("document.querySelector('#%s').selectedOptions[0].text", list)
		chosen, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script))
		if err != nil {
			return err
		}
		return unless(chosen == entry, chosen)
	})
}

// box is a visible box to tick.
type box struct {
	Said    string
	Checked bool
}

// boxes lists the visible boxes of a field with the words beside them.
const boxes = `[...document.querySelectorAll('input[type=checkbox][name=%s]')].filter(e => e.offsetParent).map(e => ({
  said: e.closest('label').innerText.trim().replace(/\s+/g, ' '), checked: e.checked
}))`

// Tick makes exactly these of the visible boxes of a field ticked. What the page has ticked already it leaves so.
func (p *Page) Tick(field string, wanted []string) error {
	list, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]box](fmt.Sprintf(boxes, field)))
	if err != nil {
		return err
	}
	found := 0
	for _, b := range list {
		is := slices.ContainsFunc(wanted, func(name string) bool { return b.Said == name || strings.HasPrefix(b.Said, name+" ") })
		if is {
			found++
		}
		if is == b.Checked {
			continue
		}
		if err := p.Click(b.Said); err != nil {
			return err
		}
	}
	if found != len(wanted) {
		return fmt.Errorf("the page offers %v to tick, and not all of %q", list, wanted)
	}
	return nil
}

// Await waits until the page's address and words satisfy a condition.
func (p *Page) Await(what string, cond func(address, words string) bool) error {
	return until(p.ctx, what, func() error {
		address, words, err := p.Location()
		if err != nil {
			return pending(err.Error()) // between two pages
		}
		return unless(cond(address, words), address+" says "+words)
	})
}

// Picture saves the page as a picture.
func (p *Page) Picture(path string) error {
	img, err := p.screenshot()
	if err != nil {
		return err
	}
	return os.WriteFile(path, img, 0o644)
}

func (p *Page) screenshot() ([]byte, error) { return chromedp.Run(p.ctx, chromedp.CaptureScreenshot()) }

// prefer tells the page whether the person likes it light or dark.
func (p *Page) prefer(scheme string) error {
	feature := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme}
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{feature}}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, params)
	return err
}

// Close lets go of the page, which stays open.
func (p *Page) Close() { p.cancel() }
