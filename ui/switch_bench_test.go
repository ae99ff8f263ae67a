package ui_test

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/uitest"
)

// switchLimit is how long a switch between two grants that are in memory may take.
const switchLimit = 100 * time.Millisecond

// BenchmarkSwitch measures from the press of Enter in the switcher until the rows of the other grant
// stand in the tree, when one of the two has 100,000 clusters and the other ten. It tells the
// median of both ways and how many times longer the large one takes, which should not depend on
// how large it is; with every project open, it does.
func BenchmarkSwitch(b *testing.B) {
	const clusters = 100_000
	d := newDesk(b, sandbox.Options{Clusters: clusters, Seed: 1})
	d.signIn(b, gina, globex)
	d.Person.Allows(alice, generatedOrganization)
	d.session.AddAccount()
	d.Loop.Until(b, "the large organization", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && !st.Reading && st.View.Counts().Clusters == clusters
	})
	large := d.session.State().Grant
	small := d.session.State().Grants[1]
	if err := d.Sandbox.SetFaults("slow=api:1h"); err != nil { // what is read anew behind it is measured elsewhere
		b.Fatal(err)
	}
	for _, open := range []bool{false, true} {
		name := "projects closed"
		if open {
			name = "projects open"
		}
		b.Run(name, func(b *testing.B) {
			for _, g := range []auth.Grant{small, large} {
				d.session.Open(g.ID)
				uitest.Choose(b, d.window.Window(), "View", map[bool]string{true: "Open all", false: "Close all"}[open])
			}
			took := map[string][]time.Duration{}
			for b.Loop() {
				for _, g := range []auth.Grant{small, large} {
					took[g.ID] = append(took[g.ID], d.switchTo(b, g))
				}
			}
			toLarge, toSmall := median(took[large.ID]), median(took[small.ID])
			b.ReportMetric(milliseconds(toLarge), "ms/large")
			b.ReportMetric(milliseconds(toSmall), "ms/small")
			b.ReportMetric(float64(toLarge)/float64(toSmall), "large/small")
			if toLarge > switchLimit {
				b.Errorf("switching to %d clusters takes %v", clusters, toLarge)
			}
		})
	}
}

// generatedOrganization is the one that Options.Clusters adds.
const generatedOrganization = "3003"

// switchTo switches by key and returns how long the key press took. It fails unless the rows are
// those of the other grant by then.
func (d *desk) switchTo(b *testing.B, g auth.Grant) time.Duration {
	d.openSwitcher(b)
	uitest.Key(d.canvas(), fyne.KeyDown)
	begun := time.Now()
	uitest.Key(d.canvas(), fyne.KeyReturn)
	took := time.Since(begun)
	if rows := d.rows(); len(rows) < 3 || rows[0] != g.Organization.Name {
		b.Fatalf("the rows are %q, want those of %q", rows, g.Organization.Name)
	}
	return took
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
