package theme

import (
	"bytes"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"canopy/assets"
)

// Icon returns one of Canopy's line icons in the colour of a name. The colour is looked up
// each time the icon is drawn, so it follows the theme.
func Icon(name string, col fyne.ThemeColorName) fyne.Resource { return icon{name, col} }

// Mark is the app's own icon.
func Mark() fyne.Resource {
	return fyne.NewStaticResource("canopy-mark.svg", assets.Icon("mark"))
}

// icon paints currentColor itself: Fyne's themed resources know one colour, the foreground's,
// and these icons take the colour of what they stand beside.
type icon struct {
	name string
	col  fyne.ThemeColorName
}

func (i icon) hex() string {
	r, g, b, _ := theme.Color(i.col).RGBA()
	return fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
}

// Name carries the colour: Fyne caches rendered images by name.
func (i icon) Name() string { return "canopy-" + i.name + "-" + i.hex()[1:] + ".svg" }

func (i icon) Content() []byte {
	return bytes.ReplaceAll(assets.Icon(i.name), []byte("currentColor"), []byte(i.hex()))
}
