package inventory

import (
	"errors"
	"net/http"

	"canopy/api"
)

// dedicatedParts returns the dedicated parts that the projects call for,
// those first whose type says so: where the type is missing, most answers
// will be empty. Without a list of projects, the default project is all that
// the dedicated host tells of. The inventory is locked.
func (v *Inventory) dedicatedParts() []Part {
	h, _ := v.core.base.get(Part{Kind: PartProjects})
	if h.projects.count() == 0 && h.status.Err != nil {
		return []Part{{Kind: PartDedicated}}
	}
	var sure, unsure []Part
	for _, p := range h.projects.group("").items {
		switch {
		case p.Type == api.ProjectDedicated:
			sure = append(sure, Part{PartDedicated, p.ID})
		case readsDedicated(p.Type):
			unsure = append(unsure, Part{PartDedicated, p.ID})
		}
	}
	return append(sure, unsure...)
}

// planDedicated queues the dedicated parts that the projects call for and
// that nobody has read or queued yet.
func (r *run) planDedicated() {
	r.v.mu.Lock()
	defer r.v.mu.Unlock()
	for _, part := range r.v.dedicatedParts() {
		h, known := r.v.core.base.get(part)
		if !known || !h.status.Done && !h.status.Loading {
			r.dedicated[part] = r.v.queueLocked(part)
		}
	}
}

// settleDedicated drops the parts of projects that are gone and returns those
// that this run has to read, in order.
func (r *run) settleDedicated() []Part {
	r.v.mu.Lock()
	defer r.v.mu.Unlock()
	parts := r.v.dedicatedParts()
	keep := make(map[Part]bool, len(parts))
	var mine []Part
	for _, part := range parts {
		keep[part] = true
		if _, ok := r.dedicated[part]; ok {
			mine = append(mine, part)
		}
	}
	for part := range r.v.core.base.all() {
		if part.Kind == PartDedicated && !keep[part] {
			delete(r.v.tickets, part)
			r.v.core = r.v.core.without(part)
		}
	}
	return mine
}

// refuses reports whether a failure is the host's, whatever it is asked:
// the next project would only fail alike, after the same wait.
func refuses(err error) bool {
	var failure *api.Error
	return errors.As(err, &failure) && (failure.Status == 0 || failure.Status == http.StatusUnauthorized)
}
