//go:build probe

package probe

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"time"

	"fyne.io/fyne/v2"
)

// patience is how long the UI goroutine may take to answer before the question is given up. A race build on a machine
// that has much else to do can be slow.
const patience = 20 * time.Second

// Serve answers questions about w on the unix socket that CANOPY_PROBE names, until the process ends. It returns at once,
// and does nothing when the variable is not set.
func Serve(w fyne.Window) {
	path := os.Getenv("CANOPY_PROBE")
	if path == "" {
		return
	}
	if err := serve(w, path); err != nil {
		fyne.LogError("The probe cannot listen", err)
	}
}

func serve(w fyne.Window, path string) error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "unix", path)
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil { //nolint:gosec // the path is the tester's own choice, and only in test builds
		return err
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go converse(w, conn)
		}
	}()
	return nil
}

func converse(w fyne.Window, conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	out := json.NewEncoder(conn)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		answer, err := ask(w, lines.Text())
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		if out.Encode(answer) != nil {
			return
		}
	}
}

// ask carries a question to the UI goroutine and its answer back.
func ask(w fyne.Window, question string) (any, error) {
	answer := make(chan any, 1) // room for one, so that a late answer blocks nobody
	switch question {
	case "dump":
		fyne.Do(func() { answer <- dump(w.Canvas()) })
	case "title":
		fyne.Do(func() { answer <- map[string]string{"title": w.Title()} })
	case "size":
		fyne.Do(func() {
			size := w.Canvas().Size()
			width, height := w.Canvas().PixelCoordinateForPosition(fyne.NewPos(size.Width, size.Height))
			answer <- map[string]int{"w": width, "h": height}
		})
	case "settle":
		turn(func() { turn(func() { answer <- map[string]bool{"settled": true} }) })
	default:
		return nil, fmt.Errorf("no such question: %q", question)
	}
	select {
	case a := <-answer:
		return a, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("the UI goroutine did not answer %q within %v", question, patience)
	}
}

// turn calls then when the event loop has read its input once more. Animations are what the toolkit moves right after
// reading input, so one that is over at its first step marks the moment.
func turn(then func()) {
	fyne.Do(func() {
		fyne.NewAnimation(0, func(float32) { then() }).Start()
	})
}
