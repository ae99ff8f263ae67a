package auth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

func TestBehaviour17ASecretIsRedactedHoweverItIsPrinted(t *testing.T) {
	const s = auth.Secret("canary-value")
	type holder struct {
		Name   string
		Secret auth.Secret
		List   []auth.Secret
		Map    map[string]auth.Secret
		Any    any
		Ptr    *auth.Secret
	}
	p := s
	h := holder{"n", s, []auth.Secret{s}, map[string]auth.Secret{"k": s}, s, &p}
	env := auth.TiDBCloud()
	env.ClientSecret = s
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08b", "%-20s", "%.3s", "%T %v", "%U", "%c", "%e"} {
		for _, value := range []any{s, &p, h, &h, env, &env, []any{s}, map[auth.Secret]int{}, auth.Config{Environments: []auth.Environment{env}}} {
			args := []any{value}
			if strings.HasPrefix(verb, "%T") {
				args = append(args, value)
			}
			if text := fmt.Sprintf(verb, args...); strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
				t.Errorf("%s of %T shows it: %s", verb, value, text)
			}
		}
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("m", "secret", s, "holder", h, "environment", env, slog.Group("g", "s", s))
	}
	encoded, err := json.Marshal(map[string]any{"s": s, "h": h, "e": env})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for name, shown := range map[string]string{
		"slog": log.String(), "JSON": string(encoded), "text": string(text), "an error": fmt.Errorf("wrapped: %v", s).Error(),
		"String": s.String(), "GoString": s.GoString(), "Println": fmt.Sprintln(s, h), "LogValue": s.LogValue().String(),
	} {
		if strings.Contains(shown, "canary") {
			t.Errorf("%s shows it: %s", name, shown)
		}
		if !strings.Contains(shown, "[redacted]") {
			t.Errorf("%s does not say that something is redacted: %s", name, shown)
		}
	}
	if s.Reveal() != "canary-value" {
		t.Error("Reveal does not give it")
	}
}

func TestBehaviour17PrintingAnAuthenticatorShowsNoSecret(t *testing.T) {
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.ClientSecret = "canary-client-secret" })
	g := h.mustSignIn()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, value := range []any{h.auth, *h.auth.Grants(), h.auth.Client(g.ID), h.store, g} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "canary") {
				t.Errorf("%s of %T shows a secret: %s", verb, value, text)
			}
		}
	}
}

func TestBehaviour17AServerThatEchoesTheRequestTellsNobody(t *testing.T) {
	for name, echo := range map[string]func(w http.ResponseWriter, body string){
		"in a 400's description": func(w http.ResponseWriter, b string) {
			reply(w, 400, map[string]any{"error": "invalid_request", "error_description": b})
		},
		"in a 400's code": func(w http.ResponseWriter, b string) { reply(w, 400, map[string]any{"error": b}) },
		"in a 502":        func(w http.ResponseWriter, b string) { replyText(w, 502, b) },
		"in a 200":        func(w http.ResponseWriter, b string) { replyText(w, 200, b) },
		"cut in half": func(w http.ResponseWriter, b string) {
			reply(w, 400, map[string]any{"error": "x", "error_description": b[:len(b)/2]})
		},
		"escaped": func(w http.ResponseWriter, b string) {
			reply(w, 400, map[string]any{"error": "x", "error_description": url.QueryEscape(b)})
		},
		"as a broken HTTP response": hijack,
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.ClientSecret = "canary client/secret" })
			var secrets []string
			hook := func(_ string, params map[string]string, w http.ResponseWriter) bool {
				body := ""
				for _, name := range []string{"code", "code_verifier", "client_secret", "refresh_token", "token", "device_code"} {
					if v := params[name]; v != "" {
						secrets = append(secrets, v)
						body += name + "=" + v + "&"
					}
				}
				echo(w, body)
				return true
			}
			check := func(what string, err error) {
				t.Helper()
				if err == nil {
					return
				}
				var texts []string
				for e := err; e != nil; e = errors.Unwrap(e) {
					texts = append(texts, e.Error(), fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e))
				}
				texts = append(texts, h.log.String())
				for _, s := range secrets {
					for i := 0; i+10 <= len(s); i++ {
						if all := strings.Join(texts, "\n"); strings.Contains(all, s[i:i+10]) {
							t.Fatalf("%s shows %q: %s", what, s[i:i+10], all)
						}
					}
				}
			}
			g := h.mustSignIn()
			h.browser.last()
			h.server.with(func() { h.server.post = hook })
			_, err := h.signIn()
			check("signing in", err)
			if p := h.browser.last(); strings.Contains(p.body, "canary") {
				t.Errorf("the page shows a secret: %s", p.body)
			}
			h.clock.move(2 * time.Hour)
			_, err = h.get(g)
			check("renewing", err)
			_, err = h.auth.SignOut(t.Context(), g.ID)
			check("signing out", err)
		})
	}
}

// hijack answers with bytes that are no HTTP, which net/http quotes in its error.
func hijack(w http.ResponseWriter, body string) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = c.Write([]byte(body + "\r\n\r\n"))
}

func TestBehaviour17NoSecretIsInTheGrantsFile(t *testing.T) {
	h := newHouse(t, func(_ *auth.Config, e *auth.Environment) { e.ClientSecret = "canary-client-secret" })
	h.mustSignIn()
	content, err := os.ReadFile(filepath.Join(h.dir, "grants.json"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte("canary")) || !bytes.Contains(content, []byte("ada@example.com")) {
		t.Errorf("the file says %s", content)
	}
}
