package ui

import (
	"time"

	"fyne.io/fyne/v2"
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

// waitingScreen shows an attempt, step by step, with the link at hand all the time: that a
// browser opened, and the right one, cannot be known.
type waitingScreen struct {
	window *Window
	method auth.Method
	root   fyne.CanvasObject
	lead   *widget.RichText
	steps  *steps
	hint   *part.Text
	meter  *part.Meter
	left   *part.Text
	again  *part.Button
	copy   *part.Button
	cancel *part.Link
	device *deviceCode
	state  session.State
	since  time.Time // when the attempt was first seen, for the meter
}

func newWaitingScreen(w *Window, m auth.Method) *waitingScreen {
	s := &waitingScreen{window: w, method: m, since: w.Now(), lead: part.Paragraph("", leadStyle), meter: part.NewMeter()}
	s.hint = part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Align: fyne.TextAlignCenter, Cut: true})
	s.left = part.NewText("", part.Style{Color: look.ColorMuted, Align: fyne.TextAlignCenter})
	s.cancel = part.NewLink(lang.L("Cancel"), w.Session.CancelSignIn)
	column := part.Column(10)
	switch m {
	case auth.MethodDevice:
		s.device = newDeviceCode()
		s.copy = part.NewButton(lang.L("Copy code"), func() { w.copy(s.state.Attempt.UserCode, lang.L("Code copied")) })
		s.again = part.NewButton(lang.L("Open page"), func() { w.open(s.devicePage()) })
		column.Objects = []fyne.CanvasObject{
			part.NewText(lang.L("Approve on any device"), titleStyle), s.lead, s.device.root,
		}
	default:
		s.steps = newSteps(m)
		s.again = part.NewButton(lang.L("Open browser again"), func() { w.open(s.state.Attempt.Link) })
		s.copy = part.NewButton(lang.L("Copy link"), func() { w.copy(s.state.Attempt.Link, lang.L("Link copied")) })
		column.Objects = []fyne.CanvasObject{
			part.NewText(lang.L("Finish in your browser"), titleStyle), s.lead, part.Pad(8, 30, s.steps.root),
		}
	}
	buttons := container.NewCenter(part.Row(8, s.again, s.copy, s.cancel))
	if m == auth.MethodDevice {
		buttons = container.NewCenter(part.Row(8, s.copy, s.again, s.cancel))
	}
	column.Objects = append(column.Objects, part.Pad(6, 0, s.meter), s.left, s.hint, buttons)
	s.root = container.NewStack(container.NewCenter(part.Panel(panelWidth, column)))
	return s
}

func (s *waitingScreen) object() fyne.CanvasObject { return s.root }

func (s *waitingScreen) shown() { s.window.win.Canvas().Focus(s.again) }

func (s *waitingScreen) show(st session.State) {
	s.state = st
	p := st.Attempt
	if s.device != nil {
		s.device.show(p)
		part.SetParagraph(s.lead, lang.L("Open {{.Page}} and type this code. Only type it if you asked for it here.",
			with("Page", pageOf(p.VerificationURI))), leadStyle)
	} else {
		s.steps.show(p)
		part.SetParagraph(s.lead, lang.L("We opened {{.Host}}. Come back here when it says you are done.",
			with("Host", show.Name(p.Host))), leadStyle)
	}
	switch {
	case p.BrowserErr != nil:
		part.SetParagraph(s.lead, lang.L("No browser could be opened. Copy the link and open it in one yourself; it works from any browser on this machine."), leadStyle)
	case st.Method == auth.MethodAPIKey:
		part.SetParagraph(s.lead, lang.L("Asking TiDB Cloud whether it accepts this key."), leadStyle)
	}
	s.hint.Hide()
	if p.Stray > 0 {
		s.hint.SetText(counted("{{.Count}} stray requests ignored", p.Stray))
		s.hint.Show()
	}
	enable(p.Link != "" || p.VerificationURI != "", s.again, s.copy)
	s.tick(s.window.Now())
}

// tick shows how long the link still works.
func (s *waitingScreen) tick(now time.Time) time.Duration {
	p := s.state.Attempt
	waiting := !p.Deadline.IsZero() && p.Stage <= auth.StageWaiting
	if !waiting {
		s.meter.Set(0)
		s.left.SetText("")
		return 0
	}
	rest := p.Deadline.Sub(now)
	s.meter.Set(rest.Seconds() / p.Deadline.Sub(s.since).Seconds())
	values := with("Left", left(rest), "Seconds", int(p.Interval.Seconds()))
	if s.device != nil {
		s.left.SetText(lang.L("Works for {{.Left}} more · checking every {{.Seconds}} s", values))
	} else {
		s.left.SetText(lang.L("This link works for {{.Left}} more", values))
	}
	return time.Second
}

// devicePage is the page with the code filled in where the server offers it.
func (s *waitingScreen) devicePage() string {
	if u := s.state.Attempt.VerificationURIComplete; u != "" {
		return u
	}
	return s.state.Attempt.VerificationURI
}

func enable(on bool, buttons ...*part.Button) {
	for _, b := range buttons {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// steps is the list of what has been done and what comes.
type steps struct {
	root  *fyne.Container
	lines []*stepLine
}

type stepLine struct {
	from  auth.Stage // the stage from which it is under way
	icon  *widget.Icon
	text  *part.Text
	words func(auth.Progress) string
}

func newSteps(m auth.Method) *steps {
	s := &steps{root: part.Column(13)}
	if m == auth.MethodAPIKey {
		s.add(0, fixed(lang.L("Check the key")))
		s.add(auth.StageDone, fixed(lang.L("Load organization and projects")))
		return s
	}
	s.add(auth.StageListening, func(p auth.Progress) string {
		return lang.L("Listening on {{.Address}}", with("Address", p.Address))
	})
	s.add(auth.StageBrowserOpened, func(p auth.Progress) string {
		if p.BrowserErr != nil {
			return lang.L("Browser not opened: use the link")
		}
		if p.Stage < auth.StageBrowserOpened {
			return lang.L("Open the browser")
		}
		return lang.L("Browser opened")
	})
	s.add(auth.StageWaiting, fixed(lang.L("Waiting for your approval")))
	s.add(auth.StageExchanging, fixed(lang.L("Exchange the code")))
	s.add(auth.StageStoring, fixed(lang.L("Load organization and projects")))
	return s
}

func fixed(text string) func(auth.Progress) string { return func(auth.Progress) string { return text } }

func (s *steps) add(from auth.Stage, words func(auth.Progress) string) {
	l := &stepLine{from: from, icon: part.Icon("ring", look.ColorMuted), text: part.NewText("", part.Style{Cut: true}), words: words}
	s.lines = append(s.lines, l)
	s.root.Add(part.Frame(nil, nil, l.icon, nil, part.Pad(0, 6, l.text)))
}

// show marks every step as done, under way, or to come.
func (s *steps) show(p auth.Progress) {
	now := 0
	for i, l := range s.lines {
		if p.Stage >= l.from {
			now = i
		}
	}
	if p.Stage == auth.StageListening {
		now = 1 // listening is done as soon as it is reported
	}
	for i, l := range s.lines {
		l.text.SetText(l.words(p))
		l.text.SetBold(i == now)
		switch {
		case i < now && i == 1 && p.BrowserErr != nil:
			l.icon.SetResource(look.Icon("warning", look.ColorResting))
		case i < now:
			l.icon.SetResource(look.Icon("check", look.ColorRunning))
		case i == now:
			l.icon.SetResource(look.Icon("working", theme.ColorNameForeground))
		default:
			l.icon.SetResource(look.Icon("ring", look.ColorMuted))
		}
		if i > now {
			l.text.SetColor(look.ColorMuted)
		} else {
			l.text.SetColor(theme.ColorNameForeground)
		}
	}
}
