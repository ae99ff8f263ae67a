package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Person is somebody with a browser. Until told what to answer a person opens the page and
// leaves it at that.
type Person struct {
	browser *http.Client
	visits  sync.WaitGroup

	mu     sync.Mutex
	answer url.Values
	broken error
	links  []string
	opened chan string
}

func newPerson(t testing.TB) *Person {
	p := &Person{
		opened: make(chan string, 64),
		browser: &http.Client{
			Timeout:       patience,
			Transport:     &http.Transport{DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(p.visits.Wait)
	return p
}

// Allows makes the person allow every request from now on: as this user, for this
// organization, and for these projects or all.
func (p *Person) Allows(user, organization string, projects ...string) {
	if len(projects) == 0 {
		projects = []string{"all"}
	}
	p.decide(url.Values{"user": {user}, "org": {organization}, "project": projects, "decision": {"allow"}})
}

// Denies makes the person say no to every request from now on.
func (p *Person) Denies(user string) {
	p.decide(url.Values{"user": {user}, "decision": {"deny"}})
}

// LooksAway makes the person leave the page alone from now on.
func (p *Person) LooksAway() { p.decide(nil) }

// HasNoBrowser makes every opening fail from now on.
func (p *Person) HasNoBrowser() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = errors.New("there is no browser on this stage")
}

func (p *Person) decide(answer url.Values) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// Opened returns the links that were opened so far.
func (p *Person) Opened() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.links...)
}

// Open is the opener of a browser: it takes the link and returns.
func (p *Person) Open(_ context.Context, link string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.links = append(p.links, link)
	if p.broken != nil {
		return p.broken
	}
	if p.answer != nil {
		answer := p.answer
		p.visits.Go(func() { _ = p.visit(link, answer) }) // what goes wrong shows in the attempt
	}
	return nil
}

// Visit answers the page at a link and follows where it leads.
func (p *Person) Visit(link string) error {
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	return p.visit(link, answer)
}

func (p *Person) visit(link string, answer url.Values) error {
	resp, err := p.post(link, answer)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	next, err := resp.Location()
	if err != nil {
		return fmt.Errorf("the page answered %s and led nowhere", resp.Status)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience-5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, next.String(), nil)
	if err != nil {
		return err
	}
	if resp, err = p.browser.Do(req); err != nil {
		return err
	}
	return resp.Body.Close()
}

// post fills a form of a page in.
func (p *Person) post(page string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, page, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.browser.Do(req)
}

// Revokes takes access back on the console's page, for everything this user has allowed.
func (p *Person) Revokes(t testing.TB, console, user string) {
	t.Helper()
	page := console + "/account/oauth-apps"
	for _, id := range p.allowed(t, page, user) {
		resp, err := p.post(page, url.Values{"user": {user}, "revoke": {id}})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("revoking %s answered %s", id, resp.Status)
		}
	}
}

// allowed lists what the console's page says this user has allowed.
func (p *Person) allowed(t testing.TB, page, user string) (ids []string) {
	t.Helper()
	resp, err := p.post(page, url.Values{"user": {user}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range revokeButton.FindAllSubmatch(text, -1) {
		ids = append(ids, string(found[1]))
	}
	return ids
}

// revokeButton finds the id of a grant in the page that lists them.
var revokeButton = regexp.MustCompile(`name="revoke" value="([^"]+)"`)
