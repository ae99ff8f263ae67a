package export

import (
	"os"
	"path/filepath"
	"strings"
)

// Path turns what a person typed into the path of a file. A name without a folder, or a path that
// begins in none, belongs into folder; ~ is the home folder.
func Path(typed, folder, home string) (string, error) {
	typed = strings.TrimSpace(typed)
	if rest, ok := strings.CutPrefix(typed, "~"); ok && home != "" && (rest == "" || os.IsPathSeparator(rest[0])) {
		typed = home + rest
	}
	if typed == "" || os.IsPathSeparator(typed[len(typed)-1]) {
		return typed, ErrFolder
	}
	if !filepath.IsAbs(typed) {
		typed = filepath.Join(folder, typed)
	}
	return filepath.Clean(typed), nil
}
