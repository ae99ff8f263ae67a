package choice

import (
	"slices"
	"strings"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
)

// Rule says what happens to projects that appear later.
type Rule int

// The two rules, each a form of [auth.Scope].
const (
	ShowNew Rule = iota // all but the unticked: Scope.Hidden
	HideNew             // only the ticked: Scope.Only
)

// Project is one row: a project that the grant covers, or one known to exist outside it.
type Project struct {
	ID, Name string
	Virtual  bool
	Outside  bool  // the grant does not cover it: a tick asks for it
	Err      error // whether it is there is not known: the list could not be read

	lower string // what is searched
}

// Choice is the ticks of a person on the projects of a grant.
type Choice struct {
	grant    auth.Grant
	view     *inventory.View
	projects []Project      // those of the grant in the order of the tree, then those outside
	index    map[string]int // in projects, by id
	found    []int          // of projects: what the words match
	at       map[string]int // in found, by id
	words    string
	rule     Rule
	edited   map[string]bool      // ticks that the person has set
	base     func(id string) bool // the tick of all others, also of what is still to be read
}

// New returns the choice that a grant shows now. Projects to be ticked on top may be named.
func New(g auth.Grant, v *inventory.View, tick ...string) *Choice {
	c := &Choice{grant: g, base: g.Scope.Filter(), edited: map[string]bool{}}
	if len(g.Scope.Only) > 0 {
		c.rule = HideNew
	}
	c.Update(g, v)
	for _, id := range tick {
		if i, ok := c.index[id]; ok && c.Tickable(c.projects[i]) {
			c.edited[id] = true
		}
	}
	return c
}

// Update takes in what has been read since. Every tick stays as it is.
func (c *Choice) Update(g auth.Grant, v *inventory.View) {
	c.grant, c.view = g, v
	c.projects = c.projects[:0]
	add := func(p api.Project, outside bool, err error) {
		c.projects = append(c.projects, Project{
			ID: p.ID, Name: p.Name, Virtual: p.Type == api.ProjectVirtual, Outside: outside, Err: err,
			lower: strings.ToLower(p.Name + "\n" + p.ID),
		})
	}
	for _, p := range v.Whole().Projects() {
		add(p, false, nil)
	}
	for _, voice := range []inventory.Voice{inventory.CouldNotBeRead, inventory.NotGranted} {
		for _, m := range v.Missing() {
			if m.Voice == voice {
				add(m.Project, voice == inventory.NotGranted, m.Err)
			}
		}
	}
	c.index = make(map[string]int, len(c.projects))
	for i, p := range c.projects {
		c.index[p.ID] = i
	}
	c.Find(c.words)
}

// Grant returns the id of the grant that the choice is about.
func (c *Choice) Grant() string { return c.grant.ID }

// Find narrows what is found to the projects whose name or id holds all of the words, in any
// case. Without words everything is found.
func (c *Choice) Find(words string) {
	c.words = words
	each := strings.Fields(strings.ToLower(words))
	c.found = c.found[:0]
	for i := range c.projects {
		if holds(c.projects[i].lower, each) {
			c.found = append(c.found, i)
		}
	}
	c.at = make(map[string]int, len(c.found))
	for n, i := range c.found {
		c.at[c.projects[i].ID] = n
	}
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Searching reports whether there are words to find.
func (c *Choice) Searching() bool { return strings.TrimSpace(c.words) != "" }

// Len is how many projects are found.
func (c *Choice) Len() int { return len(c.found) }

// At returns the i-th project that is found.
func (c *Choice) At(i int) Project { return c.projects[c.found[i]] }

// Index returns where the project with this id stands among those that are found; -1 if it
// is not one of them.
func (c *Choice) Index(id string) int {
	if i, ok := c.at[id]; ok {
		return i
	}
	return -1
}

// Ticked reports whether a project is ticked. One outside the grant begins unticked even when
// the scope names it: that it is wanted and not granted is what its row says.
func (c *Choice) Ticked(p Project) bool {
	if on, ok := c.edited[p.ID]; ok {
		return on
	}
	return !p.Outside && c.base(p.ID)
}

// Tickable reports whether a project can be ticked: not one outside an API key, which nobody
// can be asked about.
func (c *Choice) Tickable(p Project) bool {
	return !p.Outside || c.grant.Method != auth.MethodAPIKey
}

// Toggle ticks or unticks a project.
func (c *Choice) Toggle(id string) {
	if i, ok := c.index[id]; ok && c.Tickable(c.projects[i]) {
		c.edited[id] = !c.Ticked(c.projects[i])
	}
}

// All ticks what is found. Without words to find it means what is still to be read as well. It
// leaves alone what is outside the grant, because asking in the browser should be no accident,
// unless that is all there is to be found.
func (c *Choice) All() {
	c.each(true, func(Project) bool { return true })
	c.rest(func(string) bool { return true })
}

// None unticks what is found, and like All what is still to be read.
func (c *Choice) None() {
	c.each(false, func(Project) bool { return false })
	c.rest(func(string) bool { return false })
}

// Invert ticks what is unticked of what is found and unticks the others, as All and None do.
func (c *Choice) Invert() {
	before := c.base
	c.each(true, func(p Project) bool { return !c.Ticked(p) })
	c.rest(func(id string) bool { return !before(id) })
}

// each sets the tick of what is found. Sparing leaves what is outside the grant, if there is
// anything else.
func (c *Choice) each(sparing bool, tick func(Project) bool) {
	sparing = sparing && slices.ContainsFunc(c.found, func(i int) bool { return !c.projects[i].Outside })
	for _, i := range c.found {
		if p := c.projects[i]; c.Tickable(p) && (!p.Outside || !sparing) {
			c.edited[p.ID] = tick(p)
		}
	}
}

// rest sets the tick of what is still to be read.
func (c *Choice) rest(base func(id string) bool) {
	if !c.Searching() {
		c.base = base
	}
}

// Rule is what happens to projects that appear later.
func (c *Choice) Rule() Rule { return c.rule }

// SetRule chooses what happens to projects that appear later.
func (c *Choice) SetRule(r Rule) { c.rule = r }
