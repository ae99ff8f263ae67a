package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// panelWidth is the width of the panels that stand alone: first screen, waiting, device.
const panelWidth = 460

// signInScreen is the first screen: where one signs in, and what that means.
type signInScreen struct {
	window  *Window
	root    fyne.CanvasObject
	lead    *widget.RichText
	problem *fyne.Container
	signIn  *part.Button
	doubt   *part.Text
	last    *part.Remark
}

func newSignInScreen(w *Window) *signInScreen {
	s := &signInScreen{window: w, problem: container.NewVBox()}
	mark := canvas.NewImageFromResource(look.Mark())
	mark.SetMinSize(fyne.NewSquareSize(56))
	s.lead = part.Paragraph("", leadStyle)
	s.signIn = part.NewPrimary(lang.L("Sign in with your browser"), func() { w.Session.SignIn(auth.Options{}) })
	device := part.NewButton(lang.L("Use a device code"), func() { w.Session.SignInWithDevice(auth.Options{}) })
	key := part.NewButton(lang.L("Use an API key"), func() { w.askAPIKey(auth.Options{}) })
	s.doubt = part.NewText(doubtWords(w.BrowserDoubt), part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Align: fyne.TextAlignCenter, Cut: true})
	if w.BrowserDoubt == "" {
		s.doubt.Hide()
	}
	s.last = part.NewRemark()
	s.root = container.NewStack(container.NewCenter(part.Panel(panelWidth, part.Column(10,
		container.NewCenter(mark),
		part.NewText(lang.L("See your TiDB Cloud"), titleStyle),
		s.lead,
		s.problem,
		s.signIn,
		container.NewGridWithColumns(2, device, key),
		s.doubt,
		part.Pad(10, 0, part.NewRule()),
		container.NewCenter(s.last.Container),
	))))
	return s
}

var (
	titleStyle = part.Style{Size: theme.SizeNameHeadingText, Bold: true, Align: fyne.TextAlignCenter}
	leadStyle  = part.Style{Color: look.ColorMuted, Align: fyne.TextAlignCenter}
)

// doubtWords says why the browser may not find the way back, and what to do instead.
func doubtWords(doubt string) string {
	switch doubt {
	case "":
		return ""
	case "ssh":
		return lang.L("You seem to be on another machine (SSH): a device code works there too.")
	case "container":
		return lang.L("You seem to be in a container: a device code works there too.")
	case "wsl":
		return lang.L("You seem to be in WSL: if the browser does not come back, use a device code.")
	default:
		return lang.L("There seems to be no browser here: a device code works all the same.")
	}
}

func (s *signInScreen) object() fyne.CanvasObject { return s.root }

func (s *signInScreen) shown() { s.window.win.Canvas().Focus(s.signIn) }

func (s *signInScreen) tick(time.Time) time.Duration { return 0 }

func (s *signInScreen) show(st session.State) {
	if st.Environment.Kind == auth.KindSandbox {
		part.SetParagraph(s.lead, lang.L("You sign in on the sandbox's own page, in your browser. No TiDB Cloud account is involved."), leadStyle)
		s.last.Set(lang.L("This is the local sandbox."), "", nil)
	} else {
		part.SetParagraph(s.lead, lang.L("You sign in on {{.Environment}}'s own page, in your browser. Canopy never sees your password.",
			with("Environment", show.Name(st.Environment.Name))), leadStyle)
		s.last.Set(lang.L("No account at hand?"), lang.L("Open the local sandbox"), s.window.Session.OpenSandbox)
	}
	s.problem.Objects = nil
	if st.Problem != nil {
		s.problem.Objects = []fyne.CanvasObject{s.window.problemBox(*st.Problem)}
	}
	s.problem.Refresh()
}
