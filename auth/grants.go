package auth

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gofrs/flock"
)

// grantsVersion is the form of the file that this version writes and reads.
const grantsVersion = 1

// Grants is the file of grants. It holds no secret. Every change reads the
// file again under a lock, so that two running copies of the app do not lose
// each other's grants, and replaces it in one step.
type Grants struct {
	path string

	writing sync.Mutex // held while the file changes; taken before mu

	mu   sync.Mutex // never held while the disk or another process is waited for
	all  []Grant
	seen fs.FileInfo // of the file that all was read from; nil: there was none
}

type grantsFile struct {
	Version int     `json:"version"`
	Grants  []Grant `json:"grants"`
}

// OpenGrants opens the file of grants; a file that is not there yet is an
// empty one. A damaged file is an error that names it, and is left as it is.
func OpenGrants(path string) (*Grants, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("grants file %s: %w", path, err)
	}
	g := &Grants{path: absolute}
	if err := g.read(); err != nil {
		return nil, err
	}
	return g, nil
}

// List gives all grants, last used first.
func (g *Grants) List() []Grant {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refresh()
	list := make([]Grant, 0, len(g.all))
	for _, one := range g.all {
		list = append(list, one.clone())
	}
	slices.SortStableFunc(list, func(a, b Grant) int {
		return cmp.Or(b.LastUsed.Compare(a.LastUsed), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Get gives one grant by its id.
func (g *Grants) Get(id string) (Grant, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refresh()
	if i := g.index(id); i >= 0 {
		return g.all[i].clone(), true
	}
	return Grant{}, false
}

// Put adds a grant, or replaces the one with the same id.
func (g *Grants) Put(one Grant) error {
	if one.ID == "" {
		return errors.New("grants file: the grant has no id; only sign-in makes grants")
	}
	return g.change(func() error {
		if i := g.index(one.ID); i >= 0 {
			g.all[i] = one.clone()
		} else {
			g.all = append(g.all, one.clone())
		}
		return nil
	})
}

// Update changes one grant as it stands in the file now, which Get followed by
// Put would not. It gives ErrNotFound when the grant is gone.
func (g *Grants) Update(id string, alter func(*Grant)) error {
	return g.change(func() error {
		i := g.index(id)
		if i < 0 {
			return fmt.Errorf("grants file: grant %s: %w", id, ErrNotFound)
		}
		alter(&g.all[i])
		g.all[i].ID = id
		return nil
	})
}

// Delete removes a grant. Deleting what is absent is no error.
func (g *Grants) Delete(id string) error {
	return g.change(func() error {
		g.all = slices.DeleteFunc(g.all, func(one Grant) bool { return one.ID == id })
		return nil
	})
}

func (g *Grants) index(id string) int {
	return slices.IndexFunc(g.all, func(one Grant) bool { return one.ID == id })
}

// change runs one read-modify-write under the lock of this and every other process. Whoever only reads is not kept
// waiting meanwhile: another process may hold its lock for long, and a disk may be slow.
func (g *Grants) change(alter func() error) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	if err := os.MkdirAll(filepath.Dir(g.path), 0o700); err != nil {
		return fmt.Errorf("grants file: make its directory: %w", err)
	}
	lock := flock.New(g.path+".lock", flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("grants file %s: lock: %w", g.path, err)
	}
	defer func() { _ = lock.Close() }() // closing gives the lock back; there is nothing to do if it fails
	next, err := g.altered(alter)
	if err != nil {
		return err
	}
	seen, err := g.write(next)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all, g.seen = next, seen
	return nil
}

// altered returns what is to be written, and leaves what is known as it is.
func (g *Grants) altered(alter func() error) ([]Grant, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.read(); err != nil {
		return nil, err
	}
	before := g.all
	defer func() { g.all = before }()
	g.all = slices.Clone(before)
	err := alter()
	return g.all, err
}

// refresh reads the file again if another process replaced it. A file that
// became unreadable keeps what was read last: the next change reports it.
func (g *Grants) refresh() {
	now, err := os.Stat(g.path)
	if err != nil && g.seen == nil {
		return
	}
	if err == nil && g.seen != nil && os.SameFile(now, g.seen) && now.ModTime().Equal(g.seen.ModTime()) && now.Size() == g.seen.Size() {
		return
	}
	_ = g.read()
}

func (g *Grants) read() error {
	content, err := os.ReadFile(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		g.all, g.seen = nil, nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("grants file: %w", err)
	}
	info, err := os.Stat(g.path)
	if err != nil {
		return fmt.Errorf("grants file: %w", err)
	}
	var file grantsFile
	if err := json.Unmarshal(content, &file); err != nil {
		return fmt.Errorf("grants file %s is damaged; repair it or move it away: %w", g.path, err)
	}
	if file.Version != grantsVersion {
		return fmt.Errorf("grants file %s has version %d, this Canopy reads %d; use the Canopy that wrote it or move it away", g.path, file.Version, grantsVersion)
	}
	g.all, g.seen = file.Grants, info
	return nil
}

// write replaces the file.
func (g *Grants) write(all []Grant) (os.FileInfo, error) {
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(grantsFile{Version: grantsVersion, Grants: all}); err != nil {
		return nil, fmt.Errorf("grants file: %w", err)
	}
	if err := replaceFile(g.path, content.Bytes()); err != nil {
		return nil, fmt.Errorf("grants file: %w", err)
	}
	seen, err := os.Stat(g.path)
	if err != nil {
		return nil, fmt.Errorf("grants file: %w", err)
	}
	return seen, nil
}

func (g Grant) clone() Grant {
	g.Projects = slices.Clone(g.Projects)
	g.Scope.Only = slices.Clone(g.Scope.Only)
	g.Hosts = slices.Clone(g.Hosts)
	return g
}
