package auth

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
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
	hint, _ := hintAt(err)
	p := &problem{
		text:  fmt.Sprintf("%s could not be reached (%s); %s", host, clean(err.Error(), 300, secrets...), hint),
		kinds: []error{ErrOffline},
	}
	for _, kind := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, kind) {
			p.kinds = append(p.kinds, kind)
		}
	}
	return p
}

const proxyAdvice = "the proxy wants a name and a password: put them into HTTPS_PROXY"

// hintAt says what helps against a cause. special is false where there is
// nothing to say but the usual.
func hintAt(err error) (hint string, special bool) {
	var (
		unknown  x509.UnknownAuthorityError
		otherTLS x509.HostnameError
		invalid  x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &unknown):
		return "if your network inspects TLS, give its certificate as the CA file in the settings", true
	case errors.As(err, &otherTLS):
		return "its certificate is for another name; check the address in the settings, and the proxy", true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate is not valid today; check this computer's clock", true
	case errors.Is(err, http.ErrSchemeMismatch):
		return "something in between does not speak TLS; check the address in the settings, and the proxy", true
	case strings.HasSuffix(err.Error(), http.StatusText(http.StatusProxyAuthRequired)): // net/http has no type for it
		return proxyAdvice, true
	}
	return "check the network and try again", false
}

// explained adds to an error of a request to an API host what the caller could
// not find out: what to do about a certificate or a proxy.
func explained(host string, err error) error {
	var known *problem
	if _, special := hintAt(err); !special || errors.As(err, &known) {
		return err
	}
	p := unreachable(host, err)
	return &problem{text: p.Error(), kinds: []error{p, err}}
}
