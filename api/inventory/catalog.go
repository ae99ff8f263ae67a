package inventory

import (
	"cmp"
	"slices"
	"sync"

	"canopy/api"
)

// core is what a snapshot and the narrowed views of it share. Its tables never
// change; what follows from them is worked out when first asked for.
type core struct {
	base     table[holding] // organization, projects, serverless, dedicated
	branches table[holding]

	once    sync.Once
	catalog catalog

	merged sync.Map // project id → *sorted[entry], see clusters
}

// catalog says which clusters belong to which project.
type catalog struct {
	listing                                  // of all projects
	places                map[string][]place // by project id
	counts                map[string]int     // by project id
	virtual               string             // id of the virtual project
	unlisted              []string           // ids of projects that only clusters tell of
	dedicated, serverless []prefix[entry]
	// byID are the rows of the dedicated parts, of which there are many.
	byID map[string]*entry
	// hidden are rows of a cluster that another part tells of as well.
	hidden map[*entry]bool
	// patched are the projects that have hidden rows.
	patched map[string]bool
}

// place is where clusters of a project are found.
type place struct {
	rows  prefix[entry]
	group string
}

func (c *core) holding(part Part) (holding, bool) {
	if part.Kind == PartBranches {
		return c.branches.get(part)
	}
	return c.base.get(part)
}

func (c *core) with(part Part, h holding) *core {
	next := &core{base: c.base, branches: c.branches}
	if part.Kind == PartBranches {
		next.branches = c.branches.with(part, h)
	} else {
		next.base = c.base.with(part, h)
	}
	return next
}

func (c *core) without(part Part) *core {
	next := &core{base: c.base.without(part), branches: c.branches.without(part)}
	return next
}

func (c *core) known() *catalog {
	c.once.Do(c.build)
	return &c.catalog
}

func (c *core) build() {
	k := &c.catalog
	k.places = make(map[string][]place)
	k.counts = make(map[string]int)
	listed, _ := c.base.get(Part{Kind: PartProjects})
	for _, p := range listed.projects.group("").items {
		k.projects = append(k.projects, *p)
		if p.Type == api.ProjectVirtual && k.virtual == "" {
			k.virtual = p.ID
		}
	}
	k.collectParts(c.base)
	k.hideDoubles()
	for _, rows := range append(slices.Clone(k.dedicated), k.serverless...) {
		for group, n := range rows.countGroups() {
			id := k.home(group)
			k.places[id] = append(k.places[id], place{rows, group})
			k.counts[id] += n
		}
	}
	k.patched = make(map[string]bool)
	for row := range k.hidden {
		k.counts[k.home(row.project)]--
		k.patched[k.home(row.project)] = true
	}
	k.addUnlisted()
	k.listing = listingOf(k.projects)
}

// collectParts sorts the parts with clusters, so that the same parts always
// give the same catalog.
func (k *catalog) collectParts(base table[holding]) {
	var ids []string
	for part := range base.all() {
		if part.Kind == PartDedicated {
			ids = append(ids, part.ID)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		h, _ := base.get(Part{PartDedicated, id})
		k.dedicated = append(k.dedicated, h.clusters)
	}
	h, _ := base.get(Part{Kind: PartServerless})
	k.serverless = []prefix[entry]{h.clusters}
}

// hideDoubles finds clusters that more than one part tells of. The dedicated
// host knows more of its own than the serverless list.
func (k *catalog) hideDoubles() {
	k.byID = make(map[string]*entry)
	hide := func(row *entry) {
		if k.hidden == nil {
			k.hidden = make(map[*entry]bool)
		}
		k.hidden[row] = true
	}
	for _, rows := range k.dedicated {
		for _, row := range rows.each() {
			if k.byID[row.id] != nil {
				hide(row)
				continue
			}
			k.byID[row.id] = row
			for _, other := range k.serverless {
				if double, ok := other.get(row.id); ok {
					hide(double)
				}
			}
		}
	}
}

// home returns the project that rows with a label belong to.
func (k *catalog) home(label string) string {
	switch {
	case label != "":
		return label
	case k.virtual != "":
		return k.virtual
	}
	return NoProject
}

// addUnlisted makes a project for each label that the list of projects does
// not have, so that its clusters are not lost: projects are created and
// clusters moved while one reads, and the list may fail.
func (k *catalog) addUnlisted() {
	listed := make(map[string]bool, len(k.projects))
	for _, p := range k.projects {
		listed[p.ID] = true
	}
	for id, n := range k.counts {
		switch {
		case listed[id] || n == 0:
		case id == NoProject:
			k.virtual = NoProject
			k.projects = append(k.projects, api.Project{ID: id, Name: id, Type: api.ProjectVirtual})
		default:
			k.projects = append(k.projects, api.Project{ID: id, Name: id})
			k.unlisted = append(k.unlisted, id)
		}
	}
}

// compareProjects orders projects by name, the virtual one last.
func compareProjects(a, b api.Project) int {
	return cmp.Or(cmp.Compare(last(a), last(b)), compareNames(a.Name, a.ID, b.Name, b.ID))
}

func last(p api.Project) int {
	if p.Type == api.ProjectVirtual {
		return 1
	}
	return 0
}

// clusters returns the clusters of a project by name. In the usual case, one
// place, they are shared with the snapshots before and after.
func (c *core) clusters(id string) *sorted[entry] {
	k := c.known()
	places := k.places[id]
	if len(places) == 1 && places[0].group == id && !k.patched[id] {
		return places[0].rows.group(id)
	}
	if s, ok := c.merged.Load(id); ok {
		return s.(*sorted[entry])
	}
	s := new(sorted[entry])
	for _, p := range places {
		for _, row := range p.rows.group(p.group).items {
			if !k.hidden[row] {
				s.items = append(s.items, atHome(row, id))
			}
		}
	}
	sortByName(s.items, describeEntry)
	shared, _ := c.merged.LoadOrStore(id, s)
	return shared.(*sorted[entry])
}

// cluster finds a cluster by id.
func (c *core) cluster(id string) (api.Cluster, bool) {
	row, ok := c.row(id)
	if !ok {
		return api.Cluster{}, false
	}
	return atHome(row, c.known().home(row.project)).whole(), true
}

// row finds a cluster by id, as its host tells of it.
func (c *core) row(id string) (*entry, bool) {
	k := c.known()
	if row := k.byID[id]; row != nil {
		return row, true
	}
	for _, rows := range k.serverless {
		if row, ok := rows.get(id); ok {
			return row, true
		}
	}
	return nil, false
}

// atHome returns the row with the project it is shown under.
func atHome(row *entry, project string) *entry {
	if row.project == project {
		return row
	}
	moved := *row
	moved.project = project
	return &moved
}

// branchesOf returns the branches of a cluster by name.
func (c *core) branchesOf(clusterID string) []*api.Branch {
	h, _ := c.branches.get(Part{PartBranches, clusterID})
	return h.branches.group("").items
}

// organization puts the organization together: its own answer is only known
// to tell the name.
func (c *core) organization() api.Organization {
	h, _ := c.base.get(Part{Kind: PartOrganization})
	o := h.organization
	if o.ID != "" {
		return o
	}
	for _, p := range c.known().projects {
		if p.OrganizationID != "" {
			o.ID = p.OrganizationID
			return o
		}
	}
	for _, rows := range append(slices.Clone(c.known().serverless), c.known().dedicated...) {
		if row, ok := rows.first(); ok && row.terms.organization != "" {
			o.ID = row.terms.organization
			return o
		}
	}
	return o
}

// has reports whether any part tells of a cluster.
func (c *core) has(clusterID string) bool {
	for _, h := range c.base.all() {
		if _, ok := h.clusters.get(clusterID); ok {
			return true
		}
	}
	return false
}
