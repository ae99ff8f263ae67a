package auth_test

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"canopy/auth"
)

func TestBehaviour18WhatComesFromOutsideIsTextOnThePage(t *testing.T) {
	const script = `<script>alert("x")</script>`
	h := newHouse(t)
	h.server.authorize = func(asked, answer url.Values) url.Values {
		return url.Values{"state": answer["state"], "iss": answer["iss"], "error": {"invalid_" + script}, "error_description": {script + " and " + asked.Get("state")}}
	}
	_, err := h.signIn()
	p := h.browser.last()
	if strings.Contains(p.body, "<script") || !strings.Contains(p.body, "&lt;script&gt;") {
		t.Errorf("the page holds a script: %s", p.body)
	}
	if strings.Contains(p.body+err.Error(), h.server.wants.Get("state")) {
		t.Errorf("the state came through: %v", err)
	}
	checkHygiene(t, p.header)
}

func TestBehaviour18EveryPageCarriesItsStyleByNonceAndLoadsNothing(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(src|href|action)\s*=\s*"?(https?:|//)|@import|url\(|<script|<form|<button|close\(\)`)
	hostile := `"><img src=x onerror=alert(1)>` + "\u202e\x00"
	for _, o := range []auth.Outcome{auth.OutcomeSuccess, auth.OutcomeDenied, auth.OutcomeFailed, auth.OutcomeWaiting, auth.OutcomeStray, "other"} {
		for _, v := range []auth.PageView{
			{Outcome: o, User: hostile, Organization: hostile, Reason: hostile, Nonce: "n0nce"},
			{Outcome: o, User: "ada@example.com", Nonce: "n0nce"},
			{Outcome: o, Organization: "Acme", Nonce: "n0nce"},
			{Outcome: o},
		} {
			page := string(auth.DefaultPage(v))
			if outside.MatchString(page) || strings.Contains(page, "<img") {
				t.Errorf("the page for %s loads or runs something: %s", o, page)
			}
			for _, part := range []string{"prefers-color-scheme: dark", `<html lang="en">`, `<style nonce="` + v.Nonce + `">`, "<h1>"} {
				if !strings.Contains(page, part) {
					t.Errorf("the page for %s lacks %s", o, part)
				}
			}
		}
	}
}

func TestBehaviour18WordsOfAnotherLanguageAreEscapedAndUnderTheSamePolicy(t *testing.T) {
	const script = `"><script>alert(1)</script>`
	for name, c := range map[string]struct {
		words func(auth.PageView) auth.Words
		holds []string
	}{
		"german": {func(v auth.PageView) auth.Words {
			return auth.Words{Lang: "de", Title: "Angemeldet", Lines: []string{v.User + " ist angemeldet.", "Zurück zu Canopy."}}
		}, []string{`<html lang="de">`, "<h1>Angemeldet</h1>", "<title>Angemeldet · Canopy</title>", "<p>ada@example.com ist angemeldet.</p>", "<p>Zurück zu Canopy.</p>"}},
		"hostile": {func(auth.PageView) auth.Words {
			return auth.Words{Lang: script, Title: script, Lines: []string{script}}
		}, []string{`<html lang="&#34;&gt;&lt;script&gt;`, "<h1>&#34;&gt;&lt;script&gt;", "<p>&#34;&gt;&lt;script&gt;"}},
		"words that do not know the outcome": {func(auth.PageView) auth.Words { return auth.Words{} }, []string{`<html lang="en">`, "<h1>Signed in</h1>"}},
		"words without a language":           {func(auth.PageView) auth.Words { return auth.Words{Title: "ok"} }, []string{`<html lang="">`, "<h1>ok</h1>"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(cfg *auth.Config, _ *auth.Environment) { cfg.Words = c.words })
			h.mustSignIn()
			p := h.browser.last()
			for _, part := range c.holds {
				if !strings.Contains(p.body, part) {
					t.Errorf("the page lacks %s: %s", part, p.body)
				}
			}
			if strings.Contains(p.body, "<script") {
				t.Errorf("the page holds a script: %s", p.body)
			}
			checkHygiene(t, p.header)
		})
	}
}

func TestBehaviour18WordsAreToldWhatHappened(t *testing.T) {
	seen := make(chan auth.PageView, 10)
	h := newHouse(t, func(cfg *auth.Config, _ *auth.Environment) {
		cfg.Store = brokenAfter(cfg.Store, auth.ErrKeyringLocked)
		cfg.Words = func(v auth.PageView) auth.Words { seen <- v; return auth.EnglishWords(v) }
	})
	if _, err := h.signIn(); !errors.Is(err, auth.ErrKeyringLocked) {
		t.Fatalf("it ended with %v", err)
	}
	h.browser.last()
	if v := <-seen; v.Outcome != auth.OutcomeFailed || !errors.Is(v.Err, auth.ErrKeyringLocked) || v.Reason != v.Err.Error() {
		t.Errorf("the words were told %+v", v)
	}
}

// brokenAfter is a Store that can be asked, and takes nothing.
func brokenAfter(s auth.Store, err error) auth.Store {
	r := newRecordingStore()
	r.Store, r.onPut = s, func(string, int) error { return err }
	return r
}

func TestBehaviour18TheNonceOfThePolicyIsThePagesAndNewEachTime(t *testing.T) {
	h := newHouse(t)
	h.mustSignIn()
	first := h.browser.last()
	second := h.browser.fetch(first.address)
	found := regexp.MustCompile(`'nonce-([^']+)'`)
	var nonces []string
	for _, p := range []page{first, second} {
		m := found.FindStringSubmatch(p.header.Get("Content-Security-Policy"))
		if m == nil || !strings.Contains(p.body, `nonce="`+m[1]+`"`) {
			t.Fatalf("policy %q, page %s", p.header.Get("Content-Security-Policy"), p.body)
		}
		nonces = append(nonces, m[1])
	}
	if nonces[0] == nonces[1] {
		t.Error("a nonce was used twice")
	}
}

func TestBehaviour18AHostileNameCannotFillThePage(t *testing.T) {
	h := newHouse(t)
	h.server.details = `[{"type":"tidbcloud","organization":{"id":7,"name":"` + strings.Repeat("long ", 500) + `\u202e\u0007"},"projects":"all"}]`
	g := h.mustSignIn()
	if p := h.browser.last(); strings.ContainsAny(p.body, "\u202e\x07") || len(p.body) > 4000 {
		t.Errorf("the page has %d bytes: %s", len(p.body), p.body)
	}
	if g.Organization.ID != "7" || !g.AllProjects {
		t.Errorf("the grant says %+v", g)
	}
}

func TestACallersOwnPageIsShown(t *testing.T) {
	h := newHouse(t, func(c *auth.Config, _ *auth.Environment) {
		c.Page = func(v auth.PageView) []byte { return []byte("<p>" + string(v.Outcome) + " " + v.User) }
	})
	h.mustSignIn()
	if p := h.browser.last(); p.body != "<p>success ada@example.com" {
		t.Errorf("the page is %q", p.body)
	}
}
