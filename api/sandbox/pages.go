package sandbox

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

//go:embed pages
var pageFiles embed.FS

// pages draws the web pages a person sees.
type pages struct {
	templates *template.Template
	style     template.CSS
	styleHash string // names the one style sheet that CSP lets in
}

func newPages() (*pages, error) {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, fmt.Errorf("read the pages' style: %w", err)
	}
	t, err := template.New("pages").Funcs(template.FuncMap{"shown": shown}).ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	sum := sha256.Sum256(css)
	//nolint:gosec // the style sheet is compiled in
	return &pages{templates: t, style: template.CSS(css), styleHash: base64.StdEncoding.EncodeToString(sum[:])}, nil
}

// frame is what every page has.
type frame struct {
	Title string
	Style template.CSS
	View  any
}

// draw writes a page. formAction is what its form may lead to besides the page's
// own host.
func (p *pages) draw(w http.ResponseWriter, status int, name, title string, view any, formAction string) {
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, name, frame{title, p.style, view}); err != nil {
		http.Error(w, "the sandbox could not draw this page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	noStore(w)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'", "style-src 'sha256-" + p.styleHash + "'", "img-src data:",
		strings.TrimSpace("form-action 'self' " + formAction), "base-uri 'none'", "frame-ancestors 'none'",
	}, "; "))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// Not no-referrer: with that, browsers send forms with the origin "null", which
	// cannot be told from a foreign one.
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

type chooseView struct {
	Users         []accountView
	Hint, Message string
}

type accountView struct{ Email, Name, Initial, Organizations string }

func (p *pages) choose(w http.ResponseWriter, r *http.Request, users []*user, hint, message, formAction string) {
	view := chooseView{Hint: hint, Message: message}
	for _, u := range users {
		names := make([]string, 0, len(u.memberships))
		for _, o := range u.organizations() {
			names = append(names, o.name)
		}
		view.Users = append(view.Users, accountView{u.email, u.first + " " + u.last, u.first[:1], strings.Join(names, " · ")})
	}
	status := http.StatusOK
	if message != "" && r.Method == http.MethodPost {
		status = http.StatusBadRequest
	}
	p.draw(w, status, "choose", "Choose an account", view, formAction)
}

func (p *pages) consent(w http.ResponseWriter, status int, r *http.Request, q question) {
	q.NotYou = notYou(r)
	p.draw(w, status, "consent", "Canopy asks for access", q, q.formAction)
}

func (p *pages) enterCode(w http.ResponseWriter, status int, written, message string) {
	p.draw(w, status, "device", "Connect a device", struct{ Written, Message string }{written, message}, "")
}

// appsView is the page "Authorized OAuth Apps".
type appsView struct {
	User, NotYou, Message string
	Apps                  []appView
	Keys                  []keyView
}

func (p *pages) apps(w http.ResponseWriter, status int, view appsView) {
	p.draw(w, status, "apps", "Authorized OAuth Apps", view, "")
}

type noteView struct {
	Heading, Text string
	Trouble       bool
}

// tell shows a page that says one thing.
func (p *pages) tell(w http.ResponseWriter, status int, heading, text string) {
	p.draw(w, status, "note", heading, noteView{Heading: heading, Text: text}, "")
}

// fail does so when something is wrong.
func (p *pages) fail(w http.ResponseWriter, status int, heading, text string) {
	p.draw(w, status, "note", heading, noteView{heading, text, true}, "")
}

// shown makes a text from outside fit to be read: control and formatting characters,
// which could reorder or hide what stands beside them, appear as escapes, and what
// is too long is cut.
func shown(text string) string {
	const longest = 200
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > longest {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}
