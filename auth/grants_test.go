package auth_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"canopy/auth"
)

func openGrants(t *testing.T, path string) *auth.Grants {
	t.Helper()
	g, err := auth.OpenGrants(path)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGrantsSurviveARestartAndAreListedLastUsedFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "grants.json")
	g := openGrants(t, path)
	now := time.Now()
	for i, id := range []string{"a", "b", "c"} {
		if err := g.Put(auth.Grant{ID: id, LastUsed: now.Add(time.Duration(i) * time.Hour), Projects: []auth.Project{{ID: id}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Delete("b"); err != nil {
		t.Fatal(err)
	}
	if err := g.Delete("b"); err != nil {
		t.Errorf("deleting what is absent gives %v", err)
	}
	list := openGrants(t, path).List()
	if len(list) != 2 || list[0].ID != "c" || list[1].ID != "a" || list[1].Projects[0].ID != "a" {
		t.Errorf("listed %+v", list)
	}
	list[0].Projects[0].ID = "changed"
	if again, _ := g.Get("c"); again.Projects[0].ID != "c" {
		t.Error("a caller can change what is kept")
	}
	if runtime.GOOS != "windows" {
		checkMode(t, path, 0o600)
		checkMode(t, filepath.Dir(path), 0o700)
	}
}

func checkMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != want {
		t.Errorf("%s has mode %v", path, info.Mode())
	}
}

func TestTwoCopiesDoNotLoseEachOthersGrants(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grants.json")
	one, two := openGrants(t, path), openGrants(t, path)
	var group sync.WaitGroup
	for i := range 20 {
		for name, g := range map[string]*auth.Grants{"one": one, "two": two} {
			group.Go(func() {
				if err := g.Put(auth.Grant{ID: fmt.Sprint(name, i)}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if len(one.List()) != 40 || len(two.List()) != 40 {
		t.Errorf("%d and %d grants", len(one.List()), len(two.List()))
	}
	if err := one.Delete("two7"); err != nil {
		t.Fatal(err)
	}
	if _, there := two.Get("two7"); there {
		t.Error("the other copy does not see what was deleted")
	}
}

func TestADamagedGrantsFileIsNamedAndLeftAsItIs(t *testing.T) {
	for name, content := range map[string]string{
		"no JSON":           "{\"version\":1,\"grants\":[{",
		"nothing":           "",
		"another version":   `{"version":2,"grants":[]}`,
		"something else":    `{"version":1,"grants":7}`,
		"without a version": `{"grants":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "grants.json")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := auth.OpenGrants(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("it gives %v", err)
			}
			if now, err := os.ReadFile(path); err != nil || string(now) != content {
				t.Errorf("the file is now %q, %v", now, err)
			}
		})
	}
}

func TestAGrantsFileDamagedMeanwhileIsNotOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grants.json")
	g := openGrants(t, path)
	if err := g.Put(auth.Grant{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("half a fi"), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(g.List()) != 1 {
		t.Error("what was read last is not shown any more")
	}
	if err := g.Put(auth.Grant{ID: "b"}); err == nil {
		t.Error("the damaged file was overwritten")
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != "half a fi" {
		t.Errorf("the file is now %q, %v", now, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if len(g.List()) != 0 {
		t.Error("a file that was removed still lists grants")
	}
}

func TestUpdateChangesWhatIsInTheFileNow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grants.json")
	one, two := openGrants(t, path), openGrants(t, path)
	if err := one.Put(auth.Grant{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := two.Update("a", func(g *auth.Grant) { g.Role = "org:owner"; g.ID = "never mind" }); err != nil {
		t.Fatal(err)
	}
	if err := one.Update("a", func(g *auth.Grant) { g.Scope.Only = []string{"p"} }); err != nil {
		t.Fatal(err)
	}
	if g, _ := two.Get("a"); g.Role != "org:owner" || !g.Scope.Shows("p") || g.Scope.Shows("q") {
		t.Errorf("the grant is %+v", g)
	}
	if err := one.Update("b", func(*auth.Grant) {}); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("updating what is absent gives %v", err)
	}
	if err := one.Put(auth.Grant{}); err == nil {
		t.Error("a grant without an id was stored")
	}
}

func TestAPlaceThatCannotBeWrittenIsNamed(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenGrants(filepath.Join(blocked, "grants.json")); err == nil {
		t.Error("a file below a file was opened")
	}
	if _, err := auth.OpenGrants(dir); err == nil {
		t.Error("a directory was opened")
	}
	g := openGrants(t, filepath.Join(dir, "later", "grants.json"))
	if err := os.WriteFile(filepath.Join(dir, "later"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := g.Put(auth.Grant{ID: "a"}); err == nil || !strings.Contains(err.Error(), "later") {
		t.Errorf("it gives %v", err)
	}
}

func TestAFileThatWasReplacedAndCannotBeLookedAtIsWritten(t *testing.T) {
	store := newRecordingStore()
	h := houseOn(t, newServer(t), t.TempDir(), store)
	h.grants.BlindAfterWriting()
	g, err := h.signIn()
	if err != nil {
		t.Fatal(err)
	}
	if list := h.grants.List(); len(list) != 1 || list[0].ID != g.ID || store.count() != 2 {
		t.Errorf("%d records are kept and listed are %+v", store.count(), list)
	}
	if status, err := h.get(g); status != 200 || err != nil {
		t.Errorf("it reads %d, %v", status, err)
	}
	if err := openGrants(t, filepath.Join(h.dir, "grants.json")).Put(auth.Grant{ID: "another copy's"}); err != nil {
		t.Fatal(err)
	}
	if n := len(h.grants.List()); n != 2 {
		t.Errorf("%d grants are listed after another copy has written", n)
	}
}
