package api

import (
	"fmt"
	"net/http"
)

// answer is a JSON object that a host gave, with where it came from, so that
// whoever finds it wrong can say so.
type answer struct {
	value
	from *Error // what an error about this answer begins with
}

// malformed returns the error for an answer that is JSON, but not as expected.
func (a answer) malformed(what string) error {
	e := *a.from
	e.Err = fmt.Errorf("%w: %s", ErrMalformed, what)
	return &e
}

func isSuccess(status int) bool {
	return status >= http.StatusOK && status < http.StatusMultipleChoices
}
