package ui

import (
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// browseScreen is the main window: grant and search above, tree and details side by side,
// what the grant sees below the tree, and the status bar.
type browseScreen struct {
	window   *Window
	root     fyne.CanvasObject
	grant    *grantButton
	search   *keyEntry
	explorer *explorer
	details  *details
	right    *fyne.Container // the details, or a page
	page     page            // nil while the details are on show
	banner   *fyne.Container
	sees     *part.Text
	given    *part.Text
	updated  *part.Text
	usage    *part.Text
	signed   *part.Text
	where    *part.Text
	refresh  *part.Button
	activity *part.Button
	state    session.State
}

func newBrowseScreen(w *Window) *browseScreen {
	s := &browseScreen{window: w, banner: part.Column(0)}
	s.explorer = newExplorer(w)
	s.details = newDetails(w)
	s.explorer.chosen = s.details.choose
	s.explorer.picked = s.leavePage
	s.explorer.tree.Keys = w.pageKey
	w.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { w.pageKey(e) })
	s.right = container.NewStack(s.details.object())
	s.details.reveal = s.explorer.reveal
	s.details.searching = s.explorer.searching
	left := container.NewStack(part.NewBox(look.ColorSurface, "", 0), part.Frame(nil, s.scopeBar(), nil, nil, s.explorer.object()))
	prefs := w.App.Preferences()
	split := part.NewSplit(left, s.right, float32(prefs.FloatWithFallback(prefSplit, defaultSplit)),
		func(width float32) { prefs.SetFloat(prefSplit, float64(width)) })
	top := part.Frame(nil, s.banner, nil, nil, s.topBar())
	s.root = part.Frame(top, s.statusBar(), nil, nil, split)
	return s
}

func (s *browseScreen) object() fyne.CanvasObject { return s.root }

func (s *browseScreen) shown() { s.window.win.Canvas().Focus(s.explorer.tree) }

func (s *browseScreen) topBar() fyne.CanvasObject {
	w := s.window
	s.grant = newGrantButton(w.showSwitcher)
	s.search = newKeyEntry(lang.L("Search clusters, projects, regions…"), false, s.searchKey)
	s.search.OnChanged = s.explorer.filter
	s.search.Icon = look.Icon("search", look.ColorMuted)
	s.refresh = part.NewIconButton("refresh", lang.L("Refresh"), "", w.Session.Refresh)
	s.activity = part.NewIconButton("activity", lang.L("Activity"), "activity", w.showActivity)
	settings := part.NewIconButton("settings", "", "settings", w.showSettingsMenu)
	bar := container.New(newTopLayout(s.activity),
		part.Middle(s.grant), part.Middle(part.Field(s.search)), part.Middle(part.Row(12, s.refresh, s.activity, settings)))
	return container.NewStack(part.NewBox(look.ColorSurface, "", 0),
		part.Frame(nil, part.NewRule(), nil, nil, part.Pad(0, 14, bar)))
}

// searchKey gives the search its keys: Escape clears it and goes back to the tree, Enter and
// Down go to the results.
func (s *browseScreen) searchKey(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape {
		s.search.SetText("")
	}
	s.window.win.Canvas().Focus(s.explorer.tree)
	return true
}

func (s *browseScreen) scopeBar() fyne.CanvasObject {
	s.sees = part.NewText("", part.Style{Bold: true, Cut: true})
	s.given = part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText, Cut: true})
	change := part.NewButton(lang.L("Change scope"), s.window.showScope)
	seen := part.NewArea(part.Column(0, s.sees, s.given), "reach", s.window.showReach)
	seen.Keys = s.window.pageKey
	return part.Frame(part.NewRule(), nil, nil, nil,
		part.Pad(9, 14, part.Frame(nil, nil, nil, part.Middle(change), seen)))
}

func (s *browseScreen) statusBar() fyne.CanvasObject {
	small := part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText}
	s.updated, s.usage = part.NewText("", small), part.NewText("", small)
	s.signed, s.where = part.NewText("", small), part.NewText("", small)
	line := container.NewHBox(part.Row(18, s.updated, s.usage), layout.NewSpacer(), part.Row(18, s.signed, s.where))
	return container.NewStack(part.NewBox(look.ColorSurface, "", 0),
		part.Frame(part.NewRule(), nil, nil, nil, part.Pad(5, 14, line)))
}

func (s *browseScreen) show(st session.State) {
	other := s.state.Grant.ID != st.Grant.ID
	s.state = st
	s.grant.show(st)
	s.details.show(st) // before the tree, which tells it of the selected row
	s.explorer.show(st)
	if other {
		s.search.SetText("") // the words were meant for the other grant's rows
	}
	if s.page != nil {
		s.page.show(st)
	}
	s.showScope(st)
	s.showBanner(st)
	enable(!st.Reading, s.refresh)
	s.where.SetText(show.Name(st.Grant.Environment))
	s.tick(s.window.Now())
}

// showScope says how much of the organization this grant lets one see.
func (s *browseScreen) showScope(st session.State) {
	s.sees.SetText(sees(st))
	s.given.SetText(lang.L("read-only · granted {{.When}}", with("When", moment(st.Grant.GrantedAt, s.window.Now()))))
}

// showBanner says above everything what concerns the whole grant.
func (s *browseScreen) showBanner(st session.State) {
	s.banner.Objects = nil
	if st.Problem != nil {
		w := s.window
		text := part.Paragraph(sentence(*st.Problem, st.Environment), part.Style{})
		actions := part.Row(0, part.NewLink(lang.L("Details"), func() { w.showError(st.Problem.Err) }))
		if errors.Is(st.Problem.Err, auth.ErrSignInAgain) {
			actions.Add(part.NewLink(lang.L("Sign in again"), w.Session.SignInAgain))
		} else if again := w.again(st.Problem.During); again != nil {
			actions.Add(part.NewLink(lang.L("Retry"), again))
		}
		actions.Add(part.NewLink(lang.L("Dismiss"), w.Session.Dismiss))
		icon := part.Middle(part.Icon("warning", look.ColorTrouble))
		s.banner.Objects = []fyne.CanvasObject{container.NewStack(part.NewBox(look.ColorRaised, "", 0),
			part.Pad(0, 14, part.Frame(nil, nil, icon, part.Middle(actions), text))), part.NewRule()}
	}
	if !st.Outcome.Empty() {
		s.banner.Objects = append(s.banner.Objects, s.window.outcomeBanner(st), part.NewRule())
	}
	s.banner.Refresh()
}

// again is what tries once more what went wrong; nil where that is said elsewhere.
func (w *Window) again(during session.Phase) func() {
	switch during {
	case session.SigningIn:
		return nil
	case session.Renewing:
		return w.Session.Renew
	default:
		return w.Session.Refresh
	}
}

// tick renews what the status bar says about time.
func (s *browseScreen) tick(now time.Time) time.Duration {
	st, next := s.state, 30*time.Second
	s.updated.SetText(lang.L("Nothing read yet"))
	switch {
	case st.Reading:
		s.updated.SetText(s.progress(st))
	case st.Stale:
		s.updated.SetText(lang.L("Not current: read {{.When}}", with("When", moment(st.View.Shown().ReadAt(), now))))
	case st.View != nil && !st.View.Shown().ReadAt().IsZero():
		age := now.Sub(st.View.Shown().ReadAt())
		s.updated.SetText(lang.L("Updated {{.Ago}}", with("Ago", ago(age))))
		if age < time.Minute {
			next = 5 * time.Second
		}
	}
	s.usage.SetText(usage(st.Usage))
	switch {
	case st.Phase == session.NeedsSignIn:
		s.signed.SetText(lang.L("Signed out by the server"))
	case st.Grant.Method == auth.MethodAPIKey:
		s.signed.SetText(lang.L("API key"))
	case st.Token.Renews.IsZero():
		s.signed.SetText(lang.L("Signed in"))
	default:
		s.signed.SetText(lang.L("Signed in · token renews {{.When}}", with("When", soon(st.Token.Renews.Sub(now)))))
	}
	if s.page != nil {
		if p := s.page.tick(now); p > 0 {
			next = min(next, p)
		}
	}
	return next
}

func (s *browseScreen) progress(st session.State) string {
	if st.View == nil {
		return lang.L("Reading…")
	}
	n := st.View.Counts().Clusters
	return counted("Reading… {{.Count}} clusters so far", n)
}

func usage(u session.Usage) string {
	text := counted("{{.Count}} requests", u.Requests)
	if u.Limit > 0 {
		text += " · " + lang.L("{{.Left}} of {{.Limit}} left this minute", with("Left", u.Remaining, "Limit", u.Limit))
	}
	return text
}

// topLayout puts the grant at the left, the actions at the right and the search between, as
// close to the middle as there is room. Where the search would become too narrow to read, one of
// the actions is left with its icon alone.
type topLayout struct {
	button *part.Button // that gives way
	text   string
	saved  float32 // how much narrower it is without its text
}

func newTopLayout(button *part.Button) *topLayout {
	l := &topLayout{button: button, text: button.Text(), saved: button.MinSize().Width}
	button.SetText("")
	l.saved -= button.MinSize().Width
	button.SetText(l.text)
	return l
}

// searchWidth is how wide the search becomes, searchLeast how narrow before a button gives way.
const searchWidth, searchLeast float32 = 520, 280

// short is the width of the actions with the icon alone.
func (l *topLayout) short(actions fyne.CanvasObject) float32 {
	width := actions.MinSize().Width
	if l.button.Text() != "" {
		width -= l.saved
	}
	return width
}

func (l *topLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width+160+l.short(o[2])+24, look.BarHeight-1)
}

func (l *topLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	leftEnd := min(o[0].MinSize().Width, size.Width/2)
	rightWidth, text := l.short(o[2]), ""
	if size.Width-leftEnd-rightWidth-l.saved-24 >= searchLeast {
		rightWidth += l.saved
		text = l.text
	}
	l.button.SetText(text)
	o[0].Resize(fyne.NewSize(leftEnd, size.Height))
	o[2].Resize(fyne.NewSize(rightWidth, size.Height))
	o[2].Move(fyne.NewPos(size.Width-rightWidth, 0))
	room := size.Width - leftEnd - rightWidth - 24
	width := min(searchWidth, room)
	x := max(leftEnd+12, min((size.Width-width)/2, size.Width-rightWidth-12-width))
	o[1].Resize(fyne.NewSize(width, size.Height))
	o[1].Move(fyne.NewPos(x, 0))
}
