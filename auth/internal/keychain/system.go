package keychain

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"

	"github.com/zalando/go-keyring"
)

// System is the keyring of the operating system, through zalando/go-keyring.
func System() Backend { return system{} }

type system struct{}

func (system) Set(service, key, item string) error {
	if err := ready(); err != nil {
		return err
	}
	return explain(keyring.Set(service, key, item))
}

func (system) Get(service, key string) (string, error) {
	if err := ready(); err != nil {
		return "", err
	}
	item, err := keyring.Get(service, key)
	return item, explain(err)
}

func (system) Delete(service, key string) error {
	if err := ready(); err != nil {
		return err
	}
	return explain(keyring.Delete(service, key))
}

// failure keeps a system's own words beside what they mean.
type failure struct{ meaning, cause error }

func (f failure) Error() string   { return f.meaning.Error() + " (" + f.cause.Error() + ")" }
func (f failure) Unwrap() []error { return []error{f.meaning, f.cause} }

// classify tells the systems' errors apart.
func classify(err error) error {
	for _, known := range []error{ErrNotFound, ErrAbsent, ErrLocked, ErrSlow, ErrTooBig, ErrDenied} {
		if errors.Is(err, known) {
			return err
		}
	}
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return ErrTooBig
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return ErrAbsent
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return failure{ErrSlow, err}
	}
	for _, meaning := range []func(error) error{busMeaning, exitMeaning, numberMeaning, wordMeaning} {
		if m := meaning(err); m != nil {
			return failure{m, err}
		}
	}
	return failure{ErrDenied, err}
}

// exitMeaning reads the exit status of macOS's security tool: the low byte of
// an OSStatus, such as 36 for errSecInteractionNotAllowed (-25308).
func exitMeaning(err error) error {
	var exit *exec.ExitError
	if errors.Is(err, exec.ErrNotFound) {
		return ErrAbsent
	}
	if !errors.As(err, &exit) {
		return nil
	}
	switch exit.ExitCode() {
	case 36:
		return ErrLocked
	case 37, 50:
		return ErrAbsent
	}
	return ErrDenied
}

// numberMeaning reads Windows' numbers: ERROR_NO_SUCH_LOGON_SESSION is a
// session without a Credential Manager, such as a service's.
func numberMeaning(err error) error {
	var n syscall.Errno
	if !errors.As(err, &n) {
		return nil
	}
	switch {
	case n == 1312 || n == syscall.ENOENT || n == syscall.ECONNREFUSED:
		return ErrAbsent
	case errors.Is(n, syscall.EPIPE), errors.Is(n, syscall.ECONNRESET):
		return ErrAbsent
	}
	return ErrDenied
}

// wordMeaning reads what the Linux library says in words only.
func wordMeaning(err error) error {
	text := err.Error()
	for _, w := range []struct {
		part    string
		meaning error
	}{
		{"failed to unlock correct collection", ErrLocked}, // the prompt was dismissed
		{"couldn't determine address of session bus", ErrAbsent},
		{"dbus-launch", ErrAbsent},
		{"closed by user", ErrAbsent}, // the bus went away
		{"EOF", ErrAbsent},
	} {
		if strings.Contains(text, w.part) {
			return w.meaning
		}
	}
	return nil
}
