// Bare is the least window that Fyne can make: one label. `make bench` starts it beside Canopy to tell how much of the
// time to the first text is the toolkit's own.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	a := app.NewWithID("org.example.bare")
	w := a.NewWindow("Bare")
	w.SetContent(widget.NewLabel("The quick brown fox jumps over the lazy dog"))
	w.Resize(fyne.NewSize(1200, 760))
	w.ShowAndRun()
}
