package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Watch collects the command lines of all processes on the machine while a journey runs, as any other user could.
type Watch struct {
	mu    sync.Mutex
	lines map[string]bool
	stop  chan struct{}
	done  chan struct{}
}

// WatchCommandLines starts collecting.
func WatchCommandLines() *Watch {
	w := &Watch{lines: map[string]bool{}, stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			w.look()
			select {
			case <-w.stop:
				return
			case <-tick.C:
			}
		}
	}()
	return w
}

func (w *Watch) look() {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || len(text) == 0 {
			continue // it has ended, or is the kernel's
		}
		w.mu.Lock()
		w.lines[strings.ReplaceAll(string(text), "\x00", " ")] = true
		w.mu.Unlock()
	}
}

// Stop ends the collecting and returns what was seen.
func (w *Watch) Stop() string {
	close(w.stop)
	<-w.done
	lines := make([]string, 0, len(w.lines))
	for line := range w.lines {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Canaries are the secrets of one sign-in that must not turn up where others can read them.
type Canaries struct {
	tokens     []string // plain and in base64
	codes      []string
	states     []string
	challenges []string // S256 of verifiers that only Canopy knows
}

// Count tells how many secrets of each kind are known, so that a test can insist that it looked for something.
func (c *Canaries) Count() (tokens, codes, challenges int) {
	return len(c.tokens) / 2, len(c.codes), len(c.challenges)
}

// AddLink takes the state and the challenge from a link that Canopy opened.
func (c *Canaries) AddLink(link string) error {
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	q := u.Query()
	if q.Get("state") == "" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		return fmt.Errorf("the link to %s lacks a state or an S256 challenge", u.Host)
	}
	c.states = append(c.states, q.Get("state"))
	c.challenges = append(c.challenges, q.Get("code_challenge"))
	return nil
}

// AddVisited takes the code from the addresses that the browser asked for.
func (c *Canaries) AddVisited(addresses []string) {
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil && u.Query().Get("code") != "" {
			c.codes = append(c.codes, u.Query().Get("code"))
		}
	}
}

// inRecord finds the tokens in a keyring record: values of members whose name speaks of a token.
var inRecord = regexp.MustCompile(`"[a-zA-Z_]*(?i:token|access|refresh)[a-zA-Z_]*"\s*:\s*"([^"]{16,})"`)

// encoded finds what may be a record in base64.
var encoded = regexp.MustCompile(`[A-Za-z0-9+/]{40,}`)

// AddRecords takes the tokens from what the keyring holds, plain or in base64.
func (c *Canaries) AddRecords(records []string) {
	for _, r := range records {
		for _, run := range encoded.FindAllString(r, -1) {
			if text, err := base64.RawStdEncoding.DecodeString(run); err == nil {
				r += "\n" + string(text)
			}
		}
		for _, m := range inRecord.FindAllStringSubmatch(r, -1) {
			c.tokens = append(c.tokens, m[1], base64.RawStdEncoding.EncodeToString([]byte(m[1])))
		}
	}
}

var unreserved = regexp.MustCompile(`[A-Za-z0-9._~-]{43,}`)

// verifierLength is what 32 random octets give in base64url (RFC 7636 §4.1).
const verifierLength = 43

// Leaks names the secrets that a text gives away. where is for the message. A verifier is known by its hash.
func (c *Canaries) Leaks(where, text string) []string {
	var found []string
	for kind, values := range map[string][]string{"a token": c.tokens, "a code": c.codes} {
		for _, v := range values {
			if strings.Contains(text, v) {
				found = append(found, kind+" in "+where)
			}
		}
	}
	for _, run := range unreserved.FindAllString(text, -1) {
		if c.isVerifier(run) {
			found = append(found, "a verifier in "+where)
		}
	}
	return found
}

// LeaksOfState is Leaks with the state counted as a secret, for texts that have no business with it.
func (c *Canaries) LeaksOfState(where, text string) []string {
	found := c.Leaks(where, text)
	for _, s := range c.states {
		if strings.Contains(text, s) {
			found = append(found, "a state in "+where)
		}
	}
	return found
}

func (c *Canaries) isVerifier(run string) bool {
	for from := 0; from+verifierLength <= len(run); from++ {
		for _, to := range []int{from + verifierLength, len(run)} {
			sum := sha256.Sum256([]byte(run[from:to]))
			if slices.Contains(c.challenges, base64.RawURLEncoding.EncodeToString(sum[:])) {
				return true
			}
		}
	}
	return false
}
