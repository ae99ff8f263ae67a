package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestMain lets the test binary be the sandbox that it starts.
func TestMain(m *testing.M) {
	for _, arg := range os.Args[1:] {
		if arg == "-serve" {
			main()
			return
		}
	}
	os.Exit(m.Run())
}

// TestTheTableIsComplete measures a small organization. What comes out says
// nothing of a large one; that everything is measured, and that both ways read
// and find the same, is what is tested.
func TestTheTableIsComplete(t *testing.T) {
	var out bytes.Buffer
	err := start(t.Context(), nil, &out, options{clusters: 300, rounds: 1}, false)
	if err != nil && !strings.Contains(err.Error(), "missed") {
		t.Fatal(err)
	}
	for _, row := range []string{
		`(?m)^reading 300 clusters +[0-9.]+ ms +[0-9.]+ ms +[0-9.]+×  ≤ 0.80× +(yes|NO)$`,
		`(?m)^memory kept per cluster .* ≤ 0.60× +(yes|NO)$`,
		`(?m)^keystroke to matches: paym .* ≤ 8 ms, ≥ 10× +(yes|NO)$`,
	} {
		if !regexp.MustCompile(row).MatchString(out.String()) {
			t.Errorf("no row like %s in\n%s", row, out.String())
		}
	}
	if missed := strings.Count(out.String(), "NO\n") > 0; missed != (err != nil) {
		t.Errorf("it ended with %v after\n%s", err, out.String())
	}
}

func TestAServerThatDoesNotAnswerIsAnError(t *testing.T) {
	if err := serve(strings.NewReader(""), new(bytes.Buffer), -1); err == nil {
		t.Error("a sandbox of -1 clusters has started")
	}
	if _, err := startServer(t.Context(), -1); err == nil {
		t.Error("nor can it be used")
	}
}
