package auth

import (
	"errors"
	"html"
	"strings"
)

// Outcome is what a page in the browser has to tell.
type Outcome string

// The outcomes a page can tell.
const (
	OutcomeSuccess Outcome = "success" // signed in
	OutcomeDenied  Outcome = "denied"  // the user chose not to allow it
	OutcomeFailed  Outcome = "failed"  // it did not work; Reason says why
	OutcomeWaiting Outcome = "waiting" // nothing has been decided yet
	OutcomeStray   Outcome = "stray"   // a request that does not belong to the sign-in under way
)

// PageView is what a page on the loopback may say. All of it comes from
// outside and must be escaped.
type PageView struct {
	Outcome      Outcome
	User         string // who signed in, "" when not known
	Organization string // where, "" when not known
	Reason       string // why it failed: one sentence, no secret
	// Nonce is what <style nonce="…"> must carry: the page's policy allows
	// nothing else, no script, no outside resource.
	Nonce string
}

// maxName is how much of a name a page shows.
const maxName = 120

// page makes the function that the receiver renders with.
func (a *Authenticator) page(v PageView) func(nonce string) []byte {
	return func(nonce string) []byte {
		own := v // several pages are drawn at once
		own.Nonce = nonce
		return a.cfg.Page(own)
	}
}

// lastPage tells the browser how it ended.
func (a *Authenticator) lastPage(g Grant, err error) func(nonce string) []byte {
	switch {
	case err == nil:
		return a.page(PageView{
			Outcome:      OutcomeSuccess,
			User:         clean(orDefault(g.User.Email, g.User.Name), maxName),
			Organization: clean(orDefault(g.Organization.Name, g.Organization.ID), maxName),
		})
	case errors.Is(err, ErrDenied):
		return a.page(PageView{Outcome: OutcomeDenied})
	}
	return a.page(PageView{Outcome: OutcomeFailed, Reason: err.Error()})
}

// DefaultPage is the page in plain English: dark when the browser is, without
// script, outside resource, or a button to close what a page cannot close.
func DefaultPage(v PageView) []byte {
	title, lines := words(v)
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n" +
		"<link rel=\"icon\" href=\"data:,\">\n<title>")
	b.WriteString(html.EscapeString(title) + " · Canopy</title>\n<style nonce=\"")
	b.WriteString(html.EscapeString(v.Nonce) + "\">\n" + pageStyle + "</style>\n</head>\n<body>\n<main>\n<h1>")
	b.WriteString(html.EscapeString(title) + "</h1>\n")
	for _, line := range lines {
		b.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return []byte(b.String())
}

func words(v PageView) (title string, lines []string) {
	const back = "You can close this page and go back to Canopy."
	switch v.Outcome {
	case OutcomeSuccess:
		line := "Canopy can now show what you allowed."
		switch {
		case v.User != "" && v.Organization != "":
			line = v.User + " is signed in to " + v.Organization + "."
		case v.User != "":
			line = v.User + " is signed in."
		case v.Organization != "":
			line = "You are signed in to " + v.Organization + "."
		}
		return "Signed in", []string{line, back}
	case OutcomeDenied:
		return "Not signed in", []string{"You chose not to allow it. Nothing was stored.", back}
	case OutcomeFailed:
		return "Not signed in", []string{"It did not work: " + v.Reason, "Nothing was stored. " + back}
	case OutcomeWaiting:
		return "One moment", []string{"Canopy is still finishing the sign-in."}
	}
	return "Nothing to see here", []string{"This address does not belong to the sign-in that Canopy is waiting for. It was ignored."}
}

// The colours are the tokens of the design: background, surface, line, text, muted.
const pageStyle = `:root { color-scheme: light dark; --bg: #F6F7F9; --card: #FFFFFF; --line: #E0E4EA; --text: #1A2330; --muted: #667386 }
@media (prefers-color-scheme: dark) { :root { --bg: #11151B; --card: #181E26; --line: #2A3340; --text: #E6EAF0; --muted: #93A0B4 } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--bg); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { box-sizing: border-box; max-width: 480px; margin: 16px; padding: 32px 40px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow-wrap: anywhere }
h1 { margin: 0 0 12px; font-size: 22px }
p { margin: 8px 0 0 }
p:last-child { color: var(--muted) }
`
