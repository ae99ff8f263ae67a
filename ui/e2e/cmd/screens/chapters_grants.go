package main

import "canopy/ui/e2e"

// revoked is a grant that was taken back at the server, and one that cannot be signed out of there.
var revoked = chapter{
	name:    "revoked",
	sandbox: []string{"--rate-limit=-1"},
	shots: []shot{
		{
			name: "revoked", about: "The access was revoked in the console: the last that was read stays, marked", narrow: true,
			way:  []step{signIn(acme), openSome, row("cluster/9001"), revoke(alice, "1001"), press("Control+r")},
			says: []string{"no longer accepts this sign-in. What you see is the last that was read.", "Sign in again", "Not current: read", "Signed out by the server", "orders-prod"},
		},
		{
			name: "reach-revoked", about: "What a revoked grant could reach",
			way:  []step{menu("View", reachItem)},
			says: []string{reachWords, "No longer accepted"},
		},
		{
			name: "revoked-renewed", about: "Signing in again: the browser is asked",
			way:  []step{click("Sign in again")},
			says: []string{"Finish in your browser"},
		},
		{
			name: "sign-out-not-told", about: "Signed out here, and the server could not be told",
			way:  []step{answers(acme, e2e.Allow), shown("org/1001"), read, faults("reset=revoke"), menu("Canopy", "Sign out…"), click("Sign out")},
			says: []string{"You are signed out here, but the server could not be told."},
		},
	},
}

// alone is a grant of a single project that knows of no other: asking for more must be possible all the same.
var alone = chapter{
	name: "alone",
	shots: []shot{
		{
			name: "alone", about: "A grant of one project, and no other is known",
			way:  []step{signIn(oneOfAcme), menu("View", reachItem)},
			says: []string{reachWords, "Ask for more…", "payments"},
		},
		{
			name: "alone-ask", about: "Asking for more without knowing what there is",
			way:  []step{click("Ask for more…")},
			says: []string{scopeWords, "1 of 1 ticked"},
		},
	},
}

// unsaved is a choice that cannot be written to disk.
var unsaved = chapter{
	name: "unsaved",
	shots: []shot{{
		name: "unsaved", about: "The choice of projects could not be saved",
		way:  []step{signIn(acme), loseState, hide("103")},
		says: []string{"Your choice could not be written to disk; it holds until you close Canopy.", "Showing 5 of 6 granted projects"},
	}},
}

// keyed is a grant by API key: it neither renews nor asks.
var keyed = chapter{
	name: "reach-key",
	shots: []shot{
		{
			name: "apikey-checked", about: "The key is being checked",
			way:  []step{faults("slow=iam:6s"), click("Use an API key"), writeKey("2002"), press("Return")},
			says: []string{"Asking TiDB Cloud whether it accepts this key."},
		},
		{
			name: "apikey-main", about: "The main window with an API key",
			way:  []step{faults(), shown("project/201"), read},
			says: []string{"Globex", "API key"},
		},
		{
			name: "reach-key", about: "What an API key can reach",
			way:  []step{menu("View", reachItem)},
			says: []string{reachWords, "API key SBX02002", "Does not expire", "An API key does not expire and cannot ask for more"},
		},
		{
			name: "scope-key", about: "The scope dialog of an API key",
			way:  []step{menu("View", scopeItem)},
			says: []string{scopeWords, "What an API key covers is decided in the console"},
		},
		{
			name: "reach-down", about: "No host can be reached",
			way:  []step{press("Escape"), killSandbox, press("Control+r"), await("cannot be reached"), menu("View", reachItem)},
			says: []string{reachWords, "cannot be reached"},
		},
	},
}

// extremes are trees that are empty, hostile or very large.
var extremes = chapter{
	name:    "extremes",
	sandbox: []string{"--clusters=100000", "--rate-limit=-1"},
	shots: []shot{
		{
			name: "hostile", about: "Names that would like to be more than names",
			way:  []step{signIn(globex), menu("View", "Open all"), row("cluster/9015")},
			says: []string{"<img src=x onerror=alert(1)>", "prod'; DROP TABLE"},
		},
		{
			name: "large", about: "An organization of 100,000 clusters", narrow: true,
			way:  []step{add(halden), row("project/300004")},
			says: []string{"Halden Freight", "500 projects"},
		},
		{
			name: "large-search", about: "A search among 100,000 clusters",
			way:  []step{press("Control+k"), writeSlowly("orders-prod-09")},
			says: []string{"orders-prod-09"},
		},
		{
			name: "empty", about: "A grant that shows no project",
			way: []step{
				press("Escape"), faults("no-project=201", "no-project=202"), press(switcherKeys), write("globex"), press("Return"), await("Globex"),
				press("Control+r"), await("This grant sees 0 projects"),
			},
			says: []string{"Globex", "2 do not exist"},
		},
	},
}
