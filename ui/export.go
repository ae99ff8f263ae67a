package ui

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/ui/export"
	"canopy/ui/part"
	"canopy/ui/show"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

// exportWriter writes what is exported. It runs away from the UI goroutine, so that what it reads
// must not change, and may be called more than once.
type exportWriter func(ctx context.Context, out io.Writer, progress func(done, total int)) error

// exportDialog asks where to put something and puts it there.
type exportDialog struct {
	window   *Window
	write    exportWriter
	path     *keyEntry
	problem  *widget.RichText
	message  *fyne.Container // the problem, with what may be done about it
	replace  *part.Link
	meter    *part.Meter
	progress *part.Text
	working  *fyne.Container
	save     *part.Button
	copy     *part.Button
	cancel   *part.Button
	modal    *part.Modal
	writing  bool
}

const (
	exportWidth = 560
	// clipboardLimit is how much, in bytes, is put on the clipboard: more would make other
	// programs stumble.
	clipboardLimit = 1 << 20
	taskExport     = "export"
)

// showExport asks where to put something, such as a list, and puts it there: into a file that only
// this user may read, or on the clipboard. FileName is offered with today's date in it.
func (w *Window) showExport(title, fileName string, write exportWriter) {
	d := &exportDialog{window: w, write: write}
	ext := filepath.Ext(fileName)
	dated := strings.TrimSuffix(fileName, ext) + "-" + w.Now().Local().Format("2006-01-02") + ext
	d.path = newKeyEntry(lang.L("Folder and name of the file"), false, w.modalKey)
	d.path.Text = filepath.Join(w.Downloads, dated)
	d.path.CursorColumn = len([]rune(d.path.Text)) // the name, not the folders, is what is changed
	d.path.OnChanged = func(string) { d.say("") }
	d.problem = part.Paragraph("", part.Style{})
	d.replace = part.NewLink(lang.L("Replace it"), func() { d.start(true) })
	d.meter, d.progress = part.NewMeter(), part.NewText("", part.Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText})
	d.working = part.Column(4, d.meter, d.progress)
	d.save = part.NewPrimary(lang.L("Save"), d.confirm)
	d.copy = part.NewButton(lang.L("Copy"), d.copyAll)
	d.cancel = part.NewButton(lang.L("Cancel"), func() { d.modal.Close() })
	for _, k := range []*part.Keys{&d.replace.Keys, &d.save.Keys, &d.copy.Keys, &d.cancel.Keys} {
		*k = w.modalKey
	}
	d.message = part.Frame(nil, nil, nil, part.Middle(d.replace), part.Flush(d.problem))
	d.message.Hide()
	d.replace.Hide()
	d.working.Hide()
	d.modal = w.showModal(exportWidth, part.Column(10,
		part.NewText(title, part.Style{Size: theme.SizeNameHeadingText, Bold: true, Cut: true}),
		part.Field(d.path),
		d.message,
		d.working,
		part.Frame(nil, nil, d.copy, part.Row(8, d.cancel, d.save), nil),
	), d.path, d.confirm)
	d.modal.OnClose(func() {
		if d.writing {
			w.Tasks.Cancel(taskExport)
			w.toast.say(lang.L("Cancelled. Nothing was written."))
		}
	})
}

// confirm is a press on Save, or Enter. It never replaces anything: a second press of an impatient
// finger would land there.
func (d *exportDialog) confirm() { d.start(false) }

// start writes the file.
func (d *exportDialog) start(replace bool) {
	home, _ := os.UserHomeDir() // without one ~ means nothing
	path, err := export.Path(d.path.Text, d.window.Downloads, home)
	if err != nil {
		d.failed(path, err)
		return
	}
	d.run(path, func(ctx context.Context, write func(io.Writer) error) (func(), error) {
		return func() {
			d.window.toast.say(lang.L("Saved as {{.Path}}", with("Path", show.Line(path))))
		}, export.Save(ctx, path, replace, write)
	})
}

// copyAll puts everything on the clipboard.
func (d *exportDialog) copyAll() {
	d.run("", func(ctx context.Context, write func(io.Writer) error) (func(), error) {
		text, err := export.Text(ctx, clipboardLimit, write)
		return func() { d.window.copyLines(text, lang.L("Copied")) }, err
	})
}

// run does one of the two away from the UI goroutine. When it goes wrong the dialog stays, with
// what was typed.
func (d *exportDialog) run(path string, do func(context.Context, func(io.Writer) error) (done func(), err error)) {
	if d.writing {
		return
	}
	d.say("")
	d.busy(true)
	d.window.Tasks.Run(taskExport, func(ctx context.Context, report task.Report) func() {
		done, err := do(ctx, func(out io.Writer) error {
			return d.write(ctx, out, func(n, of int) { report(func() { d.advance(n, of) }) })
		})
		return func() {
			d.busy(false)
			if err != nil {
				d.failed(path, err)
				return
			}
			d.modal.Close()
			done()
		}
	})
}

// busy leaves nothing to press but Cancel while something is being written.
func (d *exportDialog) busy(on bool) {
	d.writing = on
	enable(!on, d.save, d.copy)
	if on {
		d.window.win.Canvas().Unfocus() // not on Cancel: a finger that rests on Enter would press it
		d.path.Disable()
		return
	}
	d.working.Hide()
	d.path.Enable()
}

// advance says how far it has come.
func (d *exportDialog) advance(n, of int) {
	d.meter.Set(float64(n) / float64(max(1, of)))
	d.progress.SetText(lang.L("{{.Done}} of {{.Count}} written", with("Done", show.Count(n), "Count", show.Count(of))))
	if !d.working.Visible() {
		d.working.Show()
		d.modal.Refresh()
	}
}

// failed says what went wrong, and asks where that can be mended by a yes.
func (d *exportDialog) failed(path string, err error) {
	d.say(exportSentence(path, err))
	if errors.Is(err, export.ErrExists) {
		d.save.Disable() // until another name is typed
		d.replace.Show()
	}
	d.modal.Refresh()
	d.window.win.Canvas().Focus(d.path)
}

// say shows a sentence in the dialog, or none.
func (d *exportDialog) say(text string) {
	d.replace.Hide()
	if !d.writing {
		d.save.Enable()
	}
	if text == "" {
		d.message.Hide()
	} else {
		part.SetParagraph(d.problem, text, part.Style{Color: theme.ColorNameError})
		d.message.Show()
	}
	d.modal.Refresh()
}

// exportSentence says why something could not be put where it was to go, and what to do.
func exportSentence(path string, err error) string {
	values := with("Path", show.Line(path), "Folder", show.Line(filepath.Dir(path)), "Name", show.Line(filepath.Base(path)))
	switch {
	case errors.Is(err, export.ErrExists):
		return lang.L("There is a file {{.Name}} in this folder already.", values)
	case errors.Is(err, export.ErrFolder):
		return lang.L("This is a folder. Put the name of a file behind it.")
	case errors.Is(err, export.ErrNotFile):
		return lang.L("{{.Path}} is not an ordinary file. Choose another name.", values)
	case errors.Is(err, export.ErrFull):
		return lang.L("There is no space left where the file should go, so nothing was kept. Make room or choose another folder.")
	case errors.Is(err, export.ErrTooLong):
		return lang.L("This is more than a clipboard should hold. Save it as a file instead.")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return lang.L("There is no folder {{.Folder}}. Make it first or choose another.", values)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return lang.L("Nothing may be written to {{.Folder}}. Choose another folder.", values)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return lang.L("This name is too long. Choose a shorter one.")
	}
	return lang.L("The file could not be written: {{.Why}}", with("Why", show.Line(err.Error())))
}
