package ui

import (
	"fyne.io/fyne/v2/lang"

	"canopy/auth"
)

// PageWords says in the person's language what the browser shows at the end of a sign-in. It
// is called from any goroutine.
func PageWords(v auth.PageView) auth.Words {
	back := lang.L("You can close this page and go back to Canopy.")
	switch v.Outcome {
	case auth.OutcomeSuccess:
		return auth.Words{Title: lang.L("You are signed in"), Lines: []string{whoAndWhere(v), back}}
	case auth.OutcomeDenied:
		return auth.Words{Title: lang.L("Access was not allowed"), Lines: []string{lang.L("Canopy sees nothing. Start again in Canopy if that was a slip."), back}}
	case auth.OutcomeFailed:
		return auth.Words{Title: lang.L("Signing in did not work"), Lines: []string{reason(v), lang.L("Go back to Canopy: it says what to do.")}}
	case auth.OutcomeWaiting:
		return auth.Words{Title: lang.L("One moment"), Lines: []string{lang.L("Canopy is finishing the sign-in.")}}
	default:
		return auth.Words{Title: lang.L("Nothing to see here"), Lines: []string{lang.L("This address belongs to a sign-in in Canopy. Go back to Canopy and start there.")}}
	}
}

// reason says why it failed: in the window's words where the keyring is to blame, which only
// the person can mend.
func reason(v auth.PageView) string {
	if said := keyringSentence(v.Err); said != "" {
		return said
	}
	return v.Reason
}

func whoAndWhere(v auth.PageView) string {
	values := with("User", v.User, "Organization", v.Organization)
	switch {
	case v.User != "" && v.Organization != "":
		return lang.L("{{.User}} in {{.Organization}}", values)
	case v.User != "":
		return v.User
	default:
		return v.Organization
	}
}
