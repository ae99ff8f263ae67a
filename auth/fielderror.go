package auth

import "fmt"

// FieldError says which field of an Environment is wrong, for those who show
// where it was written.
type FieldError struct {
	Environment string
	Field       string // its name in Environment, such as TokenEndpoint
	Err         error  // what is wrong with it, and what to do
}

// Error implements error.
func (e *FieldError) Error() string {
	return fmt.Sprintf("environment %q: %s %v", e.Environment, e.Field, e.Err)
}

// Unwrap lets errors.Is see what is wrong.
func (e *FieldError) Unwrap() error { return e.Err }
