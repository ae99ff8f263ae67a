package auth

import (
	"context"

	"canopy/auth/internal/opener"
)

// OpenBrowser opens an address in the user's browser: $BROWSER where it is
// set, wslview under WSL, else what github.com/pkg/browser finds. Only https
// and loopback http addresses are opened.
//
// It watches the opener for three seconds: a failure in that time is an error,
// an opener that still runs has become the browser. Its output is dropped, and
// it is not ended with ctx: ctx ends the watching only.
func OpenBrowser(ctx context.Context, url string) error {
	if err := checkAddress(url); err != nil {
		return err
	}
	return opener.System().Open(ctx, url)
}
