package session

// Standing is what is known of a kept grant without asking anybody.
type Standing int

// The standings of a grant.
const (
	Usable     Standing = iota // nothing is known against it
	Ended                      // one has to sign in again before anything can be read
	SigningOut                 // it is being given back
)

// Standing says how a kept grant stands. It makes no request and never waits.
func (s *Session) Standing(grantID string) Standing {
	switch {
	case s.leaving[grantID]:
		return SigningOut
	case s.grant != nil && s.grant.ID == grantID && s.again, s.deps.Auth.Ended(grantID) != nil:
		return Ended
	}
	return Usable
}
