package keychain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"

	"canopy/auth/internal/keychain"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// backend is a keyring that a test can look into and break.
type backend struct {
	mu    sync.Mutex
	items map[string]string
	hook  func(call, key string) error
	calls []string
}

func newBackend() *backend { return &backend{items: map[string]string{}} }

func (b *backend) note(call, key string) error {
	b.mu.Lock()
	b.calls = append(b.calls, call+" "+key)
	hook := b.hook
	b.mu.Unlock()
	if hook != nil {
		return hook(call, key)
	}
	return nil
}

func (b *backend) Set(service, key, item string) error {
	if err := b.note("set", key); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(item) > 2560 { // Windows
		return keyring.ErrSetDataTooBig
	}
	b.items[service+"/"+key] = item
	return nil
}

func (b *backend) Get(service, key string) (string, error) {
	if err := b.note("get", key); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	item, ok := b.items[service+"/"+key]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return item, nil
}

func (b *backend) Delete(service, key string) error {
	if err := b.note("delete", key); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.items[service+"/"+key]; !ok {
		return keyring.ErrNotFound
	}
	delete(b.items, service+"/"+key)
	return nil
}

func (b *backend) keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.items))
}

func record(n int) []byte {
	r := make([]byte, n)
	for i := range r {
		r[i] = byte(i * 7)
	}
	return r
}

func TestBehaviour10RecordsOfAnySizeComeBackAsTheyWereInSmallItems(t *testing.T) {
	for _, n := range []int{0, 1, 1424, 1425, 1426, 2000, 2560, 2561, 5000, 22_000} {
		t.Run(fmt.Sprint(n, " bytes"), func(t *testing.T) {
			b := newBackend()
			k := keychain.New("s", b, nil)
			if err := k.Put(t.Context(), "id", record(n)); err != nil {
				t.Fatal(err)
			}
			for key, item := range b.items {
				if len(item) > 2000 {
					t.Errorf("%s has %d bytes", key, len(item))
				}
			}
			if got, err := k.Get(t.Context(), "id"); err != nil || !bytes.Equal(got, record(n)) {
				t.Errorf("%d bytes come back, %v", len(got), err)
			}
			if err := errors.Join(k.Delete(t.Context(), "id"), k.Delete(t.Context(), "id")); err != nil {
				t.Error(err)
			}
			if left := b.keys(); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
			if _, err := k.Get(t.Context(), "id"); !errors.Is(err, keychain.ErrNotFound) {
				t.Errorf("it gives %v", err)
			}
		})
	}
}

func TestBehaviour10ARecordThatIsTooBigIsToldBeforeAnythingIsWritten(t *testing.T) {
	b := newBackend()
	if err := keychain.New("s", b, nil).Put(t.Context(), "id", record(40_000)); !errors.Is(err, keychain.ErrTooBig) {
		t.Errorf("it gives %v", err)
	}
	if len(b.calls) != 0 {
		t.Errorf("the keyring was asked %v", b.calls)
	}
}

func TestBehaviour10ACrashAnywhereLeavesTheOldRecordOrTheNewOne(t *testing.T) {
	sizes := []int{10, 4000, 9000, 6000, 20}
	for from, old := range sizes {
		for to, now := range sizes {
			for crash := 1; ; crash++ {
				b := newBackend()
				k := keychain.New("s", b, nil)
				if err := k.Put(t.Context(), "id", record(old)); err != nil {
					t.Fatal(err)
				}
				calls := 0
				b.hook = func(string, string) error {
					if calls++; calls >= crash {
						return errors.New("the program ended here")
					}
					return nil
				}
				err := k.Put(t.Context(), "id", record(now))
				b.hook = nil
				got, getErr := k.Get(t.Context(), "id")
				if getErr != nil || (!bytes.Equal(got, record(old)) && !bytes.Equal(got, record(now))) {
					t.Fatalf("%d→%d, crash at call %d: %d bytes, %v", from, to, crash, len(got), getErr)
				}
				if err == nil && !bytes.Equal(got, record(now)) {
					t.Fatalf("%d→%d, crash at call %d: told that it is written, and it is not", from, to, crash)
				}
				if err := k.Delete(t.Context(), "id"); err != nil || len(b.keys()) != 0 {
					t.Fatalf("%d→%d, crash at call %d: left %v, %v", from, to, crash, b.keys(), err)
				}
				if calls < crash {
					break
				}
			}
		}
	}
}

func TestBehaviour10ADamagedRecordIsAnErrorAndNotHalfARecord(t *testing.T) {
	for name, damage := range map[string]func(map[string]string){
		"a part is missing":        func(m map[string]string) { delete(m, "s/id#a1") },
		"a part was changed":       func(m map[string]string) { m["s/id#a1"] = "AAAA" },
		"parts were swapped":       func(m map[string]string) { m["s/id#a0"], m["s/id#a1"] = m["s/id#a1"], m["s/id#a0"] },
		"something else was there": func(m map[string]string) { m["s/id"] = "password" },
		"another version":          func(m map[string]string) { m["s/id"] = "canopy2:one:x:y" },
		"a manifest of none":       func(m map[string]string) { m["s/id"] = "canopy1:cut:x:a:0" },
		"a manifest of too many":   func(m map[string]string) { m["s/id"] = "canopy1:cut:x:a:99" },
		"a manifest of nonsense":   func(m map[string]string) { m["s/id"] = "canopy1:cut:x:c:2" },
		"a wrong checksum":         func(m map[string]string) { m["s/id"] = "canopy1:one:00:AAAA" },
		"no base64":                func(m map[string]string) { m["s/id"] = "canopy1:one:21cd2d2f1ae2d3c5:%%%" },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBackend()
			k := keychain.New("s", b, nil)
			if err := k.Put(t.Context(), "id", record(4000)); err != nil {
				t.Fatal(err)
			}
			damage(b.items)
			if got, err := k.Get(t.Context(), "id"); err == nil || errors.Is(err, keychain.ErrNotFound) || got != nil || !strings.Contains(err.Error(), "sign in again") {
				t.Errorf("it gives %d bytes, %v", len(got), err)
			}
			if err := k.Put(t.Context(), "id", record(5)); err != nil {
				t.Errorf("it cannot be replaced: %v", err)
			}
		})
	}
}

func TestBehaviour10TheErrorsAreToldApart(t *testing.T) {
	exit := func(code int) error {
		return exec.CommandContext(t.Context(), "sh", "-c", fmt.Sprint("exit ", code)).Run()
	}
	bus := func(name string) error { return dbus.Error{Name: name, Body: []any{"words"}} }
	for name, c := range map[string]struct{ err, is error }{
		"no keyring on this platform":     {keyring.ErrUnsupportedPlatform, keychain.ErrAbsent},
		"no address of a bus":             {errors.New("dbus: couldn't determine address of session bus"), keychain.ErrAbsent},
		"no dbus-launch":                  {&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, keychain.ErrAbsent},
		"no bus behind the address":       {syscall.ENOENT, keychain.ErrAbsent},
		"a bus that refuses":              {syscall.ECONNREFUSED, keychain.ErrAbsent},
		"a bus that broke":                {syscall.EPIPE, keychain.ErrAbsent},
		"a bus that went away":            {fmt.Errorf("read: %w", io.EOF), keychain.ErrAbsent},
		"no service on the bus":           {bus("org.freedesktop.DBus.Error.ServiceUnknown"), keychain.ErrAbsent},
		"a service that does not start":   {bus("org.freedesktop.DBus.Error.Spawn.ChildExited"), keychain.ErrAbsent},
		"no default collection":           {bus("org.freedesktop.Secret.Error.NoSuchObject"), keychain.ErrAbsent},
		"no Windows logon session":        {syscall.Errno(1312), keychain.ErrAbsent},
		"a locked collection":             {bus("org.freedesktop.Secret.Error.IsLocked"), keychain.ErrLocked},
		"a dismissed prompt":              {errors.New("failed to unlock correct collection '/org/freedesktop/secrets/collection/login'"), keychain.ErrLocked},
		"a locked macOS keychain":         {exit(36), keychain.ErrLocked},
		"no macOS keychain":               {exit(50), keychain.ErrAbsent},
		"a macOS keychain that refuses":   {exit(128), keychain.ErrDenied},
		"no reply from the bus":           {&dbus.Error{Name: "org.freedesktop.DBus.Error.NoReply"}, keychain.ErrSlow},
		"a deadline beneath":              {context.DeadlineExceeded, keychain.ErrSlow},
		"a bus that does not let us":      {bus("org.freedesktop.DBus.Error.AccessDenied"), keychain.ErrDenied},
		"a bus error nobody knows":        {bus("org.example.Error"), keychain.ErrDenied},
		"an error nobody knows":           {errors.New("something"), keychain.ErrDenied},
		"a Windows error nobody knows":    {syscall.Errno(5), keychain.ErrDenied},
		"an item too big for the bus":     {bus("org.freedesktop.DBus.Error.LimitsExceeded"), keychain.ErrTooBig},
		"an item too big for the keyring": {keyring.ErrSetDataTooBig, keychain.ErrTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBackend()
			b.hook = func(string, string) error { return c.err }
			k := keychain.New("s", b, nil)
			_, got := k.Get(t.Context(), "id")
			for what, err := range map[string]error{"reading": got, "writing": k.Put(t.Context(), "id", record(3)), "erasing": k.Delete(t.Context(), "id")} {
				for _, kind := range []error{keychain.ErrAbsent, keychain.ErrLocked, keychain.ErrSlow, keychain.ErrTooBig, keychain.ErrDenied, keychain.ErrNotFound} {
					if errors.Is(err, kind) != errors.Is(c.is, kind) {
						t.Errorf("%s gives %v", what, err)
					}
				}
			}
		})
	}
}

func TestBehaviour10AHangingKeyringIsSlowAndComesBack(t *testing.T) {
	b := newBackend()
	release := make(chan struct{})
	b.hook = func(call, _ string) error {
		if call == "get" {
			<-release
		}
		return nil
	}
	passed := make(chan time.Time)
	close(passed)
	k := keychain.New("s", b, func() (<-chan time.Time, func() bool) { return passed, func() bool { return true } })
	for range 3 { // the first hangs, the others do not get their turn
		if _, err := k.Get(t.Context(), "id"); !errors.Is(err, keychain.ErrSlow) {
			t.Errorf("it gives %v", err)
		}
	}
	close(release)
	patient := keychain.New("s", b, nil)
	if err := patient.Put(t.Context(), "id", record(3)); err != nil {
		t.Error(err)
	}
}

func TestACallerThatLeavesDoesNotWait(t *testing.T) {
	b := newBackend()
	entered, release := make(chan struct{}, 1), make(chan struct{})
	b.hook = func(string, string) error {
		entered <- struct{}{}
		<-release
		return nil
	}
	k := keychain.New("s", b, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() {
		_, err := k.Get(ctx, "id")
		done <- err
	}()
	<-entered
	go func() {
		_, err := k.Get(ctx, "id") // waits for its turn
		done <- err
	}()
	cancel()
	for range 2 {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it gives %v", err)
		}
	}
	close(release)
}

func TestTheSystemsKeyringWithoutABus(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // the other systems' keyrings are the user's own
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	k := keychain.New("canopy-test", keychain.System(), nil)
	_, err := k.Get(t.Context(), "id")
	for what, err := range map[string]error{"reading": err, "erasing": k.Delete(t.Context(), "id"), "writing": keychain.System().Set("canopy-test", "id", "x")} {
		if err == nil || (what != "writing" && !errors.Is(err, keychain.ErrAbsent)) {
			t.Errorf("%s gives %v", what, err)
		}
	}
}

func FuzzRecordsOfSomeoneElse(f *testing.F) {
	for _, seed := range []string{"", "canopy1:one::", "canopy1:one:e3b0c44298fc1c14:", "canopy1:cut:x:a:3", "canopy1:cut::::", "password"} {
		f.Add(seed, "AAAA")
	}
	f.Fuzz(func(t *testing.T, item, part string) {
		b := newBackend()
		b.items["s/id"], b.items["s/id#a0"], b.items["s/id#b0"] = item, part, part
		k := keychain.New("s", b, nil)
		got, err := k.Get(t.Context(), "id")
		if err != nil && got != nil {
			t.Errorf("%q gives half a record", item)
		}
		if err := k.Put(t.Context(), "id", []byte(part)); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Get(t.Context(), "id"); err != nil || string(got) != part {
			t.Errorf("after writing it gives %q, %v", got, err)
		}
	})
}
