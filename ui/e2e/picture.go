package e2e

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"time"
)

// Picture saves what the screen shows of the window as NAME.png.
func (a *App) Picture(ctx context.Context, name string) error {
	if err := errors.Join(a.desktop.Display.raise(ctx, a.window), a.Settle(ctx)); err != nil {
		return err
	}
	img, err := a.capture()
	if err != nil {
		return err
	}
	return savePNG(filepath.Join(a.desktop.Out, name+".png"), img)
}

// Portrait saves what the screen shows of the window once nothing moves any more, with the pointer out of the way.
func (a *App) Portrait(ctx context.Context, path string) error {
	size, err := a.Size(ctx)
	if err != nil {
		return err
	}
	if err := a.point(ctx, image.Pt(size.X-2, size.Y-2)); err != nil { // the status bar's end, where nothing lights up
		return err
	}
	img, err := a.stillness(ctx)
	if err != nil {
		return err
	}
	return savePNG(path, img)
}

// stillness captures the window until two pictures in a row are the same. What never stands still, such as a blinking
// caret, is taken as it comes.
func (a *App) stillness(ctx context.Context) (last *image.RGBA, err error) {
	const tries, pause = 12, 40 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for range tries {
		if err := a.Settle(ctx); err != nil {
			return nil, err
		}
		now, err := a.capture()
		if err != nil {
			return nil, err
		}
		if last != nil && bytes.Equal(last.Pix, now.Pix) {
			return now, nil
		}
		last = now
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return last, nil
}

// capture takes a picture of the window's inside as it is now.
func (a *App) capture() (*image.RGBA, error) {
	place, err := a.desktop.Display.place(a.window)
	if err != nil {
		return nil, err
	}
	return a.desktop.Display.capture(place)
}

// Portrait saves the page as a picture in the light or dark of a person who prefers that (prefers-color-scheme).
func (p *Page) Portrait(path, scheme string) error {
	if err := p.prefer(scheme); err != nil {
		return err
	}
	img, err := p.screenshot()
	if err != nil {
		return err
	}
	return os.WriteFile(path, img, 0o644)
}
