package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"

	"canopy/api/sandbox"
	"canopy/auth"
)

func TestSignInTellsTheStepsAndPrintsTheIdAlone(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.allow("alice@acme.example", "1001", "101", "103")
	d.opener = func(string) error { return nil }
	c := d.begin(t.Context(), "signin", "--log-level", "debug")
	c.awaits("Waiting for your approval")
	d.visit(c.awaits(`(?m)^(http://\S+)$`))
	o := c.end()
	grants := d.grants()
	if len(grants) != 1 || o.out != grants[0].ID+"\n" {
		t.Fatalf("stdout is %q, the grants are %v", o.out, grants)
	}
	rest := o.errors
	for _, words := range []string{
		"Listening on 127.0.0.1:", "Opened 127.0.0.1:", " in your browser. If nothing opened, open this link:\nhttp://127.0.0.1:",
		"\nWaiting for your approval, ", " left\nApproved, exchanging the answer with 127.0.0.1:",
		"\nKeeping the credential in the keyring\n", "Signed in as alice@acme.example to Acme Robotics, 2 projects\n",
	} {
		_, after, found := strings.Cut(rest, words)
		if !found {
			t.Fatalf("it does not say %q in its place:\n%s", words, o.errors)
		}
		rest = after
	}
	if n := len(d.wire.secrets()); n < 4 {
		t.Errorf("only %d secrets went over the wire; the test for leaks is blind", n)
	}
}

func TestSignInSaysHowLongItWaits(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.opener = func(string) error { return nil }
	ctx, cancel := context.WithCancel(t.Context())
	c := d.begin(ctx, "signin")
	c.awaits(`Waiting for your approval, (4:5\d|5:00) left`)
	cancel()
	o := c.end()
	o.refused(t, "the sign-in was cancelled; start again when you are ready")
	o.says(t, "Opened 127.0.0.1:")
	if o.out != "" || len(d.grants()) != 0 {
		t.Errorf("a cancelled sign-in leaves %q and %v", o.out, d.grants())
	}
}

func TestSignInPrintsTheGrantInJSON(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	o := d.must("signin", "--json")
	var g auth.Grant
	if err := json.Unmarshal([]byte(o.out), &g); err != nil {
		t.Fatalf("%v in %s", err, o.out)
	}
	if kept := d.grants()[0]; g.ID != kept.ID || g.User != kept.User || !g.AllProjects || g.Kept != auth.KeptKeyring {
		t.Errorf("printed %+v, kept %+v", g, kept)
	}
	o.says(t, "Signed in as alice@acme.example to Acme Robotics, all projects")
}

func TestSignInGoesOnWithoutABrowser(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.opener = func(string) error { return errors.New("xdg-open was not found; copy the link into a browser") }
	c := d.begin(t.Context(), "signin")
	d.visit(c.awaits(`(?m)^(http://\S+)$`))
	o := c.end()
	o.says(t, "The browser could not be opened: xdg-open was not found; copy the link into a browser.\nOpen this link in a browser on this machine, or use canopy signin --device:\nhttp://")
	if o.code != 0 || strings.Contains(o.errors, "Opened") {
		t.Errorf("exit code %d, said %s", o.code, o.errors)
	}
}

func TestSignInOffersADeviceCodeWhereTheBrowserMayNotComeBack(t *testing.T) {
	for doubt, words := range map[string]string{
		"ssh": "You seem to be on another machine", "container": "You seem to be in a container", "wsl": "You seem to be in WSL",
		"no display": "There seems to be no browser here",
	} {
		d := newTerminal(t, sandbox.Options{})
		d.doubt = doubt
		o := d.must("signin")
		if !strings.HasPrefix(o.errors, words) || !strings.Contains(strings.SplitAfter(o.errors, "\n")[0], "canopy signin --device") {
			t.Errorf("%s: said %q", doubt, o.errors)
		}
	}
}

func TestSignInStaysUntilTheLastPageHasBeenSeen(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	look, signedIn := make(chan struct{}), make(chan struct{})
	seen := false
	d.redirected = func(path string) {
		if path != "/callback" { // that of the page at the end
			close(signedIn)
			<-look
			seen = true
		}
	}
	c := d.begin(t.Context(), "signin")
	<-signedIn
	c.awaits("Signed in as")
	select {
	case <-c.done:
		t.Fatal("the command ended before the page was seen")
	default:
	}
	close(look)
	c.end()
	d.visits.Wait()
	if !seen {
		t.Error("there was no page to see")
	}
}

func TestSignInTellsOfStrayRequests(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.opener = func(string) error { return nil }
	c := d.begin(t.Context(), "signin")
	address, link := c.awaits(`Listening on (\S+)\n`), c.awaits(`(?m)^(http://\S+)$`)
	statusOf(t, "http://"+address+"/favicon.ico")
	c.awaits("1 stray request ignored\n")
	statusOf(t, "http://"+address+"/callback?code=x&state=y")
	c.awaits("2 stray requests ignored\n")
	statusOf(t, "http://"+address+"/")
	d.visit(link)
	if o := c.end(); o.code != 0 || strings.Contains(o.errors, "3 stray") {
		t.Errorf("exit code %d, said %s", o.code, o.errors)
	}
}

func TestSignInEndsInOneSentence(t *testing.T) {
	for _, c := range []struct {
		name, words string
		set         func(*terminal)
		args        string
	}{
		{name: "denied", words: "access was not allowed", set: (*terminal).deny},
		{name: "server error", words: "answered 500", set: func(d *terminal) { _ = d.server.SetFaults("status=token:500") }},
		{name: "no answer", words: "no answer came in time", set: func(d *terminal) {
			d.opener = func(string) error { return nil }
			d.wait = func(ctx context.Context, wait time.Duration) error {
				if wait == 5*time.Minute {
					return nil
				}
				return briefly(ctx, wait)
			}
		}},
		{name: "no keyring", words: "start one, such as GNOME Keyring or KWallet", set: func(d *terminal) { d.keyring.trouble = auth.ErrKeyringAbsent }},
		{name: "full keyring", words: "use the window, which can keep it", set: func(d *terminal) { d.keyring.trouble = auth.ErrKeyringTooBig }},
		{name: "locked keyring", words: "the keyring is locked; unlock it", set: func(d *terminal) { d.keyring.trouble = auth.ErrKeyringLocked }},
		{name: "no client id", words: "use --api-key or --sandbox", set: withoutSandbox, args: "--environment TiDB_Cloud"},
		{name: "unknown environment", words: `there is no environment "Mars"`, set: withoutSandbox, args: "--environment Mars"},
		{name: "sandbox and environment", words: "exclude each other", args: "--environment Mars"},
		{name: "no sandbox there", words: "start one with canopy sandbox", set: func(d *terminal) { _ = d.server.Close() }},
		{name: "sandbox state unusable", words: "is damaged or of another version", args: "--sandbox", set: func(d *terminal) {
			if err := os.WriteFile(filepath.Join(d.home, "sandbox.json"), []byte("{"), 0o600); err != nil {
				d.t.Fatal(err)
			}
		}},
		{name: "damaged settings", words: "wrong in line 1", set: func(d *terminal) {
			if err := os.WriteFile(filepath.Join(d.home, "settings.toml"), []byte("="), 0o600); err != nil {
				d.t.Fatal(err)
			}
		}},
		{name: "both ways in", words: "--device and --api-key exclude each other", args: "--device --api-key"},
		{name: "session only", words: "a session in a terminal ends with the command", args: "--session-only"},
		{name: "public key alone", words: "belongs to --api-key", args: "--public-key P"},
		{name: "log level", words: "--log-level is debug, info, warn or error", args: "--log-level loud"},
		{name: "unknown flag", words: "see canopy signin --help", args: "--private-key=canary-private"},
		{name: "arguments", words: "signin takes flags only", args: "--api-key canary-public canary-private"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			if c.set != nil {
				c.set(d)
			}
			args := []string{"signin"}
			for _, a := range strings.Fields(c.args) {
				args = append(args, strings.ReplaceAll(a, "_", " "))
			}
			if o := d.fails(c.words, args...); o.out != "" || strings.Contains(o.errors, "canary") {
				t.Errorf("printed %q and %q", o.out, o.errors)
			}
			if file, err := os.ReadFile(filepath.Join(d.home, "grants.json")); err == nil && bytes.Contains(file, []byte(`"id"`)) {
				t.Errorf("a grant was kept: %s", file)
			}
		})
	}
}

func withoutSandbox(d *terminal) { delete(d.env, "CANOPY_SANDBOX") }

func TestSignInSaysWhyAnAnswerWasRefused(t *testing.T) {
	d := newTerminal(t, sandbox.Options{Faults: []string{"authorize-iss=https://evil.example"}})
	ctx, cancel := context.WithCancel(t.Context())
	c := d.begin(ctx, "signin")
	c.awaits("Still waiting: an answer was refused: .*check the environment's issuer")
	cancel()
	c.end().refused(t, "cancelled")
}

func TestSignInWithTheBuiltInSandboxStartsIt(t *testing.T) {
	for _, flags := range []string{"--sandbox", "--environment Sandbox"} {
		d := newTerminal(t, sandbox.Options{})
		withoutSandbox(d)
		d.must(append([]string{"signin"}, strings.Fields(flags)...)...)
		if g := d.grants(); len(g) != 1 || g[0].Environment != "Sandbox" || g[0].Issuer == d.server.Endpoints().Issuer {
			t.Errorf("%s: the grants are %+v", flags, g)
		}
		if state, err := os.ReadFile(filepath.Join(d.home, "sandbox.json")); err != nil || !bytes.Contains(state, []byte("alice@acme.example")) {
			t.Errorf("%s: the sandbox keeps %s, %v", flags, state, err)
		}
	}
}

// devicePolling lets a device poll once the channel is closed, and all else pass as usual.
func devicePolling(approved <-chan struct{}) func(context.Context, time.Duration) error {
	return func(ctx context.Context, wait time.Duration) error {
		if wait != 5*time.Second {
			return briefly(ctx, wait)
		}
		select {
		case <-approved:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
}

func TestSignInWithADeviceShowsCodeAndPage(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	approved := make(chan struct{})
	d.wait = devicePolling(approved)
	c := d.begin(t.Context(), "signin", "--device")
	page, code := c.awaits(`Open this page on any device:\n(\S+)\n`), c.awaits(`and enter the code: (\S+)\n`)
	c.awaits(`Waiting for your approval, (9:59|10:00) left`)
	d.visit(page + "?user_code=" + code)
	close(approved)
	o := c.end()
	if g := d.grants(); o.code != 0 || len(g) != 1 || o.out != g[0].ID+"\n" || g[0].Method != auth.MethodDevice {
		t.Errorf("exit code %d, stdout %q, grants %v, said %s", o.code, o.out, g, o.errors)
	}
	o.says(t, "Signed in as alice@acme.example to Acme Robotics, all projects")
	if strings.ContainsAny(o.errors, "▀▄█\x1b") {
		t.Errorf("there is a picture although this is no terminal:\n%s", o.errors)
	}
}

func TestSignInWithADeviceEndsWhenThePersonSaysNo(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	approved := make(chan struct{})
	d.wait = devicePolling(approved)
	d.deny()
	c := d.begin(t.Context(), "signin", "--device")
	d.visit(c.awaits(`device:\n(\S+)\n`) + "?user_code=" + c.awaits(`the code: (\S+)\n`))
	close(approved)
	c.end().refused(t, "access was not allowed")
}

func TestSignInWithADeviceShowsAQRCodeOnATerminal(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.tty = true
	ctx, cancel := context.WithCancel(t.Context())
	c := d.begin(ctx, "signin", "--device")
	page, code := c.awaits(`device:\n(\S+)\n`), c.awaits(`the code: (\S+)\n`)
	c.awaits("Waiting for your approval")
	cancel()
	o := c.end()
	want, err := qr.Encode(page+"?user_code="+code, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	_, picture, _ := strings.Cut(o.errors, "or scan this:\n")
	rows := modulesOf(picture)
	const margin = 4
	if len(rows) < want.Size+2*margin {
		t.Fatalf("the picture has %d rows of modules, want %d:\n%s", len(rows), want.Size+2*margin, picture)
	}
	for y := -margin; y < want.Size+margin; y++ {
		for x := -margin; x < want.Size+margin; x++ {
			if rows[y+margin][x+margin] != want.Black(x, y) {
				t.Fatalf("module %d,%d is wrong:\n%s", x, y, picture)
			}
		}
	}
}

// modulesOf reads a picture of half blocks back.
func modulesOf(picture string) (rows [][]bool) {
	for _, line := range strings.Split(picture, "\n") {
		line, ok := strings.CutPrefix(line, "\x1b[30;107m")
		line, closed := strings.CutSuffix(line, "\x1b[0m")
		if !ok || !closed {
			break
		}
		var upper, lower []bool
		for _, r := range line {
			upper = append(upper, r == '█' || r == '▀')
			lower = append(lower, r == '█' || r == '▄')
		}
		rows = append(rows, upper, lower)
	}
	return rows
}

func TestSignInOnADumbTerminalDrawsNothing(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	d.tty, d.env["TERM"] = true, "dumb"
	ctx, cancel := context.WithCancel(t.Context())
	c := d.begin(ctx, "signin", "--device")
	c.awaits("Waiting for your approval")
	cancel()
	if o := c.end(); strings.ContainsAny(o.errors, "▀▄█\x1b") {
		t.Errorf("there is a picture:\n%s", o.errors)
	}
}

func TestSignInWithAnAPIKey(t *testing.T) {
	for _, c := range []struct {
		name, input, prompts string
		flag, variable, tty  bool
	}{
		{name: "from flag and variable", flag: true, variable: true},
		{name: "private part from standard input", flag: true, input: "PRIVATE\n"},
		{name: "both parts from standard input, no line end", input: "PUBLIC\r\n PRIVATE"},
		{name: "both parts asked for", input: "PUBLIC\nPRIVATE\n", tty: true,
			prompts: "Public key: Private key (it can be seen while you type; to avoid that, pipe it in or set CANOPY_API_PRIVATE_KEY): "},
		{name: "public part asked for", input: "PUBLIC\n", variable: true, tty: true, prompts: "Public key: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			key := d.server.APIKeys()[0]
			d.wire.note(key.Private)
			d.tty = c.tty
			d.in = strings.NewReader(strings.NewReplacer("PUBLIC", key.Public, "PRIVATE", key.Private).Replace(c.input))
			args := []string{"signin", "--api-key", "--log-level", "debug"}
			if c.flag {
				args = append(args, "--public-key", key.Public)
			}
			if c.variable {
				d.env["CANOPY_API_PRIVATE_KEY"] = key.Private
			}
			o := d.must(args...)
			if want := c.prompts + "Signed in as API key " + key.Public + " to Acme Robotics\n"; o.errors != want {
				t.Errorf("said %q, want %q", o.errors, want)
			}
			g := d.grants()
			if len(g) != 1 || o.out != g[0].ID+"\n" || g[0].Method != auth.MethodAPIKey || g[0].Organization.Name != "Acme Robotics" {
				t.Errorf("stdout %q, grants %+v", o.out, g)
			}
		})
	}
}

func TestSignInWithAnAPIKeyEndsInOneSentence(t *testing.T) {
	for _, c := range []struct {
		name, input, words, fault string
	}{
		{name: "no public part", words: "the public part of the API key is missing"},
		{name: "no private part", input: "SBX01001\n", words: "set CANOPY_API_PRIVATE_KEY or give it on standard input"},
		{name: "wrong key", input: "SBX01001\ncanary-private\n", words: "did not accept the API key (401)"},
		{name: "server error", input: "SBX01001\ncanary-private\n", words: "answered 500", fault: "status=iam:500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTerminal(t, sandbox.Options{})
			if c.fault != "" {
				if err := d.server.SetFaults(c.fault); err != nil {
					t.Fatal(err)
				}
			}
			d.in = strings.NewReader(c.input)
			o := d.fails(c.words, "signin", "--api-key", "--log-level", "debug")
			if strings.Contains(o.errors, "canary") || o.out != "" || len(d.grants()) != 0 {
				t.Errorf("printed %q and %q, kept %v", o.out, o.errors, d.grants())
			}
		})
	}
}

func TestSignInWithAnAPIKeyTakesAnOrganizationThatIsNotNamed(t *testing.T) {
	d := newTerminal(t, sandbox.Options{Faults: []string{"status=org:500"}})
	key := d.server.APIKeys()[0]
	d.env["CANOPY_API_PRIVATE_KEY"] = key.Private
	d.must("signin", "--api-key", "--public-key", key.Public).says(t, "to an organization that the server did not name\n")
}

func TestSignInIsCancelledWhileItAsksForAKey(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	silent, never := io.Pipe()
	defer func() { _ = never.Close() }() // lets the reading end
	d.in, d.tty = silent, true
	ctx, cancel := context.WithCancel(t.Context())
	c := d.begin(ctx, "signin", "--api-key")
	c.awaits("Public key: ")
	cancel()
	c.end().refused(t, "the sign-in was cancelled")
}

func TestSignInSaysThatStandardInputIsBroken(t *testing.T) {
	d := newTerminal(t, sandbox.Options{})
	broken, end := io.Pipe()
	end.CloseWithError(errors.New("the disk is gone"))
	d.in = broken
	d.fails("standard input cannot be read; give the API key some other way: the disk is gone", "signin", "--api-key")
}
