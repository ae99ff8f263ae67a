package ui_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"canopy/api/sandbox"
	"canopy/ui/uitest"
)

// exporter is a desk with the export dialog open on some content.
type exporter struct {
	*desk
	writes int
}

// dated is the name that is offered: the clock of a stage stands at noon of this day.
const dated = "list-2026-11-23.txt"

func newExporter(t *testing.T, write func(ctx context.Context, out io.Writer, progress func(done, total int)) error) *exporter {
	t.Helper()
	e := &exporter{desk: newDesk(t, sandbox.Options{})}
	if write == nil {
		write = func(_ context.Context, out io.Writer, _ func(int, int)) error {
			_, err := io.WriteString(out, "content\n")
			return err
		}
	}
	e.window.ShowExport("Export a list", "list.txt", func(ctx context.Context, out io.Writer, progress func(int, int)) error {
		e.writes++
		return write(ctx, out, progress)
	})
	return e
}

func (e *exporter) path() string { return filepath.Join(e.downloads, dated) }

// retype puts another path into the field.
func (e *exporter) retype(t *testing.T, path string) {
	t.Helper()
	for _, s := range uitest.Look(e.canvas()) {
		if field, ok := s.Object.(interface {
			SetText(string)
			SelectedText() string
		}); ok && s.Inside[0] == e.canvas().Overlays().Top() {
			field.SetText(path)
			return
		}
	}
	t.Fatal("there is no field to type into")
}

// files returns what is in the folder of downloads, hidden files included.
func (e *exporter) files(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(e.downloads)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func (e *exporter) expectFiles(t *testing.T, names ...string) {
	t.Helper()
	if got := e.files(t); !slices.Equal(got, names) {
		t.Errorf("in the folder are %q, want %q", got, names)
	}
}

func (e *exporter) expectContent(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s says %q, %v, want %q", path, got, err, want)
	}
}

func TestExportSavesWhereItSays(t *testing.T) {
	e := newExporter(t, nil)
	uitest.Expect(t, e.canvas(), "Export a list", e.path(), "Copy", "Cancel")
	uitest.Key(e.canvas(), fyne.KeyReturn)
	e.until(t, "Saved as "+e.path())
	uitest.ExpectNot(t, e.canvas(), "Export a list")
	e.expectFiles(t, dated)
	e.expectContent(t, e.path(), "content\n")
	if info, err := os.Stat(e.path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

func TestExportReplacesAFileOnlyWhenToldTo(t *testing.T) {
	e := newExporter(t, nil)
	if err := os.WriteFile(e.path(), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	e.press(t, "Save")
	e.press(t, "Save") // a double click
	e.until(t, "There is a file "+dated+" in this folder already.")
	e.press(t, "Save") // and one that comes late
	uitest.Key(e.canvas(), fyne.KeyReturn, fyne.KeyEnter)
	e.expectContent(t, e.path(), "old")
	e.retype(t, "other.txt") // in the same folder
	uitest.ExpectNot(t, e.canvas(), "already", "Replace it")
	e.retype(t, e.path())
	e.press(t, "Save")
	e.until(t, "Replace it")
	e.press(t, "Replace it")
	e.until(t, "Saved as")
	e.expectFiles(t, dated)
	e.expectContent(t, e.path(), "content\n")
}

func TestADoubleClickSavesOnce(t *testing.T) {
	e := newExporter(t, nil)
	e.press(t, "Save")
	e.press(t, "Save")
	uitest.Key(e.canvas(), fyne.KeyReturn)
	e.until(t, "Saved as")
	e.Loop.Drain()
	if e.writes != 1 {
		t.Errorf("it was written %d times", e.writes)
	}
}

func TestWhatHindersAnExportIsSaidAndMended(t *testing.T) {
	e := newExporter(t, nil)
	long := strings.Repeat("x", 300)
	for path, says := range map[string]string{
		filepath.Join(e.downloads, "none", "x"): "There is no folder " + filepath.Join(e.downloads, "none") + ".",
		e.downloads:                             "This is a folder.",
		e.downloads + "/":                       "This is a folder.",
		"":                                      "This is a folder.",
		long:                                    "This name is too long.",
		"/dev/full":                             "There is no space left",
		"/sys/x":                                "Nothing may be written to /sys.",
		"nul\x00":                               "The file could not be written",
	} {
		e.retype(t, path)
		e.press(t, "Save")
		e.until(t, says)
		if e.canvas().Focused() == nil {
			t.Errorf("after %q nothing has the focus", path)
		}
		uitest.Expect(t, e.canvas(), "Export a list")
	}
	e.expectFiles(t)
	e.retype(t, "good.txt")
	e.press(t, "Save")
	e.until(t, "Saved as")
	e.expectFiles(t, "good.txt")
}

func TestAnExportThatFailsHalfWayKeepsTheDialogAndNothingElse(t *testing.T) {
	e := newExporter(t, func(_ context.Context, out io.Writer, _ func(int, int)) error {
		_, _ = io.WriteString(out, "half")
		return errors.New("the list\u202E broke off")
	})
	e.press(t, "Save")
	e.until(t, "The file could not be written: the list‹U+202E› broke off")
	uitest.Expect(t, e.canvas(), e.path())
	e.expectFiles(t)
}

// TestCancellingAnExportLeavesNothingBehind stops one that has begun and does not end by itself.
func TestCancellingAnExportLeavesNothingBehind(t *testing.T) {
	for what, stop := range map[string]func(*exporter){
		"with the button": func(e *exporter) { e.press(t, "Cancel") },
		"with Escape":     func(e *exporter) { uitest.Key(e.canvas(), fyne.KeyEscape) },
		"with the window": func(e *exporter) { e.close() },
	} {
		t.Run(what, func(t *testing.T) {
			e := newExporter(t, func(ctx context.Context, out io.Writer, progress func(int, int)) error {
				for n := 0; ; n++ {
					if _, err := io.WriteString(out, strings.Repeat("line\n", 1000)); err != nil {
						return err
					}
					if progress(min(n, 3), 7); n == 3 {
						<-ctx.Done()
					}
				}
			})
			e.press(t, "Save")
			e.until(t, "3 of 7 written")
			e.press(t, "Save")
			e.press(t, "Copy")
			uitest.Key(e.canvas(), fyne.KeyReturn)
			if len(e.files(t)) != 1 {
				t.Fatalf("half-way through the folder holds %q, want one file that is not ready", e.files(t))
			}
			stop(e)
			e.Loop.Until(t, "the folder to be empty", func() bool { return len(e.files(t)) == 0 })
			if e.writes != 1 {
				t.Errorf("it was written %d times", e.writes)
			}
			if what != "with the window" {
				uitest.Expect(t, e.canvas(), "Cancelled. Nothing was written.")
				uitest.ExpectNot(t, e.canvas(), "Export a list")
			}
		})
	}
}

func TestCopyingAnExport(t *testing.T) {
	e := newExporter(t, nil)
	e.press(t, "Copy")
	e.until(t, "Copied")
	if got := e.app.Clipboard().Content(); got != "content\n" {
		t.Errorf("on the clipboard is %q", got)
	}
	uitest.ExpectNot(t, e.canvas(), "Export a list")
	e.expectFiles(t)
}

func TestWhatIsTooLongForTheClipboardIsNotCopied(t *testing.T) {
	e := newExporter(t, func(_ context.Context, out io.Writer, _ func(int, int)) error {
		_, err := io.WriteString(out, strings.Repeat("x", 1<<20+1))
		return err
	})
	e.press(t, "Copy")
	e.until(t, "more than a clipboard should hold")
	if got := e.app.Clipboard().Content(); got != "" {
		t.Errorf("on the clipboard are %d bytes", len(got))
	}
	e.press(t, "Save")
	e.until(t, "Saved as")
}

func TestClosingTheExportDialogDoesNothing(t *testing.T) {
	e := newExporter(t, nil)
	uitest.Key(e.canvas(), fyne.KeyEscape)
	uitest.ExpectNot(t, e.canvas(), "Export a list", "Cancelled")
	if e.writes != 0 {
		t.Error("something was written")
	}
}
