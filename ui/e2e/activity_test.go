package e2e_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"canopy/ui/e2e"
)

// exported is a line of an exported list of requests.
type exported struct {
	Method, Host, Path string
	Status             int
}

// export asks for the file of what is on the page, and reads it.
func (s *scene) export() string {
	s.Helper()
	file := filepath.Join(s.T.TempDir(), "activity.jsonl")
	s.click("Export…")
	s.await("the dialog", e2e.Text("Save"))
	s.must(s.app.Press(s.ctx, "Control+a"))
	s.must(s.app.Type(s.ctx, file))
	s.must(s.app.Press(s.ctx, "Return"))
	s.says("Saved as")
	text, err := os.ReadFile(file)
	s.must(err)
	info, err := os.Stat(file)
	s.must(err)
	if mode := info.Mode().Perm(); mode != 0o600 {
		s.Errorf("the file has the mode %o; want 600", mode)
	}
	return string(text)
}

// requestsIn reads an exported list.
func (s *scene) requestsIn(text string) (list []e2e.Request) {
	s.Helper()
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		var r exported
		s.must(json.Unmarshal(lines.Bytes(), &r))
		path, _, _ := strings.Cut(r.Path, "?")
		list = append(list, e2e.Request{Method: r.Method, Host: s.sandbox.HostOf(r.Host), Path: path, Status: r.Status})
	}
	s.must(lines.Err())
	return list
}

// sameRequests asserts that the app tells of the requests that the sandbox has answered, no more and no fewer.
func (s *scene) sameRequests(where string, told []e2e.Request) {
	s.Helper()
	answered, err := s.sandbox.Requests()
	s.must(err)
	told = slices.DeleteFunc(told, func(r e2e.Request) bool { return r.Path == "/_sandbox" }) // where its hosts are: not logged there
	missing, extra := e2e.OnlyIn(answered, told)
	if len(missing)+len(extra) > 0 || len(told) == 0 {
		s.Errorf("%s tells of %d requests, and the sandbox has answered %d:\nmissing: %q\ntoo much: %q", where, len(told), len(answered), missing, extra)
	}
}

func TestTheActivityIsWhatTheSandboxWasAskedForAndHoldsNoSecret(t *testing.T) {
	s := open(t, e2e.Options{}, "--rate-limit=-1", "--clusters=450", "--projects=3")
	s.start()
	var secrets e2e.Canaries
	attempt, err := s.desk.SignIn(s.ctx, s.app, s.sandbox, bob, "Halden Freight")
	s.must(err)
	secrets.AddVisited(attempt.Page.Visited())
	s.must(secrets.AddLink(attempt.Link))
	attempt.Page.Close()
	s.says("Updated ")
	secrets.AddRecords(s.secrets())
	s.must(s.sandbox.SetFaults(s.ctx, "status=dedicated:503", "html=iam.org*1"))
	s.must(s.app.Press(s.ctx, "Control+r"))
	s.says("Updated ")
	s.must(s.sandbox.SetFaults(s.ctx))
	s.must(s.app.Press(s.ctx, "Control+r"))
	s.says("Updated ")
	s.must(s.sandbox.Revoke(s.ctx, bob, "3003"))
	s.must(s.app.Press(s.ctx, "Control+r"))
	s.says("no longer accepts this sign-in")

	s.must(s.app.Press(s.ctx, "Control+Shift+a"))
	s.says("What Canopy asked, and why")
	shown, err := s.app.Activity(s.ctx)
	s.must(err)
	s.sameRequests("the page", shown)
	text := s.export()
	s.sameRequests("the file", s.requestsIn(text))
	secrets.AddRecords(s.secrets())
	if tokens, codes, challenges := secrets.Count(); tokens < 2 || codes == 0 || challenges == 0 {
		t.Fatalf("found %d tokens, %d codes and %d challenges to look for; want two tokens and one of the others at least", tokens, codes, challenges)
	}
	reportLeaks(t, secrets.LeaksOfState("the exported file", text))
	s.copiesCurl(&secrets)
}

// copiesCurl asserts that a request is copied as a command that anybody may see.
func (s *scene) copiesCurl(secrets *e2e.Canaries) {
	s.Helper()
	s.must(s.app.Click(s.ctx, func(o e2e.Object) bool { return strings.Contains(o.Row, "/v1beta1/projects") }))
	s.click("Copy as curl")
	s.says("Copied. Put your access token into TIDB_CLOUD_TOKEN.")
	command, err := s.desk.Display.Clipboard(s.ctx)
	s.must(err)
	if !strings.HasPrefix(command, "curl ") || !strings.Contains(command, "$TIDB_CLOUD_TOKEN") || !strings.Contains(command, "/v1beta1/projects") {
		s.Errorf("the clipboard holds %q; want a curl command with the token as a variable", command)
	}
	reportLeaks(s.T, secrets.LeaksOfState("the clipboard", command))
}
