package session

import (
	"cmp"
	"context"
	"errors"

	"canopy/activity"
	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/task"
)

// Refresh reads everything again. The rows on screen stay until newer ones replace them.
func (s *Session) Refresh() { s.read("refresh") }

func (s *Session) read(why string) {
	if s.grant == nil || s.source == nil {
		return
	}
	s.reread()
	inv, id := s.source.inventory, s.grant.ID
	s.problem = nil
	s.deps.Tasks.Run(taskLoad, func(ctx context.Context, report task.Report) func() {
		err := inv.Load(activity.Why(ctx, why), func(snap *inventory.Snapshot) {
			report(func() { s.arrived(id, snap) })
		})
		return func() { s.loaded(id, inv, err) }
	})
	s.changed()
}

// Retry reads one part again, the one that could not be read.
func (s *Session) Retry(part inventory.Part) {
	if s.source == nil {
		return
	}
	inv, id := s.source.inventory, s.grant.ID
	s.deps.Tasks.Run(taskRetry+id+string(part.Kind)+part.ID, func(ctx context.Context, report task.Report) func() {
		err := inv.Reload(activity.Why(ctx, "retry"), part, func(snap *inventory.Snapshot) {
			report(func() { s.arrived(id, snap) })
		})
		return func() { s.loaded(id, inv, err) }
	})
	s.changed()
}

// Branches reads the branches of a cluster unless they have been read.
func (s *Session) Branches(clusterID string) {
	if s.source == nil || s.view == nil {
		return
	}
	part := inventory.Part{Kind: inventory.PartBranches, ID: clusterID}
	key := taskBranch + s.grant.ID + " " + clusterID
	if st := s.view.Whole().Status(part); st.Done || st.Loading || s.deps.Tasks.Running(key) {
		return
	}
	inv, id := s.source.inventory, s.grant.ID
	s.deps.Tasks.Run(key, func(ctx context.Context, report task.Report) func() {
		err := inv.LoadBranches(activity.Why(ctx, "cluster opened"), clusterID, func(snap *inventory.Snapshot) {
			report(func() { s.arrived(id, snap) })
		})
		return func() { s.loaded(id, inv, err) }
	})
}

// arrived takes a newer snapshot of the grant on screen; others are dropped.
func (s *Session) arrived(grantID string, snap *inventory.Snapshot) {
	if s.grant == nil || s.grant.ID != grantID {
		return
	}
	s.seen()
	s.publish(snap)
	s.recompare()
	s.changed()
}

// seen ends the waiting for the first rows of a grant that has just been given. An attempt that
// still waits for an answer goes on: what came is of the grant that it is to replace.
func (s *Session) seen() {
	if s.attempt != nil && s.attempt.approved {
		s.attempt = nil
	}
}

func (s *Session) publish(snap *inventory.Snapshot) {
	s.view = ViewOf(*s.grant, s.known, snap)
}

// redraw makes the view anew after the grant has changed and the rows have not.
func (s *Session) redraw() {
	if s.view != nil {
		s.publish(s.view.Whole())
	}
}

func (s *Session) loaded(grantID string, inv *inventory.Inventory, err error) {
	if s.grant == nil || s.grant.ID != grantID {
		return
	}
	s.seen()
	s.publish(inv.Snapshot())
	s.solved(Loading)
	if err == nil {
		err = signInAgain(s.view.Whole())
	}
	switch {
	case err == nil:
		s.again, s.stale = false, false
		s.learn()
	case errors.Is(err, context.Canceled):
	case errors.Is(err, auth.ErrNotFound) && s.followed():
	default:
		s.refused(Loading, err)
		s.deps.Log.Warn("could not read everything", "error", err)
	}
	s.changed()
}

// refused takes in that nothing could be read: what is on screen is the last there was.
func (s *Session) refused(during Phase, err error) {
	s.again = errors.Is(err, auth.ErrSignInAgain)
	s.stale = s.view != nil && (s.again || during == Loading)
	s.problem = &Problem{During: during, Err: err}
}

// solved takes the problem off the screen if it is one of this kind. Another stays: that rows
// have come does not mean that a choice has been written.
func (s *Session) solved(during Phase) {
	if s.problem != nil && s.problem.During == during {
		s.problem = nil
	}
}

// signInAgain finds out whether a part failed because the credential is no longer accepted:
// that concerns the whole grant, not the part.
func signInAgain(snap *inventory.Snapshot) error {
	for _, err := range snap.Failures() {
		if errors.Is(err, auth.ErrSignInAgain) {
			return err
		}
	}
	return nil
}

// learn takes in what the API tells about the grant: its organization, where the token answer
// did not name it, and the projects there are, so that they are known when a later grant does
// not cover them.
func (s *Session) learn() {
	s.measure()
	whole, id := s.view.Whole(), s.grant.ID
	org := whole.Organization()
	if stated := s.grant.Organization; (stated.ID == "" && org.ID != "") || (stated.Name == "" && org.Name != "") {
		// It may be an account that is known by another grant: then that is replaced, and what
		// was chosen for it holds again.
		told := auth.Organization{ID: org.ID, Name: org.Name}
		s.grant.Organization = auth.Organization{ID: cmp.Or(stated.ID, org.ID), Name: cmp.Or(stated.Name, org.Name)}
		var learned auth.Grant
		learn := func() (err error) {
			learned, err = s.deps.Auth.Learn(id, told)
			return err
		}
		s.keep(learn, func() {
			if s.grant == nil || s.grant.ID != id || !s.grant.Scope.IsZero() {
				return // what has been chosen here since is written after it
			}
			s.grant.Scope = learned.Scope
			s.grant.Remember(learned.Known)
			s.known = s.knownProjects(*s.grant)
			s.redraw()
		})
	}
	st := whole.Status(inventory.Part{Kind: inventory.PartProjects})
	if !st.Done || st.Err != nil {
		return
	}
	seen, g := Listed(whole), *s.grant
	if !g.Remember(seen) {
		return
	}
	s.alter(func(kept *auth.Grant) { kept.Remember(seen) })
	s.known = s.knownProjects(*s.grant)
	s.redraw()
}

// Listed returns the projects that a snapshot lists, as a grant remembers them.
func Listed(snap *inventory.Snapshot) []auth.Project {
	all := snap.Projects()
	list := make([]auth.Project, 0, len(all))
	for _, p := range all {
		if p.ID != inventory.NoProject {
			list = append(list, auth.Project{ID: p.ID, Name: p.Name, Virtual: p.Type == api.ProjectVirtual})
		}
	}
	return list
}
