// Package api says what TiDB Cloud says: it is a read-only client of its Open
// API on three hosts (IAM, serverless, dedicated).
//
// It owns the calls, their retries, the decoding of answers into plain values
// and the errors of those calls. Answers are read leniently, because they vary
// in practice: an id may be a number, an int64 a string, a time RFC 3339 or
// Unix seconds, any field null or missing, any enumeration larger than it was.
// What is not known is passed on as it came.
//
// It never writes: GET is the only method it sends. It knows no OAuth; the
// [http.Client] it is given authorizes each request by itself. It keeps
// nothing between calls and never logs; package canopy/activity records what
// it asks, at the transport beneath, and package api says there which attempt
// a request is.
//
// A caller makes one [Client] for each grant and reads page by page:
//
//	client, err := api.New(api.Config{Hosts: hosts, HTTP: authorized})
//	...
//	page, err := client.ServerlessClusters(ctx, "")
//	for page.Next != "" { ... }
//
// Package canopy/api/inventory does that paging and keeps what was read.
package api
