package e2e

import (
	"context"
	"fmt"
	"image"
	"time"

	"github.com/jezek/xgb/xproto"
)

// FirstText starts a program and returns how long it took from there to the first legible pixels in its window. The
// desktop must have no window manager, so that a title bar is not taken for the program's own text.
func (d *Desktop) FirstText(ctx context.Context, name string, args ...string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begin := time.Now()
	p, err := d.run(ctx, command{name: name, args: args})
	if err != nil {
		return 0, err
	}
	defer d.leave(ctx, p)
	tick := time.NewTicker(4 * time.Millisecond)
	defer tick.Stop()
	for {
		legible, err := d.Display.legible()
		if err != nil {
			return 0, err
		}
		if legible {
			return time.Since(begin), nil
		}
		if !p.Running() {
			return 0, fmt.Errorf("%s ended without a window; its log says:\n%s", name, p.tail())
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("waiting for the first text of %s: %w", name, ctx.Err())
		case <-tick.C:
		}
	}
}

// leave ends a program and waits until the screen is empty again.
func (d *Desktop) leave(ctx context.Context, p *Process) {
	p.Stop()
	_ = until(ctx, "an empty screen", func() error {
		area, err := d.Display.largest()
		if err != nil {
			return err
		}
		return unless(area.Empty(), area.String())
	})
}

// largest tells where the largest visible window is; nowhere when there is none.
func (d *Display) largest() (area image.Rectangle, err error) {
	tree, err := xproto.QueryTree(d.conn, d.root).Reply()
	if err != nil {
		return area, err
	}
	for _, w := range tree.Children {
		look, err := xproto.GetWindowAttributes(d.conn, w).Reply()
		if err != nil || look.MapState != xproto.MapStateViewable {
			continue // gone meanwhile, or not shown
		}
		if a, err := d.place(w); err == nil && a.Dx()*a.Dy() > area.Dx()*area.Dy() && a.Dx() > 100 {
			area = a
		}
	}
	return area, nil
}

// legible reports whether the largest window shows text: enough pixels that stand out from its most common shade. Fyne
// paints a frame at once, so the first such frame has all of its text. Before its first frame a window is all black.
func (d *Display) legible() (bool, error) {
	area, err := d.largest()
	if err != nil || area.Empty() {
		return false, err
	}
	pixels, err := d.pixels(area)
	if err != nil {
		return false, err
	}
	var shades [256]int // of the green channel, which is most of what the eye sees
	for i := 1; i < len(pixels); i += 4 {
		shades[pixels[i]]++
	}
	common := 0
	for shade, count := range shades {
		if count > shades[common] {
			common = shade
		}
	}
	const apart, enough = 80, 40
	standOut := 0
	for shade, count := range shades {
		if shade > common+apart || shade < common-apart {
			standOut += count
		}
	}
	return common != 0 && standOut >= enough, nil
}
