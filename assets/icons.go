package assets

import (
	"embed"
	"path"
)

//go:embed icons/*.svg
var icons embed.FS

// Icon returns the SVG of a line icon by its name, without extension, or nil when there is
// none. Icons are drawn on a 24 × 24 grid with one stroke width in currentColor.
func Icon(name string) []byte {
	b, err := icons.ReadFile(path.Join("icons", name+".svg"))
	if err != nil {
		return nil
	}
	return b
}
