//go:build !windows

package export

import (
	"errors"
	"syscall"
)

// full reports whether there was no room, on the disk or in the user's share of it.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
