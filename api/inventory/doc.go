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
// # Searching
//
// [View.Search] and [Snapshot.Search] take what a person types: words, all of
// which have to match. Case does not count. A word is looked for in name, id,
// region, plan, state, creator, labels and hosts; "several words" stand
// together within quotation marks. A word with a field before it is looked for
// there only, and one with a minus must not be found:
//
//	orders tokyo
//	region:us-east -state:active
//	label:env=prod creator:"alice smith"
//	-label: type:dedicated
//
// The fields are name, id, region, plan, state, creator, label, host, project
// and type, in any case. A field with nothing behind it asks whether there is
// anything in it. What begins with another word and a colon is a plain word.
// State and plan are meant from their beginning, so that state:active does not
// find what is inactive; everything else may be found inside. A type is that of
// the project, or project, cluster or branch. A project has no state, region,
// plan, creator, label or host, and a branch no region, plan or label: terms
// about them never match it, with a minus either.
//
// Whatever is typed means something, at every moment of typing: there are no
// errors. Only where nothing matches, [View.Search] puts slips of the finger
// right, with the words of names, and says so in [Found.Repaired]. A slip is a
// letter too few, too many, wrong or swapped with its neighbour: one in words
// of at least three letters, two in words of at least eight.
//
// A [View] is a snapshot seen through a grant and the scope that the person
// chose. It is the one place that decides the [Voice]: why something is not
// there. [Compare] puts two of them side by side.
package inventory
