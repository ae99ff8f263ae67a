package auth

import "slices"

// Scope is what the user lets the window show of a grant. There are two rules
// for projects that appear later, and the form says which one holds:
//
//   - all but some (Hidden): a new project is shown. The zero Scope hides none;
//   - only these (Only, not empty): a new project is hidden. Then Hidden means
//     nothing.
//
// Ids only: a scope outlives the names of what it is about.
type Scope struct {
	Only   []string `json:"only,omitempty"`   // project ids
	Hidden []string `json:"hidden,omitempty"` // project ids
}

// Shows reports whether the scope shows a project. For many projects Filter is
// faster.
func (s Scope) Shows(projectID string) bool {
	if len(s.Only) > 0 {
		return slices.Contains(s.Only, projectID)
	}
	return !slices.Contains(s.Hidden, projectID)
}

// Filter gives Shows as a function that takes the same time however long the
// scope is. It does not see later changes of the scope.
func (s Scope) Filter() func(projectID string) bool {
	if len(s.Only) > 0 {
		only := setOf(s.Only)
		return func(id string) bool { return only[id] }
	}
	hidden := setOf(s.Hidden)
	return func(id string) bool { return !hidden[id] }
}

// Normal gives the scope in the one form in which it is kept: sorted, each id
// once, and without a Hidden that means nothing.
func (s Scope) Normal() Scope {
	if len(s.Only) > 0 {
		return Scope{Only: sortedIDs(s.Only)}
	}
	return Scope{Hidden: sortedIDs(s.Hidden)}
}

// IsZero reports whether the scope shows everything, also what comes later.
func (s Scope) IsZero() bool { return len(s.Only) == 0 && len(s.Hidden) == 0 }

// widened gives the scope for a grant that replaces one which reached before,
// and for which want was asked: what was asked for anew is shown, and what the
// user hid stays hidden. Where the server states no projects, what has been
// seen or asked for before is not new: else every sign-in that asks for the
// same again would show all that was hidden.
func (s Scope) widened(before Grant, want Reach) Scope {
	had := before.had()
	var added []string
	for _, p := range want.Projects {
		if !had(p.ID) {
			added = append(added, p.ID)
		}
	}
	switch {
	case len(s.Only) > 0 && want.All && !before.hadAll():
		return Scope{Hidden: without(before.seen(), s.Only)}.Normal()
	case len(s.Only) > 0:
		return Scope{Only: slices.Concat(s.Only, added)}.Normal()
	}
	return Scope{Hidden: without(s.Hidden, added)}.Normal()
}

// had gives a function that reports whether a grant reached a project, as far
// as that can be known.
func (g Grant) had() func(projectID string) bool {
	covers := g.Coverage()
	known := setOf(slices.Concat(g.seen(), idsOf(g.Asked.Projects)))
	return func(id string) bool {
		c := covers(id)
		return c == Covered || (c == CoverageUnknown && known[id])
	}
}

// hadAll reports whether a grant reached all projects, as far as that can be
// known.
func (g Grant) hadAll() bool {
	return g.AllProjects || (len(g.Projects) == 0 && g.Asked.All)
}

// seen lists the projects that a grant is known to have shown or hidden.
func (g Grant) seen() []string {
	if len(g.Projects) > 0 {
		return idsOf(g.Projects)
	}
	return idsOf(g.Known)
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

func sortedIDs(ids []string) []string {
	if len(ids) == 0 {
		return nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// without gives ids that are not among others, in their order.
func without(ids, others []string) []string {
	drop := setOf(others)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return drop[id] })
}
