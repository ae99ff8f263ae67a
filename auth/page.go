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
	Reason       string // why it failed: one sentence in English, no secret
	Err          error  // the same, for words of another language
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
	return a.page(PageView{Outcome: OutcomeFailed, Reason: err.Error(), Err: err})
}

// Words are what a page says, as plain text: the page escapes it.
type Words struct {
	Lang  string   // language tag of the text, such as "de" (RFC 5646); "" leaves it open
	Title string   // the heading, and the name of the tab
	Lines []string // paragraphs; the last one is muted
}

// DefaultPage is the page in plain English: dark when the browser is, without
// script, outside resource, or a button to close what a page cannot close.
// Config.Words has it say the same in another language.
func DefaultPage(v PageView) []byte { return drawPage(v, EnglishWords) }

// drawPage draws the page with the given words, which may be nil.
func drawPage(v PageView, words func(PageView) Words) []byte {
	if words == nil {
		words = EnglishWords
	}
	w := words(v)
	if w.Title == "" { // an outcome those words do not know
		w = EnglishWords(v)
	}
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"" + html.EscapeString(w.Lang) + "\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n" +
		"<link rel=\"icon\" href=\"data:,\">\n<title>")
	b.WriteString(html.EscapeString(w.Title) + " · Canopy</title>\n<style nonce=\"")
	b.WriteString(html.EscapeString(v.Nonce) + "\">\n" + pageStyle + "</style>\n</head>\n<body>\n<main>\n<h1>")
	b.WriteString(html.EscapeString(w.Title) + "</h1>\n")
	for _, line := range w.Lines {
		b.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return []byte(b.String())
}

// EnglishWords are the words of DefaultPage.
func EnglishWords(v PageView) Words {
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
		return english("Signed in", line, back)
	case OutcomeDenied:
		return english("Not signed in", "You chose not to allow it. Nothing was stored.", back)
	case OutcomeFailed:
		return english("Not signed in", "It did not work: "+v.Reason, "Nothing was stored. "+back)
	case OutcomeWaiting:
		return english("One moment", "Canopy is still finishing the sign-in.")
	}
	return english("Nothing to see here", "This address does not belong to the sign-in that Canopy is waiting for. It was ignored.")
}

func english(title string, lines ...string) Words {
	return Words{Lang: "en", Title: title, Lines: lines}
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
