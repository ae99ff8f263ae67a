// Package e2e drives a built Canopy the way a person would, with real components on all sides: a real window on a virtual
// X display with a window manager, a real Chromium as the system browser, a real Secret Service with its own D-Bus
// session, and a sandbox in a process of its own.
//
// It owns a [Desktop]: the private display, session bus, keyring, home folder and browser of one run, and every process
// in it. Input goes through the display's XTEST extension; what the window shows is read back through the probe that the
// build tag "probe" compiles in, and as pictures of the screen. Nothing is awaited by the clock: every wait is for a
// condition, with a deadline.
//
// It never touches the person's own display, keyring, settings or browser, opens no connection beyond the loopback, and
// ends each process it started by its id, also when a step fails or a signal arrives.
//
// It is a module of its own, so that what drives browsers and displays stays out of Canopy's dependencies, and it shares
// no code with Canopy: it knows the program by its window, its commands, and the sandbox's HTTP.
//
//	desk, err := e2e.Open(ctx, e2e.Options{Canopy: "build/canopy", Out: "build/run"})
//	if err != nil {
//		return err
//	}
//	defer desk.Close()
//	sandbox, err := desk.StartSandbox(ctx)
//	...
//	app, err := desk.StartApp(ctx, "--sandbox="+sandbox.Issuer)
//	...
//	err = app.Click(ctx, e2e.Text("Sign in with your browser"))
package e2e
