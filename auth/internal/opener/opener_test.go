package opener_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"canopy/auth/internal/opener"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const address = "https://tidbcloud.com/oauth/authorize?a=b&c=$(id)"

// machine is an opener whose surroundings a test decides. Scripts named in it
// write what they were asked, and their environment, below dir.
type machine struct {
	opener.Opener
	dir     string
	env     map[string]string
	library int
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{dir: t.TempDir(), env: map[string]string{}}
	m.Opener = opener.Opener{
		Getenv: func(name string) string { return m.env[name] },
		Environ: func() []string {
			list := []string{"PATH=" + os.Getenv("PATH")}
			for name, value := range m.env {
				list = append(list, name+"="+value)
			}
			return list
		},
		Exists:  func(string) bool { return false },
		Watched: func() (<-chan time.Time, func() bool) { return nil, func() bool { return true } },
		Library: func(string) error { m.library++; return nil },
	}
	return m
}

func (m *machine) script(t *testing.T, name, body string) string {
	t.Helper()
	path := filepath.Join(m.dir, name)
	text := "#!/bin/sh\necho noise; echo noise >&2\n{ echo \"$@\"; env; } > " + path + ".asked\n" + body + "\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func (m *machine) asked(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path + ".asked")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBehaviour19BROWSERComesFirstAndNoShellReadsTheAddress(t *testing.T) {
	m := newMachine(t)
	script := m.script(t, "browser", "")
	for _, value := range []string{script, script + " --new-window", script + " --url %s --x", "/nowhere/browser" + string(os.PathListSeparator) + script} {
		m.env["BROWSER"] = value
		if err := m.Open(t.Context(), address); err != nil {
			t.Fatalf("%s gives %v", value, err)
		}
		asked, _, _ := strings.Cut(m.asked(t, script), "\n")
		want := address
		if _, arguments, ok := strings.Cut(value, script+" "); ok {
			if want = strings.ReplaceAll(arguments, "%s", address); !strings.Contains(arguments, "%s") {
				want = arguments + " " + address
			}
		}
		if asked != want {
			t.Errorf("%s was asked %q, want %q", value, asked, want)
		}
	}
	if m.library != 0 {
		t.Error("the library was used as well")
	}
}

func TestBehaviour19AFailureWithinTheWatchIsAnErrorThatNamesTheOpener(t *testing.T) {
	m := newMachine(t)
	m.env["BROWSER"] = m.script(t, "browser", "exit 4")
	err := m.Open(t.Context(), address)
	if err == nil || !strings.Contains(err.Error(), "exit status 4") || !strings.Contains(err.Error(), "copy the link") || strings.Contains(err.Error(), "tidbcloud") {
		t.Errorf("it gives %v", err)
	}
	if m.library != 0 {
		t.Error("a browser that failed was followed by another one")
	}
}

func TestBehaviour19AnOpenerThatStillRunsHasBecomeTheBrowser(t *testing.T) {
	m := newMachine(t)
	gate := filepath.Join(m.dir, "gate")
	if err := exec.CommandContext(t.Context(), "mkfifo", gate).Run(); err != nil {
		t.Fatal(err)
	}
	m.env["BROWSER"] = m.script(t, "browser", "read line < "+gate)
	passed := make(chan time.Time)
	close(passed)
	m.Watched = func() (<-chan time.Time, func() bool) { return passed, func() bool { return true } }
	if err := m.Open(t.Context(), address); err != nil {
		t.Errorf("it gives %v", err)
	}
	release(t, gate)
}

func TestBehaviour19ACallerThatLeavesDoesNotEndTheBrowser(t *testing.T) {
	m := newMachine(t)
	gate, end := filepath.Join(m.dir, "gate"), filepath.Join(m.dir, "end")
	for _, path := range []string{gate, end} {
		if err := exec.CommandContext(t.Context(), "mkfifo", path).Run(); err != nil {
			t.Fatal(err)
		}
	}
	m.env["BROWSER"] = m.script(t, "browser", "read line < "+gate+"; echo alive > "+end)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Open(ctx, address); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
	release(t, gate)
	if b, err := os.ReadFile(end); err != nil || string(b) != "alive\n" {
		t.Errorf("the browser says %q, %v", b, err)
	}
}

// release lets a script that reads from a fifo go on.
func release(t *testing.T, gate string) {
	t.Helper()
	if err := os.WriteFile(gate, []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBehaviour19TheBrowserDoesNotInheritOurLibraries(t *testing.T) {
	m := newMachine(t)
	script := m.script(t, "xdg-open", "")
	t.Setenv("PATH", m.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	m.Native = []string{"no-such-opener", "xdg-open"}
	m.env["LD_LIBRARY_PATH"], m.env["LD_PRELOAD"], m.env["HOME"] = "/bundle/lib", "", "/home/ada"
	if err := m.Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	asked := m.asked(t, script)
	if strings.Contains(asked, "LD_LIBRARY_PATH") || !strings.Contains(asked, "HOME=/home/ada") || !strings.HasPrefix(asked, address) {
		t.Errorf("it was asked %s", asked)
	}
	if m.library != 0 {
		t.Error("the library was used, which passes the environment on")
	}
}

func TestBehaviour19TheBrowserDoesNotInheritOurSecrets(t *testing.T) {
	for name, set := range map[string]func(m *machine, script string){
		"by what the user set":    func(m *machine, script string) { m.env["BROWSER"] = script },
		"by wslview":              func(m *machine, _ string) { m.env["WSL_DISTRO_NAME"] = "Debian" },
		"by the system's opener":  func(m *machine, _ string) { m.Native = opener.System().Native },
		"after one that is gone":  func(m *machine, script string) { m.env["BROWSER"] = "/nowhere/browser:" + script },
		"after a missing wslview": func(m *machine, _ string) { m.env["WSL_DISTRO_NAME"], m.Native = "Debian", []string{"xdg-open"} },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			set(m, filepath.Join(m.dir, "browser"))
			opened := map[string]string{"by what the user set": "browser", "by wslview": "wslview", "after one that is gone": "browser"}[name]
			if opened == "" {
				opened = "xdg-open"
			}
			script := m.script(t, opened, "")
			t.Setenv("PATH", m.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			t.Setenv("CANOPY_API_PRIVATE_KEY", "canary") // also what the process really has
			m.env["CANOPY_API_PRIVATE_KEY"], m.env["CANOPY_HOME"], m.env["HOME"] = "canary", "/canary", "/home/ada"
			if err := m.Open(t.Context(), address); err != nil {
				t.Fatal(err)
			}
			asked := m.asked(t, script)
			if strings.Contains(asked, "CANOPY_") || strings.Contains(asked, "canary") || !strings.Contains(asked, "HOME=/home/ada") || !strings.HasPrefix(asked, address) {
				t.Errorf("it was asked %s", asked)
			}
			if m.library != 0 {
				t.Error("the library was used, which passes the environment on")
			}
		})
	}
}

func TestBehaviour19AnEnvironmentOfNothingButOursGivesNothing(t *testing.T) {
	m := newMachine(t)
	script := m.script(t, "browser", "")
	t.Setenv("CANOPY_API_PRIVATE_KEY", "canary")
	m.env["BROWSER"] = script
	m.Environ = func() []string { return []string{"CANOPY_API_PRIVATE_KEY=canary", "canopy_lower=canary"} }
	if err := m.Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if asked := m.asked(t, script); strings.Contains(strings.ToUpper(asked), "CANOPY_") {
		t.Errorf("it was asked %s", asked)
	}
}

func TestBehaviour19UnderWSLTheWindowsBrowserIsAsked(t *testing.T) {
	for name, change := range map[string]func(*machine){
		"by its variable": func(m *machine) { m.env["WSL_DISTRO_NAME"] = "Debian" },
		"by its file":     func(m *machine) { m.Exists = func(path string) bool { return strings.Contains(path, "WSLInterop") } },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			change(m)
			if err := m.Open(t.Context(), address); err != nil || m.library != 1 {
				t.Errorf("without wslview the library is asked %d times, %v", m.library, err)
			}
			script := m.script(t, "wslview", "")
			t.Setenv("PATH", m.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			if err := m.Open(t.Context(), address); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(m.asked(t, script), address) || m.library != 1 {
				t.Errorf("it was asked %s", m.asked(t, script))
			}
		})
	}
}

func TestBehaviour19WithAnEmptyPathTheErrorSaysWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for name, env := range map[string]map[string]string{
		"nothing set":        {},
		"BROWSER is missing": {"BROWSER": "no-such-browser"},
		"a bundle":           {"LD_LIBRARY_PATH": "/bundle"},
		"two are missing":    {"BROWSER": "no-such-browser:nor-this-one"},
	} {
		m := newMachine(t)
		m.env, m.Native, m.Library = env, opener.System().Native, opener.System().Library
		err := m.Open(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), "copy the link") || !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "system's opener") || strings.Contains(err.Error(), "xdg-open") {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestBehaviour19AFileThatIsNoProgramIsNamed(t *testing.T) {
	m := newMachine(t)
	path := filepath.Join(m.dir, "browser")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.env["BROWSER"] = path
	if err := m.Open(t.Context(), address); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("it gives %v", err)
	}
}

func TestBehaviour19TheSystemsOpenerIsSilent(t *testing.T) {
	m := newMachine(t)
	script := m.script(t, "xdg-open", "")
	t.Setenv("PATH", m.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{"BROWSER", "WSL_DISTRO_NAME", "LD_LIBRARY_PATH", "LD_PRELOAD"} {
		t.Setenv(name, "")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = write, write
	err = opener.System().Open(t.Context(), address)
	os.Stdout, os.Stderr = stdout, stderr
	write.Close()
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 100)
	if n, _ := read.Read(noise); n != 0 {
		t.Errorf("the terminal shows %q", noise[:n])
	}
	read.Close()
	if !strings.HasPrefix(m.asked(t, script), address) {
		t.Errorf("it was asked %s", m.asked(t, script))
	}
}

func TestBehaviour19SurroundingsThatSpeakForADeviceCode(t *testing.T) {
	for name, c := range map[string]struct {
		env    map[string]string
		exists string
		want   string
	}{
		"a desktop":                 {env: map[string]string{"DISPLAY": ":0"}},
		"a Wayland desktop":         {env: map[string]string{"WAYLAND_DISPLAY": "wayland-0"}},
		"over SSH":                  {env: map[string]string{"SSH_CONNECTION": "a", "DISPLAY": ":10"}, want: "ssh"},
		"in a container":            {env: map[string]string{"DISPLAY": ":0"}, exists: "/.dockerenv", want: "container"},
		"in a container that names": {env: map[string]string{"container": "podman"}, want: "container"},
		"under WSL":                 {env: map[string]string{"WSL_DISTRO_NAME": "Debian", "DISPLAY": ":0"}, want: "wsl"},
		"without a display":         {want: "no display"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.env, m.Exists = c.env, func(path string) bool { return path == c.exists }
			if got := m.Doubt(); got != c.want {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}
