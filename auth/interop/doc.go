// Package interop shows that package auth signs in to authorization servers
// that nobody here wrote, as they come: the OP of github.com/zitadel/oidc, and
// panva's oidc-provider on Node.
//
// It holds tests only, and is a module of its own, so that their servers stay
// out of Canopy's go.mod. The tests speak HTTP on the loopback, click through
// the servers' own pages, hold the time of the client, and know nothing of auth
// but what it exports. Each server's tests are a list of names in its own file;
// what they have in common stands in the files named after what is shown.
//
//	go test ./...                     zitadel
//	go test -tags oidcprovider ./...  both, after npm ci in oidcprovider
package interop
