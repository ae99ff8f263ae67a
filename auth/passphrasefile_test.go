package auth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age/armor"

	"canopy/auth"
)

const passphrase = "canary correct horse battery staple"

// cheap is a scrypt work that tests can pay.
const cheap = 8

// asked is a passphrase file that counts how often the user was asked.
type asked struct {
	*auth.PassphraseFile
	times, created atomic.Int32
}

func newPassphraseFile(path string, answer auth.Secret) *asked {
	a := &asked{PassphraseFile: &auth.PassphraseFile{Path: path, WorkFactor: cheap}}
	a.Passphrase = func(_ context.Context, create bool) (auth.Secret, error) {
		a.times.Add(1)
		if create {
			a.created.Add(1)
		}
		return answer, nil
	}
	return a
}

func TestBehaviour11AFileWithAPassphraseKeepsASignIn(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secrets", "credentials.age")
	file := newPassphraseFile(path, passphrase)
	with := func(store *asked) func(*auth.Config, *auth.Environment) {
		return func(c *auth.Config, _ *auth.Environment) {
			c.Store, c.File = brokenStore{auth.ErrKeyringAbsent}, store
		}
	}
	server := newServer(t)
	h := houseOn(t, server, dir, auth.NewMemoryStore(), with(file))
	if _, err := h.signIn(); !errors.Is(err, auth.ErrKeyringAbsent) || file.times.Load() != 0 {
		t.Fatalf("without a choice it ended with %v after %d questions", err, file.times.Load())
	}
	g, err := h.signIn(auth.Options{Keep: auth.KeptFile})
	if err != nil {
		t.Fatal(err)
	}
	if g.Kept != auth.KeptFile || file.times.Load() != 1 || file.created.Load() != 1 {
		t.Errorf("kept in %q after %d questions, %d of them for a new passphrase", g.Kept, file.times.Load(), file.created.Load())
	}
	again := newPassphraseFile(path, passphrase)
	after := houseOn(t, server, dir, auth.NewMemoryStore(), with(again))
	after.clock.move(2 * time.Hour) // so that it has to be renewed, and stored
	for range 3 {
		if status, err := after.get(g); status != 200 || err != nil {
			t.Errorf("reading after a restart gives %d, %v", status, err)
		}
	}
	if again.times.Load() != 1 || again.created.Load() != 0 {
		t.Errorf("%d questions after a restart, %d of them for a new passphrase", again.times.Load(), again.created.Load())
	}
	if told, err := after.auth.SignOut(t.Context(), g.ID); !told || err != nil {
		t.Errorf("signing out gives %t, %v", told, err)
	}
	for _, key := range []string{g.ID, g.ID + ".access"} {
		if _, err := again.Get(t.Context(), key); !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("after signing out %s gives %v", key, err)
		}
	}
}

func TestBehaviour11AWrongPassphraseIsSaidBeforeTheBrowserOpensAndEndsNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "credentials.age")
	server := newServer(t)
	with := func(answer auth.Secret) func(*auth.Config, *auth.Environment) {
		return func(c *auth.Config, _ *auth.Environment) { c.Store, c.File = nil, newPassphraseFile(path, answer) }
	}
	h := houseOn(t, server, dir, nil, with(passphrase))
	g, err := h.signIn(auth.Options{Keep: auth.KeptFile})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []auth.Secret{"canary wrong", ""} {
		other := houseOn(t, server, dir, nil, with(wrong), func(c *auth.Config, _ *auth.Environment) { c.Open = noBrowser(t) })
		if _, err := other.signIn(auth.Options{Keep: auth.KeptFile}); !errors.Is(err, auth.ErrPassphrase) || strings.Contains(err.Error(), "canary") {
			t.Errorf("with %q signing in gives %v", wrong.Reveal(), err)
		}
		if _, err := other.get(g); !errors.Is(err, auth.ErrPassphrase) || errors.Is(err, auth.ErrSignInAgain) {
			t.Errorf("with %q reading gives %v", wrong.Reveal(), err)
		}
	}
	if status, err := houseOn(t, server, dir, nil, with(passphrase)).get(g); status != 200 || err != nil {
		t.Errorf("with the right one reading gives %d, %v", status, err)
	}
}

func TestBehaviour11TheUserIsAskedOnceHoweverManyWait(t *testing.T) {
	file := newPassphraseFile(filepath.Join(t.TempDir(), "f"), passphrase)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if err := file.Put(t.Context(), fmt.Sprint(i), []byte{0, byte(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i := range 8 {
		if got, err := file.Get(t.Context(), fmt.Sprint(i)); err != nil || !bytes.Equal(got, []byte{0, byte(i)}) {
			t.Errorf("record %d is %v, %v", i, got, err)
		}
	}
	if n := file.times.Load(); n != 1 {
		t.Errorf("the user was asked %d times", n)
	}
}

func TestBehaviour11AWrongPassphraseIsAskedForAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := newPassphraseFile(path, passphrase).Put(t.Context(), "k", []byte("canary")); err != nil {
		t.Fatal(err)
	}
	answers := []auth.Secret{"canary wrong", passphrase}
	file := &auth.PassphraseFile{Path: path, Passphrase: func(context.Context, bool) (auth.Secret, error) {
		next := answers[0]
		answers = answers[1:]
		return next, nil
	}}
	if err := file.Unlock(t.Context()); !errors.Is(err, auth.ErrPassphrase) || !strings.Contains(err.Error(), path) {
		t.Errorf("the wrong one gives %v", err)
	}
	if err := file.Unlock(t.Context()); err != nil {
		t.Errorf("the right one gives %v", err)
	}
	if got, err := file.Get(t.Context(), "k"); err != nil || string(got) != "canary" {
		t.Errorf("it holds %q, %v", got, err)
	}
}

func TestBehaviour11WhereThereIsNoFileNobodyIsAsked(t *testing.T) {
	file := newPassphraseFile(filepath.Join(t.TempDir(), "f"), passphrase)
	if _, err := file.Get(t.Context(), "k"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("reading gives %v", err)
	}
	if err := file.Delete(t.Context(), "k"); err != nil {
		t.Errorf("erasing gives %v", err)
	}
	if n := file.times.Load(); n != 0 {
		t.Errorf("the user was asked %d times", n)
	}
}

func TestBehaviour11AUserWhoDoesNotAnswerIsNoReasonToLoseAnything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := newPassphraseFile(path, passphrase).Put(t.Context(), "k", []byte("canary")); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	arrived, errNo := make(chan struct{}), errors.New("the dialog was closed; open it again")
	for name, file := range map[string]*auth.PassphraseFile{
		"the dialog was closed":  {Path: path, Passphrase: func(context.Context, bool) (auth.Secret, error) { return "", errNo }},
		"there is nobody to ask": {Path: path},
	} {
		_, getErr := file.Get(t.Context(), "k")
		for what, err := range map[string]error{"get": getErr, "put": file.Put(t.Context(), "k", nil), "delete": file.Delete(t.Context(), "k"), "unlock": file.Unlock(t.Context())} {
			if !errors.Is(err, errNo) && !errors.Is(err, auth.ErrPassphrase) {
				t.Errorf("%s: %s gives %v", name, what, err)
			}
		}
	}
	slow := &auth.PassphraseFile{Path: path, Passphrase: func(ctx context.Context, _ bool) (auth.Secret, error) {
		close(arrived)
		<-ctx.Done()
		return "", ctx.Err()
	}}
	ctx, stop := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- slow.Unlock(ctx) }()
	<-arrived
	hurried, leave := context.WithCancel(t.Context())
	leave()
	if err := slow.Unlock(hurried); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever does not wait for the first gets %v", err)
	}
	stop()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first gets %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file has changed")
	}
}

func TestBehaviour11NothingInTheDirectoryIsReadable(t *testing.T) {
	dir := t.TempDir()
	file := newPassphraseFile(filepath.Join(dir, "f"), passphrase)
	for i := range 20 {
		if err := file.Put(t.Context(), fmt.Sprint("name-of-a-record-", i%3), []byte("canary-token")); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", e.Name(), info.Mode(), err)
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		for _, plain := range []string{"canary", "name-of-a-record", "AGE-SECRET-KEY", "Y2FuYXJ5"} {
			if err != nil || bytes.Contains(content, []byte(plain)) {
				t.Errorf("%s holds %q, %v", e.Name(), plain, err)
			}
		}
	}
	if len(entries) != 2 {
		t.Errorf("the directory holds %v, want the file and its lock", entries)
	}
	if text := fmt.Sprintf("%v %+v %#v %s %d", file.PassphraseFile, file.PassphraseFile, file.PassphraseFile, file.PassphraseFile, file.PassphraseFile); strings.Contains(text, "canary") {
		t.Errorf("printed it is %s", text)
	}
}

func TestBehaviour11ADamagedFileIsAnErrorThatNamesItAndIsLeftAsItIs(t *testing.T) {
	good := filepath.Join(t.TempDir(), "f")
	if err := newPassphraseFile(good, passphrase).Put(t.Context(), "k", []byte("canary")); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	second := bytes.LastIndex(content, []byte("-----BEGIN"))
	swapped, greedy := bytes.Clone(content), reworked(t, content[:second], " 8\n", " 19\n")
	swapped[second+60] ^= 1
	for name, damaged := range map[string][]byte{
		"empty":                       {},
		"of something else":           []byte("hello"),
		"asking for 512 MiB of work":  append(greedy, content[second:]...),
		"without records":             content[:second],
		"cut short":                   content[:len(content)-40],
		"changed in the records":      swapped,
		"with the records of another": append(bytes.Clone(content[:second]), content[:second]...),
		"with a key that is none":     append([]byte("hello\n"), content[second:]...),
		"with records before the key": append(bytes.Clone(content[second:]), content[:second]...),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f")
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			file := newPassphraseFile(path, passphrase)
			_, getErr := file.Get(t.Context(), "k")
			for what, err := range map[string]error{"get": getErr, "put": file.Put(t.Context(), "k", nil), "delete": file.Delete(t.Context(), "k")} {
				if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "canary") || errors.Is(err, auth.ErrNotFound) {
					t.Errorf("%s gives %v", what, err)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, damaged) {
				t.Errorf("the file is another now, %v", err)
			}
		})
	}
}

// reworked changes what stands inside a text of age.
func reworked(t *testing.T, text []byte, before, after string) []byte {
	t.Helper()
	inside, err := io.ReadAll(armor.NewReader(bytes.NewReader(text)))
	if err != nil || !bytes.Contains(inside, []byte(before)) {
		t.Fatalf("there is no %q in it, %v", before, err)
	}
	var out bytes.Buffer
	w := armor.NewWriter(&out)
	_, err = w.Write(bytes.Replace(inside, []byte(before), []byte(after), 1))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBehaviour11ADirectoryThatCannotBeWrittenIsSaid(t *testing.T) {
	dir := t.TempDir()
	block := filepath.Join(dir, "a-file")
	if err := os.WriteFile(block, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := newPassphraseFile(filepath.Join(block, "f"), passphrase)
	var where *fs.PathError
	if err := file.Put(t.Context(), "k", []byte("canary")); !errors.As(err, &where) {
		t.Errorf("it gives %v", err)
	}
}

func TestBehaviour11TwoRunningCopiesThatBothChooseAPassphraseShareTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	one, two := newPassphraseFile(path, passphrase), newPassphraseFile(path, passphrase)
	if err := errors.Join(one.Unlock(t.Context()), two.Unlock(t.Context())); err != nil { // neither has written yet
		t.Fatal(err)
	}
	if err := errors.Join(one.Put(t.Context(), "one", []byte{1}), two.Put(t.Context(), "two", []byte{2})); err != nil {
		t.Fatal(err)
	}
	for _, file := range []*asked{one, two} {
		for key, want := range map[string]byte{"one": 1, "two": 2} {
			if got, err := file.Get(t.Context(), key); err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("record %s is %v, %v", key, got, err)
			}
		}
		if file.times.Load() != 1 {
			t.Errorf("a user was asked %d times", file.times.Load())
		}
	}
	three := newPassphraseFile(filepath.Join(t.TempDir(), "g"), "canary another")
	if err := three.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	three.Path = path // as if another copy had made it with another passphrase meanwhile
	if err := three.Put(t.Context(), "three", []byte{3}); !errors.Is(err, auth.ErrPassphrase) {
		t.Errorf("with another passphrase it gives %v", err)
	}
	if _, err := one.Get(t.Context(), "three"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("the record of the other reads as %v", err)
	}
}

func TestBehaviour11ThreeProcessesDoNotLoseEachOthersRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var group sync.WaitGroup
	names := []string{"a", "b", "c"}
	for _, name := range names {
		other := exec.CommandContext(t.Context(), os.Args[0])
		other.Env = append(os.Environ(), processVariable+"="+strings.Join([]string{"note", path, name}, "\n"))
		group.Go(func() {
			if out, err := other.CombinedOutput(); err != nil {
				t.Errorf("another process ended with %v: %s", err, out)
			}
		})
	}
	group.Wait()
	file := newPassphraseFile(path, passphrase)
	for _, name := range names {
		for i := range notes {
			if _, err := file.Get(t.Context(), fmt.Sprint(name, i)); err != nil {
				t.Errorf("record %s%d: %v", name, i, err)
			}
		}
	}
}

// notes is how many records each process writes.
const notes = 20

func noteInAnotherProcess(path, name string) error {
	file := newPassphraseFile(path, passphrase)
	for i := range notes {
		if err := file.Put(context.Background(), fmt.Sprint(name, i), []byte(name)); err != nil {
			return err
		}
	}
	return nil
}

func TestBehaviour12WhatIsKeptWhereNothingReachesStaysListed(t *testing.T) {
	dir := t.TempDir()
	server := newServer(t)
	h := houseOn(t, server, dir, nil, func(c *auth.Config, _ *auth.Environment) {
		c.Session, c.File = auth.NewMemoryStore(), newPassphraseFile(filepath.Join(dir, "f"), passphrase)
	})
	for keep, stays := range map[string]bool{auth.KeptFile: true, auth.KeptSession: false} {
		g, err := h.signIn(auth.Options{Keep: keep})
		if err != nil {
			t.Fatal(err)
		}
		other := houseOn(t, server, dir, auth.NewMemoryStore())
		if _, err := other.get(g); !errors.Is(err, auth.ErrSignInAgain) {
			t.Errorf("reading what is kept in the %s gives %v", keep, err)
		}
		if _, err := other.auth.SignOut(t.Context(), g.ID); (err != nil) != stays {
			t.Errorf("signing out of what is kept in the %s gives %v", keep, err)
		}
		if _, listed := other.grants.Get(g.ID); listed != stays {
			t.Errorf("what is kept in the %s is listed: %t", keep, listed)
		}
		if _, err := h.auth.SignOut(t.Context(), g.ID); (err == nil) != stays {
			t.Errorf("signing out where it is kept gives %v", err)
		}
	}
}
