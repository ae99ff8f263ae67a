package auth

import (
	"context"

	"canopy/activity"
)

// What this package's own requests are for, as package activity records them.
const (
	whyExchange  = "sign-in: exchange the code"
	whyUserinfo  = "sign-in: who signed in"
	whyDiscard   = "sign-in: give back what is not kept"
	whyAskDevice = "device code: ask"
	whyPoll      = "device code: poll"
	whyTryKey    = "API key: try"
	whyRenew     = "renew the token"
	whyProbe     = "is the host reachable"
	whySignOut   = "sign-out: revoke"
	whyReplaced  = "replaced grant: revoke"
	whyMetadata  = "environment: read the metadata"
)

// whyToken says what a token request is for.
func whyToken(ctx context.Context, grantType string) context.Context {
	switch grantType {
	case "refresh_token":
		return activity.Why(ctx, whyRenew)
	case deviceGrantType:
		return activity.Why(ctx, whyPoll)
	}
	return activity.Why(ctx, whyExchange)
}
