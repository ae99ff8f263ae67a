package api

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode"
)

// judge decides what an answer is: an object, or an error. Failure is what an
// error begins with.
func judge(response *http.Response, body []byte, failure *Error) (answer, *Error) {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	secret := bearerOf(response)
	d, isObject := parse(text)
	if isSuccess(response.StatusCode) && isObject {
		a := answer{value: d.root(), from: failure}
		if code, message := a.refusal(); message != "" {
			failure.Code, failure.Message = clean(conceal(code, secret), 64), scrub(message, secret)
			failure.Err = fmt.Errorf("%w: a refusal with status %d", ErrMalformed, response.StatusCode)
			return answer{}, failure
		}
		return a, nil
	}
	switch {
	case isSuccess(response.StatusCode), response.StatusCode < 400:
		failure.Err = fmt.Errorf("%w: %s", ErrMalformed, describe(response, text, secret))
	case isObject:
		code, message := envelope(d.root())
		failure.Code, failure.Message = clean(conceal(code, secret), 64), scrub(message, secret)
	case len(text) > 0:
		// A gateway in front of the API answers in HTML or plain text.
		failure.Message = describe(response, text, secret)
	}
	return answer{}, failure
}

// refusal recognises an error envelope that came with a status of success: it
// has a code and a message and nothing a list or an organization has.
func (a answer) refusal() (code, message string) {
	for name := range a.fields() {
		switch name {
		case "code", "message", "details", "error", "msgPrefix", "status":
		default:
			return "", ""
		}
	}
	return envelope(a.value)
}

// envelope reads the two shapes of errors: {code, message, details} of
// serverless and dedicated (google.rpc.Status, though code may be a TiDB
// Cloud number), and {code, error, msgPrefix, status} of IAM, whose error may
// be anything. OAuth's {error, error_description} is read as well, in case
// the credential is refused before the API is reached.
func envelope(v value) (code, message string) {
	var prefix, cause string
	for name, member := range v.fields() {
		switch name {
		case "code":
			code = member.text()
		case "message":
			message = member.text()
		case "msgPrefix":
			prefix = member.text()
		case "error":
			cause = member.text()
			if member.isObject() {
				if inner, text := envelope(member); text != "" {
					code, cause = either(code, inner), text
				}
			} else if member.isArray() {
				cause = member.json()
			}
		case "errorDescription":
			prefix, cause = either(cause, prefix), member.text()
		}
	}
	if message == "" {
		message = strings.Trim(prefix+": "+cause, ": ")
	}
	return code, message
}

// describe says what came instead of JSON: its type, its beginning, and
// nothing more, since nobody knows what is in it.
func describe(response *http.Response, text []byte, secret string) string {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind == "" {
		kind = "an unknown type"
	}
	if len(text) == 0 {
		return fmt.Sprintf("%s answered with an empty body", response.Request.URL.Host)
	}
	if len(text) > 4096 {
		text = text[:4096]
	}
	return fmt.Sprintf("%s answered with %s that begins %q",
		response.Request.URL.Host, clean(kind, 60), clean(conceal(string(text), secret), 60))
}

// scrub makes what a host said fit to be shown.
func scrub(message, secret string) string { return clean(conceal(message, secret), 300) }

// conceal takes credentials out of a text, should a host repeat the one it
// was sent.
func conceal(text, secret string) string {
	if secret != "" {
		text = strings.ReplaceAll(text, secret, "[redacted]")
	}
	words := strings.Fields(text)
	for i, word := range words {
		if strings.Contains(word, "ticloud_oa_") || i > 0 && strings.EqualFold(words[i-1], "Bearer") {
			words[i] = "[redacted]"
		}
	}
	return strings.Join(words, " ")
}

// bearerOf returns the credential the request was sent with. The transport
// adds it, and the answer knows the request as it was sent.
func bearerOf(response *http.Response) string {
	_, credential, _ := strings.Cut(response.Request.Header.Get("Authorization"), " ")
	return credential
}

// clean removes what could mislead or break a line: control characters,
// invisible and bidirectional marks, runs of space; and cuts the rest.
func clean(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return strings.Clone(text) // not the answer it was cut from, which may be large
}
