// Package ui is Canopy's window.
//
// It draws the state of a session and sends the person's intents back to it. All of it runs
// on the UI goroutine: there is no lock, no binding and no go statement here; work is done by
// package task and delivered by fyne.Do. Each pane is a small struct that makes its widgets
// once and has one method to show a state.
//
// The package does not import fyne/v2/app, so that its tests need neither cgo nor a screen.
package ui
