package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	look "canopy/ui/theme"
)

// Keycap shows a shortcut beside what it does, such as "Ctrl K".
func Keycap(keys string) fyne.CanvasObject {
	return container.NewStack(NewBox(look.ColorSurface, look.ColorLine, look.RadiusPill),
		Pad(0, 6, NewText(keys, Style{Color: look.ColorMuted, Size: theme.SizeNameCaptionText})))
}

// FieldWith is Field with something over the right end of the entry, such as a Keycap, to be hidden
// when there is text.
func FieldWith(entry, end fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(Field(entry), AtEnd(Pad(0, 8, Middle(end))))
}
