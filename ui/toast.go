package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"canopy/ui/part"
	"canopy/ui/task"
)

// toast says in passing that something was done, such as "Copied".
type toast struct {
	window *Window
	layer  *fyne.Container
	text   *part.Text
}

// toastTime is how long it stays.
const toastTime = 2500 * time.Millisecond

func newToast(w *Window) *toast {
	t := &toast{window: w, text: part.NewText("", part.Style{Color: theme.ColorNameBackground})}
	box := part.NewBox(theme.ColorNameForeground, "", 6)
	note := container.NewStack(box, part.Pad(8, 14, t.text))
	t.layer = part.Frame(nil, part.Pad(40, 0, container.NewCenter(note)), nil, nil, nil)
	t.layer.Hide()
	return t
}

func (t *toast) say(text string) {
	t.text.SetText(text)
	t.layer.Show()
	t.layer.Refresh()
	t.window.Tasks.Run("toast", func(ctx context.Context, _ task.Report) func() {
		select {
		case <-ctx.Done():
		case <-t.window.After(toastTime):
		}
		return t.layer.Hide
	})
}
