package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"canopy/api"
	"canopy/api/inventory"
)

// shelf is a source that a test lays out, and changes between two readings.
type shelf struct {
	inventory.Source
	projects   []api.Page[api.Project]
	clusters   []api.Page[api.Cluster]
	dedicated  map[string][]api.Page[api.Cluster]
	branches   map[string]api.Page[api.Branch]
	failing    map[inventory.PartKind]error // after the pages laid out
	during     func(inventory.PartKind)     // called by each reading
	organizing api.Organization
}

var errDown = errors.New("the host is down")

func (s *shelf) Organization(context.Context) (api.Organization, error) { return s.organizing, nil }

func (s *shelf) Projects(_ context.Context, token string) (api.Page[api.Project], error) {
	return next(s, inventory.PartProjects, s.projects, token)
}

func (s *shelf) ServerlessClusters(_ context.Context, token string) (api.Page[api.Cluster], error) {
	return next(s, inventory.PartServerless, s.clusters, token)
}

func (s *shelf) DedicatedClusters(_ context.Context, project, token string) (api.Page[api.Cluster], error) {
	return next(s, inventory.PartDedicated, s.dedicated[project], token)
}

func (s *shelf) Branches(_ context.Context, cluster, token string) (api.Page[api.Branch], error) {
	return next(s, inventory.PartBranches, []api.Page[api.Branch]{s.branches[cluster]}, token)
}

// next returns the page that the token counts, with the token of the next one
// if there is one or if it is to fail.
func next[T any](s *shelf, kind inventory.PartKind, pages []api.Page[T], token string) (api.Page[T], error) {
	if s.during != nil {
		s.during(kind)
	}
	n := len(token)
	if n >= len(pages) {
		return api.Page[T]{Total: -1}, s.failing[kind]
	}
	page := pages[n]
	if n+1 < len(pages) || s.failing[kind] != nil {
		page.Next = token + "+"
	}
	return page, nil
}

// page is a page that tells no total.
func page[T any](items ...T) api.Page[T] { return api.Page[T]{Items: items, Total: -1} }

// subject is the project that the walk asks for, beside one that is always
// there.
const subject = "777"

// letters are the voices as the tables below write them.
var letters = map[inventory.Voice]string{
	inventory.Present: "P", inventory.NotGranted: "N", inventory.HiddenByYou: "H",
	inventory.DoesNotExist: "-", inventory.CouldNotBeRead: "E", inventory.Unread: "U",
}

// absences says for each state of the list of projects what is to be said of
// a project that is not in it. The columns are: nobody has heard of it, it is
// known, it is chosen, it is both; under what the grant states.
var absences = []struct{ list, unstated, covered, uncovered string }{
	{"not begun", "UUUU", "UUUU", "UUUU"},
	{"begun", "UUUU", "UUUU", "UUUU"},
	{"half read", "UUUU", "UUUU", "UUUU"},
	{"failed", "EEEE", "EEEE", "EEEE"},
	{"failed half way", "EEEE", "EEEE", "EEEE"},
	{"read", "-N-N", "----", "NNNN"},
	{"read, refreshing", "UN-N", "U---", "NNNN"},
	{"read, refresh failed", "EN-N", "E---", "NNNN"},
	{"read, total missed", "EEEE", "EEEE", "NNNN"},
	{"read, rows skipped", "EEEE", "EEEE", "NNNN"},
	{"read, total missed, refreshing", "UUUU", "UUUU", "NNNN"},
	{"read, total missed, refresh failed", "EEEE", "EEEE", "NNNN"},
}

// reading brings an inventory into a state of the list of projects. The
// subject is listed, or clusters are labelled with it, or neither.
func reading(t *testing.T, list string, listed, labelled bool) *inventory.Snapshot {
	t.Helper()
	source := &shelf{clusters: []api.Page[api.Cluster]{page(api.Cluster{ID: "1", Name: "one", ProjectID: "101"})}}
	other := api.Project{ID: "101", Name: "other", Type: api.ProjectTiDBX}
	source.projects = []api.Page[api.Project]{page(other)}
	if listed {
		source.projects[0].Items = append(source.projects[0].Items, api.Project{ID: subject, Name: "subject", Type: api.ProjectTiDBX})
	}
	if labelled {
		source.clusters[0].Items = append(source.clusters[0].Items, api.Cluster{ID: "2", Name: "two", ProjectID: subject})
	}
	v := inventory.New(source, now)
	part := inventory.Part{Kind: inventory.PartProjects}
	fail := map[inventory.PartKind]error{inventory.PartProjects: errDown}
	reload := func(part inventory.Part) {
		if err := v.Reload(t.Context(), part, nil); err != nil && !errors.Is(err, errDown) {
			t.Fatal(err)
		}
	}
	if list != "not begun" || labelled {
		reload(inventory.Part{Kind: inventory.PartServerless})
	}
	first, then, _ := strings.Cut(list, ", ")
	switch {
	case strings.Contains(then, "total missed"):
		source.projects[0].Total = 9
	case then == "rows skipped":
		source.projects[0].Skipped = 1
	}
	caught := v.Snapshot()
	catch := func(requests int) {
		source.during = func(inventory.PartKind) {
			if s := v.Snapshot(); s.Status(part).Requests == requests {
				caught = s
			}
		}
	}
	switch first {
	case "not begun":
		return caught
	case "begun":
		catch(0)
	case "half read":
		source.projects = append(source.projects, page[api.Project]())
		catch(1)
	case "failed":
		source.projects, source.failing = nil, fail
	case "failed half way":
		source.failing = fail
	}
	reload(part)
	switch {
	case strings.HasSuffix(then, "refreshing"):
		catch(0)
		reload(part)
	case strings.HasSuffix(then, "refresh failed"):
		source.projects, source.failing = nil, fail
		reload(part)
		caught = v.Snapshot()
	case source.during == nil:
		caught = v.Snapshot()
	}
	return caught
}

// TestEveryReasonForWhichAProjectIsMissing walks every state of the list with
// every place the project may have in it, every statement of the grant, and
// everything that may be known of the project, and asks every method.
func TestEveryReasonForWhichAProjectIsMissing(t *testing.T) {
	walked := 0
	for _, row := range absences {
		for _, place := range []string{"listed", "labelled", "listed and labelled", "nowhere"} {
			listed, labelled := strings.Contains(place, "listed"), strings.Contains(place, "labelled")
			snapshot := reading(t, row.list, listed, labelled)
			_, there := snapshot.Project(subject)
			for stated, absent := range map[string]string{"": row.unstated, "covered": row.covered, "uncovered": row.uncovered} {
				for column, want := range strings.Split(absent, "") {
					for _, hides := range []bool{false, true} {
						switch {
						case there && hides:
							want = "H"
						case there:
							want = "P"
						}
						name := fmt.Sprintf("%s/%s/states %q/column %d/hides %v", row.list, place, stated, column, hides)
						t.Run(name, func(t *testing.T) {
							checkVoice(t, inventory.NewView(snapshot, reachOf(stated, column, hides)), want, there || column > 0)
						})
						walked++
					}
				}
			}
			if waits := row.list == "not begun" || row.list == "begun" || row.list == "failed"; there != (labelled || listed && !waits) {
				t.Errorf("%s, %s: the project is there: %v", row.list, place, there)
			}
		}
	}
	if walked != 12*4*3*4*2 {
		t.Errorf("walked %d combinations", walked)
	}
}

func reachOf(stated string, column int, hides bool) inventory.Reach {
	r := inventory.Reach{}
	if stated != "" {
		r.Covers = func(string) (covered, known bool) { return stated == "covered", true }
	}
	if column == 1 || column == 3 {
		r.Known = []api.Project{{ID: subject}, {ID: subject, Name: "subject"}}
	}
	if column == 2 || column == 3 {
		r.Chosen = []string{subject, subject}
	}
	if hides {
		r.Shows = func(id string) bool { return id != subject }
	}
	return r
}

// checkVoice asks every method of a view for the subject. Only what the view
// has heard of is missing.
func checkVoice(t *testing.T, v *inventory.View, want string, heard bool) {
	t.Helper()
	voice, err := v.Project(subject)
	if got := letters[voice]; got != want {
		t.Fatalf("the voice is %q, want %q (%v)", got, want, err)
	}
	var failed *inventory.PartError
	if (want == "E") != errors.As(err, &failed) || failed != nil && failed.Part != projectsPart {
		t.Errorf("the error is %v", err)
	}
	missing := heard && want != "P" && want != "U"
	at := slices.IndexFunc(v.Missing(), func(m inventory.Missing) bool { return m.Project.ID == subject })
	if (at >= 0) != missing || missing && (v.Missing()[at].Voice != voice || (v.Missing()[at].Err != nil) != (want == "E")) {
		t.Errorf("missing: %v", v.Missing())
	}
	n := v.Counts()
	counted := map[string]int{"N": n.NotGranted, "H": n.Hidden, "-": n.Gone, "E": n.Unreadable}
	for letter, count := range counted {
		if one := missing && letter == want; (count == 1) != one || count > 1 {
			t.Errorf("counts %+v", n)
		}
	}
	if _, shown := v.Shown().Project(subject); shown != (want == "P") {
		t.Errorf("shown %v", shown)
	}
	checkSearch(t, v, want, heard, missing)
}

func checkSearch(t *testing.T, v *inventory.View, want string, heard, missing bool) {
	t.Helper()
	f := v.Search(" " + subject + " ")
	for letter, count := range map[string]int{
		"P": len(f.Matches), "H": len(f.Hidden), "N": len(f.NotGranted), "-": len(f.Gone), "E": len(f.Unreadable),
	} {
		if expected := letter == want && (missing || want == "P"); (count == 1) != expected || count > 1 {
			t.Errorf("found %+v", f)
		}
	}
	_, uncertain := f.Failures[projectsPart]
	switch {
	case (f.Exact != nil) != heard:
		t.Errorf("the id is known: %+v", f.Exact)
	case heard && (letters[f.Exact.Voice] != want || f.Exact.Kind != inventory.MatchProject || f.Exact.ID != subject):
		t.Errorf("the id is said to be %+v", f.Exact)
	case f.Nothing && (want != "-" && want != "N" || heard):
		t.Errorf("nothing is found of what is %q", want)
	case want == "E" && !uncertain || want == "U" && !f.Unread:
		t.Errorf("that there may be more is not said: %+v", f)
	}
}
