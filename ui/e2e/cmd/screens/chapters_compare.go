package main

import "canopy/ui/e2e"

// compareItem opens the page with two grants.
const compareItem = "Compare two grants…"

// comparisons is two grants side by side.
var comparisons = chapter{
	name:    "compare",
	sandbox: []string{"--clusters=5", "--projects=2", "--rate-limit=-1"},
	shots: []shot{
		{
			name: "compare", about: "What one grant sees and the other does not, and why", narrow: true,
			way: []step{
				signIn(bobsAcme), add(e2e.Choice{User: alice, Organization: "1001", Projects: []string{"101", "102", "103"}}), hide("103"),
				menu("View", compareItem), await("Both see"),
			},
			says: []string{"Two grants side by side", "A sees nothing that B does not.", "Both see 2 projects", "not granted", "hidden by you", "Only in", "Reason"},
		},
		{
			name: "compare-selected", about: "A difference, and why it is one",
			way:  []step{rowWith("Tokyo Pilot › atlas-core")},
			says: []string{"the grant of A does not cover it"},
		},
		{
			name: "compare-menu", about: "The context menu of a difference",
			way:  []step{rightClickRow("staging › orders-dev")},
			says: []string{"Copy ID"},
		},
		{
			name: "compare-export", about: "The ways to export the differences",
			way:  []step{press("Escape"), click("Export…")},
			says: []string{"CSV, for a spreadsheet", "JSON Lines, for a program"},
		},
		{
			name: "compare-filtered", about: "Only some of the differences",
			way:  []step{press("Escape"), click("Projects only"), click("Filter by name, id, reason…"), write("staging")},
			says: []string{"differences"},
		},
		{
			name: "compare-nothing", about: "No difference matches",
			way:  []step{write("xyz")},
			says: []string{"Nothing matches. Escape shows everything again."},
		},
		{
			name: "compare-picker", about: "Another grant is chosen for one side",
			way:  []step{press("Escape"), clickName("grant B")},
			says: []string{"Find a grant", "alice@acme.example"},
		},
		{
			name: "compare-same", about: "The same grant on both sides",
			way:  []step{write("alice"), press("Return")},
			says: []string{"A and B are the same grant. Choose another for one of them."},
		},
		{
			name: "compare-organizations", about: "Grants of different organizations",
			way:  []step{press("Escape", "Escape"), add(globex), menu("View", compareItem), await("different organizations have nothing in common")},
			says: []string{"different organizations have nothing in common", "A sees 2 projects"},
		},
		{
			name: "compare-equal", about: "Two grants that see the same",
			way:  []step{press("Escape", "Escape"), add(e2e.Choice{User: bob, Organization: "2002"}), menu("View", compareItem), await("Both see the same")},
			says: []string{"Both see the same: 2 projects", "There is no difference."},
		},
		{
			name: "compare-reading", about: "Two grants of which one is being read",
			way:  []step{press("Escape", "Escape"), faults("slow=serverless:20s"), restart, menu("View", compareItem)},
			says: []string{"Two grants side by side", "Reading…"},
		},
	},
}

// outcomes is what a consent has brought: fewer, more, or from somebody else.
var outcomes = chapter{
	name:    "outcome",
	sandbox: []string{"--rate-limit=-1"},
	shots: []shot{
		{
			name: "outcome-lost", about: "The same account has given less than before",
			way:  []step{signIn(bobsAcme), add(e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "102"}})},
			says: []string{"No longer in this grant", "Dismiss"},
		},
		{
			name: "outcome-fewer", about: "Fewer projects were granted than asked for: a normal result", narrow: true,
			way:  []step{asksFor("105", "106"), answers(e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "102", "105"}}, e2e.Allow), read},
			says: []string{"granted 3 of the 4 projects you asked for; not granted: staging-eu.", "New in this grant: 1 project (Tokyo Pilot).", "Dismiss"},
		},
		{
			name: "ask-denied", about: "Asked for more, and denied: the old grant stays",
			way:  []step{click("Dismiss"), asksFor("106"), answers(bobsAcme, e2e.Deny)},
			says: []string{"You said no in the browser", "Tokyo Pilot"},
		},
		{
			name: "surprise-user", about: "Another user has signed in than was asked for", narrow: true,
			way:  []step{click("Dismiss"), asksFor("106"), answers(someAcme, e2e.Allow)},
			says: []string{"Another user has signed in", "Asked for", "bob@acme.example", "alice@acme.example", "Forget the new one", "Keep both", "Try again as bob@acme.example"},
		},
		{
			name: "surprise-organization", about: "Another organization was chosen than was asked for",
			way:  []step{click("Forget the new one"), asksFor("106"), answers(e2e.Choice{User: bob, Organization: "2002"}, e2e.Allow)},
			says: []string{"Another organization was chosen", "Try again for Acme Robotics"},
		},
		{
			name: "surprise-both", about: "Another user and another organization",
			way:  []step{click("Forget the new one"), asksFor("106"), answers(globex, e2e.Allow)},
			says: []string{"Another user, another organization"},
		},
		{
			name: "surprise-kept", about: "Both grants were kept: the new one is open",
			way:  []step{click("Keep both"), shown("org/2002"), read},
			says: []string{"Globex", "gina@globex.example"},
		},
	},
}

// asksFor ticks projects outside the grant and asks for them.
func asksFor(ids ...string) step {
	way := []step{menu("View", scopeItem), await(scopeWords)}
	for _, id := range ids {
		way = append(way, tick(id))
	}
	return sequence(append(way, click("Ask in browser…"))...)
}
