package auth

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands wherever a Secret would have been printed.
const redacted = "[redacted]"

// Secret is a string that must not be seen: a client secret, a private key, a
// token. It prints as "[redacted]" with every verb of fmt, in JSON, in text
// and in slog. Only Reveal gives the value.
//
// Printing a struct reaches the methods of its exported fields only, so a
// Secret in an unexported field belongs behind a pointer. The verbs %p and %w
// fit no string; fmt answers them without asking any method, and go vet
// refuses them.
type Secret string

// Reveal gives the value. Call it where the value is sent or kept, nowhere else.
func (s Secret) Reveal() string { return string(s) }

// String implements fmt.Stringer.
func (s Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb, width or flag shows the value.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // fmt ignores it as well
}

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
