package loopback_test

import (
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"canopy/auth/internal/loopback"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	state  = "the-state-of-this-attempt"
	issuer = "https://issuer.example"
)

func open(t testing.TB) *loopback.Receiver {
	t.Helper()
	r, err := loopback.Open(loopback.Config{
		Listen: net.Listen, Path: "/callback", State: state, Issuer: issuer, IssuerRequired: true,
		Random: func() (string, error) { return rand.Text(), nil },
		Stray:  func(string) []byte { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestOneAnswerOnlyIsDelivered(t *testing.T) {
	r := open(t)
	r.Finish(func(string) []byte { return []byte("the end") })
	for _, code := range []string{"first", "second"} {
		w := httptest.NewRecorder()
		q := httptest.NewRequest(http.MethodGet, "/callback?code="+code+"&state="+state+"&iss="+issuer, nil)
		q.Host = r.Address()
		r.ServeHTTP(w, q)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") == "" {
			t.Errorf("%s is answered with %d", code, w.Code)
		}
	}
	if a := <-r.Answers(); a.Code != "first" || a.Error != "" {
		t.Errorf("the answer is %+v", a)
	}
	select {
	case a := <-r.Answers():
		t.Errorf("a second answer came: %+v", a)
	default:
	}
}

// FuzzRequests sends what nobody planned for. Only a request that carries the
// state, once, and the issuer, once, may become an answer.
func FuzzRequests(f *testing.F) {
	for _, query := range []string{
		"code=c&state=" + state + "&iss=" + url.QueryEscape(issuer),
		"error=access_denied&state=" + state + "&iss=" + url.QueryEscape(issuer),
		"error=access_denied", "code=c&state=wrong", "code=c;state=" + state, "%", "&&==", "state=" + state + "&state=" + state,
		"code=c&state=" + state, "code=c&code=d&state=" + state + "&iss=" + url.QueryEscape(issuer),
	} {
		f.Add("GET", "/callback", query, "")
		f.Add("POST", "/callback", query, "Purpose")
	}
	f.Add("HEAD", "/done/x", "", "")
	r := open(f)
	r.Finish(func(string) []byte { return nil })
	f.Fuzz(func(t *testing.T, method, path, query, header string) {
		q := &http.Request{Method: method, Host: r.Address(), URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{header: {"prefetch"}}}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, q)
		p, err := url.ParseQuery(query)
		right := err == nil && method == http.MethodGet && path == "/callback" && len(p["state"]) == 1 && p.Get("state") == state && len(p["iss"]) == 1 && p.Get("iss") == issuer
		if w.Code == http.StatusSeeOther && !right {
			t.Errorf("%s %s?%s was taken for the answer", method, path, query)
		}
		if w.Code != http.StatusSeeOther && (w.Code < 400 || w.Code > 405) {
			t.Errorf("%s %s?%s is answered with %d", method, path, query, w.Code)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s?%s is answered without hygiene", method, path, query)
		}
	})
}
