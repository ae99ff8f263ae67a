// Canopy is a desktop window on TiDB Cloud that only reads.
//
// This file ties the packages together. It is the only one that imports fyne/v2/app, so that
// everything else builds and is tested without cgo.
package main

import (
	"context"
	"os"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"canopy/assets"
	"canopy/auth"
	"canopy/ui"
	"canopy/ui/cli"
	"canopy/ui/probe"
	"canopy/ui/session"
	"canopy/ui/task"
)

// appID names Canopy to the desktop and is where its preferences are kept.
const appID = "io.github.canopy"

func main() {
	outside := cli.Outside{Auth: auth.Config{Words: ui.PageWords}}
	os.Exit(outside.Main(os.Args[1:], os.Stdout, os.Stderr, openWindow))
}

// openWindow shows the window and returns when it has been closed or ctx is done.
func openWindow(ctx context.Context, s *cli.Setup) error {
	a := app.NewWithID(appID)
	if err := lang.AddTranslationsFS(assets.Translations, "translations"); err != nil {
		return err
	}
	if s.Theme != "" {
		a.Preferences().SetString(ui.PreferenceTheme, s.Theme)
	}
	var ending atomic.Bool // Fyne ends its event loop on the same signals as ctx
	tasks := task.New(func(f func()) {
		if !ending.Load() { // once the loop is gone fyne.Do would run f on the caller's goroutine
			fyne.Do(f)
		}
	})
	w := ui.New(ui.Deps{
		App: a,
		Session: session.New(session.Deps{
			Auth: s.Auth, Environments: s.Environments, Only: s.Only,
			Tasks: tasks, Now: time.Now, StartSandbox: s.StartSandbox, Discover: s.Discover, Log: s.Log, Activity: s.Activity,
		}),
		Tasks: tasks, Now: time.Now, After: time.After,
		OpenURL: auth.OpenBrowser, BrowserDoubt: auth.BrowserDoubt(), Version: cli.Version,
		Settings: s.SettingsFile(), SettingsPath: s.Places.Settings, Downloads: s.Places.Downloads,
	})
	s.AskPassphrase = w.AskPassphrase
	probe.Serve(w.Window())
	stop := context.AfterFunc(ctx, func() { ending.Store(true) })
	defer stop()
	a.Lifecycle().SetOnStarted(w.Start)
	w.Show()
	a.Run()
	tasks.Finish(time.After(5 * time.Second))
	return nil
}
