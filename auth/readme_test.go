package auth_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTheReadmeNamesEveryProof(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`([0-9]{2}[A-Z]\\w+)`").FindAllSubmatch(readme, -1) {
		named[string(m[1])] = true
	}
	written := regexp.MustCompile(`(?m)^func TestBehaviour([0-9]{2}\w+)`)
	rows := map[string]bool{}
	err = filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range written.FindAllSubmatch(source, -1) {
			name := string(m[1])
			if rows[name[:2]] = true; !named[name] {
				t.Errorf("the table lacks %s of %s", name, path)
			}
			delete(named, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range named {
		t.Errorf("the table names %s, which is no test", name)
	}
	if len(rows) != 20 {
		t.Errorf("%d of the twenty rows have a test", len(rows))
	}
}
