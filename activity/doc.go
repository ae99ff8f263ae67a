// Package activity records every request that the app makes: when, for which
// grant, where to, how it ended, and why.
//
// A [Log] has one door, [Log.Transport], which stands right above the network.
// What passes through it is what was really sent: a read that was answered
// with 401, the renewal of the token and the second try are three rows, and so
// is each redirect. [ForGrant] and [Why] say through the context what a row is
// for.
//
// A row holds no secret. No header is kept, nor any body. Of a query the names
// are kept, and the values of those that are known to be harmless. Whatever
// else came from outside is left out where it repeats what was sent, looks
// like a token, or is long. What went wrong is said in words of this package,
// never in those of a server.
//
//	log := activity.NewLog(activity.Capacity, time.Now)
//	client := &http.Client{Transport: log.Transport(nil)}
//	...
//	for _, r := range log.Since(seen) { ... }
//
// The package is a leaf: it imports nothing of Canopy, and nothing but the
// standard library.
package activity
