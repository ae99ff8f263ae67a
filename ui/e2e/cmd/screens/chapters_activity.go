package main

// activities is the page of every request, and the dialog that exports what is on it.
var activities = chapter{
	name:    "activity",
	sandbox: []string{"--rate-limit=-1"},
	shots: []shot{
		{
			name: "activity", about: "Every request that Canopy made, the newest on top", narrow: true,
			way: []step{
				signIn(acme), openSome, faults("status=dedicated:503", "rate-limited=iam.org:0*1", "reset=serverless.clusters*1"), press("Control+r"),
				shown("failed/project/102"), read, faults(), press("Control+Shift+a"),
			},
			says: []string{"What Canopy asked, and why", "Pause", "Export…", "Host and path", "Status", "Took", "Why", "200"},
		},
		{
			name: "activity-selected", about: "One request, and what can be done with it",
			way:  []step{rowWith("/v1beta1/projects")},
			says: []string{"Copy as curl", "Copy trace id", "bytes", "trace"},
		},
		{
			name: "activity-menu", about: "The context menu of a request",
			way:  []step{rightClickRow("/v1beta1/org")},
			says: []string{"Copy as curl", "Copy address", "Only requests to this host"},
		},
		{
			name: "activity-curl", about: "A request has been copied as a command",
			way:  []step{press("Escape"), click("Copy as curl")},
			says: []string{"Copied. Put your access token into TIDB_CLOUD_TOKEN."},
		},
		{
			name: "activity-filtered", about: "The requests of one host",
			way:  []step{gone("Copied. Put your access token into TIDB_CLOUD_TOKEN."), filter("host:dedicated")},
			says: []string{"requests match."},
		},
		{
			name: "activity-nothing", about: "No request matches",
			way:  []step{write("xyz")},
			says: []string{"Nothing matches. Escape shows everything again."},
		},
		{
			name: "activity-paused", about: "The page stands still while requests go on",
			way:  []step{press("Escape"), click("Pause"), press("Control+r")},
			says: []string{"Continue", "new"},
		},
		{
			name: "export", about: "Where the list is to go",
			way:  []step{click("Export…")},
			says: []string{"Export", "requests", "canopy-activity-", "Copy", "Cancel", "Save"},
		},
		{
			name: "export-wrong", about: "It cannot go there",
			way:  []step{press("Control+a"), write("/no/such/place.jsonl"), press("Return")},
			says: []string{"There is no folder /no/such"},
		},
		{
			name: "export-replace", about: "There is such a file",
			way:  []step{press("Control+a"), writeHome("/activity.jsonl"), press("Return"), gone("Save"), click("Export…"), press("Control+a"), writeHome("/activity.jsonl"), press("Return")},
			says: []string{"There is a file activity.jsonl in this folder already.", "Replace it"},
		},
		{
			name: "export-done", about: "It has been written",
			way:  []step{click("Replace it")},
			says: []string{"Saved as"},
		},
	},
}
