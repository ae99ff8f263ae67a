// Package reach measures what a grant can reach: how each API host takes it, which projects were
// granted and read and why the others were not, and what it was used for last.
//
// What is said here has been seen: the answers of the hosts, the list of projects, the log of
// requests. What the server stated about a grant is compared with that, and never taken for it.
//
//	hosts, used := recent.Of(state)
//	groups := reach.Projects(state)
//	stated := reach.Compare(state)
//
// The package knows no Fyne and no words.
package reach
