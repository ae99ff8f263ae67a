// Package sandbox is TiDB Cloud in a box: an authorization server, its consent
// pages and a read-only Open API, all on the loopback of this machine, written
// from the published facts so that Canopy can be tried and tested without an
// account.
//
// # What it owns
//
// One listener for each host of the real service: oauth (token, device
// authorization, revocation, userinfo, metadata), console (authorize, device
// and "Authorized OAuth Apps" pages), iam, serverless and dedicated. It keeps
// grants in memory or, when Options.State names a file, as hashes in that file.
// It misbehaves on command: see Faults for the catalogue.
//
// # What it never does
//
// It listens on nothing but the loopback, opens no connection of its own
// (except when the fault authorize-twice asks for one), writes no token to a
// log or a file, and shares no type with the packages auth and api: a
// misreading of the facts on one side must show up against the other.
//
// # How a caller uses it
//
//	server, err := sandbox.Start(sandbox.Options{})
//	if err != nil {
//		return err
//	}
//	defer server.Close()
//	fmt.Println(server.Endpoints().AuthorizationEndpoint)
//
// What the facts leave open about the real service (PKCE, rotation, what a
// foreign id answers, which members a token answer has) is a field of Options.
package sandbox
