// Package auth is who may look: signing in to an environment of TiDB Cloud,
// and keeping, renewing and giving back the grant that comes of it.
//
// It owns grants (who, where, what was allowed; a file without secrets), their
// credentials (tokens or an API key, in a Store: the system's keyring, this
// session, or a file under a passphrase, as the user chooses for each sign-in),
// the loopback listener that catches the browser's answer, and the renewal of
// tokens across goroutines and processes. It never draws anything, knows
// nothing of what the API says, and never lets a token, a code, a verifier or
// a key out into a log, an error, a file in the clear or another host.
//
// The file of grants is the user's wallet: any number of grants, of several
// users, organizations and environments. Signing in once more to the same
// account updates its grant in one step; the one before is given back, if need
// be by the next start. A consent can name what is wanted (Options.Want), and
// the grant says what was asked for, what the server stated, and what the user
// lets the window show of it (Asked, Covers, Scope). What stays of somebody who
// signed out is the scope: project ids without a name, under a hash.
//
// A caller makes one Authenticator, signs in with SignIn, SignInWithDevice or
// SignInWithAPIKey, and reads with the http.Client that Client gives for the
// grant. Probe says which API hosts take it. The standards behind it: RFC 8252
// (native apps), RFC 7636 (PKCE), RFC 9700 (security), RFC 9207 (iss), RFC 8628
// (device), RFC 7009 (revocation), RFC 8414 (metadata), RFC 9396
// (authorization details).
package auth
