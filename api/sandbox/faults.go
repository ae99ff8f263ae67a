package sandbox

import "slices"

// Fault is one way in which the sandbox can misbehave. It is switched on by
// Options.Faults, Server.SetFaults or POST /_sandbox/faults, each time written
// NAME, NAME=ARGUMENT or, to last for the next n uses only, NAME=ARGUMENT*n.
type Fault struct {
	Name     string `json:"name"`
	Argument string `json:"argument,omitempty"` // its form; in brackets when it may be left out
	Text     string `json:"text"`

	parse func(argument string) error
}

// FaultTargets says in words what the TARGET of a fault may be.
const FaultTargets = "oauth, console, iam, serverless, dedicated, api (the last three), all, " +
	"or one endpoint: authorize, device-page, apps, token, device, revoke, userinfo, metadata, " +
	"org, projects, clusters, cluster, branches, branch, backups, regions, nodes; serverless.clusters names one of two"

// Faults is the catalogue of what the sandbox can do wrong.
func Faults() []Fault {
	return slices.Concat(transportFaults(), tokenFaults(), consentFaults(), deviceFaults(), serverFaults())
}

// transportFaults work on any host or endpoint.
func transportFaults() []Fault {
	return []Fault{
		{"status", "TARGET:CODE", "answers with that HTTP status and the host's own error body", parseStatus},
		{"html", "TARGET", "answers 200 with a web page where JSON is expected, as a captive portal does", parseTarget},
		{"empty", "TARGET", "answers 200 with an empty body", parseTarget},
		{"truncate", "TARGET", "sends half of the body, then closes the connection", parseTarget},
		{"reset", "TARGET", "resets the connection before anything has happened", parseTarget},
		{"drop-after", "TARGET", "does what was asked, then resets the connection instead of answering", parseTarget},
		{"slow", "TARGET:DURATION", "answers that much later", parseSlow},
		{"redirect", "TARGET:URL", "answers 307 to another address", parseRedirect},
		{"echo", "TARGET", "answers 502 with a body that repeats the request, secrets and all", parseTarget},
		{"page-loop", "TARGET", "gives every page of a list a nextPageToken that leads to the first page again", parseTarget},
		{"unauthorized", "[TARGET]", "answers 401 to every token; all API hosts when no target is named", parseOptionalTarget},
		{"rate-limited", "TARGET[:SECONDS]", "answers 429 with X-Ratelimit-Reset, 30 seconds unless told", parseRateLimited},
		{"forbid-project", "ID", "answers 403 for that project and leaves it out of lists of clusters", parseAny},
		{"no-project", "ID", "behaves as if that project did not exist: not yet, or not any more", parseAny},
	}
}

func tokenFaults() []Fault {
	return []Fault{
		{"token-error", "CODE", "refuses every token request with that OAuth error", parseAny},
		{"token-no-refresh", "", "leaves refresh_token out", parseNone},
		{"token-scope", "[SCOPE]", "answers with another scope, or with none", nil},
		{"token-expires-in", "JSON", "answers with that expires_in: 0, -1, \"3600\", 1099511627776, or missing", parseJSON},
		{"token-type", "[TYPE]", "answers with another token_type, or with none", nil},
		{"token-no-details", "", "leaves authorization_details out", parseNone},
		{"token-grace", "DURATION", "uses that grace window for rotated refresh tokens, 0s for none", parseDuration},
		{"token-revoke-family", "", "revokes the whole grant at its next refresh", parseNone},
		{"token-burn-code", "", "lets a failed exchange use the code up", parseNone},
	}
}

func consentFaults() []Fault {
	return []Fault{
		{"authorize-no-iss", "", "leaves iss out of the redirect", parseNone},
		{"authorize-iss", "URL", "names another issuer in the redirect", parseAny},
		{"authorize-state", "[TEXT]", "changes state in the redirect, or leaves it out", nil},
		{"authorize-error", "CODE", "redirects with that error, whatever the user says", parseAny},
		{"authorize-hop", "", "redirects once more within the sandbox before the callback", parseNone},
		{"authorize-twice", "", "calls the callback itself as well, as a prefetching program does", parseNone},
		{"grant-user", "MAIL", "gives a grant of another user", parseAny},
		{"grant-org", "ID", "gives a grant of another organization, with all projects", parseAny},
		{"grant-project", "ID", "gives a grant of one project only, whatever was ticked", parseAny},
	}
}

func deviceFaults() []Fault {
	return []Fault{
		{"device-interval", "JSON", "answers with that interval: 0, -1, \"5\", or missing", parseJSON},
		{"device-slow-down", "", "answers slow_down to every poll", parseNone},
		{"device-deny", "", "denies at the next poll", parseNone},
		{"device-expire", "", "lets the device code expire at the next poll", parseNone},
		{"device-no-complete", "", "leaves verification_uri_complete out", parseNone},
		{"device-uri", "URL", "answers with another verification_uri", parseAny},
	}
}

func serverFaults() []Fault {
	return []Fault{
		{"metadata-issuer", "URL", "states another issuer", parseAny},
		{"metadata-no-s256", "", "offers no S256", parseNone},
		{"metadata-stale", "", "names endpoints that have moved away", parseNone},
		{"metadata-omit", "MEMBER", "leaves one member out", parseAny},
		{"clock", "DURATION", "shifts the server's clock, also backwards", parseDuration},
	}
}
