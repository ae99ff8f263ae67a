package ask

import (
	"context"
	"fmt"
)

// Conversation is a series of questions, each of which may refer to the one
// before. It belongs to one goroutine.
type Conversation struct {
	before *Query
}

// Read reads the next question and remembers what it is about.
func (c *Conversation) Read(question string, w *World) Reading {
	r := Read(question, w, c.before)
	c.Remember(r)
	return r
}

// Remember makes a reading the one that the next question refers to. It is
// for readings that did not come from [Conversation.Read], such as an option
// that was chosen.
func (c *Conversation) Remember(r Reading) {
	switch {
	case r.Query.Intent == IntentMeta && r.Query.Entity == EntityNone && r.Query.Aggregate != nil && r.Query.Aggregate.Fields[0] == "forget":
		c.before = nil
	case r.Query.reads() && !r.Aside:
		q := r.Query.clone()
		c.before = &q
	}
}

// Forget begins a new conversation.
func (c *Conversation) Forget() { c.before = nil }

// Loader reads the branches of a cluster into the inventory of a grant.
type Loader func(ctx context.Context, list BranchList) error

// Fetch reads what a query needs through load and tells progress after each
// request. It refuses what is over the budget, and stops when ctx ends. The
// world is as it was: make a new one of the newer snapshots.
func Fetch(ctx context.Context, n Needs, load Loader, progress func(done, of int)) error {
	if n.Over {
		return fmt.Errorf("that takes %s, and one question may cost %d; ask about fewer clusters", plural(n.Calls(), "request"), n.Budget)
	}
	for i, list := range n.Branches {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("reading the branches was stopped: %w", err)
		}
		if err := load(ctx, list); err != nil && ctx.Err() != nil {
			return fmt.Errorf("reading the branches was stopped: %w", err)
		} // a list that fails is told in the answer as not seen
		if progress != nil {
			progress(i+1, len(n.Branches))
		}
	}
	return nil
}
