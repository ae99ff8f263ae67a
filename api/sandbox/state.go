package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// stateVersion is raised when the form of the state file changes.
const stateVersion = 1

// state is the form of the state file. It holds hashes of tokens, never a token, and
// no code: those die with the server.
type state struct {
	Version int                      `json:"version"`
	Grants  []*grant                 `json:"grants"`
	Access  map[digest]accessToken   `json:"access"`
	Refresh map[digest]*refreshToken `json:"refresh"`
}

// openLedger reads what an earlier run has left. A file that cannot be read is an
// error and stays as it is. Grants of organizations that this run does not have, such
// as the generated one, are forgotten.
func openLedger(options Options, random io.Reader, w *world) (*ledger, error) {
	l := newLedger(options, random)
	if options.State == "" {
		return l, nil
	}
	text, err := os.ReadFile(options.State)
	if errors.Is(err, fs.ErrNotExist) {
		return l, l.flush() // says at once when the file cannot be written
	}
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's state: %w; name another file or make it readable", err)
	}
	var kept state
	if err := json.Unmarshal(text, &kept); err != nil || kept.Version != stateVersion {
		return nil, fmt.Errorf("the state file %s is damaged or of another version; move it away or name another one", options.State)
	}
	for _, g := range kept.Grants {
		if g != nil && w.orgByID[g.Organization] != nil {
			l.grants[g.ID] = g
		}
	}
	for d, t := range kept.Access {
		if l.grants[t.Grant] != nil {
			l.access[d] = t
		}
	}
	for d, r := range kept.Refresh {
		if r != nil && l.grants[r.Grant] != nil {
			l.refresh[d] = r
		}
	}
	return l, nil
}

// save writes the state after a change. A failure must not break the answer that is
// under way; it is logged. The caller holds the lock.
func (l *ledger) save() {
	if err := l.write(); err != nil {
		l.options.Log.Warn("the sandbox's state could not be kept", "error", err)
	}
}

// flush writes the state now.
func (l *ledger) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write()
}

// write replaces the state file in one step, readable for its owner only.
func (l *ledger) write() error {
	if l.options.State == "" {
		return nil
	}
	kept := state{Version: stateVersion, Grants: []*grant{}, Access: l.access, Refresh: l.refresh}
	for _, g := range l.grants {
		kept.Grants = append(kept.Grants, g)
	}
	sortBy(kept.Grants, func(g *grant) string { return g.ID })
	text, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the sandbox's state: %w", err)
	}
	if err := replaceFile(l.options.State, append(text, '\n')); err != nil {
		return fmt.Errorf("keep the sandbox's state: %w; name a file in a folder that can be written to", err)
	}
	return nil
}

// replaceFile writes beside the file and renames, so that a crash leaves the old or
// the new content and never a half.
func replaceFile(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".sandbox-state-*") // created with 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is the one that counts
	}
	return err
}
