package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is one way in which the sandbox can misbehave. It is switched on by
// Options.Faults, Server.SetFaults or POST /_sandbox/faults, each time written
// NAME, NAME=ARGUMENT or, to last for the next n uses only, NAME=ARGUMENT*n.
type Fault struct {
	Name     string `json:"name"`
	Argument string `json:"argument,omitempty"` // its form; in brackets when it may be left out
	Text     string `json:"text"`

	parse func(argument string) error
}

// targetWords says what a TARGET argument may be.
const targetWords = "oauth, console, iam, serverless, dedicated, api (the last three), all, " +
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

// activeFault is a fault that is switched on.
type activeFault struct {
	name, argument string
	text           string // as it was written, without the count
	remaining      int    // -1: until it is switched off
}

// target and value are the two halves of arguments such as "serverless:500".
func (f activeFault) target() string { t, _, _ := strings.Cut(f.argument, ":"); return t }
func (f activeFault) value() string  { _, v, _ := strings.Cut(f.argument, ":"); return v }

func (f activeFault) String() string {
	if f.remaining < 0 {
		return f.text
	}
	return f.text + "*" + strconv.Itoa(f.remaining)
}

// faultBoard holds the active faults.
type faultBoard struct {
	mu     sync.Mutex
	active []activeFault
}

func (b *faultBoard) set(names []string) error {
	active := make([]activeFault, 0, len(names))
	for _, name := range names {
		f, err := parseFault(name)
		if err != nil {
			return err
		}
		active = append(active, f)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active = active
	return nil
}

// list gives the active faults the way set takes them.
func (b *faultBoard) list() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := make([]string, len(b.active))
	for i, f := range b.active {
		names[i] = f.String()
	}
	return names
}

// take uses the first active fault that matches, and switches it off when that was
// its last use.
func (b *faultBoard) take(matches func(activeFault) bool) (activeFault, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.active, matches)
	if i < 0 {
		return activeFault{}, false
	}
	f := b.active[i]
	if b.active[i].remaining > 0 {
		b.active[i].remaining--
	}
	if b.active[i].remaining == 0 {
		b.active = slices.Delete(b.active, i, i+1)
	}
	return f, true
}

// named uses the fault of that name and returns its argument.
func (b *faultBoard) named(name string) (argument string, on bool) {
	f, on := b.take(func(f activeFault) bool { return f.name == name })
	return f.argument, on
}

// at uses a fault of that name aimed at the endpoint.
func (b *faultBoard) at(name string, p place) (activeFault, bool) {
	return b.take(func(f activeFault) bool { return f.name == name && p.isTarget(f.target()) })
}

// peek reads the arguments of a fault without using it.
func (b *faultBoard) peek(name string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var arguments []string
	for _, f := range b.active {
		if f.name == name {
			arguments = append(arguments, f.argument)
		}
	}
	return arguments
}

// parseFault reads NAME[=ARGUMENT][*COUNT].
func parseFault(written string) (activeFault, error) {
	text, remaining := written, -1
	if i := strings.LastIndexByte(written, '*'); i >= 0 {
		if n, err := strconv.Atoi(written[i+1:]); err == nil {
			if n < 1 {
				return activeFault{}, fmt.Errorf("fault %q has the count %d; choose 1 or more", written, n)
			}
			text, remaining = written[:i], n
		}
	}
	name, argument, _ := strings.Cut(text, "=")
	catalogue := Faults()
	i := slices.IndexFunc(catalogue, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		return activeFault{}, fmt.Errorf("unknown fault %q; choose one of %s", name, faultNames(catalogue))
	}
	if parse := catalogue[i].parse; parse != nil {
		if err := parse(argument); err != nil {
			return activeFault{}, fmt.Errorf("fault %q: %w", written, err)
		}
	}
	if name == "unauthorized" && argument == "" {
		argument = "api"
	}
	return activeFault{name: name, argument: argument, text: text, remaining: remaining}, nil
}

func faultNames(catalogue []Fault) string {
	names := make([]string, len(catalogue))
	for i, f := range catalogue {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

func parseNone(argument string) error {
	if argument != "" {
		return fmt.Errorf("it takes no argument; leave %q out", argument)
	}
	return nil
}

func parseAny(argument string) error {
	if argument == "" {
		return fmt.Errorf("its argument is missing; write NAME=ARGUMENT")
	}
	return nil
}

func parseTarget(argument string) error {
	if !slices.Contains(targets(), argument) {
		return fmt.Errorf("unknown target %q; choose %s", argument, targetWords)
	}
	return nil
}

func parseOptionalTarget(argument string) error {
	if argument == "" {
		return nil
	}
	return parseTarget(argument)
}

// parsePair reads TARGET:VALUE.
func parsePair(argument string, check func(value string) error) error {
	target, value, _ := strings.Cut(argument, ":")
	if err := parseTarget(target); err != nil {
		return err
	}
	return check(value)
}

func parseStatus(argument string) error {
	return parsePair(argument, func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < 400 || n > 599 {
			return fmt.Errorf("%q is no error status; write TARGET:CODE with a code from 400 to 599", value)
		}
		return nil
	})
}

func parseSlow(argument string) error { return parsePair(argument, parseDelay) }

func parseDelay(value string) error {
	if d, err := time.ParseDuration(value); err != nil || d < 0 {
		return fmt.Errorf("%q is no delay; write TARGET:DURATION, for example serverless:3s", value)
	}
	return nil
}

func parseRedirect(argument string) error {
	return parsePair(argument, func(value string) error {
		if u, err := url.Parse(value); err != nil || u.Host == "" {
			return fmt.Errorf("%q is no address; write TARGET:URL", value)
		}
		return nil
	})
}

func parseRateLimited(argument string) error {
	return parsePair(argument, func(value string) error {
		if n, err := strconv.Atoi(value); value != "" && (err != nil || n < 0) {
			return fmt.Errorf("%q is no number of seconds; write TARGET:SECONDS", value)
		}
		return nil
	})
}

func parseDuration(argument string) error {
	if _, err := time.ParseDuration(argument); err != nil {
		return fmt.Errorf("%q is no duration; write for example 10s or -1h", argument)
	}
	return nil
}

func parseJSON(argument string) error {
	if argument != "missing" && !json.Valid([]byte(argument)) {
		return fmt.Errorf("%q is neither JSON nor the word missing", argument)
	}
	return nil
}

// place is where a request arrives: a host and, when known, an endpoint of it.
type place struct{ host, endpoint string }

func (p place) isAPI() bool {
	return p.host == "iam" || p.host == "serverless" || p.host == "dedicated"
}

// isTarget reports whether target, of a fault, means p.
func (p place) isTarget(target string) bool {
	switch target {
	case "all", p.host:
		return true
	case "api":
		return p.isAPI()
	}
	return p.endpoint != "" && (target == p.endpoint || target == p.host+"."+p.endpoint)
}

// targets lists every word isTarget can say yes to.
func targets() []string {
	words := []string{"all", "api"}
	for host, endpoints := range endpointNames() {
		words = append(words, host)
		for _, e := range endpoints {
			words = append(words, e, host+"."+e)
		}
	}
	return words
}

// endpointNames says which endpoints each host has, by the names faults use.
func endpointNames() map[string][]string {
	return map[string][]string{
		"oauth":      {"token", "device", "revoke", "userinfo", "metadata"},
		"console":    {"authorize", "device-page", "apps"},
		"iam":        {"org", "projects"},
		"serverless": {"clusters", "cluster", "branches", "branch", "backups", "regions"},
		"dedicated":  {"clusters", "cluster", "nodes", "regions"},
	}
}

// statusText is a short text for an error status.
func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strings.ToLower(text)
	}
	return "status " + strconv.Itoa(status)
}
