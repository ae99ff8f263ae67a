package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
)

// oauthError is an error answer of the authorization server (RFC 6749 §5.2).
type oauthError struct {
	status            int
	code, description string
}

func (e *oauthError) Error() string { return e.code + ": " + e.description }

// refusal is an error answer with the usual status 400.
func refusal(code, description string) *oauthError {
	return &oauthError{http.StatusBadRequest, code, description}
}

// writeOAuthError answers err, or server_error when err is none of ours.
func writeOAuthError(w http.ResponseWriter, err error) {
	e, ours := errors.AsType[*oauthError](err)
	if !ours {
		e = &oauthError{http.StatusInternalServerError, "server_error", "the sandbox could not answer; try again"}
	}
	writeJSON(w, e.status, map[string]string{"error": e.code, "error_description": e.description})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		// Only a fault's argument can be no JSON, and those are checked when set.
		http.Error(w, "the sandbox could not write its answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}

// noStore marks an answer that carries or concerns a secret (RFC 6749 §5.1).
func noStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
}
