package theme_test

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	look "canopy/ui/theme"
)

const lightSide, darkSide = theme.VariantLight, theme.VariantDark

// contrast is the contrast ratio of WCAG 2.2 §1.4.3.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// short are the pairs that the design's own tokens bring less far than they should, with how
// far they do. They must not get worse, and one that has become good leaves the list.
var short = map[string]float64{
	"canopyMuted on background in light":    4.48,
	"canopyMuted on canopyRaised in light":  4.24,
	"canopyMuted on selection in light":     4.06,
	"primary on selection in light":         4.30,
	"error on canopySurface in light":       4.37,
	"error on selection in light":           3.69,
	"error on selection in dark":            4.22,
	"canopyRunning on canopyPill in light":  2.90,
	"canopyChanging on canopyPill in light": 3.98,
	"canopyResting on canopyPill in light":  3.07,
	"canopyTrouble on canopyPill in light":  3.69,
	"canopyTrouble on canopyPill in dark":   4.22,
	"canopyUnknown on canopyPill in light":  2.57,
	"canopyUnknown on canopyPill in dark":   3.99,
	"canopyRunning on selection in light":   2.90,
	"canopyUnknown on selection in light":   2.57,
}

func TestTextCanBeRead(t *testing.T) {
	const text, dot = 4.5, 3.0 // WCAG 2.2 §1.4.3 for text, §1.4.11 for what has to be made out
	fg, muted, accent, on := theme.ColorNameForeground, look.ColorMuted, theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	ground, surface, raised, selection := theme.ColorNameBackground, look.ColorSurface, look.ColorRaised, theme.ColorNameSelection
	for _, c := range []struct {
		front, back fyne.ThemeColorName
		least       float64
	}{
		{fg, ground, text}, {fg, surface, text}, {fg, raised, text}, {fg, selection, text},
		{muted, ground, text}, {muted, surface, text}, {muted, raised, text}, {muted, selection, text},
		{accent, surface, text}, {accent, ground, text}, {accent, raised, text}, {accent, selection, text},
		{on, accent, text},
		{theme.ColorNameError, surface, text}, {theme.ColorNameError, selection, text},
		{look.ColorRunning, look.ColorPill, text}, {look.ColorChanging, look.ColorPill, text}, {look.ColorResting, look.ColorPill, text},
		{look.ColorTrouble, look.ColorPill, text}, {look.ColorUnknown, look.ColorPill, text},
		{look.ColorRunning, surface, dot}, {look.ColorChanging, surface, dot}, {look.ColorResting, surface, dot},
		{look.ColorTrouble, surface, dot}, {look.ColorUnknown, surface, dot},
		{look.ColorRunning, selection, dot}, {look.ColorChanging, selection, dot}, {look.ColorResting, selection, dot},
		{look.ColorTrouble, selection, dot}, {look.ColorUnknown, selection, dot},
	} {
		for side, v := range map[string]fyne.ThemeVariant{"light": lightSide, "dark": darkSide} {
			pair := fmt.Sprintf("%s on %s in %s", c.front, c.back, side)
			t.Run(pair, func(t *testing.T) {
				th, least := look.New(look.Auto), c.least
				got := contrast(th.Color(c.front, v), th.Color(c.back, v))
				if reached, known := short[pair]; known {
					if got >= least {
						t.Errorf("the contrast is %.2f, which is enough: take the pair off the list", got)
					}
					least = reached
				}
				if got < least {
					t.Errorf("the contrast is %.2f, want %.2f", got, least)
				}
			})
		}
	}
}

func TestInitialsCanBeReadOnEveryBadge(t *testing.T) {
	th, seen := look.New(look.Auto), map[color.Color]bool{}
	for i := range look.Badges {
		for _, v := range []fyne.ThemeVariant{lightSide, darkSide} {
			badge := th.Color(look.Badge(i), v)
			if got := contrast(th.Color(theme.ColorNameForegroundOnPrimary, v), badge); got < 4.5 {
				t.Errorf("the contrast on badge %d in variant %d is %.2f", i, v, got)
			}
			if seen[badge] {
				t.Errorf("badge %d in variant %d has the colour of another", i, v)
			}
			seen[badge] = true
		}
	}
	if look.Badge(-1) != look.Badge(look.Badges-1) || look.Badge(look.Badges) != look.Badge(0) {
		t.Error("the colours do not go round")
	}
}

func TestModesDrawTheirSideWhateverTheSystemSays(t *testing.T) {
	side := func(m look.Mode, system fyne.ThemeVariant) color.Color {
		return look.New(m).Color(theme.ColorNameBackground, system)
	}
	light, dark := side(look.Auto, lightSide), side(look.Auto, darkSide)
	if light == dark {
		t.Fatal("light and dark have one background")
	}
	for _, system := range []fyne.ThemeVariant{lightSide, darkSide} {
		if side(look.Light, system) != light || side(look.Dark, system) != dark {
			t.Errorf("a chosen mode follows the system's variant %d", system)
		}
	}
}

func TestOnlyTheThreeModesAreValid(t *testing.T) {
	for m, want := range map[look.Mode]bool{look.Auto: true, look.Light: true, look.Dark: true, "": false, "sepia": false, "DARK": false} {
		if m.Valid() != want {
			t.Errorf("mode %q has Valid() = %t", m, !want)
		}
	}
}

func TestEveryColourAndSizeOfTheToolkitIsAnswered(t *testing.T) {
	th := look.New(look.Auto)
	for _, name := range []fyne.ThemeColorName{
		theme.ColorNameBackground, theme.ColorNameButton, theme.ColorNameDisabled, theme.ColorNameDisabledButton, theme.ColorNameError,
		theme.ColorNameFocus, theme.ColorNameForeground, theme.ColorNameForegroundOnError, theme.ColorNameForegroundOnPrimary,
		theme.ColorNameHeaderBackground, theme.ColorNameHover, theme.ColorNameHyperlink, theme.ColorNameInputBackground,
		theme.ColorNameInputBorder, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNamePlaceHolder,
		theme.ColorNamePressed, theme.ColorNamePrimary, theme.ColorNameScrollBar, theme.ColorNameSelection, theme.ColorNameSeparator,
		theme.ColorNameShadow, theme.ColorNameSuccess, theme.ColorNameWarning,
		look.ColorSurface, look.ColorRaised, look.ColorLine, look.ColorMuted, look.ColorRunning, look.ColorChanging, look.ColorResting,
		look.ColorTrouble, look.ColorUnknown, look.ColorPill, look.ColorScrim,
	} {
		for _, v := range []fyne.ThemeVariant{lightSide, darkSide} {
			if th.Color(name, v) == nil {
				t.Errorf("no colour %s in variant %d", name, v)
			}
		}
	}
	for _, name := range []fyne.ThemeSizeName{theme.SizeNameText, theme.SizeNamePadding, theme.SizeNameScrollBar, theme.SizeNameInlineIcon} {
		if th.Size(name) <= 0 {
			t.Errorf("size %s is %v", name, th.Size(name))
		}
	}
	if th.Font(fyne.TextStyle{}) == nil || th.Icon(theme.IconNameConfirm) == nil {
		t.Error("a font or an icon is missing")
	}
}

func TestIconsFollowTheTheme(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Light))
	icon := look.Icon("caret-down", look.ColorMuted)
	light, lightName := icon.Content(), icon.Name()
	if bytes.Contains(light, []byte("currentColor")) || !bytes.Contains(light, []byte("<svg")) {
		t.Errorf("the icon is %.80s, want an SVG in a colour", light)
	}
	app.Settings().SetTheme(look.New(look.Dark))
	if bytes.Equal(light, icon.Content()) || lightName == icon.Name() {
		t.Error("the icon keeps its light colour in the dark, or its name, by which pictures are cached")
	}
	if !strings.HasSuffix(icon.Name(), ".svg") || !bytes.Contains(look.Mark().Content(), []byte("<svg")) {
		t.Errorf("icons are called %q and the mark is %.40s", icon.Name(), look.Mark().Content())
	}
}
