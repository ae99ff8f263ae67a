package ui

import (
	"context"
	"errors"
	"net/url"

	"fyne.io/fyne/v2/lang"

	"canopy/api"
	"canopy/auth"
	"canopy/ui/session"
	"canopy/ui/show"
)

// sentence says what went wrong and what to do next, in one breath. The technical text stays
// in the error, for those who fold it out.
func sentence(p session.Problem, env auth.Environment) string {
	if p.Method == auth.MethodAPIKey && errors.Is(p.Err, auth.ErrDenied) {
		return lang.L("{{.Environment}} refused this API key. Check both halves of it, and that it has not been deleted.", with("Environment", show.Name(env.Name)))
	}
	if p.During == session.SigningIn && errors.Is(p.Err, auth.ErrOffline) && !errors.Is(p.Err, auth.ErrPassphrase) {
		return lang.L("{{.Host}} cannot be reached right now. Check your connection and try again; nothing has been kept.", with("Host", hostOf(env.TokenEndpoint)))
	}
	if s := signInSentence(p.Err, env); s != "" {
		return s
	}
	if s := keyringSentence(p.Err); s != "" {
		return s
	}
	if s := readingSentence(p.Err); s != "" {
		return s
	}
	switch p.During {
	case session.SigningIn:
		return lang.L("Signing in did not work. Try again, or look at the details.")
	case session.Saving:
		return lang.L("Your choice could not be written to disk; it holds until you close Canopy. Check that there is space and that the folder can be written.")
	case session.Renewing:
		return lang.L("The token could not be renewed; it holds until it expires. Try again, or look at the details.")
	case session.Leaving:
		return lang.L("Signing out did not work completely. Look at the details.")
	default:
		return lang.L("Not everything could be read. Try again, or look at the details.")
	}
}

func signInSentence(err error, env auth.Environment) string {
	host := with("Host", hostOf(env.AuthorizationEndpoint), "Environment", show.Name(env.Name))
	switch {
	case errors.Is(err, auth.ErrPassphrase):
		return lang.L("This is not the passphrase of the file. Try again.")
	case errors.Is(err, auth.ErrNoClientSecret):
		return lang.L("The client secret is not in the keyring. Put it in on the settings screen.")
	case errors.Is(err, auth.ErrDenied):
		return lang.L("You said no in the browser, so Canopy sees nothing. Sign in again if that was a slip.")
	case errors.Is(err, auth.ErrTimeout):
		return lang.L("The link ran out before you approved it. Sign in again for a new one.")
	case errors.Is(err, auth.ErrNoLoopback):
		return lang.L("Canopy could not listen for the browser's answer on this machine. Use a device code instead.")
	case errors.Is(err, auth.ErrUntrusted):
		return lang.L("The answer did not come from {{.Host}} as it should, so Canopy did not trust it. Try again; if it stays, tell whoever runs your network.", host)
	case errors.Is(err, auth.ErrNoClientID):
		return lang.L("{{.Environment}} needs a client id, which PingCAP gives to partners. Put it into the settings file, or use an API key or the sandbox.", host)
	case errors.Is(err, session.ErrSandbox):
		return lang.L("The sandbox could not be started, or does not answer. Look at the details, or start Canopy without --sandbox=URL.")
	case errors.Is(err, session.ErrServerNotTold):
		return lang.L("You are signed out here, but the server could not be told. Revoke Canopy under Authorized OAuth Apps in the console.")
	case errors.Is(err, auth.ErrSignInAgain):
		return lang.L("{{.Environment}} no longer accepts this sign-in. What you see is the last that was read.", host)
	case errors.Is(err, auth.ErrOffline):
		return lang.L("{{.Environment}} cannot be reached right now. Your sign-in is kept; Canopy tries again when you refresh.", host)
	case errors.Is(err, auth.ErrServer):
		return lang.L("{{.Host}} answered with an error. Try again in a moment, or look at the details.", host)
	}
	return ""
}

func keyringSentence(err error) string {
	switch {
	case errors.Is(err, auth.ErrKeyringAbsent):
		return lang.L("There is no keyring on this machine to keep your sign-in in. Start one, such as GNOME Keyring or KWallet, use Canopy for this session only, or keep your sign-in in a file encrypted with a passphrase.")
	case errors.Is(err, auth.ErrKeyringLocked):
		return lang.L("Your keyring is locked. Unlock it and try again.")
	case errors.Is(err, auth.ErrKeyringSlow):
		return lang.L("Your keyring did not answer within three seconds. See whether it asks for a password, and try again.")
	case errors.Is(err, auth.ErrKeyringTooBig):
		return lang.L("Your keyring refused the sign-in because it is too big for it.")
	case errors.Is(err, auth.ErrKeyringDenied):
		return lang.L("Your keyring refused. Allow Canopy to use it and try again.")
	}
	return ""
}

func readingSentence(err error) string {
	var e *api.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return lang.L("TiDB Cloud took too long to answer. Try again.")
	case !errors.As(err, &e):
		return ""
	}
	return lang.L("Couldn't load: {{.Why}}", with("Why", why(err)))
}

// why says shortly why something could not be read, to stand in a row of the tree.
func why(err error) string {
	var e *api.Error
	if !errors.As(err, &e) {
		switch {
		case errors.Is(err, auth.ErrSignInAgain):
			return lang.L("sign in again")
		case errors.Is(err, auth.ErrOffline):
			return lang.L("cannot be reached")
		}
		return lang.L("something went wrong")
	}
	values := with("Host", show.Name(e.URLHost), "Status", e.Status)
	switch {
	case errors.Is(err, auth.ErrSignInAgain):
		return lang.L("sign in again")
	case errors.Is(err, api.ErrUnauthorized):
		return lang.L("{{.Host}} does not accept this sign-in (401)", values)
	case errors.Is(err, api.ErrForbidden):
		return lang.L("{{.Host}} says it is not allowed (403)", values)
	case errors.Is(err, api.ErrNotFound):
		return lang.L("{{.Host}} says it does not exist (404)", values)
	case errors.Is(err, api.ErrRateLimited):
		return lang.L("too many requests this minute at {{.Host}} (429)", values)
	case errors.Is(err, api.ErrUnreachable):
		return lang.L("{{.Host}} cannot be reached", values)
	case errors.Is(err, api.ErrMalformed):
		return lang.L("{{.Host}} sent something else than an answer", values)
	default:
		return lang.L("{{.Host}} answered {{.Status}}", values)
	}
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return show.Name(raw)
	}
	return show.Name(u.Host)
}
