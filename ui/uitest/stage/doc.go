// Package stage sets the scene for tests of the user interface: a loop in place of the UI
// goroutine, a clock that is held, a sandbox that runs, and a person with a browser.
//
// Everything on it is real except the screen, the clock and the person: the authenticator
// listens on the loopback, the sandbox answers over HTTP, grants are in a file. It knows no
// Fyne; package uitest adds the screen. Only tests import it.
//
//	s := stage.New(t, sandbox.Options{})
//	s.Person.Allows("alice@acme.example", "1001")
//	sess := session.New(s.Deps())
//	sess.SignIn(auth.Options{})
//	s.Loop.Until(t, "rows", func() bool { return sess.State().Phase == session.Browsing })
package stage
