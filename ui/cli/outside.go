package cli

import (
	"io"
	"os"
	"time"

	"canopy/auth"
)

// Outside is what the commands signin, grants and signout get from outside, so that tests can
// hold it. The zero value is the real thing.
type Outside struct {
	// Getenv reads environment variables. nil: os.Getenv.
	Getenv func(name string) string
	// Terminal reports whether a reader or a writer is a terminal. nil: the system is asked.
	Terminal func(stream any) bool
	// BrowserDoubt is what speaks against the browser. nil: auth.BrowserDoubt.
	BrowserDoubt func() string
	// Auth is what the authenticator works with: store, opener, clock, network. A nil Store is
	// the system's keyring. Environments, Grants and Log come from the settings and the flags.
	Auth auth.Config
}

func (x Outside) getenv(name string) string {
	if x.Getenv != nil {
		return x.Getenv(name)
	}
	return os.Getenv(name)
}

func (x Outside) now() time.Time {
	if x.Auth.Now != nil {
		return x.Auth.Now()
	}
	return time.Now()
}

func (x Outside) terminal(stream any) bool {
	if x.Terminal != nil {
		return x.Terminal(stream)
	}
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (x Outside) browserDoubt() string {
	if x.BrowserDoubt != nil {
		return x.BrowserDoubt()
	}
	return auth.BrowserDoubt()
}

// window makes what the window works with. A person in a window may choose to keep a sign-in
// for this session only.
func (x Outside) window(o Options, stderr io.Writer) (*Setup, error) {
	c := x.Auth
	if c.Store == nil {
		c.Store = auth.NewKeyring("canopy")
	}
	if c.Session == nil {
		c.Session = auth.NewMemoryStore()
	}
	return prepare(o, stderr, x.getenv, c)
}

// prepare makes what a command works with. There is no store for this session only: a
// session in a terminal ends with the command.
func (x Outside) prepare(o Options, stderr io.Writer) (*Setup, error) {
	c := x.Auth
	c.Session = nil
	if c.Store == nil {
		c.Store = auth.NewKeyring("canopy")
	}
	return prepare(o, stderr, x.getenv, c)
}
