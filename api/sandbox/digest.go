package sandbox

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // TiDB Cloud's digests are MD5
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// HTTP Digest (RFC 7616, with MD5 as TiDB Cloud has it) for API keys.

const digestRealm = "tidb.cloud"

// nonces are proofs of when a challenge was made; the server keeps no list of them.
type nonces struct{ key []byte }

const nonceLifetime = 5 * time.Minute

func newNonces(random io.Reader) (*nonces, error) {
	n := &nonces{key: make([]byte, 32)}
	if _, err := io.ReadFull(random, n.key); err != nil {
		return nil, fmt.Errorf("draw the key for nonces: %w", err)
	}
	return n, nil
}

func (n *nonces) at(t time.Time) string {
	stamp := strconv.FormatInt(t.Unix(), 10)
	mac := hmac.New(sha256.New, n.key)
	mac.Write([]byte(stamp))
	return stamp + "-" + hex.EncodeToString(mac.Sum(nil)[:16])
}

// check reports whether nonce is one of ours, and whether it is too old.
func (n *nonces) check(nonce string, now time.Time) (ours, stale bool) {
	stamp, _, _ := strings.Cut(nonce, "-")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return false, false
	}
	made := time.Unix(seconds, 0)
	if !hmac.Equal([]byte(n.at(made)), []byte(nonce)) {
		return false, false
	}
	return true, now.Sub(made).Abs() > nonceLifetime
}

// challenge asks for a digest.
func (s *Server) challenge(w http.ResponseWriter, stale bool) {
	value := fmt.Sprintf(`Digest realm="%s", qop="auth", algorithm=MD5, nonce="%s"`, digestRealm, s.nonces.at(s.now()))
	if stale {
		value += ", stale=true"
	}
	w.Header().Set("WWW-Authenticate", value)
}

// authenticateKey checks a digest made with an API key.
func (s *Server) authenticateKey(w http.ResponseWriter, r *http.Request) (principal, *apiError) {
	given := digestFields(r.Header.Get("Authorization"))
	ours, stale := s.nonces.check(given["nonce"], s.now())
	for _, org := range s.world.orgs {
		if org.key.Public != given["username"] {
			continue
		}
		want := digestResponse(org.key, r.Method, given)
		right := subtle.ConstantTimeCompare([]byte(want), []byte(given["response"])) == 1
		if right && ours && !stale && given["uri"] == r.URL.RequestURI() && given["realm"] == digestRealm && given["qop"] == "auth" {
			return principal{key: "key " + org.key.Public, org: org, projects: s.existing(org)}, nil
		}
	}
	s.challenge(w, ours && stale)
	return principal{}, &apiError{http.StatusUnauthorized, codeKeyNotFound, "the API key is unknown or its digest is wrong"}
}

// digestResponse is the value of RFC 7616 §3.4.1 for qop=auth.
func digestResponse(key APIKey, method string, f map[string]string) string {
	ha1 := md5Hex(key.Public + ":" + digestRealm + ":" + key.Private)
	ha2 := md5Hex(method + ":" + f["uri"])
	return md5Hex(strings.Join([]string{ha1, f["nonce"], f["nc"], f["cnonce"], f["qop"], ha2}, ":"))
}

func md5Hex(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // TiDB Cloud's digests are MD5
	return hex.EncodeToString(sum[:])
}

// digestFields reads name=value pairs, quoted or not, separated by commas.
func digestFields(header string) map[string]string {
	fields := make(map[string]string)
	_, rest, _ := strings.Cut(header, " ")
	for rest != "" {
		name, after, found := strings.Cut(rest, "=")
		if !found {
			break
		}
		var value string
		if quoted, isQuoted := strings.CutPrefix(after, `"`); isQuoted {
			value, after, _ = strings.Cut(quoted, `"`)
			_, rest, _ = strings.Cut(after, ",")
		} else {
			value, rest, _ = strings.Cut(after, ",")
		}
		fields[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return fields
}
