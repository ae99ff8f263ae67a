package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"canopy/auth"
)

// separate makes an environment that promises separate consents.
func separate(_ *auth.Config, e *auth.Environment) { e.SeparateConsents = true }

func TestBehaviour14DeniedOnTheServersPageTheOldGrantStays(t *testing.T) {
	h := newHouse(t, separate, understanding)
	old := h.mustSignIn()
	h.server.with(func() {
		h.server.authorize = func(_, answer url.Values) url.Values {
			answer.Del("code")
			answer.Set("error", "access_denied")
			return answer
		}
	})
	if _, err := h.signIn(auth.Options{Replaces: old.ID, Want: &auth.Reach{Organization: atAcme, All: true}}); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("it ended with %v", err)
	}
	if list := h.grants.List(); len(list) != 1 || list[0].ID != old.ID || !list[0].Asked.IsZero() {
		t.Errorf("grants %+v", list)
	}
	if status, err := h.get(old); status != 200 || err != nil {
		t.Errorf("the old grant reads %d, %v", status, err)
	}
	if n := len(h.server.asked("/revoke")); n != 0 {
		t.Errorf("%d revocations", n)
	}
}

func TestBehaviour14TheOldGrantWorksUntilTheNewOneIsStored(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store, separate)
	old := h.mustSignIn()
	var reads atomic.Int32
	store.set(func(s *recordingStore) {
		s.onPut = func(string, int) error {
			if status, err := h.get(old); status != 200 || err != nil {
				t.Errorf("while the new one is stored the old grant reads %d, %v", status, err)
			}
			reads.Add(1)
			return nil
		}
	})
	g, err := h.signIn(auth.Options{Replaces: old.ID})
	if err != nil {
		t.Fatal(err)
	}
	if reads.Load() != 2 {
		t.Errorf("the old grant was read %d times", reads.Load())
	}
	if next, ok := h.grants.Successor(old.ID); !ok || next.ID != g.ID {
		t.Errorf("after it comes %+v", next)
	}
	if _, err := h.get(old); !errors.Is(err, auth.ErrSignInAgain) || !strings.Contains(err.Error(), "replaced by a newer one") {
		t.Errorf("the old grant gives %v", err)
	}
	if _, ok := h.grants.Successor("nobody"); ok {
		t.Error("a grant that never was has a successor")
	}
	if _, ok := h.grants.Successor(""); ok {
		t.Error("no grant has a successor")
	}
}

func TestBehaviour14AKillAnywhereInTheSwapIsMendedByTheNextStart(t *testing.T) {
	for point, c := range map[string]struct {
		swapped bool // the new grant is the one that is listed
		files   int  // records that the kill leaves
		alive   int  // tokens that it leaves
		lost    int  // access tokens of which no record is left
	}{
		"half stored": {files: 3, alive: 4, lost: 1},
		"stored":      {files: 4, alive: 4},
		"listed":      {swapped: true, files: 4, alive: 4},
		"told":        {swapped: true, files: 4, alive: 2},
		"half erased": {swapped: true, files: 3, alive: 2},
		"erased":      {swapped: true, files: 2, alive: 2},
	} {
		t.Run(point, func(t *testing.T) {
			dir, server := t.TempDir(), newServer(t)
			secrets := dirStore(filepath.Join(dir, "secrets"))
			if err := os.Mkdir(string(secrets), 0o700); err != nil {
				t.Fatal(err)
			}
			old := houseOn(t, server, dir, secrets, separate).mustSignIn()
			server.with(func() { server.details = fewer })
			p := process(t, "swap", dir, server.URL, old.ID, point)
			p.await(t, point)
			_ = p.cmd.Wait()
			if n := filesIn(t, string(secrets)); n != c.files {
				t.Fatalf("the kill leaves %d records, want %d", n, c.files)
			}
			if alive := server.alive(); len(alive) != c.alive {
				t.Fatalf("the kill leaves %v alive, want %d", alive, c.alive)
			}
			after := houseOn(t, server, dir, secrets, separate)
			list := after.grants.List()
			if len(list) != 1 || (list[0].ID != old.ID) != c.swapped {
				t.Fatalf("the next start shows %+v", list)
			}
			settle(t, after)
			if n, alive := filesIn(t, string(secrets)), server.alive(); n != 2 || len(alive) != 2+c.lost {
				t.Errorf("%d records and %v are left, want those of one grant", n, alive)
			}
			if status, err := houseOn(t, server, dir, secrets).get(list[0]); status != 200 || err != nil {
				t.Errorf("the grant that is shown reads %d, %v", status, err)
			}
			content, err := os.ReadFile(filepath.Join(dir, "grants.json"))
			if err != nil || strings.Contains(string(content), "arriving") || strings.Contains(string(content), "leaving") {
				t.Errorf("something is left to do: %s, %v", content, err)
			}
		})
	}
}

func filesIn(t *testing.T, dir string) int {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// swapInAnotherProcess signs in to replace a grant, and ends the process at one point of it.
func swapInAnotherProcess(dir, origin, replaces, point string) error {
	grants, err := auth.OpenGrants(filepath.Join(dir, "grants.json"))
	if err != nil {
		return err
	}
	env := (&server{Server: &httptest.Server{URL: origin}}).environment()
	env.SeparateConsents = true
	a, err := auth.New(auth.Config{
		Environments: []auth.Environment{env}, Grants: grants, Open: exampleBrowser,
		Store: &lastStore{dirStore: dirStore(filepath.Join(dir, "secrets")), old: replaces, point: point},
	})
	if err != nil {
		return err
	}
	if _, err := a.SignIn(context.Background(), "test", auth.Options{Replaces: replaces}, nil); err != nil {
		return err
	}
	err = a.Close(context.Background())
	return errors.Join(err, errors.New("it did not end at "+point))
}

// lastStore ends the process at one point of a swap.
type lastStore struct {
	dirStore
	old, point string
	deleted    int
}

func (s *lastStore) Put(ctx context.Context, key string, record []byte) error {
	err := s.dirStore.Put(ctx, key, record)
	if whole := strings.HasSuffix(key, ".access"); whole {
		endAt(s.point, "stored")
	} else {
		endAt(s.point, "half stored")
	}
	return err
}

func (s *lastStore) Get(ctx context.Context, key string) ([]byte, error) {
	if key == s.old {
		endAt(s.point, "listed")
	}
	return s.dirStore.Get(ctx, key)
}

func (s *lastStore) Delete(ctx context.Context, key string) error {
	if s.deleted == 0 {
		endAt(s.point, "told")
	}
	err := s.dirStore.Delete(ctx, key)
	if s.deleted++; s.deleted == 1 {
		endAt(s.point, "half erased")
	} else {
		endAt(s.point, "erased")
	}
	return err
}

func endAt(point, here string) {
	if point == here {
		_, _ = os.Stdout.WriteString(here + "\n")
		os.Exit(0)
	}
}

func TestBehaviour14ASignInUnderWayIsNotTakenForOneThatCrashed(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	store.set(func(s *recordingStore) {
		s.onPut = func(key string, _ int) error {
			if strings.HasSuffix(key, ".access") {
				once.Do(func() { close(reached) })
				<-release
			}
			return nil
		}
	})
	signing := h.begin(t.Context(), auth.Options{})
	<-reached
	settle(t, houseOn(t, h.server, h.dir, store)) // another copy starts and ends meanwhile
	close(release)
	o := h.result(signing)
	if o.err != nil {
		t.Fatal(o.err)
	}
	if n := store.count(); n != 2 {
		t.Errorf("%d records are kept", n)
	}
	h.clock.move(2 * time.Hour)
	if status, err := h.get(o.grant); status != 200 || err != nil {
		t.Errorf("it reads %d, %v", status, err)
	}
}

func TestBehaviour14WindowsThatSwapAtTheSameTimeLeaveOneGrant(t *testing.T) {
	for name, replaces := range map[string]bool{"the same grant": true, "by signing in once more": false} {
		t.Run(name, func(t *testing.T) {
			store, server, dir := newRecordingStore(), newServer(t), t.TempDir()
			old := houseOn(t, server, dir, store, separate).mustSignIn()
			var windows []*house
			for range 4 {
				windows = append(windows, houseOn(t, server, dir, store, separate))
			}
			var group sync.WaitGroup
			for _, w := range windows {
				group.Go(func() {
					var o auth.Options
					if replaces {
						o.Replaces = old.ID
					}
					if _, err := w.signIn(o); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			for _, w := range windows {
				settle(t, w)
			}
			after := houseOn(t, server, dir, store, separate)
			list := after.grants.List()
			if len(list) != 1 || store.count() != 2 || len(server.alive()) != 2 {
				t.Fatalf("%d grants, %d records and %v are left, want one", len(list), store.count(), server.alive())
			}
			if status, err := after.get(list[0]); status != 200 || err != nil {
				t.Errorf("it reads %d, %v", status, err)
			}
			if next, ok := after.grants.Successor(old.ID); !ok || next.ID != list[0].ID {
				t.Errorf("after the first comes %+v", next)
			}
		})
	}
}

func TestBehaviour14AnotherWindowsSwapIsFollowed(t *testing.T) {
	h := newHouse(t, separate)
	h.server.with(func() { h.server.details = nobody }) // so that only Replaces tells
	old := h.mustSignIn()
	other := houseOn(t, h.server, h.dir, h.store, separate)
	if _, err := other.signIn(auth.Options{Replaces: old.ID}); err != nil {
		t.Fatal(err)
	}
	g, err := h.signIn(auth.Options{Replaces: old.ID})
	if err != nil {
		t.Fatal(err)
	}
	if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID || len(g.Replaced) != 2 {
		t.Errorf("grants %+v", list)
	}
}

func TestBehaviour14WhatCannotBeErasedNowIsErasedLater(t *testing.T) {
	store := newRecordingStore()
	locked := &lockedStore{Store: store}
	h := houseOn(t, newServer(t), t.TempDir(), locked, separate)
	old := h.mustSignIn()
	locked.refuse.Store(true)
	g, err := h.signIn(auth.Options{Replaces: old.ID})
	if err != nil {
		t.Fatal(err)
	}
	settle(t, h)
	if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID || store.count() != 4 {
		t.Errorf("%d records are kept and listed are %+v", store.count(), list)
	}
	locked.refuse.Store(false)
	again := houseOn(t, h.server, h.dir, locked, separate)
	settle(t, again)
	if n := store.count(); n != 2 || len(h.server.alive()) != 2 {
		t.Errorf("%d records and %v are left", n, h.server.alive())
	}
}

// lockedStore is a keyring that cannot be written to for a time.
type lockedStore struct {
	auth.Store
	refuse atomic.Bool
}

func (s *lockedStore) Delete(ctx context.Context, key string) error {
	if s.refuse.Load() {
		return auth.ErrKeyringLocked
	}
	return s.Store.Delete(ctx, key)
}

func TestBehaviour14AServerThatIsAwayDoesNotKeepTheOldCredentialHere(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store, separate)
	old := h.mustSignIn()
	h.server.with(func() {
		h.server.post = func(path string, _ map[string]string, w http.ResponseWriter) bool {
			if path == "/revoke" {
				replyText(w, 503, "")
			}
			return path == "/revoke"
		}
	})
	if _, err := h.signIn(auth.Options{Replaces: old.ID}); err != nil {
		t.Fatal(err)
	}
	settle(t, h)
	if n := store.count(); n != 2 || len(h.server.asked("/revoke")) != 6 {
		t.Errorf("%d records are left after %d revocations", n, len(h.server.asked("/revoke")))
	}
}

func TestBehaviour14ClosingInTheMiddleLeavesTheRestToTheNextStart(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store, separate)
	old := h.mustSignIn()
	arrived := make(chan struct{}, 10)
	release := make(chan struct{})
	h.server.with(func() {
		h.server.post = func(path string, _ map[string]string, _ http.ResponseWriter) bool {
			if path == "/revoke" {
				arrived <- struct{}{}
				<-release
			}
			return false
		}
	})
	if _, err := h.signIn(auth.Options{Replaces: old.ID}); err != nil {
		t.Fatal(err)
	}
	<-arrived
	h.close()
	close(release)
	if n := store.count(); n != 4 {
		t.Errorf("%d records are kept: what is left has nothing to be told with", n)
	}
	again := houseOn(t, h.server, h.dir, store, separate)
	settle(t, again)
	if n := store.count(); n != 2 || len(h.server.alive()) != 2 {
		t.Errorf("%d records and %v are left", n, h.server.alive())
	}
}

func TestBehaviour14WhatIsLeftWaitsForItsEnvironmentAndForAPassphrase(t *testing.T) {
	inside := newRecordingStore()
	file := &guardedStore{Store: inside}
	kept := newRecordingStore()
	places := func(c *auth.Config, e *auth.Environment) {
		c.File = file
		e.SeparateConsents = true
	}
	held := heldStore{kept, make(chan struct{})}
	h := houseOn(t, newServer(t), t.TempDir(), held, places)
	inFile, err := h.signIn(auth.Options{Keep: auth.KeptFile})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.grants.Update(inFile.ID, func(g *auth.Grant) { g.User = auth.User{Subject: "somebody else"} }); err != nil {
		t.Fatal(err)
	}
	old, err := h.signIn(auth.Options{Keep: auth.KeptFile})
	if err != nil {
		t.Fatal(err)
	}
	file.refuse.Store(true) // the passphrase is not given
	if _, err := h.signIn(auth.Options{Replaces: old.ID}); err != nil {
		t.Fatal(err)
	}
	h.close()
	close(held.release)
	file.refuse.Store(false)
	file.asked.Store(0)
	elsewhere := func(_ *auth.Config, e *auth.Environment) { e.Name = "another" }
	env := h.server.environment()
	env.SeparateConsents = true
	start := houseOn(t, h.server, h.dir, kept, places, elsewhere)
	if err := start.auth.SetEnvironment(env); err != nil {
		t.Fatal(err)
	}
	settle(t, start)
	if n := file.asked.Load(); n != 0 || inside.count() != 4 {
		t.Errorf("the user was asked %d times for a passphrase at the start, and %d records are in the file", n, inside.count())
	}
	after := houseOn(t, h.server, h.dir, kept, places, elsewhere)
	if err := after.auth.SetEnvironment(env); err != nil {
		t.Fatal(err)
	}
	if status, err := after.get(inFile); status != 200 || err != nil { // asks, for good reason
		t.Fatalf("the grant in the file reads %d, %v", status, err)
	}
	settle(t, after)
	if alive := h.server.alive(); len(alive) != 4 || inside.count() != 2 || kept.count() != 2 {
		t.Errorf("%d records in the file, %d elsewhere and %v are left, want those of two grants", inside.count(), kept.count(), alive)
	}
}

// guardedStore asks for a passphrase.
type guardedStore struct {
	auth.Store
	refuse atomic.Bool
	asked  atomic.Int32
}

func (s *guardedStore) Unlock(context.Context) error {
	s.asked.Add(1)
	if s.refuse.Load() {
		return auth.ErrPassphrase
	}
	return nil
}

func (s *guardedStore) Get(ctx context.Context, key string) ([]byte, error) {
	if err := s.Unlock(ctx); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, key)
}

func (s *guardedStore) Delete(ctx context.Context, key string) error {
	if err := s.Unlock(ctx); err != nil {
		return err
	}
	return s.Store.Delete(ctx, key)
}
