package ui

import (
	"context"
	"io"
	"testing"
	"time"

	"canopy/auth"
)

// These look inside the package: what they are about cannot be brought about from outside in every
// form that matters.

// ShowExport opens the dialog for tests, which bring contents that no page has: ones that stop
// half-way, and ones that never end.
func (w *Window) ShowExport(title, fileName string, write func(context.Context, io.Writer, func(done, total int)) error) {
	w.showExport(title, fileName, write)
}

func TestDurationsAndSizesAreShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "<1 ms", 499 * time.Microsecond: "<1 ms", 500 * time.Microsecond: "1 ms", 120 * time.Millisecond: "120 ms",
		999 * time.Millisecond: "999 ms", time.Second: "1.0 s", 12340 * time.Millisecond: "12.3 s", 90 * time.Second: "1.5 min",
	} {
		if got := took(d); got != want {
			t.Errorf("%v is said as %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0 B", 214: "214 B", 999: "999 B", 1000: "1.0 kB", 3890: "3.9 kB", 14_200: "14 kB", 999_499: "999 kB", 999_500: "1.0 MB", 1 << 40: "1100 GB",
	} {
		if got := size(n); got != want {
			t.Errorf("%d bytes are said as %q, want %q", n, got, want)
		}
	}
}

// TestAHostIsSaidShortlyOnlyWhereThatIsCertain guards against a name that stands for another host.
func TestAHostIsSaidShortlyOnlyWhereThatIsCertain(t *testing.T) {
	rows := requests{hosts: hostNames(
		auth.Environment{IAM: "https://iam.tidbapi.com", Serverless: "https://serverless.tidbapi.com", TokenEndpoint: "https://oauth.tidbcloud.com/v1/token"},
		auth.Environment{IAM: "https://one.example/iam", Serverless: "https://one.example/serverless", Dedicated: ":"})}
	for host, want := range map[string]string{
		"iam.tidbapi.com":              "iam…",
		"oauth.tidbcloud.com":          "oauth…",
		"one.example":                  "one.example",
		"iam.tidbapi.com.evil.example": "iam.tidbapi.com.evil.example",
		"iam.evil.example":             "iam.evil.example",
		"":                             "–",
	} {
		if got := rows.host(host); got != want {
			t.Errorf("%q is said as %q, want %q", host, got, want)
		}
	}
}
