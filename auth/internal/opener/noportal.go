//go:build darwin || windows

package opener

import "os/exec"

// There is no Flatpak on these systems.
func openWithPortal(string) error { return exec.ErrNotFound }
