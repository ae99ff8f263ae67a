package e2e_test

import (
	"slices"
	"testing"

	"canopy/ui/e2e"
)

func TestTwoGrantsSideBySideDifferAsTheSandboxSays(t *testing.T) {
	w := openWallet(t)
	w.gives(e2e.Sight{Choice: e2e.Choice{User: alice, Organization: "1001"}}, w.signInButton)
	w.gives(e2e.Sight{Choice: e2e.Choice{User: bob, Organization: "1001", Projects: []string{"101", "105"}}, Known: everything}, w.addAccount)
	theirs, err := w.desk.Want(w.ctx, w.sandbox, w.given[0].Choice)
	w.must(err)
	ours, err := w.desk.Want(w.ctx, w.sandbox, w.given[1].Choice)
	w.must(err)
	var want []string // what alice sees and bob does not
	for _, p := range theirs.Children {
		if slices.Contains(ours.Rows(), p.ID) {
			continue
		}
		want = append(want, p.Name+": not granted")
		for _, c := range p.Children {
			want = append(want, p.Name+" › "+c.Name+": not granted")
		}
	}
	w.must(w.app.Menu(w.ctx, "View", "Compare two grants…"))
	w.says("Both see 2 projects and 6 clusters.")
	rows, err := w.app.Table(w.ctx)
	w.must(err)
	got := make([]string, 0, len(rows))
	for _, cells := range rows { // id, name, side, reason, kind
		got = append(got, cells[1]+": "+cells[3])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the comparison says %q; want %q", got, want)
	}
	w.must(w.app.Press(w.ctx, "Escape", "Escape"))
	w.must(w.app.Gone(w.ctx, "the page", e2e.Text("Two grants side by side")))
	w.agrees()
}
