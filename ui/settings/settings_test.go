package settings_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"canopy/auth"
	"canopy/ui/settings"
)

// file writes a settings file and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, text string) settings.Settings {
	t.Helper()
	s, err := settings.Load(file(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWithoutAFileThereIsTiDBCloudAsItComes(t *testing.T) {
	s, err := settings.Load(filepath.Join(t.TempDir(), "nowhere", "settings.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Environments(), []auth.Environment{auth.TiDBCloud()}; !reflect.DeepEqual(got, want) {
		t.Errorf("environments %+v, want %+v", got, want)
	}
}

func TestAnEmptyFileIsLikeNone(t *testing.T) {
	if s := load(t, "# nothing yet\n"); !reflect.DeepEqual(s, settings.Settings{}) {
		t.Errorf("settings %+v, want none", s)
	}
}

func TestEveryKeyOfTiDBCloudIsRead(t *testing.T) {
	got := load(t, `
[tidbcloud]
client_id = "partner-7"
scope = "org:member"
redirect_host = "localhost"
redirect_ports = [49152, 49153]
redirect_path = "/done"
token_encoding = "form"
authorization_details = true
`).Environments()[0]
	want := auth.TiDBCloud()
	want.ClientID, want.Scope, want.RedirectHost, want.RedirectPath = "partner-7", "org:member", "localhost", "/done"
	want.RedirectPorts, want.TokenEncoding, want.AuthorizationDetails = []int{49152, 49153}, auth.FormEncoding, true
	if !reflect.DeepEqual(got, want) {
		t.Errorf("TiDB Cloud is %+v, want %+v", got, want)
	}
}

const custom = `
environment = "Lab"

[[custom]]
name = "Lab"
client_id = "lab-client"
scope = "org:owner"
redirect_host = "::1"
redirect_ports = [8400]
redirect_path = "/cb"
token_encoding = "json"
issuer = "https://lab.example"
authorization_endpoint = "https://lab.example/authorize"
token_endpoint = "https://lab.example/token"
device_authorization_endpoint = "https://lab.example/device"
revocation_endpoint = "https://lab.example/revoke"
userinfo_endpoint = "https://lab.example/userinfo"
iam = "https://iam.lab.example"
serverless = "https://serverless.lab.example"
dedicated = "https://dedicated.lab.example"
console = "https://console.lab.example"
`

func TestEveryKeyOfACustomEnvironmentIsRead(t *testing.T) {
	all := load(t, custom).Environments()
	want := auth.Environment{
		Name: "Lab", Kind: auth.KindCustom, Issuer: "https://lab.example",
		AuthorizationEndpoint: "https://lab.example/authorize", TokenEndpoint: "https://lab.example/token",
		DeviceAuthorizationEndpoint: "https://lab.example/device", RevocationEndpoint: "https://lab.example/revoke",
		UserinfoEndpoint: "https://lab.example/userinfo",
		IAM:              "https://iam.lab.example", Serverless: "https://serverless.lab.example",
		Dedicated: "https://dedicated.lab.example", Console: "https://console.lab.example",
		ClientID: "lab-client", Scope: "org:owner",
		RedirectHost: "::1", RedirectPorts: []int{8400}, RedirectPath: "/cb", TokenEncoding: auth.JSONEncoding,
	}
	if len(all) != 2 || !reflect.DeepEqual(all[0], want) {
		t.Errorf("environments %+v, want the preferred one first: %+v", all, want)
	}
	if all[1].Name != "TiDB Cloud" {
		t.Errorf("the other environment is %q, want TiDB Cloud", all[1].Name)
	}
}

func TestAWrongFileIsAnErrorThatSaysWhereAndWhatToDo(t *testing.T) {
	for _, c := range []struct {
		what, text string
		want       []string
	}{
		{"a slip in the syntax", "environment = \"Lab\"\n[tidbcloud]\nclient_id = partner\n", []string{"line 3", "column 13", "move the file away"}},
		{"an unknown key", "[tidbcloud]\nclientid = \"x\"\n", []string{"tidbcloud.clientid", "correct or remove it"}},
		{"an unknown table", "[cloud]\nname = \"x\"\n", []string{"a key that Canopy does not know", "cloud"}},
		{"a value of another type", "[tidbcloud]\nredirect_ports = \"8400\"\n", []string{"redirect_ports", "move"}},
		{"an environment that there is not", "environment = \"Moon\"\n", []string{`"Moon"`, "there are: TiDB Cloud"}},
		{"a custom environment without a name", "[[custom]]\nissuer = \"https://lab.example\"\n", []string{"name"}},
		{"a host without https", "[[custom]]\nname = \"Lab\"\niam = \"http://iam.example\"\n", []string{`"Lab"`, "iam", "https"}},
		{"a redirect to another machine", "[tidbcloud]\nredirect_host = \"example.com\"\nclient_id = \"x\"\n", []string{"redirect_host", "127.0.0.1"}},
		{"a port out of range", "[[custom]]\nname = \"Lab\"\nredirect_ports = [70000]\n", []string{"redirect_ports", "70000"}},
		{"an encoding that there is not", "[[custom]]\nname = \"Lab\"\ntoken_encoding = \"xml\"\n", []string{"token_encoding", "form", "json"}},
		{"a custom environment named like TiDB Cloud", "[[custom]]\nname = \"TiDB Cloud\"\n", []string{`"TiDB Cloud"`, "another name"}},
		{"a custom environment named like the sandbox", "[[custom]]\nname = \"Sandbox\"\n", []string{`"Sandbox"`, "another name"}},
		{"two of one name", "[[custom]]\nname = \"Lab\"\n[[custom]]\nname = \"Lab\"\n", []string{`"Lab"`, "another name"}},
		{"bytes that are no text", "\xff\xfe\x00", []string{"wrong"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			path := file(t, c.text)
			_, err := settings.Load(path)
			if err == nil {
				t.Fatal("the file was taken")
			}
			for _, part := range append(c.want, path) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q is more than a sentence", err)
			}
			if left, _ := os.ReadFile(path); string(left) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}

func TestTiDBCloudWithAWrongRedirectIsRefusedEvenWithoutAClient(t *testing.T) {
	_, err := settings.Load(file(t, "[tidbcloud]\nredirect_host = \"example.com\"\n"))
	if err == nil || !strings.Contains(err.Error(), "redirect_host") {
		t.Errorf("error %v, want one about RedirectHost", err)
	}
}

func TestAFileThatCannotBeReadIsAnErrorAndNoEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.toml")
	if err := os.Mkdir(path, 0o700); err != nil { // a folder cannot be read as a file, not even by root
		t.Fatal(err)
	}
	_, err := settings.Load(path)
	if err == nil {
		t.Fatal("a file that cannot be read was taken for none")
	}
	for _, part := range []string{path, "cannot be read", "move it away"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestCanopyHomePutsEverythingUnderOneFolder(t *testing.T) {
	home := t.TempDir()
	got := settings.Find(func(key string) string {
		return map[string]string{"CANOPY_HOME": home}[key]
	})
	want := settings.Places{
		Settings: filepath.Join(home, "settings.toml"),
		Grants:   filepath.Join(home, "grants.json"),
		Sandbox:  filepath.Join(home, "sandbox.json"),
		Secrets:  filepath.Join(home, "secrets.age"),

		Downloads: home,
	}
	if got != want {
		t.Errorf("places %+v, want %+v", got, want)
	}
}

func TestWithoutCanopyHomePlacesAreTheUsersOwn(t *testing.T) {
	got := settings.Find(func(string) string { return "" })
	for _, path := range []string{got.Settings, got.Grants, got.Sandbox, got.Secrets} {
		if !filepath.IsAbs(path) || filepath.Base(filepath.Dir(path)) != "canopy" {
			t.Errorf("%s is not in a folder of Canopy's own", path)
		}
	}
	if info, err := os.Stat(got.Downloads); err != nil || !info.IsDir() {
		t.Errorf("files are offered to be saved in %q, %v", got.Downloads, err)
	}
	if filepath.Dir(got.Settings) == filepath.Dir(got.Grants) {
		t.Error("what is configured and what is state lie in one folder, want two (XDG base directories)")
	}
}
