package main

import "canopy/ui/e2e"

// trees is the main window: the tree, its menus and the details of everything in it.
var trees = chapter{
	name:    "tree",
	sandbox: []string{"--rate-limit=1000"},
	shots: []shot{
		{
			name: "main", about: "The main window with everything open and a cluster's details", narrow: true,
			way:  []step{signIn(acme), openSome, row("cluster/9001")},
			says: []string{"Acme Robotics", "orders-prod", "Active", "Copy connection string", "Overview", "JSON", "Change scope"},
		},
		{
			name: "details-organization", about: "The details of an organization",
			way:  []step{row("org/1001")},
			says: []string{"Organization", "Signed in as", "API hosts", "Organization ID"},
		},
		{
			name: "details-project", about: "The details of a project",
			way:  []step{row("project/101")},
			says: []string{"payments", "Type", "Members", "Project ID"},
		},
		{
			name: "details-dedicated", about: "The details of a Dedicated cluster that is paused",
			way:  []step{row("cluster/9006")},
			says: []string{"bi-warehouse-dr", "Paused", "Capacity"},
		},
		{
			name: "details-changing", about: "The details of a cluster that is being changed",
			way:  []step{row("cluster/9004")},
			says: []string{"ledger-replica", "Modifying"},
		},
		{
			name: "details-branches", about: "The branches of a cluster",
			way:  []step{row("cluster/9002"), click("Branches 1")},
			says: []string{"orders-dev", "feature-tax"},
		},
		{
			name: "details-no-branches", about: "A cluster without branches",
			way:  []step{row("cluster/9001")},
			says: []string{"This cluster has no branches."},
		},
		{
			name: "details-json", about: "What TiDB Cloud sent about a cluster",
			way:  []step{click("JSON")},
			says: []string{`"clusterId": "9001"`, "Copy"},
		},
		{
			name: "details-branch", about: "The details of a branch",
			way:  []step{click("Overview"), row("branch/9002/b1")},
			says: []string{"feature-tax", "Branch of"},
		},
		{
			name: "menu-row", about: "The context menu of a cluster",
			way:  []step{rightClick("cluster/9001")},
			says: []string{"Copy ID", "Copy name", "Open in console"},
		},
		{
			name: "menu-connect", about: "The ways to connect to a cluster",
			way:  []step{press("Escape"), row("cluster/9001"), click("Copy connection string")},
			says: []string{"MySQL command line", "URI", "JDBC"},
		},
		{
			name: "toast", about: "A toast: a connection string has been copied",
			way:  []step{click("URI")},
			says: []string{"Copied. Put your password where it says PASSWORD."},
		},
		{
			name: "menu-settings", about: "The menu of the gear",
			way:  []step{gone("Copied. Put your password where it says PASSWORD."), clickName("settings")},
			says: []string{"Follow the system", "Light", "Dark", "About Canopy"},
		},
		{
			name: "menu-bar", about: "The menu bar",
			way:  []step{press("Escape"), click("View")},
			says: []string{"Search", "Refresh", "Open all", "Close all"},
		},
		{
			name: "sign-out", about: "What signing out does, before it is done",
			way:  []step{press("Escape"), menu("Canopy", "Sign out…")},
			says: []string{"Sign out?", "Nothing in your organization changes.", "Cancel"},
		},
		{
			name: "search", about: "A search with matches", narrow: true,
			way:  []step{press("Escape"), press("Control+k"), write("staging")},
			says: []string{"checkout-staging", "staging-eu"}, never: []string{"bi-warehouse"},
		},
		{
			name: "search-nothing", about: "A search without a match",
			way:  []step{write("xyz")},
			says: []string{"Nothing like that exists in what this grant sees."},
		},
	},
}

// troubles is what happens when not everything works.
var troubles = chapter{
	name: "trouble",
	shots: []shot{
		{
			name: "reading", about: "The first rows are there, more are being read",
			way: []step{
				faults("slow=serverless:30s"), click(signInWords), answers(globex, e2e.Allow), shown("project/201"), openRow("project/201"),
			},
			says: []string{"Globex", "Reading…"},
		},
		{
			name: "reading-projects", about: "The clusters are there before the names of their projects",
			way:  []step{faults("slow=iam:30s"), restart, row("org/2002")},
			says: []string{"Globex", "Reading"},
		},
		{
			name: "failed", about: "One host failed: its rows say so, the others are there",
			way:  []step{faults("html=dedicated"), restart, menu("Canopy", "Sign out…"), click("Sign out"), signIn(acme), menu("View", "Open all"), row("failed/project/102")},
			says: []string{"Couldn't load", "Why?", "Retry", "orders-prod"},
		},
		{
			name: "why", about: "Why it could not be read",
			way:  []step{click("Why?")},
			says: []string{"What happened", "Copy"},
		},
		{
			name: "rate-limited", about: "TiDB Cloud says that it was asked too much",
			way:  []step{press("Escape"), faults("rate-limited=dedicated:0"), click("Retry")},
			says: []string{"too many requests this minute"},
		},
		{
			name: "offline", about: "TiDB Cloud cannot be reached; the last that was read stays",
			way:  []step{faults(), killSandbox, press("Control+r")},
			says: []string{"cannot be reached", "Not current: read", "orders-prod"},
		},
	},
}
