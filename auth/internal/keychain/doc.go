// Package keychain keeps records in the operating system's keyring: in time
// limits, in items small enough for every system, with errors told apart.
//
// It owns the form of the items and the meaning of the systems' errors. It
// never falls back to another place, and never logs.
package keychain
