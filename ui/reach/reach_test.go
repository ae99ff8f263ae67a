package reach_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"canopy/activity"
	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/reach"
	"canopy/ui/session"
	"canopy/ui/uitest/stage"
)

const (
	alice = "alice@acme.example"
	bob   = "bob@acme.example"
	acme  = "1001"
)

// desk is a session on a stage, with what follows its log.
type desk struct {
	*stage.Stage
	session *session.Session
	recent  *reach.Recent
}

func newDesk(t *testing.T, o sandbox.Options, user string, projects ...string) *desk {
	t.Helper()
	d := &desk{Stage: stage.New(t, o)}
	d.session = session.New(d.Deps())
	d.recent = reach.Follow(d.Activity)
	d.signIn(t, user, projects...)
	return d
}

// signIn adds an account and waits until all of it has been read and asked.
func (d *desk) signIn(t *testing.T, user string, projects ...string) {
	t.Helper()
	before := d.session.State().Grant.ID
	d.Person.Allows(user, acme, projects...)
	d.session.AddAccount()
	d.quiet(t, func(st session.State) bool { return st.Grant.ID != before && len(st.Grant.Hosts) == 3 })
}

func (d *desk) quiet(t *testing.T, cond func(session.State) bool) {
	t.Helper()
	d.Loop.Until(t, "everything to be read", func() bool {
		st := d.session.State()
		return st.Phase == session.Browsing && !st.Reading && !st.Probing && cond(st)
	})
}

// reread reads everything while the sandbox misbehaves, later than before.
func (d *desk) reread(t *testing.T, faults ...string) {
	t.Helper()
	if err := d.Sandbox.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
	d.Clock.Advance(time.Second)
	d.session.Refresh()
	d.quiet(t, func(session.State) bool { return true })
}

// hosts says how each host takes the grant.
func (d *desk) hosts(recent *reach.Recent) string {
	words := map[reach.Verdict]string{reach.NotAsked: "not asked", reach.Accepts: "accepts", reach.Refuses: "refuses", reach.Answers: "answers", reach.Unreachable: "unreachable"}
	hosts, _ := recent.Of(d.session.State())
	said := make([]string, 0, len(hosts))
	for _, h := range hosts {
		said = append(said, h.Name+" "+words[h.Verdict])
	}
	return strings.Join(said, ", ")
}

// groups says what there is to say of the projects.
func (d *desk) groups() string {
	words := [...]string{"read", "being read", "failed", "unknown", "asked for", "earlier", "elsewhere", "hidden", "gone"}
	groups := reach.Projects(d.session.State())
	said := make([]string, 0, len(groups))
	for _, g := range groups {
		var ids []string
		for _, p := range g.Projects {
			ids = append(ids, p.ID)
		}
		said = append(said, fmt.Sprintf("%s %s: %d", words[g.Kind], strings.Join(ids, "+"), g.Clusters))
	}
	return strings.Join(said, ", ")
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s\nwant %s", what, got, want)
	}
}

func TestHostsAreJudgedByTheLatestAnswer(t *testing.T) {
	d := newDesk(t, sandbox.Options{}, alice)
	expect(t, "after the sign-in", d.hosts(d.recent), "iam accepts, serverless accepts, dedicated accepts")
	d.reread(t, "unauthorized=dedicated", "status=serverless:503")
	expect(t, "after a refresh", d.hosts(d.recent), "iam accepts, serverless answers, dedicated refuses")
	hosts, _ := d.recent.Of(d.session.State())
	if err := hosts[2].Err.Error(); !strings.Contains(err, "401 unauthorized") || !strings.Contains(err, "while others may") || hosts[2].At.IsZero() || hosts[1].Status != 503 {
		t.Errorf("the hosts are %+v, the reason %q", hosts, err)
	}
	d.reread(t, "forbid-project=102", "status=iam:404")
	expect(t, "what is answered about a project is no news of the host", d.hosts(d.recent), "iam accepts, serverless accepts, dedicated refuses")
	d.reread(t)
	d.session.ProbeHosts()
	d.quiet(t, func(session.State) bool { return true })
	expect(t, "after asking", d.hosts(d.recent), "iam accepts, serverless accepts, dedicated accepts")
	d.reread(t, "reset=serverless")
	expect(t, "without an answer", d.hosts(d.recent), "iam accepts, serverless unreachable, dedicated accepts")
}

func TestWithoutALogTheProbesAndTheFailuresCount(t *testing.T) {
	d := newDesk(t, sandbox.Options{}, alice)
	blind := reach.Follow(nil)
	expect(t, "after the sign-in", d.hosts(blind), "iam accepts, serverless accepts, dedicated accepts")
	d.reread(t, "unauthorized=dedicated")
	expect(t, "after a refresh", d.hosts(blind), "iam accepts, serverless accepts, dedicated refuses")
	if _, used := blind.Of(d.session.State()); used != (reach.Use{}) {
		t.Errorf("it was used for %+v", used)
	}
}

func TestAHostThatCouldNotBeAskedIsNotUnreachable(t *testing.T) {
	d := newDesk(t, sandbox.Options{}, alice)
	st := d.session.State()
	for i := range st.Grant.Hosts {
		st.Grant.Hosts[i] = auth.HostHealth{Name: st.Grant.Hosts[i].Name, Problem: "sign in again", At: d.Clock.Now().Add(time.Hour)}
	}
	hosts, _ := reach.Follow(nil).Of(st)
	for _, h := range hosts {
		if h.Verdict != reach.NotAsked || h.Err == nil {
			t.Errorf("%s: %v %v", h.Name, h.Verdict, h.Err)
		}
	}
}

func TestTheLastUseIsThatOfTheOpenGrant(t *testing.T) {
	d := newDesk(t, sandbox.Options{}, alice)
	first := d.session.State()
	_, used := d.recent.Of(first)
	if used.Why == "" || !used.At.Equal(d.Clock.Now()) {
		t.Errorf("it was used for %+v", used)
	}
	d.Clock.Advance(time.Minute)
	d.signIn(t, bob)
	if _, again := d.recent.Of(first); again != used {
		t.Errorf("what another grant is used for counts: %+v", again)
	}
}

func TestProjectsAreGroupedByWhatThereIsToSay(t *testing.T) {
	d := newDesk(t, sandbox.Options{}, bob) // who sees all of Acme
	d.signIn(t, alice, "101", "102", "103", "106")
	expect(t, "some projects", d.groups(), "read 102+101+103+106: 10, elsewhere 107+105+104: 0")
	d.session.SetScope(auth.Scope{Hidden: []string{"103"}})
	d.reread(t, "no-project=106", "unauthorized=dedicated")
	expect(t, "hidden, failed and gone", d.groups(), "read 101: 3, failed 102: 3, elsewhere 107+105+104: 0, hidden 103: 3, gone 106: 0")
	for _, g := range reach.Projects(d.session.State()) {
		if g.Kind == reach.Failed && (g.Err == nil || len(g.Parts) != 1 || g.Parts[0].ID != "102" || g.Exact) {
			t.Errorf("what failed is %+v", g)
		}
	}
	d.reread(t, "no-project=106", "status=projects:500")
	expect(t, "an older list stays", d.groups(), "read 102+101: 6, elsewhere 107+105+104: 0, hidden 103: 3, gone 106: 0")
}

func TestWhatWasAskedForIsToldApartFromWhatIsKnown(t *testing.T) {
	d := newDesk(t, sandbox.Options{}, alice)
	d.Person.Allows(alice, acme, "101")
	before := d.session.State().Grant.ID
	d.session.AskFor(auth.Reach{Projects: []auth.Project{{ID: "101"}, {ID: "103"}}})
	d.quiet(t, func(st session.State) bool { return st.Grant.ID != before && st.View.Whole().Complete() })
	expect(t, "less than asked for", d.groups(), "read 101: 3, asked for 103: 0, earlier 102+107+106+105+104: 0")
	got := reach.Compare(d.session.State())
	if !got.Differs() || len(got.Refused) != 1 || got.Refused[0].ID != "103" || len(got.Unasked)+len(got.Unlisted)+len(got.Extra) > 0 || got.Count != 1 {
		t.Errorf("the difference is %+v", got)
	}
}

func TestStatedIsComparedWithWhatIsListed(t *testing.T) {
	for what, c := range map[string]struct {
		options sandbox.Options
		granted []string
		faults  []string
		want    reach.Stated
	}{
		"all":             {want: reach.Stated{All: true, Listed: true}},
		"some":            {granted: []string{"101", "103"}, want: reach.Stated{Count: 2, Listed: true}},
		"nothing":         {options: sandbox.Options{NoAuthorizationDetails: true}, want: reach.Stated{Nothing: true, Listed: true}},
		"one that is not": {granted: []string{"101", "103"}, faults: []string{"no-project=103"}, want: reach.Stated{Count: 2, Listed: true, Unlisted: []auth.Project{{ID: "103", Name: "staging"}}}},
	} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t, c.options, alice, c.granted...)
			d.reread(t, c.faults...)
			if got := reach.Compare(d.session.State()); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("stated is %+v, want %+v", got, c.want)
			}
		})
	}
	t.Run("one more", func(t *testing.T) {
		d := newDesk(t, sandbox.Options{}, alice, "101", "103")
		st := d.session.State()
		st.Grant.Projects = st.Grant.Projects[:1]
		if got := reach.Compare(st); len(got.Extra) != 1 || got.Extra[0].ID != "103" {
			t.Errorf("stated is %+v", got)
		}
	})
}

func TestARequestAsAReasonSaysWhatToDo(t *testing.T) {
	for want, r := range map[string]activity.Request{
		"GET /v1 from h: 401 unauthorized (trace id 7); this host does not take this sign-in, while others may": {Method: "GET", Path: "/v1", Host: "h", Status: 401, TraceID: "7"},
		"GET /v1 from h: no answer in time; check the network and try again":                                    {Method: "GET", Path: "/v1", Host: "h", Problem: "no answer in time"},
		"GET /v1 from h: 503 service unavailable; try again later":                                              {Method: "GET", Path: "/v1", Host: "h", Status: 503},
		"GET /v1 from h: the connection broke off; try again later":                                             {Method: "GET", Path: "/v1", Host: "h", Status: 200, Problem: "the connection broke off"},
	} {
		expect(t, "the reason", (&reach.RequestError{Request: r}).Error(), want)
	}
}
