package theme

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
)

// Badges is how many colours there are for badges. The first is the accent.
const Badges = 8

// badgePrefix begins the names of the colours of badges.
const badgePrefix = "canopyBadge"

// Badge names one of the colours in which badges tell organizations apart. An initial in the
// colour of text on the accent can be read on each of them.
func Badge(i int) fyne.ThemeColorName {
	return fyne.ThemeColorName(badgePrefix + strconv.Itoa(((i%Badges)+Badges)%Badges))
}

var (
	lightBadges = [Badges]color.NRGBA{
		hex(0x0E7C6B), hex(0x2F6FDE), hex(0x9A6412), hex(0x7A4FD0), hex(0xBE3A6E), hex(0x5C7A1C), hex(0x9B5140), hex(0x0E7490),
	}
	darkBadges = [Badges]color.NRGBA{
		hex(0x2FBFA5), hex(0x6BA1FF), hex(0xE0A84A), hex(0xB394F5), hex(0xF08CB4), hex(0xA9C45C), hex(0xE29A84), hex(0x5CC4DB),
	}
)

// badgeColor finds the colour of a badge by its name.
func badgeColor(n fyne.ThemeColorName, of *[Badges]color.NRGBA) (color.Color, bool) {
	rest, ok := strings.CutPrefix(string(n), badgePrefix)
	if !ok {
		return nil, false
	}
	i, err := strconv.Atoi(rest)
	if err != nil || i < 0 || i >= Badges {
		return nil, false
	}
	return of[i], true
}
