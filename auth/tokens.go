package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Lifetimes of an access token. An answer without a usable expires_in gets the
// usual hour: zero taken at its word would renew with every request.
const (
	usualLifetime = time.Hour
	leastLifetime = 10 * time.Second
	mostLifetime  = 30 * 24 * time.Hour
)

// tokens is a token answer (RFC 6749 §5.1).
type tokens struct {
	access, refresh Secret
	scope           string
	lifetime        time.Duration
	reach           Reach // as authorization_details say (RFC 9396 §7)
	role            string
}

// Format keeps the tokens out of anything that prints them.
func (t *tokens) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// token makes one token request and reads its answer.
func (e endpoint) token(ctx context.Context, params map[string]string) (*tokens, error) {
	object, err := e.post(whyToken(ctx, params["grant_type"]), e.env.TokenEndpoint, params)
	if err != nil {
		return nil, err
	}
	return readTokens(hostOf(e.env.TokenEndpoint), object)
}

func readTokens(host string, object map[string]json.RawMessage) (*tokens, error) {
	t := &tokens{
		access:   Secret(text(object["access_token"])),
		refresh:  Secret(text(object["refresh_token"])),
		scope:    text(object["scope"]),
		lifetime: lifetime(object["expires_in"]),
	}
	t.reach, t.role = readReach(object["authorization_details"])
	if t.access == "" || !headerSafe(t.access.Reveal()) {
		return nil, newProblem(ErrServer, "%s answered without an access token; try again later", host)
	}
	if kind := text(object["token_type"]); kind != "" && !strings.EqualFold(kind, "bearer") {
		return nil, newProblem(ErrServer, "%s gave a token of type %q, which Canopy cannot use; check the environment's settings", host, clean(kind, 20))
	}
	return t, nil
}

// headerSafe reports whether a token can stand in a header (RFC 6750 §2.1).
func headerSafe(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// lifetime reads expires_in, which servers also send as text, as nothing or as nonsense.
func lifetime(raw json.RawMessage) time.Duration {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	if err != nil || math.IsNaN(seconds) || seconds <= 0 {
		return usualLifetime
	}
	if seconds >= mostLifetime.Seconds() {
		return mostLifetime
	}
	return max(time.Duration(seconds*float64(time.Second)), leastLifetime)
}

// readReach reads the entry of type "tidbcloud". What cannot be read was not
// said: the grant is good all the same, and the API tells later.
func readReach(raw json.RawMessage) (r Reach, role string) {
	var details []map[string]json.RawMessage
	if json.Unmarshal(raw, &details) != nil {
		return Reach{}, ""
	}
	for _, d := range details {
		if text(d["type"]) != detailsType {
			continue
		}
		id, name := readNamed(d["organization"])
		r = Reach{Organization: Organization{ID: id, Name: name}}
		role = text(d["role"])
		if text(d["projects"]) == "all" {
			r.All = true
			return r, role
		}
		var projects []json.RawMessage
		_ = json.Unmarshal(d["projects"], &projects) // as above
		for _, p := range projects {
			if id, name := readNamed(p); id != "" {
				r.Projects = append(r.Projects, Project{ID: id, Name: name})
			}
		}
		return r, role
	}
	return Reach{}, ""
}

// readNamed reads {"id","name"}, or an id alone.
func readNamed(raw json.RawMessage) (id, name string) {
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return label(raw), ""
	}
	var named map[string]json.RawMessage
	if json.Unmarshal(raw, &named) != nil {
		return "", ""
	}
	return label(named["id"]), text(named["name"])
}
