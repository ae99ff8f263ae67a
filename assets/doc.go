// Package assets owns the files that are compiled into Canopy: drawn icons,
// translations, browser pages and the sandbox's organizations.
//
// It hands out bytes and never interprets them; the package that asks for a
// file knows what it means. It imports nothing of Canopy, so that every other
// package may import it.
package assets
