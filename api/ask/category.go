package ask

// The categories of the vocabulary. The files in assets/ask say which words
// belong to them; the values behind the colon are listed here.
const (
	catEntity   = "entity"   // cluster, project, org, branch, region, provider, plan, state, version, creator
	catField    = "field"    // a field of a cluster: create_time, spending_limit_usd, node_count, labels, endpoint, name, id …
	catState    = "state"    // ACTIVE, PAUSED, …; "healthy" means ACTIVE and asks for an order by state
	catPlan     = "plan"     // STARTER, …; "serverless", "free"
	catProvider = "provider" // aws, gcp, azure, alicloud

	catCity      = "city" // these three come from places.json
	catCountry   = "country"
	catContinent = "continent"

	catAsk                    = "ask"  // count, list, which, where, when, who, exists, howmuch
	catIs                     = "is"   // a copula, which makes a question of yes and no at the beginning
	catHave                   = "have" // has, with: between a thing and what it has
	catIn                     = "in"   // before a place or a container
	catOf                     = "of"
	catMine                   = "mine" // my; me
	catNot                    = "not"  // before; "after" for what stands behind the word it negates
	catExcept, catExceptAfter = "except", "except_after"
	catWithout                = "without" // "after" behind
	catAnd, catOr             = "and", "or"
	catPer, catPerAfter       = "per", "per_after" // grouping
	catTop                    = "top"              // most, fewest, newest, oldest, largest, smallest, highest, lowest
	catCompare                = "than"             // gt, gte, lt, lte before a number
	catCompareAfter           = "than_after"       // behind a number
	catSum                    = "sum"              // sum, avg, min, max
	catNumber                 = "number"           // a number in words
	catTime                   = "time"             // today, yesterday, this_week, …
	catUnit                   = "unit"             // hour, day, week, month, year
	catLast                   = "last"             // before a number and a unit
	catAgo                    = "ago"              // behind a number and a unit
	catSince                  = "since"            // gte, lt, lt_age, gt_age: before a moment or an age
	catSinceAfter             = "since_after"      // behind it
	catMonth                  = "month"            // 1 … 12
	catWeekday                = "weekday"          // 1 … 7, Monday first
	catCreated                = "created"          // the verb; "by" if the creator follows
	catBy                     = "by"               // before a creator or a group
	catWrite                  = "write"            // a verb that changes something, at the beginning
	catWriteAlways            = "order"            // the same, wherever it stands
	catSecret                 = "secret"
	catOutside                = "outside" // bill, data, world, regions
	catMeta                   = "meta"    // scope, missing, requests, user, help, forget, read_at, expires_at
	catSignIn                 = "signin"  // a sign-in, with or without an end
	catOpen                   = "open"
	catConsole                = "console"
	catExport                 = "export"
	catFormat                 = "format"
	catCompareTo              = "compare"
	catHistory                = "history" // change, become
	catNamed                  = "named"   // eq, contains, prefix, suffix; before a name
	catNamedAfter             = "named_after"
	catMore                   = "more"    // and, only, same: a follow-up
	catThose                  = "those"   // the things of the last answer
	catThing                  = "thing"   // anything, something, everything
	catPolite                 = "polite"  // before an order
	catSkip                   = "skip"    // says nothing
	catSort                   = "sort"    // sort by
	catTrouble                = "trouble" // in trouble: not healthy
	catUnique                 = "unique"  // different, distinct
	catDesc, catAsc           = "desc", "asc"
	catBefore                 = "order_before" // zh 把: an order follows
	catWhy                    = "why"
	catCan                    = "can" // see, as in why can't I see
	catYes                    = "yesno"
	catAlias                  = "alias"   // another word for a label
	catType                   = "type"    // of a project
	catBetween                = "between" // two numbers or moments
	catEvery                  = "every"   // all of them, in questions of yes and no
	catEmpty                  = "empty"   // projects without clusters
)

var categories = []string{
	catEntity, catField, catState, catPlan, catProvider, catCity, catCountry, catContinent, catAsk, catIs, catHave, catIn, catOf, catMine,
	catNot, catExcept, catExceptAfter, catWithout, catAnd, catOr, catPer, catPerAfter, catTop, catCompare, catCompareAfter, catSum, catNumber,
	catTime, catUnit, catLast, catAgo, catSince, catSinceAfter, catMonth, catWeekday, catCreated, catBy, catWrite, catWriteAlways, catSecret,
	catOutside, catMeta, catSignIn, catOpen, catConsole, catExport, catFormat, catCompareTo, catHistory, catNamed, catNamedAfter, catMore,
	catThose, catThing, catPolite, catSkip, catSort, catTrouble, catUnique, catDesc, catAsc, catBefore, catWhy, catCan, catYes, catAlias, catEmpty, catType, catBetween, catEvery,
}
