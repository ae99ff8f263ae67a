package reach

import (
	"errors"
	"slices"
	"strconv"

	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/session"
)

// Kind is what there is to say of a group of projects.
type Kind int

// The kinds, in the order in which they are told.
const (
	Read        Kind = iota // granted, and their clusters have been read
	BeingRead               // granted, and not all of their clusters have been read yet
	Failed                  // granted, and their clusters could not be read
	Unknown                 // whether they are there could not be read
	AskedFor                // not granted: asked for by the consent that led to this grant
	Earlier                 // not granted: known from an earlier grant of the same account
	Elsewhere               // not granted: known from another grant of the organization
	HiddenByYou             // granted, and the person hides them
	Gone                    // stated or chosen, and not there any more
)

// Group is the projects of which one thing is to be said.
type Group struct {
	Kind     Kind
	Projects []api.Project
	Clusters int              // that have been read
	Exact    bool             // they are all there are
	Err      error            // of Failed and Unknown
	Parts    []inventory.Part // what to read again
}

// Projects groups the projects of the open grant by what there is to say of them. Why something
// is not there has been decided by the view.
func Projects(st session.State) (groups []Group) {
	for _, g := range [][]Group{present(st), absent(st)} {
		groups = append(groups, g...)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return int(a.Kind) - int(b.Kind) })
	return groups
}

// gathering puts projects into groups.
type gathering struct {
	groups []Group
	index  map[groupKey]int
}

type groupKey struct {
	kind Kind
	why  string
}

// group returns the group of a kind and, of those that could not be read, of a reason.
func (g *gathering) group(kind Kind, why string) *Group {
	if g.index == nil {
		g.index = map[groupKey]int{}
	}
	key := groupKey{kind, why}
	i, ok := g.index[key]
	if !ok {
		i = len(g.groups)
		g.index[key] = i
		g.groups = append(g.groups, Group{Kind: kind, Exact: true})
	}
	return &g.groups[i]
}

func present(st session.State) []Group {
	var all gathering
	whole, shown := st.View.Whole(), st.View.Shown()
	for _, p := range shown.Projects() {
		status := whole.ProjectStatus(p.ID)
		kind, why := Read, ""
		switch {
		case status.Err != nil:
			kind, why = Failed, reason(status.Err)
		case !status.Done:
			kind = BeingRead
		}
		g := all.group(kind, why)
		g.Projects = append(g.Projects, p)
		g.Clusters += whole.ClusterCount(p.ID)
		g.Exact = g.Exact && kind == Read
		if kind == Failed {
			g.Err = status.Err
			g.again(whole, p.ID)
		}
	}
	return all.groups
}

// reason tells failures apart that are not the same: by host and status, for what was asked for
// differs from project to project.
func reason(err error) string {
	if errors.Is(err, auth.ErrSignInAgain) {
		return "" // that concerns all hosts
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e.URLHost + " " + strconv.Itoa(e.Status)
	}
	return err.Error()
}

// again notes which parts of the inventory have to be read again for a project.
func (g *Group) again(whole *inventory.Snapshot, projectID string) {
	for _, part := range []inventory.Part{{Kind: inventory.PartServerless}, {Kind: inventory.PartDedicated, ID: projectID}} {
		if whole.Status(part).Err != nil && !slices.Contains(g.Parts, part) {
			g.Parts = append(g.Parts, part)
		}
	}
}

func absent(st session.State) []Group {
	var all gathering
	askedFor, known := idsOf(st.Grant.Asked.Projects), idsOf(st.Grant.Known)
	for _, m := range st.View.Missing() {
		var g *Group
		switch m.Voice {
		case inventory.NotGranted:
			g = all.group(whyNotGranted(m.Project.ID, askedFor, known), "")
		case inventory.HiddenByYou:
			g = all.group(HiddenByYou, "")
			g.Clusters += st.View.Whole().ClusterCount(m.Project.ID)
		case inventory.DoesNotExist:
			g = all.group(Gone, "")
		case inventory.CouldNotBeRead:
			g = all.group(Unknown, "")
			g.Err, g.Parts = m.Err, []inventory.Part{{Kind: inventory.PartProjects}}
		case inventory.Present, inventory.Unread: // not missing
			continue
		}
		g.Projects = append(g.Projects, m.Project)
	}
	return all.groups
}

func whyNotGranted(id string, askedFor, known map[string]bool) Kind {
	switch {
	case askedFor[id]:
		return AskedFor
	case known[id]:
		return Earlier
	}
	return Elsewhere
}

func idsOf(ps []auth.Project) map[string]bool {
	ids := make(map[string]bool, len(ps))
	for _, p := range ps {
		ids[p.ID] = true
	}
	return ids
}
