// Package uitest gives tests of the window a real UI goroutine and a person who looks and
// presses.
//
// Fyne's test driver runs fyne.Do on whatever goroutine calls it, so that code that is right
// in the running app races in its tests. App queues it instead, and the test runs the queue:
// the goroutine of the test is the UI goroutine. What can be seen is read from the canvas, and
// a press goes through the same search for an object as the desktop's. Only tests import it.
package uitest
