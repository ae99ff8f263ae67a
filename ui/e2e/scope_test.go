package e2e_test

import (
	"testing"

	"canopy/ui/e2e"
)

func TestAScopeIsNarrowedAndWidenedThroughConsent(t *testing.T) {
	w := openWallet(t)
	acme := func(known []string, projects ...string) e2e.Sight {
		return e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001", Projects: projects}, Known: known}
	}
	w.step("everything is granted", func() { w.gives(acme(nil), w.signInButton) })
	w.step("hiding two", func() {
		w.ticks("102", "104", "107")
		w.click("Apply")
		w.open().Hidden = []string{"102", "104", "107"}
		w.agrees()
	})
	w.step("a restart keeps them hidden", func() { w.restart(); w.agrees() })
	w.step("showing one again", func() {
		w.ticks("104", "107")
		w.click("Apply")
		w.open().Hidden = []string{"102"}
		w.agrees()
	})
	w.step("the same user gives less: what is gone is known, what is hidden stays hidden", func() {
		g := acme(everything, "101", "102", "103")
		g.Hidden = []string{"102"}
		w.gives(g, w.addAccount)
	})
	w.step("asking for more, and being denied: the old grant stays", func() {
		w.consents(acme(nil, "101"), "Deny", func() error {
			w.ticks("105", "106")
			return w.app.Click(w.ctx, e2e.Text("Ask in browser…"))
		})
		w.says("You said no in the browser")
		w.agrees()
	})
	w.step("asking for more, and being allowed: the old grant is given back", func() {
		g := acme(everything, "101", "102", "103", "105")
		g.Hidden = []string{"102"}
		w.gives(g, func() error {
			w.ticks("105")
			return w.app.Click(w.ctx, e2e.Text("Ask in browser…"))
		})
	})
	w.step("asking for more, and being given a part", func() {
		g := acme(everything, "101", "102", "103", "105", "107")
		g.Hidden = []string{"102"}
		w.gives(g, func() error {
			w.ticks("106", "107")
			return w.app.Click(w.ctx, e2e.Text("Ask in browser…"))
		})
		w.says("granted 5 of the 6 projects you asked for; not granted: staging-eu.")
	})
	w.step("a restart changes nothing", func() { w.restart(); w.agrees() })
}

func TestAProjectThatAppearsLaterFollowsTheRule(t *testing.T) {
	w := openWallet(t)
	w.must(w.sandbox.SetFaults(w.ctx, "no-project=106", "no-project=107"))
	w.gives(e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001"}}, w.signInButton)
	w.ticks("102")
	w.click("Apply")
	w.open().Hidden = []string{"102"}
	w.agrees()
	w.must(w.sandbox.SetFaults(w.ctx, "no-project=107"))
	w.must(w.app.Press(w.ctx, "Control+r"))
	w.agrees() // 106 is there, and shown
	w.ticks()
	w.click("Show only the ticked; projects that appear later stay hidden")
	w.click("Apply")
	w.must(w.sandbox.SetFaults(w.ctx))
	w.must(w.app.Press(w.ctx, "Control+r"))
	w.open().Hidden = []string{"102", "107"}
	w.agrees()
}
