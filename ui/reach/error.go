package reach

import (
	"fmt"
	"net/http"
	"strings"

	"canopy/activity"
)

// RequestError is a recorded request as the reason why a host does not accept a grant.
type RequestError struct{ Request activity.Request }

// Error says what was asked, what came of it, and what to quote.
func (e *RequestError) Error() string {
	r := e.Request
	said := r.Problem
	if r.Status != 0 && r.Status != http.StatusOK {
		said = fmt.Sprintf("%d %s", r.Status, strings.ToLower(http.StatusText(r.Status)))
	}
	text := fmt.Sprintf("%s %s from %s: %s", r.Method, r.Path, r.Host, said)
	if r.TraceID != "" {
		text += " (trace id " + r.TraceID + ")"
	}
	return text + "; " + advice(r.Status)
}

func advice(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "this host does not take this sign-in, while others may"
	case 0:
		return "check the network and try again"
	}
	return "try again later"
}
