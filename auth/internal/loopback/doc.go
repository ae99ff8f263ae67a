// Package loopback catches the browser's answer to one authorization request
// on the loopback interface (RFC 8252 §7.3).
//
// It owns the listeners and the rule of what may touch an attempt: a GET on
// the registered path, with the Host that was bound, with the attempt's state.
// Everything else is answered, counted and forgotten. It holds the browser's
// request until the caller knows how the sign-in ended, then sends the browser
// to a page without any parameter. It knows nothing of tokens, and never logs.
package loopback
