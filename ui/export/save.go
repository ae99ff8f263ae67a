package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"canopy/ui/show"
)

// Why nothing was written. Other errors are the system's, for errors.Is with those of io/fs.
var (
	ErrExists  = errors.New("there is a file of this name already")
	ErrFolder  = errors.New("this is a folder, not a file")
	ErrNotFile = errors.New("this is not an ordinary file")
	ErrTooLong = errors.New("this is too long for the clipboard")
	ErrFull    = errors.New("there is no space left")
)

// Save writes a file that only this user may read. Until all of it has been written it stands
// beside its place under another name; when anything goes wrong, or ctx ends, nothing of it is
// left and what was there before is still there. A file that exists is replaced only when replace
// says so, even when it comes while this one is being written.
//
// Where path is a link to a file, the file is replaced and the link stays. A device such as
// /dev/null is written to as it is.
func Save(ctx context.Context, path string, replace bool, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	device, err := check(path, replace)
	if err != nil {
		return err
	}
	if device {
		return saveTo(ctx, path, write)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".canopy-*") // with mode 0600
	if err != nil {
		return known(err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	if err := fill(ctx, f, write); err != nil {
		return known(err)
	}
	return known(place(f.Name(), path, replace))
}

// check finds out whether there may be a file at path.
func check(path string, replace bool) (device bool, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = os.Lstat(path) // a link that leads nowhere is something, too
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
	}
	switch {
	case err != nil:
		return false, err
	case info.IsDir():
		return false, ErrFolder
	case info.Mode()&fs.ModeCharDevice != 0:
		return true, nil
	case !info.Mode().IsRegular() && info.Mode().Type() != fs.ModeSymlink:
		return false, ErrNotFile
	case !replace:
		return false, ErrExists
	}
	return false, nil
}

func saveTo(ctx context.Context, device string, write func(io.Writer) error) error {
	f, err := os.OpenFile(device, os.O_WRONLY, 0) //nolint:gosec // the path is the person's own choice
	if err != nil {
		return known(err)
	}
	err = through(ctx, f, write)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return known(err)
}

// fill writes everything into a file and closes it.
func fill(ctx context.Context, f *os.File, write func(io.Writer) error) error {
	err := through(ctx, f, write)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = ctx.Err() // too late for write, but not for the file
	}
	return err
}

// through lets write fill out, and ends with ctx however long write takes no notice of it.
func through(ctx context.Context, out io.Writer, write func(io.Writer) error) error {
	buffer := bufio.NewWriterSize(until{ctx, out}, 1<<16)
	if err := write(buffer); err != nil {
		return err
	}
	return buffer.Flush()
}

type until struct {
	ctx context.Context
	io.Writer
}

func (u until) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Writer.Write(p)
}

// place gives a finished file its name. Only a link fails when there is something of that name by
// now; where the file system knows no links, the check before must do.
func place(finished, path string, replace bool) error {
	if !replace {
		err := os.Link(finished, path)
		if err == nil || errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return os.Rename(finished, path)
}

// known gives the errors that persons meet a name of their own.
func known(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return ErrExists
	case full(err):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// Text returns what write writes, for the clipboard, or ErrTooLong when it is more than limit
// bytes. Characters that would act where it is pasted are written out, line by line.
func Text(ctx context.Context, limit int, write func(io.Writer) error) (string, error) {
	var text strings.Builder
	if err := through(ctx, &bounded{&text, limit}, write); err != nil {
		return "", err
	}
	lines := strings.Split(text.String(), "\n")
	for i, line := range lines {
		cells := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
		for j, cell := range cells {
			if cell != "" {
				cells[j] = show.Line(cell)
			}
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n"), nil
}

// bounded takes so many bytes and no more.
type bounded struct {
	io.Writer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, ErrTooLong
	}
	b.left -= len(p)
	return b.Writer.Write(p)
}
