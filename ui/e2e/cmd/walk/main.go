// Walk does Canopy's main job once on a virtual display: it signs in to a sandbox through a real browser, opens the whole
// tree, and leaves a picture of each screen. It prints the tree that it saw and succeeds only if that is the sandbox's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"canopy/ui/e2e"
)

func main() {
	canopy := flag.String("canopy", "build/e2e/canopy-probe", "the program `file`, built with the tag probe")
	out := flag.String("out", "build/run", "`folder` for pictures and logs")
	limit := flag.Duration("limit", 5*time.Minute, "give up after this long")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, *limit)
	err := run(ctx, *canopy, *out)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "walk:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, canopy, out string) (err error) {
	old, err := filepath.Glob(filepath.Join(out, "*.[pjl]*")) // pictures, dumps and logs of the last run
	if err != nil {
		return err
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	desk, err := e2e.Open(ctx, e2e.Options{Canopy: canopy, Out: out})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.Close()) }()
	shown, want, err := desk.Walk(ctx)
	if err != nil {
		return fmt.Errorf("%w\nlogs and pictures are in %s", err, out)
	}
	fmt.Print(shown)
	if d := e2e.Differences(want, shown); len(d) > 0 {
		return fmt.Errorf("the tree on the screen is not the sandbox's (- missing, + too much):\n%s", strings.Join(d, "\n"))
	}
	fmt.Printf("\nThis is the sandbox's tree. The pictures are in %s.\n", out)
	return nil
}
