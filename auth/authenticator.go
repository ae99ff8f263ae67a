package auth

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Config is what an Authenticator is made of. Grants is needed, and Store or
// Session; the zero value of every other field works.
type Config struct {
	Environments []Environment
	Grants       *Grants
	Store        Store
	Session      Store                                       // used when Store is absent and the user chose "this session only"; nil: never
	HTTP         *http.Client                                // nil: the system's proxy and roots, 30 s
	Open         func(ctx context.Context, url string) error // nil: OpenBrowser
	Now          func() time.Time                            // nil: time.Now
	// Wait returns after d, or earlier with the context's error. nil: a timer.
	Wait   func(ctx context.Context, d time.Duration) error
	Rand   io.Reader                                           // nil: crypto/rand
	Listen func(network, address string) (net.Listener, error) // nil: net.Listen
	Page   func(PageView) []byte                               // what the browser shows at the end; nil: DefaultPage
	Log    *slog.Logger                                        // nil: none. Never given a secret
}
