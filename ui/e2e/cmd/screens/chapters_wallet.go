package main

import "canopy/ui/e2e"

const (
	switcherKeys = "Control+Shift+o"
	addAccount   = "Add account or organization…"
)

// wallets is the switcher, with one grant, a few and many.
var wallets = chapter{
	name:    "switcher",
	sandbox: []string{"--clusters=5", "--projects=2", "--rate-limit=-1"},
	shots: []shot{
		{
			name: "switcher-one", about: "The switcher with a single grant",
			way:  []step{signIn(acme), press(switcherKeys)},
			says: []string{"Find a grant", "Acme Robotics", "all projects", "now", addAccount, "Compare two…"},
		},
		{
			name: "switcher", about: "The switcher with a few grants", narrow: true,
			way: []step{
				press("Escape"), add(globex), add(e2e.Choice{User: bob, Organization: "3003"}),
				add(e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "103"}}), press(switcherKeys),
			},
			says: []string{"Acme Robotics", "Globex", "Halden Freight", "2 projects", addAccount},
		},
		{
			name: "switcher-found", about: "A grant is found by typing",
			way:  []step{write("halden")},
			says: []string{"Halden Freight", "bob@acme.example"}, never: []string{"gina@globex.example"},
		},
		{
			name: "switcher-nothing", about: "No grant is called that",
			way:  []step{write("xyz")},
			says: []string{"No grant is called that."},
		},
		{
			name: "switcher-menu", about: "The context menu of a grant in the switcher",
			way:  []step{press("Escape"), press(switcherKeys), rightClickOn("gina@globex.example")},
			says: []string{"Open", "Sign out…"},
		},
		{
			name: "switcher-sign-out", about: "Signing out of a grant that is not open",
			way:  []step{click("Sign out…")},
			says: []string{"Sign out?", "Canopy forgets Globex on this machine"},
		},
		{
			name: "switcher-ended", about: "A grant that was revoked says so in the switcher",
			way:  []step{press("Escape"), press("Escape"), revoke(bob, "1001"), press("Control+r"), await("no longer accepts"), press(switcherKeys)},
			says: []string{"sign in again"},
		},
		{
			name: "switcher-many", about: "The switcher with many grants",
			way: []step{
				press("Escape"), add(e2e.Choice{User: bob, Organization: "2002"}), add(e2e.Choice{User: "carol@acme.example", Organization: "1001"}),
				add(e2e.Choice{User: "carol@acme.example", Organization: "3003"}), add(e2e.Choice{User: gina, Organization: "3003"}),
				add(e2e.Choice{User: alice, Organization: "3003"}), add(e2e.Choice{User: "ida@halden.example", Organization: "3003"}), press(switcherKeys),
			},
			says: []string{"carol@acme.example", "ida@halden.example", addAccount},
		},
	},
}

// voices is everything that is not there, and why: in the tree, in the details, in the search and in the counts.
var voices = chapter{
	name:    "voices",
	sandbox: []string{"--rate-limit=-1"},
	shots: []shot{
		{
			name: "hidden", about: "Some projects are hidden: they are folded",
			way:  []step{signIn(acme), hide("103", "106"), await("Showing 4 of 6 granted projects"), row("org/1001")},
			says: []string{"2 projects", "hidden by you", "4 + 1 virtual, 2 hidden by you"},
		},
		{
			name: "hidden-open", about: "What is hidden, one by one",
			way:  []step{openRow("fold/hidden by you")},
			says: []string{"You have chosen not to see them.", "staging-eu"},
		},
		{
			name: "details-hidden", about: "A project that is hidden",
			way:  []step{row("absent/103")},
			says: []string{"You have chosen not to see staging.", "Show it", "Change scope", "Copy ID"},
		},
		{
			name: "search-hidden", about: "A search that finds something that is hidden",
			way:  []step{press("Control+k"), write("checkout")},
			says: []string{"2 more matches", "hidden by you"},
		},
		{
			name: "not-granted", about: "Many projects are not granted: they are folded",
			way: []step{
				press("Escape"), add(e2e.Choice{User: alice, Organization: "1001", Projects: []string{"101", "103"}}), row("org/1001"),
			},
			says: []string{"4 projects", "not granted", "hidden by you"},
		},
		{
			name: "not-granted-open", about: "What is not granted, one by one",
			way:  []step{openRow("fold/not granted")},
			says: []string{"This grant does not cover them.", "analytics", "Tokyo Pilot", "Ask for it…"},
		},
		{
			name: "details-not-granted", about: "A project that is not granted",
			way:  []step{row("absent/105")},
			says: []string{"This grant does not cover Tokyo Pilot.", "Ask for it…", "Forget it"},
		},
		{
			name: "search-not-granted", about: "A search that finds something that is not granted",
			way:  []step{press("Control+k"), write("tokyo")},
			says: []string{"Tokyo Pilot", "not granted"},
		},
		{
			name: "voices", about: "All four voices in one tree", narrow: true,
			way: []step{
				press("Escape"), add(e2e.Choice{User: alice, Organization: "1001", Projects: []string{"101", "102", "103", "105", "106"}}),
				faults("no-project=105", "html=dedicated"), press("Control+r"), shown("absent/105"),
				openRow("project/102"), shown("failed/project/102"), row("org/1001"),
			},
			says: []string{"not granted", "hidden by you", "does not exist", "Couldn't load", "some could not be read"},
		},
		{
			name: "details-gone", about: "A project that does not exist any more",
			way:  []step{row("absent/105")},
			says: []string{"The grant covers Tokyo Pilot", "does not list it", "Forget it"},
		},
		{
			name: "details-failed", about: "What could not be read",
			way:  []step{row("failed/project/102")},
			says: []string{"Couldn't load", "Retry", "Why?"},
		},
		{
			name: "search-unread", about: "A search while not everything could be read",
			way:  []step{press("Control+k"), write("warehouse")},
			says: []string{"Couldn't load"},
		},
	},
}
