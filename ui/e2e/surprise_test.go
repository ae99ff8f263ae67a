package e2e_test

import (
	"testing"

	"canopy/ui/e2e"
)

func TestAnotherUserThanAskedForIsAskedAbout(t *testing.T) {
	w := openWallet(t)
	asked := e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101"}}, Known: everything}
	other := e2e.Sight{Choice: e2e.Choice{User: alice, Organization: "1001", Projects: []string{"101", "102"}}, Known: everything}
	w.step("a grant that was larger once", func() {
		w.gives(e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001"}}, w.signInButton)
		w.gives(asked, w.addAccount)
	})
	again := func() error {
		w.ticks("102")
		return w.app.Click(w.ctx, e2e.Text("Ask in browser…"))
	}
	surprise := func() {
		w.consents(other, "Allow", again)
		w.says("Another user has signed in")
		w.says("What you had is unchanged until you decide.")
	}
	w.step("forgetting the new one leaves everything as it was", func() {
		surprise()
		w.click("Forget the new one")
		w.agrees()
	})
	w.step("trying again asks for the same user once more", func() {
		surprise()
		w.gives(asked, func() error { return w.app.Click(w.ctx, e2e.Text("Try again as bob@acme.example")) })
	})
	w.step("keeping both opens the new one", func() {
		surprise()
		w.click("Keep both")
		w.given = append(w.given, other)
		w.agrees()
	})
}
