package main

import "canopy/ui/e2e"

// Grants of some projects: what the others know of the organization is then outside of them.
var (
	bobsAcme  = e2e.Choice{User: bob, Organization: "1001"}
	someAcme  = e2e.Choice{User: alice, Organization: "1001", Projects: []string{"101", "102", "103", "106"}}
	oneOfAcme = e2e.Choice{User: alice, Organization: "1001", Projects: []string{"101"}}
	halden    = e2e.Choice{User: alice, Organization: "3003"}
)

const (
	scopeWords = "What Canopy may see"
	reachWords = "What this grant can reach"
	reachItem  = reachWords + "…"
	scopeItem  = "Change scope…"
)

// scopes is the scope dialog: narrowing, asking for more, and what came of it.
var scopes = chapter{
	name:    "scope",
	sandbox: []string{"--rate-limit=1000"},
	shots: []shot{
		{
			name: "scope", about: "The scope dialog of a grant of all projects", narrow: true,
			way:  []step{signIn(bobsAcme), menu("View", scopeItem)},
			says: []string{scopeWords, "7 of 7 ticked", "Nothing changes", "permission: read-only", "Apply"},
		},
		{
			name: "scope-narrow", about: "Two projects unticked: what Apply will do",
			way:  []step{click("analytics"), press("Down", "space")},
			says: []string{"−2 projects (analytics, empty-shell): hidden at once", "5 of 7 ticked"},
		},
		{
			name: "scope-none", about: "Nothing ticked cannot be applied",
			way:  []step{click("None")},
			says: []string{"Tick at least one project"},
		},
		{
			name: "scope-find", about: "Projects found by typing",
			way:  []step{click("All"), click("Find a project"), write("staging")},
			says: []string{"staging-eu", "2 found"}, never: []string{"payments 3"},
		},
		{
			name: "scope-find-nothing", about: "No project found",
			way:  []step{write("xyz")},
			says: []string{"No project is called that."},
		},
		{
			name: "scope-ask", about: "Projects outside the grant, one of them ticked", narrow: true,
			way: []step{
				press("Escape", "Escape"), menu("Canopy", addAccount), answers(someAcme, e2e.Allow), await("4 of 6 projects"), read,
				menu("View", scopeItem), click("staging"), click("Tokyo Pilot"), click("Show only the ticked; projects that appear later stay hidden"),
			},
			says: []string{"not in this grant", "asked in your browser", "hidden at once", "Ask in browser…", "hidden from now on"},
		},
		{
			name: "scope-fewer", about: "Asked for more and given less",
			way:  []step{click("Ask in browser…"), answers(oneOfAcme, e2e.Allow), read, menu("View", reachItem)},
			says: []string{reachWords, "not granted, although asked for"},
		},
	},
}

// manyProjects is the scope dialog where there are very many.
var manyProjects = chapter{
	name:    "scope-many",
	sandbox: []string{"--rate-limit=100000", "--clusters=6000", "--projects=5000"},
	shots: []shot{
		{
			name: "scope-many", about: "The scope dialog for 5,000 projects",
			way:  []step{signIn(halden), menu("View", scopeItem), click("None"), click("Find a project"), write("harbor-00"), press("Down", "space", "Down", "Down", "space")},
			says: []string{"2 of 5,000 ticked", "found", "hidden at once"},
		},
		{
			name: "reach-many", about: "What a grant of 5,000 projects can reach",
			way:  []step{press("Return"), menu("View", reachItem)},
			says: []string{reachWords, "hidden by you"},
		},
	},
}

// reaches is the page about the open grant.
var reaches = chapter{
	name: "reach",
	shots: []shot{
		{
			name: "reach", about: "What a grant can reach", narrow: true,
			way: []step{
				signIn(bobsAcme), menu("Canopy", addAccount), answers(someAcme, e2e.Allow), await("4 of 6 projects"), read,
				menu("View", scopeItem), click("staging"), click("Apply"), clickName("reach"),
			},
			says: []string{reachWords, "Read-only (asked: org:owner", "min left", "accepts this grant", "granted and read", "hidden by you", "not granted: known from another grant"},
		},
		{
			name: "reach-projects", about: "The projects of a grant", narrow: true,
			way:  []step{scroll(reachWords, 40)},
			says: []string{"granted and read", "Show", "Ask for it…", "stated that this grant covers 4 projects, and lists the same."},
		},
		{
			name: "reach-refused", about: "One host refuses the token", narrow: true,
			way: []step{
				scroll("Projects", -60), faults("unauthorized=dedicated", "no-project=106"), press("Control+r"), await("does not exist"),
			},
			says: []string{"answers 401: signed in, but this host refuses the token", "Why?", "Try again"},
		},
		{
			name: "reach-gone", about: "What could not be read, and a project that is gone",
			way:  []step{scroll("Hosts", 60)},
			says: []string{"granted, but could not be read", "Retry", "does not exist any more", "Forget", "granted and not listed: staging-eu"},
		},
		{
			name: "reach-renewed", about: "The token renewed by hand",
			way:  []step{faults(), click("Retry"), scroll("Projects", -60), click("Renew now"), await("renewed 2 times")},
			says: []string{"renewed 2 times"}, never: []string{"answers 401"},
		},
		{
			name: "reach-sign-out", about: "Signing out from the page",
			way:  []step{click("Sign out")},
			says: []string{"Sign out?"},
		},
	},
}
