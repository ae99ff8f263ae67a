package inventory

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"canopy/api"
)

// Reach is what is known of a grant beside its inventory. The zero Reach
// shows everything and knows nothing.
type Reach struct {
	// Shows is the scope: whether the person wants to see a project; nil
	// shows all. It is asked of every project of every snapshot, from any
	// goroutine, so it has to be quick, and always of the same opinion.
	Shows func(projectID string) bool
	// Covers is what the grant itself states, not what was measured; nil if
	// it states nothing. The same holds as for Shows.
	Covers func(projectID string) (covered, stated bool)
	// Known are projects of the organization that the grant need not show: of
	// its past, of other grants, and what it was asked for. Id and name are
	// enough; the type counts if it is [api.ProjectVirtual]. Where the list of
	// projects cannot be read, they give names to those that clusters tell of.
	Known []api.Project
	// Chosen are ids that the person referred to, those of a scope of named
	// projects: if they are gone, that is told.
	Chosen []string
}

// View is a snapshot seen through a grant and a scope. It says what is there
// and why other things are not: not granted, hidden by the person, not in
// existence, not readable. Tree, details, search, counts, commands, answers
// and exports ask it, and decide nothing of that themselves.
//
// A View never changes, and is safe for concurrent use. A nil *View is that of
// an inventory that has read nothing. Slices and maps it returns are shared:
// read them only.
type View struct {
	whole, shown *Snapshot
	reach        Reach

	once sync.Once
	told told
	last atomic.Pointer[search]
}

// told is what follows from a snapshot and a reach, worked out when first
// asked for, without a look at any cluster.
type told struct {
	known   map[string]api.Project
	chosen  map[string]bool
	missing []Missing
	counts  Counts
}

// Missing is a project that is not shown, and why.
type Missing struct {
	Project api.Project // only ID and Name are certain to be set
	Voice   Voice
	Err     error // of CouldNotBeRead
}

// Counts is how much there is, as a person counts. The virtual project is not
// one of the Projects.
type Counts struct {
	// Projects, Virtual and Clusters are what is shown. They are "at least"
	// that many unless ProjectsExact and ClustersExact.
	Projects, Virtual, Clusters  int
	ProjectsExact, ClustersExact bool
	// Hidden and HiddenVirtual are what the person hides, and HiddenClusters
	// what has been read of the clusters in it.
	Hidden, HiddenVirtual, HiddenClusters int
	// NotGranted, Gone and Unreadable count [View.Missing] by its other
	// voices: NotGranted, without the virtual project, DoesNotExist and
	// CouldNotBeRead.
	NotGranted, Gone, Unreadable int
	// Failures are the parts of what is shown that could not be read,
	// branches aside.
	Failures map[Part]error
}

// NewView returns the view of a snapshot. It costs next to nothing; what its
// methods answer is worked out when it is asked for, once, in time that grows
// with the projects and not with the clusters. A whole that is narrowed is
// taken for the whole of what r.Shows and it accept.
func NewView(whole *Snapshot, r Reach) *View {
	if whole == nil {
		whole = new(Snapshot)
	}
	known := &names{known: r.Known}
	shown := &Snapshot{core: whole.core, names: known, shows: whole.shows}
	return &View{whole: &Snapshot{core: whole.core, names: known}, shown: shown.Within(r.shows()), reach: r}
}

// shows returns the scope, which hides [NoProject] with the virtual project: the one stands for
// the other as long as the list of projects cannot be read.
func (r Reach) shows() func(projectID string) bool {
	if r.Shows == nil {
		return nil
	}
	virtual := sync.OnceValue(func() string {
		for _, p := range r.Known {
			if p.Type == api.ProjectVirtual {
				return p.ID
			}
		}
		return NoProject
	})
	return func(id string) bool {
		return r.Shows(id) && (id != NoProject || r.Shows(virtual()))
	}
}

func (v *View) orNothing() *View {
	if v == nil {
		return NewView(nil, Reach{})
	}
	return v
}

// Whole returns the snapshot with all that was read. It is never nil.
func (v *View) Whole() *Snapshot { return v.orNothing().whole }

// Shown returns the snapshot narrowed to the scope. It is never nil.
func (v *View) Shown() *Snapshot { return v.orNothing().shown }

// Missing returns the projects that are not shown, by voice and then by name:
// those that are known and not granted, those that the person hides, those
// that are gone although the person chose them or the grant states them, and,
// as long as the list cannot be read, those of which it would have to tell.
// What has not been read yet is not missing.
func (v *View) Missing() []Missing { return v.orNothing().about().missing }

// Counts returns how much there is.
func (v *View) Counts() Counts { return v.orNothing().about().counts }

func (v *View) about() *told {
	v.once.Do(func() {
		t := &v.told
		t.known = make(map[string]api.Project, len(v.reach.Known))
		for _, p := range v.reach.Known {
			if before, ok := t.known[p.ID]; !ok || before.Name == "" {
				t.known[p.ID] = p
			}
		}
		t.chosen = make(map[string]bool, len(v.reach.Chosen))
		for _, id := range v.reach.Chosen {
			t.chosen[id] = true
		}
		v.findMissing(t)
		v.count(t)
	})
	return &v.told
}

func (v *View) findMissing(t *told) {
	var hidden, absent []Missing
	for _, p := range v.whole.Projects() {
		if !v.shown.showing(p.ID) {
			hidden = append(hidden, Missing{Project: p, Voice: HiddenByYou})
		}
	}
	add := func(p api.Project, known bool) {
		if _, ok := v.there(p.ID); ok || p.ID == NoProject {
			return
		}
		p.Name = cmp.Or(p.Name, p.ID)
		if voice, err := v.projectAbsence(p.ID, known, true); voice != Unread {
			absent = append(absent, Missing{p, voice, err})
		}
	}
	for _, p := range t.known {
		add(p, true)
	}
	for id := range t.chosen {
		if _, ok := t.known[id]; !ok {
			add(api.Project{ID: id}, false)
		}
	}
	slices.SortFunc(absent, func(a, b Missing) int {
		return cmp.Or(cmp.Compare(a.Voice, b.Voice), compareProjects(a.Project, b.Project))
	})
	// The hidden ones are in the order of the tree already. There may be thousands.
	after := slices.IndexFunc(absent, func(m Missing) bool { return m.Voice > HiddenByYou })
	if after < 0 {
		after = len(absent)
	}
	t.missing = slices.Concat(absent[:after], hidden, absent[after:])
}

func (v *View) count(t *told) {
	c := v.whole.now()
	k := c.known()
	n := &t.counts
	for _, p := range k.projects {
		switch {
		case !v.shown.showing(p.ID):
			n.HiddenClusters += k.counts[p.ID]
		case p.Type == api.ProjectVirtual:
			n.Virtual++
		default:
			n.Projects++
		}
	}
	list, _ := c.base.get(Part{Kind: PartProjects})
	n.ProjectsExact = list.certain()
	n.Clusters, n.ClustersExact = v.shown.Count()
	for _, m := range t.missing {
		n.miss(m)
	}
	n.Failures = make(map[Part]error)
	for part, h := range c.base.all() {
		if h.status.Err != nil && v.shown.concerns(part) {
			n.Failures[part] = h.status.Err
		}
	}
}

// miss counts a project that is not shown, by its voice.
func (n *Counts) miss(m Missing) {
	switch m.Voice {
	case HiddenByYou:
		if m.Project.Type == api.ProjectVirtual {
			n.HiddenVirtual++
		} else {
			n.Hidden++
		}
	case NotGranted:
		if m.Project.Type != api.ProjectVirtual {
			n.NotGranted++
		}
	case DoesNotExist:
		n.Gone++
	case CouldNotBeRead:
		n.Unreadable++
	case Present, Unread: // not missing
	}
}
