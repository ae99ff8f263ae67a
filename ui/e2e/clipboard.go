package e2e

import (
	"context"
	"errors"

	"github.com/jezek/xgb/xproto"
)

// Clipboard returns the text on the desktop's clipboard, asked for as any other program would (ICCCM §2.4).
func (d *Display) Clipboard(ctx context.Context) (text string, err error) {
	window, err := xproto.NewWindowId(d.conn)
	if err != nil {
		return "", err
	}
	err = xproto.CreateWindowChecked(d.conn, 0, window, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check()
	if err != nil {
		return "", err
	}
	defer xproto.DestroyWindow(d.conn, window)
	names := []string{"CLIPBOARD", "UTF8_STRING", "CANOPY_E2E"}
	atoms := make([]xproto.Atom, len(names))
	for i, name := range names {
		atom, err := d.atom(name)
		if err != nil {
			return "", err
		}
		atoms[i] = atom
	}
	err = xproto.ConvertSelectionChecked(d.conn, window, atoms[0], atoms[1], atoms[2], xproto.TimeCurrentTime).Check()
	if err != nil {
		return "", err
	}
	err = until(ctx, "the clipboard", func() error {
		event, xerr := d.conn.PollForEvent()
		if xerr != nil {
			return xerr
		}
		answer, ok := event.(xproto.SelectionNotifyEvent)
		if !ok || answer.Requestor != window {
			return pending("no answer")
		}
		if answer.Property == 0 {
			return errors.New("there is no text on it")
		}
		reply, err := xproto.GetProperty(d.conn, true, window, atoms[2], xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
		if err != nil {
			return err
		}
		text = string(reply.Value)
		return nil
	})
	return text, err
}
