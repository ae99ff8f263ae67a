package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Badge is the initial of an organization in its colour.
func Badge(initial string, col fyne.ThemeColorName) fyne.CanvasObject {
	letter := NewText(initial, Style{Color: theme.ColorNameForegroundOnPrimary, Size: theme.SizeNameCaptionText, Bold: true, Align: fyne.TextAlignCenter})
	box := NewBox(col, "", listBadge/4).SetMin(fyne.NewSquareSize(listBadge))
	return container.NewStack(box, Middle(letter))
}
