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
	"time"

	"github.com/gofrs/flock"
)

// grantsVersion is the form of the file that this version writes and reads.
// Members that came later are optional, so that a file of an older Canopy opens.
const grantsVersion = 1

// Grants is the file of grants. It holds no secret. Every change reads the
// file again under a lock, so that two running copies of the app do not lose
// each other's grants, and replaces it in one step.
//
// Beside the grants it keeps what a crash must not lose: which grants have been
// replaced and still have to be given back, and which are about to be listed. And it keeps, for those who signed out, the last choice of scope:
// project ids under a hash of environment, user and organization.
type Grants struct {
	path string
	stat func(path string) (fs.FileInfo, error) // os.Stat

	writing sync.Mutex // held while the file changes; taken before mu

	mu   sync.Mutex  // never held while the disk or another process is waited for, but to read a file that changed
	now  grantsFile  // its slices are never changed in place
	seen fs.FileInfo // of the file that now was read from; nil: there was none
}

type grantsFile struct {
	Version  int               `json:"version"`
	Grants   []Grant           `json:"grants"`
	Leaving  []leavingGrant    `json:"leaving,omitempty"`  // not listed any more, and not erased yet
	Arriving []Grant           `json:"arriving,omitempty"` // not listed yet; their credentials may be stored already
	Scopes   []rememberedScope `json:"scopes,omitempty"`   // the latest first
}

// leavingGrant is a grant that is to be given back and erased.
type leavingGrant struct {
	Grant
	Since time.Time `json:"since,omitzero"` // when it was taken off the list; zero in files of older versions
}

// OpenGrants opens the file of grants; a file that is not there yet is an
// empty one. A damaged file is an error that names it, and is left as it is.
func OpenGrants(path string) (*Grants, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("grants file %s: %w", path, err)
	}
	g := &Grants{path: absolute, stat: os.Stat}
	if g.now, g.seen, err = g.read(); err != nil {
		return nil, err
	}
	return g, nil
}

// List gives all grants, last used first.
func (g *Grants) List() []Grant {
	all := g.current().Grants
	list := make([]Grant, 0, len(all))
	for _, one := range all {
		list = append(list, one.clone())
	}
	slices.SortStableFunc(list, func(a, b Grant) int {
		return cmp.Or(b.LastUsed.Compare(a.LastUsed), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Get gives one grant by its id.
func (g *Grants) Get(id string) (Grant, bool) {
	all := g.current().Grants
	if i := indexOf(all, id); i >= 0 {
		return all[i].clone(), true
	}
	return Grant{}, false
}

// Successor gives the grant that replaced another, directly or in several
// steps: what a window shows next whose grant was replaced in another window.
func (g *Grants) Successor(id string) (Grant, bool) {
	return successor(g.current().Grants, id)
}

func successor(all []Grant, id string) (Grant, bool) {
	i := slices.IndexFunc(all, func(one Grant) bool { return id != "" && slices.Contains(one.Replaced, id) })
	if i < 0 {
		return Grant{}, false
	}
	return all[i].clone(), true
}

// Put adds a grant, or replaces the one with the same id.
func (g *Grants) Put(one Grant) error {
	if one.ID == "" {
		return errors.New("grants file: the grant has no id; only sign-in makes grants")
	}
	return g.change(func(f *grantsFile) error {
		f.put(one)
		return nil
	})
}

func (f *grantsFile) put(one Grant) {
	one = one.clone()
	one.Scope = one.Scope.Normal()
	if i := indexOf(f.Grants, one.ID); i >= 0 {
		f.Grants[i] = one
	} else {
		f.Grants = append(f.Grants, one)
	}
}

// Update changes one grant as it stands in the file now, which Get followed by
// Put would not. It gives ErrNotFound when the grant is gone.
func (g *Grants) Update(id string, alter func(*Grant)) error {
	return g.change(func(f *grantsFile) error {
		i := indexOf(f.Grants, id)
		if i < 0 {
			return fmt.Errorf("grants file: grant %s: %w", id, ErrNotFound)
		}
		one := f.Grants[i].clone()
		alter(&one)
		one.ID = id
		f.put(one)
		return nil
	})
}

// Delete removes a grant and remembers its scope, for when the same user signs
// in to the same organization again. Deleting what is absent is no error.
func (g *Grants) Delete(id string) error {
	same := func(one Grant) bool { return one.ID == id }
	return g.change(func(f *grantsFile) error {
		if i := indexOf(f.Grants, id); i >= 0 {
			f.remember(f.Grants[i])
		}
		f.Grants = slices.DeleteFunc(f.Grants, same)
		f.Leaving = slices.DeleteFunc(f.Leaving, func(old leavingGrant) bool { return same(old.Grant) })
		f.Arriving = slices.DeleteFunc(f.Arriving, same)
		return nil
	})
}

func indexOf(all []Grant, id string) int {
	return slices.IndexFunc(all, func(one Grant) bool { return one.ID == id })
}

// current gives what the file says now. Its slices must not be changed.
func (g *Grants) current() grantsFile {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refresh()
	return g.now
}

// change runs one read-modify-write under the lock of this and every other process. Whoever only reads is not kept
// waiting meanwhile: another process may hold its lock for long, and a disk may be slow.
func (g *Grants) change(alter func(*grantsFile) error) error {
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
	next, _, err := g.read()
	if err != nil {
		return err
	}
	if err := alter(&next); err != nil {
		return err
	}
	seen, err := g.write(next)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now, g.seen = next, seen
	return nil
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
	if next, seen, err := g.read(); err == nil {
		g.now, g.seen = next, seen
	}
}

func (g *Grants) read() (grantsFile, fs.FileInfo, error) {
	content, err := os.ReadFile(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		return grantsFile{}, nil, nil
	}
	if err != nil {
		return grantsFile{}, nil, fmt.Errorf("grants file: %w", err)
	}
	info, err := os.Stat(g.path)
	if err != nil {
		return grantsFile{}, nil, fmt.Errorf("grants file: %w", err)
	}
	var file grantsFile
	if err := json.Unmarshal(content, &file); err != nil {
		return grantsFile{}, nil, fmt.Errorf("grants file %s is damaged; repair it or move it away: %w", g.path, err)
	}
	if file.Version != grantsVersion {
		return grantsFile{}, nil, fmt.Errorf("grants file %s has version %d, this Canopy reads %d; use the Canopy that wrote it or move it away", g.path, file.Version, grantsVersion)
	}
	return file, info, nil
}

// write replaces the file, and gives what refresh compares with. From the
// replacement on nothing fails any more: it would be taken for a file that is
// as it was. Without what to compare with the file is read again.
func (g *Grants) write(file grantsFile) (os.FileInfo, error) {
	file.Version = grantsVersion
	if file.Grants == nil {
		file.Grants = []Grant{} // a list, even when it is empty
	}
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(file); err != nil {
		return nil, fmt.Errorf("grants file: %w", err)
	}
	if err := replaceFile(g.path, content.Bytes()); err != nil {
		return nil, fmt.Errorf("grants file: %w", err)
	}
	seen, err := g.stat(g.path)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // see above
	}
	return seen, nil
}

func (g Grant) clone() Grant {
	g.Projects = slices.Clone(g.Projects)
	g.Asked.Projects = slices.Clone(g.Asked.Projects)
	g.Known = slices.Clone(g.Known)
	g.Forgotten = slices.Clone(g.Forgotten)
	g.Scope.Only = slices.Clone(g.Scope.Only)
	g.Scope.Hidden = slices.Clone(g.Scope.Hidden)
	g.Replaced = slices.Clone(g.Replaced)
	g.Hosts = slices.Clone(g.Hosts)
	return g
}
