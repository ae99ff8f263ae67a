package auth

import (
	"errors"
	"io/fs"
)

// BlindAfterWriting lets every look at the file fail that follows writing it.
func (g *Grants) BlindAfterWriting() {
	g.stat = func(string) (fs.FileInfo, error) { return nil, errors.New("the disk is busy") }
}
