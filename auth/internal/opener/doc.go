// Package opener starts the user's browser: github.com/pkg/browser where no
// command does it, and beside it what that lacks: $BROWSER, wslview under WSL,
// an environment without this program's own variables and library paths,
// silence on the terminal, and a watch over the first seconds.
//
// It never decides which addresses are fit to be opened, and never waits for
// the browser to end.
package opener
