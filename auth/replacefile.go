package auth

import (
	"errors"
	"os"
	"path/filepath"
)

// replaceFile replaces a file, or makes it, in one step: a reader sees the old
// one or the new one, and so does whoever starts after a crash. Only the user
// can read it.
func replaceFile(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // made 0600
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	if err == nil {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // best effort: it holds nothing that the file itself may not hold
		return err
	}
	syncDirectory(filepath.Dir(path))
	return nil
}

// syncDirectory makes the rename last through a power cut, where the system offers that.
func syncDirectory(path string) {
	dir, err := os.Open(path) //nolint:gosec // the directory of a file of this package
	if err != nil {
		return
	}
	_ = dir.Sync() // Windows cannot; the rename is atomic all the same
	_ = dir.Close()
}
