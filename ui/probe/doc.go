// Package probe lets a test outside the process read what a Canopy window shows.
//
// It owns one unix socket, named by the environment variable CANOPY_PROBE, that answers questions about the objects on
// the window's canvas. It never changes the window, presses nothing and types nothing: input comes through the real
// display server, as a person's would.
//
// It exists only in builds with the tag "probe". In every other build [Serve] is an empty function and the package has
// no other code, so a released binary carries neither a socket nor a walk. The caller asks for it once, after the window
// has been made:
//
//	w := a.NewWindow("Canopy")
//	probe.Serve(w)
//
// A question is one line, its answer one line of JSON:
//
//	dump    the objects on the canvas, in paint order, as a list of [Object]
//	title   the window's title
//	size    the canvas's size in pixels
//	settle  answers when the event loop has taken two more turns, so that input sent before has arrived
package probe
