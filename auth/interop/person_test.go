package interop_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"
)

// person sits at a browser and works through the server's own pages: types in
// what is asked for, and allows or denies. The browser is an HTTP client with a
// cookie jar.
type person struct {
	server server
	client *http.Client
	ctx    context.Context
	leave  context.CancelFunc
	pages  chan page
	group  sync.WaitGroup

	mu      sync.Mutex
	denies  bool
	keeps   bool                 // a login that the page has filled in already
	onward  func(*url.URL) error // asked before the browser follows a redirect
	visited []*url.URL           // every address of the way
}

// page is where a browser has come to.
type page struct {
	address *url.URL
	status  int
	body    string
	err     error
}

func newPerson(t *testing.T, s server) *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	p := &person{server: s, ctx: ctx, leave: stop, pages: make(chan page, 20)}
	p.client = &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: p.follow}
	t.Cleanup(func() {
		stop()
		p.group.Wait()
		p.client.CloseIdleConnections()
	})
	return p
}

// forgetCookies makes the browser one that the server has never seen.
func (p *person) forgetCookies(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.client.Jar = jar
}

func (p *person) set(f func(*person)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

// open is a Config.Open: it returns at once, as an opener does.
func (p *person) open(_ context.Context, link string) error {
	p.group.Go(func() { p.pages <- p.work(link, "") })
	return nil
}

// last gives the page on which the browser ended.
func (p *person) last(t *testing.T) page {
	t.Helper()
	select {
	case end := <-p.pages:
		if end.err != nil {
			t.Fatalf("the browser could not go on: %v", end.err)
		}
		return end
	case <-p.ctx.Done():
		t.Fatal("the browser came to no end")
		return page{}
	}
}

func (p *person) follow(q *http.Request, via []*http.Request) error {
	if len(via) > 20 {
		return errors.New("redirected too often")
	}
	p.mu.Lock()
	p.visited = append(p.visited, q.URL)
	onward := p.onward
	p.mu.Unlock()
	if onward != nil {
		return onward(q.URL)
	}
	return nil
}

// way gives the addresses the browser was sent to.
func (p *person) way() []*url.URL {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*url.URL(nil), p.visited...)
}

// work goes through the pages from a link until one asks for nothing. code is a
// device code to type in.
func (p *person) work(link, code string) page {
	here := p.fetch(http.MethodGet, link, nil)
	for range 12 {
		if here.err != nil || !strings.HasPrefix(here.address.String(), p.server.issuer+"/") {
			return here
		}
		next, ok := p.answer(here, code)
		if !ok {
			return here
		}
		if code != "" && next.values.Get("user_code") == code {
			code = "" // typed in once; a page that wants it again has said no
		}
		here = p.fetch(next.method, next.address, next.values)
	}
	here.err = errors.New("the server asks without end")
	return here
}

func (p *person) fetch(method, address string, form url.Values) page {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	q, err := http.NewRequestWithContext(p.ctx, method, address, body)
	if err != nil {
		return page{err: err}
	}
	if body != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := p.client.Do(q)
	if err != nil {
		return page{err: err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return page{address: answer.Request.URL, status: answer.StatusCode, body: string(text), err: err}
}

// step is what a click does.
type step struct {
	method, address string
	values          url.Values
}

// answer decides what to click on a page, if it offers anything.
func (p *person) answer(here page, code string) (step, bool) {
	p.mu.Lock()
	denies, keeps := p.denies, p.keeps
	p.mu.Unlock()
	doc, err := html.Parse(strings.NewReader(here.body))
	if err != nil {
		return step{}, false
	}
	form, hasForm := readForm(doc, here.address)
	if hasForm && form.values.Has("password") {
		p.logIn(form.values, keeps)
		return form, true
	}
	if hasForm && form.values.Has("user_code") && form.values.Get("user_code") == "" {
		form.values.Set("user_code", code)
		return form, code != ""
	}
	if denies {
		if no, ok := refusal(doc, here.address, form); ok {
			return no, true
		}
	}
	if hasForm {
		return form, true
	}
	return scripted(doc, here.address, "Allow")
}

func (p *person) logIn(values url.Values, keeps bool) {
	for _, name := range []string{"login", "username"} {
		if values.Has(name) && (!keeps || values.Get(name) == "") {
			values.Set(name, p.server.login)
		}
	}
	values.Set("password", p.server.password)
}

// readForm gives the first form of a page with what it would send.
func readForm(doc *html.Node, here *url.URL) (step, bool) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		s := step{method: strings.ToUpper(attribute(n, "method")), values: url.Values{}}
		target, err := here.Parse(attribute(n, "action"))
		if err != nil {
			return step{}, false
		}
		s.address = target.String()
		for in := range n.Descendants() {
			if name := attribute(in, "name"); in.Data == "input" && name != "" {
				s.values.Set(name, attribute(in, "value"))
			}
		}
		return s, true
	}
	return step{}, false
}

// refusal finds the way to say no: a named button, a link, or a scripted button.
func refusal(doc *html.Node, here *url.URL, form step) (step, bool) {
	for n := range doc.Descendants() {
		switch {
		case n.Data == "button" && attribute(n, "name") == "abort":
			form.values.Set("abort", attribute(n, "value"))
			return form, true
		case n.Data == "a" && strings.Contains(words(n), "Cancel"):
			target, err := here.Parse(attribute(n, "href"))
			if err != nil {
				return step{}, false
			}
			return step{method: http.MethodGet, address: target.String()}, true
		}
	}
	return scripted(doc, here, "Deny")
}

var goesTo = regexp.MustCompile(`location\.href='([^']+)'`)

// scripted finds a button that goes somewhere by script.
func scripted(doc *html.Node, here *url.URL, label string) (step, bool) {
	for n := range doc.Descendants() {
		found := goesTo.FindStringSubmatch(attribute(n, "onclick"))
		if n.Data != "button" || words(n) != label || found == nil {
			continue
		}
		target, err := here.Parse(found[1])
		if err != nil {
			return step{}, false
		}
		return step{method: http.MethodGet, address: target.String()}, true
	}
	return step{}, false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}
