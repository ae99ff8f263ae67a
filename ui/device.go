package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"rsc.io/qr"

	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// deviceCode shows the code of a device grant in large letters, and the page with the code
// filled in as a QR code.
type deviceCode struct {
	root  *fyne.Container
	code  *canvas.Text
	image *canvas.Image
	uri   string
}

const qrSide = 132

func newDeviceCode() *deviceCode {
	d := &deviceCode{code: canvas.NewText("", theme.Color(theme.ColorNameForeground)), image: &canvas.Image{ScaleMode: canvas.ImageScalePixels, FillMode: canvas.ImageFillContain}}
	d.code.TextSize, d.code.TextStyle = 34, fyne.TextStyle{Bold: true, Monospace: true}
	d.code.Alignment = fyne.TextAlignCenter
	d.image.SetMinSize(fyne.NewSquareSize(qrSide))
	d.root = part.Column(14,
		container.NewStack(part.NewBox(look.ColorRaised, "", look.RadiusCard), part.Pad(14, 0, d.code)),
		container.NewCenter(d.image))
	return d
}

func (d *deviceCode) show(p auth.Progress) {
	d.code.Text = show.Name(p.UserCode)
	if p.UserCode == "" {
		d.code.Text = "····"
	}
	d.code.Color = theme.Color(theme.ColorNameForeground)
	d.code.Refresh()
	if p.VerificationURIComplete == d.uri {
		return
	}
	d.uri = p.VerificationURIComplete
	code, err := qr.Encode(d.uri, qr.M)
	if err != nil {
		d.image.Hide() // the page and the code are there to be typed
		return
	}
	code.Scale = 4
	d.image.Resource = fyne.NewStaticResource("device-"+p.UserCode+".png", code.PNG())
	d.image.Show()
	d.image.Refresh()
}

// pageOf says an address the way a person types it.
func pageOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return lang.L("the page")
	}
	return show.Name(u.Host + u.Path)
}
