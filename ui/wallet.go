package ui

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/session"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// wallet is the kept grants as a person looks for them: the open one first, then last used first.
type wallet struct {
	grants []walletGrant
	open   string // the grant on the screen
	marked string // the grant that is marked: the open one, unless another is to be chosen
	now    time.Time
	alike  bool // all are in one environment
}

// walletGrant is one grant with what is known of it.
type walletGrant struct {
	auth.Grant
	standing session.Standing
	color    fyne.ThemeColorName
	apart    string   // tells it apart from another that is called the same everywhere else
	words    string   // what can be seen of it, in small letters
	projects []string // names of projects in it, in small letters, made when they are first looked through
}

// newWallet takes the grants over from a state.
func newWallet(w *Window, st session.State) *wallet {
	v := &wallet{open: st.Grant.ID, marked: st.Grant.ID, now: w.Now()}
	colors, apart := badgeColors(st.Grants), distinctions(st.Grants)
	for _, g := range st.Grants {
		if g.ID == st.Grant.ID {
			g = st.Grant // the file may know less of it by now
		}
		one := walletGrant{Grant: g, standing: w.Session.Standing(g.ID), color: colors[homeOf(g)], apart: apart[g.ID]}
		one.words = strings.ToLower(strings.Join([]string{grantName(g), userName(g), g.User.Name, g.Environment, one.apart, reachWords(g)}, "\n"))
		v.grants = append(v.grants, one)
	}
	v.alike = !slices.ContainsFunc(st.Grants, func(g auth.Grant) bool { return g.Environment != st.Grants[0].Environment })
	slices.SortStableFunc(v.grants, func(a, b walletGrant) int {
		return cmp.Compare(btoi(b.ID == v.open), btoi(a.ID == v.open))
	})
	return v
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// at returns the grant with an id.
func (v *wallet) at(id string) (walletGrant, bool) {
	i := slices.IndexFunc(v.grants, func(g walletGrant) bool { return g.ID == id })
	if i < 0 {
		return walletGrant{}, false
	}
	return v.grants[i], true
}

// find returns the grants of which every word is said somewhere, in their order.
func (v *wallet) find(typed string) walletRows {
	words := strings.Fields(strings.ToLower(typed))
	rows := walletRows{wallet: v}
	for i := range v.grants {
		if project, ok := v.grants[i].matches(words); ok {
			rows.found = append(rows.found, foundGrant{i, project})
		}
	}
	return rows
}

// matches reports whether every word is said of the grant. Where a word is said by the name of
// a project only, it returns that project, to show why the grant is among those found.
func (g *walletGrant) matches(words []string) (project string, ok bool) {
	for _, word := range words {
		if strings.Contains(g.words, word) {
			continue
		}
		i := slices.IndexFunc(g.projectNames(), func(name string) bool { return strings.Contains(name, word) })
		if i < 0 {
			return "", false
		}
		project = cmp.Or(project, g.covered()[i].Name)
	}
	return project, true
}

func (g *walletGrant) projectNames() []string {
	if g.projects == nil {
		for _, p := range g.covered() {
			g.projects = append(g.projects, strings.ToLower(show.Name(p.Name)))
		}
	}
	return g.projects
}

// covered returns the projects that the grant is known to cover: those it states, or those it
// has shown where it states none.
func (g *walletGrant) covered() []auth.Project {
	if len(g.Projects) > 0 {
		return g.Projects
	}
	return g.Known
}

// foundGrant is a grant of a wallet by its place in it, with the project that made it be found.
type foundGrant struct {
	at      int
	project string
}

// walletRows words the grants that were found.
type walletRows struct {
	wallet *wallet
	found  []foundGrant
}

func (r walletRows) Len() int { return len(r.found) }

func (r walletRows) Index(id string) int {
	return slices.IndexFunc(r.found, func(f foundGrant) bool { return r.wallet.grants[f.at].ID == id })
}

func (r walletRows) Row(i int) part.ListRow {
	g := r.wallet.grants[r.found[i].at]
	name := grantName(g.Grant)
	row := part.ListRow{ID: g.ID, Badge: show.Initial(name), Color: g.color, Name: name, Marked: g.ID == r.wallet.marked}
	row.Remarks, row.Tail = r.remarks(i)
	switch {
	case g.standing == session.SigningOut:
		row.End = lang.L("signing out…")
	case g.standing == session.Ended:
		row.Pill = lang.L("sign in again")
	case g.ID == r.wallet.open:
		row.End = lang.L("now")
	default:
		row.End = lastUsed(g.LastUsed, r.wallet.now)
	}
	return row
}

// remarks says whose grant it is, how far it reaches and where. Where there is no room for all
// the reach is left out first, and the environment only if it tells no grant from another.
func (r walletRows) remarks(i int) (remarks []string, tail string) {
	g := r.wallet.grants[r.found[i].at]
	user, reach := userName(g.Grant), reachWords(g.Grant)
	if p := r.found[i].project; p != "" {
		reach = lang.L("project: {{.Name}}", with("Name", show.Name(p)))
	}
	environment := " · " + show.Name(g.Environment)
	if g.apart != "" {
		tail = " · " + g.apart
	}
	remarks = []string{user}
	switch {
	case r.found[i].project != "":
		remarks = []string{user + " · " + reach} // why it was found stays
	case reach != "":
		remarks = []string{user + " · " + reach, user}
	}
	if !r.wallet.alike {
		return remarks, environment + tail
	}
	return append([]string{remarks[0] + environment}, remarks...), tail
}

// userName says who signed in. An API key belongs to nobody in particular.
func userName(g auth.Grant) string {
	name := cmp.Or(g.User.Email, g.User.Name, g.User.Subject)
	if g.Method == auth.MethodAPIKey {
		return lang.L("{{.Name}} (API key)", with("Name", show.Name(name)))
	}
	return show.Name(name)
}

// reachWords says which projects the grant states that it covers, or nothing where it does not.
func reachWords(g auth.Grant) string {
	switch own := countable(g.Projects); {
	case g.AllProjects:
		return lang.L("all projects")
	case len(own) == 1:
		return lang.L("project: {{.Name}}", with("Name", projectName(own[0].ID, cmp.Or(own[0].Name, own[0].ID))))
	case len(own) > 1:
		return counted("{{.Count}} projects", len(own))
	}
	return ""
}

// countable returns the projects that are counted: as everywhere, all but the virtual one, unless
// there is nothing else.
func countable(projects []auth.Project) []auth.Project {
	own := slices.DeleteFunc(slices.Clone(projects), func(p auth.Project) bool { return p.Virtual })
	if len(own) == 0 {
		return projects
	}
	return own
}

// lastUsed says when a grant was on the screen last.
func lastUsed(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch {
	case t.IsZero():
		return ""
	case t.After(midnight) || now.Sub(t) < 6*time.Hour:
		return ago(now.Sub(t))
	case t.After(midnight.AddDate(0, 0, -1)):
		return lang.L("yesterday")
	case t.After(midnight.AddDate(0, 0, -30)):
		return counted("{{.Count}} days ago", int(midnight.Sub(t).Hours()/24)+1)
	default:
		return day(t)
	}
}

// home is what has a colour of its own: an organization, where it is.
type home struct{ environment, organization string }

func homeOf(g auth.Grant) home {
	return home{g.Environment, cmp.Or(g.Organization.ID, g.Organization.Name, g.User.Email, g.User.Subject)}
}

// badgeColors gives organizations their colours: always the same one, except that two of one
// wallet have different ones as long as there are enough.
func badgeColors(grants []auth.Grant) map[home]fyne.ThemeColorName {
	homes := make([]home, 0, len(grants))
	for _, g := range grants {
		homes = append(homes, homeOf(g))
	}
	slices.SortFunc(homes, func(a, b home) int {
		return cmp.Or(cmp.Compare(a.environment, b.environment), cmp.Compare(a.organization, b.organization))
	})
	colors := map[home]fyne.ThemeColorName{}
	var taken [look.Badges]bool
	for i, p := range slices.Compact(homes) {
		h := fnv.New32a()
		_, _ = h.Write([]byte(p.environment + "\x00" + p.organization)) // never fails
		n := int(h.Sum32() % look.Badges)
		for i < look.Badges && taken[n] {
			n = (n + 1) % look.Badges
		}
		taken[n] = true
		colors[p] = look.Badge(n)
	}
	return colors
}

// badgeColor is the colour of the open grant's organization. The file of grants may know less of
// it than the session by now.
func badgeColor(st session.State) fyne.ThemeColorName {
	return badgeColors(append(slices.Clip(st.Grants), st.Grant))[homeOf(st.Grant)]
}

// distinctions returns, for grants that have organization name, user and environment in common
// with another, what tells them apart.
func distinctions(grants []auth.Grant) map[string]string {
	same := map[[3]string][]auth.Grant{}
	for _, g := range grants {
		key := [3]string{grantName(g), userName(g), g.Environment}
		same[key] = append(same[key], g)
	}
	apart := map[string]string{}
	for _, group := range same {
		for _, g := range group {
			if len(group) > 1 {
				apart[g.ID] = distinction(g, group)
			}
		}
	}
	return apart
}

func distinction(g auth.Grant, among []auth.Grant) string {
	differs := func(other func(auth.Grant) bool) bool { return slices.ContainsFunc(among, other) }
	var says []string
	if differs(func(o auth.Grant) bool { return o.Organization.ID != g.Organization.ID }) {
		says = append(says, show.Name(g.Organization.ID))
	}
	if differs(func(o auth.Grant) bool { return o.ID != g.ID && o.Organization.ID == g.Organization.ID }) {
		says = append(says, lang.L("granted {{.When}}", with("When", g.GrantedAt.Local().Format("2 Jan 2006 15:04"))))
	}
	return strings.Join(says, " · ")
}
