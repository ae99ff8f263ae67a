package export_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"canopy/ui/export"
)

func says(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, path, text string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s says %q, %v, want %q", path, got, err, text)
	}
}

// expectOnly checks that these are the only files of a folder, hidden ones included.
func expectOnly(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("in the folder are %q, want %q", got, names)
	}
}

func TestAFileIsWrittenForItsUserAlone(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.jsonl")
	if err := export.Save(t.Context(), path, false, says("one\ntwo\n")); err != nil {
		t.Fatal(err)
	}
	expect(t, path, "one\ntwo\n")
	expectOnly(t, folder, "x.jsonl")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

func TestAFileThatExistsIsReplacedOnlyWhenAskedTo(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x")
	write(t, path, "old")
	if err := export.Save(t.Context(), path, false, says("new")); !errors.Is(err, export.ErrExists) {
		t.Errorf("the error is %v", err)
	}
	expect(t, path, "old")
	if err := export.Save(t.Context(), path, true, says("new")); err != nil {
		t.Fatal(err)
	}
	expect(t, path, "new")
	expectOnly(t, folder, "x")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

func TestAFileThatComesMeanwhileIsNotReplaced(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x")
	err := export.Save(t.Context(), path, false, func(w io.Writer) error {
		write(t, path, "somebody else's")
		return says("mine")(w)
	})
	if !errors.Is(err, export.ErrExists) {
		t.Errorf("the error is %v", err)
	}
	expect(t, path, "somebody else's")
	expectOnly(t, folder, "x")
}

func TestWhateverGoesWrongNothingIsLeftAndNothingIsLost(t *testing.T) {
	broken := errors.New("the source is broken")
	ended, cancel := context.WithCancel(t.Context())
	for what, c := range map[string]struct {
		ctx   context.Context
		write func(io.Writer) error
		want  error
	}{
		"the source breaks off":               {t.Context(), func(w io.Writer) error { return errors.Join(says("half")(w), broken) }, broken},
		"it is cancelled before it begins":    {ended, says("all"), context.Canceled},
		"it is cancelled and takes no notice": {ended, func(w io.Writer) error { cancel(); return says(strings.Repeat("much ", 1<<16))(w) }, context.Canceled},
	} {
		if what != "it is cancelled and takes no notice" {
			cancel()
		}
		folder := t.TempDir()
		write(t, filepath.Join(folder, "there"), "old")
		for name, replace := range map[string]bool{"new": false, "there": true} {
			if err := export.Save(c.ctx, filepath.Join(folder, name), replace, c.write); !errors.Is(err, c.want) {
				t.Errorf("%s: the error is %v", what, err)
			}
		}
		expectOnly(t, folder, "there")
		expect(t, filepath.Join(folder, "there"), "old")
	}
}

func TestCancellingAfterTheLastWordIsInTime(t *testing.T) {
	folder := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	err := export.Save(ctx, filepath.Join(folder, "x"), false, func(w io.Writer) error {
		defer cancel()
		return says("all of it")(w)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	expectOnly(t, folder)
}

func TestPlacesWhereNoFileCanBe(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "file"), "")
	var config net.ListenConfig
	socket, err := config.Listen(t.Context(), "unix", filepath.Join(folder, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for what, c := range map[string]struct {
		path string
		want error
	}{
		"a folder":                {folder, export.ErrFolder},
		"a socket":                {filepath.Join(folder, "socket"), export.ErrNotFile},
		"a folder there is not":   {filepath.Join(folder, "none", "x"), fs.ErrNotExist},
		"below a file":            {filepath.Join(folder, "file", "x"), syscall.ENOTDIR},
		"a name that is too long": {filepath.Join(folder, strings.Repeat("x", 300)), syscall.ENAMETOOLONG},
		"a full disk":             {"/dev/full", export.ErrFull},
		"a file system of others": {"/proc/x", fs.ErrNotExist},
	} {
		if err := export.Save(t.Context(), c.path, true, says("text")); !errors.Is(err, c.want) {
			t.Errorf("%s: the error is %v", what, err)
		}
	}
	expectOnly(t, folder, "file", "socket")
	if info, err := os.Lstat("/dev/full"); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		t.Errorf("the device has become %v, %v", info, err)
	}
	if err := export.Save(t.Context(), "/dev/null", false, says("text")); err != nil {
		t.Errorf("a device that takes everything: %v", err)
	}
}

func TestALinkStaysALink(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	target, link, loose := filepath.Join(elsewhere, "target"), filepath.Join(folder, "link"), filepath.Join(folder, "loose")
	write(t, target, "old")
	for from, to := range map[string]string{link: target, loose: filepath.Join(folder, "nowhere")} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
		if err := export.Save(t.Context(), from, false, says("new")); !errors.Is(err, export.ErrExists) {
			t.Errorf("%s: the error is %v", from, err)
		}
		if err := export.Save(t.Context(), from, true, says("new")); err != nil {
			t.Errorf("%s: %v", from, err)
		}
		expect(t, from, "new")
	}
	expect(t, target, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link has become %v, %v", info.Mode(), err)
	}
}

func TestWhatIsTypedBecomesAPath(t *testing.T) {
	for typed, want := range map[string]string{
		"/tmp/x.jsonl":      "/tmp/x.jsonl",
		"  /tmp/../etc/x  ": "/etc/x",
		"x.jsonl":           "/home/ana/Downloads/x.jsonl",
		"sub/x":             "/home/ana/Downloads/sub/x",
		"../x":              "/home/ana/x",
		"~/x":               "/home/ana/x",
		"~x":                "/home/ana/Downloads/~x",
		"東京 données.jsonl":  "/home/ana/Downloads/東京 données.jsonl",
	} {
		if got, err := export.Path(typed, "/home/ana/Downloads", "/home/ana"); got != want || err != nil {
			t.Errorf("%q is %q, %v, want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "   ", "/", "/tmp/", "~/", "sub/"} {
		if got, err := export.Path(typed, "/home/ana/Downloads", "/home/ana"); !errors.Is(err, export.ErrFolder) {
			t.Errorf("%q is %q, %v", typed, got, err)
		}
	}
}

func TestTextForTheClipboardIsBoundedAndDoesNotAct(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"one\n\ntwo\n":               "one\n\ntwo\n",
		"a\tb\t\tc\r\nd":             "a\tb\t\tc\nd",
		"x\u202Eevil\x1b[2J\n\u009b": "x‹U+202E›evil‹U+001B›[2J\n‹U+009B›",
	} {
		if got, err := export.Text(t.Context(), 100, says(text)); got != want || err != nil {
			t.Errorf("%q is %q, %v, want %q", text, got, err, want)
		}
	}
	if _, err := export.Text(t.Context(), 99, says(strings.Repeat("x", 100))); !errors.Is(err, export.ErrTooLong) {
		t.Errorf("one more than allowed: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := export.Text(ended, 99, says("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
