package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"canopy/ui/part"
	"canopy/ui/show"
	"canopy/ui/task"
	look "canopy/ui/theme"
)

// hint is a note beside the pointer: the whole of what had to be cut. Nothing in it takes the
// pointer away from what lies below.
type hint struct {
	window *Window
	layer  *fyne.Container
	box    *fyne.Container
	text   *widget.RichText
}

const hintWidth float32 = 520

const (
	hintMost = 600 // characters
	// hintPause is how long the pointer rests before the note comes.
	hintPause = 400 * time.Millisecond

	taskHint = "hint"
)

func newHint(w *Window) *hint {
	h := &hint{window: w, text: part.Paragraph("", part.Style{})}
	h.box = container.NewStack(part.NewBox(look.ColorSurface, look.ColorLine, 6), part.Pad(0, 2, h.text))
	h.layer = container.NewWithoutLayout(h.box)
	h.layer.Hide()
	return h
}

// say shows a text at a place of the canvas in a moment; an empty one takes the note away.
func (h *hint) say(text string, at fyne.Position) {
	h.layer.Hide()
	h.window.Tasks.Cancel(taskHint)
	if text == "" {
		return
	}
	h.window.Tasks.Run(taskHint, func(ctx context.Context, _ task.Report) func() {
		select {
		case <-ctx.Done():
			return nil
		case <-h.window.After(hintPause):
			return func() { h.open(text, at) }
		}
	})
}

// open puts the note below a place, or above it where there is no room, and never out of sight.
func (h *hint) open(text string, at fyne.Position) {
	style := part.Style{Size: theme.SizeNameCaptionText, Mono: true}
	if runes := []rune(text); len(runes) > hintMost {
		text = string(runes[:hintMost]) + "…"
	}
	text = show.Line(text)
	part.SetParagraph(h.text, text, style)
	h.text.Wrapping = fyne.TextWrapBreak
	whole := h.layer.Size()
	width := fyne.MeasureText(text, h.text.Theme().Size(style.Size), fyne.TextStyle{Monospace: true}).Width + 24
	width = min(width, hintWidth, whole.Width)
	h.box.Resize(fyne.NewSize(width, 0)) // wrapped text finds its height at this width
	size := fyne.NewSize(width, h.box.MinSize().Height)
	h.box.Resize(size)
	at = at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(h.window.stack)) // the layer itself is hidden
	if at.Y+size.Height > whole.Height {
		at.Y -= size.Height + look.RowHeight
	}
	h.box.Move(fyne.NewPos(max(0, min(at.X, whole.Width-width)), max(0, at.Y)))
	h.layer.Show()
	h.layer.Refresh()
}
