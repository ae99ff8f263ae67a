package auth

import "time"

// Stage is how far a sign-in has come.
type Stage int

// The stages, in the order in which they are reported.
const (
	StageListening     Stage = iota + 1 // the loopback listener is up, the link is known
	StageBrowserOpened                  // the browser was started
	StageWaiting                        // waiting for the user's answer
	StageExchanging                     // the answer came; the code is being exchanged
	StageStoring                        // the credential is being stored
	StageDone                           // the grant is stored
)

// Progress is what a sign-in reports: how far it is and what a window needs
// to show beside it. Reports come one at a time, from the goroutine that
// called SignIn; the same stage may be reported again with other values.
type Progress struct {
	Stage      Stage
	Address    string    // the loopback listener, as "127.0.0.1:49152"
	Link       string    // the authorize URL, for Copy link and Open again; works more than once
	Host       string    // host of the authorize URL, for words
	Deadline   time.Time // when the attempt ends
	Stray      int       // requests ignored so far
	BrowserErr error     // the opener failed or is absent; the attempt goes on
	// Rejected is why an answer with the right state was not accepted, such as
	// a wrong iss (RFC 9207 §2.4). The attempt goes on.
	Rejected error

	// The device grant only (RFC 8628 §3.2).
	UserCode                string
	VerificationURI         string
	VerificationURIComplete string
	Interval                time.Duration
}

// Options are the choices of one attempt.
//
// Replaces, LoginHint and Want say who and what is expected. An answer of
// another user or organization replaces no grant at all; see Surprise.
type Options struct {
	SelectAccount bool          // adds prompt=select_account (OIDC Core §3.1.2.1)
	LoginHint     string        // adds login_hint
	Replaces      string        // id of the grant that the new one replaces; it is given back after the new one is stored
	Timeout       time.Duration // default 5 minutes
	// Want is what is asked for; nil: nothing in particular. It is remembered as
	// Grant.Asked. Where Environment.AuthorizationDetails holds it is also sent,
	// as authorization_details (RFC 9396), else the user chooses on the server's
	// page. The user may allow less, or more: see Grant.Compare.
	Want *Reach
	// Keep is where the credential is kept: KeptKeyring (default), KeptSession
	// or KeptFile. Where that place cannot be used, signing in fails: nothing
	// stands in for a keyring but what the user chose here (oauth.md §5 row 11).
	Keep string
}

// defaultTimeout is how long an attempt waits for the user's answer.
const defaultTimeout = 5 * time.Minute
