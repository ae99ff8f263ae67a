package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"canopy/ui/cli"
)

// sandboxRun is `canopy sandbox` running with some arguments.
type sandboxRun struct {
	lines *bufio.Scanner
	stop  func() error
}

func runSandbox(t *testing.T, args ...string) sandboxRun {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	root := cli.NewRoot(nil)
	root.SetArgs(append([]string{"sandbox"}, args...))
	root.SetOut(in)
	root.SetErr(io.Discard)
	done := make(chan error, 1)
	go func() {
		err := root.ExecuteContext(ctx)
		in.CloseWithError(err)
		done <- err
	}()
	var once bool
	stop := func() error {
		if once {
			return nil
		}
		once = true
		cancel()
		return <-done
	}
	t.Cleanup(func() { _ = stop() })
	return sandboxRun{bufio.NewScanner(out), stop}
}

// endpoints reads the one line of JSON.
func (r sandboxRun) endpoints(t *testing.T) map[string]string {
	t.Helper()
	if !r.lines.Scan() {
		t.Fatalf("it printed nothing: %v", r.lines.Err())
	}
	var e map[string]string
	if err := json.Unmarshal(r.lines.Bytes(), &e); err != nil {
		t.Fatalf("%s: %v", r.lines.Text(), err)
	}
	return e
}

func TestSandboxPrintsOneLineOfJSONAndServes(t *testing.T) {
	run := runSandbox(t, "--listen", "127.0.0.1", "--json", "--fault", "status=userinfo:503", "--fault", "html=iam",
		"--now", "2026-11-23T12:00:00Z", "--clusters", "10", "--seed", "3", "--rate-limit", "5", "--token-lifetime", "30s",
		"--rotate=false", "--grace", "10s", "--latency", "1ms", "--state", filepath.Join(t.TempDir(), "state"), "--log")
	e := run.endpoints(t)
	for _, member := range []string{"issuer", "authorization_endpoint", "token_endpoint", "device_authorization_endpoint",
		"revocation_endpoint", "userinfo_endpoint", "iam", "serverless", "dedicated", "console", "client_id", "redirect_path"} {
		if e[member] == "" {
			t.Errorf("%s is missing in %v", member, e)
		}
	}
	if got := statusOf(t, e["userinfo_endpoint"]); got != http.StatusServiceUnavailable {
		t.Errorf("the fault gives %d", got)
	}
	if err := run.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	if run.lines.Scan() {
		t.Errorf("a second line was printed: %s", run.lines.Text())
	}
}

func statusOf(t *testing.T, address string) int {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func TestSandboxTellsPeopleWhereItIs(t *testing.T) {
	run := runSandbox(t)
	var words strings.Builder
	for run.lines.Scan() {
		words.WriteString(run.lines.Text() + "\n")
		if strings.HasPrefix(run.lines.Text(), "Stop it:") {
			break
		}
	}
	for _, want := range []string{"No real TiDB Cloud account is involved", "issuer      http://127.0.0.1:", "API key of organization 1001: SBX01001", "canopy --sandbox=http://127.0.0.1:"} {
		if !strings.Contains(words.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, words.String())
		}
	}
	if err := run.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestSandboxRefusesWrongFlagsInOneSentence(t *testing.T) {
	taken := runSandbox(t, "--json").endpoints(t)["issuer"]
	port := taken[strings.LastIndex(taken, ":")+1:]
	for _, c := range []struct{ args, words string }{
		{"--port x", "see canopy sandbox --help"},
		{"--bogus", "see canopy sandbox --help"},
		{"--port 70000", "choose 0 for free ports"},
		{"--port " + port, "port " + port + " of 127.0.0.1 is taken; stop the program that uses it"},
		{"--listen 0.0.0.0", "use 127.0.0.1 or ::1"},
		{"--now yesterday", "write for example 2026-11-23T12:00:00Z"},
		{"--rate-limit 0", "-1 for no limit"},
		{"--token-lifetime 0s", "choose for example 30s"},
		{"--token-lifetime soon", "see canopy sandbox --help"},
		{"--fault nope", `unknown fault "nope"; choose one of`},
		{"--clusters -1", "choose a number from 0"},
		{"--pkce maybe", "choose required, optional or ignored"},
		{"--foreign 500", "choose 403 or 404"},
		{"--redirect https://x", "not of the form"},
		{"--state /nowhere/at/all", "name a file in a folder that can be written to"},
		{"more", "there is no command"},
	} {
		var out, complaint bytes.Buffer
		code := cli.Main(append([]string{"sandbox"}, strings.Fields(c.args)...), &out, &complaint, nil)
		said := complaint.String()
		if code == 0 || out.Len() > 0 || !strings.Contains(said, c.words) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit code %d, said %q, want %q", c.args, code, said, c.words)
		}
	}
}

func TestSandboxHelpNamesEveryFault(t *testing.T) {
	var out bytes.Buffer
	if code := cli.Main([]string{"sandbox", "--help"}, &out, io.Discard, nil); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, want := range []string{"status=TARGET:CODE", "authorize-no-iss", "clock=DURATION", "--rotate", "status=token:500*2"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help does not name %q", want)
		}
	}
}
