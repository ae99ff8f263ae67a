package auth_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"canopy/auth"
)

// waiting begins an attempt whose link nobody has opened yet.
func (h *house) waiting(o auth.Options) (auth.Progress, <-chan outcome, context.CancelFunc) {
	h.t.Helper()
	h.browser.dont = true
	ctx, cancel := context.WithCancel(h.t.Context())
	done := h.begin(ctx, o)
	p := h.await("waiting", func(p auth.Progress) bool { return p.Stage == auth.StageWaiting })
	return p, done, cancel
}

// callback gives the state and the redirect of a link.
func callback(t *testing.T, link string) (state string, redirect *url.URL) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	redirect, err = url.Parse(u.Query().Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state"), redirect
}

// raw sends bytes and gives the answer to them.
func raw(t *testing.T, address, text string) page {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(text, " ")
	answer, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no answer to %.60q: %v", text, err)
	}
	answer.Body.Close()
	return page{status: answer.StatusCode, header: answer.Header}
}

func TestBehaviour01NothingButTheRightGetTouchesTheAttempt(t *testing.T) {
	const right = "/callback?code=evil&state=STATE&iss=ISS"
	for name, c := range map[string]struct {
		line   string // request line without version; STATE and ISS stand for the right ones
		host   string // "" is the bound one
		header string
		status int
	}{
		"a favicon":                             {line: "GET /favicon.ico", status: 404},
		"the root":                              {line: "GET /", status: 404},
		"a bare GET on the path":                {line: "GET /callback", status: 400},
		"HEAD with the right state":             {line: "HEAD " + right, status: 405},
		"POST with the right state":             {line: "POST " + right, header: "Content-Length: 0\r\n", status: 405},
		"OPTIONS with the right state":          {line: "OPTIONS " + right, status: 405},
		"a wrong state":                         {line: "GET /callback?code=evil&state=wrong&iss=ISS", status: 400},
		"no state":                              {line: "GET /callback?code=evil&iss=ISS", status: 400},
		"the state cut short":                   {line: "GET /callback?code=evil&state=STAT", status: 400},
		"an error without state":                {line: "GET /callback?error=access_denied&iss=ISS", status: 400},
		"an error with a wrong state":           {line: "GET /callback?error=access_denied&state=wrong&iss=ISS", status: 400},
		"another host of that name":             {line: "GET " + right, host: "evil.example", status: 400},
		"the name localhost":                    {line: "GET " + right, host: "localhost:PORT", status: 400},
		"the host without its port":             {line: "GET " + right, host: "127.0.0.1", status: 400},
		"an absolute address elsewhere":         {line: "GET http://evil.example" + right, status: 400},
		"a repeated code":                       {line: "GET " + right + "&code=other", status: 400},
		"a repeated state":                      {line: "GET " + right + "&state=STATE", status: 400},
		"a repeated foreign parameter":          {line: "GET " + right + "&x=1&x=2", status: 400},
		"code and error at once":                {line: "GET " + right + "&error=access_denied", status: 400},
		"neither code nor error":                {line: "GET /callback?state=STATE&iss=ISS", status: 400},
		"an empty code":                         {line: "GET /callback?code=&state=STATE&iss=ISS", status: 400},
		"a query that does not parse":           {line: "GET " + right + "&a=%zz", status: 400},
		"a semicolon for an ampersand":          {line: "GET /callback?code=evil;state=STATE&iss=ISS", status: 400},
		"another issuer":                        {line: "GET /callback?code=evil&state=STATE&iss=https://evil.example", status: 400},
		"no issuer where one was promised":      {line: "GET /callback?code=evil&state=STATE", status: 400},
		"an error of another issuer":            {line: "GET /callback?error=access_denied&state=STATE&iss=https://evil.example", status: 400},
		"the path with a slash behind":          {line: "GET /callback/?code=evil&state=STATE&iss=ISS", status: 404},
		"the path escaped":                      {line: "GET /%63allback?code=evil&state=STATE&iss=ISS", status: 404},
		"the path in capitals":                  {line: "GET /Callback?code=evil&state=STATE&iss=ISS", status: 404},
		"the path behind another":               {line: "GET /x/../callback?code=evil&state=STATE&iss=ISS", status: 404},
		"a page that is not there yet":          {line: "GET /done/guess", status: 404},
		"a prefetch by the browser":             {line: "GET " + right, header: "Sec-Purpose: prefetch;prerender\r\n", status: 400},
		"a prefetch of the older kind":          {line: "GET " + right, header: "Purpose: prefetch\r\n", status: 400},
		"a header of more than 16 kB":           {line: "GET " + right, header: "X-Long: " + strings.Repeat("a", 17<<10) + "\r\n", status: 431},
		"a request line of more than 16 kB":     {line: "GET /callback?code=" + strings.Repeat("a", 17<<10), status: 431},
		"a GET with a body":                     {line: "GET " + right, header: "Content-Length: 5\r\n", status: 400},
		"a GET with a body of unknown length":   {line: "GET " + right, header: "Transfer-Encoding: chunked\r\n", status: 400},
		"a body that does not come":             {line: "POST " + right, header: "Content-Length: 10\r\n", status: 405},
		"a body that waits to be asked for":     {line: "POST " + right, header: "Content-Length: 10\r\nExpect: 100-continue\r\n", status: 405},
		"a body that is larger than any answer": {line: "POST " + right, header: "Content-Length: 100000000\r\n", status: 405},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p, done, cancel := h.waiting(auth.Options{})
			defer cancel()
			state, redirect := callback(t, p.Link)
			line := strings.NewReplacer("STATE", state, "ISS", url.QueryEscape(h.server.URL)).Replace(c.line)
			host := redirect.Host
			if c.host != "" {
				host = strings.ReplaceAll(c.host, "PORT", redirect.Port())
			}
			answer := raw(t, redirect.Host, line+" HTTP/1.1\r\nHost: "+host+"\r\n"+c.header+"\r\n")
			if answer.status != c.status {
				t.Errorf("it is answered with %d, want %d", answer.status, c.status)
			}
			if c.status != 431 { // net/http answers these before the receiver sees them
				checkHygiene(t, answer.header)
				h.await("a stray request", func(p auth.Progress) bool { return p.Stray == 1 && p.Stage == auth.StageWaiting })
			}
			h.browser.visit(p.Link)
			if o := h.result(done); o.err != nil {
				t.Fatalf("the genuine answer did not win: %v", o.err)
			}
			if codes := h.server.asked("/token"); len(codes) != 1 || codes[0].params["code"] == "evil" {
				t.Errorf("the token endpoint was asked %v", codes)
			}
			if g := h.browser.last(); g.status != 200 {
				t.Errorf("the browser ended on %d %v", g.status, g.err)
			}
		})
	}
}

func TestBehaviour01AStrangerDoesNotReadWhoSignedIn(t *testing.T) {
	h := newHouse(t)
	h.mustSignIn()
	p := h.browser.last()
	u, err := url.Parse(p.address)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/done", "/done/", "/done/x", "/", "/callback"} {
		if answer := raw(t, u.Host, "GET "+path+" HTTP/1.1\r\nHost: "+u.Host+"\r\n\r\n"); answer.status == 200 {
			t.Errorf("%s is answered with a page", path)
		}
	}
}

func TestBehaviour01IdleAndHalfSentConnectionsDoNotKeepTheBrowserOut(t *testing.T) {
	h := newHouse(t)
	p, done, cancel := h.waiting(auth.Options{})
	defer cancel()
	_, redirect := callback(t, p.Link)
	for i := range 600 { // more than are let in
		c, err := net.Dial("tcp", redirect.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 {
			_, _ = io.WriteString(c, "GET /callback?code=half HTTP/1.1\r\nHost: ") // the listener may have closed it
		}
	}
	h.browser.visit(p.Link)
	if o := h.result(done); o.err != nil {
		t.Fatal(o.err)
	}
}

func TestBehaviour01TheOldestSilentConnectionMakesRoom(t *testing.T) {
	h := newHouse(t)
	p, done, cancel := h.waiting(auth.Options{})
	defer cancel()
	_, redirect := callback(t, p.Link)
	var first net.Conn
	for range 300 {
		c, err := net.Dial("tcp", redirect.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if first == nil {
			first = c
		}
	}
	_ = first.SetReadDeadline(time.Now().Add(3 * time.Second)) // sooner than the time limit of a request
	if _, err := first.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("300 silent connections are all kept")
	}
	cancel()
	h.result(done)
}

// crowd is a listener that counts the connections that are open at a time.
type crowd struct {
	net.Listener
	now, most *atomic.Int64
}

func (l crowd) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if n := l.now.Add(1); n > l.most.Load() {
		l.most.Store(n) // two listeners may lose one of each other
	}
	return &counted{Conn: c, gone: sync.OnceFunc(func() { l.now.Add(-1) })}, nil
}

type counted struct {
	net.Conn
	gone func()
}

func (c *counted) Close() error {
	c.gone()
	return c.Conn.Close()
}

func TestBehaviour01BodiesThatDoNotComeDoNotKeepTheBrowserOut(t *testing.T) {
	for name, line := range map[string]string{
		"a GET with a small body":      "GET /callback?code=x&state=wrong HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10\r\n\r\n",
		"a GET that is none of ours":   "GET /favicon.ico HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10\r\n\r\nhalf",
		"a POST with a small body":     "POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10\r\n\r\n",
		"a POST with a large body":     "POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100000000\r\n\r\n",
		"a POST of unknown length":     "POST /callback HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n",
		"a POST under a foreign host":  "POST /callback HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 10\r\n\r\n",
		"a POST that waits to be told": "POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var now, most atomic.Int64
			h := newHouse(t, func(c *auth.Config, _ *auth.Environment) {
				c.Listen = func(network, address string) (net.Listener, error) {
					l, err := net.Listen(network, address)
					return crowd{l, &now, &most}, err
				}
			})
			p, done, cancel := h.waiting(auth.Options{})
			defer cancel()
			_, redirect := callback(t, p.Link)
			for range 700 {
				c, err := net.Dial("tcp", redirect.Host)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				_, _ = io.WriteString(c, strings.ReplaceAll(line, "HOST", redirect.Host)) // the listener may have closed it
			}
			h.browser.visit(p.Link)
			if o := h.result(done); o.err != nil {
				t.Fatal(o.err)
			}
			if page := h.browser.last(); page.status != 200 {
				t.Errorf("the browser ended on %d %v", page.status, page.err)
			}
			if n := most.Load(); n > 258 { // a new one comes before an old one goes, in each family
				t.Errorf("%d connections were open at a time", n)
			}
		})
	}
}

func TestBehaviour01AStrangerWithAnUnsentBodyIsLetGoAtOnce(t *testing.T) {
	h := newHouse(t)
	p, done, cancel := h.waiting(auth.Options{})
	defer cancel()
	_, redirect := callback(t, p.Link)
	for _, line := range []string{"GET /callback HTTP/1.1\r\n", "GET / HTTP/1.1\r\n", "POST /callback HTTP/1.1\r\n"} {
		c, err := net.Dial("tcp", redirect.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(3 * time.Second)) // sooner than the time limit of a request
		if _, err := io.WriteString(c, line+"Host: "+redirect.Host+"\r\nContent-Length: 10\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(c) // to the end of the connection
		if err != nil || !strings.Contains(string(answer), "Connection: close") {
			t.Errorf("%q is answered with %.80q, %v", line, answer, err)
		}
	}
	cancel()
	h.result(done)
}

func TestBehaviour01TenThousandHostileRequestsAtTwoHundredInParallel(t *testing.T) {
	h := newHouse(t)
	p, done, cancel := h.waiting(auth.Options{})
	defer cancel()
	state, redirect := callback(t, p.Link)
	base := "http://" + redirect.Host
	hostile := []func() (*http.Request, error){
		func() (*http.Request, error) { return http.NewRequest(http.MethodGet, base+"/favicon.ico", nil) },
		func() (*http.Request, error) {
			return http.NewRequest(http.MethodGet, base+"/callback?code=x&state=wrong", nil)
		},
		func() (*http.Request, error) {
			return http.NewRequest(http.MethodGet, base+"/callback?error=access_denied", nil)
		},
		func() (*http.Request, error) {
			return http.NewRequest(http.MethodHead, base+"/callback?code=x&state="+state, nil)
		},
		func() (*http.Request, error) {
			return http.NewRequest(http.MethodPost, base+"/callback?state="+state, strings.NewReader("code=x"))
		},
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	defer client.CloseIdleConnections()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var group sync.WaitGroup
	var sent, accepted atomic.Int64
	const total = 10_000
	for range 200 {
		group.Go(func() {
			for n := sent.Add(1); n <= total; n = sent.Add(1) {
				q, err := hostile[n%int64(len(hostile))]()
				if err != nil {
					t.Error(err)
					return
				}
				answer, err := client.Do(q)
				if err != nil {
					continue // shed: a stranger's loss
				}
				if answer.StatusCode < 400 {
					accepted.Add(1)
				}
				answer.Body.Close()
				if n == total/2 {
					h.browser.visit(p.Link)
				}
			}
		})
	}
	o := h.result(done)
	group.Wait()
	runtime.ReadMemStats(&after)
	if o.err != nil {
		t.Errorf("the genuine answer did not win: %v", o.err)
	}
	if accepted.Load() != 0 {
		t.Errorf("%d hostile requests were accepted", accepted.Load())
	}
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 50<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	if page := h.browser.last(); page.status != 200 {
		t.Errorf("the browser ended on %d %v", page.status, page.err)
	}
}

func TestBehaviour01ADuplicateOfTheRightAnswerGetsTheSamePage(t *testing.T) {
	h := newHouse(t)
	release := make(chan struct{})
	h.server.with(func() {
		h.server.post = func(path string, _ map[string]string, _ http.ResponseWriter) bool {
			if path == "/token" {
				<-release
			}
			return false
		}
	})
	p, done, cancel := h.waiting(auth.Options{})
	defer cancel()
	state, redirect := callback(t, p.Link)
	h.browser.visit(p.Link)
	h.await("exchanging", func(p auth.Progress) bool { return p.Stage == auth.StageExchanging })
	again := fmt.Sprintf("%s?code=canary-code-0001-wzyx&state=%s&iss=%s", redirect, state, url.QueryEscape(h.server.URL))
	h.browser.visit(again)
	late := fmt.Sprintf("%s?error=access_denied&state=%s&iss=%s", redirect, state, url.QueryEscape(h.server.URL))
	h.browser.visit(late)
	close(release)
	if o := h.result(done); o.err != nil {
		t.Fatal(o.err)
	}
	first := h.browser.last()
	for range 2 {
		if other := h.browser.last(); other.status != 200 || other.address != first.address || !strings.Contains(other.body, "Signed in") {
			t.Errorf("a duplicate ended on %d %s %v", other.status, other.address, other.err)
		}
	}
	if n := len(h.server.asked("/token")); n != 1 {
		t.Errorf("the code was sent %d times", n)
	}
}

func TestASecondClickOnTheSameSignInIsToldThatOneIsUnderWay(t *testing.T) {
	h := newHouse(t)
	_, done, cancel := h.waiting(auth.Options{})
	defer cancel()
	_, err := h.auth.SignIn(t.Context(), "test", auth.Options{Timeout: time.Minute}, nil)
	if !errors.Is(err, auth.ErrInProgress) || strings.Contains(err.Error(), "state") {
		t.Errorf("the second sign-in gives %v", err)
	}
	other, stop := context.WithCancel(t.Context())
	second := h.begin(other, auth.Options{SelectAccount: true})
	h.await("a second one with other options", func(p auth.Progress) bool { return strings.Contains(p.Link, "prompt=select_account") })
	stop()
	cancel()
	for _, c := range []<-chan outcome{second, done} {
		if o := h.result(c); !errors.Is(o.err, auth.ErrCancelled) {
			t.Errorf("it ended with %v", o.err)
		}
	}
}

// checkHygiene checks what every page of the loopback must carry.
func checkHygiene(t *testing.T, header http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	policy := header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q lacks %s", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
		t.Errorf("the policy %q lets scripts or inline styles in", policy)
	}
}
