// Package choice is what a person is about to let the window see: which projects are ticked,
// what that would change, and the scope and the consent that it comes to.
//
// It decides everything about the scope dialog that can be decided without a screen. A Choice
// begins with what a grant shows now, follows the list of projects while it is still being
// read, and never loses a tick by it:
//
//	c := choice.New(grant, view)
//	c.Find("pay")
//	c.None()
//	c.Toggle("101")
//	if c.Valid() {
//		session.SetScope(c.Scope())
//	}
//
// A Choice belongs to one goroutine. The package knows no Fyne and no words.
package choice
