package auth

import (
	"context"
	"fmt"
	"strings"

	"canopy/auth/internal/opener"
)

// OpenBrowser opens an address in the user's browser: $BROWSER where it is
// set, wslview under WSL, else what the system has. Only https and loopback http
// addresses are opened. The browser inherits none of the CANOPY_ variables,
// except on Windows, where github.com/pkg/browser opens it.
//
// It watches the opener for three seconds: a failure in that time is an error,
// an opener that still runs has become the browser. Its output is dropped, and
// it is not ended with ctx: ctx ends the watching only.
func OpenBrowser(ctx context.Context, url string) error {
	if err := checkAddress(url); err != nil {
		return err
	}
	if i := strings.IndexFunc(url, actsInAShell); i >= 0 {
		return fmt.Errorf("the address holds the character %q, which could act on its way to the browser; open it by hand if you trust it: %w", url[i], ErrUntrusted)
	}
	return opener.System().Open(ctx, url)
}

// actsInAShell reports whether a character of an address could do more than
// name a page. wslview and the like hand addresses to PowerShell; the address
// itself may come from a server. All of them can be percent-encoded, and are
// in every address that Canopy makes.
func actsInAShell(r rune) bool {
	return r <= ' ' || r >= 0x7F || strings.ContainsRune("$`\"'()<>;|\\^{}", r)
}

// BrowserDoubt says why the browser that opens here may not reach the
// loopback: "ssh", "container", "wsl" or "no display". Then a device code is
// worth offering beside the browser; it is never taken instead of it. "" means
// that nothing speaks against the browser.
func BrowserDoubt() string { return opener.System().Doubt() }
