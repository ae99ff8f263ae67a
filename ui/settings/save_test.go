package settings_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"canopy/auth"
	"canopy/ui/settings"
)

func full() settings.Settings {
	return settings.Settings{
		Environment: "Lab", CAFile: "/etc/ssl/lab.pem",
		TiDBCloud: settings.Client{ClientID: "partner", ClientSecret: true, RedirectPorts: []int{8765, 8766}, RedirectPath: "/cb", TokenEncoding: "form"},
		Custom: []settings.Custom{{
			Client: settings.Client{ClientID: "lab"}, Name: "Lab",
			AuthorizationEndpoint: "https://lab.example/authorize", TokenEndpoint: "https://lab.example/token",
			IAM: "https://iam.lab.example", Serverless: "https://s.lab.example", Dedicated: "https://d.lab.example",
		}},
	}
}

func TestWhatIsSavedIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "settings.toml")
	if err := settings.Save(path, full()); err != nil {
		t.Fatal(err)
	}
	got, err := settings.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, full()) {
		t.Errorf("read %+v, want %+v", got, full())
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v", info.Mode())
	}
}

func TestSavingKeepsWhatTheFileSaidBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.toml")
	const mine = "# mine\n[tidbcloud]\nclient_id = \"old\"\n"
	if err := os.WriteFile(path, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := settings.Save(path, full()); err != nil {
		t.Fatal(err)
	}
	if before, err := os.ReadFile(path + ".bak"); err != nil || string(before) != mine {
		t.Errorf("kept %q, %v; want %q", before, err, mine)
	}
}

func TestWrongSettingsAreNotSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.toml")
	wrong := full()
	wrong.Custom[0].TokenEndpoint = "http://lab.example/token"
	if err := settings.Save(path, wrong); err == nil || !strings.Contains(err.Error(), "token_endpoint") {
		t.Errorf("error %v, want one about token_endpoint", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file is there: %v", err)
	}
}

func TestAFolderThatCannotBeMadeIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "in-the-way")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := settings.Save(filepath.Join(file, "settings.toml"), full()); err == nil {
		t.Error("no error")
	}
}

func TestEnvironmentVariablesGoBeforeTheFile(t *testing.T) {
	set := map[string]string{
		"CANOPY_ENVIRONMENT": "TiDB Cloud", "CANOPY_CA_FILE": "/ca.pem", "CANOPY_CLIENT_ID": "id", "CANOPY_SCOPE": "org:member",
		"CANOPY_REDIRECT_HOST": "localhost", "CANOPY_REDIRECT_PORTS": "7000, 7001", "CANOPY_REDIRECT_PATH": "/x", "CANOPY_TOKEN_ENCODING": "form",
	}
	got, err := full().Override(func(name string) string { return set[name] })
	if err != nil {
		t.Fatal(err)
	}
	want := full()
	want.Environment, want.CAFile = "TiDB Cloud", "/ca.pem"
	want.TiDBCloud = settings.Client{ClientID: "id", ClientSecret: true, Scope: "org:member", RedirectHost: "localhost", RedirectPorts: []int{7000, 7001}, RedirectPath: "/x", TokenEncoding: "form"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if e := got.Environments()[0]; e.ClientID != "id" || e.TokenEncoding != auth.FormEncoding {
		t.Errorf("the first environment is %+v", e)
	}
}

func TestAWrongEnvironmentVariableIsNamed(t *testing.T) {
	for name, value := range map[string]string{"CANOPY_REDIRECT_PORTS": "80,x", "CANOPY_REDIRECT_HOST": "evil.example", "CANOPY_ENVIRONMENT": "nowhere"} {
		_, err := full().Override(func(n string) string {
			if n == name {
				return value
			}
			return ""
		})
		if err == nil || !strings.Contains(err.Error(), "CANOPY_") {
			t.Errorf("%s=%s: error %v, want one that names the variable", name, value, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("environment = \"Lab\"\n[[custom]]\nname = \"Lab\"\n")
	f.Add("[tidbcloud]\nredirect_ports = [1, 70000]\n")
	f.Add("\"环境\" = 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "settings.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := settings.Load(path); err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("the error does not name the file: %v", err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != text {
			t.Errorf("reading changed the file: %q, %v", after, err)
		}
	})
}
