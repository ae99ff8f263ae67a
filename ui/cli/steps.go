package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"rsc.io/qr"

	"canopy/auth"
	"canopy/ui/show"
)

// steps tells in a terminal how far a sign-in is. Everything is said once, in the order in
// which it happens.
type steps struct {
	out      io.Writer
	now      func() time.Time
	pictures bool // out can show a QR code

	stage    auth.Stage // the last one told
	linked   bool
	broken   bool
	rejected bool
	strayAt  int // how many ignored requests it takes for the next word about them
}

func newSteps(out io.Writer, x Outside) *steps {
	return &steps{out: out, now: x.now, pictures: x.terminal(out) && x.getenv("TERM") != "dumb", strayAt: 1}
}

func (s *steps) say(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }

// doubt says beforehand why the browser may not find its way back (auth.BrowserDoubt).
func (s *steps) doubt(why string) {
	switch why {
	case "":
	case "ssh":
		s.say("You seem to be on another machine (SSH): canopy signin --device works there too.")
	case "container":
		s.say("You seem to be in a container: canopy signin --device works there too.")
	case "wsl":
		s.say("You seem to be in WSL: if the browser does not come back, use canopy signin --device.")
	default:
		s.say("There seems to be no browser here: canopy signin --device works all the same.")
	}
}

// report takes in what auth reports.
func (s *steps) report(p auth.Progress) {
	s.trouble(p)
	if p.Stage <= s.stage {
		return
	}
	s.stage = p.Stage
	switch p.Stage {
	case auth.StageListening:
		s.say("Listening on %s", p.Address)
	case auth.StageBrowserOpened:
		s.link(p, "Opened "+show.Name(p.Host)+" in your browser. If nothing opened, open this link:")
	case auth.StageWaiting:
		if p.UserCode != "" {
			s.code(p)
		} else {
			s.link(p, "Opening "+show.Name(p.Host)+" in your browser. If nothing opens, open this link:")
		}
		s.say("Waiting for your approval, %s left", left(p.Deadline.Sub(s.now())))
	case auth.StageExchanging:
		s.say("Approved, exchanging the answer with %s", show.Name(p.Host))
	case auth.StageStoring:
		s.say("Keeping the credential in the keyring")
	}
}

// link says the address to open, on a line of its own, once.
func (s *steps) link(p auth.Progress, words string) {
	if s.linked {
		return
	}
	s.linked = true
	s.say("%s\n%s", words, show.Line(p.Link))
}

// trouble says what goes wrong without ending the attempt.
func (s *steps) trouble(p auth.Progress) {
	if p.BrowserErr != nil && !s.broken {
		s.broken = true
		text := show.Line(p.BrowserErr.Error())
		s.say("%s.", strings.ToUpper(text[:1])+text[1:])
		s.link(p, "Open this link in a browser on this machine, or use canopy signin --device:")
	}
	if p.Rejected != nil && !s.rejected {
		s.rejected = true
		s.say("Still waiting: %s.", show.Line(p.Rejected.Error()))
	}
	// Another program can send thousands; each doubling is told.
	if p.Stray >= s.strayAt {
		s.say("%s ignored", counted(p.Stray, "stray request"))
		s.strayAt = 2 * p.Stray
	}
}

// code shows what is to be typed on another device (RFC 8628 §3.3).
func (s *steps) code(p auth.Progress) {
	s.say("Open this page on any device:\n%s\nand enter the code: %s", show.Line(p.VerificationURI), show.Name(p.UserCode))
	if !s.pictures {
		return
	}
	if picture := qrCode(p.Link); picture != "" {
		s.say("or scan this:\n%s", picture)
	}
}

// signedIn says who has signed in to what.
func (s *steps) signedIn(g auth.Grant) {
	words := "Signed in as " + userName(g) + " to " + organizationName(g)
	switch {
	case g.AllProjects:
		words += ", all projects"
	case len(g.Projects) > 0:
		words += ", " + counted(len(g.Projects), "project")
	}
	s.say("%s", words)
}

// quiet is the margin that a QR code needs, in modules (ISO/IEC 18004 §6.3.8).
const quiet = 4

// qrCode draws a QR code with half blocks, two rows of modules a line, dark on light whatever
// the terminal's own colours are. It is "" for a text that fits no QR code.
func qrCode(text string) string {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString("\x1b[30;107m") // black on bright white
		for x := -quiet; x < code.Size+quiet; x++ {
			upper, lower := code.Black(x, y), code.Black(x, y+1) // outside of it everything is light
			switch {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// left says how long something still lasts, as in 4:59.
func left(d time.Duration) string {
	d = max(0, d.Truncate(time.Second))
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return show.Count(n) + " " + one + "s"
}

// userName says who gave a grant.
func userName(g auth.Grant) string {
	for _, name := range []string{g.User.Email, g.User.Name, g.User.Subject} {
		if name == "" {
			continue
		}
		if g.Method == auth.MethodAPIKey {
			return "API key " + show.Name(name)
		}
		return show.Name(name)
	}
	return "an unnamed user"
}

// organizationName says what a grant belongs to.
func organizationName(g auth.Grant) string {
	switch {
	case g.Organization.Name != "":
		return show.Name(g.Organization.Name)
	case g.Organization.ID != "":
		return "organization " + show.Name(g.Organization.ID)
	}
	return "an organization that the server did not name"
}
