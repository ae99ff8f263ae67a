package auth

// Outcome is what a page in the browser has to tell.
type Outcome string

// The outcomes a page can tell.
const (
	OutcomeSuccess Outcome = "success" // signed in
	OutcomeDenied  Outcome = "denied"  // the user chose not to allow it
	OutcomeFailed  Outcome = "failed"  // it did not work; Reason says why
	OutcomeWaiting Outcome = "waiting" // nothing has been decided yet
	OutcomeStray   Outcome = "stray"   // a request that does not belong to the sign-in under way
)

// PageView is what a page on the loopback may say. All of it comes from
// outside and must be escaped.
type PageView struct {
	Outcome      Outcome
	User         string // who signed in, "" when not known
	Organization string // where, "" when not known
	Reason       string // why it failed: one sentence, no secret
	// Nonce is what <style nonce="…"> must carry: the page's policy allows
	// nothing else, no script, no outside resource.
	Nonce string
}
