package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// table prints its rows as they are measured.
type table struct {
	out    io.Writer
	missed int
	err    error // of printing, the first one
}

func (t *table) print(layout string, values ...any) {
	if _, err := fmt.Fprintf(t.out, layout, values...); err != nil && t.err == nil {
		t.err = err
	}
}

const layout = "%-58s %12s %12s %9s  %-18s %s\n"

func (t *table) head() {
	t.print(layout, "what", "baseline", "Canopy", "ratio", "goal", "met?")
}

// row prints one comparison; ratio is Canopy's share of the baseline, or how many times quicker it is.
func (t *table) row(what, baseline, canopy string, ratio float64, goal string, met bool) {
	verdict := "yes"
	if !met {
		verdict = "NO"
		t.missed++
	}
	t.print(layout, what, baseline, canopy, fmt.Sprintf("%.2f×", ratio), goal, verdict)
}

// atMost prints a row whose goal is a share of the baseline.
func (t *table) atMost(what, baseline, canopy string, ratio, limit float64) {
	t.row(what, baseline, canopy, ratio, fmt.Sprintf("≤ %.2f×", limit), ratio <= limit)
}

func (t *table) verdict() error {
	if t.err != nil {
		return t.err
	}
	if t.missed > 0 {
		return fmt.Errorf("%d goals are missed", t.missed)
	}
	return nil
}

func median[T ~int64 | ~float64](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
