package ui

import (
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"canopy/api"
	"canopy/auth"
	"canopy/ui/reach"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// reachFacts are the cards of the page about a grant, but for its token, which counts down.
func reachFacts(st session.State, now time.Time) []fact {
	g := st.Grant
	return []fact{
		{lang.L("User"), who(g)},
		{lang.L("Organization"), organizationWords(st)},
		{lang.L("Permission"), permission(g)},
		{lang.L("Given"), given(g, now)},
		{lang.L("Kept in"), keptPlace(g.Kept, runtime.GOOS)},
	}
}

// who says whose grant it is. An API key belongs to nobody in particular.
func who(g auth.Grant) string {
	switch {
	case g.Method == auth.MethodAPIKey:
		return lang.L("API key {{.Key}}", with("Key", show.Name(g.User.Subject)))
	case g.User.Email != "":
		return show.Name(g.User.Email)
	case g.User.Name != "":
		return show.Name(g.User.Name)
	default:
		return lang.L("Not told")
	}
}

// organizationWords name the organization with its id, which is what others ask for.
func organizationWords(st session.State) string {
	id := st.View.Whole().Organization().ID
	if id == "" {
		id = st.Grant.Organization.ID
	}
	if id == "" {
		return organizationName(st)
	}
	return organizationName(st) + " · " + show.Name(id)
}

// permission says what Canopy does with a grant, and, where that is more, what was asked for and
// granted: the roles of TiDB Cloud are coarse.
func permission(g auth.Grant) string {
	values := with("Asked", show.Name(g.AskedScope), "Granted", show.Name(granted(g)))
	switch got := granted(g); {
	case g.AskedScope == "" && got == "":
		return lang.L("Read-only")
	case got == "" || got == g.AskedScope:
		return lang.L("Read-only (asked: {{.Asked}})", values)
	case g.AskedScope == "":
		return lang.L("Read-only (granted: {{.Granted}})", values)
	default:
		return lang.L("Read-only (asked: {{.Asked}}, granted: {{.Granted}})", values)
	}
}

// granted is the role that was given, as far as the server told it.
func granted(g auth.Grant) string {
	if g.Role != "" {
		return g.Role
	}
	return g.GrantedScope
}

// given says when and how a grant was given.
func given(g auth.Grant, now time.Time) string {
	at := moment(g.GrantedAt, now)
	if t := g.GrantedAt.Local(); t.YearDay() == now.Local().YearDay() && t.Year() == now.Local().Year() {
		at = lang.L("Today {{.Time}}", with("Time", t.Format("15:04")))
	}
	values := with("When", at)
	switch g.Method {
	case auth.MethodDevice:
		return lang.L("{{.When}}, with a device code", values)
	case auth.MethodAPIKey:
		return lang.L("{{.When}}, with an API key", values)
	default:
		return lang.L("{{.When}}, in your browser", values)
	}
}

// keptPlace names the place where the credential is kept, as this system calls it.
func keptPlace(kept, system string) string {
	switch {
	case kept == auth.KeptSession:
		return lang.L("This session only")
	case kept == auth.KeptFile:
		return lang.L("An encrypted file")
	case system == "darwin":
		return lang.L("Keychain")
	case system == "windows":
		return lang.L("Credential Manager")
	default:
		return lang.L("Secret Service (the system's keyring)")
	}
}

// tokenWords say how long the access token lasts, and how often it was renewed.
func tokenWords(st session.State, now time.Time) string {
	t := st.Token
	switch {
	case st.Grant.Method == auth.MethodAPIKey:
		return lang.L("Does not expire")
	case st.Phase == session.NeedsSignIn:
		return lang.L("No longer accepted")
	case t.Expires.IsZero():
		return lang.L("Not read yet")
	}
	said := []string{remaining(t.Expires.Sub(now))}
	switch {
	case !t.Renewable:
		said = append(said, lang.L("cannot be renewed"))
	case t.Renewals == 0:
		said = append(said, lang.L("not renewed yet"))
	default:
		said = append(said, counted("renewed {{.Count}} times", t.Renewals))
	}
	return strings.Join(said, " · ")
}

// remaining says how long something still lasts, in steps that do not fidget.
func remaining(d time.Duration) string {
	switch {
	case d <= 0:
		return lang.L("Expired")
	case d < 2*time.Minute:
		return lang.L("{{.N}} s left", with("N", int(d.Seconds())))
	case d < 2*time.Hour:
		return lang.L("{{.N}} min left", with("N", int(d.Minutes())))
	default:
		return lang.L("{{.N}} h left", with("N", int(d.Hours())))
	}
}

// usedWords say what the grant was used for last.
func usedWords(u reach.Use, now time.Time) string {
	if u.At.IsZero() {
		return ""
	}
	why := u.Why
	if why == "" {
		why = u.Host
	}
	return lang.L("Used last for: {{.Why}}, {{.Ago}}", with("Why", show.Name(why), "Ago", ago(now.Sub(u.At))))
}

// whyNot says why an API key offers less than a sign-in does.
func whyNot(st session.State) string {
	if st.Grant.Method == auth.MethodAPIKey {
		return lang.L("An API key does not expire and cannot ask for more: what it covers, and whether it still holds, is decided under API Keys in the console, by whoever owns it.")
	}
	return ""
}

func hostColor(v reach.Verdict) fyne.ThemeColorName {
	switch v {
	case reach.Accepts:
		return look.ColorRunning
	case reach.Refuses, reach.Unreachable:
		return look.ColorTrouble
	case reach.Answers:
		return look.ColorResting
	default:
		return look.ColorUnknown
	}
}

// hostName is a host's address, and which of the APIs it is where the address does not tell.
func hostName(h reach.Host) string {
	if strings.Contains(h.Address, h.Name) {
		return show.Name(h.Address)
	}
	return show.Name(h.Address) + " · " + h.Name
}

func verdictWords(h reach.Host, m auth.Method) string {
	values := with("Status", h.Status)
	switch {
	case h.Verdict == reach.Accepts:
		return lang.L("accepts this grant")
	case h.Verdict == reach.Refuses && m == auth.MethodAPIKey:
		return lang.L("answers 401: this host refuses the API key")
	case h.Verdict == reach.Refuses:
		return lang.L("answers 401: signed in, but this host refuses the token")
	case h.Verdict == reach.Unreachable:
		return lang.L("cannot be reached")
	case h.Verdict == reach.Answers:
		return lang.L("answers {{.Status}}", values)
	case h.Err != nil:
		return lang.L("could not be asked")
	default:
		return lang.L("not asked yet")
	}
}

// hostAge says when a host was asked and how long it took.
func hostAge(h reach.Host, now time.Time) string {
	if h.At.IsZero() {
		return ""
	}
	said := ago(now.Sub(h.At))
	if h.Took > 0 {
		said += " · " + lang.L("{{.N}} ms", with("N", max(1, h.Took.Milliseconds())))
	}
	return said
}

func groupColor(k reach.Kind) fyne.ThemeColorName {
	switch k {
	case reach.Read:
		return look.ColorRunning
	case reach.BeingRead:
		return look.ColorChanging
	case reach.Failed, reach.Unknown:
		return look.ColorTrouble
	default:
		return look.ColorUnknown
	}
}

// groupWords say what there is to say of a group of projects.
func groupWords(g reach.Group) string {
	switch g.Kind {
	case reach.Read:
		return lang.L("granted and read")
	case reach.BeingRead:
		return lang.L("granted, being read…")
	case reach.Failed:
		return lang.L("granted, but could not be read: {{.Why}}", with("Why", why(g.Err)))
	case reach.Unknown:
		return lang.L("may be there: the list of projects could not be read")
	case reach.AskedFor:
		return lang.L("not granted, although asked for")
	case reach.Earlier:
		return lang.L("not granted: known from an earlier grant")
	case reach.Elsewhere:
		return lang.L("not granted: known from another grant")
	case reach.HiddenByYou:
		return lang.L("hidden by you")
	default:
		return lang.L("does not exist any more")
	}
}

// namesOf names the first of the projects, and says how many more there are.
func namesOf(ps []api.Project) string {
	few := 6
	if len(ps) == few+1 {
		few++ // its name is no longer than "and 1 more"
	}
	names := make([]string, 0, few)
	letters := fewLetters
	if len(ps) == 1 {
		letters *= 2
	}
	for _, p := range ps[:min(few, len(ps))] {
		names = append(names, shortName(p.ID, p.Name, letters))
	}
	text := strings.Join(names, ", ")
	if more := len(ps) - few; more > 0 {
		return lang.L("{{.Names}} and {{.Count}} more", with("Names", text, "Count", show.Count(more)))
	}
	return text
}

func idsOfProjects(ps []api.Project) []string {
	ids := make([]string, 0, len(ps))
	for _, p := range ps {
		ids = append(ids, p.ID)
	}
	return ids
}

// statedWords compare in one sentence what the server stated with what was asked for and what is
// listed.
func statedWords(s reach.Stated, st session.State) string {
	environment := with("Environment", show.Name(st.Grant.Environment), "Count", show.Count(s.Count))
	var differ []string
	for _, d := range []struct {
		of  []auth.Project
		say string
	}{
		{s.Refused, lang.L("asked for and not granted")},
		{s.Unasked, lang.L("granted without being asked for")},
		{s.Unlisted, lang.L("granted and not listed")},
		{s.Extra, lang.L("listed without being stated in the grant")},
	} {
		if len(d.of) > 0 {
			differ = append(differ, d.say+": "+namesOf(asProjects(d.of)))
		}
	}
	switch {
	case st.Grant.Method == auth.MethodAPIKey:
		return lang.L("An API key does not state what it covers; this is what the list of projects shows.")
	case s.Nothing:
		return lang.L("{{.Environment}} did not state what this grant covers; this is what the list of projects shows.", environment)
	case len(differ) > 0:
		environment["Differences"] = strings.Join(differ, "; ")
		return lang.L("What {{.Environment}} stated and what is there differ – {{.Differences}}.", environment)
	case s.All:
		return lang.L("{{.Environment}} stated that this grant covers all projects, also new ones.", environment)
	case !s.Listed:
		return lang.N("{{.Environment}} stated that this grant covers {{.Count}} projects; the list has not been read to its end.", s.Count, environment)
	default:
		return lang.N("{{.Environment}} stated that this grant covers {{.Count}} projects, and lists the same.", s.Count, environment)
	}
}

func asProjects(ps []auth.Project) []api.Project {
	out := make([]api.Project, 0, len(ps))
	for _, p := range ps {
		name := p.Name
		if name == "" {
			name = p.ID
		}
		out = append(out, api.Project{ID: p.ID, Name: name})
	}
	return out
}

// text is the whole page, to be copied: who, what, where, with ids.
func (p *reachPage) text() string {
	st, now := p.state, p.window.Now()
	lines := []string{lang.L("What this grant can reach"), ""}
	line := func(parts ...string) { lines = append(lines, show.Line(strings.Join(parts, ""))) }
	for _, f := range reachFacts(st, now) {
		line(f.caption, ": ", f.value)
	}
	line(lang.L("Access token"), ": ", tokenWords(st, now))
	hosts, used := p.recent.Of(st)
	lines = append(lines, "", lang.L("Hosts"))
	for _, h := range hosts {
		line(hostName(h), ": ", verdictWords(h, st.Grant.Method), " (", hostAge(h, now), ")")
	}
	if said := usedWords(used, now); said != "" {
		line(said)
	}
	lines = append(lines, "", lang.L("Projects"))
	for _, g := range p.groups {
		for _, one := range g.Projects {
			line(projectName(one.ID, one.Name), " (", one.ID, "): ", groupWords(g))
		}
	}
	if said := statedWords(reach.Compare(st), st); said != "" {
		line(said)
	}
	return strings.Join(lines, "\n")
}
