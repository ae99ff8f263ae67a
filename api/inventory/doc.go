// Package inventory keeps what has been read of an organization: its
// projects, clusters and branches, each with the time it was read and the
// error that kept it from being read.
//
// It owns the order of reading (first rows after at most three requests), the
// paging with its guards, the merging of the serverless and the dedicated
// host, and the [Snapshot], an immutable view of one moment that the tree,
// the search, the answers and the exports all read.
//
// It never sends a request itself: a [Source], which is a client of package
// canopy/api, does. It knows no file and no window.
//
// A caller makes one [Inventory] for each grant, starts [Inventory.Load] on a
// goroutine of its own and shows each snapshot as it is published:
//
//	inv := inventory.New(client, time.Now)
//	go inv.Load(ctx, func(s *inventory.Snapshot) { show(inventory.NewView(s, reach)) })
//
// One host failing leaves the rows of the others. The failure belongs to the
// [Part] that could not be read, which [Inventory.Reload] tries again.
//
// A [View] is a snapshot seen through a grant and the scope that the person
// chose. It is the one place that decides the [Voice]: why something is not
// there. [Compare] puts two of them side by side.
package inventory
