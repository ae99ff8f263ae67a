package ask

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"canopy/api/inventory"
)

// about answers questions about Canopy itself: its grants, what they see, how
// fresh it is and what was asked of TiDB Cloud.
func (w *World) about(a *Answer) {
	topic := ""
	if a.Query.Aggregate != nil && len(a.Query.Aggregate.Fields) > 0 {
		topic = a.Query.Aggregate.Fields[0]
	}
	if len(w.Grants) == 0 && topic != "help" {
		a.Text = "You are not signed in to anything."
		return
	}
	switch topic {
	case "expires_at":
		w.aboutExpiry(a)
	case "read_at":
		w.aboutFreshness(a)
	case "requests":
		w.aboutRequests(a)
	case "user":
		w.aboutUser(a)
	case "missing":
		w.aboutMissing(a)
	case "help":
		a.Text = "Ask how many, which, where, when and who about organizations, projects, clusters and branches, such as: " + strings.Join(w.Examples(), " · ")
	case "forget":
		a.Text = "Forgotten: the next question stands for itself."
	default:
		w.aboutScope(a)
	}
}

func (w *World) aboutExpiry(a *Answer) {
	objects := make([]map[string]any, 0, len(w.Grants))
	parts := make([]string, 0, len(w.Grants))
	for _, g := range w.Grants {
		o := g.View.Shown().Organization().Name
		object := map[string]any{"grant": g.ID, "organization": o, "expires_at": nil, "renewable": g.Renewable}
		words := "it is not known when the sign-in to " + o + " ends"
		if !g.Expires.IsZero() {
			object["expires_at"] = g.Expires.In(w.zone()).Format(time.RFC3339)
			words = "the access to " + o + " ends at " + g.Expires.In(w.zone()).Format("15:04 on 2 Jan 2006")
			if g.Renewable {
				words += " and is renewed by itself before that"
			}
		}
		objects = append(objects, object)
		parts = append(parts, words)
	}
	a.Value, a.Text = objects, sentence(strings.Join(parts, "; "))
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func (w *World) aboutFreshness(a *Answer) {
	objects := make([]map[string]any, 0, len(w.Grants))
	parts := make([]string, 0, len(w.Grants))
	for _, g := range w.Grants {
		s := g.View.Shown()
		at := s.ReadAt()
		objects = append(objects, map[string]any{"grant": g.ID, "organization": s.Organization().Name, "read_at": at.In(w.zone()).Format(time.RFC3339)})
		parts = append(parts, s.Organization().Name+" was read "+Age(w.Now, at))
	}
	a.Value, a.Text = objects, sentence(strings.Join(parts, "; "))
}

// aboutRequests tells the last requests.
func (w *World) aboutRequests(a *Answer) {
	const last = 10
	calls := w.Calls[max(0, len(w.Calls)-last):]
	lines := make([]string, len(calls))
	for i, c := range calls {
		lines[i] = fmt.Sprintf("%s %s %s: %d", c.Method, c.Host, c.Path, c.Status)
	}
	a.Value = calls
	a.Text = fmt.Sprintf("%s to TiDB Cloud in this session, only reading.", sentenceCount(len(w.Calls), "request"))
	if len(lines) > 0 {
		a.Text += " The last ones: " + strings.Join(lines, "; ") + "."
	}
}

func sentenceCount(n int, one string) string {
	if n == 0 {
		return "No " + one
	}
	return plural(n, one)
}

func (w *World) aboutUser(a *Answer) {
	objects := make([]map[string]any, 0, len(w.Grants))
	parts := make([]string, 0, len(w.Grants))
	for _, g := range w.Grants {
		o := g.View.Shown().Organization().Name
		objects = append(objects, map[string]any{"grant": g.ID, "organization": o, "user": g.User, "role": g.Role})
		words := "you are " + cmp.Or(cut(g.User), "an unnamed user") + " in " + cut(o)
		if g.Role != "" {
			words += " as " + g.Role
		}
		parts = append(parts, words)
	}
	a.Value, a.Text = objects, sentence(strings.Join(parts, "; "))
}

// aboutScope tells what the grants see.
func (w *World) aboutScope(a *Answer) {
	objects := make([]map[string]any, 0, len(w.Grants))
	parts := make([]string, 0, len(w.Grants))
	for _, g := range w.Grants {
		s, n := g.View.Shown(), g.View.Counts()
		objects = append(objects, map[string]any{
			"grant": g.ID, "organization": s.Organization().Name, "projects": n.Projects, "clusters": n.Clusters,
			"hidden": n.Hidden, "not_granted": n.NotGranted, "exact": n.ProjectsExact && n.ClustersExact,
		})
		words := cut(s.Organization().Name) + " with " + plural(n.Projects, "project") + " and " + plural(n.Clusters, "cluster")
		if n.Hidden > 0 {
			words += fmt.Sprintf(", %d hidden by you", n.Hidden)
		}
		if n.NotGranted > 0 {
			words += fmt.Sprintf(", %d not granted", n.NotGranted)
		}
		parts = append(parts, words)
		a.NotSeen = append(a.NotSeen, notSeen(g.View, s.Organization().Name, true)...)
		a.From = append(a.From, sources(&g, s.Organization().Name, Query{Entity: EntityCluster}, true)...)
	}
	a.Value, a.Text = objects, "Canopy sees "+strings.Join(parts, "; ")+". It only reads, and never changes anything."
}

// aboutMissing says of a name why it cannot be seen.
func (w *World) aboutMissing(a *Answer) {
	f, ok := a.Query.filter(fieldName)
	if !ok {
		w.aboutScope(a)
		return
	}
	name := f.Value.Text
	best := inventory.DoesNotExist
	words := quote(name) + " does not exist in what your grants see."
	rank := map[inventory.Voice]int{
		inventory.Present: 5, inventory.HiddenByYou: 4, inventory.NotGranted: 3, inventory.CouldNotBeRead: 2, inventory.Unread: 1,
	}
	for i := range w.Grants {
		v := w.Grants[i].View
		voice, where := voiceOf(v, name)
		if rank[voice] <= rank[best] {
			continue
		}
		best = voice
		o := cut(v.Shown().Organization().Name)
		switch voice {
		case inventory.Present:
			words = quote(name) + " is there, in " + o + where + "."
		case inventory.HiddenByYou:
			words = quote(name) + " is hidden by you in " + o + where + "; change what Canopy shows to see it."
		case inventory.NotGranted:
			words = quote(name) + " is not granted in " + o + "; ask TiDB Cloud for it with a new consent."
		case inventory.CouldNotBeRead:
			words = quote(name) + " may be in " + o + ": a part of it could not be read."
		case inventory.Unread:
			words = quote(name) + " may be in " + o + ": not everything has been read yet."
		}
	}
	a.Value, a.Text = best.String(), words
	for i := range w.Grants {
		v := w.Grants[i].View
		a.NotSeen = append(a.NotSeen, notSeen(v, v.Shown().Organization().Name, true)...)
	}
}

// voiceOf says whether a view shows something of this name, and why not.
func voiceOf(v *inventory.View, name string) (voice inventory.Voice, where string) {
	whole := v.Whole()
	for _, p := range whole.Projects() {
		shown, _ := v.Project(p.ID)
		if p.Name == name || p.ID == name {
			return shown, ""
		}
		for _, c := range whole.Clusters(p.ID) {
			if c.Name == name || c.ID == name {
				return shown, ", project " + quote(p.Name)
			}
		}
	}
	for _, m := range v.Missing() {
		if m.Project.Name == name || m.Project.ID == name {
			return m.Voice, ""
		}
	}
	counts := v.Counts()
	switch {
	case len(counts.Failures) > 0:
		return inventory.CouldNotBeRead, ""
	case !counts.ClustersExact || !counts.ProjectsExact:
		return inventory.Unread, ""
	}
	return inventory.DoesNotExist, ""
}

// navigate gives the address of a thing in the console, made of ids only.
func (w *World) navigate(a *Answer) {
	rows, err := w.selectRows(a.Query)
	if err != nil || len(rows) == 0 {
		a.Text = w.absent(a)
		return
	}
	r := rows[0]
	a.rows = rows
	console := cmp.Or(r.org.grant.Console, "https://tidbcloud.com")
	link := console + "/org/" + url.PathEscape(r.org.ID)
	if r.project != nil && a.Query.Entity == EntityProject {
		link = console + "/projects/" + url.PathEscape(r.project.ID) + "/clusters"
	}
	if r.cluster != nil {
		link = console + "/clusters/" + url.PathEscape(r.cluster.ID)
	}
	a.Link, a.Value = link, r.id()
	a.Text = quote(r.name()) + " in the console: " + link
}

// decline answers what Canopy does not do, with a pointer to where it is done.
func (w *World) decline(a *Answer) {
	switch a.Query.Intent {
	case IntentRefuseWrite:
		a.Text = "Canopy only reads and changes nothing. That is done in the TiDB Cloud console or with the ticloud command."
		if f, ok := a.Query.filter(fieldName); ok {
			a.Text = "Canopy only reads and changes nothing. " + quote(f.Value.Text) + " can be changed in the TiDB Cloud console or with the ticloud command."
		}
		a.Link = w.console()
	case IntentRefuseSecret:
		a.Text = "Questions cannot reach tokens, keys or passwords. Your sign-ins are in the keyring; passwords of clusters are set in the console."
	case IntentOutOfScope:
		a.Text, a.Link = w.outside(a.Query)
	case IntentEmpty:
		a.Next = w.Examples()
		a.Text = "Ask something, such as: " + strings.Join(a.Next, " · ")
	case IntentClarify:
		a.Text = "That can be read in more than one way."
	default:
		a.Next = w.Examples()
		a.Text = "I did not understand that. Try: " + strings.Join(a.Next, " · ")
	}
}

func (w *World) console() string {
	for _, g := range w.Grants {
		if g.Console != "" {
			return g.Console
		}
	}
	return "https://tidbcloud.com"
}

// outside points to where a question that is not about the tree is answered.
func (w *World) outside(q Query) (words, link string) {
	topic := ""
	if q.Aggregate != nil && len(q.Aggregate.Fields) > 0 {
		topic = q.Aggregate.Fields[0]
	}
	switch topic {
	case "data":
		return "Canopy sees clusters from outside and never the data in them. The SQL editor of the console, or any MySQL client, does.", w.console()
	case "world":
		return "Canopy only knows the organizations, projects, clusters and branches that you let it see.", ""
	case "regions":
		return "Canopy knows the regions that you use, not those that could be chosen; the console lists them when a cluster is created.", w.console()
	}
	return "Canopy cannot see what was spent: that needs another permission. It is on the billing page of the console.", w.console() + "/billing"
}

// Examples returns three questions about the person's own tree.
func (w *World) Examples() []string {
	t := w.rows()
	examples := []string{"how many projects do I have?"}
	for i := range t.clusters {
		if c := t.clusters[i].cluster; plainName(c.Name) {
			examples = append(examples, "where is "+c.Name+"?")
			break
		}
	}
	if len(t.regions) > 0 {
		if p := gazetteer().region(t.regions[0]); p.City != "" {
			examples = append(examples, "which clusters are in "+p.City+"?")
		}
	}
	if len(examples) < 3 {
		examples = append(examples, "which clusters are paused?")
	}
	return examples
}

// plainName reports whether a name can stand in an example as it is.
func plainName(s string) bool {
	for _, r := range s {
		if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return len(s) > 2 && len(s) < 40
}
