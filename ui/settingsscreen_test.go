package ui_test

import (
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"canopy/api/sandbox"
	"canopy/ui/settings"
	"canopy/ui/uitest"
)

func (d *desk) openSettings(t *testing.T) {
	t.Helper()
	uitest.Choose(t, d.window.Window(), "Canopy", "Settings…")
	d.until(t, "Redirect host")
}

func TestTheSettingsScreenWritesTheFileAndKeepsTheSecretOutOfIt(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	d.openSettings(t)
	uitest.Type(t, d.canvas(), "partner-7") // the client id has the focus
	d.canvas().FocusNext()
	uitest.Type(t, d.canvas(), "canary-of-a-secret")
	d.press(t, "Save")
	d.until(t, "Saved")
	got, err := settings.Load(d.settings.path)
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Client{ClientID: "partner-7", ClientSecret: true}
	if got.TiDBCloud.ClientID != want.ClientID || !got.TiDBCloud.ClientSecret || got.TiDBCloud.RedirectHost != "" {
		t.Errorf("the file says %+v, want %+v", got.TiDBCloud, want)
	}
	if d.settings.secret.Reveal() != "canary-of-a-secret" {
		t.Error("the secret was not handed on to be kept")
	}
	if text, err := os.ReadFile(d.settings.path); err != nil || strings.Contains(string(text), "canary") {
		t.Errorf("the secret is in the file, or the file is not there: %v", err)
	}
}

func TestTheSettingsScreenKeepsWhatOnlyTheFileSets(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	before := settings.Settings{TiDBCloud: settings.Client{ClientID: "partner-", AuthorizationDetails: true}}
	if err := settings.Save(d.settings.path, before); err != nil {
		t.Fatal(err)
	}
	d.openSettings(t)
	uitest.Type(t, d.canvas(), "7")
	d.press(t, "Save")
	d.until(t, "Saved")
	after, err := settings.Load(d.settings.path)
	if err != nil || after.TiDBCloud.ClientID == "partner-" || !after.TiDBCloud.AuthorizationDetails {
		t.Errorf("the file says %+v, %v", after.TiDBCloud, err)
	}
}

func TestAMistakeInTheSettingsIsSaidAndLosesNothing(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	before := settings.Settings{TiDBCloud: settings.Client{ClientID: "partner-7", RedirectPath: "/done"}}
	if err := settings.Save(d.settings.path, before); err != nil {
		t.Fatal(err)
	}
	d.openSettings(t)
	uitest.Type(t, d.canvas(), "x")
	for range 4 { // secret, scope, host, ports
		d.canvas().FocusNext()
	}
	uitest.Type(t, d.canvas(), "80, x")
	uitest.Key(d.canvas(), fyne.KeyReturn)
	d.until(t, "is not a port")
	uitest.Expect(t, d.canvas(), "/done", "80, x")
	uitest.Key(d.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, d.canvas(), "Redirect host")
	if after, err := settings.Load(d.settings.path); err != nil || after.TiDBCloud.ClientID != "partner-7" {
		t.Errorf("the file says %+v, %v", after.TiDBCloud, err)
	}
}

func TestASettingsFileThatCannotBeReadIsSaid(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	if err := os.WriteFile(d.settings.path, []byte("[tidbcloud\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	uitest.Choose(t, d.window.Window(), "Canopy", "Settings…")
	d.until(t, "What happened")
	uitest.Expect(t, d.canvas(), "is wrong in line")
}
