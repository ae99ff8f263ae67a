package activity_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"canopy/activity"
)

const (
	token   = "opaque-0123456789-abcdefghijklmnopqrstuvwxyz"
	code    = "canary+code/4711=wzyx"
	renewed = "canary-renewed-0815-asdf"
)

// pathOf is what is kept of an address.
func pathOf(t testing.TB, address string, header ...string) activity.Request {
	t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatalf("%q: %v", address, err)
	}
	for _, h := range header {
		q.Header.Set("Authorization", h)
	}
	l := activity.NewLog(1, nil)
	answer, err := l.Transport(silent).RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return l.Since(0)[0]
}

func TestWhatIsKeptOfAnAddress(t *testing.T) {
	long := strings.Repeat("a", 65)
	for asked, want := range map[string]string{
		"":                                          "/",
		"?pageSize=1":                               "/?pageSize=1",
		"/v1beta1/clusters?pageSize=100":            "/v1beta1/clusters?pageSize=100",
		"/v1beta1/clusters?pageToken=abc":           "/v1beta1/clusters?pageToken=…",
		"/c?skip=10&view=BASIC&orderBy=a+b":         "/c?skip=10&view=BASIC&orderBy=a+b",
		"/c?projectId=137&clusterId=10":             "/c?projectId=137&clusterId=10",
		"/c?filter=projectId%3D137":                 "/c?filter=…",
		"/c?pagesize=1&PageSize=2":                  "/c?pagesize=…&PageSize=…",
		"/c?page%53ize=3":                           "/c?pageSize=3",
		"/c?code=1&code=2&empty=&bare":              "/c?code=…&code=…&empty=&bare",
		"/c?pageSize=%zz&%zz=1":                     "/c?pageSize=…&…=…",
		"/c?pageSize=" + long:                       "/c?pageSize=…",
		"/c?" + long + "=1":                         "/c?…=…",
		"/c?" + long:                                "/c?…",
		"/c?a;b=1&&c=1":                             "/c?a%3Bb=…&&c=…",
		"/c#fragment":                               "/c",
		"/v1beta1/clusters/10598000/branches":       "/v1beta1/clusters/10598000/branches",
		"/clusters/1372813089454000001":             "/clusters/1372813089454000001",
		"/x/123e4567-e89b-12d3-a456-426614174000/y": "/x/123e4567-e89b-12d3-a456-426614174000/y",
		"/.well-known/oauth-authorization-server":   "/.well-known/oauth-authorization-server",
		"/v1beta1/privateEndpointConnections":       "/v1beta1/privateEndpointConnections",
		"/a%2Fb/%E2%80%AE%0a":                       "/a%2Fb/%E2%80%AE%0a",
		"/日本":                                       "/%E6%97%A5%E6%9C%AC",
		"/it's/$(id)":                               "/it's/$(id)",
		"/" + long + "/b":                           "/…/b",
		"/eyJhbGciOiJub25lIn0.e30.x/b":              "/…/b",
		"/ticloud_oa_1":                             "/…",
		"/t/Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5":           "/t/…",
		"/t/QWxhZGRpbjpvcGVuIHNlc2FtZSEh":           "/t/…",
		"/t/AbCdEfGhIjKlMnOpQrStUvWx":               "/t/…",
		"/t/%5A%6D%39%76%59%6D%46%79%59%6D%46%36":   "/t/…",
		"/t/5f4dcc3b5aa765d61d8327deb882cf99":       "/t/…",
		"/" + strings.Repeat("segment/", 100):       "/" + strings.Repeat("segment/", 64) + "…",
		"/?" + strings.Repeat("pageSize=1&", 200):   "/?" + strings.Repeat("pageSize=1&", 46) + "…",
	} {
		r := pathOf(t, "https://iam.example"+asked)
		if r.Path != want {
			t.Errorf("of %q %q is kept, want %q", asked, r.Path, want)
		}
	}
}

func TestWhatTheRequestWasAuthorizedWithIsNotKeptOfItsAddress(t *testing.T) {
	const key = "Digest username=\"public\", realm=\"tidb\", uri=\"/v1beta1/clusters/10598000123456\", response=\"8ca523f5e9506fed4105c9b3b9\""
	for _, c := range []struct{ header, asked, want string }{
		{"Bearer " + token, "/x/" + token[7:20], "/x/…"},
		{"Bearer " + token, "/x/%30123456789", "/x/…"},
		{"Bearer " + token, "/?pageSize=" + token[5:15] + "&" + token[5:15] + "=1", "/?pageSize=…&…=…"},
		{"Bearer short", "/a/short/b", "/a/…/b"},
		{"Bearer ab12/cd34/ef56/gh78", "/x/cd34/ef56/y", "/…"},
		{"Bearer ab12/cd34/ef56/gh78", "/x/cd%334/ef56?y", "/…"},
		{"Bearer ab12=cd34&ef56=gh78", "/?pageSize=1&b12=cd34&ef56", "/?pageSize=1&b12=…&ef56"},
		{"Bearer " + token, "/v1beta1/clusters/10598000123456", "/v1beta1/clusters/10598000123456"},
		{key, "/v1beta1/clusters/10598000123456", "/v1beta1/clusters/10598000123456"},
		{key, "/v1beta1/4105c9b3b9", "/v1beta1/…"},
	} {
		if r := pathOf(t, "https://iam.example"+c.asked, c.header); r.Path != c.want {
			t.Errorf("of %q %q is kept, want %q", c.asked, r.Path, c.want)
		}
	}
	if r := pathOf(t, "https://"+token[7:30]+".example/", "Bearer "+token); r.Host != "…" {
		t.Errorf("the host is kept: %q", r.Host)
	}
	if r := pathOf(t, "https://пример.\u202eexample/"); strings.ContainsFunc(r.Host, func(r rune) bool { return r > '~' }) {
		t.Errorf("the host is kept as %q", r.Host)
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("/a/"+token+"?b="+token, token)
	f.Add("/ab12/cd34/ef56", "ab12/cd34/ef56/gh78")
	f.Add("?pageSize=%30123456789+abc", token)
	f.Fuzz(func(t *testing.T, asked, secret string) {
		u, err := url.Parse("https://iam.example" + asked)
		if err != nil || u.Host != "iam.example" || len(secret) < 16 {
			t.Skip()
		}
		q := (&http.Request{URL: u, Header: http.Header{"Authorization": {"Bearer " + secret}}}).WithContext(t.Context())
		l := activity.NewLog(1, nil)
		if _, err := l.Transport(silent).RoundTrip(q); err != nil { //nolint:bodyclose // there is none
			t.Fatal(err)
		}
		r := l.Since(0)[0]
		if strings.ContainsFunc(r.Path, func(c rune) bool { return c != '…' && (c <= ' ' || c > '~') }) || len(r.Path) > 2000 {
			t.Errorf("of %q %q is kept", asked, r.Path)
		}
		plain, _ := url.QueryUnescape(r.Path)
		for i := 0; i+10 <= len(secret); i++ {
			if piece := secret[i : i+10]; strings.Contains(r.Path, piece) || strings.Contains(plain, piece) {
				t.Errorf("%q of the secret is in %q", piece, r.Path)
			}
		}
	})
}

// TestTokensLookLikeTokens draws tokens in the forms that servers give them.
func TestTokensLookLikeTokens(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		raw := make([]byte, 24+random.IntN(16))
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
		sum := sha256.Sum256(raw)
		for _, drawn := range []string{base64.RawURLEncoding.EncodeToString(raw), url.PathEscape(base64.StdEncoding.EncodeToString(raw)), hex.EncodeToString(sum[:])} {
			if r := pathOf(t, "https://iam.example/t/"+drawn+"?pageSize="+url.QueryEscape(drawn)); r.Path != "/t/…?pageSize=…" {
				t.Errorf("of %q %q is kept", drawn, r.Path)
			}
		}
	}
}

// answering sends a request to a server that answers with one trace id, and gives the row.
func answering(t *testing.T, q *http.Request, name, id string, status int, text string) activity.Request {
	t.Helper()
	l := activity.NewLog(1, nil)
	answer, err := l.Transport(network(func(q *http.Request) (*http.Response, error) {
		header := http.Header{}
		header.Set(name, id)
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(text)), Request: q}, nil
	})).RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return l.Since(0)[0]
}

func TestTraceIDs(t *testing.T) {
	for _, c := range []struct{ name, id, want string }{
		{"X-Debug-Trace-Id", "7f31c0", "7f31c0"},
		{"X-Request-Id", " 7f31c0 ", "7f31c0"},
		{"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
		{"X-Trace-Id", "a\x1b[31m\nb\u202ec\u200bd\x00e日", "a[31mbcde"},
		{"X-Trace-Id", strings.Repeat("x", 5000), strings.Repeat("x", 128)},
		{"X-Other", "7f31c0", ""},
		{"Request-Id", token, ""},
		{"Request-Id", "id=" + token[3:14] + "…", ""},
		{"Request-Id", token[:20] + "\u200b" + token[20:], ""},
		{"Request-Id", strings.Join(strings.Split(token, ""), "\u202e"), ""},
		{"Request-Id", "ticloud_oa_4711", ""},
		{"Request-Id", "eyJhbGciOiJub25lIn0.e30.", ""},
	} {
		q := httptest.NewRequestWithContext(t.Context(), "", "https://iam.example/", nil)
		q.Header.Set("Authorization", "Bearer "+token)
		if got := answering(t, q, c.name, c.id, 200, "").TraceID; got != c.want {
			t.Errorf("of %q %q is kept, want %q", c.id, got, c.want)
		}
	}
}

func TestATraceIDThatRepeatsABodyIsNotKept(t *testing.T) {
	const answer = `{"access_token":"` + renewed + `"}`
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}}.Encode()
	for _, c := range []struct {
		what, id string
		status   int
		sent     string
		told     string
		want     string
	}{
		{"an id", "7f31c0", 200, form, answer, "7f31c0"},
		{"what was sent", "x-" + url.QueryEscape(code)[:14], 400, form, "{}", ""},
		{"what was sent, plainly", code, 400, form, "{}", ""},
		{"what was sent, as JSON", "canary-code", 400, `{"code":"canary-code-4711"}`, "{}", ""},
		{"what was given", renewed[3:20], 200, form, answer, ""},
		{"what was said of a failure", "7f31c0-7f31c0-7f31c0", 400, form, `{"request_id":"7f31c0-7f31c0-7f31c0"}`, "7f31c0-7f31c0-7f31c0"},
		{"too much to compare", "7f31c0", 200, form, strings.Repeat(" ", 70_000), ""},
		{"too much was sent", "7f31c0", 400, strings.Repeat(" ", 70_000), "{}", ""},
	} {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://oauth.example/token", strings.NewReader(c.sent))
		if err != nil {
			t.Fatal(err)
		}
		if got := answering(t, q, "X-Request-Id", c.id, c.status, c.told).TraceID; got != c.want {
			t.Errorf("%s: %q is kept, want %q", c.what, got, c.want)
		}
	}
}

func TestATraceIDThatCannotBeComparedIsNotKept(t *testing.T) {
	t.Run("a body that is sent once", func(t *testing.T) {
		q := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://oauth.example/token", io.LimitReader(strings.NewReader("code"), 4))
		if got := answering(t, q, "X-Request-Id", "7f31c0", 400, "{}").TraceID; got != "" {
			t.Errorf("%q is kept", got)
		}
	})
	t.Run("a body that cannot be had again", func(t *testing.T) {
		q := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://oauth.example/token", strings.NewReader("code"))
		q.GetBody = func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe }
		if got := answering(t, q, "X-Request-Id", "7f31c0", 400, "{}").TraceID; got != "" {
			t.Errorf("%q is kept", got)
		}
	})
	t.Run("an answer that nobody reads", func(t *testing.T) {
		h := newHouse(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Request-Id", renewed)
			_, _ = io.WriteString(w, `{"access_token":"`+renewed+`"}`)
		})
		answer, err := h.client.Post(h.URL, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := h.only(t).TraceID; got != "" {
			t.Errorf("%q is kept", got)
		}
	})
}

// everything is all that can be got out of a log.
func everything(t testing.TB, rs []activity.Request) string {
	t.Helper()
	var b bytes.Buffer
	if err := activity.WriteJSONLines(&b, rs); err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		fmt.Fprintf(&b, "%#v\n%s\n%s\n", r, r.Curl(false), r.Curl(true))
	}
	return b.String()
}

// TestAHostThatRepeatsTheCredential sends it back wherever net/http quotes it and the log looks.
func TestAHostThatRepeatsTheCredential(t *testing.T) {
	for what, head := range map[string]string{
		"status line":    "HTTP/1.1 " + token + "\r\n\r\n",
		"no HTTP at all": token + "\r\n\r\n",
		"content length": "HTTP/1.1 200 OK\r\nContent-Length: " + token + "\r\n\r\n",
		"trace id":       "HTTP/1.1 404 Not Found\r\nX-Debug-Trace-Id: " + token + "\r\nContent-Length: 0\r\n\r\n",
		"other headers":  "HTTP/1.1 404 " + token + "\r\nServer: " + token + "\r\nContent-Length: 0\r\n\r\n",
		"location":       "HTTP/1.1 302 Found\r\nLocation: /" + token + "/?" + token + "=" + token + "&pageSize=" + token + "\r\nContent-Length: 0\r\n\r\n",
		"login":          "HTTP/1.1 302 Found\r\nLocation: //" + token + ":" + token + "@127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
		"other host":     "HTTP/1.1 302 Found\r\nLocation: //" + token[7:] + ".invalid/\r\nContent-Length: 0\r\n\r\n",
		"broken host":    "HTTP/1.1 302 Found\r\nLocation: http://[" + token + "\r\nContent-Length: 0\r\n\r\n",
		"header line":    "HTTP/1.1 200 OK\r\n" + token + "\r\n\r\n",
		"chunk":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + token + "\r\n",
		"trailer":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + token + "\r\n",
		"encoding":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + token + "\r\n\r\n",
		"body":           "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n" + token,
	} {
		t.Run(what, func(t *testing.T) {
			l := activity.NewLog(20, nil)
			door := l.Transport(&http.Transport{DisableKeepAlives: true})
			client := &http.Client{Transport: network(func(q *http.Request) (*http.Response, error) {
				q = q.Clone(q.Context())
				q.Header.Set("Authorization", "Bearer "+token)
				return door.RoundTrip(q)
			})}
			q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, raw(t, head), nil)
			if err != nil {
				t.Fatal(err)
			}
			if answer, err := client.Do(q); err == nil {
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
			if l.Last() == 0 {
				t.Error("nothing is recorded")
			}
			text := everything(t, l.Since(0))
			for i := range len(token) - 10 {
				if strings.Contains(text, token[i:i+10]) {
					t.Fatalf("%q is in\n%s", token[i:i+10], text)
				}
			}
			if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '…' && !unicode.IsPrint(r) }) {
				t.Errorf("what cannot be shown is in\n%q", text)
			}
		})
	}
}

// raw answers every connection with the same bytes.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, answer)
			}
			_ = c.Close()
		}
	}()
	return "http://" + l.Addr().String()
}
