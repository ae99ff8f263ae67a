// Package export puts what Canopy knows where a person asked for it: into a file, whole or not at
// all, or into a text that is small enough for the clipboard.
//
// It owns the rules of that (what is replaced and what never is, who may read the file, what stays
// behind when it is cancelled) and knows neither Fyne nor what it writes.
package export
