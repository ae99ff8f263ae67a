package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// problem is an error with a sentence of its own that still is what its kinds are.
type problem struct {
	text  string
	kinds []error
}

func (p *problem) Error() string   { return p.text }
func (p *problem) Unwrap() []error { return p.kinds }

func newProblem(kind error, format string, args ...any) error {
	return &problem{text: fmt.Sprintf(format, args...), kinds: []error{kind}}
}

// also adds a kind to an error and keeps its sentence.
func also(err, kind error) error {
	if errors.Is(err, kind) {
		return err
	}
	return &problem{text: err.Error(), kinds: []error{err, kind}}
}

// ended turns the end of a context into the end of an attempt.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return ErrCancelled
}

// clean is what may be shown of a text that came from outside: one line, no
// control or direction marks, not long, and nothing in it of any secret. A
// server that echoes a request, whole or in part, loses all of its text.
func clean(text string, limit int, secrets ...string) string {
	for _, secret := range secrets {
		if reveals(text, secret) {
			return redacted
		}
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return strings.TrimSpace(text)
}

// window is how many characters of a secret in a row are too many.
const window = 10

// reveals reports whether a text holds a piece of a secret, plain or escaped.
func reveals(text, secret string) bool {
	if secret == "" {
		return false
	}
	for _, form := range []string{secret, url.QueryEscape(secret)} {
		if len(form) <= window {
			if strings.Contains(text, form) {
				return true
			}
			continue
		}
		for i := 0; i+window <= len(form); i++ {
			if strings.Contains(text, form[i:i+window]) {
				return true
			}
		}
	}
	return false
}

// unreachable names the host and the cause of a request without an answer. The
// address of the request is left out, and so is a cause that holds a secret: a
// malformed answer is quoted by net/http.
func unreachable(host string, err error, secrets ...string) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	p := &problem{
		text:  fmt.Sprintf("%s could not be reached (%s); check the network and try again", host, clean(err.Error(), 200, secrets...)),
		kinds: []error{ErrOffline},
	}
	for _, kind := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, kind) {
			p.kinds = append(p.kinds, kind)
		}
	}
	return p
}
