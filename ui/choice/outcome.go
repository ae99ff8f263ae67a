package choice

import (
	"slices"

	"canopy/api/inventory"
	"canopy/auth"
)

// Counts is how much there is, and how much of it is ticked.
type Counts struct {
	Projects int // all rows, whether found or not
	Ticked   int
	Found    int
	Hidden   int // of the grant and unticked
	Outside  int // outside the grant
	Inside   int // of the grant
	Exact    bool
	// Failed is why the list of projects is not Exact, nil while it is being read.
	Failed error
}

// Counts returns how much is ticked now.
func (c *Choice) Counts() Counts {
	n := Counts{Projects: len(c.projects), Found: len(c.found), Exact: c.view.Counts().ProjectsExact}
	if st := c.list(); !st.Loading {
		n.Failed = st.Err
	}
	for _, p := range c.projects {
		on := c.Ticked(p)
		if on {
			n.Ticked++
		}
		switch {
		case p.Outside:
			n.Outside++
		default:
			n.Inside++
			if !on {
				n.Hidden++
			}
		}
	}
	return n
}

func (c *Choice) list() inventory.Status {
	return c.view.Whole().Status(inventory.Part{Kind: inventory.PartProjects})
}

// Change is what applying a choice does.
type Change struct {
	Hide, Show []Project // at once
	Ask        []Project // in the browser
	Rule       bool      // the rule for projects that appear later becomes another one
}

// Empty reports whether nothing changes.
func (c Change) Empty() bool { return len(c.Hide)+len(c.Show)+len(c.Ask) == 0 && !c.Rule }

// Change compares the ticks with what the window shows now.
func (c *Choice) Change() Change {
	shows := c.grant.Scope.Filter()
	ch := Change{Rule: (len(c.grant.Scope.Only) > 0) != (c.rule == HideNew)}
	for _, p := range c.projects {
		switch on := c.Ticked(p); {
		case p.Outside && on:
			ch.Ask = append(ch.Ask, p)
		case p.Outside:
		case on && !shows(p.ID):
			ch.Show = append(ch.Show, p)
		case !on && shows(p.ID):
			ch.Hide = append(ch.Hide, p)
		}
	}
	return ch
}

// Valid reports whether the choice can be applied: something has to be ticked.
func (c *Choice) Valid() bool {
	return slices.ContainsFunc(c.projects, c.Ticked)
}

// Scope is the scope that the choice comes to. What the former scope names and the list does
// not have stays in it, unless All or None has been said since: it may be still to be read. What
// is ticked outside the grant is in it as well, so that it is shown once it is granted.
func (c *Choice) Scope() auth.Scope {
	former := c.grant.Scope
	only, hidden := setOf(former.Only), setOf(former.Hidden)
	var on, off []string
	for _, p := range c.projects {
		_, touched := c.edited[p.ID]
		switch {
		case c.Ticked(p), p.Outside && !touched && only[p.ID]:
			on = append(on, p.ID)
		case !p.Outside, hidden[p.ID]:
			off = append(off, p.ID)
		}
	}
	for _, id := range slices.Concat(former.Only, former.Hidden) {
		_, listed := c.index[id]
		switch {
		case listed:
		case c.base(id):
			on = append(on, id)
		default:
			off = append(off, id)
		}
	}
	if c.rule == HideNew {
		return auth.Scope{Only: on}.Normal()
	}
	return auth.Scope{Hidden: off}.Normal()
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// Want is what a consent has to ask for so that nothing is lost and what is ticked outside the
// grant is gained. It names no projects where they are not all known: then the choice is made on
// the server's page, from all there are.
func (c *Choice) Want() auth.Reach {
	want := auth.Reach{Organization: c.grant.Organization, All: c.grant.AllProjects}
	if want.All {
		return want
	}
	if len(c.grant.Projects) == 0 && !c.view.Counts().ProjectsExact {
		return want
	}
	asked := map[string]bool{}
	add := func(p auth.Project) {
		if p.ID != inventory.NoProject && !asked[p.ID] {
			asked[p.ID] = true
			want.Projects = append(want.Projects, p)
		}
	}
	for _, p := range c.projects {
		if !p.Outside || c.Ticked(p) {
			add(auth.Project{ID: p.ID, Name: p.Name, Virtual: p.Virtual})
		}
	}
	for _, p := range c.grant.Projects {
		if voice, _ := c.view.Project(p.ID); voice != inventory.DoesNotExist {
			add(p)
		}
	}
	return want
}
