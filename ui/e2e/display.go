package e2e

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"strings"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Display is a private X display: its windows, its pointer and keys, its picture.
type Display struct {
	Name string // as in $DISPLAY
	conn *xgb.Conn
	root xproto.Window
	w, h uint16
	keys map[xproto.Keysym]key
}

type key struct {
	code  xproto.Keycode
	shift bool
}

// dial connects to the display called name, such as ":83".
func dial(name string) (*Display, error) {
	xgb.Logger.SetOutput(io.Discard) // it tells the world that a private display has no authority file
	conn, err := xgb.NewConnDisplay(name)
	if err != nil {
		return nil, fmt.Errorf("connect to display %s: %w", name, err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	d := &Display{Name: name, conn: conn, root: screen.Root, w: screen.WidthInPixels, h: screen.HeightInPixels}
	if err := errors.Join(xtest.Init(conn), d.readKeys()); err != nil {
		conn.Close()
		return nil, fmt.Errorf("display %s: %w", name, err)
	}
	return d, nil
}

// property reads a property of a window as 32-bit numbers.
func (d *Display) property(w xproto.Window, name string) ([]uint32, error) {
	atom, err := d.atom(name)
	if err != nil {
		return nil, err
	}
	reply, err := xproto.GetProperty(d.conn, false, w, atom, xproto.GetPropertyTypeAny, 0, 1024).Reply()
	if err != nil {
		return nil, err
	}
	var numbers []uint32
	for b := reply.Value; reply.Format == 32 && len(b) >= 4; b = b[4:] {
		numbers = append(numbers, binary.LittleEndian.Uint32(b))
	}
	return numbers, nil
}

func (d *Display) atom(name string) (xproto.Atom, error) {
	reply, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	return reply.Atom, nil
}

// managed reports whether a window manager runs (EWMH, _NET_SUPPORTING_WM_CHECK).
func (d *Display) managed() (bool, error) {
	check, err := d.property(d.root, "_NET_SUPPORTING_WM_CHECK")
	return len(check) == 1 && check[0] != 0, err
}

// windowOf finds the window of a process among those that the window manager lists; 0 while there is none.
func (d *Display) windowOf(pid int) (xproto.Window, error) {
	clients, err := d.property(d.root, "_NET_CLIENT_LIST")
	if err != nil {
		return 0, err
	}
	for _, c := range clients {
		owner, err := d.property(xproto.Window(c), "_NET_WM_PID")
		if err == nil && len(owner) == 1 && int(owner[0]) == pid {
			return xproto.Window(c), nil
		}
	}
	return 0, nil
}

// place tells where on the screen a window's inside is.
func (d *Display) place(w xproto.Window) (image.Rectangle, error) {
	size, err := xproto.GetGeometry(d.conn, xproto.Drawable(w)).Reply()
	if err != nil {
		return image.Rectangle{}, err
	}
	at, err := xproto.TranslateCoordinates(d.conn, w, d.root, 0, 0).Reply()
	if err != nil {
		return image.Rectangle{}, err
	}
	corner := image.Pt(int(at.DstX), int(at.DstY))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(int(size.Width), int(size.Height)))}, nil
}

// ask sends a window manager request about w, as a taskbar would (EWMH, source indication 2).
func (d *Display) ask(w xproto.Window, request string, data ...uint32) error {
	atom, err := d.atom(request)
	if err != nil {
		return err
	}
	body := make([]uint32, 5)
	copy(body, data)
	event := xproto.ClientMessageEvent{
		Format: 32, Window: w, Type: atom,
		Data: xproto.ClientMessageDataUnionData32New(body),
	}
	mask := uint32(xproto.EventMaskSubstructureNotify | xproto.EventMaskSubstructureRedirect)
	return xproto.SendEventChecked(d.conn, false, d.root, mask, string(event.Bytes())).Check()
}

// raise brings a window to the front and gives it the keys.
func (d *Display) raise(ctx context.Context, w xproto.Window) error {
	if err := d.ask(w, "_NET_ACTIVE_WINDOW", 2, 0, 0); err != nil {
		return err
	}
	return until(ctx, "the window in front", func() error {
		active, err := d.property(d.root, "_NET_ACTIVE_WINDOW")
		if err != nil {
			return err
		}
		return unless(len(active) > 0 && xproto.Window(active[0]) == w, fmt.Sprintf("window %v", active))
	})
}

// capture takes a picture of a part of the screen.
func (d *Display) capture(area image.Rectangle) (*image.RGBA, error) {
	area = area.Intersect(image.Rect(0, 0, int(d.w), int(d.h)))
	pixels, err := d.pixels(area)
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, area.Dx(), area.Dy()))
	for i := 0; i+3 < len(pixels) && i+3 < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = pixels[i+2], pixels[i+1], pixels[i], 0xFF
	}
	return img, nil
}

// pixels reads a part of the screen: blue, green, red and nothing for each pixel.
func (d *Display) pixels(area image.Rectangle) ([]byte, error) {
	area = area.Intersect(image.Rect(0, 0, int(d.w), int(d.h)))
	reply, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root),
		int16(area.Min.X), int16(area.Min.Y), uint16(area.Dx()), uint16(area.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("read the screen: %w", err)
	}
	return reply.Data, nil
}

// savePNG writes a picture to a file.
func savePNG(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, img); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// move puts the pointer somewhere and waits until it is there.
func (d *Display) move(ctx context.Context, to image.Point) error {
	err := xtest.FakeInputChecked(d.conn, xproto.MotionNotify, 0, 0, d.root, int16(to.X), int16(to.Y), 0).Check()
	if err != nil {
		return err
	}
	return until(ctx, fmt.Sprintf("the pointer at %v", to), func() error {
		at, err := xproto.QueryPointer(d.conn, d.root).Reply()
		if err != nil {
			return err
		}
		seen := image.Pt(int(at.RootX), int(at.RootY))
		return unless(seen == to, seen.String())
	})
}

// button presses (or lets go) a pointer button: 1 left, 3 right, 4 wheel up, 5 wheel down.
func (d *Display) button(n byte, down bool) error {
	kind := byte(xproto.ButtonRelease)
	if down {
		kind = xproto.ButtonPress
	}
	return xtest.FakeInputChecked(d.conn, kind, n, 0, d.root, 0, 0, 0).Check()
}

// readKeys learns which key makes which symbol.
func (d *Display) readKeys() error {
	setup := xproto.Setup(d.conn)
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	reply, err := xproto.GetKeyboardMapping(d.conn, setup.MinKeycode, count).Reply()
	if err != nil {
		return err
	}
	d.keys = map[xproto.Keysym]key{}
	per := int(reply.KeysymsPerKeycode)
	for i := range int(count) {
		for level := min(per, 2) - 1; level >= 0; level-- {
			sym := reply.Keysyms[i*per+level]
			if _, known := d.keys[sym]; sym != 0 && (!known || level == 0) {
				d.keys[sym] = key{setup.MinKeycode + xproto.Keycode(i), level == 1}
			}
		}
	}
	return nil
}

// named are the keys without a letter, by their X names.
var named = map[string]xproto.Keysym{
	"Return": 0xFF0D, "Escape": 0xFF1B, "Tab": 0xFF09, "BackSpace": 0xFF08, "Delete": 0xFFFF, "space": 0x20,
	"Home": 0xFF50, "Left": 0xFF51, "Up": 0xFF52, "Right": 0xFF53, "Down": 0xFF54, "Page_Up": 0xFF55, "Page_Down": 0xFF56,
	"End": 0xFF57, "Shift": 0xFFE1, "Control": 0xFFE3, "Alt": 0xFFE9, "F5": 0xFFC2,
}

func (d *Display) keyOf(name string) (key, error) {
	sym, ok := named[name]
	if !ok {
		r := []rune(name)
		if len(r) != 1 || r[0] > 0xFF { // Latin-1 symbols are their code points
			return key{}, fmt.Errorf("there is no key called %q", name)
		}
		sym = xproto.Keysym(r[0])
	}
	k, ok := d.keys[sym]
	if !ok {
		return key{}, fmt.Errorf("the keyboard has no key for %q", name)
	}
	return k, nil
}

// press strikes a key with the others held, as in "Control+Shift+p".
func (d *Display) press(chord string) error {
	var held []xproto.Keycode
	names := strings.Split(chord, "+")
	for i, name := range names {
		k, err := d.keyOf(name)
		if err != nil {
			return err
		}
		if k.shift && i == len(names)-1 {
			shift, err := d.keyOf("Shift")
			if err != nil {
				return err
			}
			held = append(held, shift.code)
		}
		held = append(held, k.code)
	}
	for _, code := range held {
		if err := d.strike(xproto.KeyPress, code); err != nil {
			return err
		}
	}
	for i := len(held) - 1; i >= 0; i-- {
		if err := d.strike(xproto.KeyRelease, held[i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Display) strike(kind byte, code xproto.Keycode) error {
	return xtest.FakeInputChecked(d.conn, kind, byte(code), 0, d.root, 0, 0, 0).Check()
}

func (d *Display) close() { d.conn.Close() }
