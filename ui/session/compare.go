package session

import (
	"cmp"
	"context"

	"canopy/activity"
	"canopy/api"
	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/task"
)

// Comparison is two grants side by side, as far as both have been read.
type Comparison struct {
	A, B    auth.Grant
	Reading bool  // one of them is still being read
	Err     error // why one of them could not be read at all
	Result  inventory.Comparison
}

// comparison is what a Comparison is made from.
type comparison struct {
	sides  [2]side
	result inventory.Comparison
	dirty  bool // a side has changed since the result was begun
}

type side struct {
	grant  auth.Grant
	known  []api.Project
	source *source
	err    error // why it could not be read at all
}

// Compare puts two grants side by side, the same way round as they are given. What has not
// been read of one is read now; the open grant stays open. The result follows what is read
// until EndCompare.
func (s *Session) Compare(a, b string) {
	s.EndCompare()
	first, ok := s.deps.Auth.Grants().Get(a)
	second, there := s.deps.Auth.Grants().Get(b)
	if !ok || !there {
		s.changed()
		return
	}
	for _, g := range []auth.Grant{first, second} {
		if e := s.environments[g.Environment]; unready(e) {
			s.ready(e, func(auth.Environment) { s.Compare(a, b) })
			return
		}
	}
	c := &comparison{sides: [2]side{{grant: first}, {grant: second}}}
	s.comparison = c
	for i := range c.sides {
		s.side(c, &c.sides[i])
	}
	s.recompare()
	s.changed()
}

// EndCompare stops comparing. What has been read stays.
func (s *Session) EndCompare() {
	if s.comparison == nil {
		return
	}
	for i := range s.comparison.sides {
		s.deps.Tasks.Cancel(taskCompare + s.comparison.sides[i].grant.ID)
	}
	s.deps.Tasks.Cancel(taskCompare)
	s.comparison = nil
	s.changed()
}

// endCompareOf stops comparing when one of the two is the grant with this id, which has gone.
func (s *Session) endCompareOf(id string) {
	if c := s.comparison; c != nil && (c.sides[0].grant.ID == id || c.sides[1].grant.ID == id) {
		s.EndCompare()
	}
}

// side finds the rows of one side, and reads them when they are not there.
func (s *Session) side(c *comparison, one *side) {
	one.known = s.knownProjects(one.grant)
	src, err := s.sourceOf(one.grant)
	if err != nil {
		one.err = err
		return
	}
	one.source = src
	if (s.grant != nil && s.grant.ID == one.grant.ID) || src.inventory.Snapshot().Complete() {
		return
	}
	s.deps.Tasks.Run(taskCompare+one.grant.ID, func(ctx context.Context, report task.Report) func() {
		err := src.inventory.Load(activity.Why(ctx, "compare"), func(*inventory.Snapshot) {
			report(func() { s.recompare(); s.changed() })
		})
		return func() {
			if s.comparison == c {
				one.err = err
				s.recompare()
				s.changed()
			}
		}
	})
}

// recompare compares what there is, away from the UI goroutine: there may be 100,000 rows on
// both sides. One comparison runs at a time, and once more when something came meanwhile.
func (s *Session) recompare() {
	c := s.comparison
	if c == nil || c.sides[0].source == nil || c.sides[1].source == nil {
		return
	}
	if s.deps.Tasks.Running(taskCompare) {
		c.dirty = true
		return
	}
	var views [2]*inventory.View
	for i, one := range c.sides {
		g := one.grant
		if s.grant != nil && s.grant.ID == g.ID {
			g = *s.grant
		}
		views[i] = ViewOf(g, one.known, one.source.inventory.Snapshot())
	}
	c.dirty = false
	s.deps.Tasks.Run(taskCompare, func(context.Context, task.Report) func() {
		result := inventory.Compare(views[0], views[1])
		return func() {
			if s.comparison != c {
				return
			}
			c.result = result
			if c.dirty {
				s.recompare()
			}
			s.changed()
		}
	})
}

// compared is the comparison as it is now.
func (s *Session) compared() *Comparison {
	c := s.comparison
	if c == nil {
		return nil
	}
	out := &Comparison{A: c.sides[0].grant, B: c.sides[1].grant, Err: cmp.Or(c.sides[0].err, c.sides[1].err), Result: c.result}
	out.Reading = s.deps.Tasks.Running(taskCompare)
	for _, one := range c.sides {
		open := s.grant != nil && s.grant.ID == one.grant.ID && s.deps.Tasks.Running(taskLoad)
		out.Reading = out.Reading || open || s.deps.Tasks.Running(taskCompare+one.grant.ID)
	}
	return out
}
