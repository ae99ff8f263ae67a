package keychain

import "errors"

// What a keyring can answer. Each asks something else of the user.
var (
	ErrNotFound = errors.New("not found; it may have been removed meanwhile")
	ErrAbsent   = errors.New("this system has no keyring that answers; keep the credential for this session only, or install one")
	ErrLocked   = errors.New("the keyring is locked; unlock it and try again")
	ErrSlow     = errors.New("the keyring did not answer in time; see whether it asks for a password, then try again")
	ErrTooBig   = errors.New("the record is too big for the keyring; keep the credential for this session only")
	ErrDenied   = errors.New("the keyring refused; allow Canopy to use it and try again")
)
