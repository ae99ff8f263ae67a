// Measure prints how quick and how small the inventory of a large organization is, each figure beside that of the
// plainest way to do the same, taken in turns in one run against one sandbox:
//
//	go run ./api/inventory/measure
//
// What is measured is said in plain.go, reading.go and searching.go. Every time is the median of the rounds. The figures
// of two machines, or of two runs, are not to be compared: the ratios are.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"canopy/api/sandbox"
)

// options say what is measured.
type options struct {
	clusters, rounds int
}

func main() {
	var o options
	flag.IntVar(&o.clusters, "clusters", 100_000, "clusters of the organization")
	flag.IntVar(&o.rounds, "rounds", 7, "how often each thing is measured; what counts is the median")
	serves := flag.Bool("serve", false, "be the sandbox of another measure, until its standard input ends")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := start(ctx, os.Stdin, os.Stdout, o, *serves)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, in io.Reader, out io.Writer, o options, serves bool) error {
	if serves {
		return serve(in, out, o.clusters)
	}
	return run(ctx, out, o)
}

// run measures and prints the table. A goal that is missed is an error.
func run(ctx context.Context, out io.Writer, o options) (err error) {
	// The sandbox is a process of its own, so that its rows and its garbage are not counted as anybody's.
	server, err := startServer(ctx, o.clusters)
	if err != nil {
		return err
	}
	defer server.stop()
	who, err := server.signIn(ctx)
	if err != nil {
		return err
	}
	t := table{out: out}
	t.print("An organization of %d clusters, medians of %d:\n\n", o.clusters, o.rounds)
	t.head()
	snapshot, err := measureReading(ctx, &t, who, o)
	if err != nil {
		return err
	}
	if err := measureSearching(&t, snapshot, o); err != nil {
		return err
	}
	return t.verdict()
}

// who is where the sandbox is and the token of somebody who sees all of the organization.
type who struct {
	sandbox.Endpoints
	token string
}
