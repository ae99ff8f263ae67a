// Firsttext measures how long Canopy takes from its start to the first text on the screen, beside a bare Fyne window,
// both the same way and in turns, and fails when Canopy takes more than its share.
package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"canopy/ui/e2e"
)

func main() {
	canopy := flag.String("canopy", "build/bench/canopy", "the program `file`")
	bare := flag.String("bare", "build/bench/bare", "the bare window's program `file`")
	runs := flag.Int("runs", 9, "warm runs of each")
	limit := flag.Float64("limit", 1.5, "the most that Canopy may take, in bare windows")
	out := flag.String("out", "build/bench", "`folder` for logs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *canopy, *bare, *out, *runs, *limit)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, canopy, bare, out string, runs int, limit float64) (err error) {
	if err := sameBuild(canopy, bare); err != nil {
		return err
	}
	desk, err := e2e.Open(ctx, e2e.Options{Canopy: canopy, Out: out, NoManager: true, Size: image.Pt(1280, 800)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.Close()) }()
	bare, err = filepath.Abs(bare)
	if err != nil {
		return err
	}
	programs := []struct {
		name  string
		args  []string
		taken []time.Duration
	}{
		{name: "bare window", args: []string{bare}},
		{name: "canopy", args: []string{desk.Canopy}},
	}
	for n := range runs + 1 {
		for i := range programs {
			taken, err := desk.FirstText(ctx, fmt.Sprintf("first-text-%d", i), programs[i].args...)
			if err != nil {
				return err
			}
			if n > 0 { // the first run of each only warms the page cache and Mesa's shaders
				programs[i].taken = append(programs[i].taken, taken)
			}
		}
	}
	fmt.Printf("From start to first text, %d warm runs of each in turns, software GL:\n\n", runs)
	fmt.Printf("%-12s %8s %8s %8s\n", "", "median", "least", "most")
	for i := range programs {
		taken := programs[i].taken
		slices.Sort(taken)
		fmt.Printf("%-12s %5d ms %5d ms %5d ms\n", programs[i].name,
			median(taken).Milliseconds(), taken[0].Milliseconds(), taken[len(taken)-1].Milliseconds())
	}
	ratio := float64(median(programs[1].taken)) / float64(median(programs[0].taken))
	fmt.Printf("\nratio of medians: %.2f (at most %.2f)\n", ratio, limit)
	if ratio > limit {
		return fmt.Errorf("canopy takes %.2f times as long as a bare window; at most %.2f is allowed", ratio, limit)
	}
	return nil
}

func median(sorted []time.Duration) time.Duration { return sorted[len(sorted)/2] }

// sameBuild makes sure that the two programs differ in nothing but themselves.
func sameBuild(a, b string) error {
	var facts [2]map[string]string
	for i, file := range []string{a, b} {
		info, err := buildinfo.ReadFile(file)
		if err != nil {
			return err
		}
		facts[i] = map[string]string{"Go": info.GoVersion}
		for _, dep := range info.Deps {
			if dep.Path == "fyne.io/fyne/v2" {
				facts[i]["Fyne"] = dep.Version
			}
		}
		for _, s := range info.Settings {
			if s.Key == "-tags" || s.Key == "-ldflags" || s.Key == "-race" {
				facts[i][s.Key] = s.Value
			}
		}
	}
	for _, key := range []string{"Go", "Fyne", "-tags", "-ldflags", "-race"} {
		if facts[0][key] != facts[1][key] {
			return fmt.Errorf("the programs are not alike: %s is %q in %s and %q in %s", key, facts[0][key], a, facts[1][key], b)
		}
	}
	return nil
}
