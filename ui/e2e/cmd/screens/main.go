// Screens takes a picture of every state of every screen of Canopy, in light and in dark, from real windows on virtual
// displays. What there is to see, how one gets there and what must be on the screen then stands in one table, the chapters
// in the files beside this one; a picture of anything else is a failure. The pictures are NAME-light.png and NAME-dark.png;
// index.html shows them side by side.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	var t tour
	flag.StringVar(&t.canopy, "canopy", "build/e2e/canopy-probe", "the program `file`, built with the tag probe")
	flag.StringVar(&t.out, "out", "build/screens", "`folder` for the pictures; what an earlier run left there is removed")
	flag.IntVar(&t.jobs, "jobs", 3, "chapters at a time")
	only := flag.String("only", "", "take only these `chapters`, separated by commas, and leave the other pictures alone")
	list := flag.Bool("list", false, "say what there is and take no picture")
	limit := flag.Duration("limit", 10*time.Minute, "give up after this long")
	flag.Parse()
	t.chapters = chapters()
	if *list {
		contents(t.chapters)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, *limit)
	err := t.take(ctx, *only)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

// take makes the pictures and the page that shows them.
func (t *tour) take(ctx context.Context, only string) error {
	if err := unique(t.chapters); err != nil {
		return err
	}
	all := t.chapters
	if only != "" {
		names := strings.Split(only, ",")
		t.chapters = slices.DeleteFunc(slices.Clone(all), func(c chapter) bool { return !slices.Contains(names, c.name) })
		if len(t.chapters) != len(names) {
			return fmt.Errorf("not all of %q are chapters; -list names them", only)
		}
	} else if err := t.clear(); err != nil {
		return err
	}
	begin := time.Now()
	err := t.run(ctx)
	if indexErr := writeIndex(filepath.Join(t.out, "index.html"), t.out, all); indexErr != nil {
		return errors.Join(err, indexErr)
	}
	if err != nil {
		return fmt.Errorf("%w\nlogs, and what was on the screen instead, are in %s", err, filepath.Join(t.out, "logs"))
	}
	fmt.Printf("%d pictures in %s took %v; index.html shows them.\n", t.taken, t.out, time.Since(begin).Round(time.Second))
	return nil
}

// clear removes what an earlier run has left, so that no picture outlives its screen.
func (t *tour) clear() error {
	old, err := filepath.Glob(filepath.Join(t.out, "*.[ph][nt][gm]*"))
	if err != nil {
		return err
	}
	for _, file := range append(old, filepath.Join(t.out, "logs")) {
		if err := os.RemoveAll(file); err != nil {
			return err
		}
	}
	return nil
}

// unique makes sure that no picture overwrites another.
func unique(chapters []chapter) error {
	seen := map[string]string{}
	for _, c := range chapters {
		for _, s := range c.shots {
			if other, twice := seen[s.name]; twice {
				return fmt.Errorf("the chapters %s and %s both take a picture called %s", other, c.name, s.name)
			}
			seen[s.name] = c.name
		}
	}
	return nil
}

// contents lists the table.
func contents(chapters []chapter) {
	for _, c := range chapters {
		fmt.Println(c.name)
		for _, s := range c.shots {
			fmt.Printf("  %-28s %s\n", s.name, s.about)
		}
	}
}
