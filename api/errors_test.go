package api_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"canopy/api"
)

// kinds are all the kinds of failure an error may be.
var kinds = map[string]error{
	"unauthorized": api.ErrUnauthorized, "forbidden": api.ErrForbidden, "not found": api.ErrNotFound,
	"rate limited": api.ErrRateLimited, "server": api.ErrServer, "malformed": api.ErrMalformed, "unreachable": api.ErrUnreachable,
}

func kindOf(err error) string {
	var found []string
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			found = append(found, name)
		}
	}
	return strings.Join(found, "+")
}

func TestErrorAnswersAreToldApart(t *testing.T) {
	html := func(status int, body string) http.HandlerFunc {
		return answer(status, body, "Content-Type: text/html")
	}
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		kind    string
		code    string
		message string // contained
	}{
		{"serverless refuses the project", answer(403, `{"code":49900003,"message":"no permission on project 101","details":[]}`), "forbidden", "49900003", "no permission on project 101"},
		{"IAM refuses with its own envelope", answer(401, `{"code":"49900001","error":"key not found","msgPrefix":"auth","status":401}`), "unauthorized", "49900001", "auth: key not found"},
		{"IAM with an error that is an object", answer(400, `{"code":"E","error":{"message":"page token is stale","code":7},"msgPrefix":"","status":400}`), "", "E", "page token is stale"},
		{"IAM with an error that is a list", answer(400, `{"error":["a","b"]}`), "", "", `["a","b"]`},
		{"IAM with an error that is null", answer(404, `{"code":null,"error":null,"msgPrefix":"no such org","status":404}`), "not found", "", "no such org"},
		{"an OAuth refusal", answer(401, `{"error":"invalid_token","error_description":"the token expired"}`), "unauthorized", "", "invalid_token: the token expired"},
		{"the gateway's own message", answer(401, `{"message":"Unauthorized"}`), "unauthorized", "", "Unauthorized"},
		{"an empty object", answer(404, `{}`), "not found", "", ""},
		{"an empty body", answer(404, ``), "not found", "", ""},
		{"plain text from the gateway", answer(403, "no Route matched", "Content-Type: text/plain"), "forbidden", "", `text/plain that begins "no Route matched"`},
		{"payment required", answer(402, `{"code":402,"message":"unpaid"}`), "", "402", "unpaid"},
		{"an HTML page with status 401", html(401, "<html>sign in</html>"), "unauthorized", "", "text/html"},
		{"an HTML page with status 502", html(502, "<html>Bad Gateway</html>"), "server", "", "text/html"},
		{"an HTML page with status 200", html(200, "<!doctype html>\n<html>\u202e<script>alert(1)</script>"), "malformed", "", "text/html"},
		{"JSON that is no object", answer(200, `[]`), "malformed", "", "application/json"},
		{"truncated JSON", answer(200, `{"clusters":[{"clusterId":"1"`), "malformed", "", "application/json"},
		{"no body", answer(200, ``), "malformed", "", "empty body"},
		{"no content", answer(204, ``), "malformed", "", "empty body"},
		{"a list that is none", answer(200, `{"clusters":"none"}`), "malformed", "", "clusters is not a list"},
		{"an error with status 200", answer(200, `{"code":49900003,"message":"no permission"}`), "malformed", "49900003", "no permission"},
		{"a redirect to nowhere", answer(304, ``), "malformed", "", ""},
		{"too many requests for ever", answer(429, `{"code":49900007,"message":"over the limit"}`), "rate limited", "49900007", "over the limit"},
		{"a server error", answer(503, `{"code":14,"message":"unavailable"}`), "server", "14", "unavailable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, c.answer)
			_, err := newBench(t, h).ServerlessClusters(t.Context(), "")
			var failure *api.Error
			if !errors.As(err, &failure) {
				t.Fatalf("got %v, want an *api.Error", err)
			}
			if got := kindOf(err); got != c.kind {
				t.Errorf("kind %q, want %q: %v", got, c.kind, err)
			}
			if failure.Code != c.code || !strings.Contains(err.Error(), c.message) {
				t.Errorf("code %q in %q; want code %q and %q", failure.Code, err, c.code, c.message)
			}
			if failure.Host != api.HostServerless || !strings.Contains(h.URL, failure.URLHost) || failure.Path != "/v1beta1/clusters" {
				t.Errorf("blames %s, %s, %s", failure.Host, failure.URLHost, failure.Path)
			}
			if text := err.Error(); !strings.Contains(text, failure.URLHost) || strings.ContainsAny(text, "\n\u202e") {
				t.Errorf("the text does not name the host or breaks the line: %q", text)
			}
		})
	}
}

func TestErrorTellsTraceIDAndReset(t *testing.T) {
	for _, name := range []string{"X-Debug-Trace-Id", "X-Request-Id", "X-Trace-Id", "Request-Id", "Traceparent"} {
		_, err := newBench(t, newHost(t, answer(403, `{}`, name+": abc123", "X-Ratelimit-Reset: 7"))).Organization(t.Context())
		var failure *api.Error
		if !errors.As(err, &failure) || failure.TraceID != "abc123" || failure.Reset != 7*time.Second {
			t.Errorf("%s: got %+v", name, failure)
		}
		if !strings.Contains(err.Error(), "trace id abc123") {
			t.Errorf("the text lacks the trace id: %v", err)
		}
	}
}

func TestLongAndHostileMessagesAreCut(t *testing.T) {
	message := strings.Repeat("wide ", 1000) + `\u0000\u001b[31m\u202e`
	_, err := newBench(t, newHost(t, answer(403, `{"code":1,"message":"`+message+`"}`))).Organization(t.Context())
	if text := err.Error(); len(text) > 600 || strings.ContainsAny(text, "\x00\x1b\u202e") {
		t.Errorf("%d bytes: %.80q…", len(text), text)
	}
}

// bearer is a transport that authorizes by itself, as that of package auth does.
type bearer struct{ secret string }

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.secret)
	return http.DefaultTransport.RoundTrip(r)
}

func TestCredentialThatAHostRepeatsIsNotPassedOn(t *testing.T) {
	const secret = "s3cr3t-access-token"
	for name, body := range map[string]string{
		"in JSON":           `{"code":401,"message":"token s3cr3t-access-token is expired"}`,
		"in text":           `cannot parse s3cr3t-access-token`,
		"another one":       `{"message":"Bearer an0ther-s3cr3t is bad"}`,
		"of known spelling": `{"message":"ticloud_oa_s3cr3t-access-token"}`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, newHost(t, answer(401, body)), func(c *api.Config) { c.HTTP = &http.Client{Transport: bearer{secret}} })
			_, err := b.Organization(t.Context())
			if !errors.Is(err, api.ErrUnauthorized) || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRedirectsStayOnTheHost(t *testing.T) {
	elsewhere := newHost(t, ok(`{"orgname":"Evil"}`))
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	t.Run("elsewhere is refused", func(t *testing.T) {
		b := newBench(t, newHost(t, redirect(elsewhere.URL+"/login?token=x")))
		_, err := b.Organization(t.Context())
		if kindOf(err) != "malformed" || !strings.Contains(err.Error(), strings.TrimPrefix(elsewhere.URL, "http://")) {
			t.Errorf("got %v", err)
		}
		if len(elsewhere.requests()) != 0 {
			t.Error("the other host was asked")
		}
	})
	t.Run("within is followed", func(t *testing.T) {
		got, err := newBench(t, newHost(t, redirect("/v2/org"), ok(`{"orgname":"Acme"}`))).Organization(t.Context())
		if err != nil || got.Name != "Acme" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("in circles ends", func(t *testing.T) {
		if _, err := newBench(t, newHost(t, redirect("/again"))).Organization(t.Context()); err == nil {
			t.Error("no error")
		}
	})
	t.Run("the caller's own rule holds too", func(t *testing.T) {
		refusal := errors.New("not with me")
		b := newBench(t, newHost(t, redirect("/again")), func(c *api.Config) {
			c.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return refusal }}
		})
		if _, err := b.Organization(t.Context()); !errors.Is(err, refusal) {
			t.Errorf("got %v", err)
		}
	})
}

func TestBodyLargerThanTheBoundIsRefused(t *testing.T) {
	endless := func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 17 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	h := newHost(t, endless)
	_, err := newBench(t, h).Organization(t.Context())
	if kindOf(err) != "malformed" || !strings.Contains(err.Error(), "16 MiB") || len(h.requests()) != 1 {
		t.Errorf("got %v after %d requests", err, len(h.requests()))
	}
}

// refusing is a transport that fails by itself.
type refusing struct{ err error }

func (r refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, r.err }

func TestErrorsOfTheTransportStayVisible(t *testing.T) {
	signInAgain := errors.New("sign in again")
	h := newHost(t, ok(`{}`))
	b := newBench(t, h, func(c *api.Config) { c.HTTP = &http.Client{Transport: refusing{signInAgain}} })
	_, err := b.Organization(t.Context())
	if !errors.Is(err, signInAgain) || kindOf(err) != "" {
		t.Errorf("got %v of kind %q", err, kindOf(err))
	}
	if b.asked() != 1 || len(b.waits) != 0 {
		t.Errorf("%d attempts and %d waits for what only the user can mend", b.asked(), len(b.waits))
	}
}

func TestHostThatCannotBeReached(t *testing.T) {
	gone := newHost(t, ok(`{}`))
	gone.Close()
	for name, transport := range map[string]http.RoundTripper{
		"refused":      http.DefaultTransport,
		"no such name": refusing{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "iam.tidbapi.com"}}},
		"broken off":   refusing{io.ErrUnexpectedEOF},
		"bad HTTP":     refusing{errors.New("net/http: HTTP/1.x transport connection broken: malformed HTTP response")},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, gone, func(c *api.Config) { c.HTTP = &http.Client{Transport: transport} })
			_, err := b.Organization(t.Context())
			if kindOf(err) != "unreachable" || b.asked() != 3 {
				t.Errorf("got %v of kind %q after %d attempts", err, kindOf(err), b.asked())
			}
		})
	}
}

func TestHostWithoutAnAddress(t *testing.T) {
	h := newHost(t, ok(`{}`))
	b := newBench(t, h, func(c *api.Config) { c.Hosts.Dedicated = "" })
	_, err := b.DedicatedClusters(t.Context(), "101", "")
	if kindOf(err) != "unreachable" || !strings.Contains(err.Error(), "dedicated") || b.asked() != 0 {
		t.Errorf("got %v", err)
	}
}

func TestSlowHostIsGivenUp(t *testing.T) {
	slow := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	b := newBench(t, newHost(t, slow), func(c *api.Config) { c.Timeout = 20 * time.Millisecond })
	_, err := b.Organization(t.Context())
	if kindOf(err) != "unreachable" || errors.Is(err, context.DeadlineExceeded) || b.asked() != 3 {
		t.Errorf("got %v after %d attempts", err, b.asked())
	}
}

func TestDeadlineOfTheHTTPClientIsNotTheCallers(t *testing.T) {
	slow := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	b := newBench(t, newHost(t, slow), func(c *api.Config) { c.HTTP = &http.Client{Timeout: 20 * time.Millisecond} })
	_, err := b.Organization(t.Context())
	if kindOf(err) != "unreachable" || errors.Is(err, context.DeadlineExceeded) || b.asked() != 3 {
		t.Errorf("got %v after %d attempts", err, b.asked())
	}
}

func TestDeadlineOfATransportIsNotTheCallers(t *testing.T) {
	b := newBench(t, newHost(t, ok(`{}`)), func(c *api.Config) { c.HTTP = &http.Client{Transport: refusing{context.DeadlineExceeded}} })
	_, err := b.Organization(t.Context())
	if kindOf(err) != "unreachable" || errors.Is(err, context.DeadlineExceeded) || b.asked() != 3 {
		t.Errorf("got %v after %d attempts", err, b.asked())
	}
}

func TestCancellingStopsAtOnce(t *testing.T) {
	t.Run("while the host thinks", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := newBench(t, newHost(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		}))
		_, err := b.Organization(ctx)
		if !errors.Is(err, context.Canceled) || kindOf(err) != "" || b.asked() != 1 {
			t.Errorf("got %v after %d attempts", err, b.asked())
		}
	})
	t.Run("while waiting for the rate limit", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		limited := answer(429, `{}`, "X-Ratelimit-Reset: 50")
		b := newBench(t, newHost(t, limited), func(c *api.Config) { c.Wait = nil }) // the real one, which has to notice
		b.log.OnChange(cancel)
		_, err := b.Organization(ctx)
		if !errors.Is(err, context.Canceled) || b.asked() != 1 {
			t.Errorf("got %v after %d attempts", err, b.asked())
		}
	})
}
