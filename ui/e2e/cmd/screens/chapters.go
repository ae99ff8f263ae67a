package main

import "canopy/ui/e2e"

// chapters is the table of all pictures.
func chapters() []chapter {
	return []chapter{
		trees, wallets, voices, scopes, manyProjects, reaches, keyed, comparisons, outcomes, activities, revoked, alone, unsaved, extremes,
		signIns, troubles, browserPages, devices, keyrings, locked, browserless, clouds,
	}
}

// The people of the sandbox and what they may give. Acme Robotics is 1001, Globex 2002.
const (
	alice = "alice@acme.example"
	bob   = "bob@acme.example"
	gina  = "gina@globex.example"
)

var (
	acme   = e2e.Choice{User: alice, Organization: "1001"}
	globex = e2e.Choice{User: gina, Organization: "2002"}
)
