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

// BrowserDoubt says why the browser that opens here may not reach the
// loopback: "ssh", "container", "wsl" or "no display". Then a device code is
// worth offering beside the browser; it is never taken instead of it. "" means
// that nothing speaks against the browser.
func BrowserDoubt() string { return opener.System().Doubt() }
