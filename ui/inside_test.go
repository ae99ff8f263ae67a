package ui

import (
	"context"
	"io"
)

// ShowExport opens the dialog for tests, which bring contents that no page has: ones that stop
// half-way, and ones that never end.
func (w *Window) ShowExport(title, fileName string, write func(context.Context, io.Writer, func(done, total int)) error) {
	w.showExport(title, fileName, write)
}
