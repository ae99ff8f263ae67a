package e2e

import (
	"context"
	"errors"
	"image"
)

// still waits for an object that can be pressed: there, not disabled, and not moving.
func (a *App) still(ctx context.Context, match Match) (Object, error) {
	var last Object
	err := until(ctx, "something to press", func() error {
		objects, err := a.Dump(ctx)
		if err != nil {
			return err
		}
		o, ok := Find(objects, match)
		if !ok || o.Disabled {
			return pending(Words(objects))
		}
		if o == last {
			return nil
		}
		last = o
		if err := a.Settle(ctx); err != nil {
			return err
		}
		return pending("it moves")
	})
	return last, err
}

// Click presses the left button in the middle of the object that matches.
func (a *App) Click(ctx context.Context, match Match) error { return a.press(ctx, match, 1) }

// ClickRight presses the right button in the middle of the object that matches.
func (a *App) ClickRight(ctx context.Context, match Match) error { return a.press(ctx, match, 3) }

func (a *App) press(ctx context.Context, match Match, button byte) error {
	o, err := a.still(ctx, match)
	if err != nil {
		return err
	}
	return a.pressAt(ctx, image.Pt(o.X+o.W/2, o.Y+o.H/2), button)
}

// DoubleClick presses the left button twice, as fast as a display takes it, in the middle of the object that matches.
func (a *App) DoubleClick(ctx context.Context, match Match) error {
	o, err := a.still(ctx, match)
	if err != nil {
		return err
	}
	if err := a.point(ctx, image.Pt(o.X+o.W/2, o.Y+o.H/2)); err != nil {
		return err
	}
	for _, down := range []bool{true, false, true, false} {
		if err := a.desktop.Display.button(1, down); err != nil {
			return err
		}
	}
	return a.Settle(ctx)
}

// ClickAt presses the left button at a point of the window.
func (a *App) ClickAt(ctx context.Context, at image.Point) error { return a.pressAt(ctx, at, 1) }

func (a *App) pressAt(ctx context.Context, at image.Point, button byte) error {
	if err := a.point(ctx, at); err != nil {
		return err
	}
	for _, down := range []bool{true, false} {
		if err := a.desktop.Display.button(button, down); err != nil {
			return err
		}
		if err := a.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// point brings the window to the front and the pointer to a point of it, and waits until the window knows.
func (a *App) point(ctx context.Context, at image.Point) error {
	d := a.desktop.Display
	if err := d.raise(ctx, a.window); err != nil {
		return err
	}
	place, err := d.place(a.window)
	if err != nil {
		return err
	}
	if err := d.move(ctx, place.Min.Add(at)); err != nil {
		return err
	}
	return a.Settle(ctx)
}

// Scroll turns the wheel over the object that matches; clicks are down when positive, up when negative.
func (a *App) Scroll(ctx context.Context, match Match, clicks int) error {
	o, err := a.still(ctx, match)
	if err != nil {
		return err
	}
	if err := a.point(ctx, image.Pt(o.X+o.W/2, o.Y+o.H/2)); err != nil {
		return err
	}
	button := byte(5)
	if clicks < 0 {
		button, clicks = 4, -clicks
	}
	for range clicks {
		err := errors.Join(a.desktop.Display.button(button, true), a.desktop.Display.button(button, false))
		if err != nil {
			return err
		}
	}
	return a.Settle(ctx)
}

// Press strikes keys one after the other, such as "Tab" or "Control+l".
func (a *App) Press(ctx context.Context, chords ...string) error {
	if err := a.desktop.Display.raise(ctx, a.window); err != nil {
		return err
	}
	for _, chord := range chords {
		if err := a.desktop.Display.press(chord); err != nil {
			return err
		}
		if err := a.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Type types a text into what has the focus.
func (a *App) Type(ctx context.Context, text string) error {
	if err := a.desktop.Display.raise(ctx, a.window); err != nil {
		return err
	}
	for _, r := range text {
		if err := a.desktop.Display.press(string(r)); err != nil {
			return err
		}
	}
	return a.Settle(ctx)
}
