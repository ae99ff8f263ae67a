package assets

import (
	"embed"
	"path"
)

//go:embed icons/*.svg
var icons embed.FS

// Icon returns the SVG of a line icon by its name, without extension, or nil when there is
// none. Icons are drawn on a 24 × 24 grid with lines of 1.75, in currentColor. The lines are
// outlined shapes: the toolkit's SVG renderer does not scale the width of strokes.
func Icon(name string) []byte {
	b, err := icons.ReadFile(path.Join("icons", name+".svg"))
	if err != nil {
		return nil
	}
	return b
}
