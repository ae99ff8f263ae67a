package ui

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/settings"
	"canopy/ui/show"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

// SettingsFile reads and writes the settings. It may block: the window calls it from tasks.
type SettingsFile interface {
	// Read returns what the file says.
	Read() (settings.Settings, error)
	// Write checks and writes the settings, keeps the client secret in the keyring if it is
	// not empty, and returns the environments that follow.
	Write(ctx context.Context, s settings.Settings, clientSecret auth.Secret) ([]auth.Environment, error)
}

// settingsScreen is the dialog of what can be set: the client of TiDB Cloud, and the rest.
type settingsScreen struct {
	window   *Window
	was      settings.Settings
	clientID *keyEntry
	secret   *keyEntry
	scope    *keyEntry
	host     *widget.Select
	ports    *keyEntry
	path     *keyEntry
	encoding *widget.Select
	ca       *keyEntry
	problem  *widget.RichText
	save     *part.Button
}

// showSettings reads the file and opens the dialog.
func (w *Window) showSettings() {
	w.Tasks.Run("settings", func(context.Context, task.Report) func() {
		s, err := w.Settings.Read()
		return func() {
			if err != nil {
				w.showError(err)
				return
			}
			newSettingsScreen(w, s).open()
		}
	})
}

func newSettingsScreen(w *Window, s settings.Settings) *settingsScreen {
	d := &settingsScreen{window: w, was: s}
	c, def := s.TiDBCloud, auth.TiDBCloud()
	entry := func(value, placeholder string) *keyEntry {
		e := newKeyEntry(placeholder, false, w.modalKey)
		e.Text = value
		return e
	}
	d.clientID = entry(c.ClientID, lang.L("from PingCAP's partner programme"))
	d.secret = newKeyEntry(lang.L("only if PingCAP gave you one; kept in the keyring"), true, w.modalKey)
	d.scope = entry(c.Scope, def.Scope)
	d.host = oneOf([]string{"127.0.0.1", "localhost", "::1"}, c.RedirectHost, def.RedirectHost)
	d.ports = entry(strings.Trim(fmt.Sprint(c.RedirectPorts), "[]"), lang.L("any free port"))
	d.path = entry(c.RedirectPath, def.RedirectPath)
	d.encoding = oneOf([]string{string(auth.FormEncoding), string(auth.JSONEncoding)}, c.TokenEncoding, string(def.TokenEncoding))
	d.ca = entry(s.CAFile, lang.L("none beside the system's"))
	d.problem = part.Paragraph("", part.Style{Color: theme.ColorNameError})
	d.problem.Hide()
	return d
}

func oneOf(options []string, value, otherwise string) *widget.Select {
	s := widget.NewSelect(options, nil)
	s.Selected = otherwise
	if value != "" {
		s.Selected = value
	}
	return s
}

const settingsWidth = 600

func (d *settingsScreen) open() {
	w := d.window
	d.save = part.NewPrimary(lang.L("Save"), d.confirm)
	cancel := part.NewButton(lang.L("Cancel"), func() { w.modal.Close() })
	copyPath := part.NewLink(lang.L("Copy the path of the settings file"), func() { w.copy(w.SettingsPath, lang.L("Copied")) })
	d.save.Keys, cancel.Keys, copyPath.Keys = w.modalKey, w.modalKey, w.modalKey
	form := container.New(formLayout{},
		label(lang.L("Client id")), part.Field(d.clientID),
		label(lang.L("Client secret")), part.Field(d.secret),
		label(lang.L("Scope")), part.Field(d.scope),
		label(lang.L("Redirect host")), part.Field(d.host),
		label(lang.L("Redirect ports")), part.Field(d.ports),
		label(lang.L("Redirect path")), part.Field(d.path),
		label(lang.L("Body of token requests")), part.Field(d.encoding),
		label(lang.L("CA file")), part.Field(d.ca))
	content := part.Column(10,
		part.NewText(lang.L("Settings"), part.Style{Size: theme.SizeNameHeadingText, Bold: true}),
		part.Flush(part.Paragraph(lang.L("TiDB Cloud gives OAuth clients to partners of PingCAP only. Without one, use an API key or the sandbox. Custom environments are set in the settings file."), part.Style{Color: look.ColorMuted})),
		form,
		part.Flush(d.problem),
		part.Frame(nil, nil, part.Pad(0, -8, copyPath), part.Row(8, cancel, d.save), nil))
	w.showModal(settingsWidth, content, d.clientID, d.confirm)
}

func label(text string) fyne.CanvasObject {
	return part.Middle(part.NewText(text, part.Style{Color: look.ColorMuted}))
}

// settings returns what the dialog says now. What is the default is left out of the file.
func (d *settingsScreen) settings() (settings.Settings, error) {
	s, def := d.was, auth.TiDBCloud()
	ports, err := settings.Ports(d.ports.Text)
	if err != nil {
		return s, err
	}
	unlessDefault := func(v, def string) string {
		if v = strings.TrimSpace(v); v == def {
			return ""
		}
		return v
	}
	s.TiDBCloud = settings.Client{
		ClientID:             strings.TrimSpace(d.clientID.Text),
		ClientSecret:         d.was.TiDBCloud.ClientSecret || d.secret.Text != "",
		AuthorizationDetails: d.was.TiDBCloud.AuthorizationDetails, // only the file sets it
		Scope:                unlessDefault(d.scope.Text, def.Scope),
		RedirectHost:         unlessDefault(d.host.Selected, def.RedirectHost),
		RedirectPorts:        ports,
		RedirectPath:         unlessDefault(d.path.Text, def.RedirectPath),
		TokenEncoding:        unlessDefault(d.encoding.Selected, string(def.TokenEncoding)),
	}
	s.CAFile = strings.TrimSpace(d.ca.Text)
	return s, nil
}

// confirm saves. A mistake is said in the dialog, which stays open with everything in it.
func (d *settingsScreen) confirm() {
	w := d.window
	s, err := d.settings()
	if err != nil {
		d.say(err)
		return
	}
	secret := auth.Secret(d.secret.Text)
	d.save.Disable()
	w.Tasks.Run("settings", func(ctx context.Context, _ task.Report) func() {
		environments, err := w.Settings.Write(ctx, s, secret)
		return func() {
			d.save.Enable()
			if err != nil {
				d.say(err)
				return
			}
			if w.modal != nil {
				w.modal.Close()
			}
			for _, e := range environments {
				w.Session.Learn(e)
			}
			w.toast.say(lang.L("Saved"))
		}
	})
}

func (d *settingsScreen) say(err error) {
	part.SetParagraph(d.problem, show.Line(err.Error()), part.Style{Color: theme.ColorNameError})
	d.problem.Show()
	if d.window.modal != nil {
		d.window.modal.Refresh()
	}
}

// formLayout puts labels and fields in two columns.
type formLayout struct{}

const formGap float32 = 8

func (formLayout) columns(o []fyne.CanvasObject) (label, height float32) {
	for i, x := range o {
		m := x.MinSize()
		if i%2 == 0 {
			label = max(label, m.Width)
		}
		height = max(height, m.Height)
	}
	return label, height
}

func (f formLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	label, height := f.columns(o)
	rows := float32(len(o) / 2)
	return fyne.NewSize(label+220, rows*height+max(0, rows-1)*formGap)
}

func (f formLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	label, height := f.columns(o)
	for i := 0; i+1 < len(o); i += 2 {
		y := float32(i/2) * (height + formGap)
		o[i].Resize(fyne.NewSize(label, height))
		o[i].Move(fyne.NewPos(0, y))
		o[i+1].Resize(fyne.NewSize(size.Width-label-16, height))
		o[i+1].Move(fyne.NewPos(label+16, y))
	}
}
