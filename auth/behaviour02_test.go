package auth_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"canopy/auth"
)

// refreshes counts the refresh requests.
func (s *server) refreshes() int {
	n := 0
	for _, q := range s.asked("/token") {
		if q.params["grant_type"] == "refresh_token" {
			n++
		}
	}
	return n
}

// refreshing makes a hook for refresh requests only.
func refreshing(answer func(w http.ResponseWriter, token string) bool) func(string, map[string]string, http.ResponseWriter) bool {
	return func(path string, params map[string]string, w http.ResponseWriter) bool {
		return path == "/token" && params["grant_type"] == "refresh_token" && answer(w, params["refresh_token"])
	}
}

func TestBehaviour02EightCallersAtExpiryMakeOneRefresh(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.clock.move(2 * time.Hour)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if status, err := h.get(g); status != 200 || err != nil {
				t.Errorf("reading gives %d, %v", status, err)
			}
		})
	}
	group.Wait()
	if n := h.server.refreshes(); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestBehaviour02TwoCopiesOfTheAppShareOneRotatingToken(t *testing.T) {
	one := newHouse(t)
	g := one.mustSignIn()
	two := houseOn(t, one.server, one.dir, one.store)
	for round := range 5 {
		one.clock.move(2 * time.Hour)
		two.clock.move(2 * time.Hour)
		var group sync.WaitGroup
		for _, h := range []*house{one, two, one, two} {
			group.Go(func() {
				if status, err := h.get(g); status != 200 || err != nil {
					t.Errorf("reading gives %d, %v", status, err)
				}
			})
		}
		group.Wait()
		if n := one.server.refreshes(); n != round+1 {
			t.Errorf("%d refreshes after %d expiries", n, round+1)
		}
	}
}

func TestBehaviour02ARefusedTokenIsComparedWithTheStoreFirst(t *testing.T) {
	for name, c := range map[string]struct {
		rotated bool // another process stored a good credential meanwhile
		is      error
	}{
		"somebody else was faster": {rotated: true},
		"nobody was":               {is: auth.ErrSignInAgain},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			g := h.mustSignIn()
			h.clock.move(2 * time.Hour)
			h.server.with(func() {
				h.server.post = refreshing(func(w http.ResponseWriter, token string) bool {
					if token != "canary-refresh-0002-asdf" {
						return false
					}
					if c.rotated { // without the lock, as a program that knows none would
						h.server.with(func() {
							h.server.access["canary-rotated-access"] = true
							h.server.refresh["canary-rotated-refresh"] = "family"
						})
						put(t, h.store, g.ID, `{"v":1,"refresh":"canary-rotated-refresh"}`)
						put(t, h.store, g.ID+".access", fmt.Sprintf(`{"v":1,"access":"canary-rotated-access","issued":%q,"lifetime":%d}`, h.clock.now().Format(time.RFC3339), time.Hour))
					}
					reply(w, 400, map[string]any{"error": "invalid_grant"})
					return true
				})
			})
			status, err := h.get(g)
			if !errors.Is(err, c.is) || (c.is == nil && (err != nil || status != 200)) {
				t.Errorf("reading gives %d, %v", status, err)
			}
			if _, err := h.store.Get(t.Context(), g.ID); err != nil {
				t.Errorf("the credential was deleted: %v", err)
			}
			if c.is != nil { // it stays ended, without asking the server again
				n := h.server.refreshes()
				if _, err := h.get(g); !errors.Is(err, auth.ErrSignInAgain) || h.server.refreshes() != n {
					t.Errorf("the second reading gives %v after %d refreshes", err, h.server.refreshes()-n)
				}
			}
		})
	}
}

func put(t *testing.T, s auth.Store, key, record string) {
	t.Helper()
	if err := s.Put(context.Background(), key, []byte(record)); err != nil {
		t.Error(err)
	}
}

func TestBehaviour02AStoreThatFailsAfterRotationCostsNothing(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	g := h.mustSignIn()
	broken := true
	var mu sync.Mutex
	store.set(func(s *recordingStore) {
		s.onPut = func(string, int) error {
			mu.Lock()
			defer mu.Unlock()
			if broken {
				return auth.ErrKeyringSlow
			}
			return nil
		}
	})
	h.clock.move(2 * time.Hour)
	if status, err := h.get(g); status != 200 || err != nil {
		t.Fatalf("reading gives %d, %v", status, err)
	}
	h.clock.move(2 * time.Hour) // the new refresh token may not be used before it is stored
	if _, err := h.get(g); !errors.Is(err, auth.ErrKeyringSlow) || !errors.Is(err, auth.ErrOffline) || errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("with a store that stays broken reading gives %v", err)
	}
	if n := h.server.refreshes(); n != 1 {
		t.Errorf("%d refreshes", n)
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("with the store back reading gives %d, %v", status, err)
	}
	again := houseOn(t, h.server, h.dir, store)
	again.clock.move(4 * time.Hour)
	if status, err := again.get(g); status != 200 || err != nil {
		t.Errorf("after a restart reading gives %d, %v", status, err)
	}
}

func TestBehaviour02AKilledLockHolderDoesNotKeepTheLock(t *testing.T) {
	h := newHouse(t)
	g := h.mustSignIn()
	h.clock.move(2 * time.Hour)
	holder := process(t, "hold", filepath.Join(h.dir, "locks", g.ID+".lock"))
	holder.await(t, "held")
	done := make(chan error, 1)
	go func() {
		_, err := h.get(g)
		done <- err
	}()
	select {
	case err := <-done:
		t.Errorf("the renewal did not wait for the lock: %v", err)
	case <-time.After(100 * time.Millisecond): // it is waiting, as far as one can see from here
	}
	if err := holder.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the lock of a killed process is still held")
	}
}

func TestBehaviour02ThreeProcessesRaceOnOneRotatingToken(t *testing.T) {
	h := newHouse(t)
	secrets := filepath.Join(h.dir, "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		t.Fatal(err)
	}
	files := houseOn(t, h.server, h.dir, dirStore(secrets))
	h.server.lifetime = 10 // the least that is believed: each process soon finds it due
	g := files.mustSignIn()
	var group sync.WaitGroup
	var failed atomic.Int32
	for range 3 {
		p := process(t, "read", h.dir, h.server.URL, g.ID)
		group.Go(func() {
			line, _ := p.out.ReadString('\n')
			if strings.TrimSpace(line) != "read 20" {
				failed.Add(1)
				t.Errorf("a process says %q", line)
			}
			_ = p.cmd.Wait()
		})
	}
	group.Wait()
	if n := h.server.refreshes(); n == 0 || n > 60 {
		t.Errorf("%d refreshes", n)
	}
	h.server.with(func() {
		if len(h.server.refresh) != 1 {
			t.Errorf("the family is dead or doubled: %d tokens", len(h.server.refresh))
		}
	})
}

// processVariable tells this program that it is to be another process, and what it has to do.
const processVariable = "CANOPY_TEST_PROCESS"

// other is another process: this test's program, told what to do.
type other struct {
	cmd *exec.Cmd
	out *bufio.Reader
}

func process(t *testing.T, words ...string) *other {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), processVariable+"="+strings.Join(words, "\n"))
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // stays open while this process lives
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &other{cmd, bufio.NewReader(pipe)}
}

func (o *other) await(t *testing.T, line string) {
	t.Helper()
	if got, err := o.out.ReadString('\n'); strings.TrimSpace(got) != line {
		t.Fatalf("the other process says %q, %v", got, err)
	}
}

// anotherProcess is what TestMain runs instead of the tests in such a process.
func anotherProcess(words []string) error {
	switch words[0] {
	case "hold":
		return holdInAnotherProcess(words[1])
	case "read":
		return readInAnotherProcess(words[1], words[2], words[3])
	case "swap":
		return swapInAnotherProcess(words[1], words[2], words[3], words[4])
	case "note":
		return noteInAnotherProcess(words[1], words[2])
	}
	return fmt.Errorf("nobody knows how to %s", words[0])
}

// holdInAnotherProcess holds a lock until it is killed.
func holdInAnotherProcess(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lock := flock.New(path)
	if err := lock.Lock(); err != nil {
		return err
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin) // open as long as the test lives
	return lock.Close()
}

// readInAnotherProcess reads twenty times, each time with a token that is due.
func readInAnotherProcess(dir, origin, id string) error {
	grants, err := auth.OpenGrants(filepath.Join(dir, "grants.json"))
	if err != nil {
		return err
	}
	var ahead atomic.Int64
	a, err := auth.New(auth.Config{
		Grants: grants, Store: dirStore(filepath.Join(dir, "secrets")),
		HTTP: &http.Client{Transport: &http.Transport{}},
		Now:  func() time.Time { return time.Now().Add(time.Duration(ahead.Load()) * time.Second) },
		Environments: []auth.Environment{{
			Name: "test", TokenEndpoint: origin + "/token", IAM: origin, ClientID: "canopy-test",
		}},
	})
	if err != nil {
		return err
	}
	good := 0
	for range 20 {
		ahead.Add(11)
		q, err := http.NewRequestWithContext(context.Background(), http.MethodGet, origin+"/v1beta1/projects", nil)
		if err != nil {
			return err
		}
		if status, err := send(a.Client(id), q); err == nil && status == 200 {
			good++
		}
	}
	fmt.Printf("read %d\n", good)
	return a.Close(context.Background())
}

// dirStore is a Store that several processes can share.
type dirStore string

func (d dirStore) Put(_ context.Context, key string, record []byte) error {
	temp, err := os.CreateTemp(string(d), "new-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(record)
	return errors.Join(err, temp.Close(), os.Rename(temp.Name(), filepath.Join(string(d), key)))
}

func (d dirStore) Get(_ context.Context, key string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(string(d), key))
	if errors.Is(err, os.ErrNotExist) {
		return nil, auth.ErrNotFound
	}
	return b, err
}

func (d dirStore) Delete(_ context.Context, key string) error {
	if err := os.Remove(filepath.Join(string(d), key)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
