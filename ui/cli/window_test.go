package cli_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"canopy/api/sandbox"
	"canopy/auth"
	"canopy/ui/cli"
)

// started is `canopy` with arguments, in a home of its own and on a display that answers.
type started struct {
	code           int
	stdout, stderr string
	opened         *cli.Setup // what the window was given
}

func ownHome(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("CANOPY_HOME", dir)
	t.Setenv("CANOPY_SANDBOX", "")
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	return dir
}

func start(t *testing.T, args ...string) started {
	t.Helper()
	return startWith(t, func(context.Context, *cli.Setup) error { return nil }, args...)
}

func startWith(t *testing.T, window cli.OpenWindow, args ...string) started {
	t.Helper()
	var stdout, stderr bytes.Buffer
	var c started
	c.code = cli.Main(args, &stdout, &stderr, func(ctx context.Context, s *cli.Setup) error {
		c.opened = s
		return window(ctx, s)
	})
	c.stdout, c.stderr = stdout.String(), stderr.String()
	return c
}

// fails checks that a command has ended with exit code 1 and one sentence that says all parts.
func (c started) fails(t *testing.T, parts ...string) {
	t.Helper()
	if c.code != 1 || c.stdout != "" {
		t.Errorf("exit code %d with %q on stdout, want 1 with nothing", c.code, c.stdout)
	}
	if !strings.HasPrefix(c.stderr, "canopy: ") || strings.Count(c.stderr, "\n") != 1 || strings.Contains(c.stderr, "Usage:") {
		t.Errorf("stderr is %q, want one sentence", c.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(c.stderr, part) {
			t.Errorf("stderr %q does not say %q", c.stderr, part)
		}
	}
	if c.opened != nil {
		t.Error("a window was opened all the same")
	}
}

func TestWrongCommandLinesAreOneSentenceEach(t *testing.T) {
	for _, c := range []struct {
		what string
		args []string
		says []string
	}{
		{"a flag that there is not", []string{"--colour"}, []string{"--colour", "canopy --help"}},
		{"a flag without its value", []string{"--theme"}, []string{"--theme", "canopy --help"}},
		{"a command that there is not", []string{"fly"}, []string{`"fly"`, "canopy --help"}},
		{"too much behind a command", []string{"version", "please"}, []string{"please"}},
		{"a theme that there is not", []string{"--theme", "sepia"}, []string{"--theme", "auto, light or dark", `"sepia"`}},
		{"a level that there is not", []string{"--log-level", "loud"}, []string{"--log-level", "debug, info, warn or error", `"loud"`}},
		{"an environment that there is not", []string{"--environment", "Moon"}, []string{`"Moon"`, "TiDB Cloud, Sandbox"}},
		{"two environments at once", []string{"--sandbox", "--environment", "TiDB Cloud"}, []string{"--sandbox", "--environment", "exclude"}},
		{"characters that act", []string{"a\x1b[31m\nb"}, []string{`a`}},
	} {
		t.Run(c.what, func(t *testing.T) {
			ownHome(t)
			got := start(t, c.args...)
			got.fails(t, c.says...)
			if strings.ContainsRune(got.stderr, 0x1b) {
				t.Errorf("stderr %q holds an escape sequence", got.stderr)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}} {
		c := start(t, args...)
		if c.code != 0 || !strings.Contains(c.stdout, cli.Version) || c.stderr != "" {
			t.Errorf("%v ended with %+v", args, c)
		}
	}
}

func TestHelpIsNoError(t *testing.T) {
	c := start(t, "--help")
	if c.code != 0 || !strings.Contains(c.stdout, "--sandbox") || !strings.Contains(c.stdout, "sandbox") {
		t.Errorf("--help ended with %+v", c)
	}
}

func TestWithoutADisplayNoWindowIsTried(t *testing.T) {
	for _, c := range []struct{ what, display, says string }{
		{"none", "", "there is no display"},
		{"one that is dead", ":9871", `the display ":9871" does not answer`},
		{"one that is dead, with a screen", "unix:9871.0", "does not answer"},
	} {
		t.Run(c.what, func(t *testing.T) {
			ownHome(t)
			t.Setenv("WAYLAND_DISPLAY", "")
			t.Setenv("DISPLAY", c.display)
			start(t).fails(t, c.says, "DISPLAY")
		})
	}
}

func TestDisplaysThatAnswerAreTried(t *testing.T) {
	server, err := net.Listen("unix", "@/tmp/.X11-unix/X9872")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, c := range []struct{ what, display, wayland string }{
		{"X11 on this machine", ":9872", ""},
		{"X11 with a screen", ":9872.0", ""},
		{"X11 over the network", "far.example:0", ""},
		{"Wayland", "", "wayland-0"},
	} {
		t.Run(c.what, func(t *testing.T) {
			ownHome(t)
			t.Setenv("WAYLAND_DISPLAY", c.wayland)
			t.Setenv("DISPLAY", c.display)
			if got := start(t); got.code != 0 || got.opened == nil {
				t.Errorf("it ended with %+v", got)
			}
		})
	}
}

func TestFilesThatCannotBeReadAreLeftAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		what, name, text string
		says             []string
	}{
		{"damaged grants", "grants.json", "{\"version\":1,", []string{"is damaged", "repair it or move it away"}},
		{"grants of another version", "grants.json", "{\"version\":99,\"grants\":[]}", []string{"version 99"}},
		{"wrong settings", "settings.toml", "environment = \n", []string{"line 1", "move the file away"}},
		{"an unknown setting", "settings.toml", "colour = \"red\"\n", []string{"colour"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			path := filepath.Join(ownHome(t), c.name)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			start(t).fails(t, append(c.says, path)...)
			if left, _ := os.ReadFile(path); string(left) != c.text {
				t.Error("the file was changed")
			}
		})
	}
	t.Run("settings that cannot be read", func(t *testing.T) {
		path := filepath.Join(ownHome(t), "settings.toml")
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		start(t).fails(t, path, "cannot be read", "move it away")
	})
}

func TestTheWindowGetsWhatItNeeds(t *testing.T) {
	dir := ownHome(t)
	c := start(t, "--theme", "dark", "--log-level", "debug")
	if c.code != 0 || c.stderr != "" || c.opened == nil {
		t.Fatalf("it ended with %+v", c)
	}
	s := c.opened
	if s.Auth == nil || s.Log == nil || s.Theme != "dark" || s.Only != "" || s.Places.Settings != filepath.Join(dir, "settings.toml") {
		t.Errorf("the window was given %+v", s)
	}
	if names := namesOf(s.Environments); names != "TiDB Cloud, Sandbox" {
		t.Errorf("environments %q", names)
	}
}

func TestTheFirstEnvironmentIsTheOneAskedFor(t *testing.T) {
	for _, c := range []struct {
		what, variable string
		args           []string
		names, only    string
	}{
		{"the sandbox by a flag", "", []string{"--sandbox"}, "Sandbox, TiDB Cloud", "Sandbox"},
		{"the sandbox by a variable", "built-in", nil, "Sandbox, TiDB Cloud", "Sandbox"},
		{"the sandbox by its name", "", []string{"--environment", "Sandbox"}, "Sandbox, TiDB Cloud", "Sandbox"},
		{"the sandbox twice", "", []string{"--sandbox", "--environment", "Sandbox"}, "Sandbox, TiDB Cloud", "Sandbox"},
		{"TiDB Cloud by its name", "", []string{"--environment", "TiDB Cloud"}, "TiDB Cloud, Sandbox", "TiDB Cloud"},
	} {
		t.Run(c.what, func(t *testing.T) {
			ownHome(t)
			t.Setenv("CANOPY_SANDBOX", c.variable)
			got := start(t, c.args...)
			if got.opened == nil {
				t.Fatalf("it ended with %+v", got)
			}
			if names := namesOf(got.opened.Environments); names != c.names || got.opened.Only != c.only {
				t.Errorf("environments %q, only %q, want %q and %q", names, got.opened.Only, c.names, c.only)
			}
		})
	}
}

func namesOf(all []auth.Environment) string {
	var names []string
	for _, e := range all {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

func TestAWindowThatFailsIsASentenceToo(t *testing.T) {
	ownHome(t)
	c := startWith(t, func(context.Context, *cli.Setup) error { return errors.New("the window broke") })
	if c.code != 1 || c.stderr != "canopy: the window broke\n" {
		t.Errorf("it ended with %+v", c)
	}
}

func TestTheBuiltInSandboxStartsOnceWhenItIsNeeded(t *testing.T) {
	dir := ownHome(t)
	c := startWith(t, func(ctx context.Context, s *cli.Setup) error {
		first, err := s.StartSandbox(ctx)
		if err != nil {
			return err
		}
		second, err := s.StartSandbox(ctx)
		if err != nil || first.Issuer != second.Issuer {
			t.Errorf("the second start gave %s and %v, want the first: %s", second.Issuer, err, first.Issuer)
		}
		if err := s.Auth.SetEnvironment(first); err != nil {
			t.Errorf("the environment of the sandbox is not valid: %v", err)
		}
		resp, err := http.Get(first.Issuer + "/_sandbox")
		if err != nil {
			return err
		}
		resp.Body.Close()
		t.Setenv("ISSUER", first.Issuer)
		return nil
	}, "--sandbox")
	if c.code != 0 {
		t.Fatalf("it ended with %+v", c)
	}
	if resp, err := http.Get(os.Getenv("ISSUER") + "/_sandbox"); err == nil {
		resp.Body.Close()
		t.Error("the sandbox still serves after the command has ended")
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 1 {
		t.Errorf("the sandbox left %v", entries)
	}
}

func TestASandboxThatRunsIsAskedWhereItsHostsAre(t *testing.T) {
	ownHome(t)
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	want := server.Endpoints()
	c := startWith(t, func(ctx context.Context, s *cli.Setup) error {
		e, err := s.StartSandbox(ctx)
		if e.Issuer != want.Issuer || e.Serverless != want.Serverless || e.Kind != auth.KindSandbox || e.ClientID != want.ClientID {
			t.Errorf("the environment is %+v, want that of %+v", e, want)
		}
		return err
	}, "--sandbox="+want.Issuer+"/")
	if c.code != 0 {
		t.Errorf("it ended with %+v", c)
	}
}

func TestASandboxThatIsNoneIsASentence(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer page.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, c := range []struct {
		what, url string
		says      []string
	}{
		{"nothing answers", gone.URL, []string{"no sandbox answers at " + gone.URL, "canopy sandbox"}},
		{"something else answers", page.URL, []string{page.URL + " is not a sandbox", "canopy sandbox --json"}},
		{"it is no address", "http://\x7f", []string{"is not the address of a sandbox"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			ownHome(t)
			got := startWith(t, func(ctx context.Context, s *cli.Setup) error {
				_, err := s.StartSandbox(ctx)
				return err
			}, "--sandbox="+c.url)
			got.opened = nil
			got.fails(t, c.says...)
		})
	}
}
