package auth

import (
	"context"
	"errors"

	"canopy/auth/internal/keychain"
)

// The ways in which signing in, renewing and leaving can fail. Errors of this
// package wrap one of them; test with errors.Is. Their text never holds a
// token, a code, a verifier or a key.
var (
	// ErrDenied: the user chose not to allow it (RFC 6749 §4.1.2.1, access_denied).
	ErrDenied = errors.New("access was not allowed; start again when you want to allow it")
	// ErrTimeout: no answer came before the attempt's deadline.
	ErrTimeout = errors.New("no answer came in time; start again")
	// ErrCancelled: the caller ended the attempt. It wraps context.Canceled.
	ErrCancelled error = cancelledError{}
	// ErrNoLoopback: no address on the loopback could be bound (RFC 8252 §7.3).
	ErrNoLoopback = errors.New("no loopback port could be opened for the browser's answer; sign in with a device code")
	// ErrServer: the authorization server answered with an error or not at all sensibly.
	ErrServer = errors.New("the sign-in server answered with an error; try again later")
	// ErrUntrusted: an answer or a setting failed a check that protects the
	// user: iss (RFC 9207), metadata (RFC 8414), S256, https, another host.
	ErrUntrusted = errors.New("the sign-in server cannot be trusted; check the environment's settings")
	// ErrSignInAgain: the server ended the grant (RFC 6749 §5.2, invalid_grant), or its credential is gone.
	ErrSignInAgain = errors.New("this grant has ended; sign in again")
	// ErrOffline: the grant could not be renewed now. It is still there.
	ErrOffline = errors.New("the sign-in server could not be reached; it is tried again with the next request")
	// ErrNoClientID: the environment has no OAuth client id (facts: TiDB Cloud gives them to partners only).
	ErrNoClientID = errors.New("no client id is set; set one in the settings, or use an API key or the sandbox")
	// ErrNoClientSecret: the environment's client secret is not in the keyring, where it should be.
	ErrNoClientSecret = errors.New("its client secret is not in the keyring; enter it in the settings")
	// ErrInProgress: the same sign-in is already under way.
	ErrInProgress = errors.New("this sign-in is already under way; finish or cancel it first")

	// ErrNotFound: there is no such grant, environment or record.
	ErrNotFound = keychain.ErrNotFound
	// ErrPassphrase: the passphrase of a PassphraseFile is wrong or missing.
	ErrPassphrase = errors.New("the passphrase is not the right one; try again")
	// ErrKeyringAbsent: this system offers no keyring.
	ErrKeyringAbsent = keychain.ErrAbsent
	// ErrKeyringLocked: the keyring is locked, or unlocking it was dismissed.
	ErrKeyringLocked = keychain.ErrLocked
	// ErrKeyringSlow: the keyring did not answer within three seconds.
	ErrKeyringSlow = keychain.ErrSlow
	// ErrKeyringTooBig: the record is too big for the keyring.
	ErrKeyringTooBig = keychain.ErrTooBig
	// ErrKeyringDenied: the keyring refused the call.
	ErrKeyringDenied = keychain.ErrDenied
)

// cancelledError is ErrCancelled: a sentence of its own that is still a context.Canceled.
type cancelledError struct{}

func (cancelledError) Error() string {
	return "the sign-in was cancelled; start again when you are ready"
}

func (cancelledError) Is(target error) bool {
	_, same := target.(cancelledError)
	return same
}

func (cancelledError) Unwrap() error { return context.Canceled }
