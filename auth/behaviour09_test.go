package auth_test

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

var quiet = log.New(io.Discard, "", 0)

func TestBehaviour09AnAnswerOfAnotherIssuerIsRefusedAndNamed(t *testing.T) {
	for name, c := range map[string]struct {
		promised bool
		iss      func(issuer string) []string
		accepted bool
	}{
		"another issuer":                      {promised: true, iss: func(string) []string { return []string{"https://evil.example"} }},
		"the issuer with a slash":             {promised: true, iss: func(s string) []string { return []string{s + "/"} }},
		"the issuer in capitals":              {promised: true, iss: func(s string) []string { return []string{strings.ToUpper(s)} }},
		"none, although promised":             {promised: true, iss: func(string) []string { return nil }},
		"an empty one, although promised":     {promised: true, iss: func(string) []string { return []string{""} }},
		"another one, although none promised": {iss: func(string) []string { return []string{"https://evil.example"} }},
		"none, and none promised":             {iss: func(string) []string { return nil }, accepted: true},
		"the right one":                       {promised: true, iss: func(s string) []string { return []string{s} }, accepted: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.IssuerInCallback = c.promised })
			h.server.authorize = func(_, answer url.Values) url.Values {
				answer["iss"] = c.iss(h.server.URL)
				return answer
			}
			done := h.begin(t.Context(), auth.Options{})
			if c.accepted {
				if o := h.result(done); o.err != nil {
					t.Errorf("it ended with %v", o.err)
				}
				return
			}
			p := h.await("a refused answer", func(p auth.Progress) bool { return p.Rejected != nil })
			if p.Stray != 1 || !errors.Is(p.Rejected, auth.ErrUntrusted) {
				t.Errorf("%d strays, %v", p.Stray, p.Rejected)
			}
			if page := h.browser.last(); page.status != 400 {
				t.Errorf("the browser ended on %d", page.status)
			}
			h.clock.let(func(time.Duration) bool { return true })
			o := h.result(done)
			if !errors.Is(o.err, auth.ErrTimeout) || !errors.Is(o.err, auth.ErrUntrusted) || !strings.Contains(o.err.Error(), "issuer") {
				t.Errorf("it ended with %v", o.err)
			}
			if n := len(h.server.asked("/token")); n != 0 {
				t.Errorf("the code was sent %d times", n)
			}
		})
	}
}

func TestBehaviour09ARedirectedTokenRequestIsRefused(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		t.Errorf("the request went on to %s", q.URL.Path)
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{other.URL + "/token", "/elsewhere"} {
			h := newHouse(t)
			h.server.post = answering(func(w http.ResponseWriter) {
				w.Header().Set("Location", target)
				w.WriteHeader(status)
			})
			if _, err := h.signIn(); !errors.Is(err, auth.ErrUntrusted) {
				t.Errorf("%d to %s gives %v", status, target, err)
			}
			if asked := h.server.asked("/elsewhere"); len(asked) != 0 {
				t.Errorf("%d to %s was followed", status, target)
			}
		}
	}
}

func TestBehaviour09EnvironmentsAreCheckedFieldByField(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*auth.Environment)
		says   string // "" is good
	}{
		"https everywhere":                    {func(*auth.Environment) {}, ""},
		"http on a literal of the loopback":   {func(e *auth.Environment) { e.TokenEndpoint = "http://127.0.0.1:1/token" }, ""},
		"http on ::1":                         {func(e *auth.Environment) { e.TokenEndpoint = "http://[::1]:1/token" }, ""},
		"no name":                             {func(e *auth.Environment) { e.Name = "" }, "Name"},
		"an http token endpoint":              {func(e *auth.Environment) { e.TokenEndpoint = "http://oauth.example/token" }, "TokenEndpoint"},
		"http on a name for the loopback":     {func(e *auth.Environment) { e.TokenEndpoint = "http://localhost/token" }, "TokenEndpoint"},
		"http that looks like the loopback":   {func(e *auth.Environment) { e.IAM = "http://127.0.0.1.evil.example" }, "IAM"},
		"an http authorization endpoint":      {func(e *auth.Environment) { e.AuthorizationEndpoint = "http://example.com" }, "AuthorizationEndpoint"},
		"an http issuer":                      {func(e *auth.Environment) { e.Issuer = "http://example.com" }, "Issuer"},
		"an http API host":                    {func(e *auth.Environment) { e.Serverless = "http://example.com" }, "Serverless"},
		"an http revocation endpoint":         {func(e *auth.Environment) { e.RevocationEndpoint = "http://example.com" }, "RevocationEndpoint"},
		"http on an address of the network":   {func(e *auth.Environment) { e.TokenEndpoint = "http://192.168.0.1/token" }, "TokenEndpoint"},
		"something else on the loopback":      {func(e *auth.Environment) { e.Console = "ftp://127.0.0.1/" }, "Console"},
		"a console that is a script":          {func(e *auth.Environment) { e.Console = "javascript:alert(1)" }, "Console"},
		"a console in a file":                 {func(e *auth.Environment) { e.Console = "file:///etc/passwd" }, "Console"},
		"no address at all":                   {func(e *auth.Environment) { e.Dedicated = "dedicated" }, "Dedicated"},
		"a user in the address":               {func(e *auth.Environment) { e.UserinfoEndpoint = "https://a:b@example.com" }, "UserinfoEndpoint"},
		"an issuer promised and not known":    {func(e *auth.Environment) { e.Issuer, e.IssuerInCallback = "", true }, "Issuer"},
		"a redirect to another host":          {func(e *auth.Environment) { e.RedirectHost = "0.0.0.0" }, "RedirectHost"},
		"a redirect path without a slash":     {func(e *auth.Environment) { e.RedirectPath = "callback" }, "RedirectPath"},
		"a redirect path with a query":        {func(e *auth.Environment) { e.RedirectPath = "/callback?x" }, "RedirectPath"},
		"a port that is none":                 {func(e *auth.Environment) { e.RedirectPorts = []int{70000} }, "RedirectPorts"},
		"an encoding that is none":            {func(e *auth.Environment) { e.TokenEncoding = "xml" }, "TokenEncoding"},
		"no client id, which sign-in answers": {func(e *auth.Environment) { e.ClientID = "" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := auth.TiDBCloud()
			c.change(&e)
			err := e.Validate()
			if c.says == "" && err != nil {
				t.Errorf("it is refused: %v", err)
			}
			if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("it gives %v, which does not name %s", err, c.says)
			}
		})
	}
}

func TestBehaviour09MetadataIsCheckedBeforeItIsBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		issuer string // ORIGIN stands for the server
		change func(origin string, m map[string]any)
		status int
		is     error
		says   string
		fits   func(auth.Environment) bool
	}{
		"what it promises is taken over": {fits: func(e auth.Environment) bool {
			return e.IssuerInCallback && e.TokenEndpoint == e.Issuer+"/token" && e.CodeChallengeMethods[0] == "S256" && e.RevocationEndpoint != "" && e.DeviceAuthorizationEndpoint != ""
		}},
		"an issuer with a path":           {issuer: "ORIGIN/tenant"},
		"another issuer":                  {change: func(_ string, m map[string]any) { m["issuer"] = "https://evil.example" }, is: auth.ErrUntrusted, says: "calls itself"},
		"the issuer with a slash":         {change: func(o string, m map[string]any) { m["issuer"] = o + "/" }, is: auth.ErrUntrusted},
		"no issuer":                       {change: func(_ string, m map[string]any) { delete(m, "issuer") }, is: auth.ErrUntrusted},
		"no S256":                         {change: func(_ string, m map[string]any) { m["code_challenge_methods_supported"] = []string{"plain"} }, is: auth.ErrUntrusted, says: "S256"},
		"nonsense for methods":            {change: func(_ string, m map[string]any) { m["code_challenge_methods_supported"] = 7 }, is: auth.ErrUntrusted, says: "S256"},
		"no word about methods":           {change: func(_ string, m map[string]any) { delete(m, "code_challenge_methods_supported") }, fits: func(e auth.Environment) bool { return e.CodeChallengeMethods == nil }},
		"authorization details":           {change: offering("tidbcloud", "payment"), fits: func(e auth.Environment) bool { return e.AuthorizationDetails }},
		"details of another kind":         {change: offering("payment"), fits: func(e auth.Environment) bool { return !e.AuthorizationDetails }},
		"nonsense for details":            {change: offering(7, nil), fits: func(e auth.Environment) bool { return !e.AuthorizationDetails }},
		"no word about details":           {fits: func(e auth.Environment) bool { return !e.AuthorizationDetails }},
		"an endpoint on another host":     {change: func(_ string, m map[string]any) { m["token_endpoint"] = "https://evil.example/token" }, is: auth.ErrUntrusted, says: "TokenEndpoint"},
		"an http endpoint":                {change: func(_ string, m map[string]any) { m["token_endpoint"] = "http://evil.example/token" }, is: auth.ErrUntrusted},
		"an endpoint that is no address":  {change: func(_ string, m map[string]any) { m["token_endpoint"] = "::" }, is: auth.ErrUntrusted},
		"an endpoint at another port":     {change: func(_ string, m map[string]any) { m["authorization_endpoint"] = "http://127.0.0.1:1/authorize" }},
		"a server without metadata":       {status: 404, is: auth.ErrServer, says: "404"},
		"a page instead of metadata":      {status: 200, is: auth.ErrServer, says: "no JSON object"},
		"an issuer that is http":          {issuer: "http://example.com", is: auth.ErrUntrusted},
		"an issuer that is no address":    {issuer: "tidbcloud"},
		"an issuer with a query":          {issuer: "https://example.com?x=1"},
		"a redirect to somewhere else":    {status: 302, is: auth.ErrUntrusted},
		"the OpenID configuration behind": {issuer: "ORIGIN/openid"},
	} {
		t.Run(name, func(t *testing.T) {
			var s *httptest.Server
			s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				issuer := strings.ReplaceAll(c.issuer, "ORIGIN", s.URL)
				if issuer == "" {
					issuer = s.URL
				}
				if c.status != 0 {
					w.Header().Set("Location", "https://evil.example")
					replyText(w, c.status, "<html></html>")
					return
				}
				want := "/.well-known/oauth-authorization-server" + strings.TrimPrefix(issuer, s.URL)
				if strings.HasSuffix(issuer, "/openid") {
					want = "/openid/.well-known/openid-configuration"
				}
				if q.URL.Path != want {
					replyText(w, 404, "not here")
					return
				}
				m := map[string]any{
					"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
					"device_authorization_endpoint": issuer + "/device", "revocation_endpoint": issuer + "/revoke", "userinfo_endpoint": issuer + "/userinfo",
					"code_challenge_methods_supported": []string{"S256"}, "authorization_response_iss_parameter_supported": true,
				}
				if c.change != nil {
					c.change(issuer, m)
				}
				reply(w, 200, m)
			}))
			defer s.Close()
			issuer := strings.ReplaceAll(c.issuer, "ORIGIN", s.URL)
			if issuer == "" {
				issuer = s.URL
			}
			e, err := auth.Discover(t.Context(), s.Client(), issuer)
			wantsError := c.is != nil || (c.issuer != "" && !strings.HasPrefix(c.issuer, "ORIGIN"))
			if (err != nil) != wantsError || (c.is != nil && !errors.Is(err, c.is)) || (err != nil && !strings.Contains(err.Error(), c.says)) {
				t.Fatalf("it gives %v", err)
			}
			if err == nil && c.fits != nil && !c.fits(e) {
				t.Errorf("it gives %+v", e)
			}
		})
	}
}

// offering makes metadata that promise types of authorization_details (RFC 9396 §10).
func offering(types ...any) func(string, map[string]any) {
	return func(_ string, m map[string]any) { m["authorization_details_types_supported"] = types }
}

func TestDiscoverWithoutAClientUsesTheSystems(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	defer http.DefaultClient.CloseIdleConnections()
	if _, err := auth.Discover(t.Context(), nil, s.URL); !errors.Is(err, auth.ErrServer) {
		t.Errorf("it gives %v", err)
	}
}
