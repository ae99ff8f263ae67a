package auth_test

import (
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
