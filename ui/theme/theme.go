// Package theme is the look of Canopy: the colour tokens, sizes and icons of the design as a
// Fyne theme, for light and dark.
//
// Widgets of Fyne find their colours under Fyne's own names; Canopy's widgets use the
// additional names below. Everything is looked up when it is drawn, so that a change of
// variant or scale needs nothing but a refresh.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colour names beyond Fyne's own. The tokens are those of the design.
const (
	ColorSurface  fyne.ThemeColorName = "canopySurface"  // panels, cards, the tree
	ColorRaised   fyne.ThemeColorName = "canopyRaised"   // controls on a surface
	ColorLine     fyne.ThemeColorName = "canopyLine"     // borders and rules
	ColorMuted    fyne.ThemeColorName = "canopyMuted"    // secondary text
	ColorRunning  fyne.ThemeColorName = "canopyRunning"  // state: active
	ColorChanging fyne.ThemeColorName = "canopyChanging" // state: on its way to another
	ColorResting  fyne.ThemeColorName = "canopyResting"  // state: paused
	ColorTrouble  fyne.ThemeColorName = "canopyTrouble"  // state: needs attention; also errors
	ColorUnknown  fyne.ThemeColorName = "canopyUnknown"  // state: not known to Canopy
	ColorPill     fyne.ThemeColorName = "canopyPill"     // ground of a state's pill
	ColorScrim    fyne.ThemeColorName = "canopyScrim"    // veils what lies behind a dialog
)

// Sizes beyond Fyne's own, in Fyne's device-independent pixels.
const (
	RowHeight   float32 = 30
	BarHeight   float32 = 52
	Step        float32 = 4 // the unit of all spacing
	RadiusPill  float32 = 4
	RadiusCard  float32 = 8
	RadiusPanel float32 = 12
)

// Mode says which variant to draw.
type Mode string

// The three modes a person can choose.
const (
	Auto  Mode = "auto" // follow the system
	Light Mode = "light"
	Dark  Mode = "dark"
)

// Valid reports whether m is one of the three modes.
func (m Mode) Valid() bool { return m == Auto || m == Light || m == Dark }

// New returns the Canopy theme. Auto follows the variant that Fyne reports for the system.
func New(m Mode) fyne.Theme { return canopy{mode: m} }

type canopy struct{ mode Mode }

func (c canopy) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch c.mode {
	case Light:
		v = theme.VariantLight
	case Dark:
		v = theme.VariantDark
	}
	tokens, badges := &light, &lightBadges
	if v == theme.VariantDark {
		tokens, badges = &dark, &darkBadges
	}
	if col, ok := tokens.color(n); ok {
		return col
	}
	if col, ok := badgeColor(n, badges); ok {
		return col
	}
	return theme.DefaultTheme().Color(n, v)
}

func (canopy) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }

func (canopy) Icon(n fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(n)
}

func (canopy) Size(n fyne.ThemeSizeName) float32 {
	if s, ok := sizes[n]; ok {
		return s
	}
	return theme.DefaultTheme().Size(n)
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            13,
	theme.SizeNameCaptionText:     11.5,
	theme.SizeNameSubHeadingText:  15,
	theme.SizeNameHeadingText:     21,
	theme.SizeNamePadding:         4,
	theme.SizeNameInnerPadding:    8,
	theme.SizeNameLineSpacing:     3,
	theme.SizeNameInlineIcon:      16,
	theme.SizeNameScrollBar:       10,
	theme.SizeNameScrollBarSmall:  4,
	theme.SizeNameInputBorder:     1,
	theme.SizeNameInputRadius:     6,
	theme.SizeNameButtonRadius:    6,
	theme.SizeNameSelectionRadius: 6,
	theme.SizeNameMenuRadius:      6,
	theme.SizeNamePopupRadius:     8,
	theme.SizeNameCardRadius:      RadiusCard,
	theme.SizeNameDialogRadius:    RadiusPanel,
	theme.SizeNameModalBlurRadius: 0,
}

// tokens is one column of the design's colour table.
type tokens struct {
	background, surface, raised                           color.NRGBA
	line, text, muted                                     color.NRGBA
	accent, onAccent, selection                           color.NRGBA
	running, changing, resting, trouble, unknown          color.NRGBA
	disabled, hover, pressed, focus, scrim, shade, scroll color.NRGBA
}

var light = tokens{
	background: hex(0xF6F7F9), surface: hex(0xFFFFFF), raised: hex(0xEEF1F4),
	line: hex(0xE0E4EA), text: hex(0x1A2330), muted: hex(0x667386),
	accent: hex(0x0E7C6B), onAccent: hex(0xFFFFFF), selection: hex(0xDDF0EC),
	running: hex(0x1E9E5A), changing: hex(0x2F6FDE), resting: hex(0xB7791F), trouble: hex(0xD64545), unknown: hex(0x8A94A6),
	disabled: hex(0xA3ACBA), hover: alpha(0x1A2330, 0x0D), pressed: alpha(0x1A2330, 0x1F),
	focus: alpha(0x0E7C6B, 0x66), scrim: alpha(0xF6F7F9, 0xA8), shade: alpha(0x1A2330, 0x24), scroll: alpha(0x667386, 0x80),
}

var dark = tokens{
	background: hex(0x11151B), surface: hex(0x181E26), raised: hex(0x212934),
	line: hex(0x2A3340), text: hex(0xE6EAF0), muted: hex(0x93A0B4),
	accent: hex(0x2FBFA5), onAccent: hex(0x06231D), selection: hex(0x173B36),
	running: hex(0x3CC57C), changing: hex(0x6BA1FF), resting: hex(0xE0A84A), trouble: hex(0xF07070), unknown: hex(0x8A94A6),
	disabled: hex(0x5A6679), hover: alpha(0xE6EAF0, 0x12), pressed: alpha(0xE6EAF0, 0x26),
	focus: alpha(0x2FBFA5, 0x73), scrim: alpha(0x11151B, 0xA8), shade: alpha(0x000000, 0x60), scroll: alpha(0x93A0B4, 0x80),
}

func (t *tokens) color(n fyne.ThemeColorName) (color.Color, bool) {
	switch n {
	case theme.ColorNameBackground:
		return t.background, true
	case ColorSurface, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return t.surface, true
	case ColorRaised, theme.ColorNameButton, theme.ColorNameHeaderBackground, theme.ColorNameDisabledButton:
		return t.raised, true
	case ColorLine, theme.ColorNameSeparator:
		return t.line, true
	case theme.ColorNameForeground:
		return t.text, true
	case ColorMuted, theme.ColorNamePlaceHolder:
		return t.muted, true
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return t.accent, true
	case theme.ColorNameForegroundOnPrimary:
		return t.onAccent, true
	case theme.ColorNameSelection, ColorPill:
		return t.selection, true
	}
	return t.stateColor(n)
}

func (t *tokens) stateColor(n fyne.ThemeColorName) (color.Color, bool) {
	switch n {
	case ColorRunning, theme.ColorNameSuccess:
		return t.running, true
	case ColorChanging:
		return t.changing, true
	case ColorResting, theme.ColorNameWarning:
		return t.resting, true
	case ColorTrouble, theme.ColorNameError:
		return t.trouble, true
	case ColorUnknown:
		return t.unknown, true
	case theme.ColorNameDisabled:
		return t.disabled, true
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder:
		return color.NRGBA{}, true // part.Field draws both
	case theme.ColorNameScrollBar:
		return t.scroll, true
	case theme.ColorNameHover:
		return t.hover, true
	case theme.ColorNamePressed:
		return t.pressed, true
	case theme.ColorNameFocus:
		return t.focus, true
	case theme.ColorNameShadow:
		return t.shade, true
	case ColorScrim:
		return t.scrim, true
	}
	return nil, false
}

func hex(rgb uint32) color.NRGBA { return alpha(rgb, 0xFF) }

func alpha(rgb uint32, a uint8) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16 & 0xFF), G: uint8(rgb >> 8 & 0xFF), B: uint8(rgb & 0xFF), A: a}
}
