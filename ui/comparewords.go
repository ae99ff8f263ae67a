package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2/lang"

	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/compare"
	"canopy/ui/session"
	"canopy/ui/show"
)

// hopeless says why the two chosen grants cannot have anything in common, or nothing.
func (p *comparePage) hopeless() string {
	a, _ := grantIn(p.state, p.chosen[0])
	b, _ := grantIn(p.state, p.chosen[1])
	switch {
	case a.ID == b.ID:
		return lang.L("A and B are the same grant. Choose another for one of them.")
	case a.Environment != b.Environment:
		return lang.L("A is a grant of {{.A}} and B is one of {{.B}}: different environments have nothing in common.",
			with("A", show.Name(a.Environment), "B", show.Name(b.Environment)))
	}
	return ""
}

// sentence says how much one of the two sees that the other does not.
func (p *comparePage) sentence() string {
	if why := p.hopeless(); why != "" {
		return why
	}
	c := p.drawn
	if c == nil {
		return lang.L("Reading…")
	}
	r, exact := c.Result, c.Result.Exact && !c.Reading
	text := ""
	switch {
	case !r.SameOrganization:
		text = lang.L("A is a grant of {{.A}} and B is one of {{.B}}: different organizations have nothing in common.", with("A", grantName(c.A), "B", grantName(c.B))) +
			" " + lang.L("A sees {{.InA}}. B sees {{.InB}}.", with("InA", tally(r.OnlyA, exact), "InB", tally(r.OnlyB, exact)))
	case !exact && empty(r.OnlyA) && empty(r.OnlyB) && empty(r.Both):
		if !c.Reading {
			return lang.L("Nothing could be read of the two.")
		}
	case exact && empty(r.OnlyA) && empty(r.OnlyB):
		text = lang.L("Both see the same: {{.What}}.", with("What", tally(r.Both, exact)))
	default:
		text = onlyIn("A", "B", r.OnlyA, exact) + " " + onlyIn("B", "A", r.OnlyB, exact) + " " +
			lang.L("Both see {{.What}}.", with("What", tally(r.Both, exact)))
	}
	if c.Reading {
		return strings.TrimSpace(lang.L("Reading…") + " " + text)
	}
	return text
}

// current reports whether a comparison is that of the two chosen grants.
func (p *comparePage) current(c *session.Comparison) bool {
	return c.A.ID == p.chosen[0] && c.B.ID == p.chosen[1]
}

func onlyIn(one, other string, t inventory.Tally, exact bool) string {
	values := with("One", one, "Other", other, "What", tally(t, exact))
	switch {
	case !empty(t):
		return lang.L("{{.One}} sees {{.What}} that {{.Other}} does not.", values)
	case exact:
		return lang.L("{{.One}} sees nothing that {{.Other}} does not.", values)
	default:
		return lang.L("So far {{.One}} sees nothing that {{.Other}} does not.", values)
	}
}

func empty(t inventory.Tally) bool { return t == inventory.Tally{} }

// tally says a number of projects and clusters.
func tally(t inventory.Tally, exact bool) string {
	var parts []string
	if t.Projects > 0 {
		parts = append(parts, counted("{{.Count}} projects", t.Projects))
	}
	if t.Virtual > 0 {
		parts = append(parts, lang.L("the virtual project"))
	}
	if t.Clusters > 0 {
		parts = append(parts, counted("{{.Count}} clusters", t.Clusters))
	}
	switch len(parts) {
	case 0:
		return lang.L("nothing")
	case 1:
		return atLeast(parts[0], exact)
	}
	text := parts[0]
	for _, next := range parts[1 : len(parts)-1] {
		text += ", " + next
	}
	return atLeast(lang.L("{{.One}} and {{.Other}}", with("One", text, "Other", parts[len(parts)-1])), exact)
}

// label says what tells a chosen grant from the other one.
func (p *comparePage) label(i int) string {
	g, _ := grantIn(p.state, p.chosen[i])
	other, _ := grantIn(p.state, p.chosen[1-i])
	switch user := userName(g); {
	case g.ID == other.ID:
		return user
	case g.Environment != other.Environment:
		return user + " · " + show.Name(g.Environment)
	case user != userName(other) || grantName(g) != grantName(other):
		return user
	default:
		return user + " · " + distinction(g, []auth.Grant{g, other})
	}
}

// sideName says which side it is, with what tells it from the other.
func (p *comparePage) sideName(s compare.Side) (full, short string) {
	if s == compare.OnlyB {
		return "B · " + p.label(1), "B"
	}
	return "A · " + p.label(0), "A"
}

// differenceName says what it is that one side does not see: a project, or a cluster in one.
func differenceName(d compare.Row) string {
	if d.Kind == inventory.MatchProject {
		return show.Name(cmp.Or(d.Name, d.ID))
	}
	return show.Name(cmp.Or(d.ProjectName, d.ProjectID)) + " › " + show.Name(cmp.Or(d.Name, d.ID))
}

func kindName(k inventory.MatchKind) string {
	if k == inventory.MatchProject {
		return lang.L("project")
	}
	return lang.L("cluster")
}

// differenceSentence says in full why the other side does not see it. That the one side sees it
// proves that it exists, or did when it was read.
func differenceSentence(d compare.Row) string {
	other := "A"
	if d.A {
		other = "B"
	}
	values := with("Name", differenceName(d), "Other", other)
	switch d.Voice {
	case inventory.NotGranted:
		return lang.L("{{.Name}}: the grant of {{.Other}} does not cover it.", values)
	case inventory.HiddenByYou:
		return lang.L("{{.Name}}: {{.Other}} covers it, and you have chosen not to see it there.", values)
	case inventory.DoesNotExist:
		return lang.L("{{.Name}}: {{.Other}} did not have it when it was read. It may be new, or gone: refresh both.", values)
	case inventory.CouldNotBeRead:
		return lang.L("{{.Name}}: whether {{.Other}} sees it is not known, for it could not be read.", values)
	default:
		return lang.L("{{.Name}}: {{.Other}} has not been read to its end.", values)
	}
}

// exported names the two grants for what is exported.
func (p *comparePage) exported() compare.Grants {
	name := func(i int) compare.Grant {
		g, _ := grantIn(p.state, p.chosen[i])
		return compare.Grant{User: cmp.Or(g.User.Email, g.User.Name, g.User.Subject), Organization: cmp.Or(g.Organization.Name, g.Organization.ID), Environment: g.Environment}
	}
	return compare.Grants{A: name(0), B: name(1)}
}
