package uitest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	look "canopy/ui/theme"
	"canopy/ui/uitest/stage"
)

// App is Fyne's test app with a queue in place of the UI goroutine.
type App struct {
	fyne.App
	driver fyne.Driver
}

// New makes an app, in Canopy's light look, the current one until the test ends. What fyne.Do
// is given runs in loop.
func New(t testing.TB, loop *stage.Loop) *App {
	t.Helper()
	base := test.NewTempApp(t)
	a := &App{App: base, driver: queueing{base.Driver(), loop}}
	fyne.SetCurrentApp(a)
	a.Settings().SetTheme(look.New(look.Light))
	return a
}

// Driver implements fyne.App.
func (a *App) Driver() fyne.Driver { return a.driver }

type queueing struct {
	fyne.Driver
	loop *stage.Loop
}

// DoFromGoroutine implements fyne.Driver. Waiting on the test's own goroutine would wait for
// ever, as it does in the app: no code of Canopy waits.
func (q queueing) DoFromGoroutine(f func(), wait bool) {
	if !wait {
		q.loop.Do(f)
		return
	}
	done := make(chan struct{})
	q.loop.Do(func() { f(); close(done) })
	<-done
}
